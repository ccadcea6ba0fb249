//! Every timer of the core in one list, and the queue that they wait in.
//!
//! All transports of this core are reliable (OX-1), so the retransmission timers A, E and G of
//! RFC 3261 do not exist and D, I, J and K are zero. The 2xx of an INVITE is the exception: it is
//! repeated end to end by the transaction user whatever the transport (RFC 3261 §13.3.1.4).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// T1, the round-trip estimate: 500 ms (RFC 3261 §17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);

/// T2, the longest gap between two transmissions of a 2xx: 4 s (RFC 3261 §13.3.1.4).
pub const T2: Duration = Duration::from_secs(4);

/// How long a transaction may last: 64*T1, 32 s.
pub const TRANSACTION_TIMEOUT: Duration = T1.saturating_mul(64);

/// A timer, by the letter or the purpose that its RFC gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// INVITE client transaction: nothing heard for 64*T1 (RFC 3261 §17.1.1.2).
    B,
    /// INVITE client transaction: absorbs repeated final responses, 0 s (RFC 3261 §17.1.1.2).
    D,
    /// Non-INVITE client transaction: no final response for 64*T1 (RFC 3261 §17.1.2.2).
    F,
    /// INVITE server transaction: no ACK to a failure for 64*T1 (RFC 3261 §17.2.1).
    H,
    /// INVITE server transaction: absorbs repeated ACKs, 0 s (RFC 3261 §17.2.1).
    I,
    /// Non-INVITE server transaction: absorbs repeated requests, 0 s (RFC 3261 §17.2.2).
    J,
    /// Non-INVITE client transaction: absorbs repeated responses, 0 s (RFC 3261 §17.1.2.2).
    K,
    /// INVITE server transaction in Accepted: 64*T1 (RFC 6026 §7.1).
    L,
    /// INVITE client transaction in Accepted: further 2xx for 64*T1 (RFC 6026 §7.2).
    M,
    /// Repeats an unacknowledged 2xx, T1 doubling up to T2 (RFC 3261 §13.3.1.4).
    RepeatSuccess,
    /// Gives an unacknowledged 2xx up after 64*T1 (RFC 3261 §13.3.1.4).
    AwaitAck,
    /// Repeats an unacknowledged reliable provisional response, T1 doubling (RFC 3262 §3).
    RepeatProvisional,
    /// Gives an unacknowledged reliable provisional response up after 64*T1 (RFC 3262 §3).
    AwaitPrack,
    /// Sends the provisional response again every minute, so that no proxy gives the call up
    /// (RFC 3261 §13.3.1.1).
    KeepRinging,
    /// Ends a call that nobody answered within the Expires of its INVITE (RFC 3261 §13.3.1).
    InviteExpires,
    /// Ends a call 64*T1 after its CANCEL, answered or not (RFC 3261 §9.1).
    AwaitCancelled,
    /// Sends a re-INVITE or an UPDATE again after a 491 (RFC 3261 §14.1).
    RetryModify,
    /// Shows the other side that the call still stands (RFC 4028 §10).
    RefreshSession,
    /// Gives up a call whose other side has not shown for the session interval that it still
    /// stands (RFC 4028 §10).
    SessionExpires,
    /// Gives up waiting for word of a transfer (RFC 6665 §4.1.2.4, Timer N, and as long as the
    /// notifications say).
    AwaitTransfer,
    /// Forgets a call that is over, once no response to its requests can still arrive.
    Linger,
    /// Refreshes the registration before it expires (RFC 3261 §10.2.4).
    RefreshRegistration,
    /// Tries to register again after a failure (RFC 5626 §4.5).
    RetryRegistration,
    /// Gives a server up that does not answer our REGISTER while another one may, or when the
    /// network was disturbed: 3 s.
    AwaitRegistrar,
    /// Looks whether a better server than the one that serves us is back.
    TryBetter,
    /// Signs out without the server's word, because nobody waits half a minute to quit.
    SignOut,
    /// Sends a keep-alive (RFC 5626 §4.4.1, [MS-CONMGMT]).
    KeepAlive,
    /// Gives a flow up whose keep-alive was not answered for 10 s (RFC 5626 §4.4.1).
    AwaitPong,
    /// Refreshes a subscription before it expires (RFC 6665 §4.1.2.2).
    RefreshSubscription,
    /// Tries to subscribe again after a refusal.
    RetrySubscription,
    /// Refreshes our published presence before it expires (RFC 3903 §4.1).
    RefreshPublication,
    /// Tries to publish again after trouble that passes.
    RetryPublication,
}

