//! How a lossy network sounds: speech through the phone, scored with PESQ (ITU-T P.862, narrow band).
//!
//! The speech is Debian's `asterisk-core-sounds-en-wav`, the score that of the Python package `pesq`.
//! Where one is missing the measurement says so and is left out.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context as _, Result, bail};

use super::Measure;
use super::peer::{self, PACKET_SAMPLES, PACKET_TIME, Peer};
use super::phone::{Account, Phone};
use super::wave::{self, Wave};
use crate::process;

/// Plays the speech through one phone for each condition, all at the same time.
pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !process::succeeds(Command::new(&python).args(["-c", "import numpy, pesq"])) {
        eprintln!("bench sound is left out: {python} has no packages `numpy` and `pesq`");
        return Ok(Vec::new());
    }
    let Some(speech) = Speech::read()? else {
        eprintln!("bench sound is left out: asterisk-core-sounds-en-wav is not installed");
        return Ok(Vec::new());
    };
    let score = |wave: &Wave, name: &str| speech.score(&python, folder, wave, name);
    let coded = score(&speech.zero_filled(&[]), "coded")?;

    let network: Vec<Network> = CONDITIONS
        .iter()
        .map(|c| Network::new(c, speech.packets()))
        .collect();
    let heard = thread::scope(|scope| -> Result<Vec<Wave>> {
        let speech = &speech;
        let runs: Vec<_> = network
            .iter()
            .enumerate()
            .map(|(at, network)| {
                let folder = folder.join(format!("sound-{at}"));
                scope.spawn(move || speech.through_phone(program, &folder, network))
            })
            .collect();
        runs.into_iter()
            .map(|run| {
                run.join()
                    .map_err(|_| anyhow::anyhow!("a measurement panicked"))?
            })
            .collect()
    })?;

    let mut measures = Vec::new();
    for ((condition, network), wave) in CONDITIONS.iter().zip(&network).zip(&heard) {
        let limit = condition.least.unwrap_or(coded - 0.05);
        let mut measure = Measure::at_least(condition.name, "PESQ", limit);
        measure.add(score(wave, condition.name)?);
        measure.compare_with(score(&speech.zero_filled(&network.lost), "zeros")?);
        measures.push(measure);
    }
    eprintln!("PESQ of the codec alone: {coded:.2}. The baseline fills with zeros.");
    Ok(measures)
}

/// What the network does to the packets.
struct Condition {
    name: &'static str,
    loss_percent: u64,
    jitter: Duration,
    /// The lowest score that is good enough; within 0.05 of the codec alone where there is none.
    least: Option<f64>,
}

const CONDITIONS: [Condition; 5] = [
    condition("no loss", 0, 0, None),
    condition("no loss, 40 ms jitter", 0, 40, None),
    condition("5 % loss, 40 ms jitter", 5, 40, Some(3.0)),
    condition("10 % loss, 40 ms jitter", 10, 40, Some(2.4)),
    condition("20 % loss, 40 ms jitter", 20, 40, Some(1.85)),
];

const fn condition(
    name: &'static str,
    loss_percent: u64,
    jitter_ms: u64,
    least: Option<f64>,
) -> Condition {
    Condition {
        name,
        loss_percent,
        jitter: Duration::from_millis(jitter_ms),
        least,
    }
}

/// One run of a condition: the same in every run of the benchmark.
struct Network {
    /// When each packet arrives, after the first was sent.
    arrivals: BTreeMap<Duration, Vec<u16>>,
    lost: Vec<u16>,
}

impl Network {
    fn new(condition: &Condition, packets: u16) -> Self {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut network = Self {
            arrivals: BTreeMap::new(),
            lost: Vec::new(),
        };
        for number in 0..packets {
            let delay = condition
                .jitter
                .mul_f64(random.next() as f64 / u64::MAX as f64);
            if random.next() % 100 < condition.loss_percent {
                network.lost.push(number);
            } else {
                let arrival = PACKET_TIME * u32::from(number) + delay;
                network.arrivals.entry(arrival).or_default().push(number);
            }
        }
        network
    }
}

/// xorshift64* (Vigna 2016): no dependency, and the same sequence everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

/// Eight utterances in a row, at 8 kHz.
struct Speech {
    samples: Vec<i16>,
    /// Where each utterance begins, and its length, in samples.
    utterances: Vec<(usize, usize)>,
}

