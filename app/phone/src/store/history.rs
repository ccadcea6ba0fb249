//! The call history: SQLite, with the layout's version in `user_version`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Row, params};

use super::keep_aside;
use crate::snapshot::{CallDirection, CallKind, HistoryEntry, Outcome, Problem};

/// What the window shows of the past.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct History {
    /// Newest first, at most [`SHOWN`].
    pub(crate) entries: Arc<[HistoryEntry]>,
    pub(crate) missed_unseen: u32,
}

/// A call that has just ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewEntry {
    pub(crate) direction: CallDirection,
    pub(crate) kind: CallKind,
    pub(crate) outcome: Outcome,
    pub(crate) title: String,
    pub(crate) address: String,
    pub(crate) began: SystemTime,
    pub(crate) talked: Duration,
}

#[derive(Debug)]
pub(super) struct HistoryStore {
    database: Connection,
}

impl HistoryStore {
    /// Opens the file; without one, or where it cannot be used, the history lives for this run. A
    /// file that is no database of ours is kept aside.
    pub(super) fn open(path: Option<PathBuf>) -> (Self, Option<Problem>) {
        let (database, problem) = match path.as_deref().map(open_file) {
            Some(Ok((database, aside))) => (database, aside.as_deref().map(damaged)),
            Some(Err(error)) => (in_memory(), Some(not_kept(&error))),
            None => (in_memory(), None),
        };
        (Self { database }, problem)
    }

    pub(super) fn record(&mut self, entry: &NewEntry) -> Result<(), Problem> {
        let row = params![
            direction_name(entry.direction),
            kind_name(entry.kind),
            outcome_name(entry.outcome),
            entry.title,
            entry.address,
            milliseconds(entry.began.duration_since(UNIX_EPOCH).unwrap_or_default()),
            milliseconds(entry.talked),
        ];
        self.database
            .execute(INSERT, row)
            .and_then(|_| self.database.execute(TRIM, [KEPT]))
            .map_err(|error| not_kept(&error))?;
        Ok(())
    }

    pub(super) fn clear(&mut self) -> Result<(), Problem> {
        self.change("DELETE FROM call")
    }

    pub(super) fn mark_seen(&mut self) -> Result<(), Problem> {
        self.change("UPDATE call SET seen = 1 WHERE seen = 0")
    }

    pub(super) fn read(&self) -> Result<History, Problem> {
        let read = || -> rusqlite::Result<History> {
            let mut rows = self.database.prepare_cached(SELECT)?;
            let entries = rows
                .query_map([SHOWN], |row| Ok(entry(row)))?
                .collect::<rusqlite::Result<Arc<[_]>>>()?;
            let missed_unseen = self
                .database
                .query_row(COUNT_MISSED, [], |row| row.get(0))?;
            Ok(History {
                entries,
                missed_unseen,
            })
        };
        read().map_err(|error| not_kept(&error))
    }

    fn change(&mut self, statement: &str) -> Result<(), Problem> {
        self.database
            .execute(statement, [])
            .map(drop)
            .map_err(|error| not_kept(&error))
    }
}

/// Opens the file, and says where a damaged one that lay there is kept.
fn open_file(path: &Path) -> Result<(Connection, Option<PathBuf>), OpenError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
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
    migrate(&mut database)?;
    Ok(database)
}

fn in_memory() -> Connection {
    let mut database = Connection::open_in_memory().expect("SQLite opens a database in memory");
    migrate(&mut database).expect("the layout is right for an empty database");
    database
}

/// Brings the layout up to date, each step in a transaction of its own.
fn migrate(database: &mut Connection) -> rusqlite::Result<()> {
    let version: u32 = database.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (number, step) in (1_u32..).zip(MIGRATIONS).skip(version as usize) {
        let transaction = database.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> HistoryEntry {
    let text = |column| row.get::<_, String>(column).unwrap_or_default();
    let time = |column| {
        let milliseconds: i64 = row.get(column).unwrap_or_default();
        Duration::from_millis(milliseconds.unsigned_abs())
    };
    HistoryEntry {
        id: row.get(0).unwrap_or_default(),
        direction: direction_named(&text(1)),
        kind: kind_named(&text(2)),
        outcome: outcome_named(&text(3)),
        title: text(4),
        address: text(5),
        began: UNIX_EPOCH + time(6),
        talked: time(7),
    }
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
        text: "The call history was damaged. Hark starts a new one and keeps the old file.".into(),
        detail: aside.display().to_string(),
    }
}

fn not_kept(error: &dyn std::fmt::Display) -> Problem {
    Problem {
        text: "Hark could not read or write the call history. Calls work as always; check that \
               the disk is not full and that the folder may be written."
            .into(),
        detail: error.to_string(),
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn direction_name(direction: CallDirection) -> &'static str {
    match direction {
        CallDirection::Outgoing => "outgoing",
        CallDirection::Incoming => "incoming",
    }
}

fn direction_named(name: &str) -> CallDirection {
    [CallDirection::Outgoing, CallDirection::Incoming]
        .into_iter()
        .find(|&direction| direction_name(direction) == name)
        .unwrap_or(CallDirection::Incoming)
}

fn kind_name(kind: CallKind) -> &'static str {
    match kind {
        CallKind::PlayOnPhone => "play_on_phone",
        CallKind::Person => "person",
        CallKind::Automatic => "automatic",
        CallKind::Voicemail => "voicemail",
    }
}

fn kind_named(name: &str) -> CallKind {
    [
        CallKind::PlayOnPhone,
        CallKind::Automatic,
        CallKind::Voicemail,
    ]
    .into_iter()
    .find(|&kind| kind_name(kind) == name)
    .unwrap_or(CallKind::Person)
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Missed => "missed",
        Outcome::Declined => "declined",
        Outcome::Refused => "refused",
        Outcome::Forwarded => "forwarded",
        Outcome::AnsweredElsewhere => "answered_elsewhere",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
    }
}

fn outcome_named(name: &str) -> Outcome {
    [
        Outcome::Answered,
        Outcome::Missed,
        Outcome::Declined,
        Outcome::Refused,
        Outcome::Forwarded,
        Outcome::AnsweredElsewhere,
        Outcome::Cancelled,
    ]
    .into_iter()
    .find(|&outcome| outcome_name(outcome) == name)
    .unwrap_or(Outcome::Failed)
}

/// Entries that the window gets: a year of a busy phone.
const SHOWN: i64 = 1000;

/// Entries that the file keeps.
const KEPT: i64 = 20_000;

/// One step for each version of the layout, oldest first. A step that was released never changes.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE call (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        direction TEXT    NOT NULL,
        kind      TEXT    NOT NULL,
        outcome   TEXT    NOT NULL,
        title     TEXT    NOT NULL,
        address   TEXT    NOT NULL,
        began_ms  INTEGER NOT NULL,
        talked_ms INTEGER NOT NULL,
        seen      INTEGER NOT NULL DEFAULT 0
    );
"];

const INSERT: &str =
    "INSERT INTO call (direction, kind, outcome, title, address, began_ms, talked_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const SELECT: &str = "SELECT id, direction, kind, outcome, title, address, began_ms, talked_ms
    FROM call ORDER BY id DESC LIMIT ?1";

const COUNT_MISSED: &str = "SELECT count(*) FROM call WHERE outcome = 'missed' AND seen = 0";

const TRIM: &str = "DELETE FROM call WHERE id <= (SELECT max(id) FROM call) - ?1";
