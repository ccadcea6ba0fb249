//! Keys by DTLS between whole sessions, over a network that loses, repeats and forges.

use super::*;
use crate::config::{DtlsConfig, DtlsUse};
use crate::dtls::{is_dtls, of_a_test};
use crate::trouble::KeyState;

/// Two sessions 20 ms apart. Side 0 called.
struct Call {
    now: Instant,
    sides: [MediaSession; 2],
    events: [Vec<MediaEvent>; 2],
    /// Every datagram: from which side, its octets.
    wire: Vec<(usize, Bytes)>,
    flying: VecDeque<(Instant, usize, SocketAddr, Component, Bytes)>,
    /// What becomes of the datagrams of the handshake, by their number.
    fate: Box<dyn Fn(usize) -> Fate>,
    handshakes: usize,
    /// Where the packets of side 1 come from.
    source: SocketAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    IsLost,
    /// It arrives and is repeated, by the side's own address and by a stranger.
    IsRepeated,
    /// Garbage of the same kind comes before it.
    FollowsGarbage,
}

impl Call {
    fn new() -> Self {
        Self::changed(|offer| offer, |answer| answer)
    }

    fn changed(of_offer: impl Fn(String) -> String, of_answer: impl Fn(String) -> String) -> Self {
        let (mut caller, offer) = MediaSession::offer(side(0, DtlsUse::Always));
        let offer = of_offer(text(offer));
        let callee = side(1, DtlsUse::WhenOffered);
        let (callee, answer) = MediaSession::answer(callee, offer.as_bytes()).unwrap();
        let answer = of_answer(text(answer));
        caller.accept_answer(answer.as_bytes()).unwrap();
        Self::between([caller, callee])
    }

    fn between(sides: [MediaSession; 2]) -> Self {
        Self {
            now: crate::epoch(),
            sides,
            events: Default::default(),
            wire: Vec::new(),
            flying: VecDeque::new(),
            fate: Box::new(|_| Fate::Arrives),
            handshakes: 0,
            source: address(1, Component::Rtp),
        }
    }

    fn run(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds / 10 {
            for side in 0..2 {
                self.turn(side);
            }
            self.now += Duration::from_millis(10);
            self.deliver();
        }
    }

    fn turn(&mut self, side: usize) {
        let mut frame = [0; 80];
        self.sides[side].play(self.now, &mut frame);
        self.sides[side].capture(self.now, &[1_000; 80]);
        self.sides[side].tick(self.now);
        self.collect(side);
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
                    let other = address(1 - side, component);
                    assert!(to == other || to == self.source, "{to}");
                    self.wire.push((side, packet.clone()));
                    self.fly(side, component, packet);
                }
            }
        }
    }

    fn fly(&mut self, side: usize, component: Component, packet: Bytes) {
        let at = self.now + Duration::from_millis(20);
        let from = match (side, component) {
            (1, Component::Rtp) => self.source,
            _ => address(side, component),
        };
        let mut send = |from, packet| self.flying.push_back((at, side, from, component, packet));
        if !is_dtls(&packet) {
            return send(from, packet);
        }
        let fate = (self.fate)(self.handshakes);
        self.handshakes += 1;
        match fate {
            Fate::Arrives => send(from, packet),
            Fate::IsLost => {}
            Fate::IsRepeated => {
                send(from, packet.clone());
                send(from, packet.clone());
                send(STRANGER, packet);
            }
            Fate::FollowsGarbage => {
                for garbage in garbage(&packet) {
                    send(from, garbage.clone());
                    send(STRANGER, garbage);
                }
                send(from, packet);
            }
        }
    }

    fn deliver(&mut self) {
        while let Some(flying) = self.flying.pop_front_if(|(at, ..)| *at <= self.now) {
            let (_, side, from, component, packet) = flying;
            let other = &mut self.sides[1 - side];
            other.handle_packet(self.now, component, from, &mut packet.to_vec());
            self.collect_after(1 - side);
        }
    }

    /// A stranger's packets are answered to the stranger, who is not there.
    fn collect_after(&mut self, side: usize) {
        while let Some(output) = self.sides[side].poll_output() {
            match output {
                MediaOutput::Transmit { to: STRANGER, .. } => {}
                MediaOutput::Transmit {
                    component, packet, ..
                } => {
                    self.wire.push((side, packet.clone()));
                    self.fly(side, component, packet);
                }
                MediaOutput::Event(event) => self.events[side].push(event),
            }
        }
    }

    fn key_states(&self) -> [KeyState; 2] {
        [0, 1].map(|side: usize| self.sides[side].traffic().keys)
    }

    fn heard(&self) -> [u64; 2] {
        [0, 1].map(|side: usize| self.sides[side].stats().packets_received)
    }

    fn handshakes_on_the_wire(&self) -> usize {
        self.wire
            .iter()
            .filter(|(_, packet)| is_dtls(packet))
            .count()
    }

    /// Both sides have keys of the strongest suite, and hear each other.
    fn assert_secure(&mut self, case: &str) {
        let dtls = |side: &MediaSession| {
            let in_use = side.in_use().unwrap();
            (in_use.srtp, in_use.keys)
        };
        let strongest = (Some(SrtpSuite::AeadAes256Gcm), Some(KeyExchange::Dtls));
        assert_eq!(self.sides.each_ref().map(dtls), [strongest; 2], "{case}");
        let before = self.heard();
        self.run(1_000);
        for (now, before) in self.heard().into_iter().zip(before) {
            assert!(now - before >= 48, "{case}: {now} after {before}");
        }
        assert_eq!(self.clear_packets().next(), None, "{case}");
    }

    /// Sound of which each sample is the same, as it was spoken.
    fn clear_packets(&self) -> impl Iterator<Item = &Bytes> {
        let packets = self.wire.iter().map(|(_, packet)| packet);
        packets.filter(|packet| {
            let payload = packet.get(12..172).unwrap_or_default();
            payload
                .first()
                .is_some_and(|first| payload.iter().all(|octet| octet == first))
        })
    }
}

