//! A call that has ended for its owner, while the wire may still bring something for it: a 2xx that
//! crossed our CANCEL, a BYE that crossed ours, the ACK that our BYE waits for.

use crate::call::scope::{Acks, Scope};
use crate::call::transfer::Obeyed;
use crate::call::unacked::Unacked;
use crate::call::{Purpose, Stage, screen};
use crate::dialog::{Dialog, DialogId};
use crate::message::{Method, Request, Response, StatusCode};
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, ServerTransactionId, TransactionError};

#[derive(Debug)]
pub(super) struct Over {
    pub(super) dialog: Option<Dialog>,
    pub(super) acks: Acks,
    /// Our 200 whose ACK must come before our BYE may leave.
    pub(super) unacked: Option<Unacked>,
    pub(super) farewell: Farewell,
    /// The other side sent us to somebody else and still wants to know how that ends.
    pub(super) obeyed: Option<Obeyed>,
    /// How often it has been kept because its BYE could not leave.
    pub(super) kept: u32,
}

/// How far our BYE has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    /// It has left, or none is needed.
    Said,
    AfterAck,
    WhenFlowReturns,
}

impl Farewell {
    pub(super) fn say(scope: &mut Scope<'_>, dialog: &mut Dialog) -> Self {
        if scope.hang_up(dialog) {
            Self::Said
        } else {
            Self::WhenFlowReturns
        }
    }
}

impl Over {
    /// The stage of a call that owes nothing.
    pub(super) fn stage(dialog: Option<Dialog>, acks: Acks) -> Stage {
        Stage::Over(Box::new(Self {
            dialog,
            acks,
            unacked: None,
            farewell: Farewell::Said,
            obeyed: None,
            kept: 0,
        }))
    }

    /// Says goodbye in a dialog that has just begun, and goes.
    pub(super) fn hang_up(scope: &mut Scope<'_>, mut dialog: Dialog, acks: Acks) -> Stage {
        let farewell = Farewell::say(scope, &mut dialog);
        Stage::Over(Box::new(Self {
            dialog: Some(dialog),
            acks,
            unacked: None,
            farewell,
            obeyed: None,
            kept: 0,
        }))
    }

    pub(super) fn owns(&self, dialog: &DialogId) -> bool {
        self.dialog.as_ref().is_some_and(|own| own.id == *dialog)
    }

    /// Their BYE may cross ours; everything else comes too late.
    pub(super) fn on_request(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) -> Stage {
        match request.method {
            Method::Bye => {
                self.settle_unacked(scope);
                self.farewell = Farewell::Said;
                scope.respond_with(transaction, request, StatusCode::OK);
            }
            Method::Options => scope.respond(transaction, screen::capabilities(request)),
            _ => scope.respond_with(transaction, request, StatusCode::CALL_DOES_NOT_EXIST),
        }
        Stage::Over(self)
    }

    pub(super) fn on_ack(mut self: Box<Self>, scope: &mut Scope<'_>, ack: &Request) -> Stage {
        if let Some(unacked) = self
            .unacked
            .take_if(|unacked| unacked.is_acknowledged_by(ack))
        {
            unacked.settle(scope);
            self.say_farewell(scope);
        }
        Stage::Over(self)
    }

    pub(super) fn on_response(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        purpose: Purpose,
        response: &Response,
    ) -> Stage {
        match purpose {
            Purpose::Invite | Purpose::Rescue if response.status.is_success() => {
                self.acks.handle_late_success(scope, transaction, response);
            }
            Purpose::Modify if response.status.is_success() => {
                if let Some(dialog) = &self.dialog {
                    self.acks
                        .handle_late_change(scope, transaction, dialog, response);
                }
            }
            Purpose::Bye if is_challenge(response.status) => {
                if let Some(dialog) = &mut self.dialog {
                    scope.send_with_credentials(transaction, response, dialog, purpose);
                }
            }
            // It was given up before anything was heard of it.
            Purpose::Rescue if response.status.is_provisional() => scope.cancel(transaction),
            Purpose::Invite
            | Purpose::Rescue
            | Purpose::Modify
            | Purpose::Transfer
            | Purpose::Bye
            | Purpose::Auxiliary => {}
        }
        Stage::Over(self)
    }

    pub(super) fn on_failed(
        mut self: Box<Self>,
        purpose: Purpose,
        error: TransactionError,
    ) -> Stage {
        if purpose == Purpose::Bye && error == TransactionError::FlowLost {
            self.farewell = Farewell::WhenFlowReturns;
        }
        Stage::Over(self)
    }

    pub(super) fn on_timer(mut self: Box<Self>, scope: &mut Scope<'_>, timer: Timer) -> Stage {
        match timer {
            Timer::RepeatSuccess => {
                if let Some(unacked) = &mut self.unacked {
                    unacked.repeat(scope);
                }
            }
            Timer::AwaitAck => {
                self.settle_unacked(scope);
                self.say_farewell(scope);
            }
            Timer::Linger => scope.start(Timer::Linger),
            // No other timer runs in this stage.
            _ => {}
        }
        Stage::Over(self)
    }

    pub(super) fn on_new_flow(mut self: Box<Self>, scope: &mut Scope<'_>) -> Stage {
        if self.farewell == Farewell::WhenFlowReturns {
            self.say_farewell(scope);
        }
        Stage::Over(self)
    }

    pub(super) fn report_transfer(&mut self, scope: &mut Scope<'_>, status: StatusCode) {
        let (Some(mut obeyed), Some(dialog)) = (self.obeyed.take(), &mut self.dialog) else {
            return;
        };
        if obeyed.report(scope, dialog, status) {
            self.obeyed = Some(obeyed);
        }
    }

    /// The BYE still waits for a flow, and not for too long.
    pub(super) fn stays_longer(&mut self) -> bool {
        self.kept += 1;
        self.farewell == Farewell::WhenFlowReturns && self.kept <= MAX_KEPT
    }

    fn say_farewell(&mut self, scope: &mut Scope<'_>) {
        let Some(dialog) = &mut self.dialog else {
            return;
        };
        if self.farewell == Farewell::Said {
            return;
        }
        self.farewell = Farewell::say(scope, dialog);
    }

    fn settle_unacked(&mut self, scope: &mut Scope<'_>) {
        if let Some(unacked) = self.unacked.take() {
            unacked.settle(scope);
        }
    }
}

/// After an hour without a flow, in units of `Timer::Linger`, the other side has noticed by itself.
const MAX_KEPT: u32 = 100;
