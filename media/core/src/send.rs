//! The outgoing stream: microphone or digits into RTP packets.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;
use rtp::header::Header;

use crate::codec::Codec;
use crate::telephone_event::{DigitSender, Slot};

/// Our stream under one SSRC.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) ssrc: u32,
    sequence: u16,
    /// RTP timestamp of the first sample in `pending`.
    timestamp: u32,
    /// Encoded sound that does not fill a packet yet.
    pending: BytesMut,
    /// The next packet of voice begins a talkspurt (RFC 3551 §4.1).
    marker: bool,
    pub(crate) digits: DigitSender,
    last_capture: Option<Instant>,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
}

/// How the stream is coded, as agreed on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    pub(crate) codec: Codec,
    pub(crate) payload_type: u8,
    /// Payload type of telephone-event.
    pub(crate) events: Option<u8>,
    pub(crate) packet: Duration,
}

/// What one packet's time came to.
#[derive(Debug)]
pub(crate) enum Sent {
    Packet {
        header: Header,
        payload: Bytes,
    },
    /// The last queued digit is out.
    DigitsDone,
}

impl Sender {
    pub(crate) fn new(random: &mut ChaCha20Rng) -> Self {
        Self {
            ssrc: random.next_u32(),
            sequence: first_sequence(random),
            timestamp: random.next_u32(),
            pending: BytesMut::new(),
            marker: true,
            digits: DigitSender::default(),
            last_capture: None,
            packets: 0,
            octets: 0,
        }
    }

    /// Goes on as a new source under a new key. Digits that wait go with it.
    pub(crate) fn restart(&mut self, random: &mut ChaCha20Rng) {
        let digits = std::mem::take(&mut self.digits);
        *self = Self {
            digits,
            ..Self::new(random)
        };
    }

    /// The RTP timestamp of the present moment, for sender reports.
    pub(crate) fn timestamp_at(&self, now: Instant, rate_hz: u32) -> u32 {
        let since = self
            .last_capture
            .map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let pending = self.pending.len() as u32;
        self.timestamp
            .wrapping_add(pending)
            .wrapping_add(ticks(since, rate_hz))
    }

    /// Takes sound of the microphone and hands each finished packet to `send`.
    pub(crate) fn capture(
        &mut self,
        now: Instant,
        frame: &[i16],
        format: Format,
        mut send: impl FnMut(Sent),
    ) {
        self.note_pause(now, format.codec.rate_hz());
        self.pending
            .extend(frame.iter().map(|&sample| format.codec.encode(sample)));
        let packet_ticks = ticks(format.packet, format.codec.rate_hz()).max(1);
        while self.pending.len() >= packet_ticks as usize {
            let voice = self.pending.split_to(packet_ticks as usize).freeze();
            self.finish_packet(voice, packet_ticks, format, &mut send);
            self.timestamp = self.timestamp.wrapping_add(packet_ticks);
        }
    }

    fn finish_packet(
        &mut self,
        voice: Bytes,
        packet_ticks: u32,
        format: Format,
        send: &mut impl FnMut(Sent),
    ) {
        let slot = match format.events {
            Some(_) => self.digits.next(self.timestamp, packet_ticks),
            None => Slot::Voice,
        };
        match (slot, format.events) {
            (Slot::Event(event), Some(payload_type)) => {
                let header = self.header(payload_type, event.timestamp, event.marker);
                send(self.packet(header, event.payload));
                self.marker = true;
            }
            (Slot::Done, _) => send(Sent::DigitsDone),
            (Slot::Pause, _) => {}
            (Slot::Voice | Slot::Event(_), _) => {
                let marker = std::mem::take(&mut self.marker);
                let header = self.header(format.payload_type, self.timestamp, marker);
                send(self.packet(header, voice));
            }
        }
    }

    fn header(&mut self, payload_type: u8, timestamp: u32, marker: bool) -> Header {
        let sequence_number = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
        Header {
            version: 2,
            marker,
            payload_type,
            sequence_number,
            timestamp,
            ssrc: self.ssrc,
            ..Header::default()
        }
    }

    fn packet(&mut self, header: Header, payload: Bytes) -> Sent {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        Sent::Packet { header, payload }
    }

    /// After a pause (a hold, a machine that slept) the clock of the stream has gone on.
    fn note_pause(&mut self, now: Instant, rate_hz: u32) {
        let since = self
            .last_capture
            .replace(now)
            .map(|at| now.saturating_duration_since(at));
        if let Some(pause) = since.filter(|&since| since > MAX_HICCUP) {
            self.pending.clear();
            self.timestamp = self.timestamp.wrapping_add(ticks(pause, rate_hz));
            self.marker = true;
        }
    }
}

/// Half of the range, so that the first packets may come in any order without the other side
/// taking them for a wrap of its rollover counter (RFC 3711 §3.3.1, and webrtc-srtp needs it).
fn first_sequence(random: &mut ChaCha20Rng) -> u16 {
    (random.next_u32() & 0x7fff) as u16
}

fn ticks(time: Duration, rate_hz: u32) -> u32 {
    (time.as_micros() * u128::from(rate_hz) / 1_000_000) as u32
}

/// The microphone may come this late without a gap in the clock of the stream.
const MAX_HICCUP: Duration = Duration::from_millis(200);
