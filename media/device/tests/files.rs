//! Sound files in place of devices, through the public API.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hark_audio::{Audio, AudioConfig, AudioEvent, InputChoice, OutputChoice};

fn start(output: OutputChoice, input: InputChoice) -> Audio {
    Audio::start(AudioConfig { output, input }, |event| panic!("{event:?}"))
}

fn samples(path: &Path) -> Option<(u32, Vec<i16>)> {
    let reader = hound::WavReader::open(path).ok()?;
    let rate_hz = reader.spec().sample_rate;
    Some((
        rate_hz,
        reader.into_samples().collect::<Result<_, _>>().ok()?,
    ))
}

/// Frame `n` of a call, told apart from every other.
fn frame(n: i16) -> [i16; 160] {
    [n; 160]
}

#[test]
fn the_file_holds_a_call_from_its_answer_to_its_end() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("out.wav");
    let audio = start(OutputChoice::File(path.clone()), InputChoice::None);
    audio.ring(hark_media::tones::Tone::Ring);
    let mut ports = audio.call_ports();
    (0..50).for_each(|n| ports.write(&frame(n)));
    ports.answered();
    (50..150).for_each(|n| ports.write(&frame(n)));
    drop(ports);
    drop(audio);
    let expected: Vec<i16> = (50..150).flat_map(frame).collect();
    assert_eq!(samples(&path), Some((16_000, expected)));
}

#[test]
fn of_two_calls_at_once_the_newer_is_in_the_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("out.wav");
    let audio = start(OutputChoice::File(path.clone()), InputChoice::None);
    let (mut older, mut newer) = (audio.call_ports(), audio.call_ports());
    older.answered();
    newer.answered();
    for n in 0..10 {
        older.write(&frame(100 + n));
        newer.write(&frame(n));
    }
    drop(newer);
    (10..20).for_each(|n| older.write(&frame(n)));
    drop(audio);
    let expected: Vec<i16> = (0..20).flat_map(frame).collect();
    assert_eq!(samples(&path), Some((16_000, expected)));
}

#[test]
fn a_process_that_is_killed_in_a_call_leaves_a_readable_file() {
    const FRAMES: i16 = 250;
    if let Some(path) = std::env::var_os(KILLED) {
        let audio = start(OutputChoice::File(path.into()), InputChoice::None);
        let mut ports = audio.call_ports();
        ports.answered();
        (0..FRAMES).for_each(|n| ports.write(&frame(n)));
        // Holds the call until it is killed.
        loop {
            std::thread::park();
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("killed.wav");
    let test = "a_process_that_is_killed_in_a_call_leaves_a_readable_file";
    let mut child = Command::new(std::env::current_exe().expect("a test has a program"))
        .args(["--exact", test])
        .env(KILLED, &path)
        .spawn()
        .expect("the test runs again");
    // Read over and over while it is written: every state of the file is a good one.
    let give_up = Instant::now() + Duration::from_secs(30);
    let mut written = 0;
    while written < (FRAMES as usize - 2) * 160 {
        assert!(Instant::now() < give_up, "only {written} samples");
        let Some((_, read)) = samples(&path) else {
            assert!(
                !path.exists() || written == 0,
                "unreadable after {written} samples"
            );
            continue;
        };
        written = read.len();
    }
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    let (rate_hz, read) = samples(&path).expect("readable after the kill");
    let expected: Vec<i16> = (0..FRAMES).flat_map(frame).collect();
    assert_eq!(rate_hz, 16_000);
    assert!(read.len() >= expected.len() - 2 * 160 && expected.starts_with(&read));
}

#[test]
fn the_microphone_file_speaks_into_each_call_from_its_answer_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("in.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).expect("a new file");
    (1..=200i16).for_each(|sample| writer.write_sample(sample).expect("written"));
    writer.finalize().expect("finished");

    let audio = start(OutputChoice::None, InputChoice::File(path));
    for _ in 0..2 {
        let mut ports = audio.call_ports();
        let mut heard = [7; 80];
        ports.read(&mut heard);
        assert_eq!(heard, [0; 80], "silent before the answer");
        ports.answered();
        // The file is read in the background; the first frame that is not silent is its first.
        let give_up = Instant::now() + Duration::from_secs(30);
        while heard[0] == 0 {
            assert!(Instant::now() < give_up, "the file is not heard");
            ports.read(&mut heard);
        }
        let mut all = heard.to_vec();
        for _ in 0..2 {
            ports.read(&mut heard);
            all.extend(heard);
        }
        let expected: Vec<i16> = (1..=200).chain([0; 40]).collect();
        assert_eq!(all, expected);
    }
}

#[test]
fn a_microphone_file_that_cannot_be_read_is_told_and_is_silent() {
    let (sender, events) = std::sync::mpsc::channel();
    let config = AudioConfig {
        output: OutputChoice::None,
        input: InputChoice::File("/nowhere/in.wav".into()),
    };
    let audio = Audio::start(config, move |event| {
        sender.send(event).expect("the test listens")
    });
    let told = events
        .recv_timeout(Duration::from_secs(30))
        .expect("an event");
    assert!(matches!(told, AudioEvent::FileFailed { .. }), "{told:?}");
    let mut ports = audio.call_ports();
    ports.answered();
    let mut heard = [7; 80];
    ports.read(&mut heard);
    assert_eq!(heard, [0; 80]);
}

/// Names the file to the process that is to be killed.
const KILLED: &str = "HARK_TEST_KILLED_FILE";
