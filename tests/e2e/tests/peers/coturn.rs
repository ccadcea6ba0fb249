//! coturn as STUN and TURN server on loopback. It relays from an address of its own, so that who may
//! send to a relayed address can be told apart from who may not.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::process::Command;

use hark_e2e::LIMIT;
use hark_phone::AccountSettings;
use tempfile::TempDir;

use crate::process::{self, Process, Program, free_port};

pub const PROGRAM: Program = Program {
    name: "turnserver",
    packages: "coturn",
};

pub const PASSWORD: &str = "sesame";
const USER: &str = "relay-user";

/// A running coturn.
pub struct Coturn {
    process: Process,
    port: u16,
    listens: Listens,
    _folder: TempDir,
}

/// How clients reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listens {
    OverUdp,
    OverTcp,
}

impl Listens {
    fn option(self) -> &'static str {
        match self {
            Self::OverUdp => "--no-tcp",
            Self::OverTcp => "--no-udp",
        }
    }

    fn ready(self) -> &'static str {
        match self {
            Self::OverUdp => "UDP listener opened",
            Self::OverTcp => "TCP listener opened",
        }
    }

    /// Waits for its first answer, which takes longer than those after it.
    fn ask(self, port: u16) {
        let mut answer = [0; 512];
        let length = match self {
            Self::OverUdp => {
                let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
                socket.set_read_timeout(Some(LIMIT)).expect("a socket");
                socket
                    .send_to(&ALLOCATE, ("127.0.0.1", port))
                    .expect("loopback");
                socket.recv(&mut answer)
            }
            Self::OverTcp => {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a listener");
                stream.set_read_timeout(Some(LIMIT)).expect("a socket");
                stream.write_all(&ALLOCATE).expect("it reads");
                stream.read(&mut answer)
            }
        };
        assert!(length.expect("an answer in time") > 20);
    }

    /// Of the account's setting.
    fn parameter(self) -> &'static str {
        match self {
            Self::OverUdp => "",
            Self::OverTcp => ";transport=tcp",
        }
    }
}

impl Coturn {
    /// Starts it, or says why the test is skipped.
    pub fn start() -> Option<Self> {
        Self::start_as(Listens::OverUdp)
    }

    /// The same, and nobody reaches it over UDP.
    pub fn over_tcp() -> Option<Self> {
        Self::start_as(Listens::OverTcp)
    }

    fn start_as(listens: Listens) -> Option<Self> {
        let program = process::find(PROGRAM)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        loop {
            let port = free_port();
            let mut command = Command::new(&program);
            command
                .args([
                    "-n",
                    "--no-tls",
                    "--no-dtls",
                    "--no-cli",
                    "--simple-log",
                    "-v",
                    "--log-binding",
                ])
                .args([
                    "--log-file=stdout",
                    "--lt-cred-mech",
                    "--realm=example.test",
                ])
                .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.2"])
                .args(["--allow-loopback-peers", listens.option()])
                .arg(format!("--user={USER}:{PASSWORD}"))
                .arg(format!("--listening-port={port}"))
                .arg(format!("--pidfile={}", folder.path().join("pid").display()))
                .arg(format!("--userdb={}", folder.path().join("db").display()));
            let process = Process::start(&mut command);
            if process.is_ready(listens.ready()) {
                listens.ask(port);
                return Some(Self {
                    process,
                    port,
                    listens,
                    _folder: folder,
                });
            }
            let story = process.story();
            assert!(story.contains("Address already in use"), "{story}");
        }
    }

    /// `account` with this server as its relay.
    pub fn relaying(&self, account: AccountSettings) -> AccountSettings {
        AccountSettings {
            turn_server: Some(self.address() + self.listens.parameter()),
            turn_username: Some(USER.to_owned()),
            ..account
        }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits for a line of its log.
    #[track_caller]
    pub fn until_line(&self, text: &str) -> String {
        self.process.until_line(text)
    }

    /// Waits until a relayed address is given up that has passed on at least so many packets in each
    /// direction.
    #[track_caller]
    pub fn until_relayed(&self, packets: u64) {
        loop {
            let line = self.until_line("peer usage");
            let count = |name: &str| -> u64 {
                let (_, rest) = line.split_once(name).expect("a figure");
                let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
                digits.unwrap_or_default().parse().expect("a number")
            };
            if count(" rp=") >= packets && count(" sp=") >= packets {
                return;
            }
        }
    }
}

/// An Allocate request for UDP (RFC 8656 §7.1) without credentials.
const ALLOCATE: [u8; 28] = [
    0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0x19, 0, 4, 17,
    0, 0, 0,
];
