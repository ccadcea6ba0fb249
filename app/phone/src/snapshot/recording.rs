//! The recording of a call, as the window shows it.

use std::path::PathBuf;
use std::time::Instant;

/// The recording of a call that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingView {
    /// Since when; the window draws the timer.
    pub since: Instant,
    pub file: PathBuf,
}
