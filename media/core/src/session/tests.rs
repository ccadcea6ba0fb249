//! Whole sessions in pairs, over a network of ours and in virtual time.

mod codecs;
mod dtls;
mod flying;
mod ice;
mod latch;
mod rekey;
mod reports;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;
use crate::config::Encryption;
use crate::rtp_header::{self, Header};
use crate::srtp::{Protector, SrtpSuite};
use flying::{Flying, beat};

/// Two sessions and the wire between them. Side 0 called, side 1 was called.
struct Pair {
    now: Instant,
    began: Instant,
    sides: [MediaSession; 2],
    /// What each side's speaker played.
    played: [Vec<i16>; 2],
    events: [Vec<MediaEvent>; 2],
    /// Every datagram: when, from which side, of which kind, its octets.
    wire: Vec<(Duration, usize, Component, Bytes)>,
    flying: Flying<(usize, Component, Bytes)>,
    delay: Duration,
}

impl Pair {
    fn new(caller: Encryption, callee: Encryption) -> Self {
        Self::by_offer(caller, callee, |offer| offer)
    }

    /// A pair whose offer is changed on its way.
    fn by_offer(caller: Encryption, callee: Encryption, change: impl Fn(String) -> String) -> Self {
        Self::between([config(0, caller), config(1, callee)], change)
    }

    fn between([caller, callee]: [MediaConfig; 2], change: impl Fn(String) -> String) -> Self {
        let (mut first, offer) = MediaSession::offer(caller);
        let offer = change(String::from_utf8(offer).unwrap());
        let (second, answer) = MediaSession::answer(callee, offer.as_bytes()).unwrap();
        first.accept_answer(&answer).unwrap();
        let began = crate::epoch();
        Self {
            now: began,
            began,
            sides: [first, second],
            played: Default::default(),
            events: Default::default(),
            wire: Vec::new(),
            flying: Flying::default(),
            delay: Duration::ZERO,
        }
    }

    /// Lets both sides talk for `milliseconds`, each its own tone.
    fn run(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds / 10 {
            self.step(|side, at| tone(300.0 + 200.0 * side as f32, at));
        }
    }

    /// One turn of both media threads; `voice` is what a microphone hears at a moment.
    fn step(&mut self, voice: impl Fn(usize, f32) -> i16) {
        for side in 0..2 {
            let since = (self.now - self.began).as_secs_f32();
            let session = &mut self.sides[side];
            let played = beat(session, self.now, |at| voice(side, since + at));
            self.played[side].extend(played);
            self.collect(side);
        }
        self.now += Duration::from_millis(10);
        self.deliver();
    }

    fn collect(&mut self, side: usize) {
        while let Some(output) = self.sides[side].poll_output() {
            match output {
                MediaOutput::Event(event) => self.events[side].push(event),
                MediaOutput::Transmit {
                    component,
                    to,
                    packet,
                } => {
                    assert_eq!(to, address(1 - side, component));
                    let kind = match rtp_header::is_rtcp(&packet) {
                        true => Component::Rtcp,
                        false => Component::Rtp,
                    };
                    self.wire
                        .push((self.now - self.began, side, kind, packet.clone()));
                    let at = self.now + self.delay;
                    self.flying.send(at, (side, component, packet));
                }
            }
        }
    }

    fn deliver(&mut self) {
        while let Some((side, component, packet)) = self.flying.arrived(self.now) {
            let from = address(side, component);
            self.sides[1 - side].handle_packet(self.now, component, from, &mut packet.to_vec());
        }
    }

    /// RTP packets that a side sent, as `(payload type, marker, sequence, timestamp, length)`.
    fn sent(&self, side: usize) -> Vec<(u8, bool, u16, u32, usize)> {
        let rtp = self
            .wire
            .iter()
            .filter(|(_, of, c, _)| *of == side && *c == Component::Rtp);
        rtp.map(|(_, _, _, packet)| {
            let (h, _) = rtp_header::read(packet).unwrap();
            (
                h.payload_type,
                h.marker,
                h.sequence_number,
                h.timestamp,
                packet.len(),
            )
        })
        .collect()
    }

