//! "Why does it not work?": each thing that can be wrong with a server has a cause of its own, and
//! what there is to see of it is in the snapshot.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Certificate, RawServer};
use hark_e2e::um::{PASSWORD, Um};
use hark_phone::snapshot::{Cause, Connection, Diagnosis, Found};
use hark_phone::{
    AccountSettings, CallState, Command, Event, Naming, Password, SoundEnd, TraceExport,
    TurnPassword,
};

/// What the snapshot shows once signing in has failed.
#[track_caller]
fn failed(account: AccountSettings, password: &str) -> (Phone, Cause, Diagnosis) {
    let phone = Phone::start(account, password, None);
    let (cause, diagnosis) = until_failed(&phone);
    (phone, cause, diagnosis)
}

#[track_caller]
fn until_failed(phone: &Phone) -> (Cause, Diagnosis) {
    let (cause, diagnosis) = phone.shows("a cause", |snapshot| {
        let cause = snapshot.diagnosis.cause?;
        Some((cause, snapshot.diagnosis.clone()))
    });
    assert_eq!(diagnosis.failures.len(), 1, "{:?}", diagnosis.failures);
    (cause, diagnosis)
}

fn connection(diagnosis: &Diagnosis) -> &Arc<Connection> {
    diagnosis
        .connection
        .as_ref()
        .expect("a server was looked for")
}

#[test]
fn a_phone_that_is_signed_in_tells_all_of_the_way() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::registered(um.account("dana"), PASSWORD);
    let connection = phone.shows("where the server sees us", |snapshot| {
        let connection = snapshot.diagnosis.connection.clone()?;
        connection.seen_from.is_some().then_some(connection)
    });
    assert_eq!(
        (connection.server.as_str(), connection.username.as_str()),
        ("127.0.0.1", "dana")
    );
    assert!(connection.authenticated);
    assert!(connection.lookups.is_empty(), "an address needs none");
    let open = connection.open.expect("the connection stands");
    assert_eq!((open.remote.port(), open.encrypted), (um.tls_port(), true));
    assert_eq!(
        connection.seen_from,
        Some(open.local),
        "nothing translates on loopback"
    );
    let tls = connection.tls.expect("it is encrypted");
    assert_eq!(
        (tls.version, tls.suite),
        ("TLS 1.3", "TLS13_AES_256_GCM_SHA384")
    );
    let own = connection
        .chain
        .first()
        .expect("a server shows a certificate");
    assert!(own.names.iter().any(|name| name == "127.0.0.1"), "{own:?}");
    assert!(own.not_after.is_some_and(|end| end > SystemTime::now()));
    assert!(
        connection
            .registered_until
            .is_some_and(|end| end > Instant::now())
    );
    assert!(connection.keep_alive.is_some());
    let snapshot = phone.snapshot();
    assert_eq!(snapshot.diagnosis.cause, None);
    assert!(snapshot.diagnosis.failures.is_empty());
}

#[test]
fn an_unknown_authority_shows_what_to_compare() {
    let um = Um::start(vec![Um::user("dana")]);
    let known = Phone::registered(um.account("dana"), PASSWORD);
    let expected = known.snapshot().diagnosis.connection.clone();
    let mut account = um.account("dana");
    account.ca_file = None;
    let (_phone, cause, diagnosis) = failed(account, PASSWORD);
    assert_eq!(cause, Cause::UnknownAuthority);
    let shown = connection(&diagnosis);
    assert!(!shown.chain.is_empty());
    assert_eq!(Some(&shown.chain), expected.as_ref().map(|it| &it.chain));
    assert_eq!((shown.open, shown.tls), (None, None));
    let problem = shown.attempts.first().and_then(|it| it.problem.as_ref());
    assert!(problem.is_some_and(|problem| problem.text.contains("authority")));
}

