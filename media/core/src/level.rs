//! A level meter for people: loudness of the last moments as a number from 0 to 1.

/// Follows the level of a stream: rises at once, falls slowly, as needles do.
#[derive(Debug, Clone, Default)]
pub struct LevelMeter {
    /// Mean square of full scale, smoothed.
    power: f32,
}

impl LevelMeter {
    /// Takes the next samples, 10 ms at a time.
    pub fn feed(&mut self, samples: &[i16]) {
        if samples.is_empty() {
            return;
        }
        let sum: f32 = samples.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
        let power = sum / samples.len() as f32 / FULL_SCALE_POWER;
        self.power = if power > self.power {
            power
        } else {
            power + (self.power - power) * RELEASE
        };
    }

    /// 0.0 at -60 dB of full scale and below, 1.0 at full scale, linear in decibels between.
    pub fn level(&self) -> f32 {
        let level_db = 10.0 * self.power.max(1e-9).log10();
        (1.0 + level_db / RANGE_DB).clamp(0.0, 1.0)
    }
}

/// What of the level stays after each feed of 10 ms: -20 dB in about 230 ms.
const RELEASE: f32 = 0.82;

/// The decibels that the meter spans.
const RANGE_DB: f32 = 60.0;

/// Mean square of a square wave at full scale.
const FULL_SCALE_POWER: f32 = 32_768.0 * 32_768.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_reads_zero_and_full_scale_reads_one() {
        let mut meter = LevelMeter::default();
        meter.feed(&[0; 80]);
        assert_eq!(meter.level(), 0.0);
        meter.feed(&[i16::MIN; 80]);
        assert_eq!(meter.level(), 1.0);
    }

    #[test]
    fn the_needle_rises_at_once_and_falls_within_a_second() {
        let mut meter = LevelMeter::default();
        meter.feed(&[10_000; 80]);
        let peak = meter.level();
        meter.feed(&[0; 80]);
        assert!(meter.level() < peak && meter.level() > peak * 0.9);
        for _ in 0..100 {
            meter.feed(&[0; 80]);
        }
        assert!(meter.level() < 0.01);
    }
}
