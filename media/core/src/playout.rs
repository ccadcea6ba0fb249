//! From packets in any order to an even flow of sound.
//!
//! `head` is the media time of the next sample to be made ready; every packet has a media time of
//! its own (its RTP timestamp without the wrap) and waits in the jitter buffer until the head
//! reaches it. Where no packet is, the gap is concealed; where the sender means a pause, its noise
//! goes on. The distance between the clock and the head is the playout delay; it follows the
//! network by making the sound a little shorter or longer where it cannot be heard.

mod adapt;
mod buffer;
mod conceal;
mod delay;
mod gap;
mod loudness;
mod noise;
mod pitch;
mod predict;
mod resample;
mod seen;
mod stretch;
#[cfg(test)]
mod tests;
mod time;
mod timeline;
mod unpack;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::codec::Codec;
use buffer::{Content, JitterBuffer};
use conceal::Concealer;
use delay::PlayoutDelay;
use loudness::Loudness;
use noise::ComfortNoise;
use seen::Seen;
use stretch::{Allowance, Care};
use time::{MS, Rate};
use timeline::{Place, Stamp, Timeline};
use unpack::{Gap, Unpacker};

/// The receiving end of one stream of voice. It allocates when it is made and when a codec comes
/// up, and not after that.
#[derive(Debug)]
pub(crate) struct Playout {
    rate: Rate,
    /// The moment at which the clock was zero.
    epoch: Option<Instant>,
    /// When sound was asked for last, and how far behind it that sound lay.
    last: Option<(i64, i64)>,
    timeline: Option<Timeline>,
    seen: Seen,
    buffer: JitterBuffer,
    unpacker: Unpacker,
    delay: PlayoutDelay,
    concealer: Concealer,
    noise: ComfortNoise,
    heard: Heard,
    loudness: Loudness,
    /// The delay is being brought down.
    too_long: bool,
    allowance: Allowance,
    /// Samples that are ready and not yet played.
    ready: VecDeque<i16>,
    span: Vec<f32>,
    future: Vec<f32>,
    pub(crate) late: u64,
    concealed: Concealed,
}

/// What the listener heard last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Sound,
    Gap,
    /// The noise of a pause.
    Pause,
}

/// How much sound was made up, in ticks.
#[derive(Debug, Default)]
struct Concealed {
    before: i64,
    /// In the gap that is open; it may turn out to be a pause that the sender meant.
    gap: i64,
}

/// A packet of voice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice<'a> {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) codec: Codec,
    pub(crate) payload: &'a [u8],
}

/// A packet that says that the sender says nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pause<'a> {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// The noise of its room (RFC 3389 §3); empty where it does not tell.
    pub(crate) noise: &'a [u8],
}

impl Playout {
    pub(crate) fn new(rate_hz: u32) -> Self {
        let rate = Rate::new(rate_hz);
        Self {
            rate,
            epoch: None,
            last: None,
            timeline: None,
            seen: Seen::default(),
            buffer: JitterBuffer::new(),
            unpacker: Unpacker::new(rate),
            delay: PlayoutDelay::new(),
            concealer: Concealer::new(rate),
            noise: ComfortNoise::new(rate),
            heard: Heard::Sound,
            loudness: Loudness::default(),
            too_long: false,
            allowance: Allowance::default(),
            ready: VecDeque::with_capacity(rate.samples(MAX_READY)),
            span: Vec::with_capacity(rate.samples(2 * stretch::SPAN)),
            future: Vec::with_capacity(conceal::future(rate)),
            late: 0,
            concealed: Concealed::default(),
        }
    }

    /// The next sound is wanted at another rate, because another codec has been agreed on.
    pub(crate) fn change_rate(&mut self, rate_hz: u32) {
        if self.rate == Rate::new(rate_hz) {
            return;
        }
        let before = std::mem::replace(self, Self::new(rate_hz));
        self.late = before.late;
        self.concealed = before.concealed;
    }

