//! Listens to what a phone has heard.

use std::path::Path;
use std::time::Duration;

use hark_media::voice_message::Reader;

/// Sound at 8 kHz.
pub struct Sound(Vec<i16>);

impl Sound {
    /// Reads a WAV file, as it is at this moment: its first channel, brought down to 8 kHz.
    pub fn read(path: &Path) -> Self {
        let mut reader = hound::WavReader::open(path).expect("a WAV file that can be read");
        let spec = reader.spec();
        assert_eq!((spec.sample_rate % 8_000, spec.bits_per_sample), (0, 16));
        let samples = reader.samples::<i16>().step_by(spec.channels.into());
        let samples: Vec<i32> = samples
            .map(|sample| sample.expect("a whole sample").into())
            .collect();
        // The mean of neighbours keeps what is too high from turning up as something low.
        let neighbours = (spec.sample_rate / 8_000) as usize;
        let mean = |near: &[i32]| (near.iter().sum::<i32>() / near.len() as i32) as i16;
        Self(samples.chunks(neighbours).map(mean).collect())
    }

    /// A prompt of the embedded server.
    pub fn prompt(id: &str) -> Self {
        let prompt = hark_assets::prompts::find(id).expect("a prompt of this name");
        let mut reader = Reader::open(prompt.ogg, 8_000).expect("a prompt that can be read");
        Self(reader.read_to_end())
    }

    /// Left and right of an Ogg/Opus file.
    pub fn sides(file: &[u8]) -> (Self, Self) {
        let mut reader = Reader::open_stereo(file, 8_000).expect("a recording that can be read");
        assert!(!reader.is_damaged());
        let samples = reader.read_to_end();
        let pairs = samples.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        let (left, right) = pairs.unzip();
        (Self(left), Self(right))
    }

    /// Writes it as a microphone file.
    pub fn write(&self, path: &Path) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).expect("a file that can be written");
        for &sample in &self.0 {
            writer.write_sample(sample).expect("a disk with room");
        }
        writer.finalize().expect("a disk with room");
    }

    /// The same after a silence.
    pub fn after(&self, silence: Duration) -> Self {
        let mut samples = vec![0; silence.as_millis() as usize * 8];
        samples.extend_from_slice(&self.0);
        Self(samples)
    }

    pub fn length(&self) -> Duration {
        Duration::from_millis(self.0.len() as u64 / 8)
    }

    /// Whether anything can be heard at all.
    pub fn is_silent(&self) -> bool {
        self.0.iter().all(|sample| sample.unsigned_abs() < 200)
    }

    /// A pure tone.
    pub fn tone(hz: f64, length: Duration) -> Self {
        let samples = length.as_millis() as usize * 8;
        let turn = std::f64::consts::TAU * hz / 8_000.0;
        let sample = |n| ((n as f64 * turn).sin() * TONE_PEAK) as i16;
        Self((0..samples).map(sample).collect())
    }

    /// For how long at a time a tone, and nothing else, is heard.
    pub fn length_of_tone(&self, hz: f64) -> Duration {
        let is_tone = |frame: &[i16]| share_of_tone(frame, hz) > ONLY_THE_TONE;
        let frames: Vec<bool> = self.0.chunks_exact(TONE_FRAME).map(is_tone).collect();
        let longest = frames.split(|tone| !tone).map(<[bool]>::len).max();
        Duration::from_millis((longest.unwrap_or(0) * TONE_FRAME / 8) as u64)
    }

    /// How well `other` is heard in this sound: the best correlation of the two loudness curves
    /// over all positions, 1 being the same. [`SAME`] tells the same speech from other speech.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (here, there) = (self.loudness(), other.loudness());
        here.windows(there.len())
            .map(|window| correlation(window, &there))
            .fold(0.0, f64::max)
    }

    /// The loudness every 10 ms, over 60 ms, so that it matters little where a frame begins.
    fn loudness(&self) -> Vec<f64> {
        let power = |frame: &[i16]| frame.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
        let frames: Vec<f64> = self.0.chunks_exact(80).map(power).collect();
        frames
            .windows(6)
            .map(|near| near.iter().sum::<f64>().sqrt())
            .collect()
    }
}

/// How much of a frame's energy is at a frequency, by Goertzel's rule: 1 for a pure tone.
fn share_of_tone(frame: &[i16], hz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hz / 8_000.0;
    let (mut before, mut last) = (0.0, 0.0);
    for &sample in frame {
        (before, last) = (last, f64::from(sample) + 2.0 * turn.cos() * last - before);
    }
    let at_tone = before * before + last * last - 2.0 * turn.cos() * before * last;
    let energy: f64 = frame.iter().map(|&s| f64::from(s).powi(2)).sum();
    if energy < AUDIBLE * frame.len() as f64 {
        return 0.0;
    }
    2.0 * at_tone / (frame.len() as f64 * energy)
}

/// A loud tone without clipping.
const TONE_PEAK: f64 = 12_000.0;
/// Samples over which a tone is looked for: 100 ms, in which neighbours 20 Hz away are told apart.
const TONE_FRAME: usize = 800;
/// The share of the energy that leaves room for the noise of G.711 and a concealed packet.
const ONLY_THE_TONE: f64 = 0.9;
/// The mean square of a sample under which a frame counts as silent.
const AUDIBLE: f64 = 10_000.0;

/// Above this the same words were heard. It tells sentences apart, not single words: two numbers
/// such as "sixty-two" and "sixty-three" are alike in loudness.
pub const SAME: f64 = 0.93;

/// Pearson's correlation.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut power_a, mut power_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        product += (a - mean_a) * (b - mean_b);
        power_a += (a - mean_a).powi(2);
        power_b += (b - mean_b).powi(2);
    }
    if power_a == 0.0 || power_b == 0.0 {
        return 0.0;
    }
    product / (power_a * power_b).sqrt()
}
