//! Whether the microphone hears anything worth sending, for codecs that leave that to others.
//!
//! Sound is compared with the quietest that was heard lately, in all of the band and in its upper
//! part, where the beginnings of words hide. When in doubt it is voice.

use crate::codec::ComfortNoise;

/// Follows the microphone at 8 kHz.
#[derive(Debug)]
pub(super) struct SilenceDetector {
    floor: Bands,
    /// Samples until silence is believed.
    hangover: usize,
    /// Samples until the noise is described again.
    until_described: usize,
}

/// What to do with some sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Activity {
    Voice,
    /// Silence that has to be described to the other side.
    Noise(ComfortNoise),
    /// Silence that goes on as it was.
    Silence,
}

/// Power of a frame, as mean squares.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bands {
    all: f32,
    /// Of the differences between neighbours, which is what is high in it.
    upper: f32,
}

impl Default for SilenceDetector {
    fn default() -> Self {
        Self {
            floor: FLOOR,
            hangover: HANGOVER,
            until_described: 0,
        }
    }
}

impl SilenceDetector {
    /// Takes the sound of one packet.
    pub(super) fn hear(&mut self, sound: &[i16]) -> Activity {
        for frame in sound.chunks(FRAME) {
            let bands = Bands::of(frame);
            self.hangover = match bands.stands_out_of(self.floor) {
                true => HANGOVER,
                false => self.hangover.saturating_sub(frame.len()),
            };
            self.floor.follow(bands);
        }
        if self.hangover > 0 {
            self.until_described = 0;
            return Activity::Voice;
        }
        if self.until_described > sound.len() {
            self.until_described -= sound.len();
            return Activity::Silence;
        }
        self.until_described = DESCRIBED_EVERY;
        Activity::Noise(ComfortNoise::of(sound))
    }
}

impl Bands {
    fn of(frame: &[i16]) -> Self {
        let count = frame.len().max(1) as f32;
        let all: f32 = frame.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
        let differences = frame.windows(2).map(|pair| match pair {
            [a, b] => f32::from(*b) - f32::from(*a),
            _ => 0.0,
        });
        Self {
            all: all / count,
            upper: differences.map(|d| d * d).sum::<f32>() / count,
        }
    }

    fn stands_out_of(self, floor: Self) -> bool {
        self.all > floor.all * STANDS_OUT || self.upper > floor.upper * STANDS_OUT
    }

    /// Falls at once and rises slowly, so that it rests on the quiet moments between words.
    fn follow(&mut self, now: Self) {
        let follow = |floor: &mut f32, now: f32, least: f32, most: f32| {
            *floor = now.min(*floor * RISE).clamp(least, most);
        };
        follow(&mut self.all, now.all, FLOOR.all, CEILING.all);
        follow(&mut self.upper, now.upper, FLOOR.upper, CEILING.upper);
    }
}

/// 10 ms at 8 kHz.
const FRAME: usize = 80;

/// What is quieter than this is silence in any case: 4 dB above it, -70 dB of overload.
const FLOOR: Bands = Bands {
    all: 40.0,
    upper: 20.0,
};

/// No silence is louder than 4 dB above this, -40 dB of overload: a tone or music, however steady, is
/// meant to be heard.
const CEILING: Bands = Bands {
    all: 40_000.0,
    upper: 80_000.0,
};

/// 4 dB; a steady noise stays within 2 dB from frame to frame.
const STANDS_OUT: f32 = 2.5;

/// 2 dB a second.
const RISE: f32 = 1.005;

/// Half a second: longer than any stop within speech.
const HANGOVER: usize = 4_000;

/// 400 ms, as Opus has it.
const DESCRIBED_EVERY: usize = 3_200;

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise between plus and minus `level`, by chance and always the same.
    fn noise(level: i16) -> impl FnMut() -> i16 {
        let mut state = 7u32;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) as i32 % (2 * i32::from(level) + 1) - i32::from(level)) as i16
        }
    }

    /// What becomes of each 20 ms: `v` voice, `n` noise described, `.` nothing.
    fn story(seconds: f32, mut sound: impl FnMut(f32) -> i16) -> String {
        let mut detector = SilenceDetector::default();
        let packet = |packet: usize| -> Vec<i16> {
            let at = |n: usize| (packet * 160 + n) as f32 / 8_000.0;
            (0..160).map(|n| sound(at(n))).collect()
        };
        let packets = (0..(seconds * 50.0) as usize).map(packet);
        packets
            .collect::<Vec<_>>()
            .iter()
            .map(|packet| match detector.hear(packet) {
                Activity::Voice => 'v',
                Activity::Noise(_) => 'n',
                Activity::Silence => '.',
            })
            .collect()
    }

    fn tone(hz: f32, level: f32, at: f32) -> i16 {
        (level * (std::f32::consts::TAU * hz * at).sin()) as i16
    }

    #[test]
    fn a_muted_microphone_is_described_after_half_a_second_and_every_400_ms_from_then_on() {
        let story = story(2.0, |_| 0);
        let head = "v".repeat(24) + "n" + &".".repeat(19) + "n";
        assert!(story.starts_with(&head), "{story}");
        assert_eq!(story.matches('n').count(), 4, "{story}");
    }

    #[test]
    fn a_steady_noise_becomes_silence_and_speech_over_it_does_not_wait() {
        for level in [10, 30, 300] {
            let mut hiss = noise(level);
            let speech = f32::from(level) * 3.0;
            let story = story(20.0, |at| {
                let spoken = if at >= 19.0 {
                    tone(300.0, speech, at)
                } else {
                    0
                };
                hiss().saturating_add(spoken)
            });
            assert!(!story[900..950].contains('v'), "{level}: {story}");
            assert!(!story[950..].contains(['n', '.']), "{level}: {story}");
        }
    }

    #[test]
    fn a_loud_steady_tone_is_no_silence() {
        let story = story(60.0, |at| tone(440.0, 1_000.0, at));
        assert_eq!(story.trim_matches('v'), "");
    }

    #[test]
    fn the_stops_of_speech_and_its_quiet_ends_are_kept() {
        // Syllables of 200 ms with stops of 300 ms, over a soft noise; each fades by 40 dB.
        let mut hiss = noise(10);
        let story = story(10.0, |at| {
            let within = at % 0.5;
            let level = 8_000.0 * 10f32.powf(-2.0 * within / 0.2);
            let spoken = if within < 0.2 {
                tone(180.0, level, at)
            } else {
                0
            };
            hiss().saturating_add(spoken)
        });
        assert_eq!(story.trim_matches('v'), "");
    }

    #[test]
    fn a_soft_hissing_beginning_of_a_word_is_voice() {
        // A hum that hides the hiss in power, but not in its upper part.
        let mut hiss = noise(25);
        let story = story(13.0, |at| {
            let spoken = if at >= 12.0 { hiss() } else { 0 };
            tone(100.0, 100.0, at).saturating_add(spoken)
        });
        assert!(!story[550..600].contains('v'), "{story}");
        assert!(!story[600..].contains(['n', '.']), "{story}");
    }
}
