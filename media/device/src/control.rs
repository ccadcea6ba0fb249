//! The audio-control thread: brings what is open in line with what is wanted.
//!
//! It may wait for devices, and nobody waits for it. While nothing is wanted it sleeps without a
//! timer and holds no stream.

mod choice;
mod player;
mod slot;

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use hark_media::LevelMeter;

use crate::config::DeviceChoice;
use crate::control::player::{Patience, Player};
use crate::control::slot::{Slot, Wish};
use crate::event::{AudioEvent, DeviceNames, Role};
use crate::resample::to_pcm;
use crate::ring::{RingReader, RingWriter};
use crate::wishes::{CallWish, Owner, Shared, SoundWish};

pub(crate) use crate::control::choice::Present;
pub(crate) use crate::control::slot::Failure;

/// The sound system of the platform, as far as it is needed here.
pub(crate) trait Backend {
    /// An open stream; dropping it closes the stream.
    type Stream;

    /// The devices that are there now.
    fn survey(&mut self) -> Survey;

    /// How often to look whether the devices have changed; `None` where the system tells of that,
    /// and makes the backend wish for a refreshed list.
    fn poll_period(&self) -> Option<Duration>;

    /// Opens a device of the last survey.
    fn open_output(
        &mut self,
        device: &str,
        pace: Pace,
        failure: Failure,
    ) -> Result<(Self::Stream, RingWriter), OpenError>;

    fn open_input(
        &mut self,
        device: &str,
        failure: Failure,
    ) -> Result<(Self::Stream, RingReader), OpenError>;
}

/// What a look at the sound system finds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Survey {
    pub outputs: Present,
    pub inputs: Present,
}

/// How the ring to a loudspeaker is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A call: little in hand, late sound is skipped.
    Live,
    /// A tone, made seconds ahead.
    Ahead,
}

/// Why no device could be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("there is no such device on this computer")]
    NoDevice,
    #[error(transparent)]
    System(#[from] cpal::Error),
}

/// Which ends of this phone are devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Devices {
    None,
    Outputs,
    Inputs,
    Both,
}

pub(crate) type OnEvent = Arc<dyn Fn(AudioEvent) + Send + Sync>;

/// The state of the thread.
pub(crate) struct Control<B: Backend> {
    backend: B,
    shared: Arc<Shared>,
    on_event: OnEvent,
    speaker: Slot<B::Stream>,
    microphone: Slot<B::Stream>,
    ringer: Player<B::Stream>,
    test_tone: Player<B::Stream>,
    ringer_test: Player<B::Stream>,
    /// The microphone's ring and its meter while it is watched outside of calls.
    listening: Option<(RingReader, LevelMeter)>,
    meter_due: Option<Instant>,
    survey: Survey,
    surveyed_at: Option<Instant>,
    devices: Devices,
}

impl<B: Backend> Control<B> {
    pub fn new(backend: B, devices: Devices, shared: Arc<Shared>, on_event: OnEvent) -> Self {
        shared.wishes().refresh = devices != Devices::None;
        Self {
            backend,
            on_event,
            speaker: Slot::new(Role::Speaker, shared.wake()),
            microphone: Slot::new(Role::Microphone, shared.wake()),
            ringer: Player::new(Role::Ringer, Patience::UntilEnded, shared.wake()),
            test_tone: Player::new(Role::Speaker, Patience::Once, shared.wake()),
            ringer_test: Player::new(Role::Ringer, Patience::Once, shared.wake()),
            shared,
            listening: None,
            meter_due: None,
            survey: Survey::default(),
            surveyed_at: None,
            devices,
        }
    }

    /// Works until the handle is dropped.
    pub fn run(mut self, woken: &Receiver<()>) {
        loop {
            if self.shared.wishes().stop {
                return;
            }
            // Woken or due, the next step looks at everything. The wait ends in no other way: the
            // other end of the channel is in `shared`.
            let _ = match self.step(Instant::now()) {
                None => woken.recv().ok(),
                Some(due) => {
                    let wait = due.saturating_duration_since(Instant::now());
                    woken.recv_timeout(wait).ok()
                }
            };
        }
    }

    /// Does what is wanted and due, and tells when something will be due again.
    fn step(&mut self, now: Instant) -> Option<Instant> {
        if self.devices == Devices::None {
            return None;
        }
        let mut wanted = Wanted::look(&self.shared);
        let losses = self.drop_failed(now);
        let sounds = [
            wanted.ring.take(),
            wanted.test_tone.take(),
            wanted.ringer_test.take(),
        ];
        let in_use = self.in_use(&wanted) || sounds.iter().any(Option::is_some);
        let survey_due = self.look_around(now, in_use, wanted.refresh || losses > 0);
        // The loudspeaker first: what is said in the first moment of a call matters most.
        let dues = [
            survey_due,
            self.settle_speaker(now, &wanted),
            self.settle_microphone(now, &wanted),
            self.measure(now, &wanted),
            self.play(now, &wanted.devices, sounds),
        ];
        dues.into_iter().flatten().min()
    }

    /// Closes what has failed and tells how many streams that were.
    fn drop_failed(&mut self, now: Instant) -> usize {
        let on_event = &*self.on_event;
        let failed = [
            self.speaker.drop_failed(now, on_event),
            self.microphone.drop_failed(now, on_event),
            self.ringer.drop_failed(now, on_event),
            self.test_tone.drop_failed(now, on_event),
            self.ringer_test.drop_failed(now, on_event),
        ];
        failed.into_iter().filter(|&failed| failed).count()
    }

    /// Whether somebody wants devices, or to see which there are.
    fn in_use(&self, wanted: &Wanted) -> bool {
        wanted.call.is_some() || wanted.watching
    }

