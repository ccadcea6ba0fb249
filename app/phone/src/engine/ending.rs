//! Every way in which a call ends.

use std::time::Instant;

use hark_sip::EndReason;

use super::Engine;
use super::call::Call;
use super::registration::Endpoint;
use crate::media::Order;
use crate::snapshot::{AccountId, CallDirection, CallId, CallState, Outcome};
use crate::store::{ArchiveJob, NewEntry};
use crate::words;

impl Engine {
    /// The other side, or the network, ended a call.
    pub(super) fn on_ended(&mut self, id: CallId, reason: &EndReason) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let outcome = call.outcome_of_end(reason);
        // What the user took or declined, or what the network lost, tells of no scanner.
        let given_up = outcome == Outcome::Missed && matches!(reason, EndReason::Cancelled { .. });
        let text = words::ended(reason, &call.view.title, outcome);
        if outcome == Outcome::Failed && call.view.direction == CallDirection::Outgoing {
            let status = match reason {
                EndReason::Refused { status, .. } => Some(*status),
                _ => None,
            };
            self.bid_farewell(status);
        }
        if outcome == Outcome::AnsweredElsewhere
            && let Some(call) = self.calls.get_mut(&id)
        {
            call.notes.answered_elsewhere = true;
        }
        if given_up {
            self.given_up.note(Instant::now());
        }
        if let EndReason::Replaced { by } = reason
            && let Some(call) = self.calls.get(&id)
            && let Some(by) = self.by_sip(&call.view.account, *by)
        {
            self.hand_recording_on(id, by);
        }
        if let (Outcome::Failed | Outcome::Answered, Some(text)) = (outcome, &text) {
            self.note_failure(text);
        }
        self.finish(id, outcome, text);
    }

    /// A call that came to nothing for a reason of our own making.
    pub(super) fn fail(&mut self, id: CallId, text: String) {
        self.complain(text.clone());
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let outcome = match call.view.connected_at {
            Some(_) => Outcome::Answered,
            None => Outcome::Failed,
        };
        if call.view.direction == CallDirection::Outgoing {
            self.bid_farewell(None);
        }
        self.finish(id, outcome, Some(text));
    }

    /// Ends a call without a word to the other side: its connection is given up.
    pub(super) fn drop_call(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let outcome = call.outcome_of_hanging_up();
        self.finish(id, outcome, None);
    }

    /// Asks the user agent to end a call in whatever way its state needs.
    pub(super) fn end_sip(&mut self, id: CallId) {
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let ended = endpoint
                .driver
                .command(|agent, now| agent.hang_up(now, sip));
            if let Err(error) = ended {
                tracing::debug!(%error, "a call had ended by itself");
            }
        }
    }

    /// Takes a call out of the table and leaves its row in the history.
    pub(super) fn finish(&mut self, id: CallId, outcome: Outcome, reason: Option<String>) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        call.view.state = CallState::Ended;
        self.media.order(Order::Close { call: id });
        self.record(call.entry(outcome));
        if call.is_known() {
            self.tell_state(&call, reason);
        }
    }

    /// Keeps a call that is over.
    pub(super) fn record(&self, entry: NewEntry) {
        self.keeper.archive(ArchiveJob::Record(entry));
    }

    /// The call that the user agent of an account knows by this number.
    pub(super) fn by_sip(&self, account: &AccountId, sip: hark_sip::CallId) -> Option<CallId> {
        let is_it = |call: &&Call| call.sip == Some(sip) && call.view.account == *account;
        self.calls.values().find(is_it).map(|call| call.view.id)
    }

    /// The number of a call at its user agent, and that one's endpoint.
    pub(super) fn sip_of(&mut self, id: CallId) -> Option<(hark_sip::CallId, &mut Endpoint)> {
        let call = self.calls.get(&id)?;
        Some((call.sip?, self.lines.endpoint_mut(&call.view.account)?))
    }
}
