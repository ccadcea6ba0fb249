//! The controller against two simulated clocks and a real ring, in virtual time.

use std::time::Instant;

use super::*;
use crate::ring;

/// Low, because it is the count of samples that takes the time of these tests. Nothing in the
/// controller depends on it.
const DEVICE_RATE_HZ: u32 = 8_000;
const MINUTES: u64 = 20;

/// One simulated call: who is late, and by how much.
#[derive(Debug, Clone, Copy)]
struct Clocks {
    /// How much faster the device runs than the 10 ms timer, parts per million.
    device_ppm: f64,
    /// Frames in one callback of the device: 8 are a millisecond.
    gulp_frames: usize,
    /// The timer fires up to this much late, evenly spread.
    timer_jitter_s: f64,
}

/// What came of it after the first minute.
#[derive(Debug)]
struct Outcome {
    underruns: u32,
    /// Sound in the ring when a new frame is due, milliseconds.
    least_level_ms: f64,
    most_level_ms: f64,
}

/// A small generator, so that the jitter is the same in every run (Numerical Recipes' LCG).
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / f64::from(u32::MAX)
    }
}

/// Steps whichever clock is due next until `MINUTES` have passed. `timer` and `device` get the
/// virtual time; `timer` returns the level in seconds and the ring's underruns.
fn run(
    clocks: Clocks,
    mut timer: impl FnMut(Instant) -> (f64, u32),
    mut device: impl FnMut(Instant),
) -> Outcome {
    let start = Instant::now();
    let mut noise = Noise(7);
    let gulp_s =
        clocks.gulp_frames as f64 / (f64::from(DEVICE_RATE_HZ) * (1.0 + clocks.device_ppm * 1e-6));
    let (mut ticks, mut gulps, mut tick_due_s) = (0u64, 0u64, 0.0);
    let mut underruns_at_first = 0;
    let mut outcome = Outcome {
        underruns: 0,
        least_level_ms: f64::MAX,
        most_level_ms: f64::MIN,
    };
    while tick_due_s < MINUTES as f64 * 60.0 {
        let gulp_due_s = gulps as f64 * gulp_s;
        if gulp_due_s <= tick_due_s {
            device(start + Duration::from_secs_f64(gulp_due_s));
            gulps += 1;
            continue;
        }
        let (level_s, underruns) = timer(start + Duration::from_secs_f64(tick_due_s));
        ticks += 1;
        tick_due_s = ticks as f64 * STEP_S + noise.next() * clocks.timer_jitter_s;
        if ticks <= 6_000 {
            underruns_at_first = underruns;
            continue;
        }
        outcome.underruns = underruns - underruns_at_first;
        outcome.least_level_ms = outcome.least_level_ms.min(level_s * 1e3);
        outcome.most_level_ms = outcome.most_level_ms.max(level_s * 1e3);
    }
    outcome
}

/// A resampler's count of samples without its samples: `frames` a step times the factor, carrying
/// the fraction over.
struct Count {
    frames: f64,
    rest: f64,
}

impl Count {
    fn next(&mut self, factor: f64) -> usize {
        self.rest += self.frames * factor;
        let whole = self.rest.floor();
        self.rest -= whole;
        whole as usize
    }
}

/// A loudspeaker: the timer writes and bends, the device reads.
fn speaker(clocks: Clocks, control: Control) -> Outcome {
    let (mut writer, mut reader) = ring::live(DEVICE_RATE_HZ, Instant::now());
    let mut drift = DriftControl::new();
    let mut count = Count {
        frames: f64::from(DEVICE_RATE_HZ) * STEP_S,
        rest: 0.0,
    };
    let silence = vec![0.0; DEVICE_RATE_HZ as usize / 50];
    run(
        clocks,
        |now| {
            let level_s = writer.level_s(now);
            let factor = control.apply(drift.step(level_s, writer.underruns()));
            writer.keep_in_hand(drift.cushion());
            writer.push(&silence[..count.next(factor)]);
            (level_s.unwrap_or(0.0), writer.underruns())
        },
        |now| reader.pull_for_device(now, clocks.gulp_frames, |_| ()),
    )
}

