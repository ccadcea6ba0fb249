//! Sends speech through a bad network and writes down what the listener hears.
//!
//! ```text
//! impair [--loss PERCENT] [--burst PACKETS] [--jitter MS] [--drift PPM] [--seed N]
//!        [--conceal hark|zeros] IN.wav OUT.wav
//! ```
//!
//! The whole way is that of a call: a session that captures, packets that get lost (`--burst` is
//! the mean length of a run of losses), delayed by 0 to `--jitter` milliseconds and perhaps in
//! another order, and a session that plays. `--conceal zeros` plays the same packets with nothing
//! in the gaps, as a yardstick. Input is mono at 8 kHz; a seed makes the same network each time.
//! The last line of the output says what became of the packets.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hark_media::{Codec, Component, Encryption, MediaConfig, MediaOutput, MediaSession};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let speech = read(&options.input)?;
    let flight = fly(&speech, &options)?;
    let heard = match options.conceal {
        Conceal::Hark => listen(&flight)?,
        Conceal::Zeros => play_zeros(&flight, options.jitter_ms),
    };
    write(&options.output, &heard)?;
    Ok(())
}

struct Options {
    /// Share of lost packets, 0.0 to 1.0.
    loss: f64,
    burst: f64,
    jitter_ms: f64,
    drift_ppm: f64,
    seed: u64,
    conceal: Conceal,
    input: PathBuf,
    output: PathBuf,
}

#[derive(PartialEq)]
enum Conceal {
    Hark,
    Zeros,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            loss: 0.0,
            burst: 1.0,
            jitter_ms: 0.0,
            drift_ppm: 0.0,
            seed: 1,
            conceal: Conceal::Hark,
            input: PathBuf::new(),
            output: PathBuf::new(),
        };
        let mut files = Vec::new();
        while let Some(argument) = arguments.next() {
            if !argument.starts_with("--") {
                files.push(PathBuf::from(argument));
                continue;
            }
            let value = arguments
                .next()
                .ok_or(format!("{argument} wants a value"))?;
            let number = value
                .parse::<f64>()
                .map_err(|_| format!("{value} is no number"));
            match argument.as_str() {
                "--loss" => options.loss = number? / 100.0,
                "--burst" => options.burst = number?.max(1.0),
                "--jitter" => options.jitter_ms = number?.max(0.0),
                "--drift" => options.drift_ppm = number?,
                "--seed" => options.seed = number? as u64,
                "--conceal" if value == "zeros" => options.conceal = Conceal::Zeros,
                "--conceal" if value == "hark" => options.conceal = Conceal::Hark,
                _ => return Err(format!("{argument} {value} means nothing")),
            }
        }
        let [input, output] = <[PathBuf; 2]>::try_from(files)
            .map_err(|_| "one file to read and one to write, please".to_owned())?;
        Ok(Self {
            input,
            output,
            ..options
        })
    }
}

/// The packets of a call as they arrive.
struct Flight {
    offer: Vec<u8>,
    /// When each packet arrives, and its octets, in the order of arrival.
    packets: Vec<(Duration, Vec<u8>)>,
    length: Duration,
}

/// Captures `speech` in one session and lets the network do its worst.
fn fly(speech: &[i16], options: &Options) -> Result<Flight, Box<dyn std::error::Error>> {
    let (mut caller, offer) = MediaSession::offer(config(1));
    let (_, answer) = MediaSession::answer(config(2), &offer)?;
    caller.accept_answer(&answer)?;
    let mut network = Network {
        random: ChaCha20Rng::seed_from_u64(options.seed),
        in_burst: false,
    };
    let start = epoch();
    let mut packets = Vec::new();
    for (n, frame) in speech.chunks_exact(FRAME).enumerate() {
        let sent = FRAME_TIME.mul_f64(n as f64 * (1.0 + options.drift_ppm / 1e6));
        caller.capture(start + sent, frame);
        while let Some(output) = caller.poll_output() {
            let MediaOutput::Transmit { packet, .. } = output else {
                continue;
            };
            let delay = Duration::from_secs_f64(network.next_share() * options.jitter_ms / 1_000.0);
            if !network.loses(options) {
                packets.push((sent + delay, packet.to_vec()));
            }
        }
    }
    packets.sort_by_key(|(arrival, _)| *arrival);
    let length = FRAME_TIME * (speech.len() / FRAME) as u32;
    Ok(Flight {
        offer,
        packets,
        length,
    })
}

