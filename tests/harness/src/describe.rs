//! What came out, as words that a script can expect.

use std::time::Duration;

use hark_sip::event::{Event, RegistrationState};
use hark_sip::message::Message;
use hark_sip::{CallEvent, EndReason, FlowTarget, TransferProgress, Transport};

/// A message in one line, then its headers, for reports.
pub(crate) fn message(message: &Message) -> String {
    let first = match message {
        Message::Request(request) => format!("{} {}", request.method, request.uri),
        Message::Response(response) => {
            let method = response.headers.cseq().map(|cseq| cseq.method.to_string());
            format!(
                "{} {} ({})",
                response.status,
                response.reason,
                method.unwrap_or_default()
            )
        }
    };
    let headers = message
        .headers()
        .iter()
        .map(|(name, value)| format!("\n      {name}: {value}"));
    let body = String::from_utf8_lossy(message.body()).replace("\r\n", "~");
    format!("{first} body={body}{}", headers.collect::<String>())
}

pub(crate) fn flow_target(target: &FlowTarget) -> String {
    let transport = match target.transport {
        Transport::Tcp => "tcp",
        Transport::Tls => "tls",
    };
    let addresses: Vec<String> = target.addresses.iter().map(ToString::to_string).collect();
    let addresses = addresses.join(",");
    format!(
        "open {transport} {}:{} at={addresses}",
        target.host, target.port
    )
}

/// An event in words; `since` turns instants into script time.
pub(crate) fn event(event: &Event, since: impl Fn(std::time::Instant) -> Duration) -> String {
    match event {
        Event::Registration(state) => format!("registration {}", registration(state, since)),
        Event::IncomingCall { call, facts, offer } => format!(
            "incoming {} from={} to={} registrar={} equal={} automata={} sensitivity={:?} \
             subject={} asserted={} diverted={} replaces={} referred-by={} sdp={}",
            call.0,
            facts.from.uri,
            facts.to.uri,
            yes(facts.on_registrar_flow),
            yes(facts.from_equals_to),
            yes(facts.automata),
            facts.sensitivity,
            facts.subject.as_deref().unwrap_or("-"),
            first(
                facts
                    .asserted_identities
                    .first()
                    .map(|identity| &identity.uri)
            ),
            first(facts.diversions.first().map(|station| &station.address.uri)),
            first(facts.replaces.map(|call| call.0)),
            first(facts.referred_by.as_ref().map(|address| &address.uri)),
            body(offer.as_deref()),
        ),
        Event::Call(event) => call(event),
        Event::Notified {
            package,
            content_type,
            body,
        } => {
            let body = String::from_utf8_lossy(body).replace("\r\n", "~");
            format!("notified {package} {content_type} body={body}")
        }
        Event::Pong => "pong".to_owned(),
        Event::Dropped(reason) => format!("dropped {reason:?}"),
    }
}

fn call(event: &CallEvent) -> String {
    match event {
        CallEvent::Progress {
            call,
            status,
            fork,
            sdp,
        } => {
            format!(
                "progress {} {status} fork={} sdp={}",
                call.0,
                fork.0,
                body(sdp.as_deref())
            )
        }
        CallEvent::Answered { call, sdp } => format!("answered {} sdp={}", call.0, body(Some(sdp))),
        CallEvent::Offer { call, sdp } => format!("offer {} sdp={}", call.0, body(sdp.as_deref())),
        CallEvent::Modified { call, sdp } => format!("modified {} sdp={}", call.0, body(Some(sdp))),
        CallEvent::ModifyRefused { call, status } => format!("modify-refused {} {status}", call.0),
        CallEvent::Digit {
            call,
            digit,
            duration,
        } => {
            format!("digit {} {digit} {}ms", call.0, duration.as_millis())
        }
        CallEvent::TransferRequested { call, target } => format!(
            "transfer-requested {} {} replaces={} referred-by={}",
            call.0,
            target.uri,
            first(target.replaces.as_ref()),
            first(target.referred_by.as_ref().map(|address| &address.uri)),
        ),
        CallEvent::TransferProgress { call, progress } => {
            format!("transfer-progress {} {}", call.0, transfer(*progress))
        }
        CallEvent::Ended { call, reason } => format!("ended {} {}", call.0, end(reason)),
    }
}

fn registration(
    state: &RegistrationState,
    since: impl Fn(std::time::Instant) -> Duration,
) -> String {
    match state {
        RegistrationState::SignedOut => "signed-out".to_owned(),
        RegistrationState::Connecting => "connecting".to_owned(),
        RegistrationState::Securing => "securing".to_owned(),
        RegistrationState::SigningIn => "signing-in".to_owned(),
        RegistrationState::Registered { expires } => format!("registered {}", expires.as_secs()),
        RegistrationState::Failed { reason, next_try } => {
            let next = next_try.map(|next| format!("{:.3}", since(next).as_secs_f64()));
            format!(
                "failed next={} {reason}",
                next.as_deref().unwrap_or("never")
            )
        }
        RegistrationState::Lost { reason, next_try } => {
            format!("lost next={:.3} {reason}", since(*next_try).as_secs_f64())
        }
    }
}

fn end(reason: &EndReason) -> String {
    let elsewhere = if reason.answered_elsewhere() {
        " elsewhere"
    } else {
        ""
    };
    let words = match reason {
        EndReason::Local => "local".to_owned(),
        EndReason::HungUp { .. } => "hung-up".to_owned(),
        EndReason::Cancelled { .. } => "cancelled".to_owned(),
        EndReason::Refused { status, .. } => format!("refused {status}"),
        EndReason::TimedOut => "timed-out".to_owned(),
        EndReason::Forgotten { status } => format!("forgotten {status}"),
        EndReason::SessionExpired => "session-expired".to_owned(),
        EndReason::Replaced { by } => format!("replaced by={}", by.0),
        EndReason::FlowLost => "flow-lost".to_owned(),
        EndReason::TooManyRedirects => "too-many-redirects".to_owned(),
        EndReason::NoSessionDescription => "no-sdp".to_owned(),
        EndReason::NotAuthorized => "not-authorized".to_owned(),
        EndReason::TooManyCalls => "too-many-calls".to_owned(),
    };
    format!("{words}{elsewhere}")
}

fn body(sdp: Option<&[u8]>) -> String {
    sdp.map_or("-".to_owned(), |sdp| {
        String::from_utf8_lossy(sdp).into_owned()
    })
}

fn transfer(progress: TransferProgress) -> String {
    match progress {
        TransferProgress::Trying(status) => format!("trying {status}"),
        TransferProgress::Succeeded => "succeeded".to_owned(),
        TransferProgress::Failed(status) => format!("failed {status}"),
        TransferProgress::Untold => "untold".to_owned(),
    }
}

/// A value, or a dash where there is none.
fn first(value: Option<impl std::fmt::Display>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

fn yes(fact: bool) -> &'static str {
    if fact { "yes" } else { "no" }
}
