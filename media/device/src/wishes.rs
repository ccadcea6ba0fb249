//! What is wanted of the audio-control thread, shared with the threads that want it.
//!
//! There is no queue of commands: the wishes are a small state under a lock that is held for
//! moments only, and one token wakes the thread, which then brings what is open in line with what
//! is wanted. So a thread that waits a second for a device misses nothing and never falls behind.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::config::DeviceChoice;
use crate::event::DeviceNames;
use crate::ring::{RingReader, RingWriter};
use crate::sound::Sound;
use crate::voice::VoiceProcessing;
use crate::wav::Recording;

/// Who wants a device: one call, one ring tone. Numbered so that what ends late cannot end what
/// began after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner(u64);

/// Everything that is wanted at this moment.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Calls whose ports live, the newest last. That one has the devices.
    pub calls: Vec<CallWish>,
    pub ring: Option<SoundWish>,
    /// A test tone on the loudspeaker.
    pub test_tone: Option<SoundWish>,
    /// A test tone on the ringer.
    pub ringer_test: Option<SoundWish>,
    /// Somebody looks at the microphone meter and the list of devices.
    pub watching: bool,
    /// The list of devices shall be read anew.
    pub refresh: bool,
    pub devices: DeviceChoice,
    /// What is done to the microphone's sound in calls.
    pub voice: VoiceProcessing,
    pub stop: bool,
    last_owner: u64,
}

/// A call and where its rings go; `None` for an end that is no device.
#[derive(Debug, Clone)]
pub(crate) struct CallWish {
    pub owner: Owner,
    pub speaker: Option<Sender<RingWriter>>,
    pub microphone: Option<Sender<RingReader>>,
}

#[derive(Debug)]
pub(crate) struct SoundWish {
    pub owner: Owner,
    /// Taken by the audio-control thread when it begins to play.
    pub sound: Option<Sound>,
}

/// The common ground of the handle, the ports and the audio-control thread.
#[derive(Debug)]
pub(crate) struct Shared {
    wishes: Mutex<Wishes>,
    wake: Wake,
    devices: Mutex<DeviceNames>,
    pub level: Level,
    /// The file that stands in for the microphone, once it has been read.
    pub recording: OnceLock<Recording>,
}

/// Wakes the audio-control thread. Never waits, so a failing stream may use it.
#[derive(Debug, Clone)]
pub(crate) struct Wake(SyncSender<()>);

/// How loud the microphone of the call is at this moment, written by the media thread.
#[derive(Debug, Default)]
pub(crate) struct Level(AtomicU32);

impl Shared {
    /// Also gives the end on which the audio-control thread sleeps.
    pub fn new(devices: DeviceChoice) -> (Self, Receiver<()>) {
        let (wake, woken) = sync_channel(1);
        let shared = Self {
            wishes: Mutex::new(Wishes {
                devices,
                ..Wishes::default()
            }),
            wake: Wake(wake),
            devices: Mutex::default(),
            level: Level::default(),
            recording: OnceLock::new(),
        };
        (shared, woken)
    }

    /// Changes what is wanted and wakes the audio-control thread.
    pub fn wish(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes());
        self.wake.wake();
    }

    /// What is wanted, for the audio-control thread to read and to take from.
    pub fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }

    pub fn begin_call(
        &self,
        speaker: Option<Sender<RingWriter>>,
        microphone: Option<Sender<RingReader>>,
    ) -> Owner {
        let mut wishes = self.wishes();
        let owner = wishes.next_owner();
        wishes.calls.push(CallWish {
            owner,
            speaker,
            microphone,
        });
        drop(wishes);
        self.wake.wake();
        owner
    }

    pub fn end_call(&self, owner: Owner) {
        self.wish(|wishes| wishes.calls.retain(|call| call.owner != owner));
    }

    /// Whether this call is the one that is heard.
    pub fn is_heard(&self, owner: Owner) -> bool {
        self.wishes()
            .calls
            .last()
            .is_some_and(|call| call.owner == owner)
    }

    pub fn devices(&self) -> DeviceNames {
        self.devices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps the list and tells whether it is another one.
    pub fn set_devices(&self, names: &DeviceNames) -> bool {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = *devices != *names;
        if changed {
            devices.clone_from(names);
        }
        changed
    }
}

impl Wishes {
    pub fn next_owner(&mut self) -> Owner {
        self.last_owner += 1;
        Owner(self.last_owner)
    }

    /// A sound that begins now, in place of another one.
    pub fn sound(&mut self, sound: Sound) -> SoundWish {
        SoundWish {
            owner: self.next_owner(),
            sound: Some(sound),
        }
    }
}

impl Owner {
    /// The meter of the settings page, which wants the microphone outside of calls.
    pub const METER: Self = Self(0);
}

impl SoundWish {
    /// The wish as it stands; the sound itself is given only once.
    pub fn take(&mut self) -> Self {
        Self {
            owner: self.owner,
            sound: self.sound.take(),
        }
    }
}

impl Wake {
    pub fn wake(&self) {
        // A full channel means that the thread is about to look anyway; a closed one that it ended.
        let _ = self.0.try_send(());
    }
}

impl Level {
    pub fn set(&self, level: f32) {
        self.0.store(level.to_bits(), Ordering::Relaxed);
    }

    pub fn now(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
impl Shared {
    /// Without a thread that listens.
    pub fn for_test() -> Self {
        Self::new(DeviceChoice::default()).0
    }
}
