//! Calls that the user places, up to the answer.

use hark_sip::CallTarget;
use hark_sip::message::StatusCode;
use hark_words::say;

use super::Engine;
use super::call::{Call, Errand, Stage};
use super::registration::Endpoint;
use crate::media::{Order, Signal};
use crate::snapshot::{
    AccountId, CallDirection, CallId, CallKind, CallState, RegistrationView, SkipPin,
};
use crate::{dial, voicemail, words};

impl Engine {
    /// Journey A: the target and skip-pin are decided in one place, then the call goes its way.
    pub(super) fn call_voicemail(&mut self, account: Option<AccountId>) {
        let Some((account, endpoint)) = self.endpoint_to_call_from(account.as_ref()) else {
            return self.complain(self.not_signed_in(account.as_ref()));
        };
        let (target, skip_pin) = voicemail::target(&endpoint.account, &endpoint.trust());
        let script = endpoint.account.voicemail_script.clone();
        let mut call = self.new_outgoing(
            account,
            CallKind::Voicemail,
            target,
            say!(voicemail).to_owned(),
        );
        call.view.skip_pin = Some(skip_pin == SkipPin::Yes);
        call.dialling.script = script;
        self.place(call);
    }

    pub(super) fn dial(&mut self, account: Option<AccountId>, to: &str) {
        let Some((account, endpoint)) = self.endpoint_to_call_from(account.as_ref()) else {
            return self.complain(self.not_signed_in(account.as_ref()));
        };
        match dial::parse(self.meant(to), &endpoint.account.domain) {
            Ok(dialled) => {
                let target = CallTarget::new(dialled.uri);
                let mut call = self.new_outgoing(account, CallKind::Person, target, dialled.title);
                call.dialling.script = dialled.script;
                self.introduce(&mut call);
                self.place(call);
            }
            Err(error) => self.complain(error.to_string()),
        }
    }

    fn endpoint_to_call_from(&self, account: Option<&AccountId>) -> Option<(AccountId, &Endpoint)> {
        let account = account?;
        Some((account.clone(), self.lines.endpoint(account)?))
    }

    fn new_outgoing(
        &mut self,
        account: AccountId,
        kind: CallKind,
        target: CallTarget,
        title: String,
    ) -> Call {
        let address = target.uri.to_string();
        let stage = Stage::Offering(Errand::Invite(Box::new(target)));
        let id = self.next_call();
        let mut call = Call::new(id, CallDirection::Outgoing, kind, stage, title);
        call.address = address;
        call.view.account = account;
        call
    }

    /// Holds what is listened to, and has media make the offer.
    pub(super) fn place(&mut self, mut call: Call) {
        let account = call.view.account.clone();
        let line = self.lines.get(&account).filter(|line| line.is_registered());
        let endpoint = line.and_then(|line| line.endpoint.as_ref());
        let Some(place) = endpoint.and_then(Endpoint::place) else {
            return self.complain(self.not_signed_in(Some(&account)));
        };
        call.notes.account = self.name_among_several(&account);
        self.hold_others(call.view.id);
        self.turn_to(&mut call);
        let id = call.view.id;
        call.local = Some(place.local);
        self.tell_state(&call, None);
        self.calls.insert(id, call);
        self.media.order(Order::Offer { call: id, place });
    }

    /// Media has made the offer: the INVITE goes out.
    pub(super) fn invite(&mut self, id: CallId, offer: Vec<u8>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(endpoint) = self.lines.endpoint_mut(&call.view.account) else {
            return;
        };
        let Stage::Offering(errand) = std::mem::replace(&mut call.stage, Stage::Invited) else {
            return;
        };
        let placed = endpoint.driver.command(|agent, now| match errand {
            Errand::Invite(target) => Ok(agent.invite(now, *target, offer)),
            Errand::Follow(sent_by) => agent.follow_transfer(now, sent_by, offer),
        });
        match placed {
            Ok(sip) => call.sip = Some(sip),
            // Whoever sent us has hung up meanwhile.
            Err(error) => {
                tracing::info!(%error, "a transfer could not be followed");
                self.fail(id, words::no_transfer_asked().into());
            }
        }
    }

    pub(super) fn on_progress(&mut self, id: CallId, status: StatusCode, sdp: Option<Vec<u8>>) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let rings = status == StatusCode::RINGING && call.view.state == CallState::Calling;
        if let Some(answer) = sdp {
            // Early once media has taken it; a later branch's answer replaces an earlier one's.
            self.media.order(Order::AcceptAnswer { call: id, answer });
        } else if rings {
            self.show_state(id, CallState::Ringing);
        }
    }

    /// The 200 of a call that we placed, or the ACK of one that came without an offer.
    pub(super) fn on_answered(&mut self, id: CallId, answer: Vec<u8>) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = Stage::Settling;
            self.media.order(Order::AcceptAnswer { call: id, answer });
        }
    }

    /// The user gives up, or hangs up.
    pub(super) fn hang_up(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return self.complain(words::no_such_call(id));
        };
        let outcome = call.outcome_of_hanging_up();
        self.end_sip(id);
        self.finish(id, outcome, None);
    }

    /// Why nobody can be called, for the reason that stands in the way now.
    fn not_signed_in(&self, account: Option<&AccountId>) -> String {
        let Some(line) = account.and_then(|account| self.lines.get(account)) else {
            return words::no_account().into();
        };
        match line.standing() {
            RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. } => {
                problem.text
            }
            RegistrationView::SignedOut
            | RegistrationView::Connecting(_)
            | RegistrationView::Registered => words::not_signed_in().into(),
        }
    }

    /// The tone that goes with a call of ours that came to nothing.
    pub(super) fn bid_farewell(&mut self, status: Option<StatusCode>) {
        self.farewell = match status {
            Some(StatusCode::BUSY_HERE | StatusCode::BUSY_EVERYWHERE | StatusCode::DECLINE) => {
                Some(Signal::Busy)
            }
            Some(_) | None => Some(Signal::Failed),
        };
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }

    pub(super) fn turn_to(&mut self, call: &mut Call) {
        self.attention += 1;
        call.attention = self.attention;
    }

    /// Changes the state of a call and tells it.
    pub(super) fn show_state(&mut self, id: CallId, state: CallState) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.view.state != state {
            call.view.state = state;
            let event = call.state_event(None);
            self.face.tell(event);
        }
    }

    pub(super) fn tell_state(&mut self, call: &Call, reason: Option<String>) {
        self.face.tell(call.state_event(reason));
    }
}
