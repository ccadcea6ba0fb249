//! What the user lets others see: chosen, or by itself from what the phone does.

use hark_sip::user_agent::Visibility;

use super::Engine;
use super::call::Call;
use crate::command::UserIs;
use crate::snapshot::{CallState, Presence};

impl Engine {
    pub(super) fn set_presence(&mut self, presence: Presence) {
        self.keep_presence(Some(presence));
    }

    /// Takes the user's choice back: presence follows from the calls.
    pub(super) fn reset_presence(&mut self) {
        self.keep_presence(None);
    }

    /// The user has left the computer, or is back.
    pub(super) fn set_user_away(&mut self, user: UserIs) {
        self.user = user;
        self.derive_presence();
    }

    fn keep_presence(&mut self, chosen: Option<Presence>) {
        self.kept.presence = chosen;
        self.save();
        self.derive_presence();
    }

    /// Brings what is shown, and what the server is told, up to date.
    pub(super) fn derive_presence(&mut self) {
        let chosen = self.kept.presence;
        let presence = chosen.unwrap_or_else(|| automatic(self.calls.values(), self.user));
        let changed = self.shown.presence != presence;
        let was_automatic =
            std::mem::replace(&mut self.shown.presence_is_automatic, chosen.is_none());
        self.shown.presence = presence;
        if changed || was_automatic != chosen.is_none() {
            self.tell_presence();
        }
    }

    /// Every account tells the same. Who appears offline is not seen by OPTIONS either (OX-10).
    pub(super) fn tell_presence(&mut self) {
        let (presence, automatic) = (self.shown.presence, self.shown.presence_is_automatic);
        let endpoints = self.lines.iter_mut().filter_map(|it| it.endpoint.as_mut());
        for endpoint in endpoints {
            endpoint.driver.command(|agent, now| {
                agent.set_visibility(visibility(presence));
                agent.publish(now, published(presence, automatic));
            });
        }
    }
}

/// What a phone says whose user has not chosen: busy while a call is up, away while nobody is there.
fn automatic<'a>(mut calls: impl Iterator<Item = &'a Call>, user: UserIs) -> Presence {
    let talks = calls.any(|call| call.view.state == CallState::Connected);
    match (talks, user) {
        (true, UserIs::Here | UserIs::Away) => Presence::Busy,
        (false, UserIs::Here) => Presence::Available,
        (false, UserIs::Away) => Presence::Away,
    }
}

fn visibility(presence: Presence) -> Visibility {
    match presence {
        Presence::AppearOffline => Visibility::Hidden,
        Presence::Available | Presence::Busy | Presence::DoNotDisturb | Presence::Away => {
            Visibility::Visible
        }
    }
}

/// Busy by itself is busy with a call, and others may know that.
fn published(presence: Presence, automatic: bool) -> hark_sip::Presence {
    match presence {
        Presence::Available => hark_sip::Presence::Available,
        Presence::Busy if automatic => hark_sip::Presence::OnThePhone,
        Presence::Busy => hark_sip::Presence::Busy,
        Presence::DoNotDisturb => hark_sip::Presence::DoNotDisturb,
        Presence::Away => hark_sip::Presence::Away,
        Presence::AppearOffline => hark_sip::Presence::Offline,
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::Stage;
    use super::*;
    use crate::snapshot::{CallDirection, CallId, CallKind};

    #[test]
    fn a_phone_is_busy_while_a_call_is_up_and_away_while_its_user_is() {
        let call = |state| {
            let (direction, kind) = (CallDirection::Incoming, CallKind::Person);
            let mut call = Call::new(CallId(1), direction, kind, Stage::Invited, String::new());
            call.view.state = state;
            call
        };
        let ringing = [call(CallState::Ringing), call(CallState::Calling)];
        let connected = [call(CallState::Ringing), call(CallState::Connected)];
        for (calls, user, expected) in [
            (&[][..], UserIs::Here, Presence::Available),
            (&ringing, UserIs::Here, Presence::Available),
            (&connected, UserIs::Here, Presence::Busy),
            (&[], UserIs::Away, Presence::Away),
            (&ringing, UserIs::Away, Presence::Away),
            (&connected, UserIs::Away, Presence::Busy),
        ] {
            assert_eq!(automatic(calls.iter(), user), expected);
        }
    }

    #[test]
    fn ox10_who_appears_offline_is_closed_and_hidden() {
        use hark_sip::Presence as Published;
        for (presence, automatic, expected) in [
            (Presence::Available, true, Published::Available),
            (Presence::Available, false, Published::Available),
            (Presence::Busy, true, Published::OnThePhone),
            (Presence::Busy, false, Published::Busy),
            (Presence::DoNotDisturb, false, Published::DoNotDisturb),
            (Presence::Away, false, Published::Away),
            (Presence::AppearOffline, false, Published::Offline),
        ] {
            assert_eq!(published(presence, automatic), expected);
            let hidden = visibility(presence) == Visibility::Hidden;
            assert_eq!(hidden, expected == Published::Offline);
        }
    }
}
