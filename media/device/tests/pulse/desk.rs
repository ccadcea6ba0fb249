//! A PulseAudio server of a test's own, with devices that exist only in it.
//!
//! `speakers` is the default sink. `webcam` is the default source; it hears what is played into the
//! sink `room`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::tone::ToneVoice;

/// The folder of one test's server.
pub struct Desk {
    folder: PathBuf,
}

/// A process that ends with the test.
pub struct Running(Child);

/// What a sink plays, mono at 48 kHz.
pub struct Recording {
    _parec: Running,
    samples: Receiver<Vec<i16>>,
}

/// Which way leads from the phone to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Pulse,
    /// The phone knows of no PulseAudio, and ALSA's plugin leads there.
    Alsa,
}

/// Runs the test `name` again in a process whose environment names the desk's server, and the story
/// itself in that process.
pub fn at_a_desk(name: &str, story: impl FnOnce(&Desk)) {
    at_a_desk_by(Way::Pulse, name, story);
}

pub fn at_a_desk_by(way: Way, name: &str, story: impl FnOnce(&Desk)) {
    if let Some(folder) = std::env::var_os(DESK) {
        return story(&Desk {
            folder: folder.into(),
        });
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = match way {
        Way::Pulse => socket(folder.path()),
        Way::Alsa => {
            write_asoundrc(folder.path());
            folder.path().join("nowhere")
        }
    };
    let status = Command::new(std::env::current_exe().expect("a test has a program"))
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(DESK, folder.path())
        .env("PULSE_SERVER", format!("unix:{}", server.display()))
        .env("PULSE_RUNTIME_PATH", folder.path().join("empty"))
        .env("XDG_RUNTIME_DIR", folder.path().join("empty"))
        .env("HOME", folder.path())
        .status()
        .expect("the test runs again");
    assert!(
        status.success(),
        "the test failed in its own process; its words are above"
    );
}

impl Desk {
    /// Starts the server and comes back when it serves.
    pub fn serve(&self) -> Running {
        let socket = socket(&self.folder);
        let modules = [
            "module-null-sink sink_name=speakers rate=48000 \
             sink_properties=device.description=Speakers"
                .to_owned(),
            "module-null-sink sink_name=room rate=48000 \
             sink_properties=device.description=Room"
                .to_owned(),
            "module-remap-source source_name=webcam master=room.monitor \
             source_properties=device.description=Webcam"
                .to_owned(),
            format!(
                "module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ),
        ];
        let mut command = self.program("pulseaudio");
        command.args([
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
        ]);
        command.args(["--realtime=no", "--high-priority=no", "--log-level=info"]);
        command.args(["--log-target=stderr", "--disable-shm=yes"]);
        for module in modules {
            command.args(["-L", &module]);
        }
        let mut server = Running(spawn(command.stderr(Stdio::piped())));
        let log = BufReader::new(server.0.stderr.take().expect("stderr is piped"));
        let (serves, served) = channel();
        std::thread::spawn(move || {
            // Goes on after the start: a server whose log nobody reads would stop.
            for line in log.lines().map_while(Result::ok) {
                let _ = serves.send(line);
            }
        });
        let mut told = Vec::new();
        while !told
            .last()
            .is_some_and(|line: &String| line.contains("Daemon startup complete"))
        {
            match served.recv_timeout(PATIENCE) {
                Ok(line) => told.push(line),
                Err(error) => panic!("pulseaudio does not start ({error}): {}", told.join("\n")),
            }
        }
        self.pactl(&["set-default-sink", "speakers"]);
        self.pactl(&["set-default-source", "webcam"]);
        server
    }

    /// Plugs in a loudspeaker, and gives the number under which it is pulled out.
    pub fn plug_sink(&self, name: &str, description: &str) -> String {
        let properties = format!("sink_properties=device.description={description}");
        let name = format!("sink_name={name}");
        let module = self.pactl(&[
            "load-module",
            "module-null-sink",
            &name,
            "rate=48000",
            &properties,
        ]);
        module.trim().to_owned()
    }

    /// Plugs in a microphone that hears what is played into the sink `room`.
    pub fn plug_source(&self, name: &str, description: &str) -> String {
        let properties = format!("source_properties=device.description={description}");
        let name = format!("source_name={name}");
        let module = self.pactl(&[
            "load-module",
            "module-remap-source",
            &name,
            "master=room.monitor",
            &properties,
        ]);
        module.trim().to_owned()
    }

    pub fn unplug(&self, module: &str) {
        self.pactl(&["unload-module", module]);
    }

    /// Records what the source hears from here on. Reading a sink's monitor also keeps the sink
    /// awake; an idle one swallows the first second or two.
    pub fn record(&self, source: &str) -> Recording {
        let mut parec = self.program("parec");
        parec.args([
            "--raw",
            "--format=s16le",
            "--rate=48000",
            "--channels=1",
            "--latency-msec=10",
        ]);
        let mut parec = Running(spawn(parec.args(["-d", source]).stdout(Stdio::piped())));
        let stdout = parec.0.stdout.take().expect("stdout is piped");
        let (sender, samples) = channel();
        std::thread::spawn(move || read_samples(stdout, |samples| sender.send(samples).is_ok()));
        samples
            .recv_timeout(PATIENCE)
            .expect("a running sink's monitor gives samples");
        Recording {
            _parec: parec,
            samples,
        }
    }

    /// Plays a tone into a sink until the result is dropped.
    pub fn play_forever(&self, sink: &str, mut voice: ToneVoice) -> Running {
        let mut pacat = self.program("pacat");
        pacat.args(["--raw", "--format=s16le", "--rate=48000", "--channels=1"]);
        let mut pacat = Running(spawn(pacat.args(["-d", sink]).stdin(Stdio::piped())));
        let mut stdin = pacat.0.stdin.take().expect("stdin is piped");
        std::thread::spawn(move || {
            let bytes = |voice: &mut ToneVoice| -> Vec<u8> {
                voice
                    .frame()
                    .iter()
                    .flat_map(|sample| sample.to_le_bytes())
                    .collect()
            };
            while stdin.write_all(&bytes(&mut voice)).is_ok() {}
        });
        pacat
    }

    /// How many `sink-inputs` or `source-outputs` the server has.
    pub fn count_streams(&self, kind: &str) -> usize {
        self.pactl(&["list", "short", kind]).lines().count()
    }
}

impl Desk {
    /// A program that finds the server whichever way the phone takes.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        let server = format!("unix:{}", socket(&self.folder).display());
        command.env("PULSE_SERVER", server);
        command.env("PULSE_RUNTIME_PATH", &self.folder);
        command.env("XDG_RUNTIME_DIR", &self.folder);
        command
    }

    fn pactl(&self, arguments: &[&str]) -> String {
        let output = self.program("pactl").args(arguments).output();
        let output = output.unwrap_or_else(|_| missing("pactl"));
        assert!(output.status.success(), "pactl {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Recording {
    /// What has come since the last look.
    pub fn arrived(&mut self) -> impl Iterator<Item = i16> {
        self.samples.try_iter().flatten()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read_samples(mut stdout: ChildStdout, mut take: impl FnMut(Vec<i16>) -> bool) {
    let (mut buffer, mut odd) = ([0; 4096], Vec::new());
    while let Ok(count @ 1..) = stdout.read(&mut buffer) {
        odd.extend_from_slice(&buffer[..count]);
        let whole = odd.len() / 2 * 2;
        let samples = odd
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        if !take(samples.collect()) {
            return;
        }
        odd.drain(..whole);
    }
}

/// Gives ALSA a default device that plays through the desk's server.
fn write_asoundrc(folder: &Path) {
    let text = format!(
        "pcm.!default {{ type pulse server \"unix:{0}\" }}\n\
         ctl.!default {{ type pulse server \"unix:{0}\" }}\n",
        socket(folder).display()
    );
    std::fs::write(folder.join(".asoundrc"), text).expect("the folder is ours");
}

fn spawn(command: &mut Command) -> Child {
    match command.spawn() {
        Ok(child) => child,
        Err(_) => missing(&command.get_program().to_string_lossy()),
    }
}

fn missing(program: &str) -> ! {
    panic!(
        "{program} cannot be started: install Debian's packages pulseaudio and pulseaudio-utils, \
         or run `cargo xtask packages`"
    )
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("native")
}

/// Names the folder of the desk to the process that runs the story.
const DESK: &str = "HARK_TEST_PULSE_DESK";
/// How long a server or a first sample may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
