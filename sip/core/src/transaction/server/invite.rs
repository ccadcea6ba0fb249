//! The INVITE server transaction over a reliable transport (RFC 3261 §17.2.1 with RFC 6026 §7.1).
//!
//! A pure table: it knows neither messages nor time. The layer carries out the actions in order.

use crate::timers::Timer;
use crate::transaction::server::Action;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// INVITE received, no final response yet.
    Proceeding,
    /// A failure was sent; its ACK is awaited.
    Completed,
    /// The ACK of a failure was received.
    Confirmed,
    /// A 2xx was sent, which the transaction user repeats by itself (RFC 6026 §7.1).
    Accepted,
    Terminated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The same INVITE once more.
    Repeated,
    Ack,
    /// The transaction user sends 100 to 199.
    Provisional,
    /// The transaction user sends 200 to 299.
    Success,
    /// The transaction user sends 300 to 699.
    Failure,
    Expired(Timer),
    FlowLost,
}

pub(crate) const INITIAL: State = State::Proceeding;

pub(crate) fn step(state: State, input: Input) -> (State, &'static [Action]) {
    use Action::{FlowLost, PassUp, Repeat, Send, Start, Stop, TimedOut};
    use State::{Accepted, Completed, Confirmed, Proceeding, Terminated};

    match (state, input) {
        (Proceeding, Input::Repeated) => (Proceeding, &[Repeat]),
        (Proceeding, Input::Provisional) => (Proceeding, &[Send]),
        (Proceeding, Input::Success) => (Accepted, &[Send, Start(Timer::L)]),
        (Proceeding, Input::Failure) => (Completed, &[Send, Start(Timer::H)]),
        (Proceeding, Input::FlowLost) => (Terminated, &[FlowLost]),

        (Completed, Input::Repeated) => (Completed, &[Repeat]),
        (Completed, Input::Ack) => (Confirmed, &[Stop(Timer::H), Start(Timer::I)]),
        (Completed, Input::Expired(Timer::H)) => (Terminated, &[TimedOut]),
        (Completed | Confirmed, Input::FlowLost) => (Terminated, &[]),
        (Confirmed, Input::Expired(Timer::I)) => (Terminated, &[]),

        (Accepted, Input::Success) => (Accepted, &[Send]),
        // Only RFC 2543 matching brings the ACK of a 2xx here; it belongs to the dialog.
        (Accepted, Input::Ack) => (Accepted, &[PassUp]),
        (Accepted, Input::Expired(Timer::L)) => (Terminated, &[]),
        (Accepted, Input::FlowLost) => (Terminated, &[]),

        (Proceeding, Input::Ack | Input::Expired(_))
        | (Completed, Input::Provisional | Input::Success | Input::Failure | Input::Expired(_))
        | (
            Confirmed,
            Input::Repeated
            | Input::Ack
            | Input::Provisional
            | Input::Success
            | Input::Failure
            | Input::Expired(_),
        )
        | (Accepted, Input::Repeated | Input::Provisional | Input::Failure | Input::Expired(_))
        | (
            Terminated,
            Input::Repeated
            | Input::Ack
            | Input::Provisional
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

    #[test]
    fn a_failure_waits_for_its_ack_until_timer_h() {
        let (state, actions) = step(INITIAL, Input::Failure);
        assert_eq!(
            (state, actions),
            (
                State::Completed,
                &[Action::Send, Action::Start(Timer::H)][..]
            )
        );
        assert_eq!(
            step(state, Input::Repeated),
            (State::Completed, &[Action::Repeat][..])
        );
        assert_eq!(
            step(state, Input::Expired(Timer::H)),
            (State::Terminated, &[Action::TimedOut][..])
        );
        let (state, actions) = step(state, Input::Ack);
        assert_eq!(state, State::Confirmed);
        assert_eq!(actions, [Action::Stop(Timer::H), Action::Start(Timer::I)]);
        assert_eq!(step(state, Input::Ack), (State::Confirmed, &[][..]));
    }

    #[test]
    fn a_success_lets_the_transaction_user_repeat_it_and_absorbs_the_invite() {
        let (state, actions) = step(INITIAL, Input::Success);
        assert_eq!(
            (state, actions),
            (
                State::Accepted,
                &[Action::Send, Action::Start(Timer::L)][..]
            )
        );
        assert_eq!(step(state, Input::Repeated), (State::Accepted, &[][..]));
        assert_eq!(
            step(state, Input::Success),
            (State::Accepted, &[Action::Send][..])
        );
        assert_eq!(step(state, Input::Failure), (State::Accepted, &[][..]));
    }

    #[test]
    fn a_second_final_response_never_leaves() {
        let (state, _) = step(INITIAL, Input::Failure);
        assert_eq!(step(state, Input::Success), (State::Completed, &[][..]));
    }
}
