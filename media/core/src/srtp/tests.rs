//! SRTP of every suite: sizes, forgeries, replays, rollover, identifiers, and changes of keys.

mod agreement;

use std::time::{Duration, Instant};

use bytes::BytesMut;
use proptest::prelude::*;

use super::unprotect::{MAX_SOURCES, Unprotector};
use super::*;
use crate::rtp_header::{self, Header};
use crate::sdp::{Mki, StreamKey};

pub(super) fn unhex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    let pairs = digits.chunks_exact(2);
    pairs.map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A key of a suite, whose octets count up from `first`.
pub(super) fn key(suite: SrtpSuite, first: u8) -> StreamKey {
    let master = MasterKey::generate(suite, |octets| {
        octets.iter_mut().zip(first..).for_each(|(o, n)| *o = n);
    });
    StreamKey { master, mki: None }
}

fn with_mki(key: StreamKey, octets: &[u8]) -> StreamKey {
    StreamKey {
        mki: Some(Mki(octets.to_vec())),
        ..key
    }
}

fn pair(key: &StreamKey) -> (Protector, Unprotector) {
    (Protector::new(key), Unprotector::new(key))
}

/// Sixteen octets of sound.
fn packet(ssrc: u32, sequence_number: u16) -> BytesMut {
    let header = Header {
        sequence_number,
        ssrc,
        ..Header::default()
    };
    let mut packet = BytesMut::new();
    header.write(&mut packet);
    packet.extend_from_slice(&[0xab; 16]);
    packet
}

fn protect(protector: &mut Protector, sequence: u16) -> BytesMut {
    let mut packet = packet(SSRC, sequence);
    protector.protect_rtp(&mut packet).unwrap();
    packet
}

/// The packet in clear. One that is refused has to stay as it was.
fn open(unprotector: &mut Unprotector, protected: &[u8]) -> Option<Vec<u8>> {
    let mut packet = protected.to_vec();
    let (header, length) = rtp_header::read(protected)?;
    let end = unprotector.open_rtp(&header, length, &mut packet);
    if end.is_none() {
        assert_eq!(packet, protected);
    }
    end.map(|end| packet[..end].to_vec())
}

fn open_rtcp(unprotector: &mut Unprotector, protected: &[u8]) -> Option<Vec<u8>> {
    let mut packet = protected.to_vec();
    let end = unprotector.open_rtcp(&mut packet);
    if end.is_none() {
        assert_eq!(packet, protected);
    }
    end.map(|end| packet[..end].to_vec())
}

fn protect_rtcp(protector: &mut Protector) -> BytesMut {
    let mut packet = BytesMut::from(&REPORT[..]);
    protector.protect_rtcp(&mut packet).unwrap();
    packet
}

const SSRC: u32 = 0xcafe_babe;
const REPORT: [u8; 12] = [0x80, 201, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8];

