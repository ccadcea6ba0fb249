//! What goes in and out of a session besides sound: packets, events, and why digits were refused.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;

use crate::codec::Codec;
use crate::sdp::Protection;
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
    /// The handshake has brought keys: [`InUse`] says for which suite.
    Keyed,
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
            Self::Keyed => "Keyed",
        })
    }
}

/// What was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    pub codec: Codec,
    /// What encrypts the sound. `None` with [`Self::keys`]: they have not come, and nothing sounds yet.
    pub srtp: Option<SrtpSuite>,
    /// How keys are exchanged. `None`: the sound travels in clear.
    pub keys: Option<KeyExchange>,
    /// Whether the other side takes digits in the media (RFC 4733).
    pub digits: bool,
}

/// How the keys of SRTP come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyExchange {
    /// In the descriptions (RFC 4568): whoever carries them knows the keys.
    Sdes,
    /// By a handshake between both ends (RFC 5763).
    Dtls,
}

impl KeyExchange {
    /// What it is called in protocols.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sdes => "SDES",
            Self::Dtls => "DTLS",
        }
    }

    pub(super) fn of(protection: &Protection) -> Self {
        match protection {
            Protection::Sdes(_) => Self::Sdes,
            Protection::Dtls(_) => Self::Dtls,
        }
    }
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
