//! From text to a [`Document`].

use std::ops::Range;

use hark_words::say;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};
use toml::de::{DeString, DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table};

use super::{Document, DocumentError, KeyAt, Locks, MAX_BYTES, VERSION};
use crate::portable::keys::keys_at;
use crate::settings::{AccountSettings, AudioSettings, RingRules, Settings};

pub(super) fn read(text: &str) -> Result<Document, DocumentError> {
    if text.len() > MAX_BYTES {
        return Err(DocumentError::TooLong);
    }
    let mut reader = Reader {
        text,
        unknown: Vec::new(),
    };
    let root = DeTable::parse(text).map_err(|error| reader.syntax(&error))?;
    let mut document = Document::default();
    for (key, value) in root.into_inner() {
        reader.take(&key, value, &mut document)?;
    }
    document.unknown = reader.unknown();
    Ok(document)
}

struct Reader<'t> {
    text: &'t str,
    /// Where in the text they stand.
    unknown: Vec<(usize, String)>,
}

type Read<T> = Result<T, DocumentError>;

impl<'t> Reader<'t> {
    fn take(
        &mut self,
        key: &Spanned<DeString<'t>>,
        value: Spanned<DeValue<'t>>,
        document: &mut Document,
    ) -> Read<()> {
        match key.get_ref().as_ref() {
            "version" => self.version(value)?,
            "account" => document.accounts = self.accounts(key, value)?,
            "every_account" => document.every_account = self.every_account(key, value)?,
            "audio" => document.audio = Some(self.table::<AudioSettings>("audio", key, value)?),
            "who_rings" => document.who_rings = Some(self.who_rings(key, value)?),
            "settings" => document.settings = Some(self.table::<Settings>("settings", key, value)?),
            "locked" => document.locks = self.locks(value)?,
            _ => self.note_unknown("", key),
        }
        Ok(())
    }

    fn version(&self, value: Spanned<DeValue<'t>>) -> Read<()> {
        let span = value.span();
        match i64::deserialize(ValueDeserializer::from(value)) {
            Ok(version) if version > VERSION => Err(DocumentError::Newer(version)),
            Ok(_) => Ok(()),
            Err(error) => Err(self.wrong("version", &span, error.message())),
        }
    }

    /// `[account]` or several of `[[account]]`.
    fn accounts(
        &mut self,
        key: &Spanned<DeString<'t>>,
        value: Spanned<DeValue<'t>>,
    ) -> Read<Vec<Table>> {
        let span = value.span();
        let accounts = match value.into_inner() {
            DeValue::Array(accounts) => accounts.into_iter().collect(),
            one => vec![Spanned::new(span, one)],
        };
        let mut tables: Vec<Table> = Vec::new();
        for account in accounts {
            let span = account.span();
            let places = places(&account);
            let table = self.table::<AccountSettings>("account", key, account)?;
            let read = table.clone().try_into();
            let read: AccountSettings =
                read.map_err(|error| self.wrong("account", &span, error.message()))?;
            self.check_account(&read, "account", &places, &span)?;
            if tables.iter().any(|other| is_for(other, &read)) {
                return Err(self.wrong("account", &span, say!(document_address_twice)));
            }
            tables.push(table);
        }
        Ok(tables)
    }

    fn every_account(
        &mut self,
        key: &Spanned<DeString<'t>>,
        value: Spanned<DeValue<'t>>,
    ) -> Read<Table> {
        let (span, places) = (value.span(), places(&value));
        let mut table = self.table::<AccountSettings>("every_account", key, value)?;
        // An address is one account's.
        if table.remove("address").is_some() {
            self.unknown
                .push((span.start, "every_account.address".into()));
        }
        let mut someone = table.clone();
        someone.insert("address".into(), SOMEONE.into());
        let read = someone.try_into();
        let read: AccountSettings =
            read.map_err(|error| self.wrong("every_account", &span, error.message()))?;
        self.check_account(&read, "every_account", &places, &span)?;
        Ok(table)
    }

