//! Calls from the answer to the end: media, hold, mute, digits, and every way to end.

use hark_media::{Direction, InUse, MediaStats};
use hark_sip::EndReason;
use hark_sip::message::StatusCode;

use super::Engine;
use super::call::{Call, Hold, Stage};
use crate::command::Digits;
use crate::event::Event;
use crate::media::{MediaError, Order, Purpose};
use crate::quality::quality;
use crate::snapshot::{CallDirection, CallId, CallState, MediaView, Outcome, Quality};
use crate::words;

/// Media.
impl Engine {
    pub(super) fn on_described(&mut self, id: CallId, purpose: Purpose, sdp: Vec<u8>) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        match (purpose, call.view.direction) {
            (Purpose::Offer, CallDirection::Outgoing) => self.invite(id, sdp),
            (Purpose::Offer | Purpose::Answer, _) => self.ring(id, sdp),
            (Purpose::OfferAgain, _) => self.modify(id, sdp),
            (Purpose::AnswerAgain, _) => self.accept_offer(id, sdp),
            (Purpose::PeerAnswer, _) => {}
        }
    }

    pub(super) fn on_media_failed(&mut self, id: CallId, purpose: Purpose, error: &MediaError) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        tracing::info!(call = id.0, ?purpose, %error, "no common sound");
        match purpose {
            Purpose::Offer | Purpose::Answer => {
                let (sip, direction) = (call.sip, call.view.direction);
                let text = words::media(error);
                if let (Some(sip), CallDirection::Incoming) = (sip, direction) {
                    self.reject_sip(sip, StatusCode::NOT_ACCEPTABLE_HERE);
                }
                self.fail(id, text);
            }
            // Early media that cannot be played is not the answer yet.
            Purpose::PeerAnswer if matches!(call.stage, Stage::Invited) => {}
            Purpose::PeerAnswer if matches!(call.stage, Stage::Up) => self.changed(id, false),
            Purpose::PeerAnswer => {
                let text = words::media(error);
                self.end_sip(id);
                self.fail(id, text);
            }
            Purpose::OfferAgain => {}
            Purpose::AnswerAgain => self.refuse_offer(id),
        }
    }

    pub(super) fn on_agreed(&mut self, id: CallId, in_use: InUse, held_by_peer: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let media = MediaView {
            codec: in_use.codec.name(),
            srtp: in_use.srtp.map(|suite| suite.name()),
            loss_percent: 0.0,
            jitter: std::time::Duration::ZERO,
            playout_delay: std::time::Duration::ZERO,
            round_trip: None,
            quality: Quality::Good,
            speaker_level: 0.0,
            microphone_level: 0.0,
        };
        let known = call.view.media.as_ref();
        let is_new =
            known.is_none_or(|known| (known.codec, known.srtp) != (media.codec, media.srtp));
        if is_new {
            call.view.media = Some(media);
        }
        call.view.held_by_peer = held_by_peer;
        match call.stage {
            Stage::Settling => self.connect(id),
            Stage::Invited => {
                self.show_state(id, CallState::Early);
                self.tell_media(id, is_new);
            }
            Stage::Up => self.tell_media(id, is_new),
            Stage::Offering(_) | Stage::Weighing | Stage::Ringing { .. } => {}
        }
    }

    /// Both sides have agreed and the call is answered.
    pub(super) fn connect(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.connect();
        let event = call.state_event(None);
        self.media.order(Order::Answered { call: id });
        self.face.tell(event);
        self.tell_media(id, true);
    }

    fn tell_media(&mut self, id: CallId, is_new: bool) {
        let media = self
            .calls
            .get(&id)
            .and_then(|call| call.view.media.as_ref());
        if let Some(media) = media.filter(|_| is_new) {
            self.face.tell(Event::Media {
                call: id,
                codec: media.codec,
                srtp: media.srtp,
            });
        }
    }

    pub(super) fn on_stats(&mut self, id: CallId, stats: &MediaStats) {
        let media = self
            .calls
            .get_mut(&id)
            .and_then(|call| call.view.media.as_mut());
        if let Some(media) = media {
            media.loss_percent = stats.loss_percent;
            media.jitter = stats.jitter;
            media.playout_delay = stats.playout_delay;
            media.round_trip = stats.round_trip;
            media.quality = quality(stats);
            media.speaker_level = stats.speaker_level;
            media.microphone_level = stats.microphone_level;
        }
    }
}

