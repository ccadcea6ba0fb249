//! The window on a screen in memory (Xvfb) with software rendering: first frame, idle cost, memory.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::{Measure, milliseconds};

pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let mut frame = Measure::new("first frame, without a graphics driver", "ms", 300.0);
    let mut idle = Measure::new("idle window, share of one processor", "%", 0.5);
    let mut memory = Measure::new("memory of the idle window", "MB", 100.0);
    for _ in 0..ROUNDS {
        let screen = Screen::start(folder)?;
        let window = screen.open(program, &[])?;
        frame.add(milliseconds(screen.first_pixel()? - window.started));
    }
    let screen = Screen::start(folder)?;
    let window = screen.open(program, &["--demo"])?;
    screen.first_pixel()?;
    thread::sleep(SETTLING);
    idle.add(share_of_processor(&window.running, WATCHED)?);
    memory.add(hark_usage::resident_mb(window.running.0.id())?);
    Ok(vec![frame, idle, memory])
}

/// How much of one processor a program takes while it is watched, in per cent.
pub fn share_of_processor(program: &Running, watched: Duration) -> Result<f64> {
    let before = hark_usage::processor_time(program.0.id())?;
    thread::sleep(watched);
    let used = hark_usage::processor_time(program.0.id())? - before;
    Ok(100.0 * used.as_secs_f64() / watched.as_secs_f64())
}

/// A program that is ended when this is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended by itself there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Window {
    running: Running,
    started: Instant,
}

/// An X server that keeps its screen in a file.
pub struct Screen {
    _server: Running,
    display: String,
    pixels: File,
    pub home: std::path::PathBuf,
}

impl Screen {
    pub fn start(folder: &Path) -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-fbdir",
            ])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let output = server
            .stdout
            .take()
            .context("Xvfb without standard output")?;
        let server = Running(server);
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        let pixels = File::open(folder.join("Xvfb_screen0")).context("the screen of Xvfb")?;
        let home = folder.join("home");
        Ok(Self {
            _server: server,
            display: format!(":{}", number.trim()),
            pixels,
            home,
        })
    }

    /// Opens a window of a user who has never used Hark, on this screen and no other.
    fn open(&self, program: &Path, arguments: &[&str]) -> Result<Window> {
        std::fs::create_dir_all(&self.home)?;
        let started = Instant::now();
        let running = self
            .command(program)
            .args(arguments)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Window {
            running: Running(running),
            started,
        })
    }

    /// A program of a user who has this screen and no other.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            // For the others; Hark draws without a driver.
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("HOME", &self.home)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME");
        command
    }

    /// When the screen is black no more. The X server paints windows black until the program draws.
    pub fn first_pixel(&self) -> Result<Instant> {
        let deadline = Instant::now() + PATIENCE;
        let mut pixels = vec![0; SCREEN_BYTES];
        while Instant::now() < deadline {
            let mut file = &self.pixels;
            // The head of an XWD file and the colour map after it are not pixels.
            file.seek(SeekFrom::End(-(SCREEN_BYTES as i64)))?;
            file.read_exact(&mut pixels)?;
            if pixels.chunks_exact(4).any(|pixel| pixel[..3] != [0, 0, 0]) {
                return Ok(Instant::now());
            }
            thread::sleep(Duration::from_millis(2));
        }
        bail!("no frame within {PATIENCE:?}");
    }
}

const ROUNDS: usize = 5;

/// 1280 x 800 pixels of 32 bits.
const SCREEN_BYTES: usize = 1280 * 800 * 4;

/// Signing in to the server of the demo and everything else that a start brings is over by then.
const SETTLING: Duration = Duration::from_secs(5);

const WATCHED: Duration = Duration::from_secs(10);

const PATIENCE: Duration = Duration::from_secs(20);
