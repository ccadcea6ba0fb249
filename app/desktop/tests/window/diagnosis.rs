//! The page that says why something does not work: the ways to it, what it says, its report.

use egui::Key;
use egui::accesskit::Role;
use hark_desktop::action::Action;
use hark_phone::snapshot::Cause;
use hark_phone::{CallState, Event, RegistrationView};

use crate::accounts::{choose, two_accounts};
use crate::fixtures::{
    diagnosed, in_call, offline, one_way_call, priya_rings, refused, signed_in, unknown_authority,
};
use crate::stage::Stage;

fn is_open(stage: &Stage) -> bool {
    stage.has(Role::Button, "Save a report")
}

#[test]
fn every_failure_leads_to_it_and_so_do_the_settings() {
    let mut stage = Stage::new(offline());
    assert!(!is_open(&stage));
    stage.press("Why?");
    assert!(is_open(&stage));
    stage.key(Key::Escape);
    assert!(!is_open(&stage));

    let mut refused = signed_in();
    refused.registration = unknown_authority().registration;
    let mut stage = Stage::new(refused);
    stage.press("Why?");
    assert!(is_open(&stage));
    stage.press("Back");
    assert!(!is_open(&stage));

    let mut stage = Stage::new(in_call(one_way_call()));
    stage.press("Why?");
    assert!(is_open(&stage));

    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Settings");
    stage.press("Check everything");
    assert!(is_open(&stage));
}

#[test]
fn a_failure_leads_from_home_to_the_field_in_which_it_is_mended() {
    let mut refused_now = signed_in();
    refused_now.registration = refused();
    refused_now.diagnosis.cause = Some(Cause::WrongPassword);
    let mut stage = Stage::new(refused_now);
    stage.press("Type the password");
    // The keyboard is there already.
    stage.type_text("correct horse");
    let typed = stage.field("Password").value();
    assert_eq!(
        typed.map(|dots| dots.chars().count()),
        Some("correct horse".len())
    );
}

#[test]
fn a_notice_is_asked_about_only_where_something_went_wrong() {
    let text = "There are too many calls. End one of them first.";
    let mut stage = Stage::new(signed_in());
    stage.happens(Event::Notice { text: text.into() });
    assert!(!stage.has(Role::Button, "Why?"));
    stage.press("Dismiss");
    stage.show(diagnosed(&[text]));
    stage.happens(Event::Error { text: text.into() });
    stage.press("Why?");
    assert!(is_open(&stage));
    assert!(stage.reads(text), "among what went wrong last");
}

#[test]
fn checks_are_read_aloud_with_their_verdicts_and_facts_on_demand() {
    let mut stage = Stage::new(diagnosed(&[]));
    stage.reports(Action::ShowDiagnosis);
    for check in [
        "Name of the server: OK",
        "Server: OK",
        "Certificate: OK",
        "Signed in: OK",
        "Connection kept open: OK",
        "Router: OK",
        "Sound: not known",
        "Microphone and loudspeaker: OK",
        "Everything else: OK",
    ] {
        assert!(stage.has(Role::ListItem, check), "{check}");
    }
    assert!(stage.reads("Nothing has gone wrong lately."));
}

#[test]
fn each_of_several_accounts_can_be_looked_at() {
    let mut snapshot = two_accounts();
    snapshot.diagnosis = diagnosed(&[]).diagnosis;
    let mut stage = Stage::new(snapshot);
    stage.reports(Action::ShowDiagnosis);
    assert!(stage.has(Role::ListItem, "Name of the server: OK"));
    choose(&mut stage, "bob@example.test");
    assert!(is_open(&stage));
    assert!(stage.has(Role::ListItem, "Name of the server: not known"));
}

#[test]
fn digits_are_not_typed_behind_it_and_calls_still_ask() {
    let mut snapshot = diagnosed(&[]);
    snapshot.calls = vec![priya_rings()];
    let mut stage = Stage::new(snapshot);
    stage.reports(Action::ShowDiagnosis);
    stage.type_text("5");
    assert!(stage.said().is_empty() && is_open(&stage));
    stage.press("Answer");
    assert_eq!(stage.said(), ["Answer { call: CallId(8) }"]);
    assert!(!is_open(&stage), "whoever answers wants to see the call");
}

#[test]
fn a_report_is_saved_and_its_file_is_named() {
    let mut stage = Stage::new(diagnosed(&["Tom Eriksen is busy. Try again later."]));
    stage.reports(Action::ShowDiagnosis);
    stage.press("Save a report");
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    let file = "Downloads/hark-report-2026-03-05-104500.txt";
    assert!(
        said[0].starts_with(&format!("SaveReport {{ file: \"{file}\"")),
        "{said:?}"
    );
    assert!(said[0].contains("Certificate: OK"));
    // He stands in the history.
    assert!(!said[0].contains("Eriksen"), "{said:?}");
    stage.happens(Event::ReportSaved { file: file.into() });
    assert!(stage.reads("The report is in this file:"));
    assert!(stage.reads(file));
}

#[test]
fn what_went_wrong_is_forgotten_on_demand() {
    let mut stage = Stage::new(diagnosed(&[]));
    stage.reports(Action::ShowDiagnosis);
    assert!(!stage.has(Role::Link, "Clear") && !stage.has(Role::Button, "Clear"));
    stage.show(diagnosed(&["Tom Eriksen is busy. Try again later."]));
    stage.press("Clear");
    assert_eq!(stage.said(), ["ClearFailures"]);
}

#[test]
fn the_call_that_is_up_is_drawn_second_by_second() {
    let mut snapshot = diagnosed(&[]);
    snapshot.calls = vec![crate::fixtures::uneven_call()];
    assert_eq!(snapshot.calls[0].state, CallState::Connected);
    let mut stage = Stage::new(snapshot);
    stage.reports(Action::ShowDiagnosis);
    for words in [
        "Loss: 0.0 %, at most 0.0 % in the last minute",
        "Jitter: 3 ms, at most 3 ms in the last minute",
        "Delay to your ear: 53 ms, at most 53 ms in the last minute",
    ] {
        assert!(stage.reads(words), "{words}");
    }
}

/// From the form, where there is no tab to go back to.
#[test]
fn the_first_run_asks_why_and_comes_back_with_what_was_typed() {
    let mut stage = Stage::new(hark_phone::Snapshot::default());
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "right");
    stage.press("Sign in");
    stage.show(unknown_authority());
    let registration: RegistrationView = unknown_authority().registration;
    stage.happens(Event::Registration(registration));
    stage.press("Why?");
    assert!(stage.has(Role::ListItem, "Certificate: not OK"));
    stage.press("Back");
    let address = stage.field("Address").value();
    assert_eq!(address.as_deref(), Some("dana@example.test"));
}
