//! Makes a sine and recognises it sample by sample.

use std::f64::consts::TAU;
use std::time::Duration;

/// Speaks a sine at a quarter of full scale.
pub struct ToneVoice {
    radians_per_sample: f64,
    spoken: u64,
    frame_samples: usize,
}

/// Listens for an unbroken sine.
///
/// Three samples in a row of a sine of known pitch satisfy x0 + x2 = 2 cos(w) x1, whatever its
/// phase and loudness. A sample too many, one too few, a click or a gap breaks that.
pub struct ToneEar {
    two_cosines: f64,
    rate_hz: u32,
    last: [f64; 2],
    /// The loudest sample of the period that is being heard, and samples heard of it.
    peak: f64,
    heard: u32,
    period: u32,
    clean_samples: u32,
}

const AMPLITUDE: f64 = 8_192.0;

impl ToneVoice {
    pub fn new(tone_hz: f64, rate_hz: u32) -> Self {
        Self {
            radians_per_sample: TAU * tone_hz / f64::from(rate_hz),
            spoken: 0,
            frame_samples: rate_hz as usize / 100,
        }
    }

    pub fn sample(&mut self) -> i16 {
        let sample = AMPLITUDE * (self.radians_per_sample * self.spoken as f64).sin();
        self.spoken += 1;
        sample.round() as i16
    }

    /// The next 10 ms.
    pub fn frame(&mut self) -> Vec<i16> {
        (0..self.frame_samples).map(|_| self.sample()).collect()
    }
}

impl ToneEar {
    pub fn new(tone_hz: f64, rate_hz: u32) -> Self {
        Self {
            two_cosines: 2.0 * (TAU * tone_hz / f64::from(rate_hz)).cos(),
            rate_hz,
            last: [0.0; 2],
            peak: 0.0,
            heard: 0,
            period: (f64::from(rate_hz) / tone_hz).ceil() as u32,
            clean_samples: 0,
        }
    }

    pub fn hear(&mut self, sample: i16) {
        let sample = f64::from(sample);
        let flaw = (sample + self.last[0] - self.two_cosines * self.last[1]).abs();
        self.last = [self.last[1], sample];
        self.clean_samples += 1;
        if flaw > AMPLITUDE * FLAW {
            self.clean_samples = 0;
        }
        self.peak = self.peak.max(sample.abs());
        self.heard += 1;
        if self.heard == self.period {
            if (self.peak - AMPLITUDE).abs() > AMPLITUDE * LOUDNESS {
                self.clean_samples = 0;
            }
            (self.peak, self.heard) = (0.0, 0);
        }
    }

    /// How long the tone has been without a flaw.
    pub fn clean(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.clean_samples) / f64::from(self.rate_hz))
    }
}

/// Rounding to 16 bits and the resampler stay far below, a lost sample at 48 kHz is six times that.
const FLAW: f64 = 0.01;
/// At 8 kHz the samples may miss the top of the wave by this much.
const LOUDNESS: f64 = 0.05;
