//! The incoming stream: who is let in, what is a digit, what is voice.

use std::time::{Duration, Instant};

use crate::codec::Codec;
use crate::loss_pattern::{Arrived, LossPattern};
use crate::playout::{Pause, Playout, Voice};
use crate::rtp_header::Header;
use crate::sdp::Incoming;
use crate::source::{Admission, Arrival, SourceGuard};
use crate::telephone_event::{Digit, DigitListener};
use crate::trouble::Flow;

/// The receiving side of one session.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) guard: SourceGuard,
    pub(crate) playout: Playout,
    pub(crate) losses: LossPattern,
    pub(crate) flow: Flow,
    /// The sound in the last packet of voice.
    pub(crate) packet: Duration,
    /// The sequence number after the last packet of voice, and the timestamp after its sound.
    next_voice: Option<(u16, u32)>,
    listener: DigitListener,
    /// The packet of a source on probation.
    held: Option<Held>,
    epoch: Option<Instant>,
    started: bool,
}

/// One packet in clear, where it arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packet<'p> {
    pub(crate) arrival: Arrival,
    pub(crate) header: Header,
    pub(crate) payload: &'p [u8],
    pub(crate) meaning: Option<Incoming>,
}

/// One packet that waits for the next.
#[derive(Debug)]
struct Held {
    packet: Packet<'static>,
    payload: Vec<u8>,
}

/// What a packet told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing new for the user.
    Nothing,
    /// The first sound of the call.
    FirstVoice,
    Digit(Digit),
    /// Not let in, or of no known payload type.
    Discarded,
}

impl Receiver {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self {
            guard: SourceGuard::default(),
            playout: Playout::new(rate_hz),
            losses: LossPattern::default(),
            flow: Flow::default(),
            packet: USUAL_PACKET,
            next_voice: None,
            listener: DigitListener::default(),
            held: None,
            epoch: None,
            started: false,
        }
    }

    /// Takes one packet. `tell` may be called more than once, when the packet brings in the one
    /// that was held on probation.
    pub(crate) fn take(&mut self, packet: Packet<'_>, mut tell: impl FnMut(Heard)) {
        match self.guard.admit(packet.arrival) {
            Admission::Known => tell(self.read(packet)),
            Admission::New => {
                self.listener = DigitListener::default();
                self.playout.expect_new_timeline();
                self.losses.restart();
                self.next_voice = None;
                let held = self.held.take();
                if let Some(held) = held.filter(|held| held.packet.precedes(packet)) {
                    tell(self.read(held.packet()));
                }
                tell(self.read(packet));
            }
            Admission::Probation => self.held = Some(Held::new(packet)),
            Admission::Refused => tell(Heard::Discarded),
        }
    }

    /// The other side may leave something out with good reason: a hold ends or begins.
    pub(crate) fn expect_pause(&mut self) {
        self.next_voice = None;
    }

    fn read(&mut self, packet: Packet<'_>) -> Heard {
        let sequence = packet.arrival.sequence;
        let late_before = self.playout.late;
        let heard = self.understand(packet);
        let arrived = match self.playout.late > late_before {
            true => Arrived::Late,
            false => Arrived::InTime,
        };
        self.losses.note(sequence, arrived);
        heard
    }

    fn understand(&mut self, packet: Packet<'_>) -> Heard {
        match packet.meaning {
            Some(Incoming::Events) => {
                self.pause(packet, &[]);
                let digit = self.listener.hear(packet.header.timestamp, packet.payload);
                digit.map_or(Heard::Nothing, Heard::Digit)
            }
            Some(Incoming::Voice(codec)) => {
                if codec.samples(packet.payload).is_none() {
                    return Heard::Discarded;
                }
                let now = packet.arrival.now;
                let since = now.saturating_duration_since(*self.epoch.get_or_insert(now));
                if let Some(source) = self.guard.current_mut() {
                    source.note_timestamp(packet.header.timestamp, since, codec.clock_rate_hz());
                }
                self.note_pause(packet, codec);
                let voice = Voice {
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    codec,
                    payload: packet.payload,
                };
                self.playout.push(now, voice);
                match std::mem::replace(&mut self.started, true) {
                    true => Heard::Nothing,
                    false => Heard::FirstVoice,
                }
            }
            Some(Incoming::ComfortNoise) => {
                self.flow = Flow::WithPauses;
                self.pause(packet, packet.payload);
                Heard::Nothing
            }
            None => Heard::Discarded,
        }
    }

    /// Tells the play-out that this packet stands where no voice is.
    fn pause(&mut self, packet: Packet<'_>, noise: &[u8]) {
        self.playout.push_pause(Pause {
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            noise,
        });
    }

    /// A packet that follows the last one without a gap in the sequence, and with one in time, comes
    /// after silence that was left out (RFC 3551 §4.1).
    fn note_pause(&mut self, packet: Packet<'_>, codec: Codec) {
        let Some(samples) = codec.samples(packet.payload) else {
            return;
        };
        let (samples, rate_hz) = (samples as u64, u64::from(codec.rate_hz()));
        let ticks = (samples * u64::from(codec.clock_rate_hz()) / rate_hz) as u32;
        let (sequence, timestamp) = (packet.arrival.sequence, packet.header.timestamp);
        let left_out = self
            .next_voice
            .filter(|(next, _)| *next == sequence)
            .map(|(_, end)| timestamp.wrapping_sub(end) as i32);
        if left_out.is_some_and(|left_out| left_out > PAUSE_PACKETS * ticks as i32) {
            self.flow = Flow::WithPauses;
        }
        self.packet = Duration::from_micros(samples * 1_000_000 / rate_hz);
        self.next_voice = Some((sequence.wrapping_add(1), timestamp.wrapping_add(ticks)));
    }
}

impl Packet<'_> {
    fn precedes(self, next: Packet<'_>) -> bool {
        self.arrival.ssrc == next.arrival.ssrc
            && self.arrival.sequence.wrapping_add(1) == next.arrival.sequence
    }
}

impl Held {
    fn new(packet: Packet<'_>) -> Self {
        Self {
            packet: Packet {
                payload: &[],
                ..packet
            },
            payload: packet.payload.to_vec(),
        }
    }

    fn packet(&self) -> Packet<'_> {
        Packet {
            payload: &self.payload,
            ..self.packet
        }
    }
}

/// The sound in a packet where nobody says otherwise (RFC 3551 §4.2).
const USUAL_PACKET: Duration = Duration::from_millis(20);

/// Silence left out is longer than so many packets.
const PAUSE_PACKETS: i32 = 5;
