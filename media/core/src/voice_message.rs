//! Voice messages as Ogg/Opus files (RFC 7845), for recordings, greetings and prompts.
//!
//! [`Writer`] makes a message in memory, [`StreamWriter`] sends a recording out while it is spoken;
//! who stores them decides how a file survives a crash. Pages are read by webrtc-media, voice is coded
//! by libopus. Pages are written here, because webrtc-media's writer is made for streams that come in
//! as RTP and leaves what strict readers refuse: a comment header that is one octet short, granule
//! positions of where pages begin, and a last page that comes twice.

mod pages;
mod reader;
mod stream;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::Reader;
pub use stream::{Channels, Layout, StreamError, StreamWriter};
pub use writer::Writer;

/// Why a voice message cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("Opus has no rate of {0} Hz")]
    Rate(u32),
    #[error("this is no Ogg/Opus file: {0}")]
    NotOpus(String),
    #[error("there is no sound in it")]
    Empty,
    #[error("Opus failed: {0}")]
    Codec(String),
}

impl From<opus::Error> for Error {
    fn from(error: opus::Error) -> Self {
        Self::Codec(error.description().to_owned())
    }
}

impl From<webrtc_media::Error> for Error {
    fn from(error: webrtc_media::Error) -> Self {
        Self::NotOpus(error.to_string())
    }
}

/// The clock of Ogg/Opus, whatever the rate of the sound (RFC 7845 §4).
const CLOCK_HZ: u32 = 48_000;

/// One packet of ours: 20 ms.
const PACKET_CLOCKS: u64 = 960;

fn to_clock(samples: u64, rate_hz: u32) -> u64 {
    samples * u64::from(CLOCK_HZ) / u64::from(rate_hz)
}

fn from_clock(clocks: u64, rate_hz: u32) -> u64 {
    clocks * u64::from(rate_hz) / u64::from(CLOCK_HZ)
}
