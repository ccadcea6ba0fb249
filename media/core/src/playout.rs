//! From packets in any order to an even flow of sound.
//!
//! Time is counted in samples. `head` is the media time of the next sample to be made ready; every
//! packet has a media time of its own (its RTP timestamp without the wrap) and waits in the jitter
//! buffer until the head reaches it. Where no packet is, the gap is concealed. The distance
//! between the clock and the head is the playout delay; it is adapted by making the sound a
//! little shorter or longer where it cannot be heard.

mod buffer;
mod conceal;
mod delay;
mod pitch;
mod predict;
mod stretch;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use webrtc_media::Sample;

use crate::codec::Codec;
use buffer::{Insertion, JitterBuffer, Queued};
use conceal::Concealer;
use delay::PlayoutDelay;
use stretch::{Care, Stretch};

/// The receiving end of one stream of voice.
#[derive(Debug)]
pub(crate) struct Playout {
    rate_hz: u32,
    /// The moment at which the clock was zero.
    epoch: Option<Instant>,
    /// The clock when sound was asked for last.
    last_clock: Option<i64>,
    timeline: Option<Timeline>,
    buffer: JitterBuffer,
    delay: PlayoutDelay,
    concealer: Concealer,
    /// Loudness of speech, to know quiet moments by.
    loudness: f32,
    /// The delay is being brought down.
    too_long: bool,
    /// Samples that are ready and not yet played.
    ready: VecDeque<i16>,
    span: Vec<f32>,
    future: Vec<f32>,
    pub(crate) late: u64,
    concealed_samples: u64,
}

/// How RTP timestamps lie in media time.
#[derive(Debug, Clone, Copy)]
struct Timeline {
    /// The newest timestamp and its media time.
    timestamp: u32,
    newest: i64,
    /// Where the sound begins; before it there is nothing to conceal.
    start: i64,
    /// Media time of the next sample to be made ready.
    head: i64,
    /// The timestamp that would confirm a jump of the sender's clock.
    jump: Option<u32>,
    /// The source that it belongs to is gone.
    ended: bool,
}

