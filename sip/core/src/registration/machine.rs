//! What follows what in the life of a registration. A pure table: it knows neither messages nor
//! time. The user agent carries out the actions in order.

/// Where the registration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    SignedOut,
    /// The flow is being opened.
    Opening,
    /// The first REGISTER of this flow is under way.
    SigningIn,
    Registered,
    /// A REGISTER is under way that keeps the registration alive.
    Refreshing,
    /// Something went wrong; the next try comes by itself or from a person.
    Waiting,
    /// The REGISTER that ends it all is under way.
    SigningOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The owner wants to be registered.
    Register,
    /// The owner wants to be signed out.
    Unregister,
    /// The owner does not want to wait for the next try.
    RetryNow,
    FlowOpened,
    /// The flow could not be opened.
    FlowFailed,
    /// The open flow is gone, and may be opened again at once.
    FlowLost,
    /// The open flow is gone, and has been so before.
    FlowLostAgain,
    /// 200.
    Granted,
    /// A challenge that we can answer, a 423 or a 439: the same again, in other words.
    AskedAgain,
    /// Any other final response.
    Refused,
    /// Timer F expired.
    TimedOut,
    /// This server cannot serve us, but another one may.
    TryNext,
    /// The flow to a better server is open.
    Moved,
    /// The machine woke from sleep, or its network changed.
    Disturbed,
    /// A timer of the registration expired.
    Due,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Look for the server from the beginning.
    OpenFlow,
    /// Go on to the next server.
    OpenNext,
    CloseFlow,
    SendRegister,
    SendUnregister,
    TellConnecting,
    TellSigningIn,
    TellRegistered,
    TellSignedOut,
    /// Tell that the flow is lost and is being opened again.
    TellLostForNow,
    /// Work out when to try next, wait for it and tell.
    Wait,
    /// Tell again when the next try is: the owner's clock may have stood still since.
    TellWaiting,
    /// Wait for the time of the refresh.
    AwaitRefresh,
    /// Wait for the server's word on our leaving, but not for long.
    AwaitSignOut,
    /// Wait for the server's word, but only for seconds.
    AwaitRegistrar,
    /// Stop waiting.
    StopWaiting,
    /// Try again with the flow if it is open, otherwise open it. Followed by [`Input::FlowOpened`]
    /// in the first case.
    UseFlow,
}

const OPEN: (State, &[Action]) = (
    State::Opening,
    &[Action::StopWaiting, Action::TellConnecting, Action::UseFlow],
);

const REOPEN: (State, &[Action]) = (
    State::Opening,
    &[
        Action::StopWaiting,
        Action::TellLostForNow,
        Action::TellConnecting,
        Action::OpenFlow,
    ],
);

const SIGN_IN: (State, &[Action]) = (
    State::SigningIn,
    &[
        Action::StopWaiting,
        Action::TellSigningIn,
        Action::SendRegister,
    ],
);

/// Whether the server still hears us, and where.
const CHECK: (State, &[Action]) = (
    State::Refreshing,
    &[
        Action::StopWaiting,
        Action::SendRegister,
        Action::AwaitRegistrar,
    ],
);

const TRY_NEXT: (State, &[Action]) = (
    State::Opening,
    &[
        Action::StopWaiting,
        Action::CloseFlow,
        Action::TellConnecting,
        Action::OpenNext,
    ],
);

const SIGN_OUT: (State, &[Action]) = (
    State::SigningOut,
    &[
        Action::StopWaiting,
        Action::SendUnregister,
        Action::AwaitSignOut,
    ],
);

const LEAVE: (State, &[Action]) = (
    State::SignedOut,
    &[
        Action::StopWaiting,
        Action::CloseFlow,
        Action::TellSignedOut,
    ],
);

const WAIT: (State, &[Action]) = (State::Waiting, &[Action::StopWaiting, Action::Wait]);

