//! baresip as a phone that this project did not write, worked through its control port.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use hark_e2e::LIMIT;
use hark_e2e::sound::Sound;
use tempfile::TempDir;

use crate::kamailio::PASSWORD;
use crate::process::{self, Process, Program, free_port};

pub const PROGRAM: Program = Program {
    name: "baresip",
    packages: "baresip-core",
};

/// The user that it is.
pub const USER: &str = "bob";
/// The tone that it speaks.
pub const TONE_HZ: f64 = 440.0;

/// A running baresip, registered at a server of `example.test`.
pub struct Baresip {
    control: RefCell<Control>,
    /// Behind the connection, so that it ends after it.
    process: Process,
    folder: TempDir,
}

/// How it reaches the server, and whether its sound is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    TlsWithSrtp,
    /// The same with keys by a handshake.
    TlsWithDtls,
    TcpInClear,
}

/// How it finds the way of its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nat {
    Unheeded,
    Ice,
}

impl Nat {
    fn parameter(self) -> &'static str {
        match self {
            Self::Unheeded => "",
            Self::Ice => ";medianat=ice",
        }
    }
}

impl Baresip {
    /// Starts it with G.711 and waits until it is registered, or says why the test is skipped.
    pub fn registered(server_port: u16, way: Way) -> Option<Self> {
        Self::speaking("g711", server_port, way)
    }

    /// The same with what this module of it codes.
    pub fn speaking(codec: &str, server_port: u16, way: Way) -> Option<Self> {
        Self::start(codec, server_port, way, Nat::Unheeded)
    }

    /// The same with ICE, in the calls that it makes and in those that it takes.
    pub fn with_ice(server_port: u16, way: Way) -> Option<Self> {
        Self::start("g711", server_port, way, Nat::Ice)
    }

    fn start(codec: &str, server_port: u16, way: Way, nat: Nat) -> Option<Self> {
        let program = process::find(PROGRAM)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_account(folder.path(), server_port, way, nat);
        let (process, control_port) = loop {
            let port = free_port();
            write_config(folder.path(), port, codec);
            let mut command = Command::new(&program);
            command.arg("-f").arg(folder.path());
            let process = Process::start(&mut command);
            if process.listens(port) {
                break (process, port);
            }
        };
        let control = RefCell::new(Control::connect(control_port));
        process.until_line("200 OK");
        Some(Self {
            control,
            process,
            folder,
        })
    }

    /// Obeys a command of its menu.
    pub fn command(&self, command: &str, parameters: &str) {
        let text = format!(r#"{{"command":"{command}","params":"{parameters}"}}"#);
        self.control.borrow_mut().write(&text);
    }

    /// Keys digits in its call, each by itself: it mixes up digits that come in one command.
    pub fn key(&self, digits: &str) {
        for digit in digits.chars() {
            self.command("sndcode", &digit.to_string());
            self.process.until_line("send DTMF digit end");
        }
    }

    /// Waits for a line of its log.
    #[track_caller]
    pub fn until_line(&self, text: &str) -> String {
        self.process.until_line(text)
    }

    /// Waits for an event of this type and returns it as text.
    #[track_caller]
    pub fn until(&self, kind: &str) -> String {
        let wanted = format!(r#""type":"{kind}""#);
        self.until_message(kind, |text| text.contains(&wanted))
    }

    #[track_caller]
    fn until_message(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut control = self.control.borrow_mut();
        let mut told = Vec::new();
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline {
            let Some(message) = control.read() else { break };
            if wanted(&message) {
                return message;
            }
            told.push(message);
        }
        panic!("no {what}; told: {told:#?}");
    }

    /// Waits for the beginning of a digit, and returns it.
    #[track_caller]
    pub fn until_digit(&self) -> String {
        let event = self.until("CALL_DTMF_START");
        let (_, digit) = event.split_once(r#""param":""#).expect("a digit");
        digit.split('"').next().unwrap_or_default().to_owned()
    }

    /// What it heard in its one call, which is over.
    pub fn heard(&self) -> Sound {
        // The recording is whole when the call is cleared away, which it is when the next command
        // is obeyed.
        self.command("listcalls", "");
        self.until_message("the list of calls", |text| {
            text.contains("Active calls (0)")
        });
        let files = std::fs::read_dir(self.folder.path()).expect("its folder");
        let recording = files
            .map(|entry| entry.expect("its folder").path())
            .find(|path| path.to_string_lossy().ends_with("-dec.wav"));
        Sound::read(&recording.expect("a recording"))
    }
}

/// The control port: JSON in netstrings.
struct Control {
    stream: TcpStream,
    ahead: Vec<u8>,
}

impl Control {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a port that listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a socket");
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    fn write(&mut self, text: &str) {
        let netstring = format!("{}:{text},", text.len());
        self.stream
            .write_all(netstring.as_bytes())
            .expect("baresip reads");
    }

    /// The next message, or `None` when none comes in time.
    fn read(&mut self) -> Option<String> {
        loop {
            if let Some(text) = self.take() {
                return Some(text);
            }
            let mut buffer = [0; 4096];
            let count = self.stream.read(&mut buffer).ok()?;
            assert_ne!(count, 0, "baresip has ended");
            self.ahead.extend_from_slice(&buffer[..count]);
        }
    }

    fn take(&mut self) -> Option<String> {
        let colon = self.ahead.iter().position(|&byte| byte == b':')?;
        let length = std::str::from_utf8(&self.ahead[..colon]).expect("digits");
        let length: usize = length.parse().expect("a number");
        let text = self.ahead.get(colon + 1..=colon + length)?;
        let text = String::from_utf8_lossy(text).into_owned();
        self.ahead.drain(..colon + length + 2);
        Some(text)
    }
}

fn write_account(folder: &Path, port: u16, way: Way, nat: Nat) {
    let (transport, encryption) = match way {
        Way::TlsWithSrtp => ("tls", ";mediaenc=srtp-mand"),
        Way::TlsWithDtls => ("tls", ";mediaenc=dtls_srtp"),
        Way::TcpInClear => ("tcp", ""),
    };
    let account = ACCOUNTS
        .replace("{user}", USER)
        .replace("{transport}", transport)
        .replace("{password}", PASSWORD)
        .replace("{port}", &port.to_string())
        .replace("{more}", &format!("{encryption}{}", nat.parameter()));
    std::fs::write(folder.join("accounts"), account).expect("a folder to write in");
    std::fs::write(folder.join("contacts"), "").expect("a folder to write in");
}

fn write_config(folder: &Path, control_port: u16, codec: &str) {
    let config = CONFIG
        .replace("{folder}", &folder.to_string_lossy())
        .replace("{modules}", &modules().to_string_lossy())
        .replace("{codecs}", &format!("module {codec}.so"))
        .replace("{control_port}", &control_port.to_string());
    std::fs::write(folder.join("config"), config).expect("a folder to write in");
}

/// Where the distribution, or somebody who built it, keeps them.
fn modules() -> PathBuf {
    let places = ["/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"];
    let there = places
        .iter()
        .map(PathBuf::from)
        .find(|place| place.is_dir());
    there.expect("the modules of baresip")
}

const CONFIG: &str = include_str!("../../peers/baresip/config");
const ACCOUNTS: &str = include_str!("../../peers/baresip/accounts");
