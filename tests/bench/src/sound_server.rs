//! A PulseAudio server for one phone, with devices that exist only in it, and an ear at its
//! loudspeaker.
//!
//! `speakers` is the default sink. `webcam` is the default source; nobody speaks into it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Runs until it is dropped.
pub struct SoundServer {
    process: Child,
    folder: PathBuf,
}

impl SoundServer {
    /// Starts the server and comes back when it serves.
    pub fn start(folder: &Path) -> Result<Self> {
        let socket = folder.join("native");
        let modules = [
            "module-null-sink sink_name=speakers rate=48000".to_owned(),
            "module-null-sink sink_name=room rate=48000".to_owned(),
            "module-remap-source source_name=webcam master=room.monitor".to_owned(),
            format!(
                "module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ),
        ];
        let mut command = Command::new("pulseaudio");
        command.args([
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
        ]);
        command.args(["--realtime=no", "--high-priority=no", "--disable-shm=yes"]);
        command.args(["--log-level=info", "--log-target=stderr"]);
        for module in modules {
            command.args(["-L", &module]);
        }
        at_server(&mut command, folder);
        let mut process = command
            .stderr(Stdio::piped())
            .spawn()
            .context("start pulseaudio")?;
        let log = process.stderr.take().context("a server without a log")?;
        let server = Self {
            process,
            folder: folder.to_owned(),
        };
        wait_until_it_serves(log)?;
        server.control(&["set-default-sink", "speakers"])?;
        server.control(&["set-default-source", "webcam"])?;
        Ok(server)
    }

    pub fn process(&self) -> u32 {
        self.process.id()
    }

    fn control(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new("pactl");
        at_server(command.args(arguments), &self.folder);
        if !command.status().context("start pactl")?.success() {
            bail!("pactl {} failed", arguments.join(" "));
        }
        Ok(())
    }

    /// Listens at the loudspeaker from here on, which also keeps it awake: an idle null sink
    /// swallows the first second or two.
    pub fn record(&self) -> Result<Ear> {
        let mut command = Command::new("parec");
        command.args([
            "--raw",
            "--format=s16le",
            "--channels=1",
            "--latency-msec=10",
        ]);
        command.args([&format!("--rate={RATE_HZ}"), "-d", "speakers.monitor"]);
        at_server(&mut command, &self.folder);
        let mut process = command
            .stdout(Stdio::piped())
            .spawn()
            .context("start parec")?;
        let mut stdout = process.stdout.take().context("parec without output")?;
        let (begun, begins) = channel();
        let thread = thread::spawn(move || {
            let mut recording = Recording {
                bytes: Vec::new(),
                arrivals: Vec::new(),
            };
            let mut buffer = [0; 8_192];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                let middle = recording.bytes.len() + count / 2;
                recording.arrivals.push((Instant::now(), middle));
                recording.bytes.extend_from_slice(&buffer[..count]);
                // Only the first one is waited for.
                let _ = begun.send(());
            }
            recording
        });
        let ear = Ear {
            process,
            thread: Some(thread),
        };
        begins
            .recv_timeout(PATIENCE)
            .context("nothing comes from the loudspeaker")?;
        Ok(ear)
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Listens until it is taken away.
pub struct Ear {
    process: Child,
    thread: Option<JoinHandle<Recording>>,
}

impl Ear {
    pub fn take(mut self) -> Result<Recording> {
        end(&mut self.process);
        let thread = self.thread.take().context("an ear listens once")?;
        thread
            .join()
            .map_err(|_| anyhow::anyhow!("the ear panicked"))
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// What the loudspeaker played, at [`RATE_HZ`].
pub struct Recording {
    bytes: Vec<u8>,
    /// When each piece came, and where in the bytes its middle is.
    arrivals: Vec<(Instant, usize)>,
}

impl Recording {
    pub fn samples(&self) -> impl Iterator<Item = i16> {
        self.bytes
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
    }

    /// When the first sample was played.
    ///
    /// Each piece tells it by its arrival and its place; the median does not mind pieces that a busy
    /// machine held up.
    pub fn begin(&self) -> Option<Instant> {
        let (first, _) = self.arrivals.first()?;
        let mut offsets: Vec<f64> = self
            .arrivals
            .iter()
            .map(|(at, middle)| {
                (*at - *first).as_secs_f64() - *middle as f64 / 2.0 / f64::from(RATE_HZ)
            })
            .collect();
        offsets.sort_by(f64::total_cmp);
        let median = offsets[offsets.len() / 2];
        match median < 0.0 {
            true => first.checked_sub(Duration::from_secs_f64(-median)),
            false => Some(*first + Duration::from_secs_f64(median)),
        }
    }
}

/// Lets a program find the server of this folder, and only that one.
pub fn at_server(command: &mut Command, folder: &Path) {
    command
        .env(
            "PULSE_SERVER",
            format!("unix:{}", folder.join("native").display()),
        )
        .env("PULSE_RUNTIME_PATH", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("HOME", folder)
        .env_remove("DISPLAY");
}

fn wait_until_it_serves(log: impl std::io::Read + Send + 'static) -> Result<()> {
    let (serves, served) = channel();
    thread::spawn(move || {
        // Goes on after the start: a server whose log nobody reads would stop.
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains("Daemon startup complete") {
                let _ = serves.send(());
            }
        }
    });
    served
        .recv_timeout(PATIENCE)
        .context("pulseaudio does not start")
}

fn end(process: &mut Child) {
    // It may have ended by itself, which is as good.
    let _ = process.kill();
    let _ = process.wait();
}

pub const RATE_HZ: u32 = 48_000;

const PATIENCE: Duration = Duration::from_secs(20);
