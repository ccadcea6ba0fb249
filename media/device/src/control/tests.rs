//! Transcripts of the audio-control thread against a desk of simulated devices, in virtual time.
//!
//! A line that begins with a time and a word is what happens; an indented line is what the thread
//! does about it. The script names the first and the transcript is compared whole, so nothing
//! may happen besides.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use hark_media::tones::Tone;

use super::*;
use crate::sound::Sound;

/// The devices on the desk and what is open, shared by the backend and the script.
#[derive(Default)]
struct Desk {
    outputs: Vec<String>,
    inputs: Vec<String>,
    /// By a number of the stream.
    streams: BTreeMap<u32, Stream>,
    last_stream: u32,
    log: Vec<String>,
    news: News,
    /// Devices that cannot be opened, however often they are listed.
    busy: Vec<String>,
}

/// How the desk lets know that its devices have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum News {
    #[default]
    Told,
    /// The desk has to be looked at, once a second.
    Polled,
}

struct Stream {
    device: String,
    failure: Failure,
    end: End,
}

enum End {
    Output(RingReader),
    Input(RingWriter),
}

/// Closes its stream when dropped, as cpal's does.
struct Open {
    number: u32,
    desk: Arc<Mutex<Desk>>,
}

struct DeskBackend(Arc<Mutex<Desk>>);

const RATE_HZ: u32 = 48_000;

impl Desk {
    /// Ten milliseconds of every device's life.
    fn run_devices(&mut self, now: Instant) {
        for stream in self.streams.values_mut() {
            match &mut stream.end {
                End::Output(ring) => ring.pull_for_device(now, 480, |_| ()),
                End::Input(ring) => ring.push_from_device(now, [0.5; 480].into_iter()),
            }
        }
    }

    fn remove(&mut self, name: &str) {
        self.outputs.retain(|device| device != name);
        self.inputs.retain(|device| device != name);
    }

    fn break_streams(&mut self, device: &str) {
        for stream in self
            .streams
            .values()
            .filter(|stream| stream.device == device)
        {
            stream.failure.set(|| "unplugged".to_owned());
            stream.failure.set(|| "told twice".to_owned());
        }
    }
}

impl DeskBackend {
    fn open(&mut self, device: &str, failure: Failure, end: End) -> Result<Open, OpenError> {
        let mut desk = self.0.lock().expect("no test thread has panicked");
        if desk.busy.iter().any(|busy| busy == device) {
            desk.log.push(format!("try {device}"));
            return Err(OpenError::NoDevice);
        }
        desk.last_stream += 1;
        let number = desk.last_stream;
        desk.log.push(format!("open {device}"));
        let device = device.to_owned();
        desk.streams.insert(
            number,
            Stream {
                device,
                failure,
                end,
            },
        );
        Ok(Open {
            number,
            desk: self.0.clone(),
        })
    }
}

impl Backend for DeskBackend {
    type Stream = Open;

    /// The first device is the default.
    fn survey(&mut self) -> Survey {
        let desk = self.0.lock().expect("no test thread has panicked");
        let present = |names: &Vec<String>| Present {
            names: names.clone(),
            default: names.first().cloned(),
        };
        Survey {
            outputs: present(&desk.outputs),
            inputs: present(&desk.inputs),
        }
    }

    fn poll_period(&self) -> Option<Duration> {
        let desk = self.0.lock().expect("no test thread has panicked");
        match desk.news {
            News::Told => None,
            News::Polled => Some(Duration::from_secs(1)),
        }
    }

    fn open_output(
        &mut self,
        device: &str,
        pace: Pace,
        failure: Failure,
    ) -> Result<(Open, RingWriter), OpenError> {
        let (writer, reader) = match pace {
            Pace::Live => crate::ring::live(RATE_HZ, Instant::now()),
            Pace::Ahead => crate::ring::ahead(RATE_HZ, Instant::now()),
        };
        Ok((self.open(device, failure, End::Output(reader))?, writer))
    }

