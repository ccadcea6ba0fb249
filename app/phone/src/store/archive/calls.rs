//! Calls that have ended: written one by one, the newest ones read at each change.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Row, params};

use super::{Archive, not_kept};
use crate::people::fold;
use crate::snapshot::{AccountId, CallDirection, CallKind, HistoryEntry, Outcome, Problem};

/// What every screen shows of the past.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct History {
    /// Newest first, at most [`RECENT`].
    pub(crate) recent: Arc<[HistoryEntry]>,
    pub(crate) missed_unseen: u32,
}

/// A call that has just ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewEntry {
    /// Whose call it was.
    pub(crate) account: Option<AccountId>,
    pub(crate) direction: CallDirection,
    pub(crate) kind: CallKind,
    pub(crate) outcome: Outcome,
    pub(crate) title: String,
    pub(crate) address: String,
    /// The address of the other side by the server's word, where that is another.
    pub(crate) known_by: Option<String>,
    pub(crate) began: SystemTime,
    pub(crate) talked: Duration,
}

/// A call that is no longer in the file, and the place that it had there.
#[derive(Debug)]
pub(super) struct RemovedCall {
    id: i64,
    seen: bool,
    entry: NewEntry,
}

/// The empty history, before the store has been read.
impl Default for History {
    fn default() -> Self {
        Self {
            recent: Arc::from([]),
            missed_unseen: 0,
        }
    }
}

impl Archive {
    pub(in crate::store) fn record(&mut self, entry: &NewEntry) -> Result<(), Problem> {
        self.insert(None, false, entry)
            .and_then(|()| self.database.execute(TRIM, [KEPT]))
            .map_err(|error| not_kept(&error))?;
        self.calls_changed();
        Ok(())
    }

    /// Many at once, which takes one transaction.
    #[cfg(test)]
    pub(super) fn record_all(
        &mut self,
        entries: impl Iterator<Item = NewEntry>,
    ) -> rusqlite::Result<()> {
        self.database.execute_batch("BEGIN")?;
        for entry in entries {
            self.insert(None, false, &entry)?;
        }
        self.database.execute_batch("COMMIT")
    }

    /// Takes one call out. [`Archive::restore_call`] brings it back.
    pub(in crate::store) fn remove_call(&mut self, id: i64) -> Result<(), Problem> {
        let take_out = |row: &Row<'_>| {
            Ok(RemovedCall {
                id,
                seen: row.get(11)?,
                entry: new_entry(row),
            })
        };
        let removed = self.database.query_row(TAKE_OUT, [id], take_out);
        match removed {
            Ok(removed) => self.removed = Some(removed),
            // It has been removed already, or the list was cleared.
            Err(rusqlite::Error::QueryReturnedNoRows) => {}
            Err(error) => return Err(not_kept(&error)),
        }
        self.calls_changed();
        Ok(())
    }

    /// Puts the call back that was removed last.
    pub(in crate::store) fn restore_call(&mut self) -> Result<(), Problem> {
        let Some(removed) = self.removed.take() else {
            return Ok(());
        };
        self.insert(Some(removed.id), removed.seen, &removed.entry)
            .map_err(|error| not_kept(&error))?;
        self.calls_changed();
        Ok(())
    }

    pub(in crate::store) fn clear_calls(&mut self) -> Result<(), Problem> {
        self.removed = None;
        self.change("DELETE FROM call")
    }

    pub(in crate::store) fn mark_calls_seen(&mut self) -> Result<(), Problem> {
        self.change("UPDATE call SET seen = 1 WHERE outcome = 'missed' AND seen = 0")
    }

    pub(in crate::store) fn recent_calls(&self) -> Result<History, Problem> {
        let read = || -> rusqlite::Result<History> {
            let mut rows = self.database.prepare_cached(SELECT_RECENT)?;
            let recent = rows
                .query_map([RECENT], |row| Ok(self.entry(row)))?
                .collect::<rusqlite::Result<Arc<[_]>>>()?;
            let missed_unseen = self
                .database
                .query_row(COUNT_MISSED, [], |row| row.get(0))?;
            Ok(History {
                recent,
                missed_unseen,
            })
        };
        read().map_err(|error| not_kept(&error))
    }

    fn insert(&self, id: Option<i64>, seen: bool, entry: &NewEntry) -> rusqlite::Result<()> {
        let home = self.book.home();
        let row = params![
            id,
            entry.direction.name(),
            entry.kind.name(),
            entry.outcome.name(),
            entry.title,
            entry.address,
            milliseconds(entry.began.duration_since(UNIX_EPOCH).unwrap_or_default()),
            milliseconds(entry.talked),
            seen,
            searchable(&entry.title, &entry.address),
            entry.known_by,
            home.key(entry.known_by.as_ref().unwrap_or(&entry.address)),
            entry.account.as_ref().map(AccountId::as_str),
        ];
        self.database.prepare_cached(INSERT)?.execute(row).map(drop)
    }

    /// A row of a call, with the name that the other side has in the address book.
    pub(super) fn entry(&self, row: &Row<'_>) -> HistoryEntry {
        let NewEntry {
            account,
            direction,
            kind,
            outcome,
            title,
            address,
            known_by: _,
            began,
            talked,
        } = new_entry(row);
        let key: String = row.get(9).unwrap_or_default();
        HistoryEntry {
            id: row.get(0).unwrap_or_default(),
            account,
            direction,
            kind,
            outcome,
            title: self.book.name_of(kind, &key).map_or(title, str::to_owned),
            address,
            began,
            talked,
        }
    }

    fn change(&mut self, statement: &str) -> Result<(), Problem> {
        self.database
            .execute(statement, [])
            .map_err(|error| not_kept(&error))?;
        self.calls_changed();
        Ok(())
    }
}

