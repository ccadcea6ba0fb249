//! Sound for packets that did not come.
//!
//! Where the packet behind a gap is there already, the gap is bridged: the sound before it is
//! continued forwards, the sound behind it backwards, both are bent so that they meet in phase,
//! and one is faded into the other. Where it is not, the sound before the gap is continued, fades
//! away within 60 ms (as in ITU-T G.711 Appendix I), and is faded into what comes at last.

use super::pitch::likeness;
use super::predict::{self, Predictor};
use super::time::{MS, Rate};

/// Remembers the last sounds and fills gaps with what fits to them.
#[derive(Debug)]
pub(super) struct Concealer {
    rate: Rate,
    /// The last [`predict::needed`] samples as they were played.
    history: Vec<f32>,
    /// How many samples have been made without a packet since the last packet; `None` while
    /// packets come.
    made: Option<usize>,
    /// Goes on behind the history, where `made` says so.
    after: Predictor,
    /// Goes back from what is behind a gap.
    before: Predictor,
    forward: Vec<f32>,
    backward: Vec<f32>,
    joined: Vec<f32>,
}

impl Concealer {
    pub(super) fn new(rate: Rate) -> Self {
        let line = rate.samples(MAX_BRIDGE + MAX_BEND + MATCH);
        let known = predict::needed(rate);
        Self {
            rate,
            history: vec![0.0; known],
            made: None,
            after: Predictor::new(rate),
            before: Predictor::new(rate),
            forward: Vec::with_capacity(line),
            backward: Vec::with_capacity(line),
            joined: Vec::with_capacity(3 * known + line),
        }
    }

    /// The length of the sound made without a packet since the last packet or bridge, in ticks.
    pub(super) fn gap(&self) -> i64 {
        self.rate.ticks(self.made.unwrap_or(0))
    }

    /// Whether what is being made has faded into silence.
    pub(super) fn is_silent(&self) -> bool {
        self.gap() >= FADE_BEGINS + FADE_LENGTH
    }

    /// The last sounds as they were played.
    pub(super) fn history(&self) -> &[f32] {
        &self.history
    }

    /// Takes received sound as it is played.
    pub(super) fn heard(&mut self, samples: &[f32]) {
        self.made = None;
        self.remember(samples);
    }

    /// Continues the last sound; after silence with silence.
    pub(super) fn extrapolate(&mut self, out: &mut [f32]) {
        if self.made.is_none() && self.history.iter().all(|sample| *sample == 0.0) {
            out.fill(0.0);
            return;
        }
        self.begin_to_continue();
        out.fill_with(|| self.next_continued());
        self.remember(out);
    }

    /// How the last sound would go on over a gap of so many samples, [`MAX_BRIDGE`] at most, and a
    /// little beyond it; to be followed by [`Self::bridge`].
    pub(super) fn look_forward(&mut self, gap: usize) -> &[f32] {
        self.begin_to_continue();
        self.forward.clear();
        for _ in 0..gap + self.rate.samples(MAX_BEND + MATCH) {
            let sample = self.next_continued();
            self.forward.push(sample);
        }
        &self.forward
    }

    /// Fills the gap `out` between the last sound, as it was looked forward from, and `future`.
    pub(super) fn bridge(&mut self, out: &mut [f32], future: &[f32]) {
        let Some(target) = future.get(..self.rate.samples(MATCH)) else {
            out.copy_from_slice(&self.forward[..out.len()]);
            return self.remember(out);
        };
        self.continue_backwards(out.len(), future, self.forward.len());
        let times = self.rate.times_8_khz();
        let forward_bend = bend(&self.forward, out.len(), target.iter(), times);
        let backward_bend = bend(&self.backward, out.len(), self.history.iter().rev(), times);
        let last = out.len().saturating_sub(1);
        for (n, slot) in out.iter_mut().enumerate() {
            let forward = bent(&self.forward, last + 1, forward_bend, n);
            let backward = bent(&self.backward, last + 1, backward_bend, last - n);
            let at = (n as f32 + 0.5) / (last + 1) as f32;
            let share = 0.5 - 0.5 * (std::f32::consts::PI * at).cos();
            *slot = forward + (backward - forward) * share;
        }
        self.heard(out);
    }

    /// Fades the sound that went on without packets into received sound.
    pub(super) fn recover(&mut self, chunk: &mut [f32]) {
        if self.made.is_none() {
            return;
        }
        let recovery = self.rate.samples(RECOVERY);
        for (n, slot) in chunk.iter_mut().take(recovery).enumerate() {
            let share = (n as f32 + 0.5) / recovery as f32;
            let made = self.next_continued();
            *slot = made + (*slot - made) * share;
        }
    }

    /// From here on the last sound goes on without packets, into whatever [`Self::recover`] is given.
    pub(super) fn begin_to_continue(&mut self) {
        if self.made.is_none() {
            self.after.follow(&self.history);
            self.made = Some(0);
        }
    }

    fn next_continued(&mut self) -> f32 {
        let made = self.made.unwrap_or(0);
        self.made = Some(made + 1);
        let begins = self.rate.samples(FADE_BEGINS);
        let faded = made.saturating_sub(begins) as f32 / self.rate.samples(FADE_LENGTH) as f32;
        self.after.next_sample() * (1.0 - faded).max(0.0)
    }