    fn check_account(
        &self,
        account: &AccountSettings,
        table: &str,
        places: &[(String, Range<usize>)],
        span: &Range<usize>,
    ) -> Read<()> {
        let checked = account.check().and_then(|()| account.check_region());
        let Err(error) = checked else {
            return Ok(());
        };
        let place = places.iter().find(|(key, _)| Some(&**key) == error.key());
        Err(match place {
            Some((key, span)) => self.wrong(&format!("{table}.{key}"), span, &error.to_string()),
            None => self.wrong(table, span, &error.to_string()),
        })
    }

    /// Each rule is tried by itself, so that the one that is wrong is named.
    fn who_rings(
        &mut self,
        key: &Spanned<DeString<'t>>,
        value: Spanned<DeValue<'t>>,
    ) -> Read<Table> {
        let places = places(&value);
        let table = self.table::<RingRules>("who_rings", key, value)?;
        let someone = AccountSettings {
            address: SOMEONE.into(),
            ..AccountSettings::default()
        };
        for (key, span) in &places {
            let Some(value) = table.get(key) else {
                continue;
            };
            let alone = Table::from_iter([(key.clone(), value.clone())]).try_into();
            let alone: RingRules = alone.unwrap_or_default();
            alone.check(&someone).map_err(|error| {
                self.wrong(&format!("who_rings.{key}"), span, &error.to_string())
            })?;
        }
        Ok(table)
    }

    /// The keys of a table that a `T` reads, each of the kind that it wants.
    fn table<T: DeserializeOwned + Default + Serialize>(
        &mut self,
        name: &str,
        key: &Spanned<DeString<'t>>,
        value: Spanned<DeValue<'t>>,
    ) -> Read<Table> {
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            return Err(self.wrong(name, &key.span(), say!(document_no_table)));
        };
        let known = self.known::<T>(name, &mut Vec::new(), table);
        let places = paths(name, &known);
        let whole = |table| ValueDeserializer::from(Spanned::new(span.clone(), table));
        let wrong = |error: toml::de::Error| {
            let at = error.span().unwrap_or(span.clone());
            let holds = |place: &&(String, Range<usize>)| place.1.contains(&at.start);
            let key = places.iter().rfind(holds).map_or(name, |(key, _)| key);
            self.wrong(key, &at, error.message())
        };
        // An account for everybody has no address, which a single one needs.
        let mut complete = known.clone();
        if name == "every_account" {
            let place = Spanned::new(span.clone(), DeString::from("address"));
            let someone = DeValue::String(SOMEONE.into());
            complete
                .entry(place)
                .or_insert(Spanned::new(span.clone(), someone));
        }
        T::deserialize(whole(DeValue::Table(complete))).map_err(wrong)?;
        Table::deserialize(whole(DeValue::Table(known))).map_err(wrong)
    }

    /// Leaves out what a `T` does not read.
    fn known<T: DeserializeOwned>(
        &mut self,
        name: &str,
        path: &mut Vec<String>,
        table: DeTable<'t>,
    ) -> DeTable<'t> {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(keys) = keys_at::<T>(&words) else {
            return table;
        };
        let prefix = format!(
            "{name}.{}",
            path.iter()
                .map(|word| format!("{word}."))
                .collect::<String>()
        );
        let mut known = DeTable::new();
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            if !keys.contains(&word) {
                self.note_unknown(&prefix, &key);
                continue;
            }
            let span = value.span();
            let value = match value.into_inner() {
                DeValue::Table(inner) => {
                    path.push(word.to_owned());
                    let inner = self.known::<T>(name, path, inner);
                    path.pop();
                    DeValue::Table(inner)
                }
                leaf => leaf,
            };
            known.insert(key, Spanned::new(span, value));
        }
        known
    }

    fn locks(&mut self, value: Spanned<DeValue<'t>>) -> Read<Locks> {
        let span = value.span();
        let read = Vec::<Spanned<String>>::deserialize(ValueDeserializer::from(value));
        let read = read.map_err(|error| {
            let at = error.span().unwrap_or(span);
            self.wrong("locked", &at, error.message())
        })?;
        let mut paths = Vec::new();
        for path in read {
            match is_key(path.get_ref()) {
                true => paths.push(path.into_inner()),
                false => self.unknown.push((
                    path.span().start,
                    format!("locked: {}", clean(path.get_ref())),
                )),
            }
        }
        Ok(Locks::new(paths))
    }

    fn note_unknown(&mut self, prefix: &str, key: &Spanned<DeString<'t>>) {
        let name = format!("{prefix}{}", clean(key.get_ref()));
        self.unknown.push((key.span().start, name));
    }

    /// In the order of the file, and not more than anybody reads.
    fn unknown(&mut self) -> Vec<KeyAt> {
        let mut unknown = std::mem::take(&mut self.unknown);
        unknown.sort();
        let first = unknown.into_iter().take(MAX_TOLD);
        first
            .map(|(place, key)| KeyAt {
                key,
                line: self.line(place),
            })
            .collect()
    }

    fn syntax(&self, error: &toml::de::Error) -> DocumentError {
        self.wrong("", &error.span().unwrap_or_default(), error.message())
    }

    fn wrong(&self, key: &str, span: &Range<usize>, reason: &str) -> DocumentError {
        let at = KeyAt {
            key: key.to_owned(),
            line: self.line(span.start),
        };
        DocumentError::Wrong {
            at,
            reason: clean(reason),
        }
    }

    fn line(&self, place: usize) -> usize {
        let before = self.text.bytes().take(place);
        1 + before.filter(|byte| *byte == b'\n').count()
    }
}

