//! The early dialogs of a call that we placed: what the other side asks in them, and what we change
//! in them (RFC 3261 §12, RFC 3311).

use crate::call::outgoing::Outgoing;
use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::{CallEvent, Stage, screen};
use crate::dialog::DialogId;
use crate::message::{Method, Request, Response, StatusCode};
use crate::transaction::{ClientTransactionId, ServerTransactionId};

impl Outgoing {
    /// The early dialog whose session can change before the answer (RFC 3311 §5.1).
    pub(super) fn agreed(&mut self) -> Option<&mut Session> {
        self.forks.agreed()
    }

    /// A request in an early dialog. An offer in an UPDATE crosses our own unless that was answered
    /// reliably (RFC 3311 §5.2).
    pub(super) fn on_request(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) -> Stage {
        let dialog = DialogId::of_incoming(request);
        let Some(session) = dialog.and_then(|dialog| self.forks.of_dialog(&dialog)) else {
            scope.respond_with(transaction, request, StatusCode::CALL_DOES_NOT_EXIST);
            return Stage::Outgoing(self);
        };
        let in_order = session.dialog.accept_cseq(request).is_ok();
        let response = match (&request.method, screen::objection(request)) {
            (_, Some(objection)) => objection,
            (_, None) if !in_order => Response::to(request, StatusCode::SERVER_INTERNAL_ERROR),
            (Method::Update, None) => {
                session.on_offer(scope, transaction, request);
                return Stage::Outgoing(self);
            }
            (Method::Info, None) => Response::to(request, StatusCode::OK),
            (Method::Options, None) => screen::capabilities(request),
            (Method::Bye | Method::Prack, None) => {
                Response::to(request, StatusCode::CALL_DOES_NOT_EXIST)
            }
            (Method::Invite, None) => Response::to(request, StatusCode::REQUEST_PENDING),
            (_, None) => screen::wrong_method(request),
        };
        scope.respond(transaction, response);
        Stage::Outgoing(self)
    }

    /// An UPDATE of ours; what it comes to does not end a call that is not answered.
    pub(super) fn on_change_response(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        let Some(session) = self.forks.of_change(transaction) else {
            return;
        };
        if session
            .on_change_response(scope, transaction, response)
            .is_some()
        {
            let (call, status) = (scope.call, response.status);
            scope.emit(CallEvent::ModifyRefused { call, status });
        }
    }
}
