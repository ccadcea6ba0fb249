//! WAV files as they are written here: mono, 16 bit.

use std::path::Path;

use anyhow::Result;

pub fn write(file: &Path, rate_hz: u32, samples: impl IntoIterator<Item = i16>) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, spec)?;
    for sample in samples {
        writer.write_sample(sample)?;
    }
    Ok(writer.finalize()?)
}
