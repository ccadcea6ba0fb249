//! What went wrong last, for whoever asks after the program was ended and started again.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::{Row, params};

use super::Archive;
use super::calls::milliseconds;
use crate::snapshot::Failure;

impl Archive {
    /// Writes the whole list, newest first, in place of the one of before.
    pub(super) fn keep_failures(&mut self, failures: &[Failure]) -> rusqlite::Result<()> {
        let transaction = self.database.transaction()?;
        transaction.execute("DELETE FROM failure", [])?;
        let mut insert = transaction.prepare_cached(INSERT)?;
        let short = failures.iter().filter(|it| is_short(it));
        for (place, failure) in (0_u32..).zip(short) {
            let at = failure.at.duration_since(UNIX_EPOCH).unwrap_or_default();
            insert.execute(params![
                place,
                milliseconds(at),
                failure.text,
                failure.times,
                failure.names.join("\n"),
            ])?;
        }
        drop(insert);
        transaction.commit()
    }

    pub(super) fn failures(&self) -> rusqlite::Result<Arc<[Failure]>> {
        let mut read = self.database.prepare(SELECT)?;
        read.query_map([], failure)?.collect()
    }
}

/// A sentence for people is short, and so are the names in it. What the other side of a call has made
/// long is nothing to fill a disk with; cut off, a part of a name could stay that nothing leaves out of
/// a report.
fn is_short(failure: &Failure) -> bool {
    let names = failure.names.iter().map(String::len).sum::<usize>();
    failure.text.len() + names <= LONGEST
}

fn failure(row: &Row<'_>) -> rusqlite::Result<Failure> {
    let at: i64 = row.get(0)?;
    let names: String = row.get(3)?;
    Ok(Failure {
        at: UNIX_EPOCH + Duration::from_millis(at.unsigned_abs()),
        text: row.get(1)?,
        times: row.get(2)?,
        names: names.lines().map(str::to_owned).collect(),
    })
}

/// Octets of one that is kept.
const LONGEST: usize = 16 * 1024;

const INSERT: &str =
    "INSERT INTO failure (place, at_ms, text, times, names) VALUES (?1, ?2, ?3, ?4, ?5)";

const SELECT: &str = "SELECT at_ms, text, times, names FROM failure ORDER BY place";
