//! One direction of sound between a device callback and another thread: mono samples, no lock, no
//! allocation once it is made.
//!
//! The *device side* of a ring is the writer for a microphone and the reader for a loudspeaker. It
//! moves samples in gulps, one callback at a time, and leaves the time and size of each gulp for
//! the other side, which can so tell how much sound the ring would hold if the device moved its
//! samples evenly. Drift control needs that: the raw fill jumps by a whole gulp whenever the
//! phase of the two clocks passes zero.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

/// A ring for a live call: small fill, and what is late is skipped.
pub(crate) fn live(rate_hz: u32, now: Instant) -> (RingWriter, RingReader) {
    ring(
        rate_hz,
        now,
        LIVE_CAPACITY,
        Some(frames(LIVE_EXCESS, rate_hz)),
    )
}

/// A ring for a sound that is made well ahead of its time and played to its last sample.
pub(crate) fn ahead(rate_hz: u32, now: Instant) -> (RingWriter, RingReader) {
    ring(rate_hz, now, AHEAD_CAPACITY, None)
}

/// Puts samples in.
pub(crate) struct RingWriter {
    samples: Producer<f32>,
    shared: Arc<Shared>,
}

/// Takes samples out.
pub(crate) struct RingReader {
    samples: Consumer<f32>,
    shared: Arc<Shared>,
    /// How many frames may lie in the ring beyond what was asked for; `None` plays all of them.
    excess: Option<usize>,
    /// The sample played last, from which an underrun fades.
    last: f32,
}

/// For measurements, which end with the other side.
#[cfg(test)]
impl RingWriter {
    pub fn is_abandoned(&self) -> bool {
        self.samples.is_abandoned()
    }
}

#[cfg(test)]
impl RingReader {
    pub fn is_abandoned(&self) -> bool {
        self.samples.is_abandoned()
    }
}

/// What each side tells the other.
struct Shared {
    rate_hz: u32,
    epoch: Instant,
    /// When the device side last moved samples, in nanoseconds after `epoch`.
    moved_at_ns: AtomicU64,
    /// How many frames it moved then.
    gulp_frames: AtomicU32,
    /// How much a reader keeps in hand before it begins, as the writer wishes.
    cushion_frames: AtomicU32,
    /// How often a reader found less than it needed while sound flowed.
    underruns: AtomicU32,
    /// The reader is taking samples, as against waiting for enough of them.
    flowing: AtomicBool,
}

impl RingWriter {
    pub fn rate_hz(&self) -> u32 {
        self.shared.rate_hz
    }

    /// Appends what fits and drops the rest: a full ring means that the reader has stopped.
    pub fn push(&mut self, samples: &[f32]) {
        let (_pushed, _dropped) = self.samples.push_partial_slice(samples);
    }

    /// [`RingWriter::push`] for a device callback, one sample at a time.
    pub fn push_from_device(&mut self, now: Instant, samples: impl ExactSizeIterator<Item = f32>) {
        self.shared.moved(now, samples.len());
        let room = samples.len().min(self.samples.slots());
        if let Ok(chunk) = self.samples.write_chunk_uninit(room) {
            chunk.fill_from_iter(samples);
        }
    }

    /// Frames that fit.
    pub fn room(&self) -> usize {
        self.samples.slots()
    }

    /// Whether all that was written has been taken.
    pub fn is_drained(&self) -> bool {
        self.samples.slots() == self.samples.buffer().capacity()
    }

    /// Seconds of sound in the ring as if the device took it evenly; `None` while it waits.
    pub fn level_s(&self, now: Instant) -> Option<f64> {
        let filled = self.samples.buffer().capacity() - self.samples.slots();
        let flowing = self.shared.flowing.load(Ordering::Relaxed);
        flowing.then(|| self.shared.seconds(filled) - self.shared.since_gulp_s(now))
    }

    pub fn underruns(&self) -> u32 {
        self.shared.underruns.load(Ordering::Relaxed)
    }

    /// How much sound waits to be taken.
    pub fn filled(&self) -> Duration {
        let filled = self.samples.buffer().capacity() - self.samples.slots();
        Duration::from_secs_f64(self.shared.seconds(filled))
    }

    /// How much the device takes at once.
    pub fn gulp(&self) -> Duration {
        self.shared.gulp()
    }

    /// How much the reader shall keep in hand.
    pub fn keep_in_hand(&self, cushion: Duration) {
        let frames = frames(cushion, self.shared.rate_hz);
        self.shared
            .cushion_frames
            .store(frames as u32, Ordering::Relaxed);
    }
}

impl RingReader {
    pub fn rate_hz(&self) -> u32 {
        self.shared.rate_hz
    }

    /// [`RingReader::pull`] for a device callback, with the cushion that the writer wishes.
    pub fn pull_for_device(&mut self, now: Instant, frames: usize, each: impl FnMut(f32)) {
        self.shared.moved(now, frames);
        let cushion = self.shared.cushion_frames.load(Ordering::Relaxed);
        self.pull(frames, cushion as usize, each);
    }

