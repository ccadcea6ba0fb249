//! Server transactions: the two state machines behind one set of inputs.

pub(crate) mod invite;
pub(crate) mod non_invite;

use crate::timers::Timer;

/// What a server transaction asks of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Hand the ACK that came in to the transaction user.
    PassUp,
    /// Send the response that the transaction user handed in, and keep it.
    Send,
    /// Send the last response once more.
    Repeat,
    Start(Timer),
    Stop(Timer),
    /// Tell the transaction user that no ACK came.
    TimedOut,
    /// Tell the transaction user that no response can leave any more.
    FlowLost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    Invite(invite::State),
    NonInvite(non_invite::State),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The request arrived once more.
    Repeated,
    /// An ACK arrived; only INVITE transactions know it.
    Ack,
    /// The transaction user responds with this status number.
    Respond(u16),
    Expired(Timer),
    FlowLost,
}

impl Machine {
    pub(crate) fn step(&mut self, input: Input) -> &'static [Action] {
        match self {
            Self::Invite(state) => {
                let (next, actions) = invite::step(*state, invite_input(input));
                *state = next;
                actions
            }
            Self::NonInvite(state) => {
                let Some(input) = non_invite_input(input) else {
                    return &[];
                };
                let (next, actions) = non_invite::step(*state, input);
                *state = next;
                actions
            }
        }
    }

    /// Whether a 2xx has left for an INVITE.
    pub(crate) fn is_answered(self) -> bool {
        self == Self::Invite(invite::State::Accepted)
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
        Input::Repeated => invite::Input::Repeated,
        Input::Ack => invite::Input::Ack,
        Input::Respond(..200) => invite::Input::Provisional,
        Input::Respond(200..300) => invite::Input::Success,
        Input::Respond(300..) => invite::Input::Failure,
        Input::Expired(timer) => invite::Input::Expired(timer),
        Input::FlowLost => invite::Input::FlowLost,
    }
}

fn non_invite_input(input: Input) -> Option<non_invite::Input> {
    match input {
        Input::Repeated => Some(non_invite::Input::Repeated),
        Input::Ack => None,
        Input::Respond(..200) => Some(non_invite::Input::Provisional),
        Input::Respond(200..) => Some(non_invite::Input::Final),
        Input::Expired(timer) => Some(non_invite::Input::Expired(timer)),
        Input::FlowLost => Some(non_invite::Input::FlowLost),
    }
}