pub(crate) fn step(state: State, input: Input) -> (State, &'static [Action]) {
    use State::{Opening, Refreshing, Registered, SignedOut, SigningIn, SigningOut, Waiting};

    match (state, input) {
        (SignedOut | Waiting, Input::Register | Input::RetryNow) => OPEN,
        (Waiting, Input::Due) => OPEN,
        (SignedOut | Opening | Waiting, Input::Unregister) => LEAVE,
        (Waiting, Input::FlowLost | Input::FlowLostAgain) => (Waiting, &[]),
        (Waiting, Input::Disturbed) => (Waiting, &[Action::TellWaiting]),

        (Opening, Input::FlowOpened) => SIGN_IN,
        (Opening, Input::FlowFailed) => WAIT,

        (SigningIn, Input::Granted) | (Refreshing, Input::Granted) => {
            (Registered, &[Action::TellRegistered, Action::AwaitRefresh])
        }
        (SigningIn | Refreshing, Input::AskedAgain) => (state, &[Action::SendRegister]),
        (SigningIn | Refreshing, Input::Refused) => WAIT,
        (SigningIn | Refreshing, Input::TryNext) => TRY_NEXT,
        // A server that does not answer may be a flow that does not carry.
        (SigningIn, Input::TimedOut) => (
            Waiting,
            &[Action::StopWaiting, Action::CloseFlow, Action::Wait],
        ),
        (Refreshing, Input::TimedOut) => (
            Opening,
            &[
                Action::CloseFlow,
                Action::TellLostForNow,
                Action::TellConnecting,
                Action::OpenFlow,
            ],
        ),

        (Registered, Input::Due | Input::RetryNow) => {
            (Refreshing, &[Action::StopWaiting, Action::SendRegister])
        }
        (Registered | Refreshing, Input::Moved) | (Registered, Input::Disturbed) => CHECK,
        (SigningIn | Refreshing, Input::Disturbed) => (state, &[Action::AwaitRegistrar]),
        // What is under way may hang on a network that is gone.
        (Opening, Input::Disturbed) => (Opening, &[Action::CloseFlow, Action::OpenFlow]),
        (SigningIn | Registered | Refreshing, Input::Unregister) => SIGN_OUT,
        (SigningIn | Registered | Refreshing, Input::FlowLost) => REOPEN,
        (SigningIn | Registered | Refreshing, Input::FlowLostAgain) => WAIT,

        (SigningOut, Input::Register | Input::RetryNow) => SIGN_IN,
        (SigningOut, Input::AskedAgain) => (SigningOut, &[Action::SendUnregister]),
        (
            SigningOut,
            Input::Granted
            | Input::Refused
            | Input::TimedOut
            | Input::FlowLost
            | Input::FlowLostAgain
            | Input::Due,
        ) => LEAVE,

        (
            SignedOut,
            Input::FlowOpened
            | Input::FlowFailed
            | Input::FlowLost
            | Input::FlowLostAgain
            | Input::Granted
            | Input::AskedAgain
            | Input::Refused
            | Input::TimedOut
            | Input::TryNext
            | Input::Moved
            | Input::Disturbed
            | Input::Due,
        )
        | (
            Opening,
            Input::Register
            | Input::RetryNow
            | Input::FlowLost
            | Input::FlowLostAgain
            | Input::Granted
            | Input::AskedAgain
            | Input::Refused
            | Input::TimedOut
            | Input::TryNext
            | Input::Moved
            | Input::Due,
        )
        | (
            SigningIn,
            Input::Register
            | Input::RetryNow
            | Input::FlowOpened
            | Input::FlowFailed
            | Input::Moved
            | Input::Due,
        )
        | (
            Registered,
            Input::Register
            | Input::FlowOpened
            | Input::FlowFailed
            | Input::Granted
            | Input::AskedAgain
            | Input::Refused
            | Input::TimedOut
            | Input::TryNext,
        )
        | (
            Refreshing,
            Input::Register | Input::RetryNow | Input::FlowOpened | Input::FlowFailed | Input::Due,
        )
        | (
            Waiting,
            Input::FlowOpened
            | Input::FlowFailed
            | Input::Granted
            | Input::AskedAgain
            | Input::Refused
            | Input::TimedOut
            | Input::TryNext
            | Input::Moved,
        )
        | (
            SigningOut,
            Input::Unregister
            | Input::FlowOpened
            | Input::FlowFailed
            | Input::TryNext
            | Input::Moved
            | Input::Disturbed,
        ) => (state, &[]),
    }
}
