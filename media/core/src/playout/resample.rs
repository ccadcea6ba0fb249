//! Sound of one rate at another one: a low-pass filter of which only the needed values are computed
//! (polyphase). One rate has to be a multiple of the other.

use super::time::Rate;

/// Changes the rate of one stream.
#[derive(Debug)]
pub(super) struct Resampler {
    up: usize,
    down: usize,
    /// The low-pass filter at the higher of the two rates.
    taps: Vec<f32>,
    /// The last samples that came in, oldest first.
    history: Vec<f32>,
    /// Samples that came in since the last one that went out.
    phase: usize,
}

impl Resampler {
    pub(super) fn new(from: Rate, to: Rate) -> Self {
        let up = (to.hz() / from.hz()).max(1) as usize;
        let down = (from.hz() / to.hz()).max(1) as usize;
        let taps = low_pass(up.max(down), up);
        Self {
            up,
            down,
            history: vec![0.0; taps.len() / up],
            taps,
            phase: 0,
        }
    }

    /// Appends `sound` to `out` at the other rate.
    pub(super) fn convert(&mut self, sound: impl Iterator<Item = f32>, out: &mut Vec<f32>) {
        for sample in sound {
            self.history.copy_within(1.., 0);
            if let Some(newest) = self.history.last_mut() {
                *newest = sample;
            }
            self.phase += 1;
            if self.phase == self.down {
                self.phase = 0;
                out.extend((0..self.up).map(|phase| self.value(phase)));
            }
        }
    }

    fn value(&self, phase: usize) -> f32 {
        let taps = self.taps.iter().skip(phase).step_by(self.up);
        let newest_first = self.history.iter().rev();
        taps.zip(newest_first)
            .map(|(tap, sample)| tap * sample)
            .sum()
    }
}

/// A windowed sinc that passes what the lower of two rates can carry.
fn low_pass(times: usize, gain: usize) -> Vec<f32> {
    let count = LOBES * 2 * times;
    let middle = (count - 1) as f32 / 2.0;
    let tap = |n: usize| {
        let at = n as f32 - middle;
        let angle = std::f32::consts::PI * CUTOFF * at / times as f32;
        let sinc = if angle == 0.0 {
            1.0
        } else {
            angle.sin() / angle
        };
        let turn = std::f32::consts::TAU * (n as f32 + 0.5) / count as f32;
        let blackman = 0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
        sinc * blackman
    };
    let sum: f32 = (0..count).map(tap).sum();
    (0..count).map(|n| tap(n) * gain as f32 / sum).collect()
}

/// Half of the length of the filter in samples of the lower rate: 1.5 ms at 8 kHz.
const LOBES: usize = 12;

/// Where the filter has fallen by half, as a share of what the lower rate can carry.
const CUTOFF: f32 = 0.92;

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a tone of `hz`: its gain in decibels.
    fn gain(from: u32, to: u32, hz: f32) -> f32 {
        let mut resampler = Resampler::new(Rate::new(from), Rate::new(to));
        let tone = (0..from / 5).map(|n| {
            let at = std::f32::consts::TAU * hz * n as f32 / from as f32;
            10_000.0 * at.sin()
        });
        let mut out = Vec::new();
        resampler.convert(tone, &mut out);
        assert_eq!(out.len(), to as usize / 5);
        let settled = &out[out.len() / 4..];
        let power = settled.iter().map(|s| s * s).sum::<f32>() / settled.len() as f32;
        10.0 * (power / 0.5e8).log10()
    }

    #[test]
    fn tones_that_both_rates_carry_pass_and_others_do_not() {
        for (from, to) in [(8_000, 16_000), (8_000, 48_000), (16_000, 48_000)] {
            for hz in [100.0, 1_000.0, 3_000.0] {
                assert!(gain(from, to, hz).abs() < 0.5, "{from} {to} {hz}");
                assert!(gain(to, from, hz).abs() < 0.5, "{to} {from} {hz}");
            }
            let beyond = from as f32 * 0.6;
            assert!(gain(to, from, beyond) < -45.0, "{to} {from} {beyond}");
        }
    }

    #[test]
    fn lifting_the_rate_leaves_no_images() {
        let mut resampler = Resampler::new(Rate::new(8_000), Rate::new(48_000));
        let tone = |hz: f32, rate: f32, n: usize| {
            10_000.0 * (std::f32::consts::TAU * hz * n as f32 / rate).sin()
        };
        let mut out = Vec::new();
        resampler.convert((0..1_600).map(|n| tone(1_000.0, 8_000.0, n)), &mut out);
        // Between whole periods: what is not the tone itself.
        let settled = &out[4_800..9_600];
        let turn = |n: usize| std::f32::consts::TAU * 1_000.0 * n as f32 / 48_000.0;
        let project = |wave: fn(f32) -> f32| {
            let products = settled.iter().enumerate().map(|(n, s)| s * wave(turn(n)));
            products.sum::<f32>() * 2.0 / settled.len() as f32
        };
        let (sine, cosine) = (project(f32::sin), project(f32::cos));
        let rest = settled.iter().enumerate().map(|(n, s)| {
            let rest = s - sine * turn(n).sin() - cosine * turn(n).cos();
            rest * rest
        });
        let rest = rest.sum::<f32>() / settled.len() as f32;
        assert!(10.0 * (rest / 0.5e8).log10() < -50.0);
    }
}
