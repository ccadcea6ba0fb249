//! Reads one line of JSON into a command.

use hark_phone::portable::Manner;
use hark_phone::{
    AccountId, CallId, Command, Naming, Password, Presence, TestTone, Then, TurnPassword,
};
use serde_json::{Map, Value};

use super::past;

/// Why a line is no command, as the text of its `error` event. Never repeats digits: they may be a
/// PIN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    #[error("The line is not a JSON object. Write one command a line, like {{\"cmd\":\"quit\"}}.")]
    NotAnObject,
    #[error("The line is too long for a command.")]
    TooLong,
    #[error("The command has no \"cmd\".")]
    NoCommand,
    #[error("There is no command \"{0}\".")]
    Unknown(String),
    #[error("The command needs \"{0}\", {1}.")]
    Field(&'static str, &'static str),
}

/// Reads a line.
///
/// # Errors
/// With the text of the `error` event.
pub fn parse(line: &[u8]) -> Result<Command, CommandError> {
    if line.len() > super::MAX_LINE {
        return Err(CommandError::TooLong);
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(line) else {
        return Err(CommandError::NotAnObject);
    };
    let name = fields.get("cmd").and_then(Value::as_str);
    match name.ok_or(CommandError::NoCommand)? {
        "call_voicemail" => by_account(&fields, Command::CallVoicemail),
        "dial" => {
            let to = text(&fields, "to")?;
            by_account(&fields, Command::Dial { to })
        }
        "account_add" => add_account(&fields),
        "account_remove" => Ok(Command::For(
            account(&fields)?,
            Command::RemoveAccount.into(),
        )),
        "account_use" => Ok(Command::UseAccount(account(&fields)?)),
        "account_list" => Ok(Command::TellAccounts),
        "answer" => Ok(Command::Answer {
            call: call(&fields)?,
        }),
        "decline" => Ok(Command::Decline {
            call: call(&fields)?,
        }),
        "hang_up" => Ok(Command::HangUp {
            call: call(&fields)?,
        }),
        "deflect" => Ok(Command::Deflect {
            call: call(&fields)?,
            to: text(&fields, "to")?,
        }),
        "dtmf" => Ok(Command::SendDigits {
            call: call(&fields)?,
            digits: text(&fields, "digits")?.into(),
        }),
        "presence" if fields.get("state").is_some_and(|state| state == AUTOMATIC) => {
            Ok(Command::ResetPresence)
        }
        "presence" => Ok(Command::SetPresence(presence(&fields)?)),
        "continue" => Ok(Command::Continue {
            call: call(&fields)?,
        }),
        "hold" => Ok(Command::SetHeld {
            call: call(&fields)?,
            held: true,
        }),
        "resume" => Ok(Command::SetHeld {
            call: call(&fields)?,
            held: false,
        }),
        "record" => Ok(Command::SetRecorded {
            call: call(&fields)?,
            recorded: true,
        }),
        "stop_recording" => Ok(Command::SetRecorded {
            call: call(&fields)?,
            recorded: false,
        }),
        "open_recording" => Ok(Command::OpenRecording {
            file: text(&fields, "file")?.into(),
            to: text(&fields, "to")?.into(),
        }),
        "swap" => Ok(Command::Swap),
        "transfer" => transfer(&fields),
        "follow_transfer" => Ok(Command::FollowTransfer {
            call: call(&fields)?,
        }),
        "refuse_transfer" => Ok(Command::RefuseTransfer {
            call: call(&fields)?,
        }),
        "quality" => Ok(Command::TellQuality {
            call: call(&fields)?,
        }),
        "clear_failures" => Ok(Command::ClearFailures),
        "status" => Ok(Command::TellStatus),
        "diagnose" => Ok(Command::TellDiagnosis),
        "test_tone" => Ok(Command::PlayTestTone(test_tone(&fields)?)),
        "echo_test" => Ok(Command::StartEchoTest),
        "stop_echo_test" => Ok(Command::StopEchoTest),
        "history" => past::question(&fields).map(Command::TellHistory),
        "remove_from_history" => past::entry(&fields),
        "restore_to_history" => Ok(Command::RestoreToHistory),
        "clear_history" => Ok(Command::ClearHistory),
        "import_contacts" => Ok(Command::ImportContacts {
            file: text(&fields, "file")?.into(),
        }),
        "export_contacts" => past::export(&fields),
        "sync_contacts" => Ok(Command::UpdateAddressBook),
        "trace" => trace(&fields),
        "export_profile" => Ok(Command::ExportSettings {
            file: text(&fields, "file")?.into(),
        }),
        "import_profile" => read_settings(&fields, Manner::Whole),
        "provision" => read_settings(&fields, Manner::Keys),
        "quit" => Ok(Command::Quit),
        other => Err(CommandError::Unknown(other.chars().take(40).collect())),
    }
}

pub(super) fn text(
    fields: &Map<String, Value>,
    name: &'static str,
) -> Result<String, CommandError> {
    let text = fields.get(name).and_then(Value::as_str);
    let text = text.ok_or(CommandError::Field(name, "a string"))?;
    Ok(text.to_owned())
}

pub(super) fn optional_text(
    fields: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<String>, CommandError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(fields, name).map(Some),
    }
}

