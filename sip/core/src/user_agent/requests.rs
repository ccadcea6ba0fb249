//! Requests that belong to no call: new calls, OPTIONS, notifications, and everything unwanted
//! (RFC 3261 §8.2).

use std::time::Instant;

use super::UserAgent;
use crate::call::{CallFacts, screen};
use crate::event::Event;
use crate::input::FlowId;
use crate::message::{Method, Request, Response, StatusCode};
use crate::output::Output;
use crate::subscription::EventPackage;
use crate::transaction::{DropReason, ServerTransactionId};

/// What a stranger learns who does not call but asks in other ways (OX-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    Visible,
    /// The user appears offline: everything gets the 480 that a call would get (RFC 3261 §11.2).
    Hidden,
}

impl UserAgent {
    pub(super) fn on_request(
        &mut self,
        now: Instant,
        flow: FlowId,
        transaction: ServerTransactionId,
        request: Request,
    ) {
        let objection = screen::objection(&request);
        let response = match (&request.method, objection) {
            (_, Some(objection)) => self.told(&request, objection),
            (Method::Notify, None) => self.on_notify(now, flow, &request),
            (Method::Invite, None) if !is_in_dialog(&request) => {
                return self.on_invite(now, flow, transaction, &request);
            }
            (_, None) => self.told(&request, stateless_answer(&request)),
        };
        self.signalling.layer.respond(now, transaction, response);
    }

    /// ACKs of nothing, and Microsoft's NOTIFY that must not be answered.
    pub(super) fn on_one_way(&mut self, now: Instant, flow: FlowId, request: &Request) {
        let notification = request.method.as_str() == "BENOTIFY";
        if !notification || !self.on_notify(now, flow, request).status.is_success() {
            self.push(Output::Event(Event::Dropped(DropReason::StrayRequest)));
        }
    }

    fn on_invite(
        &mut self,
        now: Instant,
        flow: FlowId,
        transaction: ServerTransactionId,
        invite: &Request,
    ) {
        // OX-10: only who can see us learns which calls we have.
        if let Err(status) = self.calls.replaced(&self.signalling, flow, invite) {
            let answer = self.told(invite, Response::to(invite, status));
            return self.signalling.layer.respond(now, transaction, answer);
        }
        let contact = self.contact();
        let signalling = &mut self.signalling;
        let call = self
            .calls
            .receive_invite(now, signalling, flow, transaction, invite, &contact);
        // OX-15: only what our own server sends on the flow that we opened to it may claim anything.
        let on_registrar_flow = self.flow.is_to_registrar(flow);
        let facts = CallFacts::read(invite, on_registrar_flow);
        if let (Some(call), Some(mut facts)) = (call, facts) {
            facts.replaces = self.calls.replaces(call);
            let offer = invite.session_description().map(<[u8]>::to_vec);
            let facts = Box::new(facts);
            self.push(Output::Event(Event::IncomingCall { call, facts, offer }));
        }
    }

    /// OX-10: while the user appears offline a stranger gets the 480 of a phone that is off,
    /// whatever he asks. Whoever names a dialog has been in touch with us already.
    fn told(&self, request: &Request, answer: Response) -> Response {
        match self.visibility {
            Visibility::Hidden if !is_in_dialog(request) => {
                Response::to(request, StatusCode::TEMPORARILY_UNAVAILABLE)
            }
            Visibility::Visible | Visibility::Hidden => answer,
        }
    }

    /// A notification of the mailbox, asked for or not: servers send it inside of our subscription,
    /// outside of any dialog, in the Call-ID of the REGISTER, and inside of a call (RFC 3842, and what
    /// Asterisk and its like do). Whoever is not our registrar has nothing to say about our mailbox.
    fn on_notify(&mut self, now: Instant, flow: FlowId, notify: &Request) -> Response {
        let subscribed = self.mailbox.owns(notify);
        let call_id = notify.headers.call_id().unwrap_or_default();
        let known = subscribed || call_id == self.registration.call_id || self.calls.knows(notify);
        if is_in_dialog(notify) && !known {
            return Response::to(notify, StatusCode::CALL_DOES_NOT_EXIST);
        }
        if !self.flow.is_to_registrar(flow) {
            return Response::to(notify, StatusCode::FORBIDDEN);
        }
        if EventPackage::name_of(notify) != Some(EventPackage::MESSAGE_SUMMARY) {
            let mut response = Response::to(notify, StatusCode::BAD_EVENT);
            response
                .headers
                .push("Allow-Events", EventPackage::MESSAGE_SUMMARY);
            return response;
        }
        self.push(Output::Event(Event::Notified {
            package: EventPackage::MESSAGE_SUMMARY.to_owned(),
            content_type: notify
                .headers
                .get("Content-Type")
                .unwrap_or_default()
                .to_owned(),
            body: notify.body.clone(),
        }));
        if subscribed {
            let next = self.mailbox.on_notify(notify);
            self.follow_up(now, next);
        }
        Response::to(notify, StatusCode::OK)
    }
}

/// The answer to a request that needs no state of ours.
fn stateless_answer(request: &Request) -> Response {
    match request.method {
        // The dialogs that we know have been asked already (RFC 3261 §12.2.2).
        _ if is_in_dialog(request) => Response::to(request, StatusCode::CALL_DOES_NOT_EXIST),
        Method::Bye | Method::Update | Method::Info | Method::Prack => {
            Response::to(request, StatusCode::CALL_DOES_NOT_EXIST)
        }
        Method::Options => screen::capabilities(request),
        // Whoever may send us somewhere else is in a call with us.
        Method::Refer => Response::to(request, StatusCode::FORBIDDEN),
        _ => screen::wrong_method(request),
    }
}

/// A notification of waiting messages that wants an answer.
pub(super) fn is_of_mailbox(request: &Request) -> bool {
    request.method == Method::Notify
        && EventPackage::name_of(request) == Some(EventPackage::MESSAGE_SUMMARY)
}

/// A To tag of ours names a dialog.
fn is_in_dialog(request: &Request) -> bool {
    request.headers.to().is_ok_and(|to| to.tag().is_some())
}
