//! Recorded calls: what is in the file, by ear, and by players that this project did not write.

use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::time::Duration;

use hark_phone::{
    AccountSettings, CallId, CallState, Command, Event, PhoneConfig, RecordingKey, RecordingNotice,
    RecordingSettings, RecordingState,
};
use hark_um::{Forwarding, User};

use hark_e2e::phone::Phone;
use hark_e2e::sound::{SAME, Sound};
use hark_e2e::um::{PASSWORD, Um};

/// A key for these tests; it opens nothing else.
const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

fn records_into(folder: PathBuf, notice: RecordingNotice) -> impl FnOnce(&mut PhoneConfig) {
    move |config| {
        let folder = Some(folder);
        config.recording = Some(RecordingSettings { folder, notice });
    }
}

fn record(phone: &Phone, call: CallId) -> PathBuf {
    let recorded = true;
    phone.send(Command::SetRecorded { call, recorded });
    phone.until("recording", |event| match event {
        Event::Recording {
            call: of,
            state: RecordingState::Began { file },
        } if *of == call => Some(file.clone()),
        _ => None,
    })
}

fn until_saved(phone: &Phone) -> PathBuf {
    phone.until("saved", |event| match event {
        Event::Recording {
            state: RecordingState::Saved { file, missed },
            ..
        } => {
            assert_eq!(*missed, Duration::ZERO);
            Some(file.clone())
        }
        _ => None,
    })
}

/// Waits until the phone has heard a prompt, looking again whenever the meters move.
fn until_heard(phone: &Phone, prompt: &str) {
    let prompt = Sound::prompt(prompt);
    phone.shows("the prompt heard", |_| {
        let heard = Sound::read(&phone.heard());
        (heard.length() > prompt.length() && heard.likeness(&prompt) > SAME).then_some(())
    });
}

#[test]
fn both_sides_of_a_call_are_recorded_beside_each_other() {
    let um = Um::start(vec![Um::user("dana")]);
    let microphone = um.path("dana.wav");
    Sound::tone(600.0, Duration::from_secs(60)).write(&microphone);
    let folder = um.path("music");
    let phone = Phone::start_with(um.account("dana"), PASSWORD, |config| {
        records_into(folder.clone(), RecordingNotice::None)(config);
        config.sound.microphone = hark_phone::SoundEnd::File(microphone);
    });
    phone.until_registered();
    phone.send(Command::CallVoicemail);
    let (call, _) = phone.until_call(CallState::Connected);
    let file = record(&phone, call);
    assert_eq!(file.parent(), Some(&*folder));
    let shown = phone.snapshot().calls[0].recording.clone();
    assert_eq!(shown.map(|recording| recording.file), Some(file.clone()));
    until_heard(&phone, "main.greeting");
    let recorded = false;
    phone.send(Command::SetRecorded { call, recorded });
    assert_eq!(until_saved(&phone), file);
    assert!(phone.snapshot().calls[0].recording.is_none());
    assert_eq!(phone.snapshot().calls[0].state, CallState::Connected);

    let (left, right) = Sound::sides(&std::fs::read(&file).unwrap());
    let tone = left.length_of_tone(600.0);
    assert!(tone > Duration::from_secs(2), "{tone:?} of the microphone");
    let likeness = right.likeness(&Sound::prompt("main.greeting"));
    assert!(likeness > SAME, "{likeness}");
    assert_eq!(right.length_of_tone(600.0), Duration::ZERO);
    is_taken_by_others(&file, left.length());
}

/// Players of others read the file without a complaint, and to its end.
fn is_taken_by_others(file: &Path, length: Duration) {
    if let Some(report) = said(Program::new("opusinfo").arg(file)) {
        assert!(report.contains("Channels: 2"), "{report}");
        assert!(!report.to_lowercase().contains("warning"), "{report}");
    }
    let mut ffprobe = Program::new("ffprobe");
    ffprobe.args(["-v", "error", "-show_entries", "format=duration"]);
    ffprobe
        .args(["-of", "default=noprint_wrappers=1:nokey=1"])
        .arg(file);
    if let Some(seconds) = said(&mut ffprobe) {
        let seconds: f64 = seconds
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("{seconds}"));
        let difference = seconds - length.as_secs_f64();
        // FFmpeg counts the pre-skip of 80 ms.
        assert!(difference.abs() < 0.2, "{seconds} for {length:?}");
    }
}

/// What a program says, if this machine has it.
fn said(program: &mut Program) -> Option<String> {
    let output = program.output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{program:?}: {text}");
    Some(text)
}

/// Waits until the other side has heard something, where nothing but the announcement can be heard,
/// and until it is over. What was said is in the recording, which no network disturbs.
fn until_announced(recorder: &Phone, other: &Phone) {
    other.shows("something heard", |_| {
        (!Sound::read(&other.heard()).is_silent()).then_some(())
    });
    let length = Sound::prompt("recording.notice").length();
    recorder.shows("the announcement over", |shown| {
        let recording = shown.calls.first()?.recording.as_ref()?;
        (recording.since.elapsed() > 2 * length).then_some(())
    });
}

