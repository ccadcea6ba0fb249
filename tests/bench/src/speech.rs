//! The speech that every phone plays: eight utterances of Debian's Asterisk sounds in a row.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use hark_media::codec::{Codec, Decoder};

/// Utterances with pauses between them, a whole number of packets.
pub struct Speech {
    pub rate_hz: u32,
    pub samples: Vec<i16>,
    pub utterances: Vec<Utterance>,
}

/// Where an utterance lies, in samples. It begins where a packet does.
#[derive(Debug, Clone, Copy)]
pub struct Utterance {
    pub begin: usize,
    pub length: usize,
}

impl Speech {
    /// 8 kHz, as a telephone speaks.
    pub fn narrow_band() -> Result<Self> {
        let folder = find("wav")?;
        Self::of(8_000, |name| {
            let path = folder.join(name).with_extension("wav");
            let file = hound::WavReader::open(&path)
                .with_context(|| format!("read {}", path.display()))?;
            let spec = file.spec();
            ensure!(
                (spec.channels, spec.sample_rate, spec.bits_per_sample) == (1, 8_000, 16),
                "{name} is not mono at 8 kHz with 16 bits"
            );
            Ok(file.into_samples().collect::<Result<_, _>>()?)
        })
    }

    /// 16 kHz, from sounds in G.722. What that codec left of them is what all phones are given.
    pub fn wide_band() -> Result<Self> {
        let folder = find("g722")?;
        Self::of(16_000, |name| {
            let path = folder.join(name).with_extension("g722");
            let coded = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
            let mut samples = Vec::new();
            Decoder::new(Codec::G722).decode(&coded, &mut samples)?;
            Ok(samples)
        })
    }

    fn of(rate_hz: u32, read: impl Fn(&str) -> Result<Vec<i16>>) -> Result<Self> {
        let packet = rate_hz as usize / PACKETS_A_SECOND;
        let mut samples = vec![0; packet * LEAD_IN];
        let mut utterances = Vec::new();
        for name in UTTERANCES {
            let words = read(name)?;
            utterances.push(Utterance {
                begin: samples.len(),
                length: words.len(),
            });
            samples.extend(words);
            let whole = (samples.len() + packet * PAUSE).next_multiple_of(packet);
            samples.resize(whole, 0);
        }
        Ok(Self {
            rate_hz,
            samples,
            utterances,
        })
    }

    pub fn samples_a_packet(&self) -> usize {
        self.rate_hz as usize / PACKETS_A_SECOND
    }

    /// What each packet says.
    pub fn frames(&self) -> impl Iterator<Item = &[i16]> {
        self.samples.chunks_exact(self.samples_a_packet())
    }
}

/// The folder that holds the first utterance in this format.
fn find(format: &str) -> Result<&'static Path> {
    let file = format!("{}.{format}", UTTERANCES[0]);
    let found = FOLDERS
        .iter()
        .map(Path::new)
        .find(|path| path.join(&file).exists());
    let Some(folder) = found else {
        bail!("no speech to play: install Debian's package asterisk-core-sounds-en-{format}");
    };
    Ok(folder)
}

const PACKETS_A_SECOND: usize = 50;

/// Two seconds, in which every phone opens its loudspeaker and its buffer finds its length.
const LEAD_IN: usize = 2 * PACKETS_A_SECOND;

/// Half a second behind each utterance.
const PAUSE: usize = PACKETS_A_SECOND / 2;

/// Debian's package and Ubuntu's differ in where they put it.
const FOLDERS: [&str; 2] = [
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
