//! Changes of the session that the other side asks for, by re-INVITE or UPDATE
//! (RFC 3261 §14.2, RFC 3311 §5.2).

use crate::call::commands::CallError;
use crate::call::incoming::refuse_for_now;
use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::unacked::{Awaits, Unacked};
use crate::call::{CallEvent, screen};
use crate::message::{Method, Request, Response, StatusCode};
use crate::transaction::ServerTransactionId;

/// A re-INVITE or an UPDATE that waits for the word of the call's owner.
#[derive(Debug)]
pub(super) struct OpenOffer {
    transaction: ServerTransactionId,
    /// The request without its body, for the response.
    request: Request,
    /// What they offer; a re-INVITE without SDP asks for an offer of ours.
    sdp: Option<Vec<u8>>,
}

impl OpenOffer {
    pub(super) fn is_in(&self, transaction: ServerTransactionId) -> bool {
        self.transaction == transaction
    }

    /// Answers 487: the offer was cancelled, or the call is over.
    pub(super) fn withdraw(self, scope: &mut Scope<'_>) {
        scope.respond_with(
            self.transaction,
            &self.request,
            StatusCode::REQUEST_TERMINATED,
        );
        scope.disown(self.transaction);
    }
}

impl Session {
    pub(super) fn on_offer(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) {
        let sdp = request.session_description().map(<[u8]>::to_vec);
        if request.method == Method::Update && sdp.is_none() {
            self.dialog.refresh_target(&request.headers);
            let response = self.success(request, None);
            scope.respond(transaction, response);
            self.watch_if_confirmed(scope);
            return;
        }
        match self.turn().refusal() {
            None => {}
            Some(StatusCode::SERVER_INTERNAL_ERROR) => {
                return refuse_for_now(scope, transaction, request);
            }
            Some(status) => return scope.respond_with(transaction, request, status),
        }
        // A new request in the dialog proves that our 200 arrived, even if its ACK is late.
        self.settle_unacked(scope);
        self.dialog.refresh_target(&request.headers);
        scope.own(transaction);
        let request = Request {
            body: Vec::new(),
            ..request.clone()
        };
        self.offer = Some(OpenOffer {
            transaction,
            request,
            sdp: sdp.clone(),
        });
        scope.emit(CallEvent::Offer {
            call: scope.call,
            sdp,
        });
    }

    pub(super) fn accept_offer(
        &mut self,
        scope: &mut Scope<'_>,
        sdp: Vec<u8>,
    ) -> Result<(), CallError> {
        let OpenOffer {
            transaction,
            request,
            sdp: offered,
        } = self.offer.take().ok_or(CallError::WrongState)?;
        scope.disown(transaction);
        self.was_changed = true;
        self.local_sdp.clone_from(&sdp);
        let response = self.success(&request, Some(sdp));
        self.watch_if_confirmed(scope);
        let awaits = match offered {
            Some(offered) => {
                self.remote_sdp = offered;
                Awaits::Ack
            }
            None => Awaits::ModifiedAnswer,
        };
        if request.method == Method::Update {
            scope.respond(transaction, response);
            return Ok(());
        }
        self.unacked = Some(Unacked::send(
            scope,
            transaction,
            &request,
            response,
            awaits,
        ));
        Ok(())
    }

    pub(super) fn refuse_offer(&mut self, scope: &mut Scope<'_>) -> Result<(), CallError> {
        let offer = self.offer.take().ok_or(CallError::WrongState)?;
        scope.respond_with(
            offer.transaction,
            &offer.request,
            StatusCode::NOT_ACCEPTABLE_HERE,
        );
        scope.disown(offer.transaction);
        Ok(())
    }

    /// An early dialog has no session that could expire.
    fn watch_if_confirmed(&mut self, scope: &mut Scope<'_>) {
        if self.confirmed {
            self.watch(scope);
        }
    }

    fn success(&mut self, request: &Request, sdp: Option<Vec<u8>>) -> Response {
        let mut response = screen::capabilities(request);
        response.headers.push("Contact", &self.dialog.contact);
        if self.confirmed {
            self.timer.accept(&request.headers, &mut response.headers);
        }
        if let Some(sdp) = sdp {
            response.set_body("application/sdp", sdp);
        }
        response
    }
}
