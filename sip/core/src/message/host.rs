//! Host names and address literals (RFC 3261 §25.1, RFC 5118).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::lexer;

/// The host of a URI or a Via. Names compare without case, IPv6 literals by their value (RFC 5954).
#[derive(Debug, Clone)]
pub enum Host {
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Host {
    /// Reads a name, an IPv4 address, or an IPv6 address with or without its brackets.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            return parse_v6(inner.strip_suffix(']')?).map(Self::V6);
        }
        if text.contains(':') {
            return parse_v6(text).map(Self::V6);
        }
        if let Ok(address) = text.parse() {
            return Some(Self::V4(address));
        }
        let name = !text.is_empty() && text.bytes().all(is_name_byte);
        name.then(|| Self::Name(text.to_owned()))
    }

    /// The address, if the host is a literal.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// The host as name resolution and certificates want it: IPv6 without brackets, a name without
    /// the final dot of the root.
    pub fn unbracketed(&self) -> String {
        match self {
            Self::Name(name) => name.strip_suffix('.').unwrap_or(name).to_owned(),
            Self::V4(address) => address.to_string(),
            Self::V6(address) => address.to_string(),
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(left), Self::Name(right)) => left.eq_ignore_ascii_case(right),
            (Self::V4(left), Self::V4(right)) => left == right,
            (Self::V6(left), Self::V6(right)) => left == right,
            (Self::Name(_) | Self::V4(_) | Self::V6(_), _) => false,
        }
    }
}

impl Eq for Host {}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// Reads `host` or `host:port`, with white space around the colon as Via permits it. IPv6 literals
/// need their brackets here: without them the port is ambiguous (RFC 5118 §4.2).
pub(crate) fn parse_host_port(text: &str) -> Option<(Host, Option<u16>)> {
    let name_end = match text.strip_prefix('[') {
        Some(inner) => inner.find(']')? + 2,
        None => text.find(':').unwrap_or(text.len()),
    };
    let host = Host::parse(text.get(..name_end)?.trim_end_matches([' ', '\t']))?;
    let rest = lexer::trim(text.get(name_end..)?);
    if rest.is_empty() {
        return Some((host, None));
    }
    let port = lexer::number(lexer::trim(rest.strip_prefix(':')?))?;
    Some((host, Some(port)))
}

/// RFC 3261's grammar by mistake allows three colons before an embedded IPv4 address, and RFC 5118
/// §4.10 asks to tolerate them.
fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    text.parse()
        .or_else(|_| text.replacen(":::", "::", 1).parse())
        .ok()
}

/// RFC 3261 knows no underscore in host names, but the names of real machines have some.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read() {
        for (text, host, port) in [
            ("example.com", "example.com", None),
            ("example.com:5061", "example.com", Some(5061)),
            ("first.last_name-x.test.", "first.last_name-x.test.", None),
            ("192.0.2.1 : 5060", "192.0.2.1", Some(5060)),
            ("[2001:DB8::10]", "[2001:db8::10]", None),
            ("[2001:db8::10]:5070", "[2001:db8::10]", Some(5070)),
            ("[2001:db8::10:5070]", "[2001:db8::10:5070]", None),
            ("[2001:db8:::192.0.2.1]", "[2001:db8::c000:201]", None),
            ("[::ffff:192.0.2.10]:1", "[::ffff:192.0.2.10]", Some(1)),
        ] {
            let (parsed, parsed_port) = parse_host_port(text).expect(text);
            assert_eq!(
                (parsed.to_string().as_str(), parsed_port),
                (host, port),
                "{text}"
            );
        }
    }

    #[test]
    fn broken_hosts_are_refused() {
        for text in [
            "",
            ":5060",
            "a b",
            "a:",
            "a:65536",
            "a:+1",
            "a:5060x",
            "2001:db8::10",
            "[2001:db8::10",
            "[]",
            "[::1]5060",
            "[fe80::1%eth0]",
            "ex,ample",
            "exämple",
            "a@b",
            "<a>",
        ] {
            assert!(parse_host_port(text).is_none(), "{text:?}");
        }
    }
}
