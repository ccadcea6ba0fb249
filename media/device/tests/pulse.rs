//! hark-audio against a real PulseAudio server with simulated devices.
//!
//! The client library finds its server through the environment, which a process with threads must
//! not change. So each test runs itself again in a process of its own, at a "desk": a temporary
//! folder with a server that only this process knows.
#![cfg(target_os = "linux")]

#[path = "pulse/desk.rs"]
mod desk;
#[path = "pulse/tone.rs"]
mod tone;

use std::cell::Cell;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use hark_audio::{Audio, AudioConfig, AudioEvent, CallPorts, DeviceNames, Role};

use crate::desk::{Recording, at_a_desk};
use crate::tone::{ToneEar, ToneVoice};

/// The sound of one phone with a media thread's 10 ms beat.
struct Phone {
    audio: Audio,
    events: Receiver<AudioEvent>,
    next_beat: Instant,
}

impl Phone {
    fn new() -> Self {
        let (sender, events) = channel();
        let audio = Audio::start(AudioConfig::default(), move |event| {
            // The test may have what it wanted and be gone.
            let _ = sender.send(event);
        });
        Self {
            audio,
            events,
            next_beat: Instant::now(),
        }
    }

    /// Beats every 10 ms until `done` says so after a beat or on an event; fails after half a
    /// minute, which no test here needs on the slowest machine.
    fn beat_until(
        &mut self,
        what: &str,
        mut beat: impl FnMut(),
        mut done: impl FnMut(Option<AudioEvent>) -> bool,
    ) {
        let give_up = Instant::now() + Duration::from_secs(30);
        let mut seen = Vec::new();
        self.next_beat = Instant::now();
        while Instant::now() < give_up {
            let wait = self.next_beat.saturating_duration_since(Instant::now());
            let event = match self.events.recv_timeout(wait) {
                Ok(event) => {
                    seen.push(event.clone());
                    Some(event)
                }
                Err(RecvTimeoutError::Timeout) => {
                    beat();
                    self.next_beat += Duration::from_millis(10);
                    None
                }
                Err(RecvTimeoutError::Disconnected) => panic!("audio-control has ended"),
            };
            if done(event) {
                return;
            }
        }
        panic!("not within half a minute: {what}; events: {seen:?}");
    }

    /// Beats with a call's ports until the event comes.
    fn call_until(&mut self, ports: &mut CallPorts, event: AudioEvent) {
        let beat = || {
            let mut frame = [0; 80];
            ports.microphone.read(&mut frame);
            ports.speaker.write(&frame);
        };
        self.beat_until(&format!("{event:?}"), beat, |seen| {
            seen.as_ref() == Some(&event)
        });
    }
}

fn opened(role: Role, device: &str) -> AudioEvent {
    AudioEvent::Opened {
        role,
        device: device.to_owned(),
    }
}

/// Plays 440 Hz through the port until the sink has two seconds of it without a flaw.
fn expect_clean_tone(phone: &mut Phone, ports: &mut CallPorts, recording: &mut Recording) {
    let mut voice = ToneVoice::new(440.0, 8_000);
    let mut ear = ToneEar::new(440.0, 48_000);
    phone.beat_until(
        "two seconds of a clean tone at the sink",
        || ports.speaker.write(&voice.frame()),
        |_| {
            recording.arrived().for_each(|sample| ear.hear(sample));
            ear.clean() >= Duration::from_secs(2)
        },
    );
}

#[test]
fn a_call_is_heard_at_the_sink_without_a_gap_and_leaves_no_stream_behind() {
    at_a_desk(
        "a_call_is_heard_at_the_sink_without_a_gap_and_leaves_no_stream_behind",
        |desk| {
            let _server = desk.serve();
            let mut recording = desk.record("speakers.monitor");
            let mut phone = Phone::new();
            let mut ports = phone.audio.call_ports();
            expect_clean_tone(&mut phone, &mut ports, &mut recording);
            assert_eq!(desk.count_streams("sink-inputs"), 1);
            drop(ports);
            let left = || desk.count_streams("sink-inputs");
            phone.beat_until("no stream is left", || (), |_| left() == 0);
        },
    );
}

#[test]
fn the_microphone_is_heard_in_the_call_without_a_gap() {
    at_a_desk(
        "the_microphone_is_heard_in_the_call_without_a_gap",
        |desk| {
            let _server = desk.serve();
            // Somebody speaks into the room that the microphone stands in.
            let _voice = desk.play_forever("room", ToneVoice::new(440.0, 48_000));
            let mut phone = Phone::new();
            let mut ports = phone.audio.call_ports();
            let mut ear = ToneEar::new(440.0, 8_000);
            let mut frame = [0; 80];
            let clean = Cell::new(Duration::ZERO);
            phone.beat_until(
                "two seconds of a clean tone from the microphone",
                || {
                    ports.microphone.read(&mut frame);
                    frame.iter().for_each(|&sample| ear.hear(sample));
                    clean.set(ear.clean());
                },
                |_| clean.get() >= Duration::from_secs(2),
            );
        },
    );
}

