//! WAV files and G.711, as little of both as the measurements need.

use std::path::Path;
use std::{fs, io};

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

    pub fn write(&self, path: &Path) -> io::Result<()> {
        let length = u32::try_from(self.samples.len() * 2).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(self.samples.len() * 2 + 44);
        bytes.extend_from_slice(b"RIFF");
        bytes.extend_from_slice(&(length + 36).to_le_bytes());
        bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend_from_slice(&self.rate_hz.to_le_bytes());
        bytes.extend_from_slice(&(self.rate_hz * 2).to_le_bytes());
        bytes.extend_from_slice(b"\x02\0\x10\0data");
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        fs::write(path, bytes)
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

/// One sample as PCMU (ITU-T G.711, table 2a: 14 bits, bias 33, eight segments).
pub fn mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x00 } else { 0x80 };
    let magnitude = ((i32::from(sample).unsigned_abs() >> 2) + 33).min(0x1fff);
    let segment = (31 - magnitude.leading_zeros()) - 5;
    let step = (magnitude >> (segment + 1)) & 0x0f;
    // Both numbers are below 16, and all bits but the sign travel inverted.
    sign | (!((segment << 4 | step) as u8) & 0x7f)
}

/// What the far end makes of a PCMU byte.
pub fn from_mu_law(byte: u8) -> i16 {
    let bits = !byte;
    let (segment, step) = ((bits >> 4) & 0x07, i16::from(bits & 0x0f));
    let magnitude = ((step * 2 + 33) << segment) - 33;
    if byte & 0x80 == 0 {
        -magnitude * 4
    } else {
        magnitude * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mu_law_keeps_the_values_of_the_standard() {
        // Decision values and codes at the ends of G.711's table 2a.
        assert_eq!(mu_law(0), 0xff);
        assert_eq!(mu_law(32_767), 0x80);
        assert_eq!(mu_law(-32_768), 0x00);
        assert_eq!(from_mu_law(0xff), 0);
        assert_eq!(from_mu_law(0x80), 32_124);
        assert_eq!(from_mu_law(0x00), -32_124);
    }

    #[test]
    fn every_code_comes_back_to_itself() {
        for byte in 0..=255 {
            // Minus zero is a code of its own, and is heard as zero.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(mu_law(from_mu_law(byte)), expected);
        }
    }

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