/// Key and salt of libsrtp's `srtp_validate`, and what it makes of a packet of sixteen times 0xab.
#[test]
fn packets_are_octet_for_octet_those_of_libsrtp() {
    let suite = SrtpSuite::AesCm128HmacSha1_80;
    let octets = unhex("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
    let master = MasterKey::new(suite, octets).unwrap();
    let (mut protector, mut unprotector) = pair(&StreamKey { master, mki: None });
    let clear = unhex("800f1234decafbadcafebabe abababababababababababababababab");
    let mut packet = BytesMut::from(&clear[..]);
    protector.protect_rtp(&mut packet).unwrap();
    let sealed = "800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb";
    assert_eq!(packet[..], unhex(sealed));
    assert_eq!(open(&mut unprotector, &packet).unwrap(), clear);
}

#[test]
fn every_suite_opens_what_it_protects_and_nothing_twice() {
    for (suite, rtp_tag, rtcp_tag) in [
        (SrtpSuite::AesCm128HmacSha1_80, 10, 10),
        (SrtpSuite::AesCm128HmacSha1_32, 4, 10),
        (SrtpSuite::AeadAes128Gcm, 16, 16),
        (SrtpSuite::AeadAes256Gcm, 16, 16),
    ] {
        let (mut protector, mut unprotector) = pair(&key(suite, 1));
        let protected = protect(&mut protector, 1);
        assert_eq!(protected.len(), 12 + 16 + rtp_tag);
        assert_eq!(open(&mut unprotector, &protected).unwrap(), packet(SSRC, 1));
        assert_eq!(open(&mut unprotector, &protected), None, "a replay");
        let protected = protect_rtcp(&mut protector);
        assert_eq!(protected.len(), 12 + 4 + rtcp_tag);
        assert_eq!(open_rtcp(&mut unprotector, &protected).unwrap(), REPORT);
        assert_eq!(open_rtcp(&mut unprotector, &protected), None, "a replay");
    }
}

#[test]
fn no_packet_is_too_short_to_be_refused_and_one_flipped_bit_anywhere_is_noticed() {
    for suite in SrtpSuite::ALL {
        for key in [key(suite, 1), with_mki(key(suite, 1), &[7, 8])] {
            let (mut protector, mut unprotector) = pair(&key);
            let rtp = protect(&mut protector, 1);
            let rtcp = protect_rtcp(&mut protector);
            for length in 0..rtp.len() {
                assert_eq!(open(&mut unprotector, &rtp[..length]), None);
            }
            for length in 0..rtcp.len() {
                assert_eq!(open_rtcp(&mut unprotector, &rtcp[..length]), None);
            }
            for bit in 0..rtp.len() * 8 {
                assert_eq!(open(&mut unprotector, &flipped(&rtp, bit)), None, "{bit}");
            }
            for bit in 0..rtcp.len() * 8 {
                let forged = flipped(&rtcp, bit);
                assert_eq!(open_rtcp(&mut unprotector, &forged), None, "{bit}");
            }
            assert!(open(&mut unprotector, &rtp).is_some());
            assert!(open_rtcp(&mut unprotector, &rtcp).is_some());
        }
    }
}

fn flipped(packet: &[u8], bit: usize) -> Vec<u8> {
    let mut packet = packet.to_vec();
    packet[bit / 8] ^= 1 << (bit % 8);
    packet
}

#[test]
fn a_source_beyond_the_limit_is_refused_and_forgeries_are_not_kept() {
    let (mut protector, mut unprotector) = pair(&key(SrtpSuite::AeadAes128Gcm, 1));
    let mut heard = 0;
    for ssrc in 0..100 {
        let mut packet = packet(ssrc, 1);
        protector.protect_rtp(&mut packet).unwrap();
        let mut forged = packet.to_vec();
        forged[8] ^= 0x80;
        assert_eq!(open(&mut unprotector, &forged), None);
        heard += usize::from(open(&mut unprotector, &packet).is_some());
    }
    assert_eq!(heard, MAX_SOURCES);
    let shown = format!("{unprotector:?}");
    assert!(
        shown.contains(&format!("sources: {MAX_SOURCES}")),
        "{shown}"
    );
}

#[test]
fn the_identifier_stands_before_the_tag_in_counter_mode_and_behind_it_in_gcm() {
    for (suite, mki_at) in [
        (SrtpSuite::AesCm128HmacSha1_80, 28),
        (SrtpSuite::AesCm128HmacSha1_32, 28),
        (SrtpSuite::AeadAes128Gcm, 28 + 16),
        (SrtpSuite::AeadAes256Gcm, 28 + 16),
    ] {
        let (mut protector, mut unprotector) = pair(&with_mki(key(suite, 1), &[0, 1]));
        let protected = protect(&mut protector, 1);
        assert_eq!(protected[mki_at..mki_at + 2], [0, 1]);
        let mut others = protected.to_vec();
        others[mki_at + 1] = 2;
        assert_eq!(open(&mut unprotector, &others), None);
        assert_eq!(open(&mut unprotector, &protected).unwrap(), packet(SSRC, 1));
        let report = protect_rtcp(&mut protector);
        assert_eq!(open_rtcp(&mut unprotector, &report).unwrap(), REPORT);
        // What carries no identifier is another key's.
        let (mut plain, _) = pair(&key(suite, 1));
        assert_eq!(open(&mut unprotector, &protect(&mut plain, 2)), None);
    }
}

#[test]
fn reports_that_claim_to_be_unencrypted_are_refused() {
    for suite in SrtpSuite::ALL {
        let (_, mut unprotector) = pair(&key(suite, 1));
        let forged = [&REPORT[..], &[0, 0, 0, 9], &[0; 16]].concat();
        assert_eq!(open_rtcp(&mut unprotector, &forged), None);
    }
}

#[test]
fn a_stream_goes_on_under_a_new_key_whether_its_rollover_counter_does_or_not() {
    let suite = SrtpSuite::AesCm128HmacSha1_80;
    let (old, new) = (key(suite, 1), key(suite, 101));
    let goes_on: fn(&Protector, &StreamKey) -> Protector = Protector::rekeyed;
    let begins_anew = |_: &Protector, key: &StreamKey| Protector::new(key);
    for follow in [goes_on, begins_anew] {
        let mut sender = Protector::new(&old);
        let mut keys = IncomingKeys::default();
        keys.change(Some(&old));
        for n in (0..70_000u32).step_by(1_000) {
            assert!(opens(&mut keys, &protect(&mut sender, n as u16)));
        }
        assert!(sender.has_rolled_over());
        keys.change(Some(&new));
        let mut sender = follow(&sender, &new);
        for n in 70_000..70_010u32 {
            assert!(opens(&mut keys, &protect(&mut sender, n as u16)));
        }
    }
}

#[test]
fn the_old_key_opens_packets_in_flight_for_a_bounded_time() {
    let suite = SrtpSuite::AeadAes256Gcm;
    let (old, new) = (
        with_mki(key(suite, 1), &[1]),
        with_mki(key(suite, 101), &[2]),
    );
    for (uses_the_new_one, forgotten_after) in [(true, 1_000), (false, 10_000)] {
        let mut keys = IncomingKeys::default();
        keys.change(Some(&old));
        let mut sender = Protector::new(&old);
        let mut follower = Protector::new(&new);
        keys.change(Some(&new));
        let start = crate::epoch();
        if uses_the_new_one {
            assert!(opens(&mut keys, &protect(&mut follower, 1)));
        }
        let mut last = None;
        for n in 0..1_100u16 {
            let now = start + Duration::from_millis(10) * u32::from(n);
            keys.tick(now);
            if opens(&mut keys, &protect(&mut sender, n)) {
                last = Some(now);
            }
        }
        let last = last.map(|last: Instant| (last - start).as_millis());
        assert_eq!(last, Some(forgotten_after - 10));
        assert!(opens(&mut keys, &protect(&mut follower, 2)));
    }
}

#[test]
fn a_side_that_gives_up_encryption_leaves_no_key_behind() {
    let key = key(SrtpSuite::AeadAes128Gcm, 1);
    let mut keys = IncomingKeys::default();
    keys.change(Some(&key));
    assert!(keys.are_in_use());
    keys.change(None);
    assert!(!keys.are_in_use());
    assert!(!opens(&mut keys, &protect(&mut Protector::new(&key), 1)));
}

fn opens(keys: &mut IncomingKeys, packet: &[u8]) -> bool {
    let (header, length) = rtp_header::read(packet).unwrap();
    keys.open_rtp(&header, length, &mut packet.to_vec())
        .is_some()
}

fn any_suite() -> impl Strategy<Value = SrtpSuite> {
    prop::sample::select(SrtpSuite::ALL.to_vec())
}

proptest! {
    #[test]
    fn what_is_protected_opens_again(
        suite in any_suite(),
        flags in prop_oneof![Just(0x80u8), Just(0x90)],
        fixed in proptest::array::uniform11(any::<u8>()),
        payload in proptest::collection::vec(any::<u8>(), 0..400),
        mki in proptest::collection::vec(any::<u8>(), 0..5),
    ) {
        let key = match mki.is_empty() {
            true => key(suite, 3),
            false => with_mki(key(suite, 3), &mki),
        };
        let (mut protector, mut unprotector) = pair(&key);
        let extension = [0xbe, 0xde, 0, 1, 0x10, 0, 0, 0];
        let extension = if flags & 0x10 != 0 { &extension[..] } else { &[] };
        let clear = [&[flags][..], &fixed, extension, &payload].concat();
        let mut packet = BytesMut::from(&clear[..]);
        protector.protect_rtp(&mut packet).unwrap();
        prop_assert_eq!(open(&mut unprotector, &packet), Some(clear));
        let clear = [&REPORT[..8], &payload].concat();
        let mut packet = BytesMut::from(&clear[..]);
        protector.protect_rtcp(&mut packet).unwrap();
        prop_assert_eq!(open_rtcp(&mut unprotector, &packet), Some(clear));
    }

    #[test]
    fn no_octets_make_the_reader_panic(
        suite in any_suite(),
        octets in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        for key in [key(suite, 1), with_mki(key(suite, 1), &[0, 1])] {
            let (mut protector, mut unprotector) = pair(&key);
            open(&mut unprotector, &octets);
            open_rtcp(&mut unprotector, &octets);
            protector.protect_rtp(&mut BytesMut::from(&octets[..]));
            protector.protect_rtcp(&mut BytesMut::from(&octets[..]));
        }
    }
}
