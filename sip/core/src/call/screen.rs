//! What every request to a user agent is checked for, and the answers that do not depend on any
//! state (RFC 3261 §8.2, §11.2).

use crate::call::session_timer;
use crate::message::{Method, Request, Response, Scheme, StatusCode};

/// The methods that a call may carry.
pub const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, BENOTIFY";

/// The extensions that a call may use.
pub const SUPPORTED: &str = "100rel, timer, replaces, norefersub, gruu, gruu-10, ms-early-media";

/// The same for the INVITE of `rescue.rs`, whose provisional responses nobody needs.
pub(super) const SUPPORTED_IN_RESCUE: &str = "timer, replaces, norefersub, gruu, gruu-10";

/// The refusal of a request that asks for what we do not have: 416 for an address, 420 for an
/// extension, 415 for a body, 422 for a session interval, 406 for an answer. `None` when there is nothing to object to.
pub(crate) fn objection(request: &Request) -> Option<Response> {
    if matches!(request.uri.scheme(), Scheme::Other(_)) {
        return Some(Response::to(request, StatusCode::UNSUPPORTED_URI_SCHEME));
    }
    let unknown: Vec<&str> = request
        .headers
        .values("Require")
        .filter(|tag| !is_supported(tag))
        .collect();
    if !unknown.is_empty() {
        let mut response = Response::to(request, StatusCode::BAD_EXTENSION);
        response.headers.push("Unsupported", unknown.join(", "));
        return Some(response);
    }
    let carries_offer = matches!(request.method, Method::Invite | Method::Update);
    if carries_offer && has_unreadable_body(request) {
        let mut response = Response::to(request, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        response.headers.push("Accept", ACCEPT);
        response.headers.push("Accept-Encoding", "identity");
        return Some(response);
    }
    if carries_offer && let Some(objection) = session_timer::objection(request) {
        return Some(objection);
    }
    if request.method == Method::Invite && !takes_session_descriptions(request) {
        return Some(Response::to(request, StatusCode::NOT_ACCEPTABLE));
    }
    None
}

/// The answer to OPTIONS (RFC 3261 §11.2).
pub(crate) fn capabilities(request: &Request) -> Response {
    let mut response = Response::to(request, StatusCode::OK);
    response.headers.push("Allow", ALLOW);
    response.headers.push("Accept", ACCEPT);
    response.headers.push("Supported", SUPPORTED);
    response
}

/// 405 for a method that we know and do not serve, 501 for one that we do not know
/// (RFC 3261 §8.2.1).
pub(crate) fn wrong_method(request: &Request) -> Response {
    let status = match request.method {
        Method::Other(_) => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::METHOD_NOT_ALLOWED,
    };
    let mut response = Response::to(request, status);
    response.headers.push("Allow", ALLOW);
    response
}

/// A body that is no session description and must not be ignored (RFC 3261 §20.11).
fn has_unreadable_body(request: &Request) -> bool {
    let disposition = request
        .headers
        .get("Content-Disposition")
        .unwrap_or_default();
    let optional = disposition
        .to_ascii_lowercase()
        .replace(' ', "")
        .contains("handling=optional");
    !request.body.is_empty() && request.session_description().is_none() && !optional
}

/// Without Accept a caller takes session descriptions (RFC 3261 §20.1).
fn takes_session_descriptions(request: &Request) -> bool {
    let ranges: Vec<&str> = request.headers.values("Accept").collect();
    let fits = |range: &&str| {
        let kind = range.split(';').next().unwrap_or_default().trim();
        ["application/sdp", "application/*", "*/*"]
            .iter()
            .any(|fit| fit.eq_ignore_ascii_case(kind))
    };
    ranges.is_empty() || ranges.iter().any(fits)
}

fn is_supported(tag: &str) -> bool {
    SUPPORTED
        .split(", ")
        .any(|known| known.eq_ignore_ascii_case(tag))
}

const ACCEPT: &str = "application/sdp";
