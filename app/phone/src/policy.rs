//! Whether a call rings here: one pure function, with a row in its table test for every rule.
//!
//! The rules, the first that fits decides:
//!
//! 1. From equals To on the registrar's flow: Play on Phone, rings in every presence state (OX-9,
//!    OX-15).
//! 2. Appear offline and do not disturb refuse every other call with 480, at once and without a 180,
//!    so that the caller sees what an absent phone would show (OX-10).
//! 3. More calls than a person can keep apart are refused with 486. This comes after the second rule,
//!    because a 486 would tell that somebody is there.
//! 4. Everything else rings. How loudly follows from the calls that are up while it does, and is
//!    decided where sound is.
//!
//! No verdict forwards a call, so that OX-11 holds by construction.

use hark_sip::CallFacts;
use hark_sip::message::StatusCode;

use crate::account::Account;
use crate::caller::Caller;
use crate::snapshot::{CallKind, Presence};

/// What happens to an incoming call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ring {
        kind: CallKind,
        caller: Caller,
    },
    /// Answered with this status; nothing else is sent and nobody is disturbed.
    Refuse {
        kind: CallKind,
        caller: Caller,
        status: StatusCode,
    },
}

/// Decides on one incoming call while `live_calls` others are there.
pub(crate) fn admit(
    facts: &CallFacts,
    account: &Account,
    presence: Presence,
    live_calls: usize,
) -> Verdict {
    let kind = kind(facts);
    let caller = Caller::of(facts, kind, &account.domain);
    if kind != CallKind::PlayOnPhone && refuses_ordinary_calls(presence) {
        let status = StatusCode::TEMPORARILY_UNAVAILABLE;
        return Verdict::Refuse {
            kind,
            caller,
            status,
        };
    }
    if live_calls >= MAX_CALLS {
        let status = StatusCode::BUSY_HERE;
        return Verdict::Refuse {
            kind,
            caller,
            status,
        };
    }
    Verdict::Ring { kind, caller }
}

/// The URIs alone decide on Play on Phone. `Ms-Sensitivity` and `automata` can be forged by anyone
/// and must open no door; `automata` only names a machine as one (OX-16).
fn kind(facts: &CallFacts) -> CallKind {
    if facts.from_equals_to && facts.on_registrar_flow {
        CallKind::PlayOnPhone
    } else if facts.automata {
        CallKind::Automatic
    } else {
        CallKind::Person
    }
}

/// Busy tells others how it is and still lets them try; away does not keep calls away.
fn refuses_ordinary_calls(presence: Presence) -> bool {
    match presence {
        Presence::DoNotDisturb | Presence::AppearOffline => true,
        Presence::Available | Presence::Busy | Presence::Away => false,
    }
}

/// Live calls that one window can show and one person can keep apart.
const MAX_CALLS: usize = 4;

#[cfg(test)]
mod tests;
