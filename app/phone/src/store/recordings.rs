//! Files of recorded calls. They are the user's, in the user's music folder; nothing here ever
//! overwrites one.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::config::{create_free, create_new};
use crate::recording::{self, OpenError, Opened, RecordingKey};

/// Where recordings go: where the user says, or into the music folder.
pub(crate) fn recordings_folder(chosen: Option<&Path>) -> Option<PathBuf> {
    if let Some(folder) = chosen {
        return Some(folder.to_owned());
    }
    let user = directories::UserDirs::new()?;
    // A desktop without this folder has not named one yet.
    let music = user.audio_dir().map(Path::to_owned);
    Some(
        music
            .unwrap_or_else(|| user.home_dir().join("Music"))
            .join("Hark"),
    )
}

/// Makes a new file of this name; a number behind it tells it from one that is there.
pub(crate) fn create_recording(
    folder: &Path,
    stem: &str,
    extension: &str,
) -> io::Result<(PathBuf, File)> {
    fs::create_dir_all(folder)?;
    let numbered = (2..=MOST_ALIKE).map(|n| format!("{stem} {n}.{extension}"));
    let names = std::iter::once(format!("{stem}.{extension}")).chain(numbered);
    create_free(names.map(|name| folder.join(name)))
}

/// Writes the sound of an encrypted recording to a new file.
pub(crate) fn open_recording(
    file: &Path,
    to: &Path,
    key: &RecordingKey,
) -> Result<Opened, OpenError> {
    let sealed = File::open(file).map_err(OpenError::Unreadable)?;
    let mut clear = create_new(to).map_err(OpenError::Unwritable)?;
    let opened = recording::open(BufReader::new(sealed), key, &mut clear);
    if opened.is_err() {
        forget_recording(to);
    }
    opened
}

/// Takes a file away that has no sound in it.
pub(crate) fn forget_recording(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!(%error, "a file without sound stays");
    }
}

/// Calls with one person in one second.
const MOST_ALIKE: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let create = || create_recording(folder.path(), "a", "ogg").unwrap().0;
        let names = [create(), create(), create()];
        assert_eq!(
            names,
            ["a.ogg", "a 2.ogg", "a 3.ogg"].map(|n| folder.path().join(n))
        );
        for n in 4..=MOST_ALIKE {
            assert!(create().ends_with(format!("a {n}.ogg")));
        }
        let full = create_recording(folder.path(), "a", "ogg").unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn the_folder_of_the_settings_comes_first() {
        let chosen = Path::new("/srv/calls");
        assert_eq!(recordings_folder(Some(chosen)).as_deref(), Some(chosen));
        if let Some(folder) = recordings_folder(None) {
            assert!(
                folder.is_absolute() && folder.ends_with("Hark"),
                "{folder:?}"
            );
        }
    }
}
