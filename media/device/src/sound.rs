//! Sounds that are not part of a call: ring tones and the test tone.

use std::f32::consts::TAU;

/// A sound made sample by sample. A ring tone never ends by itself; the test tone does.
pub struct Sound {
    /// Samples a second; a multiple of 100.
    pub rate_hz: u32,
    pub samples: Box<dyn Iterator<Item = i16> + Send>,
}

impl Sound {
    /// A sound of these samples at this rate.
    pub fn new(rate_hz: u32, samples: impl Iterator<Item = i16> + Send + 'static) -> Self {
        Self {
            rate_hz,
            samples: Box::new(samples),
        }
    }

    /// A second of 440 Hz at a quarter of full scale, faded in and out over 20 ms so that it does
    /// not click.
    pub(crate) fn test_tone() -> Self {
        let samples = (0..TEST_TONE_SAMPLES).map(|n| {
            let from_edge = n.min(TEST_TONE_SAMPLES - 1 - n);
            let fade = (from_edge as f32 / FADE_SAMPLES as f32).min(1.0);
            let phase = TAU * 440.0 * n as f32 / TEST_TONE_RATE_HZ as f32;
            (phase.sin() * fade * f32::from(i16::MAX) / 4.0) as i16
        });
        Self::new(TEST_TONE_RATE_HZ, samples)
    }
}

impl std::fmt::Debug for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sound({} Hz)", self.rate_hz)
    }
}

const TEST_TONE_RATE_HZ: u32 = 16_000;
/// One second.
const TEST_TONE_SAMPLES: u32 = TEST_TONE_RATE_HZ;
/// 20 ms.
const FADE_SAMPLES: u32 = TEST_TONE_RATE_HZ / 50;
