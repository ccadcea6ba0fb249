//! Resampling between the rate of a call and the rate of a device, one channel, 10 ms at a time.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Adjustable as _, Async, FixedAsync, Resampler as _, SincInterpolationParameters,
    SincInterpolationType, WindowFunction,
};

use crate::drift::MAX_BEND;

/// A band-limited resampler whose ratio can be bent while it runs. It allocates when it is made
/// and never after.
pub(crate) struct Resampler {
    inner: Box<Async<f32>>,
    input: Vec<f32>,
    output: Vec<f32>,
}

/// Which side is exactly 10 ms; the other varies by a frame, as the ratio asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exact {
    Input,
    Output,
}

impl Resampler {
    /// Both rates are above zero.
    pub fn new(from_hz: u32, to_hz: u32, exact: Exact) -> Self {
        let (frames, fixed) = match exact {
            Exact::Input => (from_hz / 100, FixedAsync::Input),
            Exact::Output => (to_hz / 100, FixedAsync::Output),
        };
        let parameters = SincInterpolationParameters::new(
            sinc_len(from_hz, to_hz),
            WindowFunction::BlackmanHarris,
        )
        .f_cutoff(CUTOFF)
        .oversampling_factor(oversampling(from_hz, to_hz))
        .interpolation(SincInterpolationType::Linear);
        let ratio = f64::from(to_hz) / f64::from(from_hz);
        let frames = frames.max(1) as usize;
        let inner = Async::new_sinc(ratio, 1.0 + 2.0 * MAX_BEND, &parameters, frames, 1, fixed)
            .expect("a positive ratio, a range above one and at least one frame are always taken");
        let input = vec![0.0; inner.input_frames_max()];
        let output = vec![0.0; inner.output_frames_max()];
        Self {
            inner: Box::new(inner),
            input,
            output,
        }
    }

    /// Makes the next samples by `factor` times as many, gliding there from the last factor.
    pub fn bend(&mut self, factor: f64) {
        let factor = factor.clamp(1.0 - MAX_BEND, 1.0 + MAX_BEND);
        self.inner
            .set_resample_ratio_relative(factor, true)
            .expect("the range at construction is twice as wide");
    }

    /// How many frames the next [`Resampler::process`] takes in.
    pub fn input_frames(&self) -> usize {
        self.inner.input_frames_next()
    }

    /// Lets `fill` put in [`Resampler::input_frames`] samples and gives what comes out.
    pub fn process(&mut self, fill: impl FnOnce(&mut [f32])) -> &[f32] {
        let needed = self.inner.input_frames_next();
        fill(&mut self.input[..needed]);
        let input = InterleavedSlice::new(&self.input[..], 1, needed)
            .expect("the buffer holds input_frames_max");
        let room = self.output.len();
        let mut output = InterleavedSlice::new_mut(&mut self.output[..], 1, room)
            .expect("the buffer holds as much as it is long");
        let (_, made) = self
            .inner
            .process_into_buffer(&input, &mut output, None)
            .expect("both buffers hold the largest step");
        &self.output[..made]
    }
}

