//! The codecs of a call: what each is called in SDP, how its time runs, and its two ends.
//!
//! A [`Decoder`] and an [`Encoder`] keep the state of one stream and are never shared between two.
//! Neither allocates once it runs, apart from what the caller's vectors lack in capacity.

mod comfort_noise;
mod decoder;
mod encoder;
mod g722;
mod opus;
#[cfg(test)]
mod tests;

pub use comfort_noise::ComfortNoise;
pub use decoder::{Decoder, Undecodable};
pub use encoder::{Encoded, Encoder};
pub use opus::OpusParameters;

/// A voice codec that can be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Opus (RFC 6716, RFC 7587), one channel at 48 kHz.
    Opus,
    /// G.722, 64 kbit/s at 16 kHz.
    G722,
    /// G.711 µ-law, 64 kbit/s at 8 kHz.
    Pcmu,
    /// G.711 A-law, 64 kbit/s at 8 kHz.
    Pcma,
}

impl Codec {
    /// Every codec, best first.
    pub const ALL: [Self; 4] = [Self::Opus, Self::G722, Self::Pcmu, Self::Pcma];

    /// The codecs of the telephone network, best first.
    pub const G711: [Self; 2] = [Self::Pcmu, Self::Pcma];

    /// The codec of this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The encoding name of the RTP payload format registry, for SDP and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::G722 => "G722",
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The payload type that RFC 3551 table 4 assigns; `None` for what came after that table.
    pub fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Opus => None,
            Self::G722 => Some(9),
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
        }
    }

    /// Samples a second of the sound, in and out.
    pub fn rate_hz(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::G722 => 16_000,
            Self::Pcmu | Self::Pcma => 8_000,
        }
    }

    /// The clock of RTP timestamps. G.722 counts at half of its sampling rate, by an error in an old
    /// RFC that everybody has kept to since (RFC 3551 §4.5.2).
    pub fn clock_rate_hz(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::G722 | Self::Pcmu | Self::Pcma => 8_000,
        }
    }

    /// The value of `a=rtpmap` behind the payload type (RFC 8866 §6.6). Opus always says two
    /// channels there, whatever is sent (RFC 7587 §7).
    pub fn rtpmap(self) -> &'static str {
        match self {
            Self::Opus => "opus/48000/2",
            Self::G722 => "G722/8000",
            Self::Pcmu => "PCMU/8000",
            Self::Pcma => "PCMA/8000",
        }
    }

    /// How much sound a payload holds, in samples at [`Self::rate_hz`], without decoding it; `None`
    /// if it is no payload of this codec.
    pub fn samples(self, payload: &[u8]) -> Option<usize> {
        let samples = match self {
            Self::Opus => opus::samples(payload)?,
            Self::G722 => payload.len() * 2,
            Self::Pcmu | Self::Pcma => payload.len(),
        };
        (samples > 0).then_some(samples)
    }
}
