//! Sound made a little shorter or longer without a change of pitch: what sounds alike is left out
//! or repeated, with an overlap (WSOLA).

use super::pitch::{MAX_LAG, MIN_LAG, likeness};

/// What becomes of the length of a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    Shorter,
    Longer,
}

/// How alike two places have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// In quiet nobody hears a seam.
    Quiet,
    Speech,
}

/// Changes the length of `span` by at least [`MIN_LAG`] and at most `most` samples. `false` when no
/// two places in it are alike enough; then nothing has changed.
pub(super) fn stretch(span: &mut Vec<f32>, how: Stretch, care: Care, most: usize) -> bool {
    let Some(lag) = best_lag(span, care, most) else {
        return false;
    };
    let before = span.len();
    match how {
        Stretch::Shorter => {
            for n in 0..OVERLAP {
                span[n] = fade(span[n], span[n + lag], n);
            }
            span.copy_within(OVERLAP + lag.., OVERLAP);
            span.truncate(before - lag);
        }
        Stretch::Longer => {
            span.resize(before + lag, 0.0);
            span.copy_within(..before, lag);
            // The first lag stands twice now; the seam leads from its first run into its second.
            for n in 0..OVERLAP.min(before - lag) {
                let first_run = span[2 * lag + n];
                span[lag + n] = fade(first_run, span[lag + n], n);
            }
        }
    }
    true
}

/// The lag at which the beginning of `span` is most like itself; of equals, the longest.
fn best_lag(span: &[f32], care: Care, most: usize) -> Option<usize> {
    let last = most.min(MAX_LAG).min(span.len().checked_sub(2 * OVERLAP)?);
    let at = |lag: usize| likeness(&span[..OVERLAP], &span[lag..lag + OVERLAP]);
    let lags = (MIN_LAG..=last).map(|lag| (lag, at(lag)));
    let (lag, likeness) = lags.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (care == Care::Quiet || likeness > ALIKE).then_some(lag)
}

/// From `a` to `b` over the overlap.
fn fade(a: f32, b: f32, n: usize) -> f32 {
    a + (b - a) * (n as f32 + 0.5) / OVERLAP as f32
}

/// How much sound one change works on: 40 ms at 8 kHz.
pub(super) const SPAN: usize = 2 * OVERLAP + MAX_LAG;

/// 10 ms at 8 kHz.
const OVERLAP: usize = 80;

/// Likeness from which on a seam within speech cannot be heard.
const ALIKE: f32 = 0.8;
