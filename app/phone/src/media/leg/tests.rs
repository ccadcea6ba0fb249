//! What a recorded call keeps of both sides. Without an answer of the other side nothing is sent or
//! heard, so that what is kept is what the tests say and what the notice adds.

use std::sync::mpsc::Receiver;

use hark_media::{Codec, Encryption};

use super::*;
use crate::recording::{Frame, Tap};
use crate::settings::RecordingNotice;

const SPOKEN: [i16; MAX_FRAME] = [900; MAX_FRAME];

/// An answered call and what it records.
async fn recorded(notice: RecordingNotice) -> (Leg, Receiver<Frame>) {
    let place = Place {
        local: std::net::Ipv4Addr::LOCALHOST.into(),
        encryption: Encryption::Off,
        codecs: Codec::G711.to_vec(),
        ports: None,
        dtls: None,
        ice: None,
    };
    let mut leg = Leg::open(place).await.expect("a free port");
    leg.stage = Stage::Answered;
    let (tap, frames) = Tap::new();
    leg.tape = Some(Tape::new(tap, notice));
    (leg, frames)
}

/// One beat; the two sides of what was kept of it.
fn kept(leg: &mut Leg, frames: &Receiver<Frame>, spoken: Option<&[i16]>) -> (Vec<i16>, Vec<i16>) {
    let length = leg.frame_length();
    let mut speaker = [0; MAX_FRAME];
    let sound = spoken.map(|spoken| (&mut speaker[..length], &spoken[..length]));
    leg.beat(Instant::now(), sound);
    let frame = frames.recv().expect("a frame a beat");
    let sides = frame.samples().chunks_exact(2);
    sides.map(|pair| (pair[0], pair[1])).unzip()
}

fn is_silent(side: &[i16]) -> bool {
    side.iter().all(|&sample| sample == 0)
}

#[tokio::test]
async fn the_microphone_is_kept_on_the_left_and_a_muted_one_is_silence() {
    let (mut leg, frames) = recorded(RecordingNotice::None).await;
    let (left, right) = kept(&mut leg, &frames, Some(&SPOKEN));
    assert!(left.iter().all(|&sample| sample == 900) && is_silent(&right));
    leg.session.mute();
    let (left, _) = kept(&mut leg, &frames, Some(&SPOKEN));
    assert!(is_silent(&left));
    leg.session.unmute();
    let (left, _) = kept(&mut leg, &frames, Some(&SPOKEN));
    assert!(!is_silent(&left));
}

#[tokio::test]
async fn the_notice_goes_both_ways_also_while_the_microphone_is_muted() {
    let (mut leg, frames) = recorded(RecordingNotice::Tone).await;
    leg.session.mute();
    let (mut heard_left, mut heard_right) = (Vec::new(), Vec::new());
    for _ in 0..30 {
        let (left, right) = kept(&mut leg, &frames, Some(&SPOKEN));
        heard_left.extend(left);
        heard_right.extend(right);
    }
    assert!(!is_silent(&heard_left));
    assert_eq!(heard_left, heard_right);
}

#[tokio::test]
async fn a_call_that_is_not_listened_to_is_kept_as_silence() {
    let (mut leg, frames) = recorded(RecordingNotice::None).await;
    let (left, right) = kept(&mut leg, &frames, None);
    assert_eq!(left.len(), leg.frame_length());
    assert!(is_silent(&left) && is_silent(&right));
}

#[tokio::test]
async fn a_call_goes_on_without_a_tape_when_the_writer_is_gone() {
    let (mut leg, frames) = recorded(RecordingNotice::Tone).await;
    kept(&mut leg, &frames, Some(&SPOKEN));
    drop(frames);
    let mut speaker = [0; MAX_FRAME];
    let length = leg.frame_length();
    leg.beat(
        Instant::now(),
        Some((&mut speaker[..length], &SPOKEN[..length])),
    );
    assert!(leg.tape.is_none());
}
