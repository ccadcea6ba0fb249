//! Our standing REGISTER: signing in, staying signed in, signing out (RFC 3261 §10,
//! RFC 5626 §4, [MS-SIPREGE]).
//!
//! `machine.rs` is the table of what follows what; `request.rs` writes a REGISTER, `grant.rs` reads
//! its 200, `refusal.rs` judges everything else, `backoff.rs` spaces the tries. The user agent
//! carries out what the table says.

mod backoff;
mod grant;
mod machine;
mod refusal;
mod request;

use std::time::{Duration, Instant};

use crate::event::{RegistrationError, RegistrationState};
use crate::ids::IdSource;
use crate::transaction::ClientTransactionId;
use backoff::Backoff;
use refusal::Remedy;

pub(crate) use backoff::Distance;
pub(crate) use grant::Grant;
pub(crate) use machine::{Action, Input, State};
pub(crate) use refusal::{Blame, Trouble};
pub(crate) use request::{Purpose, registered_contact, write};

/// What one user agent knows of its registration.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) state: State,
    /// One Call-ID and tag for all REGISTERs of this run (RFC 3261 §10.2.4).
    pub(crate) call_id: String,
    pub(crate) tag: String,
    cseq: u32,
    pub(crate) transaction: Option<ClientTransactionId>,
    /// The time that we ask for; a 423 raises it.
    pub(crate) asked: Duration,
    pub(crate) granted_for: Duration,
    /// Whether we ask for RFC 5626; a 439 means that the way to the registrar cannot do it.
    pub(crate) outbound: bool,
    /// REGISTERs sent since the last success, so that no server keeps us busy for ever.
    pub(crate) tries: u32,
    /// Times that the registrar has sent us on since the last success.
    pub(crate) redirections: u32,
    pub(crate) trouble: Option<Trouble>,
    backoff: Backoff,
    registered_at: Option<Instant>,
    granted_at: Option<Instant>,
    /// The next try, while it is waited for.
    next_try: Option<Instant>,
}

impl Registration {
    pub(crate) fn new(ids: &mut IdSource) -> Self {
        Self {
            state: State::SignedOut,
            call_id: ids.call_id(),
            tag: ids.tag(),
            cseq: 0,
            transaction: None,
            asked: DEFAULT_EXPIRES,
            granted_for: Duration::ZERO,
            outbound: true,
            tries: 0,
            redirections: 0,
            trouble: None,
            backoff: Backoff::default(),
            registered_at: None,
            granted_at: None,
            next_try: None,
        }
    }