/// What the user does in a call.
impl Engine {
    pub(super) fn set_muted(&mut self, id: CallId, muted: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return self.complain(words::no_such_call(id));
        };
        call.view.muted = muted;
        self.media.order(if muted {
            Order::Mute { call: id }
        } else {
            Order::Unmute { call: id }
        });
    }

    pub(super) fn send_digits(&mut self, id: CallId, digits: Digits) {
        match self.calls.get(&id).map(|call| &call.stage) {
            Some(Stage::Up) => self.media.order(Order::SendDigits { call: id, digits }),
            Some(_) => self.complain(words::NOT_CONNECTED.into()),
            None => self.complain(words::no_such_call(id)),
        }
    }

    pub(super) fn set_held(&mut self, id: CallId, held: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return self.complain(words::no_such_call(id));
        };
        if !matches!(call.stage, Stage::Up) {
            return self.complain(words::NOT_CONNECTED.into());
        }
        if call.view.held == held {
            return;
        }
        call.view.held = held;
        if !held {
            self.attention += 1;
            call.attention = self.attention;
            self.hold_others(id);
        }
        self.follow_hold(id);
    }

    /// There is one user: everything else that is up is held.
    pub(super) fn hold_others(&mut self, id: CallId) {
        let others: Vec<CallId> = self
            .calls
            .values()
            .filter(|call| call.view.id != id && matches!(call.stage, Stage::Up))
            .map(|call| call.view.id)
            .collect();
        others
            .into_iter()
            .for_each(|other| self.set_held(other, true));
    }

    /// Offers what the user wants, unless an offer is under way; then its end asks again.
    fn follow_hold(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.hold != Hold::Settled {
            return;
        }
        let (hold, direction) = if call.view.held {
            (Hold::Holding, Direction::SendOnly)
        } else {
            (Hold::Resuming, Direction::SendReceive)
        };
        call.hold = hold;
        self.media.order(Order::OfferAgain {
            call: id,
            direction,
        });
    }

    /// Media has made the new offer. Where the other side asked for it, it is the answer to that.
    fn modify(&mut self, id: CallId, offer: Vec<u8>) {
        let (Some(call), Some(endpoint)) = (self.calls.get_mut(&id), &mut self.endpoint) else {
            return;
        };
        let Some(sip) = call.sip else {
            return;
        };
        let sent = endpoint.driver.command(|agent, now| match call.hold {
            Hold::Settled => agent.accept_offer(now, sip, offer),
            Hold::Holding | Hold::Resuming => agent.modify(now, sip, offer),
        });
        if let Err(error) = sent {
            tracing::info!(call = id.0, %error, "the session could not be changed");
            self.changed(id, false);
        }
    }

    pub(super) fn on_modified(&mut self, sip: hark_sip::CallId, answer: Vec<u8>) {
        let Some(id) = self.by_sip(sip).map(|call| call.view.id) else {
            return;
        };
        self.media.order(Order::AcceptAnswer { call: id, answer });
        self.changed(id, true);
    }

    pub(super) fn on_modify_refused(&mut self, sip: hark_sip::CallId, status: StatusCode) {
        let Some(id) = self.by_sip(sip).map(|call| call.view.id) else {
            return;
        };
        tracing::info!(call = id.0, %status, "the other side refused to change the session");
        self.changed(id, false);
    }

    /// Our change of the session is through, or came to nothing.
    fn changed(&mut self, id: CallId, agreed: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let hold = std::mem::take(&mut call.hold);
        let offered = match hold {
            Hold::Settled => return,
            Hold::Holding => true,
            Hold::Resuming => false,
        };
        if agreed {
            if call.view.held != offered {
                self.follow_hold(id);
            }
            return;
        }
        call.view.held = !offered;
        self.media.order(Order::WithdrawOffer { call: id });
        self.complain(words::NOT_HELD.into());
    }

    /// The other side wants to change the session, or asks for an offer of ours.
    pub(super) fn on_offer(&mut self, sip: hark_sip::CallId, offer: Option<Vec<u8>>) {
        let Some(call) = self.by_sip(sip) else {
            return;
        };
        let (id, held) = (call.view.id, call.view.held);
        self.media.order(match offer {
            Some(offer) => Order::AnswerAgain { call: id, offer },
            None => Order::OfferAgain {
                call: id,
                direction: if held {
                    Direction::SendOnly
                } else {
                    Direction::SendReceive
                },
            },
        });
    }

    fn accept_offer(&mut self, id: CallId, answer: Vec<u8>) {
        let sip = self.calls.get(&id).and_then(|call| call.sip);
        if let (Some(sip), Some(endpoint)) = (sip, &mut self.endpoint) {
            let sent = endpoint
                .driver
                .command(|agent, now| agent.accept_offer(now, sip, answer));
            if let Err(error) = sent {
                tracing::debug!(%error, "the offer was withdrawn before it was answered");
            }
        }
    }

    fn refuse_offer(&mut self, id: CallId) {
        let sip = self.calls.get(&id).and_then(|call| call.sip);
        if let (Some(sip), Some(endpoint)) = (sip, &mut self.endpoint) {
            let sent = endpoint
                .driver
                .command(|agent, now| agent.refuse_offer(now, sip));
            if let Err(error) = sent {
                tracing::debug!(%error, "the offer was withdrawn before it was refused");
            }
        }
    }
}

