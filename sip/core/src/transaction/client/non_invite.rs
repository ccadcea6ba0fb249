//! The non-INVITE client transaction over a reliable transport (RFC 3261 §17.1.2).
//!
//! A pure table: it knows neither messages nor time. The layer carries out the actions in order.

use crate::timers::Timer;
use crate::transaction::client::Action;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Request sent, nothing heard.
    Trying,
    /// A provisional response was heard.
    Proceeding,
    /// The final response was heard.
    Completed,
    Terminated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// 100 to 199.
    Provisional,
    /// 200 to 699.
    Final,
    Expired(Timer),
    FlowLost,
}

pub(crate) const INITIAL: (State, &[Action]) = (State::Trying, &[Action::Start(Timer::F)]);

pub(crate) fn step(state: State, input: Input) -> (State, &'static [Action]) {
    use Action::{FlowLost, PassUp, Start, Stop, TimedOut};
    use State::{Completed, Proceeding, Terminated, Trying};

    match (state, input) {
        (Trying | Proceeding, Input::Provisional) => (Proceeding, &[PassUp]),
        (Trying | Proceeding, Input::Final) => {
            (Completed, &[Stop(Timer::F), Start(Timer::K), PassUp])
        }
        // Unlike Timer B, Timer F runs on after a provisional response (RFC 3261 §17.1.2.2).
        (Trying | Proceeding, Input::Expired(Timer::F)) => (Terminated, &[TimedOut]),
        (Trying | Proceeding, Input::FlowLost) => (Terminated, &[FlowLost]),

        (Completed, Input::Expired(Timer::K)) => (Terminated, &[]),
        (Completed, Input::FlowLost) => (Terminated, &[]),

        (Completed, Input::Provisional | Input::Final)
        | (Trying | Proceeding | Completed, Input::Expired(_))
        | (Terminated, Input::Provisional | Input::Final | Input::Expired(_) | Input::FlowLost) => {
            (state, &[])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_response_is_told_once() {
        let (state, actions) = step(INITIAL.0, Input::Final);
        assert_eq!(state, State::Completed);
        assert_eq!(
            actions,
            [
                Action::Stop(Timer::F),
                Action::Start(Timer::K),
                Action::PassUp
            ]
        );
        assert_eq!(step(state, Input::Final), (State::Completed, &[][..]));
        assert_eq!(
            step(state, Input::Expired(Timer::K)),
            (State::Terminated, &[][..])
        );
    }

    #[test]
    fn timer_f_runs_on_after_a_provisional_response() {
        let (state, _) = step(INITIAL.0, Input::Provisional);
        assert_eq!(state, State::Proceeding);
        assert_eq!(
            step(state, Input::Expired(Timer::F)),
            (State::Terminated, &[Action::TimedOut][..])
        );
    }

    #[test]
    fn a_lost_flow_is_told_while_the_answer_is_open() {
        assert_eq!(
            step(State::Trying, Input::FlowLost),
            (State::Terminated, &[Action::FlowLost][..])
        );
        assert_eq!(
            step(State::Completed, Input::FlowLost),
            (State::Terminated, &[][..])
        );
    }
}
