//! The media thread on a clock of its own making, without devices.

use hark_audio::{AudioConfig, InputChoice, OutputChoice};
use hark_media::{Codec, Direction, Encryption};

use super::*;
use crate::media::Place;

const CALL: CallId = CallId(1);

fn at(local: std::net::IpAddr) -> Place {
    Place {
        local,
        encryption: Encryption::Off,
        codecs: Codec::G711.to_vec(),
        ports: None,
        dtls: None,
        ice: None,
    }
}

/// What was described so far.
fn described(told: &mut mpsc::UnboundedReceiver<MediaReport>) -> Vec<String> {
    std::iter::from_fn(|| told.try_recv().ok())
        .filter_map(|report| match report {
            MediaReport::Described { sdp, .. } => String::from_utf8(sdp).ok(),
            _ => None,
        })
        .collect()
}

/// A thread's state with one call in focus, which has offered and heard nothing yet.
async fn with_a_call() -> (MediaThread, mpsc::UnboundedReceiver<MediaReport>) {
    let config = AudioConfig {
        output: OutputChoice::None,
        input: InputChoice::None,
    };
    let audio = Arc::new(Audio::start(config, |_| {}));
    let (reports, told) = mpsc::unbounded_channel();
    let mut thread = MediaThread::new(audio, reports);
    let place = at(std::net::Ipv4Addr::LOCALHOST.into());
    thread.obey(Order::Offer { call: CALL, place }).await;
    thread.obey(Order::Focus { call: Some(CALL) }).await;
    (thread, told)
}

/// How often the sound is told of in ten seconds.
fn told_in_ten_seconds(
    thread: &mut MediaThread,
    told: &mut mpsc::UnboundedReceiver<MediaReport>,
) -> usize {
    (0..1_000).for_each(|_| thread.sound());
    std::iter::from_fn(|| told.try_recv().ok())
        .filter(|report| matches!(report, MediaReport::Stats { .. }))
        .count()
}

#[tokio::test]
async fn a_call_that_moves_offers_its_new_address() {
    let (mut thread, mut told) = with_a_call().await;
    let place = at(std::net::Ipv4Addr::new(127, 0, 0, 2).into());
    let direction = Direction::SendReceive;
    let order = Order::Move {
        call: CALL,
        place,
        direction,
    };
    thread.obey(order).await;
    let offers = described(&mut told);
    assert!(offers[0].contains("c=IN IP4 127.0.0.1\r\n"), "{offers:?}");
    assert!(offers[1].contains("c=IN IP4 127.0.0.2\r\n"), "{offers:?}");
}

const CALLER: CallId = CallId(2);
const CALLEE: CallId = CallId(3);

/// One call of this machine with itself, and the offer that it began with.
async fn with_itself(
    thread: &mut MediaThread,
    told: &mut mpsc::UnboundedReceiver<MediaReport>,
    place: Place,
) -> String {
    let offering = Order::Offer {
        call: CALLER,
        place: place.clone(),
    };
    thread.obey(offering).await;
    let offer = described(told).pop().unwrap();
    let answering = Order::Answer {
        call: CALLEE,
        place,
        offer: offer.clone().into_bytes(),
    };
    thread.obey(answering).await;
    accept(thread, told).await;
    for call in [CALLER, CALLEE] {
        thread.obey(Order::Answered { call }).await;
    }
    offer
}

/// The caller takes the callee's answer.
async fn accept(thread: &mut MediaThread, told: &mut mpsc::UnboundedReceiver<MediaReport>) {
    let answer = described(told).pop().unwrap().into_bytes();
    let call = CALLER;
    thread.obey(Order::AcceptAnswer { call, answer }).await;
}

/// Lets the call go on until each side has heard some packets more.
async fn until_both_hear(thread: &mut MediaThread) {
    let heard = |thread: &MediaThread, call| {
        let session: &hark_media::MediaSession = &thread.legs[&call].session;
        session.stats().packets_received
    };
    let before = [CALLER, CALLEE].map(|call| heard(thread, call));
    let is_enough = |thread: &MediaThread| {
        let now = [CALLER, CALLEE].map(|call| heard(thread, call));
        now.iter()
            .zip(before)
            .all(|(now, before)| now - before >= 2)
    };
    while !is_enough(thread) {
        thread.sound();
        thread.sound();
        let _ = tokio::time::timeout(crate::media::beat::FRAME, arrival(&thread.legs)).await;
        thread.receive();
    }
}

#[tokio::test]
async fn sound_travels_over_ipv6() {
    let (mut thread, mut told) = with_a_call().await;
    let place = at(std::net::Ipv6Addr::LOCALHOST.into());
    let offer = with_itself(&mut thread, &mut told, place).await;
    assert!(offer.contains("c=IN IP6 ::1\r\n"), "{offer}");
    until_both_hear(&mut thread).await;
}

