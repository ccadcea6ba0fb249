//! One instance, which takes what later starts want, and ends when it is asked to.

use std::process::{Command, Output};

use serde_json::Value;

use crate::session::Session;

fn text(output: &Output) -> (String, String) {
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).unwrap();
    (utf8(&output.stdout), utf8(&output.stderr))
}

#[test]
fn one_program_answers_for_all_that_are_started_after_it() {
    let Some(session) = Session::begin() else {
        return;
    };
    for words in [&["status"][..], &["hang-up"], &["quit"]] {
        let output = session.output(words);
        assert!(!output.status.success(), "{words:?}");
        assert_eq!(text(&output).1, "Hark is not running.\n");
    }

    let program = session.background();
    let output = session.output(&["status"]);
    let words = "There is no account yet. Start Hark and sign in.\n";
    assert_eq!(text(&output).0, words);
    let status = text(&session.output(&["status", "--json"])).0;
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["registration"], "signed_out");
    assert_eq!(status["accounts"], serde_json::json!([]));
    let why = text(&session.output(&["diagnose"])).0;
    let first = "Name of the server: not known. No server has been looked for yet.\n";
    assert!(why.starts_with(first), "{why}");
    let why = text(&session.output(&["diagnose", "--json"])).0;
    let why: Value = serde_json::from_str(&why).unwrap();
    assert_eq!(why["checks"][3]["verdict"], "unknown");

    assert!(session.output(&["hang-up"]).status.success());
    assert!(session.output(&["quit"]).status.success());
    program.ends_well();
    assert!(!session.output(&["status"]).status.success());
}

#[test]
fn the_end_of_the_session_ends_the_program_in_order() {
    let Some(session) = Session::begin() else {
        return;
    };
    let program = session.background();
    let pid = program.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(asked.success());
    program.ends_well();
}