    /// The next packet is of another source: its timestamps have nothing to do with the last ones.
    pub(crate) fn expect_new_timeline(&mut self) {
        if let Some(timeline) = &mut self.timeline {
            timeline.ended = true;
        }
    }

    /// Takes a packet of voice.
    pub(crate) fn push(&mut self, now: Instant, voice: Voice<'_>) {
        let clock = self.clock(now);
        let Voice { codec, payload, .. } = voice;
        let samples = codec.samples(payload).unwrap_or(0);
        let stamp = Stamp {
            timestamp: voice.timestamp,
            clock_rate_hz: codec.clock_rate_hz(),
            length: Rate::new(codec.rate_hz()).ticks(samples),
        };
        if stamp.length == 0 || stamp.length > MAX_PACKET {
            return;
        }
        let placed = match &mut self.timeline {
            Some(timeline) => timeline.place(stamp),
            None => Place::Anew,
        };
        let at = match placed {
            Place::At(at) => at,
            Place::Anew => self.begin(clock, stamp),
            Place::Nowhere => return,
        };
        if !self.seen.note(voice.sequence) {
            return;
        }
        self.delay.note_arrival(clock, clock - at, stamp.length);
        let head = self.timeline.map_or(at, |timeline| timeline.head);
        if at + stamp.length <= head {
            self.late += 1;
            return;
        }
        let content = Content::Voice(codec);
        let time = (at, stamp.length);
        self.buffer.insert(time, voice.sequence, content, payload);
    }

    /// Takes a packet that stands for a pause: comfort noise, or keys in the place of the voice.
    pub(crate) fn push_pause(&mut self, pause: Pause<'_>) {
        let place = |timeline: &Timeline| timeline.find(pause.timestamp);
        let Some(at) = self.timeline.as_ref().and_then(place) else {
            return;
        };
        let behind = |last: u16| (pause.sequence.wrapping_sub(last) as i16) <= 0;
        if !self.seen.note(pause.sequence) || self.unpacker.last_sequence().is_some_and(behind) {
            return;
        }
        self.buffer
            .insert((at, 0), pause.sequence, Content::Pause, pause.noise);
    }

    /// Fills `frame` with the next samples.
    pub(crate) fn play(&mut self, now: Instant, frame: &mut [i16]) {
        let clock = self.clock(now);
        let since = self.last.map_or(i64::MAX, |(last, _)| clock - last);
        if since > PAUSE {
            self.skip_stale(clock);
        }
        self.last = self.distance(clock).map(|distance| (clock, distance));
        while self.ready.len() < frame.len() {
            self.make_ready(clock);
        }
        let next = self.ready.drain(..frame.len());
        frame.iter_mut().zip(next).for_each(|(to, from)| *to = from);
    }

    /// How long a packet that arrives without jitter waits before it is heard.
    pub(crate) fn delay(&self) -> Duration {
        let waits = self
            .last
            .zip(self.delay.fastest())
            .map_or(0, |((_, all), least)| all - least);
        duration(waits)
    }

    /// The longest that a packet may wait, however uneven the network is.
    pub(crate) fn longest_delay(&self) -> Duration {
        duration(delay::MAX_DELAY)
    }

    /// How much sound had to be made up so far.
    pub(crate) fn concealed(&self) -> Duration {
        duration(self.concealed.before + self.concealed.gap)
    }

