//! The pitch of voiced speech, found where a signal looks most like itself a little earlier.

/// A lag and how alike the signal is at that lag, -1.0 to 1.0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pitch {
    pub(super) lag: usize,
    pub(super) likeness: f32,
}

/// The pitch at the end of `signal`, which must be longer than `MAX_LAG + window`.
pub(super) fn at_end(signal: &[f32], window: usize) -> Pitch {
    let likeness = |lag: usize| {
        let end = signal.len();
        normalised(
            &signal[end - window..],
            &signal[end - window - lag..end - lag],
        )
    };
    let mut best = Pitch {
        lag: MIN_LAG,
        likeness: f32::MIN,
    };
    for lag in MIN_LAG..=MAX_LAG {
        // A multiple of the true lag is nearly as alike; the shorter one gets the benefit.
        let likeness = likeness(lag);
        if likeness > best.likeness + 0.000_5 * (lag - best.lag) as f32 {
            best = Pitch { lag, likeness };
        }
    }
    best
}

/// The normalised cross-correlation of two signals of one length.
pub(super) fn normalised(a: &[f32], b: &[f32]) -> f32 {
    let (mut dot, mut aa, mut bb) = (0.0, 1.0, 1.0);
    for (&x, &y) in a.iter().zip(b) {
        dot += x * y;
        aa += x * x;
        bb += y * y;
    }
    dot / (aa * bb as f32).sqrt()
}

/// 400 Hz at 8 kHz.
pub(super) const MIN_LAG: usize = 20;

/// 50 Hz at 8 kHz.
pub(super) const MAX_LAG: usize = 160;
