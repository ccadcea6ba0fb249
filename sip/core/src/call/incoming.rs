//! A call that came to us, until we decide (RFC 3261 §13.3).

use std::time::Duration;

use crate::call::end::Cause;
use crate::call::over::Over;
use crate::call::reliable::{self, Unconfirmed};
use crate::call::scope::{Acks, Scope};
use crate::call::screen::{self, ALLOW, SUPPORTED};
use crate::call::session::Session;
use crate::call::turn::Turn;
use crate::call::unacked::{Awaits, Unacked};
use crate::call::{CallEvent, CallId, EndReason, Sensitivity, Stage, facts, outgoing};
use crate::dialog::Dialog;
use crate::message::{Method, NameAddr, Request, Response, StatusCode};
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, ServerTransactionId, TransactionError};

#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) session: Session,
    transaction: ServerTransactionId,
    /// The INVITE without its body, for responses.
    invite: Request,
    /// The offer in the INVITE.
    offer: Option<Vec<u8>>,
    /// The last provisional response, which is sent again every minute.
    provisional: Option<Response>,
    provisional_waits: bool,
    /// The provisional response that waits for its PRACK.
    unconfirmed: Option<Unconfirmed>,
    next_rseq: u32,
    /// The call that ends when this one is answered (RFC 3891).
    pub(super) replaces: Option<CallId>,
}

impl Incoming {
    /// Takes an INVITE; `None` when it cannot make a dialog. Nothing is sent.
    pub(super) fn receive(
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        invite: &Request,
        contact: &NameAddr,
        replaces: Option<CallId>,
    ) -> Option<Self> {
        let local_tag = scope.signalling.layer.local_tag(transaction)?.to_owned();
        let epid = scope.signalling.epid.as_ref();
        let dialog = Dialog::of_server(invite, &local_tag, &contact.to_string(), epid)?;
        scope.own(transaction);
        if let Ok(Some(seconds)) = invite.headers.expires() {
            scope.start_in(Timer::InviteExpires, Duration::from_secs(seconds.into()));
        }
        // RFC 3262 §3: the first number lies between 1 and 2^31 - 1.
        let next_rseq = 1 + scope.signalling.layer.ids.below(1 << 30) as u32;
        Some(Self {
            session: Session::early(dialog, Turn::Ours),
            transaction,
            offer: invite.session_description().map(<[u8]>::to_vec),
            invite: Request {
                body: Vec::new(),
                ..invite.clone()
            },
            provisional: None,
            provisional_waits: false,
            unconfirmed: None,
            next_rseq,
            replaces,
        })
    }

    pub(super) fn ring(&mut self, scope: &mut Scope<'_>, status: StatusCode, sdp: Option<Vec<u8>>) {
        let mut response = self.dialog_response(status);
        if let Some(sdp) = sdp {
            response.set_body("application/sdp", sdp);
        }
        self.provisional = Some(response);
        self.send_provisional(scope);
    }

    pub(super) fn answer(mut self: Box<Self>, scope: &mut Scope<'_>, sdp: Vec<u8>) -> Stage {
        self.stop_ringing(scope);
        let mut response = self.dialog_response(StatusCode::OK);
        response.headers.push("Allow", ALLOW);
        response.headers.push("Supported", SUPPORTED);
        let mut session = self.session;
        session
            .timer
            .accept(&self.invite.headers, &mut response.headers);
        let awaits = match &self.offer {
            Some(_) => Awaits::Ack,
            None => Awaits::Answer,
        };
        // What was agreed upon reliably is not said again (RFC 6337 §2.2).
        if session.opening != Turn::Free {
            session.answered(&sdp, self.offer.as_deref().unwrap_or_default());
            response.set_body("application/sdp", sdp);
        }
        let unacked = Unacked::send(scope, self.transaction, &self.invite, response, awaits);
        scope.disown(self.transaction);
        session.unacked = Some(unacked);
        session.confirm(scope);
        Stage::Session(Box::new(session))
    }

