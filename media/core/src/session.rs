//! One media session: the SDP exchange and the streams that it sets up.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use crate::codec::Codec;
use crate::config::MediaConfig;
use crate::direction::Direction;
use crate::rejection::Rejection;
use crate::stats::MediaStats;

/// The sound of one call, from the first offer to the goodbye.
///
/// The side that calls makes an offer and may take several answers (early media, then the final
/// one); the side that is called answers. Either may go round again later (hold, re-INVITE).
///
/// ```no_run
/// # use hark_media::{MediaConfig, MediaSession};
/// # fn carry_to_the_peer(_: &[u8]) -> Vec<u8> { vec![] }
/// # fn example(config: MediaConfig) -> Result<(), hark_media::Rejection> {
/// let (mut session, offer) = MediaSession::offer(config);
/// let answer = carry_to_the_peer(&offer);
/// session.accept_answer(&answer)?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct MediaSession {
    config: MediaConfig,
}

impl MediaSession {
    /// Begins a session by an offer.
    pub fn offer(config: MediaConfig) -> (Self, Vec<u8>) {
        (Self { config }, Vec::new())
    }

    /// Begins a session by answering `offer`.
    ///
    /// # Errors
    /// The offer leads to no sound; nothing has been set up and no answer exists.
    pub fn answer(config: MediaConfig, offer: &[u8]) -> Result<(Self, Vec<u8>), Rejection> {
        let _ = offer;
        Ok((Self { config }, Vec::new()))
    }

    /// Takes the answer to the last offer. A second answer to the same offer replaces the first
    /// one (early media of another branch, then the final answer).
    ///
    /// # Errors
    /// The answer leads to no sound; what was agreed on before stays.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<(), Rejection> {
        let _ = answer;
        Ok(())
    }

    /// Answers a new offer of the other side. Streams and keys that it does not change go on.
    ///
    /// # Errors
    /// The offer leads to no sound; what was agreed on before stays, as after a 488.
    pub fn answer_again(&mut self, offer: &[u8]) -> Result<Vec<u8>, Rejection> {
        let _ = offer;
        Ok(Vec::new())
    }

    /// A new offer of ours with this direction: [`Direction::SendOnly`] holds the call,
    /// [`Direction::SendReceive`] takes it back. It takes effect with the answer.
    pub fn offer_again(&mut self, direction: Direction) -> Vec<u8> {
        let _ = direction;
        Vec::new()
    }

    /// The other side refused our last [`Self::offer_again`]: everything stays as it was before.
    pub fn withdraw_offer(&mut self) {}

    /// Takes one datagram that arrived on one of our two sockets.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        component: Component,
        from: SocketAddr,
        packet: &[u8],
    ) {
        let _ = (now, component, from, packet);
    }

    /// Fills `frame` (10 ms at [`Self::rate_hz`]) with what the speaker shall play.
    pub fn play(&mut self, now: Instant, frame: &mut [i16]) {
        let _ = now;
        frame.fill(0);
    }

    /// Takes 10 ms of the microphone at [`Self::rate_hz`]. To be called without a microphone too,
    /// with silence, because a stream that stops looks like a broken network to the other side.
    pub fn capture(&mut self, now: Instant, frame: &[i16]) {
        let _ = (now, frame);
    }

    /// From here on the other side hears silence.
    pub fn mute(&mut self) {}

    /// From here on the other side hears the microphone.
    pub fn unmute(&mut self) {}

    /// Queues digits (0-9, *, #, A-D) to be sent one after the other as RFC 4733 events.
    ///
    /// # Errors
    /// A character that is no digit, or a peer that takes no events; nothing is queued.
    pub fn queue_digits(&mut self, digits: &str) -> Result<(), DigitsError> {
        let _ = digits;
        Ok(())
    }

    /// Sends RTCP when it is due. Cheap; meant to be called with every 10 ms.
    pub fn tick(&mut self, now: Instant) {
        let _ = now;
    }

    /// Says goodbye by RTCP; the session sends nothing after it.
    pub fn close(&mut self, now: Instant) {
        let _ = now;
    }

    /// The next thing that has to go out; to be called until it returns `None`.
    pub fn poll_output(&mut self) -> Option<MediaOutput> {
        None
    }

    pub fn stats(&self) -> MediaStats {
        MediaStats::default()
    }

    /// What was agreed on; `None` before the first answer.
    pub fn in_use(&self) -> Option<InUse> {
        None
    }

    /// What we do with the stream; [`Direction::SendOnly`] while we hold the call.
    pub fn direction(&self) -> Direction {
        Direction::SendReceive
    }

    /// Whether the other side does not want to hear us (it holds the call).
    pub fn held_by_peer(&self) -> bool {
        false
    }

    /// The rate of [`Self::play`] and [`Self::capture`]; 8000 for G.711. Fixed for the session.
    pub fn rate_hz(&self) -> u32 {
        self.config.codecs.first().map_or(8_000, |c| c.rate_hz())
    }
}

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// The first sound of the other side has come in.
    Started,
    /// The other side pressed a digit (RFC 4733), told once, when it begins.
    Digit { digit: char },
    /// The last queued digit is out.
    DigitsSent,
}

/// What was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    pub codec: Codec,
    /// `None`: the sound travels in clear.
    pub srtp: Option<SrtpSuite>,
}

/// An SRTP crypto suite (RFC 4568 §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SrtpSuite {
    AesCm128HmacSha1_80,
    AesCm128HmacSha1_32,
}

impl SrtpSuite {
    /// The name in `a=crypto`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
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
