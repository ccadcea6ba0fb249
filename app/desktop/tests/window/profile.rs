//! Settings that travel, in the window: saved, looked at before they are taken, and locked.

use egui::accesskit::Role;
use egui_kittest::kittest::NodeT as _;
use hark_phone::portable::{Change, Document, Manner, Origin, Place, Value};
use hark_phone::{Event, SettingsReading, Snapshot, Then};

use crate::fixtures::signed_in;
use crate::stage::Stage;

fn settings(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "Settings");
    stage
}

pub fn reading(then: Then) -> SettingsReading {
    let text = "colour = 'blue'\n[who_rings]\nrefuse_anonymous = true";
    SettingsReading {
        from: Some(Origin::File("hark.toml".into())),
        document: Document::read(text).unwrap(),
        manner: Manner::Whole,
        changes: vec![
            Change::AccountAdded("bob@example.test".into()),
            Change::Set {
                place: Place::WhoRings,
                key: "refuse_anonymous".into(),
                before: Some(Value::Switch(false)),
                after: Some(Value::Switch(true)),
            },
        ],
        then,
    }
}

#[test]
fn settings_are_saved_as_a_file_whose_name_is_told() {
    let mut stage = settings(signed_in());
    stage.press("Save settings to a file");
    let said = stage.said();
    assert!(
        said[0].starts_with("ExportSettings { file: \"Downloads/hark-settings-"),
        "{said:?}"
    );
    stage.happens(Event::SettingsExported {
        file: "Downloads/hark-settings.toml".into(),
    });
    assert!(stage.reads("The settings are saved in:"));
    assert!(stage.reads("Downloads/hark-settings.toml"));
}

#[test]
fn a_file_is_looked_into_and_nothing_changes_until_the_user_says_so() {
    let mut stage = settings(signed_in());
    stage.fill("File with settings", "hark.toml");
    stage.press("Load settings from a file");
    assert_eq!(
        stage.said(),
        ["ReadSettings { from: File(\"Downloads/hark.toml\"), manner: Whole, then: Show }"]
    );
    stage.happens(Event::SettingsRead(Box::new(reading(Then::Show))));
    for line in [
        "What would change",
        "bob@example.test is added",
        "Turn away callers who hide their number: on (before: off)",
        "Line 1, colour",
    ] {
        assert!(stage.reads(line), "{line}");
    }
    stage.press("Leave everything as it is");
    assert_eq!(stage.said(), [""; 0]);
    stage.happens(Event::SettingsRead(Box::new(reading(Then::Show))));
    stage.press("Make these changes");
    let said = stage.said();
    assert!(said[0].starts_with("TakeSettings { document: "), "{said:?}");
    assert!(!stage.reads("What would change"));
}

#[test]
fn what_cannot_be_read_is_told_beside_the_field() {
    let mut stage = settings(signed_in());
    stage.fill("File with settings", "http://a.test/x");
    stage.press("Load settings from a file");
    assert_eq!(stage.said(), [""; 0]);
    assert!(stage.reads(
        "Hark takes settings from links that begin with https:// only. Ask your administrator for one."
    ));
    stage.fill("File with settings", "s");
    stage.press("Load settings from a file");
    stage.happens(Event::Error {
        text: "Nothing was changed.".into(),
    });
    assert!(stage.reads("Nothing was changed."));
}

#[test]
fn a_link_of_the_administrator_sets_a_new_phone_up() {
    let mut stage = Stage::new(Snapshot::default());
    stage.press("My administrator gave me a link");
    stage.fill("Link or file", "https://phone.example.test/hark.toml");
    stage.press("See what it changes");
    assert_eq!(
        stage.said(),
        [
            "ReadSettings { from: Url(\"https://phone.example.test/hark.toml\"), manner: Keys, then: Show }"
        ]
    );
    stage.happens(Event::SettingsRead(Box::new(reading(Then::Show))));
    stage.press("Make these changes");
    // The account is there and its password is not: the form asks for it.
    let mut taken = reading(Then::Apply);
    let account = signed_in().account.unwrap();
    taken.changes = vec![Change::PasswordNeeded(account.address.clone())];
    stage.show(Snapshot {
        account: Some(account.clone()),
        ..Snapshot::default()
    });
    stage.happens(Event::SettingsRead(Box::new(taken)));
    let address = stage.field("Address").value();
    assert_eq!(address.as_deref(), Some(account.address.as_str()));
    assert!(stage.has(Role::Button, "Sign in"));
}

#[test]
fn what_the_administrator_has_set_cannot_be_used_and_says_so() {
    let locked = Document::read("locked = ['audio.gain_control', 'settings.theme']").unwrap();
    let stage = settings(Snapshot {
        locks: locked.locks().clone(),
        ..signed_in()
    });
    let is_off = |name| {
        stage
            .node(Role::Switch, name)
            .accesskit_node()
            .is_disabled()
    };
    assert!(is_off("Make my voice neither too quiet nor too loud"));
    assert!(!is_off("Reduce noise around me"));
    assert!(stage.reads("Your administrator has set this."));
}
