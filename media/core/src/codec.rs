//! The codecs this crate speaks: G.711 in both laws (RFC 3551 §4.5.14).

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// A voice codec that can be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711 µ-law, 64 kbit/s at 8 kHz.
    Pcmu,
    /// G.711 A-law, 64 kbit/s at 8 kHz.
    Pcma,
}

impl Codec {
    /// Every codec, best first.
    pub const ALL: [Self; 2] = [Self::Pcmu, Self::Pcma];

    /// The encoding name of the RTP payload format registry, for SDP and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The payload type that RFC 3551 table 4 assigns.
    pub fn static_payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// Samples a second, which is also the RTP clock.
    pub fn rate_hz(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => 8_000,
        }
    }

    /// One sample of one octet.
    pub(crate) fn decode(self, octet: u8) -> i16 {
        match self {
            Self::Pcmu => decode_ulaw(octet),
            Self::Pcma => decode_alaw(octet),
        }
    }

    /// The octet for one sample.
    pub(crate) fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Pcmu => encode_ulaw(sample),
            Self::Pcma => encode_alaw(sample),
        }
    }
}
