//! Recorded calls: where they go, and what was saved.

use std::path::{Path, PathBuf};

use hark_phone::{Command, RecordingSettings, RecordingState, Settings, Snapshot};

use super::send;
use crate::action::Effect;
use crate::state::{SavedContent, SavedRecording, State};
use crate::text;

/// What began shows in the call; why one failed is told as an error.
pub(super) fn changed(state: &mut State, how: RecordingState) -> Vec<Effect> {
    match how {
        RecordingState::Began { .. } => state.recording = None,
        RecordingState::Saved { file, .. } => state.recording = Some(SavedRecording::of(file)),
        RecordingState::Failed { file, .. } => {
            state.recording = file.map(SavedRecording::of);
        }
    }
    vec![]
}

pub(super) fn copied(state: &mut State, file: PathBuf, whole: bool) -> Vec<Effect> {
    let content = if whole {
        SavedContent::Copy
    } else {
        SavedContent::CopyInPart
    };
    state.recording = Some(SavedRecording { file, content });
    vec![]
}

/// Beside the encrypted one, under its name without what says that it is encrypted.
pub(super) fn copy(file: PathBuf) -> Vec<Effect> {
    let to = file.with_extension("");
    send(Command::OpenRecording { file, to })
}

/// An empty field stands for the music folder; what is no whole path stays in the field.
pub(super) fn enter_folder(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let field = &mut state.settings.recordings_folder;
    if !std::mem::take(&mut field.edited) {
        return vec![];
    }
    let typed = field.typed.trim();
    let folder = (!typed.is_empty()).then(|| PathBuf::from(typed));
    field.error = None;
    if folder
        .as_deref()
        .is_some_and(|folder| !Path::is_absolute(folder))
    {
        field.error = Some(text::folder_not_whole().to_owned());
        return vec![];
    }
    let known = &snapshot.settings;
    if folder == known.recording.folder {
        return vec![];
    }
    send(Command::SetPreferences(Settings {
        recording: RecordingSettings {
            folder,
            ..known.recording.clone()
        },
        ..known.clone()
    }))
}

impl SavedRecording {
    fn of(file: PathBuf) -> Self {
        let is_sealed = file.extension().is_some_and(|extension| extension == "age");
        let content = if is_sealed {
            SavedContent::Encrypted
        } else {
            SavedContent::Sound
        };
        Self { file, content }
    }
}