    fn open_input(
        &mut self,
        device: &str,
        failure: Failure,
    ) -> Result<(Open, RingReader), OpenError> {
        let (writer, reader) = crate::ring::live(RATE_HZ, Instant::now());
        Ok((self.open(device, failure, End::Input(writer))?, reader))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut desk = self.desk.lock().expect("no test thread has panicked");
        if let Some(stream) = desk.streams.remove(&self.number) {
            desk.log.push(format!("close {}", stream.device));
        }
    }
}

/// The ports' ends of a call, kept as a media thread would keep them.
type Ports = (Owner, Receiver<RingWriter>, Receiver<RingReader>);

struct Story {
    desk: Arc<Mutex<Desk>>,
    shared: Arc<Shared>,
    woken: Receiver<()>,
    control: Control<DeskBackend>,
    /// Of the calls that live.
    ports: Vec<Ports>,
    start: Instant,
}

impl Story {
    fn new(devices: Devices) -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let (shared, woken) = Shared::new(DeviceChoice::default());
        let shared = Arc::new(shared);
        let told = desk.clone();
        let on_event: OnEvent = Arc::new(move |event| {
            told.lock()
                .expect("no test thread has panicked")
                .log
                .push(describe(&event));
        });
        let control = Control::new(DeskBackend(desk.clone()), devices, shared.clone(), on_event);
        Self {
            desk,
            shared,
            woken,
            control,
            ports: Vec::new(),
            start: Instant::now(),
        }
    }

    fn act(&mut self, what: &str) {
        let words: Vec<_> = what.split(' ').collect();
        let desk = || self.desk.lock().expect("no test thread has panicked");
        match words[..] {
            ["polled"] => desk().news = News::Polled,
            ["busy", name] => desk().busy.push(name.to_owned()),
            ["plug", "output", name] => {
                desk().outputs.push(name.to_owned());
                self.tell_news();
            }
            ["plug", "input", name] => {
                desk().inputs.push(name.to_owned());
                self.tell_news();
            }
            ["unplug", name] => {
                desk().remove(name);
                desk().break_streams(name);
                self.tell_news();
            }
            // A sound server lets the stream go on elsewhere.
            ["move", "away", "from", name] => {
                desk().remove(name);
                self.tell_news();
            }
            ["glitch", name] => desk().break_streams(name),
            ["call", "begins"] => {
                let (to_speaker, speaker) = channel();
                let (to_microphone, microphone) = channel();
                let owner = self
                    .shared
                    .begin_call(Some(to_speaker), Some(to_microphone));
                self.ports.push((owner, speaker, microphone));
            }
            ["call", "ends"] => {
                let (owner, ..) = self.ports.pop().expect("the script has begun a call");
                self.shared.end_call(owner);
            }
            ["ring"] => self.shared.wish(|wishes| {
                wishes.ring = Some(wishes.sound(Tone::Ring.into()));
            }),
            ["ring", "ends"] => self.shared.wish(|wishes| wishes.ring = None),
            ["test", "tone"] => self.shared.wish(|wishes| {
                wishes.test_tone =
                    Some(wishes.sound(Sound::new(8_000, std::iter::repeat_n(1_000, 8_000))))
            }),
            ["watch"] => self.shared.wish(|wishes| wishes.watching = true),
            ["unwatch"] => self.shared.wish(|wishes| wishes.watching = false),
            ["test", "ringer"] => self.shared.wish(|wishes| {
                wishes.ringer_test =
                    Some(wishes.sound(Sound::new(8_000, std::iter::repeat_n(1_000, 8_000))))
            }),
            ["prefer", ref names @ ..] => self.shared.wish(|wishes| {
                let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
                wishes.devices.speaker.clone_from(&names);
                wishes.devices.ringer = names;
            }),
            ["nothing"] => (),
            _ => panic!("the script says {what:?}"),
        }
    }

    fn tell_news(&self) {
        let news = self.desk.lock().expect("no test thread has panicked").news;
        if news == News::Told {
            self.shared.wish(|wishes| wishes.refresh = true);
        }
    }

    /// Plays the script and gives the transcript.
    fn tell(&mut self, script: &str) -> String {
        let mut transcript = String::new();
        let mut actions = script
            .lines()
            .filter(|line| !line.starts_with(' '))
            .peekable();
        let mut due = Some(self.start);
        let mut ms = 0;
        while actions.peek().is_some() {
            let now = self.start + Duration::from_millis(ms);
            while let Some(line) = actions.next_if(|line| line.starts_with(&seconds(ms))) {
                transcript += &format!("{line}\n");
                self.act(&line[seconds(ms).len() + 1..]);
            }
            self.desk
                .lock()
                .expect("no test thread has panicked")
                .run_devices(now);
            let woken = self.woken.try_recv().is_ok();
            if woken || due.is_some_and(|due| due <= now) {
                let was_idle = due.is_none();
                due = self.control.step(now);
                let mut desk = self.desk.lock().expect("no test thread has panicked");
                for line in desk.log.drain(..) {
                    transcript += &format!("  {} {line}\n", seconds(ms));
                }
                if due.is_none() && !was_idle {
                    transcript += &format!("  {} sleep\n", seconds(ms));
                }
            }
            ms += 10;
        }
        transcript
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn describe(event: &AudioEvent) -> String {
    match event {
        AudioEvent::Devices(names) => format!("list {:?} {:?}", names.outputs, names.inputs),
        AudioEvent::Opened { role, device } => format!("tell: {role} is {device}"),
        AudioEvent::Missing { role, reason } => format!("tell: no {role}, {reason}"),
        AudioEvent::Lost {
            role,
            device,
            reason,
        } => format!("tell: {role} {device} {reason}"),
        AudioEvent::MicrophoneLevel(level) => format!("tell: level {level:.1}"),
        AudioEvent::FileFailed { reason, .. } => format!("tell: {reason}"),
    }
}

fn check(script: &str) {
    let script: String = script
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("        ").unwrap_or(line)))
        .collect();
    let script = script.trim_start();
    let script = script.trim_end_matches([' ', '\n']).to_owned() + "\n";
    let told = Story::new(Devices::Both).tell(&script);
    assert!(
        told == script,
        "the script:\n{script}\nwhat happened:\n{told}"
    );
}