    /// Our own clock in ticks.
    fn clock(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        let since = now.saturating_duration_since(epoch);
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX / 1_000) * MS / 1_000
    }

    /// Leaves out what came while nobody listened: before the call was taken up, or while the
    /// machine slept. A little of it is kept, because sound may overtake the answer to a call.
    fn skip_stale(&mut self, clock: i64) {
        let Some((distance, fastest)) = self.distance(clock).zip(self.delay.fastest()) else {
            return;
        };
        let stale = distance - fastest - KEPT_OF_STALE;
        if stale > MAX_STALE {
            self.advance(self.rate.whole(stale));
        }
    }

    /// How far the sample that is heard now lies behind the clock.
    fn distance(&self, clock: i64) -> Option<i64> {
        let timeline = self.timeline?;
        Some(clock - (timeline.head - self.rate.ticks(self.ready.len())))
    }

    /// Begins a timeline with this packet, behind what is still waiting to be played.
    fn begin(&mut self, clock: i64, stamp: Stamp) -> i64 {
        let head = self.timeline.map_or(clock, |timeline| timeline.head);
        let heard = self.last.map_or(clock, |(_, distance)| clock - distance);
        let waiting = self.buffer.end().unwrap_or(head).max(self.unpacker.end());
        let at = (heard + PlayoutDelay::first(stamp.length)).max(head);
        let at = self.rate.whole(at.max(waiting));
        self.timeline = Some(Timeline::new(stamp, at, self.rate.whole(head)));
        self.delay.restart();
        self.seen = Seen::default();
        self.buffer.begin_source();
        at
    }

    /// Makes some more samples ready.
    fn make_ready(&mut self, clock: i64) {
        let chunk = self.rate.samples(CHUNK);
        let Some(timeline) = self.timeline else {
            self.ready.extend(std::iter::repeat_n(0, chunk));
            return;
        };
        let head = timeline.head;
        self.take_pauses(head);
        let found = self.unpacker.fill(&mut self.buffer, head, chunk);
        self.span.clear();
        self.span.resize(chunk, 0.0);
        if found > 0 {
            self.sound(clock, head, found);
        } else if head < timeline.start {
            let until = (timeline.start - head).min(self.rate.ticks(chunk));
            self.span.truncate(self.rate.samples(until));
            self.concealer.extrapolate(&mut self.span);
            self.advance(until);
        } else if self.is_pause() {
            self.pause(clock, head);
        } else {
            self.conceal(clock, head);
        }
        let ready = self
            .span
            .iter()
            .map(|&s| s.clamp(-32_768.0, 32_767.0) as i16);
        self.ready.extend(ready);
    }

    /// Received sound: `found` samples of it lie at the head.
    fn sound(&mut self, clock: i64, head: i64, found: usize) {
        self.close_gap();
        self.span.clear();
        self.span.extend_from_slice(&self.unpacker.sound()[..found]);
        self.concealer.recover(&mut self.span);
        let care = match self.loudness.is_quiet(&self.span, found) {
            true => Care::Quiet,
            false => Care::Speech,
        };
        self.loudness.note(&self.span);
        self.heard = Heard::Sound;
        let consumed = self.adapt(clock, head, care);
        self.concealer.heard(&self.span);
        if care == Care::Quiet {
            self.noise.learn(self.concealer.history());
        }
        self.unpacker.consume(consumed);
        self.allowance.earn(self.rate.ticks(consumed));
        self.advance(self.rate.ticks(consumed));
    }

    /// Sound comes again, and so it is known what the gap before it was.
    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.concealed.gap);
        match self.unpacker.take_gap() {
            Gap::Missing if gap > 0 => {
                self.concealed.before += gap;
                self.delay.note_loss();
            }
            Gap::Missing | Gap::Meant => {}
        }
    }

    fn advance(&mut self, by: i64) {
        if let Some(timeline) = &mut self.timeline {
            timeline.head += by;
        }
    }
}

fn duration(ticks: i64) -> Duration {
    Duration::from_micros(u64::try_from(ticks * 1_000 / MS).unwrap_or(0))
}

/// What is made ready at a time.
const CHUNK: i64 = 10 * MS;

/// The most that is ready: a bridge, behind what a device with odd frames has left.
const MAX_READY: i64 = 200 * MS;

/// Delay that is missing and has to be made up for.
const SHORTAGE: i64 = -10 * MS;

/// From such a pause on nobody listened; what is older then is stale when it exceeds that much,
/// and so much of it is kept.
const PAUSE: i64 = 200 * MS;
const MAX_STALE: i64 = 400 * MS;
const KEPT_OF_STALE: i64 = 60 * MS;

/// The longest packet taken, as Lync's `a=maxptime` says.
const MAX_PACKET: i64 = 200 * MS;
