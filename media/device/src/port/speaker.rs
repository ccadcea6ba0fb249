//! From 10 ms frames of a call to the ring of the loudspeaker.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::drift::DriftControl;
use crate::resample::{Exact, Resampler, to_float};
use crate::ring::RingWriter;

/// The media thread's end. The audio-control thread hands it a new ring whenever it has opened a
/// device; until then, and while there is none, frames are let go.
pub(super) struct DeviceSpeaker {
    rings: Receiver<RingWriter>,
    path: Option<Path>,
}

/// One open device and the way to it.
struct Path {
    ring: RingWriter,
    drift: DriftControl,
    /// For the rate of the frames that came last.
    resampler: Option<(u32, Resampler)>,
}

impl DeviceSpeaker {
    pub fn new(rings: Receiver<RingWriter>) -> Self {
        Self { rings, path: None }
    }

    pub fn write(&mut self, now: Instant, frame: &[i16]) {
        if let Some(ring) = self.rings.try_iter().last() {
            self.path = Some(Path {
                ring,
                drift: DriftControl::new(),
                resampler: None,
            });
        }
        if let Some(path) = &mut self.path {
            path.write(now, frame);
        }
    }

    /// How long a frame takes to leave the device, as far as is known here.
    pub fn delay(&self) -> Duration {
        self.path.as_ref().map_or(Duration::ZERO, |path| {
            path.ring.filled() + path.ring.gulp() + path.drift.cushion()
        })
    }
}

impl Path {
    fn write(&mut self, now: Instant, frame: &[i16]) {
        let factor = self
            .drift
            .step(self.ring.level_s(now), self.ring.underruns());
        self.ring.keep_in_hand(self.drift.cushion());

        let rate_hz = frame.len() as u32 * 100;
        self.resampler.take_if(|(from_hz, _)| *from_hz != rate_hz);
        let (_, resampler) = self.resampler.get_or_insert_with(|| {
            (
                rate_hz,
                Resampler::new(rate_hz, self.ring.rate_hz(), Exact::Input),
            )
        });
        resampler.bend(factor);
        let samples = resampler.process(|input| {
            for (slot, &sample) in input.iter_mut().zip(frame) {
                *slot = to_float(sample);
            }
        });
        self.ring.push(samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring;
    use std::sync::mpsc::channel;

    /// Ten seconds at 8 kHz through the whole path to a device of 48 kHz that runs 300 ppm fast.
    #[test]
    fn a_tone_arrives_at_a_drifting_device_without_a_gap() {
        let start = Instant::now();
        let (writer, mut reader) = ring::live(48_000, start);
        let (sender, rings) = channel();
        let mut speaker = DeviceSpeaker::new(rings);
        speaker.write(start, &[0; 80]);
        sender.send(writer).expect("the speaker lives");

        let gulp = Duration::from_secs_f64(0.010 / 1.0003);
        let (mut device_due, mut played, mut phase) = (start, Vec::new(), 0u32);
        for tick in 0..1_000u32 {
            let now = start + Duration::from_millis(10) * tick;
            while device_due <= now {
                reader.pull_for_device(device_due, 480, |sample| played.push(sample));
                device_due += gulp;
            }
            let mut frame = [0; 80];
            for sample in &mut frame {
                // 1 kHz is eight samples long.
                *sample =
                    [0, 11_585, 16_384, 11_585, 0, -11_585, -16_384, -11_585][(phase % 8) as usize];
                phase += 1;
            }
            speaker.write(now, &frame);
        }
        assert_eq!(reader.underruns(), 0);
        // Every millisecond of the second half has the peak of the tone.
        for (ms, tone) in played[played.len() / 2..].chunks_exact(48).enumerate() {
            let peak = tone
                .iter()
                .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
            assert!((peak - 0.5).abs() < 0.01, "{ms} ms: {peak}");
        }
    }

    #[test]
    fn frames_of_another_rate_are_resampled_anew() {
        let start = Instant::now();
        let (writer, mut reader) = ring::live(48_000, start);
        let (sender, rings) = channel();
        sender.send(writer).expect("the speaker lives");
        let mut speaker = DeviceSpeaker::new(rings);
        let mut drained = |speaker: &mut DeviceSpeaker, frame: &[i16]| {
            // The first frames fill the filter.
            for _ in 0..10 {
                speaker.write(start, frame);
            }
            reader.drain(|_| ());
            let mut samples = 0;
            for _ in 0..10 {
                speaker.write(start, frame);
            }
            reader.drain(|_| samples += 1);
            samples
        };
        for len in [80, 160, 480] {
            let samples = drained(&mut speaker, &vec![0; len]);
            assert!(4_800u32.abs_diff(samples) <= 1, "{len}: {samples}");
        }
    }
}
