//! WAV files, as much of them as the measurements read.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// Mono sound with 16 bits a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    pub rate_hz: u32,
    pub samples: Vec<i16>,
}

impl Wave {
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
        Self::parse(&bytes).with_context(|| format!("{}", path.display()))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            bail!("not a WAV file");
        }
        let format = chunk(bytes, b"fmt ").context("no format in the WAV file")?;
        let data = chunk(bytes, b"data").context("no sound in the WAV file")?;
        let [channels, bits] = [2, 14].map(|at| number16(format, at));
        if channels != Some(1) || bits != Some(16) {
            bail!("not mono with 16 bits");
        }
        let rate_hz = number32(format, 4).context("no rate in the WAV file")?;
        let samples = data
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        Ok(Self {
            rate_hz,
            samples: samples.collect(),
        })
    }
}

/// The content of a chunk, cut where the file ends: a program that was killed leaves sizes behind
/// that are too large.
fn chunk<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let length = number32(rest, 4)? as usize;
        let content = &rest[8..];
        if rest.get(..4)? == name {
            return Some(&content[..length.min(content.len())]);
        }
        rest = content.get(length + length % 2..)?;
    }
}

fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_of_which_the_size_is_too_large_is_read_to_its_end() {
        let mut bytes = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend_from_slice(&8_000_u32.to_le_bytes());
        bytes.extend_from_slice(&16_000_u32.to_le_bytes());
        bytes.extend_from_slice(b"\x02\0\x10\0data\xff\xff\xff\x7f\x01\0\x02\0");
        assert_eq!(
            Wave::parse(&bytes).unwrap(),
            Wave {
                rate_hz: 8_000,
                samples: vec![1, 2]
            }
        );
        assert!(Wave::parse(b"RIFF").is_err());
    }
}