/// A server whose users have no voicemail.
fn server() -> Um {
    let user = |name| User {
        forwarding: Forwarding::Off,
        ..Um::user(name)
    };
    Um::start(vec![user("dana"), user("erik")])
}

/// Dana calls Erik, who answers; Dana's call.
fn connected(dana: &Phone, erik: &Phone) -> CallId {
    dana.send(Command::Dial { to: "erik".into() });
    let (call, ..) = erik.until_incoming();
    erik.send(Command::Answer { call });
    erik.until_call(CallState::Connected);
    dana.until_call(CallState::Connected).0
}

#[test]
fn the_other_side_hears_the_announcement_even_of_a_muted_phone() {
    let um = server();
    let records = records_into(um.path("music"), RecordingNotice::Announcement);
    let dana = Phone::start_with(um.account("dana"), PASSWORD, records);
    dana.until_registered();
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    let call = connected(&dana, &erik);
    dana.send(Command::SetMuted { call, muted: true });
    let file = record(&dana, call);
    until_announced(&dana, &erik);
    // The end of the call is the end of the file.
    dana.send(Command::HangUp { call });
    assert_eq!(until_saved(&dana), file);
    let (left, right) = Sound::sides(&std::fs::read(&file).unwrap());
    for side in [left, right] {
        let likeness = side.likeness(&Sound::prompt("recording.notice"));
        assert!(likeness > SAME, "{likeness}");
    }
}

#[test]
fn the_other_side_hears_a_beep() {
    let um = server();
    let records = records_into(um.path("music"), RecordingNotice::Tone);
    let dana = Phone::start_with(um.account("dana"), PASSWORD, records);
    dana.until_registered();
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    let call = connected(&dana, &erik);
    record(&dana, call);
    erik.shows("the beep", |_| {
        let beep = Sound::read(&erik.heard()).length_of_tone(1_400.0);
        (beep >= Duration::from_millis(100)).then_some(())
    });
    dana.quit();
    let files = std::fs::read_dir(um.path("music")).unwrap();
    let files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let (left, _) = Sound::sides(&std::fs::read(&files[0]).unwrap());
    assert!(left.length_of_tone(1_400.0) >= Duration::from_millis(100));
}

#[test]
fn an_encrypted_recording_is_opened_by_hark_and_by_the_standard_tool() {
    let um = server();
    let account = AccountSettings {
        encrypt_recordings: true,
        ..um.account("dana")
    };
    let dana = Phone::start_with(account, PASSWORD, |config| {
        records_into(um.path("music"), RecordingNotice::Announcement)(config);
        config.recording_key = RecordingKey::parse(KEY);
    });
    dana.until_registered();
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    let call = connected(&dana, &erik);
    record(&dana, call);
    until_announced(&dana, &erik);
    dana.send(Command::HangUp { call });
    let file = until_saved(&dana);
    let name = file.file_name().unwrap().to_string_lossy();
    assert!(
        name.contains("erik") && name.ends_with(".ogg.age"),
        "{name}"
    );
    let sealed = std::fs::read(&file).unwrap();
    assert!(!sealed.windows(4).any(|octets| octets == b"OggS"));

    let to = um.path("clear.ogg");
    dana.send(Command::OpenRecording {
        file: file.clone(),
        to: to.clone(),
    });
    let whole = dana.until("opened", |event| match event {
        Event::RecordingOpened { file, whole } if *file == to => Some(*whole),
        _ => None,
    });
    assert!(whole);
    let clear = std::fs::read(&to).unwrap();
    let (left, _) = Sound::sides(&clear);
    assert!(left.likeness(&Sound::prompt("recording.notice")) > SAME);

    let key = um.path("key.txt");
    std::fs::write(&key, KEY).unwrap();
    let mut age = Program::new("age");
    if let Ok(output) = age.arg("-d").arg("-i").arg(&key).arg(&file).output() {
        assert_eq!(output.stdout, clear);
    }
}

#[test]
fn a_recording_that_cannot_be_written_is_told_and_the_call_goes_on() {
    let um = server();
    let in_the_way = um.path("file");
    std::fs::write(&in_the_way, "").unwrap();
    let records = records_into(in_the_way, RecordingNotice::Tone);
    let dana = Phone::start_with(um.account("dana"), PASSWORD, records);
    dana.until_registered();
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    let call = connected(&dana, &erik);
    let recorded = true;
    dana.send(Command::SetRecorded { call, recorded });
    let text = dana.until_error();
    assert!(text.starts_with("The call is not recorded"), "{text}");
    assert!(dana.snapshot().calls[0].recording.is_none());
    assert_eq!(dana.snapshot().calls[0].state, CallState::Connected);
}
