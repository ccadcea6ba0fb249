//! PESQ by way of Python, where the only implementation is that anybody compares with.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::speech::Speech;
use crate::wav;

/// Starts the Python that has the packages.
pub struct Scorer {
    pub python: PathBuf,
    pub folder: PathBuf,
}

/// What was made of one recording.
#[derive(Deserialize)]
pub struct Judged {
    /// One for each utterance.
    pub scores: Vec<f64>,
    /// The sample at which each utterance begins, at the rate of the speech.
    pub begins: Vec<f64>,
}

#[derive(Serialize)]
struct Task<'a> {
    rate_hz: u32,
    reference: &'a Path,
    utterances: Vec<(usize, usize)>,
    recordings: &'a [&'a Path],
}

impl Scorer {
    /// Judges recordings against the speech.
    pub fn judge(&self, speech: &Speech, recordings: &[&Path]) -> Result<Vec<Judged>> {
        let reference = self
            .folder
            .join(format!("reference-{}.wav", speech.rate_hz));
        wav::write(&reference, speech.rate_hz, speech.samples.iter().copied())?;
        let places = speech
            .utterances
            .iter()
            .map(|utterance| (utterance.begin, utterance.length));
        let task = Task {
            rate_hz: speech.rate_hz,
            reference: &reference,
            utterances: places.collect(),
            recordings,
        };
        let mut python = Command::new(&self.python)
            .args(["-c", include_str!("score.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", self.python.display()))?;
        let mut stdin = python
            .stdin
            .take()
            .context("Python without standard input")?;
        stdin.write_all(&serde_json::to_vec(&task)?)?;
        drop(stdin);
        let output = python.wait_with_output()?;
        ensure!(
            output.status.success(),
            "the score failed ({})",
            output.status
        );
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// The best that anybody can reach: what the codec makes of the speech.
    pub fn ceiling(&self, speech: &Speech, heard: &[i16]) -> Result<Vec<f64>> {
        let file = self.folder.join(format!("ceiling-{}.wav", speech.rate_hz));
        wav::write(&file, speech.rate_hz, heard.iter().copied())?;
        let judged = self.judge(speech, &[&file])?;
        Ok(judged.into_iter().next().context("no score")?.scores)
    }
}
