//! The only clock of a test. It stands still until it is told to move.

use std::time::{Duration, Instant};

/// Virtual time, counted from zero.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    zero: Instant,
    now: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    pub fn new() -> Self {
        let zero = Instant::now();
        Self { zero, now: zero }
    }

    pub fn now(&self) -> Instant {
        self.now
    }

    /// Jumps forward; a clock never goes back.
    pub fn advance_to(&mut self, time: Instant) {
        self.now = self.now.max(time);
    }

    /// The instant this long after zero.
    pub fn at(&self, since_zero: Duration) -> Instant {
        self.zero + since_zero
    }

    /// The time since zero.
    pub fn elapsed(&self) -> Duration {
        self.since_zero(self.now)
    }

    pub fn since_zero(&self, time: Instant) -> Duration {
        time.saturating_duration_since(self.zero)
    }

    /// Calls this moment zero.
    pub fn restart(&mut self) {
        self.zero = self.now;
    }
}
