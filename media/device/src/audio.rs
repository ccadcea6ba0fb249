//! The handle that the engine holds.

use crate::config::{AudioConfig, DeviceChoice};
use crate::event::{AudioEvent, DeviceNames};
use crate::port::{CallPorts, MicrophonePort, SpeakerPort};
use crate::sound::Sound;

/// The sound of one phone. Every method returns at once; what comes of it arrives as an
/// [`AudioEvent`]. Dropping it ends the ring tone and closes what is open.
#[derive(Debug)]
pub struct Audio {}

impl Audio {
    /// Starts the audio-control thread. `on_event` is called from threads of this crate and must
    /// not wait.
    pub fn start(
        config: AudioConfig,
        on_event: impl Fn(AudioEvent) + Send + Sync + 'static,
    ) -> Self {
        let _ = (config, &on_event);
        Self {}
    }

    /// The ports of a call. The devices begin to open when they are made and close when they are
    /// dropped, so make them as soon as something may be heard: when the number is dialled, or
    /// when an incoming call is answered. There is one loudspeaker: newer ports take it from older.
    pub fn call_ports(&self) -> CallPorts {
        CallPorts {
            speaker: SpeakerPort {},
            microphone: MicrophonePort {},
        }
    }

    /// Plays a ring tone on the ringer until [`Audio::stop_ringing`]; replaces one that plays.
    /// Silent when the output is a file or nothing.
    pub fn ring(&self, tone: Sound) {
        drop(tone);
    }

    pub fn stop_ringing(&self) {}

    /// Plays a tone of one second on the chosen loudspeaker.
    pub fn play_test_tone(&self) {}

    /// While watched, [`AudioEvent::MicrophoneLevel`] comes ten times a second and changes of the
    /// device list come as [`AudioEvent::Devices`].
    pub fn watch_microphone(&self) {}

    pub fn unwatch_microphone(&self) {}

    /// The devices as last listed: at the start, on [`Audio::refresh_devices`], and while the
    /// microphone is watched.
    pub fn devices(&self) -> DeviceNames {
        DeviceNames::default()
    }

    /// Lists the devices anew; a change comes as [`AudioEvent::Devices`].
    pub fn refresh_devices(&self) {}

    /// Uses other devices from now on, in a call as well. Files stay files.
    pub fn choose_devices(&self, choice: DeviceChoice) {
        drop(choice);
    }
}
