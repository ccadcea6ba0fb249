//! Message waiting (RFC 3842): to every device at its registration and at every change without
//! being asked, and within subscriptions to those that subscribed.
//!
//! A device that has subscribed gets its NOTIFY within the subscription only.

use std::time::{Duration, Instant};

use hark_sip::FlowId;
use hark_sip::MessageWaiting;
use hark_sip::message::{Method, NameAddr, Request, Response, StatusCode, Uri};

use super::{Arrival, ProtocolServer, Sent};
use crate::store::Counts;

/// The subscriptions to message waiting.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    live: Vec<Subscription>,
    last_number: u64,
}

/// One subscription: a dialog on one flow (RFC 6665 §4.1).
#[derive(Debug, Clone)]
struct Subscription {
    number: u64,
    user: String,
    flow: FlowId,
    call_id: String,
    /// We, with our tag.
    local: NameAddr,
    /// The subscriber, with the tag.
    remote: NameAddr,
    remote_target: Uri,
    /// Of the last SUBSCRIBE that came in.
    remote_cseq: u32,
    /// Of the last NOTIFY that went out.
    local_cseq: u32,
    expires_at: Instant,
}

impl Subscriptions {
    pub fn next_deadline(&self) -> Option<Instant> {
        self.live
            .iter()
            .map(|subscription| subscription.expires_at)
            .min()
    }

    /// The subscriber said that there is no such subscription, or says nothing.
    pub fn end(&mut self, number: u64) {
        self.live
            .retain(|subscription| subscription.number != number);
    }

    pub fn flow_closed(&mut self, flow: FlowId) {
        self.live.retain(|subscription| subscription.flow != flow);
    }

    fn covers(&self, user: &str, flow: FlowId) -> bool {
        self.live
            .iter()
            .any(|one| one.user == user && one.flow == flow)
    }

    /// The subscription whose dialog a SUBSCRIBE is in.
    fn find(&mut self, request: &Request) -> Option<&mut Subscription> {
        let call_id = request.headers.call_id().ok()?;
        let to = request.headers.to().ok()?;
        let from = request.headers.from().ok()?;
        self.live.iter_mut().find(|one| {
            one.call_id == call_id && one.local.tag() == to.tag() && one.remote.tag() == from.tag()
        })
    }
}

impl ProtocolServer {
    /// Serves SUBSCRIBE, for a new subscription or a running one.
    pub(super) fn subscribe(&mut self, now: Instant, arrival: Arrival) {
        let Arrival {
            flow,
            transaction,
            request,
            ..
        } = arrival;
        let (response, number) = match self.try_subscribe(now, flow, transaction, &request) {
            Ok(accepted) => accepted,
            Err(refusal) => return self.transactions.respond(now, transaction, *refusal),
        };
        self.transactions.respond(now, transaction, response);
        self.notify_subscription(now, number);
        self.subscriptions
            .live
            .retain(|one| one.number != number || one.expires_at > now);
    }

