//! The echo test through the public API, with files in place of devices. No account is needed.

use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use hark_phone::{Command, EchoTestStage, Event, PhoneConfig, Profile, Sound, SoundEnd};

/// 16 bit, mono, 16 kHz (RIFF WAVE, format 1).
fn write_wav(path: &Path, samples: &[i16]) {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    for (value, bytes) in [(1, 2), (1, 2), (16_000, 4), (32_000, 4), (2, 2), (16u32, 2)] {
        file.extend(&value.to_le_bytes()[..bytes]);
    }
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    std::fs::write(path, file).expect("the folder is ours");
}

/// The loudest sample of each whole second of a file of 16 kHz.
fn peaks(path: &Path) -> Vec<u16> {
    let file = std::fs::read(path).expect("the phone has written it");
    let samples: Vec<i16> = file[44..]
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let peak = |second: &[i16]| second.iter().map(|sample| sample.unsigned_abs()).max();
    samples.chunks_exact(16_000).filter_map(peak).collect()
}

#[test]
fn what_the_microphone_hears_is_played_back_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (said, heard) = (
        folder.path().join("said.wav"),
        folder.path().join("heard.wav"),
    );
    // A second of a tone in the third second, when the file has long been read.
    let tone = (0..16_000).map(|n| if n / 8 % 2 == 0 { 8_000 } else { -8_000 });
    write_wav(
        &said,
        &[0; 32_000].into_iter().chain(tone).collect::<Vec<i16>>(),
    );

    let (wake, wakes) = channel();
    let config = PhoneConfig {
        profile: Profile::Memory,
        sound: Sound {
            microphone: SoundEnd::File(said),
            speaker: SoundEnd::File(heard.clone()),
        },
        ..PhoneConfig::default()
    };
    let handle = hark_phone::start(config, move || {
        // The test may be over.
        let _ = wake.send(());
    });
    handle
        .send(Command::StartEchoTest)
        .expect("the engine runs");
    let mut stages = Vec::new();
    let give_up = Instant::now() + Duration::from_secs(60);
    while stages.last() != Some(&None) {
        match handle.wait_event_until(give_up) {
            Some(Event::EchoTest { stage }) => stages.push(stage),
            Some(Event::Stopped) | None => panic!("the test goes on for too long: {stages:?}"),
            Some(_) => (),
        }
    }
    use EchoTestStage::{Playing, Recording};
    assert_eq!(stages, [Some(Recording), Some(Playing), None]);
    assert_eq!(handle.snapshot().echo_test, None);
    assert!(
        wakes.recv_timeout(Duration::ZERO).is_ok(),
        "the window is woken"
    );
    handle.join();

    let peaks = peaks(&heard);
    let loud: Vec<usize> = (0..peaks.len())
        .filter(|&second| peaks[second] > 4_000)
        .collect();
    let Some(&first) = loud.first() else {
        panic!("nothing was played: {peaks:?}");
    };
    // Five seconds of recording, in which nothing is played, and the two before the tone.
    assert!((6..=8).contains(&first), "{peaks:?}");
    assert!(loud.len() <= 2, "{peaks:?}");
}
