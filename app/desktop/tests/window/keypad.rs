//! Keypad: pressing, typing, pasting, the plus on 0, and what Enter does.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton};

use crate::fixtures::{offline, signed_in};
use crate::stage::Stage;

fn keypad() -> Stage {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Keypad");
    stage
}

fn number(stage: &Stage) -> String {
    stage.field("Number or address").value().unwrap_or_default()
}

#[test]
fn pressed_keys_become_a_number_that_is_called() {
    let mut stage = keypad();
    for key in ["4", "2", "5", "Star", "Hash"] {
        stage.press(key);
    }
    assert_eq!(number(&stage), "425*#");
    stage.press("Call");
    assert_eq!(stage.said(), ["Dial { to: \"425*#\" }"]);
    assert_eq!(number(&stage), "");
}

#[test]
fn the_field_has_the_keyboard_and_enter_calls() {
    let mut stage = keypad();
    stage.type_text("priya@example.test");
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["Dial { to: \"priya@example.test\" }"]);
}

#[test]
fn a_number_can_be_pasted() {
    let mut stage = keypad();
    stage.paste("tel:+1-425-555-0143");
    assert_eq!(number(&stage), "tel:+1-425-555-0143");
}

#[test]
fn the_last_character_can_be_erased() {
    let mut stage = keypad();
    assert!(!stage.has(Role::Button, "Erase the last character"));
    stage.type_text("425");
    stage.press("Erase the last character");
    assert_eq!(number(&stage), "42");
}

#[test]
fn holding_0_makes_one_plus_and_no_0() {
    let mut stage = keypad();
    let pos = stage.button("0").rect().center();
    let pointer = |pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    stage.harness.event(Event::PointerMoved(pos));
    stage.harness.event(pointer(true));
    // A step is a quarter of a second of the window's time.
    stage.harness.run_steps(8);
    stage.harness.event(pointer(false));
    stage.settle();
    assert_eq!(number(&stage), "+");
    stage.press("0");
    assert_eq!(number(&stage), "+0");
}

#[test]
fn a_digit_typed_on_home_opens_the_keypad() {
    let mut stage = Stage::new(signed_in());
    stage.type_text("42");
    assert_eq!(number(&stage), "42");
}

#[test]
fn nothing_is_called_without_a_number_or_a_connection() {
    let mut stage = keypad();
    stage.press("Call");
    stage.key(Key::Enter);
    assert!(stage.said().is_empty());
    stage.type_text("425");
    stage.show(offline());
    stage.said();
    stage.press("Call");
    assert!(stage.said().is_empty());
}
