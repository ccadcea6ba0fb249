//! Every screen as an image, light and dark. `UPDATE_SNAPSHOTS=1` writes them anew; look at each one
//! before it is committed.

use egui_kittest::SnapshotResults;
use hark_desktop::action::Action;
use hark_desktop::state::CallPanel;
use hark_desktop::theme::size;
use hark_phone::snapshot::{Cause, ConnectingStage};
use hark_phone::{
    CallId, CallView, EchoTestStage, EchoTestView, Event, Presence, RegistrationView, Snapshot,
    Theme,
};

use crate::fixtures::{
    diagnosed, in_call, offline, one_way_call, play_on_phone, presence, priya_rings, priya_talks,
    refused, signed_in, tom_on_hold, uneven_call, unknown_authority, voicemail_call, with_contacts,
    with_rules,
};
use crate::recording::{recorded, saved};
use crate::sound_and_network::with_relay;
use crate::stage::Stage;

/// Draws a screen in both themes and compares it with the images of that name.
fn check(name: &str, snapshot: Snapshot, size: [f32; 2], act: impl Fn(&mut Stage)) {
    let mut results = SnapshotResults::new();
    for (theme, suffix) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut stage = Stage::themed(snapshot.clone(), theme, size);
        act(&mut stage);
        stage.harness.snapshot(format!("{name}_{suffix}"));
        results.extend_harness(&mut stage.harness);
    }
}

fn usual(name: &str, snapshot: Snapshot, act: impl Fn(&mut Stage)) {
    check(name, snapshot, size::WINDOW, act);
}

#[test]
fn keys() {
    usual("keys", signed_in(), |stage| {
        stage.key(egui::Key::F1);
    });
}

#[test]
fn what_a_file_of_settings_would_change() {
    usual("changes", signed_in(), |stage| {
        let reading = crate::profile::reading(hark_phone::Then::Show);
        stage.happens(Event::SettingsRead(Box::new(reading)));
    });
}

#[test]
fn the_home_of_the_second_of_two_accounts() {
    usual("two_accounts", crate::accounts::two_accounts(), |stage| {
        crate::accounts::choose(stage, "bob@example.test");
        // The list stays open for whoever does not press with a pointer.
        stage.activate(egui::accesskit::Role::ComboBox, "Account");
    });
}

#[test]
fn setup() {
    usual("setup", Snapshot::default(), |stage| {
        stage.fill("Address", "dana@example.test");
    });
}

#[test]
fn setup_after_a_wrong_password() {
    usual("setup_refused", Snapshot::default(), |stage| {
        stage.fill("Address", "dana@example.test");
        stage.fill("Password", "wrong");
        stage.press("Sign in");
        let mut snapshot = Snapshot {
            account: Some(crate::fixtures::account()),
            ..Snapshot::default()
        };
        snapshot.registration = RegistrationView::Connecting(ConnectingStage::SigningIn);
        stage.show(snapshot.clone());
        snapshot.registration = refused();
        snapshot.diagnosis.cause = Some(Cause::WrongPassword);
        stage.show(snapshot.clone());
        stage.happens(Event::Registration(snapshot.registration));
        stage.press("Technical details");
    });
}

#[test]
fn setup_at_an_unknown_authority() {
    check(
        "setup_authority",
        Snapshot::default(),
        [420.0, 1000.0],
        |stage| {
            stage.fill("Address", "dana@example.test");
            stage.fill("Password", "right");
            stage.press("Sign in");
            stage.show(unknown_authority());
            stage.happens(Event::Registration(unknown_authority().registration));
            stage.press("Choose the authority's file");
        },
    );
}

#[test]
fn diagnosis_of_a_phone_that_works() {
    let snapshot = diagnosed(&["Priya Raman is busy. Try again later."]);
    check("diagnosis", snapshot, [360.0, 600.0], |stage| {
        stage.reports(Action::ShowDiagnosis);
    });
}

