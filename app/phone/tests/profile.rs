//! What outlives an engine, through the public API and a folder on the disk. No server is needed.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hark_phone::snapshot::HistoryQuestion;
use hark_phone::{
    AccountSettings, AudioSettings, Command, Event, Handle, MediaKeys, Naming, Password,
    PhoneConfig, Presence, Profile, RegistrationView, Snapshot, Sound, SoundEnd, Transport,
    TurnPassword,
};

/// Nothing waits for this to pass; it ends a test that would hang.
const LIMIT: Duration = Duration::from_secs(20);

fn config(folder: &Path) -> PhoneConfig {
    PhoneConfig {
        profile: Profile::Folder(folder.to_owned()),
        sound: Sound {
            microphone: SoundEnd::None,
            speaker: SoundEnd::None,
        },
        ..PhoneConfig::default()
    }
}

struct Phone {
    handle: Handle,
    wakes: Receiver<()>,
}

impl Phone {
    fn start(folder: &Path) -> Self {
        Self::run(config(folder))
    }

    fn run(config: PhoneConfig) -> Self {
        let (wake, wakes) = channel();
        let handle = hark_phone::start(config, move || {
            // The test that waits for it is over.
            let _ = wake.send(());
        });
        Self { handle, wakes }
    }

    fn set_account(&self, account: &AccountSettings, password: &str, turn: TurnPassword) {
        let command = Command::SetAccount {
            account: account.clone(),
            password: Password::new(password),
            turn_password: turn,
        };
        self.handle.send(command).unwrap();
    }

    /// Waits until the snapshot is as wanted. The engine wakes its face at every change.
    #[track_caller]
    fn until(&self, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        loop {
            let snapshot = self.handle.snapshot();
            if wanted(&snapshot) {
                return snapshot;
            }
            let woken = self.wakes.recv_timeout(LIMIT);
            assert!(woken.is_ok(), "not shown in time: {snapshot:#?}");
        }
    }
}

#[test]
fn presence_and_settings_outlive_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let audio = AudioSettings {
        speaker: vec!["Desk".into(), "Screen".into()],
        gain_control: Some(false),
        ..AudioSettings::default()
    };
    let phone = Phone::start(folder.path());
    phone
        .handle
        .send(Command::SetPresence(Presence::AppearOffline))
        .unwrap();
    phone.handle.send(Command::SetAudio(audio.clone())).unwrap();
    phone.handle.join();

    let phone = Phone::start(folder.path());
    let shown = phone.until(|shown| shown.presence == Presence::AppearOffline);
    assert_eq!(shown.audio, audio);
}

/// Everything that the account form sets besides the login.
fn full_account(server: &TcpListener) -> AccountSettings {
    AccountSettings {
        address: "alice@example.test".into(),
        server: Some(server.local_addr().unwrap().to_string()),
        transport: Transport::Tcp,
        codecs: Some(vec!["pcma".into(), "opus".into()]),
        media_keys: MediaKeys::Dtls,
        media_ports: "30000-30100".parse().ok(),
        ice: true,
        stun_server: Some("127.0.0.1".into()),
        turn_server: Some("127.0.0.1:5349".into()),
        turn_username: Some("alice".into()),
        encrypt_recordings: true,
        ..AccountSettings::default()
    }
}

#[test]
fn the_settings_of_an_account_outlive_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let account = full_account(&server);
    let phone = Phone::start(folder.path());
    phone.set_account(&account, "secret", TurnPassword::Kept);
    phone.until(|shown| shown.account.is_some());
    phone.handle.join();

    let phone = Phone::start(folder.path());
    let shown = phone.until(|shown| shown.account.is_some());
    assert_eq!(shown.account, Some(account));
    let file = std::fs::read_to_string(folder.path().join("hark.toml")).unwrap();
    assert!(!file.contains("secret"), "{file}");
}

