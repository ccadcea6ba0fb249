//! What went wrong with files of contacts.

use std::io::{Error, ErrorKind};
use std::path::Path;

use hark_words::{say, words};

/// A file of vCards that could not be read or written.
pub(crate) fn contacts_file(path: &Path, error: &Error) -> String {
    let file = path.display().to_string();
    match error.kind() {
        ErrorKind::NotFound => say!(contacts_file_missing, file),
        ErrorKind::PermissionDenied => say!(contacts_file_forbidden, file),
        ErrorKind::FileTooLarge => say!(contacts_file_too_large, file),
        _ => say!(contacts_file_failed, file, error = error.to_string()),
    }
}

words! {
    /// What is kept at the server is not changed here.
    pub(crate) contact_is_a_copy;
    pub(crate) address_book_off;
}