    /// Hands `frames` samples to `each`. Begins only when `cushion` frames would be left after
    /// that, and ends with a short fade when the ring runs dry. What has piled up far beyond the
    /// cushion is skipped, so that a stall of one side never becomes a lasting delay.
    pub fn pull(&mut self, frames: usize, cushion: usize, mut each: impl FnMut(f32)) {
        let flowing = self.shared.flowing.load(Ordering::Relaxed);
        // A device whose gulp is larger than the ring gets what there is.
        let wanted = (frames + cushion).min(self.samples.buffer().capacity());
        let filled = self.samples.slots();
        if !flowing && filled < wanted {
            return self.fade(frames, each);
        }
        let allowed = if flowing {
            self.excess
        } else {
            self.excess.map(|_| 0)
        };
        let skipped = match allowed {
            Some(excess) if filled > wanted + excess => filled - wanted,
            _ => 0,
        };
        let ready = frames.min(filled);
        if let Ok(chunk) = self.samples.read_chunk(skipped + ready) {
            let (first, second) = chunk.as_slices();
            for &sample in first.iter().chain(second).skip(skipped) {
                self.last = sample;
                each(sample);
            }
            chunk.commit_all();
        }
        self.shared
            .flowing
            .store(ready == frames, Ordering::Relaxed);
        if ready < frames {
            self.shared.underruns.fetch_add(1, Ordering::Relaxed);
            self.fade(frames - ready, each);
        }
    }

    /// Takes all that is there.
    pub fn drain(&mut self, mut each: impl FnMut(f32)) {
        while let Ok(sample) = self.samples.pop() {
            each(sample);
        }
    }

    /// Seconds of sound in the ring as if the device brought it evenly.
    pub fn level_s(&self, now: Instant) -> f64 {
        self.shared.seconds(self.samples.slots()) + self.shared.since_gulp_s(now)
    }

    /// How much sound waits to be taken.
    pub fn filled(&self) -> Duration {
        Duration::from_secs_f64(self.shared.seconds(self.samples.slots()))
    }

    /// How much the device brings at once.
    pub fn gulp(&self) -> Duration {
        self.shared.gulp()
    }

    /// [`RingReader::gulp`] in frames.
    pub fn gulp_frames(&self) -> usize {
        self.shared.gulp_frames.load(Ordering::Relaxed) as usize
    }

    pub fn is_flowing(&self) -> bool {
        self.shared.flowing.load(Ordering::Relaxed)
    }

    pub fn underruns(&self) -> u32 {
        self.shared.underruns.load(Ordering::Relaxed)
    }

    /// Silence, reached without a click.
    fn fade(&mut self, frames: usize, mut each: impl FnMut(f32)) {
        for _ in 0..frames {
            let next = self.last * FADE_PER_SAMPLE;
            // Without an end the fade would come to numbers that processors are slow with.
            self.last = if next.abs() < INAUDIBLE { 0.0 } else { next };
            each(self.last);
        }
    }
}

impl Shared {
    fn moved(&self, now: Instant, frames: usize) {
        let at_ns = now.saturating_duration_since(self.epoch).as_nanos() as u64;
        self.moved_at_ns.store(at_ns, Ordering::Relaxed);
        self.gulp_frames.store(frames as u32, Ordering::Relaxed);
    }

    /// Seconds since the last gulp, at most two gulps long: a device that pauses moves nothing.
    fn since_gulp_s(&self, now: Instant) -> f64 {
        let now = now.saturating_duration_since(self.epoch);
        let moved_at = Duration::from_nanos(self.moved_at_ns.load(Ordering::Relaxed));
        let gulp_s = self.seconds(self.gulp_frames.load(Ordering::Relaxed) as usize);
        now.saturating_sub(moved_at).as_secs_f64().min(2.0 * gulp_s)
    }

    fn gulp(&self) -> Duration {
        let frames = self.gulp_frames.load(Ordering::Relaxed) as usize;
        Duration::from_secs_f64(self.seconds(frames))
    }

    fn seconds(&self, frames: usize) -> f64 {
        frames as f64 / f64::from(self.rate_hz)
    }
}

/// How many frames this time holds.
pub(crate) fn frames(time: Duration, rate_hz: u32) -> usize {
    (time.as_secs_f64() * f64::from(rate_hz)).round() as usize
}

fn ring(
    rate_hz: u32,
    epoch: Instant,
    capacity: Duration,
    excess: Option<usize>,
) -> (RingWriter, RingReader) {
    let (producer, consumer) = rtrb::RingBuffer::new(frames(capacity, rate_hz));
    let shared = Arc::new(Shared {
        rate_hz,
        epoch,
        moved_at_ns: AtomicU64::new(0),
        gulp_frames: AtomicU32::new(0),
        cushion_frames: AtomicU32::new(0),
        underruns: AtomicU32::new(0),
        flowing: AtomicBool::new(false),
    });
    let writer = RingWriter {
        samples: producer,
        shared: shared.clone(),
    };
    (
        writer,
        RingReader {
            samples: consumer,
            shared,
            excess,
            last: 0.0,
        },
    )
}

