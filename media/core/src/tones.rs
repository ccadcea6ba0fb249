//! Tones of our own making: ring, ringback, busy and the like, as generators of samples.
//!
//! Each tone is a short score of notes, drawn here as numbers and sounded at whatever rate the
//! device wants. Every note fades in and out, so nothing clicks.

use std::f32::consts::TAU;

/// What the user is told by sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Somebody calls: a soft phrase of bells every three seconds.
    Ring,
    /// The other side rings: 425 Hz, one second in five (ITU-T E.180).
    Ringback,
    /// The other side is busy: 425 Hz, half a second on and off.
    Busy,
    /// The network cannot carry the call: as busy, twice as fast.
    Reorder,
    /// The call failed: two falling notes, once.
    Error,
    /// "Speak after the tone", once.
    Beep,
    /// To try a loudspeaker: a rising chord, once.
    Test,
    /// This call is being recorded: a short beep of 1400 Hz every 15 s (ITU-T E.180, 47 CFR 64.501).
    Recorded,
}

/// Sounds one [`Tone`] from its beginning.
#[derive(Debug, Clone)]
pub struct ToneGenerator {
    score: Score,
    rate_hz: u32,
    /// Samples since the beginning of the score.
    position: u64,
    /// Samples that the fade-out still takes once [`Self::stop`] was called.
    stopping: Option<u32>,
}

impl ToneGenerator {
    /// A generator at `rate_hz` samples a second (a rate of 0 is taken as 1).
    pub fn new(tone: Tone, rate_hz: u32) -> Self {
        Self {
            score: tone.score(),
            rate_hz: rate_hz.max(1),
            position: 0,
            stopping: None,
        }
    }

    /// Writes the next samples; silence once the tone is finished.
    pub fn fill(&mut self, frame: &mut [i16]) {
        for sample in frame {
            *sample = (self.next_value() * f32::from(i16::MAX)) as i16;
        }
    }

    /// Ends the tone by fading it out within 20 ms.
    pub fn stop(&mut self) {
        if self.stopping.is_none() {
            self.stopping = Some(self.samples(STOP_MS) as u32);
        }
    }

    /// Whether only silence follows.
    pub fn is_finished(&self) -> bool {
        let played_out = !self.score.repeats && self.position >= self.samples(self.score.length_ms);
        self.stopping == Some(0) || played_out
    }

    fn next_value(&mut self) -> f32 {
        if self.is_finished() {
            return 0.0;
        }
        let gain = match &mut self.stopping {
            Some(left) => {
                *left -= 1;
                *left as f32 / (self.rate_hz * STOP_MS / 1_000).max(1) as f32
            }
            None => 1.0,
        };
        let in_score = self.position % self.samples(self.score.length_ms).max(1);
        let seconds = in_score as f32 / self.rate_hz as f32;
        self.position += 1;
        gain * self
            .score
            .notes
            .iter()
            .map(|n| n.value(seconds))
            .sum::<f32>()
    }

    fn samples(&self, milliseconds: u32) -> u64 {
        u64::from(self.rate_hz) * u64::from(milliseconds) / 1_000
    }
}

/// The notes of a tone.
#[derive(Debug, Clone, Copy)]
struct Score {
    notes: &'static [Note],
    length_ms: u32,
    repeats: bool,
}

/// One note: a sum of partials under one envelope.
#[derive(Debug, Clone, Copy)]
struct Note {
    start_ms: u32,
    length_ms: u32,
    /// Frequency in Hz and share of full scale.
    partials: &'static [(f32, f32)],
    /// Time constant of the decay, as of a struck bell; `None` for an even tone.
    decay_ms: Option<f32>,
}

impl Note {
    /// The note's part of the sound `seconds` after the score began, within -1.0 to 1.0.
    fn value(&self, seconds: f32) -> f32 {
        let at_ms = seconds * 1_000.0 - self.start_ms as f32;
        let left_ms = self.length_ms as f32 - at_ms;
        if at_ms < 0.0 || left_ms <= 0.0 {
            return 0.0;
        }
        let edge = (at_ms.min(left_ms) / EDGE_MS).min(1.0);
        let fade = 0.5 - 0.5 * (edge * TAU / 2.0).cos();
        let decay = self.decay_ms.map_or(1.0, |tau| (-at_ms / tau).exp());
        let t = at_ms / 1_000.0;
        let sound: f32 = self
            .partials
            .iter()
            .map(|&(hz, share)| share * (TAU * hz * t).sin())
            .sum();
        sound * fade * decay
    }
}

impl Tone {
    fn score(self) -> Score {
        let (notes, length_ms, repeats): (&'static [Note], u32, bool) = match self {
            Self::Ring => (RING, 3_000, true),
            Self::Ringback => (RINGBACK, 5_000, true),
            Self::Busy => (BUSY, 1_000, true),
            Self::Reorder => (REORDER, 500, true),
            Self::Error => (ERROR, 700, false),
            Self::Beep => (BEEP, 400, false),
            Self::Test => (TEST, 1_200, false),
            Self::Recorded => (RECORDED, 15_000, true),
        };
        Score {
            notes,
            length_ms,
            repeats,
        }
    }
}

/// How long a note takes to come and to go.
const EDGE_MS: f32 = 8.0;

/// How long [`ToneGenerator::stop`] takes.
const STOP_MS: u32 = 20;

