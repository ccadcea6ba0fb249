//! The program as the desktop and a shell see it: one instance on a session bus of the test's own, which
//! takes what later starts want, and ends when it is asked to.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Nothing waits for this to pass; it ends a test that would hang.
const LIMIT: Duration = Duration::from_secs(30);

/// A session bus and a home that exist for one test.
struct Session {
    home: TempDir,
    address: String,
    _bus: Running,
}

/// A process that ends with the test.
struct Running(Child);

impl Session {
    /// `None` where this machine has no bus, which in CI fails the test.
    fn begin() -> Option<Self> {
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut bus) = daemon.map(Running) else {
            let line = "dbus-daemon is missing, so this test is skipped";
            assert!(std::env::var_os("CI").is_none(), "{line}");
            eprintln!("{line}");
            return None;
        };
        let mut address = String::new();
        let printed = bus.0.stdout.take().expect("it is piped");
        BufReader::new(printed).read_line(&mut address).unwrap();
        Some(Self {
            home: tempfile::tempdir().unwrap(),
            address: address.trim().to_owned(),
            _bus: bus,
        })
    }

    fn hark(&self, words: &[&str]) -> Command {
        let mut hark = Command::new(env!("CARGO_BIN_EXE_hark"));
        let home: &Path = self.home.path();
        hark.args(words)
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        hark
    }

    fn output(&self, words: &[&str]) -> Output {
        self.hark(words).output().unwrap()
    }

    /// Starts the program without a window, and returns when it answers.
    fn background(&self) -> Running {
        let program = self.hark(&["--background"]).spawn().unwrap();
        let deadline = Instant::now() + LIMIT;
        while !self.output(&["status"]).status.success() {
            assert!(Instant::now() < deadline, "it does not answer");
        }
        Running(program)
    }
}

impl Running {
    fn ends_well(mut self) {
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            match self.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(Instant::now() < deadline, "it does not end"),
            }
            std::thread::yield_now();
        };
        assert!(status.success(), "{status}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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
    let pid = program.0.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(asked.success());
    program.ends_well();
}
