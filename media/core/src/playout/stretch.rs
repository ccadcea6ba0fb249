//! Sound made a little shorter or longer without a change of pitch: what sounds alike is left out
//! or repeated, with an overlap (WSOLA). In speech that is done only where two places pass for the
//! same sound, never at an onset, and for at most 15 % of the time.

use super::pitch::{self, likeness};
use super::time::{MS, Rate};

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

/// How much of the sound the ear lets us leave out or repeat at the moment, in ticks.
#[derive(Debug, Default)]
pub(super) struct Allowance(i64);

impl Allowance {
    /// Sound of this length has been played.
    pub(super) fn earn(&mut self, ticks: i64) {
        self.0 = (self.0 + ticks * SHARE_PERCENT).min(MAX_LAG * 100);
    }

    fn spend(&mut self, ticks: i64) {
        self.0 -= ticks * 100;
    }

    fn ticks(&self) -> i64 {
        (self.0 / 100).max(0)
    }
}

/// Changes the length of `span` by at most `most` ticks, and by at least a period of speech. `false`
/// when no two places in it are alike enough; then nothing has changed.
pub(super) fn stretch(
    span: &mut Vec<f32>,
    rate: Rate,
    (how, care, most): (Stretch, Care, i64),
    allowance: &mut Allowance,
) -> bool {
    let most = match care {
        Care::Quiet => most,
        Care::Speech => most.min(allowance.ticks()),
    };
    let Some(lag) = best_lag(span, rate, care, rate.samples(most)) else {
        return false;
    };
    if care == Care::Speech {
        allowance.spend(rate.ticks(lag));
    }
    let overlap = rate.samples(OVERLAP);
    match how {
        Stretch::Shorter => shorten(span, lag, overlap),
        Stretch::Longer => lengthen(span, lag, overlap),
    }
    true
}

fn shorten(span: &mut Vec<f32>, lag: usize, overlap: usize) {
    let before = span.len();
    for n in 0..overlap {
        span[n] = fade(span[n], span[n + lag], n, overlap);
    }
    span.copy_within(overlap + lag.., overlap);
    span.truncate(before - lag);
}

fn lengthen(span: &mut Vec<f32>, lag: usize, overlap: usize) {
    let before = span.len();
    span.resize(before + lag, 0.0);
    span.copy_within(..before, lag);
    // The first lag stands twice now; the seam leads from its first run into its second.
    for n in 0..overlap.min(before - lag) {
        let first_run = span[2 * lag + n];
        span[lag + n] = fade(first_run, span[lag + n], n, overlap);
    }
}

/// The lag at which the beginning of `span` is most like itself.
fn best_lag(span: &[f32], rate: Rate, care: Care, most: usize) -> Option<usize> {
    let overlap = rate.samples(OVERLAP);
    let last = most
        .min(pitch::max_lag(rate))
        .min(span.len().checked_sub(2 * overlap)?);
    let at = |lag: usize| (lag, likeness(&span[..overlap], &span[lag..lag + overlap]));
    let best = |a: (usize, f32), b: (usize, f32)| if b.1 >= a.1 { b } else { a };
    let step = rate.times_8_khz();
    let first = pitch::min_lag(rate);
    let (near, _) = (first..=last).step_by(step).map(at).reduce(best)?;
    let around = (near + 1 - step).max(first)..=(near + step - 1).min(last);
    let (lag, likeness) = around.map(at).reduce(best)?;
    let fits = match care {
        Care::Quiet => true,
        Care::Speech => likeness > ALIKE && is_steady(&span[..lag + overlap], rate),
    };
    fits.then_some(lag)
}

/// Whether nothing begins or ends in this sound: an onset that is doubled or cut is heard at once.
fn is_steady(sound: &[f32], rate: Rate) -> bool {
    let blocks = sound.chunks_exact(rate.samples(STEADY_BLOCK));
    let powers = blocks.map(|block| block.iter().map(|s| s * s).sum::<f32>());
    let (least, most) = powers.fold((f32::MAX, 0.0_f32), |(least, most), power| {
        (least.min(power), most.max(power))
    });
    most <= STEADY_RATIO * least
}

