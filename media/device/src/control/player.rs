//! Plays a sound that is made ahead of its time: a ring tone, the test tone.

use std::iter::repeat_n;
use std::time::{Duration, Instant};

use crate::control::slot::{Slot, Wish};
use crate::control::{Backend, Pace};
use crate::event::{AudioEvent, Role};
use crate::resample::{Exact, Resampler, to_float};
use crate::ring::RingWriter;
use crate::sound::Sound;
use crate::wishes::{Owner, SoundWish, Wake};

/// One sound at a time on one device. The ring to the device is filled up to two seconds ahead, so
/// that the tone is whole even while the audio-control thread waits for another device.
pub(super) struct Player<S> {
    slot: Slot<S>,
    patience: Patience,
    playing: Option<Playing>,
    /// Whose sound was begun last; a wish of the same owner does not begin it again.
    begun: Option<Owner>,
}

/// What happens where there is no device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// The sound is for this moment: nobody waits for a test tone.
    Once,
    /// It is tried again for as long as it is wanted.
    UntilEnded,
}

struct Playing {
    owner: Owner,
    sound: Sound,
    /// The device's end, while one is open.
    feed: Option<Feed>,
    /// The sound has been made to its end.
    made: bool,
}

struct Feed {
    ring: RingWriter,
    resampler: Resampler,
}

impl<S> Player<S> {
    pub fn new(role: Role, patience: Patience, wake: Wake) -> Self {
        Self {
            slot: Slot::new(role, wake),
            patience,
            playing: None,
            begun: None,
        }
    }

    /// Begins, goes on or ends, as the wish says. Tells when more sound must be made.
    pub fn play<B: Backend<Stream = S>>(
        &mut self,
        now: Instant,
        wish: Option<SoundWish>,
        candidates: &[String],
        backend: &mut B,
        on_event: &dyn Fn(AudioEvent),
    ) -> Option<Instant> {
        self.take_up(wish);
        let wish = self.playing.as_ref().map(|playing| playing.owner);
        let wish = wish.map(|owner| Wish {
            owner,
            candidates: candidates.to_vec(),
        });
        let open = |device: &str, failure| backend.open_output(device, Pace::Ahead, failure);
        let opened = self.slot.settle(now, wish, on_event, open);
        let gives_up = self.patience == Patience::Once && !self.slot.is_open();
        let playing = self.playing.as_mut()?;
        if let Some(ring) = opened {
            let resampler = Resampler::new(playing.sound.rate_hz, ring.rate_hz(), Exact::Input);
            playing.feed = Some(Feed { ring, resampler });
        }
        playing.refill();
        if gives_up || playing.is_over() {
            self.playing = None;
            self.slot.close();
            return None;
        }
        let period = if playing.made {
            END_PERIOD
        } else {
            REFILL_PERIOD
        };
        match self.slot.is_open() {
            true => Some(now + period),
            false => self.slot.due(),
        }
    }

    /// As [`Slot::drop_failed`].
    pub fn drop_failed(&mut self, now: Instant, on_event: &dyn Fn(AudioEvent)) -> bool {
        self.slot.drop_failed(now, on_event)
    }

    fn take_up(&mut self, wish: Option<SoundWish>) {
        let owner = wish.as_ref().map(|wish| wish.owner);
        if self.playing.as_ref().map(|playing| playing.owner) != owner {
            self.playing = None;
        }
        let Some(SoundWish {
            owner,
            sound: Some(sound),
        }) = wish
        else {
            return;
        };
        if self.begun != Some(owner) {
            self.begun = Some(owner);
            let Sound { rate_hz, samples } = sound;
            // The end of the sound has left the filter and the device's buffer after this much.
            let sound = Sound::new(rate_hz, samples.chain(repeat_n(0, rate_hz as usize / 5)));
            self.playing = Some(Playing {
                owner,
                sound,
                feed: None,
                made: false,
            });
        }
    }
}

impl Playing {
    fn refill(&mut self) {
        let Some(Feed { ring, resampler }) = &mut self.feed else {
            return;
        };
        let most_frames = ring.rate_hz() as usize / 50;
        while !self.made && ring.room() >= most_frames {
            let samples = resampler.process(|input| {
                for slot in input {
                    let sample = self.sound.samples.next();
                    self.made |= sample.is_none();
                    *slot = to_float(sample.unwrap_or(0));
                }
            });
            ring.push(samples);
        }
    }

    fn is_over(&self) -> bool {
        self.made
            && self
                .feed
                .as_ref()
                .is_some_and(|feed| feed.ring.is_drained())
    }
}

/// A quarter of what the ring holds.
const REFILL_PERIOD: Duration = Duration::from_millis(500);
/// How often it is looked whether the end of the sound has been played.
const END_PERIOD: Duration = Duration::from_millis(100);
