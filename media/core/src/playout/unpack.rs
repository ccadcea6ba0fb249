//! Packets into sound: each is decoded once and in order, because most decoders go by what they
//! decoded before, and the sound waits here until it is played.

use super::buffer::{Content, JitterBuffer, Queued};
use super::resample::Resampler;
use super::time::{MS, Rate};
use crate::codec::{Codec, Decoder};

/// The decoders of one stream and the sound that comes out of them.
#[derive(Debug)]
pub(super) struct Unpacker {
    rate: Rate,
    voices: Vec<Voice>,
    /// Sound that has not been played, and the media time at which it begins.
    sound: Vec<f32>,
    at: i64,
    /// The source, the sequence number and the end of the last packet.
    last: Option<(u32, u16, i64)>,
    gap: Gap,
    /// Behind the last packet the sender means to say nothing.
    pub(super) pauses: bool,
    pcm: Vec<i16>,
}

/// What it was that lay between two packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Packets that did not come in time, or nothing at all.
    Missing,
    /// A pause of the sender.
    Meant,
}

/// One codec's decoder.
#[derive(Debug)]
struct Voice {
    codec: Codec,
    rate: Rate,
    decoder: Decoder,
    resampler: Option<Resampler>,
    /// The media time up to which it has decoded.
    end: i64,
}

impl Unpacker {
    pub(super) fn new(rate: Rate) -> Self {
        let most = Rate::new(48_000).samples(MAX_WAITING);
        Self {
            rate,
            voices: Vec::with_capacity(Codec::ALL.len()),
            sound: Vec::with_capacity(rate.samples(MAX_WAITING)),
            at: 0,
            last: None,
            gap: Gap::Missing,
            pauses: false,
            pcm: Vec::with_capacity(most),
        }
    }

    pub(super) fn last_sequence(&self) -> Option<u16> {
        self.last.map(|(_, sequence, _)| sequence)
    }

    /// What lay before the sound that was decoded last; to be asked once.
    pub(super) fn take_gap(&mut self) -> Gap {
        std::mem::replace(&mut self.gap, Gap::Missing)
    }

    /// Whether `next` is the packet that the sender sent after the last one, and yet its time lies
    /// behind a gap.
    pub(super) fn is_pause_before(&self, next: Option<&Queued>) -> bool {
        self.last
            .zip(next)
            .is_some_and(|((source, sequence, end), next)| {
                next.source == source
                    && next.sequence == sequence.wrapping_add(1)
                    && next.at - end > MIN_PAUSE
            })
    }

    /// Decodes until `wanted` samples lie at `head`, as far as packets are there without a gap, and
    /// says how many of them do.
    pub(super) fn fill(&mut self, buffer: &mut JitterBuffer, head: i64, wanted: usize) -> usize {
        if self.at != head || self.sound.is_empty() {
            self.sound.clear();
            self.at = head;
        }
        while self.sound.len() < wanted {
            let end = self.end();
            match buffer
                .first()
                .map(|first| (first.voice(), first.at, first.end()))
            {
                Some((Some(_), _, over)) if over <= end => buffer.discard_first(),
                Some((Some(_), at, _)) if at <= end => self.decode_first(buffer),
                Some(_) | None => break,
            }
        }
        self.sound.len().min(wanted)
    }

    /// Takes the sound of the gap between `head` and the first packet out of that packet, if it knows
    /// what was in the one before.
    pub(super) fn recover(&mut self, buffer: &JitterBuffer, head: i64) -> bool {
        let Some(first) = buffer.first() else {
            return false;
        };
        let known = |voice: &&mut Voice| Some(voice.codec) == first.voice();
        let Some(voice) = self.voices.iter_mut().find(known) else {
            return false;
        };
        let same = self.last.is_some_and(|last| last.0 == first.source);
        let gap = voice.rate.samples(first.at - voice.end);
        self.pcm.clear();
        if !same || !voice.decoder.recover(&first.payload, gap, &mut self.pcm) {
            return false;
        }
        self.sound.clear();
        self.at = voice.end;
        voice.append(&self.pcm, &mut self.sound);
        voice.end = first.at;
        self.consume(self.rate.samples(head - self.at));
        true
    }

