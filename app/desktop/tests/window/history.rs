//! History: days, the missed ones, calling back, clearing.

use egui::accesskit::Role;
use hark_phone::Snapshot;
use hark_phone::snapshot::Outcome;

use crate::fixtures::signed_in;
use crate::stage::Stage;

fn history(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    let tab = if stage.has(Role::Tab, "People") {
        "People"
    } else {
        "People, 1 new"
    };
    stage.activate(Role::Tab, tab);
    stage.said();
    stage
}

#[test]
fn the_tab_counts_missed_calls_until_it_is_opened() {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "People, 1 new");
    assert_eq!(stage.said(), ["MarkHistorySeen"]);
}

#[test]
fn calls_are_grouped_by_day() {
    let stage = history(signed_in());
    for words in [
        "Today",
        "Yesterday",
        "Monday",
        "Missed · 10:40",
        "Cancelled · 10:45",
    ] {
        assert!(stage.reads(words), "{words}");
    }
}

#[test]
fn a_call_answered_elsewhere_is_not_missed() {
    let mut stage = history(signed_in());
    assert!(stage.reads("Answered elsewhere · 12:45"));
    stage.activate(Role::RadioButton, "Missed");
    assert!(stage.reads("Missed · 10:40"));
    assert!(!stage.reads("Answered elsewhere · 12:45"));
}

#[test]
fn a_person_is_called_back_and_the_mailbox_is_called_without_a_pin() {
    let mut stage = history(signed_in());
    stage.press("Call back Tom Eriksen");
    stage.press("Call back Voicemail");
    assert_eq!(
        stage.said(),
        ["Dial { to: \"sip:tom@example.test\" }", "CallVoicemail"]
    );
}

#[test]
fn a_call_that_was_sent_on_says_so_and_is_not_missed() {
    let mut snapshot = signed_in();
    let mut entries = crate::fixtures::history();
    entries[0].outcome = Outcome::Forwarded;
    snapshot.history = entries.into();
    let mut stage = history(snapshot);
    assert!(stage.reads("Forwarded · 10:40"));
    stage.activate(Role::RadioButton, "Missed");
    assert!(stage.reads("No missed calls."));
}

#[test]
fn clearing_asks_first() {
    let mut stage = history(signed_in());
    stage.press("Clear");
    assert!(stage.reads("Remove all calls from this list?"));
    stage.press("Keep");
    assert!(stage.said().is_empty());
    stage.press("Clear");
    stage.press("Remove all");
    assert_eq!(stage.said(), ["ClearHistory"]);
}

#[test]
fn an_empty_history_says_so() {
    let mut stage = history(Snapshot {
        history: Vec::new().into(),
        missed_unseen: 0,
        ..signed_in()
    });
    assert!(stage.reads("No calls yet."));
    stage.activate(Role::RadioButton, "Missed");
    assert!(stage.reads("No missed calls."));
}

#[test]
fn calls_with_the_mailbox_have_a_filter_of_their_own() {
    let mut stage = history(signed_in());
    stage.activate(Role::RadioButton, "Voicemail");
    assert!(stage.has(Role::Button, "Call back Voicemail"));
    assert!(!stage.has(Role::Button, "Call back Tom Eriksen"));
}

#[test]
fn calls_are_looked_for_by_name() {
    let mut stage = history(signed_in());
    stage.fill("Search calls", "erik");
    assert!(stage.has(Role::Button, "Call back Tom Eriksen"));
    assert!(!stage.has(Role::Button, "Call back Priya Raman"));
    stage.type_text("x");
    assert!(stage.reads("Nothing was found. Try another word, or a part of the number."));
}

#[test]
fn one_call_is_removed_and_comes_back() {
    let mut stage = history(signed_in());
    stage.press("More about Tom Eriksen");
    stage.press("Remove this call");
    assert!(stage.reads("The call with Tom Eriksen was removed."));
    stage.press("Undo");
    assert_eq!(
        stage.said(),
        ["RemoveFromHistory { call: 3 }", "RestoreToHistory"]
    );
}

#[test]
fn machines_are_told_from_people_in_words() {
    let mut entries = crate::fixtures::history();
    entries[0].kind = hark_phone::CallKind::Automatic;
    let stage = history(Snapshot {
        history: entries.into(),
        ..signed_in()
    });
    assert!(stage.reads("Automatic · Missed · 10:40"));
}
