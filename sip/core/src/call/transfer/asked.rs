//! The transfer that we ask the other side for, and what its notifications tell (RFC 3515 §2.4).

use std::time::Duration;

use crate::call::commands::CallError;
use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::transfer::{SIPFRAG, TransferProgress};
use crate::call::{CallEvent, EndReason, Purpose, Stage};
use crate::message::{Method, NameAddr, Request, Response, StatusCode};
use crate::signalling::is_challenge;
use crate::subscription::{EventPackage, SubscriptionState};
use crate::timers::{TRANSACTION_TIMEOUT, Timer};
use crate::transaction::{ClientTransactionId, ServerTransactionId, TransactionError};

impl Session {
    /// Asks the other side to call somebody else.
    pub(in crate::call) fn transfer(
        &mut self,
        scope: &mut Scope<'_>,
        refer_to: &NameAddr,
    ) -> Result<(), CallError> {
        if self.awaits_transfer {
            return Err(CallError::TransferPending);
        }
        let mut refer = self.dialog.request(Method::Refer);
        refer.headers.push("Refer-To", refer_to);
        if let Some(ourselves) = self.dialog.local_address() {
            refer.headers.push("Referred-By", ourselves);
        }
        if scope.send(refer, Purpose::Transfer).is_none() {
            return Err(CallError::NoFlow);
        }
        self.awaits_transfer = true;
        Ok(())
    }

    pub(in crate::call) fn on_transfer_response(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Stage {
        let status = response.status;
        if !self.awaits_transfer || status.is_provisional() {
            return Stage::Session(self);
        }
        if is_challenge(status) {
            let dialog = &mut self.dialog;
            let again =
                scope.send_with_credentials(transaction, response, dialog, Purpose::Transfer);
            if again.is_some() {
                return Stage::Session(self);
            }
        }
        if status.is_success() {
            // The first notification has to follow within 64*T1 (RFC 6665 §4.1.2.4, Timer N).
            scope.start(Timer::AwaitTransfer);
            if response.headers.lists("Refer-Sub", "false") {
                self.tell_transfer(scope, TransferProgress::Untold);
            }
            return Stage::Session(self);
        }
        self.tell_transfer(scope, TransferProgress::Failed(status));
        match EndReason::of_forgotten(status) {
            Some(reason) => self.hang_up(scope, reason),
            None => Stage::Session(self),
        }
    }

    pub(in crate::call) fn on_transfer_failed(
        &mut self,
        scope: &mut Scope<'_>,
        error: TransactionError,
    ) {
        let status = match error {
            TransactionError::TimedOut => StatusCode::REQUEST_TIMEOUT,
            // Sent again, it might transfer twice.
            TransactionError::FlowLost => StatusCode::SERVICE_UNAVAILABLE,
        };
        self.tell_transfer(scope, TransferProgress::Failed(status));
    }

    /// A notification inside of the call: of our REFER, or of nothing that we know.
    pub(in crate::call) fn on_notify(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        notify: &Request,
    ) {
        if EventPackage::name_of(notify) != Some("refer") {
            return scope.respond_with(transaction, notify, StatusCode::BAD_EVENT);
        }
        if !self.awaits_transfer {
            return scope.respond_with(transaction, notify, StatusCode::CALL_DOES_NOT_EXIST);
        }
        scope.respond_with(transaction, notify, StatusCode::OK);
        let told = status_of(notify).map(TransferProgress::of);
        let is_final = told.is_some_and(TransferProgress::is_final);
        if let Some(progress) = told {
            self.tell_transfer(scope, progress);
        }
        match SubscriptionState::read(notify) {
            _ if is_final => {}
            SubscriptionState::Terminated { .. } => {
                self.tell_transfer(scope, TransferProgress::Untold);
            }
            SubscriptionState::Active { expires } => {
                let patience = expires.unwrap_or(LONGEST_SILENCE).min(LONGEST_SILENCE);
                scope.start_in(Timer::AwaitTransfer, patience.max(TRANSACTION_TIMEOUT));
            }
        }
    }

    /// The other side has fallen silent about the transfer.
    pub(in crate::call) fn on_transfer_silence(&mut self, scope: &mut Scope<'_>) {
        self.tell_transfer(scope, TransferProgress::Untold);
    }

    fn tell_transfer(&mut self, scope: &mut Scope<'_>, progress: TransferProgress) {
        if !self.awaits_transfer {
            return;
        }
        if progress.is_final() {
            self.awaits_transfer = false;
            scope.stop(Timer::AwaitTransfer);
        }
        let call = scope.call;
        scope.emit(CallEvent::TransferProgress { call, progress });
    }
}

/// The status line in the body of a notification.
fn status_of(notify: &Request) -> Option<StatusCode> {
    let content_type = notify.headers.content_type().ok()??;
    let (kind, subkind) = SIPFRAG.split_once('/')?;
    if !content_type.is(kind, subkind) {
        return None;
    }
    let text = String::from_utf8_lossy(&notify.body);
    let mut words = text.lines().next()?.split_ascii_whitespace();
    words
        .next()
        .filter(|version| version.eq_ignore_ascii_case("SIP/2.0"))?;
    StatusCode::new(words.next()?.parse().ok()?)
}

/// How long a ringing target may be waited for without a word: as long as a proxy waits, three
/// minutes and a bit (RFC 3261 §16.6, Timer C).
const LONGEST_SILENCE: Duration = Duration::from_secs(200);