/// Blind with `to`, attended with `to_call`.
fn transfer(fields: &Map<String, Value>) -> Result<Command, CommandError> {
    let call = call(fields)?;
    if fields.contains_key("to_call") {
        let to_call = call_in(fields, "to_call")?;
        return Ok(Command::TransferToCall { call, to_call });
    }
    let to = optional_text(fields, "to")?;
    let to = to.ok_or(CommandError::Field("to", "a string, or \"to_call\""))?;
    Ok(Command::Transfer { call, to })
}

/// A command for the account that is named, or for the first one.
fn by_account(fields: &Map<String, Value>, command: Command) -> Result<Command, CommandError> {
    Ok(match optional_text(fields, "account")? {
        Some(address) => Command::For(AccountId::named(&address), command.into()),
        None => command,
    })
}

fn account(fields: &Map<String, Value>) -> Result<AccountId, CommandError> {
    Ok(AccountId::named(&text(fields, "account")?))
}

/// The keys of the account are those of the configuration file.
fn add_account(fields: &Map<String, Value>) -> Result<Command, CommandError> {
    let account = fields.get("account").cloned().unwrap_or_default();
    let account = serde_json::from_value(account);
    Ok(Command::AddAccount {
        account: account.map_err(|_| CommandError::Field("account", ACCOUNT))?,
        password: Password::new(text(fields, "password")?),
        turn_password: TurnPassword::Kept,
    })
}

/// As it was sent where nothing else is said.
fn trace(fields: &Map<String, Value>) -> Result<Command, CommandError> {
    let naming = match fields.get("nameless") {
        None | Some(Value::Bool(false)) => Naming::AsSent,
        Some(Value::Bool(true)) => Naming::StandIns,
        Some(_) => return Err(CommandError::Field("nameless", "true or false")),
    };
    Ok(Command::ExportTrace {
        file: optional_text(fields, "file")?.map(Into::into),
        naming,
    })
}

fn read_settings(fields: &Map<String, Value>, manner: Manner) -> Result<Command, CommandError> {
    let from = text(fields, "from")?.parse();
    let dry_run = match fields.get("dry_run") {
        None => Some(false),
        Some(value) => value.as_bool(),
    };
    Ok(Command::ReadSettings {
        from: from.map_err(|_| CommandError::Field("from", "a file, or a link with https://"))?,
        manner,
        then: match dry_run.ok_or(CommandError::Field("dry_run", "true or false"))? {
            true => Then::Show,
            false => Then::Apply,
        },
    })
}

fn call(fields: &Map<String, Value>) -> Result<CallId, CommandError> {
    call_in(fields, "call")
}

fn call_in(fields: &Map<String, Value>, name: &'static str) -> Result<CallId, CommandError> {
    let number = fields.get(name).and_then(Value::as_u64);
    number
        .map(CallId)
        .ok_or(CommandError::Field(name, "the number of a call"))
}

fn presence(fields: &Map<String, Value>) -> Result<Presence, CommandError> {
    let state = fields.get("state").cloned().unwrap_or_default();
    serde_json::from_value(state).map_err(|_| CommandError::Field("state", STATES))
}

/// On the loudspeaker of calls where nothing else is said.
fn test_tone(fields: &Map<String, Value>) -> Result<TestTone, CommandError> {
    match optional_text(fields, "on")?.as_deref() {
        None | Some("speaker") => Ok(TestTone::Speaker),
        Some("ringer") => Ok(TestTone::Ringer),
        Some(_) => Err(CommandError::Field("on", "\"speaker\" or \"ringer\"")),
    }
}

const ACCOUNT: &str = "an object with the keys of [account]";

const AUTOMATIC: &str = "automatic";

const STATES: &str = "which is available, busy, dnd, away, appear_offline or automatic";

#[cfg(test)]
mod tests;
