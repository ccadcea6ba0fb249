//! What went wrong with recordings, in words.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use hark_media::voice_message::StreamError;

use crate::recording::{OpenError, RecordingError};

/// Why a recording did not begin, or ended. `file` is what there is of it.
pub(crate) fn recording(error: &RecordingError, file: Option<&Path>) -> String {
    let text = match error {
        RecordingError::NoFolder => {
            "The call is not recorded: Hark found no music folder. Name a folder in the settings."
                .to_owned()
        }
        RecordingError::NoFile { folder, error } => format!(
            "The call is not recorded: nothing can be written to {} ({error}). Choose another folder \
             in the settings.",
            folder.display()
        ),
        RecordingError::Broken(StreamError::Io(error)) => match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "The recording has ended, because the disk is full. The call goes on. Make room before \
                 you record again."
                    .to_owned()
            }
            _ => format!(
                "The recording has ended, because its file could not be written ({error}). The call \
                 goes on."
            ),
        },
        RecordingError::Broken(StreamError::Coding(_)) => {
            "The recording has ended, because its sound could not be coded. The call goes on."
                .to_owned()
        }
        RecordingError::NoKey => {
            "The keyring of this computer holds no key for encrypted recordings. Record a call with \
             the window of Hark first, or name the key."
                .to_owned()
        }
        RecordingError::Keyring(_) => {
            "Recordings of this account are encrypted, and the keyring of this computer could not be \
             used for their key. Unlock it and try again, or switch the encryption off in the \
             settings."
                .to_owned()
        }
        RecordingError::NoRandomness(_) => super::NO_RANDOMNESS.to_owned(),
    };
    match file {
        Some(file) => format!(
            "{text} What was recorded until then is in {}.",
            file.display()
        ),
        None => text,
    }
}

/// The disk did not keep up; less than anybody hears is not worth a word.
pub(crate) fn recording_with_gaps(missed: Duration) -> Option<String> {
    (!missed.is_zero()).then(|| {
        format!(
            "The disk was too slow for the recording: {:.1} seconds of it are silence. Close programs \
             that write much, or choose a folder on another disk.",
            missed.as_secs_f32()
        )
    })
}

/// Why an encrypted recording was not opened.
pub(crate) fn unopened(error: &OpenError) -> String {
    match error {
        OpenError::NotSealed => "This file is no encrypted recording. Choose one that ends in \
                                 .ogg.age."
            .to_owned(),
        OpenError::OtherKey => "This recording was encrypted with another key. Open it on the \
                                computer, and as the user, that recorded it."
            .to_owned(),
        OpenError::Damaged => {
            "Nothing of this recording can be opened: the file is damaged, or it \
                               broke off in its first seconds."
                .to_owned()
        }
        OpenError::Unreadable(error) => {
            format!("The recording could not be read ({error}). Check that the file is there.")
        }
        OpenError::Unwritable(error) if error.kind() == ErrorKind::AlreadyExists => {
            "There is a file of that name already. Choose another name; nothing is overwritten."
                .to_owned()
        }
        OpenError::Unwritable(error) => format!(
            "The opened recording could not be written ({error}). Choose another folder, or make \
             room on the disk."
        ),
    }
}

/// An encrypted recording was opened, but not to its end.
pub(crate) const RECORDING_BREAKS_OFF: &str =
    "The recording breaks off, or was changed. What comes before that was opened.";

pub(crate) const RECORDING_NOT_OPENED: &str =
    "The recording could not be opened. Start Hark again and try once more.";
