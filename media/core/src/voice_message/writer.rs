//! Speech to Ogg/Opus.

use bytes::Bytes;
use rtp::packet::Packet;
use webrtc_media::io::Writer as _;
use webrtc_media::io::ogg_reader::DEFAULT_PRE_SKIP;
use webrtc_media::io::ogg_writer::OggWriter;

use super::pages::Pages;
use super::{CLOCK_HZ, Error, PACKET_CLOCKS, to_clock};

/// Codes mono sound into an Ogg/Opus file in memory.
///
/// ```
/// # fn main() -> Result<(), hark_media::voice_message::Error> {
/// use hark_media::voice_message::{Reader, Writer};
/// let mut writer = Writer::new(8_000)?;
/// writer.write(&[0; 8_000])?;
/// let file = writer.finish()?;
/// assert_eq!(Reader::open(&file, 48_000)?.duration().as_secs(), 1);
/// # Ok(()) }
/// ```
pub struct Writer {
    encoder: opus::Encoder,
    rate_hz: u32,
    packets: Vec<Bytes>,
    /// Samples that do not fill a packet yet.
    pending: Vec<i16>,
    /// Samples taken so far.
    taken: u64,
}

impl Writer {
    /// A writer for sound at 8, 12, 16, 24 or 48 kHz.
    ///
    /// # Errors
    /// Another rate, or an encoder that does not start.
    pub fn new(rate_hz: u32) -> Result<Self, Error> {
        if !matches!(rate_hz, 8_000 | 12_000 | 16_000 | 24_000 | 48_000) {
            return Err(Error::Rate(rate_hz));
        }
        let mut encoder =
            opus::Encoder::new(rate_hz, opus::Channels::Mono, opus::Application::Voip)?;
        encoder.set_bitrate(opus::Bitrate::Bits(BIT_RATE))?;
        // The reader throws the pre-skip away, so the voice has to begin right after it, less what
        // the encoder delays it by itself (RFC 7845 §4.2).
        let lookahead = u64::try_from(encoder.get_lookahead()?).unwrap_or(0);
        let lead_in = u64::from(DEFAULT_PRE_SKIP) * u64::from(rate_hz) / u64::from(CLOCK_HZ);
        Ok(Self {
            encoder,
            rate_hz,
            packets: Vec::new(),
            pending: vec![0; lead_in.saturating_sub(lookahead) as usize],
            taken: 0,
        })
    }

    /// Appends sound of any length.
    ///
    /// # Errors
    /// The encoder failed.
    pub fn write(&mut self, samples: &[i16]) -> Result<(), Error> {
        self.taken += samples.len() as u64;
        self.pending.extend_from_slice(samples);
        self.encode_full_packets()
    }

    /// How much sound has been written.
    pub fn duration(&self) -> std::time::Duration {
        std::time::Duration::from_micros(self.taken * 1_000_000 / u64::from(self.rate_hz))
    }

    /// The complete file.
    ///
    /// # Errors
    /// Nothing was written, or coding failed.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        if self.taken == 0 {
            return Err(Error::Empty);
        }
        let end = u64::from(DEFAULT_PRE_SKIP) + to_clock(self.taken, self.rate_hz);
        let packet_samples = self.packet_samples();
        while (self.packets.len() as u64) * PACKET_CLOCKS < end {
            self.pending
                .resize(self.pending.len().max(packet_samples), 0);
            self.encode_full_packets()?;
        }
        let mut file = Vec::new();
        let mut ogg = OggWriter::new(Pages::new(&mut file, end), self.rate_hz, 1)?;
        for payload in self.packets {
            ogg.write_rtp(&Packet {
                payload,
                ..Packet::default()
            })?;
        }
        ogg.close()?;
        drop(ogg);
        Ok(file)
    }

    fn encode_full_packets(&mut self) -> Result<(), Error> {
        let packet_samples = self.packet_samples();
        let mut done = 0;
        while let Some(frame) = self.pending.get(done..done + packet_samples) {
            let packet = self.encoder.encode_vec(frame, MAX_PACKET_BYTES)?;
            self.packets.push(Bytes::from(packet));
            done += packet_samples;
        }
        self.pending.drain(..done);
        Ok(())
    }

    fn packet_samples(&self) -> usize {
        (PACKET_CLOCKS * u64::from(self.rate_hz) / u64::from(CLOCK_HZ)) as usize
    }
}

/// Speech at this rate is transparent for telephone sound and good at 16 kHz; bits a second.
const BIT_RATE: i32 = 24_000;

/// More than libopus ever makes of 20 ms at our bit rate (RFC 6716 §3.2.1 allows 1275 a frame).
const MAX_PACKET_BYTES: usize = 1_275;
