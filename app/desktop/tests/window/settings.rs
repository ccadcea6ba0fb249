//! Settings: devices, the tone, the microphone check, the theme, signing out.

use egui::Key;
use egui::accesskit::{Live, Role};
use egui_kittest::kittest::NodeT as _;
use hark_desktop::action::Action;
use hark_desktop::state::{Autostart, Motion, Preference};
use hark_phone::{
    AudioSettings, Command, EchoTestStage, EchoTestView, Event, Snapshot, TraceExport,
};

use crate::fixtures::signed_in;
use crate::stage::Stage;

fn settings() -> Stage {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Settings");
    stage
}

#[test]
fn each_of_the_three_roles_has_devices_of_its_own() {
    let mut stage = settings();
    for (role, device) in [
        ("Add a device to hear calls on", "Built-in speakers"),
        ("Add a device to speak into", "Built-in microphone"),
        ("Add a device to ring on", "USB headset"),
    ] {
        stage.activate(Role::ComboBox, role);
        stage.activate(Role::Button, device);
    }
    assert_eq!(
        stage.said(),
        [
            set_audio(&["Built-in speakers"], &[], &[]),
            set_audio(&[], &["Built-in microphone"], &[]),
            set_audio(&[], &[], &["USB headset"]),
        ]
    );
}

/// What the engine is told when devices are chosen and nothing else is set.
fn set_audio(speaker: &[&str], microphone: &[&str], ringer: &[&str]) -> String {
    format!(
        "{:?}",
        Command::SetAudio(audio(speaker, microphone, ringer))
    )
}

fn audio(speaker: &[&str], microphone: &[&str], ringer: &[&str]) -> AudioSettings {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    AudioSettings {
        speaker: owned(speaker),
        microphone: owned(microphone),
        ringer: owned(ringer),
        ..AudioSettings::default()
    }
}

fn with_devices(speaker: &[&str]) -> Stage {
    let mut stage = settings();
    stage.show(Snapshot {
        audio: audio(speaker, &[], &[]),
        ..signed_in()
    });
    stage
}

#[test]
fn devices_are_put_in_order_and_taken_off_the_list() {
    let mut stage = with_devices(&["USB headset", "Desk phone", "Built-in speakers"]);
    for button in [
        "Move Desk phone up",
        "Move Desk phone down",
        "Remove USB headset",
        // The ends of the list have nowhere to go.
        "Move USB headset up",
        "Move Built-in speakers down",
    ] {
        stage.press(button);
    }
    assert_eq!(
        stage.said(),
        [
            set_audio(
                &["Desk phone", "USB headset", "Built-in speakers"],
                &[],
                &[]
            ),
            set_audio(
                &["USB headset", "Built-in speakers", "Desk phone"],
                &[],
                &[]
            ),
            set_audio(&["Desk phone", "Built-in speakers"], &[], &[]),
        ]
    );
}

#[test]
fn a_device_is_moved_by_the_keyboard_and_keeps_it() {
    let mut stage = with_devices(&["USB headset", "Desk phone", "Built-in speakers"]);
    stage.button("Move Built-in speakers up").focus();
    stage.settle();
    stage.key(Key::Enter);
    stage.show(Snapshot {
        audio: audio(
            &["USB headset", "Built-in speakers", "Desk phone"],
            &[],
            &[],
        ),
        ..signed_in()
    });
    stage.key(Key::Enter);
    assert_eq!(
        stage.said(),
        [
            set_audio(
                &["USB headset", "Built-in speakers", "Desk phone"],
                &[],
                &[]
            ),
            set_audio(
                &["Built-in speakers", "USB headset", "Desk phone"],
                &[],
                &[]
            ),
        ]
    );
}

#[test]
fn a_device_that_is_not_connected_says_so_and_stays_on_the_list() {
    let stage = with_devices(&["Desk phone", "USB headset"]);
    assert!(stage.reads("Not connected"));
    let stage = with_devices(&["USB headset"]);
    assert!(!stage.reads("Not connected"));
}

#[test]
fn each_part_of_the_voice_processing_has_a_switch() {
    let mut stage = settings();
    for name in [
        "Remove the echo of the loudspeaker",
        "Reduce noise around me",
        "Make my voice neither too quiet nor too loud",
    ] {
        stage.activate(Role::Switch, name);
    }
    let off = |change: fn(&mut AudioSettings)| {
        let mut audio = AudioSettings::default();
        change(&mut audio);
        format!("{:?}", Command::SetAudio(audio))
    };
    assert_eq!(
        stage.said(),
        [
            off(|audio| audio.echo_cancellation = Some(false)),
            off(|audio| audio.noise_suppression = Some(false)),
            off(|audio| audio.gain_control = Some(false)),
        ]
    );
}

#[test]
fn a_tone_is_played_on_request_where_calls_are_heard_and_where_they_ring() {
    let mut stage = settings();
    stage.press("Play a tone");
    stage.press("Play a tone where calls ring");
    assert_eq!(
        stage.said(),
        ["PlayTestTone(Speaker)", "PlayTestTone(Ringer)"]
    );
}

#[test]
fn an_echo_test_counts_down_shows_the_level_and_can_be_stopped() {
    let mut stage = settings();
    stage.press("Hear how you sound");
    let at = |stage, seconds_left| Snapshot {
        echo_test: Some(EchoTestView {
            stage,
            seconds_left,
            level: 0.25,
        }),
        ..signed_in()
    };
    stage.show(at(EchoTestStage::Recording, 3));
    assert!(stage.reads("Say something. You hear it in 3 seconds."));
    let level = stage.node(Role::Meter, "Level of the recording");
    assert_eq!(level.accesskit_node().numeric_value(), Some(25.0));
    stage.show(at(EchoTestStage::Playing, 1));
    assert!(stage.reads("This is how others hear you. 1 second left."));
    stage.press("Stop");
    stage.activate(Role::Tab, "Home");
    assert_eq!(
        stage.said(),
        ["StartEchoTest", "StopEchoTest", "StopEchoTest"]
    );
}

