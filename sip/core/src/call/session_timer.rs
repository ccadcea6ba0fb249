//! Session timers: who shows how often that a call still stands (RFC 4028).
//!
//! Pure: it reads and writes headers and says how long to wait; `change.rs` sends the refreshes.

use std::time::Duration;

use crate::message::{Headers, Params, Request, Response, StatusCode};

/// What was agreed upon for one call, and what we ask for.
#[derive(Debug, Clone)]
pub(super) struct SessionTimer {
    /// The interval that we ask for.
    wanted: u32,
    /// The longest Min-SE that we were told; it goes into every later request (RFC 4028 §7.4).
    floor: u32,
    raises: u32,
    agreed: Option<Agreement>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Agreement {
    interval: u32,
    refresher: Refresher,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refresher {
    Us,
    Them,
}

/// What has to happen without further word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// When we refresh, if it is on us.
    pub(super) refresh: Option<Duration>,
    /// When the call is given up.
    pub(super) expiry: Duration,
}

impl SessionTimer {
    pub(super) fn new() -> Self {
        Self {
            wanted: WANTED,
            floor: SHORTEST,
            raises: 0,
            agreed: None,
        }
    }

    /// Asks for a timer in the INVITE that places a call. Who refreshes is left to the other side.
    pub(super) fn ask(&self, headers: &mut Headers) {
        headers.push("Session-Expires", self.wanted);
        self.ask_floor(headers);
    }

    /// Asks in a dialog for what was agreed upon, if anything was.
    pub(super) fn ask_again(&self, headers: &mut Headers) {
        let Some(agreed) = self.agreed else { return };
        let refresher = match agreed.refresher {
            Refresher::Us => "uac",
            Refresher::Them => "uas",
        };
        let interval = agreed.interval.max(self.floor);
        headers.push(
            "Session-Expires",
            format!("{interval};refresher={refresher}"),
        );
        self.ask_floor(headers);
    }

    fn ask_floor(&self, headers: &mut Headers) {
        if self.floor > SHORTEST {
            headers.push("Min-SE", self.floor);
        }
    }

    /// Takes the 2xx of a request of ours (RFC 4028 §7.2). Without the header the call does not
    /// expire.
    pub(super) fn granted(&mut self, response: &Response) {
        self.agreed = interval(&response.headers).map(|(seconds, refresher)| Agreement {
            interval: seconds.max(SHORTEST_GRANTED),
            refresher: match refresher {
                Some(Side::Receiver) => Refresher::Them,
                Some(Side::Sender) | None => Refresher::Us,
            },
        });
    }

    /// Takes a 422. Returns whether the request is worth sending again (RFC 4028 §7.3).
    pub(super) fn refused(&mut self, response: &Response) -> bool {
        let floor = response.headers.seconds("Min-SE").ok().flatten();
        let asked = self.agreed.map_or(self.wanted, |agreed| agreed.interval);
        let Some(floor) = floor.filter(|floor| *floor > asked && *floor <= LONGEST) else {
            return false;
        };
        self.raises += 1;
        self.floor = floor;
        self.wanted = floor;
        self.raises <= MAX_RAISES
    }

    /// Takes a request of theirs that we accept, and says so in its 2xx (RFC 4028 §9).
    pub(super) fn accept(&mut self, request: &Headers, response: &mut Headers) {
        let Some((seconds, refresher)) = interval(request) else {
            self.agreed = None;
            return;
        };
        let supported = supports_timer(request);
        let refresher = match refresher {
            Some(Side::Receiver) => Refresher::Us,
            // A proxy asked for it, and their side cannot do it.
            _ if !supported => Refresher::Us,
            Some(Side::Sender) | None => Refresher::Them,
        };
        let theirs = request.seconds("Min-SE").ok().flatten().unwrap_or(SHORTEST);
        let interval = seconds.max(SHORTEST).max(theirs.min(LONGEST));
        self.agreed = Some(Agreement {
            interval,
            refresher,
        });
        let side = match refresher {
            Refresher::Us => "uas",
            Refresher::Them => "uac",
        };
        response.push("Session-Expires", format!("{interval};refresher={side}"));
        if supported {
            response.push("Require", "timer");
        }
    }

    /// How long to wait: half of the interval to the refresh, and a third or 32 s before its end to
    /// the BYE (RFC 4028 §10).
    pub(super) fn plan(&self) -> Option<Plan> {
        let agreed = self.agreed?;
        let interval = Duration::from_secs(agreed.interval.into());
        let margin = (interval / 3).min(LONGEST_MARGIN);
        Some(Plan {
            refresh: (agreed.refresher == Refresher::Us).then_some(interval / 2),
            expiry: interval.saturating_sub(margin),
        })
    }

