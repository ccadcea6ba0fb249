//! What went wrong with recordings, in words.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use hark_media::voice_message::StreamError;
use hark_words::{decimal, say, words};

use crate::recording::{OpenError, RecordingError};

/// Why a recording did not begin, or ended. `file` is what there is of it.
pub(crate) fn recording(error: &RecordingError, file: Option<&Path>) -> String {
    let text = match error {
        RecordingError::NoFolder => say!(recording_no_folder).to_owned(),
        RecordingError::NoFile { folder, error } => say!(
            recording_no_file,
            folder = folder.display().to_string(),
            error = error.to_string()
        ),
        RecordingError::Broken(StreamError::Io(error)) => match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                say!(recording_disk_full).to_owned()
            }
            _ => say!(recording_not_written, error = error.to_string()),
        },
        RecordingError::Broken(StreamError::Coding(_)) => say!(recording_not_coded).to_owned(),
        RecordingError::NoKey => say!(recording_no_key).to_owned(),
        RecordingError::Keyring(_) => say!(recording_keyring).to_owned(),
        RecordingError::NoRandomness(_) => super::random_numbers_missing().to_owned(),
    };
    match file {
        Some(file) => say!(recording_rest, text, file = file.display().to_string()),
        None => text,
    }
}

/// The disk did not keep up; less than anybody hears is not worth a word.
pub(crate) fn recording_with_gaps(missed: Duration) -> Option<String> {
    let seconds = || decimal(missed.as_secs_f32(), 1);
    (!missed.is_zero()).then(|| say!(recording_gaps, seconds = seconds()))
}

/// Why an encrypted recording was not opened.
pub(crate) fn unopened(error: &OpenError) -> String {
    match error {
        OpenError::NotSealed => say!(open_not_sealed).to_owned(),
        OpenError::OtherKey => say!(open_other_key).to_owned(),
        OpenError::Damaged => say!(open_damaged).to_owned(),
        OpenError::Unreadable(error) => {
            say!(open_unreadable, error = error.to_string())
        }
        OpenError::Unwritable(error) if error.kind() == ErrorKind::AlreadyExists => {
            say!(open_name_taken).to_owned()
        }
        OpenError::Unwritable(error) => say!(open_unwritable, error = error.to_string()),
    }
}

words! {
    /// An encrypted recording was opened, but not to its end.
    pub(crate) recording_breaks_off;
    pub(crate) recording_not_opened;
}