    /// Side 0 makes a new offer, side 1 answers it.
    fn offer_again(&mut self, direction: Direction) {
        let offer = self.sides[0].offer_again(direction);
        let answer = self.sides[1].answer_again(&offer).unwrap();
        self.sides[0].accept_answer(&answer).unwrap();
    }
}

fn config(side: usize, encryption: Encryption) -> MediaConfig {
    MediaConfig {
        codecs: Codec::G711.to_vec(),
        encryption,
        local_rtp: address(side, Component::Rtp),
        local_rtcp: address(side, Component::Rtcp),
        dtls: None,
        ice: None,
        cname: format!("side-{side}"),
        seed: [side as u8 + 1; 32],
    }
}

fn address(side: usize, component: Component) -> SocketAddr {
    let port = 40_000 + 10_000 * side as u16 + component as u16;
    SocketAddr::from(([127, 0, 0, 1 + side as u8], port))
}

fn tone(hz: f32, at: f32) -> i16 {
    (8_000.0 * (std::f32::consts::TAU * hz * at).sin()) as i16
}

/// A packet of 20 ms of voice in clear.
fn voice(header: Header) -> BytesMut {
    let mut packet = BytesMut::new();
    header.write(&mut packet);
    packet.resize(12 + 160, 0xff);
    packet
}

/// How much of `samples` is a tone of `hz`, 0.0 to 1.0.
fn share_of(hz: f32, samples: &[i16]) -> f32 {
    let (mut sine, mut cosine, mut all) = (0.0, 0.0, 1.0);
    for (n, &sample) in samples.iter().enumerate() {
        let phase = std::f32::consts::TAU * hz * n as f32 / 8_000.0;
        let sample = f32::from(sample);
        sine += sample * phase.sin();
        cosine += sample * phase.cos();
        all += sample * sample;
    }
    2.0 * (sine * sine + cosine * cosine) / (all * samples.len() as f32)
}

fn milliseconds(samples: usize) -> usize {
    samples / 8
}

#[test]
fn both_sides_hear_each_other_within_80_ms_under_every_policy() {
    use Encryption::{Off, Optional, Required};
    let long = Some(SrtpSuite::AeadAes256Gcm);
    for (caller, callee, suite) in [
        (Required, Required, long),
        (Required, Optional, long),
        (Optional, Required, long),
        (Optional, Optional, long),
        (Optional, Off, None),
        (Off, Optional, None),
        (Off, Off, None),
    ] {
        let mut pair = Pair::new(caller, callee);
        pair.run(1_000);
        for side in 0..2 {
            let case = format!("{caller:?} calls {callee:?}, side {side}");
            assert_eq!(
                pair.sides[side].in_use(),
                Some(InUse {
                    codec: Codec::Pcmu,
                    srtp: suite,
                    keys: suite.map(|_| KeyExchange::Sdes),
                    digits: true,
                })
            );
            assert_eq!(pair.events[side], [MediaEvent::Started], "{case}");
            let first = pair.played[side]
                .iter()
                .position(|s| s.abs() > 100)
                .unwrap();
            assert!(
                milliseconds(first) <= 80,
                "{case}: {} ms",
                milliseconds(first)
            );
            let share = share_of(500.0 - 200.0 * side as f32, &pair.played[side][2_000..]);
            assert!(share > 0.99, "{case}: {share}");
        }
    }
}

#[test]
fn rtp_counts_as_rfc_3550_says() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(100);
    let sent = pair.sent(0);
    assert_eq!(sent.len(), 5);
    let (_, _, sequence, timestamp, _) = sent[0];
    assert!(sequence < 0x8000);
    for (n, packet) in sent.iter().enumerate() {
        let n = n as u16;
        let timestamp = timestamp.wrapping_add(160 * u32::from(n));
        assert_eq!(*packet, (0, n == 0, sequence + n, timestamp, 12 + 160));
    }
}