/// The text in which a call is looked for: its title, and the name or number in its address. The
/// domain is mostly the user's own, and would be found in every call.
pub(super) fn searchable(title: &str, address: &str) -> String {
    let rest = address.split_once(':').map_or(address, |(_, rest)| rest);
    let user = rest.split(['@', ';']).next().unwrap_or_default();
    format!("{}\n{}", fold(title), fold(user))
}

fn new_entry(row: &Row<'_>) -> NewEntry {
    let text = |column| row.get::<_, String>(column).unwrap_or_default();
    let time = |column| {
        let milliseconds: i64 = row.get(column).unwrap_or_default();
        Duration::from_millis(milliseconds.unsigned_abs())
    };
    let account: Option<String> = row.get(10).unwrap_or_default();
    NewEntry {
        account: account.as_deref().map(AccountId::of),
        // Words of a later version read as the plainest.
        direction: CallDirection::named(&text(1)).unwrap_or(CallDirection::Incoming),
        kind: CallKind::named(&text(2)).unwrap_or(CallKind::Person),
        outcome: Outcome::named(&text(3)).unwrap_or(Outcome::Failed),
        title: text(4),
        address: text(5),
        began: UNIX_EPOCH + time(6),
        talked: time(7),
        known_by: row.get(8).unwrap_or_default(),
    }
}

pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Entries that every screen gets: more than any of them shows at once.
const RECENT: i64 = 50;

/// Entries that the file keeps.
const KEPT: i64 = 100_000;

const INSERT: &str = "INSERT INTO call
    (id, direction, kind, outcome, title, address, began_ms, talked_ms, seen, searchable, known_by,
        key, account)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

const TAKE_OUT: &str = "DELETE FROM call WHERE id = ?1
    RETURNING id, direction, kind, outcome, title, address, began_ms, talked_ms, known_by, key,
        account, seen";

const SELECT_RECENT: &str =
    "SELECT id, direction, kind, outcome, title, address, began_ms, talked_ms, known_by, key,
        account
    FROM call ORDER BY began_ms DESC, id DESC LIMIT ?1";

const COUNT_MISSED: &str = "SELECT count(*) FROM call WHERE outcome = 'missed' AND seen = 0";

const TRIM: &str = "DELETE FROM call WHERE id <= (SELECT max(id) FROM call) - ?1";
