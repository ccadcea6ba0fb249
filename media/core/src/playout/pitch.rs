//! The pitch of voiced speech: how far back a signal looks most like itself.

use std::ops::RangeInclusive;

use super::time::Rate;

/// A lag in samples, and how alike the signal is at that lag, -1.0 to 1.0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pitch {
    pub(super) lag: usize,
    pub(super) likeness: f32,
}

/// The pitch at the end of `signal`, of which the last [`needed`] samples count. The window is one
/// period long, because pitch moves quickly and only its last value matters here.
pub(super) fn at_end(signal: &[f32], rate: Rate) -> Pitch {
    let times = rate.times_8_khz();
    if times == 1 {
        return search(signal, MIN_LAG..=MAX_LAG, 1);
    }
    // Pitch lies low: it is looked for at 8 kHz, and only its place found at the full rate.
    let mut coarse = [0.0; NEEDED];
    let blocks = signal[signal.len() - needed(rate)..].chunks_exact(times);
    for (slot, block) in coarse.iter_mut().zip(blocks) {
        *slot = block.iter().sum::<f32>() / times as f32;
    }
    let near = search(&coarse, MIN_LAG..=MAX_LAG, 1).lag * times;
    let last = (near + times).min(MAX_LAG * times);
    search(signal, near - times..=last, times)
}

/// The lag of which a signal at so many `times` 8 kHz is most alike.
fn search(signal: &[f32], lags: RangeInclusive<usize>, times: usize) -> Pitch {
    let end = signal.len();
    let shortest = *lags.start();
    let mut best = Pitch {
        lag: shortest,
        likeness: f32::MIN,
    };
    for lag in lags {
        let window = lag.max(MIN_WINDOW * times);
        let likeness = likeness(
            &signal[end - window..],
            &signal[end - window - lag..end - lag],
        );
        // A multiple of the true lag is nearly as alike; the shorter one gets the benefit.
        let longer = (lag - best.lag) as f32 / times as f32;
        if likeness > best.likeness + BENEFIT * longer {
            best = Pitch { lag, likeness };
        }
    }
    best
}

/// The normalised cross-correlation of two signals of one length, -1.0 to 1.0.
pub(super) fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut of_a, mut of_b) = (0.0_f32, 1.0_f32, 1.0_f32);
    for (&x, &y) in a.iter().zip(b) {
        product += x * y;
        of_a += x * x;
        of_b += y * y;
    }
    product / (of_a * of_b).sqrt()
}

/// The longest lag in samples: 50 Hz.
pub(super) fn max_lag(rate: Rate) -> usize {
    MAX_LAG * rate.times_8_khz()
}

/// The shortest lag in samples: 400 Hz.
pub(super) fn min_lag(rate: Rate) -> usize {
    MIN_LAG * rate.times_8_khz()
}

/// The samples that [`at_end`] looks at.
pub(super) fn needed(rate: Rate) -> usize {
    NEEDED * rate.times_8_khz()
}

/// 400 Hz at 8 kHz.
const MIN_LAG: usize = 20;

/// 50 Hz at 8 kHz.
const MAX_LAG: usize = 160;

/// A window and a lag of the greatest length.
const NEEDED: usize = 2 * MAX_LAG;

/// 6 ms at 8 kHz: less says little about a high voice.
const MIN_WINDOW: usize = 48;

/// What a lag has to be more alike for each sample at 8 kHz by which it is longer.
const BENEFIT: f32 = 0.002;

#[cfg(test)]
mod tests {
    use super::*;

    /// A buzz like a voice's: all harmonics of `hz` below 3 kHz.
    fn buzz(hz: f32, rate: Rate) -> Vec<f32> {
        let harmonics = (3_000.0 / hz) as u32;
        let value = |n: usize| {
            let phase = std::f32::consts::TAU * hz * n as f32 / rate.hz() as f32;
            (1..=harmonics)
                .map(|k| (k as f32 * phase).cos() / k as f32)
                .sum::<f32>()
        };
        (0..needed(rate)).map(|n| 3_000.0 * value(n)).collect()
    }

    #[test]
    fn the_pitch_of_voices_from_55_to_380_hz_is_found_at_every_rate() {
        for rate in [8_000, 16_000, 48_000].map(Rate::new) {
            for hz in [55.0, 80.0, 110.0, 165.0, 220.0, 300.0, 380.0_f32] {
                let pitch = at_end(&buzz(hz, rate), rate);
                let expected = rate.hz() as f32 / hz;
                assert!(
                    (pitch.lag as f32 - expected).abs() <= 1.0,
                    "{hz} Hz at {rate:?}: {pitch:?}"
                );
                assert!(pitch.likeness > 0.9);
            }
        }
    }

    #[test]
    fn silence_has_no_pitch() {
        let rate = Rate::new(8_000);
        assert_eq!(at_end(&[0.0; NEEDED], rate).likeness, 0.0);
    }
}
