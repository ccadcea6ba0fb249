//! What becomes different: the answer to "what would this do?".

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Portable;
use crate::settings::AccountSettings;

/// One thing that is different afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The settings of it follow, each as a change of its own.
    AccountAdded(String),
    AccountRemoved(String),
    /// Its password is for another login, or was never known on this computer.
    PasswordNeeded(String),
    /// The first account is another one.
    DefaultAccount(String),
    Set {
        place: Place,
        /// As the file spells it; a dot leads into a table of its own.
        key: String,
        /// `None` where nothing is set.
        before: Option<Value>,
        after: Option<Value>,
    },
}

/// What a setting belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The account with this address.
    Account(String),
    Audio,
    WhoRings,
    Settings,
}

impl Place {
    /// The table of the file.
    pub fn table(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Audio => "audio",
            Self::WhoRings => "who_rings",
            Self::Settings => "settings",
        }
    }
}

/// What a key is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
    Switch(bool),
    List(Vec<String>),
}

/// What has to happen to come from the one to the other, in the order of the file.
pub fn changes(old: &Portable, new: &Portable) -> Vec<Change> {
    let mut changes = accounts(old, new);
    changes.extend(differences(&Place::Audio, &old.audio, &new.audio));
    changes.extend(differences(
        &Place::WhoRings,
        &old.who_rings,
        &new.who_rings,
    ));
    changes.extend(differences(&Place::Settings, &old.settings, &new.settings));
    changes
}

fn accounts(old: &Portable, new: &Portable) -> Vec<Change> {
    let mut changes = Vec::new();
    for account in &old.accounts {
        if new.account(&account.address).is_none() {
            changes.push(Change::AccountRemoved(account.address.clone()));
        }
    }
    for account in &new.accounts {
        let address = &account.address;
        let place = Place::Account(address.clone());
        let before = old.account(address);
        let added = AccountSettings {
            address: address.clone(),
            ..AccountSettings::default()
        };
        if before.is_none() {
            changes.push(Change::AccountAdded(address.clone()));
        }
        changes.extend(differences(&place, before.unwrap_or(&added), account));
        if before.is_none_or(|before| !before.is_same_login(account)) {
            changes.push(Change::PasswordNeeded(address.clone()));
        }
    }
    let first = |of: &Portable| of.accounts.first().cloned();
    if let (Some(before), Some(after)) = (first(old), first(new))
        && !before.has_address(&after.address)
    {
        changes.push(Change::DefaultAccount(after.address));
    }
    changes
}

fn differences<T: Serialize>(place: &Place, old: &T, new: &T) -> Vec<Change> {
    let (mut old, new) = (flat(old), flat(new));
    let keys: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    let mut new = new;
    let change = |key: String| {
        let (before, after) = (old.remove(&key), new.remove(&key));
        (before != after).then(|| Change::Set {
            place: place.clone(),
            key,
            before,
            after,
        })
    };
    keys.into_iter().filter_map(change).collect()
}

/// Every key with its value, those of inner tables behind a dot. What cannot be written down, a path
/// that is not Unicode, cannot have come out of a file either.
fn flat<T: Serialize>(settings: &T) -> BTreeMap<String, Value> {
    let mut keys = BTreeMap::new();
    if let Ok(table) = toml::Table::try_from(settings) {
        flatten("", &table, &mut keys);
    }
    keys
}

fn flatten(path: &str, table: &toml::Table, keys: &mut BTreeMap<String, Value>) {
    for (key, value) in table {
        let key = match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, keys),
            value => drop(keys.insert(key, Value::of(value))),
        }
    }
}

impl Value {
    fn of(value: &toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Text(text.clone()),
            toml::Value::Integer(number) => Self::Number(*number),
            toml::Value::Boolean(on) => Self::Switch(*on),
            toml::Value::Array(items) => Self::List(items.iter().map(word).collect()),
            toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => {
                Self::Text(value.to_string())
            }
        }
    }
}

fn word(value: &toml::Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    }
}

/// As the file spells it.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = match self {
            Self::Text(text) => toml::Value::from(text.as_str()),
            Self::Number(number) => toml::Value::from(*number),
            Self::Switch(on) => toml::Value::from(*on),
            Self::List(items) => toml::Value::from(items.clone()),
        };
        value.fmt(f)
    }
}

/// As the command line tells it.
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AccountAdded(address) => write!(f, "account {address}: added"),
            Self::AccountRemoved(address) => write!(f, "account {address}: removed"),
            Self::PasswordNeeded(address) => {
                write!(f, "account {address}: its password has to be typed")
            }
            Self::DefaultAccount(address) => write!(f, "account {address}: becomes the first"),
            Self::Set {
                place,
                key,
                before,
                after,
            } => {
                match place {
                    Place::Account(address) => write!(f, "account {address}: {key}")?,
                    Place::Audio | Place::WhoRings | Place::Settings => {
                        write!(f, "{}.{key}", place.table())?;
                    }
                }
                match after {
                    Some(after) => write!(f, " = {after}")?,
                    None => write!(f, " is unset")?,
                }
                match before {
                    Some(before) => write!(f, " (was {before})"),
                    None => Ok(()),
                }
            }
        }
    }
}
