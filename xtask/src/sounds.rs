//! `cargo xtask sounds`: speaks the prompts of `assets/prompts/en.tsv` anew.
//!
//! espeak-ng speaks, sox cuts the silence and brings every prompt to one loudness, and Hark's own
//! Ogg/Opus writer (an example of hark-media, so that xtask links nothing) makes the files that are
//! committed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::packages::{self, Purpose};
use crate::{process, workspace};

pub fn run() -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Sounds])?;
    let folder = workspace::root().join("assets/prompts");
    let table = fs::read_to_string(folder.join("en.tsv")).context("assets/prompts/en.tsv")?;
    let prompts: Vec<Prompt> = table
        .lines()
        .skip(1)
        .map(parse_row)
        .collect::<Result<_>>()?;

    let waves = workspace::target_folder()?.join("sounds");
    empty(&waves)?;
    for prompt in &prompts {
        speak(prompt, &waves).with_context(|| format!("prompt {}", prompt.id))?;
    }
    let sounds = folder.join("en");
    keep_only(&prompts, &sounds)?;
    eprintln!("{} prompts spoken", prompts.len());
    process::run(
        process::cargo()
            .args([
                "run",
                "--quiet",
                "--package",
                "hark-media",
                "--example",
                "encode_prompts",
                "--",
            ])
            .args([&waves, &sounds]),
    )
}

/// A row of the table.
struct Prompt<'a> {
    id: &'a str,
    text: &'a str,
    voice: &'a str,
}

fn parse_row(line: &str) -> Result<Prompt<'_>> {
    let mut columns = line.split('\t');
    let id = columns
        .next()
        .filter(|id| !id.is_empty())
        .context("a row without an id")?;
    let text = columns
        .next()
        .with_context(|| format!("{id} has no text"))?;
    Ok(Prompt {
        id,
        text,
        voice: columns.next().unwrap_or(STANDARD_VOICE),
    })
}

impl Prompt<'_> {
    /// A piece of a sentence, which another prompt continues.
    fn is_piece(&self) -> bool {
        !self.text.ends_with(['.', '?', '!', ':'])
    }

    /// The comma keeps the voice up, as it is in the middle of a sentence.
    fn spoken(&self) -> String {
        if self.is_piece() {
            format!("{},", self.text)
        } else {
            self.text.to_owned()
        }
    }
}

fn speak(prompt: &Prompt, folder: &Path) -> Result<()> {
    let raw = folder.join("raw");
    let trimmed = folder.join("trimmed");
    quietly(
        Command::new("espeak-ng")
            .args(["-v", prompt.voice, "-s", WORDS_A_MINUTE, "-w"])
            .arg(&raw)
            .arg("--")
            .arg(prompt.spoken()),
    )?;
    let pause = if prompt.is_piece() {
        PAUSE_AFTER_PIECE
    } else {
        PAUSE_AFTER_SENTENCE
    };
    let mut trim = sox(&raw, &trimmed);
    trim.args(["highpass", "80"])
        .args(CUT_START)
        .arg("reverse")
        .args(CUT_START)
        .arg("reverse");
    quietly(trim.args(["pad", "0.02", pause]))?;
    let gain = format!("{:.2}", TARGET_LOUDNESS_DB - loudness_db(&trimmed)?);
    let mut level = sox(&trimmed, &folder.join(format!("{}.wav", prompt.id)));
    quietly(level.args(["gain", "-l", &gain, "rate", "-v", "16k"]))?;
    fs::remove_file(&raw)?;
    fs::remove_file(&trimmed)?;
    Ok(())
}

/// Mean power of the loud parts. Windows without speech would make a prompt with pauses louder than
/// one without.
fn loudness_db(wave: &Path) -> Result<f64> {
    let mut stats = Command::new("sox");
    stats
        .args(["-t", "wav"])
        .arg(wave)
        .args(["-n", "silence", "-l", "1", "0.05", "1%", "-1"]);
    let output = stats
        .args(["0.05", "1%", "stats"])
        .output()
        .context("cannot start sox")?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("RMS lev dB"));
    let value = line
        .and_then(|rest| rest.split_whitespace().next())
        .context("sox measured nothing")?;
    value
        .parse()
        .with_context(|| format!("sox measured {value}"))
}

fn sox(from: &Path, to: &Path) -> Command {
    let mut command = Command::new("sox");
    // Without dither, so that the same text gives the same bytes.
    command
        .args(["-D", "-t", "wav"])
        .arg(from)
        .args(["-t", "wav", "-b", "16"])
        .arg(to);
    command
}

fn quietly(command: &mut Command) -> Result<()> {
    process::output(command).map(|_| ())
}

/// Takes the sounds away of which the prompt is gone.
fn keep_only(prompts: &[Prompt<'_>], folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let id = name.strip_suffix(".ogg");
        if !prompts.iter().any(|prompt| Some(prompt.id) == id) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Makes the folder and takes files of earlier runs out of it.
fn empty(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path())?;
    }
    Ok(())
}

const STANDARD_VOICE: &str = "en-us+f2";
const WORDS_A_MINUTE: &str = "150";
/// Silence below 0.3 % of full scale until 10 ms are louder.
const CUT_START: [&str; 4] = ["silence", "1", "0.01", "0.3%"];
/// Seconds.
const PAUSE_AFTER_PIECE: &str = "0.02";
/// Seconds.
const PAUSE_AFTER_SENTENCE: &str = "0.25";
/// A little above the -26 dB of ITU-T P.56 telephone speech, since a synthetic voice has no
/// loud syllables that carry the rest.
const TARGET_LOUDNESS_DB: f64 = -21.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_an_id_a_text_and_perhaps_a_voice() {
        let prompt = parse_row("pin.ask\tYour PIN.").unwrap();
        assert_eq!(
            (prompt.id, prompt.text, prompt.voice),
            ("pin.ask", "Your PIN.", STANDARD_VOICE)
        );
        assert_eq!(parse_row("a\tb\ten-gb").unwrap().voice, "en-gb");
        assert!(parse_row("a").is_err());
        assert!(parse_row("\tb").is_err());
    }

    #[test]
    fn pieces_are_spoken_as_if_something_followed() {
        assert_eq!(
            parse_row("you-have\tYou have").unwrap().spoken(),
            "You have,"
        );
        assert_eq!(parse_row("goodbye\tGoodbye.").unwrap().spoken(), "Goodbye.");
    }
}