#[test]
fn devices_are_listed_by_their_names_and_monitors_are_no_microphones() {
    at_a_desk(
        "devices_are_listed_by_their_names_and_monitors_are_no_microphones",
        |desk| {
            let _server = desk.serve();
            let mut phone = Phone::new();
            let expected = DeviceNames {
                outputs: vec!["Speakers".to_owned(), "Room".to_owned()],
                inputs: vec!["Webcam".to_owned()],
            };
            let list = AudioEvent::Devices(expected.clone());
            phone.beat_until("the list", || (), |event| event.as_ref() == Some(&list));
            assert_eq!(phone.audio.devices(), expected);
        },
    );
}

#[test]
fn a_server_that_dies_in_a_call_is_told_and_used_again_when_it_is_back() {
    at_a_desk(
        "a_server_that_dies_in_a_call_is_told_and_used_again_when_it_is_back",
        |desk| {
            let server = desk.serve();
            let mut phone = Phone::new();
            let mut ports = phone.audio.call_ports();
            phone.call_until(&mut ports, opened(Role::Speaker, "Speakers"));
            phone.call_until(&mut ports, opened(Role::Microphone, "Webcam"));

            drop(server);
            let mut lost = Vec::new();
            let mut frame = [0; 80];
            phone.beat_until(
                "both devices are lost",
                || {
                    ports.microphone.read(&mut frame);
                    ports.speaker.write(&frame);
                },
                |event| {
                    if let Some(AudioEvent::Lost { role, .. }) = event {
                        lost.push(role);
                    }
                    lost.contains(&Role::Speaker) && lost.contains(&Role::Microphone)
                },
            );
            assert_eq!(lost.len(), 2, "each is told once: {lost:?}");

            let _server = desk.serve();
            let mut recording = desk.record("speakers.monitor");
            phone.call_until(&mut ports, opened(Role::Speaker, "Speakers"));
            expect_clean_tone(&mut phone, &mut ports, &mut recording);
        },
    );
}

#[test]
fn a_ring_tone_is_heard_while_it_rings() {
    at_a_desk("a_ring_tone_is_heard_while_it_rings", |desk| {
        let _server = desk.serve();
        let mut recording = desk.record("speakers.monitor");
        let mut phone = Phone::new();
        let mut voice = ToneVoice::new(440.0, 16_000);
        let tone = std::iter::from_fn(move || Some(voice.sample()));
        phone.audio.ring(hark_audio::Sound::new(16_000, tone));
        let mut ear = ToneEar::new(440.0, 48_000);
        phone.beat_until(
            "three seconds of a clean ring tone",
            || (),
            |_| {
                recording.arrived().for_each(|sample| ear.hear(sample));
                ear.clean() >= Duration::from_secs(3)
            },
        );
        phone.audio.stop_ringing();
        phone.beat_until(
            "it has ended",
            || (),
            |_| desk.count_streams("sink-inputs") == 0,
        );
    });
}

#[test]
fn a_frame_reaches_the_sink_soon() {
    at_a_desk("a_frame_reaches_the_sink_soon", |desk| {
        let _server = desk.serve();
        let mut recording = desk.record("speakers.monitor");
        let mut phone = Phone::new();
        let mut ports = phone.audio.call_ports();
        phone.call_until(&mut ports, opened(Role::Speaker, "Speakers"));
        let mut delays = Vec::new();
        for _ in 0..10 {
            let (mut beats, clicked) = (0, Cell::new(None));
            phone.beat_until(
                "a click at the sink",
                || {
                    // One frame of sound after half a second of silence.
                    let loud = beats == 50;
                    if loud {
                        clicked.set(Some(Instant::now()));
                    }
                    ports.speaker.write(&[if loud { 16_000 } else { 0 }; 80]);
                    beats += 1;
                },
                |_| {
                    let heard = recording
                        .arrived()
                        .any(|sample| sample.unsigned_abs() > 4_000);
                    heard && clicked.get().is_some()
                },
            );
            delays.push(clicked.get().expect("it was heard").elapsed());
        }
        delays.sort();
        // With everything behind it: the filter, the cushion, the server and the recorder's own
        // buffer. A busy machine delays single clicks, and hardly the best of ten.
        let best = delays.first().expect("ten clicks");
        assert!(*best < Duration::from_millis(100), "{delays:?}");
    });
}
