//! Sans-IO media of one call: SDP offer/answer, RTP and RTCP, SRTP, jitter buffer, codecs, digits,
//! tones, and voice messages in Ogg/Opus.
//!
//! Nothing in here opens a socket, asks the time or draws a random number (the
//! numbers of STUN transactions and the secrets of a DTLS handshake, which the crates behind ICE and
//! DTLS draw, are the exception). Packets, instants and a seed
//! come in; packets and events come out of [`MediaSession::poll_output`]. So every loss, delay
//! and race is an exact test without a sleep.
//!
//! ```text
//!            offer / answer (SDP bytes, carried by SIP)
//!                         |
//!   UDP  -> handle_packet -> [SRTP] -> jitter buffer -> decode or conceal -> play     -> speaker
//!   UDP  <- poll_output   <- [SRTP] <- packetise     <- encode            <- capture  <- microphone
//! ```
//!
//! The media thread calls, every 10 ms and in this order: `handle_packet` for what arrived,
//! [`MediaSession::play`], [`MediaSession::capture`], [`MediaSession::tick`], and then
//! [`MediaSession::poll_output`] until it returns `None`.
//!
//! What it is not: it knows no SIP (who owes an offer is the call's affair), no device and no file.

pub mod codec;
mod config;
mod direction;
mod dtls;
mod e_model;
mod ice;
mod level;
mod loss_pattern;
mod playout;
mod receive;
mod rejection;
mod rtcp;
mod rtp_header;
mod sdp;
mod send;
mod session;
mod source;
mod srtp;
mod stats;
mod telephone_event;
pub mod tones;
mod trouble;
pub mod voice_message;

/// The instant that the times of a test count from; the only look at the clock in this crate.
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other beginning"
)]
fn epoch() -> std::time::Instant {
    std::time::Instant::now()
}

pub use codec::Codec;
pub use config::{
    DtlsConfig, DtlsUse, Encryption, IceConfig, IceUse, MediaConfig, RelayTransport, TurnServer,
};
pub use direction::Direction;
pub use dtls::{DtlsIdentity, NotAnIdentity};
pub use e_model::{Conditions, Rating};
pub use level::LevelMeter;
pub use rejection::Rejection;
pub use rtcp::PeerMetrics;
pub use session::{
    Component, DigitsError, InUse, KeyExchange, MediaEvent, MediaOutput, MediaSession,
};
pub use srtp::SrtpSuite;
pub use stats::{MediaStats, SoundSecond};
pub use trouble::{Flow, KeyState, SoundTrouble, SoundWatch, Traffic, TroubleChange};
