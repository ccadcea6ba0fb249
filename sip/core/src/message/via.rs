//! The Via header field (RFC 3261 §20.42).

use std::fmt;
use std::net::SocketAddr;

use super::host::{self, Host};
use super::lexer;
use super::params::Params;

/// One hop of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// `TLS`, `TCP`, or whatever a hop before us used, as written.
    pub transport: String,
    /// Host of the sent-by.
    pub host: Host,
    /// Port of the sent-by.
    pub port: Option<u16>,
    pub params: Params,
}

impl Via {
    /// Makes the Via of a request of our own. Every such request has a branch (RFC 3261 §8.1.1.7).
    pub fn new(transport: &str, host: Host, port: u16, branch: &str) -> Self {
        let mut params = Params::default();
        params.set("branch", branch);
        Self {
            transport: transport.to_owned(),
            host,
            port: Some(port),
            params,
        }
    }

    /// Reads one value, white space around the slashes included (RFC 4475 §3.1.1.1).
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        let sip = lexer::trim(name).eq_ignore_ascii_case("SIP") && lexer::trim(version) == "2.0";
        let (transport, rest) = lexer::trim(rest).split_once([' ', '\t'])?;
        if !sip || !lexer::is_token(transport) {
            return None;
        }
        let end = rest.find(';').unwrap_or(rest.len());
        let (host, port) = host::parse_host_port(lexer::trim(rest.get(..end)?))?;
        let params = Params::parse(rest.get(end..)?)?;
        Some(Self {
            transport: transport.to_owned(),
            host,
            port,
            params,
        })
    }

    /// The branch. Microsoft's servers send a Via without one.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// Says where this request was seen to come from, where that is not what it says itself, or
    /// where it asks (RFC 3261 §18.2.1, RFC 3581 §4).
    pub(crate) fn mark_source(&mut self, source: SocketAddr) {
        let ip = source.ip().to_canonical();
        let asked = self.params.has("rport");
        if asked {
            self.params.set("rport", &source.port().to_string());
        }
        if asked || self.host.ip() != Some(ip) {
            self.params.set("received", &ip.to_string());
        }
    }

    /// Where the other side of the hop has seen the request come from (RFC 3581 §4): `received`,
    /// and `rport` where it gives one.
    pub fn seen_from(&self) -> Option<SocketAddr> {
        let host = self.params.get("received").and_then(Host::parse);
        let ip = host.and_then(|host| host.ip())?;
        let port = self.params.get("rport").and_then(lexer::number);
        Some(SocketAddr::new(ip, port.or(self.port)?))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read() {
        for (text, printed) in [
            (
                "SIP/2.0/TLS 10.56.65.37:33876",
                "SIP/2.0/TLS 10.56.65.37:33876",
            ),
            (
                "SIP/2.0/tls h.example;branch=z9hG4bK1;rport",
                "SIP/2.0/tls h.example;branch=z9hG4bK1;rport",
            ),
            (
                "SIP  / 2.0\t / TCP     spindle.example.com   ;  branch  =   z9hG4bK9ikj8  ",
                "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8",
            ),
            (
                "SIP/2.0/UDP 192.0.2.1 : 5060 ;x",
                "SIP/2.0/UDP 192.0.2.1:5060;x",
            ),
            (
                "SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255];branch=b",
                "SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255];branch=b",
            ),
            (
                "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=b",
                "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=b",
            ),
            ("SIP/2.0/UNKNOWN 192.0.2.3", "SIP/2.0/UNKNOWN 192.0.2.3"),
        ] {
            let via = Via::parse(text).expect(text);
            assert_eq!(via.to_string(), printed);
            assert_eq!(Via::parse(printed), Some(via));
        }
    }

    #[test]
    fn the_source_is_marked_where_it_differs_or_is_asked_for() {
        for (via, source, marked) in [
            ("SIP/2.0/TCP 192.0.2.1:5060;branch=b", "192.0.2.1:9", ""),
            (
                "SIP/2.0/TCP 192.0.2.1:5060;branch=b",
                "198.51.100.1:9",
                ";received=198.51.100.1",
            ),
            (
                "SIP/2.0/TCP a.test;branch=b",
                "192.0.2.1:9",
                ";received=192.0.2.1",
            ),
            (
                "SIP/2.0/TCP a.test",
                "[2001:db8::1]:9",
                ";received=2001:db8::1",
            ),
            ("SIP/2.0/TCP 192.0.2.1", "[::ffff:192.0.2.1]:9", ""),
        ] {
            let mut parsed = Via::parse(via).expect(via);
            parsed.mark_source(source.parse().expect(source));
            assert_eq!(parsed.to_string(), format!("{via}{marked}"));
        }
        let mut asked = Via::parse("SIP/2.0/TLS 10.0.0.1:5061;rport;branch=b").expect("a Via");
        let source = "198.51.100.1:4711".parse().expect("an address");
        asked.mark_source(source);
        assert_eq!(
            asked.to_string(),
            "SIP/2.0/TLS 10.0.0.1:5061;rport=4711;branch=b;received=198.51.100.1"
        );
        assert_eq!(asked.seen_from(), Some(source));
    }

    #[test]
    fn broken_vias_are_refused() {
        for text in [
            "",
            "SIP/2.0/TLS",
            "SIP/2.0 host",
            "SIP/3.0/TLS host",
            "HTTP/2.0/TLS host",
            "SIP/2.0/TLS host;;branch=x",
            "SIP/2.0/TLS 2001:db8::9:1",
            "SIP/2.0/TLS host:x",
            "SIP/2.0/UDP 192.0.2.15;;,;,,",
        ] {
            assert_eq!(Via::parse(text), None, "{text:?}");
        }
    }
}
