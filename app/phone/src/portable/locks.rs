//! Keys that the administrator has set and the user cannot change.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The locked keys, each with the tables that lead to it. A table that is locked locks all of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locks(Arc<[String]>);

impl Locks {
    pub(super) fn new(paths: Vec<String>) -> Self {
        Self(paths.into())
    }

    /// Whether the user cannot change this key, `audio.speaker` for example.
    pub fn holds(&self, key: &str) -> bool {
        self.0.iter().any(|path| {
            let rest = key.strip_prefix(path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The settings of a table with its locked keys as they were given, or at rest where they were
    /// not.
    pub(super) fn hold<T>(&self, table: &str, wanted: &T, given: &Table) -> T
    where
        T: Serialize + DeserializeOwned + Clone + Default,
    {
        let (Ok(mut held), Ok(rest)) = (Table::try_from(wanted), Table::try_from(T::default()))
        else {
            return wanted.clone();
        };
        for path in self.0.iter() {
            match path.strip_prefix(table) {
                Some("") => {
                    held = rest.clone();
                    held.extend(given.clone());
                }
                Some(key) if key.starts_with('.') => {
                    let words: Vec<&str> = key.split('.').skip(1).collect();
                    let value = at(given, &words).or_else(|| at(&rest, &words));
                    put(&mut held, &words, value.cloned());
                }
                Some(_) | None => {}
            }
        }
        held.try_into().unwrap_or_else(|_| wanted.clone())
    }
}

fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (last, way) = path.split_last()?;
    let mut table = table;
    for word in way {
        table = table.get(*word)?.as_table()?;
    }
    table.get(*last)
}

fn put(table: &mut Table, path: &[&str], value: Option<Value>) {
    let Some((last, way)) = path.split_last() else {
        return;
    };
    let mut table = table;
    for word in way {
        let inner = table
            .entry(*word)
            .or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = inner else {
            return;
        };
        table = inner;
    }
    match value {
        Some(value) => drop(table.insert((*last).to_owned(), value)),
        None => drop(table.remove(*last)),
    }
}
