//! Continues a signal beyond its end: what excites the vocal tract repeats at the pitch, and the
//! tract goes on ringing, as linear prediction models it.

use super::pitch;
use super::time::{MS, Rate};

/// Makes the samples that would follow the end of a signal.
#[derive(Debug)]
pub(super) struct Predictor {
    rate: Rate,
    tract: Tract,
    /// The last samples of the signal, the newest first.
    memory: [f32; MAX_ORDER],
    /// The excitation of the last period of the signal.
    excitation: Vec<f32>,
    position: usize,
    windowed: Vec<f32>,
}

/// The resonances of a sound, as an all-pole filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tract {
    coefficients: [f32; MAX_ORDER],
    order: usize,
    /// The share of the power that the excitation has, 0.0 to 1.0.
    pub(super) residue: f32,
}

impl Predictor {
    /// A predictor that waits for [`Self::follow`].
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            tract: Tract::flat(order(rate)),
            memory: [0.0; MAX_ORDER],
            excitation: Vec::with_capacity(pitch::max_lag(rate)),
            position: 0,
            windowed: Vec::with_capacity(rate.samples(WINDOW)),
        }
    }

    /// Begins behind `signal`, of which the last [`needed`] samples count.
    pub(super) fn follow(&mut self, signal: &[f32]) {
        self.tract = Tract::of(signal, self.rate, &mut self.windowed);
        let first = signal.len() - period(signal, self.rate);
        let order = self.tract.order;
        self.excitation.clear();
        for n in first..signal.len() {
            let before = signal[n - order..n].iter().rev();
            self.excitation
                .push(signal[n] - self.tract.expected(before));
        }
        self.position = 0;
        self.memory
            .iter_mut()
            .zip(signal.iter().rev())
            .for_each(|(to, from)| *to = *from);
    }

    pub(super) fn next_sample(&mut self) -> f32 {
        let excitation = self.excitation.get(self.position).copied();
        self.position = (self.position + 1) % self.excitation.len().max(1);
        self.tract.ring(excitation.unwrap_or(0.0), &mut self.memory)
    }
}

impl Tract {
    /// A sound without resonances.
    pub(super) fn flat(order: usize) -> Self {
        Self {
            coefficients: [0.0; MAX_ORDER],
            order,
            residue: 1.0,
        }
    }

    /// The resonances at the end of `signal`, by its autocorrelation and Levinson's recursion.
    pub(super) fn of(signal: &[f32], rate: Rate, windowed: &mut Vec<f32>) -> Self {
        let length = rate.samples(WINDOW);
        let end = &signal[signal.len() - length..];
        windowed.clear();
        windowed.extend(
            end.iter()
                .enumerate()
                .map(|(n, sample)| sample * window(n, length)),
        );
        let order = order(rate);
        let mut correlation = [0.0; MAX_ORDER + 1];
        for (lag, slot) in correlation.iter_mut().enumerate().take(order + 1) {
            let products = windowed[lag..].iter().zip(&*windowed).map(|(a, b)| a * b);
            *slot = products.sum::<f32>() * lag_window(lag, rate);
        }
        // A touch of white noise keeps the recursion stable on pure tones and on silence.
        correlation[0] = correlation[0] * 1.000_1 + 1.0;
        let mut tract = Self::by_levinson(&correlation, order);
        let expansion = BANDWIDTH_EXPANSION.powf(1.0 / rate.times_8_khz() as f32);
        let mut shrink = 1.0;
        for coefficient in &mut tract.coefficients[..order] {
            shrink *= expansion;
            *coefficient *= shrink;
        }
        tract
    }

    /// The resonances that reflection coefficients stand for, each between -1.0 and 1.0.
    pub(super) fn of_reflections(reflections: impl Iterator<Item = f32>) -> Self {
        let mut tract = Self::flat(0);
        reflections
            .take(MAX_ORDER)
            .for_each(|reflection| tract.add_stage(reflection));
        tract
    }

    fn by_levinson(correlation: &[f32; MAX_ORDER + 1], order: usize) -> Self {
        let mut tract = Self::flat(0);
        for stage in 0..order {
            let predicted: f32 = (0..stage)
                .map(|j| tract.coefficients[j] * correlation[stage - j])
                .sum();
            let error = tract.residue * correlation[0];
            tract.add_stage((correlation[stage + 1] - predicted) / error);
        }
        tract
    }

    /// One step of Levinson's recursion.
    fn add_stage(&mut self, reflection: f32) {
        let before = self.coefficients;
        self.coefficients[self.order] = reflection;
        for j in 0..self.order {
            self.coefficients[j] -= reflection * before[self.order - 1 - j];
        }
        self.order += 1;
        self.residue *= 1.0 - reflection * reflection;
    }

