//! Two calls of one machine that talk to each other over loopback, and what their packets cost:
//! sockets, SRTP, jitter buffer, codec, the ports of the loudspeaker and the microphone.

use std::net::Ipv4Addr;

use hark_audio::{AudioConfig, InputChoice, OutputChoice};
use hark_media::{Codec, Encryption};
use tokio::time::timeout;

use super::super::Place;
use super::super::beat::FRAME;
use super::*;

const CALLER: CallId = CallId(1);
const CALLEE: CallId = CallId(2);

/// A thread with an encrypted call to itself; the caller has the loudspeaker.
async fn with_two_calls() -> MediaThread {
    let config = AudioConfig {
        output: OutputChoice::None,
        input: InputChoice::None,
    };
    let (reports, mut told) = mpsc::unbounded_channel();
    let mut described = || match told.try_recv() {
        Ok(MediaReport::Described { sdp, .. }) => sdp,
        other => panic!("no description, but {other:?}"),
    };
    let mut thread = MediaThread::new(Arc::new(Audio::start(config, |_| {})), reports);
    let place = Place {
        local: Ipv4Addr::LOCALHOST.into(),
        codecs: vec![Codec::Pcmu],
        encryption: Encryption::Required,
        ports: None,
        dtls: None,
        ice: None,
    };
    let offering = Order::Offer {
        call: CALLER,
        place: place.clone(),
    };
    thread.obey(offering).await;
    // Without comfort noise silence makes as many packets as voice.
    let offer = String::from_utf8(described()).unwrap();
    let offer = offer.replace(" 13 ", " ").into_bytes();
    let call = CALLEE;
    thread.obey(Order::Answer { call, place, offer }).await;
    let answer = described();
    let call = CALLER;
    thread.obey(Order::AcceptAnswer { call, answer }).await;
    for call in [CALLER, CALLEE] {
        thread.obey(Order::Answered { call }).await;
    }
    thread.obey(Order::Focus { call: Some(CALLER) }).await;
    thread
}

/// Two beats, which make a packet of each call, and what has arrived by then. At first nothing may
/// have: a socket sends only when the runtime has seen that it can.
async fn turn(thread: &mut MediaThread) {
    thread.sound();
    thread.sound();
    let _ = timeout(FRAME, arrival(&thread.legs)).await;
    thread.receive();
}

fn received(thread: &MediaThread) -> u64 {
    let legs = thread.legs.values();
    legs.map(|leg| leg.session.stats().packets_received).sum()
}

#[test]
fn a_call_that_runs_allocates_nothing_between_its_sockets_and_its_devices() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut thread = runtime.block_on(with_two_calls());
    for _ in 0..WARM_UP {
        runtime.block_on(turn(&mut thread));
    }
    let (before, began, mut costly_turns) = (received(&thread), Instant::now(), 0);
    for _ in 0..TURNS {
        let cost = allocation_counter::measure(|| runtime.block_on(turn(&mut thread)));
        // Once a second the engine is told how the sound is.
        if !thread.beats.is_multiple_of(beats_per_report(Pace::Seldom)) {
            costly_turns += u128::from(cost.count_total > 0);
        }
    }
    assert!(received(&thread) - before > 2 * TURNS * 9 / 10);
    let reports = 2 * (1 + began.elapsed().as_millis() / REPORT_INTERVAL_MS);
    assert!(costly_turns <= reports, "{costly_turns} turns allocated");
}

/// RTCP, which may allocate, comes from each side at intervals of this length at least.
const REPORT_INTERVAL_MS: u128 = 2_050;

/// Two seconds, in which buffers grow to their size.
const WARM_UP: u64 = 100;

/// A minute: three thousand packets each way.
const TURNS: u64 = 3_000;
