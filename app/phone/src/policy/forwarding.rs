//! What the user wants of incoming calls, read from the settings; where calls are sent on, and which
//! may be (OX-11).

use std::time::Duration;

use hark_sip::message::Uri;
use hark_sip::{CallFacts, Sensitivity};
use hark_words::say;

use super::blocked::{self, Blocked};
use crate::account::Account;
use crate::dial;
use crate::settings::{AccountSettings, RingRules};

/// The settings of who rings, ready to be used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Wishes {
    pub(super) always: Option<Uri>,
    pub(super) busy: Option<Uri>,
    no_answer: Option<(Uri, Duration)>,
    blocked: Vec<Blocked>,
    pub(super) refuse_anonymous: bool,
    /// `None` counts nothing.
    flood_limit: Option<usize>,
}

/// Where a call is sent on, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Divert {
    pub(crate) to: Uri,
    pub(crate) reason: DivertReason,
    /// How long it rings before; zero where it does not ring.
    pub(crate) after: Duration,
}

/// Why a call is sent on, for `Diversion` (RFC 5806 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DivertReason {
    Unconditional,
    UserBusy,
    NoAnswer,
    /// The user sends this one call on.
    Deflection,
}

impl DivertReason {
    /// The `reason` parameter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unconditional => "unconditional",
            Self::UserBusy => "user-busy",
            Self::NoAnswer => "no-answer",
            Self::Deflection => "deflection",
        }
    }
}

/// Why the settings cannot be used, as a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    #[error("{}", say!(forward_target_not_right, target = .0.as_str()))]
    Target(String),
    #[error("{}", say!(forward_to_oneself))]
    Oneself,
    #[error("{}", say!(blocked_not_right, entry = .0.as_str()))]
    Blocked(String),
    #[error("{}", say!(block_list_too_long, most = MAX_BLOCKED))]
    TooManyBlocked,
}

impl Wishes {
    /// Reads the settings of an account.
    ///
    /// # Errors
    /// With the first thing that the user has to mend.
    pub(crate) fn read(rules: &RingRules, account: &Account) -> Result<Self, RulesError> {
        if rules.blocked.len() > MAX_BLOCKED {
            return Err(RulesError::TooManyBlocked);
        }
        let target = |text: &Option<String>| target(text.as_deref(), account);
        let ring_for = Duration::from_secs(rules.no_answer_seconds.into()).max(SHORTEST_RING);
        let blocked = rules.blocked.iter().map(|text| {
            Blocked::read(text, &account.domain).ok_or_else(|| RulesError::Blocked(text.clone()))
        });
        Ok(Self {
            always: target(&rules.forward_always)?,
            busy: target(&rules.forward_busy)?,
            no_answer: target(&rules.forward_no_answer)?.map(|to| (to, ring_for)),
            blocked: blocked.collect::<Result<_, _>>()?,
            refuse_anonymous: rules.refuse_anonymous,
            flood_limit: (rules.flood_limit > 0).then_some(rules.flood_limit.into()),
        })
    }

    pub(super) fn blocks(&self, facts: &CallFacts, account: &Account) -> bool {
        blocked::is_blocked(&self.blocked, facts, account)
    }

    pub(super) fn is_flood(&self, given_up: usize) -> bool {
        self.flood_limit.is_some_and(|limit| given_up >= limit)
    }

    pub(super) fn unanswered(&self) -> Option<Divert> {
        self.divert(DivertReason::NoAnswer)
    }

    /// Where calls go for this reason, if the user wants it.
    pub(super) fn divert(&self, reason: DivertReason) -> Option<Divert> {
        let (to, after) = match reason {
            DivertReason::Unconditional => (self.always.clone()?, Duration::ZERO),
            DivertReason::UserBusy => (self.busy.clone()?, Duration::ZERO),
            DivertReason::NoAnswer => self.no_answer.clone()?,
            // The user names where each time.
            DivertReason::Deflection => return None,
        };
        Some(Divert { to, reason, after })
    }
}

