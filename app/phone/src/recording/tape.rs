//! The media thread's end of a recording: 10 ms of both sides at a time, handed over without waiting.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use super::notice::NoticePlayer;
use crate::media::MAX_FRAME;
use crate::settings::RecordingNotice;

/// What a call's sound passes while it is recorded.
#[derive(Debug)]
pub(crate) struct Tape {
    tap: Tap,
    notice: NoticePlayer,
}

/// Where frames go. The queue is made once and holds its frames by value, so that nothing is
/// allocated and nobody is waited for while the sound runs.
#[derive(Debug)]
pub(crate) struct Tap {
    frames: SyncSender<Frame>,
    /// Frames that found no room since the last one that did.
    missed: u32,
}

/// 10 ms of both sides.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(super) rate_hz: u32,
    /// How many frames are missing before this one.
    pub(super) missed: u32,
    samples: [i16; 2 * MAX_FRAME],
    length: usize,
}

/// Whether anybody still takes the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reel {
    Turns,
    /// The writer is gone, and has told why.
    Stopped,
}

impl Tape {
    pub(crate) fn new(tap: Tap, notice: RecordingNotice) -> Self {
        let notice = NoticePlayer::new(notice);
        Self { tap, notice }
    }

    /// The notice begins anew: somebody else is at the other end.
    pub(crate) fn announce_anew(&mut self, notice: RecordingNotice) {
        self.notice = NoticePlayer::new(notice);
    }

    /// Adds the notice to what is sent and to what is heard.
    pub(crate) fn give_notice(&mut self, rate_hz: u32, sent: &mut [i16], heard: &mut [i16]) {
        self.notice.mix_into(rate_hz, sent, heard);
    }

    /// Keeps 10 ms of what was sent and of what was heard, which are of one length.
    pub(crate) fn keep(&mut self, rate_hz: u32, sent: &[i16], heard: &[i16]) -> Reel {
        self.tap.keep(Frame::new(rate_hz, sent, heard))
    }
}

impl Tap {
    /// A tap and the end where its frames come out.
    pub(crate) fn new() -> (Self, Receiver<Frame>) {
        let (frames, receiver) = sync_channel(QUEUE);
        (Self { frames, missed: 0 }, receiver)
    }

    fn keep(&mut self, frame: Frame) -> Reel {
        let missed = self.missed;
        match self.frames.try_send(Frame { missed, ..frame }) {
            Ok(()) => self.missed = 0,
            Err(TrySendError::Full(_)) => self.missed = missed.saturating_add(1),
            Err(TrySendError::Disconnected(_)) => return Reel::Stopped,
        }
        Reel::Turns
    }
}

impl Frame {
    fn new(rate_hz: u32, sent: &[i16], heard: &[i16]) -> Self {
        let mut frame = Self {
            rate_hz,
            missed: 0,
            samples: [0; 2 * MAX_FRAME],
            length: 2 * sent.len().min(MAX_FRAME),
        };
        let sides = sent.iter().zip(heard);
        for (pair, (&sent, &heard)) in frame.samples.chunks_exact_mut(2).zip(sides) {
            pair.copy_from_slice(&[sent, heard]);
        }
        frame
    }

    /// What was sent on the left, what was heard on the right, in turns.
    pub(crate) fn samples(&self) -> &[i16] {
        &self.samples[..self.length]
    }
}

/// Frames that may wait for the disk: 4 s.
const QUEUE: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: [i16; 80] = [5; 80];

    #[test]
    fn what_is_sent_lies_on_the_left_and_what_is_heard_on_the_right() {
        let (tap, frames) = Tap::new();
        let mut tape = Tape::new(tap, RecordingNotice::None);
        assert_eq!(tape.keep(8_000, &SIDE, &[7; 80]), Reel::Turns);
        let frame = frames.recv().unwrap();
        assert_eq!((frame.rate_hz, frame.missed), (8_000, 0));
        assert_eq!(frame.samples(), [5, 7].repeat(80));
    }

    #[test]
    fn frames_that_find_no_room_are_counted_and_never_waited_for() {
        let (tap, frames) = Tap::new();
        let mut tape = Tape::new(tap, RecordingNotice::None);
        for _ in 0..QUEUE + 7 {
            assert_eq!(tape.keep(8_000, &SIDE, &SIDE), Reel::Turns);
        }
        assert_eq!(frames.try_iter().count(), QUEUE);
        tape.keep(8_000, &SIDE, &SIDE);
        assert_eq!(frames.recv().unwrap().missed, 7);
        tape.keep(8_000, &SIDE, &SIDE);
        assert_eq!(frames.recv().unwrap().missed, 0);
    }

    #[test]
    fn a_writer_that_is_gone_stops_the_reel() {
        let (tap, frames) = Tap::new();
        let mut tape = Tape::new(tap, RecordingNotice::Tone);
        drop(frames);
        assert_eq!(tape.keep(8_000, &SIDE, &SIDE), Reel::Stopped);
    }

    #[test]
    fn nothing_is_allocated_while_the_tape_runs() {
        for notice in [RecordingNotice::Tone, RecordingNotice::Announcement] {
            let (tap, frames) = Tap::new();
            let mut tape = Tape::new(tap, notice);
            let mut beat = || {
                let (mut sent, mut heard) = ([5; 80], [7; 80]);
                tape.give_notice(8_000, &mut sent, &mut heard);
                tape.keep(8_000, &sent, &heard);
            };
            // The notice is made with the first frames.
            (0..10).for_each(|_| beat());
            let used = allocation_counter::measure(|| (0..QUEUE).for_each(|_| beat()));
            assert_eq!(used.count_total, 0, "{notice:?}");
            assert_eq!(frames.try_iter().count(), QUEUE);
        }
    }
}
