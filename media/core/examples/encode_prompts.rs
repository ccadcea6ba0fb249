//! Codes a folder of WAV files into Ogg/Opus voice messages; `cargo xtask sounds` runs it.
//!
//! `encode_prompts WAV_FOLDER OGG_FOLDER`: mono, 16 bit, at a rate that Opus knows. A file that would
//! sound as before stays as it is.

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
        let sound = encode(&wave)?;
        let path = sounds.join(name).with_extension("ogg");
        let is_new =
            fs::read(&path).map_or(true, |old| without_serial(&old) != without_serial(&sound));
        if is_new {
            fs::write(path, sound)?;
        }
    }
    Ok(())
}

/// The file without what says nothing of its sound: the serial number of each page and the checksum
/// over it (RFC 3533 §6).
fn without_serial(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let pages: Vec<usize> = file
        .windows(4)
        .enumerate()
        .filter(|(_, four)| four == b"OggS")
        .map(|(at, _)| at)
        .collect();
    for page in pages {
        for field in [page + 14..page + 18, page + 22..page + 26] {
            if let Some(bytes) = file.get_mut(field) {
                bytes.fill(0);
            }
        }
    }
    file
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
