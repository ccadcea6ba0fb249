//! Lines that are commands, and lines that are none.

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
        (r#"{"cmd":"status"}"#, "TellStatus"),
        (r#"{"cmd":"clear_failures"}"#, "ClearFailures"),
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
            r#"ExportContacts { file: "b.vcf", version: V3, if_taken: Replace }"#,
        ),
        (
            r#"{"cmd":"export_contacts","file":"b.vcf","version":"4.0"}"#,
            r#"ExportContacts { file: "b.vcf", version: V4, if_taken: Replace }"#,
        ),
        (r#"{"cmd":"sync_contacts"}"#, "UpdateAddressBook"),
        (
            r#"{"cmd":"trace"}"#,
            "ExportTrace { file: None, naming: AsSent }",
        ),
        (
            r#"{"cmd":"trace","file":"t.txt"}"#,
            r#"ExportTrace { file: Some("t.txt"), naming: AsSent }"#,
        ),
        (
            r#"{"cmd":"trace","nameless":true}"#,
            "ExportTrace { file: None, naming: StandIns }",
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
