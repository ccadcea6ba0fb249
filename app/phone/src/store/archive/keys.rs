//! What every call and every contact is known by, written beside them: looking at a number as one of a
//! country takes time, and is done again only when the user's home has changed.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::people::Home;

/// Looks at every address as one of this home, unless that was done before.
pub(super) fn write(database: &mut Connection, home: &Home) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    let spelled = home.spelled();
    let kept: Option<String> = transaction
        .query_row(SELECT_HOME, [], |row| row.get(0))
        .optional()?;
    if kept.as_ref() != Some(&spelled) {
        let mut keys = Keys {
            home,
            known: HashMap::new(),
        };
        keys.of_contacts(&transaction)?;
        keys.of_calls(&transaction)?;
        transaction.execute(KEEP_HOME, [spelled])?;
    }
    transaction.commit()
}

struct Keys<'a> {
    home: &'a Home,
    /// By address: most calls are with few people.
    known: HashMap<String, String>,
}

impl Keys<'_> {
    fn of_contacts(&mut self, database: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut read = database.prepare("SELECT contact, place, address FROM contact_address")?;
        let mut write = database
            .prepare("UPDATE contact_address SET key = ?3 WHERE contact = ?1 AND place = ?2")?;
        let rows = read.query_map([], |row| row.try_into())?;
        for row in rows.collect::<rusqlite::Result<Vec<(i64, i64, String)>>>()? {
            let (contact, place, address) = row;
            write.execute((contact, place, self.key(address)))?;
        }
        Ok(())
    }

    fn of_calls(&mut self, database: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut read = database.prepare("SELECT id, coalesce(known_by, address) FROM call")?;
        let mut write = database.prepare("UPDATE call SET key = ?2 WHERE id = ?1")?;
        let rows = read.query_map([], |row| row.try_into())?;
        for (id, address) in rows.collect::<rusqlite::Result<Vec<(i64, String)>>>()? {
            write.execute((id, self.key(address)))?;
        }
        Ok(())
    }

    fn key(&mut self, address: String) -> &str {
        let home = self.home;
        let key = self.known.entry(address);
        key.or_insert_with_key(|address| home.key(address))
    }
}

const SELECT_HOME: &str = "SELECT value FROM setting WHERE name = 'home'";

const KEEP_HOME: &str = "INSERT OR REPLACE INTO setting (name, value) VALUES ('home', ?1)";
