//! The non-INVITE server transaction over a reliable transport (RFC 3261 §17.2.2).
//!
//! A pure table: it knows neither messages nor time. The layer carries out the actions in order.

use crate::timers::Timer;
use crate::transaction::server::Action;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Request received, nothing sent.
    Trying,
    /// A provisional response was sent.
    Proceeding,
    /// The final response was sent.
    Completed,
    Terminated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The same request once more.
    Repeated,
    /// The transaction user sends 100 to 199.
    Provisional,
    /// The transaction user sends 200 to 699.
    Final,
    Expired(Timer),
    FlowLost,
}

pub(crate) const INITIAL: State = State::Trying;

pub(crate) fn step(state: State, input: Input) -> (State, &'static [Action]) {
    use Action::{FlowLost, Repeat, Send, Start};
    use State::{Completed, Proceeding, Terminated, Trying};

    match (state, input) {
        (Trying | Proceeding, Input::Provisional) => (Proceeding, &[Send]),
        (Trying | Proceeding, Input::Final) => (Completed, &[Send, Start(Timer::J)]),
        (Trying | Proceeding, Input::FlowLost) => (Terminated, &[FlowLost]),
        (Proceeding | Completed, Input::Repeated) => (state, &[Repeat]),
        (Completed, Input::Expired(Timer::J)) => (Terminated, &[]),
        (Completed, Input::FlowLost) => (Terminated, &[]),

        (Trying, Input::Repeated)
        | (Completed, Input::Provisional | Input::Final)
        | (Trying | Proceeding | Completed, Input::Expired(_))
        | (
            Terminated,
            Input::Repeated
            | Input::Provisional
            | Input::Final
            | Input::Expired(_)
            | Input::FlowLost,
        ) => (state, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_request_gets_the_last_response_again() {
        assert_eq!(step(INITIAL, Input::Repeated), (State::Trying, &[][..]));
        let (state, actions) = step(INITIAL, Input::Final);
        assert_eq!(
            (state, actions),
            (
                State::Completed,
                &[Action::Send, Action::Start(Timer::J)][..]
            )
        );
        assert_eq!(
            step(state, Input::Repeated),
            (State::Completed, &[Action::Repeat][..])
        );
        assert_eq!(step(state, Input::Final), (State::Completed, &[][..]));
        assert_eq!(
            step(state, Input::Expired(Timer::J)),
            (State::Terminated, &[][..])
        );
    }

    #[test]
    fn a_lost_flow_is_told_while_the_answer_is_owed() {
        assert_eq!(
            step(State::Proceeding, Input::FlowLost),
            (State::Terminated, &[Action::FlowLost][..])
        );
    }
}