/// A microphone: the device writes, the timer reads and bends.
fn microphone(clocks: Clocks, control: Control) -> Outcome {
    let (mut writer, mut reader) = ring::live(DEVICE_RATE_HZ, Instant::now());
    let mut drift = DriftControl::new();
    let mut count = Count {
        frames: f64::from(DEVICE_RATE_HZ) * STEP_S,
        rest: 0.0,
    };
    run(
        clocks,
        |now| {
            let gulp = reader.gulp_frames();
            let spare_s = reader.level_s(now)
                - (f64::from(DEVICE_RATE_HZ) * STEP_S + gulp as f64) / f64::from(DEVICE_RATE_HZ);
            let level_s = reader.is_flowing().then_some(spare_s);
            let factor = control.apply(drift.step(level_s, reader.underruns()));
            let cushion = ring::frames(drift.cushion(), DEVICE_RATE_HZ);
            reader.pull(count.next(1.0 / factor), gulp + cushion, |_| ());
            (level_s.unwrap_or(0.0), reader.underruns())
        },
        |now| writer.push_from_device(now, vec![0.0; clocks.gulp_frames].into_iter()),
    )
}

#[derive(Debug, Clone, Copy)]
enum Control {
    On,
    Off,
}

impl Control {
    fn apply(self, factor: f64) -> f64 {
        match self {
            Self::On => factor,
            Self::Off => 1.0,
        }
    }
}

#[test]
fn twenty_minutes_of_drift_bring_no_underrun_and_no_growing_delay() {
    for device_ppm in [-500.0, -20.0, 20.0, 500.0] {
        for gulp_frames in [4, 53, 80, 171] {
            let clocks = Clocks {
                device_ppm,
                gulp_frames,
                timer_jitter_s: 0.002,
            };
            for outcome in [
                speaker(clocks, Control::On),
                microphone(clocks, Control::On),
            ] {
                assert_eq!(outcome.underruns, 0, "{clocks:?}: {outcome:?}");
                let spread_ms = outcome.most_level_ms - outcome.least_level_ms;
                assert!(outcome.most_level_ms < 20.0, "{clocks:?}: {outcome:?}");
                assert!(spread_ms < 6.0, "{clocks:?}: {outcome:?}");
            }
        }
    }
}

#[test]
fn without_control_the_same_clocks_run_the_ring_dry() {
    let fast = Clocks {
        device_ppm: 300.0,
        gulp_frames: 80,
        timer_jitter_s: 0.002,
    };
    assert!(speaker(fast, Control::Off).underruns > 0);
    let slow = Clocks {
        device_ppm: -300.0,
        ..fast
    };
    assert!(microphone(slow, Control::Off).underruns > 0);
}

#[test]
fn a_timer_that_jitters_more_than_the_cushion_gets_a_larger_cushion() {
    let clocks = Clocks {
        device_ppm: 100.0,
        gulp_frames: 80,
        timer_jitter_s: 0.025,
    };
    for outcome in [
        speaker(clocks, Control::On),
        microphone(clocks, Control::On),
    ] {
        let per_minute = f64::from(outcome.underruns) / (MINUTES - 1) as f64;
        assert!(per_minute < 2.0, "{outcome:?}");
    }
}

#[test]
fn the_ratio_stays_within_half_a_percent_and_the_cushion_within_its_bounds() {
    let mut drift = DriftControl::new();
    for step in 0..100_000u32 {
        let level_s = if step % 2_000 < 1_000 { 0.5 } else { -0.5 };
        let factor = drift.step(Some(level_s), step / 50);
        assert!((factor - 1.0).abs() <= MAX_BEND + 1e-12, "{factor}");
        assert!(drift.cushion() <= Duration::from_millis(60));
    }
    for _ in 0..60_000 {
        drift.step(None, 2_000);
    }
    assert_eq!(
        drift.cushion(),
        Duration::from_millis(8),
        "shrinks again when all is calm"
    );
}
