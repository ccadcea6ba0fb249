//! One media session: the SDP exchange and the streams that it sets up.

mod figures;
mod keying;
mod latch;
mod outbox;
mod output;
mod paths;
#[cfg(test)]
mod tests;
mod traffic;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use crate::codec::Codec;
use crate::config::MediaConfig;
use crate::direction::Direction;
use crate::dtls::{self, Keying};
use crate::ice::{Heard, Ice, Role};
use crate::level::LevelMeter;
use crate::receive::Receiver;
use crate::rejection::Rejection;
use crate::rtcp::{Farewell, Reports};
use crate::rtp_header;
use crate::sdp::{Agreement, Exchange};
use crate::send::{Sender, Sent};
use crate::srtp::IncomingKeys;
use crate::stats::{Seconds, SoundSecond};
use crate::telephone_event::Digit;

use keying::Keys;
use latch::Latch;
use outbox::Outbox;

pub use output::{Component, DigitsError, InUse, KeyExchange, MediaEvent, MediaOutput};

/// The sound of one call, from the first offer to the goodbye.
///
/// The side that calls makes an offer and may take several answers (early media, then the final
/// one); the side that is called answers. Either may go round again later (hold, re-INVITE).
///
/// ```
/// # use std::net::SocketAddr;
/// use hark_media::{Codec, Encryption, MediaConfig, MediaSession};
///
/// # fn main() -> Result<(), hark_media::Rejection> {
/// let config = |seed, port| MediaConfig {
///     codecs: Codec::G711.to_vec(),
///     encryption: Encryption::Required,
///     dtls: None,
///     local_rtp: SocketAddr::from(([127, 0, 0, 1], port)),
///     local_rtcp: SocketAddr::from(([127, 0, 0, 1], port + 1)),
///     ice: None,
///     cname: "u7Gd2".to_owned(),
///     seed: [seed; 32],
/// };
/// let (mut caller, offer) = MediaSession::offer(config(1, 40_000));
/// let (callee, answer) = MediaSession::answer(config(2, 50_000), &offer)?;
/// caller.accept_answer(&answer)?;
/// assert_eq!(caller.in_use(), callee.in_use());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct MediaSession {
    random: ChaCha20Rng,
    exchange: Exchange,
    /// What is in force; the exchange may know something newer for a moment.
    agreement: Option<Agreement>,
    keys: IncomingKeys,
    /// The handshake that brings keys, for a side that can.
    dtls: Option<Keying>,
    sender: Sender,
    receiver: Receiver,
    reports: Reports,
    /// Where RTP and RTCP go.
    latches: [Latch; 2],
    /// The ways that ICE finds; they go before the latches.
    ice: Option<Ice>,
    /// An offer of ours waits for its answer.
    offering: bool,
    /// What came in before the answer did, without which it cannot be read.
    early: VecDeque<(Instant, Component, SocketAddr, Vec<u8>)>,
    outbox: Outbox,
    microphone: Microphone,
    speaker_level: LevelMeter,
    microphone_level: LevelMeter,
    seconds: Seconds,
    finished_second: Option<SoundSecond>,
    packets_sent: u64,
    packets_discarded: u64,
    rate_hz: u32,
}

/// What the other side hears of the microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Microphone {
    Live,
    Muted,
}

impl MediaSession {
    /// Begins a session by an offer.
    pub fn offer(config: MediaConfig) -> (Self, Vec<u8>) {
        let mut session = Self::prepare(config);
        let offer = session.offer_again(Direction::SendReceive);
        (session, offer)
    }

    /// Begins a session by answering `offer`.
    ///
    /// # Errors
    /// The offer leads to no sound; nothing has been set up and no answer exists.
    pub fn answer(config: MediaConfig, offer: &[u8]) -> Result<(Self, Vec<u8>), Rejection> {
        let mut session = Self::prepare(config);
        let answer = session.answer_again(offer)?;
        Ok((session, answer))
    }

    fn new(config: &MediaConfig) -> Self {
        let mut random = ChaCha20Rng::from_seed(config.seed);
        let rate_hz = config
            .codecs
            .first()
            .copied()
            .unwrap_or(Codec::Pcmu)
            .rate_hz();
        Self {
            exchange: Exchange::new(config, &mut random),
            agreement: None,
            keys: IncomingKeys::default(),
            dtls: config
                .dtls
                .as_ref()
                .map(|dtls| Keying::new(dtls.identity.clone())),
            sender: Sender::new(&mut random),
            receiver: Receiver::new(rate_hz),
            reports: Reports::new(&config.cname),
            latches: Default::default(),
            ice: config.ice.clone().map(|ice| {
                let local = [config.local_rtp, config.local_rtcp];
                Ice::new(ice, local, random.next_u64())
            }),
            offering: false,
            early: VecDeque::new(),
            outbox: Outbox::default(),
            microphone: Microphone::Live,
            speaker_level: LevelMeter::default(),
            microphone_level: LevelMeter::default(),
            seconds: Seconds::default(),
            finished_second: None,
            packets_sent: 0,
            packets_discarded: 0,
            rate_hz,
            random,
        }
    }

