//! What the server tells its owner: one event for each thing a person at the console would want to
//! read. `Display` is the console's line. No event carries a password, a PIN or a digit.

use std::fmt;
use std::time::Duration;

use hark_sip::Transport;

/// A call that the server was asked to place, numbered for this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlacedCall(pub u64);

/// One thing that happened in the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEvent {
    /// A device of the user registered. Refreshes are not told.
    SignedIn { user: String, transport: Transport },
    /// The user's last device is gone: it signed out, expired or lost its connection.
    SignedOut { user: String },
    /// A call that [`crate::ServerHandle`] asked for went on.
    Placed {
        call: PlacedCall,
        progress: CallProgress,
    },
    /// The user reached the own mailbox.
    MailboxOpened { user: String, pin: PinCheck },
    /// A caller left a message.
    MessageStored {
        user: String,
        from: String,
        duration: Duration,
    },
    /// The counts that message waiting tells the user's devices.
    MessageWaiting {
        user: String,
        new: usize,
        saved: usize,
    },
    /// A caller's message could not be stored.
    StoreFailed { user: String, error: String },
}

/// How far a placed call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallProgress {
    Ringing,
    Answered,
    /// It was answered and is over.
    Ended,
    Failed(CallFailure),
}

/// Why a placed call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    #[error("there is no such user")]
    NoSuchUser,
    #[error("there is no such message")]
    NoSuchMessage,
    #[error("the phone answered {status} {reason}")]
    Refused { status: u16, reason: String },
    #[error("nobody answered")]
    Unanswered,
    #[error("the sound could not be set up")]
    NoMedia,
}

/// How the mailbox was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinCheck {
    /// OX-6: `skip-pin` came over TLS from the mailbox' authenticated owner.
    Skipped,
    /// OX-7: the right PIN was keyed.
    Keyed,
}

impl fmt::Display for ServerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedIn { user, transport } => {
                write!(f, "{user} signed in over {}", name(*transport))
            }
            Self::SignedOut { user } => write!(f, "{user} signed out"),
            Self::Placed { call, progress } => write!(f, "call {}: {progress}", call.0),
            Self::MailboxOpened {
                user,
                pin: PinCheck::Skipped,
            } => {
                write!(f, "{user} opened the mailbox, PIN skipped")
            }
            Self::MailboxOpened {
                user,
                pin: PinCheck::Keyed,
            } => {
                write!(f, "{user} opened the mailbox with the PIN")
            }
            Self::MessageStored {
                user,
                from,
                duration,
            } => {
                write!(
                    f,
                    "message for {user} from {from}, {} s",
                    duration.as_secs()
                )
            }
            Self::MessageWaiting { user, new, saved } => {
                write!(f, "{user} has {new} new and {saved} saved messages")
            }
            Self::StoreFailed { user, error } => {
                write!(f, "a message for {user} could not be stored: {error}")
            }
        }
    }
}

impl fmt::Display for CallProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ringing => f.write_str("ringing"),
            Self::Answered => f.write_str("answered"),
            Self::Ended => f.write_str("ended"),
            Self::Failed(failure) => write!(f, "failed: {failure}"),
        }
    }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
    }
}
