//! Keeps a ring between two clocks at the same fill, by bending the resampling ratio.
//!
//! Two crystals differ by some ten to some hundred parts per million: at 300 ppm a ring gains or
//! loses a 10 ms frame every 33 seconds. A proportional-integral controller measures the level of
//! the ring every 10 ms; the integral part learns the difference of the clocks, the proportional
//! part holds the level. The ratio never leaves 0.5 %, which nobody hears in speech.
//!
//! It also sets how much sound is kept in hand. The cushion begins small, because every
//! millisecond of it is delay, grows with each underrun, and shrinks again in calm times.

use std::time::Duration;

/// The controller of one ring. Pure: measurements come in, a factor comes out.
#[derive(Debug)]
pub(crate) struct DriftControl {
    /// The level with the measuring noise of single frames taken out, seconds. `None` until sound
    /// flows.
    level_s: Option<f64>,
    /// What the clocks differ by as far as is known, as a share of 1.
    clock_error: f64,
    cushion_s: f64,
    /// Underruns that the ring had counted when it was last looked at.
    underruns: u32,
    /// Time since the cushion last changed, seconds.
    calm_s: f64,
}

impl DriftControl {
    pub fn new() -> Self {
        Self {
            level_s: None,
            clock_error: 0.0,
            cushion_s: CUSHION_MIN_S,
            underruns: 0,
            calm_s: 0.0,
        }
    }

    /// One 10 ms step. `level_s` is the sound in hand beyond what the next step needs, `None` while
    /// the ring waits for sound; `underruns` is the ring's count. Gives the factor for the
    /// resampling ratio: below one makes fewer samples for a loudspeaker, and uses more of a
    /// microphone's for each one made, so either way it lowers the level.
    pub fn step(&mut self, level_s: Option<f64>, underruns: u32) -> f64 {
        self.adapt_cushion(underruns);
        let Some(measured_s) = level_s else {
            self.level_s = None;
            return 1.0 - self.clock_error;
        };
        let smooth_s = self.level_s.unwrap_or(measured_s);
        let smooth_s = smooth_s + (measured_s - smooth_s) * STEP_S / SMOOTHING_S;
        self.level_s = Some(smooth_s);

        let error_s = smooth_s - self.cushion_s;
        self.clock_error = (self.clock_error + INTEGRAL_GAIN * error_s * STEP_S)
            .clamp(-MAX_CLOCK_ERROR, MAX_CLOCK_ERROR);
        let bend = PROPORTIONAL_GAIN * error_s + self.clock_error;
        1.0 - bend.clamp(-MAX_BEND, MAX_BEND)
    }

    /// How much sound to keep in hand.
    pub fn cushion(&self) -> Duration {
        Duration::from_secs_f64(self.cushion_s)
    }

    fn adapt_cushion(&mut self, underruns: u32) {
        self.calm_s += STEP_S;
        if underruns != self.underruns {
            self.underruns = underruns;
            self.cushion_s = (self.cushion_s + CUSHION_RISE_S).min(CUSHION_MAX_S);
            self.calm_s = 0.0;
        } else if self.calm_s >= CALM_S {
            self.cushion_s = (self.cushion_s - CUSHION_FALL_S).max(CUSHION_MIN_S);
            self.calm_s = 0.0;
        }
    }
}

/// One frame, 10 ms.
const STEP_S: f64 = 0.010;
/// Longer than the jitter of the timers, shorter than the loop's own time by far.
const SMOOTHING_S: f64 = 0.5;
/// Both gains make a critically damped loop with a time constant of ten seconds: 2w and w^2 for
/// w = 0.1/s. A clock error of 300 ppm moves the level by 1.1 ms before it is learnt.
const PROPORTIONAL_GAIN: f64 = 0.2;
const INTEGRAL_GAIN: f64 = 0.01;
/// No working crystal is off by more than 0.2 %.
const MAX_CLOCK_ERROR: f64 = 0.002;
pub(crate) const MAX_BEND: f64 = 0.005;
/// Covers the timer jitter of a machine at rest.
const CUSHION_MIN_S: f64 = 0.008;
const CUSHION_MAX_S: f64 = 0.060;
const CUSHION_RISE_S: f64 = 0.004;
const CUSHION_FALL_S: f64 = 0.001;
/// How long nothing must happen before the cushion shrinks by one step.
const CALM_S: f64 = 10.0;

#[cfg(test)]
mod tests;
