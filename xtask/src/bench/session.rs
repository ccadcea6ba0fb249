//! A desktop of its own for one program: a screen in memory, a session bus, a keyring, a sound server.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::window::{Running, Screen};

/// All of it ends when this is dropped.
pub struct Session {
    pub screen: Screen,
    bus: String,
    sound: PathBuf,
    _running: Vec<Running>,
}

impl Session {
    pub fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let screen = Screen::start(folder)?;
        let (daemon, bus) = bus()?;
        let sound = folder.join("pulse");
        let mut session = Self {
            screen,
            bus,
            sound,
            _running: vec![daemon],
        };
        let keyring = session.keyring()?;
        let server = session.sound_server()?;
        session._running.extend([keyring, server]);
        Ok(session)
    }

    /// A program of this desktop, and of no other.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.screen.command(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("PULSE_SERVER", format!("unix:{}", self.socket().display()))
            .env("XDG_RUNTIME_DIR", &self.screen.home)
            // A bus of accessibility would be another one.
            .env("NO_AT_BRIDGE", "1");
        command
    }

    pub fn config_folder(&self) -> PathBuf {
        self.screen.home.join(".config/hark")
    }

    /// Puts a password where the program looks for it.
    pub fn keep_password(&self, name: &str, password: &str) -> Result<()> {
        let mut tool = self
            .command("secret-tool")
            .args(["store", "--label=Hark", "service", "Hark", "username", name])
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start secret-tool")?;
        let mut input = tool.stdin.take().context("secret-tool without input")?;
        input.write_all(password.as_bytes())?;
        drop(input);
        ensure!(tool.wait()?.success(), "the keyring keeps no password");
        Ok(())
    }

    fn keyring(&self) -> Result<Running> {
        std::fs::create_dir_all(&self.screen.home)?;
        let mut daemon = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start gnome-keyring-daemon")?;
        let mut input = daemon.stdin.take().context("a keyring without input")?;
        input.write_all(b"bench-only")?;
        drop(input);
        self.wait_for_name("org.freedesktop.secrets")?;
        Ok(Running(daemon))
    }

    fn wait_for_name(&self, name: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let answer = self
                .command("dbus-send")
                .args([
                    "--session",
                    "--print-reply",
                    "--dest=org.freedesktop.DBus",
                    "/",
                ])
                .args([
                    "org.freedesktop.DBus.NameHasOwner",
                    &format!("string:{name}"),
                ])
                .stderr(Stdio::null())
                .output()?;
            if String::from_utf8_lossy(&answer.stdout).contains("boolean true") {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("nobody has the name {name} within {PATIENCE:?}");
    }

    fn socket(&self) -> PathBuf {
        self.sound.join("native")
    }

    fn sound_server(&self) -> Result<Running> {
        std::fs::create_dir_all(&self.sound)?;
        let server = self
            .command("pulseaudio")
            .args([
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
            ])
            .arg("--load=module-null-sink sink_name=bench")
            .arg(format!(
                "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
                self.socket().display()
            ))
            .env("PULSE_RUNTIME_PATH", &self.sound)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start pulseaudio")?;
        let server = Running(server);
        let deadline = Instant::now() + PATIENCE;
        while !self.socket().exists() {
            ensure!(
                Instant::now() < deadline,
                "no sound server within {PATIENCE:?}"
            );
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

/// A session bus and its address.
fn bus() -> Result<(Running, String)> {
    let mut daemon: Child = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--print-address=1"])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start dbus-daemon")?;
    let output = daemon.stdout.take().context("a bus without output")?;
    let daemon = Running(daemon);
    let mut address = String::new();
    BufReader::new(output).read_line(&mut address)?;
    Ok((daemon, address.trim().to_owned()))
}

const PATIENCE: Duration = Duration::from_secs(20);
