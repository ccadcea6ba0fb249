//! New keys in the middle of a call, while packets under the old ones are on their way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::*;
use crate::sdp::{Mki, StreamKey};
use crate::srtp::{IncomingKeys, MasterKey};

/// A peer that seals by keys of the test's choice what a session of ours says, and one call to it.
struct Call {
    /// Speaks in clear, and never hears anything.
    voice: Pair,
    protector: Protector,
    ours: MediaSession,
    /// What the peer has sent, by arrival.
    flying: VecDeque<(Instant, BytesMut)>,
    played: Vec<i16>,
    /// What we have sent.
    sent: Vec<Bytes>,
}

impl Call {
    fn new(key: &StreamKey) -> Self {
        let offer = description(key, 1);
        let (ours, _) = MediaSession::answer(config(1, Encryption::Required), &offer).unwrap();
        Self {
            voice: Pair::new(Encryption::Off, Encryption::Off),
            protector: Protector::new(key),
            ours,
            flying: VecDeque::new(),
            played: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// Both sides talk; the peer's packets arrive after [`DELAY`].
    fn run(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds / 10 {
            let now = self.voice.now;
            let before = self.voice.wire.len();
            self.voice.run(10);
            for (_, side, component, packet) in &self.voice.wire[before..] {
                if (*side, *component) == (0, Component::Rtp) {
                    let mut packet = BytesMut::from(&packet[..]);
                    self.protector.protect_rtp(&mut packet).unwrap();
                    self.flying.push_back((now + DELAY, packet));
                }
            }
            self.turn(now);
        }
    }

    /// One turn of our media thread.
    fn turn(&mut self, now: Instant) {
        while let Some((_, mut packet)) = self.flying.pop_front_if(|(at, _)| *at <= now) {
            let from = address(0, Component::Rtp);
            self.ours
                .handle_packet(now, Component::Rtp, from, &mut packet);
        }
        let mut frame = [0; 80];
        self.ours.play(now, &mut frame);
        self.played.extend_from_slice(&frame);
        self.ours.capture(now, &[1_000; 80]);
        self.ours.tick(now);
        while let Some(output) = self.ours.poll_output() {
            if let MediaOutput::Transmit {
                component: Component::Rtp,
                packet,
                ..
            } = output
                && !rtp_header::is_rtcp(&packet)
            {
                self.sent.push(packet);
            }
        }
    }

    /// Our key.
    fn our_key(&self) -> StreamKey {
        let agreement = self.ours.agreement.as_ref().unwrap();
        agreement.sdes().unwrap().ours.clone()
    }

    /// The sound went on without a gap, and no packet of it was thrown away.
    fn assert_unbroken(&self, case: &str) {
        let stats = self.ours.stats();
        assert_eq!(stats.packets_discarded, 0, "{case}");
        assert_eq!(stats.packets_lost, 0, "{case}");
        assert_eq!(stats.concealed, Duration::ZERO, "{case}");
        let share = share_of(300.0, &self.played[8 * 200..]);
        assert!(share > 0.99, "{case}: {share}");
    }
}

/// The way to the other side, for sound and for descriptions.
const DELAY: Duration = Duration::from_millis(40);
const DELAY_MS: u64 = 40;

fn key(suite: SrtpSuite, first: u8, mki: Option<u8>) -> StreamKey {
    StreamKey {
        master: MasterKey::generate(suite, |octets| octets.fill(first)),
        mki: mki.map(|value| Mki(vec![0, value])),
    }
}

/// What the peer offers or answers.
fn description(key: &StreamKey, version: u32) -> Vec<u8> {
    let suite = key.master.suite().name();
    let octets = BASE64.encode(key.master.octets());
    let mki = match &key.mki {
        Some(mki) => format!("|{}:2", mki.0[1]),
        None => String::new(),
    };
    let rtp = address(0, Component::Rtp);
    format!(
        "v=0\r\no=- 1 {version} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/SAVP 0\r\na=crypto:1 {suite} inline:{octets}|2^31{mki}\r\n",
        ip = rtp.ip(),
        port = rtp.port(),
    )
    .into_bytes()
}

/// The key and its successor: another one of the same suite, of another suite, with another
/// identifier, and the same octets under another identifier.
fn changes() -> Vec<(StreamKey, StreamKey)> {
    use SrtpSuite::{AeadAes128Gcm, AeadAes256Gcm, AesCm128HmacSha1_32, AesCm128HmacSha1_80};
    let of_one = |suite| {
        [
            (key(suite, 1, None), key(suite, 2, None)),
            (key(suite, 1, None), key(suite, 2, Some(1))),
            (key(suite, 1, Some(1)), key(suite, 2, Some(2))),
            (key(suite, 1, Some(1)), key(suite, 1, Some(2))),
        ]
    };
    let mut changes: Vec<_> = SrtpSuite::ALL.into_iter().flat_map(of_one).collect();
    changes.push((
        key(AesCm128HmacSha1_80, 1, None),
        key(AeadAes256Gcm, 2, None),
    ));
    changes.push((
        key(AeadAes128Gcm, 1, None),
        key(AesCm128HmacSha1_32, 2, None),
    ));
    changes
}

#[test]
fn a_peer_that_offers_a_new_key_is_heard_without_a_gap() {
    for (old, new) in changes() {
        let case = format!("{:?} to {:?}", old.master.suite(), new.master.suite());
        let mut call = Call::new(&old);
        call.run(1_000);
        call.ours.answer_again(&description(&new, 2)).unwrap();
        // The peer goes over to the new key when it has our answer.
        call.run(DELAY_MS);
        call.protector = call.protector.rekeyed(&new);
        call.run(1_000);
        call.assert_unbroken(&case);
        assert_eq!(call.ours.in_use().unwrap().srtp, Some(new.master.suite()));
    }
}

/// The new key is used on the way before the answer that tells of it has come.
#[test]
fn a_peer_that_answers_our_offer_by_a_new_key_loses_no_packet() {
    for (old, new) in changes() {
        let mut call = Call::new(&old);
        call.run(1_000);
        // Our offer lists our keys by our own tags; the answer takes one of them.
        let offer = String::from_utf8(call.ours.offer_again(Direction::SendReceive)).unwrap();
        let line = offer
            .lines()
            .find(|line| line.contains(new.master.suite().name()))
            .unwrap();
        let tag = &line["a=crypto:".len()..][..1];
        let answer = String::from_utf8(description(&new, 2)).unwrap();
        let answer = answer.replace("a=crypto:1", &format!("a=crypto:{tag}"));
        call.run(DELAY_MS);
        call.protector = call.protector.rekeyed(&new);
        call.run(2 * DELAY_MS);
        call.ours.accept_answer(answer.as_bytes()).unwrap();
        call.run(1_000);
        let stats = call.ours.stats();
        assert_eq!((stats.packets_lost, stats.packets_discarded), (0, 0));
        assert!(stats.concealed <= DELAY, "{:?}", stats.concealed);
        assert!(share_of(300.0, &call.played[8 * 1_300..]) > 0.99);
    }
}

#[test]
fn our_stream_goes_on_under_its_new_key_as_the_same_source() {
    for (old, new) in changes() {
        let mut call = Call::new(&old);
        call.run(200);
        let before = call.our_key();
        call.ours.answer_again(&description(&new, 2)).unwrap();
        call.run(200);
        let after = call.our_key();
        assert_ne!(before, after);
        assert_eq!(after.mki, new.mki);
        let (under_old, under_new) = call.sent.split_at(10);
        for (key, packets) in [(&before, under_old), (&after, under_new)] {
            let mut keys = IncomingKeys::default();
            keys.change(Some(key));
            for packet in packets {
                let (header, length) = rtp_header::read(packet).unwrap();
                let opened = keys.open_rtp(&header, length, &mut packet.to_vec());
                assert_eq!(opened, Some(12 + 160));
            }
        }
        let headers = call
            .sent
            .iter()
            .map(|packet| rtp_header::read(packet).unwrap().0);
        let headers: Vec<Header> = headers.collect();
        for two in headers.windows(2) {
            assert_eq!(two[0].ssrc, two[1].ssrc);
            assert_eq!(two[0].sequence_number + 1, two[1].sequence_number);
            assert_eq!(two[0].timestamp.wrapping_add(160), two[1].timestamp);
        }
    }
}

#[test]
fn an_offer_of_ours_and_one_of_theirs_without_change_keep_all_keys() {
    for (old, _) in changes() {
        let mut call = Call::new(&old);
        let before = call.our_key();
        call.run(200);
        call.ours.answer_again(&description(&old, 2)).unwrap();
        assert_eq!(call.our_key(), before);
        call.run(200);
        call.assert_unbroken("the same key again");
        let offer = String::from_utf8(call.ours.offer_again(Direction::SendOnly)).unwrap();
        assert!(offer.contains(&BASE64.encode(before.master.octets())));
    }
}

#[test]
fn what_nobody_can_open_while_an_offer_is_open_is_dropped_with_it() {
    let suite = SrtpSuite::AeadAes128Gcm;
    let mut call = Call::new(&key(suite, 1, None));
    call.run(100);
    call.ours.offer_again(Direction::SendReceive);
    call.protector = Protector::new(&key(suite, 66, None));
    call.run(2_000);
    assert!(call.ours.early.len() <= traffic::MAX_EARLY_PACKETS);
    call.ours.withdraw_offer();
    assert!(call.ours.early.is_empty());
    call.run(100);
    assert!(call.ours.stats().packets_discarded > 0);
}