fn text(description: Vec<u8>) -> String {
    String::from_utf8(description).unwrap()
}

pub(super) fn dtls(when: DtlsUse) -> Option<DtlsConfig> {
    Some(DtlsConfig {
        when,
        identity: of_a_test(),
    })
}

fn side(side: usize, when: DtlsUse) -> MediaConfig {
    let mut config = config(side, Encryption::Required);
    config.codecs = vec![Codec::Pcmu];
    config.dtls = dtls(when);
    config
}

/// What a forger makes of a datagram, and what has nothing to do with one.
fn garbage(packet: &[u8]) -> Vec<Bytes> {
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut octets = packet.to_vec();
        change(&mut octets);
        Bytes::from(octets)
    };
    let alert = |level, description| {
        Bytes::from(vec![
            21,
            254,
            253,
            0,
            0,
            0,
            0,
            0,
            0,
            9,
            9,
            0,
            2,
            level,
            description,
        ])
    };
    vec![
        alert(2, 40),
        alert(1, 0),
        Bytes::from_static(&[20]),
        Bytes::from_static(&[63; 200]),
        Bytes::from_static(&[22; 1_400]),
        // Data in clear, and a change of ciphers that is none.
        Bytes::from_static(&[23, 254, 253, 0, 0, 0, 0, 0, 0, 9, 8, 0, 1, 7]),
        Bytes::from_static(&[20, 254, 253, 0, 0, 0, 0, 0, 0, 9, 7, 0, 1, 7]),
        changed(&|octets| octets.truncate(octets.len() / 2)),
        changed(&|octets| octets[12] ^= 0x40),
        changed(&|octets| octets[4] = 1),
    ]
}

const STRANGER: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 66)),
    6_666,
);

/// What the offer says in place of `actpass`, and what the answer says to it.
const ROLES: [(&str, &str); 3] = [
    ("actpass", "active"),
    ("active", "passive"),
    ("passive", "active"),
];

fn by_roles(offered: &'static str, answered: &'static str) -> Call {
    Call::changed(
        move |offer| offer.replace("a=setup:actpass", &format!("a=setup:{offered}")),
        move |answer| {
            assert!(answer.contains(&format!("a=setup:{answered}")), "{answer}");
            answer
        },
    )
}

#[test]
fn keys_come_by_a_handshake_whoever_begins_and_nothing_sounds_before() {
    for (offered, answered) in ROLES {
        let mut call = by_roles(offered, answered);
        let pending = call.sides[0].in_use().unwrap();
        assert_eq!(
            (pending.srtp, pending.keys),
            (None, Some(KeyExchange::Dtls))
        );
        assert_eq!(call.key_states(), [KeyState::Awaited; 2]);
        call.run(300);
        for events in &call.events {
            assert_eq!(
                events.iter().filter(|e| **e == MediaEvent::Keyed).count(),
                1
            );
        }
        call.assert_secure(offered);
        let first_sound = call.wire.iter().position(|(_, packet)| !is_dtls(packet));
        let before = &call.wire[..first_sound.unwrap()];
        assert!(before.len() >= 6, "{offered}: {} datagrams", before.len());
    }
}

