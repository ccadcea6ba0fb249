//! The stores on real folders: what is written comes back, and nothing that was there is lost.

use std::fs;
use std::path::Path;

use super::config::{ConfigStore, Kept, LearnedVoicemail};
use crate::settings::AccountSettings;
use crate::snapshot::Presence;

fn kept() -> Kept {
    let account: AccountSettings = toml::from_str(
        "address = 'alice@example.test'\nserver = '127.0.0.1:5061'\nmedia_encryption = 'required'",
    )
    .unwrap();
    Kept {
        presence: Some(Presence::AppearOffline),
        accounts: vec![account],
        learned_voicemail: vec![LearnedVoicemail {
            account: "alice@example.test".into(),
            voicemail: "sip:8500@example.test".into(),
        }],
        ..Kept::default()
    }
}

pub(super) fn names(folder: &Path) -> Vec<String> {
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
            good.replace("version = 2", "version = 3").into_bytes(),
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