/// The keys of a table and where their values stand.
fn places(value: &Spanned<DeValue<'_>>) -> Vec<(String, Range<usize>)> {
    let DeValue::Table(table) = value.get_ref() else {
        return Vec::new();
    };
    let place = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        (key.get_ref().to_string(), value.span())
    };
    table.iter().map(place).collect()
}

/// The same of a table and of those in it, the outer before the inner, with the path to each.
fn paths(name: &str, table: &DeTable<'_>) -> Vec<(String, Range<usize>)> {
    let mut paths = Vec::new();
    for (key, value) in table {
        let path = format!("{name}.{}", key.get_ref());
        paths.push((path.clone(), value.span()));
        if let DeValue::Table(inner) = value.get_ref() {
            paths.extend(self::paths(&path, inner));
        }
    }
    paths
}

fn is_for(table: &Table, account: &AccountSettings) -> bool {
    let address = table.get("address").and_then(toml::Value::as_str);
    address.is_some_and(|address| account.has_address(address))
}

/// Whether this names a table or a key that can be locked.
fn is_key(path: &str) -> bool {
    let words: Vec<&str> = path.split('.').collect();
    let Some((&table, rest)) = words.split_first() else {
        return false;
    };
    let Some((&key, way)) = rest.split_last() else {
        return ["account", "audio", "who_rings", "settings"].contains(&table);
    };
    let keys = match table {
        "account" if key != "address" => keys_at::<AccountSettings>(way),
        "audio" => keys_at::<AudioSettings>(way),
        "who_rings" => keys_at::<RingRules>(way),
        "settings" => keys_at::<Settings>(way),
        _ => None,
    };
    keys.is_some_and(|keys| keys.contains(&key))
}

/// What is repeated of a file is one short line.
fn clean(text: &str) -> String {
    let line = text.chars().take(MAX_REPEATED);
    line.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Stands for the account that is not known yet.
const SOMEONE: &str = "someone@example.invalid";

/// Unknown keys that are told.
const MAX_TOLD: usize = 20;

/// Characters of a file that a sentence repeats.
const MAX_REPEATED: usize = 200;
