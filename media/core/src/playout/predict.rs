//! Continues a signal beyond its end: what excites the vocal tract repeats at the pitch, and the
//! tract goes on ringing, as linear prediction models it.

use super::pitch::{self, MAX_LAG};

/// Makes the samples that would follow the end of a signal.
#[derive(Debug, Clone)]
pub(super) struct Predictor {
    coefficients: [f32; ORDER],
    /// The last samples of the signal, the newest first.
    memory: [f32; ORDER],
    /// The excitation of the last period of the signal.
    excitation: [f32; MAX_LAG],
    period: usize,
    position: usize,
}

impl Predictor {
    /// A predictor of what follows `signal`, of which the last [`NEEDED`] samples count.
    pub(super) fn of(signal: &[f32]) -> Self {
        let coefficients = linear_prediction(&signal[signal.len() - WINDOW..]);
        let period = period(signal);
        let first = signal.len() - period;
        let mut excitation = [0.0; MAX_LAG];
        for (n, slot) in (first..).zip(&mut excitation[..period]) {
            let before = signal[n - ORDER..n].iter().rev();
            *slot = signal[n] - weighted_sum(&coefficients, before);
        }
        let mut memory = [0.0; ORDER];
        memory
            .iter_mut()
            .zip(signal.iter().rev())
            .for_each(|(to, from)| *to = *from);
        Self {
            coefficients,
            memory,
            excitation,
            period,
            position: 0,
        }
    }

    pub(super) fn next_sample(&mut self) -> f32 {
        let excitation = self.excitation[self.position];
        self.position = (self.position + 1) % self.period;
        let sample = excitation + weighted_sum(&self.coefficients, self.memory.iter());
        self.memory.copy_within(..ORDER - 1, 1);
        self.memory[0] = sample;
        sample
    }
}

/// After how many samples the excitation repeats. Where there is no voice, a short period would
/// make noise buzz, so that it is taken several times.
fn period(signal: &[f32]) -> usize {
    let pitch = pitch::at_end(signal);
    match pitch.likeness < VOICED {
        true => pitch.lag * MIN_NOISE_PERIOD.div_ceil(pitch.lag),
        false => pitch.lag,
    }
}

fn weighted_sum<'a>(weights: &[f32; ORDER], values: impl Iterator<Item = &'a f32>) -> f32 {
    weights
        .iter()
        .zip(values)
        .map(|(weight, value)| weight * value)
        .sum()
}

/// The predictor coefficients of a signal, by its autocorrelation and Levinson's recursion.
fn linear_prediction(signal: &[f32]) -> [f32; ORDER] {
    let mut windowed = [0.0; WINDOW];
    for (n, (to, from)) in windowed.iter_mut().zip(signal).enumerate() {
        *to = from * window(n);
    }
    let mut correlation = [0.0; ORDER + 1];
    for (lag, slot) in correlation.iter_mut().enumerate() {
        let products = windowed[lag..].iter().zip(&windowed).map(|(a, b)| a * b);
        *slot = products.sum::<f32>() * lag_window(lag);
    }
    // A touch of white noise keeps the recursion stable on pure tones and on silence.
    correlation[0] = correlation[0] * 1.000_1 + 1.0;
    let mut coefficients = levinson(&correlation);
    let mut shrink = 1.0;
    for coefficient in &mut coefficients {
        shrink *= BANDWIDTH_EXPANSION;
        *coefficient *= shrink;
    }
    coefficients
}

fn levinson(correlation: &[f32; ORDER + 1]) -> [f32; ORDER] {
    let mut coefficients = [0.0; ORDER];
    let mut error = correlation[0];
    for order in 0..ORDER {
        let predicted: f32 = (0..order)
            .map(|j| coefficients[j] * correlation[order - j])
            .sum();
        let reflection = (correlation[order + 1] - predicted) / error;
        let before = coefficients;
        coefficients[order] = reflection;
        for j in 0..order {
            coefficients[j] -= reflection * before[order - 1 - j];
        }
        error *= 1.0 - reflection * reflection;
    }
    coefficients
}

/// Rises slowly and falls quickly, because the end of the signal is what is to be continued.
fn window(n: usize) -> f32 {
    let at = (n as f32 + 0.5) / WINDOW as f32;
    let quarter = std::f32::consts::FRAC_PI_2;
    match at < WINDOW_PEAK {
        true => (quarter * at / WINDOW_PEAK).sin(),
        false => (quarter * (at - WINDOW_PEAK) / (1.0 - WINDOW_PEAK)).cos(),
    }
}

/// A Gaussian that widens each resonance by some 40 Hz.
fn lag_window(lag: usize) -> f32 {
    let at = std::f32::consts::TAU * 40.0 * lag as f32 / 8_000.0;
    (-0.5 * at * at).exp()
}

const ORDER: usize = 16;

/// 20 ms at 8 kHz.
const WINDOW: usize = 160;

/// Where the window is highest.
const WINDOW_PEAK: f32 = 0.8;

/// Lets what rings die away within some 25 ms.
const BANDWIDTH_EXPANSION: f32 = 0.995;

/// From this likeness on a signal counts as voiced.
const VOICED: f32 = 0.5;

/// 10 ms at 8 kHz.
const MIN_NOISE_PERIOD: usize = 80;

/// The samples that [`Predictor::of`] looks at.
pub(super) const NEEDED: usize = pitch::NEEDED + ORDER;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_voice_is_continued_in_phase() {
        let signal: Vec<f32> = (0..NEEDED + 160)
            .map(|n| {
                let at = std::f32::consts::TAU * 125.0 * n as f32 / 8_000.0;
                4_000.0 * (at.sin() + 0.5 * (3.0 * at).sin() + 0.3 * (9.0 * at).cos())
            })
            .collect();
        let mut predictor = Predictor::of(&signal[..NEEDED]);
        let predicted: Vec<f32> = (0..160).map(|_| predictor.next_sample()).collect();
        let likeness = pitch::likeness(&predicted, &signal[NEEDED..]);
        assert!(likeness > 0.95, "{likeness}");
    }

    #[test]
    fn silence_is_followed_by_silence_and_full_scale_does_not_grow() {
        let mut predictor = Predictor::of(&[0.0; NEEDED]);
        assert!((0..1_000).all(|_| predictor.next_sample() == 0.0));
        let square: Vec<f32> = (0..NEEDED)
            .map(|n| if n / 20 % 2 == 0 { 32_767.0 } else { -32_768.0 })
            .collect();
        let mut predictor = Predictor::of(&square);
        assert!((0..8_000).all(|_| predictor.next_sample().abs() < 100_000.0));
    }
}
