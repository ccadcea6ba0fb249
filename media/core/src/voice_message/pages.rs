//! Pages of webrtc-media's `OggWriter` on their way into a file.
//!
//! The writer is made for streams that come in as RTP and leaves three things that strict readers
//! refuse (libopusfile does): its comment header is one byte short, the granule position of a page
//! is where the page begins and not where it ends (RFC 7845 §4), and its last page comes twice
//! under one number. Each page passes through here, is put right and sealed again.

use std::io;

use super::PACKET_CLOCKS;

/// A file that takes whole pages of one packet each.
pub(super) struct Pages<'f> {
    file: &'f mut Vec<u8>,
    /// Where the last page begins in the file.
    last: usize,
    /// Granule position of the end of the sound.
    end: u64,
}

impl<'f> Pages<'f> {
    pub(super) fn new(file: &'f mut Vec<u8>, end: u64) -> Self {
        Self { file, last: 0, end }
    }

    fn take(&mut self, page: &[u8]) -> Option<()> {
        let kind = *page.get(KIND)?;
        let number = u32::from_le_bytes(page.get(NUMBER..NUMBER + 4)?.try_into().ok()?);
        if kind & END_OF_STREAM != 0 {
            return self.mark_last();
        }
        self.last = self.file.len();
        match number {
            ID_PAGE => self.file.extend_from_slice(page),
            COMMENT_PAGE => {
                self.file.extend_from_slice(page.get(..SEGMENT_COUNT)?);
                self.file.extend_from_slice(&[1, COMMENT.len() as u8]);
                self.file.extend_from_slice(COMMENT);
            }
            _ => {
                self.file.extend_from_slice(page);
                let packets = u64::from(number - COMMENT_PAGE);
                self.set_granule(packets * PACKET_CLOCKS)?;
            }
        }
        self.seal()
    }

    /// The writer repeats its last page to mark the end; the mark belongs on the page itself.
    fn mark_last(&mut self) -> Option<()> {
        let kind = self.file.get_mut(self.last + KIND)?;
        *kind |= END_OF_STREAM;
        self.set_granule(self.end)?;
        self.seal()
    }

    fn set_granule(&mut self, granule: u64) -> Option<()> {
        let field = self.last + GRANULE..self.last + GRANULE + 8;
        self.file
            .get_mut(field)?
            .copy_from_slice(&granule.to_le_bytes());
        Some(())
    }

    /// Writes the checksum of the last page (RFC 3533 §6).
    fn seal(&mut self) -> Option<()> {
        let page = self.file.get_mut(self.last..)?;
        page.get_mut(CHECKSUM..CHECKSUM + 4)?.fill(0);
        let checksum = page.iter().fold(0, |sum, &octet| checksum_step(sum, octet));
        page.get_mut(CHECKSUM..CHECKSUM + 4)?
            .copy_from_slice(&checksum.to_le_bytes());
        Some(())
    }
}

impl io::Write for Pages<'_> {
    /// `OggWriter` hands over one whole page a call.
    fn write(&mut self, page: &[u8]) -> io::Result<usize> {
        self.take(page).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(page.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn checksum_step(sum: u32, octet: u8) -> u32 {
    (0..8).fold(sum ^ (u32::from(octet) << 24), |rest, _| {
        let carry = rest >> 31;
        (rest << 1) ^ (carry * 0x04c1_1db7)
    })
}

/// Offsets in a page header (RFC 3533 §6).
const KIND: usize = 5;
const GRANULE: usize = 6;
const NUMBER: usize = 18;
const CHECKSUM: usize = 22;
const SEGMENT_COUNT: usize = 26;

/// The header type flag of the last page.
const END_OF_STREAM: u8 = 4;

const ID_PAGE: u32 = 0;
const COMMENT_PAGE: u32 = 1;

/// A comment header with a vendor and no comments (RFC 7845 §5.2).
const COMMENT: &[u8] = b"OpusTags\x04\0\0\0hark\0\0\0\0";
