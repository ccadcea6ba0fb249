//! One media session: the SDP exchange and the streams that it sets up.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use rtp::header::Header;
use rtp::packet::Packet as RtpPacket;
use webrtc_util::marshal::Marshal as _;

use crate::codec::Codec;
use crate::config::MediaConfig;
use crate::direction::Direction;
use crate::level::LevelMeter;
use crate::receive::{Heard, Packet, Receiver};
use crate::rejection::Rejection;
use crate::rtcp::{Farewell, Reports};
use crate::rtp_header;
use crate::sdp::{Agreement, Exchange};
use crate::send::{Format, Sender, Sent};
use crate::source::{Arrival, Totals};
use crate::srtp::{Protector, SrtpSuite, Unprotector};
use crate::stats::MediaStats;
use crate::telephone_event::Digit;

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
///     codecs: Codec::ALL.to_vec(),
///     encryption: Encryption::Required,
///     local_rtp: SocketAddr::from(([127, 0, 0, 1], port)),
///     local_rtcp: SocketAddr::from(([127, 0, 0, 1], port + 1)),
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
    protector: Option<Protector>,
    unprotector: Option<Unprotector>,
    sender: Sender,
    receiver: Receiver,
    reports: Reports,
    /// Where a peer behind a translator really sends from, for RTP and for RTCP.
    latched: [Option<SocketAddr>; 2],
    /// What came in before the answer did.
    early: Vec<(Instant, Component, SocketAddr, Bytes)>,
    outputs: VecDeque<MediaOutput>,
    microphone: Microphone,
    speaker_level: LevelMeter,
    microphone_level: LevelMeter,
    recent_loss: RecentLoss,
    packets_sent: u64,
    packets_discarded: u64,
    rate_hz: u32,
    closed: bool,
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
        let mut session = Self::new(&config);
        let offer = session.exchange.offer(Direction::SendReceive);
        (session, offer)
    }

    /// Begins a session by answering `offer`.
    ///
    /// # Errors
    /// The offer leads to no sound; nothing has been set up and no answer exists.
    pub fn answer(config: MediaConfig, offer: &[u8]) -> Result<(Self, Vec<u8>), Rejection> {
        let mut session = Self::new(&config);
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
            protector: None,
            unprotector: None,
            sender: Sender::new(&mut random),
            receiver: Receiver::new(rate_hz),
            reports: Reports::new(&config.cname),
            latched: [None; 2],
            early: Vec::new(),
            outputs: VecDeque::new(),
            microphone: Microphone::Live,
            speaker_level: LevelMeter::default(),
            microphone_level: LevelMeter::default(),
            recent_loss: RecentLoss::default(),
            packets_sent: 0,
            packets_discarded: 0,
            rate_hz,
            closed: false,
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
        self.apply(agreement);
        Ok(())
    }

    /// Answers a new offer of the other side. Streams and keys that it does not change go on.
    ///
    /// # Errors
    /// The offer leads to no sound; what was agreed on before stays, as after a 488.
    pub fn answer_again(&mut self, offer: &[u8]) -> Result<Vec<u8>, Rejection> {
        let (answer, agreement) = self.exchange.answer(offer, &mut self.random)?;
        let agreement = agreement.clone();
        self.apply(agreement);
        Ok(answer)
    }

    /// A new offer of ours with this direction: [`Direction::SendOnly`] holds the call,
    /// [`Direction::SendReceive`] takes it back. It takes effect with the answer.
    pub fn offer_again(&mut self, direction: Direction) -> Vec<u8> {
        self.exchange.offer(direction)
    }

    /// The other side refused our last [`Self::offer_again`]: everything stays as it was before.
    pub fn withdraw_offer(&mut self) {
        self.exchange.withdraw();
    }

    /// Takes one datagram that arrived on one of our two sockets.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        component: Component,
        from: SocketAddr,
        packet: &[u8],
    ) {
        if self.agreement.is_none() {
            if self.early.len() < MAX_EARLY_PACKETS && packet.len() <= MAX_PACKET_BYTES {
                let packet = Bytes::copy_from_slice(packet);
                self.early.push((now, component, from, packet));
            }
            return;
        }
        let taken = match component {
            Component::Rtp if !rtp_header::is_rtcp(packet) => self.take_rtp(now, from, packet),
            Component::Rtp | Component::Rtcp => self.take_rtcp(now, from, packet),
        };
        self.packets_discarded += u64::from(taken.is_none());
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
        self.microphone_level.feed(heard);
        let Some(format) = self.sending_format() else {
            return;
        };
        let mut sent = Vec::new();
        self.sender
            .capture(now, heard, format, |one| sent.push(one));
        for one in sent {
            match one {
                Sent::Packet { header, payload } => self.transmit_rtp(header, payload),
                Sent::DigitsDone => self.tell(MediaEvent::DigitsSent),
            }
        }
    }

    /// From here on the other side hears silence.
    pub fn mute(&mut self) {
        self.microphone = Microphone::Muted;
    }

    /// From here on the other side hears the microphone.
    pub fn unmute(&mut self) {
        self.microphone = Microphone::Live;
    }

    /// Queues digits (0-9, *, #, A-D) to be sent one after the other as RFC 4733 events, in the
    /// place of the voice. They go out while [`Self::capture`] is called.
    ///
    /// # Errors
    /// A character that is no digit, or a peer that takes no events; nothing is queued.
    pub fn queue_digits(&mut self, digits: &str) -> Result<(), DigitsError> {
        let digits: Option<Vec<Digit>> = digits.chars().map(Digit::from_char).collect();
        let digits = digits.ok_or(DigitsError::NotADigit)?;
        let supported = self.agreement.as_ref().is_some_and(|a| a.events.is_some());
        if !supported {
            return Err(DigitsError::NotSupported);
        }
        if digits.len() > self.sender.digits.room() {
            return Err(DigitsError::TooMany);
        }
        self.sender.digits.queue(digits);
        Ok(())
    }

    /// Sends RTCP when it is due. Cheap; meant to be called with every 10 ms.
    pub fn tick(&mut self, now: Instant) {
        self.recent_loss.note(now, self.receiver.guard.totals());
        if self.agreement.is_some() && self.reports.is_due(now, &mut self.random) {
            self.report(now, Farewell::Staying);
        }
    }

    /// Says goodbye by RTCP; the session sends nothing after it.
    pub fn close(&mut self, now: Instant) {
        self.report(now, Farewell::Leaving);
        self.closed = true;
    }

    /// The next thing that has to go out; to be called until it returns `None`.
    pub fn poll_output(&mut self) -> Option<MediaOutput> {
        self.outputs.pop_front()
    }

    pub fn stats(&self) -> MediaStats {
        let totals = self.receiver.guard.totals();
        let source = self.receiver.guard.current();
        let playout = &self.receiver.playout;
        MediaStats {
            packets_received: totals.received,
            packets_lost: totals.lost(),
            packets_late: playout.late,
            packets_discarded: self.packets_discarded,
            packets_sent: self.packets_sent,
            loss_percent: self.recent_loss.percent,
            jitter: source.map_or(Duration::ZERO, |source| source.jitter(self.rate_hz)),
            playout_delay: playout.delay(),
            round_trip: self.reports.round_trip,
            peer_loss_percent: self.reports.peer_loss_percent,
            concealed: playout.concealed(),
            speaker_level: self.speaker_level.level(),
            microphone_level: self.microphone_level.level(),
        }
    }

    /// What was agreed on; `None` before the first answer.
    pub fn in_use(&self) -> Option<InUse> {
        let agreement = self.agreement.as_ref()?;
        let srtp = agreement
            .protection
            .as_ref()
            .map(|protection| protection.suite);
        Some(InUse {
            codec: agreement.codec,
            srtp,
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

    /// The rate of [`Self::play`] and [`Self::capture`]; 8000 for G.711. Fixed for the session.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Brings what was agreed on into force, leaving alone what stays the same.
    fn apply(&mut self, new: Agreement) {
        let old = self.agreement.replace(new.clone());
        let before = old.as_ref().and_then(|a| a.protection.as_ref());
        let after = new.protection.as_ref();
        if before.map(|p| (p.suite, &p.ours)) != after.map(|p| (p.suite, &p.ours)) {
            self.protector = after.map(|p| Protector::new(p.suite, &p.ours));
            if self.sender.packets > 0 {
                self.sender.restart(&mut self.random);
            }
        }
        let new_key = before.map(|p| (p.suite, &p.theirs)) != after.map(|p| (p.suite, &p.theirs));
        if new_key {
            self.unprotector = after.map(|p| Unprotector::new(p.suite, p.theirs.clone()));
        }
        if new_key || old.is_some_and(|old| old.rtp != new.rtp) {
            self.latched = [None; 2];
            self.receiver.guard.expect_another();
        }
        for (at, component, from, packet) in std::mem::take(&mut self.early) {
            self.handle_packet(at, component, from, &packet);
        }
    }

    /// `None` for a packet that is dropped.
    fn take_rtp(&mut self, now: Instant, from: SocketAddr, packet: &[u8]) -> Option<()> {
        let (header, header_length) = rtp_header::read(packet)?;
        let clear = match &mut self.unprotector {
            Some(unprotector) => unprotector.unprotect_rtp(&header, packet)?,
            None => Bytes::copy_from_slice(packet),
        };
        let payload = rtp_header::payload(&clear, &header, header_length)?;
        let agreement = self.agreement.as_ref()?;
        if !agreement.direction.receives() {
            return Some(());
        }
        let incoming = agreement.incoming.iter();
        let meaning = incoming
            .clone()
            .find(|(number, _)| *number == header.payload_type);
        let arrival = Arrival {
            now,
            from,
            ssrc: header.ssrc,
            sequence: header.sequence_number,
            authentic: self.unprotector.is_some(),
            expected: agreement.rtp == Some(from),
        };
        let meaning = meaning.map(|(_, meaning)| *meaning);
        let mut told = Vec::new();
        self.receiver.take(
            Packet {
                arrival,
                header,
                payload,
                meaning,
            },
            |one| told.push(one),
        );
        self.latch(
            Component::Rtp,
            self.receiver.guard.current().map(|source| source.from),
        );
        let mut dropped = false;
        for one in told {
            match one {
                Heard::Nothing => {}
                Heard::FirstVoice => self.tell(MediaEvent::Started),
                Heard::Digit(digit) => self.tell(MediaEvent::Digit {
                    digit: digit.to_char(),
                }),
                Heard::Discarded => dropped = true,
            }
        }
        (!dropped).then_some(())
    }

    /// `None` for a packet that is dropped.
    fn take_rtcp(&mut self, now: Instant, from: SocketAddr, packet: &[u8]) -> Option<()> {
        let clear = match &mut self.unprotector {
            Some(unprotector) => unprotector.unprotect_rtcp(packet)?,
            None => Bytes::copy_from_slice(packet),
        };
        let ssrc = u32::from_be_bytes(clear.get(4..8)?.try_into().ok()?);
        let known = self
            .receiver
            .guard
            .current()
            .is_some_and(|source| source.ssrc == ssrc);
        if self.unprotector.is_some() || known {
            self.latch(Component::Rtcp, Some(from));
        }
        self.reports
            .take(now, &clear, self.sender.ssrc, &mut self.receiver.guard);
        Some(())
    }

    /// Notes where a peer sends from, if that is another host than its SDP says: then there is a
    /// translator on the way. A peer that merely receives on another port than it sends from keeps
    /// what it asked for.
    fn latch(&mut self, component: Component, from: Option<SocketAddr>) {
        let said = self
            .agreement
            .as_ref()
            .and_then(|agreement| match component {
                Component::Rtp => agreement.rtp,
                Component::Rtcp => agreement.rtcp,
            });
        let moved = from.filter(|from| said.is_some_and(|said| said.ip() != from.ip()));
        if let Some(from) = moved {
            self.latched[component as usize] = Some(from);
        }
    }

    fn destination(&self, component: Component) -> Option<SocketAddr> {
        let agreement = self.agreement.as_ref()?;
        let said = match component {
            Component::Rtp => agreement.rtp,
            Component::Rtcp => agreement.rtcp,
        };
        said.map(|said| self.latched[component as usize].unwrap_or(said))
    }

    fn sending_format(&self) -> Option<Format> {
        let agreement = self.agreement.as_ref().filter(|a| a.direction.sends())?;
        let short = agreement.max_packet_ms.is_some_and(|most| most < 20);
        Some(Format {
            codec: agreement.codec,
            payload_type: agreement.payload_type,
            events: agreement.events,
            packet: Duration::from_millis(if short { 10 } else { 20 }),
        })
    }

    fn transmit_rtp(&mut self, header: Header, payload: Bytes) {
        let packet = RtpPacket { header, payload };
        let Ok(clear) = packet.marshal() else {
            return;
        };
        let packet = match &mut self.protector {
            Some(protector) => protector.protect_rtp(&packet.header, &clear),
            None => Some(clear),
        };
        self.transmit(Component::Rtp, packet);
    }

    fn report(&mut self, now: Instant, farewell: Farewell) {
        let guard = &self.receiver.guard;
        let clear = self
            .reports
            .compound(now, self.rate_hz, &self.sender, guard, farewell);
        let packet = clear.and_then(|clear| match &mut self.protector {
            Some(protector) => protector.protect_rtcp(&clear),
            None => Some(clear),
        });
        self.transmit(Component::Rtcp, packet);
    }

    fn transmit(&mut self, component: Component, packet: Option<Bytes>) {
        let Some((packet, to)) = packet.zip(self.destination(component)) else {
            return;
        };
        if self.closed {
            return;
        }
        self.packets_sent += u64::from(component == Component::Rtp);
        self.outputs.push_back(MediaOutput::Transmit {
            component,
            to,
            packet,
        });
    }

    fn tell(&mut self, event: MediaEvent) {
        self.outputs.push_back(MediaOutput::Event(event));
    }
}

/// Loss over the last seconds.
#[derive(Debug, Default)]
struct RecentLoss {
    since: Option<(Instant, Totals)>,
    percent: f32,
}

impl RecentLoss {
    fn note(&mut self, now: Instant, totals: Totals) {
        let (at, before) = *self.since.get_or_insert((now, totals));
        if now.saturating_duration_since(at) < Duration::from_secs(1) {
            return;
        }
        let second = totals.since(before);
        if second.expected > 0 {
            let percent = 100.0 * second.lost() as f32 / second.expected as f32;
            self.percent += (percent - self.percent) / 3.0;
        }
        self.since = Some((now, totals));
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
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// The first sound of the other side has come in.
    Started,
    /// The other side pressed a digit (RFC 4733), told once, when it begins.
    Digit { digit: char },
    /// The last queued digit is out.
    DigitsSent,
}

/// Digits may be a PIN, so they do not print.
impl fmt::Debug for MediaEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "Started",
            Self::Digit { .. } => "Digit(redacted)",
            Self::DigitsSent => "DigitsSent",
        })
    }
}

/// What was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    pub codec: Codec,
    /// `None`: the sound travels in clear.
    pub srtp: Option<SrtpSuite>,
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

/// Packets kept while the answer is on its way: more than half a second of sound.
const MAX_EARLY_PACKETS: usize = 32;

/// An Ethernet frame holds no larger datagram.
const MAX_PACKET_BYTES: usize = 1_500;

/// The longest frame of the microphone: 20 ms at 48 kHz.
const MAX_FRAME_SAMPLES: usize = 960;
