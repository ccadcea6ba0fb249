//! Words about recorded calls.

use std::path::Path;
use std::time::Duration;

use hark_phone::RecordingNotice;

pub const RECORD: &str = "Record";
pub const STOP_RECORDING: &str = "Stop recording";
/// Under the round control, where there is less room.
pub const STOP: &str = "Stop";

pub const CALL_RECORDING: &str = "Call recording";
pub const RECORDINGS_FOLDER: &str = "Recordings go to";
pub const NO_MUSIC_FOLDER: &str = "Hark found no music folder; name one";
pub const FOLDER_NOT_WHOLE: &str = "Write the whole path of the folder, from its very beginning.";
pub const NOTICE_CAPTION: &str = "How the other side learns of it";
pub const CONSENT: &str = "The law on recording calls differs from place to place. Often everybody in \
     the call has to agree first. To ask them is up to you.";
pub const ENCRYPT_RECORDINGS: &str = "Encrypt the recordings of this account";
pub const ENCRYPTED_LINE: &str = "Hark keeps the key in the keyring. Players cannot open these files \
     by themselves; Hark saves a copy that they can.";

pub const RECORDING_SAVED: &str = "Recording saved";
pub const RECORDING_COPIED: &str = "Copy without encryption saved";
pub const RECORDING_COPIED_IN_PART: &str =
    "The recording breaks off; a copy of its beginning is saved";
pub const SHOW_IN_FOLDER: &str = "Show in folder";
pub const SAVE_COPY: &str = "Save a copy without encryption";

/// Beside the red dot.
pub fn recording_for(elapsed: Duration) -> String {
    format!("Recording {}", super::timer(elapsed))
}

pub fn recording_notice(notice: RecordingNotice) -> &'static str {
    match notice {
        RecordingNotice::Tone => "A beep every 15 seconds",
        RecordingNotice::Announcement => "A voice says so at the beginning",
        RecordingNotice::None => "Not at all; I tell them myself",
    }
}

pub fn no_file_manager(file: &Path) -> String {
    format!("No file manager answered. The file is {}.", file.display())
}