#[test]
fn whatever_is_wrong_with_a_server_has_a_cause_of_its_own() {
    let um = Um::start(vec![Um::user("dana")]);
    let (right, over_tcp) = (um.account("dana"), um.tcp_account("dana"));
    let nobody = RawServer::tcp();
    let closed = nobody.account().server;
    drop(nobody);
    let no_file = right
        .ca_file
        .as_ref()
        .map(|file| file.with_extension("missing"));
    for (account, password, expected) in [
        (right.clone(), "wrong", &[Cause::WrongPassword][..]),
        (
            AccountSettings {
                server: closed,
                ..right.clone()
            },
            PASSWORD,
            &[Cause::Refused],
        ),
        // TLS where plain SIP is spoken.
        (
            AccountSettings {
                server: over_tcp.server,
                ..right.clone()
            },
            PASSWORD,
            &[Cause::NotTls],
        ),
        // Which of the two depends on whether this machine reaches a name server.
        (
            AccountSettings {
                server: Some("nowhere.invalid:5061".into()),
                ..right.clone()
            },
            PASSWORD,
            &[Cause::NameNotFound, Cause::NoNameServer],
        ),
        (
            AccountSettings {
                ca_file: no_file,
                ..right.clone()
            },
            PASSWORD,
            &[Cause::CaFile],
        ),
        (
            AccountSettings {
                address: "dana".into(),
                ..right
            },
            PASSWORD,
            &[Cause::Settings],
        ),
    ] {
        let server = account.server.clone();
        let (phone, cause, diagnosis) = failed(account, password);
        assert!(
            expected.contains(&cause),
            "{server:?}: {cause:?}, {expected:?}"
        );
        if expected.contains(&Cause::NameNotFound) {
            let lookup = connection(&diagnosis)
                .lookups
                .last()
                .expect("a name was asked for");
            assert_eq!(lookup.name, "nowhere.invalid");
            assert!(matches!(lookup.found, Found::Nothing | Found::NoAnswer));
        }
        phone.quit();
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_shown_with_its_reason() {
    for (certificate, expected) in [
        (Certificate::Expired, Cause::Expired),
        (Certificate::WrongName, Cause::WrongName),
    ] {
        let server = RawServer::with_certificate(certificate);
        let phone = Phone::start(server.account(), "secret", None);
        server.accept_in_vain();
        let (cause, diagnosis) = until_failed(&phone);
        assert_eq!(cause, expected);
        let shown = &connection(&diagnosis).chain;
        let own = shown.first().expect("a server shows a certificate");
        let over = own.not_after.is_some_and(|end| end < SystemTime::now());
        assert_eq!(over, expected == Cause::Expired, "{own:?}");
    }
}

#[test]
fn a_call_that_comes_to_nothing_is_a_failure_that_names_the_other_side() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::start_with(um.account("dana"), PASSWORD, |config| {
        config.sound.speaker = SoundEnd::None;
    });
    phone.until_registered();
    phone.send(Command::Dial {
        to: "nobody@example.test".into(),
    });
    let (_, reason) = phone.until_call(CallState::Ended);
    let snapshot = phone.snapshot();
    let [failure] = &snapshot.diagnosis.failures[..] else {
        panic!("one thing went wrong: {:?}", snapshot.diagnosis.failures);
    };
    assert_eq!(Some(&failure.text), reason.as_ref());
    let named = failure
        .names
        .iter()
        .any(|name| failure.text.contains(name.as_str()));
    assert!(named, "{failure:?}");
}

#[test]
fn each_account_has_its_own_way_and_its_own_cause() {
    let (first, second) = (
        Um::start(vec![Um::user("dana")]),
        Um::start(vec![Um::user("erin")]),
    );
    let phone = Phone::registered(first.account("dana"), PASSWORD);
    let account = second.account("erin");
    let erin = account.id();
    phone.send(Command::AddAccount {
        account,
        password: Password::new("wrong"),
        turn_password: TurnPassword::Kept,
    });
    let seen = phone.shows("that the second account is refused", |snapshot| {
        let seen = snapshot.seen_from(&erin);
        (seen.diagnosis.cause == Some(Cause::WrongPassword)).then_some(seen)
    });
    let port = |diagnosis: &Diagnosis| connection(diagnosis).open.map(|ends| ends.remote.port());
    assert_eq!(port(&seen.diagnosis), Some(second.tls_port()));
    let of_first = phone.snapshot().diagnosis.clone();
    assert_eq!(of_first.cause, None);
    assert_eq!(port(&of_first), Some(first.tls_port()));
}

/// The values of these headers and parameters in a trace.
fn values<'a>(trace: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    trace.match_indices(before).map(|(place, _)| {
        let (_, value) = trace.split_at(place + before.len());
        let end = value.find([';', '>', '\r', ' ']).unwrap_or(value.len());
        value.split_at(end).0
    })
}

#[test]
fn a_report_holds_the_last_messages_and_tells_of_nobody() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::registered(um.account("dana"), PASSWORD);
    phone.send(Command::CallVoicemail);
    let (call, _) = phone.until_call(CallState::Connected);
    phone.send(Command::HangUp { call });
    phone.until_call(CallState::Ended);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.txt");
    phone.send(Command::SaveReport {
        file: file.clone(),
        text: "What stands on the page.\n".into(),
    });
    phone.until("the report", |event| match event {
        Event::ReportSaved { file: saved } => (*saved == file).then_some(()),
        _ => None,
    });
    phone.send(Command::ExportTrace {
        file: None,
        naming: Naming::AsSent,
    });
    let sent = phone.until("the trace", |event| match event {
        Event::Trace(TraceExport::Text { text, .. }) => Some(text.clone()),
        _ => None,
    });
    let report = std::fs::read_to_string(&file).unwrap();
    let words = "What stands on the page.\n\nThe last SIP messages, ";
    assert!(report.starts_with(words), "{report}");
    for before in [
        "\r\nCall-ID: ",
        ";tag=",
        ";branch=",
        "epid=",
        "nonce=\"",
        "a=ice-ufrag:",
    ] {
        let secrets: Vec<_> = values(&sent, before).collect();
        assert!(before.starts_with("a=") || !secrets.is_empty(), "{before}");
        for secret in secrets {
            assert!(!report.contains(secret), "{before}{secret}\n{report}");
        }
    }
    for secret in ["dana", "example.test", PASSWORD, "response="] {
        assert!(!report.contains(secret), "{secret}\n{report}");
    }
    // The call can be followed from its beginning to its end.
    let messages: Vec<_> = report.split("--- ").collect();
    let is_invite = |message: &&&str| {
        message.contains("\nINVITE sip:user-1@host-1;opaque=app:voicemail SIP/2.0\n")
    };
    let invite = messages.iter().find(is_invite).expect("it is there");
    let call_id = values(invite, "\nCall-ID: ").next().expect("it has one");
    let call_id = call_id.lines().next().expect("it has one");
    let is_bye = |message: &&&str| {
        message.contains("\nBYE sip:") && message.contains(&format!("\nCall-ID: {call_id}\n"))
    };
    assert!(call_id.starts_with("call-"), "{call_id}");
    assert!(messages.iter().any(|message| is_bye(&message)), "{report}");
    assert!(report.contains("\nm=audio "), "{report}");
}