    /// Makes `backward`: the sounds before `future`, the nearest first. What is known of the
    /// future may be too short for a model, so it is lengthened by its own continuation.
    fn continue_backwards(&mut self, gap: usize, future: &[f32], count: usize) {
        self.joined.clear();
        self.joined.extend_from_slice(&self.history);
        self.joined.extend_from_slice(&self.forward[..gap]);
        let begins = self.joined.len();
        self.joined.extend_from_slice(future);
        let missing = predict::needed(self.rate).saturating_sub(future.len());
        if missing > 0 {
            self.before.follow(&self.joined);
            for _ in 0..missing {
                let sample = self.before.next_sample();
                self.joined.push(sample);
            }
        }
        self.joined.drain(..begins);
        self.joined.reverse();
        self.before.follow(&self.joined);
        self.backward.clear();
        for _ in 0..count {
            let sample = self.before.next_sample();
            self.backward.push(sample);
        }
    }

    fn remember(&mut self, samples: &[f32]) {
        let known = self.history.len();
        let kept = known.saturating_sub(samples.len());
        self.history.copy_within(known - kept.., 0);
        let newest = samples.iter().skip(samples.len() - (known - kept));
        self.history[kept..]
            .iter_mut()
            .zip(newest)
            .for_each(|(to, from)| *to = *from);
    }
}

/// By how many samples `line`, at so many `times` 8 kHz, has to be longer or shorter at the end of
/// the gap to meet `target` in phase; zero where nothing is alike, as in noise.
fn bend<'a>(line: &[f32], gap: usize, target: impl Iterator<Item = &'a f32>, times: usize) -> i32 {
    let mut wanted = [0.0; MAX_MATCH_SAMPLES];
    let wanted = &mut wanted[..MATCH_AT_8_KHZ * times];
    wanted
        .iter_mut()
        .zip(target)
        .for_each(|(to, from)| *to = *from);
    // Pitch glides by so much at most; the nearer of two good meetings is the true one.
    let most = (gap / 4 + 6 * times).min(MAX_BEND_AT_8_KHZ * times) as i32;
    let mut best = Meeting::default();
    let step = times as i32;
    for samples in (-most..=most).step_by(times) {
        best = best.or(Meeting::at(samples, line, gap, wanted, times));
    }
    if step > 1 {
        for samples in best.samples - step + 1..best.samples + step {
            best = best.or(Meeting::at(samples, line, gap, wanted, times));
        }
    }
    if best.likeness > ALIKE {
        best.samples
    } else {
        0
    }
}

/// Where two sounds may meet.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    samples: i32,
    likeness: f32,
    score: f32,
}

impl Default for Meeting {
    fn default() -> Self {
        Self {
            samples: 0,
            likeness: 0.0,
            score: f32::MIN,
        }
    }
}

impl Meeting {
    /// What it is worth to bend `line` by so many samples; nothing where it ends too early.
    fn at(samples: i32, line: &[f32], gap: usize, wanted: &[f32], times: usize) -> Self {
        let from = gap.saturating_add_signed(samples as isize);
        let Some(there) = line.get(from..from + wanted.len()) else {
            return Self::default();
        };
        let likeness = likeness(there, wanted);
        let far = samples.unsigned_abs() as f32 / times as f32;
        Self {
            samples,
            likeness,
            score: likeness - RELUCTANCE * far,
        }
    }

    fn or(self, other: Self) -> Self {
        if other.score > self.score {
            other
        } else {
            self
        }
    }
}

/// Sample `n` of `line` when it is bent by `samples` at the end of the gap. The bend grows with the
/// square of the time, as the phase does when the pitch glides evenly.
fn bent(line: &[f32], gap: usize, samples: i32, n: usize) -> f32 {
    let share = n as f32 / gap as f32;
    let at = (n as f32 + samples as f32 * share * share).max(0.0);
    let sample = |n: usize| line.get(n).copied().unwrap_or(0.0);
    let (whole, rest) = (at as usize, at.fract());
    sample(whole) + (sample(whole + 1) - sample(whole)) * rest
}

/// How much of the sound behind a gap is of use, in samples.
pub(super) fn future(rate: Rate) -> usize {
    predict::needed(rate)
}

/// The longest gap that is bridged from both sides.
pub(super) const MAX_BRIDGE: i64 = 60 * MS;

/// A continued sound keeps its strength for 10 ms and is gone after 60 ms.
const FADE_BEGINS: i64 = 10 * MS;
const FADE_LENGTH: i64 = 50 * MS;

/// How long received sound takes to come back after a gap that was not bridged.
const RECOVERY: i64 = 5 * MS;

/// How much sound is compared to find where two sounds meet: 5 ms.
const MATCH: i64 = 5 * MS;
const MATCH_AT_8_KHZ: usize = 40;
const MAX_MATCH_SAMPLES: usize = 6 * MATCH_AT_8_KHZ;

/// The most that a sound is bent: 6 ms, and a quarter of the gap.
const MAX_BEND: i64 = 6 * MS;
const MAX_BEND_AT_8_KHZ: usize = 48;

/// Likeness that a meeting has to win for each sample of bending at 8 kHz.
const RELUCTANCE: f32 = 0.004;

/// Where two sounds are less alike than this, there is no phase to meet in.
const ALIKE: f32 = 0.5;