    /// When to try again after a refresh was refused; several tries fit in before the end.
    pub(super) fn next_try(&self) -> Option<Duration> {
        let agreed = self.agreed?;
        Some(Duration::from_secs((agreed.interval / 8).max(1).into()))
    }
}

/// The refusal of an interval that is too short, for those who can ask for a longer one
/// (RFC 4028 §9).
pub(super) fn objection(request: &Request) -> Option<Response> {
    let (seconds, _) = interval(&request.headers)?;
    if seconds >= SHORTEST || !supports_timer(&request.headers) {
        return None;
    }
    let mut response = Response::to(request, StatusCode::SESSION_INTERVAL_TOO_SMALL);
    response.headers.push("Min-SE", SHORTEST);
    Some(response)
}

/// Which end of a request: `uac` sends it, `uas` receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Sender,
    Receiver,
}

/// Reads Session-Expires. A header that cannot be read is none.
fn interval(headers: &Headers) -> Option<(u32, Option<Side>)> {
    let seconds = headers.seconds("Session-Expires").ok()??;
    let value = headers.get("Session-Expires")?;
    let params = value
        .find(';')
        .and_then(|at| Params::parse(value.get(at..)?));
    let refresher = params.as_ref().and_then(|params| params.get("refresher"));
    let side = match refresher.map(str::to_ascii_lowercase).as_deref() {
        Some("uac") => Some(Side::Sender),
        Some("uas") => Some(Side::Receiver),
        Some(_) | None => None,
    };
    Some((seconds.min(LONGEST), side))
}

fn supports_timer(headers: &Headers) -> bool {
    headers.lists("Supported", "timer") || headers.lists("Require", "timer")
}

/// What we ask for, in seconds: the recommendation of RFC 4028 §4.
const WANTED: u32 = 1800;

/// The shortest interval that may be asked for, in seconds (RFC 4028 §4).
const SHORTEST: u32 = 90;

/// The shortest interval that we keep where the other side grants less than it may, in seconds.
const SHORTEST_GRANTED: u32 = 20;

/// A day, in seconds. Whoever wants longer ones wants none.
const LONGEST: u32 = 86_400;

/// RFC 4028 §10.
const LONGEST_MARGIN: Duration = Duration::from_secs(32);

/// More than all servers on the way of a call raise the interval.
const MAX_RAISES: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name, value);
        }
        headers
    }

    /// Session-Expires, Supported; the answer, and whether we refresh
    const ASKED: &[(&str, &str, &str, bool)] = &[
        ("1800", "timer", "1800;refresher=uac", false),
        ("1800;refresher=uac", "timer", "1800;refresher=uac", false),
        (
            "1800 ; Refresher = UAS",
            "timer",
            "1800;refresher=uas",
            true,
        ),
        ("1800", "100rel", "1800;refresher=uas", true),
        ("1800;refresher=uac", "", "1800;refresher=uas", true),
        ("60", "", "90;refresher=uas", true),
        ("999999999999", "timer", "86400;refresher=uac", false),
    ];

    #[test]
    fn who_is_asked_says_who_refreshes() {
        for (expires, supported, answer, ours) in ASKED {
            let request = headers(&[("Session-Expires", expires), ("Supported", supported)]);
            let (mut timer, mut response) = (SessionTimer::new(), Headers::default());
            timer.accept(&request, &mut response);
            assert_eq!(response.get("Session-Expires"), Some(*answer), "{expires}");
            assert_eq!(
                response.lists("Require", "timer"),
                *supported == "timer",
                "{expires}"
            );
            let refresh = timer.plan().and_then(|plan| plan.refresh);
            assert_eq!(refresh.is_some(), *ours, "{expires}");
        }
    }

    #[test]
    fn a_request_without_the_header_ends_the_timer() {
        let (mut timer, mut response) = (SessionTimer::new(), Headers::default());
        timer.accept(&headers(&[("x", "90")]), &mut response);
        assert!(timer.plan().is_some());
        let mut response = Headers::default();
        timer.accept(&headers(&[]), &mut response);
        assert_eq!(timer.plan(), None);
        assert_eq!(response.get("Session-Expires"), None);
    }

    #[test]
    fn the_plan_leaves_time_for_the_bye() {
        for (interval, refresh, expiry) in [(90, 45, 60), (1800, 900, 1768)] {
            let timer = SessionTimer {
                agreed: Some(Agreement {
                    interval,
                    refresher: Refresher::Us,
                }),
                ..SessionTimer::new()
            };
            let plan = Plan {
                refresh: Some(Duration::from_secs(refresh)),
                expiry: Duration::from_secs(expiry),
            };
            assert_eq!(timer.plan(), Some(plan));
        }
    }

    #[test]
    fn the_interval_is_raised_only_upwards_and_only_so_often() {
        let uri = "sip:alice@example.test".parse().expect("the URI is good");
        let request = Request::new(crate::message::Method::Invite, uri);
        let mut timer = SessionTimer::new();
        let mut refuse = |floor: u32| {
            let mut response = Response::to(&request, StatusCode::SESSION_INTERVAL_TOO_SMALL);
            response.headers.push("Min-SE", floor);
            timer.refused(&response)
        };
        assert!(!refuse(90));
        assert!(!refuse(LONGEST + 1));
        let raises: Vec<bool> = (2000..2006).map(&mut refuse).collect();
        assert_eq!(raises, [true, true, true, true, false, false]);
    }
}