/// They may be a PIN.
#[test]
fn digits_wait_for_the_keys_and_none_is_lost() {
    let mut call = Call::new();
    call.fate = Box::new(|number| match number < 6 {
        true => Fate::IsLost,
        false => Fate::Arrives,
    });
    call.sides[0].queue_digits("4711#").unwrap();
    call.run(400);
    assert_eq!(call.key_states(), [KeyState::Awaited; 2]);
    assert!(!call.events[0].contains(&MediaEvent::DigitsSent));
    assert!(call.wire.iter().all(|(_, packet)| is_dtls(packet)));
    call.run(8_000);
    let digits = call.events[1].iter().filter_map(|event| match event {
        MediaEvent::Digit { digit } => Some(*digit),
        _ => None,
    });
    assert_eq!(digits.collect::<String>(), "4711#");
    assert!(call.events[0].contains(&MediaEvent::DigitsSent));
    assert_eq!(call.clear_packets().next(), None);
}

#[test]
fn any_datagram_of_the_handshake_may_get_lost() {
    for (offered, answered) in ROLES {
        for lost in 0..14 {
            let mut call = by_roles(offered, answered);
            call.fate = Box::new(move |number| match number == lost {
                true => Fate::IsLost,
                false => Fate::Arrives,
            });
            call.run(3_000);
            call.assert_secure(&format!("{offered}, without {lost}"));
        }
    }
}

#[test]
fn a_network_that_loses_every_third_datagram_delays_keys_and_no_more() {
    for first in 0..3 {
        let mut call = Call::new();
        call.fate = Box::new(move |number| match number % 3 == first {
            true => Fate::IsLost,
            false => Fate::Arrives,
        });
        call.run(8_000);
        call.assert_secure(&format!("from {first} on"));
    }
}

#[test]
fn repeated_and_forged_datagrams_change_nothing() {
    for (offered, answered) in ROLES {
        for fate in [Fate::IsRepeated, Fate::FollowsGarbage] {
            let mut call = by_roles(offered, answered);
            call.fate = Box::new(move |_| fate);
            call.run(3_000);
            call.assert_secure(&format!("{offered}, {fate:?}"));
        }
    }
}

#[test]
fn what_comes_again_after_the_handshake_leaves_the_sound_alone() {
    for (offered, answered) in ROLES {
        let mut call = by_roles(offered, answered);
        call.run(500);
        let shaken: Vec<(usize, Bytes)> = call
            .wire
            .iter()
            .filter(|(_, packet)| is_dtls(packet))
            .cloned()
            .collect();
        for _ in 0..20 {
            for (from, packet) in &shaken {
                let all = garbage(packet).into_iter().chain([packet.clone()]);
                for packet in all {
                    let at = address(*from, Component::Rtp);
                    for source in [at, STRANGER] {
                        let side = &mut call.sides[1 - from];
                        let rtp = Component::Rtp;
                        side.handle_packet(call.now, rtp, source, &mut packet.to_vec());
                        call.collect_after(1 - from);
                    }
                }
            }
            call.run(20);
        }
        call.assert_secure(offered);
    }
}

#[test]
fn another_certificate_than_the_described_one_ends_the_media() {
    let forged = |description: String| {
        let (before, after) = description.split_once("a=fingerprint:sha-256 ").unwrap();
        let (fingerprint, after) = after.split_once("\r\n").unwrap();
        let first = if fingerprint.starts_with("00") {
            "01"
        } else {
            "00"
        };
        format!(
            "{before}a=fingerprint:sha-256 {first}{}\r\n{after}",
            &fingerprint[2..]
        )
    };
    for (offered, _) in ROLES {
        let offer = |text: String| text.replace("setup:actpass", &format!("setup:{offered}"));
        let calls = [
            (1, Call::changed(|text| offer(forged(text)), |text| text)),
            (0, Call::changed(offer, forged)),
        ];
        for (victim, mut call) in calls {
            call.run(9_000);
            let case = format!("{offered}, side {victim}");
            let states = call.key_states();
            assert_eq!(states[victim], KeyState::Refused, "{case}");
            assert_eq!(states[1 - victim], KeyState::Awaited, "{case}");
            let sound = call.wire.iter().filter(|(_, packet)| !is_dtls(packet));
            assert_eq!(sound.count(), 0, "{case}");
            assert_eq!(call.heard(), [0, 0], "{case}");
        }
    }
}

