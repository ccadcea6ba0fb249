//! The commands of [`super::commands`] where one call has to do with another: transfers.

use std::time::Instant;

use super::UserAgent;
use crate::call::{CallError, CallId};
use crate::message::Uri;

impl UserAgent {
    /// Asks the other side of a call to call somebody else (blind transfer). `TransferProgress`
    /// follows; the call stands until somebody hangs it up.
    ///
    /// # Errors
    /// The call is not answered, a transfer of it is under way, or there is no flow.
    pub fn transfer(&mut self, now: Instant, call: CallId, target: Uri) -> Result<(), CallError> {
        let outcome = self.calls.transfer(now, &mut self.signalling, call, target);
        self.settle(now);
        outcome
    }

    /// Connects the other sides of two calls with each other (attended transfer): that of `call` is
    /// asked to take our place in `other`. When that succeeds, `other` is hung up by its far side.
    ///
    /// # Errors
    /// As for [`Self::transfer`], for either call.
    pub fn transfer_to_call(
        &mut self,
        now: Instant,
        call: CallId,
        other: CallId,
    ) -> Result<(), CallError> {
        let outcome = self
            .calls
            .transfer_to_call(now, &mut self.signalling, call, other);
        self.settle(now);
        outcome
    }

    /// Does what a `TransferRequested` asks for: calls its target with this SDP offer. The other
    /// side of `call` is told how that goes. `call` itself stands until somebody hangs it up.
    ///
    /// # Errors
    /// No transfer waits for a decision in this call.
    pub fn follow_transfer(
        &mut self,
        now: Instant,
        call: CallId,
        offer: Vec<u8>,
    ) -> Result<CallId, CallError> {
        let target = self.calls.transfer_target(call)?.call_target();
        let new = self.new_call(target, offer);
        let placed = self
            .calls
            .follow_transfer(now, &mut self.signalling, call, new);
        self.settle(now);
        Ok(placed)
    }

    /// Declines what a `TransferRequested` asks for. The call goes on.
    ///
    /// # Errors
    /// No transfer waits for a decision in this call.
    pub fn refuse_transfer(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        let outcome = self.calls.refuse_transfer(now, &mut self.signalling, call);
        self.settle(now);
        outcome
    }
}