    /// OX-11: the caller wants this user and nobody else.
    pub(super) fn forbids_diversion(&self) -> bool {
        let headers = &self.invite.headers;
        let is_self_call = match (headers.from(), headers.to()) {
            (Ok(from), Ok(to)) => from.uri.equivalent(&to.uri),
            _ => false,
        };
        let sensitivity = facts::strictest_sensitivity(&self.invite);
        is_self_call || sensitivity.is_some_and(Sensitivity::forbids_diversion)
    }

    /// OX-10: the refusal carries what every response carries and nothing that tells of us.
    pub(super) fn reject(
        self: Box<Self>,
        scope: &mut Scope<'_>,
        status: StatusCode,
        headers: &[(&str, &str)],
    ) -> Stage {
        let mut response = Response::to(&self.invite, status);
        for (name, value) in headers {
            response.headers.push(name, value);
        }
        self.end(scope, response, EndReason::Local)
    }

    /// The caller gave up, or another of our devices took the call (RFC 3261 §9.2).
    pub(super) fn on_cancel(self: Box<Self>, scope: &mut Scope<'_>, cancel: &Request) -> Stage {
        let response = Response::to(&self.invite, StatusCode::REQUEST_TERMINATED);
        let cause = Cause::read(&cancel.headers);
        self.end(scope, response, EndReason::Cancelled { cause })
    }

    pub(super) fn on_request(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) -> Stage {
        if let Some(objection) = screen::objection(request) {
            scope.respond(transaction, objection);
            return Stage::Incoming(self);
        }
        if self.session.dialog.accept_cseq(request).is_err() {
            scope.respond_with(transaction, request, StatusCode::SERVER_INTERNAL_ERROR);
            return Stage::Incoming(self);
        }
        match request.method {
            Method::Bye => return self.on_bye(scope, transaction, request),
            Method::Prack => self.on_prack(scope, transaction, request),
            // Their first INVITE is not answered yet (RFC 3261 §14.2).
            Method::Invite => refuse_for_now(scope, transaction, request),
            Method::Update => self.session.on_offer(scope, transaction, request),
            Method::Info => scope.respond_with(transaction, request, StatusCode::OK),
            Method::Options => scope.respond(transaction, screen::capabilities(request)),
            _ => scope.respond(transaction, screen::wrong_method(request)),
        }
        Stage::Incoming(self)
    }

    /// An UPDATE of ours; what it comes to does not end a call that is not answered.
    pub(super) fn on_change_response(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        let session = &mut self.session;
        if session
            .on_change_response(scope, transaction, response)
            .is_some()
        {
            let (call, status) = (scope.call, response.status);
            scope.emit(CallEvent::ModifyRefused { call, status });
        }
    }

    pub(super) fn on_server_failed(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        error: TransactionError,
    ) -> Stage {
        if transaction != self.transaction {
            self.session.offer.take_if(|offer| offer.is_in(transaction));
            return Stage::Incoming(self);
        }
        self.stop_ringing(scope);
        scope.stop(Timer::RetryModify);
        scope.emit_ended(outgoing::reason_of(error));
        Over::stage(None, Acks::default())
    }

    pub(super) fn on_timer(mut self: Box<Self>, scope: &mut Scope<'_>, timer: Timer) -> Stage {
        match timer {
            Timer::KeepRinging => self.send_provisional(scope),
            Timer::RetryModify => self.session.retry_modify(scope),
            Timer::RepeatProvisional => {
                if let Some(unconfirmed) = &mut self.unconfirmed {
                    unconfirmed.repeat(scope);
                }
            }
            // Without PRACK the INVITE is refused (RFC 3262 §3).
            Timer::AwaitPrack => {
                let response = Response::to(&self.invite, StatusCode::SERVER_TIMEOUT);
                return self.end(scope, response, EndReason::TimedOut);
            }
            Timer::InviteExpires => {
                let response = Response::to(&self.invite, StatusCode::REQUEST_TERMINATED);
                return self.end(scope, response, EndReason::Cancelled { cause: None });
            }
            // No other timer runs in this stage.
            _ => {}
        }
        Stage::Incoming(self)
    }