    /// Takes the answer to the last offer. A second answer to the same offer replaces the first
    /// one (early media of another branch, then the final answer).
    ///
    /// # Errors
    /// The answer leads to no sound; what was agreed on before stays.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<(), Rejection> {
        let agreement = self.exchange.accept_answer(answer)?.clone();
        self.apply(agreement, Role::Controlling);
        Ok(())
    }

    /// Answers a new offer of the other side. Streams and keys that it does not change go on.
    ///
    /// # Errors
    /// The offer leads to no sound; what was agreed on before stays, as after a 488.
    pub fn answer_again(&mut self, offer: &[u8]) -> Result<Vec<u8>, Rejection> {
        self.tell_candidates();
        let (answer, agreement) = self.exchange.answer(offer, &mut self.random)?;
        let agreement = agreement.clone();
        self.apply(agreement, Role::Controlled);
        Ok(answer)
    }

    /// A new offer of ours with this direction: [`Direction::SendOnly`] holds the call,
    /// [`Direction::SendReceive`] takes it back. It takes effect with the answer.
    pub fn offer_again(&mut self, direction: Direction) -> Vec<u8> {
        self.offering = true;
        self.tell_candidates();
        let offer = self.exchange.offer(direction);
        self.await_checks();
        offer
    }

    /// The other side refused our last [`Self::offer_again`]: everything stays as it was before.
    pub fn withdraw_offer(&mut self) {
        self.offering = false;
        self.early.clear();
        self.exchange.withdraw();
    }

    /// Takes one datagram that arrived on one of our two sockets, and decrypts it where it lies.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        component: Component,
        from: SocketAddr,
        packet: &mut [u8],
    ) {
        match self.hear_on_path(now, component, from, packet) {
            Heard::Handled => {}
            Heard::Foreign => self.take(now, component, from, packet),
            Heard::FromPeer(peer, mut data) => self.take(now, component, peer, &mut data),
        }
    }

    fn take(&mut self, now: Instant, component: Component, from: SocketAddr, packet: &mut [u8]) {
        let taken = match component {
            Component::Rtp if dtls::is_dtls(packet) => self.take_handshake(now, from, packet),
            Component::Rtp if !rtp_header::is_rtcp(packet) => self.take_rtp(now, from, packet),
            Component::Rtp | Component::Rtcp => self.take_rtcp(now, from, packet),
        };
        // The other side may already use what it says in an answer that is still on its way.
        match taken {
            Some(()) => {}
            None if self.offering => self.keep_early(now, component, from, packet),
            None => self.packets_discarded += 1,
        }
    }

    /// Fills `frame` (10 ms at [`Self::rate_hz`]) with what the speaker shall play.
    pub fn play(&mut self, now: Instant, frame: &mut [i16]) {
        self.receiver.playout.play(now, frame);
        self.speaker_level.feed(frame);
    }

    /// Takes 10 ms of the microphone at [`Self::rate_hz`]. To be called without a microphone too,
    /// with silence, because a stream that stops looks like a broken network to the other side.
    pub fn capture(&mut self, now: Instant, frame: &[i16]) {
        let silence = [0; MAX_FRAME_SAMPLES];
        let heard = match self.microphone {
            Microphone::Live => frame,
            Microphone::Muted => silence.get(..frame.len()).unwrap_or(&silence),
        };
        self.capture_past_mute(now, heard);
    }

    /// The same for sound that the other side is to hear while the microphone is muted, such as the
    /// notice that it is being recorded. The voice in it is the caller's business.
    pub fn capture_past_mute(&mut self, now: Instant, heard: &[i16]) {
        self.microphone_level.feed(heard);
        let sends = self.agreement.as_ref().is_some_and(|a| a.direction.sends());
        if !sends || self.outbox.awaits_key() {
            return;
        }
        let to = self.destination(Component::Rtp);
        let (outbox, packets_sent) = (&mut self.outbox, &mut self.packets_sent);
        self.sender.capture(now, heard, |one| match one {
            Sent::Packet { header, payload } => {
                let sent = outbox.send_rtp(to, &header, payload);
                *packets_sent += u64::from(sent.is_some());
            }
            Sent::DigitsDone => outbox.tell(MediaEvent::DigitsSent),
        });
    }

    /// From here on the other side hears silence.
    pub fn mute(&mut self) {
        self.microphone = Microphone::Muted;
    }

    /// From here on the other side hears the microphone.
    pub fn unmute(&mut self) {
        self.microphone = Microphone::Live;
    }

    /// Whether the other side hears silence in place of the microphone.
    pub fn is_muted(&self) -> bool {
        self.microphone == Microphone::Muted
    }

    /// Queues digits (0-9, *, #, A-D) to be sent one after the other as RFC 4733 events, in the
    /// place of the voice. They go out while [`Self::capture`] is called.
    ///
    /// # Errors
    /// A character that is no digit, or a peer that takes no events; nothing is queued.
    pub fn queue_digits(&mut self, digits: &str) -> Result<(), DigitsError> {
        let digits: Option<Vec<Digit>> = digits.chars().map(Digit::from_char).collect();
        let digits = digits.ok_or(DigitsError::NotADigit)?;
        let supported = self
            .agreement
            .as_ref()
            .is_some_and(|a| a.sending.events.is_some());
        if !supported {
            return Err(DigitsError::NotSupported);
        }
        if digits.len() > self.sender.digits.room() {
            return Err(DigitsError::TooMany);
        }
        self.sender.digits.queue(digits);
        Ok(())
    }

    /// Sends RTCP when it is due and counts the seconds. Cheap; meant to be called with every 10 ms.
    pub fn tick(&mut self, now: Instant) {
        self.count_seconds(now);
        self.keys.tick(now);
        self.turn_paths(now);
        self.turn_keys(now);
        if self.agreement.is_some() {
            self.latches.iter_mut().for_each(|latch| latch.start(now));
        }
        let reports = self.agreement.is_some() && !self.outbox.awaits_key();
        if reports && self.reports.is_due(now, &mut self.random) {
            self.report(now, Farewell::Staying);
        }
    }

    /// Says goodbye by RTCP; the session sends nothing after it. Who has sent nothing before says
    /// nothing now (RFC 3550 §6.3.7).
    pub fn close(&mut self, now: Instant) {
        if self.sender.packets > 0 || self.reports.have_gone() {
            self.report(now, Farewell::Leaving);
        }
        self.release_paths(now);
        self.outbox.close();
    }

    /// The next thing that has to go out; to be called until it returns `None`.
    pub fn poll_output(&mut self) -> Option<MediaOutput> {
        self.next_on_its_way()
    }

    /// What was agreed on; `None` before the first answer.
    pub fn in_use(&self) -> Option<InUse> {
        let agreement = self.agreement.as_ref()?;
        Some(InUse {
            codec: agreement.sending.codec,
            srtp: self.outbox.suite(),
            keys: agreement.protection.as_ref().map(KeyExchange::of),
            digits: agreement.sending.events.is_some(),
        })
    }

    /// What we do with the stream; [`Direction::SendOnly`] while we hold the call.
    pub fn direction(&self) -> Direction {
        self.agreement
            .as_ref()
            .map(|a| a.direction)
            .unwrap_or_default()
    }

    /// Whether the other side does not want to hear us (it holds the call).
    pub fn held_by_peer(&self) -> bool {
        self.agreement.as_ref().is_some_and(|a| a.held_by_peer)
    }

    /// The rate of [`Self::play`] and [`Self::capture`], that of the agreed codec: 8000 for G.711,
    /// 16000 for G.722, 48000 for Opus. An answer may change it; ask before every frame.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// The clock of RTP timestamps, which for G.722 is not the rate of its sound.
    fn clock_rate_hz(&self) -> u32 {
        self.agreement
            .as_ref()
            .map_or(self.rate_hz, |agreed| agreed.sending.codec.clock_rate_hz())
    }

    /// Brings what was agreed on into force, leaving alone what stays the same.
    fn apply(&mut self, new: Agreement, role: Role) {
        self.rate_hz = new.sending.codec.rate_hz();
        self.receiver.playout.change_rate(self.rate_hz);
        let old = self.agreement.replace(new.clone());
        let keys = self.change_protection(old.as_ref(), &new);
        if keys == Keys::Changed || old.is_some_and(|old| old.rtp != new.rtp) {
            self.latches.iter_mut().for_each(Latch::forget);
            self.receiver.guard.expect_another();
        }
        self.sender.use_format(new.sending);
        for (latch, described) in self.latches.iter_mut().zip([new.rtp, new.rtcp]) {
            latch.describe(described);
        }
        self.offering = false;
        self.follow_agreement(role);
        self.receiver.expect_pause();
        for (at, component, from, mut packet) in std::mem::take(&mut self.early) {
            self.take(at, component, from, &mut packet);
        }
    }
}

/// The longest frame of the microphone: 20 ms at 48 kHz.
const MAX_FRAME_SAMPLES: usize = 960;