#[test]
fn digits_reach_the_other_side_in_order_while_voice_flows() {
    for encryption in [Encryption::Off, Encryption::Required] {
        let mut pair = Pair::new(encryption, encryption);
        pair.run(200);
        pair.sides[0].queue_digits("1234567890*#abcd").unwrap();
        pair.run(3_000);
        let digits: String = pair.events[1]
            .iter()
            .filter_map(|event| match event {
                MediaEvent::Digit { digit } => Some(*digit),
                _ => None,
            })
            .collect();
        assert_eq!(digits, "1234567890*#ABCD");
        assert_eq!(pair.events[0].last(), Some(&MediaEvent::DigitsSent));
        // Voice goes on where the digits end: the clock of the stream has not stopped.
        let voice: Vec<_> = pair
            .sent(0)
            .into_iter()
            .filter(|packet| packet.0 == 0)
            .collect();
        let gaps: Vec<_> = voice
            .windows(2)
            .map(|w| w[1].3.wrapping_sub(w[0].3))
            .collect();
        assert_eq!(
            gaps.iter().filter(|gap| **gap != 160).collect::<Vec<_>>(),
            [&(160 * 129)]
        );
        let resumed = gaps.iter().position(|gap| *gap != 160).unwrap() + 1;
        assert!(voice[resumed].1, "voice that resumes carries the marker");
        assert!(share_of(300.0, &pair.played[1][24_000..]) > 0.99);
    }
}

#[test]
fn digits_are_refused_where_they_cannot_be_sent() {
    let (mut caller, offer) = MediaSession::offer(config(0, Encryption::Off));
    assert_eq!(caller.queue_digits("1"), Err(DigitsError::NotSupported));
    let plain = String::from_utf8(offer)
        .unwrap()
        .replace(" 101\r\n", "\r\n");
    let (mut callee, answer) =
        MediaSession::answer(config(1, Encryption::Off), plain.as_bytes()).unwrap();
    caller.accept_answer(&answer).unwrap();
    assert_eq!(caller.queue_digits("1"), Err(DigitsError::NotSupported));
    assert_eq!(callee.queue_digits("1"), Err(DigitsError::NotSupported));
    assert_eq!(callee.queue_digits("12 34"), Err(DigitsError::NotADigit));
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    assert_eq!(
        pair.sides[0].queue_digits(&"1".repeat(65)),
        Err(DigitsError::TooMany)
    );
    assert_eq!(pair.sides[0].queue_digits(&"1".repeat(64)), Ok(()));
}

#[test]
fn a_muted_side_sends_silence_and_its_stream_goes_on() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(300);
    pair.sides[0].mute();
    pair.run(500);
    assert_eq!(pair.sent(0).len(), 40);
    assert!(
        pair.played[1][8 * 500..]
            .iter()
            .all(|sample| sample.abs() < 10)
    );
    assert!(pair.sides[0].stats().microphone_level < 0.1);
    pair.sides[0].unmute();
    pair.run(500);
    assert!(share_of(300.0, &pair.played[1][8 * 1_000..]) > 0.95);
}

#[test]
fn hold_stops_the_held_side_and_taking_back_starts_it_again() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.run(500);
    pair.offer_again(Direction::SendOnly);
    assert_eq!(pair.sides[0].direction(), Direction::SendOnly);
    assert_eq!(pair.sides[1].direction(), Direction::ReceiveOnly);
    assert!(pair.sides[1].held_by_peer() && !pair.sides[0].held_by_peer());
    let before = pair.sent(1).len();
    pair.run(1_000);
    assert_eq!(pair.sent(1).len(), before);
    pair.offer_again(Direction::SendReceive);
    pair.run(1_000);
    let after = pair.sent(1);
    assert_eq!(after.len(), before + 50);
    let pause = after[before].3.wrapping_sub(after[before - 1].3);
    assert!(
        (8_000..8_400).contains(&pause),
        "the clock went on through the hold: {pause}"
    );
    assert!(after[before].1);
    assert!(share_of(500.0, &pair.played[0][8 * 1_700..]) > 0.99);
    assert!(
        share_of(300.0, &pair.played[1][8 * 200..]) > 0.98,
        "side 1 heard music throughout"
    );
}

