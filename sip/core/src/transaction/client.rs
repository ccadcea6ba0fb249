//! Client transactions: the two state machines behind one set of inputs.

pub(crate) mod invite;
pub(crate) mod non_invite;

use crate::message::Method;
use crate::timers::Timer;

/// What a client transaction asks of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Hand the response that came in to the transaction user.
    PassUp,
    /// Acknowledge the failure that came in (RFC 3261 §17.1.1.3).
    Acknowledge,
    Start(Timer),
    Stop(Timer),
    /// Tell the transaction user that the other side was silent for too long.
    TimedOut,
    /// Tell the transaction user that the flow went away.
    FlowLost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    Invite(invite::State),
    NonInvite(non_invite::State),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// A response arrived, with this status number.
    Response(u16),
    Expired(Timer),
    FlowLost,
}

impl Machine {
    /// The machine for a request of this method, and what starts with it.
    pub(crate) fn new(method: &Method) -> (Self, &'static [Action]) {
        match method {
            Method::Invite => (Self::Invite(invite::INITIAL.0), invite::INITIAL.1),
            _ => (
                Self::NonInvite(non_invite::INITIAL.0),
                non_invite::INITIAL.1,
            ),
        }
    }

    pub(crate) fn step(&mut self, input: Input) -> &'static [Action] {
        let actions;
        match self {
            Self::Invite(state) => {
                (*state, actions) = invite::step(*state, invite_input(input));
            }
            Self::NonInvite(state) => {
                (*state, actions) = non_invite::step(*state, non_invite_input(input));
            }
        }
        actions
    }

    pub(crate) fn is_terminated(self) -> bool {
        matches!(
            self,
            Self::Invite(invite::State::Terminated)
                | Self::NonInvite(non_invite::State::Terminated)
        )
    }
}

fn invite_input(input: Input) -> invite::Input {
    match input {
        Input::Response(..200) => invite::Input::Provisional,
        Input::Response(200..300) => invite::Input::Success,
        Input::Response(300..) => invite::Input::Failure,
        Input::Expired(timer) => invite::Input::Expired(timer),
        Input::FlowLost => invite::Input::FlowLost,
    }
}

fn non_invite_input(input: Input) -> non_invite::Input {
    match input {
        Input::Response(..200) => non_invite::Input::Provisional,
        Input::Response(200..) => non_invite::Input::Final,
        Input::Expired(timer) => non_invite::Input::Expired(timer),
        Input::FlowLost => non_invite::Input::FlowLost,
    }
}
