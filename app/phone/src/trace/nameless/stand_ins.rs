//! Which stand-in a value has. They are counted in the order in which values come.

use std::collections::HashMap;
use std::net::IpAddr;

/// What a value is. Each kind is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Words that people call each other by.
    Name,
    /// What stands before the @ of an address.
    User,
    Number,
    /// The name of a machine, or a domain.
    Host,
    Ipv4,
    Ipv4Private,
    Ipv6,
    Call,
    Tag,
    Branch,
    /// Any other value that means something to machines alone.
    Id,
}

#[derive(Debug, Default)]
pub(in crate::trace) struct StandIns {
    /// By kind and value.
    given: HashMap<(Kind, String), usize>,
    counts: HashMap<Kind, usize>,
}

impl StandIns {
    pub(super) fn of(&mut self, kind: Kind, value: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        let number = *self
            .given
            .entry((kind, value.to_owned()))
            .or_insert_with(|| {
                *count += 1;
                *count
            });
        format!("{}-{number}", kind.word())
    }

    /// The user of an address, who may be a telephone number.
    pub(super) fn user(&mut self, user: &str) -> String {
        match () {
            () if is_nobody(user) => user.to_owned(),
            () if is_number(user) => self.number(user),
            () => self.of(Kind::User, user),
        }
    }

    /// However it is written; with a plus where it is one of the whole world.
    pub(super) fn number(&mut self, number: &str) -> String {
        let digits = number.replace(['-', '.'], "");
        let plus = if digits.starts_with('+') { "+" } else { "" };
        format!("{plus}{}", self.of(Kind::Number, &digits))
    }

    /// A machine, by its name or its address. Those that are the same everywhere stay.
    pub(super) fn host(&mut self, host: &str) -> String {
        if is_nobody(host) {
            return host.to_owned();
        }
        match host.parse::<IpAddr>() {
            Ok(address) if address.is_loopback() || address.is_unspecified() => host.to_owned(),
            Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => {
                self.of(Kind::Ipv4Private, host)
            }
            Ok(IpAddr::V4(_)) => self.of(Kind::Ipv4, host),
            Ok(IpAddr::V6(address)) => self.of(Kind::Ipv6, &address.to_string()),
            Err(_) => self.of(Kind::Host, &host.to_ascii_lowercase()),
        }
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::User => "user",
            Self::Number => "number",
            Self::Host => "host",
            Self::Ipv4 => "ipv4",
            Self::Ipv4Private => "ipv4-private",
            Self::Ipv6 => "ipv6",
            Self::Call => "call",
            Self::Tag => "tag",
            Self::Branch => "branch",
            Self::Id => "id",
        }
    }
}

/// What callers without a name are called (RFC 3323 §4.1.1.3).
fn is_nobody(value: &str) -> bool {
    ["anonymous", "anonymous.invalid", "localhost"]
        .iter()
        .any(|nobody| value.eq_ignore_ascii_case(nobody))
}

/// Digits, as people and telephone systems write them.
pub(super) fn is_number(value: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_digit() || "+-.*#".contains(sign);
    value.chars().any(|sign| sign.is_ascii_digit()) && value.chars().all(fits)
}
