//! A call whose flow was replaced, and that the servers on the way do not find any more: its route
//! set led over the lost flow. An INVITE with Replaces makes a new dialog with a new route
//! (RFC 3891); to the owner it is the same call.

use crate::call::replaces::Replaces;
use crate::call::scope::Scope;
use crate::call::screen::{ALLOW, SUPPORTED_IN_RESCUE};
use crate::call::session::Session;
use crate::call::{EndReason, Purpose, Stage};
use crate::dialog::{self, Dialog, DialogId};
use crate::message::{Method, NameAddr, Request, Response, StatusCode};
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, ServerTransactionId};

/// The INVITE that shall take the place of our own call.
#[derive(Debug)]
pub(super) struct Rescue {
    invite: ClientTransactionId,
    cseq: u32,
    /// The other side has hung up the old dialog, as it does when it takes the new one.
    old_is_over: bool,
}

impl Session {
    /// Whether a refusal of the first refresh on a new flow says that the way is gone, not the
    /// other side. 480 and 503 do not: whoever is away for a moment, perhaps because the server
    /// restarted, comes back and refreshes by itself.
    pub(super) fn has_lost_its_way(&self, status: StatusCode) -> bool {
        let lost = matches!(status.code(), 404 | 410 | 430 | 502 | 504);
        lost && self.moved && self.rescue.is_none()
    }

    /// Calls the other side anew, in place of this call.
    pub(super) fn rescue(&mut self, scope: &mut Scope<'_>) {
        let Some(invite) = self.replacing_invite(scope) else {
            return;
        };
        if let Some(invite) = scope.send(invite, Purpose::Rescue) {
            self.rescue = Some(Rescue {
                invite,
                cseq: 1,
                old_is_over: false,
            });
        }
    }

    /// Who does not know Replaces refuses (420) and does not ring.
    fn replacing_invite(&self, scope: &mut Scope<'_>) -> Option<Request> {
        let uri = self.dialog.public_remote()?;
        let ids = &mut scope.signalling.layer.ids;
        let mut from = self.dialog.local_address()?;
        if let Some(epid) = &scope.signalling.epid {
            from = from.with_param("epid", epid.as_str());
        }
        let from = dialog::tagged(&from, &ids.tag());
        let mut invite = Request::new(Method::Invite, uri.clone());
        let headers = &mut invite.headers;
        headers.push("From", from);
        headers.push("To", NameAddr::new(uri));
        headers.push("Call-ID", ids.call_id());
        headers.push("CSeq", "1 INVITE");
        headers.push("Contact", &self.dialog.contact);
        headers.push("Allow", ALLOW);
        headers.push("Supported", SUPPORTED_IN_RESCUE);
        headers.push("Require", "replaces");
        headers.push("Replaces", Replaces::of_dialog(&self.dialog.id));
        self.timer.ask(headers);
        invite.set_body("application/sdp", self.local_sdp.clone());
        Some(invite)
    }

    pub(super) fn on_rescue_response(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Stage {
        let status = response.status;
        let Some(mut rescue) = self.rescue.take_if(|rescue| rescue.invite == transaction) else {
            if status.is_success() {
                self.acks.handle_late_success(scope, transaction, response);
            }
            return Stage::Session(self);
        };
        if status.is_provisional() {
            self.rescue = Some(rescue);
            return Stage::Session(self);
        }
        if is_challenge(status) && rescue.authenticate(scope, response) {
            self.rescue = Some(rescue);
            return Stage::Session(self);
        }
        if status.is_success() && self.is_rescued(scope, transaction, response) {
            self.change_what_waits(scope);
            return Stage::Session(self);
        }
        self.rescue_failed(scope, &rescue)
    }

    /// No way was found. The call stands as it did, whatever the status: the INVITE may have met
    /// somebody else, who knows nothing of the call, and the other side may still find a way.
    pub(super) fn rescue_failed(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        rescue: &Rescue,
    ) -> Stage {
        if rescue.old_is_over {
            return self.hang_up(scope, EndReason::HungUp { cause: None });
        }
        if let Some(delay) = self.timer.next_try() {
            scope.start_in(Timer::RefreshSession, delay);
        }
        self.change_what_waits(scope);
        Stage::Session(self)
    }

    /// The new dialog takes the place of the old one.
    fn is_rescued(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> bool {
        let invite = scope.signalling.layer.sent(transaction);
        let Some(dialog) = invite.and_then(|invite| Dialog::of_client(invite, response)) else {
            return false;
        };
        let old = std::mem::replace(&mut self.dialog, dialog);
        self.replaced = Some(old.id);
        scope.acknowledge(transaction, &self.dialog, &mut self.acks);
        self.moved = false;
        self.timer.granted(response);
        self.watch(scope);
        if let Some(sdp) = response.session_description() {
            self.refreshed(scope, sdp.to_vec());
        }
        true
    }

    /// Answers a request in the dialog that was replaced, or a BYE in the one that is about to be:
    /// whoever takes the new dialog hangs the old one up. Returns whether it was such a request.
    pub(super) fn answer_in_old_dialog(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) -> bool {
        let is_bye = request.method == Method::Bye;
        let dialog = DialogId::of_incoming(request);
        let was_replaced = dialog.is_some() && dialog == self.replaced;
        match &mut self.rescue {
            Some(rescue) if is_bye => rescue.old_is_over = true,
            Some(_) | None if was_replaced => {}
            Some(_) | None => return false,
        }
        let status = match is_bye {
            true => StatusCode::OK,
            false => StatusCode::CALL_DOES_NOT_EXIST,
        };
        scope.respond_with(transaction, request, status);
        true
    }

    /// Gives the rescue up with the call.
    pub(super) fn abandon_rescue(&mut self, scope: &mut Scope<'_>) {
        if let Some(rescue) = self.rescue.take() {
            scope.cancel(rescue.invite);
        }
    }
}

impl Rescue {
    fn authenticate(&mut self, scope: &mut Scope<'_>, response: &Response) -> bool {
        if scope.signalling.challenged(self.invite, response).is_err() {
            return false;
        }
        self.cseq += 1;
        let again = scope.signalling.renewed(self.invite, self.cseq);
        let sent = again.and_then(|again| scope.send(again, Purpose::Rescue));
        if let Some(invite) = sent {
            self.invite = invite;
        }
        sent.is_some()
    }
}
