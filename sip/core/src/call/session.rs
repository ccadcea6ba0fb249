//! An answered call: its dialog, and the requests in it.

use std::time::Duration;

use crate::call::change::Change;
use crate::call::commands::CallError;
use crate::call::end::Cause;
use crate::call::offer::OpenOffer;
use crate::call::over::{Farewell, Over};
use crate::call::rescue::Rescue;
use crate::call::scope::{Acks, Scope};
use crate::call::session_timer::SessionTimer;
use crate::call::transfer::Obeyed;
use crate::call::turn::Turn;
use crate::call::unacked::{Awaits, Unacked};
use crate::call::{CallEvent, EndReason, Purpose, Stage, digit, screen};
use crate::dialog::{Dialog, DialogId};
use crate::message::{Method, Request, Response, StatusCode};
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, ServerTransactionId, TransactionError};

/// A dialog and the exchange of session descriptions in it. Calls that are not answered yet have
/// one for each early dialog.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) dialog: Dialog,
    pub(super) acks: Acks,
    /// The INVITE has its 2xx.
    pub(super) confirmed: bool,
    /// Who still owes the answer to the offer that the call began with.
    pub(super) opening: Turn,
    /// The descriptions that are in force.
    pub(super) local_sdp: Vec<u8>,
    pub(super) remote_sdp: Vec<u8>,
    pub(super) timer: SessionTimer,
    /// Our 200 that still waits for its ACK.
    pub(super) unacked: Option<Unacked>,
    /// The change that we have asked for.
    pub(super) change: Option<Change>,
    /// The offer that waits for the end of a refresh.
    pub(super) next_offer: Option<Vec<u8>>,
    /// A change has taken place, so that what the call began with is over.
    pub(super) was_changed: bool,
    /// The change that they have asked for.
    pub(super) offer: Option<OpenOffer>,
    /// The flow is another one than that on which the dialog began, and the other side has not
    /// answered there yet.
    pub(super) moved: bool,
    /// The INVITE that shall take the place of this call.
    pub(super) rescue: Option<Rescue>,
    /// The dialog that this one took the place of.
    pub(super) replaced: Option<DialogId>,
    /// We have asked the other side to call somebody else and wait for the outcome.
    pub(super) awaits_transfer: bool,
    /// The other side has asked us to call somebody else.
    pub(super) obeyed: Option<Obeyed>,
    /// It has done so at least once.
    pub(super) was_referred: bool,
}

impl Session {
    /// A call that has just begun; `opening` owes an answer.
    pub(super) fn early(dialog: Dialog, opening: Turn) -> Self {
        Self {
            dialog,
            acks: Acks::default(),
            confirmed: false,
            opening,
            local_sdp: Vec::new(),
            remote_sdp: Vec::new(),
            timer: SessionTimer::new(),
            unacked: None,
            change: None,
            next_offer: None,
            was_changed: false,
            offer: None,
            moved: false,
            rescue: None,
            replaced: None,
            awaits_transfer: false,
            obeyed: None,
            was_referred: false,
        }
    }

    /// Whose turn it is to answer an offer.
    pub(super) fn turn(&self) -> Turn {
        let awaits_answer = self
            .unacked
            .as_ref()
            .is_some_and(|it| it.awaits != Awaits::Ack);
        if self.offer.is_some() {
            Turn::Ours
        } else if awaits_answer
            || self.rescue.is_some()
            || self.change.as_ref().is_some_and(Change::is_offered)
        {
            Turn::Theirs
        } else {
            self.opening
        }
    }

    /// The first offer is answered.
    pub(super) fn answered(&mut self, local: &[u8], remote: &[u8]) {
        self.opening = Turn::Free;
        self.local_sdp = local.to_vec();
        self.remote_sdp = remote.to_vec();
    }

    /// The call is answered, with these descriptions in force.
    pub(super) fn confirm(&mut self, scope: &mut Scope<'_>) {
        self.confirmed = true;
        self.opening = Turn::Free;
        self.watch(scope);
    }

    /// Waits for the next refresh, by whichever side (RFC 4028 §10).
    pub(super) fn watch(&mut self, scope: &mut Scope<'_>) {
        scope.stop(Timer::RefreshSession);
        scope.stop(Timer::SessionExpires);
        let Some(plan) = self.timer.plan() else {
            return;
        };
        scope.start_in(Timer::SessionExpires, plan.expiry);
        if let Some(refresh) = plan.refresh {
            scope.start_in(Timer::RefreshSession, refresh);
        }
    }