#[test]
fn packets_that_overtake_the_answer_are_heard() {
    let (mut caller, offer) = MediaSession::offer(config(0, Encryption::Required));
    let (mut callee, answer) =
        MediaSession::answer(config(1, Encryption::Required), &offer).unwrap();
    let start = crate::epoch();
    for n in 0..4 {
        callee.capture(start + Duration::from_millis(10 * n), &[5_000; 80]);
    }
    let from = address(1, Component::Rtp);
    while let Some(MediaOutput::Transmit { packet, .. }) = callee.poll_output() {
        caller.handle_packet(start, Component::Rtp, from, &mut packet.to_vec());
    }
    assert_eq!(caller.poll_output(), None);
    caller.accept_answer(&answer).unwrap();
    assert_eq!(
        caller.poll_output(),
        Some(MediaOutput::Event(MediaEvent::Started))
    );
    assert_eq!(caller.stats().packets_received, 2);
}

#[test]
fn a_new_key_of_one_side_starts_new_streams_both_ways() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.run(500);
    // Another phone takes the place of side 1: a new offer with new keys to side 0.
    let mut moved = config(1, Encryption::Required);
    moved.seed = [9; 32];
    let (mut other, offer) = MediaSession::offer(moved);
    let answer = pair.sides[0].answer_again(&offer).unwrap();
    other.accept_answer(&answer).unwrap();
    pair.sides[1] = other;
    pair.played = Default::default();
    pair.run(1_000);
    assert!(share_of(500.0, &pair.played[0][8 * 300..]) > 0.98);
    assert!(share_of(300.0, &pair.played[1][8 * 300..]) > 0.98);
}

#[test]
fn forged_and_replayed_packets_are_dropped_and_leave_no_trace() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.run(300);
    let of_side_0 = |c| {
        pair.wire
            .iter()
            .find(|w| w.1 == 0 && w.2 == c)
            .unwrap()
            .3
            .clone()
    };
    let real = of_side_0(Component::Rtp);
    let before = pair.sides[1].stats();
    let from = address(0, Component::Rtp);
    for n in 0..1_000u32 {
        let mut forged = real.to_vec();
        forged[8..12].copy_from_slice(&n.to_be_bytes());
        pair.sides[1].handle_packet(pair.now, Component::Rtp, from, &mut forged);
        forged[1] = 200;
        pair.sides[1].handle_packet(pair.now, Component::Rtcp, from, &mut forged);
    }
    pair.sides[1].handle_packet(pair.now, Component::Rtp, from, &mut real.to_vec());
    let after = pair.sides[1].stats();
    assert_eq!(after.packets_discarded, before.packets_discarded + 2_001);
    assert_eq!(after.packets_received, before.packets_received);
    let opener = format!("{:?}", pair.sides[1].keys);
    assert!(opener.contains("sources: 1"), "{opener}");
    pair.run(1_000);
    assert!(share_of(300.0, &pair.played[1][8 * 200..]) > 0.99);
}

#[test]
fn srtcp_that_claims_to_be_unencrypted_is_refused() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.run(100);
    let ssrc = pair.sides[0].sender.ssrc.to_be_bytes();
    // A goodbye with the E flag down and no valid tag.
    let mut forged = [&[0x81, 203, 0, 1][..], &ssrc, &[0, 0, 0, 9], &[0; 10]].concat();
    let before = pair.sides[1].stats().packets_discarded;
    pair.sides[1].handle_packet(
        pair.now,
        Component::Rtcp,
        address(0, Component::Rtcp),
        &mut forged,
    );
    assert_eq!(pair.sides[1].stats().packets_discarded, before + 1);
}

