//! The incoming stream: who is let in, what is a digit, what is voice.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use rtp::packetizer::Depacketizer as _;
use webrtc_media::Sample;

use crate::playout::Playout;
use crate::rtp_header::Header;
use crate::sdp::Incoming;
use crate::source::{Admission, Arrival, SourceGuard};
use crate::telephone_event::{Digit, DigitListener};

/// The receiving side of one session.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) guard: SourceGuard,
    pub(crate) playout: Playout,
    listener: DigitListener,
    /// The packet of a source on probation.
    held: Option<Packet>,
    epoch: Option<Instant>,
    started: bool,
}

/// One packet in clear.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    pub(crate) arrival: Arrival,
    pub(crate) header: Header,
    pub(crate) payload: Bytes,
    pub(crate) meaning: Option<Incoming>,
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
            listener: DigitListener::default(),
            held: None,
            epoch: None,
            started: false,
        }
    }

    /// Takes one packet. `tell` may be called more than once, when the packet brings in the one
    /// that was held on probation.
    pub(crate) fn take(&mut self, packet: Packet, mut tell: impl FnMut(Heard)) {
        match self.guard.admit(packet.arrival) {
            Admission::Known => tell(self.read(packet)),
            Admission::New => {
                self.listener = DigitListener::default();
                self.playout.expect_new_timeline();
                let held = self.held.take().filter(|held| held.precedes(&packet));
                if let Some(held) = held {
                    tell(self.read(held));
                }
                tell(self.read(packet));
            }
            Admission::Probation => self.held = Some(packet),
            Admission::Refused => tell(Heard::Discarded),
        }
    }

    fn read(&mut self, packet: Packet) -> Heard {
        match packet.meaning {
            Some(Incoming::Events) => {
                let digit = self.listener.hear(packet.header.timestamp, &packet.payload);
                digit.map_or(Heard::Nothing, Heard::Digit)
            }
            Some(Incoming::Voice(codec)) => {
                let Some(sample) = to_sample(&packet, codec.rate_hz()) else {
                    return Heard::Discarded;
                };
                let since = packet
                    .arrival
                    .now
                    .saturating_duration_since(*self.epoch.get_or_insert(packet.arrival.now));
                if let Some(source) = self.guard.current_mut() {
                    source.note_timestamp(packet.header.timestamp, since, codec.rate_hz());
                }
                self.playout.push(packet.arrival.now, sample, codec);
                match std::mem::replace(&mut self.started, true) {
                    true => Heard::Nothing,
                    false => Heard::FirstVoice,
                }
            }
            Some(Incoming::ComfortNoise) => Heard::Nothing,
            None => Heard::Discarded,
        }
    }
}

impl Packet {
    fn precedes(&self, next: &Self) -> bool {
        self.arrival.ssrc == next.arrival.ssrc
            && self.arrival.sequence.wrapping_add(1) == next.arrival.sequence
    }
}

/// Takes the voice out of its packet.
fn to_sample(packet: &Packet, rate_hz: u32) -> Option<Sample> {
    let data = G711Depacketizer.depacketize(&packet.payload).ok()?;
    let micros = data.len() as u64 * 1_000_000 / u64::from(rate_hz.max(1));
    Some(Sample {
        duration: Duration::from_micros(micros),
        data,
        // The wall clock stays outside of this crate; the sample is timed by its RTP timestamp.
        timestamp: SystemTime::UNIX_EPOCH,
        packet_timestamp: packet.header.timestamp,
        prev_dropped_packets: 0,
        prev_padding_packets: 0,
    })
}

/// G.711 stands in RTP packets as it is (RFC 3551 §4.5.14): every packet begins and ends a frame.
#[derive(Debug, Default)]
pub(crate) struct G711Depacketizer;

impl rtp::packetizer::Depacketizer for G711Depacketizer {
    fn depacketize(&mut self, payload: &Bytes) -> Result<Bytes, rtp::Error> {
        if payload.is_empty() {
            return Err(rtp::Error::ErrShortPacket);
        }
        Ok(payload.clone())
    }

    fn is_partition_head(&self, _payload: &Bytes) -> bool {
        true
    }

    fn is_partition_tail(&self, _marker: bool, _payload: &Bytes) -> bool {
        true
    }
}
