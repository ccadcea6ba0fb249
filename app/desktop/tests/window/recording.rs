//! Recording a call: the control, the red dot, the card about what was saved, the settings.

use std::time::Duration;

use egui::accesskit::Role;
use hark_phone::{
    AccountSettings, CallState, CallView, Event, RecordingState, RecordingView, Snapshot,
};

use crate::fixtures::{CALL, account, in_call, moment, offline, priya_talks, signed_in};
use crate::stage::Stage;

const FOLDER: &str = "Recordings go to";
const CONSENT: &str = "The law on recording calls differs from place to place. Often everybody in \
     the call has to agree first. To ask them is up to you.";
const ENCRYPT: &str = "Encrypt the recordings of this account";

pub fn recorded() -> CallView {
    CallView {
        recording: Some(RecordingView {
            since: moment().now - Duration::from_secs(12),
            file: "/music/Hark/2026-03-05 10.43.37 Priya Raman.ogg".into(),
        }),
        ..priya_talks()
    }
}

pub fn saved(file: &str) -> Event {
    Event::Recording {
        call: CALL,
        state: RecordingState::Saved {
            file: file.into(),
            missed: Duration::ZERO,
        },
    }
}

fn settings(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "Settings");
    stage
}

fn with_folder() -> Snapshot {
    Snapshot {
        recordings_folder: Some("/music/Hark".into()),
        ..signed_in()
    }
}

#[test]
fn a_call_is_recorded_and_says_so_in_words() {
    for size in [hark_desktop::theme::size::WINDOW, [360.0, 600.0]] {
        let mut stage = Stage::of_size(in_call(priya_talks()), size);
        stage.press("Record");
        assert_eq!(
            stage.said(),
            ["SetRecorded { call: CallId(7), recorded: true }"]
        );
        stage.show(in_call(recorded()));
        assert!(stage.reads("Recording 00:12"));
        stage.press("Stop recording");
        assert_eq!(
            stage.said(),
            ["SetRecorded { call: CallId(7), recorded: false }"]
        );
        stage.show(in_call(priya_talks()));
        assert!(!stage.reads("Recording 00:12"));
    }
}

#[test]
fn only_a_connected_call_can_be_recorded() {
    let mut stage = Stage::new(in_call(CallView {
        state: CallState::Calling,
        connected_at: None,
        ..priya_talks()
    }));
    stage.activate(Role::Button, "Record");
    assert!(stage.said().is_empty());
}

#[test]
fn what_was_saved_is_told_with_the_way_to_it() {
    let mut stage = Stage::new(signed_in());
    stage.happens(saved("/music/Hark/a.ogg"));
    assert!(stage.reads("Recording saved"));
    assert!(stage.reads("/music/Hark/a.ogg"));
    assert!(!stage.has(Role::Button, "Save a copy without encryption"));
    stage.press("Show in folder");
    assert_eq!(stage.said(), ["show /music/Hark/a.ogg"]);
    stage.press("Dismiss");
    assert!(!stage.reads("Recording saved"));
}

#[test]
fn an_encrypted_recording_can_be_saved_without_encryption() {
    let mut stage = Stage::new(signed_in());
    stage.happens(saved("/m/a.ogg.age"));
    stage.press("Save a copy without encryption");
    assert_eq!(
        stage.said(),
        [r#"OpenRecording { file: "/m/a.ogg.age", to: "/m/a.ogg" }"#]
    );
    stage.happens(Event::RecordingOpened {
        file: "/m/a.ogg".into(),
        whole: true,
    });
    assert!(stage.reads("Copy without encryption saved"));
    assert!(!stage.has(Role::Button, "Save a copy without encryption"));
    stage.happens(Event::RecordingOpened {
        file: "/m/a.ogg".into(),
        whole: false,
    });
    assert!(stage.reads("The recording breaks off; a copy of its beginning is saved"));
}

#[test]
fn the_folder_is_a_whole_path_or_the_music_folder() {
    let mut stage = settings(with_folder());
    stage.fill(FOLDER, "calls");
    stage.key(egui::Key::Enter);
    assert!(stage.said().is_empty());
    assert!(stage.reads("Type the full path of the folder, from the very beginning."));
    let mut stage = settings(with_folder());
    stage.fill(FOLDER, "/srv/calls");
    stage.key(egui::Key::Enter);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains(r#"folder: Some("/srv/calls")"#),
        "{said:?}"
    );
}

#[test]
fn the_folder_that_is_left_for_another_tab_is_entered() {
    let mut stage = settings(with_folder());
    stage.fill(FOLDER, "/srv/calls");
    stage.activate(Role::Tab, "Home");
    let said = stage.said();
    assert!(
        said.iter().any(|said| said.contains("/srv/calls")),
        "{said:?}"
    );
}

#[test]
fn the_notice_is_chosen_and_the_duty_is_told() {
    let mut stage = settings(with_folder());
    assert!(stage.reads(CONSENT));
    let name = "How the other side learns of it";
    stage.node(Role::ComboBox, name).scroll_to_me();
    stage.settle();
    stage.activate(Role::ComboBox, name);
    stage.activate(Role::Button, "A voice says so at the beginning");
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("notice: Announcement"), "{said:?}");
}

#[test]
fn encryption_is_switched_for_the_account_in_a_call_too_but_not_without_a_connection() {
    let mut stage = settings(with_folder());
    stage.activate(Role::Switch, ENCRYPT);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("encrypt_recordings: true"), "{said:?}");
    let encrypted = Snapshot {
        account: Some(AccountSettings {
            encrypt_recordings: true,
            ..account()
        }),
        ..in_call(priya_talks())
    };
    let in_call = |snapshot| {
        let mut stage = Stage::new(snapshot);
        stage.press("Back to the other screens");
        stage.activate(Role::Tab, "Settings");
        stage.activate(Role::Switch, ENCRYPT);
        stage.said()
    };
    let said = in_call(encrypted.clone());
    assert!(said[0].contains("encrypt_recordings: false"), "{said:?}");
    let offline = Snapshot {
        registration: offline().registration,
        ..encrypted
    };
    assert!(in_call(offline).is_empty());
}
