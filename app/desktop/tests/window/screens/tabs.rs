//! Screens of a phone at rest.

use egui::Key;
use egui::accesskit::Role;
use hark_desktop::action::{Action, PeopleAction};
use hark_desktop::state::{PeoplePart, Tab};
use hark_desktop::text;
use hark_phone::{CallKind, EchoTestStage, EchoTestView, Event, Presence, Snapshot, Then};

use super::{Screen, screen};
use crate::accounts::two_accounts;
use crate::address_book::unreachable;
use crate::fixtures::{
    history, offline, play_on_phone, presence, signed_in, with_contacts, with_rules,
};
use crate::recording::saved;
use crate::sound_and_network::with_relay;
use crate::stage::Stage;

pub fn all() -> Vec<Screen> {
    [home(), people(), settings()]
        .into_iter()
        .flatten()
        .collect()
}

fn home() -> Vec<Screen> {
    vec![
        screen(("home", "Home"), signed_in(), |_| {}),
        screen(
            ("home_framed", "Home on a desktop that draws no frames"),
            signed_in(),
            Stage::frame,
        ),
        screen(
            ("home_favourites", "Home with favourites"),
            with_contacts(),
            |_| {},
        ),
        screen(
            ("two_accounts", "The second of two accounts"),
            two_accounts(),
            |stage| {
                crate::accounts::choose(stage, "bob@example.test");
                // The list stays open for whoever does not press with a pointer.
                stage.activate(Role::ComboBox, text::account_choice());
            },
        ),
        screen(("offline", "No connection"), offline(), |_| {}),
        screen(
            ("presence", "Who may ring"),
            presence(Presence::AppearOffline, signed_in()),
            |stage| {
                stage.press(&text::presence_button(Presence::AppearOffline));
            },
        ),
        screen(("keypad", "Keypad"), signed_in(), |stage| {
            stage.type_text("425 555 01")
        }),
        screen(
            ("names", "Names while a number is typed"),
            with_contacts(),
            |stage| {
                stage.type_text("01");
            },
        ),
        screen(("keys", "All keys"), signed_in(), |stage| {
            stage.key(Key::F1)
        }),
    ]
}

fn people() -> Vec<Screen> {
    vec![
        screen(("history", "Calls"), signed_in(), show_people),
        screen(
            ("history_kinds", "Calls of other kinds, one removed"),
            of_other_kinds(),
            |stage| {
                show_people(stage);
                stage.press(&text::more_about("Front desk"));
                stage.press(text::remove_call());
            },
        ),
        screen(
            ("recording_saved", "A recording that was saved"),
            signed_in(),
            |stage| {
                stage.happens(saved("/music/Hark/2026-03-05 10.43.37 Priya Raman.ogg.age"));
            },
        ),
        screen(("contacts", "Contacts"), with_contacts(), show_contacts),
        screen(("contact", "A contact"), with_contacts(), show_priya),
        screen(
            ("contact_form", "A contact that is changed"),
            with_contacts(),
            |stage| {
                show_priya(stage);
                stage.press(text::edit_contact());
            },
        ),
    ]
}

fn settings() -> Vec<Screen> {
    vec![
        screen(("settings", "Settings"), with_rules(), |stage| {
            show_settings(stage);
            stage.fill(text::forward_always(), "dana");
            stage.key(Key::Enter);
        })
        .of_height(2000.0),
        screen(
            (
                "settings_audio",
                "Settings of sound, a test call to yourself",
            ),
            with_sound(),
            show_settings,
        )
        .of_height(1240.0),
        screen(
            (
                "address_book",
                "A server's address book that does not answer, and is to be switched off",
            ),
            unreachable(),
            |stage| {
                show_settings(stage);
                stage.press(text::address_book_switch_off());
            },
        )
        .of_height(2500.0),
        screen(
            ("settings_accounts", "Settings of two accounts"),
            two_accounts(),
            show_settings,
        ),
        screen(
            ("changes", "What a file of settings would change"),
            signed_in(),
            |stage| {
                let reading = crate::profile::reading(Then::Show);
                stage.happens(Event::SettingsRead(Box::new(reading)));
            },
        ),
        screen(
            ("account", "An account, its sound and network"),
            with_relay(),
            |stage| {
                show_settings(stage);
                stage.press(text::edit_account());
                stage.press(text::media());
            },
        )
        .of_height(1960.0),
    ]
}

fn show_people(stage: &mut Stage) {
    stage.reports(Action::Show(Tab::People));
}

fn show_contacts(stage: &mut Stage) {
    show_people(stage);
    stage.reports(Action::People(PeopleAction::Show(PeoplePart::Contacts)));
}

fn show_priya(stage: &mut Stage) {
    show_contacts(stage);
    stage.press(&text::show_contact("Priya Raman"));
}

fn show_settings(stage: &mut Stage) {
    stage.reports(Action::Show(Tab::Settings));
}

fn of_other_kinds() -> Snapshot {
    let mut entries = history();
    entries[0].kind = CallKind::Automatic;
    entries[2].kind = CallKind::PlayOnPhone;
    entries[2].title = play_on_phone().title;
    Snapshot {
        history: entries.into(),
        ..signed_in()
    }
}

fn with_sound() -> Snapshot {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let mut snapshot = signed_in();
    snapshot.audio.speaker = names(&["Desk phone", "USB headset"]);
    snapshot.audio.microphone = names(&["Built-in microphone"]);
    snapshot.audio.gain_control = Some(false);
    snapshot.echo_test = Some(EchoTestView {
        stage: EchoTestStage::Recording,
        seconds_left: 3,
        level: 0.6,
    });
    snapshot
}
