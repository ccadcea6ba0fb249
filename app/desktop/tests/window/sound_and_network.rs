//! "Sound and network" in the set-up form.

use egui::accesskit::{Role, Toggled};
use egui::{Key, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hark_desktop::theme::size;
use hark_phone::{AccountSettings, MediaKeys, Snapshot};

use crate::fixtures::{account, signed_in};
use crate::stage::Stage;

const SECTION: &str = "Sound and network";
const SDES: &str = "With the call (SDES)";
const DTLS: &str = "By handshake (DTLS)";

/// The first form, open and with what it needs to be sent.
fn first_start() -> Stage {
    let mut stage = Stage::new(Snapshot::default());
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.press(SECTION);
    stage
}

/// The form of an account with a TURN server whose password is known.
pub fn with_relay() -> Snapshot {
    Snapshot {
        account: Some(AccountSettings {
            codecs: Some(vec!["opus".into(), "pcma".into(), "pcmu".into()]),
            media_ports: "30000-30100".parse().ok(),
            turn_server: Some("turn.example.test".into()),
            turn_username: Some("dana".into()),
            ..account()
        }),
        turn_password_known: true,
        ..signed_in()
    }
}

pub fn changing(mut stage: Stage) -> Stage {
    stage.activate(Role::Tab, "Settings");
    stage.press("Change");
    stage.press(SECTION);
    stage
}

/// Signs in and returns what the engine was told.
#[track_caller]
fn sent(stage: &mut Stage) -> String {
    pressed(stage, "Sign in")
}

/// Saves a change and returns what the engine was told.
#[track_caller]
fn saved(stage: &mut Stage) -> String {
    pressed(stage, "Save")
}

#[track_caller]
fn pressed(stage: &mut Stage, button: &str) -> String {
    stage.press(button);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    said.into_iter().next().unwrap_or_default()
}

#[test]
fn the_basic_form_shows_none_of_it() {
    let stage = Stage::new(Snapshot::default());
    assert!(stage.has(Role::Button, SECTION));
    assert!(!stage.reads("Ports for sound"));
    assert!(!stage.has(Role::Switch, "Opus"));
}

#[test]
fn every_field_goes_along() {
    let mut stage = first_start();
    stage.fill("Ports for sound", "30000-30100");
    stage.activate(Role::Switch, "Look for a way through firewalls");
    stage.fill("STUN server", "stun.example.test");
    stage.fill("TURN server", "turn.example.test:5349");
    stage.fill("User name for TURN", "dana");
    stage.fill("Password for TURN", "sesame");
    stage.activate(Role::Switch, "G.722");
    stage.activate(Role::RadioButton, DTLS);
    stage.activate(Role::Switch, "Encrypt the recordings of this account");
    let said = sent(&mut stage);
    for part in [
        "codecs: Some([\"opus\", \"pcmu\", \"pcma\"])",
        "media_keys: Dtls",
        "media_ports: Some(PortRange { first: 30000, last: 30100 })",
        "ice: true",
        "stun_server: Some(\"stun.example.test\")",
        "turn_server: Some(\"turn.example.test:5349\")",
        "turn_username: Some(\"dana\")",
        "encrypt_recordings: true",
        "turn_password: New(Password(redacted))",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("sesame"), "{said}");
}

#[test]
fn what_was_not_touched_stays_unset() {
    let mut stage = first_start();
    let said = sent(&mut stage);
    for part in [
        "codecs: None",
        "media_keys: Sdes",
        "ice: false",
        "turn_password: Kept",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn what_cannot_be_right_is_said_while_it_is_typed_and_is_not_sent() {
    for (field, wrong, sentence) in [
        (
            "Ports for sound",
            "30100-30000",
            "The ports for sound are not right. Type two numbers from 1024 to 65535, the smaller one first, like 30000-30100.",
        ),
        (
            "STUN server",
            "two words",
            "The STUN server is not right. Type a name or an address, with a port if needed, like stun.example.com:3478.",
        ),
        (
            "TURN server",
            "a:b",
            "The TURN server is not right. Type a name or an address, with a port if needed, like turn.example.com:3478.",
        ),
    ] {
        let mut stage = first_start();
        assert!(!stage.reads(sentence));
        stage.fill(field, wrong);
        assert!(stage.reads(sentence), "{field}");
        stage.press(SECTION);
        stage.press("Sign in");
        assert!(stage.said().is_empty());
        assert!(stage.reads(sentence), "it is shown again");
        let below =
            "Something under “Sound and network” is not right. Correct what is marked there.";
        assert!(stage.reads(below));
        stage.field(field).focus();
        stage.settle();
        for _ in wrong.chars() {
            stage.key(Key::Backspace);
        }
        assert!(!stage.reads(sentence) && !stage.reads(below));
        sent(&mut stage);
    }
}

#[test]
fn a_form_without_a_codec_says_so() {
    let mut stage = first_start();
    for codec in ["Opus", "G.722", "G.711 μ-law", "G.711 A-law"] {
        stage.activate(Role::Switch, codec);
    }
    let sentence = "No codec is chosen, so there would be no sound. Choose at least one of opus, g722, pcmu and pcma.";
    assert!(stage.reads(sentence));
    stage.press("Sign in");
    assert!(stage.said().is_empty());
    stage.activate(Role::Switch, "G.711 A-law");
    assert!(sent(&mut stage).contains("codecs: Some([\"pcma\"])"));
}

#[test]
fn a_codec_is_moved_by_the_keyboard_and_keeps_it() {
    let mut stage = first_start();
    stage.button("Move G.711 A-law up").focus();
    stage.settle();
    stage.key(Key::Enter);
    stage.key(Key::Enter);
    let said = sent(&mut stage);
    let order = "codecs: Some([\"opus\", \"pcma\", \"g722\", \"pcmu\"])";
    assert!(said.contains(order), "{said}");
}

#[test]
fn a_server_turns_the_search_for_a_way_on() {
    let mut stage = first_start();
    stage.fill("STUN server", "stun.example.test");
    let name = "Look for a way through firewalls";
    let search = stage.node(Role::Switch, name);
    assert!(search.accesskit_node().is_disabled());
    assert_eq!(search.accesskit_node().toggled(), Some(Toggled::True));
}

#[test]
fn keys_are_chosen_where_there_is_encryption_and_the_choice_outlives_its_absence() {
    let mut stage = Stage::new(Snapshot {
        account: Some(AccountSettings {
            media_keys: MediaKeys::Dtls,
            ..account()
        }),
        ..signed_in()
    });
    stage = changing(stage);
    let is_chosen = |stage: &Stage, name| {
        let node = stage.node(Role::RadioButton, name);
        let toggled = node.accesskit_node().toggled();
        toggled == Some(Toggled::True)
    };
    assert!(stage.has(Role::RadioGroup, "Keys for encryption"));
    assert!(is_chosen(&stage, DTLS) && !is_chosen(&stage, SDES));

    let off = "Call encryption is off under “Advanced”, so no keys are needed.";
    assert!(!stage.reads(off));
    stage.activate(Role::RadioButton, "Off");
    assert!(stage.reads(off));
    for name in [SDES, DTLS] {
        let choice = stage.node(Role::RadioButton, name);
        assert!(choice.accesskit_node().is_disabled(), "{name}");
    }
    stage.activate(Role::RadioButton, SDES);
    assert!(is_chosen(&stage, DTLS));
    let said = saved(&mut stage);
    assert!(said.contains("media_encryption: Some(Off), media_keys: Dtls"));
}

#[test]
fn the_password_of_the_relay_is_kept_or_forgotten() {
    let open = || changing(Stage::new(with_relay()));
    let mut stage = open();
    assert_eq!(
        stage.field("User name for TURN").value().as_deref(),
        Some("dana")
    );
    assert!(saved(&mut stage).contains("turn_password: Kept"));

    let mut stage = open();
    stage.press("Forget this password");
    assert!(stage.reads("Hark forgets this password when you save."));
    assert!(saved(&mut stage).contains("turn_password: Forgotten"));

    let mut stage = open();
    stage.press("Forget this password");
    stage.press("Keep it after all");
    assert!(saved(&mut stage).contains("turn_password: Kept"));

    // It is not meant for another server.
    let mut stage = open();
    stage.fill("TURN server", ".other");
    assert!(!stage.has(Role::Button, "Forget this password"));
}

#[test]
fn the_keyboard_reaches_every_control_and_the_window_follows_it() {
    let mut stage = changing(Stage::of_size(with_relay(), size::WINDOW_MIN));
    stage.button(SECTION).focus();
    stage.settle();
    let window = Rect::from_min_size(Default::default(), size::WINDOW_MIN.into());
    let mut reached = Vec::new();
    loop {
        stage.key(Key::Tab);
        let focused = stage.harness.get_by(|node| node.is_focused());
        let name = focused.accesskit_node().label().unwrap_or_default();
        assert!(
            window.contains_rect(focused.rect()),
            "{name}: {:?}",
            focused.rect()
        );
        if name == "Save" {
            break;
        }
        reached.push(name);
    }
    let expected = [
        "Opus",
        "Move Opus down",
        "G.711 A-law",
        "Move G.711 A-law up",
        "Move G.711 A-law down",
        "G.711 μ-law",
        "Move G.711 μ-law up",
        "Move G.711 μ-law down",
        "G.722",
        "Move G.722 up",
        SDES,
        DTLS,
        "Ports for sound",
        "STUN server",
        "TURN server",
        "User name for TURN",
        "Password for TURN",
        "Show the password",
        "Forget this password",
        "Encrypt the recordings of this account",
    ];
    assert_eq!(reached, expected);
}
