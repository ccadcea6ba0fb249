//! Sound devices: what the sound system says, what the user chooses, and the tests of both.

use std::time::Instant;

use hark_audio::{AudioConfig, AudioEvent, InputChoice, OutputChoice, Role};

use super::Engine;
use super::obstacles::Obstacle;
use crate::command::TestTone;
use crate::config::{Sound, SoundEnd};
use crate::device_news::DeviceNews;
use crate::event::Event;
use crate::media::{EchoTestReport, Order};
use crate::portable::Portable;
use crate::settings::AudioSettings;
use crate::snapshot::Devices;
use crate::words;

impl Engine {
    pub(super) fn set_audio(&mut self, audio: AudioSettings) {
        let audio = self
            .hold(Portable {
                audio,
                ..self.kept.portable()
            })
            .audio;
        self.use_audio(audio.clone());
        self.kept.audio = audio;
        self.aside.audio = None;
        self.save();
    }

    pub(super) fn use_audio(&mut self, audio: AudioSettings) {
        self.audio.choose_devices(audio.device_choice());
        let voice = audio.voice_processing(&self.sound_ends.microphone);
        self.audio.process_voice(voice);
        self.shown.audio = audio;
    }

    pub(super) fn watch_microphone(&mut self, watch: bool) {
        if watch {
            self.audio.refresh_devices();
            self.audio.watch_microphone();
        } else {
            self.audio.unwatch_microphone();
            self.shown.microphone_level = None;
        }
    }

    pub(super) fn play_test_tone(&self, tone: TestTone) {
        self.audio.play_test_tone(match tone {
            TestTone::Speaker => Role::Speaker,
            TestTone::Ringer => Role::Ringer,
        });
    }

    /// A call has the devices; the test waits for its end to be asked for again.
    pub(super) fn start_echo_test(&mut self) {
        if !self.calls.is_empty() {
            return self.complain(words::echo_test_in_call().into());
        }
        self.media.order(Order::StartEchoTest);
    }

    pub(super) fn on_echo_test(&mut self, report: EchoTestReport) {
        let stage_before = self.shown.echo_test.map(|view| view.stage);
        let stage = report.view.map(|view| view.stage);
        self.shown.echo_test = report.view;
        if stage != stage_before {
            self.face.tell(Event::EchoTest { stage });
        }
    }

    pub(super) fn on_audio(&mut self, event: AudioEvent) {
        match event {
            AudioEvent::Devices(names) => {
                self.shown.devices = Devices {
                    outputs: names.outputs,
                    inputs: names.inputs,
                };
            }
            AudioEvent::Opened { role, device } => self.on_device_opened(role, &device),
            AudioEvent::Missing { role, reason } => {
                self.stands_in_the_way(Obstacle::NoDevice { role, reason });
            }
            // `Opened` or `Missing` follows and says how it went on.
            AudioEvent::Lost {
                role,
                device,
                reason,
            } => {
                tracing::info!(%role, device, reason, "sound device lost");
                if !self.calls.is_empty() {
                    self.device_news.lost(role, device);
                }
            }
            AudioEvent::MicrophoneLevel(level) => self.shown.microphone_level = Some(level),
            AudioEvent::FileFailed { path, reason } => {
                self.complain(words::sound_file(&path, &reason));
            }
        }
    }

    fn on_device_opened(&mut self, role: Role, device: &str) {
        tracing::info!(%role, device, "sound device opened");
        self.device_is_there(role);
        if self.calls.is_empty() {
            self.device_news = DeviceNews::default();
        }
        if let Some(text) = self.device_news.opened(Instant::now(), role, device) {
            self.face.tell(Event::Notice { text });
        }
    }
}

/// What the sound system is started with. The chosen devices follow when the settings are read.
pub(super) fn audio_config(sound: &Sound) -> AudioConfig {
    AudioConfig {
        output: match &sound.speaker {
            SoundEnd::Device => OutputChoice::Device,
            SoundEnd::File(path) => OutputChoice::File(path.clone()),
            SoundEnd::None => OutputChoice::None,
        },
        input: match &sound.microphone {
            SoundEnd::Device => InputChoice::Device,
            SoundEnd::File(path) => InputChoice::File(path.clone()),
            SoundEnd::None => InputChoice::None,
        },
    }
}