    /// Tells the decoder what is played for `gap` samples in the place of sound that never came, and
    /// how it would go on.
    pub(super) fn follow(&mut self, made_up: &[f32], gap: usize) {
        let last = self.voices.iter_mut().max_by_key(|voice| voice.end);
        if let Some(voice) = last.filter(|voice| voice.rate == self.rate) {
            let made_up = made_up.iter().take(gap + voice.decoder.ahead());
            self.pcm.clear();
            self.pcm.extend(made_up.map(|&sample| sample as i16));
            voice.decoder.follow(&self.pcm);
        }
    }

    /// The sound that lies at the head.
    pub(super) fn sound(&self) -> &[f32] {
        &self.sound
    }

    /// The first samples have been played.
    pub(super) fn consume(&mut self, samples: usize) {
        let samples = samples.min(self.sound.len());
        self.sound.drain(..samples);
        self.at += self.rate.ticks(samples);
    }

    /// Where the sound ends that is decoded.
    pub(super) fn end(&self) -> i64 {
        self.at + self.rate.ticks(self.sound.len())
    }

    fn decode_first(&mut self, buffer: &mut JitterBuffer) {
        let Some(first) = buffer.first() else {
            return;
        };
        if let Content::Voice(codec) = first.content {
            let end = self.end();
            let known = self.sound.len();
            if self
                .last
                .is_some_and(|(source, _, _)| source != first.source)
            {
                self.voices.clear();
            }
            let voice = Self::voice(&mut self.voices, self.rate, codec);
            self.pcm.clear();
            // What cannot be decoded leaves a gap behind, like a packet that never came.
            if voice.decoder.decode(&first.payload, &mut self.pcm).is_ok() {
                voice.append(&self.pcm, &mut self.sound);
                voice.end = first.end();
                let doubled = self.rate.samples(end - first.at);
                let doubled = doubled.min(self.sound.len() - known);
                self.sound.drain(known..known + doubled);
            }
            self.pauses = codec == Codec::Opus && first.payload.len() <= MAX_DTX_OCTETS;
        }
        self.pass_first(buffer);
    }

    /// Passes over the first packet, which begins a pause.
    pub(super) fn begin_pause(&mut self, buffer: &mut JitterBuffer) {
        self.pass_first(buffer);
        self.pauses = true;
    }

    fn pass_first(&mut self, buffer: &mut JitterBuffer) {
        if self.is_pause_before(buffer.first()) {
            self.gap = Gap::Meant;
        }
        if let Some(first) = buffer.first() {
            self.last = Some((first.source, first.sequence, first.end()));
        }
        buffer.discard_first();
    }

    fn voice(voices: &mut Vec<Voice>, rate: Rate, codec: Codec) -> &mut Voice {
        let known = voices.iter().position(|voice| voice.codec == codec);
        let at = known.unwrap_or_else(|| {
            voices.push(Voice::new(codec, rate));
            voices.len() - 1
        });
        &mut voices[at]
    }
}

impl Voice {
    fn new(codec: Codec, rate: Rate) -> Self {
        let own = Rate::new(codec.rate_hz());
        Self {
            codec,
            rate: own,
            decoder: Decoder::new(codec),
            resampler: (own != rate).then(|| Resampler::new(own, rate)),
            end: i64::MIN / 2,
        }
    }

    /// Appends what was decoded to `sound`.
    fn append(&mut self, pcm: &[i16], sound: &mut Vec<f32>) {
        let pcm = pcm.iter().map(|&sample| f32::from(sample));
        match &mut self.resampler {
            Some(resampler) => resampler.convert(pcm, sound),
            None => sound.extend(pcm),
        }
    }
}

/// A packet of Opus with no more than this is silence that goes on: a frame of one octet at most
/// behind the one that tells its kind (RFC 6716 §3.1, RFC 7587 §3.1.3).
const MAX_DTX_OCTETS: usize = 2;

/// From this length on a gap is a pause. What is shorter is an untidy clock.
const MIN_PAUSE: i64 = 15 * MS;

/// The most sound that waits here: the longest packet, recovered sound, and what a bridge looks at.
const MAX_WAITING: i64 = 600 * MS;
