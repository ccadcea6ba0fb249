//! How many calls rang and were given up lately: what tells a scanner from a person.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// When callers gave up calls that rang here.
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenUp {
    times: VecDeque<Instant>,
}

impl GivenUp {
    pub(crate) fn note(&mut self, now: Instant) {
        if self.times.len() == MOST_KEPT {
            self.times.pop_front();
        }
        self.times.push_back(now);
    }

    /// How many it were within the last minute.
    pub(crate) fn lately(&mut self, now: Instant) -> usize {
        let is_old = |time: &Instant| now.saturating_duration_since(*time) >= WINDOW;
        while self.times.front().is_some_and(is_old) {
            self.times.pop_front();
        }
        self.times.len()
    }
}

const WINDOW: Duration = Duration::from_secs(60);

/// More than any flood limit that makes sense.
const MOST_KEPT: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_forgotten_after_a_minute() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut given_up = GivenUp::default();
        for seconds in [0, 10, 20] {
            given_up.note(at(seconds));
        }
        assert_eq!(given_up.lately(at(59)), 3);
        assert_eq!(given_up.lately(at(60)), 2);
        assert_eq!(given_up.lately(at(80)), 0);
    }

    #[test]
    fn a_flood_does_not_grow_what_is_kept() {
        let start = Instant::now();
        let mut given_up = GivenUp::default();
        (0..3 * MOST_KEPT).for_each(|_| given_up.note(start));
        assert_eq!(given_up.lately(start), MOST_KEPT);
    }
}
