//! Calls that come in, up to the answer. Journey B: policy, then media, then 180 and the ring tone.

use std::time::Instant;

use hark_sip::CallFacts;
use hark_sip::message::{StatusCode, Uri};

use super::Engine;
use super::call::{Call, Stage};
use crate::event::Event;
use crate::media::{Order, Place};
use crate::policy::{self, Situation, Treatment, Verdict};
use crate::snapshot::{AccountId, CallDirection, CallId, Outcome};
use crate::{caller, words};

impl Engine {
    pub(super) fn on_incoming(
        &mut self,
        account: &AccountId,
        sip: hark_sip::CallId,
        facts: &CallFacts,
        offer: Option<Vec<u8>>,
    ) {
        let Some(endpoint) = self.lines.endpoint(account) else {
            return;
        };
        let situation = Situation {
            presence: self.shown.presence,
            live_calls: self.calls.len(),
            given_up: self.given_up.lately(Instant::now()),
            wishes: &endpoint.wishes,
        };
        let verdict = policy::admit(facts, &endpoint.account, situation);
        tracing::info!(rule = verdict.rule, "a call comes in");
        // Before anything else: the time that a refusal takes must not tell that somebody is there.
        match &verdict.treatment {
            Treatment::Ring { .. } | Treatment::TakeOver => {}
            Treatment::Refuse(status) => self.reject_sip(account, sip, *status),
            Treatment::Divert(divert) => self.deflect_sip(account, sip, divert),
        }
        self.follow(account, sip, verdict, facts, offer);
    }

    /// Takes in a call that is let through; the others leave a row in the history.
    fn follow(
        &mut self,
        account: &AccountId,
        sip: hark_sip::CallId,
        verdict: Verdict,
        facts: &CallFacts,
        offer: Option<Vec<u8>>,
    ) {
        let Verdict { kind, caller, .. } = verdict;
        let (direction, stage) = (CallDirection::Incoming, Stage::Weighing);
        let make = |engine: &Self, id| {
            let mut call = Call::new(id, direction, kind, stage, caller.title);
            call.view.account = account.clone();
            call.view.subtitle = caller.subtitle;
            call.address = caller.address;
            engine.introduce_caller(&mut call, facts);
            call
        };
        match verdict.treatment {
            treatment @ (Treatment::Ring { .. } | Treatment::TakeOver) => {
                let id = self.next_call();
                let mut call = make(self, id);
                call.view.may_deflect = policy::may_divert(facts);
                self.annotate(&mut call, facts);
                call.treatment = treatment;
                call.sip = Some(sip);
                self.calls.insert(id, call);
                self.weigh(id, offer);
            }
            Treatment::Refuse(_) => self.record(make(self, NOBODY).entry(Outcome::Refused)),
            Treatment::Divert(_) => self.record(make(self, NOBODY).entry(Outcome::Forwarded)),
        }
    }

    /// Adds what the server says of a call: who sent it on, and who it is by the server's own word.
    fn annotate(&self, call: &mut Call, facts: &CallFacts) {
        let Some(endpoint) = self.lines.endpoint(&call.view.account) else {
            return;
        };
        call.notes.account = self.name_among_several(&call.view.account);
        let spoken = |uri: &Uri| caller::spoken(&uri.address(), &endpoint.account.domain);
        let diverted = facts.diversions.first().map(|it| &it.address.uri);
        let asserted = facts.asserted_identities.first().map(|it| &it.uri);
        call.notes.diverted_from = diverted.map(|uri| caller::clean(&uri.to_string()));
        call.notes.asserted = asserted.map(|uri| caller::clean(&uri.to_string()));
        call.view.diverted_from = diverted.map(spoken);
        let is_news = |uri: &&Uri| !uri.address().equivalent(&facts.from.uri.address());
        call.view.asserted = asserted.filter(is_news).map(spoken);
    }

