//! Calls of the past and contacts in JSON: what is asked, and what is found.

use hark_phone::people::vcard::Version;
use hark_phone::snapshot::{HistoryEntry, HistoryFilter, HistoryList, HistoryQuestion};
use hark_phone::{AccountId, Command, IfTaken};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::command::{CommandError, optional_text, text};

/// The calls that were found, and some of them.
#[derive(Debug, PartialEq, Serialize)]
pub struct Past<'a> {
    calls: usize,
    first: usize,
    entries: Vec<Entry<'a>>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Entry<'a> {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    kind: &'static str,
    direction: &'static str,
    outcome: &'static str,
    title: &'a str,
    address: &'a str,
    began: String,
    talked_seconds: f64,
}

impl<'a> Past<'a> {
    pub fn of(list: &'a HistoryList) -> Self {
        Self {
            calls: list.calls(),
            first: list.question.first,
            entries: list.rows.iter().map(Entry::of).collect(),
        }
    }
}

impl<'a> Entry<'a> {
    fn of(entry: &'a HistoryEntry) -> Self {
        let began = Timestamp::try_from(entry.began).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            id: entry.id,
            account: entry.account.as_ref().map(AccountId::as_str),
            kind: entry.kind.name(),
            direction: entry.direction.name(),
            outcome: entry.outcome.name(),
            title: &entry.title,
            address: &entry.address,
            began: began.to_string(),
            talked_seconds: entry.talked.as_secs_f64(),
        }
    }
}

pub fn question(fields: &Map<String, Value>) -> Result<HistoryQuestion, CommandError> {
    let filter = match optional_text(fields, "filter")?.as_deref() {
        None | Some("all") => HistoryFilter::All,
        Some("missed") => HistoryFilter::Missed,
        Some("voicemail") => HistoryFilter::Voicemail,
        Some(_) => return Err(CommandError::Field("filter", FILTERS)),
    };
    let first = match fields.get("first") {
        None | Some(Value::Null) => Some(0),
        Some(first) => first.as_u64(),
    };
    let first = first.and_then(|first| usize::try_from(first).ok());
    Ok(HistoryQuestion {
        filter,
        search: optional_text(fields, "search")?.unwrap_or_default(),
        first: first.ok_or(CommandError::Field("first", COUNT))?,
    })
}

/// The entry that is to be removed.
pub fn entry(fields: &Map<String, Value>) -> Result<Command, CommandError> {
    let call = fields.get("id").and_then(Value::as_i64);
    let call = call.ok_or(CommandError::Field("id", ID))?;
    Ok(Command::RemoveFromHistory { call })
}

pub fn export(fields: &Map<String, Value>) -> Result<Command, CommandError> {
    let version = match optional_text(fields, "version")?.as_deref() {
        None | Some("3.0") => Version::V3,
        Some("4.0") => Version::V4,
        Some(_) => return Err(CommandError::Field("version", VERSIONS)),
    };
    let file = text(fields, "file")?.into();
    // Who names a file means that file.
    let if_taken = IfTaken::Replace;
    Ok(Command::ExportContacts {
        file,
        version,
        if_taken,
    })
}

pub const FILTERS: &str = "\"all\", \"missed\" or \"voicemail\"";
pub const VERSIONS: &str = "\"3.0\" or \"4.0\"";
pub const COUNT: &str = "a count";
pub const ID: &str = "the number of an entry";
