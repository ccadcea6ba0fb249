//! Sound made a little shorter or longer without a change of pitch, by leaving out or repeating
//! what sounds alike (overlap-add at the lag of best likeness).

use super::pitch::{MAX_LAG, MIN_LAG, normalised};

/// How much sound [`shorten`] and [`lengthen`] work on: 30 ms at 8 kHz.
pub(super) const SPAN: usize = OVERLAP + MAX_LAG;

/// Leaves out between `MIN_LAG` and `most` samples of `span` and says how many; `None` when the
/// sound has no two places that are alike enough.
pub(super) fn shorten(span: &mut Vec<f32>, most: usize) -> Option<usize> {
    let lag = best_lag(span, most)?;
    for n in 0..OVERLAP {
        span[n] = fade(span[n], span[n + lag], n);
    }
    span.drain(OVERLAP..OVERLAP + lag);
    Some(lag)
}

/// Repeats between `MIN_LAG` and `most` samples of `span` and says how many.
pub(super) fn lengthen(span: &mut Vec<f32>, most: usize) -> Option<usize> {
    let lag = best_lag(span, most)?;
    let joint: Vec<f32> = (0..OVERLAP)
        .map(|n| fade(span[n + lag], span[n], n))
        .collect();
    let tail = span.split_off(OVERLAP);
    let head = std::mem::take(span);
    span.extend_from_slice(&head);
    span.extend_from_slice(&tail);
    span.truncate(lag);
    span.extend_from_slice(&joint);
    span.extend_from_slice(&tail);
    Some(lag)
}

fn best_lag(span: &[f32], most: usize) -> Option<usize> {
    let last = most.min(MAX_LAG).min(span.len().checked_sub(OVERLAP)?);
    let quiet = span.iter().map(|s| s * s).sum::<f32>() / (span.len() as f32) < QUIET_POWER;
    let mut best: Option<(usize, f32)> = None;
    for lag in MIN_LAG..=last {
        let likeness = normalised(&span[..OVERLAP], &span[lag..lag + OVERLAP]);
        if best.is_none_or(|(_, most)| likeness > most) {
            best = Some((lag, likeness));
        }
    }
    best.filter(|&(_, likeness)| quiet || likeness > ALIKE)
        .map(|(lag, _)| lag)
}

/// From `a` to `b` over the overlap.
fn fade(a: f32, b: f32, n: usize) -> f32 {
    let share = (n as f32 + 0.5) / OVERLAP as f32;
    a + (b - a) * share
}

/// 10 ms at 8 kHz.
const OVERLAP: usize = 80;

/// Likeness from which on a change cannot be heard.
const ALIKE: f32 = 0.7;

/// Mean square below which a change cannot be heard whatever is alike: -56 dB of full scale.
pub(super) const QUIET_POWER: f32 = 50.0 * 50.0;
