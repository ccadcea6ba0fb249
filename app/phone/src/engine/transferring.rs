//! Sending the other side of a call on to somebody else, and being sent on by it (RFC 3515).

use hark_sip::{TransferProgress, TransferTarget};

use super::Engine;
use super::call::{Call, Errand, Stage};
use crate::event::{Event, TransferState};
use crate::snapshot::{CallDirection, CallId, CallKind, Outcome, TransferView};
use crate::transfer::{self, Verdict};
use crate::{caller, dial, words};

impl Engine {
    /// Blind transfer: the other side shall call what was typed.
    pub(super) fn transfer(&mut self, id: CallId, to: &str) {
        if self.transferable(id).is_none() {
            return;
        }
        let to = self.meant(to).to_owned();
        let Some((sip, endpoint)) = self.sip_of(id) else {
            return;
        };
        let dialled = match dial::destination(&to, &endpoint.account.domain) {
            Ok(dialled) => dialled,
            Err(error) => return self.complain(error.to_string()),
        };
        let asked = endpoint
            .driver
            .command(|agent, now| agent.transfer(now, sip, dialled.uri));
        self.asked_to_transfer(id, asked);
    }

    /// Attended transfer: the other sides of two calls shall talk to each other.
    pub(super) fn transfer_to_call(&mut self, id: CallId, other: CallId) {
        if id == other {
            return self.complain(words::two_calls_needed().into());
        }
        let account = |id: CallId| self.calls.get(&id).map(|call| call.view.account.clone());
        let of_one = account(id) == account(other);
        let (Some(_), Some(other)) = (self.transferable(id), self.transferable(other)) else {
            return;
        };
        if !of_one {
            return self.complain(words::one_account_needed().into());
        }
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let asked = endpoint
                .driver
                .command(|agent, now| agent.transfer_to_call(now, sip, other));
            self.asked_to_transfer(id, asked);
        }
    }

    pub(super) fn on_transfer_progress(&mut self, id: CallId, progress: TransferProgress) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if progress.is_final() {
            call.view.transfer = None;
        }
        match progress {
            TransferProgress::Trying(_) => {}
            // Whoever took the transfer on and says no more has no use for us either.
            TransferProgress::Succeeded | TransferProgress::Untold => {
                self.tell_transfer(id, TransferState::Succeeded, None);
                self.end_sip(id);
                self.finish(id, Outcome::Answered, Some(words::transferred().into()));
            }
            TransferProgress::Failed(status) => {
                let text = words::transfer_failed(status);
                self.tell_transfer(id, TransferState::Failed, Some(text.clone()));
                self.complain(text);
            }
        }
    }

    /// The other side wants us to call somebody else in its place.
    pub(super) fn on_transfer_requested(&mut self, id: CallId, target: &TransferTarget) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(endpoint) = self.lines.endpoint(&call.view.account) else {
            return;
        };
        let title = caller::spoken(&target.uri.address(), &endpoint.account.domain);
        let verdict = transfer::decide(&target.uri, &endpoint.account, self.calls.len());
        let asked = TransferView::Asked {
            to: title,
            address: target.uri.to_string(),
        };
        if let Some(call) = self.calls.get_mut(&id) {
            call.view.transfer = Some(asked);
        }
        match verdict {
            Verdict::Follow => self.follow_transfer(id),
            Verdict::Ask => self.face.tell(Event::TransferRequested {
                call: id,
                to: target.uri.to_string(),
            }),
        }
    }

    /// Calls whom the other side names. Its own call stands until it hangs up.
    pub(super) fn follow_transfer(&mut self, id: CallId) {
        let account = self.calls.get(&id).map(|call| call.view.account.clone());
        let Some((sip, title, address)) = self.take_request(id) else {
            return self.complain(words::no_transfer_asked().into());
        };
        let stage = Stage::Offering(Errand::Follow(sip));
        let new = self.next_call();
        let (direction, kind) = (CallDirection::Outgoing, CallKind::Person);
        let mut call = Call::new(new, direction, kind, stage, title);
        call.address = address;
        call.view.account = account.unwrap_or_default();
        call.follows = Some(id);
        self.place(call);
    }

    pub(super) fn refuse_transfer(&mut self, id: CallId) {
        if self.take_request(id).is_none() {
            return self.complain(words::no_transfer_asked().into());
        }
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let refused = endpoint
                .driver
                .command(|agent, now| agent.refuse_transfer(now, sip));
            if let Err(error) = refused {
                tracing::debug!(%error, "a transfer was over before it was refused");
            }
        }
    }

    fn take_request(&mut self, id: CallId) -> Option<(hark_sip::CallId, String, String)> {
        let call = self.calls.get_mut(&id)?;
        let asked = |view: &mut TransferView| matches!(view, TransferView::Asked { .. });
        match call.view.transfer.take_if(asked)? {
            TransferView::Asked { to, address } => Some((call.sip?, to, address)),
            TransferView::UnderWay => None,
        }
    }

    /// The user agent's number of a call that is up; otherwise the user is told why not.
    fn transferable(&mut self, id: CallId) -> Option<hark_sip::CallId> {
        let call = self.calls.get(&id);
        let problem = match call {
            None => words::no_such_call(id),
            Some(call) if !matches!(call.stage, Stage::Up) => words::not_connected().into(),
            Some(call) => return call.sip,
        };
        self.complain(problem);
        None
    }

    fn asked_to_transfer(&mut self, id: CallId, asked: Result<(), hark_sip::call::CallError>) {
        match asked {
            Ok(()) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.view.transfer = Some(TransferView::UnderWay);
                }
                self.tell_transfer(id, TransferState::Trying, None);
            }
            Err(error) => {
                tracing::info!(call = id.0, %error, "a transfer could not be asked for");
                self.complain(words::transfer_not_asked().into());
            }
        }
    }

    fn tell_transfer(&mut self, call: CallId, state: TransferState, reason: Option<String>) {
        self.face.tell(Event::Transfer {
            call,
            state,
            reason,
        });
    }
}
