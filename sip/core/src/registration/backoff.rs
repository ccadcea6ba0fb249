//! How long to wait before the next try (RFC 5626 §4.5).

use std::time::Duration;

use crate::ids::IdSource;

/// Consecutive failures, and the waits that follow from them.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(super) fn is_fresh(&self) -> bool {
        self.failures == 0
    }

    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    pub(super) fn count_failure(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// Counts a failure and draws the wait: at random between half of the upper bound and all of
    /// it, so that the phones of a site do not come back in step.
    pub(super) fn next(&mut self, ids: &mut IdSource) -> Duration {
        self.count_failure();
        let doubled = BASE.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        let upper = doubled.min(LONGEST);
        ids.between(upper / 2, upper)
    }
}

/// Deviation: RFC 5626 §4.5 starts with 30 s, for phones on desks. Somebody sits in front of this
/// one and has just opened a notebook; a second is as kind to the server once jitter is in.
const BASE: Duration = Duration::from_secs(1);

/// Deviation: RFC 5626 §4.5 ends at 30 minutes; a person expects to be reachable sooner than that
/// after an outage.
const LONGEST: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_five_minutes() {
        let mut ids = IdSource::from_seed([5; 32]);
        let mut backoff = Backoff::default();
        for upper in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let (upper, wait) = (Duration::from_secs(upper), backoff.next(&mut ids));
            assert!((upper / 2..=upper).contains(&wait), "{wait:?} of {upper:?}");
        }
    }

    #[test]
    fn any_number_of_failures_is_survived() {
        let mut ids = IdSource::from_seed([5; 32]);
        let mut backoff = Backoff { failures: u32::MAX };
        assert!(backoff.next(&mut ids) <= LONGEST);
    }
}
