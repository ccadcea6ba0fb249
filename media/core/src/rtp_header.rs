//! The RTP header (RFC 3550 §5.1), written, and read without trust.
//!
//! Contributing sources and header extensions mean nothing here, so they are measured and left
//! closed.

use bytes::{BufMut as _, BytesMut};

/// The fields of the fixed header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Header {
    /// The last octet of the packet counts octets that are no payload.
    pub(crate) padding: bool,
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence_number: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
}

impl Header {
    /// Puts the header to the end of `packet`.
    pub(crate) fn write(&self, packet: &mut BytesMut) {
        let flag = |is_set, bit| if is_set { bit } else { 0 };
        packet.put_u8(VERSION << 6 | flag(self.padding, PADDING));
        packet.put_u8(flag(self.marker, MARKER) | self.payload_type & !MARKER);
        packet.put_u16(self.sequence_number);
        packet.put_u32(self.timestamp);
        packet.put_u32(self.ssrc);
    }
}

/// The header of `packet` and where its payload begins; `None` for what is no RTP.
pub(crate) fn read(packet: &[u8]) -> Option<(Header, usize)> {
    let (fixed, rest) = packet.split_first_chunk::<12>()?;
    let [flags, kind, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3] = *fixed;
    if flags >> 6 != VERSION {
        return None;
    }
    let header = Header {
        padding: flags & PADDING != 0,
        marker: kind & MARKER != 0,
        payload_type: kind & !MARKER,
        sequence_number: u16::from_be_bytes([s0, s1]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([i0, i1, i2, i3]),
    };
    let (_sources, mut body) = rest.split_at_checked(4 * usize::from(flags & SOURCES))?;
    if flags & EXTENSION != 0 {
        let ([_, _, w0, w1], rest) = body.split_first_chunk::<4>()?;
        let words = usize::from(u16::from_be_bytes([*w0, *w1]));
        (_, body) = rest.split_at_checked(4 * words)?;
    }
    Some((header, packet.len() - body.len()))
}

/// The payload of a packet in clear, without its padding.
pub(crate) fn payload<'p>(
    packet: &'p [u8],
    header: &Header,
    header_length: usize,
) -> Option<&'p [u8]> {
    let body = packet.get(header_length..)?;
    let padding = match header.padding {
        true => usize::from(*body.last()?),
        false => 0,
    };
    body.get(..body.len().checked_sub(padding)?)
}

/// Whether a datagram on the RTP port is RTCP all the same (RFC 5761 §4).
pub(crate) fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet.get(1), Some(192..=223))
}

const VERSION: u8 = 2;

/// Flags of the first octet, and the count of contributing sources.
const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
const SOURCES: u8 = 0x0f;

/// The flag of the second octet; what is left of it is the payload type.
const MARKER: u8 = 0x80;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_header_reads_as_it_was_written() {
        let header = Header {
            padding: true,
            marker: true,
            payload_type: 101,
            sequence_number: 0xfffe,
            timestamp: 0xffff_ff60,
            ssrc: 0x1234_5678,
        };
        let mut octets = BytesMut::new();
        header.write(&mut octets);
        assert_eq!(
            octets[..],
            [
                0xa0, 0xe5, 0xff, 0xfe, 0xff, 0xff, 0xff, 0x60, 0x12, 0x34, 0x56, 0x78
            ]
        );
        assert_eq!(read(&octets), Some((header, 12)));
    }

    #[test]
    fn contributing_sources_are_skipped() {
        let packet = [&[0x82, 0, 0, 1][..], &[0; 8], &[7; 8], b"voice"].concat();
        let (header, length) = read(&packet).unwrap();
        assert_eq!(payload(&packet, &header, length).unwrap(), b"voice");
        assert_eq!(read(&packet[..19]), None);
    }

    #[test]
    fn extensions_are_skipped_even_when_their_inside_is_a_lie() {
        // One-byte extension that claims 16 octets in a block of 4 (RFC 8285 §4.2).
        let packet = [
            &[0x90, 0, 0, 1][..],
            &[0; 8],
            &[0xbe, 0xde, 0, 1, 0x1f, 0, 0, 0],
            b"voice",
        ]
        .concat();
        let (header, length) = read(&packet).unwrap();
        assert_eq!(length, 20);
        assert_eq!(payload(&packet, &header, length).unwrap(), b"voice");
        assert_eq!(read(&packet[..19]), None);
    }

    #[test]
    fn padding_is_taken_off_and_too_much_of_it_refused() {
        let packet = |last: u8| [&[0xa0; 1][..], &[0; 11], b"voice\0", &[last]].concat();
        let (header, length) = read(&packet(2)).unwrap();
        assert_eq!(payload(&packet(2), &header, length).unwrap(), b"voice");
        assert_eq!(payload(&packet(7), &header, length).unwrap(), b"");
        assert_eq!(payload(&packet(8), &header, length), None);
        assert_eq!(payload(&packet(2)[..12], &header, length), None);
    }

    proptest! {
        #[test]
        fn no_octets_make_the_reader_panic(
            flags in 0x80u8..=0xbf,
            rest in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let packet = [&[flags][..], &rest].concat();
            if let Some((header, length)) = read(&packet) {
                prop_assert!((12..=packet.len()).contains(&length));
                payload(&packet, &header, length);
            }
        }
    }
}