#[test]
fn the_password_of_a_relay_is_for_that_relay_alone_until_it_is_forgotten() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let account = full_account(&server);
    let mut config = config(Path::new("unused"));
    config.profile = Profile::Memory;
    let phone = Phone::run(config);
    let new = || TurnPassword::New(Password::new("sesame"));
    phone.set_account(&account, "secret", new());
    phone.until(|shown| shown.turn_password_known);
    let others = [
        AccountSettings {
            turn_server: Some("127.0.0.1:5350".into()),
            ..account.clone()
        },
        AccountSettings {
            turn_username: Some("bob".into()),
            ..account.clone()
        },
        AccountSettings {
            address: "bob@example.test".into(),
            ..account.clone()
        },
    ];
    for other in others {
        phone.set_account(&other, "secret", TurnPassword::Kept);
        phone.until(|shown| !shown.turn_password_known && shown.account.as_ref() == Some(&other));
        phone.set_account(&account, "secret", new());
        phone.until(|shown| shown.turn_password_known);
    }
    let more_codecs = AccountSettings {
        codecs: None,
        ..account.clone()
    };
    phone.set_account(&more_codecs, "", TurnPassword::Kept);
    let shown = phone.until(|shown| shown.account.as_ref() == Some(&more_codecs));
    assert!(shown.turn_password_known);
    phone.set_account(&account, "", TurnPassword::Forgotten);
    phone.until(|shown| !shown.turn_password_known);
}

#[test]
fn a_file_that_was_spoiled_is_kept_and_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hark.toml"), "presence = [").unwrap();
    let phone = Phone::start(folder.path());
    let shown = phone.until(|shown| !shown.problems.is_empty());
    assert!(shown.problems[0].text.contains("hark.toml.broken-1"));
    assert!(matches!(phone.handle.wait_event(), Event::Error { .. }));
}

#[test]
fn without_an_account_calls_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::start(folder.path());
    for command in [Command::CallVoicemail, Command::Dial { to: "1".into() }] {
        phone.handle.send(command).unwrap();
        let Event::Error { text } = phone.handle.wait_event() else {
            panic!("an error comes first");
        };
        assert!(text.starts_with("There is no account yet."), "{text}");
    }
    let shown = phone.handle.snapshot();
    assert_eq!(shown.registration, RegistrationView::SignedOut);
    assert_eq!(shown.calls, []);
}

#[test]
fn another_server_never_gets_the_kept_password() {
    let folder = tempfile::tempdir().unwrap();
    let listen = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (own, other) = (listen(), listen());
    let account = |server: &TcpListener, name: &str| AccountSettings {
        address: "alice@example.test".into(),
        display_name: Some(name.into()),
        server: Some(server.local_addr().unwrap().to_string()),
        transport: Transport::Tcp,
        ..AccountSettings::default()
    };
    let mut config = config(folder.path());
    config.profile = Profile::Memory;
    config.account = Some(account(&own, "Alice"));
    config.password = Some(Password::new("secret"));
    let phone = Phone::run(config);
    let set = |account| phone.set_account(&account, "", TurnPassword::Kept);
    phone.until(|shown| shown.account.is_some());
    own.accept().unwrap();

    set(account(&other, "Mallory"));
    let error =
        std::iter::repeat_with(|| phone.handle.wait_event()).find_map(|event| match event {
            Event::Error { text } => Some(text),
            _ => None,
        });
    assert!(error.unwrap().starts_with("Type the password:"));
    let shown = phone.handle.snapshot();
    assert_eq!(shown.account, Some(account(&own, "Alice")));

    // The same login with another name signs in again where it was.
    set(account(&own, "Alice A."));
    phone.until(|shown| shown.account == Some(account(&own, "Alice A.")));
    own.accept().unwrap();
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err(), "nobody called the other server");
}

#[test]
fn a_stopped_engine_says_so_and_takes_no_commands() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::start(folder.path());
    phone.handle.join();
    assert_eq!(phone.handle.wait_event(), Event::Stopped);
    assert_eq!(phone.handle.poll_event(), Some(Event::Stopped));
    assert!(phone.handle.send(Command::RetryNow).is_err());
    phone.handle.join();
}

