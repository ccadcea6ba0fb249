//! A WAV file that stands in for the microphone.

use std::path::Path;

use crate::resample::{Exact, Resampler, to_float, to_pcm};

/// A whole file, mono, at its own rate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recording {
    rate_hz: u32,
    samples: Vec<i16>,
}

/// Plays a [`Recording`] once, at the rate of the frames that it is asked for.
#[derive(Default)]
pub(crate) struct Playhead {
    /// The next sample of the recording.
    position: usize,
    /// In use while the call's rate is not the recording's.
    resampler: Option<(u32, Resampler)>,
}

impl Recording {
    /// Reads PCM of 8 to 32 bits or float at any rate; several channels are mixed.
    ///
    /// # Errors
    /// A sentence of the file system or about what is wrong with the file.
    pub fn load(path: &Path) -> Result<Self, hound::Error> {
        let mut reader = hound::WavReader::open(path)?;
        let spec = reader.spec();
        let floats: Vec<f32> = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
            hound::SampleFormat::Int => {
                let full_scale = (1i64 << (spec.bits_per_sample.max(1) - 1)) as f32;
                let scaled = |sample: i32| sample as f32 / full_scale;
                reader
                    .samples::<i32>()
                    .map(|s| s.map(scaled))
                    .collect::<Result<_, _>>()?
            }
        };
        if spec.sample_rate < LEAST_RATE_HZ {
            return Err(hound::Error::FormatError("the sample rate is below 1 kHz"));
        }
        let channels = usize::from(spec.channels.max(1));
        let mix = |frame: &[f32]| to_pcm(frame.iter().sum::<f32>() / channels as f32);
        let samples = floats.chunks_exact(channels).map(mix).collect();
        Ok(Self {
            rate_hz: spec.sample_rate,
            samples,
        })
    }
}

impl Playhead {
    /// Fills the next 10 ms; silence after the end.
    pub fn read(&mut self, recording: &Recording, frame: &mut [i16]) {
        let rate_hz = frame.len() as u32 * 100;
        if rate_hz == recording.rate_hz {
            self.resampler = None;
            let rest = recording.samples[self.position..].iter().copied();
            let mut samples = rest.chain(std::iter::repeat(0));
            frame.fill_with(|| samples.next().unwrap_or(0));
            self.advance(recording, frame.len());
            return;
        }
        self.resampler.take_if(|(to_hz, _)| *to_hz != rate_hz);
        let (_, resampler) = self.resampler.get_or_insert_with(|| {
            (
                rate_hz,
                Resampler::new(recording.rate_hz, rate_hz, Exact::Output),
            )
        });
        let position = self.position;
        let needed = resampler.input_frames();
        let made = resampler.process(|input| {
            let rest = &recording.samples[position..];
            let (sound, silence) = input.split_at_mut(rest.len().min(needed));
            for (slot, &sample) in sound.iter_mut().zip(rest) {
                *slot = to_float(sample);
            }
            silence.fill(0.0);
        });
        for (slot, &sample) in frame.iter_mut().zip(made) {
            *slot = to_pcm(sample);
        }
        self.advance(recording, needed);
    }

    fn advance(&mut self, recording: &Recording, samples: usize) {
        self.position = (self.position + samples).min(recording.samples.len());
    }
}

/// A slower "sound" would make a resampler of absurd length.
const LEAST_RATE_HZ: u32 = 1_000;

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn spec(channels: u16, rate_hz: u32, bits: u16, format: hound::SampleFormat) -> hound::WavSpec {
        hound::WavSpec {
            channels,
            sample_rate: rate_hz,
            bits_per_sample: bits,
            sample_format: format,
        }
    }

    /// A second of 1 kHz at half of full scale on every channel.
    fn tone_file(path: &Path, spec: hound::WavSpec) {
        let mut writer = hound::WavWriter::create(path, spec).expect("a new file");
        for n in 0..spec.sample_rate {
            let sample = 0.5 * (TAU * 1_000.0 * n as f32 / spec.sample_rate as f32).sin();
            for _ in 0..spec.channels {
                match spec.sample_format {
                    hound::SampleFormat::Float => writer.write_sample(sample),
                    hound::SampleFormat::Int => {
                        let scale = (1i64 << (spec.bits_per_sample - 1)) as f32;
                        writer.write_sample((sample * scale) as i32)
                    }
                }
                .expect("written");
            }
        }
        writer.finalize().expect("finished");
    }

    #[test]
    fn every_kind_of_file_plays_for_its_length_and_is_silent_then() {
        use hound::SampleFormat::{Float, Int};
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("tone.wav");
        for rate_hz in [8_000, 16_000, 32_000, 44_100, 48_000] {
            for (bits, format) in [(8, Int), (16, Int), (24, Int), (32, Int), (32, Float)] {
                for channels in [1, 2] {
                    tone_file(&path, spec(channels, rate_hz, bits, format));
                    let recording = Recording::load(&path).expect("a good file");
                    let tolerance = if bits == 8 { 300.0 } else { 150.0 };
                    let what = format!("{rate_hz} Hz, {bits} bit {format:?}, {channels}");
                    for call_hz in [8_000usize, 16_000] {
                        let mut playhead = Playhead::default();
                        let mut played = vec![0; call_hz * 3 / 2];
                        for frame in played.chunks_exact_mut(call_hz / 100) {
                            playhead.read(&recording, frame);
                        }
                        // No frame without the power of a sine at half of full scale.
                        let (sound, silence) = played.split_at(call_hz + call_hz / 50);
                        let middle = &sound[call_hz / 50..call_hz - call_hz / 50];
                        for frame in middle.chunks_exact(call_hz / 100) {
                            let power: f32 = frame.iter().map(|&s| f32::from(s).powi(2)).sum();
                            let rms = (power / frame.len() as f32).sqrt();
                            assert!(
                                (rms - 11_585.0).abs() < tolerance,
                                "{what} {call_hz}: {rms}"
                            );
                        }
                        assert!(silence.iter().all(|s| s.unsigned_abs() < 2), "{what}");
                    }
                }
            }
        }
    }

    #[test]
    fn at_the_rate_of_the_call_every_sample_is_the_same() {
        let recording = Recording {
            rate_hz: 8_000,
            samples: (1..=200).collect(),
        };
        let mut playhead = Playhead::default();
        let mut played = [9; 240];
        for frame in played.chunks_exact_mut(80) {
            playhead.read(&recording, frame);
        }
        let expected: Vec<i16> = (1..=200).chain(std::iter::repeat_n(0, 40)).collect();
        assert_eq!(played[..], expected[..]);
    }

    #[test]
    fn what_is_no_wav_file_is_refused_with_a_reason() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("bad.wav");
        let whole = {
            tone_file(&path, spec(1, 8_000, 16, hound::SampleFormat::Int));
            std::fs::read(&path).expect("read back")
        };
        // Cut anywhere in the head, and anywhere that splits a sample.
        for len in (0..44).chain([45, 1_001]) {
            std::fs::write(&path, &whole[..len]).expect("written");
            assert!(Recording::load(&path).is_err(), "cut to {len}");
        }
        let mut slow = whole.clone();
        slow[24..28].copy_from_slice(&3u32.to_le_bytes());
        std::fs::write(&path, slow).expect("written");
        assert!(Recording::load(&path).is_err());
        assert!(Recording::load(&folder.path().join("none.wav")).is_err());
    }
}
