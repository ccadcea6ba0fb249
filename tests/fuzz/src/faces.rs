//! What users and their scripts write: configuration and commands.

use hark_desktop::headless;
use hark_phone::AccountSettings;

/// A configuration is refused or read, and what was read can be checked.
pub fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(account) = toml::from_str::<AccountSettings>(&text) {
        let _ = account.check();
    }
}

/// A line is a command or gets a sentence, which never repeats more of it than a word.
pub fn headless(bytes: &[u8]) {
    if let Err(error) = headless::command::parse(bytes) {
        assert!(error.to_string().len() < 400);
    }
}