/// All that a file of settings must never hold, in one phone.
#[test]
fn an_export_holds_every_setting_and_no_secret() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let account = full_account(&server);
    let key = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    let mut config = config(folder.path());
    config.recording_key = hark_phone::RecordingKey::parse(key);
    assert!(config.recording_key.is_some());
    let phone = Phone::run(config);
    let turn = TurnPassword::New(Password::new("turn-sesame"));
    phone.set_account(&account, "correct-horse", turn);
    let pin = hark_phone::Pin::new("864213");
    phone.handle.send(Command::SetPin(pin)).unwrap();
    let audio = AudioSettings {
        speaker: vec!["Desk".into()],
        ..AudioSettings::default()
    };
    phone.handle.send(Command::SetAudio(audio.clone())).unwrap();
    phone.until(|shown| shown.pin_known && shown.account.is_some());
    let file = folder.path().join("export.toml");
    let export = Command::ExportSettings { file: file.clone() };
    phone.handle.send(export).unwrap();
    let exported = std::iter::repeat_with(|| phone.handle.wait_event())
        .find(|event| matches!(event, Event::SettingsExported { .. }));
    assert_eq!(
        exported,
        Some(Event::SettingsExported { file: file.clone() })
    );
    let text = std::fs::read_to_string(&file).unwrap();
    let kept = std::fs::read_to_string(folder.path().join("hark.toml")).unwrap();
    let epid = kept.lines().find(|line| line.starts_with("epid")).unwrap();
    for secret in ["correct-horse", "864213", "turn-sesame", key, epid] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }

    let there = Phone::start(other.path());
    let import = Command::ReadSettings {
        from: hark_phone::portable::Origin::File(file),
        manner: hark_phone::portable::Manner::Whole,
        then: hark_phone::Then::Apply,
    };
    there.handle.send(import).unwrap();
    let shown = there.until(|shown| shown.account.is_some());
    assert_eq!((&shown.account, &shown.audio), (&Some(account), &audio));
}

#[test]
fn what_went_wrong_outlives_the_engine_until_it_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let texts = |shown: &Snapshot| {
        let failures = shown.diagnosis.failures.iter();
        failures
            .map(|failure| (failure.text.clone(), failure.times))
            .collect::<Vec<_>>()
    };
    let dial = || Command::Dial {
        to: "2001".to_owned(),
    };
    let phone = Phone::start(folder.path());
    phone.handle.send(dial()).unwrap();
    let shown = phone.until(|shown| !shown.diagnosis.failures.is_empty());
    let told = texts(&shown);
    let when = shown.diagnosis.failures[0].at;
    phone.handle.join();

    let phone = Phone::start(folder.path());
    let shown = phone.until(|shown| !shown.diagnosis.failures.is_empty());
    assert_eq!(texts(&shown), told);
    let since = when.duration_since(shown.diagnosis.failures[0].at);
    assert!(since.unwrap() < Duration::from_millis(1));
    // The same again goes on being counted, and another one stands before it.
    phone.handle.send(dial()).unwrap();
    phone.until(|shown| shown.diagnosis.failures[0].times == 2);
    let file = folder.path().join("no folder").join("trace.txt");
    phone
        .handle
        .send(Command::ExportTrace {
            file: Some(file),
            naming: Naming::AsSent,
        })
        .unwrap();
    let shown = phone.until(|shown| shown.diagnosis.failures.len() == 2);
    let told = texts(&shown);
    phone.handle.join();

    let phone = Phone::start(folder.path());
    let shown = phone.until(|shown| !shown.diagnosis.failures.is_empty());
    assert_eq!(texts(&shown), told);
    phone.handle.send(Command::ClearFailures).unwrap();
    phone.until(|shown| shown.diagnosis.failures.is_empty());
    phone.handle.join();

    let phone = Phone::start(folder.path());
    // An order that is answered after the archive has told what it holds.
    phone
        .handle
        .send(Command::TellHistory(HistoryQuestion::default()))
        .unwrap();
    while !matches!(phone.handle.wait_event(), Event::History(_)) {}
    assert_eq!(texts(&phone.handle.snapshot()), []);
}
