//! What is asked of DNS, and what it may answer.
//!
//! Answers come from strangers: names are checked before they are used, and every list has a cap.

use std::net::IpAddr;

use crate::message::Host;

/// One thing to look up. It names its own answer, so a late one can still be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// The services of a domain (RFC 3263 §4.1).
    Naptr(String),
    /// The servers of a service (RFC 2782).
    Srv(String),
    /// The addresses of a host, by whatever way this machine finds hosts.
    Addresses(String),
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Naptr(Vec<Naptr>),
    Srv(Vec<Srv>),
    Addresses(Vec<IpAddr>),
    /// The name does not exist, or has nothing of this kind.
    Nothing,
    /// Nobody answered, or with an error: the name may exist all the same.
    Failed,
}

/// A NAPTR record (RFC 3403 §4.1), without the regular expression that SIP does not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naptr {
    pub order: u16,
    pub preference: u16,
    /// `s` where an SRV record follows.
    pub flags: String,
    /// `SIPS+D2T` and the like.
    pub service: String,
    pub replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

/// The name as the rest of the core writes it: in lower case, without the dot of the root. `None`
/// for the root itself, for addresses and for what is no host name.
pub(super) fn host_name(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    match Host::parse(text)? {
        Host::Name(name) if name.len() <= LONGEST_NAME => Some(name.to_ascii_lowercase()),
        Host::Name(_) | Host::V4(_) | Host::V6(_) => None,
    }
}

/// RFC 1035 §2.3.4.
const LONGEST_NAME: usize = 255;

/// Records of one answer that are read; a real answer has fewer than ten.
pub(super) const MAX_RECORDS: usize = 32;

/// Addresses of one host that are tried.
pub(super) const MAX_ADDRESSES: usize = 16;