#[test]
fn a_master_key_identifier_is_put_in_and_taken_out() {
    let (_, offer) = MediaSession::offer(config(0, Encryption::Required));
    let offer = String::from_utf8(offer)
        .unwrap()
        .replace("|2^31", "|2^31|1:2");
    let (mut callee, answer) =
        MediaSession::answer(config(1, Encryption::Required), offer.as_bytes()).unwrap();
    assert!(String::from_utf8(answer).unwrap().contains("|2^31|1:2"));
    let start = crate::epoch();
    callee.capture(start, &[0; 160]);
    let Some(MediaOutput::Transmit { packet, .. }) = callee.poll_output() else {
        panic!("a packet is due");
    };
    assert_eq!(packet.len(), 12 + 160 + 16 + 2);
    assert_eq!(packet[188..], [0, 1]);
    // The caller's packets carry the identifier too; one without it is another key's.
    let keys = callee.agreement.as_ref().unwrap().sdes().cloned();
    let mut caller = Protector::new(&keys.unwrap().theirs);
    let mut packet = voice(Header {
        ssrc: 5,
        ..Header::default()
    });
    caller.protect_rtp(&mut packet).unwrap();
    assert_eq!(packet[188..], [0, 1]);
    let mut wrong = packet.to_vec();
    wrong[189] = 2;
    callee.handle_packet(
        start,
        Component::Rtp,
        address(0, Component::Rtp),
        &mut wrong,
    );
    assert_eq!(callee.stats().packets_received, 0);
    callee.handle_packet(
        start,
        Component::Rtp,
        address(0, Component::Rtp),
        &mut packet,
    );
    assert_eq!(callee.stats().packets_received, 1);
}

#[test]
fn reports_use_the_path_of_the_sound_only_where_both_sides_said_so() {
    let policy = Encryption::Required;
    for (line, expected) in [("a=rtcp-mux", Component::Rtp), ("a=x", Component::Rtcp)] {
        let change = |offer: String| offer.replace("a=rtcp-mux", line);
        let mut pair = Pair::by_offer(policy, policy, change);
        pair.run(100);
        pair.flying.by_arrival.clear();
        pair.sides[1].close(pair.now);
        pair.collect(1);
        let (component, packet) = pair
            .flying
            .by_arrival
            .first_key_value()
            .map(|(_, f)| (f.1, &f.2))
            .unwrap();
        assert_eq!((component, rtp_header::is_rtcp(packet)), (expected, true));
        pair.deliver();
        assert_eq!(pair.sides[0].stats().packets_discarded, 0);
    }
}

#[test]
fn a_session_may_move_between_threads() {
    fn movable<T: Send>() {}
    movable::<MediaSession>();
}

#[test]
fn nothing_secret_shows_in_debug_output() {
    let pair = Pair::new(Encryption::Required, Encryption::Required);
    let shown = format!("{:?}", pair.sides[0]);
    assert!(shown.contains("MasterKey(redacted)"));
    assert!(!format!("{:?}", config(0, Encryption::Off)).contains("1, 1, 1"));
    assert_eq!(
        format!("{:?}", MediaEvent::Digit { digit: '7' }),
        "Digit(redacted)"
    );
}

proptest! {
    #[test]
    fn no_octets_make_a_session_panic(
        packets in proptest::collection::vec(
            (any::<bool>(), 0x80u8..=0xbf, proptest::collection::vec(any::<u8>(), 0..64)),
            0..60,
        ),
    ) {
        for encryption in [Encryption::Off, Encryption::Required] {
            let mut pair = Pair::new(encryption, encryption);
            for (control, flags, body) in &packets {
                let mut packet = [&[*flags][..], body].concat();
                let component = if *control { Component::Rtcp } else { Component::Rtp };
                let from = address(0, component);
                pair.sides[1].handle_packet(pair.now, component, from, &mut packet);
                pair.step(|_, _| 0);
            }
        }
    }

    /// Packets of one source with any sequence and timestamp at any time.
    #[test]
    fn no_order_of_voice_packets_makes_a_session_panic(
        packets in proptest::collection::vec(
            (any::<u16>(), any::<u32>(), 0u64..200, 0usize..500, 0u8..3),
            0..100,
        ),
    ) {
        let mut pair = Pair::new(Encryption::Off, Encryption::Off);
        for (sequence_number, timestamp, wait_ms, length, ssrc) in packets {
            let mut packet = BytesMut::new();
            let header = Header {
                sequence_number,
                timestamp,
                ssrc: u32::from(ssrc),
                ..Header::default()
            };
            header.write(&mut packet);
            packet.resize(12 + length, 0x55);
            let from = address(0, Component::Rtp);
            pair.sides[1].handle_packet(pair.now, Component::Rtp, from, &mut packet);
            pair.run(wait_ms);
        }
    }
}