    /// Reads the list of devices anew when it may have changed. Where the system does not tell of
    /// changes that is once a second, while devices are in use.
    fn look_around(&mut self, now: Instant, in_use: bool, asked: bool) -> Option<Instant> {
        let due = |control: &Self| {
            let period = control.backend.poll_period().filter(|_| in_use)?;
            Some(control.surveyed_at.map_or(now, |at| at + period))
        };
        if asked || due(self).is_some_and(|due| now >= due) {
            let survey = self.backend.survey();
            let names = DeviceNames {
                outputs: survey.outputs.names.clone(),
                inputs: survey.inputs.names.clone(),
            };
            if self.shared.set_devices(&names) || self.surveyed_at.is_none() {
                (self.on_event)(AudioEvent::Devices(names));
            }
            self.survey = survey;
            self.surveyed_at = Some(now);
        }
        due(self)
    }

    /// The ring tone and the test tones.
    fn play(
        &mut self,
        now: Instant,
        chosen: &DeviceChoice,
        [ring, test_tone, ringer_test]: [Option<SoundWish>; 3],
    ) -> Option<Instant> {
        let speaker = self.survey.outputs.candidates(&chosen.speaker);
        let ringer = self.survey.outputs.candidates(&chosen.ringer);
        let (backend, on_event) = (&mut self.backend, &*self.on_event);
        let dues = [
            self.ringer.play(now, ring, &ringer, backend, on_event),
            self.test_tone
                .play(now, test_tone, &speaker, backend, on_event),
            self.ringer_test
                .play(now, ringer_test, &ringer, backend, on_event),
        ];
        dues.into_iter().flatten().min()
    }

    fn settle_speaker(&mut self, now: Instant, wanted: &Wanted) -> Option<Instant> {
        let call = wanted.call.as_ref();
        let call = call.and_then(|call| Some((call.owner, call.speaker.as_ref()?)));
        let wish = call.map(|(owner, _)| Wish {
            owner,
            candidates: self.survey.outputs.candidates(&wanted.devices.speaker),
        });
        let open = |device: &str, failure| self.backend.open_output(device, Pace::Live, failure);
        let opened = self.speaker.settle(now, wish, &*self.on_event, open);
        if let (Some(ring), Some((_, port))) = (opened, call) {
            // The port may be gone by now; then the wish is as well, and the stream closes.
            let _ = port.send(ring);
        }
        self.speaker.due()
    }

    /// The microphone belongs to the call; the meter of the settings page may have it otherwise.
    fn settle_microphone(&mut self, now: Instant, wanted: &Wanted) -> Option<Instant> {
        let call = wanted.call.as_ref();
        let call = call.and_then(|call| Some((call.owner, call.microphone.as_ref()?)));
        let owner = call
            .map(|(owner, _)| owner)
            .or(self.measures(wanted).then_some(Owner::METER));
        let wish = owner.map(|owner| Wish {
            owner,
            candidates: self.survey.inputs.candidates(&wanted.devices.microphone),
        });
        let open = |device: &str, failure| self.backend.open_input(device, failure);
        let opened = self.microphone.settle(now, wish, &*self.on_event, open);
        if call.is_some() || owner.is_none() {
            self.listening = None;
        }
        match (opened, call) {
            (Some(ring), Some((_, port))) => {
                // As with the loudspeaker's.
                let _ = port.send(ring);
            }
            (Some(ring), None) => self.listening = Some((ring, LevelMeter::default())),
            (None, _) => (),
        }
        self.microphone.due()
    }

    /// Whether somebody looks at the meter of a microphone that is a device.
    fn measures(&self, wanted: &Wanted) -> bool {
        wanted.watching && matches!(self.devices, Devices::Inputs | Devices::Both)
    }

    fn measure(&mut self, now: Instant, wanted: &Wanted) -> Option<Instant> {
        if !self.measures(wanted) {
            self.meter_due = None;
            return None;
        }
        let due = *self.meter_due.get_or_insert(now + METER_PERIOD);
        if now >= due {
            let level = match (&mut self.listening, &wanted.call) {
                (Some((ring, meter)), _) => listen(ring, meter),
                (None, Some(_)) => self.shared.level.now(),
                (None, None) => 0.0,
            };
            (self.on_event)(AudioEvent::MicrophoneLevel(level));
            self.meter_due = Some(now + METER_PERIOD);
        }
        self.meter_due
    }
}

/// What is wanted, read in one moment so that the lock is not held while a device opens.
struct Wanted {
    call: Option<CallWish>,
    ring: Option<SoundWish>,
    test_tone: Option<SoundWish>,
    ringer_test: Option<SoundWish>,
    watching: bool,
    refresh: bool,
    devices: DeviceChoice,
}

impl Wanted {
    fn look(shared: &Shared) -> Self {
        let mut wishes = shared.wishes();
        Self {
            call: wishes.calls.last().cloned(),
            ring: wishes.ring.as_mut().map(SoundWish::take),
            test_tone: wishes.test_tone.as_mut().map(SoundWish::take),
            ringer_test: wishes.ringer_test.as_mut().map(SoundWish::take),
            watching: wishes.watching,
            refresh: std::mem::take(&mut wishes.refresh),
            devices: wishes.devices.clone(),
        }
    }
}

/// Takes what the microphone has brought and measures it.
fn listen(ring: &mut RingReader, meter: &mut LevelMeter) -> f32 {
    let mut heard = Vec::new();
    ring.drain(|sample| heard.push(to_pcm(sample)));
    for frame in heard.chunks(ring.rate_hz() as usize / 100) {
        meter.feed(frame);
    }
    meter.level()
}

/// Ten times a second.
const METER_PERIOD: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests;
