//! Why a call ended.

use crate::call::CallId;
use crate::message::{Headers, StatusCode};

/// Why a call ended, as far as anyone told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndReason {
    /// We cancelled, rejected or hung up.
    Local,
    /// The other side hung up (BYE).
    HungUp { cause: Option<Cause> },
    /// The caller gave up before we answered (CANCEL), or another device took the call.
    Cancelled { cause: Option<Cause> },
    /// A final response said no.
    Refused {
        status: StatusCode,
        cause: Option<Cause>,
    },
    /// The other side, or a server on the way, does not know the call any more (RFC 3261 §12.2.1.2).
    Forgotten { status: StatusCode },
    /// Nobody has shown within the session interval that the call still stands (RFC 4028 §10).
    SessionExpired,
    /// Another call took its place (RFC 3891).
    Replaced { by: CallId },
    /// Nobody answered our INVITE within Timer B, or nobody acknowledged our answer.
    TimedOut,
    /// There is no connection to the server, or it went away before the call was answered.
    FlowLost,
    /// The call was sent on too often (RFC 3261 §8.1.3.4 leaves the limit to us).
    TooManyRedirects,
    /// The other side answered without a session description, so there is nothing to hear.
    NoSessionDescription,
    /// The server wants a password and ours does not satisfy it.
    NotAuthorized,
    /// More calls at once than the core keeps.
    TooManyCalls,
}

impl EndReason {
    /// What 481 and 408 mean to a call that they are about; `None` for every other status.
    pub(super) fn of_forgotten(status: StatusCode) -> Option<Self> {
        let gone = [StatusCode::CALL_DOES_NOT_EXIST, StatusCode::REQUEST_TIMEOUT];
        gone.contains(&status).then_some(Self::Forgotten { status })
    }

    /// Another device of the user took the call, so it is not missed (RFC 3326).
    pub fn answered_elsewhere(&self) -> bool {
        match self {
            Self::HungUp { cause } | Self::Cancelled { cause } | Self::Refused { cause, .. } => {
                cause.as_ref().is_some_and(Cause::is_answered_elsewhere)
            }
            Self::Local
            | Self::Forgotten { .. }
            | Self::SessionExpired
            | Self::Replaced { .. }
            | Self::TimedOut
            | Self::FlowLost
            | Self::TooManyRedirects
            | Self::NoSessionDescription
            | Self::NotAuthorized
            | Self::TooManyCalls => false,
        }
    }
}

/// What a `Reason` header says (RFC 3326).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// `SIP` or `Q.850`, as it stands in the header.
    pub protocol: String,
    pub code: Option<u16>,
    pub text: Option<String>,
}

impl Cause {
    /// Reads the header that says most: SIP before Q.850 before anything else.
    pub(crate) fn read(headers: &Headers) -> Option<Self> {
        let mut causes: Vec<Self> = headers.values("Reason").filter_map(Self::parse).collect();
        causes.sort_by_key(|cause| match cause.protocol.to_ascii_lowercase().as_str() {
            "sip" => 0,
            "q.850" => 1,
            _ => 2,
        });
        causes.into_iter().next()
    }

    fn parse(value: &str) -> Option<Self> {
        let mut parts = split_quoted(value).into_iter();
        let protocol = parts.next()?.trim().to_owned();
        let mut cause = Self {
            protocol,
            code: None,
            text: None,
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "cause" => cause.code = value.parse().ok(),
                "text" => cause.text = Some(value.to_owned()),
                _ => {}
            }
        }
        (!cause.protocol.is_empty()).then_some(cause)
    }

    /// `SIP;cause=200` is RFC 3326's own example; 26 is Q.850's "non-selected user clearing", and
    /// some servers give only the text.
    fn is_answered_elsewhere(&self) -> bool {
        let text = self
            .text
            .as_deref()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let sip = self.protocol.eq_ignore_ascii_case("sip");
        let q850 = self.protocol.eq_ignore_ascii_case("q.850");
        (sip && self.code == Some(200))
            || (q850 && self.code == Some(26))
            || text.contains("completed elsewhere")
            || text.contains("answered elsewhere")
    }
}

/// Splits at semicolons outside of quoted strings.
fn split_quoted(value: &str) -> Vec<&str> {
    let mut quoted = false;
    let mut escaped = false;
    value
        .split(|letter| {
            let ends = letter == ';' && !quoted;
            quoted ^= letter == '"' && !escaped;
            escaped = letter == '\\' && quoted && !escaped;
            ends
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<Cause> {
        let mut headers = Headers::default();
        headers.push("Reason", value);
        Cause::read(&headers)
    }

    /// header, answered elsewhere
    const REASONS: &[(&str, bool)] = &[
        ("SIP;cause=200;text=\"Call completed elsewhere\"", true),
        ("sip ; cause = 200", true),
        ("Q.850;cause=26", true),
        ("Q.850;cause=16;text=\"Normal call clearing\"", false),
        ("SIP;cause=26", false),
        ("SIP;cause=600;text=\"Busy Everywhere\"", false),
        ("SIP;text=\"answered elsewhere; really\"", true),
        ("Q.850;cause=16, SIP;cause=200", true),
        ("SIP;cause=487, Q.850;cause=26", false),
    ];

    #[test]
    fn answered_elsewhere_is_told_from_other_causes() {
        for (header, elsewhere) in REASONS {
            let reason = EndReason::Cancelled {
                cause: read(header),
            };
            assert_eq!(reason.answered_elsewhere(), *elsewhere, "{header}");
        }
        assert!(!EndReason::Cancelled { cause: None }.answered_elsewhere());
        assert!(!EndReason::Local.answered_elsewhere());
    }

    #[test]
    fn a_header_without_sense_gives_no_cause() {
        assert_eq!(read(""), None);
        assert_eq!(read(";cause=200"), None);
        assert_eq!(read("SIP;cause=banana").and_then(|cause| cause.code), None);
    }
}
