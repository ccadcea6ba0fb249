//! Calls whose flow came back from another address: their sound moves there, too.

use hark_media::Direction;

use super::Engine;
use super::call::{Hold, Stage};
use crate::media::Order;
use crate::snapshot::{AccountId, CallId};

impl Engine {
    /// Media goes the way of the registrar's flow. The user agent has told the other sides where we
    /// are; they still send the sound to where we were.
    pub(super) fn follow_addresses(&mut self, account: &AccountId) {
        let calls = self.calls_of(account);
        calls.into_iter().for_each(|call| self.follow_address(call));
    }

    /// While another offer is under way this waits for its end.
    pub(super) fn follow_address(&mut self, id: CallId) {
        let place = self.place_of(id);
        let (Some(call), Some(place)) = (self.calls.get_mut(&id), place) else {
            return;
        };
        let is_there = call.local == Some(place.local);
        if is_there || !matches!(call.stage, Stage::Up) || call.hold != Hold::Settled {
            return;
        }
        let held = call.view.held;
        call.local = Some(place.local);
        call.hold = Hold::Moving { held };
        let direction = match held {
            true => Direction::SendOnly,
            false => Direction::SendReceive,
        };
        self.media.order(Order::Move {
            call: id,
            place,
            direction,
        });
    }

    /// The other side has our new address, or refused to hear of it.
    pub(super) fn moved(&mut self, id: CallId, held: bool, agreed: bool) {
        if !agreed {
            self.media.order(Order::WithdrawOffer { call: id });
        }
        let wished = self.calls.get(&id).map(|call| call.view.held);
        if wished.is_some_and(|wished| wished != held) {
            self.follow_hold(id);
        }
    }
}