    /// The call goes on over another flow. What was lost with the old one is said again, and the
    /// other side learns our new address.
    pub(super) fn on_new_flow(&mut self, scope: &mut Scope<'_>, contact: &str) {
        self.dialog.contact = contact.to_owned();
        self.moved = true;
        self.acks.repeat_recent(scope);
        self.refresh(scope);
    }

    /// Ends the call from our side.
    pub(super) fn hang_up(mut self: Box<Self>, scope: &mut Scope<'_>, reason: EndReason) -> Stage {
        self.close(scope);
        scope.emit_ended(reason);
        let farewell = if self.unacked.is_some() {
            // Whoever answered must not hang up before the ACK is there (RFC 3261 §15).
            Farewell::AfterAck
        } else {
            Farewell::say(scope, &mut self.dialog)
        };
        Stage::Over(Box::new(Over {
            dialog: Some(self.dialog),
            acks: self.acks,
            unacked: self.unacked,
            farewell,
            obeyed: self.obeyed,
            kept: 0,
        }))
    }

    /// Sends a digit by INFO; nothing depends on its outcome.
    pub(super) fn send_digit(
        &mut self,
        scope: &mut Scope<'_>,
        digit: char,
        duration: Duration,
    ) -> Result<(), CallError> {
        let mut info = self.dialog.request(Method::Info);
        let (content_type, body) = digit::write(digit, duration);
        info.set_body(content_type, body.into_bytes());
        let sent = scope.send(info, Purpose::Auxiliary);
        sent.map(drop).ok_or(CallError::NoFlow)
    }

    pub(super) fn on_request(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) -> Stage {
        if self.answer_in_old_dialog(scope, transaction, request) {
            return Stage::Session(self);
        }
        if let Some(objection) = screen::objection(request) {
            scope.respond(transaction, objection);
            return Stage::Session(self);
        }
        if self.dialog.accept_cseq(request).is_err() {
            scope.respond_with(transaction, request, StatusCode::SERVER_INTERNAL_ERROR);
            return Stage::Session(self);
        }
        match request.method {
            Method::Bye => return self.on_bye(scope, transaction, request),
            // Only a new call replaces another (RFC 3891 §3).
            Method::Invite if request.headers.get("Replaces").is_some() => {
                scope.respond_with(transaction, request, StatusCode::BAD_REQUEST);
            }
            Method::Invite | Method::Update => self.on_offer(scope, transaction, request),
            Method::Info => on_info(scope, transaction, request),
            Method::Options => scope.respond(transaction, screen::capabilities(request)),
            // The PRACK of a 180 may come after our 200 has left.
            Method::Prack => scope.respond_with(transaction, request, StatusCode::OK),
            Method::Refer => self.on_refer(scope, transaction, request),
            Method::Notify => self.on_notify(scope, transaction, request),
            Method::Subscribe => scope.respond_with(transaction, request, StatusCode::BAD_EVENT),
            _ => scope.respond(transaction, screen::wrong_method(request)),
        }
        Stage::Session(self)
    }

    pub(super) fn on_ack(mut self: Box<Self>, scope: &mut Scope<'_>, ack: &Request) -> Stage {
        let Some(unacked) = self
            .unacked
            .take_if(|unacked| unacked.is_acknowledged_by(ack))
        else {
            return Stage::Session(self);
        };
        let call = scope.call;
        match (
            unacked.settle(scope),
            ack.session_description().map(<[u8]>::to_vec),
        ) {
            (Awaits::Ack, _) | (Awaits::ModifiedAnswer, None) => {}
            (Awaits::Answer, Some(sdp)) => {
                self.remote_sdp.clone_from(&sdp);
                scope.emit(CallEvent::Answered { call, sdp });
            }
            (Awaits::ModifiedAnswer, Some(sdp)) => {
                self.remote_sdp.clone_from(&sdp);
                scope.emit(CallEvent::Modified { call, sdp });
            }
            (Awaits::Answer, None) => return self.hang_up(scope, EndReason::NoSessionDescription),
        }
        Stage::Session(self)
    }

    /// A CANCEL of a re-INVITE that we have not answered; the session goes on.
    pub(super) fn on_cancel(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        invite: ServerTransactionId,
    ) -> Stage {
        if let Some(offer) = self.offer.take_if(|offer| offer.is_in(invite)) {
            offer.withdraw(scope);
        }
        Stage::Session(self)
    }