impl RingRules {
    /// Whether these rules can be used with this account, which is the same question that
    /// [`crate::Command::SetRingRules`] answers. Fields can be checked one by one.
    ///
    /// # Errors
    /// With a sentence that says what to mend first.
    pub fn check(&self, account: &AccountSettings) -> Result<(), RulesError> {
        // An account that cannot be read is told where it is changed.
        match Account::read(account) {
            Ok(account) => Wishes::read(self, &account).map(drop),
            Err(_) => Ok(()),
        }
    }
}

/// Whether a call may be sent on: it came from our own server, it does not forbid it (OX-11), and it
/// has not been sent on so often that two phones are playing ball with it.
pub(crate) fn may_divert(facts: &CallFacts) -> bool {
    facts.on_registrar_flow
        && !facts.from_equals_to
        && !facts
            .sensitivity
            .is_some_and(Sensitivity::forbids_diversion)
        && facts.diversions.len() < MAX_DIVERSIONS
}

fn target(text: Option<&str>, account: &Account) -> Result<Option<Uri>, RulesError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let dialled = dial::destination(text, &account.domain);
    let uri = dialled
        .map_err(|_| RulesError::Target(text.to_owned()))?
        .uri;
    if uri.address().equivalent(&account.address) && uri.params().get("opaque").is_none() {
        return Err(RulesError::Oneself);
    }
    Ok(Some(uri))
}

/// A person needs this long to reach the telephone.
const SHORTEST_RING: Duration = Duration::from_secs(3);

/// As many as a person can look after, and as can be compared for every call.
const MAX_BLOCKED: usize = 1_000;

/// Diversions after which a call is not sent on again.
const MAX_DIVERSIONS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account::read(&toml::from_str("address = 'alice@contoso.com'").unwrap()).unwrap()
    }

    #[test]
    fn settings_that_cannot_be_used_are_named() {
        let read = |toml: &str| Wishes::read(&toml::from_str(toml).unwrap(), &account());
        for (toml, error) in [
            (
                "forward_always = 'call me'",
                RulesError::Target("call me".into()),
            ),
            (
                "forward_always = '2001,1234'",
                RulesError::Target("2001,1234".into()),
            ),
            ("forward_busy = 'alice'", RulesError::Oneself),
            (
                "forward_no_answer = 'sip:alice@CONTOSO.com'",
                RulesError::Oneself,
            ),
            ("blocked = ['bob', '?']", RulesError::Blocked("?".into())),
        ] {
            assert_eq!(read(toml), Err(error), "{toml}");
        }
        let many = RingRules {
            blocked: vec!["bob".into(); MAX_BLOCKED + 1],
            ..RingRules::default()
        };
        assert_eq!(
            Wishes::read(&many, &account()),
            Err(RulesError::TooManyBlocked)
        );
    }

    #[test]
    fn a_face_asks_the_same_question_before_it_sends_rules() {
        let rules = |toml: &str| toml::from_str::<RingRules>(toml).unwrap();
        let account = toml::from_str("address = 'alice@contoso.com'").unwrap();
        assert_eq!(rules("forward_always = '2001'").check(&account), Ok(()));
        assert_eq!(
            rules("forward_busy = 'alice'").check(&account),
            Err(RulesError::Oneself)
        );
        let unreadable = toml::from_str("address = 'alice'").unwrap();
        assert_eq!(rules("forward_busy = 'alice'").check(&unreadable), Ok(()));
    }

    #[test]
    fn ones_own_mailbox_takes_forwarded_calls() {
        let rules = "forward_busy = 'sip:alice@contoso.com;opaque=app:voicemail'";
        let wishes = Wishes::read(&toml::from_str(rules).unwrap(), &account()).unwrap();
        let to = wishes.divert(DivertReason::UserBusy).unwrap().to;
        assert_eq!(to.to_string(), "sip:alice@contoso.com;opaque=app:voicemail");
    }
}
