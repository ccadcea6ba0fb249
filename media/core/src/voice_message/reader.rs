//! Ogg/Opus to speech.

use std::io::Cursor;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use webrtc_media::io::ogg_reader::{OggReader, PAGE_HEADER_SIZE};

use super::stream::Channels;
use super::{CLOCK_HZ, Error, from_clock};

/// Reads an Ogg/Opus file as samples at a rate of one's own choice.
pub struct Reader {
    decoder: opus::Decoder,
    channels: Channels,
    rate_hz: u32,
    packets: Vec<Bytes>,
    /// The next packet to decode.
    next: usize,
    pre_skip: u64,
    gain: i32,
    /// Samples of the whole message, of all channels together, as in what follows.
    length: u64,
    /// Samples given out so far.
    given: u64,
    /// Samples of the pre-skip that still have to be thrown away.
    skip: u64,
    decoded: Vec<i16>,
    /// How many of `decoded` have been used.
    used: usize,
    damaged: bool,
}

impl Reader {
    /// Opens a file for mono sound at 8, 12, 16, 24 or 48 kHz; stereo is mixed. A file that breaks
    /// off or has a damaged page is read up to there, see [`Self::is_damaged`].
    ///
    /// # Errors
    /// Another rate, not an Opus file, or no sound in it.
    pub fn open(file: &[u8], rate_hz: u32) -> Result<Self, Error> {
        Self::open_as(file, rate_hz, Channels::Mono)
    }

    /// The same for left and right, whose samples take turns; mono is heard on both.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_stereo(file: &[u8], rate_hz: u32) -> Result<Self, Error> {
        Self::open_as(file, rate_hz, Channels::Stereo)
    }

    fn open_as(file: &[u8], rate_hz: u32, channels: Channels) -> Result<Self, Error> {
        if !matches!(rate_hz, 8_000 | 12_000 | 16_000 | 24_000 | 48_000) {
            return Err(Error::Rate(rate_hz));
        }
        let (mut ogg, head) = OggReader::new(Cursor::new(file), true)?;
        if head.version & 0xf0 != 0 || !matches!(head.channels, 1 | 2) || head.channel_map != 0 {
            return Err(Error::NotOpus(
                "more than the mono or stereo of version 1".into(),
            ));
        }
        let content = Content::read(&mut ogg, file);
        let pre_skip = u64::from(head.pre_skip);
        let count = channels.count() as u64;
        let length = count * from_clock(content.clocks().saturating_sub(pre_skip), rate_hz);
        if length == 0 {
            return Err(Error::Empty);
        }
        let mut reader = Self {
            decoder: opus::Decoder::new(rate_hz, channels.of_opus())?,
            channels,
            rate_hz,
            packets: content.packets,
            next: 0,
            pre_skip: count * from_clock(pre_skip, rate_hz),
            gain: i32::from(head.output_gain as i16),
            length,
            given: 0,
            skip: 0,
            decoded: Vec::new(),
            used: 0,
            damaged: content.damaged,
        };
        reader.rewind();
        Ok(reader)
    }

    /// Fills `out` with the next samples and says how many there were: fewer than asked for only
    /// at the end, then 0.
    pub fn read(&mut self, out: &mut [i16]) -> usize {
        let mut done = 0;
        while let Some(space) = out.get_mut(done..).filter(|space| !space.is_empty()) {
            let ready = self.decoded.get(self.used..).unwrap_or_default();
            let left = usize::try_from(self.length - self.given).unwrap_or(usize::MAX);
            let count = ready.len().min(space.len()).min(left);
            if count > 0 {
                space
                    .iter_mut()
                    .zip(ready)
                    .take(count)
                    .for_each(|(to, from)| *to = *from);
                done += count;
                self.used += count;
                self.given += count as u64;
            } else if left == 0 || !self.decode_next() {
                break;
            }
        }
        done
    }

    /// The rest of the message at once.
    pub fn read_to_end(&mut self) -> Vec<i16> {
        let left = usize::try_from(self.length - self.given).unwrap_or(0);
        let mut samples = vec![0; left];
        let count = self.read(&mut samples);
        samples.truncate(count);
        samples
    }

    /// Goes back to the beginning.
    pub fn rewind(&mut self) {
        // Neither call fails on a decoder that exists; a decoder that kept its state would only
        // colour the first milliseconds, which the pre-skip throws away.
        let _ = self.decoder.reset_state();
        let _ = self.decoder.set_gain(self.gain);
        self.next = 0;
        self.given = 0;
        self.skip = self.pre_skip;
        self.decoded.clear();
        self.used = 0;
    }

    /// How long the whole message is.
    pub fn duration(&self) -> Duration {
        let samples = self.length / self.channels.count() as u64;
        Duration::from_micros(samples * 1_000_000 / u64::from(self.rate_hz))
    }

    /// Whether the file breaks off or holds a damaged page.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Decodes the next packet; `false` when there is none.
    fn decode_next(&mut self) -> bool {
        let Some(packet) = self.packets.get(self.next) else {
            return false;
        };
        self.next += 1;
        let channels = self.channels.count();
        self.decoded.resize(
            (self.rate_hz / 1_000) as usize * MAX_PACKET_MS * channels,
            0,
        );
        let count = match self.decoder.decode(packet, &mut self.decoded, false) {
            Ok(count) => count,
            // A packet that is no Opus sounds as nothing for as long as it claims to be.
            Err(_) => {
                self.decoded.fill(0);
                from_clock(packet_clocks(packet), self.rate_hz) as usize
            }
        };
        let count = count * channels;
        self.decoded.truncate(count);
        let skipped = self.skip.min(count as u64);
        self.skip -= skipped;
        self.used = skipped as usize;
        true
    }
}