#[test]
fn diagnosis_in_a_wide_window_of_a_certificate_that_is_refused() {
    let mut snapshot = unknown_authority();
    snapshot.devices = signed_in().devices;
    check("diagnosis_wide", snapshot, [1100.0, 760.0], |stage| {
        stage.reports(Action::ShowDiagnosis);
    });
}

#[test]
fn diagnosis_of_a_call() {
    let mut snapshot = diagnosed(&[]);
    snapshot.calls = vec![uneven_call()];
    check("diagnosis_call", snapshot, [420.0, 1500.0], |stage| {
        stage.reports(Action::ShowDiagnosis);
    });
}

#[test]
fn signing_in() {
    usual("setup_signing_in", Snapshot::default(), |stage| {
        stage.fill("Address", "dana@example.test");
        stage.fill("Password", "right");
        stage.press("Sign in");
        let stage_reached = ConnectingStage::CheckingCertificate;
        stage.show(Snapshot {
            account: Some(crate::fixtures::account()),
            registration: RegistrationView::Connecting(stage_reached),
            ..Snapshot::default()
        });
    });
}

#[test]
fn home() {
    usual("home", signed_in(), |_| {});
}

#[test]
fn play_on_phone_rings_while_the_connection_is_gone() {
    let mut snapshot = presence(Presence::DoNotDisturb, offline());
    snapshot.calls = vec![play_on_phone()];
    usual("incoming", snapshot, |_| {});
}

#[test]
fn presence_popup() {
    let snapshot = presence(Presence::AppearOffline, signed_in());
    usual("presence", snapshot, |stage| {
        stage.press("Presence: Appear offline");
    });
}

#[test]
fn keypad() {
    usual("keypad", signed_in(), |stage| {
        stage.type_text("425 555 01");
    });
}

#[test]
fn call() {
    usual("call", in_call(voicemail_call()), |_| {});
}

#[test]
fn the_sound_of_a_call_in_the_smallest_window() {
    let call = in_call(uneven_call());
    check("call_sound", call, size::WINDOW_MIN, |stage| {
        stage.press("Sound details");
    });
}

#[test]
fn a_call_in_which_nothing_comes_back() {
    usual("call_trouble", in_call(one_way_call()), |_| {});
}

#[test]
fn call_that_is_recorded() {
    check("call_recorded", in_call(recorded()), [360.0, 600.0], |_| {});
}

#[test]
fn call_with_keys() {
    usual("call_keys", in_call(voicemail_call()), |stage| {
        stage.press("Keypad");
        stage.type_text("1#");
    });
}

#[test]
fn history() {
    usual("history", signed_in(), |stage| {
        stage.activate(egui::accesskit::Role::Tab, "People, 1 new");
    });
}

#[test]
fn history_of_other_kinds_with_one_call_removed() {
    let mut entries = crate::fixtures::history();
    entries[0].kind = hark_phone::CallKind::Automatic;
    entries[2].kind = hark_phone::CallKind::PlayOnPhone;
    entries[2].title = "Voicemail – Play on Phone".into();
    let snapshot = Snapshot {
        history: entries.into(),
        ..signed_in()
    };
    check("history_kinds", snapshot, size::WINDOW_MIN, |stage| {
        stage.activate(egui::accesskit::Role::Tab, "People, 1 new");
        stage.press("More about Front desk");
        stage.press("Remove this call");
    });
}

fn show_contacts(stage: &mut Stage) {
    stage.activate(egui::accesskit::Role::Tab, "People, 1 new");
    stage.activate(egui::accesskit::Role::RadioButton, "Contacts");
}

#[test]
fn contacts() {
    check("contacts", with_contacts(), size::WINDOW_MIN, show_contacts);
}

#[test]
fn a_contact() {
    check("contact", with_contacts(), size::WINDOW_MIN, |stage| {
        show_contacts(stage);
        stage.press("Show Priya Raman");
    });
}

