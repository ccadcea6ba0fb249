//! How far an outgoing INVITE has come, and what giving it up means at each point.
//!
//! CANCEL may leave only after a provisional response (RFC 3261 §9.1), and the answer may already
//! be on its way when it does. A pure table, so that every order of events has a row.

/// The INVITE from its sending to its final response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing heard.
    Calling,
    /// A provisional response was heard.
    Proceeding,
    /// Given up while nothing was heard; CANCEL must wait for a provisional response.
    Abandoned,
    /// CANCEL was sent; the final response is awaited.
    Cancelling,
    /// The final response was heard, or none will come.
    Decided,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Provisional,
    Success,
    /// 401 or 407.
    Challenged,
    /// 300, 301 or 302.
    Redirected,
    /// 422.
    TooBrief,
    /// Any other final response.
    Refused,
    /// Timer B expired or the flow is lost.
    Failed,
    /// We give up.
    GiveUp,
    /// No final response within 64*T1 after the CANCEL.
    Unanswered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Nothing,
    /// Tell of the provisional response.
    Report,
    /// Acknowledge and connect.
    Connect,
    /// Acknowledge and hang up at once: the answer crossed our giving up.
    ConnectAndHangUp,
    SendCancel,
    /// Send the INVITE again with credentials.
    Authenticate,
    /// Send the INVITE to the next contact.
    Follow,
    /// Send the INVITE again with a longer session interval.
    AskLonger,
    /// Tell that the call failed.
    Fail,
    /// Nobody is left to be told.
    Finish,
}

pub(super) fn step(state: State, input: Input) -> (State, Action) {
    use State::{Abandoned, Calling, Cancelling, Decided, Proceeding};

    match (state, input) {
        (Calling | Proceeding, Input::Provisional) => (Proceeding, Action::Report),
        (Calling | Proceeding, Input::Success) => (Decided, Action::Connect),
        (Calling | Proceeding, Input::Challenged) => (Calling, Action::Authenticate),
        (Calling | Proceeding, Input::Redirected) => (Calling, Action::Follow),
        (Calling | Proceeding, Input::TooBrief) => (Calling, Action::AskLonger),
        (Calling | Proceeding, Input::Refused | Input::Failed) => (Decided, Action::Fail),
        (Calling, Input::GiveUp) => (Abandoned, Action::Nothing),
        (Proceeding, Input::GiveUp) => (Cancelling, Action::SendCancel),

        (Abandoned, Input::Provisional) => (Cancelling, Action::SendCancel),
        (Abandoned | Cancelling, Input::Success) => (Decided, Action::ConnectAndHangUp),
        (
            Abandoned | Cancelling,
            Input::Challenged
            | Input::Redirected
            | Input::TooBrief
            | Input::Refused
            | Input::Failed
            | Input::Unanswered,
        ) => (Decided, Action::Finish),

        (Cancelling, Input::Provisional)
        | (Abandoned | Cancelling, Input::GiveUp)
        | (Calling | Proceeding, Input::Unanswered) => (state, Action::Nothing),
        (
            Decided,
            Input::Provisional
            | Input::Success
            | Input::Challenged
            | Input::Redirected
            | Input::TooBrief
            | Input::Refused
            | Input::Failed
            | Input::GiveUp
            | Input::Unanswered,
        ) => (Decided, Action::Nothing),
    }
}
