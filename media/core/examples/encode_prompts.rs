//! Codes a folder of WAV files into Ogg/Opus voice messages; `cargo xtask sounds` runs it.
//!
//! `encode_prompts WAV_FOLDER OGG_FOLDER`: mono, 16 bit, at a rate that Opus knows.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use hark_media::voice_message::Writer;

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [waves, sounds] = folders.as_slice() else {
        return Err("usage: encode_prompts WAV_FOLDER OGG_FOLDER".into());
    };
    for entry in fs::read_dir(waves)? {
        let wave = entry?.path();
        let Some(name) = wave
            .file_name()
            .filter(|_| wave.extension() == Some(OsStr::new("wav")))
        else {
            continue;
        };
        fs::write(sounds.join(name).with_extension("ogg"), encode(&wave)?)?;
    }
    Ok(())
}

fn encode(wave: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut reader = hound::WavReader::open(wave)?;
    let form = reader.spec();
    if form.channels != 1 || form.bits_per_sample != 16 {
        return Err(format!("{} is not mono with 16 bits", wave.display()).into());
    }
    let samples: Vec<i16> = reader.samples().collect::<Result<_, _>>()?;
    let mut writer = Writer::new(form.sample_rate)?;
    writer.write(&samples)?;
    Ok(writer.finish()?)
}