#[test]
fn a_stranger_who_shakes_hands_with_a_certificate_of_its_own_is_forgotten() {
    let mut call = by_roles("passive", "active");
    // The other side cannot be heard at first; the stranger can.
    call.fate = Box::new(|number| match number < 3 {
        true => Fate::IsLost,
        false => Fate::Arrives,
    });
    let offer = call.sides[0].offer_again(Direction::SendReceive);
    call.sides[0].withdraw_offer();
    let stranger = side(1, DtlsUse::WhenOffered);
    let (mut stranger, _) = MediaSession::answer(stranger, &offer).unwrap();
    for _ in 0..50 {
        stranger.tick(call.now);
        while let Some(output) = stranger.poll_output() {
            if let MediaOutput::Transmit { packet, .. } = output {
                let (rtp, victim) = (Component::Rtp, &mut call.sides[0]);
                victim.handle_packet(call.now, rtp, STRANGER, &mut packet.to_vec());
            }
        }
        while let Some(output) = call.sides[0].poll_output() {
            if let MediaOutput::Transmit {
                to: STRANGER,
                packet,
                ..
            } = output
            {
                let from = address(0, Component::Rtp);
                stranger.handle_packet(call.now, Component::Rtp, from, &mut packet.to_vec());
            }
        }
        call.now += Duration::from_millis(1);
    }
    assert_eq!(stranger.in_use().unwrap().srtp, None);
    assert_eq!(call.key_states(), [KeyState::Awaited; 2]);
    call.run(3_000);
    call.assert_secure("after a stranger");
}

#[test]
fn hold_and_resume_keep_the_association() {
    for (offered, answered) in ROLES {
        let mut call = by_roles(offered, answered);
        call.run(500);
        let before = call.handshakes_on_the_wire();
        for (offering, direction) in [
            (0, Direction::SendOnly),
            (0, Direction::SendReceive),
            (1, Direction::SendOnly),
            (1, Direction::SendReceive),
        ] {
            let offer = call.sides[offering].offer_again(direction);
            let answer = call.sides[1 - offering].answer_again(&offer).unwrap();
            call.sides[offering].accept_answer(&answer).unwrap();
            assert_eq!(call.key_states(), [KeyState::Settled; 2]);
            call.run(500);
        }
        assert_eq!(call.handshakes_on_the_wire(), before, "{offered}");
        call.assert_secure(offered);
    }
}

#[test]
fn a_peer_that_leaves_the_choice_open_again_keeps_its_part() {
    for (offered, answered) in ROLES {
        let mut call = by_roles(offered, answered);
        call.run(500);
        let before = call.handshakes_on_the_wire();
        let offer = text(call.sides[0].offer_again(Direction::SendReceive));
        let offer = offer.replace("setup:active", "setup:actpass");
        let offer = offer.replace("setup:passive", "setup:actpass");
        let answer = call.sides[1].answer_again(offer.as_bytes()).unwrap();
        call.sides[0].accept_answer(&answer).unwrap();
        call.run(500);
        assert_eq!(call.handshakes_on_the_wire(), before, "{offered}");
        call.assert_secure(offered);
    }
}

/// RFC 8842 §3.1: another certificate, another `tls-id`, another part.
#[test]
fn a_description_that_says_something_new_asks_for_another_handshake() {
    let mut call = Call::new();
    call.run(500);
    let before = call.handshakes_on_the_wire();
    for said in [
        "a=tls-id:aaaaaaaaaaaaaaaaaaaa\r\n",
        "a=tls-id:bbbbbbbbbbbbbbbbbbbb\r\n",
    ] {
        let offer = text(call.sides[0].offer_again(Direction::SendReceive));
        let offer = format!("{offer}{said}");
        let answer = text(call.sides[1].answer_again(offer.as_bytes()).unwrap());
        assert_eq!(call.key_states()[1], KeyState::Awaited);
        let answer = format!("{answer}{said}");
        call.sides[0].accept_answer(answer.as_bytes()).unwrap();
        call.run(500);
    }
    assert!(call.handshakes_on_the_wire() > 2 * before);
    call.assert_secure("another tls-id");
    // The other side is somebody else from here on, at the same address.
    let offer = text(call.sides[0].offer_again(Direction::SendReceive));
    let other = MediaSession::answer(side(1, DtlsUse::WhenOffered), offer.as_bytes());
    let (other, answer) = other.unwrap();
    call.sides[1] = other;
    call.sides[0].accept_answer(&answer).unwrap();
    assert_eq!(call.key_states(), [KeyState::Awaited; 2]);
    call.run(500);
    call.assert_secure("another certificate");
}

