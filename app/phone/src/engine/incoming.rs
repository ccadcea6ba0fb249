//! Calls that come in, up to the answer. Journey B: policy, then media, then 180 and the ring tone.

use hark_sip::CallFacts;
use hark_sip::message::StatusCode;

use super::Engine;
use super::call::{Call, Stage};
use crate::event::Event;
use crate::media::Order;
use crate::policy::{self, Verdict};
use crate::snapshot::{CallDirection, CallId, Outcome};
use crate::words;

impl Engine {
    pub(super) fn on_incoming(
        &mut self,
        sip: hark_sip::CallId,
        facts: &CallFacts,
        offer: Option<Vec<u8>>,
    ) {
        let Some(endpoint) = &self.endpoint else {
            return;
        };
        let live = self.calls.len();
        match policy::admit(facts, &endpoint.account, self.shown.presence, live) {
            Verdict::Ring { kind, caller } => {
                let id = self.next_call();
                let stage = Stage::Weighing;
                let mut call = Call::new(id, CallDirection::Incoming, kind, stage, caller.title);
                call.view.subtitle = caller.subtitle;
                call.address = caller.address;
                call.sip = Some(sip);
                self.calls.insert(id, call);
                self.weigh(id, offer);
            }
            Verdict::Refuse {
                kind,
                caller,
                status,
            } => {
                // First the response: the time it takes must not tell that somebody is there.
                self.reject_sip(sip, status);
                let stage = Stage::Weighing;
                let nobody = CallId(0);
                let mut call =
                    Call::new(nobody, CallDirection::Incoming, kind, stage, caller.title);
                call.address = caller.address;
                self.keeper.record(call.entry(Outcome::Refused));
            }
        }
    }

    /// Has media read the offer before anything rings, so that a call that could have no sound is
    /// refused instead of failing in the user's hand.
    fn weigh(&mut self, call: CallId, offer: Option<Vec<u8>>) {
        let Some(place) = self.endpoint.as_ref().and_then(|endpoint| endpoint.place()) else {
            return self.drop_call(call);
        };
        self.media.order(match offer {
            Some(offer) => Order::Answer { call, place, offer },
            // An INVITE without an offer gets ours in the 200 (RFC 3261 §13.2.1).
            None => Order::Offer { call, place },
        });
    }

    /// Media has a description for the 200: the call rings.
    pub(super) fn ring(&mut self, id: CallId, sdp: Vec<u8>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.stage = Stage::Ringing { sdp };
        let incoming = Event::Incoming {
            call: id,
            kind: call.view.kind,
            from: call.address.clone(),
        };
        if let (Some(sip), Some(endpoint)) = (call.sip, &mut self.endpoint) {
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
            return self.complain(words::NOTHING_TO_ANSWER.into());
        };
        let (sdp, sip) = (std::mem::take(sdp), call.sip);
        call.stage = Stage::Settling;
        self.attention += 1;
        call.attention = self.attention;
        self.hold_others(id);
        if let (Some(sip), Some(endpoint)) = (sip, &mut self.endpoint) {
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
            return self.complain(words::NOTHING_TO_ANSWER.into());
        }
        // 603 for every kind: a decline asks nobody to forward (OX-11).
        if let Some(sip) = call.sip {
            self.reject_sip(sip, StatusCode::DECLINE);
        }
        self.finish(id, Outcome::Declined, None);
    }

    /// Refuses a call without a trace on this side.
    pub(super) fn reject_sip(&mut self, sip: hark_sip::CallId, status: StatusCode) {
        if let Some(endpoint) = &mut self.endpoint {
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
