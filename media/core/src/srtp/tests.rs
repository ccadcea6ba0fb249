//! SRTP against the test vector of another implementation, and over wraps, losses and replays.

use proptest::prelude::*;
use webrtc_util::marshal::Marshal as _;

use super::*;

/// Key and salt of libsrtp's `srtp_validate`.
const KEY: [u8; 30] = [
    0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39,
    0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6,
];

/// What libsrtp makes of packet 0x1234 of source 0xcafebabe with sixteen times 0xab in it.
const PROTECTED: [u8; 38] = [
    0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe, 0x4e, 0x55, 0xdc, 0x4c,
    0xe7, 0x99, 0x78, 0xd8, 0x8c, 0xa4, 0xd2, 0x15, 0x94, 0x9d, 0x24, 0x02, 0xb7, 0x8d, 0x6a, 0xcc,
    0x99, 0xea, 0x17, 0x9b, 0x8d, 0xbb,
];

fn key() -> StreamKey {
    StreamKey {
        master: MasterKey::new(KEY),
        mki: None,
    }
}

fn pair(suite: SrtpSuite) -> (Protector, Unprotector) {
    (
        Protector::new(suite, &key()),
        Unprotector::new(suite, key()),
    )
}

fn packet(sequence_number: u16) -> (Header, Vec<u8>) {
    let header = Header {
        version: 2,
        sequence_number,
        ssrc: 0xcafe_babe,
        ..Header::default()
    };
    let packet = [&header.marshal().unwrap()[..], &[0xab; 16]].concat();
    (header, packet)
}

fn protect(protector: &mut Protector, sequence: u16) -> Bytes {
    let (header, packet) = packet(sequence);
    protector.protect_rtp(&header, &packet).unwrap()
}

fn open(unprotector: &mut Unprotector, sequence: u16, protected: &[u8]) -> Option<Bytes> {
    unprotector.unprotect_rtp(&packet(sequence).0, protected)
}

#[test]
fn packets_are_octet_for_octet_those_of_libsrtp() {
    let header = Header {
        version: 2,
        payload_type: 15,
        sequence_number: 0x1234,
        timestamp: 0xdeca_fbad,
        ssrc: 0xcafe_babe,
        ..Header::default()
    };
    let clear = [&header.marshal().unwrap()[..], &[0xab; 16]].concat();
    let (mut protector, mut unprotector) = pair(SrtpSuite::AesCm128HmacSha1_80);
    assert_eq!(
        protector.protect_rtp(&header, &clear).unwrap(),
        PROTECTED[..]
    );
    assert_eq!(
        unprotector.unprotect_rtp(&header, &PROTECTED).unwrap(),
        clear
    );
}

#[test]
fn the_short_suite_has_a_tag_of_4_octets_on_rtp_and_of_10_on_rtcp() {
    let (mut protector, mut unprotector) = pair(SrtpSuite::AesCm128HmacSha1_32);
    let protected = protect(&mut protector, 1);
    assert_eq!(protected.len(), 12 + 16 + 4);
    assert_eq!(open(&mut unprotector, 1, &protected).unwrap(), packet(1).1);
    let report = [&[0x80, 201, 0, 1][..], &[1, 2, 3, 4]].concat();
    let protected = protector.protect_rtcp(&report).unwrap();
    assert_eq!(protected.len(), 8 + 4 + 10);
    assert_eq!(unprotector.unprotect_rtcp(&protected).unwrap(), report);
    assert_eq!(unprotector.unprotect_rtcp(&protected), None, "a replay");
}

#[test]
fn no_packet_is_too_short_to_be_refused() {
    let (mut protector, mut unprotector) = pair(SrtpSuite::AesCm128HmacSha1_80);
    let rtp = protect(&mut protector, 1);
    let rtcp = protector
        .protect_rtcp(&[0x80, 201, 0, 1, 1, 2, 3, 4])
        .unwrap();
    for length in 0..rtp.len() {
        assert_eq!(open(&mut unprotector, 1, &rtp[..length]), None);
    }
    for length in 0..rtcp.len() {
        assert_eq!(unprotector.unprotect_rtcp(&rtcp[..length]), None);
    }
}

#[test]
fn one_flipped_bit_anywhere_is_noticed() {
    let (mut protector, mut unprotector) = pair(SrtpSuite::AesCm128HmacSha1_80);
    let protected = protect(&mut protector, 1);
    for bit in 12 * 8..protected.len() * 8 {
        let mut broken = protected.to_vec();
        broken[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(open(&mut unprotector, 1, &broken), None, "bit {bit}");
    }
    assert!(open(&mut unprotector, 1, &protected).is_some());
}

#[test]
fn a_source_beyond_the_limit_is_refused_and_the_known_ones_go_on() {
    let (mut protector, mut unprotector) = pair(SrtpSuite::AesCm128HmacSha1_80);
    let mut heard = 0;
    for ssrc in 0..100 {
        let header = Header {
            version: 2,
            ssrc,
            ..Header::default()
        };
        let clear = [&header.marshal().unwrap()[..], &[1; 16]].concat();
        let protected = protector.protect_rtp(&header, &clear).unwrap();
        heard += usize::from(unprotector.unprotect_rtp(&header, &protected).is_some());
    }
    assert_eq!(
        (heard, unprotector.contexts.len()),
        (MAX_SOURCES, MAX_SOURCES)
    );
}

proptest! {
    /// Numbers that wrap several times, with losses and packets in the wrong order.
    #[test]
    fn rollover_is_followed_through_losses_and_disorder(
        start in 0u16..0x8000,
        steps in proptest::collection::vec((1u16..2_000, any::<bool>()), 50..150),
    ) {
        let (mut protector, mut unprotector) = pair(SrtpSuite::AesCm128HmacSha1_80);
        let mut sequence = start;
        let mut waiting: Option<(u16, Bytes)> = None;
        for (step, hold_back) in steps {
            // The sender counts every packet; those between two steps get lost.
            for _ in 0..step {
                sequence = sequence.wrapping_add(1);
                if sequence % 0x2000 == 0 {
                    protect(&mut protector, sequence);
                }
            }
            let protected = protect(&mut protector, sequence);
            let late = waiting.take().filter(|(held, _)| sequence.wrapping_sub(*held) < 64);
            if hold_back {
                waiting = Some((sequence, protected));
            } else {
                prop_assert!(open(&mut unprotector, sequence, &protected).is_some());
                prop_assert!(open(&mut unprotector, sequence, &protected).is_none());
            }
            if let Some((held, protected)) = late {
                prop_assert!(open(&mut unprotector, held, &protected).is_some());
            }
        }
    }

    #[test]
    fn no_octets_make_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut keys = vec![key(), key()];
        keys[1].mki = Some(crate::sdp::Mki(vec![0, 1]));
        for key in keys {
            let mut unprotector = Unprotector::new(SrtpSuite::AesCm128HmacSha1_80, key);
            unprotector.unprotect_rtcp(&octets);
            if let Some((header, _)) = crate::rtp_header::read(&octets) {
                unprotector.unprotect_rtp(&header, &octets);
            }
        }
    }
}
