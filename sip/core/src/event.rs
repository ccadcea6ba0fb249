//! What a user agent tells its owner.

use std::time::{Duration, Instant};

use crate::call::{CallEvent, CallFacts, CallId};
use crate::input::{FlowError, Transport};
use crate::message::StatusCode;
use crate::transaction::DropReason;

/// One thing that happened to a user agent, in the order of happening.
#[derive(Debug, Clone)]
pub enum Event {
    /// The standing of our REGISTER changed.
    Registration(RegistrationState),
    /// Someone calls. Nothing but 100 has been sent; the call waits for `ring`, `answer` or
    /// `reject`. Without an offer the SDP given to `answer` is our offer.
    IncomingCall {
        call: CallId,
        facts: Box<CallFacts>,
        offer: Option<Vec<u8>>,
    },
    /// A call moves on.
    Call(CallEvent),
    /// A notification of our server, asked for or not (RFC 6665, RFC 3842).
    Notified {
        package: String,
        content_type: String,
        body: Vec<u8>,
    },
    /// The server has answered a ping: the flow is alive (RFC 5626 §4.4.1).
    Pong,
    /// Something came in that was of no use; see [`DropReason`].
    Dropped(DropReason),
}

/// The standing of our REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationState {
    /// Not asked for, or given up in good order. The flow is closed.
    SignedOut,
    /// The flow is being opened.
    Connecting,
    /// A server was reached, and its certificate is being checked.
    Securing,
    /// The flow is open and the REGISTER is under way.
    SigningIn,
    /// The server knows where we are.
    Registered {
        /// For how long, without the refresh that comes in time.
        expires: Duration,
    },
    /// The server said no, or cannot be trusted: a person has something to mend. Tried again at
    /// `next_try` where that does no harm, and whenever `retry_now` is called.
    Failed {
        reason: RegistrationError,
        next_try: Option<Instant>,
    },
    /// The server cannot be reached or is in trouble; tried again at `next_try`.
    Lost {
        reason: RegistrationError,
        next_try: Instant,
    },
}

/// Why we are not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the server does not accept the name and password")]
    WrongPassword,
    #[error("the server asks for a kind of authentication that is not supported")]
    UnsupportedChallenge,
    #[error("the server did not answer in time")]
    TimedOut,
    /// The server stopped answering keep-alives (RFC 5626 §4.4.1).
    #[error("the server does not answer any more")]
    Silent,
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// How far the flow to the server can be trusted at this moment (OX-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowTrust {
    pub transport: Transport,
    /// The flow is open and our REGISTER stands on it.
    pub registered: bool,
    /// The server challenged us on this very flow and accepted the answer.
    pub authenticated: bool,
}

impl FlowTrust {
    /// Guarded headers may leave: encrypted, and the server knows who we are.
    pub fn is_trusted(self) -> bool {
        self.transport == Transport::Tls && self.authenticated
    }
}
