//! The sending end of a codec: samples to payloads.

use std::fmt;

use audio_codec_algorithms::{encode_alaw, encode_ulaw};

use super::{Codec, OpusParameters, g722, opus};

/// Encodes one stream.
pub struct Encoder(State);

enum State {
    Opus(opus::Encoder),
    G722(Box<g722::Encoder>),
    Pcmu,
    Pcma,
}

/// What became of some sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoded {
    /// A payload was appended.
    Payload,
    /// Nothing needs to be sent for this sound: it is silence that goes on (DTX). Nothing was
    /// appended; the timestamp runs on.
    Silence,
}

impl Encoder {
    /// An encoder that keeps to what the other side asks for in its `a=fmtp` of Opus. Codecs without
    /// parameters do not look at it.
    pub fn new(codec: Codec, peer: OpusParameters) -> Self {
        Self(match codec {
            Codec::Opus => State::Opus(opus::Encoder::new(peer)),
            Codec::G722 => State::G722(Box::default()),
            Codec::Pcmu => State::Pcmu,
            Codec::Pcma => State::Pcma,
        })
    }

    pub fn codec(&self) -> Codec {
        match self.0 {
            State::Opus(_) => Codec::Opus,
            State::G722(_) => Codec::G722,
            State::Pcmu => Codec::Pcmu,
            State::Pcma => Codec::Pcma,
        }
    }

    /// Appends the payload for `pcm`, which is 10, 20, 40 or 60 ms at [`Codec::rate_hz`] (of
    /// codecs other than Opus, any even number of samples), to `packet`.
    pub fn encode(&mut self, pcm: &[i16], packet: &mut Vec<u8>) -> Encoded {
        match &mut self.0 {
            State::Opus(encoder) => return encoder.encode(pcm, packet),
            State::G722(encoder) => encoder.encode(pcm, packet),
            State::Pcmu => packet.extend(pcm.iter().map(|&sample| encode_ulaw(sample))),
            State::Pcma => packet.extend(pcm.iter().map(|&sample| encode_alaw(sample))),
        }
        Encoded::Payload
    }

    /// Fits the stream to what the other side reports missing of it, in percent.
    pub fn follow_loss(&mut self, percent: f32) {
        match &mut self.0 {
            State::Opus(encoder) => encoder.follow_loss(percent),
            State::G722(_) | State::Pcmu | State::Pcma => {}
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoder").field(&self.codec()).finish()
    }
}
