//! Settings, "Voicemail": the PIN for mailboxes that ask for one.

use egui::Key;
use egui::accesskit::Role;
use hark_phone::Snapshot;
use hark_phone::snapshot::SkipPin;

use crate::fixtures::{in_call, offline, signed_in, voicemail_call, with_pin};
use crate::stage::Stage;

const ASKS: &str = "My voicemail asks for a PIN anyway";
const IN_CLEAR: &str = "Type it even where others could listen in";
const PIN: &str = "PIN of your voicemail";

fn settings(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "Settings");
    stage
}

#[test]
fn no_pin_is_asked_for_where_none_is_needed() {
    let stage = settings(signed_in());
    assert!(stage.reads("No PIN needed"));
    assert!(stage.has(Role::Switch, ASKS));
    assert!(!stage.has(Role::PasswordInput, PIN));
    assert!(!stage.has(Role::Switch, IN_CLEAR));
}

#[test]
fn a_mailbox_that_asks_all_the_same_is_told_once() {
    let mut stage = settings(signed_in());
    stage.activate(Role::Switch, ASKS);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("SetAccount"), "{said:?}");
    assert!(said[0].contains("asks_for_pin: true"), "{said:?}");
}

/// On, off, on: each press asks for the other of what is shown. One that comes before the engine has
/// answered the last asks for the same again, and changes nothing.
#[test]
fn a_switch_that_is_pressed_again_and_again_asks_for_what_it_does_not_show() {
    let shown = |asks_for_pin| {
        let mut snapshot = signed_in();
        if let Some(account) = &mut snapshot.account {
            account.asks_for_pin = asks_for_pin;
        }
        snapshot
    };
    let mut stage = settings(shown(false));
    let mut wishes = Vec::new();
    for answer in [Some(true), Some(false), None, Some(true)] {
        stage.activate(Role::Switch, ASKS);
        let said = stage.said();
        let [wish] = &said[..] else {
            panic!("{said:?}");
        };
        wishes.push(wish.contains("asks_for_pin: true"));
        answer.into_iter().for_each(|on| stage.show(shown(on)));
    }
    assert_eq!(wishes, [true, false, true, true]);
}

#[test]
fn a_pin_is_kept_and_never_shown() {
    let mut stage = settings(with_pin(false));
    stage.fill(PIN, "2468");
    assert!(!stage.reads("2468"));
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["SetPin(Some(Pin(redacted)))"]);
    assert_eq!(stage.field(PIN).value().unwrap_or_default(), "");
    stage.show(with_pin(true));
    assert!(stage.reads("Hark keeps the PIN in the keyring and types it for you."));
    assert!(!stage.has(Role::PasswordInput, PIN));
    stage.press("Forget the PIN");
    assert_eq!(stage.said(), ["SetPin(None)"]);
}

#[test]
fn what_is_no_pin_is_said_at_the_field() {
    let mut stage = settings(with_pin(false));
    stage.fill(PIN, "24 68");
    stage.press("Keep the PIN");
    assert!(stage.said().is_empty());
    assert!(stage.reads("A PIN has digits, * and # only."));
}

#[test]
fn to_type_the_pin_in_clear_needs_the_users_word() {
    let mut stage = settings(Snapshot {
        skip_pin: SkipPin::NotEncrypted,
        ..signed_in()
    });
    stage.activate(Role::Switch, IN_CLEAR);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("pin_in_clear: true"), "{said:?}");
}

#[test]
fn nothing_that_would_end_a_call_can_be_switched_in_one() {
    let calls = vec![voicemail_call()];
    let mut stage = Stage::new(Snapshot { calls, ..offline() });
    stage.press("Back to the other screens");
    stage.activate(Role::Tab, "Settings");
    stage.activate(Role::Switch, ASKS);
    assert!(stage.said().is_empty());
    let mut stage = Stage::new(in_call(voicemail_call()));
    stage.press("Back to the other screens");
    stage.activate(Role::Tab, "Settings");
    stage.activate(Role::Switch, ASKS);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("asks_for_pin: true"), "{said:?}");
}
