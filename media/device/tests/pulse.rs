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

use hark_audio::{Audio, AudioConfig, AudioEvent, CallPorts, DeviceChoice, DeviceNames, Role};

use crate::desk::{Desk, Recording, Way, at_a_desk, at_a_desk_by};
use crate::tone::{ToneEar, ToneVoice};

/// A callback that allocates ends the test.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

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

    /// Beats with a call's ports until the event comes, and gives all that came till then.
    fn call_until(&mut self, ports: &mut CallPorts, event: AudioEvent) -> Vec<AudioEvent> {
        let mut events = Vec::new();
        let beat = || {
            let mut frame = [0; 80];
            ports.read(&mut frame);
            ports.write(&frame);
        };
        self.beat_until(&format!("{event:?}"), beat, |seen| {
            events.extend(seen.clone());
            seen.as_ref() == Some(&event)
        });
        events
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
        || ports.write(&voice.frame()),
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
                    ports.read(&mut frame);
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
                    ports.read(&mut frame);
                    ports.write(&frame);
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
fn a_headset_that_is_pulled_out_in_a_call_is_replaced_at_once_and_taken_back() {
    at_a_desk(
        "a_headset_that_is_pulled_out_in_a_call_is_replaced_at_once_and_taken_back",
        |desk| {
            let _server = desk.serve();
            let sink = desk.plug_sink("headset", "Headset");
            let source = desk.plug_source("headset_microphone", "Headset-microphone");
            let mut recording = desk.record("speakers.monitor");
            let mut phone = Phone::new();
            phone.audio.choose_devices(DeviceChoice {
                speaker: vec!["Desk phone".into(), "Headset".into()],
                microphone: vec!["Headset-microphone".into()],
                ..DeviceChoice::default()
            });
            let mut ports = phone.audio.call_ports();
            phone.call_until(&mut ports, opened(Role::Speaker, "Headset"));
            phone.call_until(&mut ports, opened(Role::Microphone, "Headset-microphone"));

            // The server moves both streams to other devices and says nothing to them.
            for (module, role, instead) in [
                (&sink, Role::Speaker, "Speakers"),
                (&source, Role::Microphone, "Webcam"),
            ] {
                let pulled_at = Instant::now();
                desk.unplug(module);
                let events = phone.call_until(&mut ports, opened(role, instead));
                let took = pulled_at.elapsed();
                eprintln!("{role} replaced in {} ms", took.as_millis());
                assert!(took < Duration::from_millis(500), "{role}: {took:?}");
                let lost = |event: &AudioEvent| matches!(event, AudioEvent::Lost { role: of, .. } if *of == role);
                assert_eq!(events.iter().filter(|&event| lost(event)).count(), 1);
            }
            expect_clean_tone(&mut phone, &mut ports, &mut recording);

            desk.plug_source("headset_microphone", "Headset-microphone");
            phone.call_until(&mut ports, opened(Role::Microphone, "Headset-microphone"));
            desk.plug_sink("headset", "Headset");
            phone.call_until(&mut ports, opened(Role::Speaker, "Headset"));
            let mut recording = desk.record("headset.monitor");
            expect_clean_tone(&mut phone, &mut ports, &mut recording);
        },
    );
}

#[test]
fn a_call_that_begins_without_any_device_is_heard_as_soon_as_there_is_one() {
    at_a_desk(
        "a_call_that_begins_without_any_device_is_heard_as_soon_as_there_is_one",
        |desk| {
            let mut phone = Phone::new();
            let mut ports = phone.audio.call_ports();
            let mut frame = [7; 80];
            let mut missing = Vec::new();
            phone.beat_until(
                "both are missing",
                || {
                    ports.read(&mut frame);
                    ports.write(&frame);
                },
                |event| {
                    if let Some(AudioEvent::Missing { role, .. }) = event {
                        missing.push(role);
                    }
                    missing.len() == 2
                },
            );
            ports.read(&mut frame);
            assert_eq!(frame, [0; 80], "silence goes out");
            let _server = desk.serve();
            phone.call_until(&mut ports, opened(Role::Speaker, "Speakers"));
            let mut recording = desk.record("speakers.monitor");
            expect_clean_tone(&mut phone, &mut ports, &mut recording);
        },
    );
}

#[test]
fn an_idle_phone_hears_of_new_devices_by_itself() {
    at_a_desk("an_idle_phone_hears_of_new_devices_by_itself", |desk| {
        let _server = desk.serve();
        let mut phone = Phone::new();
        let has = |event: Option<AudioEvent>, wanted: bool| {
            matches!(event, Some(AudioEvent::Devices(names))
                if names.outputs.iter().any(|name| name == "Headset") == wanted)
        };
        phone.beat_until("the first list", || (), |event| has(event, false));
        let module = desk.plug_sink("headset", "Headset");
        phone.beat_until("the headset is listed", || (), |event| has(event, true));
        desk.unplug(&module);
        phone.beat_until("it is not any more", || (), |event| has(event, false));
    });
}

#[test]
fn a_dead_server_does_not_keep_a_core_busy() {
    at_a_desk("a_dead_server_does_not_keep_a_core_busy", |desk| {
        expect_calm_after_the_server_died(desk);
    });
}

/// ALSA repeats the fatal error a million times a second until the stream is closed.
#[test]
fn a_dead_server_does_not_keep_a_core_busy_through_alsa_either() {
    at_a_desk_by(
        Way::Alsa,
        "a_dead_server_does_not_keep_a_core_busy_through_alsa_either",
        expect_calm_after_the_server_died,
    );
}

fn expect_calm_after_the_server_died(desk: &Desk) {
    let server = desk.serve();
    let mut phone = Phone::new();
    let mut ports = phone.audio.call_ports();
    let (mut frame, mut roles) = ([0; 80], Vec::new());
    phone.beat_until(
        "both devices are open",
        || {
            ports.read(&mut frame);
            ports.write(&frame);
        },
        |event| {
            if let Some(AudioEvent::Opened { role, .. }) = event {
                roles.push(role);
            }
            roles.len() == 2
        },
    );
    drop(server);
    let (used, died_at) = (cpu_time(), Instant::now());
    phone.beat_until(
        "five seconds without a server",
        || {
            ports.read(&mut frame);
            ports.write(&frame);
        },
        |_| died_at.elapsed() >= Duration::from_secs(5),
    );
    let used = cpu_time() - used;
    eprintln!("{} ms of processor time in 5 s", used.as_millis());
    assert!(used < Duration::from_millis(1_000), "{used:?}");
}

/// Processor time of this process so far. The kernel counts in ticks of 10 ms.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a process has it");
    // The name of the program, in brackets, may hold spaces.
    let (_, fields) = stat.rsplit_once(')').expect("the name is in brackets");
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().expect("a number"))
        .sum();
    Duration::from_millis(ticks * 10)
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
                    ports.write(&[if loud { 16_000 } else { 0 }; 80]);
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
