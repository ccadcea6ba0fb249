//! Settings: devices, the tone, the microphone check, the theme, signing out.

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::NodeT as _;
use hark_desktop::action::Action;
use hark_phone::{Event, Snapshot, TraceExport};

use crate::fixtures::signed_in;
use crate::stage::Stage;

fn settings() -> Stage {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Settings");
    stage
}

#[test]
fn each_of_the_three_roles_has_a_device_of_its_own() {
    let mut stage = settings();
    for (role, device) in [
        ("Calls are heard on", "Built-in speakers"),
        ("Speak into", "Built-in microphone"),
        ("Ring on", "USB headset"),
    ] {
        stage.activate(Role::ComboBox, role);
        stage.activate(Role::Button, device);
    }
    let none = "None";
    let audio = |speaker: &str, microphone: &str, ringer: &str| {
        format!(
            "SetAudio(AudioSettings {{ speaker: {speaker}, microphone: {microphone}, ringer: {ringer} }})"
        )
    };
    assert_eq!(
        stage.said(),
        [
            audio("Some(\"Built-in speakers\")", none, none),
            audio(none, "Some(\"Built-in microphone\")", none),
            audio(none, none, "Some(\"USB headset\")"),
        ]
    );
}

#[test]
fn a_tone_is_played_on_request() {
    let mut stage = settings();
    stage.press("Play a tone");
    assert_eq!(stage.said(), ["PlayTestTone"]);
}

#[test]
fn the_microphone_is_open_only_while_it_is_checked() {
    let mut stage = settings();
    assert!(!stage.has(Role::Meter, "Microphone level"));
    stage.press("Check the microphone");
    stage.show(Snapshot {
        microphone_level: Some(0.5),
        ..signed_in()
    });
    let level = stage.node(Role::Meter, "Microphone level");
    assert_eq!(level.accesskit_node().numeric_value(), Some(50.0));
    stage.activate(Role::Tab, "Home");
    assert_eq!(
        stage.said(),
        [
            "WatchMicrophone { watch: true }",
            "WatchMicrophone { watch: false }",
        ]
    );
}

#[test]
fn the_theme_of_the_system_can_be_overruled() {
    let mut stage = settings();
    stage.activate(Role::RadioButton, "Dark");
    assert_eq!(stage.said(), ["SetPreferences(Settings { theme: Dark })"]);
    let mut dark = signed_in();
    dark.settings.theme = hark_phone::Theme::Dark;
    let stage = Stage::new(dark);
    assert_eq!(stage.harness.ctx.theme(), eframe::egui::Theme::Dark);
}

#[test]
fn the_desktop_decides_between_light_and_dark_where_it_says_so() {
    let mut stage = settings();
    assert_eq!(stage.harness.ctx.theme(), eframe::egui::Theme::Light);
    stage.reports(Action::DesktopTheme(Some(eframe::egui::Theme::Dark)));
    assert_eq!(stage.harness.ctx.theme(), eframe::egui::Theme::Dark);
}

#[test]
fn signing_out_asks_first() {
    let mut stage = settings();
    stage.press("Sign out");
    stage.press("Stay");
    assert!(stage.said().is_empty());
    stage.press("Sign out");
    stage.press("Sign out");
    assert_eq!(stage.said(), ["RemoveAccount"]);
}

#[test]
fn what_was_said_to_the_server_is_saved_as_a_file_that_is_named() {
    let mut stage = settings();
    stage.press("Save as a file");
    let path = "Downloads/hark-2026-03-05-104500.txt";
    assert_eq!(
        stage.said(),
        [format!("ExportTrace {{ file: Some({path:?}) }}")]
    );
    assert!(!stage.reads(path));
    stage.happens(Event::Trace(TraceExport::File {
        messages: 12,
        path: path.into(),
    }));
    assert!(stage.reads("12 messages are saved in:"));
    assert!(stage.reads(path));
}

#[test]
fn a_desktop_without_notifications_is_told_about() {
    let mut stage = settings();
    stage.reports(Action::NoNotifications("no bus".into()));
    assert!(
        stage.reads("This desktop shows no notifications. Calls still ring and raise this window.")
    );
}