    /// Has media read the offer before anything rings, so that a call that could have no sound is
    /// refused instead of failing in the user's hand.
    fn weigh(&mut self, call: CallId, offer: Option<Vec<u8>>) {
        let Some(place) = self.place_of(call) else {
            return self.drop_call(call);
        };
        if let Some(call) = self.calls.get_mut(&call) {
            call.local = Some(place.local);
        }
        self.media.order(match offer {
            Some(offer) => Order::Answer { call, place, offer },
            // An INVITE without an offer gets ours in the 200 (RFC 3261 §13.2.1).
            None => Order::Offer { call, place },
        });
    }

    /// Media has a description for the 200: the call rings, or takes over another one.
    pub(super) fn ring(&mut self, id: CallId, sdp: Vec<u8>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.stage = Stage::Ringing { sdp };
        match &call.treatment {
            Treatment::TakeOver => return self.answer(id),
            Treatment::Ring {
                unanswered: Some(divert),
            } => call.divert_at = Some(tokio::time::Instant::now() + divert.after),
            Treatment::Ring { unanswered: None } | Treatment::Refuse(_) | Treatment::Divert(_) => {}
        }
        let incoming = Event::Incoming {
            call: id,
            kind: call.view.kind,
            from: call.address.clone(),
            notes: call.notes.clone(),
        };
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let rung = endpoint.driver.command(|agent, now| agent.ring(now, sip));
            if rung.is_ok() {
                self.face.tell(incoming);
            }
        }
    }

    pub(super) fn answer(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return self.complain(words::no_such_call(id));
        };
        let Stage::Ringing { sdp } = &mut call.stage else {
            return self.complain(words::nothing_to_answer().into());
        };
        let sdp = std::mem::take(sdp);
        call.stage = Stage::Settling;
        call.divert_at = None;
        self.attention += 1;
        call.attention = self.attention;
        self.hold_others(id);
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let answered = endpoint
                .driver
                .command(|agent, now| agent.answer(now, sip, sdp));
            // A call that was cancelled in this moment ends by its own event.
            if answered.is_ok() && self.has_media(id) {
                self.connect(id);
            }
        }
    }

    pub(super) fn decline(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return self.complain(words::no_such_call(id));
        };
        if !matches!(call.stage, Stage::Ringing { .. } | Stage::Weighing) {
            return self.complain(words::nothing_to_answer().into());
        }
        // 603 for every kind: a decline asks nobody to forward (OX-11).
        self.reject(id, StatusCode::DECLINE);
        self.finish(id, Outcome::Declined, None);
    }

    /// Refuses a call that stands in the table.
    pub(super) fn reject(&mut self, id: CallId, status: StatusCode) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if let (Some(sip), account) = (call.sip, call.view.account.clone()) {
            self.reject_sip(&account, sip, status);
        }
    }

    /// Where the media of a call shall be; `None` while its account has no flow.
    pub(super) fn place_of(&self, id: CallId) -> Option<Place> {
        let call = self.calls.get(&id)?;
        self.lines.endpoint(&call.view.account)?.place()
    }

    /// The account, where it has to be said which.
    pub(super) fn name_among_several(&self, account: &AccountId) -> Option<AccountId> {
        (self.lines.iter().count() > 1).then(|| account.clone())
    }

    /// Refuses a call without a trace on this side.
    fn reject_sip(&mut self, account: &AccountId, sip: hark_sip::CallId, status: StatusCode) {
        if let Some(endpoint) = self.lines.endpoint_mut(account) {
            let rejected = endpoint
                .driver
                .command(|agent, now| agent.reject(now, sip, status));
            if let Err(error) = rejected {
                tracing::debug!(%error, "a call was over before it was refused");
            }
        }
    }

    fn has_media(&self, id: CallId) -> bool {
        let call = self.calls.get(&id);
        call.is_some_and(|call| call.view.media.is_some())
    }
}

/// Stands for calls that are told to nobody.
const NOBODY: CallId = CallId(0);
