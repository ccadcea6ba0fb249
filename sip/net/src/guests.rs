//! Who may stay of those who connect to us: a cap on accepted flows, and a limit to silence.
//!
//! A guest earns the place by saying something that is worth an answer. Who says nothing, or says
//! one byte now and then and never a whole message, gets none.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hark_sip::FlowId;

/// The accepted flows.
#[derive(Debug)]
pub(crate) struct Guests {
    capacity: usize,
    /// When each was last answered, or came.
    heard: BTreeMap<FlowId, Guest>,
    /// Those that were never answered, in the order in which they came.
    silent: BTreeSet<(Instant, FlowId)>,
}

#[derive(Debug, Clone, Copy)]
struct Guest {
    since: Instant,
    answered: Option<Instant>,
}

/// What to do with one who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Welcome {
    ComeIn,
    /// In the place of another one.
    Replace(FlowId),
    Full,
}

impl Guests {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            heard: BTreeMap::new(),
            silent: BTreeSet::new(),
        }
    }

    /// Takes one in, if there is a place or somebody who does not need his.
    pub(crate) fn come(&mut self, now: Instant, flow: FlowId) -> Welcome {
        let welcome = match self.heard.len() < self.capacity {
            true => Welcome::ComeIn,
            false => self
                .dispensable(now)
                .map_or(Welcome::Full, Welcome::Replace),
        };
        if let Welcome::Replace(other) = welcome {
            self.go(other);
        }
        if welcome != Welcome::Full {
            let (since, answered) = (now, None);
            self.heard.insert(flow, Guest { since, answered });
            self.silent.insert((now, flow));
        }
        welcome
    }

    /// The core sends something to a flow.
    pub(crate) fn answer(&mut self, now: Instant, flow: FlowId) {
        if let Some(guest) = self.heard.get_mut(&flow)
            && guest.answered.replace(now).is_none()
        {
            self.silent.remove(&(guest.since, flow));
        }
    }

    pub(crate) fn go(&mut self, flow: FlowId) {
        if let Some(guest) = self.heard.remove(&flow) {
            self.silent.remove(&(guest.since, flow));
        }
    }

    /// Those who have been silent for too long. They are gone from here on.
    pub(crate) fn overdue(&mut self, now: Instant) -> Vec<FlowId> {
        let mut overdue = Vec::new();
        while let Some((since, flow)) = self.silent.first().copied()
            && since + LONGEST_SILENCE <= now
        {
            self.go(flow);
            overdue.push(flow);
        }
        overdue
    }

    /// When to ask [`Self::overdue`].
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let (since, _) = self.silent.first()?;
        Some(*since + LONGEST_SILENCE)
    }

    /// The first of those that never said a word; else the one that has said nothing for longest,
    /// if that is longer than anybody who keeps his flow alive is silent.
    fn dispensable(&self, now: Instant) -> Option<FlowId> {
        if let Some((_, flow)) = self.silent.first() {
            return Some(*flow);
        }
        let answered = |(flow, guest): (&FlowId, &Guest)| (guest.answered, *flow);
        let (last, flow) = self.heard.iter().map(answered).min()?;
        last.is_some_and(|last| last + LONGEST_IDLE <= now)
            .then_some(flow)
    }
}

/// Half of the files that this process may open: the other half is for calls and everything else.
#[cfg(unix)]
pub(crate) fn capacity() -> usize {
    use rustix::process::{Resource, getrlimit};
    let files = getrlimit(Resource::Nofile).current;
    let files = files.and_then(|files| usize::try_from(files).ok());
    (files.unwrap_or(MOST) / 2).min(MOST)
}

#[cfg(not(unix))]
pub(crate) fn capacity() -> usize {
    MOST
}

/// Accepted flows, whatever the system would allow.
const MOST: usize = 16_384;

/// How long one who connects may take to say something that gets an answer: as long as a
/// transaction (64*T1, RFC 3261 §17.1.1.2).
const LONGEST_SILENCE: Duration = Duration::from_secs(32);

/// Flows are kept alive every two minutes at most (RFC 5626 §4.4.1), Microsoft's every five.
const LONGEST_IDLE: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(number: u64) -> FlowId {
        FlowId(FlowId::FIRST_ACCEPTED.0 + number)
    }

    #[test]
    fn who_is_never_answered_is_overdue_after_half_a_minute() {
        let start = Instant::now();
        let mut guests = Guests::new(10);
        guests.come(start, flow(1));
        guests.come(start + Duration::from_secs(1), flow(2));
        guests.come(start + Duration::from_secs(2), flow(3));
        guests.answer(start + Duration::from_secs(3), flow(1));
        assert_eq!(
            guests.next_deadline(),
            Some(start + Duration::from_secs(33))
        );
        assert!(guests.overdue(start + Duration::from_secs(32)).is_empty());
        let overdue = guests.overdue(start + Duration::from_secs(34));
        assert_eq!(overdue, [flow(2), flow(3)]);
        assert_eq!(guests.next_deadline(), None);
    }

    #[test]
    fn a_full_house_lets_the_silent_go_and_keeps_those_that_talk() {
        let start = Instant::now();
        let mut guests = Guests::new(2);
        assert_eq!(guests.come(start, flow(1)), Welcome::ComeIn);
        assert_eq!(guests.come(start, flow(2)), Welcome::ComeIn);
        guests.answer(start, flow(1));
        assert_eq!(guests.come(start, flow(3)), Welcome::Replace(flow(2)));
        guests.answer(start, flow(3));
        let now = start + Duration::from_secs(300);
        guests.answer(now, flow(3));
        assert_eq!(guests.come(now, flow(4)), Welcome::Full);
        let later = start + Duration::from_secs(601);
        assert_eq!(guests.come(later, flow(5)), Welcome::Replace(flow(1)));
    }

    #[test]
    fn who_has_gone_makes_room() {
        let start = Instant::now();
        let mut guests = Guests::new(1);
        guests.come(start, flow(1));
        guests.answer(start, flow(1));
        guests.go(flow(1));
        assert_eq!(guests.come(start, flow(2)), Welcome::ComeIn);
    }

    #[test]
    fn the_house_has_room_for_a_site() {
        assert!(capacity() >= 128, "{}", capacity());
    }
}
