//! What the owner of calls may ask of them.

use std::time::Instant;

use crate::call::incoming::Incoming;
use crate::call::outgoing::Outgoing;
use crate::call::scope::Scope;
use crate::call::{Call, CallId, CallTarget, Calls, EndReason, Stage};
use crate::input::FlowId;
use crate::message::{NameAddr, Request, StatusCode};
use crate::signalling::Signalling;
use crate::transaction::ServerTransactionId;

/// A call to be placed.
#[derive(Debug, Clone)]
pub struct NewCall {
    pub flow: FlowId,
    /// Who calls, without a tag.
    pub from: NameAddr,
    /// Who is called; often the target's URI.
    pub to: NameAddr,
    pub contact: NameAddr,
    pub target: CallTarget,
    /// The SDP to offer.
    pub offer: Vec<u8>,
}

/// A command that does not fit the state of its call: a mistake of the caller's, not of the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("there is no such call")]
    UnknownCall,
    #[error("the call is not in a state for this")]
    WrongState,
    #[error("an offer is under way already")]
    OfferPending,
    #[error("a call cannot be rejected with this status")]
    NotARejection,
    #[error("the other side is busy with another transfer of this call")]
    TransferPending,
    #[error("the caller must not be sent on")]
    NoDiversion,
    #[error("there is no connection to the server")]
    NoFlow,
}

impl Calls {
    /// Places a call. The outcome is an event in every case, an unusable flow included.
    pub fn invite(&mut self, now: Instant, signalling: &mut Signalling, new: NewCall) -> CallId {
        let full = self.is_full(signalling);
        let id = self.next_id();
        self.place(now, signalling, id, new, full);
        self.report_transfers(now, signalling);
        id
    }

    fn place(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        id: CallId,
        new: NewCall,
        full: bool,
    ) {
        let flow = new.flow;
        let mut scope = Scope {
            now,
            call: id,
            flow,
            signalling,
            desk: &mut self.desk,
        };
        if full {
            return scope.emit_ended(EndReason::TooManyCalls);
        }
        match Outgoing::place(&mut scope, new) {
            Some(outgoing) => {
                self.calls.insert(
                    id,
                    Call {
                        flow,
                        stage: Stage::Outgoing(Box::new(outgoing)),
                    },
                );
            }
            None => scope.emit_ended(EndReason::FlowLost),
        }
    }

    /// Takes an INVITE that is outside of any dialog as a new call. Nothing is sent.
    ///
    /// Returns `None` when it was refused instead: it lacks what a dialog needs (400), there are too
    /// many calls (480, so that being busy tells no more than being away), or it wants to replace
    /// what it must not (see [`Self::replaced`]).
    pub fn receive_invite(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        flow: FlowId,
        transaction: ServerTransactionId,
        invite: &Request,
        contact: &NameAddr,
    ) -> Option<CallId> {
        let replaces = self.replaced(signalling, flow, invite);
        let full = self.is_full(signalling);
        let id = self.next_id();
        let mut scope = Scope {
            now,
            call: id,
            flow,
            signalling,
            desk: &mut self.desk,
        };
        if full {
            scope.respond_with(transaction, invite, StatusCode::TEMPORARILY_UNAVAILABLE);
            return None;
        }
        let replaces = match replaces {
            Ok(replaces) => replaces,
            Err(status) => {
                scope.respond_with(transaction, invite, status);
                return None;
            }
        };
        let incoming = Incoming::receive(&mut scope, transaction, invite, contact, replaces);
        let Some(incoming) = incoming else {
            scope.respond_with(transaction, invite, StatusCode::BAD_REQUEST);
            return None;
        };
        self.calls.insert(
            id,
            Call {
                flow,
                stage: Stage::Incoming(Box::new(incoming)),
            },
        );
        Some(id)
    }

    /// Sends a provisional response: 180 without SDP, or 183 with an answer as early media.
    ///
    /// # Errors
    /// The call is not an unanswered incoming one.
    pub fn ring(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        status: StatusCode,
        sdp: Option<Vec<u8>>,
    ) -> Result<(), CallError> {
        self.on_incoming(now, signalling, call, |mut incoming, scope| {
            incoming.ring(scope, status, sdp);
            Stage::Incoming(incoming)
        })
    }

