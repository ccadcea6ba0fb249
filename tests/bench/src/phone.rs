//! The phones: how each is set up for the studio, told to call, and ended.

mod baresip;
mod hark;
mod linphone;

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::condition::Codec;
use crate::media::Encryption;
use crate::sound_server::at_server;
use crate::studio::Transport;

/// A phone that can be measured.
pub struct Kind {
    pub name: &'static str,
    /// What is looked for on the path; Hark's place is told.
    pub program: &'static str,
    /// Debian's package, whose version is told.
    package: &'static str,
    pub transport: Transport,
    set_up: fn(&Setup<'_>) -> Result<Start>,
}

/// Hark first, then the one that it is compared with.
pub const KINDS: [Kind; 3] = [hark::KIND, baresip::KIND, linphone::KIND];

/// What a phone is set up for.
pub struct Setup<'a> {
    pub program: &'a Path,
    /// Its own, empty before.
    pub folder: &'a Path,
    pub studio: SocketAddr,
    pub codec: Codec,
    pub encryption: Encryption,
}

/// How a phone that was set up is started and told what to do.
struct Start {
    command: Command,
    control: Control,
    call: String,
    quit: String,
}

/// Where a phone hears its commands.
enum Control {
    Stdin,
    /// A port that takes netstrings.
    Netstrings(SocketAddr),
}

impl Kind {
    pub fn find(&self, hark: &Path) -> Option<PathBuf> {
        if self.program == hark::KIND.program {
            return hark.exists().then(|| hark.to_owned());
        }
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .map(|folder| folder.join(self.program))
            .find(|file| file.exists())
    }

    /// Name and version, as far as the package system knows it.
    pub fn version(&self) -> String {
        let query = Command::new("dpkg-query")
            .args(["-W", "-f", "${Version}", self.package])
            .output();
        let version = query.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        format!("{} {}", self.name, version.unwrap_or_default())
            .trim_end()
            .to_owned()
    }

    /// Starts the phone at the sound server of its folder.
    pub fn start(&self, setup: &Setup<'_>) -> Result<Phone> {
        // What plays through ALSA finds the sound server in the same place.
        fs::write(setup.folder.join(".asoundrc"), ASOUNDRC)?;
        let mut start = (self.set_up)(setup)?;
        at_server(&mut start.command, setup.folder);
        let log = File::create(setup.folder.join(format!("{}.log", self.name)))?;
        let process = start
            .command
            .current_dir(setup.folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("start {}", self.name))?;
        Ok(Phone {
            process,
            control: start.control,
            call: start.call,
            quit: start.quit,
        })
    }
}

/// A running phone. It is ended when this is dropped.
pub struct Phone {
    process: Child,
    control: Control,
    call: String,
    quit: String,
}

impl Phone {
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Tells it to call the studio, and says when.
    pub fn call(&mut self) -> Result<Instant> {
        let command = self.call.clone();
        self.tell(&command)
    }

    fn tell(&mut self, command: &str) -> Result<Instant> {
        match self.control {
            Control::Stdin => {
                let stdin = self
                    .process
                    .stdin
                    .as_mut()
                    .context("a phone without standard input")?;
                let told = Instant::now();
                writeln!(stdin, "{command}")?;
                stdin.flush()?;
                Ok(told)
            }
            Control::Netstrings(address) => {
                let mut stream = TcpStream::connect(address)?;
                let told = Instant::now();
                write!(stream, "{}:{command},", command.len())?;
                Ok(told)
            }
        }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let quit = self.quit.clone();
        let deadline = Instant::now() + PATIENCE;
        if self.tell(&quit).is_ok() {
            while Instant::now() < deadline && matches!(self.process.try_wait(), Ok(None)) {
                thread::sleep(GLANCE);
            }
        }
        // It has ended by itself in every run that went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens on at the moment.
fn free_port() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The first of these folders that is there.
fn first_folder(folders: &[&'static str]) -> Result<&'static str> {
    let found = folders.iter().find(|folder| Path::new(folder).is_dir());
    found
        .copied()
        .with_context(|| format!("none of {folders:?} is there"))
}

const ASOUNDRC: &str = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";

/// How long a phone may take to end.
const PATIENCE: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(20);