#[test]
fn a_call_opens_its_devices_and_an_idle_phone_has_none() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug input Webcam
          0.000 list [\"Speakers\"] [\"Webcam\"]
          0.000 sleep
        5.000 call begins
          5.000 open Speakers
          5.000 tell: loudspeaker is Speakers
          5.000 open Webcam
          5.000 tell: microphone is Webcam
        9.000 call ends
          9.000 close Speakers
          9.000 close Webcam
        60.000 nothing
        ",
    );
}

#[test]
fn a_headset_that_is_pulled_out_is_replaced_and_used_again_when_it_is_back() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug output Headset
        0.000 prefer Headset
          0.000 list [\"Speakers\", \"Headset\"] []
          0.000 sleep
        1.000 call begins
          1.000 open Headset
          1.000 tell: loudspeaker is Headset
          1.000 tell: no microphone, there is no such device on this computer
        3.000 unplug Headset
          3.000 close Headset
          3.000 tell: loudspeaker Headset unplugged
          3.000 list [\"Speakers\"] []
          3.000 open Speakers
          3.000 tell: loudspeaker is Speakers
        3.500 plug output Headset
          3.500 list [\"Speakers\", \"Headset\"] []
          3.500 close Speakers
          3.500 open Headset
          3.500 tell: loudspeaker is Headset
        4.100 call ends
          4.100 close Headset
        5.000 nothing
        ",
    );
}

#[test]
fn where_nobody_tells_of_changes_they_are_found_within_a_second() {
    check(
        "
        0.000 polled
        0.000 plug output Speakers
        0.000 prefer Headset
          0.000 list [\"Speakers\"] []
          0.000 sleep
        0.500 plug output Headset
        2.300 call begins
          2.300 list [\"Speakers\", \"Headset\"] []
          2.300 open Headset
          2.300 tell: loudspeaker is Headset
          2.300 tell: no microphone, there is no such device on this computer
        2.400 unplug Headset
          2.400 close Headset
          2.400 tell: loudspeaker Headset unplugged
          2.400 list [\"Speakers\"] []
          2.400 open Speakers
          2.400 tell: loudspeaker is Speakers
        2.500 plug output Headset
        2.600 plug input Webcam
          3.400 list [\"Speakers\", \"Headset\"] [\"Webcam\"]
          3.400 close Speakers
          3.400 open Headset
          3.400 tell: loudspeaker is Headset
          3.400 open Webcam
          3.400 tell: microphone is Webcam
        4.100 call ends
          4.100 close Headset
          4.100 close Webcam
          4.100 sleep
        60.000 nothing
        ",
    );
}

#[test]
fn a_stream_that_the_server_moves_to_another_device_is_a_loss_that_is_told() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug output Headset
        0.000 prefer Headset
          0.000 list [\"Speakers\", \"Headset\"] []
          0.000 sleep
        1.000 ring
          1.000 open Headset
          1.000 tell: ringer is Headset
        2.000 move away from Headset
          2.000 list [\"Speakers\"] []
          2.000 tell: ringer Headset it is not connected any more
          2.000 close Headset
          2.000 open Speakers
          2.000 tell: ringer is Speakers
        2.100 nothing
        ",
    );
}

#[test]
fn of_the_preferred_devices_the_first_that_is_there_is_used() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug output Screen
        0.000 prefer Headset Screen
          0.000 list [\"Speakers\", \"Screen\"] []
          0.000 sleep
        1.000 ring
          1.000 open Screen
          1.000 tell: ringer is Screen
        2.000 plug output Headset
          2.000 list [\"Speakers\", \"Screen\", \"Headset\"] []
          2.000 close Screen
          2.000 open Headset
          2.000 tell: ringer is Headset
        3.000 unplug Screen
          3.000 list [\"Speakers\", \"Headset\"] []
        4.000 unplug Headset
          4.000 close Headset
          4.000 tell: ringer Headset unplugged
          4.000 list [\"Speakers\"] []
          4.000 open Speakers
          4.000 tell: ringer is Speakers
        4.100 nothing
        ",
    );
}

#[test]
fn a_device_that_is_listed_and_does_not_open_gives_way_to_the_next() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug output Headset
        0.000 prefer Headset
        0.000 busy Headset
          0.000 list [\"Speakers\", \"Headset\"] []
          0.000 sleep
        1.000 ring
          1.000 try Headset
          1.000 open Speakers
          1.000 tell: ringer is Speakers
        2.000 unplug Speakers
          2.000 close Speakers
          2.000 tell: ringer Speakers unplugged
          2.000 list [\"Headset\"] []
          2.000 try Headset
          2.000 tell: no ringer, there is no such device on this computer
          2.250 try Headset
          2.750 try Headset
          3.750 try Headset
          4.750 try Headset
        5.000 nothing
        ",
    );
}

#[test]
fn devices_that_fail_as_soon_as_they_are_open_are_not_opened_in_a_storm() {
    let mut story = Story::new(Devices::Both);
    story.tell("0.000 plug output Speakers\n0.000 plug output Headset\n0.000 call begins\n");
    for ms in (0..60_000).step_by(10) {
        story.control.step(story.start + Duration::from_millis(ms));
        let mut desk = story.desk.lock().expect("no test thread has panicked");
        desk.break_streams("Speakers");
        desk.break_streams("Headset");
    }
    let desk = story.desk.lock().expect("no test thread has panicked");
    // Both are tried once a second, and somewhat more often in the first.
    assert!(
        (100..130).contains(&desk.last_stream),
        "{}",
        desk.last_stream
    );
    assert!(desk.streams.is_empty() || desk.streams.len() == 1);
}

#[test]
fn every_failed_stream_is_closed_before_a_device_is_opened() {
    let mut story = Story::new(Devices::Both);
    let transcript = story.tell(
        "0.000 plug output Speakers\n0.000 plug input Webcam\n0.000 call begins\n\
         1.000 glitch Speakers\n1.000 glitch Webcam\n1.010 nothing\n",
    );
    let place = |line: &str| {
        transcript
            .rfind(line)
            .unwrap_or_else(|| panic!("{transcript}"))
    };
    assert!(
        place("close Webcam") < place("open Speakers"),
        "{transcript}"
    );
}

#[test]
fn a_device_that_keeps_failing_is_tried_less_and_less_often_and_the_storm_is_told_once_each() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug input Webcam
          0.000 list [\"Speakers\"] [\"Webcam\"]
          0.000 sleep
        1.000 call begins
          1.000 open Speakers
          1.000 tell: loudspeaker is Speakers
          1.000 open Webcam
          1.000 tell: microphone is Webcam
        2.000 glitch Speakers
          2.000 close Speakers
          2.000 tell: loudspeaker Speakers unplugged
          2.000 open Speakers
          2.000 tell: loudspeaker is Speakers
        2.100 glitch Speakers
          2.100 close Speakers
          2.100 tell: loudspeaker Speakers unplugged
          2.350 open Speakers
          2.350 tell: loudspeaker is Speakers
          2.350 sleep
        2.400 glitch Speakers
          2.400 close Speakers
          2.400 tell: loudspeaker Speakers unplugged
          2.900 open Speakers
          2.900 tell: loudspeaker is Speakers
          2.900 sleep
        10.000 glitch Speakers
          10.000 close Speakers
          10.000 tell: loudspeaker Speakers unplugged
          10.000 open Speakers
          10.000 tell: loudspeaker is Speakers
        10.100 nothing
        ",
    );
}

#[test]
fn a_call_without_any_device_goes_on_and_uses_the_first_that_comes() {
    check(
        "
        0.000 call begins
          0.000 list [] []
          0.000 tell: no loudspeaker, there is no such device on this computer
          0.000 tell: no microphone, there is no such device on this computer
          0.000 sleep
        2.000 plug output Speakers
        2.000 plug input Webcam
          2.000 list [\"Speakers\"] [\"Webcam\"]
          2.000 open Speakers
          2.000 tell: loudspeaker is Speakers
          2.000 open Webcam
          2.000 tell: microphone is Webcam
        3.000 nothing
        ",
    );
}

#[test]
fn a_ring_tone_rings_until_it_is_ended_and_survives_the_loss_of_its_device() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug output Headset
          0.000 list [\"Speakers\", \"Headset\"] []
          0.000 sleep
        1.000 ring
          1.000 open Speakers
          1.000 tell: ringer is Speakers
        20.000 unplug Speakers
          20.000 close Speakers
          20.000 tell: ringer Speakers unplugged
          20.000 list [\"Headset\"] []
          20.000 open Headset
          20.000 tell: ringer is Headset
        30.000 ring ends
          30.000 close Headset
          30.000 sleep
        60.000 nothing
        ",
    );
}

#[test]
fn the_test_tone_ends_by_itself_and_can_be_played_again() {
    check(
        "
        0.000 plug output Speakers
          0.000 list [\"Speakers\"] []
          0.000 sleep
        1.000 test tone
          1.000 open Speakers
          1.000 tell: loudspeaker is Speakers
          2.300 close Speakers
          2.300 sleep
        3.000 test ringer
          3.000 open Speakers
          3.000 tell: ringer is Speakers
          4.300 close Speakers
          4.300 sleep
        5.000 nothing
        ",
    );
}

#[test]
fn watching_shows_the_level_and_what_is_plugged_in_and_a_call_takes_the_microphone_over() {
    check(
        "
        0.000 plug input Webcam
          0.000 list [] [\"Webcam\"]
          0.000 sleep
        1.000 watch
          1.000 open Webcam
          1.000 tell: microphone is Webcam
          1.100 tell: level 0.9
          1.200 tell: level 0.9
        1.250 plug output Speakers
          1.250 list [\"Speakers\"] [\"Webcam\"]
          1.300 tell: level 0.9
          1.400 tell: level 0.9
          1.500 tell: level 0.9
        1.510 call begins
          1.510 open Speakers
          1.510 tell: loudspeaker is Speakers
          1.510 close Webcam
          1.510 open Webcam
          1.510 tell: microphone is Webcam
          1.600 tell: level 0.0
          1.700 tell: level 0.0
          1.800 tell: level 0.0
        1.850 call ends
          1.850 close Speakers
          1.850 close Webcam
          1.850 open Webcam
          1.850 tell: microphone is Webcam
          1.900 tell: level 0.9
          2.000 tell: level 0.9
        2.050 unwatch
          2.050 close Webcam
          2.050 sleep
        3.000 nothing
        ",
    );
}

#[test]
fn nobody_waits_for_a_test_tone() {
    check(
        "
        0.000 nothing
          0.000 list [] []
          0.000 sleep
        1.000 test tone
          1.000 tell: no loudspeaker, there is no such device on this computer
        2.000 plug output Speakers
          2.000 list [\"Speakers\"] []
        3.000 nothing
        ",
    );
}

#[test]
fn another_choice_is_used_in_the_call() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug output Headset
        0.000 plug input Webcam
          0.000 list [\"Speakers\", \"Headset\"] [\"Webcam\"]
          0.000 sleep
        1.000 call begins
          1.000 open Speakers
          1.000 tell: loudspeaker is Speakers
          1.000 open Webcam
          1.000 tell: microphone is Webcam
        2.500 prefer Headset
          2.500 close Speakers
          2.500 open Headset
          2.500 tell: loudspeaker is Headset
        3.000 nothing
        ",
    );
}

#[test]
fn the_newest_call_has_the_devices_and_gives_them_back() {
    check(
        "
        0.000 plug output Speakers
        0.000 plug input Webcam
          0.000 list [\"Speakers\"] [\"Webcam\"]
          0.000 sleep
        1.000 call begins
          1.000 open Speakers
          1.000 tell: loudspeaker is Speakers
          1.000 open Webcam
          1.000 tell: microphone is Webcam
        2.000 call begins
          2.000 close Speakers
          2.000 open Speakers
          2.000 tell: loudspeaker is Speakers
          2.000 close Webcam
          2.000 open Webcam
          2.000 tell: microphone is Webcam
        3.000 call ends
          3.000 close Speakers
          3.000 open Speakers
          3.000 tell: loudspeaker is Speakers
          3.000 close Webcam
          3.000 open Webcam
          3.000 tell: microphone is Webcam
        4.000 call ends
          4.000 close Speakers
          4.000 close Webcam
        5.000 nothing
        ",
    );
}

#[test]
fn each_opening_hands_its_rings_to_the_call_that_is_heard() {
    let mut story = Story::new(Devices::Both);
    story.tell(
        "0.000 plug output Speakers\n0.000 plug input Webcam\n0.000 call begins\n\
         1.000 call begins\n2.000 glitch Speakers\n3.000 nothing\n",
    );
    let counts = story.ports.iter().map(|(_, speaker, microphone)| {
        (speaker.try_iter().count(), microphone.try_iter().count())
    });
    assert_eq!(counts.collect::<Vec<_>>(), [(1, 1), (2, 1)]);
}

#[test]
fn a_phone_whose_microphone_is_a_file_opens_none_to_be_watched() {
    let script = "0.000 plug output Speakers\n  0.000 list [\"Speakers\"] []\n  0.000 sleep\n\
                  1.000 watch\n1.500 plug input Webcam\n  1.500 list [\"Speakers\"] [\"Webcam\"]\n\
                  2.500 unwatch\n3.000 nothing\n";
    assert_eq!(Story::new(Devices::Outputs).tell(script), script);
}
