//! Two calls at once: which one is heard, swapping, and a third that rings.

use egui::accesskit::Role;
use hark_phone::{CallState, CallView, Snapshot};

use crate::fixtures::{OTHER_CALL, in_call, priya_rings, priya_talks, tom_on_hold, voicemail_call};
use crate::stage::Stage;

fn two_calls() -> Snapshot {
    let mut snapshot = in_call(priya_talks());
    snapshot.calls.push(tom_on_hold());
    snapshot
}

#[test]
fn both_calls_are_shown_and_which_one_is_heard() {
    let stage = Stage::new(two_calls());
    for words in ["Tom Eriksen", "On hold", "You hear this call"] {
        assert!(stage.reads(words), "{words}");
    }
    assert!(!stage.has(Role::Button, "Swap to Priya Raman"));
}

#[test]
fn one_press_swaps_the_calls() {
    let mut stage = Stage::new(two_calls());
    stage.press("Swap to Tom Eriksen");
    assert_eq!(
        stage.said(),
        ["SetHeld { call: CallId(8), held: false }"],
        "the engine holds the other by itself"
    );
    let mut swapped = two_calls();
    swapped.calls[0].held = true;
    swapped.calls[1].held = false;
    stage.show(swapped);
    stage.press("Swap to Priya Raman");
    assert_eq!(stage.said(), ["SetHeld { call: CallId(7), held: false }"]);
    stage.press("Hang up");
    assert_eq!(stage.said(), ["HangUp { call: CallId(8) }"]);
}

#[test]
fn a_call_that_is_alone_has_no_list() {
    let stage = Stage::new(in_call(priya_talks()));
    assert!(!stage.reads("You hear this call"));
}

#[test]
fn a_call_that_is_being_placed_cannot_be_swapped_to() {
    let mut snapshot = two_calls();
    snapshot.calls[1] = CallView {
        state: CallState::Calling,
        connected_at: None,
        held: false,
        ..tom_on_hold()
    };
    let stage = Stage::new(snapshot);
    assert!(stage.reads("Calling…"));
    assert!(!stage.has(Role::Button, "Swap to Tom Eriksen"));
}

#[test]
fn a_second_call_rings_over_the_call_screen_and_says_what_answering_does() {
    let mut snapshot = in_call(voicemail_call());
    snapshot.calls.push(priya_rings());
    let mut stage = Stage::new(snapshot);
    assert!(stage.reads("Answering puts Voicemail on hold."));
    assert!(stage.has(Role::Button, "Hang up"));
    stage.press("Answer");
    assert_eq!(stage.said(), [format!("Answer {{ call: {OTHER_CALL:?} }}")]);
    stage.press("Decline");
    assert_eq!(
        stage.said(),
        [format!("Decline {{ call: {OTHER_CALL:?} }}")]
    );
}

#[test]
fn answering_the_only_call_holds_nothing() {
    let stage = Stage::new(in_call(priya_rings()));
    assert!(!stage.reads("Answering puts Priya Raman on hold."));
}