/// Room for the excess, the largest cushion and the gulp of a coarse device.
const LIVE_CAPACITY: Duration = Duration::from_millis(300);
/// What may pile up in a call before it is skipped: a media thread that was held up for this long
/// and catches up loses nothing, and less is no delay that people notice.
const LIVE_EXCESS: Duration = Duration::from_millis(120);
/// The audio-control thread may be held up for a second by another device that opens.
const AHEAD_CAPACITY: Duration = Duration::from_secs(2);
/// Down by 60 dB after 1400 samples, 29 ms at 48 kHz.
const FADE_PER_SAMPLE: f32 = 0.995;
/// Less than half a step of 16 bits.
const INAUDIBLE: f32 = 1e-5;

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 kHz makes a frame a millisecond.
    const RATE_HZ: u32 = 1_000;

    fn pull(reader: &mut RingReader, frames: usize, cushion: usize) -> Vec<f32> {
        let mut out = Vec::new();
        reader.pull(frames, cushion, |sample| out.push(sample));
        out
    }

    fn ramp(range: std::ops::Range<i32>) -> Vec<f32> {
        range.map(|n| n as f32).collect()
    }

    #[test]
    fn reading_begins_when_the_cushion_is_there_and_leaves_it() {
        let (mut writer, mut reader) = live(RATE_HZ, Instant::now());
        writer.push(&ramp(1..15));
        assert_eq!(pull(&mut reader, 10, 5), vec![0.0; 10], "14 of 15 frames");
        writer.push(&ramp(15..21));
        assert_eq!(
            pull(&mut reader, 10, 5),
            ramp(6..16),
            "skips down to the cushion"
        );
        writer.push(&ramp(21..31));
        assert_eq!(pull(&mut reader, 10, 5), ramp(16..26));
    }

    #[test]
    fn an_underrun_plays_what_is_there_fades_and_waits_for_the_cushion_again() {
        let (mut writer, mut reader) = live(RATE_HZ, Instant::now());
        writer.push(&[1.0; 15]);
        pull(&mut reader, 10, 5);
        let dry = pull(&mut reader, 10, 5);
        assert_eq!(dry[..5], [1.0; 5]);
        assert!(
            dry[5..].is_sorted_by(|a, b| a > b),
            "falls from the last sample: {dry:?}"
        );
        assert_eq!(writer.underruns(), 1);
        assert!(writer.level_s(Instant::now()).is_none(), "waits");
        writer.push(&[1.0; 10]);
        assert!(pull(&mut reader, 10, 5).iter().all(|&sample| sample < 1.0));
        assert_eq!(writer.underruns(), 1, "waiting is no underrun");
    }

    #[test]
    fn what_piles_up_is_skipped_in_a_call_and_kept_in_a_ring_tone() {
        let now = Instant::now();
        for (ring, next) in [(live(RATE_HZ, now), 145.0), (ahead(RATE_HZ, now), 11.0)] {
            let (mut writer, mut reader) = ring;
            writer.push(&ramp(1..16));
            pull(&mut reader, 10, 5);
            writer.push(&ramp(16..160));
            let played = pull(&mut reader, 10, 5);
            assert_eq!(played[0], next);
        }
    }

    #[test]
    fn a_gulp_larger_than_the_ring_is_served_with_what_there_is() {
        let (mut writer, mut reader) = live(RATE_HZ, Instant::now());
        writer.push(&[1.0; 300]);
        let played = pull(&mut reader, 400, 5);
        assert_eq!((played[299], played.len()), (1.0, 400));
    }

    #[test]
    fn a_full_ring_drops_what_is_new() {
        let (mut writer, mut reader) = live(RATE_HZ, Instant::now());
        writer.push(&vec![1.0; 300]);
        writer.push(&[2.0; 10]);
        writer.push_from_device(Instant::now(), [3.0; 10].into_iter());
        let mut all = Vec::new();
        reader.drain(|sample| all.push(sample));
        assert_eq!(all, vec![1.0; 300]);
    }

    #[test]
    fn the_level_moves_evenly_between_gulps() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let (mut writer, mut reader) = live(RATE_HZ, start);
        writer.push(&[0.0; 30]);
        reader.pull_for_device(at(0), 10, |_| ());
        let levels = [0, 4, 9, 100].map(|ms| writer.level_s(at(ms)));
        // The cushion is not set, so reading begins with nothing in hand.
        assert_eq!(
            levels,
            [Some(0.0), Some(-0.004), Some(-0.009), Some(-0.020)]
        );

        let (mut writer, reader) = live(RATE_HZ, start);
        writer.push_from_device(at(10), [0.0; 10].into_iter());
        assert_eq!(
            [10, 14, 100].map(|ms| reader.level_s(at(ms))),
            [0.010, 0.014, 0.030]
        );
    }
}
