//! A standing SUBSCRIBE for the state of our mailbox (RFC 6665, RFC 3842).
//!
//! What the server says unasked counts as much, so a server that refuses is only asked again after
//! half an hour. The user agent sends what the functions here write.

mod state;

use std::time::Duration;

use crate::account::Account;
use crate::dialog::{self, Dialog};
use crate::ids::IdSource;
use crate::message::{Method, NameAddr, Request, Response, StatusCode};
use crate::message_summary::MessageWaiting;
use crate::registration::{LONGEST_EXPIRES, refresh_delay};
use crate::transaction::ClientTransactionId;

pub(crate) use state::SubscriptionState;

/// What a user agent may subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventPackage {
    /// `message-summary`: the messages that wait in the account's own mailbox.
    MessageSummary,
}

impl EventPackage {
    pub(crate) const MESSAGE_SUMMARY: &str = "message-summary";

    /// The Event header's token, without its parameters.
    pub(crate) fn name_of(request: &Request) -> Option<&str> {
        let event = request.headers.get("Event")?;
        Some(event.split(';').next().unwrap_or_default().trim())
    }
}

/// The subscription of one user agent to its own mailbox.
#[derive(Debug)]
pub(crate) struct Subscription {
    progress: Progress,
    call_id: String,
    tag: String,
    asked: Duration,
    pub(crate) transaction: Option<ClientTransactionId>,
}

#[derive(Debug)]
enum Progress {
    /// Nobody wants it.
    Unwanted,
    /// It is wanted, and asked for when the flow is registered or the time after a refusal is over.
    Wanted,
    /// The first SUBSCRIBE is under way.
    Asking,
    /// It stands; a refresh may be under way.
    Standing(Box<Dialog>),
}

/// What to do after something was said about the subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Nothing,
    /// Ask anew, from the beginning.
    AskAnew,
    RefreshIn(Duration),
    RetryIn(Duration),
}

impl Subscription {
    pub(crate) fn new() -> Self {
        Self {
            progress: Progress::Unwanted,
            call_id: String::new(),
            tag: String::new(),
            asked: DEFAULT_EXPIRES,
            transaction: None,
        }
    }

    pub(crate) fn is_wanted(&self) -> bool {
        !matches!(self.progress, Progress::Unwanted)
    }

    /// Someone wants the subscription. Returns whether nobody did before.
    pub(crate) fn want(&mut self) -> bool {
        let unwanted = !self.is_wanted();
        if unwanted {
            self.progress = Progress::Wanted;
        }
        unwanted
    }

    /// The next SUBSCRIBE: the refresh of a standing subscription, or the first of a new one.
    pub(crate) fn ask(
        &mut self,
        account: &Account,
        contact: &NameAddr,
        ids: &mut IdSource,
    ) -> Request {
        if let Progress::Standing(dialog) = &mut self.progress {
            dialog.contact = contact.to_string();
            let mut refresh = dialog.request(Method::Subscribe);
            describe(&mut refresh, account, self.asked);
            return refresh;
        }
        self.progress = Progress::Asking;
        self.call_id = ids.call_id();
        self.tag = ids.tag();
        let mut request = Request::new(Method::Subscribe, account.address.clone());
        let headers = &mut request.headers;
        headers.push("From", dialog::tagged(&account.from(), &self.tag));
        headers.push("To", NameAddr::new(account.address.clone()));
        headers.push("Call-ID", &self.call_id);
        headers.push("CSeq", "1 SUBSCRIBE");
        headers.push("Contact", contact);
        describe(&mut request, account, self.asked);
        request
    }

    /// The SUBSCRIBE that ends it, if there is something to end.
    pub(crate) fn give_up(&mut self, account: &Account) -> Option<Request> {
        self.transaction = None;
        match std::mem::replace(&mut self.progress, Progress::Unwanted) {
            Progress::Standing(mut dialog) => {
                let mut last = dialog.request(Method::Subscribe);
                describe(&mut last, account, Duration::ZERO);
                Some(last)
            }
            Progress::Unwanted | Progress::Wanted | Progress::Asking => None,
        }
    }

    /// The CSeq for a SUBSCRIBE that is sent again with credentials.
    pub(crate) fn next_cseq(&mut self, request: &Request) -> u32 {
        match &mut self.progress {
            Progress::Standing(dialog) => dialog.next_cseq(),
            Progress::Unwanted | Progress::Wanted | Progress::Asking => {
                request.headers.cseq().map_or(1, |cseq| cseq.number + 1)
            }
        }
    }

