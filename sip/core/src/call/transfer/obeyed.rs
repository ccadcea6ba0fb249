//! The transfer that the other side asks us for (RFC 3515 §2.4.2 to §2.4.5).

use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::transfer::{SIPFRAG, TransferTarget};
use crate::call::{CallEvent, EndReason, Purpose};
use crate::dialog::Dialog;
use crate::message::{Method, Request, Response, StatusCode};
use crate::transaction::ServerTransactionId;

/// A REFER of theirs that was accepted and has not come to its end; one at a time.
#[derive(Debug)]
pub(in crate::call) struct Obeyed {
    /// What the Event header of its notifications says.
    event: String,
    /// They want no notifications (RFC 4488).
    silent: bool,
    /// Waits for the word of the call's owner.
    pub(in crate::call) target: Option<TransferTarget>,
    last: StatusCode,
}

impl Obeyed {
    /// Tells the other side how the call to the target stands. Returns whether more may follow.
    pub(in crate::call) fn report(
        &mut self,
        scope: &mut Scope<'_>,
        dialog: &mut Dialog,
        status: StatusCode,
    ) -> bool {
        let repeated = status.is_provisional() && status == self.last;
        self.last = status;
        if !self.silent && !repeated {
            scope.send(self.notification(dialog, status), Purpose::Auxiliary);
        }
        status.is_provisional()
    }

    fn notification(&self, dialog: &mut Dialog, status: StatusCode) -> Request {
        let mut notify = dialog.request(Method::Notify);
        notify.headers.push("Event", &self.event);
        let state = if status.is_provisional() {
            format!("active;expires={EXPIRES}")
        } else {
            "terminated;reason=noresource".to_owned()
        };
        notify.headers.push("Subscription-State", state);
        let line = format!("SIP/2.0 {status} {}\r\n", status.default_reason());
        notify.set_body(&format!("{SIPFRAG};version=2.0"), line.into_bytes());
        notify
    }
}

impl Session {
    pub(in crate::call) fn on_refer(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        refer: &Request,
    ) {
        if self.obeyed.is_some() {
            return scope.respond_with(transaction, refer, StatusCode::REQUEST_PENDING);
        }
        let target = match TransferTarget::read(refer) {
            Ok(target) => target,
            Err(status) => return scope.respond_with(transaction, refer, status),
        };
        self.dialog.refresh_target(&refer.headers);
        let silent = refer.headers.lists("Refer-Sub", "false");
        let mut response = Response::to(refer, StatusCode::ACCEPTED);
        response.headers.push("Contact", &self.dialog.contact);
        if silent {
            response.headers.push("Refer-Sub", "false");
        }
        scope.respond(transaction, response);
        let mut obeyed = Obeyed {
            event: self.event_of(refer),
            silent,
            target: Some(target.clone()),
            last: StatusCode::OK,
        };
        obeyed.report(scope, &mut self.dialog, StatusCode::TRYING);
        self.obeyed = Some(obeyed);
        let (call, target) = (scope.call, Box::new(target));
        scope.emit(CallEvent::TransferRequested { call, target });
    }

    /// Only the first REFER in a dialog needs no number (RFC 3515 §2.4.6).
    fn event_of(&mut self, refer: &Request) -> String {
        let first = !std::mem::replace(&mut self.was_referred, true);
        match refer.headers.cseq() {
            Ok(cseq) if !first => format!("refer;id={}", cseq.number),
            Ok(_) | Err(_) => "refer".to_owned(),
        }
    }

    /// Passes on how the call to the target stands.
    pub(in crate::call) fn report_transfer(&mut self, scope: &mut Scope<'_>, status: StatusCode) {
        let Some(mut obeyed) = self.obeyed.take() else {
            return;
        };
        if obeyed.report(scope, &mut self.dialog, status) {
            self.obeyed = Some(obeyed);
        }
    }
}

/// What the other side of a transfer is told of a call to its target that came to nothing.
pub(in crate::call) fn status_of(reason: &EndReason) -> StatusCode {
    match reason {
        EndReason::Refused { status, .. } | EndReason::Forgotten { status } => *status,
        EndReason::Local | EndReason::Replaced { .. } => StatusCode::REQUEST_TERMINATED,
        EndReason::TimedOut | EndReason::SessionExpired => StatusCode::REQUEST_TIMEOUT,
        EndReason::NoSessionDescription => StatusCode::NOT_ACCEPTABLE_HERE,
        EndReason::TooManyRedirects => StatusCode::LOOP_DETECTED,
        EndReason::NotAuthorized => StatusCode::FORBIDDEN,
        EndReason::FlowLost
        | EndReason::TooManyCalls
        | EndReason::HungUp { .. }
        | EndReason::Cancelled { .. } => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// How long a notification holds, in seconds: as long as the target may ring (RFC 3261 §16.6,
/// Timer C).
const EXPIRES: u32 = 180;
