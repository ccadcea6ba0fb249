//! What becomes of an incoming call: one pure function over one table of rules, [`RULES`], of which
//! the first that applies decides.
//!
//! Everything that a rule reads comes in: the INVITE's facts, the account, and the [`Situation`]. The
//! rules and the rows of their test are printed into `docs/who-rings.md`, and a test fails when the
//! page differs.
//!
//! - [`blocked`]: who is on the block list, who hides the number
//! - [`flood`]: how many calls were given up lately
//! - [`forwarding`]: where calls are sent on, and which may be

use hark_sip::CallFacts;
use hark_sip::message::StatusCode;

use crate::account::Account;
use crate::caller::Caller;
use crate::snapshot::{CallKind, Presence};

mod blocked;
mod flood;
mod forwarding;

pub(crate) use flood::GivenUp;
pub use forwarding::RulesError;
pub(crate) use forwarding::{Divert, DivertReason, Wishes, may_divert};

/// What the phone and its user are at, when a call comes in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub(crate) presence: Presence,
    /// Calls that ring, are being placed or are up.
    pub(crate) live_calls: usize,
    /// Calls that rang and were given up by their callers within the last minute.
    pub(crate) given_up: usize,
    pub(crate) wishes: &'a Wishes,
}

/// What is decided on a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) kind: CallKind,
    pub(crate) caller: Caller,
    /// The rule that decided, for the log.
    pub(crate) rule: &'static str,
    pub(crate) treatment: Treatment,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Treatment {
    /// It rings, and is sent on if nobody answers in time.
    Ring { unanswered: Option<Divert> },
    /// Answered with this status; nothing else is sent and nobody is disturbed.
    Refuse(StatusCode),
    /// Answered at once: it takes over a call that the user has already.
    TakeOver,
    /// Sent on with a 302 without ringing.
    Divert(Divert),
}

/// One rule of the table.
struct Rule {
    name: &'static str,
    /// When it applies, in words for the page.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "printed into the page by a test")
    )]
    when: &'static str,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "printed into the page by a test")
    )]
    why: &'static str,
    applies: fn(&Case<'_>) -> bool,
    then: Then,
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Ring,
    TakeOver,
    Refuse(StatusCode),
    Divert(DivertReason),
}

/// A call and everything that the rules read of it.
struct Case<'a> {
    kind: CallKind,
    facts: &'a CallFacts,
    account: &'a Account,
    situation: Situation<'a>,
}

/// Decides on one incoming call.
pub(crate) fn admit(facts: &CallFacts, account: &Account, situation: Situation<'_>) -> Verdict {
    let kind = kind(facts);
    let case = Case {
        kind,
        facts,
        account,
        situation,
    };
    let rule = RULES.iter().find(|rule| (rule.applies)(&case));
    let (rule, then) = rule.map_or(("ring", Then::Ring), |rule| (rule.name, rule.then));
    Verdict {
        kind,
        caller: Caller::of(facts, kind, &account.domain),
        rule,
        treatment: case.treatment(then),
    }
}

/// The rules, the first that applies decides.
const RULES: &[Rule] = &[
    Rule {
        name: "no room",
        when: "eight calls are there already",
        why: "A machine has an end; nothing else stands above Play on Phone.",
        applies: |case| case.situation.live_calls >= MAX_CALLS,
        then: Then::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE),
    },
    Rule {
        name: "Play on Phone",
        when: "From equals To, and it came on the flow to the own registrar",
        why: "OX-9, OX-15: the user asked for this call; it rings in every presence state and is \
              never sent on (OX-11). The two URIs decide alone.",
        applies: |case| case.kind == CallKind::PlayOnPhone,
        then: Then::Ring,
    },
    Rule {
        name: "appear offline",
        when: "presence is appear offline",
        why: "OX-10: the caller sees what an absent phone shows. It stands before all that follows, \
              because every other answer would tell that somebody is there.",
        applies: |case| case.situation.presence == Presence::AppearOffline,
        then: Then::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE),
    },
    Rule {
        name: "blocked",
        when: "the caller is on the block list",
        why: "Before forwarding: nobody pays for sending a blocked caller on.",
        applies: |case| case.situation.wishes.blocks(case.facts, case.account),
        then: Then::Refuse(StatusCode::DECLINE),
    },
    Rule {
        name: "anonymous",
        when: "the caller hides the number, and such callers are refused",
        why: "433 tells the caller what to change (RFC 5079).",
        applies: |case| case.situation.wishes.refuse_anonymous && blocked::hides(case.facts),
        then: Then::Refuse(StatusCode::ANONYMITY_DISALLOWED),
    },
    Rule {
        name: "flood",
        when: "as many calls as the flood limit rang and were given up within a minute",
        why: "Scanners ring and hang up. Calls that somebody answers or declines do not count.",
        applies: |case| case.situation.wishes.is_flood(case.situation.given_up),
        then: Then::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE),
    },
    Rule {
        name: "take over",
        when: "it replaces a call that the user has (RFC 3891)",
        why: "Somebody connects two others with each other, and the user is talking already.",
        applies: |case| case.facts.replaces.is_some(),
        then: Then::TakeOver,
    },
    Rule {
        name: "do not disturb",
        when: "presence is do not disturb",
        why: "Nobody is to be disturbed, here or elsewhere: it stands before forwarding.",
        applies: |case| case.situation.presence == Presence::DoNotDisturb,
        then: Then::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE),
    },
    Rule {
        name: "forward always",
        when: "all calls are sent on, and this one may be",
        why: "OX-11: a call that forbids it is never sent on.",
        applies: |case| case.may_divert() && case.situation.wishes.always.is_some(),
        then: Then::Divert(DivertReason::Unconditional),
    },
    Rule {
        name: "forward when busy",
        when: "another call is there, calls are sent on then, and this one may be",
        why: "Without this wish a second call waits (call waiting).",
        applies: |case| {
            let busy = case.situation.live_calls > 0;
            busy && case.may_divert() && case.situation.wishes.busy.is_some()
        },
        then: Then::Divert(DivertReason::UserBusy),
    },
    Rule {
        name: "busy",
        when: "four calls are there already",
        why: "One person cannot keep more apart.",
        applies: |case| case.situation.live_calls >= MAX_CALLS_AT_ONCE,
        then: Then::Refuse(StatusCode::BUSY_HERE),
    },
];

impl Case<'_> {
    /// OX-11, and what else stands against sending this call on.
    fn may_divert(&self) -> bool {
        self.kind != CallKind::PlayOnPhone && forwarding::may_divert(self.facts)
    }

    fn treatment(&self, then: Then) -> Treatment {
        let wishes = self.situation.wishes;
        match then {
            Then::Ring => Treatment::Ring {
                unanswered: self.may_divert().then(|| wishes.unanswered()).flatten(),
            },
            Then::TakeOver => Treatment::TakeOver,
            Then::Refuse(status) => Treatment::Refuse(status),
            Then::Divert(reason) => match wishes.divert(reason) {
                Some(divert) => Treatment::Divert(divert),
                None => Treatment::Ring { unanswered: None },
            },
        }
    }
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

/// Live calls that one window can show and one person can keep apart.
pub(crate) const MAX_CALLS_AT_ONCE: usize = 4;

/// Live calls at which not even Play on Phone rings: each has two sockets and a place on the screen.
const MAX_CALLS: usize = 8;

#[cfg(test)]
mod page;
#[cfg(test)]
mod tests;
