//! Speech to Ogg/Opus in memory.

use super::Error;
use super::stream::{Channels, Layout, StreamError, StreamWriter};

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
    stream: StreamWriter<Vec<u8>>,
    rate_hz: u32,
}

impl Writer {
    /// A writer for sound at 8, 12, 16, 24 or 48 kHz.
    ///
    /// # Errors
    /// Another rate, or an encoder that does not start.
    pub fn new(rate_hz: u32) -> Result<Self, Error> {
        let stream = StreamWriter::begin(Vec::new(), LAYOUT, rate_hz).map_err(coding)?;
        Ok(Self { stream, rate_hz })
    }

    /// Appends sound of any length.
    ///
    /// # Errors
    /// The encoder failed.
    pub fn write(&mut self, samples: &[i16]) -> Result<(), Error> {
        self.stream.write(self.rate_hz, samples).map_err(coding)
    }

    /// How much sound has been written.
    pub fn duration(&self) -> std::time::Duration {
        self.stream.duration()
    }

    /// The complete file.
    ///
    /// # Errors
    /// Nothing was written, or coding failed.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        self.stream.finish().map_err(coding)
    }
}

fn coding(error: StreamError) -> Error {
    match error {
        StreamError::Coding(error) => error,
        StreamError::Io(error) => unreachable!("a Vec takes all: {error}"),
    }
}

const LAYOUT: Layout = Layout {
    channels: Channels::Mono,
    // Speech at this rate is transparent for telephone sound and good at 16 kHz.
    bit_rate: 24_000,
    packets_a_page: 1,
    // One message is one file, so that the same sound makes the same file.
    serial: 1,
};
