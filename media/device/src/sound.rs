//! Sounds that are not part of a call: ring tones and the test tone.

use hark_media::tones::{Tone, ToneGenerator};

/// A sound made sample by sample. A ring tone never ends by itself; the test tone does.
pub struct Sound {
    pub(crate) rate_hz: u32,
    pub(crate) samples: Box<dyn Iterator<Item = i16> + Send>,
}

impl Sound {
    /// A sound of these samples at this rate, which is a multiple of 100 (and is taken as 100 where
    /// it is less).
    pub fn new(rate_hz: u32, samples: impl Iterator<Item = i16> + Send + 'static) -> Self {
        Self {
            rate_hz: rate_hz.max(100),
            samples: Box::new(samples),
        }
    }
}

impl From<Tone> for Sound {
    fn from(tone: Tone) -> Self {
        let mut generator = ToneGenerator::new(tone, TONE_RATE_HZ);
        let samples = std::iter::from_fn(move || {
            let mut sample = [0];
            (!generator.is_finished()).then(|| generator.fill(&mut sample))?;
            Some(sample[0])
        });
        Self::new(TONE_RATE_HZ, samples)
    }
}

impl std::fmt::Debug for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sound({} Hz)", self.rate_hz)
    }
}

/// Bells have overtones beyond what a telephone carries.
const TONE_RATE_HZ: u32 = 48_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_tone_has_no_end_and_a_test_tone_has_one() {
        let long = TONE_RATE_HZ as usize * 60;
        assert_eq!(Sound::from(Tone::Ring).samples.take(long).count(), long);
        let test: Vec<i16> = Sound::from(Tone::Test).samples.take(long).collect();
        assert!(test.len() < long && test.iter().any(|&sample| sample > 1_000));
    }
}
