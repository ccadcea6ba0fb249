//! What goes in and out of a session besides sound: packets, events, and why digits were refused.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;

use crate::codec::Codec;
use crate::srtp::SrtpSuite;

/// Which of the two sockets of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    Rtp,
    Rtcp,
}

/// What a session wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaOutput {
    /// Send this datagram from the socket of `component`.
    Transmit {
        component: Component,
        to: SocketAddr,
        packet: Bytes,
    },
    Event(MediaEvent),
}

/// What happened in a session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// The first sound of the other side has come in.
    Started,
    /// The other side pressed a digit (RFC 4733), told once, when it begins.
    Digit { digit: char },
    /// The last queued digit is out.
    DigitsSent,
    /// ICE finds no way to the other side, or has lost the one it had.
    NoPath,
    /// The relay (TURN) wants nothing of us: its user name or password is not right, or it is full.
    /// Said once; the call goes on without it.
    RelayRefused,
}

/// Digits may be a PIN, so they do not print.
impl fmt::Debug for MediaEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "Started",
            Self::Digit { .. } => "Digit(redacted)",
            Self::DigitsSent => "DigitsSent",
            Self::NoPath => "NoPath",
            Self::RelayRefused => "RelayRefused",
        })
    }
}

/// What was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    pub codec: Codec,
    /// `None`: the sound travels in clear.
    pub srtp: Option<SrtpSuite>,
    /// Whether the other side takes digits in the media (RFC 4733).
    pub digits: bool,
}

/// Why digits were not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    /// The character that is no digit is not repeated here: what was typed may be a PIN.
    #[error("only 0 to 9, *, # and A to D can be sent as digits")]
    NotADigit,
    #[error("the other side takes no digits")]
    NotSupported,
    #[error("too many digits are waiting to be sent")]
    TooMany,
}
