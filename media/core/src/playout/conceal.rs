//! Sound for packets that did not come.
//!
//! Where the packet behind a gap is there already, the gap is bridged: the sound before it is
//! continued forwards, the sound behind it backwards, both are bent so that they meet in phase,
//! and one is faded into the other. Where it is not, the sound before the gap is continued, fades
//! away within 60 ms (as in ITU-T G.711 Appendix I), and is faded into what comes at last.

use super::pitch::likeness;
use super::predict::{self, Predictor};

/// Remembers the last sounds and fills gaps with what fits to them.
#[derive(Debug)]
pub(super) struct Concealer {
    /// The last [`predict::NEEDED`] samples as they were played.
    history: Vec<f32>,
    /// The sound that goes on without packets, since the last packet.
    continuation: Option<Continuation>,
    forward: Vec<f32>,
    backward: Vec<f32>,
    joined: Vec<f32>,
}

/// A sound that goes on without packets, and fades.
#[derive(Debug, Clone)]
struct Continuation {
    predictor: Predictor,
    made: usize,
}

impl Default for Concealer {
    fn default() -> Self {
        Self {
            history: vec![0.0; predict::NEEDED],
            continuation: None,
            forward: Vec::new(),
            backward: Vec::new(),
            joined: Vec::new(),
        }
    }
}

impl Concealer {
    /// Samples made without a packet since the last packet or bridge.
    pub(super) fn gap(&self) -> usize {
        self.continuation
            .as_ref()
            .map_or(0, |continuation| continuation.made)
    }

    /// Whether what is being made has faded into silence.
    pub(super) fn is_silent(&self) -> bool {
        self.gap() >= FADE_BEGINS + FADE_LENGTH
    }

    /// Takes received sound as it is played.
    pub(super) fn heard(&mut self, samples: &[f32]) {
        self.continuation = None;
        self.remember(samples);
    }

    /// Continues the last sound; after silence with silence.
    pub(super) fn extrapolate(&mut self, out: &mut [f32]) {
        if self.continuation.is_none() && self.history.iter().all(|sample| *sample == 0.0) {
            out.fill(0.0);
            return;
        }
        let mut continuation = self.continue_history();
        out.fill_with(|| continuation.next_sample());
        self.continuation = Some(continuation);
        self.remember(out);
    }

    /// Fills the gap `out` between the last sound and `future`.
    pub(super) fn bridge(&mut self, out: &mut [f32], future: &[f32]) {
        let Some(target) = future.get(..MATCH) else {
            return self.extrapolate(out);
        };
        let count = out.len() + MAX_BEND + MATCH;
        let mut continuation = self.continue_history();
        self.forward.clear();
        self.forward
            .extend((0..count).map(|_| continuation.next_sample()));
        self.continue_backwards(out.len(), future, count);
        let forward_bend = bend(&self.forward, out.len(), target.iter());
        let backward_bend = bend(&self.backward, out.len(), self.history.iter().rev());
        let last = out.len() - 1;
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
        let Some(continuation) = &mut self.continuation else {
            return;
        };
        for (n, slot) in chunk.iter_mut().take(RECOVERY).enumerate() {
            let share = (n as f32 + 0.5) / RECOVERY as f32;
            let made = continuation.next_sample();
            *slot = made + (*slot - made) * share;
        }
    }

    fn continue_history(&mut self) -> Continuation {
        self.continuation.take().unwrap_or_else(|| Continuation {
            predictor: Predictor::of(&self.history),
            made: 0,
        })
    }

    /// Makes `backward`: the sounds before `future`, the nearest first. What is known of the
    /// future may be too short for a model, so it is lengthened by its own continuation.
    fn continue_backwards(&mut self, gap: usize, future: &[f32], count: usize) {
        self.joined.clear();
        self.joined.extend_from_slice(&self.history);
        self.joined.extend_from_slice(&self.forward[..gap]);
        let begins = self.joined.len();
        self.joined.extend_from_slice(future);
        let missing = predict::NEEDED.saturating_sub(future.len());
        if missing > 0 {
            let mut after = Predictor::of(&self.joined);
            self.joined
                .extend((0..missing).map(|_| after.next_sample()));
        }
        self.joined.drain(..begins);
        self.joined.reverse();
        let mut before = Predictor::of(&self.joined);
        self.backward.clear();
        self.backward
            .extend((0..count).map(|_| before.next_sample()));
    }

    fn remember(&mut self, samples: &[f32]) {
        self.history.extend_from_slice(samples);
        let excess = self.history.len() - predict::NEEDED;
        self.history.drain(..excess);
    }
}

impl Continuation {
    fn next_sample(&mut self) -> f32 {
        let faded = self.made.saturating_sub(FADE_BEGINS) as f32 / FADE_LENGTH as f32;
        self.made += 1;
        self.predictor.next_sample() * (1.0 - faded).max(0.0)
    }
}

/// By how many samples `line` has to be longer or shorter at the end of the gap to meet `target`
/// in phase; zero where nothing is alike, as in noise.
fn bend<'a>(line: &[f32], gap: usize, target: impl Iterator<Item = &'a f32>) -> i32 {
    let mut wanted = [0.0; MATCH];
    wanted
        .iter_mut()
        .zip(target)
        .for_each(|(to, from)| *to = *from);
    // Pitch glides by so much at most; the nearer of two good meetings is the true one.
    let most = (gap / 4 + 6).min(MAX_BEND) as i32;
    let mut best = (0, f32::MIN, 0.0);
    for samples in -most..=most {
        let from = gap.saturating_add_signed(samples as isize);
        let Some(there) = line.get(from..from + MATCH) else {
            continue;
        };
        let likeness = likeness(there, &wanted);
        let score = likeness - RELUCTANCE * samples.abs() as f32;
        if score > best.1 {
            best = (samples, score, likeness);
        }
    }
    if best.1 > ALIKE { best.0 } else { 0 }
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

/// How much of the sound behind a gap is of use.
pub(super) const FUTURE: usize = predict::NEEDED;

/// A continued sound keeps its strength for 10 ms and is gone after 60 ms (at 8 kHz).
const FADE_BEGINS: usize = 80;
const FADE_LENGTH: usize = 400;

/// How long received sound takes to come back after a gap that was not bridged: 5 ms at 8 kHz.
const RECOVERY: usize = 40;

/// How much sound is compared to find where two sounds meet: 5 ms at 8 kHz.
const MATCH: usize = 40;

/// The most that a sound is bent: 6 ms at 8 kHz, and a quarter of the gap.
const MAX_BEND: usize = 48;

/// Likeness that a meeting has to win for each sample of bending.
const RELUCTANCE: f32 = 0.004;

/// Where two sounds are less alike than this, there is no phase to meet in.
const ALIKE: f32 = 0.5;