    /// Sends the provisional response, reliably where the INVITE insists (RFC 3262 §3).
    fn send_provisional(&mut self, scope: &mut Scope<'_>) {
        let Some(response) = self.provisional.clone() else {
            return;
        };
        // The next reliable response waits for the PRACK of the last one (RFC 3262 §3).
        self.provisional_waits = self.unconfirmed.is_some();
        if self.provisional_waits {
            return;
        }
        scope.start(Timer::KeepRinging);
        if self.invite.headers.lists("Require", "100rel") {
            let (transaction, rseq) = (self.transaction, self.next_rseq);
            self.next_rseq += 1;
            let sent = Unconfirmed::send(scope, transaction, &self.invite, response, rseq);
            self.unconfirmed = Some(sent);
        } else {
            scope.respond(self.transaction, response);
        }
    }

    fn on_prack(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        prack: &Request,
    ) {
        if !self
            .unconfirmed
            .as_ref()
            .is_some_and(|sent| sent.is_confirmed_by(prack))
        {
            return reliable::refuse_prack(scope, transaction, prack);
        }
        let confirmed = self.unconfirmed.take();
        scope.stop(Timer::RepeatProvisional);
        scope.stop(Timer::AwaitPrack);
        scope.respond_with(transaction, prack, StatusCode::OK);
        let answer = confirmed
            .as_ref()
            .and_then(Unconfirmed::session_description);
        if let (Some(answer), Some(offer)) = (answer, &self.offer) {
            self.session.answered(answer, offer);
        }
        if self.provisional_waits {
            self.send_provisional(scope);
        }
    }

    /// A caller may hang up before the answer, too (RFC 3261 §15.1.2).
    fn on_bye(
        self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        bye: &Request,
    ) -> Stage {
        scope.respond_with(transaction, bye, StatusCode::OK);
        let response = Response::to(&self.invite, StatusCode::REQUEST_TERMINATED);
        self.end(
            scope,
            response,
            EndReason::Cancelled {
                cause: Cause::read(&bye.headers),
            },
        )
    }

    fn end(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        response: Response,
        reason: EndReason,
    ) -> Stage {
        self.stop_ringing(scope);
        scope.stop(Timer::RetryModify);
        if let Some(offer) = self.session.offer.take() {
            offer.withdraw(scope);
        }
        scope.respond(self.transaction, response);
        scope.disown(self.transaction);
        scope.emit_ended(reason);
        Over::stage(Some(self.session.dialog), Acks::default())
    }

    /// A response that makes a dialog: with our Contact, and with the Record-Route from which the
    /// caller learns its route set (RFC 3261 §12.1.1).
    fn dialog_response(&self, status: StatusCode) -> Response {
        let mut response = Response::to(&self.invite, status);
        for route in self.invite.headers.all("Record-Route") {
            response.headers.push("Record-Route", route);
        }
        response
            .headers
            .push("Contact", &self.session.dialog.contact);
        response
    }

    fn stop_ringing(&mut self, scope: &mut Scope<'_>) {
        self.unconfirmed = None;
        for timer in [
            Timer::KeepRinging,
            Timer::RepeatProvisional,
            Timer::AwaitPrack,
            Timer::InviteExpires,
        ] {
            scope.stop(timer);
        }
    }
}

/// 500 with a random Retry-After of up to ten seconds (RFC 3261 §14.2).
pub(super) fn refuse_for_now(
    scope: &mut Scope<'_>,
    transaction: ServerTransactionId,
    request: &Request,
) {
    let mut response = Response::to(request, StatusCode::SERVER_INTERNAL_ERROR);
    response
        .headers
        .push("Retry-After", scope.signalling.layer.ids.below(11));
    scope.respond(transaction, response);
}