struct Network {
    random: ChaCha20Rng,
    in_burst: bool,
}

impl Network {
    fn next_share(&mut self) -> f64 {
        f64::from(self.random.next_u32()) / f64::from(u32::MAX)
    }

    /// Gilbert's model: runs of losses of a mean length, as often as the share of losses demands.
    fn loses(&mut self, options: &Options) -> bool {
        let dice = self.next_share();
        self.in_burst = match options.burst > 1.0 {
            false => dice < options.loss,
            true if self.in_burst => dice < 1.0 - 1.0 / options.burst,
            true => dice < options.loss / (options.burst * (1.0 - options.loss)),
        };
        self.in_burst
    }
}

/// What a session makes of the flight.
fn listen(flight: &Flight) -> Result<Vec<i16>, Box<dyn std::error::Error>> {
    let (mut callee, _) = MediaSession::answer(config(2), &flight.offer)?;
    let start = epoch();
    let mut arriving = flight.packets.iter().peekable();
    let mut heard = Vec::new();
    let mut now = Duration::ZERO;
    while now < flight.length + TAIL {
        while let Some((at, packet)) = arriving.next_if(|(at, _)| *at <= now) {
            callee.handle_packet(start + *at, Component::Rtp, address(1), &mut packet.clone());
        }
        let mut frame = [0; FRAME];
        callee.play(start + now, &mut frame);
        heard.extend_from_slice(&frame);
        now += FRAME_TIME;
    }
    let stats = callee.stats();
    eprintln!(
        "received {} lost {} late {} concealed {} ms delay {} ms",
        stats.packets_received,
        stats.packets_lost,
        stats.packets_late,
        stats.concealed.as_millis(),
        stats.playout_delay.as_millis(),
    );
    Ok(heard)
}

/// The instant that all times count from.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other beginning"
)]
fn epoch() -> Instant {
    Instant::now()
}

/// The same packets behind a delay that none of them exceeds, and zeros for those that got lost.
fn play_zeros(flight: &Flight, jitter_ms: f64) -> Vec<i16> {
    let delay = (jitter_ms * 8.0) as usize;
    let length = (flight.length + TAIL).as_millis() as usize * 8;
    let mut heard = vec![0; length];
    let timestamp =
        |packet: &[u8]| u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
    let earliest = flight
        .packets
        .iter()
        .map(|(_, packet)| timestamp(packet))
        .min()
        .unwrap_or(0);
    for (_, packet) in &flight.packets {
        let at = delay + timestamp(packet).wrapping_sub(earliest) as usize;
        for (to, octet) in heard[at..].iter_mut().zip(&packet[12..]) {
            *to = audio_codec_algorithms::decode_ulaw(*octet);
        }
    }
    heard
}

fn config(side: u8) -> MediaConfig {
    MediaConfig {
        codecs: vec![Codec::Pcmu],
        encryption: Encryption::Off,
        local_rtp: address(side),
        local_rtcp: SocketAddr::from(([127, 0, 0, side], 40_001)),
        cname: format!("side-{side}"),
        seed: [side; 32],
    }
}

fn address(side: u8) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, side], 40_000))
}

fn read(path: &PathBuf) -> Result<Vec<i16>, Box<dyn std::error::Error>> {
    let mut file = hound::WavReader::open(path)?;
    let spec = file.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample) != (1, 8_000, 16) {
        return Err("the input has to be mono, 8 kHz, 16 bit".into());
    }
    Ok(file.samples().collect::<Result<_, _>>()?)
}

fn write(path: &PathBuf, samples: &[i16]) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for &sample in samples {
        file.write_sample(sample)?;
    }
    file.finalize()
}

/// 10 ms at 8 kHz.
const FRAME: usize = 80;
const FRAME_TIME: Duration = Duration::from_millis(10);

/// How long we listen after the end.
const TAIL: Duration = Duration::from_millis(500);
