//! The stores on real folders: what is written comes back, and nothing that was there is lost.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::config::{ConfigStore, Kept, LearnedVoicemail};
use super::history::{HistoryStore, NewEntry};
use crate::settings::AccountSettings;
use crate::snapshot::{CallDirection, CallKind, Outcome, Presence};

fn kept() -> Kept {
    let account: AccountSettings = toml::from_str(
        "address = 'alice@example.test'\nserver = '127.0.0.1:5061'\nmedia_encryption = 'required'",
    )
    .unwrap();
    Kept {
        presence: Some(Presence::AppearOffline),
        account: Some(account),
        learned_voicemail: Some(LearnedVoicemail {
            account: "alice@example.test".into(),
            voicemail: "sip:8500@example.test".into(),
        }),
        ..Kept::default()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn settings_presence_and_what_was_learned_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deeper/hark.toml");
    let (store, first, problem) = ConfigStore::open(Some(path.clone()));
    assert_eq!((first, problem), (Kept::default(), None));
    store.save(&kept()).unwrap();
    let (_, again, problem) = ConfigStore::open(Some(path.clone()));
    assert_eq!((again, problem), (kept(), None));
    assert_eq!(names(path.parent().unwrap()), ["hark.toml"]);
}

#[cfg(unix)]
#[test]
fn the_file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hark.toml");
    ConfigStore::open(Some(path.clone()))
        .0
        .save(&kept())
        .unwrap();
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn a_file_that_cannot_be_used_is_kept_aside() {
    let good = toml::to_string(&kept()).unwrap();
    let cases: [(&str, Vec<u8>); 5] = [
        ("torn", good.as_bytes()[..good.len() - 20].to_vec()),
        (
            "unknown field",
            format!("colour = 'blue'\n{good}").into_bytes(),
        ),
        (
            "newer",
            good.replace("version = 1", "version = 2").into_bytes(),
        ),
        ("not text", vec![0xff, 0xfe, 0x00]),
        ("empty", Vec::new()),
    ];
    for (case, bytes) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hark.toml");
        fs::write(&path, &bytes).unwrap();
        let (store, found, problem) = ConfigStore::open(Some(path.clone()));
        assert_eq!(found, Kept::default(), "{case}");
        let text = problem.unwrap().text;
        assert!(text.contains("hark.toml.broken-1"), "{case}: {text}");
        store.save(&kept()).unwrap();
        assert_eq!(
            names(folder.path()),
            ["hark.toml", "hark.toml.broken-1"],
            "{case}"
        );
        let aside = fs::read(folder.path().join("hark.toml.broken-1")).unwrap();
        assert_eq!(aside, bytes, "{case}");
    }
}

#[test]
fn a_second_broken_file_does_not_replace_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hark.toml");
    for n in 1..=2 {
        fs::write(&path, format!("broken {n}")).unwrap();
        ConfigStore::open(Some(path.clone()));
    }
    assert_eq!(
        names(folder.path()),
        ["hark.toml.broken-1", "hark.toml.broken-2"]
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let (store, ..) = ConfigStore::open(Some(in_the_way.join("hark.toml")));
    let problem = store.save(&kept()).unwrap_err();
    assert!(
        problem.text.starts_with("Hark could not save"),
        "{problem:?}"
    );
    assert!(in_the_way.is_file());
}

fn call(outcome: Outcome, minute: u64) -> NewEntry {
    NewEntry {
        direction: CallDirection::Incoming,
        kind: CallKind::Person,
        outcome,
        title: format!("caller {minute}"),
        address: "sip:bob@example.test".into(),
        began: UNIX_EPOCH + Duration::from_secs(60 * minute),
        talked: Duration::from_millis(1500),
    }
}

#[test]
fn history_survives_a_restart_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let (mut store, problem) = HistoryStore::open(Some(path.clone()));
    assert_eq!(problem, None);
    store.record(&call(Outcome::Missed, 1)).unwrap();
    store.record(&call(Outcome::Answered, 2)).unwrap();
    drop(store);

    let (mut store, _) = HistoryStore::open(Some(path));
    let history = store.read().unwrap();
    assert_eq!(history.missed_unseen, 1);
    let titles: Vec<_> = history.entries.iter().map(|entry| &*entry.title).collect();
    assert_eq!(titles, ["caller 2", "caller 1"]);
    assert_eq!(history.entries[0].outcome, Outcome::Answered);
    assert_eq!(
        history.entries[0].began,
        UNIX_EPOCH + Duration::from_secs(120)
    );
    assert_eq!(history.entries[0].talked, Duration::from_millis(1500));

    store.mark_seen().unwrap();
    assert_eq!(store.read().unwrap().missed_unseen, 0);
    store.clear().unwrap();
    assert_eq!(store.read().unwrap(), super::History::default());
}

#[test]
fn every_kind_and_outcome_comes_back() {
    let (mut store, _) = HistoryStore::open(None);
    let kinds = [
        CallKind::PlayOnPhone,
        CallKind::Person,
        CallKind::Automatic,
        CallKind::Voicemail,
    ];
    let outcomes = [
        Outcome::Answered,
        Outcome::Missed,
        Outcome::Declined,
        Outcome::Refused,
        Outcome::AnsweredElsewhere,
        Outcome::Failed,
        Outcome::Cancelled,
    ];
    for (minute, (&kind, &outcome)) in kinds.iter().cycle().zip(&outcomes).enumerate() {
        let direction = if minute % 2 == 0 {
            CallDirection::Outgoing
        } else {
            CallDirection::Incoming
        };
        let entry = NewEntry {
            kind,
            direction,
            ..call(outcome, minute as u64)
        };
        store.record(&entry).unwrap();
        let found = store.read().unwrap().entries[0].clone();
        assert_eq!(
            (found.kind, found.direction, found.outcome),
            (kind, direction, outcome)
        );
    }
}

#[test]
fn a_damaged_history_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    fs::write(
        &path,
        b"this was never a database, but it is somebody's file".repeat(40),
    )
    .unwrap();
    let (mut store, problem) = HistoryStore::open(Some(path));
    assert!(problem.unwrap().detail.ends_with("history.sqlite.broken-1"));
    store.record(&call(Outcome::Answered, 1)).unwrap();
    assert!(names(folder.path()).contains(&"history.sqlite.broken-1".to_owned()));
}
