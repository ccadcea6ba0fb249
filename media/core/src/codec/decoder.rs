//! The receiving end of a codec: payloads in the order in which they are played, to samples.

use std::fmt;

use audio_codec_algorithms::{decode_alaw, decode_ulaw};

use super::{Codec, g722, opus};

/// Decodes one stream.
pub struct Decoder(State);

enum State {
    Opus(opus::Decoder),
    G722(Box<g722::Decoder>),
    /// G.711 knows no state: every octet is a sample.
    Pcmu,
    Pcma,
}

/// The payload is none of this codec; nothing was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the payload is no sound of the codec that it claims to be of")]
pub struct Undecodable;

impl Decoder {
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::Opus => State::Opus(opus::Decoder::new()),
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

    /// Appends the samples of `payload` to `pcm`, at [`Codec::rate_hz`]; as many as
    /// [`Codec::samples`] says.
    ///
    /// # Errors
    /// The payload is empty or damaged.
    pub fn decode(&mut self, payload: &[u8], pcm: &mut Vec<i16>) -> Result<(), Undecodable> {
        if payload.is_empty() {
            return Err(Undecodable);
        }
        match &mut self.0 {
            State::Opus(decoder) => decoder.decode(payload, pcm)?,
            State::G722(decoder) => decoder.decode(payload, pcm),
            State::Pcmu => pcm.extend(payload.iter().map(|&octet| decode_ulaw(octet))),
            State::Pcma => pcm.extend(payload.iter().map(|&octet| decode_alaw(octet))),
        }
        Ok(())
    }

    /// Appends the `samples` that were lost right before `next_payload`, as far as that packet knows
    /// them (in-band FEC of Opus, RFC 6716 §2.1.7). To be called before `next_payload` itself is
    /// decoded. `false`, and nothing appended, if it knows nothing of them: always for codecs other
    /// than Opus, and for a gap that is longer than 120 ms or no multiple of 2.5 ms.
    pub fn recover(&mut self, next_payload: &[u8], samples: usize, pcm: &mut Vec<i16>) -> bool {
        match &mut self.0 {
            State::Opus(decoder) => decoder.recover(next_payload, samples, pcm),
            State::G722(_) | State::Pcmu | State::Pcma => false,
        }
    }

    /// How many samples more than a gap has [`Self::follow`] can make use of.
    pub fn ahead(&self) -> usize {
        match self.0 {
            State::G722(_) => g722::AHEAD,
            State::Opus(_) | State::Pcmu | State::Pcma => 0,
        }
    }

    /// Hears what is played in the place of packets that never came, `pcm` at [`Codec::rate_hz`]. A
    /// decoder that goes by what it decoded last comes back the sooner for it.
    pub fn follow(&mut self, pcm: &[i16]) {
        match &mut self.0 {
            State::G722(decoder) => decoder.follow(pcm),
            State::Opus(_) | State::Pcmu | State::Pcma => {}
        }
    }

    /// Appends the `samples` of a packet that is lost for good, made up by the codec itself out of
    /// what it decoded last. `false`, and nothing appended, for codecs that cannot (all but Opus),
    /// and for lengths that [`Self::recover`] would not take either.
    pub fn conceal(&mut self, samples: usize, pcm: &mut Vec<i16>) -> bool {
        match &mut self.0 {
            State::Opus(decoder) => decoder.conceal(samples, pcm),
            State::G722(_) | State::Pcmu | State::Pcma => false,
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Decoder").field(&self.codec()).finish()
    }
}
