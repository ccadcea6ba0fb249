//! Changes of the session that we ask for, by re-INVITE (RFC 3261 §14.1).

use std::time::Duration;

use crate::call::commands::CallError;
use crate::call::reliable;
use crate::call::scope::Scope;
use crate::call::session::{Owner, Session};
use crate::call::turn::Turn;
use crate::call::{CallEvent, EndReason, Purpose, Stage};
use crate::message::{Method, Response, StatusCode};
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, TransactionError};

/// A re-INVITE of ours.
#[derive(Debug)]
pub(super) struct Change {
    offer: Vec<u8>,
    progress: Progress,
    last_rseq: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Sent(ClientTransactionId),
    /// It met one of theirs, or the flow was lost; it is sent again.
    Waiting,
}

impl Change {
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.progress, Progress::Sent(_))
    }
}

impl Session {
    pub(super) fn modify(
        &mut self,
        scope: &mut Scope<'_>,
        offer: Vec<u8>,
    ) -> Result<(), CallError> {
        if self.turn() != Turn::Free || self.change.is_some() {
            return Err(CallError::OfferPending);
        }
        self.change = Some(Change {
            offer,
            progress: Progress::Waiting,
            last_rseq: None,
        });
        self.send_change(scope);
        Ok(())
    }

    /// The time after a 491 is over.
    pub(super) fn retry_modify(&mut self, scope: &mut Scope<'_>) {
        match self.turn() {
            Turn::Free => self.send_change(scope),
            Turn::Ours | Turn::Theirs => self.wait(scope),
        }
    }

    pub(super) fn on_modify_response(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Stage {
        let sent = Progress::Sent(transaction);
        let Some(mut change) = self.change.take_if(|change| change.progress == sent) else {
            if response.status.is_success() {
                self.acks.handle_late_success(scope, transaction, response);
            }
            return Stage::Session(self);
        };
        let status = response.status;
        if status.is_provisional() {
            reliable::acknowledge(scope, &mut self.dialog, &mut change.last_rseq, response);
            self.change = Some(change);
        } else if status.is_success() {
            self.change_accepted(scope, transaction, response);
        } else if status == StatusCode::REQUEST_PENDING {
            self.change = Some(Change {
                progress: Progress::Waiting,
                ..change
            });
            self.wait(scope);
        } else if is_challenge(status) {
            let purpose = Purpose::Modify;
            match scope.send_with_credentials(transaction, response, &mut self.dialog, purpose) {
                Some(again) => {
                    self.change = Some(Change {
                        progress: Progress::Sent(again),
                        ..change
                    });
                }
                None => scope.emit(CallEvent::ModifyRefused {
                    call: scope.call,
                    status,
                }),
            }
        } else if let Some(reason) = EndReason::of_forgotten(status) {
            return self.hang_up(scope, reason);
        } else {
            scope.emit(CallEvent::ModifyRefused {
                call: scope.call,
                status,
            });
        }
        Stage::Session(self)
    }

    pub(super) fn on_modify_failed(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        error: TransactionError,
    ) -> Stage {
        match error {
            TransactionError::TimedOut => self.hang_up(scope, EndReason::TimedOut),
            TransactionError::FlowLost => {
                if let Some(change) = &mut self.change {
                    change.progress = Progress::Waiting;
                    self.wait(scope);
                }
                Stage::Session(self)
            }
        }
    }

    fn change_accepted(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        self.dialog.refresh_target(&response.headers);
        scope.acknowledge(transaction, &self.dialog, &mut self.acks);
        let call = scope.call;
        match response.session_description() {
            Some(sdp) => scope.emit(CallEvent::Modified {
                call,
                sdp: sdp.to_vec(),
            }),
            // An offer without an answer changes nothing.
            None => {
                let status = StatusCode::NOT_ACCEPTABLE_HERE;
                scope.emit(CallEvent::ModifyRefused { call, status });
            }
        }
    }

    fn send_change(&mut self, scope: &mut Scope<'_>) {
        let Some(change) = &mut self.change else {
            return;
        };
        let mut invite = self.dialog.request(Method::Invite);
        invite.set_body("application/sdp", change.offer.clone());
        match scope.send(invite, Purpose::Modify) {
            Some(transaction) => change.progress = Progress::Sent(transaction),
            None => self.wait(scope),
        }
    }

    /// Whoever made the Call-ID waits longer, so that the two do not meet again: 2.1 to 4 s
    /// against 0 to 2 s, in steps of 10 ms (RFC 3261 §14.1).
    fn wait(&mut self, scope: &mut Scope<'_>) {
        let ids = &mut scope.signalling.layer.ids;
        let steps = match self.owner {
            Owner::Us => 210 + ids.below(191),
            Owner::Them => ids.below(201),
        };
        scope.start_in(Timer::RetryModify, Duration::from_millis(steps * 10));
    }
}