#[test]
fn a_contact_that_is_changed() {
    usual("contact_form", with_contacts(), |stage| {
        show_contacts(stage);
        stage.press("Show Priya Raman");
        stage.press("Edit");
    });
}

#[test]
fn home_with_favourites() {
    check("home_favourites", with_contacts(), size::WINDOW_MIN, |_| {});
}

#[test]
fn keypad_with_suggestions() {
    check("keypad_names", with_contacts(), size::WINDOW_MIN, |stage| {
        stage.type_text("01");
    });
}

#[test]
fn settings() {
    usual("settings", signed_in(), |stage| {
        stage.activate(egui::accesskit::Role::Tab, "Settings");
    });
}

#[test]
fn settings_of_audio() {
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
    check("settings_audio", snapshot, [360.0, 1240.0], |stage| {
        stage.activate(egui::accesskit::Role::Tab, "Settings");
    });
}

#[test]
fn a_recording_that_was_saved() {
    usual("recording_saved", signed_in(), |stage| {
        stage.happens(saved("/music/Hark/2026-03-05 10.43.37 Priya Raman.ogg.age"));
    });
}

#[test]
fn settings_of_calls() {
    check("settings_calls", with_rules(), [400.0, 2000.0], |stage| {
        stage.activate(egui::accesskit::Role::Tab, "Settings");
        stage.fill("Forward every call to", "dana");
        stage.key(egui::Key::Enter);
    });
}

#[test]
fn a_call_that_is_about_to_be_sent_on() {
    usual("send_on", in_call(priya_rings()), |stage| {
        stage.press("Send on to…");
        stage.type_text("2999");
    });
}

#[test]
fn two_calls_and_a_transfer() {
    let mut snapshot = in_call(priya_talks());
    snapshot.calls.push(tom_on_hold());
    usual("transfer", snapshot, |stage| {
        stage.press("Transfer");
        stage.type_text("2999");
    });
}

#[test]
fn a_call_waits_while_another_one_outlives_its_connection() {
    let calls = vec![
        priya_talks(),
        CallView {
            id: CallId(9),
            diverted_from: Some("Front desk".into()),
            ..priya_rings()
        },
    ];
    usual("waiting", Snapshot { calls, ..offline() }, |_| {});
}

#[test]
fn changing_the_account() {
    usual("change", signed_in(), |stage| {
        stage.activate(egui::accesskit::Role::Tab, "Settings");
        stage.press("Change");
    });
}

#[test]
fn sound_and_network_in_the_form() {
    check(
        "sound_and_network",
        with_relay(),
        [400.0, 1960.0],
        |stage| {
            stage.activate(egui::accesskit::Role::Tab, "Settings");
            stage.press("Change");
            stage.press("Sound and network");
        },
    );
}

#[test]
fn what_is_wrong_under_sound_and_network_in_the_smallest_window() {
    let size = [size::WINDOW_MIN[0], 1520.0];
    check(
        "sound_and_network_wrong",
        Snapshot::default(),
        size,
        |stage| {
            stage.press("Sound and network");
            stage.fill("Address", "dana@example.test");
            stage.fill("Password", "right");
            stage.fill("STUN server", "two words");
            stage.fill("Ports for sound", "30100-30000");
            stage.press("Sign in");
        },
    );
}

#[test]
fn demo() {
    let mut snapshot = presence(Presence::AppearOffline, signed_in());
    snapshot.history = Vec::new().into();
    usual("demo", snapshot, |stage| {
        stage.reports(Action::DemoStarted);
    });
}

#[test]
fn wide_window_with_two_calls() {
    let mut snapshot = in_call(voicemail_call());
    snapshot.calls.push(tom_on_hold());
    check("wide", snapshot, [1000.0, 740.0], |stage| {
        stage.reports(Action::TogglePanel(CallPanel::Devices));
    });
}
