//! The pitch of voiced speech: how far back a signal looks most like itself.

/// A lag in samples, and how alike the signal is at that lag, -1.0 to 1.0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pitch {
    pub(super) lag: usize,
    pub(super) likeness: f32,
}

/// The pitch at the end of `signal`, of which the last [`NEEDED`] samples count. The window is one
/// period long, because pitch moves quickly and only its last value matters here.
pub(super) fn at_end(signal: &[f32]) -> Pitch {
    let end = signal.len();
    let mut best = Pitch {
        lag: MIN_LAG,
        likeness: f32::MIN,
    };
    for lag in MIN_LAG..=MAX_LAG {
        let window = lag.max(MIN_WINDOW);
        let likeness = likeness(
            &signal[end - window..],
            &signal[end - window - lag..end - lag],
        );
        // A multiple of the true lag is nearly as alike; the shorter one gets the benefit.
        if likeness > best.likeness + BENEFIT * (lag - best.lag) as f32 {
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

/// 400 Hz at 8 kHz.
pub(super) const MIN_LAG: usize = 20;

/// 50 Hz at 8 kHz.
pub(super) const MAX_LAG: usize = 160;

/// The samples that [`at_end`] looks at.
pub(super) const NEEDED: usize = 2 * MAX_LAG;

/// 6 ms at 8 kHz: less says little about a high voice.
const MIN_WINDOW: usize = 48;

/// What a lag has to be more alike for each sample by which it is longer.
const BENEFIT: f32 = 0.002;

#[cfg(test)]
mod tests {
    use super::*;

    /// A buzz like a voice's: all harmonics of `hz` below 3 kHz.
    pub(in super::super) fn buzz(hz: f32, count: usize) -> Vec<f32> {
        let harmonics = (3_000.0 / hz) as u32;
        let value = |n: usize| {
            let phase = std::f32::consts::TAU * hz * n as f32 / 8_000.0;
            (1..=harmonics)
                .map(|k| (k as f32 * phase).cos() / k as f32)
                .sum::<f32>()
        };
        (0..count).map(|n| 3_000.0 * value(n)).collect()
    }

    #[test]
    fn the_pitch_of_voices_from_55_to_380_hz_is_found() {
        for hz in [55.0, 80.0, 110.0, 165.0, 220.0, 300.0, 380.0_f32] {
            let pitch = at_end(&buzz(hz, NEEDED));
            let expected = 8_000.0 / hz;
            assert!(
                (pitch.lag as f32 - expected).abs() <= 1.0,
                "{hz} Hz: {pitch:?}"
            );
            assert!(pitch.likeness > 0.9);
        }
    }

    #[test]
    fn silence_has_no_pitch() {
        assert_eq!(at_end(&[0.0; NEEDED]).likeness, 0.0);
    }
}