    /// Moves on and says what has to be done, in order.
    pub(crate) fn step(&mut self, input: Input) -> &'static [Action] {
        let (state, actions) = machine::step(self.state, input);
        self.state = state;
        actions
    }

    pub(crate) fn next_cseq(&mut self) -> u32 {
        self.cseq += 1;
        self.cseq
    }

    pub(crate) fn is_registered(&self) -> bool {
        matches!(self.state, State::Registered | State::Refreshing)
    }

    /// Nothing that went well on another flow says anything about this one.
    pub(crate) fn on_new_flow(&mut self) {
        self.registered_at = None;
        self.granted_at = None;
    }

    /// When the server forgets us, if we say nothing more.
    pub(crate) fn ends_at(&self) -> Option<Instant> {
        let granted_at = self.granted_at.filter(|_| self.is_registered())?;
        Some(granted_at + self.granted_for)
    }

    /// The server has taken us in for this long.
    pub(crate) fn granted(&mut self, now: Instant, expires: Duration) {
        self.tries = 0;
        self.redirections = 0;
        self.trouble = None;
        self.granted_for = expires;
        self.granted_at = Some(now);
        let since = *self.registered_at.get_or_insert(now);
        if now.duration_since(since) >= STABLE_AFTER {
            self.backoff.reset();
        }
    }

    /// The owner does not want to wait: the next failures count from the beginning.
    pub(crate) fn start_over(&mut self) {
        self.backoff.reset();
        self.tries = 0;
        self.redirections = 0;
    }

    /// Whether a lost flow may be opened again at once: it had stood for a while, or it is the first
    /// one to be lost. A server that takes us in and throws us out in a loop gets the backoff, and
    /// so does one that has thrown out everybody else in the same moment.
    pub(crate) fn may_reopen_at_once(&mut self, now: Instant, haste: Haste) -> bool {
        let since = self.registered_at.take();
        let stood = since.is_some_and(|since| now.duration_since(since) >= STABLE_AFTER);
        if stood {
            self.backoff.reset();
        }
        let first = self.backoff.is_fresh() && since.is_some();
        if haste == Haste::Patient {
            return false;
        }
        self.backoff.count_failure();
        stood || first
    }

    /// Whether time alone may mend what is wrong, so that another try does no harm.
    pub(crate) fn may_try_any_time(&self) -> bool {
        self.remedy() == Remedy::Backoff
    }

    fn remedy(&self) -> Remedy {
        let trouble = self.trouble.as_ref();
        trouble.map_or(Remedy::Backoff, |trouble| trouble.remedy)
    }

    /// When to try again, and whether a person should know that there is something to mend.
    pub(crate) fn next_try(
        &mut self,
        now: Instant,
        distance: Distance,
        ids: &mut IdSource,
    ) -> Option<Instant> {
        self.next_try = match self.remedy() {
            Remedy::Backoff => Some(now + self.backoff.next(distance, ids)),
            Remedy::After(delay) => Some(now + delay),
            Remedy::Person => None,
        };
        self.next_try
    }

    /// How it stands while the next try is waited for.
    pub(crate) fn waiting(&self) -> RegistrationState {
        let (reason, next_try) = (self.reason(), self.next_try);
        match (self.blame(), next_try) {
            (Blame::Circumstances, Some(next_try)) => RegistrationState::Lost { reason, next_try },
            (Blame::Circumstances, None) | (Blame::Settings, _) => {
                RegistrationState::Failed { reason, next_try }
            }
        }
    }

    pub(crate) fn blame(&self) -> Blame {
        self.trouble
            .as_ref()
            .map_or(Blame::Circumstances, |trouble| trouble.blame)
    }

    /// What went wrong last.
    pub(crate) fn reason(&self) -> RegistrationError {
        let reason = self.trouble.as_ref().map(|trouble| trouble.reason.clone());
        reason.unwrap_or(RegistrationError::TimedOut)
    }
}

/// Whether somebody suffers from a lost flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Haste {
    /// A call waits, or nobody else has lost anything: the trouble is at our end.
    Urgent,
    /// The server has closed the flow, most likely those of all clients at once.
    Patient,
}

/// When to refresh something that the server granted for this long: early enough for a request
/// that times out and another one, but never in a tight loop.
pub(crate) fn refresh_delay(granted: Duration) -> Duration {
    let margin = REFRESH_MARGIN.min(granted / 2);
    (granted - margin).max(SHORTEST_REFRESH)
}

/// How often a registrar may send us on before we stop following.
pub(crate) const MAX_REDIRECTIONS: u32 = 5;

/// What we ask for: an hour, as RFC 3261 §10.2.1.1 suggests.
const DEFAULT_EXPIRES: Duration = Duration::from_secs(3600);

/// The longest that a 423 may make us ask for: a week.
pub(crate) const LONGEST_EXPIRES: Duration = Duration::from_secs(7 * 24 * 3600);

/// A refresh leaves a minute before the expiry: Timer F (32 s) and a second try.
const REFRESH_MARGIN: Duration = Duration::from_secs(60);

pub(crate) const SHORTEST_REFRESH: Duration = Duration::from_secs(5);

/// A flow that was registered for this long counts as good (RFC 5626 §4.5 leaves the time open).
const STABLE_AFTER: Duration = Duration::from_secs(30);

/// More REGISTERs than an honest server ever makes necessary for one success: two challenges, a
/// stale nonce each, a 423 and a 439.
pub(crate) const MAX_TRIES: u32 = 8;
