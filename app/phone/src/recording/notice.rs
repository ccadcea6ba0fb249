//! The notice that a call is being recorded, as sound in both directions.

use hark_assets::prompts;
use hark_media::tones::{Tone, ToneGenerator};
use hark_media::voice_message::Reader;

use crate::media::MAX_FRAME;
use crate::settings::RecordingNotice;

/// Plays a notice from its beginning.
pub(super) struct NoticePlayer {
    notice: RecordingNotice,
    /// Made at the first frame, because only then the rate is known, and anew when it changes.
    voice: Option<(u32, Voice)>,
}

/// What sounds, at one rate.
enum Voice {
    Quiet,
    Tone(ToneGenerator),
    Speech(Box<Reader>),
}

impl NoticePlayer {
    pub(super) fn new(notice: RecordingNotice) -> Self {
        let voice = None;
        Self { notice, voice }
    }

    /// Adds the next 10 ms to both directions.
    pub(super) fn mix_into(&mut self, rate_hz: u32, sent: &mut [i16], heard: &mut [i16]) {
        if self.voice.as_ref().is_none_or(|(made, _)| *made != rate_hz) {
            self.voice = Some((rate_hz, Voice::new(self.notice, rate_hz)));
        }
        let mut sound = [0; MAX_FRAME];
        let sound = &mut sound[..sent.len().min(MAX_FRAME)];
        match &mut self.voice {
            None | Some((_, Voice::Quiet)) => return,
            Some((_, Voice::Tone(tone))) => tone.fill(sound),
            Some((_, Voice::Speech(speech))) => drop(speech.read(sound)),
        }
        for side in [sent, heard] {
            for (sample, notice) in side.iter_mut().zip(&*sound) {
                *sample = sample.saturating_add(*notice);
            }
        }
    }
}

impl Voice {
    fn new(notice: RecordingNotice, rate_hz: u32) -> Self {
        let tone = || Self::Tone(ToneGenerator::new(Tone::Recorded, rate_hz));
        match notice {
            RecordingNotice::None => Self::Quiet,
            RecordingNotice::Tone => tone(),
            RecordingNotice::Announcement => {
                match Reader::open(prompts::CALL_IS_RECORDED, rate_hz) {
                    Ok(speech) => Self::Speech(Box::new(speech)),
                    // A rate that Opus does not know must not keep the notice from the other side.
                    Err(error) => {
                        tracing::warn!(%error, "the announcement is a tone instead");
                        tone()
                    }
                }
            }
        }
    }
}

impl std::fmt::Debug for NoticePlayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoticePlayer")
            .field("notice", &self.notice)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which hundredths of a second of the first `seconds` sound, on each side.
    fn heard(notice: RecordingNotice, rate_hz: u32, seconds: usize) -> Vec<bool> {
        let mut player = NoticePlayer::new(notice);
        let length = rate_hz as usize / 100;
        let frame = |_| {
            let (mut sent, mut heard) = ([0; MAX_FRAME], [0; MAX_FRAME]);
            let (sent, heard) = (&mut sent[..length], &mut heard[..length]);
            player.mix_into(rate_hz, sent, heard);
            assert_eq!(sent, heard);
            sent.iter().any(|sample| sample.unsigned_abs() > 500)
        };
        (0..100 * seconds).map(frame).collect()
    }

    #[test]
    fn the_tone_beeps_at_once_and_every_fifteen_seconds() {
        for rate_hz in [8_000, 16_000, 48_000] {
            let heard = heard(RecordingNotice::Tone, rate_hz, 32);
            let begins: Vec<usize> = (0..heard.len())
                .filter(|&n| heard[n] && (n == 0 || !heard[n - 1]))
                .collect();
            assert_eq!(begins, [0, 1_500, 3_000], "{rate_hz}");
        }
    }

    #[test]
    fn the_announcement_is_spoken_once() {
        for rate_hz in [8_000, 16_000, 48_000] {
            let heard = heard(RecordingNotice::Announcement, rate_hz, 20);
            let spoken = heard.iter().filter(|heard| **heard).count();
            assert!((80..300).contains(&spoken), "{spoken} hundredths");
            assert!(heard[300..].iter().all(|heard| !heard));
        }
    }

    #[test]
    fn none_is_silence() {
        assert!(!heard(RecordingNotice::None, 8_000, 20).contains(&true));
    }

    #[test]
    fn a_rate_that_changes_begins_the_notice_anew() {
        let mut player = NoticePlayer::new(RecordingNotice::Announcement);
        for rate_hz in [8_000_u32, 48_000, 16_000] {
            let mut loudest = 0;
            for _ in 0..100 {
                let (mut sent, mut heard) = ([0; MAX_FRAME], [0; MAX_FRAME]);
                let length = rate_hz as usize / 100;
                player.mix_into(rate_hz, &mut sent[..length], &mut heard[..length]);
                loudest = sent
                    .iter()
                    .map(|s| s.unsigned_abs())
                    .fold(loudest, u16::max);
            }
            assert!(loudest > 2_000, "{rate_hz}");
        }
    }

    #[test]
    fn a_loud_voice_under_the_notice_does_not_wrap() {
        let mut player = NoticePlayer::new(RecordingNotice::Tone);
        for _ in 0..20 {
            let (mut sent, mut heard) = ([i16::MAX; 80], [i16::MIN; 80]);
            player.mix_into(8_000, &mut sent, &mut heard);
            assert!(sent.iter().all(|&s| s > 0) && heard.iter().all(|&s| s < 0));
        }
    }
}