/// A bell of the ring: its octave fades into the sound of struck wood.
const fn bell(start_ms: u32, partials: &'static [(f32, f32)]) -> Note {
    Note {
        start_ms,
        length_ms: 900,
        partials,
        decay_ms: Some(190.0),
    }
}

const fn even(start_ms: u32, length_ms: u32, partials: &'static [(f32, f32)]) -> Note {
    Note {
        start_ms,
        length_ms,
        partials,
        decay_ms: None,
    }
}

/// E5, G5, B5 and E6, twice: a phrase that carries through a room without alarming it.
const RING: &[Note] = &[
    bell(0, &[(659.26, 0.20), (1_318.51, 0.06), (2_637.0, 0.02)]),
    bell(140, &[(783.99, 0.20), (1_567.98, 0.06), (3_136.0, 0.02)]),
    bell(280, &[(987.77, 0.20), (1_975.53, 0.06)]),
    bell(420, &[(1_318.51, 0.18), (2_637.02, 0.05)]),
    bell(900, &[(659.26, 0.20), (1_318.51, 0.06), (2_637.0, 0.02)]),
    bell(1_040, &[(783.99, 0.20), (1_567.98, 0.06), (3_136.0, 0.02)]),
    bell(1_180, &[(987.77, 0.20), (1_975.53, 0.06)]),
    bell(1_320, &[(1_318.51, 0.18), (2_637.02, 0.05)]),
];

const RINGBACK: &[Note] = &[even(0, 1_000, &[(425.0, 0.16)])];

const BUSY: &[Note] = &[even(0, 500, &[(425.0, 0.16)])];

const REORDER: &[Note] = &[even(0, 250, &[(425.0, 0.16)])];

const ERROR: &[Note] = &[
    Note {
        start_ms: 0,
        length_ms: 320,
        partials: &[(523.25, 0.2), (1_046.5, 0.05)],
        decay_ms: Some(220.0),
    },
    Note {
        start_ms: 240,
        length_ms: 460,
        partials: &[(392.0, 0.2), (784.0, 0.05)],
        decay_ms: Some(260.0),
    },
];

const BEEP: &[Note] = &[even(0, 400, &[(880.0, 0.22)])];

const TEST: &[Note] = &[
    bell(0, &[(523.25, 0.18), (1_046.5, 0.05)]),
    bell(150, &[(659.26, 0.18), (1_318.51, 0.05)]),
    bell(300, &[(783.99, 0.18), (1_567.98, 0.05)]),
];

const RECORDED: &[Note] = &[even(0, 250, &[(1_400.0, 0.16)])];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Tone; 8] = [
        Tone::Ring,
        Tone::Ringback,
        Tone::Busy,
        Tone::Reorder,
        Tone::Error,
        Tone::Beep,
        Tone::Test,
        Tone::Recorded,
    ];

    fn sound(tone: Tone, rate_hz: u32, milliseconds: u32) -> Vec<i16> {
        let mut samples = vec![0; (rate_hz * milliseconds / 1_000) as usize];
        ToneGenerator::new(tone, rate_hz).fill(&mut samples);
        samples
    }

    #[test]
    fn every_tone_sounds_without_clipping_at_every_rate() {
        for tone in ALL {
            for rate_hz in [8_000, 16_000, 44_100, 48_000] {
                let samples = sound(tone, rate_hz, 3_000);
                let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
                assert!(
                    (3_000..30_000).contains(&peak),
                    "{tone:?} at {rate_hz} Hz: {peak}"
                );
            }
        }
    }

    #[test]
    fn no_tone_clicks_when_it_begins_repeats_or_ends() {
        for tone in ALL {
            let samples = sound(tone, 48_000, 11_000);
            let step = samples
                .windows(2)
                .map(|w| (i32::from(w[1]) - i32::from(w[0])).abs())
                .max();
            assert!(step < Some(3_500), "{tone:?}: a step of {step:?}");
            assert_eq!(samples[0], 0);
        }
    }

    #[test]
    fn busy_is_on_and_off_for_half_a_second_each() {
        let samples = sound(Tone::Busy, 8_000, 2_000);
        let loud = |from_ms: usize| samples[from_ms * 8..][..80].iter().any(|s| s.abs() > 1_000);
        let pattern: Vec<bool> = (0..8).map(|quarter| loud(quarter * 250 + 100)).collect();
        assert_eq!(
            pattern,
            [true, true, false, false, true, true, false, false]
        );
    }

    #[test]
    fn a_tone_that_is_stopped_fades_out_within_20_ms() {
        let mut generator = ToneGenerator::new(Tone::Ringback, 8_000);
        let mut frame = [0; 800];
        generator.fill(&mut frame);
        assert!(!generator.is_finished());
        generator.stop();
        let mut tail = [0; 160];
        generator.fill(&mut tail);
        assert!(tail[..40].iter().any(|s| s.abs() > 1_000));
        assert!(generator.is_finished());
        generator.fill(&mut tail);
        assert_eq!(tail, [0; 160]);
    }

    #[test]
    fn tones_that_say_one_thing_end_by_themselves() {
        for (tone, ends) in ALL.map(|t| (t, matches!(t, Tone::Error | Tone::Beep | Tone::Test))) {
            let mut generator = ToneGenerator::new(tone, 16_000);
            generator.fill(&mut vec![0; 16_000 * 10]);
            assert_eq!(generator.is_finished(), ends, "{tone:?}");
        }
    }
}