impl Playout {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            epoch: None,
            last_clock: None,
            timeline: None,
            buffer: JitterBuffer::default(),
            delay: PlayoutDelay::default(),
            concealer: Concealer::default(),
            loudness: 0.0,
            too_long: false,
            ready: VecDeque::with_capacity(MAX_CHUNK * 2),
            span: Vec::with_capacity(MAX_CHUNK),
            future: Vec::with_capacity(conceal::FUTURE),
            late: 0,
            concealed_samples: 0,
        }
    }

    /// The next packet is of another source: its timestamps have nothing to do with the last ones.
    pub(crate) fn expect_new_timeline(&mut self) {
        if let Some(timeline) = &mut self.timeline {
            timeline.ended = true;
        }
    }

    /// Takes a packet of voice.
    pub(crate) fn push(&mut self, now: Instant, sample: Sample, codec: Codec) {
        let clock = self.clock(now);
        let length = sample.data.len() as i64;
        if length == 0 || length > MAX_PACKET {
            return;
        }
        let Some(at) = self.place(clock, sample.packet_timestamp, length) else {
            return;
        };
        self.delay.note_arrival(clock - at);
        let head = self.timeline.map_or(at, |timeline| timeline.head);
        if at + length <= head {
            self.late += 1;
        } else if self.buffer.insert(at, Queued { sample, codec }) == Insertion::Duplicate {
            self.delay.forget_last();
        }
    }

    /// Fills `frame` with the next samples.
    pub(crate) fn play(&mut self, now: Instant, frame: &mut [i16]) {
        let clock = self.clock(now);
        if clock - self.last_clock.replace(clock).unwrap_or(i64::MIN / 2) > PAUSE {
            self.skip_stale(clock);
        }
        while self.ready.len() < frame.len() {
            self.make_ready(clock);
        }
        let next = self.ready.drain(..frame.len());
        frame.iter_mut().zip(next).for_each(|(to, from)| *to = from);
    }

    /// How long a packet that arrives without jitter waits before it is heard.
    pub(crate) fn delay(&self) -> Duration {
        let distance = self.last_clock.and_then(|clock| self.distance(clock));
        let waits = distance
            .zip(self.delay.fastest())
            .map_or(0, |(all, least)| all - least);
        self.duration(u64::try_from(waits).unwrap_or(0))
    }

    /// The longest that a packet may wait, however uneven the network is.
    pub(crate) fn longest_delay(&self) -> Duration {
        self.duration(delay::MAX_DELAY.unsigned_abs())
    }

    /// How much sound had to be made up so far.
    pub(crate) fn concealed(&self) -> Duration {
        self.duration(self.concealed_samples)
    }

    fn duration(&self, samples: u64) -> Duration {
        Duration::from_micros(samples * 1_000_000 / u64::from(self.rate_hz.max(1)))
    }

    /// Our own clock in samples.
    fn clock(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        let since = now.saturating_duration_since(epoch);
        (since.as_micros() * u128::from(self.rate_hz) / 1_000_000) as i64
    }

    /// Leaves out what came while nobody listened: before the call was taken up, or while the
    /// machine slept. A little of it is kept, because sound may overtake the answer to a call.
    fn skip_stale(&mut self, clock: i64) {
        let Some((distance, fastest)) = self.distance(clock).zip(self.delay.fastest()) else {
            return;
        };
        let stale = distance - fastest - INITIAL_DELAY;
        if stale > MAX_STALE {
            self.advance(stale);
        }
    }

    /// How far the sample that is heard now lies behind the clock.
    fn distance(&self, clock: i64) -> Option<i64> {
        let timeline = self.timeline?;
        Some(clock - (timeline.head - self.ready.len() as i64))
    }

    /// The media time of a packet; `None` while its timestamp makes no sense.
    fn place(&mut self, clock: i64, timestamp: u32, length: i64) -> Option<i64> {
        let Some(timeline) = self.timeline.as_mut().filter(|timeline| !timeline.ended) else {
            return Some(self.begin(clock, timestamp));
        };
        let since = timestamp.wrapping_sub(timeline.timestamp) as i32;
        let at = timeline.newest + i64::from(since);
        if !(-MAX_BEHIND..MAX_AHEAD).contains(&(at - timeline.head)) {
            let confirmed = timeline.jump == Some(timestamp);
            timeline.jump = Some(timestamp.wrapping_add(length as u32));
            return confirmed.then(|| self.begin(clock, timestamp));
        }
        timeline.jump = None;
        if at > timeline.newest {
            timeline.newest = at;
            timeline.timestamp = timestamp;
            // The network stood still and delivers now: better late than never.
            if timeline.head - at > STALL {
                timeline.head = at;
            }
        }
        if at >= timeline.head {
            timeline.start = timeline.start.min(at);
        }
        Some(at)
    }

    /// Begins a timeline with this packet, behind what is still waiting to be played.
    fn begin(&mut self, clock: i64, timestamp: u32) -> i64 {
        let head = self.timeline.map_or(clock, |timeline| timeline.head);
        let at = self.buffer.end().unwrap_or(head).max(head + INITIAL_DELAY);
        self.timeline = Some(Timeline {
            timestamp,
            newest: at,
            start: at,
            head,
            jump: None,
            ended: false,
        });
        self.delay.restart();
        at
    }

    /// Makes some more samples ready.
    fn make_ready(&mut self, clock: i64) {
        let Some(timeline) = self.timeline else {
            self.ready.extend([0; CHUNK]);
            return;
        };
        self.span.resize(CHUNK, 0.0);
        let found = self.buffer.copy(timeline.head, &mut self.span);
        if found > 0 {
            self.span.truncate(found);
            self.sound(clock, timeline.head);
        } else if timeline.head < timeline.start {
            let count = (timeline.start - timeline.head).min(CHUNK as i64);
            self.span.truncate(count as usize);
            self.concealer.extrapolate(&mut self.span);
            self.advance(count);
        } else {
            self.conceal(clock, timeline.head);
        }
        let ready = self
            .span
            .iter()
            .map(|&s| s.clamp(-32_768.0, 32_767.0) as i16);
        self.ready.extend(ready);
    }

    /// Received sound, beginning with what stands in `span`.
    fn sound(&mut self, clock: i64, head: i64) {
        self.concealer.recover(&mut self.span);
        let consumed = self.adapt(clock, head);
        self.concealer.heard(&self.span);
        self.advance(consumed);
    }

    /// Makes the next sounds shorter or longer if the delay is not what it should be, and says how
    /// much received sound stands in `span` then.
    fn adapt(&mut self, clock: i64, head: i64) -> i64 {
        let given = self.span.len();
        let power = self.span.iter().map(|s| s * s).sum::<f32>() / given as f32;
        let care = match power < (self.loudness * QUIET_SHARE).max(QUIET_POWER) {
            true => Care::Quiet,
            false => Care::Speech,
        };
        self.loudness = (self.loudness * LOUDNESS_DECAY).max(power);
        let target = self.delay.target();
        let Some((distance, target)) = self.distance(clock).zip(target) else {
            return given as i64;
        };
        let excess = distance - target;
        let Some(how) = self.wanted_stretch(excess, care) else {
            return given as i64;
        };
        self.span.resize(stretch::SPAN, 0.0);
        let more = self
            .buffer
            .copy(head + given as i64, &mut self.span[given..]);
        self.span.truncate(given + more);
        let whole = self.span.len();
        if stretch::stretch(&mut self.span, how, care, excess.unsigned_abs() as usize) {
            return whole as i64;
        }
        self.span.truncate(given);
        given as i64
    }

    /// Whether the delay is far enough from its target to touch the sound. Speech is left alone
    /// unless the delay has grown out of all proportion, because every touch costs quality.
    fn wanted_stretch(&mut self, excess: i64, care: Care) -> Option<Stretch> {
        self.too_long = match self.too_long {
            true => excess > EXCESS_ENDS,
            false => excess > EXCESS_BEGINS && self.delay.is_settled(),
        };
        match care {
            Care::Quiet if excess < SHORTAGE => Some(Stretch::Longer),
            Care::Quiet if self.too_long => Some(Stretch::Shorter),
            Care::Speech if excess > MAX_EXCESS => Some(Stretch::Shorter),
            Care::Quiet | Care::Speech => None,
        }
    }

    /// A gap at the head.
    fn conceal(&mut self, clock: i64, head: i64) {
        if self.concealer.gap() == 0 {
            self.delay.note_loss();
        }
        let next = self.buffer.next_start(head);
        let gap = next.map_or(usize::MAX, |next| (next - head) as usize);
        // What comes after silence has its own beginning and needs none made up before it.
        if gap <= MAX_BRIDGE && !self.concealer.is_silent() {
            self.future.resize(conceal::FUTURE, 0.0);
            let found = self.buffer.copy(head + gap as i64, &mut self.future);
            self.future.truncate(found);
            self.span.resize(gap, 0.0);
            self.concealer.bridge(&mut self.span, &self.future);
            self.advance(gap as i64);
        } else {
            self.concealer.extrapolate(&mut self.span);
            if !self.should_wait(clock, next) {
                self.advance(CHUNK as i64);
            }
        }
        if !self.concealer.is_silent() {
            self.concealed_samples += self.span.len() as u64;
        }
    }

    /// Whether the packet at the head is more likely late than lost: then the head stands still,
    /// which makes the delay longer.
    fn should_wait(&mut self, clock: i64, next: Option<i64>) -> bool {
        let excess = self
            .distance(clock)
            .zip(self.delay.target())
            .map(|(d, target)| d - target);
        next.is_none()
            && !self.concealer.is_silent()
            && excess.is_some_and(|excess| excess < SHORTAGE)
    }

    fn advance(&mut self, by: i64) {
        if let Some(timeline) = &mut self.timeline {
            timeline.head += by;
            self.buffer.discard_before(timeline.head);
        }
    }
}

