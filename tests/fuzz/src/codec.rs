//! What is read as coded sound: payloads of every codec, and comfort noise.

use hark_media::codec::{Codec, ComfortNoise, Decoder};

/// Payloads of one codec in a row, each with its length before it, are decoded, mended and made up,
/// or refused, and come to as much sound as they said.
pub fn payloads(bytes: &[u8]) {
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec);
        let mut pcm = Vec::new();
        let mut rest = bytes;
        for _ in 0..MAX_PAYLOADS {
            let Some((length, tail)) = rest.split_first() else {
                break;
            };
            let (payload, tail) = tail.split_at(usize::from(*length).min(tail.len()));
            rest = tail;
            hear(&mut decoder, payload, usize::from(*length), &mut pcm);
            assert!(pcm.len() <= MAX_SAMPLES, "{codec:?}: {}", pcm.len());
            pcm.clear();
        }
    }
    comfort_noise(bytes);
}

/// One payload, after a gap of some samples.
fn hear(decoder: &mut Decoder, payload: &[u8], gap: usize, pcm: &mut Vec<i16>) {
    for gap in [gap, gap * 120] {
        let before = pcm.len();
        let recovered = decoder.recover(payload, gap, pcm);
        assert_eq!(pcm.len() - before, if recovered { gap } else { 0 });
        let before = pcm.len();
        let concealed = decoder.conceal(gap, pcm);
        assert_eq!(pcm.len() - before, if concealed { gap } else { 0 });
        pcm.clear();
    }
    let said = decoder.codec().samples(payload);
    match decoder.decode(payload, pcm) {
        Ok(()) => assert_eq!(Some(pcm.len()), said),
        Err(_) => assert_eq!(pcm.len(), 0),
    }
}

/// What is read is written as it was, as far as it was understood.
fn comfort_noise(bytes: &[u8]) {
    let Some(noise) = ComfortNoise::parse(bytes) else {
        return assert!(bytes.is_empty());
    };
    assert!(noise.reflections().iter().all(|k| k.abs() < 1.0));
    assert!(noise.power().is_finite());
    let mut written = Vec::new();
    noise.write(&mut written);
    assert_eq!(ComfortNoise::parse(&written), Some(noise));
}

/// As many as make an execution short.
const MAX_PAYLOADS: usize = 60;

/// 120 ms at 48 kHz, the longest packet of all.
const MAX_SAMPLES: usize = 5_760;
