//! Speech as the payloads of packets of 20 ms, and what the codec alone makes of it.

use anyhow::{Result, ensure};
use audio_codec_algorithms::{decode_ulaw, encode_ulaw};

use crate::condition::Codec;
use crate::speech::Speech;

/// Speech, encoded.
pub struct Encoded {
    pub payloads: Vec<Vec<u8>>,
    /// The length of a packet on the codec's RTP clock.
    pub step: u32,
    /// What a listener hears whom every packet reaches in time.
    pub ceiling: Vec<i16>,
}

impl Codec {
    /// # Errors
    /// When the codec's library refuses.
    pub fn encode(self, speech: &Speech) -> Result<Encoded> {
        match self {
            Self::Pcmu => pcmu(speech),
            Self::Opus => opus(speech),
        }
    }
}

fn pcmu(speech: &Speech) -> Result<Encoded> {
    ensure!(speech.rate_hz == 8_000, "G.711 speaks at 8 kHz");
    let encode = |frame: &[i16]| frame.iter().map(|&sample| encode_ulaw(sample)).collect();
    let payloads: Vec<Vec<u8>> = speech.frames().map(encode).collect();
    Ok(Encoded {
        ceiling: payloads
            .iter()
            .flatten()
            .map(|&byte| decode_ulaw(byte))
            .collect(),
        payloads,
        step: 160,
    })
}

fn opus(speech: &Speech) -> Result<Encoded> {
    use opus::{Application, Bitrate, Channels, Decoder, Encoder};
    let mut encoder = Encoder::new(speech.rate_hz, Channels::Mono, Application::Voip)?;
    encoder.set_bitrate(Bitrate::Bits(24_000))?;
    encoder.set_inband_fec(true)?;
    encoder.set_packet_loss_perc(10)?;
    let mut decoder = Decoder::new(speech.rate_hz, Channels::Mono)?;
    let mut encoded = Encoded {
        payloads: Vec::new(),
        step: 960,
        ceiling: Vec::new(),
    };
    for frame in speech.frames() {
        let payload = encoder.encode_vec(frame, MAX_PAYLOAD)?;
        let mut heard = vec![0; frame.len()];
        decoder.decode(&payload, &mut heard, false)?;
        encoded.ceiling.extend(heard);
        encoded.payloads.push(payload);
    }
    Ok(encoded)
}

/// More than 20 ms ever need, in octets (RFC 6716 §3.2.1).
const MAX_PAYLOAD: usize = 1_275;
