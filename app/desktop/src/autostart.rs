//! Starting with the session (XDG Autostart): a `.desktop` file in the user's configuration folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::identity::APP_ID;
use crate::state::Autostart;

/// How it is now; `None` where this user has no configuration folder.
pub fn now() -> Option<Autostart> {
    let entry = place()?;
    Some(match entry.exists() {
        true => Autostart::On,
        false => Autostart::Off,
    })
}

/// Changes it, and says how it is then.
pub fn set(autostart: Autostart) -> io::Result<Autostart> {
    let place = place().ok_or(io::Error::from(io::ErrorKind::NotFound))?;
    let program = std::env::current_exe()?;
    write(&place, &program, autostart)
}

fn write(place: &Path, program: &Path, autostart: Autostart) -> io::Result<Autostart> {
    match autostart {
        Autostart::On => {
            place.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(place, entry(program))?;
        }
        Autostart::Off => match fs::remove_file(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        },
    }
    Ok(autostart)
}

fn place() -> Option<PathBuf> {
    let folders = directories::BaseDirs::new()?;
    let name = format!("autostart/{APP_ID}.desktop");
    Some(folders.config_dir().join(name))
}

fn entry(program: &Path) -> String {
    format!(
        "[Desktop Entry]\nType=Application\nName=Hark\nIcon={APP_ID}\nExec={} --background\n\
         X-GNOME-Autostart-enabled=true\n",
        quoted(&program.display().to_string())
    )
}

/// A word of an `Exec` line (Desktop Entry Specification, "The Exec key"): quoted, with what the
/// quotes and the line itself would read as theirs escaped.
fn quoted(word: &str) -> String {
    let mut quoted = String::from('"');
    for letter in word.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(['\\', '\\', letter]),
            '\\' => quoted.push_str(r"\\\\"),
            '%' => quoted.push_str("%%"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_started_in_the_background_until_that_is_taken_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("autostart/hark.desktop");
        let program = Path::new("/opt/my programs/hark");
        let on = write(&place, program, Autostart::On).expect("written");
        assert_eq!(on, Autostart::On);
        let text = fs::read_to_string(&place).expect("it is there");
        assert!(
            text.contains("\nExec=\"/opt/my programs/hark\" --background\n"),
            "{text}"
        );
        for _ in 0..2 {
            let off = write(&place, program, Autostart::Off).expect("taken back");
            assert_eq!((off, place.exists()), (Autostart::Off, false));
        }
    }

    #[test]
    fn a_program_of_any_name_is_one_word() {
        for (word, expected) in [
            ("/usr/bin/hark", r#""/usr/bin/hark""#),
            ("/a b/100%", r#""/a b/100%%""#),
            (r"/a\b$c", r#""/a\\\\b\\$c""#),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
