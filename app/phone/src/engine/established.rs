//! What the user, and the other side, do in an established call: mute, hold.

use hark_media::Direction;
use hark_sip::message::StatusCode;

use super::Engine;
use super::call::{Hold, Stage};
use crate::event::Event;
use crate::media::Order;
use crate::snapshot::CallId;
use crate::words;

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

    pub(super) fn set_held(&mut self, id: CallId, held: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return self.complain(words::no_such_call(id));
        };
        if !matches!(call.stage, Stage::Up) {
            return self.complain(words::not_connected().into());
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

    /// Turns to the call that was held last.
    pub(super) fn swap(&mut self) {
        let held = self.calls.values().filter(|call| call.view.held);
        let last = held.max_by_key(|call| call.attention);
        match last.map(|call| call.view.id) {
            Some(id) => self.set_held(id, false),
            None => self.complain(words::nothing_held().into()),
        }
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
    pub(super) fn follow_hold(&mut self, id: CallId) {
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
    pub(super) fn modify(&mut self, id: CallId, offer: Vec<u8>) {
        let Some(hold) = self.calls.get(&id).map(|call| call.hold) else {
            return;
        };
        let Some((sip, endpoint)) = self.sip_of(id) else {
            return;
        };
        let sent = endpoint.driver.command(|agent, now| match hold {
            Hold::Settled => agent.accept_offer(now, sip, offer),
            Hold::Holding | Hold::Resuming | Hold::Moving { .. } => agent.modify(now, sip, offer),
        });
        if let Err(error) = sent {
            tracing::info!(call = id.0, %error, "the session could not be changed");
            self.changed(id, false);
        }
    }

    pub(super) fn on_modified(&mut self, id: CallId, answer: Vec<u8>) {
        self.media.order(Order::AcceptAnswer { call: id, answer });
        self.changed(id, true);
    }

    pub(super) fn on_modify_refused(&mut self, id: CallId, status: StatusCode) {
        tracing::info!(call = id.0, %status, "the other side refused to change the session");
        self.changed(id, false);
    }

    /// Our change of the session is through, or came to nothing.
    pub(super) fn changed(&mut self, id: CallId, agreed: bool) {
        self.settle_change(id, agreed);
        self.follow_address(id);
    }

    fn settle_change(&mut self, id: CallId, agreed: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let hold = std::mem::take(&mut call.hold);
        let offered = match hold {
            Hold::Settled => return,
            Hold::Holding => true,
            Hold::Resuming => false,
            Hold::Moving { held } => return self.moved(id, held, agreed),
        };
        if agreed {
            if call.view.held == offered {
                self.tell_hold(id);
            } else {
                self.follow_hold(id);
            }
            return;
        }
        call.view.held = !offered;
        self.media.order(Order::WithdrawOffer { call: id });
        self.complain(words::not_held().into());
    }

    pub(super) fn tell_hold(&mut self, id: CallId) {
        if let Some(call) = self.calls.get(&id) {
            self.face.tell(Event::Hold {
                call: id,
                held: call.view.held,
                held_by_peer: call.view.held_by_peer,
            });
        }
    }

    /// The other side wants to change the session, or asks for an offer of ours.
    pub(super) fn on_offer(&mut self, id: CallId, offer: Option<Vec<u8>>) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let held = call.view.held;
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

    pub(super) fn accept_offer(&mut self, id: CallId, answer: Vec<u8>) {
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let sent = endpoint
                .driver
                .command(|agent, now| agent.accept_offer(now, sip, answer));
            if let Err(error) = sent {
                tracing::debug!(%error, "the offer was withdrawn before it was answered");
            }
        }
    }

    pub(super) fn refuse_offer(&mut self, id: CallId) {
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let sent = endpoint
                .driver
                .command(|agent, now| agent.refuse_offer(now, sip));
            if let Err(error) = sent {
                tracing::debug!(%error, "the offer was withdrawn before it was refused");
            }
        }
    }
}
