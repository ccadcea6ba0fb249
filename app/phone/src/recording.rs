//! Call recording: both sides of a call in one Ogg/Opus file, with a notice to the other side.
//!
//! Nothing on the way of the sound waits. [`Tape`] runs on the media thread: it mixes the notice into
//! both directions and hands 10 ms at a time over a bounded queue. [`write()`] runs on the blocking
//! pool: it codes what comes and writes a page a second. The engine begins and ends them and tells the
//! user. `docs/recording.md` is the manual.
//!
//! The file is in stereo: the user on the left, the other side on the right.

use std::path::PathBuf;
use std::time::Duration;

use hark_media::voice_message::StreamError;

use crate::store::SecretError;

mod name;
mod notice;
mod offline;
mod seal;
mod tape;
mod writer;

pub use offline::{open_recording, recording_key};
pub use seal::RecordingKey;
pub(crate) use seal::{OpenError, Opened, open};
#[cfg(test)]
pub(crate) use tape::Frame;
pub(crate) use tape::{Reel, Tap, Tape};
pub(crate) use writer::{Plan, write};

/// Our own number for a recording, which may go on in another call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RecordingId(pub(crate) u64);

/// What becomes of a recording.
#[derive(Debug)]
pub(crate) enum RecordingReport {
    /// The file is there; frames are taken.
    Began { file: PathBuf, tap: Tap },
    /// The file is complete, but for so much that came faster than it could be written.
    Saved { file: PathBuf, missed: Duration },
    /// It ended before it began, so there is no file.
    Nothing,
    /// The recording is over. What was written until then is in `file`.
    Failed {
        file: Option<PathBuf>,
        error: RecordingError,
    },
}

/// Why a recording did not begin, or ended before its time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordingError {
    #[error("this user has no music folder")]
    NoFolder,
    #[error("{}: {error}", folder.display())]
    NoFile {
        folder: PathBuf,
        error: std::io::Error,
    },
    #[error(transparent)]
    Broken(#[from] StreamError),
    #[error("the keyring holds no key for recordings, and this run may not make one")]
    NoKey,
    #[error(transparent)]
    Keyring(#[from] SecretError),
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(#[from] getrandom::Error),
}