/// What is made ready at a time: 10 ms at 8 kHz.
const CHUNK: usize = 80;

/// The most that one step makes ready: a bridge.
const MAX_CHUNK: usize = 480;

/// The wait of the first packet: 60 ms at 8 kHz. It carries the jitter of an ordinary network and
/// leaves room in the 120 ms between answer and first sound.
const INITIAL_DELAY: i64 = 480;

/// The longest gap that is bridged from both sides: 60 ms at 8 kHz.
const MAX_BRIDGE: usize = 480;

/// A newest packet that comes this late (100 ms at 8 kHz) tells of a network that stood still.
const STALL: i64 = 800;

/// From such a pause on nobody listened (200 ms at 8 kHz), and what is older than that is stale
/// when it exceeds 400 ms.
const PAUSE: i64 = 1_600;
const MAX_STALE: i64 = 3_200;

/// Timestamps this far off are a new timeline: one second at 8 kHz.
const MAX_BEHIND: i64 = 8_000;
const MAX_AHEAD: i64 = 8_000;

/// Delay that is missing and has to be made up for: 10 ms at 8 kHz.
const SHORTAGE: i64 = -80;

/// Delay in excess that is worth a change in quiet moments, and where that is enough: 50 and 20 ms.
const EXCESS_BEGINS: i64 = 400;
const EXCESS_ENDS: i64 = 160;

/// Delay in excess that is worth a change within speech: 150 ms at 8 kHz.
const MAX_EXCESS: i64 = 1_200;

/// The longest packet taken: 200 ms, as Lync's `a=maxptime` says.
const MAX_PACKET: i64 = 1_600;

/// Power of a quiet moment: as a share of the loudest, -45 dB, and in itself, -61 dB of full scale.
const QUIET_SHARE: f32 = 0.000_03;
const QUIET_POWER: f32 = 900.0;

/// What stays of the loudness after 10 ms: half of it after seven seconds.
const LOUDNESS_DECAY: f32 = 0.999;