    /// The sample that follows those in `memory` (the newest first) under this excitation.
    pub(super) fn ring(&self, excitation: f32, memory: &mut [f32; MAX_ORDER]) -> f32 {
        let sample = excitation + self.expected(memory.iter());
        memory.copy_within(..MAX_ORDER - 1, 1);
        memory[0] = sample;
        sample
    }

    fn expected<'a>(&self, newest_first: impl Iterator<Item = &'a f32>) -> f32 {
        self.coefficients[..self.order]
            .iter()
            .zip(newest_first)
            .map(|(weight, value)| weight * value)
            .sum()
    }
}

/// After how many samples the excitation repeats. Where there is no voice, a short period would
/// make noise buzz, so that it is taken several times.
fn period(signal: &[f32], rate: Rate) -> usize {
    let pitch = pitch::at_end(signal, rate);
    let least = rate.samples(MIN_NOISE_PERIOD);
    match pitch.likeness < VOICED {
        true => pitch.lag * least.div_ceil(pitch.lag),
        false => pitch.lag,
    }
}

/// Rises slowly and falls quickly, because the end of the signal is what is to be continued.
fn window(n: usize, length: usize) -> f32 {
    let at = (n as f32 + 0.5) / length as f32;
    let quarter = std::f32::consts::FRAC_PI_2;
    match at < WINDOW_PEAK {
        true => (quarter * at / WINDOW_PEAK).sin(),
        false => (quarter * (at - WINDOW_PEAK) / (1.0 - WINDOW_PEAK)).cos(),
    }
}

/// A Gaussian that widens each resonance by some 40 Hz.
fn lag_window(lag: usize, rate: Rate) -> f32 {
    let at = std::f32::consts::TAU * 40.0 * lag as f32 / rate.hz() as f32;
    (-0.5 * at * at).exp()
}

/// The resonances that are modelled: two coefficients for each, some more for the slope.
fn order(rate: Rate) -> usize {
    match rate.times_8_khz() {
        1 => 16,
        2 => 24,
        _ => MAX_ORDER,
    }
}

/// The samples that [`Predictor::follow`] looks at.
pub(super) fn needed(rate: Rate) -> usize {
    pitch::needed(rate) + order(rate)
}

pub(super) const MAX_ORDER: usize = 32;

const WINDOW: i64 = 20 * MS;

/// Where the window is highest.
const WINDOW_PEAK: f32 = 0.8;

/// Lets what rings die away within some 25 ms; for each sample at 8 kHz.
const BANDWIDTH_EXPANSION: f32 = 0.995;

/// From this likeness on a signal counts as voiced.
const VOICED: f32 = 0.5;

const MIN_NOISE_PERIOD: i64 = 10 * MS;

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [u32; 3] = [8_000, 16_000, 48_000];

    #[test]
    fn a_steady_voice_is_continued_in_phase_at_every_rate() {
        for rate in RATES.map(Rate::new) {
            let (known, count) = (needed(rate), rate.samples(20 * MS));
            let signal: Vec<f32> = (0..known + count)
                .map(|n| {
                    let at = std::f32::consts::TAU * 125.0 * n as f32 / rate.hz() as f32;
                    4_000.0 * (at.sin() + 0.5 * (3.0 * at).sin() + 0.3 * (9.0 * at).cos())
                })
                .collect();
            let mut predictor = Predictor::new(rate);
            predictor.follow(&signal[..known]);
            let predicted: Vec<f32> = (0..count).map(|_| predictor.next_sample()).collect();
            let likeness = pitch::likeness(&predicted, &signal[known..]);
            assert!(likeness > 0.95, "{rate:?}: {likeness}");
        }
    }

    #[test]
    fn silence_is_followed_by_silence_and_full_scale_does_not_grow() {
        for rate in RATES.map(Rate::new) {
            let mut predictor = Predictor::new(rate);
            predictor.follow(&vec![0.0; needed(rate)]);
            assert!((0..1_000).all(|_| predictor.next_sample() == 0.0));
            let half_period = 20 * rate.times_8_khz();
            let square: Vec<f32> = (0..needed(rate))
                .map(|n| match n / half_period % 2 {
                    0 => 32_767.0,
                    _ => -32_768.0,
                })
                .collect();
            predictor.follow(&square);
            let next = (0..rate.samples(1_000 * MS)).map(|_| predictor.next_sample());
            assert!(next.into_iter().all(|sample| sample.abs() < 100_000.0));
        }
    }
}