#[test]
fn what_became_of_a_device_in_a_call_is_read() {
    let mut stage = settings();
    let text = "Headset is not connected any more. You hear the call on Screen.";
    stage.happens(Event::Notice { text: text.into() });
    assert!(stage.reads(text));
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
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("SetPreferences(Settings { theme: Dark"));
    let mut dark = signed_in();
    dark.settings.theme = hark_phone::Theme::Dark;
    let stage = Stage::new(dark);
    assert_eq!(stage.harness.ctx.theme(), egui::Theme::Dark);
}

#[test]
fn the_desktop_decides_between_light_and_dark_where_it_says_so() {
    use egui::Theme::{Dark, Light};
    let mut stage = settings();
    assert_eq!(stage.harness.ctx.theme(), Light);
    for (told, theme) in [
        (Preference::Theme(Some(Dark)), Dark),
        (Preference::Theme(None), Light),
        // What it says outright stands above the theme of its windows.
        (Preference::ThemeOfWindows(Some(Dark)), Dark),
        (Preference::Theme(Some(Light)), Light),
        (Preference::Theme(None), Dark),
        (Preference::ThemeOfWindows(None), Light),
    ] {
        stage.reports(Action::DesktopPrefers(told));
        assert_eq!(stage.harness.ctx.theme(), theme, "{told:?}");
    }
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
        [format!(
            "ExportTrace {{ file: Some({path:?}), naming: AsSent }}"
        )]
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

#[test]
fn the_phone_starts_with_the_desktop_where_that_is_wanted() {
    let mut stage = settings();
    let words = "Start when you log in, without a window, so that calls ring";
    stage.activate(Role::Switch, words);
    assert_eq!(stage.said(), ["autostart On"]);
    stage.reports(Action::AutostartIs(Ok(Autostart::On)));
    stage.activate(Role::Switch, words);
    assert_eq!(stage.said(), ["autostart Off"]);
    stage.reports(Action::AutostartIs(Err("no space left".into())));
    let reason = "Hark could not be set to start when you log in (no space left). Check that Hark may \
                  write to your configuration folder.";
    assert!(stage.reads(reason));
}

#[test]
fn text_grows_by_keys_and_by_a_choice_and_with_the_desktop() {
    use egui::{Key, Modifiers};
    let mut stage = Stage::new(signed_in());
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    stage.settle();
    let said = stage.said();
    assert!(
        said.iter().any(|line| line.contains("TextSize(125)")),
        "{said:?}"
    );
    stage.activate(Role::Tab, "Settings");
    stage.activate(Role::RadioButton, "200 %");
    let said = stage.said();
    assert!(
        said.iter().any(|line| line.contains("TextSize(200)")),
        "{said:?}"
    );
    assert_eq!(stage.harness.ctx.zoom_factor(), 1.0);
    let mut large = signed_in();
    large.settings.text_size = 150.try_into().expect("it is a size");
    stage.show(large);
    assert_eq!(stage.harness.ctx.zoom_factor(), 1.5);
    stage.reports(Action::DesktopPrefers(Preference::TextScale(Some(120))));
    assert!((stage.harness.ctx.zoom_factor() - 1.8).abs() < 0.001);
}

#[test]
fn nothing_moves_where_the_user_wants_no_motion() {
    let mut stage = Stage::new(signed_in());
    let time = |stage: &Stage| stage.harness.ctx.global_style().animation_time;
    assert!(time(&stage) > 0.0);
    stage.reports(Action::DesktopPrefers(Preference::Motion(Motion::Reduced)));
    assert_eq!(time(&stage), 0.0);
    stage.reports(Action::DesktopPrefers(Preference::Motion(Motion::Full)));
    assert!(time(&stage) > 0.0);
}

#[test]
fn a_change_is_answered_where_it_was_made_and_aloud() {
    let mut stage = settings();
    let mut changed = signed_in();
    changed.audio.ringer = vec!["USB headset".into()];
    stage.show(changed.clone());
    let words = "Calls ring on USB headset from now on.";
    assert_eq!(stage.label(words).accesskit_node().live(), Live::Polite);
    changed.ring_rules.refuse_anonymous = true;
    stage.show(changed.clone());
    assert!(!stage.reads(words), "it is about the last change");
    let words = "Switched on.";
    assert!(stage.reads(words));
    // Whoever comes back is told nothing old.
    stage.activate(Role::Tab, "Home");
    stage.activate(Role::Tab, "Settings");
    assert!(!stage.reads(words));
}

#[test]
fn each_tab_stays_where_it_was_scrolled_to() {
    let mut stage = Stage::of_size(signed_in(), [360.0, 420.0]);
    let home = |stage: &Stage| stage.button("Call Voicemail").rect().top();
    let unscrolled = home(&stage);
    stage.activate(Role::Tab, "Settings");
    let settings = |stage: &Stage| stage.label("Appearance and language").rect().top();
    stage.scroll(-400.0);
    let scrolled = settings(&stage);
    stage.activate(Role::Tab, "Home");
    assert_eq!(home(&stage), unscrolled);
    stage.scroll(-20.0);
    assert!(home(&stage) < unscrolled, "there is something to scroll");
    stage.activate(Role::Tab, "Settings");
    assert_eq!(settings(&stage), scrolled);
}