#[test]
fn a_handshake_that_overtakes_the_answer_is_kept_for_it() {
    let (mut caller, offer) = MediaSession::offer(side(0, DtlsUse::Always));
    let callee = side(1, DtlsUse::WhenOffered);
    let (callee, answer) = MediaSession::answer(callee, &offer).unwrap();
    let (now, at) = (crate::epoch(), address(1, Component::Rtp));
    let mut callee = callee;
    callee.tick(now);
    let Some(MediaOutput::Transmit { packet, .. }) = callee.poll_output() else {
        panic!("who is active begins");
    };
    caller.handle_packet(now, Component::Rtp, at, &mut packet.to_vec());
    assert_eq!(caller.poll_output(), None);
    caller.accept_answer(&answer).unwrap();
    let answered = caller.poll_output();
    assert!(matches!(answered, Some(MediaOutput::Transmit { to, .. }) if to == at));
}

#[test]
fn without_a_shared_path_there_are_no_reports() {
    let alone = |text: String| text.replace("a=rtcp-mux\r\n", "");
    let mut call = Call::changed(alone, |answer| answer);
    call.run(10_000);
    call.assert_secure("two paths");
    let reports = call
        .wire
        .iter()
        .filter(|(_, packet)| rtp_header::is_rtcp(packet));
    assert_eq!(reports.count(), 0);
}

#[test]
fn a_peer_without_a_usable_certificate_is_refused_and_never_spoken_to_in_clear() {
    let (mut caller, offer) = MediaSession::offer(side(0, DtlsUse::Always));
    let offer = text(offer);
    assert!(
        offer.contains("m=audio 40000 UDP/TLS/RTP/SAVP 0 13 101\r\n"),
        "{offer}"
    );
    let sha1 = ["AB"; 20].join(":");
    let weak = |text: &str| {
        let (before, after) = text.split_once("a=fingerprint:").unwrap();
        let (_, after) = after.split_once("\r\n").unwrap();
        format!("{before}a=fingerprint:sha-1 {sha1}\r\n{after}")
    };
    let mut plain = config(1, Encryption::Off);
    plain.codecs = vec![Codec::Pcmu];
    for callee in [side(1, DtlsUse::WhenOffered), plain] {
        let refused = MediaSession::answer(callee, weak(&offer).as_bytes());
        assert!(refused.is_err());
    }
    let (_, answer) =
        MediaSession::answer(side(1, DtlsUse::WhenOffered), offer.as_bytes()).unwrap();
    let answer = text(answer);
    let clear = answer.replace("UDP/TLS/RTP/SAVP", "RTP/AVP");
    let clear = clear.replace("a=fingerprint", "a=x");
    for answer in [weak(&answer), clear] {
        let refused = caller.accept_answer(answer.as_bytes());
        assert_eq!(refused, Err(Rejection::EncryptionRequired));
        assert_eq!(caller.in_use(), None);
    }
}

#[test]
fn nobody_there_is_tried_again_for_as_long_as_the_call_lasts() {
    for (offered, answered) in ROLES {
        let mut call = by_roles(offered, answered);
        // More than all the flights of one attempt.
        call.fate = Box::new(|number| match number < 30 {
            true => Fate::IsLost,
            false => Fate::Arrives,
        });
        call.run(30_000);
        call.assert_secure(offered);
    }
}

#[test]
fn who_answers_from_elsewhere_is_believed_while_the_described_address_is_silent() {
    for (offered, answered) in ROLES {
        let mut call = by_roles(offered, answered);
        call.source = ELSEWHERE;
        call.run(2_000);
        call.assert_secure(&format!("{offered}, elsewhere"));
    }
    // A stranger answers first, and the described address a moment later.
    let mut call = by_roles("active", "passive");
    call.turn(0);
    let hello_verify = [
        22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 3, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 254, 253,
        1, 7,
    ];
    let (now, rtp) = (call.now, Component::Rtp);
    call.sides[0].handle_packet(now, rtp, STRANGER, &mut hello_verify.to_vec());
    call.run(4_000);
    call.assert_secure("after a stranger's answer");
}

const ELSEWHERE: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 77)),
    7_777,
);
