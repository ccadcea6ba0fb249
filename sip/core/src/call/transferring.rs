//! What the owner of calls may ask for where one call has to do with another: transfers
//! (RFC 3515, RFC 5589) and calls that replace calls (RFC 3891).

use std::time::Instant;

use crate::call::commands::CallError;
use crate::call::replaces::Replaces;
use crate::call::{CallId, Calls, NewCall, Stage, TransferTarget};
use crate::input::FlowId;
use crate::message::{NameAddr, Request, StatusCode, Uri};
use crate::signalling::Signalling;

impl Calls {
    /// Asks the other side to call somebody else (blind transfer). `TransferProgress` follows; the
    /// call stands until somebody hangs it up.
    ///
    /// # Errors
    /// The call is not answered, a transfer of it is under way, or there is no flow.
    pub fn transfer(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        target: Uri,
    ) -> Result<(), CallError> {
        let refer_to = NameAddr::new(target);
        self.on_session(now, signalling, call, |mut session, scope| {
            let outcome = session.transfer(scope, &refer_to);
            (Stage::Session(session), outcome)
        })
    }

    /// Asks the other side to take our place in another call (attended transfer). As for
    /// [`Self::transfer`]; when it succeeds, the other side of the second call hangs that one up.
    ///
    /// # Errors
    /// As for [`Self::transfer`], for either call.
    pub fn transfer_to_call(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        other: CallId,
    ) -> Result<(), CallError> {
        let consultation = self.calls.get(&other).ok_or(CallError::UnknownCall)?;
        let Stage::Session(session) = &consultation.stage else {
            return Err(CallError::WrongState);
        };
        if call == other {
            return Err(CallError::WrongState);
        }
        let target = session
            .dialog
            .public_remote()
            .ok_or(CallError::WrongState)?;
        let replaces = Replaces::of_dialog(&session.dialog.id).to_string();
        let target = target.with_header("Replaces", &replaces);
        self.transfer(now, signalling, call, target)
    }

    /// Takes the target of a transfer that the other side has asked for, to call it with
    /// [`Self::follow_transfer`].
    ///
    /// # Errors
    /// No transfer waits for a decision in this call.
    pub fn transfer_target(&mut self, call: CallId) -> Result<TransferTarget, CallError> {
        let stage = &mut self
            .calls
            .get_mut(&call)
            .ok_or(CallError::UnknownCall)?
            .stage;
        let target = stage.obeyed().and_then(|obeyed| obeyed.target.take());
        target.ok_or(CallError::WrongState)
    }

    /// Places the call that a transfer asks for; the other side of `referrer` is told how it goes.
    pub fn follow_transfer(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        referrer: CallId,
        new: NewCall,
    ) -> CallId {
        let next = CallId(self.last_id + 1);
        self.desk.referrers.insert(next, referrer);
        self.invite(now, signalling, new)
    }

    /// Declines a transfer that the other side has asked for. The call goes on.
    ///
    /// # Errors
    /// No transfer waits for a decision in this call.
    pub fn refuse_transfer(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
    ) -> Result<(), CallError> {
        self.transfer_target(call)?;
        self.step(now, signalling, call, |stage, scope| {
            stage.report_transfer(scope, StatusCode::DECLINE)
        });
        Ok(())
    }

    /// The call that an INVITE wants to replace, if any (RFC 3891 §3). Only who shares the flow of
    /// a call may take it over, and who comes on another one while that flow is away.
    ///
    /// # Errors
    /// The status that the INVITE gets: 400 for a header without sense, 481 for a call that we do
    /// not know or that the other side must not take (one that rings here), 486 for an answered
    /// call where only an early one was meant, 603 for a call that is over.
    pub fn replaced(
        &self,
        signalling: &Signalling,
        flow: FlowId,
        invite: &Request,
    ) -> Result<Option<CallId>, StatusCode> {
        let Some(replaces) = Replaces::read(&invite.headers)? else {
            return Ok(None);
        };
        let dialog = replaces.dialog();
        let owner = self.calls.iter().find(|(_, call)| call.stage.owns(&dialog));
        let is_away = |flow| signalling.layer.flow_info(flow).is_none();
        let owner = owner.filter(|(_, call)| call.flow == flow || is_away(call.flow));
        let (id, call) = owner.ok_or(StatusCode::CALL_DOES_NOT_EXIST)?;
        match &call.stage {
            Stage::Session(_) if replaces.early_only => Err(StatusCode::BUSY_HERE),
            Stage::Session(_) => Ok(Some(*id)),
            Stage::Outgoing(outgoing) if !outgoing.is_given_up() => Ok(Some(*id)),
            Stage::Incoming(_) => Err(StatusCode::CALL_DOES_NOT_EXIST),
            Stage::Outgoing(_) | Stage::Over(_) => Err(StatusCode::DECLINE),
        }
    }

    /// The call that ends when this one is answered.
    pub fn replaces(&self, call: CallId) -> Option<CallId> {
        match &self.calls.get(&call)?.stage {
            Stage::Incoming(incoming) => incoming.replaces,
            Stage::Outgoing(_) | Stage::Session(_) | Stage::Over(_) => None,
        }
    }
}