    /// Takes a final response that is no challenge.
    pub(crate) fn on_response(&mut self, request: &Request, response: &Response) -> Next {
        self.transaction = None;
        let status = response.status;
        if status.is_success() {
            return self.granted(request, response);
        }
        let standing = matches!(self.progress, Progress::Standing(_));
        let floor = response.headers.seconds("Min-Expires").ok().flatten();
        let floor = floor.map(|seconds| Duration::from_secs(seconds.into()));
        if status == StatusCode::INTERVAL_TOO_BRIEF
            && let Some(floor) =
                floor.filter(|floor| *floor > self.asked && *floor <= LONGEST_EXPIRES)
        {
            self.asked = floor;
            return Next::AskAnew;
        }
        self.progress = Progress::Wanted;
        match status {
            // Only our old subscription is unknown (RFC 6665 §4.1.2.2).
            StatusCode::CALL_DOES_NOT_EXIST if standing => Next::AskAnew,
            StatusCode::REQUEST_TIMEOUT => Next::RetryIn(SHORT_WAIT),
            _ if (500..600).contains(&status.code()) && status != StatusCode::NOT_IMPLEMENTED => {
                let asked = response.headers.seconds("Retry-After").ok().flatten();
                let asked = asked.map(|seconds| Duration::from_secs(seconds.into()));
                Next::RetryIn(asked.unwrap_or(SHORT_WAIT).clamp(SHORT_WAIT, LONG_WAIT))
            }
            _ => Next::RetryIn(LONG_WAIT),
        }
    }

    /// No response came.
    pub(crate) fn on_failed(&mut self) -> Next {
        self.transaction = None;
        if self.is_wanted() {
            self.progress = Progress::Wanted;
            return Next::RetryIn(SHORT_WAIT);
        }
        Next::Nothing
    }

    /// Whether a NOTIFY is of this subscription. It may come before the 200, from any fork, and as
    /// the last word after we have taken the subscription back.
    pub(crate) fn owns(&self, notify: &Request) -> bool {
        let to = notify.headers.to().ok();
        !self.call_id.is_empty()
            && notify
                .headers
                .call_id()
                .is_ok_and(|call_id| call_id == self.call_id)
            && to.as_ref().and_then(|to| to.tag()) == Some(self.tag.as_str())
    }

    /// Takes the state that a NOTIFY tells (RFC 6665 §4.1.3).
    pub(crate) fn on_notify(&mut self, notify: &Request) -> Next {
        if !self.is_wanted() {
            return Next::Nothing;
        }
        match SubscriptionState::read(notify) {
            SubscriptionState::Active { expires: None } => Next::Nothing,
            SubscriptionState::Active {
                expires: Some(expires),
            } => Next::RefreshIn(refresh_delay(expires)),
            SubscriptionState::Terminated { retry_after } => {
                self.progress = Progress::Wanted;
                self.transaction = None;
                Next::RetryIn(retry_after)
            }
        }
    }

    fn granted(&mut self, request: &Request, response: &Response) -> Next {
        let asked = request.headers.expires().ok().flatten().unwrap_or_default();
        let granted = response.headers.expires().ok().flatten().unwrap_or(asked);
        if granted == 0 {
            return Next::Nothing;
        }
        match &mut self.progress {
            Progress::Standing(dialog) => dialog.refresh_target(&response.headers),
            Progress::Asking => match Dialog::of_client(request, response) {
                Some(dialog) => self.progress = Progress::Standing(Box::new(dialog)),
                None => return Next::RetryIn(LONG_WAIT),
            },
            Progress::Unwanted | Progress::Wanted => return Next::Nothing,
        }
        Next::RefreshIn(refresh_delay(Duration::from_secs(granted.into())))
    }
}

/// What every SUBSCRIBE for a mailbox carries.
fn describe(request: &mut Request, account: &Account, expires: Duration) {
    request.headers.push("User-Agent", &account.product);
    request.headers.push("Event", EventPackage::MESSAGE_SUMMARY);
    request.headers.push("Accept", MessageWaiting::CONTENT_TYPE);
    request.headers.push("Expires", expires.as_secs());
}

/// What RFC 3842 §3.4 asks for, an hour.
const DEFAULT_EXPIRES: Duration = Duration::from_secs(3600);

/// After trouble that passes.
const SHORT_WAIT: Duration = Duration::from_secs(60);

/// After a refusal; meanwhile the server may still notify unasked.
pub(super) const LONG_WAIT: Duration = Duration::from_secs(1800);
