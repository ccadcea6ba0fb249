//! What a document of settings changes, as JSON.

use hark_phone::portable::{Change, KeyAt};
use hark_phone::{SettingsReading, Then};
use serde::Serialize;

/// A line for each change.
#[derive(Debug, PartialEq, Serialize)]
pub struct Reading {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    applied: bool,
    changes: Vec<String>,
    /// Keys that mean nothing to this Hark.
    unknown: Vec<String>,
}

impl Reading {
    pub fn of(reading: &SettingsReading) -> Self {
        let unknown = reading.document.unknown().iter();
        Self {
            from: reading.from.as_ref().map(ToString::to_string),
            applied: reading.then == Then::Apply,
            changes: reading.changes.iter().map(Change::to_string).collect(),
            unknown: unknown.map(KeyAt::to_string).collect(),
        }
    }
}
