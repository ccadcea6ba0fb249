//! The engine without a window: JSON commands on standard input, JSON events on standard output,
//! one object a line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `hark headless` was started with.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub config: PathBuf,
    /// WAV file that speaks; silence without one.
    pub microphone: Option<PathBuf>,
    /// WAV file that receives what the loudspeaker would play.
    pub speaker: Option<PathBuf>,
}

/// Reads a `WAV|none` argument.
pub fn wav_or_none(value: OsString) -> Option<PathBuf> {
    (value != "none").then(|| value.into())
}

/// Runs the engine until `quit` or the end of standard input.
pub fn run(options: Options) -> anyhow::Result<()> {
    tracing::debug!(config = %options.config.display(), "headless");
    Ok(())
}