/// The end.
impl Engine {
    /// The other side, or the network, ended a call.
    pub(super) fn on_ended(&mut self, sip: hark_sip::CallId, reason: &EndReason) {
        let Some(call) = self.by_sip(sip) else {
            return;
        };
        let id = call.view.id;
        let outcome = call.outcome_of_end(reason);
        let text = words::ended(reason, &call.view.title, outcome);
        if outcome == Outcome::Failed && call.view.direction == CallDirection::Outgoing {
            let status = match reason {
                EndReason::Refused { status, .. } => Some(*status),
                _ => None,
            };
            self.bid_farewell(status);
        }
        self.finish(id, outcome, text);
    }

    /// A call that came to nothing for a reason of our own making.
    fn fail(&mut self, id: CallId, text: String) {
        self.complain(text.clone());
        let call = self.calls.get(&id);
        if call.is_some_and(|call| call.view.direction == CallDirection::Outgoing) {
            self.bid_farewell(None);
        }
        self.finish(id, Outcome::Failed, Some(text));
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
        let sip = self.calls.get(&id).and_then(|call| call.sip);
        if let (Some(sip), Some(endpoint)) = (sip, &mut self.endpoint) {
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
        let told = !matches!(call.stage, Stage::Weighing);
        call.view.state = CallState::Ended;
        self.media.order(Order::Close { call: id });
        self.keeper.record(call.entry(outcome));
        // A call that never rang was never heard of.
        if told {
            self.tell_state(&call, reason);
        }
    }

    pub(super) fn by_sip(&self, sip: hark_sip::CallId) -> Option<&Call> {
        self.calls.values().find(|call| call.sip == Some(sip))
    }

    pub(super) fn by_sip_mut(&mut self, sip: hark_sip::CallId) -> Option<&mut Call> {
        self.calls.values_mut().find(|call| call.sip == Some(sip))
    }
}