    fn try_subscribe(
        &mut self,
        now: Instant,
        flow: FlowId,
        transaction: hark_sip::transaction::ServerTransactionId,
        request: &Request,
    ) -> Result<(Response, u64), Box<Response>> {
        let refuse = |status| Box::new(Response::to(request, status));
        let event = request.headers.get("Event").unwrap_or_default();
        let package = event.split(';').next().unwrap_or_default().trim();
        if !package.eq_ignore_ascii_case("message-summary") {
            let mut refusal = refuse(StatusCode::BAD_EVENT);
            refusal.headers.push("Allow-Events", "message-summary");
            return Err(refusal);
        }
        let subscriber = self.identify_subscriber(now, request)?;
        let dialled = request.uri.user_text().unwrap_or_default();
        let is_own = dialled == self.settings.voicemail_number
            || self.user_of(&request.uri).as_ref() == Some(&subscriber)
            || request.uri.user().is_some_and(|user| user == subscriber);
        if !is_own {
            return Err(refuse(StatusCode::FORBIDDEN));
        }
        let bad = |_| refuse(StatusCode::BAD_REQUEST);
        let expires = request
            .headers
            .expires()
            .map_err(bad)?
            .unwrap_or(USUAL_SECONDS);
        if (1..SHORTEST_SECONDS).contains(&expires) {
            let mut refusal = refuse(StatusCode::INTERVAL_TOO_BRIEF);
            refusal.headers.push("Min-Expires", SHORTEST_SECONDS);
            return Err(refusal);
        }
        let expires = expires.min(LONGEST_SECONDS);
        let local_tag = self
            .transactions
            .local_tag(transaction)
            .unwrap_or_default()
            .to_owned();
        let expires_at = now + Duration::from_secs(u64::from(expires));
        let number = if request.headers.to().map_err(bad)?.tag().is_some() {
            self.refresh(flow, expires_at, request)
                .ok_or_else(|| refuse(StatusCode::CALL_DOES_NOT_EXIST))?
        } else {
            self.open(flow, &subscriber, &local_tag, expires_at, request)
                .ok_or_else(|| refuse(StatusCode::BAD_REQUEST))?
        };
        let mut response = Response::to(request, StatusCode::OK);
        response.headers.push("Expires", expires);
        response
            .headers
            .push("Contact", NameAddr::new(self.mailbox(&subscriber)));
        Ok((response, number))
    }

    fn refresh(&mut self, flow: FlowId, expires_at: Instant, request: &Request) -> Option<u64> {
        let cseq = request.headers.cseq().ok()?.number;
        let subscription = self.subscriptions.find(request)?;
        if cseq <= subscription.remote_cseq {
            return None;
        }
        subscription.remote_cseq = cseq;
        subscription.flow = flow;
        subscription.expires_at = expires_at;
        if let Ok(contacts) = request.headers.contacts()
            && let Some(contact) = contacts.list().first()
        {
            subscription.remote_target = contact.uri.clone();
        }
        Some(subscription.number)
    }

    fn open(
        &mut self,
        flow: FlowId,
        user: &str,
        local_tag: &str,
        expires_at: Instant,
        request: &Request,
    ) -> Option<u64> {
        let headers = &request.headers;
        let remote_target = headers.contacts().ok()?.list().first()?.uri.clone();
        // The newest subscriptions are those that somebody still waits for.
        let of_user = self
            .subscriptions
            .live
            .iter()
            .filter(|one| one.user == user);
        if of_user.count() >= MOST_SUBSCRIPTIONS
            && let Some(oldest) = self
                .subscriptions
                .live
                .iter()
                .position(|one| one.user == user)
        {
            self.subscriptions.live.remove(oldest);
        }
        self.subscriptions.last_number += 1;
        let number = self.subscriptions.last_number;
        self.subscriptions.live.push(Subscription {
            number,
            user: user.to_owned(),
            flow,
            call_id: headers.call_id().ok()?.to_owned(),
            local: headers.to().ok()?.with_param("tag", local_tag),
            remote: headers.from().ok()?,
            remote_target,
            remote_cseq: headers.cseq().ok()?.number,
            local_cseq: 0,
            expires_at,
        });
        Some(number)
    }

    /// Ends the subscriptions whose time is over, each with a last NOTIFY (RFC 6665 §4.1.2.2).
    pub(super) fn expire_subscriptions(&mut self, now: Instant) {
        let over = self
            .subscriptions
            .live
            .iter()
            .filter(|one| one.expires_at <= now);
        for number in over.map(|one| one.number).collect::<Vec<_>>() {
            self.notify_subscription(now, number);
            self.subscriptions.end(number);
        }
    }

