//! From the ring of the microphone to 10 ms frames of a call.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use hark_media::LevelMeter;

use crate::drift::DriftControl;
use crate::resample::{Exact, Resampler, to_pcm};
use crate::ring::{self, RingReader};
use crate::wishes::Shared;

/// The media thread's end. The audio-control thread hands it a new ring whenever it has opened a
/// device; until then, and while there is none, there is silence.
pub(super) struct DeviceMicrophone {
    rings: Receiver<RingReader>,
    path: Option<Path>,
    meter: LevelMeter,
    shared: Arc<Shared>,
}

/// One open device and the way from it.
struct Path {
    ring: RingReader,
    drift: DriftControl,
    /// For the rate of the frames that were asked for last.
    resampler: Option<(u32, Resampler)>,
}

impl DeviceMicrophone {
    pub fn new(rings: Receiver<RingReader>, shared: Arc<Shared>) -> Self {
        shared.level.set(0.0);
        Self {
            rings,
            path: None,
            meter: LevelMeter::default(),
            shared,
        }
    }

    pub fn read(&mut self, now: Instant, frame: &mut [i16]) {
        if let Some(ring) = self.rings.try_iter().last() {
            self.path = Some(Path {
                ring,
                drift: DriftControl::new(),
                resampler: None,
            });
        }
        let Some(path) = &mut self.path else {
            return frame.fill(0);
        };
        path.read(now, frame);
        self.meter.feed(frame);
        self.shared.level.set(self.meter.level());
    }

    /// How long a sound has been on its way when it is read, as far as is known here.
    pub fn delay(&self) -> Duration {
        self.path
            .as_ref()
            .map_or(Duration::ZERO, |path| path.ring.filled() + path.ring.gulp())
    }
}

impl Path {
    fn read(&mut self, now: Instant, frame: &mut [i16]) {
        let rate_hz = frame.len() as u32 * 100;
        let device_hz = self.ring.rate_hz();
        self.resampler.take_if(|(to_hz, _)| *to_hz != rate_hz);
        let (_, resampler) = self
            .resampler
            .get_or_insert_with(|| (rate_hz, Resampler::new(device_hz, rate_hz, Exact::Output)));

        // Just before the device brings its next gulp, what it has not brought yet is missing, so a
        // gulp stays in hand besides the cushion.
        let gulp = self.ring.gulp_frames();
        let needed_s = (resampler.input_frames() + gulp) as f64 / f64::from(device_hz);
        let level_s = self
            .ring
            .is_flowing()
            .then(|| self.ring.level_s(now) - needed_s);
        resampler.bend(self.drift.step(level_s, self.ring.underruns()));

        let cushion = ring::frames(self.drift.cushion(), device_hz) + gulp;
        let ring = &mut self.ring;
        let samples = resampler.process(|input| {
            let mut slots = input.iter_mut();
            ring.pull(slots.len(), cushion, |sample| {
                if let Some(slot) = slots.next() {
                    *slot = sample;
                }
            });
        });
        for (slot, &sample) in frame.iter_mut().zip(samples) {
            *slot = to_pcm(sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    /// Ten seconds of 1 kHz from a device of 48 kHz that runs 300 ppm slow, in gulps of 24 frames,
    /// through the whole path to a call at 8 kHz.
    #[test]
    fn a_tone_arrives_from_a_drifting_device_without_a_gap() {
        let start = Instant::now();
        let (mut writer, reader) = ring::live(48_000, start);
        let (sender, rings) = channel();
        let shared = Arc::new(Shared::for_test());
        let mut microphone = DeviceMicrophone::new(rings, shared.clone());
        let mut frame = [7; 80];
        microphone.read(start, &mut frame);
        assert_eq!(frame, [0; 80], "silence before the device is open");
        sender.send(reader).expect("the microphone lives");

        let gulp = Duration::from_secs_f64(0.000_5 / 0.999_7);
        let (mut device_due, mut phase, mut heard) = (start, 0u32, Vec::new());
        for tick in 0..1_000u32 {
            let now = start + Duration::from_millis(10) * tick;
            while device_due <= now {
                let tone = (0..24).map(|n| {
                    0.5 * (std::f32::consts::TAU * ((phase + n) % 48) as f32 / 48.0).sin()
                });
                writer.push_from_device(device_due, tone);
                phase += 24;
                device_due += gulp;
            }
            microphone.read(now, &mut frame);
            heard.extend(frame);
        }
        assert_eq!(writer.underruns(), 0);
        // Two milliseconds hold 16 samples, some of them within a few percent of the peak.
        for (n, tone) in heard[heard.len() / 2..].chunks_exact(16).enumerate() {
            let peak = tone.iter().map(|sample| sample.unsigned_abs()).max();
            let peak = peak.expect("a chunk has samples");
            assert!((14_500..=16_600).contains(&peak), "{} ms: {peak}", n * 2);
        }
        // A sine at half of full scale is 9 dB down, and the meter spans 60 dB.
        let level = shared.level.now();
        assert!((0.84..0.86).contains(&level), "{level}");
    }
}
