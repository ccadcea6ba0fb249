//! The stages of a call, and the way of every input to the one that the call is in.

use crate::call::incoming::Incoming;
use crate::call::outgoing::Outgoing;
use crate::call::over::Over;
use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::transfer::Obeyed;
use crate::call::turn::Turn;
use crate::call::{CallId, EndReason};
use crate::dialog::DialogId;
use crate::message::{Request, Response, StatusCode};
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, ServerTransactionId, TransactionError};

/// What a call is at this moment.
#[derive(Debug)]
pub(super) enum Stage {
    Outgoing(Box<Outgoing>),
    Incoming(Box<Incoming>),
    Session(Box<Session>),
    Over(Box<Over>),
}

/// Each input goes to the stage that the call is in.
impl Stage {
    pub(super) fn is_live(&self) -> bool {
        match self {
            Self::Outgoing(outgoing) => !outgoing.is_given_up(),
            Self::Incoming(_) | Self::Session(_) => true,
            Self::Over(_) => false,
        }
    }

    pub(super) fn owns(&self, dialog: &DialogId) -> bool {
        match self {
            Self::Outgoing(outgoing) => outgoing.owns(dialog),
            Self::Incoming(incoming) => incoming.session.dialog.id == *dialog,
            Self::Session(session) => {
                session.dialog.id == *dialog || session.replaced.as_ref() == Some(dialog)
            }
            Self::Over(over) => over.owns(dialog),
        }
    }

    /// The exchange of session descriptions that can change at this moment.
    pub(super) fn exchange(&mut self) -> Option<&mut Session> {
        match self {
            Self::Outgoing(outgoing) if !outgoing.is_given_up() => outgoing.agreed(),
            Self::Incoming(incoming) => {
                Some(&mut incoming.session).filter(|session| session.opening == Turn::Free)
            }
            Self::Session(session) => Some(session),
            Self::Outgoing(_) | Self::Over(_) => None,
        }
    }

    /// The transfer that the other side has asked for, with the dialog to speak of it in.
    pub(super) fn obeyed(&mut self) -> Option<&mut Obeyed> {
        match self {
            Self::Session(session) => session.obeyed.as_mut(),
            Self::Over(over) => over.obeyed.as_mut(),
            Self::Outgoing(_) | Self::Incoming(_) => None,
        }
    }

    /// Passes on to whoever sent us into another call how that one stands. The subscription
    /// outlives the INVITE's part of the dialog (RFC 5057 §4.2).
    pub(super) fn report_transfer(mut self, scope: &mut Scope<'_>, status: StatusCode) -> Self {
        match &mut self {
            Self::Session(session) => session.report_transfer(scope, status),
            Self::Over(over) => over.report_transfer(scope, status),
            Self::Outgoing(_) | Self::Incoming(_) => {}
        }
        self
    }

    /// Another call has taken the place of this one (RFC 3891 §3).
    pub(super) fn replaced(self, scope: &mut Scope<'_>, by: CallId) -> Self {
        let reason = EndReason::Replaced { by };
        match self {
            Self::Outgoing(outgoing) if !outgoing.is_given_up() => outgoing.give_up(scope, reason),
            Self::Session(session) => session.hang_up(scope, reason),
            Self::Outgoing(_) | Self::Incoming(_) | Self::Over(_) => self,
        }
    }

    pub(super) fn on_request(
        self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        request: &Request,
    ) -> Self {
        match self {
            Self::Outgoing(outgoing) => outgoing.on_request(scope, transaction, request),
            Self::Incoming(incoming) => incoming.on_request(scope, transaction, request),
            Self::Session(session) => session.on_request(scope, transaction, request),
            Self::Over(over) => over.on_request(scope, transaction, request),
        }
    }

    pub(super) fn on_ack(self, scope: &mut Scope<'_>, ack: &Request) -> Self {
        match self {
            Self::Session(session) => session.on_ack(scope, ack),
            Self::Over(over) => over.on_ack(scope, ack),
            Self::Outgoing(_) | Self::Incoming(_) => self,
        }
    }

    pub(super) fn on_cancel(
        self,
        scope: &mut Scope<'_>,
        invite: ServerTransactionId,
        cancel: &Request,
    ) -> Self {
        match self {
            Self::Incoming(incoming) => incoming.on_cancel(scope, cancel),
            Self::Session(session) => session.on_cancel(scope, invite),
            Self::Outgoing(_) | Self::Over(_) => self,
        }
    }

    pub(super) fn on_response(
        self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        purpose: Purpose,
        response: &Response,
    ) -> Self {
        match self {
            Self::Outgoing(outgoing) => outgoing.on_response(scope, transaction, purpose, response),
            Self::Session(session) => session.on_response(scope, transaction, purpose, response),
            Self::Over(over) => over.on_response(scope, transaction, purpose, response),
            Self::Incoming(mut incoming) => {
                if purpose == Purpose::Modify {
                    incoming.on_change_response(scope, transaction, response);
                }
                Self::Incoming(incoming)
            }
        }
    }

    pub(super) fn on_failed(
        self,
        scope: &mut Scope<'_>,
        purpose: Purpose,
        error: TransactionError,
    ) -> Self {
        match self {
            Self::Outgoing(outgoing) => outgoing.on_failed(scope, purpose, error),
            Self::Session(session) => session.on_failed(scope, purpose, error),
            Self::Over(over) => over.on_failed(purpose, error),
            Self::Incoming(mut incoming) => {
                if purpose == Purpose::Modify {
                    incoming.session.on_early_change_failed(scope);
                }
                Self::Incoming(incoming)
            }
        }
    }

    pub(super) fn on_server_failed(
        self,
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        error: TransactionError,
    ) -> Self {
        match self {
            Self::Incoming(incoming) => incoming.on_server_failed(scope, transaction, error),
            Self::Session(session) => session.on_server_failed(transaction),
            Self::Outgoing(_) | Self::Over(_) => self,
        }
    }

    pub(super) fn on_timer(self, scope: &mut Scope<'_>, timer: Timer) -> Self {
        match self {
            Self::Outgoing(outgoing) => outgoing.on_timer(scope, timer),
            Self::Incoming(incoming) => incoming.on_timer(scope, timer),
            Self::Session(session) => session.on_timer(scope, timer),
            Self::Over(over) => over.on_timer(scope, timer),
        }
    }

    pub(super) fn on_new_flow(self, scope: &mut Scope<'_>, contact: &str) -> Self {
        match self {
            Self::Session(mut session) => {
                session.on_new_flow(scope, contact);
                Self::Session(session)
            }
            Self::Over(over) => over.on_new_flow(scope),
            // Both lost their transaction with the flow and are over by then.
            Self::Outgoing(_) | Self::Incoming(_) => self,
        }
    }
}

/// What a request of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The INVITE that places the call.
    Invite,
    /// A re-INVITE.
    Modify,
    /// The INVITE that shall take the place of the call itself.
    Rescue,
    /// REFER.
    Transfer,
    /// PRACK, CANCEL, NOTIFY: nothing depends on its outcome.
    Auxiliary,
    Bye,
}
