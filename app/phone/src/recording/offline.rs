//! Encrypted recordings without an engine, for the command line. These calls wait: for the keyring,
//! which may ask the user for its password, and for the disk.

use std::path::Path;

use super::{Opened, RecordingError, RecordingKey};
use crate::store::{self, Keyring, MissingKey};
use crate::words;

/// Writes the sound of an encrypted recording to a new file, in clear. Without `key` the one in the
/// keyring is used. Gives a sentence where the file breaks off and was opened up to there.
///
/// # Errors
/// In words for the user; then there is no new file.
pub fn open_recording(
    file: &Path,
    to: &Path,
    key: Option<RecordingKey>,
) -> Result<Option<&'static str>, String> {
    let key = match key {
        Some(key) => key,
        None => recording_key()?,
    };
    let opened = store::open_recording(file, to, &key);
    match opened.map_err(|error| words::unopened(&error))? {
        Opened::Whole => Ok(None),
        Opened::UpToABreak => Ok(Some(words::recording_breaks_off())),
    }
}

/// The key in the keyring.
///
/// # Errors
/// In words for the user.
pub fn recording_key() -> Result<RecordingKey, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let key = match runtime {
        Ok(runtime) => {
            runtime.block_on(async { Keyring::open().recording_key(MissingKey::IsAnError).await })
        }
        Err(_) => Err(RecordingError::NoKey),
    };
    key.map_err(|error| words::recording(&error, None))
}
