//! Words about recorded calls.

use std::path::Path;
use std::time::Duration;

use hark_phone::RecordingNotice;
use hark_words::{say, words};

words! {
    pub record;
    pub stop_recording;
    /// Under the round control, where there is less room.
    pub stop;
    pub call_recording;
    pub recordings_folder;
    pub no_music_folder;
    pub folder_not_whole;
    pub notice_caption;
    pub consent;
    pub encrypt_recordings;
    pub encrypted_line;
    pub recording_saved;
    pub recording_copied;
    pub recording_copied_in_part;
    pub show_in_folder;
    pub save_copy;
}

/// Beside the red dot.
pub fn recording_for(elapsed: Duration) -> String {
    say!(recording_for, time = super::timer(elapsed))
}

pub fn recording_notice(notice: RecordingNotice) -> &'static str {
    match notice {
        RecordingNotice::Tone => say!(notice_tone),
        RecordingNotice::Announcement => say!(notice_announcement),
        RecordingNotice::None => say!(notice_none),
    }
}

pub fn no_file_manager(file: &Path) -> String {
    say!(no_file_manager, file = file.display().to_string())
}
