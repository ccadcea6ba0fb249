//! What both sides agreed on: the descriptions that media makes and reads, and what follows for the
//! call that they belong to.

use hark_media::{InUse, KeyExchange};
use hark_sip::message::StatusCode;

use super::Engine;
use super::call::Stage;
use crate::event::Event;
use crate::media::{MediaError, Order, Purpose};
use crate::snapshot::{CallDirection, CallId, CallState, DigitsBy, MediaView};
use crate::words;

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
                if call.view.direction == CallDirection::Incoming {
                    self.reject(id, StatusCode::NOT_ACCEPTABLE_HERE);
                }
                self.fail(id, words::media(error));
            }
            // Early media that cannot be played is not the answer yet.
            Purpose::PeerAnswer if matches!(call.stage, Stage::Invited) => {}
            // The other side believes in an agreement that is none.
            Purpose::PeerAnswer => {
                self.end_sip(id);
                self.fail(id, words::media(error));
            }
            Purpose::OfferAgain => self.changed(id, false),
            Purpose::AnswerAgain => self.refuse_offer(id),
        }
    }

    pub(super) fn on_agreed(&mut self, id: CallId, in_use: InUse, held_by_peer: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let suite = in_use.srtp.map(|suite| suite.name());
        let keys = in_use.keys.map(KeyExchange::name);
        let media = MediaView::new(in_use.codec.name(), suite, keys);
        let known = call.view.media.as_ref();
        let agreed = |media: &MediaView| (media.codec, media.srtp, media.keys);
        let is_new = known.map(agreed) != Some(agreed(&media));
        if is_new {
            call.view.media = Some(media);
        }
        call.view.digits_by = Some(match in_use.digits {
            true => DigitsBy::Media,
            false => DigitsBy::Info,
        });
        let was_held = std::mem::replace(&mut call.view.held_by_peer, held_by_peer);
        match call.stage {
            Stage::Settling => self.connect(id),
            Stage::Invited => {
                self.show_state(id, CallState::Early);
                self.tell_media(id, is_new);
            }
            Stage::Up => {
                self.tell_media(id, is_new);
                if was_held != held_by_peer {
                    self.tell_hold(id);
                }
            }
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
        let follows = call.follows.take();
        self.media.order(Order::Answered { call: id });
        if let Some(before) = follows {
            self.hand_recording_on(before, id);
        }
        self.face.tell(event);
        self.tell_media(id, true);
        self.begin_dialling(id);
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
                keys: media.keys,
            });
        }
    }
}
