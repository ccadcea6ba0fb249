//! What is read as sound: SDP, RTP, RTCP, SRTP, telephone events.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_media::{Codec, Component, Encryption, MediaConfig, MediaOutput, MediaSession, SrtpSuite};

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
    receive(pair(Encryption::Off).0, bytes, Component::Rtp);
}

/// Datagrams on the port for reports.
pub fn rtcp(bytes: &[u8]) {
    receive(pair(Encryption::Off).0, bytes, Component::Rtcp);
}

/// Datagrams on the port for sound of an encrypted call, then on the one for its reports, and then
/// laid over packets that are authentic. The first byte chooses the suite, and whether packets carry
/// an identifier.
pub fn srtp_unprotect(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let suite = SrtpSuite::ALL[usize::from(choice % 4)];
    let identifier = if choice & 4 == 0 { "" } else { "|1:2" };
    let call = || pair_under(suite, identifier);
    receive(call().0, bytes, Component::Rtp);
    receive(call().0, bytes, Component::Rtcp);
    forge(call(), bytes);
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

fn receive(mut session: MediaSession, bytes: &[u8], component: Component) {
    let mut now = Clock::new().now();
    for packet in datagrams(bytes) {
        session.handle_packet(now, component, PEER.into(), &mut packet.to_vec());
        now = run(&mut session, now, 1);
    }
}

/// Not one changed bit is let in, and the packet is heard when it comes as it was.
fn forge((mut here, mut there): (MediaSession, MediaSession), bytes: &[u8]) {
    let mut now = Clock::new().now();
    for mask in datagrams(bytes) {
        there.capture(now, &[1_000; 160]);
        let sent = std::iter::from_fn(|| there.poll_output()).find_map(|output| match output {
            MediaOutput::Transmit { packet, .. } => Some(packet),
            MediaOutput::Event(_) => None,
        });
        let packet = sent.expect("20 ms of voice make a packet");
        let mut forged = packet.to_vec();
        forged
            .iter_mut()
            .zip(mask)
            .for_each(|(octet, mask)| *octet ^= mask);
        let before = here.stats().packets_received;
        if forged != packet {
            here.handle_packet(now, Component::Rtp, PEER.into(), &mut forged);
            assert_eq!(here.stats().packets_received, before);
        }
        here.handle_packet(now, Component::Rtp, PEER.into(), &mut packet.to_vec());
        assert_eq!(here.stats().packets_received, before + 1);
        now = run(&mut here, now, 2);
    }
}

/// Datagrams, each with its length before it.
fn datagrams(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    let next = move || {
        let (length, tail) = rest.split_first()?;
        let (packet, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        Some(packet)
    };
    std::iter::from_fn(next).take(MAX_DATAGRAMS)
}

/// As [`pair`], under this suite, with an identifier in the packets of both if one is given.
fn pair_under(suite: SrtpSuite, identifier: &str) -> (MediaSession, MediaSession) {
    let (mut here, offer) = MediaSession::offer(config(1, Encryption::Required));
    let offer = String::from_utf8(offer).expect("text of ours");
    let of_suite = |line: &&str| !line.starts_with("a=crypto") || line.contains(suite.name());
    let offer: String = offer.split_inclusive('\n').filter(of_suite).collect();
    // Without comfort noise every 20 ms make a packet.
    let offer = offer.replace(" 13 ", " ");
    let offer = offer.replace("|2^31", &format!("|2^31{identifier}"));
    let answering = MediaSession::answer(config(2, Encryption::Required), offer.as_bytes());
    let (there, answer) = answering.expect("an answer");
    here.accept_answer(&answer).expect("its own answer");
    (here, there)
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
        dtls: None,
        ice: None,
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