impl Speech {
    fn read() -> Result<Option<Self>> {
        let Some(folder) = SPEECH_FOLDERS
            .iter()
            .map(Path::new)
            .find(|path| path.is_dir())
        else {
            return Ok(None);
        };
        let mut speech = Self {
            samples: Vec::new(),
            utterances: Vec::new(),
        };
        for name in UTTERANCES {
            let wave = Wave::read(&folder.join(name).with_extension("wav"))?;
            if wave.rate_hz != RATE_HZ {
                bail!("{name} is not at {RATE_HZ} Hz");
            }
            speech
                .samples
                .resize(speech.samples.len() + PAUSE_SAMPLES, 0);
            speech
                .utterances
                .push((speech.samples.len(), wave.samples.len()));
            speech.samples.extend_from_slice(&wave.samples);
        }
        let whole = (speech.samples.len() + PAUSE_SAMPLES).next_multiple_of(PACKET_SAMPLES);
        speech.samples.resize(whole, 0);
        Ok(Some(speech))
    }

    fn packets(&self) -> u16 {
        u16::try_from(self.samples.len() / PACKET_SAMPLES).unwrap_or(u16::MAX)
    }

    fn payload(&self, number: u16) -> Vec<u8> {
        let begin = usize::from(number) * PACKET_SAMPLES;
        let frame = &self.samples[begin..begin + PACKET_SAMPLES];
        frame.iter().map(|&sample| wave::mu_law(sample)).collect()
    }

    /// What a phone plays that puts zeros where packets are missing.
    fn zero_filled(&self, lost: &[u16]) -> Wave {
        let decoded = (0..self.packets()).flat_map(|number| {
            let is_lost = lost.binary_search(&number).is_ok();
            let play = move |byte| if is_lost { 0 } else { wave::from_mu_law(byte) };
            self.payload(number).into_iter().map(play)
        });
        Wave {
            rate_hz: RATE_HZ,
            samples: decoded.collect(),
        }
    }

    /// What the phone plays when the network behaves like this.
    fn through_phone(&self, program: &Path, folder: &Path, network: &Network) -> Result<Wave> {
        let peer = Peer::listen()?;
        let account = Account {
            address: "alice@127.0.0.1",
            server: peer.address()?,
            authority: None,
        };
        let mut phone = Phone::start(program, folder, &account)?;
        let mut wire = peer.accept()?;
        let register = wire.wait_for("REGISTER")?;
        wire.accept(&register, "")?;
        phone.wait_for("registration", "registered")?;
        phone.command("call_voicemail")?;
        let invite = wire.wait_for("INVITE")?;
        let sound = UdpSocket::bind("127.0.0.1:0")?;
        sound.connect(invite.sound_address()?)?;
        wire.accept(&invite, &peer::answer(&sound)?)?;
        phone.wait_for("call", "connected")?;

        let begin = Instant::now();
        for (arrival, numbers) in &network.arrivals {
            thread::sleep((begin + *arrival).saturating_duration_since(Instant::now()));
            for &number in numbers {
                sound.send(&peer::rtp_packet(number, &self.payload(number)))?;
            }
        }
        phone.command("quit")?;
        for method in ["BYE", "REGISTER"] {
            let request = wire.wait_for(method)?;
            wire.accept(&request, "")?;
        }
        phone.wait_for_end()?;
        Wave::read(&phone.speaker)
    }

    /// The mean score of the utterances.
    fn score(&self, python: &str, folder: &Path, heard: &Wave, name: &str) -> Result<f64> {
        let reference = folder.join("reference.wav");
        Wave {
            rate_hz: RATE_HZ,
            samples: self.samples.clone(),
        }
        .write(&reference)?;
        let degraded: PathBuf = folder.join(format!("{}.wav", name.replace([' ', ',', '%'], "-")));
        heard.write(&degraded)?;
        let mut command = Command::new(python);
        command
            .args(["-c", include_str!("pesq.py")])
            .args([&reference, &degraded]);
        for (begin, length) in &self.utterances {
            command.arg(format!("{begin}:{length}"));
        }
        let text = process::output(command.stdin(Stdio::null()))?;
        fs::remove_file(reference)?;
        text.trim()
            .parse()
            .with_context(|| format!("no score but {text}"))
    }
}

const RATE_HZ: u32 = 8_000;

/// Half a second between utterances.
const PAUSE_SAMPLES: usize = 4_000;

/// Debian's package and Ubuntu's differ in where they put it.
const SPEECH_FOLDERS: [&str; 2] = [
    "/usr/share/asterisk/sounds/en_US_f_Allison",
    "/usr/share/asterisk/sounds/en",
];

/// 5 to 11 seconds each.
const UTTERANCES: [&str; 8] = [
    "demo-nogo",
    "demo-enterkeywords",
    "vm-instructions",
    "vm-intro",
    "vm-review",
    "dir-usingkeypad",
    "tt-allbusy",
    "vm-tempgreeting2",
];
