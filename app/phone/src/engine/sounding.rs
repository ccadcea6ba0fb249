//! What follows from the calls for the loudspeaker and the ringer: a pure function and its
//! application.

use hark_media::tones::Tone;

use super::Engine;
use super::call::Call;
use crate::media::{Order, Signal};
use crate::snapshot::{CallDirection, CallId, CallState};

/// What should be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sounding {
    /// The ring tone on the ringer.
    rings: bool,
    /// A tone in the loudspeaker of calls.
    signal: Option<Signal>,
    /// The call that has the loudspeaker and the microphone.
    focus: Option<CallId>,
}

impl Sounding {
    /// Derives it from the live calls: a call rings aloud, and softly while another is listened to.
    pub(super) fn of<'a>(calls: impl Iterator<Item = &'a Call> + Clone) -> Self {
        let focus = calls
            .clone()
            .filter(|call| call.is_listened_to())
            .max_by_key(|call| call.attention);
        let someone_waits = calls.into_iter().any(Call::rings_here);
        let signal = match focus {
            Some(call) if rings_there(call) => Some(Signal::Ringback),
            Some(_) if someone_waits => Some(Signal::CallWaiting),
            Some(_) | None => None,
        };
        Self {
            rings: someone_waits && focus.is_none(),
            signal,
            focus: focus.map(|call| call.view.id),
        }
    }
}

fn rings_there(call: &Call) -> bool {
    call.view.direction == CallDirection::Outgoing && call.view.state == CallState::Ringing
}

impl Engine {
    /// Carries out what differs from what is heard already.
    pub(super) fn sound(&mut self, wanted: Sounding) {
        let heard = std::mem::replace(&mut self.sounding, wanted);
        if wanted.rings && !heard.rings {
            self.audio.ring(Tone::Ring);
        }
        if heard.rings && !wanted.rings {
            self.audio.stop_ringing();
        }
        if wanted.focus != heard.focus {
            self.media.order(Order::Focus { call: wanted.focus });
        }
        // A farewell is heard once, after the call whose end it tells, unless another one sounds.
        let farewell = self.farewell.take().filter(|_| wanted.focus.is_none());
        if wanted.signal != heard.signal || farewell.is_some() {
            let signal = wanted.signal.or(farewell);
            self.media.order(Order::Sound { signal });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::Stage;
    use super::*;
    use crate::snapshot::CallKind;

    fn call(id: u64, direction: CallDirection, state: CallState) -> Call {
        let stage = match (direction, state) {
            (CallDirection::Incoming, CallState::Ringing) => Stage::Ringing { sdp: Vec::new() },
            (_, CallState::Connected) => Stage::Up,
            _ => Stage::Invited,
        };
        let mut call = Call::new(
            CallId(id),
            direction,
            CallKind::Person,
            stage,
            String::new(),
        );
        call.view.state = state;
        call.attention = id;
        call
    }

    #[track_caller]
    fn check(calls: &[Call], rings: bool, signal: Option<Signal>, focus: Option<u64>) {
        let expected = Sounding {
            rings,
            signal,
            focus: focus.map(CallId),
        };
        assert_eq!(Sounding::of(calls.iter()), expected);
    }

    use CallDirection::{Incoming, Outgoing};

    #[test]
    fn one_call() {
        check(&[], false, None, None);
        check(&[call(1, Incoming, CallState::Ringing)], true, None, None);
        check(
            &[call(1, Incoming, CallState::Connected)],
            false,
            None,
            Some(1),
        );
        check(
            &[call(1, Outgoing, CallState::Calling)],
            false,
            None,
            Some(1),
        );
        let ringback = Some(Signal::Ringback);
        check(
            &[call(1, Outgoing, CallState::Ringing)],
            false,
            ringback,
            Some(1),
        );
        check(&[call(1, Outgoing, CallState::Early)], false, None, Some(1));
    }

    #[test]
    fn a_second_call_rings_softly_and_aloud_once_it_is_alone() {
        let second = || call(2, Incoming, CallState::Ringing);
        let waiting = Some(Signal::CallWaiting);
        check(
            &[call(1, Outgoing, CallState::Connected), second()],
            false,
            waiting,
            Some(1),
        );
        check(&[second()], true, None, None);
        let mut held = call(1, Outgoing, CallState::Connected);
        held.view.held = true;
        check(&[held, second()], true, None, None);
    }

    #[test]
    fn the_call_that_the_user_turned_to_last_is_heard() {
        let mut first = call(1, Incoming, CallState::Connected);
        let second = call(2, Outgoing, CallState::Connected);
        first.attention = 3;
        check(&[first, second], false, None, Some(1));
    }

    #[test]
    fn a_call_that_is_still_weighed_makes_no_sound() {
        let mut weighed = call(1, Incoming, CallState::Ringing);
        weighed.stage = Stage::Weighing;
        check(&[weighed], false, None, None);
    }
}