/// Full scale of 16 bit sound is one.
pub(crate) fn to_float(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

pub(crate) fn to_pcm(sample: f32) -> i16 {
    // `as` saturates, so what is too loud is clipped and does not wrap.
    (sample * 32_768.0).round() as i16
}

/// The length of the filter in input samples, half of which is delay. 64 keep speech flat up to
/// 3.4 kHz from 8 kHz up to anything, and what is mirrored at 4 kHz 80 dB down; downwards the filter
/// cuts at a fraction of the input's band and needs as many periods of that.
fn sinc_len(from_hz: u32, to_hz: u32) -> usize {
    (64 * from_hz as usize).div_ceil(to_hz as usize).max(64)
}

/// Where the filter is down by half, as a share of the narrower band: its slope is as steep as its
/// length allows, and lies on both sides of the edge.
const CUTOFF: f32 = 0.98;

/// Filters per input sample, between which the resampler draws straight lines. 256 in the narrower
/// of the two bands keep the error below -80 dB; more would only take longer to compute.
fn oversampling(from_hz: u32, to_hz: u32) -> usize {
    (256 * to_hz.min(from_hz)).div_ceil(from_hz) as usize
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// Level of a tone after resampling, in dB against what went in, and how much of what came out
    /// is not that tone.
    fn gain_and_noise_db(from_hz: u32, to_hz: u32, tone_hz: f32) -> (f32, f32) {
        let mut resampler = Resampler::new(from_hz, to_hz, Exact::Input);
        let step = TAU * f64::from(tone_hz) / f64::from(from_hz);
        let (mut n, mut out) = (0u32, Vec::new());
        for _ in 0..100 {
            out.extend_from_slice(resampler.process(|input| {
                for sample in input {
                    *sample = (0.5 * (step * f64::from(n)).sin()) as f32;
                    n += 1;
                }
            }));
        }
        // Half a second, a whole number of periods of any tone of full hundreds.
        let settled = &out[out.len() - to_hz as usize / 2..];
        let step = TAU * f64::from(tone_hz) / f64::from(to_hz);
        let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
        for (n, &sample) in settled.iter().enumerate() {
            let sample = f64::from(sample);
            re += sample * (step * n as f64).cos();
            im += sample * (step * n as f64).sin();
            power += sample * sample;
        }
        let len = settled.len() as f64;
        let tone = 2.0 * (re * re + im * im) / len;
        let db = |power: f64| (10.0 * (power / (0.125 * len)).log10()) as f32;
        (db(tone), db((power - tone).max(1e-12)))
    }

    #[test]
    fn speech_passes_flat_between_every_call_and_device_rate() {
        for (call_hz, top_hz) in [(8_000, 3_400.0), (16_000, 7_000.0), (48_000, 18_000.0)] {
            for device_hz in [8_000, 16_000, 44_100, 48_000, 96_000] {
                for (from_hz, to_hz) in [(call_hz, device_hz), (device_hz, call_hz)] {
                    for tone_hz in [300.0, 1_000.0, top_hz] {
                        if tone_hz > 0.43 * from_hz.min(to_hz) as f32 {
                            continue;
                        }
                        let (gain_db, noise_db) = gain_and_noise_db(from_hz, to_hz, tone_hz);
                        let what = format!("{from_hz} -> {to_hz}, {tone_hz} Hz");
                        assert!(gain_db.abs() < 0.6, "{what}: {gain_db} dB");
                        assert!(noise_db < -80.0, "{what}: noise {noise_db} dB");
                    }
                }
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_gone() {
        let (gain_db, noise_db) = gain_and_noise_db(48_000, 8_000, 5_000.0);
        assert!(
            gain_db < -60.0 && noise_db < -60.0,
            "{gain_db} dB, {noise_db} dB"
        );
    }

    #[test]
    fn bending_changes_how_many_samples_come_out() {
        let made = |factor| {
            let mut resampler = Resampler::new(8_000, 48_000, Exact::Input);
            resampler.bend(factor);
            let mut step = || resampler.process(|input| input.fill(0.0)).len();
            // The first steps glide to the factor and fill the filter.
            for _ in 0..10 {
                step();
            }
            (0..1_000).map(|_| step()).sum::<usize>()
        };
        for (factor, expected) in [(1.0, 480_000), (1.0003, 480_144), (0.9997, 479_856)] {
            assert!(
                made(factor).abs_diff(expected) <= 1,
                "{factor}: {}",
                made(factor)
            );
        }
        assert!(
            made(2.0).abs_diff(482_400) <= 1,
            "held within half a percent"
        );
    }

    #[test]
    fn the_exact_side_is_ten_milliseconds() {
        for device_hz in [8_000, 16_000, 44_100, 48_000] {
            let speaker = Resampler::new(8_000, device_hz, Exact::Input);
            assert_eq!(speaker.input_frames(), 80);
            let mut microphone = Resampler::new(device_hz, 8_000, Exact::Output);
            for factor in [1.0, 1.001, 0.999] {
                microphone.bend(factor);
                assert_eq!(microphone.process(|input| input.fill(0.0)).len(), 80);
            }
        }
    }

    #[test]
    fn loud_samples_clip_and_do_not_wrap() {
        assert_eq!(
            [1.0, -1.0, 1.7, -1.7].map(to_pcm),
            [i16::MAX, i16::MIN, i16::MAX, i16::MIN]
        );
        assert!(
            [i16::MIN, -1, 0, 1, i16::MAX]
                .iter()
                .all(|&s| to_pcm(to_float(s)) == s)
        );
    }
}