/// What the pages of a file hold.
#[derive(Default)]
struct Content {
    packets: Vec<Bytes>,
    /// Granule position at which the first packet begins.
    begin: Option<u64>,
    /// Granule position of the last page that ends a packet.
    end: u64,
    damaged: bool,
}

impl Content {
    /// Reads the pages after the first one. The reader gives the payload of a page and keeps its
    /// table of segments, without which packets cannot be told apart, so the table is looked up in
    /// `file`, in step with the reader.
    fn read(ogg: &mut OggReader<Cursor<&[u8]>>, file: &[u8]) -> Self {
        let mut content = Self::default();
        let mut open = BytesMut::new();
        let mut comment_seen = false;
        let mut at = page_size(file, 0);
        while let Some(table) = segment_table(file, at) {
            let Ok((payload, header)) = ogg.parse_next_page() else {
                content.damaged = true;
                return content;
            };
            at += PAGE_HEADER_SIZE + table.len() + payload.len();
            let first = content.packets.len();
            for packet in split(&payload.freeze(), table, &mut open) {
                if comment_seen {
                    content.packets.push(packet);
                }
                comment_seen = true;
            }
            content.note_granule(first, header.granule_position);
        }
        content.damaged = at != file.len() || !open.is_empty();
        content
    }

    fn note_granule(&mut self, first: usize, granule: u64) {
        let added = self.packets.get(first..).unwrap_or_default();
        if added.is_empty() || granule == NO_GRANULE {
            return;
        }
        let clocks: u64 = added.iter().map(|p| packet_clocks(p)).sum();
        self.begin.get_or_insert(granule.saturating_sub(clocks));
        self.end = granule;
    }

    /// The length with the pre-skip: what the packets hold, less what the last page trims away.
    fn clocks(&self) -> u64 {
        let held = self.packets.iter().map(|p| packet_clocks(p)).sum();
        match self.begin {
            Some(begin) => self.end.saturating_sub(begin).min(held),
            None => held,
        }
    }
}

/// Cuts a page into packets. `open` carries a packet from one page to the next (RFC 3533 §5).
fn split(payload: &Bytes, table: &[u8], open: &mut BytesMut) -> Vec<Bytes> {
    let mut packets = Vec::new();
    let mut at = 0;
    for &lacing in table {
        let end = at + usize::from(lacing);
        open.extend_from_slice(payload.get(at..end).unwrap_or_default());
        at = end;
        if lacing < u8::MAX {
            packets.push(open.split().freeze());
        }
    }
    packets
}

fn segment_table(file: &[u8], at: usize) -> Option<&[u8]> {
    let count = usize::from(*file.get(at + PAGE_HEADER_SIZE - 1)?);
    file.get(at + PAGE_HEADER_SIZE..)?.get(..count)
}

fn page_size(file: &[u8], at: usize) -> usize {
    let table = segment_table(file, at).unwrap_or_default();
    let payload: usize = table.iter().map(|&lacing| usize::from(lacing)).sum();
    PAGE_HEADER_SIZE + table.len() + payload
}

fn packet_clocks(packet: &[u8]) -> u64 {
    opus::packet::get_nb_samples(packet, CLOCK_HZ).map_or(0, |count| count as u64)
}

/// The longest Opus packet (RFC 6716 §3.2.5).
const MAX_PACKET_MS: usize = 120;

/// The granule position of a page on which no packet ends (RFC 3533 §6).
const NO_GRANULE: u64 = u64::MAX;
