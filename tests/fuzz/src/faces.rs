//! What users, their scripts and their administrators write: configuration, commands, settings.

use hark_desktop::headless;
use hark_phone::AccountSettings;
use hark_phone::portable::{Document, Manner, Portable};

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

/// A message of the trace is written for strangers, whatever a network has made of it: line by line,
/// and not many times as long as it came.
pub fn report(bytes: &[u8]) {
    let shown = hark_phone::nameless_message(bytes);
    assert!(shown.len() <= 20 * bytes.len() + 100);
    assert!(
        shown
            .chars()
            .all(|sign| sign == '\n' || !sign.is_ascii_control())
    );
}

/// A document of settings is refused in one line, or read; what a phone can make of it goes into a file
/// and comes back as it was.
pub fn settings_document(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let document = match Document::read(&text) {
        Ok(document) => document,
        Err(error) => return assert!(!error.to_string().contains('\n')),
    };
    let nothing = Portable::default();
    let new = document.hold(&document.put_over(&nothing, Manner::Keys));
    if new.check().is_err() {
        return;
    }
    let file = new.to_toml().expect("what was text is text");
    let again = Document::read(&file).expect("what was written can be read");
    assert!(again.unknown().is_empty());
    assert_eq!(again.put_over(&nothing, Manner::Whole), new);
}
