//! How RTP timestamps lie in media time.

use super::time::{MS, ticks_a_step};

/// The media time of one source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeline {
    clock_rate_hz: u32,
    /// The newest timestamp and its media time.
    timestamp: u32,
    newest: i64,
    /// Where the sound begins; before it there is nothing to conceal.
    pub(super) start: i64,
    /// Media time of the next sample to be made ready.
    pub(super) head: i64,
    /// The timestamp that would confirm a jump of the sender's clock.
    jump: Option<u32>,
    /// The source that it belongs to is gone.
    pub(super) ended: bool,
}

/// The time that a packet tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) timestamp: u32,
    pub(super) clock_rate_hz: u32,
    /// How much sound follows, in ticks.
    pub(super) length: i64,
}

/// Where a packet belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    At(i64),
    /// A new timeline begins with this packet.
    Anew,
    /// Its time makes no sense; perhaps the next packet confirms it.
    Nowhere,
}

impl Timeline {
    /// Begins with a packet whose media time is `at`, while the sound has come to `head`.
    pub(super) fn new(stamp: Stamp, at: i64, head: i64) -> Self {
        Self {
            clock_rate_hz: stamp.clock_rate_hz,
            timestamp: stamp.timestamp,
            newest: at,
            start: at,
            head,
            jump: None,
            ended: false,
        }
    }

    /// Finds the media time of a packet. A clock that jumps is believed when the packet behind it
    /// goes on there.
    pub(super) fn place(&mut self, stamp: Stamp) -> Place {
        if self.ended || self.clock_rate_hz != stamp.clock_rate_hz {
            return Place::Anew;
        }
        let at = self.media_time(stamp.timestamp);
        if !self.is_near(at) {
            let confirmed = self.jump == Some(stamp.timestamp);
            let next = (stamp.length / ticks_a_step(self.clock_rate_hz)) as u32;
            self.jump = Some(stamp.timestamp.wrapping_add(next));
            return match confirmed {
                true => Place::Anew,
                false => Place::Nowhere,
            };
        }
        self.jump = None;
        if at > self.newest {
            self.newest = at;
            self.timestamp = stamp.timestamp;
            // The network stood still and delivers now: better late than never.
            if self.head - at > STALL {
                self.head = at;
            }
        }
        if at >= self.head {
            self.start = self.start.min(at);
        }
        Place::At(at)
    }

    /// The media time of a packet that holds no sound, if it makes sense.
    pub(super) fn find(&self, timestamp: u32) -> Option<i64> {
        let at = self.media_time(timestamp);
        (!self.ended && self.is_near(at)).then_some(at)
    }

    fn media_time(&self, timestamp: u32) -> i64 {
        let since = timestamp.wrapping_sub(self.timestamp) as i32;
        self.newest + i64::from(since) * ticks_a_step(self.clock_rate_hz)
    }

    fn is_near(&self, at: i64) -> bool {
        (-MAX_BEHIND..MAX_AHEAD).contains(&(at - self.head))
    }
}

/// A newest packet that comes this late tells of a network that stood still.
const STALL: i64 = 100 * MS;

/// Timestamps this far off are a new timeline.
const MAX_BEHIND: i64 = 1_000 * MS;
const MAX_AHEAD: i64 = 1_000 * MS;
