//! The JSON line of every event.

use std::time::{Duration, Instant};

use hark_phone::Problem;
use hark_phone::snapshot::{
    HistoryDay, HistoryEntry, HistoryList, HistoryQuestion, MediaTotals, MediaView, Outcome,
    PeerMetrics, Rating, SoundSecond,
};
use hark_phone::{
    AccountView, CallDirection, CallId, CallKind, CallState, EchoTestStage, SoundTrouble,
    TransferState,
};

use super::*;

#[track_caller]
fn check(event: &Event, lines: &[&str]) {
    let got: Vec<_> = Line::of(event)
        .iter()
        .map(|line| serde_json::to_string(line).unwrap())
        .collect();
    assert_eq!(got, lines);
}

#[test]
fn registration_lines() {
    let problem = Problem {
        text: "No.".into(),
        detail: "403".into(),
    };
    let connecting = |stage| Event::Registration(RegistrationView::Connecting(stage));
    check(
        &connecting(ConnectingStage::Connecting),
        &[r#"{"event":"registration","state":"connecting"}"#],
    );
    check(&connecting(ConnectingStage::CheckingCertificate), &[]);
    check(&connecting(ConnectingStage::SigningIn), &[]);
    check(
        &Event::Registration(RegistrationView::Registered),
        &[r#"{"event":"registration","state":"registered"}"#],
    );
    check(
        &Event::Registration(RegistrationView::Failed(problem.clone())),
        &[
            r#"{"event":"registration","state":"failed","reason":"No."}"#,
            r#"{"event":"error","text":"No."}"#,
        ],
    );
    let next_try = Instant::now();
    check(
        &Event::Registration(RegistrationView::Lost { problem, next_try }),
        &[
            r#"{"event":"registration","state":"lost","reason":"No."}"#,
            r#"{"event":"error","text":"No."}"#,
        ],
    );
}

#[test]
fn call_lines() {
    let call = CallId(2);
    check(
        &Event::Incoming {
            call,
            kind: CallKind::PlayOnPhone,
            from: "sip:alice@example.test".into(),
            notes: CallNotes::default(),
        },
        &[
            r#"{"event":"incoming","call":2,"kind":"play_on_phone","from":"sip:alice@example.test"}"#,
        ],
    );
    let event = |state, reason: Option<&str>, skip_pin| Event::Call {
        call,
        state,
        reason: reason.map(str::to_owned),
        skip_pin,
        notes: CallNotes::default(),
    };
    check(
        &event(CallState::Calling, None, Some(true)),
        &[r#"{"event":"call","call":2,"state":"calling","skip_pin":true}"#],
    );
    check(
        &event(CallState::Ended, Some("Busy \"now\"."), None),
        &[r#"{"event":"call","call":2,"state":"ended","reason":"Busy \"now\"."}"#],
    );
    let media = |srtp, keys| Event::Media {
        call,
        codec: "PCMU",
        srtp,
        keys,
    };
    check(
        &media(Some("AEAD_AES_256_GCM"), Some("DTLS")),
        &[r#"{"event":"media","call":2,"codec":"PCMU","srtp":"AEAD_AES_256_GCM","keys":"DTLS"}"#],
    );
    check(
        &media(None, None),
        &[r#"{"event":"media","call":2,"codec":"PCMU","srtp":null,"keys":null}"#],
    );
}

#[test]
fn what_the_server_says_of_a_call_is_told() {
    let call = CallId(2);
    let notes = CallNotes {
        diverted_from: Some("sip:carol@example.test".into()),
        asserted: Some("sip:bob@example.test".into()),
        contact: None,
        answered_elsewhere: false,
        account: None,
    };
    check(
        &Event::Incoming {
            call,
            kind: CallKind::Person,
            from: "sip:x@far.test".into(),
            notes: notes.clone(),
        },
        &[
            r#"{"event":"incoming","call":2,"kind":"person","from":"sip:x@far.test","diverted_from":"sip:carol@example.test","asserted":"sip:bob@example.test"}"#,
        ],
    );
    check(
        &Event::Call {
            call,
            state: CallState::Ended,
            reason: None,
            skip_pin: None,
            notes: CallNotes {
                contact: Some("Bob".into()),
                answered_elsewhere: true,
                ..notes
            },
        },
        &[
            r#"{"event":"call","call":2,"state":"ended","diverted_from":"sip:carol@example.test","asserted":"sip:bob@example.test","contact":"Bob","answered_elsewhere":true}"#,
        ],
    );
}

#[test]
fn lines_of_established_calls() {
    let call = CallId(2);
    check(
        &Event::Hold {
            call,
            held: true,
            held_by_peer: false,
        },
        &[r#"{"event":"hold","call":2,"held":true,"held_by_peer":false}"#],
    );
    let transfer = |state, reason: Option<&str>| Event::Transfer {
        call,
        state,
        reason: reason.map(str::to_owned),
    };
    check(
        &transfer(TransferState::Trying, None),
        &[r#"{"event":"transfer","call":2,"state":"trying"}"#],
    );
    check(
        &transfer(TransferState::Succeeded, None),
        &[r#"{"event":"transfer","call":2,"state":"succeeded"}"#],
    );
    check(
        &transfer(TransferState::Failed, Some("Busy.")),
        &[r#"{"event":"transfer","call":2,"state":"failed","reason":"Busy."}"#],
    );
    check(
        &Event::TransferRequested {
            call,
            to: "sip:+1555@example.test".into(),
        },
        &[r#"{"event":"transfer_requested","call":2,"to":"sip:+1555@example.test"}"#],
    );
}

#[test]
fn lines_of_recordings() {
    let call = CallId(2);
    let recording = |state| Event::Recording { call, state };
    check(
        &recording(RecordingState::Began {
            file: "a.ogg".into(),
        }),
        &[r#"{"event":"recording","call":2,"state":"began","file":"a.ogg"}"#],
    );
    let saved = |missed| {
        recording(RecordingState::Saved {
            file: "a.ogg".into(),
            missed,
        })
    };
    check(
        &saved(Duration::ZERO),
        &[r#"{"event":"recording","call":2,"state":"saved","file":"a.ogg"}"#],
    );
    check(
        &saved(Duration::from_millis(1_500)),
        &[r#"{"event":"recording","call":2,"state":"saved","file":"a.ogg","missed_seconds":1.5}"#],
    );
    check(
        &recording(RecordingState::Failed {
            file: None,
            reason: "No.".into(),
        }),
        &[r#"{"event":"recording","call":2,"state":"failed","reason":"No."}"#],
    );
    check(
        &Event::RecordingOpened {
            file: "a.ogg".into(),
            whole: true,
        },
        &[r#"{"event":"recording_opened","file":"a.ogg","whole":true}"#],
    );
}

#[test]
fn a_dial_string_that_waits_is_told() {
    check(
        &Event::WaitsForPress { call: CallId(2) },
        &[r#"{"event":"waits_for_press","call":2}"#],
    );
}

#[test]
fn the_trace_is_told_or_its_file_is() {
    check(
        &Event::Trace(TraceExport::Text {
            messages: 1,
            text: "a\r\n".into(),
        }),
        &[r#"{"event":"trace","messages":1,"text":"a\r\n"}"#],
    );
    check(
        &Event::Trace(TraceExport::File {
            messages: 2,
            path: "trace.txt".into(),
        }),
        &[r#"{"event":"trace","messages":2,"file":"trace.txt"}"#],
    );
}

#[test]
fn troubles_of_the_sound_begin_and_end() {
    let event = |trouble, text: Option<&str>| Event::SoundTrouble {
        call: CallId(2),
        trouble,
        text: text.map(str::to_owned),
    };
    check(
        &event(SoundTrouble::StreamStopped, Some("Nothing.")),
        &[
            r#"{"event":"sound_trouble","call":2,"trouble":"stream_stopped","state":"began","text":"Nothing."}"#,
        ],
    );
    for (trouble, name) in [
        (SoundTrouble::OneWay, "one_way"),
        (SoundTrouble::SilentMicrophone, "silent_microphone"),
        (SoundTrouble::Clipping, "clipping"),
        (SoundTrouble::NoKeys, "no_keys"),
        (SoundTrouble::WrongCertificate, "wrong_certificate"),
    ] {
        let line =
            format!(r#"{{"event":"sound_trouble","call":2,"trouble":"{name}","state":"ended"}}"#);
        check(&event(trouble, None), &[line.as_str()]);
    }
}

#[test]
fn an_echo_test_is_told_from_stage_to_stage() {
    for (stage, name) in [
        (Some(EchoTestStage::Recording), "recording"),
        (Some(EchoTestStage::Playing), "playing"),
        (None, "over"),
    ] {
        let line = format!(r#"{{"event":"echo_test","stage":"{name}"}}"#);
        check(&Event::EchoTest { stage }, &[&line]);
    }
}

#[test]
fn how_a_call_sounds() {
    let rating = Rating {
        r_factor: 89.561,
        mos: 4.33,
        mos_listening: 4.33,
    };
    let second = SoundSecond {
        loss_percent: 2.0,
        jitter: Duration::from_millis(3),
        delay: Duration::from_millis(61),
        rating: None,
    };
    let media = MediaView {
        loss_percent: 1.236,
        delay: Duration::from_millis(62),
        round_trip: Some(Duration::from_millis(18)),
        rating: Some(rating),
        peer_loss_percent: Some(0.5),
        peer: Some(PeerMetrics {
            loss_percent: 1.0,
            discard_percent: 0.25,
            end_system_delay: Duration::ZERO,
            r_factor: Some(88),
            mos_listening: None,
            mos: Some(4.2),
        }),
        totals: MediaTotals {
            received: 10,
            lost: 1,
            late: 2,
            sent: 11,
            concealed: Duration::from_millis(20),
        },
        seconds: [second].into(),
        ..MediaView::new("PCMU", None, None)
    };
    let call = CallId(2);
    let media = Box::new(media);
    check(
        &Event::Quality { call, media },
        &[concat!(
            r#"{"event":"quality","call":2,"codec":"PCMU","srtp":null,"keys":null,"loss_percent":1.24,"#,
            r#""late_percent":0.0,"jitter_ms":0,"playout_delay_ms":0,"delay_ms":62,"#,
            r#""round_trip_ms":18,"r_factor":89.56,"mos":4.33,"mos_listening":4.33,"#,
            r#""peer":{"loss_percent":0.5,"discard_percent":0.25,"r_factor":88.0,"mos":4.2,"#,
            r#""mos_listening":null},"packets":{"received":10,"lost":1,"late":2,"sent":11},"#,
            r#""concealed_ms":20,"seconds":[{"loss_percent":2.0,"jitter_ms":3,"delay_ms":61,"#,
            r#""r_factor":null,"mos":null,"mos_listening":null}]}"#,
        )],
    );
}

#[test]
fn other_lines() {
    check(
        &Event::Notice {
            text: "Headset is back.".into(),
        },
        &[r#"{"event":"notice","text":"Headset is back."}"#],
    );
    check(
        &Event::MessageWaiting {
            new: 3,
            old: 1,
            urgent: 2,
        },
        &[r#"{"event":"message_waiting","new":3,"old":1,"urgent":2}"#],
    );
    check(
        &Event::Error {
            text: "a\nb".into(),
        },
        &[r#"{"event":"error","text":"a\nb"}"#],
    );
    check(&Event::Stopped, &[]);
}

#[test]
fn a_line_tells_how_many_calls_were_found_and_some_of_them() {
    let entry = |id, account: Option<&str>, talked| HistoryEntry {
        account: account.map(AccountId::named),
        id,
        direction: CallDirection::Outgoing,
        kind: CallKind::Voicemail,
        outcome: Outcome::AnsweredElsewhere,
        title: "Voicemail".into(),
        address: "sip:*97@example.test".into(),
        began: std::time::UNIX_EPOCH + Duration::from_millis(1_772_707_500_500),
        talked,
    };
    let list = HistoryList {
        question: HistoryQuestion {
            first: 400,
            ..HistoryQuestion::default()
        },
        days: [HistoryDay {
            date: jiff::civil::date(2026, 3, 5),
            calls: 402,
        }]
        .into(),
        rows: [
            entry(7, None, Duration::from_millis(1500)),
            entry(6, Some("bob@b.test"), Duration::ZERO),
        ]
        .into(),
    };
    check(
        &Event::History(list),
        &[
            r#"{"event":"history","calls":402,"first":400,"entries":[{"id":7,"kind":"voicemail","direction":"outgoing","outcome":"answered_elsewhere","title":"Voicemail","address":"sip:*97@example.test","began":"2026-03-05T10:45:00.5Z","talked_seconds":1.5},{"id":6,"account":"bob@b.test","kind":"voicemail","direction":"outgoing","outcome":"answered_elsewhere","title":"Voicemail","address":"sip:*97@example.test","began":"2026-03-05T10:45:00.5Z","talked_seconds":0.0}]}"#,
        ],
    );
}

#[test]
fn an_update_of_the_address_book_is_a_line_and_its_failure_an_error() {
    let changes = AddressBookChanges {
        contacts: 214,
        added: 3,
        changed: 2,
        removed: 1,
    };
    check(
        &Event::AddressBook(Ok(changes)),
        &[r#"{"event":"contacts_synced","contacts":214,"added":3,"changed":2,"removed":1}"#],
    );
    check(
        &Event::AddressBook(Err("No.".into())),
        &[r#"{"event":"error","text":"No."}"#],
    );
}

#[test]
fn what_is_said_of_another_account_names_it() {
    let bob = || AccountId::named("sip:Bob@b.test");
    let registered = Event::Registration(RegistrationView::Registered);
    check(
        &Event::Of(bob(), Box::new(registered)),
        &[r#"{"event":"registration","account":"bob@b.test","state":"registered"}"#],
    );
    let view = AccountView {
        id: bob(),
        ..AccountView::default()
    };
    check(
        &Event::Accounts(vec![view]),
        &[
            r#"{"event":"accounts","accounts":[{"account":"bob@b.test","state":"signed_out","new":0,"old":0,"urgent":0}]}"#,
        ],
    );
}
