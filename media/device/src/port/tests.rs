//! Calls over simulated devices, in virtual time: an hour of drifting clocks, and an echo.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use hark_media::voice_message::Reader;

use super::microphone::DeviceMicrophone;
use super::speaker::DeviceSpeaker;
use crate::ring::{self, RingReader, RingWriter};
use crate::voice::{VoiceProcessing, VoiceProcessor};
use crate::wishes::Shared;

/// A device's clock: how long `frames` take it.
fn gulp(frames: u32, rate_hz: u32, ppm: f64) -> Duration {
    Duration::from_secs_f64(f64::from(frames) / (f64::from(rate_hz) * (1.0 + ppm * 1e-6)))
}

/// The extremes of a measure after the first minute.
#[derive(Debug)]
struct Range {
    least: Duration,
    most: Duration,
}

impl Range {
    fn new() -> Self {
        Self {
            least: Duration::MAX,
            most: Duration::ZERO,
        }
    }

    fn add(&mut self, value: Duration) {
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }
}

/// The call's end and the device's end of a loudspeaker.
fn loudspeaker(rate_hz: u32, start: Instant) -> (DeviceSpeaker, RingReader) {
    let (writer, reader) = ring::live(rate_hz, start);
    let (rings, taken) = channel();
    rings.send(writer).expect("the other end lives");
    (DeviceSpeaker::new(taken), reader)
}

/// The device's end and the call's end of a microphone.
fn microphone(rate_hz: u32, start: Instant) -> (RingWriter, DeviceMicrophone) {
    let (writer, reader) = ring::live(rate_hz, start);
    let (rings, taken) = channel();
    rings.send(reader).expect("the other end lives");
    (
        writer,
        DeviceMicrophone::new(taken, Arc::new(Shared::for_test())),
    )
}

const TICK: Duration = Duration::from_millis(10);
const MINUTE: u32 = 6_000;

/// The whole way, resampler and all, for both clocks that run a ring dry: a loudspeaker that takes
/// more than the call gives, and a microphone that gives less than the call takes. 8 kHz on both
/// sides spares the machine: an hour has 29 million samples even so.
#[test]
fn an_hour_at_500_ppm_brings_no_underrun_and_no_growing_delay() {
    let start = Instant::now();
    let (mut speaker, mut loudspeaker) = loudspeaker(8_000, start);
    let (mut from_membrane, mut microphone) = microphone(8_000, start);

    let (taken, brought) = (gulp(80, 8_000, 500.0), gulp(80, 8_000, -500.0));
    let (mut take_due, mut bring_due) = (start, start);
    let (mut played, mut heard) = (Range::new(), Range::new());
    let mut underruns = (0, 0);
    let mut frame = [0; 80];
    for tick in 0..60 * MINUTE {
        let now = start + TICK * tick;
        while take_due <= now {
            loudspeaker.pull_for_device(take_due, 80, |_| ());
            take_due += taken;
        }
        while bring_due <= now {
            from_membrane.push_from_device(bring_due, [0.0; 80].into_iter());
            bring_due += brought;
        }
        microphone.read(now, &mut frame);
        speaker.write(now, &frame);
        if tick == MINUTE {
            underruns = (loudspeaker.underruns(), from_membrane.underruns());
        }
        if tick >= MINUTE {
            played.add(speaker.delay());
            heard.add(microphone.delay());
        }
    }
    assert_eq!(
        underruns,
        (loudspeaker.underruns(), from_membrane.underruns())
    );
    // The fill moves by a gulp as the phases of the clocks pass, and by little more.
    for range in [played, heard] {
        assert!(
            range.most - range.least < Duration::from_millis(16),
            "{range:?}"
        );
        assert!(range.most < Duration::from_millis(50), "{range:?}");
    }
}

/// A call at 16 kHz over devices of 48 kHz whose clocks are 150 ppm off and differ from each other,
/// in a room with an echo 10 dB below what is played.
#[test]
fn the_echo_is_taken_out_of_a_call_over_drifting_devices() {
    let start = Instant::now();
    let (mut speaker, mut loudspeaker) = loudspeaker(48_000, start);
    let (mut from_membrane, mut microphone) = microphone(48_000, start);
    let mut voice = VoiceProcessor::default();
    voice.choose(VoiceProcessing {
        echo_cancellation: true,
        ..VoiceProcessing::NONE
    });

    let (taken, brought) = (gulp(480, 48_000, 150.0), gulp(480, 48_000, 140.0));
    let (mut take_due, mut bring_due) = (start, start);
    // Both devices' frames, from the first on; the room takes 10 ms and has some reflections.
    let (mut air, mut membrane_at) = (Vec::new(), 0);
    let reflections = [
        (480, 0.22),
        (700, 0.12),
        (1_330, -0.1),
        (2_500, 0.08),
        (4_100, -0.05),
    ];
    let mut far = Reader::open(
        include_bytes!("../../../../assets/prompts/en/demo.message.1.ogg"),
        16_000,
    )
    .expect("a prompt of ours")
    .read_to_end()
    .into_iter()
    .cycle();
    let (mut echo, mut left) = (1.0, 1.0);
    let mut frame = [0; 160];
    for tick in 0..2_000 {
        let now = start + TICK * tick;
        while take_due <= now {
            loudspeaker.pull_for_device(take_due, 480, |sample| air.push(sample));
            take_due += taken;
        }
        while bring_due <= now && membrane_at + 480 <= air.len() {
            let heard = (membrane_at..membrane_at + 480).map(|at| {
                let reflected = reflections.iter().map(|&(delay, gain): &(usize, f32)| {
                    at.checked_sub(delay).map_or(0.0, |at| gain * air[at])
                });
                reflected.sum()
            });
            from_membrane.push_from_device(bring_due, heard);
            membrane_at += 480;
            bring_due += brought;
        }
        microphone.read(now, &mut frame);
        let before = energy(&frame);
        voice.hear(&mut frame, speaker.delay() + microphone.delay());
        if tick >= 1_000 {
            echo += before;
            left += energy(&frame);
        }
        let said: Vec<i16> = far.by_ref().take(160).collect();
        voice.play(&said);
        speaker.write(now, &said);
    }
    let loss_db = 10.0 * (echo / left).log10();
    eprintln!("{loss_db:.1} dB");
    assert!(echo > 1e9, "there was an echo");
    assert!(loss_db >= 40.0, "{loss_db} dB");
}

fn energy(frame: &[i16]) -> f64 {
    frame
        .iter()
        .map(|&sample| f64::from(sample) * f64::from(sample))
        .sum()
}
