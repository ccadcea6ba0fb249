//! Transfers: asked for by the user, and asked for by the other side.

use egui::Key;
use egui::accesskit::Role;
use hark_phone::{CallView, Event, Snapshot, TransferView};

use crate::fixtures::{in_call, play_on_phone, priya_talks, tom_on_hold, voicemail_call};
use crate::stage::Stage;

const TO: &str = "Transfer this call to";

fn talking() -> Stage {
    Stage::new(in_call(priya_talks()))
}

#[test]
fn a_call_is_transferred_to_what_is_typed() {
    let mut stage = talking();
    stage.press("Transfer");
    assert!(stage.field(TO).is_focused());
    stage.type_text("2999");
    stage.key(Key::Enter);
    assert_eq!(
        stage.said(),
        ["Transfer { call: CallId(7), to: \"2999\" }"],
        "and no digits into the call"
    );
    stage.show(in_call(CallView {
        transfer: Some(TransferView::UnderWay),
        ..priya_talks()
    }));
    assert!(stage.reads("Transferring…"));
    assert!(!stage.has(Role::Button, "Transfer"), "one at a time");
    assert!(stage.has(Role::Button, "Hang up"));
}

#[test]
fn a_transfer_that_failed_says_why_and_keeps_what_was_typed() {
    let mut stage = talking();
    stage.press("Transfer");
    stage.type_text("2999");
    stage.press("Transfer now");
    let text = "The call was not transferred: the line is busy. You are still connected.";
    stage.happens(Event::Error { text: text.into() });
    assert!(stage.reads(text));
    stage.press("Transfer");
    assert_eq!(stage.field(TO).value().as_deref(), Some("2999"));
}

#[test]
fn what_nobody_can_call_stays_typed_beside_the_reason() {
    let mut stage = talking();
    stage.press("Transfer");
    stage.type_text("call me");
    stage.key(Key::Enter);
    assert!(stage.said().is_empty());
    assert!(stage.reads(
        "This is neither a number nor an address. Type a number, or an address like name@example.com."
    ));
    stage.press("Transfer");
    assert!(stage.has(Role::Button, "Hang up"), "the panel is closed");
}

#[test]
fn people_of_the_last_calls_can_be_picked() {
    let mut stage = talking();
    stage.press("Transfer");
    assert!(
        !stage.has(Role::Button, "Voicemail"),
        "the mailbox is no person"
    );
    stage.press("Tom Eriksen");
    assert_eq!(
        stage.field(TO).value().as_deref(),
        Some("sip:tom@example.test")
    );
    stage.press("Transfer now");
    assert_eq!(
        stage.said(),
        ["Transfer { call: CallId(7), to: \"sip:tom@example.test\" }"]
    );
}

#[test]
fn two_callers_are_connected_with_each_other() {
    let mut snapshot = in_call(priya_talks());
    snapshot.calls.push(tom_on_hold());
    let mut stage = Stage::new(snapshot);
    stage.press("Transfer");
    stage.press("Connect with Tom Eriksen");
    assert_eq!(
        stage.said(),
        ["TransferToCall { call: CallId(7), to_call: CallId(8) }"]
    );
}

#[test]
fn ox11_the_own_mailbox_is_handed_to_nobody() {
    for mailbox in [
        voicemail_call(),
        CallView {
            state: hark_phone::CallState::Connected,
            ..play_on_phone()
        },
    ] {
        let stage = Stage::new(in_call(mailbox));
        assert!(stage.has(Role::Button, "Hang up"));
        assert!(!stage.has(Role::Button, "Transfer"));
    }
}

#[test]
fn escape_in_the_field_closes_the_panel() {
    let mut stage = talking();
    stage.press("Transfer");
    stage.key(Key::Escape);
    assert!(!stage.has(Role::Button, "Transfer now"));
    assert!(stage.said().is_empty());
}

fn asked() -> Snapshot {
    in_call(CallView {
        transfer: Some(TransferView::Asked {
            to: "+1 900 555 0100".into(),
            address: "sip:+19005550100@example.test".into(),
        }),
        ..priya_talks()
    })
}

#[test]
fn a_transfer_that_the_other_side_asks_for_waits_for_the_users_word() {
    let mut stage = Stage::new(asked());
    assert!(stage.reads("Priya Raman wants to connect you to +1 900 555 0100"));
    assert!(stage.reads("You would be making this call, and it may cost you money."));
    stage.press("Call");
    stage.press("Stay in this call");
    assert_eq!(
        stage.said(),
        [
            "FollowTransfer { call: CallId(7) }",
            "RefuseTransfer { call: CallId(7) }",
        ]
    );
}

#[test]
fn the_question_is_seen_on_every_tab() {
    let mut stage = Stage::new(asked());
    stage.press("Back to the other screens");
    assert!(stage.reads("Priya Raman wants to connect you to +1 900 555 0100"));
}
