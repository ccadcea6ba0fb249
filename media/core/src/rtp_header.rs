//! The RTP fixed header (RFC 3550 §5.1), read without trust.
//!
//! The crate `rtp` builds and prints packets well, but its reader walks into header extensions by
//! lengths that it does not check, and panics at the end of the packet. Extensions mean nothing
//! here, so they are measured and left closed.

use bytes::Bytes;
use rtp::header::{Extension, Header};

/// The header of `packet` and where its payload begins; `None` for what is no RTP.
pub(crate) fn read(packet: &[u8]) -> Option<(Header, usize)> {
    let (fixed, rest) = packet.split_first_chunk::<12>()?;
    let [flags, kind, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3] = *fixed;
    if flags >> 6 != VERSION {
        return None;
    }
    let sources = usize::from(flags & 0x0f);
    let (csrc, rest) = rest.split_at_checked(4 * sources)?;
    let mut length = fixed.len() + csrc.len();
    let mut header = Header {
        version: VERSION,
        padding: flags & 0x20 != 0,
        marker: kind & 0x80 != 0,
        payload_type: kind & 0x7f,
        sequence_number: u16::from_be_bytes([s0, s1]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([i0, i1, i2, i3]),
        csrc: csrc.chunks_exact(4).map(big_endian).collect(),
        ..Header::default()
    };
    if flags & 0x10 != 0 {
        let (_profile, rest) = rest.split_first_chunk::<2>()?;
        let (words, rest) = rest.split_first_chunk::<2>()?;
        let body = rest.get(..4 * usize::from(u16::from_be_bytes(*words)))?;
        length += 4 + body.len();
        header.extension = true;
        header.extensions = vec![Extension {
            id: 0,
            payload: Bytes::copy_from_slice(body),
        }];
    }
    Some((header, length))
}

/// The payload of a packet in clear, without its padding.
pub(crate) fn payload(packet: &Bytes, header: &Header, header_length: usize) -> Option<Bytes> {
    let body = packet.get(header_length..)?;
    let padding = match header.padding {
        true => usize::from(*body.last()?),
        false => 0,
    };
    let end = packet
        .len()
        .checked_sub(padding)
        .filter(|&end| end >= header_length)?;
    Some(packet.slice(header_length..end))
}

/// Whether a datagram on the RTP port is RTCP all the same (RFC 5761 §4).
pub(crate) fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet.get(1), Some(192..=223))
}

fn big_endian(octets: &[u8]) -> u32 {
    octets
        .iter()
        .fold(0, |value, &octet| value << 8 | u32::from(octet))
}

const VERSION: u8 = 2;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use webrtc_util::marshal::{Marshal as _, MarshalSize as _};

    use super::*;

    #[test]
    fn a_plain_packet_reads_as_it_was_written() {
        let header = Header {
            version: 2,
            marker: true,
            payload_type: 101,
            sequence_number: 0xfffe,
            timestamp: 0xffff_ff60,
            ssrc: 0x1234_5678,
            csrc: vec![1, 0x8000_0000],
            ..Header::default()
        };
        let octets = header.marshal().unwrap();
        assert_eq!(read(&octets), Some((header, 20)));
    }

    #[test]
    fn extensions_are_skipped_even_when_their_inside_is_a_lie() {
        // One-byte extension that claims 16 octets in a block of 4 (RFC 8285 §4.2).
        let packet = [
            &[0x90, 0, 0, 1][..],
            &[0; 8],
            &[0xbe, 0xde, 0, 1, 0x1f, 0, 0, 0],
            b"voice",
        ];
        let packet = Bytes::from(packet.concat());
        let (header, length) = read(&packet).unwrap();
        assert_eq!(header.marshal_size(), length);
        assert_eq!(payload(&packet, &header, length).unwrap(), "voice");
    }

    #[test]
    fn padding_is_taken_off_and_too_much_of_it_refused() {
        let packet =
            |last: u8| Bytes::from([&[0xa0; 1][..], &[0; 11], b"voice\0", &[last]].concat());
        let (header, length) = read(&packet(2)).unwrap();
        assert_eq!(payload(&packet(2), &header, length).unwrap(), "voice");
        assert_eq!(payload(&packet(7), &header, length).unwrap(), "");
        assert_eq!(payload(&packet(8), &header, length), None);
        assert_eq!(payload(&packet(2).slice(..12), &header, length), None);
    }

    proptest! {
        #[test]
        fn no_octets_make_the_reader_panic(
            flags in 0x80u8..=0xbf,
            rest in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let packet = Bytes::from([&[flags][..], &rest].concat());
            if let Some((header, length)) = read(&packet) {
                prop_assert_eq!(header.marshal_size(), length);
                payload(&packet, &header, length);
            }
        }
    }
}
