//! The times of reports (RFC 3550 §4): seconds and fractions of 2^-32, of which reports tell the
//! middle 32 bits.

use std::time::{Duration, Instant};

/// Our clock in reports. It counts from the first report, because a report need not tell the time of
/// day.
#[derive(Debug, Default)]
pub(super) struct ReportClock {
    epoch: Option<Instant>,
}

impl ReportClock {
    /// One second ahead, because a timestamp of zero says "none".
    pub(super) fn at(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        let since = now.saturating_duration_since(epoch) + Duration::from_secs(1);
        ((since.as_nanos() << 32) / 1_000_000_000) as u64
    }

    /// The round trip that an echo of one of our timestamps tells: the time since it, less the time
    /// that the other side kept it. `None` for one that makes no sense.
    pub(super) fn round_trip(&mut self, now: Instant, echo: u32, kept: u32) -> Option<Duration> {
        if echo == 0 {
            return None;
        }
        let since = middle(self.at(now)).wrapping_sub(echo);
        let round_trip = from_units(since.checked_sub(kept)?);
        (round_trip < MAX_ROUND_TRIP).then_some(round_trip)
    }
}

/// A timestamp of the other side, to be told back to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Echo {
    middle: u32,
    arrived: Instant,
}

impl Echo {
    pub(super) fn of(timestamp: u64, arrived: Instant) -> Self {
        Self {
            middle: middle(timestamp),
            arrived,
        }
    }

    /// The timestamp and how long we have kept it, in units of 1/65536 s.
    pub(super) fn told(self, now: Instant) -> (u32, u32) {
        let kept = now.saturating_duration_since(self.arrived);
        (self.middle, to_units(kept))
    }
}

/// The middle 32 bits of a timestamp, in units of 1/65536 s.
fn middle(timestamp: u64) -> u32 {
    (timestamp >> 16) as u32
}

fn to_units(time: Duration) -> u32 {
    (time.as_micros() * 65_536 / 1_000_000) as u32
}

fn from_units(units: u32) -> Duration {
    Duration::from_micros(u64::from(units) * 1_000_000 / 65_536)
}

/// A longer round trip is a report that makes no sense.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(60);