    /// Tells all devices of a user.
    pub(super) fn notify_all(&mut self, now: Instant, user: &str) {
        let own = self
            .subscriptions
            .live
            .iter()
            .filter(|one| one.user == user);
        for number in own.map(|one| one.number).collect::<Vec<_>>() {
            self.notify_subscription(now, number);
        }
        let mut flows: Vec<_> = self
            .registrar
            .bindings(user)
            .iter()
            .map(|binding| binding.flow)
            .collect();
        flows.sort_unstable();
        flows.dedup();
        for flow in flows {
            self.notify_flow(now, user, flow);
        }
    }

    /// Tells the devices of a user on one flow without being asked.
    pub(super) fn notify_flow(&mut self, now: Instant, user: &str, flow: FlowId) {
        if self.subscriptions.covers(user, flow) {
            return;
        }
        let on_flow = self
            .registrar
            .on_flow(flow)
            .filter(|(owner, _)| *owner == user);
        let contacts: Vec<_> = on_flow
            .map(|(_, binding)| binding.contact.uri.clone())
            .collect();
        let mailbox = NameAddr::new(self.mailbox(user));
        for contact in contacts {
            let tag = self.transactions.ids.tag();
            let mut notify = Request::new(Method::Notify, contact);
            notify
                .headers
                .push("From", mailbox.clone().with_param("tag", &tag));
            notify.headers.push("To", &mailbox);
            notify
                .headers
                .push("Call-ID", self.transactions.ids.call_id());
            notify.headers.push("CSeq", "1 NOTIFY");
            // What Asterisk and Exchange UM write where no subscription is (RFC 3842 knows none).
            notify.headers.push("Subscription-State", "terminated");
            self.describe(user, &mut notify);
            // Nothing hangs on the answer: a device that is gone is found out by its flow.
            self.transactions.request(now, flow, notify);
        }
    }

    fn notify_subscription(&mut self, now: Instant, number: u64) {
        let found = self
            .subscriptions
            .live
            .iter_mut()
            .find(|one| one.number == number);
        let Some(subscription) = found else { return };
        subscription.local_cseq += 1;
        let subscription = subscription.clone();
        let left = subscription
            .expires_at
            .saturating_duration_since(now)
            .as_secs();
        let state = match left {
            0 => "terminated;reason=timeout".to_owned(),
            left => format!("active;expires={left}"),
        };
        let mut notify = Request::new(Method::Notify, subscription.remote_target);
        notify.headers.push("From", subscription.local);
        notify.headers.push("To", subscription.remote);
        notify.headers.push("Call-ID", subscription.call_id);
        notify
            .headers
            .push("CSeq", format!("{} NOTIFY", subscription.local_cseq));
        notify.headers.push("Subscription-State", state);
        self.describe(&subscription.user, &mut notify);
        match self.transactions.request(now, subscription.flow, notify) {
            Some(transaction) => {
                self.sent.insert(transaction, Sent::Notification(number));
            }
            None => self.subscriptions.end(number),
        }
    }

    fn describe(&self, user: &str, notify: &mut Request) {
        let Counts { new, saved } = self.counts.get(user).copied().unwrap_or_default();
        let waiting = if new > 0 { "yes" } else { "no" };
        let account = self.mailbox(user).with_param("opaque", "app:voicemail");
        notify
            .headers
            .push("Contact", NameAddr::new(self.mailbox(user)));
        notify.headers.push("Event", "message-summary");
        let body = format!(
            "Messages-Waiting: {waiting}\r\n\
             Message-Account: {account}\r\n\
             Voice-Message: {new}/{saved} (0/0)\r\n"
        );
        notify.set_body(MessageWaiting::CONTENT_TYPE, body.into_bytes());
    }

    fn mailbox(&self, user: &str) -> Uri {
        Uri::sip(user, self.settings.domain.clone())
    }
}

/// RFC 3842 §3.4.
const USUAL_SECONDS: u32 = 3600;
const SHORTEST_SECONDS: u32 = 60;
const LONGEST_SECONDS: u32 = 7200;

/// More subscriptions of one user than devices would make.
const MOST_SUBSCRIPTIONS: usize = 16;
