//! The handle that the engine holds.

use std::path::Path;
use std::sync::Arc;

use hark_media::tones::Tone;

use crate::config::{AudioConfig, DeviceChoice, InputChoice, OutputChoice};
use crate::control::{Control, Devices};
use crate::event::{AudioEvent, DeviceNames, Role};
use crate::port::{CallPorts, Ends, InputEnd, OutputEnd};
use crate::sound::Sound;
use crate::system::System;
use crate::voice::VoiceProcessing;
use crate::wav::{Recorder, Recording};
use crate::wishes::Shared;

/// The sound of one phone. Every method returns at once; what comes of it arrives as an
/// [`AudioEvent`]. Dropping it ends the ring tone, closes what is open and completes the file.
#[derive(Debug)]
pub struct Audio {
    shared: Arc<Shared>,
    output: Output,
    input: Input,
}

#[derive(Debug)]
enum Output {
    Device,
    File(Recorder),
    None,
}

#[derive(Debug, Clone, Copy)]
enum Input {
    Device,
    File,
    None,
}

impl Audio {
    /// Starts the audio-control thread. `on_event` is called from threads of this crate and must
    /// not wait.
    pub fn start(
        config: AudioConfig,
        on_event: impl Fn(AudioEvent) + Send + Sync + 'static,
    ) -> Self {
        let on_event = Arc::new(on_event);
        let output = match config.output {
            OutputChoice::Device => Output::Device,
            OutputChoice::File(path) => {
                let on_event = on_event.clone();
                Output::File(Recorder::start(path, move |event| on_event(event)))
            }
            OutputChoice::None => Output::None,
        };
        let mut file = None;
        let input = match config.input {
            InputChoice::Device => Input::Device,
            InputChoice::File(path) => {
                file = Some(path);
                Input::File
            }
            InputChoice::None => Input::None,
        };
        let devices = match (&output, input) {
            (Output::Device, Input::Device) => Devices::Both,
            (Output::Device, Input::File | Input::None) => Devices::Outputs,
            (Output::File(_) | Output::None, Input::Device) => Devices::Inputs,
            (Output::File(_) | Output::None, Input::File | Input::None) => Devices::None,
        };
        let (shared, woken) = Shared::new(DeviceChoice::default());
        let shared = Arc::new(shared);
        let common = shared.clone();
        std::thread::Builder::new()
            .name("audio-control".to_owned())
            .spawn(move || {
                if let Some(path) = file {
                    load(&path, &common, &*on_event);
                }
                let system = System::new(common.clone());
                Control::new(system, devices, common, on_event).run(&woken);
            })
            .expect("the system has room for one more thread at the start of the program");
        Self {
            shared,
            output,
            input,
        }
    }

    /// The ports of a call. The devices begin to open when they are made and close when they are
    /// dropped, so make them as soon as something may be heard: when the number is dialled, or
    /// when an incoming call is answered. One call is heard at a time: newer ports take the devices
    /// and the output file from older ones, which have them back when the newer are dropped.
    pub fn call_ports(&self) -> CallPorts {
        let output = match &self.output {
            Output::Device => OutputEnd::Device,
            Output::File(recorder) => OutputEnd::File(recorder.input()),
            Output::None => OutputEnd::None,
        };
        let input = match self.input {
            Input::Device => InputEnd::Device,
            Input::File => InputEnd::File,
            Input::None => InputEnd::None,
        };
        CallPorts::new(Ends { output, input }, &self.shared)
    }

    /// Plays a ring tone on the ringer until [`Audio::stop_ringing`]; replaces one that plays.
    /// Silent when the output is a file or nothing.
    pub fn ring(&self, tone: impl Into<Sound>) {
        if matches!(self.output, Output::Device) {
            self.shared
                .wish(|wishes| wishes.ring = Some(wishes.sound(tone.into())));
        }
    }

    pub fn stop_ringing(&self) {
        self.shared.wish(|wishes| wishes.ring = None);
    }

    /// Plays [`Tone::Test`] on the device of a role; a microphone plays nothing.
    pub fn play_test_tone(&self, role: Role) {
        if !matches!(self.output, Output::Device) {
            return;
        }
        self.shared.wish(|wishes| {
            let tone = Some(wishes.sound(Tone::Test.into()));
            match role {
                Role::Speaker => wishes.test_tone = tone,
                Role::Ringer => wishes.ringer_test = tone,
                Role::Microphone => (),
            }
        });
    }

    /// While watched, [`AudioEvent::MicrophoneLevel`] comes ten times a second, and changes of the
    /// device list come as [`AudioEvent::Devices`] within a second on every system.
    pub fn watch_microphone(&self) {
        self.shared.wish(|wishes| wishes.watching = true);
    }

    pub fn unwatch_microphone(&self) {
        self.shared.wish(|wishes| wishes.watching = false);
    }

    /// The devices as last listed: at the start, on [`Audio::refresh_devices`], while devices are in
    /// use, and whenever the system tells that they have changed.
    pub fn devices(&self) -> DeviceNames {
        self.shared.devices()
    }

    /// Lists the devices anew; a change comes as [`AudioEvent::Devices`].
    pub fn refresh_devices(&self) {
        self.shared.wish(|wishes| wishes.refresh = true);
    }

    /// Treats the microphone's sound like this from now on, in a call as well. Nothing is done to it
    /// before this is called.
    pub fn process_voice(&self, voice: VoiceProcessing) {
        // No thread has to wake: the ports look at it themselves.
        self.shared.wishes().voice = voice;
    }

    /// Uses other devices from now on, in a call as well. Files stay files.
    pub fn choose_devices(&self, choice: DeviceChoice) {
        self.shared.wish(|wishes| wishes.devices = choice);
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        // The thread is not waited for: it may be held up by a device that opens.
        self.shared.wish(|wishes| wishes.stop = true);
    }
}

fn load(path: &Path, shared: &Shared, on_event: &dyn Fn(AudioEvent)) {
    match Recording::load(path) {
        Ok(recording) => {
            // Nobody else sets it.
            let _ = shared.recording.set(recording);
        }
        Err(error) => on_event(AudioEvent::FileFailed {
            path: path.to_owned(),
            reason: error.to_string(),
        }),
    }
}
