//! Tones on the loudspeaker that tell the user how a call goes.

use hark_media::tones::{Tone, ToneGenerator};

/// A tone among the sound of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The other side rings.
    Ringback,
    /// The other side is busy or said no.
    Busy,
    /// The call came to nothing.
    Failed,
    /// A second call rings, softly, beside the one that is up.
    CallWaiting,
}

/// One [`Signal`] being played.
#[derive(Debug)]
pub(super) struct SignalPlayer {
    signal: Signal,
    generator: ToneGenerator,
    /// 10 ms frames since the signal, or its last repetition, began.
    frames: u32,
}

impl SignalPlayer {
    pub(super) fn new(signal: Signal) -> Self {
        Self {
            signal,
            generator: ToneGenerator::new(tone(signal), RATE_HZ),
            frames: 0,
        }
    }

    /// Adds the next 10 ms to a frame, at whatever rate the call has at this moment.
    pub(super) fn mix_into(&mut self, frame: &mut [i16]) {
        if self.signal == Signal::CallWaiting && self.frames == CALL_WAITING_FRAMES {
            *self = Self::new(self.signal);
        }
        self.frames += 1;
        let mut tone = [0; MAX_FRAME];
        self.generator.fill(&mut tone);
        // The rates of all codecs divide ours, and nothing in a tone is too high for the lowest.
        let step = (MAX_FRAME / frame.len().max(1)).max(1);
        for (sample, tone) in frame.iter_mut().zip(tone.iter().step_by(step)) {
            *sample = sample.saturating_add(*tone / self.divisor());
        }
    }

    /// Whether a tone that tells of an end has been heard for long enough.
    pub(super) fn is_finished(&self) -> bool {
        match self.signal {
            Signal::Ringback | Signal::CallWaiting => false,
            Signal::Busy => self.frames >= BUSY_FRAMES,
            Signal::Failed => self.generator.is_finished(),
        }
    }

    /// Call waiting stays under the voice of the other side.
    fn divisor(&self) -> i16 {
        match self.signal {
            Signal::CallWaiting => 4,
            Signal::Ringback | Signal::Busy | Signal::Failed => 1,
        }
    }
}

fn tone(signal: Signal) -> Tone {
    match signal {
        Signal::Ringback => Tone::Ringback,
        Signal::Busy => Tone::Busy,
        Signal::Failed => Tone::Error,
        Signal::CallWaiting => Tone::Beep,
    }
}

/// Tones are made at the highest rate of any codec.
const RATE_HZ: u32 = 48_000;

/// 10 ms of that, the longest frame.
pub(crate) const MAX_FRAME: usize = 480;

/// 4 s from one call waiting beep to the next.
const CALL_WAITING_FRAMES: u32 = 400;

/// 2 s of busy tone, then quiet: the sentence in the window stays.
const BUSY_FRAMES: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each 10 ms of the first `seconds` has sound in it.
    fn heard(signal: Signal, seconds: usize) -> Vec<bool> {
        let mut player = SignalPlayer::new(signal);
        let frame = |_| {
            let mut frame = [0; 80];
            player.mix_into(&mut frame);
            frame.iter().any(|sample| sample.unsigned_abs() > 50)
        };
        (0..100 * seconds).map(frame).collect()
    }

    #[test]
    fn call_waiting_beeps_every_four_seconds() {
        let heard = heard(Signal::CallWaiting, 8);
        assert!(heard[1] && heard[401]);
        assert!(!heard[399] && !heard[799]);
        assert_eq!(heard[..400], heard[400..]);
    }

    #[test]
    fn a_tone_is_the_same_at_every_rate_and_goes_on_through_a_change() {
        let frame = |player: &mut SignalPlayer, length: usize| {
            let mut frame = vec![0; length];
            player.mix_into(&mut frame);
            frame
        };
        let mut wide = SignalPlayer::new(Signal::Ringback);
        let mut changing = SignalPlayer::new(Signal::Ringback);
        for length in [80, 80, 160, 480, 80] {
            let all = frame(&mut wide, MAX_FRAME);
            let expected: Vec<i16> = all.into_iter().step_by(MAX_FRAME / length).collect();
            assert_eq!(frame(&mut changing, length), expected);
        }
    }

    #[test]
    fn busy_ends_and_ringback_does_not() {
        let mut busy = SignalPlayer::new(Signal::Busy);
        let mut ringback = SignalPlayer::new(Signal::Ringback);
        for _ in 0..BUSY_FRAMES {
            assert!(!busy.is_finished());
            busy.mix_into(&mut [0; 80]);
            ringback.mix_into(&mut [0; 80]);
        }
        assert!(busy.is_finished() && !ringback.is_finished());
    }

    #[test]
    fn a_signal_is_added_to_the_voice_without_wrapping() {
        let mut player = SignalPlayer::new(Signal::Ringback);
        for _ in 0..50 {
            let mut frame = [i16::MAX; 80];
            player.mix_into(&mut frame);
            assert!(frame.iter().all(|&sample| sample > 0));
        }
    }
}