    pub(super) fn on_response(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        purpose: Purpose,
        response: &Response,
    ) -> Stage {
        match purpose {
            Purpose::Modify => {
                if let Some(reason) = self.on_change_response(scope, transaction, response) {
                    return self.hang_up(scope, reason);
                }
            }
            Purpose::Transfer => return self.on_transfer_response(scope, transaction, response),
            Purpose::Rescue => return self.on_rescue_response(scope, transaction, response),
            Purpose::Invite if response.status.is_success() => {
                self.acks.handle_late_success(scope, transaction, response);
            }
            // BYEs of other forks, PRACKs and CANCELs: nothing depends on them.
            Purpose::Invite | Purpose::Bye | Purpose::Auxiliary => {}
        }
        Stage::Session(self)
    }

    pub(super) fn on_failed(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        purpose: Purpose,
        error: TransactionError,
    ) -> Stage {
        match purpose {
            Purpose::Modify => {
                if let Some(reason) = self.on_change_failed(error) {
                    return self.hang_up(scope, reason);
                }
            }
            Purpose::Transfer => self.on_transfer_failed(scope, error),
            Purpose::Rescue => {
                if let Some(rescue) = self.rescue.take() {
                    return self.rescue_failed(scope, &rescue);
                }
            }
            Purpose::Invite | Purpose::Bye | Purpose::Auxiliary => {}
        }
        Stage::Session(self)
    }

    pub(super) fn on_server_failed(mut self: Box<Self>, transaction: ServerTransactionId) -> Stage {
        self.offer.take_if(|offer| offer.is_in(transaction));
        Stage::Session(self)
    }

    pub(super) fn on_timer(mut self: Box<Self>, scope: &mut Scope<'_>, timer: Timer) -> Stage {
        match timer {
            Timer::RepeatSuccess => {
                if let Some(unacked) = &mut self.unacked {
                    unacked.repeat(scope);
                }
            }
            // RFC 3261 §13.3.1.4: the dialog stands, so it is ended with BYE.
            // Deviation: not where the ACK was lost with the flow; the refresh finds out.
            Timer::AwaitAck => {
                let unacked = self.unacked.as_ref();
                let excused = unacked.is_some_and(|unacked| unacked.lost_its_flow(scope));
                self.settle_unacked(scope);
                if !excused {
                    return self.hang_up(scope, EndReason::TimedOut);
                }
            }
            Timer::RetryModify => self.retry_modify(scope),
            Timer::RefreshSession => self.refresh(scope),
            Timer::SessionExpires => return self.hang_up(scope, EndReason::SessionExpired),
            Timer::AwaitTransfer => self.on_transfer_silence(scope),
            // No other timer runs in this stage.
            _ => {}
        }
        Stage::Session(self)
    }

    /// Their proof that our 200 arrived need not be the ACK.
    pub(super) fn settle_unacked(&mut self, scope: &mut Scope<'_>) {
        if let Some(unacked) = self.unacked.take() {
            unacked.settle(scope);
        }
    }

    fn on_bye(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        bye: &Request,
    ) -> Stage {
        scope.respond_with(transaction, bye, StatusCode::OK);
        self.close(scope);
        self.settle_unacked(scope);
        scope.emit_ended(EndReason::HungUp {
            cause: Cause::read(&bye.headers),
        });
        Stage::Over(Box::new(Over {
            dialog: Some(self.dialog),
            acks: self.acks,
            unacked: None,
            farewell: Farewell::Said,
            obeyed: self.obeyed,
            kept: 0,
        }))
    }

    /// Leaves no request unanswered and no retry waiting (RFC 3261 §15.1.2).
    fn close(&mut self, scope: &mut Scope<'_>) {
        for timer in [
            Timer::RetryModify,
            Timer::RefreshSession,
            Timer::SessionExpires,
            Timer::AwaitTransfer,
        ] {
            scope.stop(timer);
        }
        self.abandon_rescue(scope);
        if let Some(offer) = self.offer.take() {
            offer.withdraw(scope);
        }
    }
}

fn on_info(scope: &mut Scope<'_>, transaction: ServerTransactionId, info: &Request) {
    scope.respond_with(transaction, info, StatusCode::OK);
    if let Some((digit, duration)) = digit::read(info) {
        scope.emit(CallEvent::Digit {
            call: scope.call,
            digit,
            duration,
        });
    }
}
