//! The file that carries settings: TOML with the tables of the configuration file, as many keys of them
//! as its author wants. `docs/administrators.md` is its manual.
//!
//! It may come from anywhere, so nothing in it ends a program: what is wrong is named with its key and
//! its line, and a key that nobody knows, of a newer Hark perhaps, is told and left out.

mod reader;

use hark_words::say;
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use super::{Locks, Portable};
use crate::settings::AccountSettings;

/// What one file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Each with its address.
    accounts: Vec<Table>,
    /// Keys for each account, whichever it is.
    every_account: Table,
    audio: Option<Table>,
    who_rings: Option<Table>,
    settings: Option<Table>,
    locks: Locks,
    unknown: Vec<KeyAt>,
}

/// A key, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAt {
    /// With the tables that lead to it, as in `audio.speaker`.
    pub key: String,
    /// The first one is 1.
    pub line: usize,
}

/// Why a file is of no use as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("{at}: {reason}")]
    Wrong { at: KeyAt, reason: String },
    #[error("{}", say!(document_newer, version = *.0, known = VERSION))]
    Newer(i64),
    #[error("{}", say!(document_too_long, most = MAX_BYTES / 1024))]
    TooLong,
}

/// How a document is put over what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Each table stands for all of its keys; those that it leaves out are unset. So an export comes
    /// back as it was.
    Whole,
    /// Keys that it leaves out stay as they are.
    Keys,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// With the first thing that is wrong.
    pub fn read(text: &str) -> Result<Self, DocumentError> {
        reader::read(text)
    }

    /// Keys that mean nothing to this Hark, in the order of the file; the first ones if there are very
    /// many.
    pub fn unknown(&self) -> &[KeyAt] {
        &self.unknown
    }

    /// What the user shall not change.
    pub fn locks(&self) -> &Locks {
        &self.locks
    }

    /// What comes of these settings with the document over them. Accounts of which it says nothing
    /// stay.
    pub fn put_over(&self, old: &Portable, manner: Manner) -> Portable {
        let mut new = Portable {
            settings: over(&old.settings, self.settings.as_ref(), manner),
            audio: over(&old.audio, self.audio.as_ref(), manner),
            who_rings: over(&old.who_rings, self.who_rings.as_ref(), manner),
            accounts: old.accounts.clone(),
        };
        for table in &self.accounts {
            let address = table.get("address").and_then(toml::Value::as_str);
            let address = address.unwrap_or_default();
            let mut accounts = new.accounts.iter_mut();
            match accounts.find(|account| account.has_address(address)) {
                Some(account) => *account = over(account, Some(table), manner),
                None => {
                    let account = over(&AccountSettings::default(), Some(table), manner);
                    new.accounts.push(account);
                }
            }
        }
        for account in &mut new.accounts {
            *account = over(account, Some(&self.every_account), Manner::Keys);
        }
        new
    }

    /// What this says that `earlier` did not say: an administrator's file that has changed reaches the
    /// user only where it did, so that what he has set since stays.
    pub fn since(&self, earlier: &Self) -> Self {
        let news = |now: &Option<Table>, before: &Option<Table>| {
            let nothing = Table::new();
            let now = now.as_ref()?;
            Some(fresh(now, before.as_ref().unwrap_or(&nothing)))
        };
        let is_new = |account: &&Table| !earlier.accounts.contains(account);
        Self {
            accounts: self.accounts.iter().filter(is_new).cloned().collect(),
            every_account: fresh(&self.every_account, &earlier.every_account),
            audio: news(&self.audio, &earlier.audio),
            who_rings: news(&self.who_rings, &earlier.who_rings),
            settings: news(&self.settings, &earlier.settings),
            locks: self.locks.clone(),
            unknown: self.unknown.clone(),
        }
    }

    /// A new account with what the document says of every account, where it says nothing itself.
    pub fn fill(&self, account: &AccountSettings) -> AccountSettings {
        let (Ok(set), Ok(rest)) = (
            Table::try_from(account),
            Table::try_from(AccountSettings::default()),
        ) else {
            return account.clone();
        };
        let mut filled = rest.clone();
        merge(&mut filled, &self.every_account);
        merge(&mut filled, &fresh(&set, &rest));
        filled.try_into().unwrap_or_else(|_| account.clone())
    }

    /// These settings with every locked key as the document has it.
    pub fn hold(&self, wanted: &Portable) -> Portable {
        let nothing = Table::new();
        let given = |table: &Option<Table>| table.clone().unwrap_or_default();
        let account = |account: &AccountSettings| {
            let own = self.accounts.iter().find(|table| {
                let address = table.get("address").and_then(toml::Value::as_str);
                address.is_some_and(|address| account.has_address(address))
            });
            let mut given = own.unwrap_or(&nothing).clone();
            merge(&mut given, &self.every_account);
            given.insert("address".into(), account.address.as_str().into());
            self.locks.hold("account", account, &given)
        };
        Portable {
            settings: self
                .locks
                .hold("settings", &wanted.settings, &given(&self.settings)),
            audio: self.locks.hold("audio", &wanted.audio, &given(&self.audio)),
            who_rings: self
                .locks
                .hold("who_rings", &wanted.who_rings, &given(&self.who_rings)),
            accounts: wanted.accounts.iter().map(account).collect(),
        }
    }
}

/// The settings with the keys of `table` in them. Each key was read as what it is when the document
/// was, and none asks for another one, so that only settings that cannot be written down stay as they
/// were.
fn over<T>(old: &T, table: Option<&Table>, manner: Manner) -> T
where
    T: Serialize + DeserializeOwned + Clone + Default,
{
    let Some(table) = table else {
        return old.clone();
    };
    let base = match manner {
        Manner::Whole => Table::try_from(T::default()),
        Manner::Keys => Table::try_from(old),
    };
    let Ok(mut base) = base else {
        return old.clone();
    };
    merge(&mut base, table);
    base.try_into().unwrap_or_else(|_| old.clone())
}

fn merge(into: &mut Table, table: &Table) {
    for (key, value) in table {
        match (into.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => merge(inner, value),
            _ => drop(into.insert(key.clone(), value.clone())),
        }
    }
}

/// The keys of `now` that say something else than `before`.
fn fresh(now: &Table, before: &Table) -> Table {
    let mut fresh_keys = Table::new();
    for (key, value) in now {
        match (value, before.get(key)) {
            (toml::Value::Table(value), Some(toml::Value::Table(before))) => {
                fresh_keys.insert(key.clone(), fresh(value, before).into());
            }
            (value, before) if before == Some(value) => {}
            _ => drop(fresh_keys.insert(key.clone(), value.clone())),
        }
    }
    fresh_keys
}

impl std::fmt::Display for KeyAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.key.as_str() {
            "" => f.write_str(&say!(document_place, line = self.line)),
            key => f.write_str(&say!(document_place_and_key, line = self.line, key)),
        }
    }
}

/// The version of the file's layout.
pub(super) const VERSION: i64 = 1;

/// Far more than the longest block list needs.
pub(crate) const MAX_BYTES: usize = 256 * 1024;
