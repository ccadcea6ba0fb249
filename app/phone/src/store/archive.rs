//! The calls of the past, the people of the user and what went wrong last: one SQLite file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hark_words::say;
use rusqlite::Connection;

use super::{config, keep_aside};
use crate::people::Book;
use crate::snapshot::Problem;

mod address_book;
mod calls;
mod clerk;
mod contacts;
mod failures;
mod keys;
mod layout;
mod list;

pub(crate) use address_book::Taken;
pub(crate) use calls::{History, NewEntry};
pub(crate) use clerk::ArchiveJob;
pub(super) use clerk::Clerk;
pub use clerk::Favourite;

use calls::RemovedCall;
use contacts::RemovedContact;
use list::Found;

#[derive(Debug)]
pub(super) struct Archive {
    database: Connection,
    /// The call that was removed last, until it is brought back or the next one is removed.
    removed: Option<RemovedCall>,
    removed_contact: Option<RemovedContact>,
    /// The contacts as they are in the file.
    book: Arc<Book>,
    /// What was looked for last, and which calls it was.
    found: Option<Found>,
}

impl Archive {
    /// Opens the file; without one, or where it cannot be used, all of it lives for this run. A file
    /// that is no database of ours is kept aside.
    pub(super) fn open(path: Option<PathBuf>) -> (Self, Option<Problem>) {
        let (database, problem) = match path.as_deref().map(open_file) {
            Some(Ok((database, aside))) => (database, aside.as_deref().map(damaged)),
            Some(Err(error)) => (in_memory(), Some(not_kept(&error))),
            None => (in_memory(), None),
        };
        let archive = Self {
            database,
            removed: None,
            removed_contact: None,
            book: Arc::default(),
            found: None,
        };
        (archive, problem)
    }
}

/// Opens the file, and says where a damaged one that lay there is kept.
fn open_file(path: &Path) -> Result<(Connection, Option<PathBuf>), OpenError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // SQLite gives the files that it makes beside it the same mode. On a disk without modes, and for a file
    // of somebody else's, it is used as it is.
    if let Err(error) = config::make_private(path) {
        tracing::warn!(%error, "others may be able to read the call history");
    }
    match open_and_migrate(path) {
        Err(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == rusqlite::ErrorCode::NotADatabase
                || failure.code == rusqlite::ErrorCode::DatabaseCorrupt =>
        {
            let aside = keep_aside(path)?;
            Ok((open_and_migrate(path)?, Some(aside)))
        }
        other => Ok((other?, None)),
    }
}

fn open_and_migrate(path: &Path) -> rusqlite::Result<Connection> {
    let mut database = Connection::open(path)?;
    // A write-ahead log survives a kill at any moment and needs no sync for every call.
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "NORMAL")?;
    database.pragma_update(None, "foreign_keys", true)?;
    layout::migrate(&mut database)?;
    Ok(database)
}

fn in_memory() -> Connection {
    let open = || -> rusqlite::Result<Connection> {
        let mut database = Connection::open_in_memory()?;
        database.pragma_update(None, "foreign_keys", true)?;
        layout::migrate(&mut database)?;
        Ok(database)
    };
    open().expect("SQLite makes a database of our layout in memory")
}

#[derive(Debug, thiserror::Error)]
enum OpenError {
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

fn damaged(aside: &Path) -> Problem {
    Problem {
        text: say!(history_damaged).to_owned(),
        detail: aside.display().to_string(),
    }
}

fn not_kept(error: &dyn std::fmt::Display) -> Problem {
    Problem {
        text: say!(history_not_kept).to_owned(),
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
