//! What a blind user hears: the program on a screen that nobody sees, used through AT-SPI alone.

use std::path::Path;
use std::process::Command;

use crate::session::{Running, Session};

#[test]
fn a_blind_user_calls_voicemail_and_learns_what_rings() {
    let Some((session, (_screen, display))) = Session::begin().zip(Session::screen()) else {
        return;
    };
    let mut hark = session.hark(&["--demo"]);
    hark.env("DISPLAY", &display)
        // Without a sound server there is nobody to disturb.
        .env("PULSE_SERVER", "unix:/nowhere");
    let _hark = Running(hark.spawn().unwrap());

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/desktop/hearing.py");
    let mut reader = Command::new("/usr/bin/python3");
    session.furnish(reader.arg(script)).env("DISPLAY", &display);
    let output = reader.output().unwrap();
    let heard = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{heard}\n{errors}");
    for line in [
        "reads: frame Hark",
        "reads: push button Call Voicemail",
        "described: 3 new messages",
        "reads: label PIN skipped",
        "reads: push button Hang up",
        "says: Voicemail, Play on Phone, is ringing",
        "reads: push button Decline",
        "described: Voicemail",
    ] {
        assert!(heard.lines().any(|heard| heard == line), "{line}\n{heard}");
    }
    let counted = heard.lines().filter(|line| *line == "says: 3 new messages");
    // Whoever began to listen when they were known already hears them at the button alone.
    assert!(counted.count() <= 1, "it is no news after a call\n{heard}");
}
