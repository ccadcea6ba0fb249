//! Who is on the block list, and who hides the number.

use hark_sip::CallFacts;
use hark_sip::message::Uri;

use crate::account::Account;
use crate::dial;

/// One entry of the block list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Blocked {
    /// Everybody at a host: `*@spam.test`.
    Host(String),
    /// All whose number or name begins like this, at the own domain or as a telephone number:
    /// `+1555*`.
    Prefix(String),
    /// One address.
    Address { user: String, host: String },
}

impl Blocked {
    /// Reads an entry as a person writes it: a number, `name@host`, `*@host` or `+1555*`. `None`
    /// when it is none of these.
    pub(super) fn read(text: &str, domain: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(host) = text.strip_prefix("*@") {
            let dialled = dial::destination(&format!("x@{host}"), domain).ok()?;
            return Some(Self::Host(dialled.uri.host()?.to_string()));
        }
        if let Some(prefix) = text.strip_suffix('*').filter(|it| !it.contains('@')) {
            let user = dial::destination(prefix, domain).ok()?.uri.user_text()?;
            return Some(Self::Prefix(user));
        }
        let uri = dial::destination(text, domain).ok()?.uri;
        Some(Self::Address {
            user: uri.user_text()?,
            host: uri.host()?.to_string(),
        })
    }

    /// Whether a caller's address is meant. A telephone number is the same number at every host: a
    /// gateway writes its own behind it.
    fn covers(&self, caller: &Uri) -> bool {
        let host = caller.host().map(ToString::to_string).unwrap_or_default();
        let called = caller.user_text().unwrap_or_default();
        match self {
            Self::Host(blocked) => host.eq_ignore_ascii_case(blocked),
            Self::Prefix(prefix) => called.starts_with(prefix.as_str()),
            Self::Address {
                user,
                host: blocked,
            } => {
                let same_host = host.eq_ignore_ascii_case(blocked) || is_global_number(user);
                same_host && called == *user
            }
        }
    }
}

/// Whether the list names the caller, by what the caller says or by what the server says of him
/// (RFC 3325).
pub(super) fn is_blocked(list: &[Blocked], facts: &CallFacts, account: &Account) -> bool {
    let callers = std::iter::once(&facts.from).chain(&facts.asserted_identities);
    callers
        .map(|caller| &caller.uri)
        .filter(|uri| !uri.equivalent(&account.address))
        .any(|uri| list.iter().any(|blocked| blocked.covers(uri)))
}

/// A From without a person in it (RFC 3323 §4.1.1.3, RFC 3325 §8).
pub(super) fn hides(facts: &CallFacts) -> bool {
    let uri = &facts.from.uri;
    let user = uri.user_text().unwrap_or_default();
    let host = uri.host().map(ToString::to_string).unwrap_or_default();
    user.is_empty()
        || user.eq_ignore_ascii_case("anonymous")
        || host.eq_ignore_ascii_case("anonymous.invalid")
}

fn is_global_number(user: &str) -> bool {
    user.strip_prefix('+')
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_people_write_them() {
        let covers = |entry: &str, caller: &str| {
            Blocked::read(entry, "example.test").map(|it| it.covers(&caller.parse().unwrap()))
        };
        for (entry, caller, covered) in [
            ("2001", "sip:2001@example.test", Some(true)),
            ("2001", "sip:2001@far.test", Some(false)),
            ("2001", "sip:20011@example.test", Some(false)),
            ("bob@far.test", "sip:bob@FAR.test;user=x", Some(true)),
            ("bob@far.test", "sip:Bob@far.test", Some(false)),
            ("sip:bob@far.test", "sip:bob@far.test:5080", Some(true)),
            ("+1 (555) 0199", "sip:+15550199@gateway.test", Some(true)),
            ("+1 (555) 0199", "tel:+15550199", Some(true)),
            (
                "+1555*",
                "sip:+15550100@gateway.test;user=phone",
                Some(true),
            ),
            ("+1555*", "sip:+1444@gateway.test", Some(false)),
            ("*@spam.test", "sip:anyone@spam.test", Some(true)),
            ("*@spam.test", "sip:anyone@nospam.test", Some(false)),
            ("*", "sip:bob@far.test", None),
            ("", "sip:bob@far.test", None),
            ("call me", "sip:bob@far.test", None),
            ("*@", "sip:bob@far.test", None),
        ] {
            assert_eq!(covers(entry, caller), covered, "{entry} {caller}");
        }
    }
}
