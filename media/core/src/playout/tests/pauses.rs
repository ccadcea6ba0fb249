//! Pauses that the sender means: they are heard as its room, and count neither as loss nor as sound
//! that was made up.

use super::*;
use crate::codec::{Encoded, Encoder, OpusParameters};

/// A packet of comfort noise of -`level` dBov without any colour (RFC 3389).
fn noise_at(listener: &mut Listener, arrival_ms: u64, sequence: u16, n: u64, level: u8) {
    listener.play_until(arrival_ms);
    listener.playout.push_pause(Pause {
        sequence,
        timestamp: timestamp(n),
        noise: &[level],
    });
}

/// The power of what was played from one moment to another, in dBov.
fn dbov(listener: &Listener, from_ms: u64, until_ms: u64) -> f32 {
    let frames = &listener.frames[from_ms as usize / 10..until_ms as usize / 10];
    let samples: Vec<f32> = frames.iter().flatten().map(|&s| f32::from(s)).collect();
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    20.0 * (power.sqrt() / 32_767.0).log10()
}

#[test]
fn a_sender_that_falls_silent_without_a_word_is_no_loss_and_goes_on_in_time() {
    let mut listener = Listener::new();
    for (arrival_ms, sequence, n) in [(0, 1, 1), (20, 2, 2), (440, 3, 23), (460, 4, 24)] {
        listener.push_as(arrival_ms, sequence, timestamp(n), &packet(n));
    }
    listener.play_until(510);
    let story = listener.story();
    let frames: Vec<&str> = story.split(' ').collect();
    assert_eq!(frames[3..7], ["1", "1", "2", "2"]);
    assert!(frames[14..47].iter().all(|frame| *frame == "."), "{story}");
    assert_eq!(frames[47..51], ["23", "23", "24", "24"]);
    assert_eq!(listener.playout.concealed(), Duration::ZERO);
}

#[test]
fn the_same_gap_with_packets_missing_is_loss() {
    let mut listener = Listener::new();
    for (arrival_ms, n) in [(0, 1), (20, 2), (440, 23), (460, 24)] {
        listener.push(arrival_ms, timestamp(n), &packet(n));
    }
    listener.play_until(510);
    assert_eq!(listener.playout.concealed(), Duration::from_millis(60));
}

#[test]
fn comfort_noise_is_played_as_loud_as_the_sender_says_until_it_speaks_again() {
    let mut listener = Listener::new();
    for n in 1..=10 {
        listener.push(20 * (n - 1), timestamp(n), &packet(n));
    }
    noise_at(&mut listener, 200, 11, 11, 40);
    // The second word about the noise is lost; the third one says that it is softer.
    noise_at(&mut listener, 1_000, 13, 51, 60);
    for (sequence, n) in (14..).zip(101..=104) {
        listener.push_as(20 * (n - 1), sequence, timestamp(n), &packet(n % 40));
    }
    listener.play_until(2_100);
    assert!((dbov(&listener, 300, 1_000) + 40.0).abs() < 2.0);
    assert!((dbov(&listener, 1_100, 2_000) + 60.0).abs() < 2.0);
    assert!(listener.story().ends_with("21 21 22 22 23 23 24"));
    assert_eq!(listener.playout.concealed(), Duration::ZERO);
}

#[test]
fn a_pause_sounds_like_the_room_before_it() {
    let mut listener = Listener::new();
    let room = |n: u64| -> Vec<u8> {
        let level = |at: u64| 80.0 * (2.0 * dice(160 * n + at) - 1.0);
        (0..160).map(|at| encode_ulaw(level(at) as i16)).collect()
    };
    for n in 0..50 {
        let payload = if n < 20 { talk(n) } else { room(n) };
        listener.push(20 * n, timestamp(n), &payload);
    }
    listener.push_as(2_000, 50, timestamp(100), &talk(0));
    listener.play_until(2_100);
    let before = dbov(&listener, 600, 1_000);
    // The sender falls silent at 1.03 s; that it meant it is known when it speaks again.
    let after = dbov(&listener, 2_000, 2_020);
    assert!((before - after).abs() < 4.0, "{before} {after} dBov");
}

#[test]
fn keys_in_the_place_of_the_voice_are_no_loss() {
    let mut listener = Listener::new();
    for n in 1..=5 {
        listener.push(20 * (n - 1), timestamp(n), &packet(n));
    }
    for n in 6..=12_u64 {
        listener.play_until(20 * (n - 1));
        listener.playout.push_pause(Pause {
            sequence: n as u16,
            timestamp: timestamp(6),
            noise: &[],
        });
    }
    for n in 13..=15 {
        listener.push(20 * (n - 1), timestamp(n), &packet(n));
    }
    listener.play_until(330);
    let story = listener.story();
    assert!(story.ends_with("5 5 ~ . . . . . . . . . . . . . 13 13 14 14 15 15"));
    assert_eq!(listener.playout.concealed(), Duration::ZERO);
}

#[test]
fn a_pause_of_opus_is_no_loss() {
    let parameters = OpusParameters {
        dtx: true,
        ..OpusParameters::OURS
    };
    let mut encoder = Encoder::new(Codec::Opus, parameters);
    let mut listener = Listener::at_rate(48_000);
    let (mut sequence, mut sent, mut concealed) = (0, 0, Vec::new());
    for n in 0..250_u32 {
        let speaks = !(50..200).contains(&n);
        let sample = |at: u32| match speaks {
            true => (6_000.0 * (std::f32::consts::TAU * at as f32 / 240.0).sin()) as i16,
            false => (dice(u64::from(960 * n + at)) * 20.0) as i16,
        };
        let sound: Vec<i16> = (0..960).map(sample).collect();
        let mut payload = Vec::new();
        if encoder.encode(&sound, &mut payload) == Encoded::Payload {
            listener.push_voice(
                20 * u64::from(n),
                (sequence, 960 * n),
                Codec::Opus,
                &payload,
            );
            sequence += 1;
            sent += u32::from(!speaks);
        }
        concealed.push(listener.playout.concealed());
    }
    assert!(sent < 50, "{sent} packets in the pause");
    assert_eq!(concealed.last(), Some(&Duration::ZERO));
    assert_eq!(listener.playout.late, 0);
}
