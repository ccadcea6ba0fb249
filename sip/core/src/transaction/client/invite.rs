//! The INVITE client transaction over a reliable transport (RFC 3261 §17.1.1 with RFC 6026 §7.2).
//!
//! A pure table: it knows neither messages nor time. The layer carries out the actions in order.

use crate::timers::Timer;
use crate::transaction::client::Action;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// INVITE sent, nothing heard.
    Calling,
    /// A provisional response was heard.
    Proceeding,
    /// A failure was heard and acknowledged.
    Completed,
    /// A 2xx was heard; further ones of other forks may follow (RFC 6026 §7.2).
    Accepted,
    Terminated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// 100 to 199.
    Provisional,
    /// 200 to 299.
    Success,
    /// 300 to 699.
    Failure,
    Expired(Timer),
    FlowLost,
}

pub(crate) const INITIAL: (State, &[Action]) = (State::Calling, &[Action::Start(Timer::B)]);

pub(crate) fn step(state: State, input: Input) -> (State, &'static [Action]) {
    use Action::{Acknowledge, FlowLost, PassUp, Start, Stop, TimedOut};
    use State::{Accepted, Calling, Completed, Proceeding, Terminated};

    match (state, input) {
        (Calling | Proceeding, Input::Provisional) => (Proceeding, &[Stop(Timer::B), PassUp]),
        (Calling | Proceeding, Input::Success) => {
            (Accepted, &[Stop(Timer::B), Start(Timer::M), PassUp])
        }
        (Calling | Proceeding, Input::Failure) => (
            Completed,
            &[Stop(Timer::B), Acknowledge, Start(Timer::D), PassUp],
        ),
        (Calling, Input::Expired(Timer::B)) => (Terminated, &[TimedOut]),
        (Calling | Proceeding, Input::FlowLost) => (Terminated, &[FlowLost]),

        (Completed, Input::Failure) => (Completed, &[Acknowledge]),
        (Completed, Input::Expired(Timer::D)) => (Terminated, &[]),
        // Nobody is left to acknowledge to.
        (Completed, Input::FlowLost) => (Terminated, &[]),

        (Accepted, Input::Success) => (Accepted, &[PassUp]),
        (Accepted, Input::Expired(Timer::M)) => (Terminated, &[]),
        // A 2xx may be repeated on the flow that replaces the lost one.
        (Accepted, Input::FlowLost) => (Accepted, &[]),

        (Completed, Input::Provisional | Input::Success)
        | (Accepted, Input::Provisional | Input::Failure)
        | (Calling | Proceeding | Completed | Accepted, Input::Expired(_))
        | (
            Terminated,
            Input::Provisional
            | Input::Success
            | Input::Failure
            | Input::Expired(_)
            | Input::FlowLost,
        ) => (state, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds inputs to a new transaction and prints each step as `State [actions]`.
    fn story(inputs: &[Input]) -> String {
        let mut state = INITIAL.0;
        let mut lines = vec![format!("{:?} {:?}", state, INITIAL.1)];
        for input in inputs {
            let (next, actions) = step(state, *input);
            state = next;
            lines.push(format!("{input:?} -> {state:?} {actions:?}"));
        }
        lines.join("\n")
    }

    #[test]
    fn a_success_stays_open_for_other_forks_until_timer_m() {
        insta::assert_snapshot!(story(&[
            Input::Provisional,
            Input::Success,
            Input::Success,
            Input::Failure,
            Input::Expired(Timer::M),
            Input::Success,
        ]), @r"
        Calling [Start(B)]
        Provisional -> Proceeding [Stop(B), PassUp]
        Success -> Accepted [Stop(B), Start(M), PassUp]
        Success -> Accepted [PassUp]
        Failure -> Accepted []
        Expired(M) -> Terminated []
        Success -> Terminated []
        ");
    }

    #[test]
    fn a_failure_is_acknowledged_and_told_once() {
        insta::assert_snapshot!(story(&[
            Input::Failure,
            Input::Failure,
            Input::Success,
            Input::Expired(Timer::D),
        ]), @r"
        Calling [Start(B)]
        Failure -> Completed [Stop(B), Acknowledge, Start(D), PassUp]
        Failure -> Completed [Acknowledge]
        Success -> Completed []
        Expired(D) -> Terminated []
        ");
    }

    #[test]
    fn timer_b_ends_only_an_invite_that_nobody_answered() {
        insta::assert_snapshot!(story(&[Input::Expired(Timer::B)]), @r"
        Calling [Start(B)]
        Expired(B) -> Terminated [TimedOut]
        ");
        assert_eq!(
            step(State::Proceeding, Input::Expired(Timer::B)),
            (State::Proceeding, &[][..])
        );
    }

    #[test]
    fn a_lost_flow_ends_a_call_under_way_and_spares_an_answered_one() {
        assert_eq!(
            step(State::Proceeding, Input::FlowLost),
            (State::Terminated, &[Action::FlowLost][..])
        );
        assert_eq!(
            step(State::Accepted, Input::FlowLost),
            (State::Accepted, &[][..])
        );
    }
}
