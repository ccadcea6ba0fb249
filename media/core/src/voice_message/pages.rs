//! Packets of one Opus stream into Ogg pages (RFC 3533, RFC 7845).
//!
//! Each page goes out with one write, whole and sealed by its checksum, so that a file which ends
//! after any page can be played up to there.

use std::io;

/// A stream of pages on its way into `out`.
pub(super) struct Pages<W> {
    out: W,
    form: Form,
    number: u32,
    /// Sizes of the packets on the open page, as its segment table has them.
    segments: Vec<u8>,
    payload: Vec<u8>,
    /// Packets on the open page.
    packets: usize,
    /// The page on its way out; kept for its capacity.
    page: Vec<u8>,
    /// Where the sound ends that was put on pages so far, in samples at 48 kHz.
    granule: u64,
}

/// What the headers say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Tells this stream from others that a file may be joined with.
    pub(super) serial: u32,
    pub(super) channels: u8,
    /// The rate of the sound before it was coded, for those who ask.
    pub(super) rate_hz: u32,
    pub(super) packets_a_page: usize,
}

impl<W: io::Write> Pages<W> {
    /// Writes the two pages of headers.
    pub(super) fn begin(out: W, form: Form) -> io::Result<Self> {
        let mut pages = Self {
            out,
            form,
            number: 0,
            segments: Vec::new(),
            payload: Vec::new(),
            packets: 0,
            page: Vec::new(),
            granule: 0,
        };
        pages.put(&identification(form));
        pages.write_page(BEGIN_OF_STREAM)?;
        pages.put(COMMENT);
        pages.write_page(0)?;
        Ok(pages)
    }

    /// Takes a packet that holds so many samples at 48 kHz. The last page stays open until it is
    /// full and another packet comes, because nobody knows before whether it is the last one.
    pub(super) fn push(&mut self, packet: &[u8], clocks: u64) -> io::Result<()> {
        let segments = packet.len() / usize::from(u8::MAX) + 1;
        let is_full = self.packets == self.form.packets_a_page
            || self.segments.len() + segments > MAX_SEGMENTS;
        if self.packets > 0 && is_full {
            self.write_page(0)?;
        }
        self.put(packet);
        self.granule += clocks;
        Ok(())
    }

    /// Where the sound ends that was put on pages so far, in samples at 48 kHz.
    pub(super) fn granule(&self) -> u64 {
        self.granule
    }

    /// Writes the last page, whose granule position says how much of its last packet counts.
    pub(super) fn finish(mut self, end: u64) -> io::Result<W> {
        self.granule = end;
        self.write_page(END_OF_STREAM)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, packet: &[u8]) {
        let full = packet.len() / usize::from(u8::MAX);
        self.segments.extend(std::iter::repeat_n(u8::MAX, full));
        self.segments
            .push((packet.len() % usize::from(u8::MAX)) as u8);
        self.payload.extend_from_slice(packet);
        self.packets += 1;
    }

    fn write_page(&mut self, kind: u8) -> io::Result<()> {
        let page = &mut self.page;
        page.clear();
        page.extend_from_slice(b"OggS\0");
        page.push(kind);
        page.extend_from_slice(&self.granule.to_le_bytes());
        page.extend_from_slice(&self.form.serial.to_le_bytes());
        page.extend_from_slice(&self.number.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        page.push(self.segments.len() as u8);
        page.extend_from_slice(&self.segments);
        page.extend_from_slice(&self.payload);
        let checksum = page.iter().fold(0, |sum, &octet| checksum_step(sum, octet));
        page[CHECKSUM..CHECKSUM + 4].copy_from_slice(&checksum.to_le_bytes());
        self.out.write_all(page)?;
        self.number = self.number.wrapping_add(1);
        self.segments.clear();
        self.payload.clear();
        self.packets = 0;
        Ok(())
    }
}

/// The identification header (RFC 7845 §5.1).
fn identification(form: Form) -> Vec<u8> {
    let mut header = b"OpusHead\x01".to_vec();
    header.push(form.channels);
    header.extend_from_slice(&PRE_SKIP.to_le_bytes());
    header.extend_from_slice(&form.rate_hz.to_le_bytes());
    // No gain; mapping family 0: mono, or left and right.
    header.extend_from_slice(&[0; 3]);
    header
}

/// RFC 3533 §6: the polynomial 0x04c11db7, highest bit first.
fn checksum_step(sum: u32, octet: u8) -> u32 {
    (0..8).fold(sum ^ (u32::from(octet) << 24), |rest, _| {
        let carry = rest >> 31;
        (rest << 1) ^ (carry * 0x04c1_1db7)
    })
}

/// Samples at 48 kHz that a player throws away at the beginning, while its decoder settles: the 80 ms
/// that RFC 7845 §4.2 recommends.
pub(super) const PRE_SKIP: u16 = 3_840;

/// Where a page has its checksum (RFC 3533 §6).
const CHECKSUM: usize = 22;

/// The segment table of a page is counted in one octet.
const MAX_SEGMENTS: usize = 255;

/// The header type flag of the first page.
const BEGIN_OF_STREAM: u8 = 2;

/// The header type flag of the last page.
const END_OF_STREAM: u8 = 4;

/// A comment header with a vendor and no comments (RFC 7845 §5.2).
const COMMENT: &[u8] = b"OpusTags\x04\0\0\0hark\0\0\0\0";
