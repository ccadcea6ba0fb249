//! Reads one line of JSON into a command.

use hark_phone::portable::Manner;
use hark_phone::{AccountId, CallId, Command, Password, Presence, TestTone, Then, TurnPassword};
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
        "trace" => Ok(Command::ExportTrace {
            file: optional_text(&fields, "file")?.map(Into::into),
        }),
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
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_manual() {
        for (line, command) in [
            (r#"{"cmd":"call_voicemail"}"#, "CallVoicemail"),
            (
                r#"{"cmd":"call_voicemail","account":"Bob@b.test"}"#,
                r#"For(AccountId("bob@b.test"), CallVoicemail)"#,
            ),
            (
                r#"{"cmd":"dial","to":"1","account":"sip:bob@b.test"}"#,
                r#"For(AccountId("bob@b.test"), Dial { to: "1" })"#,
            ),
            (
                r#"{"cmd":"account_remove","account":"bob@b.test"}"#,
                r#"For(AccountId("bob@b.test"), RemoveAccount)"#,
            ),
            (
                r#"{"cmd":"account_use","account":"bob@b.test"}"#,
                r#"UseAccount(AccountId("bob@b.test"))"#,
            ),
            (r#"{"cmd":"account_list"}"#, "TellAccounts"),
            (r#"{"cmd":"dial","to":"*97"}"#, r#"Dial { to: "*97" }"#),
            (r#"{"cmd":"answer","call":1}"#, "Answer { call: CallId(1) }"),
            (
                r#"{"call":2,"cmd":"decline"}"#,
                "Decline { call: CallId(2) }",
            ),
            (
                r#" {"cmd":"hang_up","call":3} "#,
                "HangUp { call: CallId(3) }",
            ),
            (
                r#"{"cmd":"deflect","call":3,"to":"carol"}"#,
                r#"Deflect { call: CallId(3), to: "carol" }"#,
            ),
            (
                r#"{"cmd":"dtmf","call":1,"digits":"1234#"}"#,
                "SendDigits { call: CallId(1), digits: Digits(redacted) }",
            ),
            (
                r#"{"cmd":"presence","state":"available"}"#,
                "SetPresence(Available)",
            ),
            (r#"{"cmd":"presence","state":"automatic"}"#, "ResetPresence"),
            (r#"{"cmd":"presence","state":"busy"}"#, "SetPresence(Busy)"),
            (
                r#"{"cmd":"presence","state":"dnd"}"#,
                "SetPresence(DoNotDisturb)",
            ),
            (r#"{"cmd":"presence","state":"away"}"#, "SetPresence(Away)"),
            (
                r#"{"cmd":"presence","state":"appear_offline"}"#,
                "SetPresence(AppearOffline)",
            ),
            (
                r#"{"cmd":"continue","call":1}"#,
                "Continue { call: CallId(1) }",
            ),
            (
                r#"{"cmd":"hold","call":1}"#,
                "SetHeld { call: CallId(1), held: true }",
            ),
            (
                r#"{"cmd":"resume","call":1}"#,
                "SetHeld { call: CallId(1), held: false }",
            ),
            (
                r#"{"cmd":"record","call":1}"#,
                "SetRecorded { call: CallId(1), recorded: true }",
            ),
            (
                r#"{"cmd":"stop_recording","call":1}"#,
                "SetRecorded { call: CallId(1), recorded: false }",
            ),
            (
                r#"{"cmd":"open_recording","file":"a.ogg.age","to":"a.ogg"}"#,
                r#"OpenRecording { file: "a.ogg.age", to: "a.ogg" }"#,
            ),
            (r#"{"cmd":"swap"}"#, "Swap"),
            (
                r#"{"cmd":"transfer","call":1,"to":"carol"}"#,
                r#"Transfer { call: CallId(1), to: "carol" }"#,
            ),
            (
                r#"{"cmd":"transfer","call":1,"to_call":2}"#,
                "TransferToCall { call: CallId(1), to_call: CallId(2) }",
            ),
            (
                r#"{"cmd":"follow_transfer","call":1}"#,
                "FollowTransfer { call: CallId(1) }",
            ),
            (
                r#"{"cmd":"refuse_transfer","call":1}"#,
                "RefuseTransfer { call: CallId(1) }",
            ),
            (
                r#"{"cmd":"quality","call":1}"#,
                "TellQuality { call: CallId(1) }",
            ),
            (r#"{"cmd":"diagnose"}"#, "TellDiagnosis"),
            (r#"{"cmd":"test_tone"}"#, "PlayTestTone(Speaker)"),
            (
                r#"{"cmd":"test_tone","on":"ringer"}"#,
                "PlayTestTone(Ringer)",
            ),
            (r#"{"cmd":"echo_test"}"#, "StartEchoTest"),
            (r#"{"cmd":"stop_echo_test"}"#, "StopEchoTest"),
            (
                r#"{"cmd":"history"}"#,
                r#"TellHistory(HistoryQuestion { filter: All, search: "", first: 0 })"#,
            ),
            (
                r#"{"cmd":"history","search":"+1 425","filter":"missed","first":200}"#,
                r#"TellHistory(HistoryQuestion { filter: Missed, search: "+1 425", first: 200 })"#,
            ),
            (
                r#"{"cmd":"remove_from_history","id":7}"#,
                "RemoveFromHistory { call: 7 }",
            ),
            (r#"{"cmd":"restore_to_history"}"#, "RestoreToHistory"),
            (r#"{"cmd":"clear_history"}"#, "ClearHistory"),
            (
                r#"{"cmd":"import_contacts","file":"a.vcf"}"#,
                r#"ImportContacts { file: "a.vcf" }"#,
            ),
            (
                r#"{"cmd":"export_contacts","file":"b.vcf"}"#,
                r#"ExportContacts { file: "b.vcf", version: V3 }"#,
            ),
            (
                r#"{"cmd":"export_contacts","file":"b.vcf","version":"4.0"}"#,
                r#"ExportContacts { file: "b.vcf", version: V4 }"#,
            ),
            (r#"{"cmd":"trace"}"#, "ExportTrace { file: None }"),
            (
                r#"{"cmd":"trace","file":"t.txt"}"#,
                r#"ExportTrace { file: Some("t.txt") }"#,
            ),
            (
                r#"{"cmd":"export_profile","file":"s.toml"}"#,
                r#"ExportSettings { file: "s.toml" }"#,
            ),
            (
                r#"{"cmd":"import_profile","from":"s.toml","dry_run":true}"#,
                r#"ReadSettings { from: File("s.toml"), manner: Whole, then: Show }"#,
            ),
            (
                r#"{"cmd":"provision","from":"https://a.test/s"}"#,
                r#"ReadSettings { from: Url("https://a.test/s"), manner: Keys, then: Apply }"#,
            ),
            (r#"{"cmd":"quit"}"#, "Quit"),
        ] {
            assert_eq!(format!("{:?}", parse(line.as_bytes()).unwrap()), command);
        }
    }

    #[test]
    fn what_is_no_command_gets_a_sentence() {
        for (line, error) in [
            ("quit", CommandError::NotAnObject),
            ("{\"cmd\":\"quit\"", CommandError::NotAnObject),
            ("[1]", CommandError::NotAnObject),
            ("\u{0}", CommandError::NotAnObject),
            ("{}", CommandError::NoCommand),
            (r#"{"cmd":7}"#, CommandError::NoCommand),
            (r#"{"cmd":"fly"}"#, CommandError::Unknown("fly".into())),
            (r#"{"cmd":"dial"}"#, CommandError::Field("to", "a string")),
            (
                r#"{"cmd":"answer","call":-1}"#,
                CommandError::Field("call", "the number of a call"),
            ),
            (
                r#"{"cmd":"answer","call":"1"}"#,
                CommandError::Field("call", "the number of a call"),
            ),
            (
                r#"{"cmd":"transfer","call":1}"#,
                CommandError::Field("to", "a string, or \"to_call\""),
            ),
            (
                r#"{"cmd":"transfer","call":1,"to_call":"2"}"#,
                CommandError::Field("to_call", "the number of a call"),
            ),
            (
                r#"{"cmd":"test_tone","on":"roof"}"#,
                CommandError::Field("on", "\"speaker\" or \"ringer\""),
            ),
            (
                r#"{"cmd":"open_recording","file":"a.ogg.age"}"#,
                CommandError::Field("to", "a string"),
            ),
            (
                r#"{"cmd":"account_add","account":{"adress":"a@b.test"},"password":"x"}"#,
                CommandError::Field("account", ACCOUNT),
            ),
            (
                r#"{"cmd":"account_add","account":{"address":"a@b.test"}}"#,
                CommandError::Field("password", "a string"),
            ),
            (
                r#"{"cmd":"provision","from":"http://a.test/s"}"#,
                CommandError::Field("from", "a file, or a link with https://"),
            ),
            (
                r#"{"cmd":"import_profile","from":"s.toml","dry_run":"yes"}"#,
                CommandError::Field("dry_run", "true or false"),
            ),
            (
                r#"{"cmd":"trace","file":7}"#,
                CommandError::Field("file", "a string"),
            ),
            (
                r#"{"cmd":"dtmf","call":1,"digits":12}"#,
                CommandError::Field("digits", "a string"),
            ),
            (
                r#"{"cmd":"history","filter":"loud"}"#,
                CommandError::Field("filter", past::FILTERS),
            ),
            (
                r#"{"cmd":"history","first":-1}"#,
                CommandError::Field("first", past::COUNT),
            ),
            (
                r#"{"cmd":"remove_from_history"}"#,
                CommandError::Field("id", past::ID),
            ),
            (
                r#"{"cmd":"export_contacts","file":"b.vcf","version":"2.1"}"#,
                CommandError::Field("version", past::VERSIONS),
            ),
            (
                r#"{"cmd":"import_contacts"}"#,
                CommandError::Field("file", "a string"),
            ),
            (
                r#"{"cmd":"presence","state":"asleep"}"#,
                CommandError::Field("state", STATES),
            ),
            (
                r#"{"cmd":"presence"}"#,
                CommandError::Field("state", STATES),
            ),
        ] {
            assert_eq!(parse(line.as_bytes()).unwrap_err(), error, "{line}");
        }
        let long = vec![b' '; crate::headless::MAX_LINE + 1];
        assert_eq!(parse(&long).unwrap_err(), CommandError::TooLong);
        assert_eq!(
            parse(&[b'"', 0xff, b'"']).unwrap_err(),
            CommandError::NotAnObject
        );
    }
}