/// From `a` to `b` over the overlap.
fn fade(a: f32, b: f32, n: usize, overlap: usize) -> f32 {
    a + (b - a) * (n as f32 + 0.5) / overlap as f32
}

/// How much sound one change works on.
pub(super) const SPAN: i64 = 2 * OVERLAP + MAX_LAG;

const OVERLAP: i64 = 10 * MS;

/// The longest period of speech.
const MAX_LAG: i64 = 20 * MS;

/// Likeness from which on a seam within speech cannot be heard.
const ALIKE: f32 = 0.9;

/// What the ear does not notice in speech.
const SHARE_PERCENT: i64 = 15;

/// An onset lies between two blocks of this length whose powers differ by so much: 9 dB.
const STEADY_BLOCK: i64 = 10 * MS;
const STEADY_RATIO: f32 = 8.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: Rate, hz: f32, level: impl Fn(f32) -> f32) -> Vec<f32> {
        (0..rate.samples(SPAN))
            .map(|n| {
                let at = n as f32 / rate.hz() as f32;
                level(at) * (std::f32::consts::TAU * hz * at).sin()
            })
            .collect()
    }

    fn rich() -> Allowance {
        let mut allowance = Allowance::default();
        allowance.earn(1_000 * MS);
        allowance
    }

    #[test]
    fn a_steady_tone_stays_a_tone_when_it_is_shortened_and_lengthened() {
        for rate in [8_000, 16_000, 48_000].map(Rate::new) {
            for how in [Stretch::Shorter, Stretch::Longer] {
                let mut span = tone(rate, 200.0, |_| 8_000.0);
                let whole = span.len();
                let wish = (how, Care::Speech, MAX_LAG);
                assert!(stretch(&mut span, rate, wish, &mut rich()));
                let changed = span.len().abs_diff(whole);
                assert_eq!(span.len() > whole, how == Stretch::Longer);
                assert!(changed.is_multiple_of(rate.hz() as usize / 200));
                let steepest = span.windows(2).map(|pair| (pair[1] - pair[0]).abs());
                let limit = 8_000.0 * std::f32::consts::TAU * 200.0 / rate.hz() as f32;
                assert!(
                    steepest.fold(0.0, f32::max) < 1.01 * limit,
                    "{rate:?} {how:?}"
                );
            }
        }
    }

    #[test]
    fn speech_is_left_alone_where_it_begins_and_where_nothing_is_alike() {
        let rate = Rate::new(8_000);
        let onset = tone(rate, 200.0, |at| if at < 0.015 { 100.0 } else { 8_000.0 });
        let mut state = 1_u32;
        let noise: Vec<f32> = onset
            .iter()
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) as f32 - 32_768.0
            })
            .collect();
        for span in [onset, noise] {
            let mut changed = span.clone();
            let wish = (Stretch::Shorter, Care::Speech, MAX_LAG);
            assert!(!stretch(&mut changed, rate, wish, &mut rich()));
            assert_eq!(changed, span);
        }
    }

    #[test]
    fn speech_gives_15_percent_and_no_more() {
        let rate = Rate::new(8_000);
        let mut allowance = Allowance::default();
        let (mut played, mut left_out) = (0, 0);
        while played < 10_000 * MS {
            let mut span = tone(rate, 200.0, |_| 8_000.0);
            let whole = span.len();
            let wish = (Stretch::Shorter, Care::Speech, MAX_LAG);
            stretch(&mut span, rate, wish, &mut allowance);
            left_out += rate.ticks(whole - span.len());
            played += rate.ticks(whole);
            allowance.earn(rate.ticks(whole));
        }
        let percent = 100 * left_out / played;
        assert!((13..=15).contains(&percent), "{percent}");
    }
}
