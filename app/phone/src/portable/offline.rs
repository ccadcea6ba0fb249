//! The settings of the profile while no engine runs, for the command line. These calls wait for the
//! disk.

use std::path::Path;

use hark_words::say;

use super::{
    Change, Document, DocumentError, FetchError, MAX_BYTES, Manner, Origin, Portable,
    UnusableSettings, changes, fetch,
};
use crate::config::Profile;
use crate::snapshot::Problem;
use crate::{store, words};

/// Why a document was not loaded, in words for the user.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{}", say!(document_unreadable, path = path.as_str(), reason = reason.as_str()))]
    Unreadable { path: String, reason: String },
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error(transparent)]
    Unusable(#[from] UnusableSettings),
}

/// Reads a document from a file or a link. `only_authority` is as in [`crate::PhoneConfig`].
///
/// # Errors
/// It is not there, or is none.
pub fn load(from: &Origin, only_authority: Option<&str>) -> Result<Document, LoadError> {
    let text = match from {
        Origin::Url(url) => fetch(url, only_authority)?,
        Origin::File(path) => {
            store::read_text(path, MAX_BYTES).map_err(|error| unreadable(path, &error))?
        }
    };
    Ok(Document::read(&text)?)
}

fn unreadable(path: &Path, error: &std::io::Error) -> LoadError {
    LoadError::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

/// The disk refused, in words for the user.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeptError(String);

/// The settings of a profile on the disk.
#[derive(Debug)]
pub struct Kept(store::Offline);

impl Kept {
    /// Reads the profile as an engine would.
    ///
    /// # Errors
    /// The file cannot be used; it is kept aside.
    pub fn open(profile: &Profile) -> Result<Self, Problem> {
        store::Offline::open(profile).map(Self)
    }

    /// What travels of them.
    pub fn portable(&self) -> Portable {
        self.0.kept.portable()
    }

    /// Writes what travels to a file.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn export(&self, file: &Path) -> Result<(), KeptError> {
        let text = self.portable().to_toml();
        let text = text.map_err(|error| KeptError(words::not_exported(file, &error)))?;
        store::write_private(file, text.as_bytes())
            .map_err(|error| KeptError(words::not_exported(file, &error)))
    }

    /// What a document changes.
    ///
    /// # Errors
    /// No phone could work with what comes of it.
    pub fn changes(
        &self,
        document: &Document,
        manner: Manner,
    ) -> Result<Vec<Change>, UnusableSettings> {
        let new = self.with(document, manner);
        new.check()?;
        Ok(changes(&self.portable(), &new))
    }

    /// Puts a document over them and saves that.
    ///
    /// # Errors
    /// The disk refuses; nothing is changed then.
    pub fn take(&mut self, document: &Document, manner: Manner) -> Result<(), KeptError> {
        let new = self.with(document, manner);
        self.0.kept.take_portable(new);
        self.0
            .save()
            .map_err(|Problem { text, detail }| KeptError(format!("{text}\n({detail})")))
    }

    /// What the administrator has locked stays. A file of his that cannot be used is the phone's to
    /// tell.
    fn with(&self, document: &Document, manner: Manner) -> Portable {
        let administrator = self.0.machine.as_deref().map(Document::read);
        let administrator = administrator.and_then(Result::ok).unwrap_or_default();
        administrator.hold(&document.put_over(&self.portable(), manner))
    }
}
