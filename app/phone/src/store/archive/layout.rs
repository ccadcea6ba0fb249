//! The layout of the file, version by version, in `user_version`.

use rusqlite::{Connection, Transaction};

use super::calls::searchable;

/// Brings the layout up to date, each step in a transaction of its own.
pub(super) fn migrate(database: &mut Connection) -> rusqlite::Result<()> {
    let version: u32 = database.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (number, step) in (1_u32..).zip(STEPS).skip(version as usize) {
        let transaction = database.transaction()?;
        step(&transaction)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// One step for each version, oldest first. A step that was released never changes.
const STEPS: &[Step] = &[
    calls,
    found_calls,
    contacts,
    accounts,
    address_book,
    failures,
    book_times,
];

fn calls(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch(
        "CREATE TABLE call (
            id        INTEGER PRIMARY KEY AUTOINCREMENT,
            direction TEXT    NOT NULL,
            kind      TEXT    NOT NULL,
            outcome   TEXT    NOT NULL,
            title     TEXT    NOT NULL,
            address   TEXT    NOT NULL,
            began_ms  INTEGER NOT NULL,
            talked_ms INTEGER NOT NULL,
            seen      INTEGER NOT NULL DEFAULT 0
        );",
    )
}

/// What a call is looked for by, and indexes for what is read after each call.
fn found_calls(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch(
        "ALTER TABLE call ADD COLUMN searchable TEXT NOT NULL DEFAULT '';
        CREATE INDEX call_by_time ON call (began_ms DESC, id DESC);
        CREATE INDEX call_unseen ON call (id) WHERE outcome = 'missed' AND seen = 0;",
    )?;
    let mut read = database.prepare("SELECT id, title, address FROM call")?;
    let mut write = database.prepare("UPDATE call SET searchable = ?2 WHERE id = ?1")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (id, title, address): (i64, String, String) = row.try_into()?;
        write.execute((id, searchable(&title, &address)))?;
    }
    Ok(())
}

/// The user's contacts, and what they and the calls are known by. `known_by` is the address of the
/// other side by the server's word where it is not the one that calls back.
fn contacts(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch(
        "ALTER TABLE call ADD COLUMN known_by TEXT;
        ALTER TABLE call ADD COLUMN key TEXT NOT NULL DEFAULT '';
        CREATE INDEX call_by_key ON call (key);
        CREATE TABLE contact (
            id        INTEGER PRIMARY KEY AUTOINCREMENT,
            uid       TEXT    NOT NULL UNIQUE,
            origin    TEXT    NOT NULL,
            name      TEXT    NOT NULL,
            favourite INTEGER NOT NULL
        );
        CREATE TABLE contact_address (
            contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
            place   INTEGER NOT NULL,
            label   TEXT    NOT NULL,
            address TEXT    NOT NULL,
            key     TEXT    NOT NULL,
            PRIMARY KEY (contact, place)
        ) WITHOUT ROWID;
        CREATE TABLE setting (
            name  TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;",
    )
}

/// Whose call it was. Those that are there already belong to nobody that is known.
fn accounts(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch("ALTER TABLE call ADD COLUMN account TEXT;")
}

/// Of which cards of a server's address book contacts are copies. A card of which nothing can be called
/// has no contact.
fn address_book(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch(
        "CREATE TABLE book (
            address TEXT PRIMARY KEY,
            token   TEXT
        ) WITHOUT ROWID;
        CREATE TABLE book_card (
            address TEXT    PRIMARY KEY,
            book    TEXT    NOT NULL REFERENCES book (address) ON DELETE CASCADE,
            etag    TEXT    NOT NULL,
            uid     TEXT,
            contact INTEGER REFERENCES contact (id) ON DELETE SET NULL
        ) WITHOUT ROWID;
        CREATE INDEX book_card_by_book ON book_card (book);
        CREATE INDEX book_card_by_uid ON book_card (uid);
        CREATE INDEX book_card_by_contact ON book_card (contact);",
    )
}

/// When a server's address book was compared last.
fn book_times(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch("ALTER TABLE book ADD COLUMN updated_ms INTEGER;")
}

/// What went wrong last, the newest at place 0. `names` are lines.
fn failures(database: &Transaction<'_>) -> rusqlite::Result<()> {
    database.execute_batch(
        "CREATE TABLE failure (
            place INTEGER PRIMARY KEY,
            at_ms INTEGER NOT NULL,
            text  TEXT    NOT NULL,
            times INTEGER NOT NULL,
            names TEXT    NOT NULL
        );",
    )
}
