//! A standing PUBLISH of our presence (RFC 3903).
//!
//! Many servers know no presence. Such a server says so once per registration and is not asked
//! again; nobody is told, because there is nothing to mend. The user agent sends what the functions
//! here write.

use std::time::Duration;

use crate::account::Account;
use crate::dialog;
use crate::ids::IdSource;
use crate::message::{Method, NameAddr, Request, Response, StatusCode};
use crate::pidf::{self, Presence};
use crate::registration::{LONGEST_EXPIRES, refresh_delay};
use crate::transaction::ClientTransactionId;

/// What one user agent has published, and what it wants to.
#[derive(Debug)]
pub(crate) struct Publication {
    wanted: Option<Presence>,
    /// What the server keeps.
    published: Option<Published>,
    /// What the request under way says.
    under_way: Option<Presence>,
    /// The server wants none, until the next registration.
    refused: bool,
    /// The time that we ask for; a 423 raises it.
    asked: Duration,
    pub(crate) transaction: Option<ClientTransactionId>,
}

#[derive(Debug)]
struct Published {
    presence: Presence,
    /// `SIP-ETag`, the name of our state at the server; without one it can only be published anew.
    etag: Option<String>,
}

/// What to do after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Nothing,
    /// Publish at once: there is news, or the server has forgotten us.
    Publish,
    RefreshIn(Duration),
    RetryIn(Duration),
}

impl Publication {
    pub(crate) fn new() -> Self {
        Self {
            wanted: None,
            published: None,
            under_way: None,
            refused: false,
            asked: DEFAULT_EXPIRES,
            transaction: None,
        }
    }

    pub(crate) fn want(&mut self, presence: Presence) {
        self.wanted = Some(presence);
    }

    /// A new registration: another server may have taken over, or learned about presence.
    pub(crate) fn on_registered(&mut self) {
        self.refused = false;
        self.transaction = None;
        self.under_way = None;
    }

    /// Whether the server does not know yet what is wanted.
    pub(crate) fn has_news(&self) -> bool {
        let known = self.published.as_ref().map(|it| it.presence);
        self.wanted.is_some() && known != self.wanted
    }

    /// The next PUBLISH: our state, or the same one for longer. `None` while another is under way
    /// (RFC 3903 §4), or when there is nothing to say or nobody to say it to.
    pub(crate) fn publish(&mut self, account: &Account, ids: &mut IdSource) -> Option<Request> {
        let wanted = self.wanted.filter(|_| !self.refused)?;
        if self.under_way.is_some() {
            return None;
        }
        self.under_way = Some(wanted);
        let mut request = self.request(account, ids, self.asked);
        // A refresh has no body (RFC 3903 §4.1).
        let is_refresh = !self.has_news() && self.etag().is_some();
        if !is_refresh {
            let document = pidf::write(&account.address, &account.epid, wanted);
            request.set_body(pidf::CONTENT_TYPE, document.into_bytes());
        }
        Some(request)
    }

    /// The PUBLISH that takes our state back, if there is something to take back.
    pub(crate) fn take_back(&mut self, account: &Account, ids: &mut IdSource) -> Option<Request> {
        self.transaction = None;
        self.under_way = None;
        self.etag()?;
        let request = self.request(account, ids, Duration::ZERO);
        self.published = None;
        Some(request)
    }

    /// Takes a final response that is no challenge.
    pub(crate) fn on_response(&mut self, response: &Response) -> Next {
        self.transaction = None;
        let Some(presence) = self.under_way.take() else {
            return Next::Nothing;
        };
        let status = response.status;
        match status {
            _ if status.is_success() => self.granted(presence, response),
            // The server has forgotten our state: it is published anew (RFC 3903 §4.1).
            StatusCode::CONDITIONAL_REQUEST_FAILED if self.etag().is_some() => {
                self.published = None;
                Next::Publish
            }
            StatusCode::INTERVAL_TOO_BRIEF if self.asks_longer(response) => Next::Publish,
            StatusCode::REQUEST_TIMEOUT => Next::RetryIn(SHORT_WAIT),
            _ if (500..600).contains(&status.code()) && status != StatusCode::NOT_IMPLEMENTED => {
                let asked = seconds(response, "Retry-After").unwrap_or(SHORT_WAIT);
                Next::RetryIn(asked.clamp(SHORT_WAIT, LONG_WAIT))
            }
            _ => {
                self.refused = true;
                Next::Nothing
            }
        }
    }

    /// No response came.
    pub(crate) fn on_failed(&mut self) -> Next {
        self.transaction = None;
        match self.under_way.take() {
            Some(_) => Next::RetryIn(SHORT_WAIT),
            None => Next::Nothing,
        }
    }

    fn granted(&mut self, presence: Presence, response: &Response) -> Next {
        let etag = response.headers.get("SIP-ETag").map(str::to_owned);
        self.published = Some(Published { presence, etag });
        if self.has_news() {
            return Next::Publish;
        }
        let granted = seconds(response, "Expires").unwrap_or(self.asked);
        match granted {
            Duration::ZERO => Next::Nothing,
            granted => Next::RefreshIn(refresh_delay(granted)),
        }
    }

    /// Whether a 423 names a time that we can live with; it is asked for from then on.
    fn asks_longer(&mut self, response: &Response) -> bool {
        let floor = seconds(response, "Min-Expires").unwrap_or_default();
        let fits = floor > self.asked && floor <= LONGEST_EXPIRES;
        if fits {
            self.asked = floor;
        }
        fits
    }

    fn etag(&self) -> Option<&str> {
        self.published.as_ref()?.etag.as_deref()
    }

    fn request(&self, account: &Account, ids: &mut IdSource, expires: Duration) -> Request {
        let mut request = Request::new(Method::Publish, account.address.clone());
        let headers = &mut request.headers;
        headers.push("From", dialog::tagged(&account.from(), &ids.tag()));
        headers.push("To", NameAddr::new(account.address.clone()));
        headers.push("Call-ID", ids.call_id());
        headers.push("CSeq", "1 PUBLISH");
        headers.push("User-Agent", &account.product);
        headers.push("Event", "presence");
        headers.push("Expires", expires.as_secs());
        if let Some(etag) = self.etag() {
            headers.push("SIP-If-Match", etag);
        }
        request
    }
}

fn seconds(response: &Response, name: &'static str) -> Option<Duration> {
    let seconds = response.headers.seconds(name).ok()??;
    Some(Duration::from_secs(seconds.into()))
}

/// What RFC 3903 §6 and RFC 3856 §6.4 suggest, an hour.
const DEFAULT_EXPIRES: Duration = Duration::from_secs(3600);

/// After trouble that passes.
const SHORT_WAIT: Duration = Duration::from_secs(60);

/// The longest that a server may have us wait.
const LONG_WAIT: Duration = Duration::from_secs(1800);
