//! Sends speech through a bad network and writes down what the listener hears.
//!
//! ```text
//! impair [--codec PCMU|PCMA|G722|opus] [--loss PERCENT] [--burst PACKETS] [--jitter MS]
//!        [--drift PPM] [--seed N] [--conceal hark|zeros] IN.wav OUT.wav
//! ```
//!
//! The whole way is that of a call: a session that captures, packets that get lost (`--burst` is
//! the mean length of a run of losses), delayed by 0 to `--jitter` milliseconds and perhaps in
//! another order, and a session that plays. `--conceal zeros` plays the same packets with nothing
//! in the gaps, as a yardstick (G.711 only). The sender is told of the loss, as by RTCP. Input is
//! mono at the rate of the codec: 8, 16 or 48 kHz; a seed makes the same network each time. The last
//! line of the output says what became of the packets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hark_media::{Codec, Component, Encryption, MediaConfig, MediaOutput, MediaSession};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let speech = read(&options.input, options.codec.rate_hz())?;
    let call = call(&speech, &options)?;
    let heard = match options.conceal {
        Conceal::Hark => call.heard,
        Conceal::Zeros => play_zeros(&call, options.jitter_ms),
    };
    write(&options.output, options.codec.rate_hz(), &heard)?;
    Ok(())
}

struct Options {
    codec: Codec,
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
            codec: Codec::Pcmu,
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
            let codec = Codec::ALL.into_iter().find(|codec| codec.name() == value);
            let number = value
                .parse::<f64>()
                .map_err(|_| format!("{value} is no number"));
            match argument.as_str() {
                "--codec" => options.codec = codec.ok_or(format!("{value} is no codec"))?,
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

/// What became of a call.
#[derive(Default)]
struct Call {
    /// When each packet arrives, and its octets, in the order of sending.
    packets: Vec<(Duration, Vec<u8>)>,
    heard: Vec<i16>,
}

/// Speaks into one session, lets the network do its worst, and listens to the other session, whose
/// reports go back.
fn call(speech: &[i16], options: &Options) -> Result<Call, Box<dyn std::error::Error>> {
    let (mut caller, offer) = MediaSession::offer(config(1, options.codec));
    let (mut callee, answer) = MediaSession::answer(config(2, options.codec), &offer)?;
    caller.accept_answer(&answer)?;
    let mut network = Network {
        random: ChaCha20Rng::seed_from_u64(options.seed),
        in_burst: false,
    };
    let start = epoch();
    let mut call = Call::default();
    let mut under_way = BTreeMap::new();
    let mut frames = speech.chunks_exact(frame(options.codec));
    let mut heard = vec![0; frame(options.codec)];
    for beat in 0..frames.len() as u32 + TAIL_BEATS {
        let now = FRAME_TIME * beat;
        if let Some(spoken) = frames.next() {
            let sent = now.mul_f64(1.0 + options.drift_ppm / 1e6);
            caller.capture(start + sent, spoken);
            for packet in packets_of(&mut caller) {
                let jitter = network.next_share() * options.jitter_ms / 1_000.0;
                if !network.loses(options) {
                    let arrival = sent + Duration::from_secs_f64(jitter);
                    under_way.insert((arrival, call.packets.len()), packet.clone());
                    call.packets.push((arrival, packet));
                }
            }
        }
        while let Some(first) = under_way.first_entry().filter(|first| first.key().0 <= now) {
            let ((arrival, _), mut packet) = first.remove_entry();
            callee.handle_packet(start + arrival, Component::Rtp, address(1), &mut packet);
        }
        callee.play(start + now, &mut heard);
        call.heard.extend_from_slice(&heard);
        callee.tick(start + now);
        for mut report in packets_of(&mut callee) {
            caller.handle_packet(start + now, Component::Rtcp, address(2), &mut report);
        }
    }
    tell(&callee);
    Ok(call)
}

/// What a session wants to be sent.
fn packets_of(session: &mut MediaSession) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while let Some(output) = session.poll_output() {
        if let MediaOutput::Transmit { packet, .. } = output {
            packets.push(packet.to_vec());
        }
    }
    packets
}

fn tell(callee: &MediaSession) {
    let stats = callee.stats();
    eprintln!(
        "received {} lost {} late {} concealed {} ms delay {} ms",
        stats.packets_received,
        stats.packets_lost,
        stats.packets_late,
        stats.concealed.as_millis(),
        stats.playout_delay.as_millis(),
    );
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

/// The instant that all times count from.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other beginning"
)]
fn epoch() -> Instant {
    Instant::now()
}

/// The same packets behind a delay that none of them exceeds, and zeros for those that got lost.
fn play_zeros(call: &Call, jitter_ms: f64) -> Vec<i16> {
    let delay = (jitter_ms * 8.0) as usize;
    let mut heard = vec![0; call.heard.len()];
    let timestamp =
        |packet: &[u8]| u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
    let earliest = call
        .packets
        .iter()
        .map(|(_, packet)| timestamp(packet))
        .min()
        .unwrap_or(0);
    for (_, packet) in &call.packets {
        let at = delay + timestamp(packet).wrapping_sub(earliest) as usize;
        for (to, octet) in heard[at..].iter_mut().zip(&packet[12..]) {
            *to = audio_codec_algorithms::decode_ulaw(*octet);
        }
    }
    heard
}

fn config(side: u8, codec: Codec) -> MediaConfig {
    MediaConfig {
        codecs: vec![codec],
        encryption: Encryption::Off,
        local_rtp: address(side),
        local_rtcp: SocketAddr::from(([127, 0, 0, side], 40_001)),
        dtls: None,
        ice: None,
        cname: format!("side-{side}"),
        seed: [side; 32],
    }
}

fn address(side: u8) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, side], 40_000))
}

fn read(path: &PathBuf, rate_hz: u32) -> Result<Vec<i16>, Box<dyn std::error::Error>> {
    let mut file = hound::WavReader::open(path)?;
    let spec = file.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample) != (1, rate_hz, 16) {
        return Err(format!("the input has to be mono, {rate_hz} Hz, 16 bit").into());
    }
    Ok(file.samples().collect::<Result<_, _>>()?)
}

fn write(path: &PathBuf, rate_hz: u32, samples: &[i16]) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for &sample in samples {
        file.write_sample(sample)?;
    }
    file.finalize()
}

/// Samples in 10 ms.
fn frame(codec: Codec) -> usize {
    codec.rate_hz() as usize / 100
}

const FRAME_TIME: Duration = Duration::from_millis(10);

/// How long we listen after the end: half a second.
const TAIL_BEATS: u32 = 50;
