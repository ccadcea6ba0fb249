//! By whose phone a call was sent on before it came to us: Diversion (RFC 5806) and History-Info
//! (RFC 7044, RFC 4244).

use crate::message::{NameAddr, Request, Uri};

/// One station at which a call was sent on.
#[derive(Debug, Clone, PartialEq)]
pub struct Diversion {
    /// Who was called there.
    pub address: NameAddr,
    pub reason: Option<DiversionReason>,
}

/// Why a call was sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiversionReason {
    Busy,
    NoAnswer,
    Unconditional,
    Unavailable,
    Deflection,
    DoNotDisturb,
    /// Any other word, and `unknown` itself.
    Unknown,
}

impl DiversionReason {
    /// The words of RFC 5806 §4, in quotes or without.
    fn parse(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "user-busy" => Self::Busy,
            "no-answer" => Self::NoAnswer,
            "unconditional" | "follow-me" | "time-of-day" => Self::Unconditional,
            "unavailable" | "out-of-service" | "away" => Self::Unavailable,
            "deflection" => Self::Deflection,
            "do-not-disturb" => Self::DoNotDisturb,
            _ => Self::Unknown,
        }
    }

    /// The response that sent the call on, and the cause of RFC 4458 §4.
    fn of_status(code: u16) -> Self {
        match code {
            302 => Self::Unconditional,
            404 | 503 => Self::Unavailable,
            408 => Self::NoAnswer,
            480 => Self::Deflection,
            486 | 600 => Self::Busy,
            _ => Self::Unknown,
        }
    }
}

/// The stations of a call, the last one first. Diversion says it outright; History-Info is read
/// where there is none.
pub(super) fn read(invite: &Request) -> Vec<Diversion> {
    let values = |name| invite.headers.values(name).take(MAX_DIVERSIONS);
    let diversions: Vec<Diversion> = values("Diversion").filter_map(diversion).collect();
    if !diversions.is_empty() {
        return diversions;
    }
    let history: Vec<NameAddr> = values("History-Info").filter_map(NameAddr::parse).collect();
    let stations = history
        .windows(2)
        .filter_map(|pair| station(pair.first()?, pair.get(1)?));
    let mut stations: Vec<Diversion> = stations.collect();
    stations.reverse();
    stations
}

fn diversion(value: &str) -> Option<Diversion> {
    let address = NameAddr::parse(value)?;
    let reason = address.param("reason").map(DiversionReason::parse);
    Some(Diversion { address, reason })
}

/// An entry of History-Info is a station where its target was given up for that of the next one:
/// it carries the response in its `Reason`, or the next one the cause (RFC 7044 §10.2).
fn station(entry: &NameAddr, next: &NameAddr) -> Option<Diversion> {
    let given_up = entry.uri.header("Reason").and_then(|reason| cause(&reason));
    let sent_on = next
        .uri
        .params()
        .get("cause")
        .and_then(|code| code.parse().ok());
    let mapped = next.params.has("mp") || sent_on.is_some();
    if given_up.is_none() && !mapped {
        return None;
    }
    let address = NameAddr {
        uri: bare(&entry.uri),
        ..entry.clone()
    };
    let reason = sent_on.or(given_up).map(DiversionReason::of_status);
    Some(Diversion { address, reason })
}

/// `SIP;cause=302;text="Moved"`
fn cause(reason: &str) -> Option<u16> {
    let mut params = reason.split(';').map(str::trim);
    let found = params.find_map(|param| param.strip_prefix("cause="))?;
    found.trim().parse().ok()
}

/// Without the Reason, which is not part of the address.
fn bare(uri: &Uri) -> Uri {
    super::target::without_headers(uri.clone())
}

/// A call that was sent on more often has nothing more to tell.
const MAX_DIVERSIONS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    fn read_from(fields: &[(&str, &str)]) -> Vec<(String, Option<DiversionReason>)> {
        let uri = "sip:alice@example.test".parse().expect("the URI is good");
        let mut invite = Request::new(Method::Invite, uri);
        for (name, value) in fields {
            invite.headers.push(name, value);
        }
        let stations = read(&invite).into_iter();
        stations
            .map(|station| (station.address.uri.to_string(), station.reason))
            .collect()
    }

    #[test]
    fn the_last_diversion_stands_first() {
        let read = read_from(&[
            (
                "Diversion",
                "\"Carol\" <sip:carol@x.test>;reason=user-busy;counter=1",
            ),
            (
                "Diversion",
                "<tel:+123>;reason=\"no-answer\", <sip:dave@x.test>",
            ),
        ]);
        let carol = ("sip:carol@x.test".to_owned(), Some(DiversionReason::Busy));
        let number = ("tel:+123".to_owned(), Some(DiversionReason::NoAnswer));
        assert_eq!(read, [carol, number, ("sip:dave@x.test".to_owned(), None)]);
    }

    #[test]
    fn a_history_is_read_where_there_is_no_diversion() {
        let history = [
            (
                "History-Info",
                "<sip:carol@x.test?Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%22>;index=1",
            ),
            ("History-Info", "<sip:dave@x.test;cause=486>;index=1.1;mp=1"),
            ("History-Info", "<sip:dave@192.0.2.1>;index=1.1.1;rc=1.1"),
        ];
        let carol = ("sip:carol@x.test".to_owned(), Some(DiversionReason::Busy));
        assert_eq!(read_from(&history), [carol]);
        let plain = [(
            "History-Info",
            "<sip:a@x.test>;index=1, <sip:a@192.0.2.1>;index=1.1;rc=1",
        )];
        assert_eq!(read_from(&plain), []);
    }

    #[test]
    fn nonsense_is_passed_over() {
        assert_eq!(
            read_from(&[("Diversion", ";;;"), ("History-Info", "<<>>, x")]),
            []
        );
        let word = ("Diversion", "<sip:a@x.test>;reason=moon");
        let unknown = ("sip:a@x.test".to_owned(), Some(DiversionReason::Unknown));
        assert_eq!(read_from(&[word]), [unknown]);
    }
}
