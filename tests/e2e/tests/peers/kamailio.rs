//! Kamailio as registrar, proxy and presence server of `example.test`.

use std::path::PathBuf;
use std::process::Command;

use hark_e2e::account;
use hark_e2e::authority::{Authority, Validity};
use hark_e2e::raw::RawServer;
use hark_phone::AccountSettings;
use tempfile::TempDir;

use crate::process::{self, Process, Program, free_port};

pub const PROGRAM: Program = Program {
    name: "kamailio",
    packages: "kamailio kamailio-tls-modules kamailio-presence-modules",
};

pub const DOMAIN: &str = "example.test";
/// Everybody's, as in `kamailio.cfg`.
pub const PASSWORD: &str = "correct horse";

/// A running Kamailio with a folder and a certificate of its own.
pub struct Kamailio {
    process: Process,
    program: PathBuf,
    pub tls_port: u16,
    pub tcp_port: u16,
    /// The voicemail server behind it.
    pub voicemail: RawServer,
    folder: TempDir,
}

impl Kamailio {
    /// Starts it, or says why the test is skipped.
    pub fn start() -> Option<Self> {
        let program = process::find(PROGRAM)?;
        let voicemail = RawServer::tcp();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Authority::new();
        authority.write(&folder.path().join("ca.pem"));
        authority
            .certify(DOMAIN, Validity::Now)
            .write(folder.path());
        loop {
            let (tls_port, tcp_port) = (free_port(), free_port());
            let config = CONFIG
                .replace("{tls_port}", &tls_port.to_string())
                .replace("{tcp_port}", &tcp_port.to_string())
                .replace("{voicemail_port}", &voicemail.address().port().to_string());
            std::fs::write(folder.path().join(CONFIG_FILE), config).expect("a folder to write in");
            let process = Process::start(&mut command(&program, &folder));
            if process.is_ready(READY) {
                return Some(Self {
                    process,
                    program,
                    tls_port,
                    tcp_port,
                    voicemail,
                    folder,
                });
            }
            let story = process.story();
            assert!(story.contains("Address already in use"), "{story}");
        }
    }

    /// Ends it. Everybody's registration and every connection is gone.
    pub fn stop(&self) {
        self.process.end();
    }

    /// Starts it anew at the same ports.
    pub fn start_again(&mut self) {
        self.process = Process::start(&mut command(&self.program, &self.folder));
        self.process.until_line(READY);
    }

    /// The account of a user over TLS.
    pub fn account(&self, user: &str) -> AccountSettings {
        let server = ([127, 0, 0, 1], self.tls_port).into();
        account::over_tls(&format!("{user}@{DOMAIN}"), server, self.path("ca.pem"))
    }

    /// The same over TCP, without encryption of the sound.
    pub fn tcp_account(&self, user: &str) -> AccountSettings {
        let server = ([127, 0, 0, 1], self.tcp_port).into();
        account::in_clear(&format!("{user}@{DOMAIN}"), server)
    }

    /// A file of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for a line of its log.
    #[track_caller]
    pub fn until_line(&self, text: &str) -> String {
        self.process.until_line(text)
    }
}

/// Little memory and in the foreground, as a child that can be ended.
fn command(program: &PathBuf, folder: &TempDir) -> Command {
    let mut command = Command::new(program);
    command
        .args([
            "-f",
            CONFIG_FILE,
            "-m",
            "32",
            "-M",
            "4",
            "-DD",
            "-E",
            "-Y",
            ".",
            "-w",
            ".",
        ])
        .current_dir(folder.path());
    command
}

const CONFIG: &str = include_str!("../../peers/kamailio/kamailio.cfg");
const CONFIG_FILE: &str = "kamailio.cfg";
/// The line with which the configuration says that requests are served.
const READY: &str = "<script>: ready";
