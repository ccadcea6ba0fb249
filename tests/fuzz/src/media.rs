//! What is read as sound: SDP, RTP, RTCP, SRTP, telephone events.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_media::{Codec, Component, Encryption, MediaConfig, MediaSession};

/// Any SDP is answered or refused, as an offer and as an answer, and sound goes on after it.
pub fn sdp(bytes: &[u8]) {
    for encryption in [Encryption::Required, Encryption::Optional, Encryption::Off] {
        if let Ok((mut session, answer)) = MediaSession::answer(config(1, encryption), bytes) {
            assert!(answer.starts_with(b"v=0\r\n"));
            // Whatever was answered to an offer can be answered once more.
            session.answer_again(bytes).expect("the same offer");
            run(&mut session, Clock::new().now(), 3);
        }
        let (mut session, _) = MediaSession::offer(config(2, encryption));
        let _ = session.accept_answer(bytes);
        run(&mut session, Clock::new().now(), 3);
    }
}

/// Datagrams on the port for sound, each with its length before it.
pub fn rtp(bytes: &[u8]) {
    receive(bytes, Encryption::Off, Component::Rtp);
}

/// Datagrams on the port for reports.
pub fn rtcp(bytes: &[u8]) {
    receive(bytes, Encryption::Off, Component::Rtcp);
}

/// Datagrams on the port for sound of an encrypted call, and then on the one for its reports.
pub fn srtp_unprotect(bytes: &[u8]) {
    receive(bytes, Encryption::Required, Component::Rtp);
    receive(bytes, Encryption::Required, Component::Rtcp);
}

/// Payloads of telephone events (RFC 4733) in a well-formed stream, and the same bytes as digits to
/// be sent.
pub fn dtmf(bytes: &[u8]) {
    let (mut session, _) = pair(Encryption::Off);
    let mut now = Clock::new().now();
    let _ = session.queue_digits(&String::from_utf8_lossy(bytes));
    for (number, payload) in (0_u16..).zip(bytes.chunks(4)).take(MAX_DATAGRAMS) {
        let mut packet = vec![0x80, EVENTS];
        packet.extend(number.to_be_bytes());
        // Events of one digit share a timestamp; eight packets make a digit here.
        packet.extend((u32::from(number / 8) * 160).to_be_bytes());
        packet.extend(7_u32.to_be_bytes());
        packet.extend(payload);
        session.handle_packet(now, Component::Rtp, PEER.into(), &mut packet);
        now = run(&mut session, now, 2);
    }
}

fn receive(bytes: &[u8], encryption: Encryption, component: Component) {
    let (mut session, _) = pair(encryption);
    let mut now = Clock::new().now();
    let mut rest = bytes;
    for _ in 0..MAX_DATAGRAMS {
        let Some((length, tail)) = rest.split_first() else {
            return;
        };
        let (packet, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        session.handle_packet(now, component, PEER.into(), &mut packet.to_vec());
        now = run(&mut session, now, 1);
    }
}

/// Two sessions that agree; the first is the one that is looked at.
fn pair(encryption: Encryption) -> (MediaSession, MediaSession) {
    let (mut here, offer) = MediaSession::offer(config(1, encryption));
    let (there, answer) = MediaSession::answer(config(2, encryption), &offer).expect("an answer");
    here.accept_answer(&answer).expect("its own answer");
    (here, there)
}

fn config(seed: u8, encryption: Encryption) -> MediaConfig {
    MediaConfig {
        codecs: Codec::G711.to_vec(),
        encryption,
        local_rtp: SocketAddr::from(([127, 0, 0, 1], 40_000)),
        local_rtcp: SocketAddr::from(([127, 0, 0, 1], 40_001)),
        cname: "fuzz".to_owned(),
        seed: [seed; 32],
    }
}

/// Lets frames of 10 ms pass.
fn run(session: &mut MediaSession, mut now: Instant, frames: u32) -> Instant {
    let samples = usize::try_from(session.rate_hz() / 100).expect("a few hundred");
    let mut frame = vec![0; samples];
    for _ in 0..frames {
        session.play(now, &mut frame);
        session.capture(now, &frame);
        session.tick(now);
        let outputs = std::iter::from_fn(|| session.poll_output()).count();
        assert!(outputs < MAX_OUTPUTS, "{outputs} outputs of one frame");
        now += Duration::from_millis(10);
    }
    now
}

const PEER: ([u8; 4], u16) = ([127, 0, 0, 1], 50_000);

/// Our payload type of telephone events.
const EVENTS: u8 = 101;

/// As many as make an execution short.
const MAX_DATAGRAMS: usize = 200;

/// Packets, events and reports of one frame; a frame makes one or two.
const MAX_OUTPUTS: usize = 64;
