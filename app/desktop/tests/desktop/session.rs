//! A session of a test's own: its bus, its home, its screen.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Nothing waits for this to pass; it ends a test that would hang.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A session bus and a home that exist for one test.
pub struct Session {
    home: TempDir,
    address: String,
    _bus: Running,
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Session {
    /// `None` where this machine has no bus, which in CI fails the test.
    pub fn begin() -> Option<Self> {
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--print-address"]);
        let (bus, address) = start(&mut daemon)?;
        Some(Self {
            home: tempfile::tempdir().unwrap(),
            address,
            _bus: bus,
        })
    }

    /// What somebody who has signed in before left behind.
    pub fn keep_account(&self, address: &str, server: &str) {
        let folder = self.home.path().join("config/hark");
        std::fs::create_dir_all(&folder).unwrap();
        let account = format!(
            "version = 1\n[account]\naddress = \"{address}\"\nserver = \"{server}\"\ntransport = \"tcp\"\n"
        );
        std::fs::write(folder.join("hark.toml"), account).unwrap();
    }

    pub fn hark(&self, words: &[&str]) -> Command {
        let mut hark = Command::new(env!("CARGO_BIN_EXE_hark"));
        self.furnish(hark.args(words));
        hark
    }

    pub fn output(&self, words: &[&str]) -> Output {
        self.hark(words).output().unwrap()
    }

    /// A screen in memory, and its name.
    pub fn screen() -> Option<(Running, String)> {
        let mut server = Command::new("Xvfb");
        server.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "800x900x24",
            "-nolisten",
            "tcp",
        ]);
        let (server, number) = start(&mut server)?;
        Some((server, format!(":{number}")))
    }

    /// The environment of a program of this session.
    pub fn furnish<'c>(&self, program: &'c mut Command) -> &'c mut Command {
        let home: &Path = self.home.path();
        program
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", home)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
    }

    /// Starts the program without a window, and returns when it answers.
    pub fn background(&self) -> Running {
        let program = self.hark(&["--background"]).spawn().unwrap();
        let deadline = Instant::now() + LIMIT;
        while !self.output(&["status"]).status.success() {
            assert!(Instant::now() < deadline, "it does not answer");
        }
        Running(program)
    }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn ends_well(mut self) {
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

/// Starts a server that prints where it is to be found. A program that is missing fails the run in CI;
/// elsewhere the test is skipped with a line that says so.
fn start(program: &mut Command) -> Option<(Running, String)> {
    let started = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut server) = started.map(Running) else {
        let name = program.get_program().display();
        let line = format!("{name} is missing, so this test is skipped");
        assert!(std::env::var_os("CI").is_none(), "{line}");
        eprintln!("{line}");
        return None;
    };
    let printed = server.0.stdout.take().expect("it is piped");
    let mut place = String::new();
    BufReader::new(printed).read_line(&mut place).unwrap();
    Some((server, place.trim().to_owned()))
}
