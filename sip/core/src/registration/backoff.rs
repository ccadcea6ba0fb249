//! How long to wait before the next try (RFC 5626 §4.5).
//!
//! When a server goes down, all of its clients fail in the same moment, and when it is back nobody
//! wants them in the same moment either. So each client draws one phase for an outage and tries at
//! `curve(phase)`, `curve(1 + phase)`, `curve(2 + phase)` and so on. The waits double, and because
//! the phases are spread evenly, the tries of all clients together thin out evenly: whenever the
//! server comes back, no second sees more than 1/ln 2 = 1.44 times the mean of those that follow.
//! Waits that are drawn anew each time have no such bound.

use std::time::Duration;

use crate::ids::IdSource;

/// Consecutive failures, and the waits that follow from them.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    /// Drawn once for each outage, from 0 to 1.
    phase: Option<f64>,
}

/// Where the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distance {
    /// On this very machine: it has no other clients to be protected from, and asking costs nothing.
    Local,
    Far,
}

impl Backoff {
    pub(super) fn is_fresh(&self) -> bool {
        self.failures == 0
    }

    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    pub(super) fn count_failure(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// Counts a failure and returns the wait that follows it.
    pub(super) fn next(&mut self, distance: Distance, ids: &mut IdSource) -> Duration {
        let draw = || ids.below(PHASES) as f64 / PHASES as f64;
        let phase = *self.phase.get_or_insert_with(draw);
        let done = f64::from(self.failures);
        self.count_failure();
        let before = if done == 0.0 {
            0.0
        } else {
            curve(done - 1.0 + phase)
        };
        let wait = curve(done + phase) - before;
        let longest = match distance {
            Distance::Local => LONGEST_LOCAL_S,
            Distance::Far => f64::INFINITY,
        };
        Duration::from_secs_f64(wait.min(longest))
    }
}

/// Seconds from the first failure: doubling, then straight on with the slope that is reached.
fn curve(tries: f64) -> f64 {
    let steps = tries.min(DOUBLINGS);
    let doubling = BASE_S * (steps.exp2() - 1.0);
    let slope = BASE_S * DOUBLINGS.exp2() * std::f64::consts::LN_2;
    doubling + slope * (tries - steps)
}

/// Deviation: RFC 5626 §4.5 starts with 30 s, for phones on desks. Somebody sits in front of this
/// one and has just opened a notebook.
const BASE_S: f64 = 2.0;

/// Deviation: RFC 5626 §4.5 ends at 30 minutes; a person expects to be reachable sooner than that
/// after an outage. After seven doublings the tries are 177 s apart.
const DOUBLINGS: f64 = 7.0;

const LONGEST_LOCAL_S: f64 = 0.5;

/// Phases that are told apart.
const PHASES: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_one_phase_up_to_three_minutes() {
        for seed in 0..20 {
            let mut ids = IdSource::from_seed([seed; 32]);
            let mut backoff = Backoff::default();
            let first = backoff.next(Distance::Far, &mut ids).as_secs_f64();
            assert!((0.0..2.0).contains(&first), "{first}");
            let mut expected = first + 2.0;
            for _ in 0..6 {
                let wait = backoff.next(Distance::Far, &mut ids).as_secs_f64();
                assert!((wait - expected).abs() < 1e-6, "{wait} for {expected}");
                expected *= 2.0;
            }
            backoff.next(Distance::Far, &mut ids);
            for _ in 0..3 {
                let wait = backoff.next(Distance::Far, &mut ids).as_secs_f64();
                assert!((177.0..178.0).contains(&wait), "{wait}");
            }
        }
    }

    #[test]
    fn a_server_on_this_machine_is_asked_twice_a_second() {
        let mut ids = IdSource::from_seed([5; 32]);
        let mut backoff = Backoff::default();
        for _ in 0..50 {
            let wait = backoff.next(Distance::Local, &mut ids);
            assert!(wait <= Duration::from_millis(500), "{wait:?}");
        }
    }

    #[test]
    fn every_outage_has_a_phase_of_its_own() {
        let mut ids = IdSource::from_seed([5; 32]);
        let mut backoff = Backoff::default();
        let first = backoff.next(Distance::Far, &mut ids);
        backoff.reset();
        assert!(backoff.is_fresh());
        assert_ne!(backoff.next(Distance::Far, &mut ids), first);
    }

    #[test]
    fn any_number_of_failures_is_survived() {
        let mut ids = IdSource::from_seed([5; 32]);
        let mut backoff = Backoff {
            failures: u32::MAX,
            phase: None,
        };
        assert!(backoff.next(Distance::Far, &mut ids) <= Duration::from_secs(180));
    }
}