/// The address changes in the middle of a call with ICE (RFC 8445 §9, RFC 8839 §4.4.1.1.1).
#[tokio::test]
async fn a_call_that_moves_begins_ice_anew_and_its_sound_goes_on() {
    let (mut thread, mut told) = with_a_call().await;
    let with_ice = |host: [u8; 4]| Place {
        ice: Some(hark_media::IceConfig {
            when: hark_media::IceUse::Always,
            stun_server: None,
            turn_server: None,
        }),
        ..at(std::net::IpAddr::from(host))
    };
    let before = with_itself(&mut thread, &mut told, with_ice([127, 0, 0, 1])).await;
    until_both_hear(&mut thread).await;
    let order = Order::Move {
        call: CALLER,
        place: with_ice([127, 0, 0, 2]),
        direction: Direction::SendReceive,
    };
    thread.obey(order).await;
    let offer = described(&mut told).pop().unwrap();
    let name = |sdp: &str| {
        let line = sdp.lines().find(|line| line.starts_with("a=ice-ufrag:"));
        line.expect("ICE").to_owned()
    };
    assert_ne!(name(&before), name(&offer));
    assert!(
        offer.contains(" 127.0.0.2 ") && !offer.contains(" 127.0.0.1 "),
        "{offer}"
    );
    let answering = Order::AnswerAgain {
        call: CALLEE,
        offer: offer.into_bytes(),
    };
    thread.obey(answering).await;
    accept(&mut thread, &mut told).await;
    until_both_hear(&mut thread).await;
}

#[tokio::test]
async fn a_range_of_ports_that_is_used_up_is_told() {
    let (mut thread, mut told) = with_a_call().await;
    // An address of this test alone, so that nothing else holds its ports.
    let mut place = at(std::net::Ipv4Addr::new(127, 0, 0, 77).into());
    place.ports = Some("30000-30001".parse().unwrap());
    let offering = |call, place: &Place| Order::Offer {
        call,
        place: place.clone(),
    };
    thread.obey(offering(CallId(2), &place)).await;
    let offer = described(&mut told).pop().unwrap();
    assert!(offer.contains("m=audio 30000 "), "{offer}");
    thread.obey(offering(CallId(3), &place)).await;
    let Ok(MediaReport::Failed { error, .. }) = told.try_recv() else {
        panic!("the second call has no ports");
    };
    let words = crate::words::media(&error);
    assert!(words.contains("from 30000-30001 are in use"), "{words}");
}

#[tokio::test]
async fn an_echo_test_is_told_of_ends_by_itself_and_gives_way_to_a_call() {
    let (mut thread, mut told) = with_a_call().await;
    thread.obey(Order::StartEchoTest).await;
    assert!(thread.echo_test.is_none(), "a call has the devices");
    thread.obey(Order::Close { call: CALL }).await;
    while told.try_recv().is_ok() {}

    thread.obey(Order::StartEchoTest).await;
    (0..1_100).for_each(|_| thread.sound());
    let stages: Vec<_> = std::iter::from_fn(|| told.try_recv().ok())
        .map(|report| match report {
            MediaReport::EchoTest(report) => report.view.map(|view| view.stage),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((stages.len(), stages.last()), (100, Some(&None)));

    thread.obey(Order::StartEchoTest).await;
    let place = at(std::net::Ipv4Addr::LOCALHOST.into());
    thread.obey(Order::Offer { call: CALL, place }).await;
    thread.follow_need();
    assert!(thread.echo_test.is_none());
}

#[tokio::test]
async fn a_recording_goes_on_in_the_call_that_takes_the_place_of_its_own() {
    let (mut thread, _told) = with_a_call().await;
    let heir = CallId(2);
    let place = at(std::net::Ipv4Addr::LOCALHOST.into());
    thread.obey(Order::Offer { call: heir, place }).await;
    let (tap, frames) = crate::recording::Tap::new();
    let notice = RecordingNotice::Tone;
    let call = CALL;
    thread.obey(Order::Record { call, tap, notice }).await;
    let (from, to) = (CALL, heir);
    thread
        .obey(Order::HandRecordingOn { from, to, notice })
        .await;
    thread.obey(Order::Close { call }).await;
    assert!(thread.legs[&heir].tape.is_some());
    assert!(matches!(
        frames.try_recv(),
        Err(std::sync::mpsc::TryRecvError::Empty)
    ));
    thread.obey(Order::StopRecording { call: heir }).await;
    assert!(frames.recv().is_err(), "the writer learns of the end");
}

#[tokio::test]
async fn the_meters_are_told_ten_times_a_second_only_while_they_are_seen() {
    let (mut thread, mut told) = with_a_call().await;
    assert_eq!(told_in_ten_seconds(&mut thread, &mut told), 10);
    thread.obey(Order::Report { pace: Pace::Often }).await;
    assert_eq!(told_in_ten_seconds(&mut thread, &mut told), 100);
    thread.obey(Order::Report { pace: Pace::Seldom }).await;
    assert_eq!(told_in_ten_seconds(&mut thread, &mut told), 10);
}
