//! The keys that work everywhere, and the list of them.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT as _;

use crate::fixtures::{in_call, priya_rings, signed_in, voicemail_call};
use crate::stage::Stage;

fn command(stage: &mut Stage, key: Key) {
    stage.harness.key_press_modifiers(Modifiers::COMMAND, key);
    stage.settle();
}

#[test]
fn f1_lists_the_keys_until_escape() {
    let mut stage = Stage::new(signed_in());
    stage.key(Key::F1);
    // Each key is read together with what it does.
    assert!(stage.reads("F2: Call Voicemail"));
    assert!(stage.label("F2").accesskit_node().is_hidden());
    assert!(stage.has(Role::Dialog, "Keys") && !stage.has(Role::Dialog, ""));
    // Digits are for what lies under the list.
    stage.type_text("5");
    stage.key(Key::Escape);
    assert!(!stage.has(Role::Dialog, "Keys"));
    assert!(stage.said().is_empty());
}

#[test]
fn the_list_is_found_by_whoever_uses_the_mouse() {
    let mut stage = Stage::new(signed_in());
    command(&mut stage, Key::Num4);
    stage.press("Show all keys");
    assert!(stage.has(Role::Dialog, "Keys"));
    stage.press("Close");
    assert!(!stage.has(Role::Dialog, "Keys"));
}

#[test]
fn function_keys_work_while_something_is_typed() {
    let mut stage = Stage::new(signed_in());
    command(&mut stage, Key::Num2);
    stage.type_text("42");
    stage.key(Key::F2);
    assert_eq!(stage.said(), ["CallVoicemail"]);
}

#[test]
fn a_call_is_taken_muted_and_ended_by_keys() {
    let mut stage = Stage::new(in_call(priya_rings()));
    stage.key(Key::F3);
    assert_eq!(stage.said(), ["Answer { call: CallId(8) }"]);
    stage.show(in_call(voicemail_call()));
    stage.said();
    stage.key(Key::F5);
    stage.key(Key::F6);
    stage.key(Key::F4);
    assert_eq!(
        stage.said(),
        [
            "SetMuted { call: CallId(7), muted: true }",
            "SetHeld { call: CallId(7), held: true }",
            "HangUp { call: CallId(7) }",
        ]
    );
}