impl Timer {
    /// How long a timer runs over a reliable transport, at first or always; zero for those whose
    /// length somebody else decides.
    pub(crate) fn duration(self) -> Duration {
        match self {
            Self::B | Self::F | Self::H | Self::L | Self::M => TRANSACTION_TIMEOUT,
            Self::AwaitAck | Self::AwaitPrack | Self::AwaitCancelled | Self::AwaitTransfer => {
                TRANSACTION_TIMEOUT
            }
            Self::D | Self::I | Self::J | Self::K => Duration::ZERO,
            Self::RepeatSuccess | Self::RepeatProvisional => T1,
            Self::KeepRinging => Duration::from_secs(60),
            Self::Linger => TRANSACTION_TIMEOUT + T2,
            Self::SignOut => Duration::from_secs(2),
            Self::AwaitRegistrar => Duration::from_secs(3),
            Self::AwaitPong => Duration::from_secs(10),
            Self::InviteExpires
            | Self::RetryModify
            | Self::RefreshSession
            | Self::SessionExpires
            | Self::RefreshRegistration
            | Self::RetryRegistration
            | Self::TryBetter
            | Self::KeepAlive
            | Self::RefreshSubscription
            | Self::RetrySubscription
            | Self::RefreshPublication
            | Self::RetryPublication => Duration::ZERO,
        }
    }
}

/// Running timers of many owners, in the order in which they expire.
#[derive(Debug, Clone)]
pub(crate) struct TimerQueue<Owner> {
    by_deadline: BTreeMap<(Instant, u64), (Owner, Timer)>,
    by_owner: BTreeMap<(Owner, Timer), (Instant, u64)>,
    /// Keeps timers with the same deadline in the order in which they were set.
    sequence: u64,
}

impl<Owner: Copy + Ord> TimerQueue<Owner> {
    pub(crate) fn new() -> Self {
        Self {
            by_deadline: BTreeMap::new(),
            by_owner: BTreeMap::new(),
            sequence: 0,
        }
    }

    /// Starts a timer, or moves it when it runs already.
    pub(crate) fn set(&mut self, owner: Owner, timer: Timer, deadline: Instant) {
        self.stop(owner, timer);
        self.sequence += 1;
        let slot = (deadline, self.sequence);
        self.by_deadline.insert(slot, (owner, timer));
        self.by_owner.insert((owner, timer), slot);
    }

    pub(crate) fn stop(&mut self, owner: Owner, timer: Timer) {
        if let Some(slot) = self.by_owner.remove(&(owner, timer)) {
            self.by_deadline.remove(&slot);
        }
    }

    pub(crate) fn stop_all(&mut self, owner: Owner) {
        let running = self
            .by_owner
            .range((owner, Timer::B)..=(owner, Timer::Linger));
        let running: Vec<Timer> = running.map(|((_, timer), _)| *timer).collect();
        for timer in running {
            self.stop(owner, timer);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.by_deadline
            .first_key_value()
            .map(|((deadline, _), _)| *deadline)
    }

    /// Takes out the first timer whose time has come.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Owner, Timer)> {
        let ((deadline, _), _) = self.by_deadline.first_key_value()?;
        if *deadline > now {
            return None;
        }
        let (_, expired) = self.by_deadline.pop_first()?;
        self.by_owner.remove(&expired);
        Some(expired)
    }
}

/// Where a test starts its clock.
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant cannot be made from nothing"
)]
pub(crate) fn epoch() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_expire_in_the_order_of_their_deadlines_then_of_their_start() {
        let start = epoch();
        let mut queue = TimerQueue::new();
        queue.set(1, Timer::B, start + T2);
        queue.set(2, Timer::F, start + T1);
        queue.set(3, Timer::F, start + T1);
        assert_eq!(queue.next_deadline(), Some(start + T1));
        assert_eq!(queue.pop_due(start), None);
        assert_eq!(queue.pop_due(start + T1), Some((2, Timer::F)));
        assert_eq!(queue.pop_due(start + T1), Some((3, Timer::F)));
        assert_eq!(queue.pop_due(start + T1), None);
        assert_eq!(queue.pop_due(start + T2), Some((1, Timer::B)));
        assert_eq!(queue.next_deadline(), None);
    }

    #[test]
    fn a_timer_that_is_set_again_moves() {
        let start = epoch();
        let mut queue = TimerQueue::new();
        queue.set(1, Timer::L, start + T1);
        queue.set(1, Timer::L, start + T2);
        assert_eq!(queue.pop_due(start + T1), None);
        assert_eq!(queue.pop_due(start + T2), Some((1, Timer::L)));
    }

    #[test]
    fn stopping_all_leaves_other_owners_alone() {
        let start = epoch();
        let mut queue = TimerQueue::new();
        for timer in [Timer::B, Timer::RepeatSuccess, Timer::Linger] {
            queue.set(1, timer, start);
        }
        queue.set(2, Timer::B, start);
        queue.stop_all(1);
        assert_eq!(queue.pop_due(start), Some((2, Timer::B)));
        assert_eq!(queue.pop_due(start), None);
    }
}