    /// Answers a call with SDP: an answer, or an offer if the INVITE had none. The 200 is repeated
    /// until its ACK comes. A call that this one replaces ends.
    ///
    /// # Errors
    /// The call is not an unanswered incoming one.
    pub fn answer(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        sdp: Vec<u8>,
    ) -> Result<(), CallError> {
        let mut replaces = None;
        self.on_incoming(now, signalling, call, |incoming, scope| {
            replaces = incoming.replaces;
            incoming.answer(scope, sdp)
        })?;
        if let Some(replaced) = replaces {
            self.step(now, signalling, replaced, |stage, scope| {
                stage.replaced(scope, call)
            });
        }
        Ok(())
    }

    /// Refuses a call. The response carries nothing but its status and these headers.
    ///
    /// # Errors
    /// The call is not an unanswered incoming one, or the status is not a final failure.
    pub fn reject(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        status: StatusCode,
        headers: &[(&str, &str)],
    ) -> Result<(), CallError> {
        if status.code() < 300 {
            return Err(CallError::NotARejection);
        }
        self.on_incoming(now, signalling, call, |incoming, scope| {
            incoming.reject(scope, status, headers)
        })
    }

    /// Sends the caller on to whom the `Contact` among the headers names (302).
    ///
    /// # Errors
    /// The call is not an unanswered incoming one, or its sender forbids it (OX-11).
    pub fn deflect(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        headers: &[(&str, &str)],
    ) -> Result<(), CallError> {
        let call_found = self.calls.get(&call).ok_or(CallError::UnknownCall)?;
        if matches!(&call_found.stage, Stage::Incoming(incoming) if incoming.forbids_diversion()) {
            return Err(CallError::NoDiversion);
        }
        let status = StatusCode::MOVED_TEMPORARILY;
        self.reject(now, signalling, call, status, headers)
    }

    /// Gives up a call that we placed and that is not answered. It ends at once; CANCEL, or BYE if
    /// the answer is quicker, follow by themselves.
    ///
    /// # Errors
    /// The call is not an unanswered outgoing one.
    pub fn cancel(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
    ) -> Result<(), CallError> {
        match &self.calls.get(&call).ok_or(CallError::UnknownCall)?.stage {
            Stage::Outgoing(outgoing) if !outgoing.is_given_up() => {}
            Stage::Outgoing(_) | Stage::Incoming(_) | Stage::Session(_) | Stage::Over(_) => {
                return Err(CallError::WrongState);
            }
        }
        self.step(now, signalling, call, |stage, scope| match stage {
            Stage::Outgoing(outgoing) => outgoing.give_up(scope, EndReason::Local),
            Stage::Incoming(_) | Stage::Session(_) | Stage::Over(_) => stage,
        });
        Ok(())
    }

    /// Ends a call in whatever way its state asks for: CANCEL, 480 or BYE. It ends at once.
    ///
    /// # Errors
    /// The call is over already.
    pub fn hang_up(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
    ) -> Result<(), CallError> {
        match &self.calls.get(&call).ok_or(CallError::UnknownCall)?.stage {
            Stage::Outgoing(_) => self.cancel(now, signalling, call),
            Stage::Incoming(_) => {
                let status = StatusCode::TEMPORARILY_UNAVAILABLE;
                self.reject(now, signalling, call, status, &[])
            }
            Stage::Session(_) => self.on_session(now, signalling, call, |session, scope| {
                (session.hang_up(scope, EndReason::Local), Ok(()))
            }),
            Stage::Over(_) => Err(CallError::WrongState),
        }
    }

    fn on_incoming(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        act: impl FnOnce(Box<Incoming>, &mut Scope<'_>) -> Stage,
    ) -> Result<(), CallError> {
        let mut outcome = Err(CallError::UnknownCall);
        self.step(now, signalling, call, |stage, scope| match stage {
            Stage::Incoming(incoming) => {
                outcome = Ok(());
                act(incoming, scope)
            }
            Stage::Outgoing(_) | Stage::Session(_) | Stage::Over(_) => {
                outcome = Err(CallError::WrongState);
                stage
            }
        });
        outcome
    }

    fn next_id(&mut self) -> CallId {
        self.last_id += 1;
        CallId(self.last_id)
    }

    /// Live calls fill the core; calls that are over make room, oldest first.
    fn is_full(&mut self, signalling: &mut Signalling) -> bool {
        while self.calls.len() >= MAX_CALLS {
            let over = |(_, call): &(&CallId, &Call)| matches!(call.stage, Stage::Over(_));
            let Some(oldest) = self.calls.iter().find(over).map(|(id, _)| *id) else {
                return true;
            };
            self.forget(signalling, oldest);
        }
        false
    }
}

/// More calls than any person or small voicemail server has at once, those included that ended
/// within the last half minute.
const MAX_CALLS: usize = 256;
