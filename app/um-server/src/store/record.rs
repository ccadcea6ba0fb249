//! `message.toml`: what is written beside a message's sound.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{CallerId, Envelope, MessageState};

/// The file's content. Fields may be added; unknown ones are ignored, so that an older server
/// still reads a newer one's mailbox.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    state: State,
    /// RFC 3339, UTC.
    received: String,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller_uri: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    New,
    Saved,
}

impl Record {
    pub fn new(envelope: &Envelope, state: MessageState) -> Self {
        Self {
            state: match state {
                MessageState::New => State::New,
                MessageState::Saved => State::Saved,
            },
            received: envelope.received.to_string(),
            duration_ms: u64::try_from(envelope.duration.as_millis()).unwrap_or(0),
            caller_name: envelope.caller.display_name.clone(),
            caller_uri: envelope.caller.uri.clone(),
        }
    }

    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a record is plain strings and one number below 2^63")
    }

    /// `None` when the file is damaged.
    pub fn from_toml(file: &[u8]) -> Option<(Envelope, MessageState)> {
        let record: Self = toml::from_str(std::str::from_utf8(file).ok()?).ok()?;
        let envelope = Envelope {
            caller: CallerId {
                display_name: record.caller_name,
                uri: record.caller_uri,
            },
            received: record.received.parse().ok()?,
            duration: Duration::from_millis(record.duration_ms),
        };
        let state = match record.state {
            State::New => MessageState::New,
            State::Saved => MessageState::Saved,
        };
        Some((envelope, state))
    }
}
