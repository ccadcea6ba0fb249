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
    rate_hz: u32,
    /// 10 ms frames since the signal, or its last repetition, began.
    frames: u32,
}

impl SignalPlayer {
    pub(super) fn new(signal: Signal, rate_hz: u32) -> Self {
        Self {
            signal,
            generator: ToneGenerator::new(tone(signal), rate_hz),
            rate_hz,
            frames: 0,
        }
    }

    /// Adds the next 10 ms to a frame.
    pub(super) fn mix_into(&mut self, frame: &mut [i16]) {
        if self.signal == Signal::CallWaiting && self.frames == CALL_WAITING_FRAMES {
            *self = Self::new(self.signal, self.rate_hz);
        }
        self.frames += 1;
        let mut tone = [0; MAX_FRAME];
        let Some(tone) = tone.get_mut(..frame.len()) else {
            return;
        };
        self.generator.fill(tone);
        for (sample, tone) in frame.iter_mut().zip(tone) {
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

/// 10 ms at 48 kHz, the longest frame of any codec.
pub(super) const MAX_FRAME: usize = 480;

/// 4 s from one call waiting beep to the next.
const CALL_WAITING_FRAMES: u32 = 400;

/// 2 s of busy tone, then quiet: the sentence in the window stays.
const BUSY_FRAMES: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each 10 ms of the first `seconds` has sound in it.
    fn heard(signal: Signal, seconds: usize) -> Vec<bool> {
        let mut player = SignalPlayer::new(signal, 8_000);
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
    fn busy_ends_and_ringback_does_not() {
        let mut busy = SignalPlayer::new(Signal::Busy, 8_000);
        let mut ringback = SignalPlayer::new(Signal::Ringback, 8_000);
        for _ in 0..BUSY_FRAMES {
            assert!(!busy.is_finished());
            busy.mix_into(&mut [0; 80]);
            ringback.mix_into(&mut [0; 80]);
        }
        assert!(busy.is_finished() && !ringback.is_finished());
    }

    #[test]
    fn a_signal_is_added_to_the_voice_without_wrapping() {
        let mut player = SignalPlayer::new(Signal::Ringback, 8_000);
        for _ in 0..50 {
            let mut frame = [i16::MAX; 80];
            player.mix_into(&mut frame);
            assert!(frame.iter().all(|&sample| sample > 0));
        }
    }
}
