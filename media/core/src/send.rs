//! The outgoing stream: microphone or digits into RTP packets.
//!
//! Nothing here allocates once a call runs: sound and payload wait in buffers that are kept.

mod silence;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;

use crate::codec::{Encoded, Encoder};
use crate::rtp_header::Header;
use crate::sdp::SendFormat;
use crate::telephone_event::{DigitSender, Slot};
use silence::{Activity, SilenceDetector};

/// Our stream under one SSRC.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) ssrc: u32,
    sequence: u16,
    /// RTP timestamp of the first sample in `pending`.
    timestamp: u32,
    coding: Option<Coding>,
    /// Sound that does not fill a packet yet.
    pending: Vec<i16>,
    payload: Vec<u8>,
    silence: SilenceDetector,
    /// The next packet of voice begins a talkspurt (RFC 3551 §4.1).
    marker: bool,
    pub(crate) digits: DigitSender,
    last_capture: Option<Instant>,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
}

/// What is sent, and the encoder for it.
#[derive(Debug)]
struct Coding {
    format: SendFormat,
    encoder: Encoder,
}

/// What one packet's time came to.
#[derive(Debug)]
pub(crate) enum Sent<'p> {
    Packet {
        header: Header,
        payload: &'p [u8],
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
            coding: None,
            pending: Vec::with_capacity(MAX_PENDING),
            payload: Vec::with_capacity(MAX_PAYLOAD),
            silence: SilenceDetector::default(),
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
        let coding = self.coding.take();
        *self = Self {
            digits,
            coding,
            ..Self::new(random)
        };
    }

    /// Sends in this format from here on. An encoder that fits goes on as it is.
    pub(crate) fn use_format(&mut self, format: SendFormat) {
        let same = |coding: &Coding| {
            (coding.format.codec, coding.format.opus) == (format.codec, format.opus)
        };
        let coding = match self.coding.take().filter(same) {
            Some(coding) => Coding { format, ..coding },
            None => {
                self.pending.clear();
                let encoder = Encoder::new(format.codec, format.opus);
                Coding { format, encoder }
            }
        };
        self.coding = Some(coding);
    }

    /// Fits the stream to what the other side reports missing of it, in percent.
    pub(crate) fn follow_loss(&mut self, percent: f32) {
        if let Some(coding) = &mut self.coding {
            coding.encoder.follow_loss(percent);
        }
    }

    /// The RTP timestamp of the present moment, for sender reports.
    pub(crate) fn timestamp_at(&self, now: Instant) -> u32 {
        let Some(Coding { format, .. }) = &self.coding else {
            return self.timestamp;
        };
        let codec = format.codec;
        let since = self
            .last_capture
            .map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let pending = self.pending.len() as u64 * u64::from(codec.clock_rate_hz())
            / u64::from(codec.rate_hz());
        self.timestamp
            .wrapping_add(pending as u32)
            .wrapping_add(ticks(since, codec.clock_rate_hz()))
    }

    /// Takes sound of the microphone, at the rate of the codec, and hands each finished packet to
    /// `send`.
    pub(crate) fn capture(&mut self, now: Instant, frame: &[i16], mut send: impl FnMut(Sent<'_>)) {
        let Some(format) = self.coding.as_ref().map(|coding| coding.format) else {
            return;
        };
        self.note_pause(now, format.codec.clock_rate_hz());
        self.pending.extend_from_slice(frame);
        let samples = ticks(format.packet, format.codec.rate_hz()).max(1) as usize;
        while self.pending.len() >= samples {
            self.finish_packet(samples, format, &mut send);
            self.pending.drain(..samples);
            let packet_ticks = ticks(format.packet, format.codec.clock_rate_hz());
            self.timestamp = self.timestamp.wrapping_add(packet_ticks);
        }
    }

    /// Makes something of the first `samples` that wait.
    fn finish_packet(
        &mut self,
        samples: usize,
        format: SendFormat,
        send: &mut impl FnMut(Sent<'_>),
    ) {
        let slot = match format.events {
            Some(events) => {
                let clock_rate_hz = events.clock_rate_hz;
                let slot = self
                    .digits
                    .next(self.timestamp, format.packet, clock_rate_hz);
                (slot, events.payload_type)
            }
            None => (Slot::Voice, 0),
        };
        match slot {
            (Slot::Event(event), payload_type) => {
                let header = self.header(payload_type, event.timestamp, event.marker);
                self.marker = true;
                self.count(&event.payload);
                send(Sent::Packet {
                    header,
                    payload: &event.payload,
                });
            }
            (Slot::Done, _) => send(Sent::DigitsDone),
            (Slot::Pause, _) => {}
            (Slot::Voice, _) => self.finish_voice(samples, format, send),
        }
    }

    fn finish_voice(
        &mut self,
        samples: usize,
        format: SendFormat,
        send: &mut impl FnMut(Sent<'_>),
    ) {
        self.payload.clear();
        let sound = self.pending.get(..samples).unwrap_or_default();
        let payload_type = match (format.comfort_noise, &mut self.coding) {
            (Some(number), Some(coding)) => match self.silence.hear(sound) {
                Activity::Voice => encode(coding, sound, &mut self.payload),
                Activity::Noise(noise) => {
                    noise.write(&mut self.payload);
                    Some(number)
                }
                Activity::Silence => None,
            },
            (None, Some(coding)) => encode(coding, sound, &mut self.payload),
            (_, None) => None,
        };
        let is_voice = payload_type == Some(format.payload_type);
        let marker = std::mem::replace(&mut self.marker, !is_voice) && is_voice;
        let Some(payload_type) = payload_type else {
            return;
        };
        let header = self.header(payload_type, self.timestamp, marker);
        let payload = std::mem::take(&mut self.payload);
        self.count(&payload);
        send(Sent::Packet {
            header,
            payload: &payload,
        });
        self.payload = payload;
    }

    fn header(&mut self, payload_type: u8, timestamp: u32, marker: bool) -> Header {
        let sequence_number = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
        Header {
            marker,
            payload_type,
            sequence_number,
            timestamp,
            ssrc: self.ssrc,
            ..Header::default()
        }
    }

    fn count(&mut self, payload: &[u8]) {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
    }

    /// After a pause (a hold, a machine that slept) the clock of the stream has gone on.
    fn note_pause(&mut self, now: Instant, clock_rate_hz: u32) {
        let since = self
            .last_capture
            .replace(now)
            .map(|at| now.saturating_duration_since(at));
        if let Some(pause) = since.filter(|&since| since > MAX_HICCUP) {
            self.pending.clear();
            self.timestamp = self.timestamp.wrapping_add(ticks(pause, clock_rate_hz));
            self.marker = true;
        }
    }
}

/// The payload type of what was encoded; `None` if it need not be sent.
fn encode(coding: &mut Coding, sound: &[i16], payload: &mut Vec<u8>) -> Option<u8> {
    match coding.encoder.encode(sound, payload) {
        Encoded::Payload => Some(coding.format.payload_type),
        Encoded::Silence => None,
    }
}

/// Half of the range, so that the first packets may come in any order without the other side
/// taking them for a wrap of its rollover counter (RFC 3711 §3.3.1).
fn first_sequence(random: &mut ChaCha20Rng) -> u16 {
    (random.next_u32() & 0x7fff) as u16
}

fn ticks(time: Duration, rate_hz: u32) -> u32 {
    (time.as_micros() * u128::from(rate_hz) / 1_000_000) as u32
}

/// The microphone may come this late without a gap in the clock of the stream.
const MAX_HICCUP: Duration = Duration::from_millis(200);

/// A packet of 60 ms and a frame of 20 ms at 48 kHz.
const MAX_PENDING: usize = 3_840;

/// What an encoder may make of one packet.
const MAX_PAYLOAD: usize = 1_500;
