//! The phone under measurement: `hark headless`, its commands and its events with their times.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// A running phone. It is ended when this is dropped.
pub struct Phone {
    child: Child,
    commands: ChildStdin,
    events: Receiver<(Instant, Value)>,
    pub started: Instant,
    pub speaker: PathBuf,
}

/// Where the phone signs in.
pub struct Account<'a> {
    pub address: &'a str,
    pub server: SocketAddr,
    /// Over TLS, trusting the authority in this file; over TCP without one.
    pub authority: Option<&'a Path>,
}

impl Account<'_> {
    fn to_toml(&self) -> String {
        let mut text = format!("[account]\naddress = \"{}\"\n", self.address);
        text.push_str(&format!("server = \"{}\"\n", self.server));
        match self.authority {
            Some(file) => text.push_str(&format!("transport = \"tls\"\nca_file = {file:?}\n")),
            None => text.push_str("transport = \"tcp\"\nmedia_encryption = \"off\"\n"),
        }
        text
    }
}

impl Phone {
    /// Starts the program in a folder of its own.
    pub fn start(program: &Path, folder: &Path, account: &Account<'_>) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let config = folder.join("phone.toml");
        let speaker = folder.join("speaker.wav");
        fs::write(&config, account.to_toml())?;
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(["headless", "--audio-in", "none", "--config"])
            .arg(&config)
            .arg("--audio-out")
            .arg(&speaker)
            .env("HARK_PASSWORD", PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let commands = child
            .stdin
            .take()
            .context("a phone without standard input")?;
        let output = child
            .stdout
            .take()
            .context("a phone without standard output")?;
        let (sender, events) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send((Instant::now(), event)).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            commands,
            events,
            started,
            speaker,
        })
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends a command and says when.
    pub fn command(&mut self, command: &str) -> Result<Instant> {
        self.send(&format!("{{\"cmd\":\"{command}\"}}"))
    }

    /// Sends a whole line and says when.
    pub fn send(&mut self, line: &str) -> Result<Instant> {
        let sent = Instant::now();
        self.commands.write_all(format!("{line}\n").as_bytes())?;
        self.commands.flush()?;
        Ok(sent)
    }

    /// Waits until the phone says `event` with this state, and returns when it did.
    pub fn wait_for(&self, event: &str, state: &str) -> Result<Instant> {
        Ok(self.wait(event, state)?.0)
    }

    /// The same, for what the event says.
    pub fn wait_for_event(&self, event: &str, state: &str) -> Result<Value> {
        Ok(self.wait(event, state)?.1)
    }

    fn wait(&self, event: &str, state: &str) -> Result<(Instant, Value)> {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok((at, value)) = self.events.recv_timeout(left) else {
                bail!("no {event} with {state} from the phone, but {seen:?}");
            };
            if value["event"] == event && value["state"] == state {
                return Ok((at, value));
            }
            seen.push(value.to_string());
        }
    }

    /// Waits until the program, told to quit, is gone.
    pub fn wait_for_end(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                bail!("the phone did not end");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // It has ended by itself in every run that went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Made up for the servers of the measurements.
pub const PASSWORD: &str = "bench-only";

const PATIENCE: Duration = Duration::from_secs(20);
