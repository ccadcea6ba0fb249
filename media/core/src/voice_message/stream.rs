//! Sound to Ogg/Opus as it is spoken: pages leave while the sound goes on.

use std::io;

use super::pages::{Form, PRE_SKIP, Pages};
use super::{CLOCK_HZ, Error, PACKET_CLOCKS, from_clock, to_clock};

/// How a stream is made.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub channels: Channels,
    /// Bits a second of the coded sound.
    pub bit_rate: i32,
    /// 20 ms each; what is on an open page is lost when the program is killed.
    pub packets_a_page: usize,
    /// Tells this stream from others that a file may be joined with.
    pub serial: u32,
}

/// How many sounds lie beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    Mono,
    /// Left and right, taken in turns.
    Stereo,
}

/// Why a stream ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error(transparent)]
    Coding(#[from] Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Codes sound into an Ogg/Opus stream.
///
/// ```
/// # fn main() -> Result<(), hark_media::voice_message::StreamError> {
/// use hark_media::voice_message::{Channels, Layout, Reader, StreamWriter};
/// let layout = Layout {
///     channels: Channels::Stereo,
///     bit_rate: 48_000,
///     packets_a_page: 50,
///     serial: 1,
/// };
/// let mut stream = StreamWriter::begin(Vec::new(), layout, 8_000)?;
/// stream.write(8_000, &[0; 2 * 8_000])?;
/// let file = stream.finish()?;
/// assert_eq!(Reader::open(&file, 48_000)?.duration().as_secs(), 1);
/// # Ok(()) }
/// ```
pub struct StreamWriter<W> {
    encoder: opus::Encoder,
    layout: Layout,
    rate_hz: u32,
    pages: Pages<W>,
    /// Samples that do not fill a packet yet.
    pending: Vec<i16>,
    /// Sound taken so far, in samples of one channel at 48 kHz.
    taken: u64,
    packet: [u8; MAX_PACKET_BYTES],
}

impl<W: io::Write> StreamWriter<W> {
    /// Writes the headers of a stream that begins at 8, 12, 16, 24 or 48 kHz.
    ///
    /// # Errors
    /// Another rate, an encoder that does not start, or `out` takes nothing.
    pub fn begin(out: W, layout: Layout, rate_hz: u32) -> Result<Self, StreamError> {
        let mut encoder = encoder(layout, rate_hz)?;
        // The reader throws the pre-skip away, so the voice has to begin right after it, less what
        // the encoder delays it by itself (RFC 7845 §4.2).
        let lookahead = encoder.get_lookahead().map_err(Error::from)?;
        let lead_in = from_clock(u64::from(PRE_SKIP), rate_hz);
        let lead_in = lead_in.saturating_sub(u64::try_from(lookahead).unwrap_or(0));
        let form = Form {
            serial: layout.serial,
            channels: layout.channels.count() as u8,
            rate_hz,
            packets_a_page: layout.packets_a_page,
        };
        Ok(Self {
            encoder,
            layout,
            rate_hz,
            pages: Pages::begin(out, form)?,
            pending: vec![0; lead_in as usize * layout.channels.count()],
            taken: 0,
            packet: [0; MAX_PACKET_BYTES],
        })
    }

    /// Appends sound of any length at a rate of its own, which may differ from the one before. In
    /// stereo the samples of left and right take turns.
    ///
    /// # Errors
    /// Another rate than Opus knows, the encoder failed, or `out` takes nothing more.
    pub fn write(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), StreamError> {
        if rate_hz != self.rate_hz {
            self.change_rate(rate_hz)?;
        }
        let channels = self.layout.channels.count();
        self.taken += to_clock((samples.len() / channels) as u64, rate_hz);
        self.pending.extend_from_slice(samples);
        self.encode_full_packets()
    }

    /// How much sound has been written.
    pub fn duration(&self) -> std::time::Duration {
        std::time::Duration::from_micros(self.taken * 1_000_000 / u64::from(CLOCK_HZ))
    }

    /// Ends the stream and gives the writer back.
    ///
    /// # Errors
    /// Nothing was written, coding failed, or `out` takes nothing more.
    pub fn finish(mut self) -> Result<W, StreamError> {
        if self.taken == 0 {
            return Err(Error::Empty.into());
        }
        let end = u64::from(PRE_SKIP) + self.taken;
        let packet_samples = self.packet_samples();
        while self.pages.granule() < end {
            self.pending
                .resize(self.pending.len().max(packet_samples), 0);
            self.encode_full_packets()?;
        }
        Ok(self.pages.finish(end)?)
    }

    /// Goes on with an encoder for another rate. Packets of both follow each other in one stream; the
    /// decoder hears a gap of the 6.5 ms that an encoder looks ahead, once for each change.
    fn change_rate(&mut self, rate_hz: u32) -> Result<(), StreamError> {
        let encoder = encoder(self.layout, rate_hz)?;
        let channels = self.layout.channels.count();
        let (from, to) = (self.rate_hz as usize, rate_hz as usize);
        let frames = self.pending.len() / channels;
        // Less than 20 ms: held samples serve, and keep the time.
        let held = (0..frames * to / from).flat_map(|n| {
            let frame = n * from / to * channels;
            self.pending
                .get(frame..frame + channels)
                .unwrap_or_default()
        });
        self.pending = held.copied().collect();
        self.encoder = encoder;
        self.rate_hz = rate_hz;
        Ok(())
    }

    fn encode_full_packets(&mut self) -> Result<(), StreamError> {
        let packet_samples = self.packet_samples();
        let mut done = 0;
        while let Some(frame) = self.pending.get(done..done + packet_samples) {
            let length = self
                .encoder
                .encode(frame, &mut self.packet)
                .map_err(Error::from)?;
            let packet = self.packet.get(..length).unwrap_or_default();
            self.pages.push(packet, PACKET_CLOCKS)?;
            done += packet_samples;
        }
        self.pending.drain(..done);
        Ok(())
    }

    fn packet_samples(&self) -> usize {
        from_clock(PACKET_CLOCKS, self.rate_hz) as usize * self.layout.channels.count()
    }
}

impl Channels {
    pub(super) fn count(self) -> usize {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }

    pub(super) fn of_opus(self) -> opus::Channels {
        match self {
            Self::Mono => opus::Channels::Mono,
            Self::Stereo => opus::Channels::Stereo,
        }
    }
}

fn encoder(layout: Layout, rate_hz: u32) -> Result<opus::Encoder, Error> {
    if !matches!(rate_hz, 8_000 | 12_000 | 16_000 | 24_000 | 48_000) {
        return Err(Error::Rate(rate_hz));
    }
    let channels = layout.channels.of_opus();
    let mut encoder = opus::Encoder::new(rate_hz, channels, opus::Application::Voip)?;
    encoder.set_bitrate(opus::Bitrate::Bits(layout.bit_rate))?;
    Ok(encoder)
}

/// More than libopus ever makes of 20 ms at our bit rates (RFC 6716 §3.2.1 allows 1275 a frame).
const MAX_PACKET_BYTES: usize = 1_275;
