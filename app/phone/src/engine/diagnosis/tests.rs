//! What is shown of what was found, as tables.

use hark_sip::locate::Srv;
use hark_sip::{FlowId, FlowInfo, FlowTarget};
use hark_sip_net::{Attempt, Certificate};

use super::*;

fn account() -> Account {
    let settings = toml::from_str("address = 'dana@example.test'").unwrap();
    Account::read(&settings).unwrap()
}

fn attempt(outcome: Result<(), FlowError>, certificate: &[u8]) -> Attempt {
    let chain = match certificate {
        [] => Vec::new(),
        der => vec![Certificate::read(der)],
    };
    Attempt {
        address: "192.0.2.1:5061".parse().unwrap(),
        outcome,
        chain,
        tls: None,
    }
}

/// A flow to `host`, as far as it came.
fn tried(flow: u64, host: &str, attempts: Vec<Attempt>) -> Try {
    Try {
        flow: FlowId(flow),
        target: FlowTarget {
            transport: Transport::Tls,
            host: host.into(),
            port: 5061,
            addresses: vec!["192.0.2.1".parse().unwrap()],
            certificate_names: Vec::new(),
        },
        attempts,
    }
}

fn host_of(connection: &Connection) -> Option<&str> {
    connection.place.as_ref().map(|place| place.host.as_str())
}

#[test]
fn every_trouble_has_a_cause() {
    use FlowError as E;
    for (error, expected) in [
        (E::NameNotFound, Cause::NameNotFound),
        (E::LookupFailed, Cause::NoNameServer),
        (E::Unreachable, Cause::NoAnswer),
        (E::TimedOut, Cause::NoAnswer),
        (E::Refused, Cause::Refused),
        (E::CertificateExpired, Cause::Expired),
        (E::CertificateNotYetValid, Cause::NotYetValid),
        (E::CertificateWrongName, Cause::WrongName),
        (E::CertificateUnknownIssuer, Cause::UnknownAuthority),
        (E::CertificateOther("x".into()), Cause::BadCertificate),
        (E::Tls("x".into()), Cause::NotTls),
        (E::Closed, Cause::Lost),
        (E::NetworkChanged, Cause::Lost),
    ] {
        assert_eq!(
            cause(&RegistrationError::Flow(error.clone())),
            expected,
            "{error}"
        );
    }
    for (code, expected) in [
        (401, Cause::WrongPassword),
        (407, Cause::WrongPassword),
        (403, Cause::Forbidden),
        (404, Cause::UnknownAddress),
        (604, Cause::UnknownAddress),
        (503, Cause::Server),
        (400, Cause::Server),
    ] {
        let status = StatusCode::new(code).unwrap();
        assert_eq!(
            cause(&RegistrationError::Status(status)),
            expected,
            "{code}"
        );
    }
    assert_eq!(
        cause(&RegistrationError::WrongPassword),
        Cause::WrongPassword
    );
    assert_eq!(cause(&RegistrationError::Silent), Cause::Lost);
}

#[test]
fn the_flow_that_serves_us_is_shown_and_not_the_last_one() {
    let info = FlowInfo {
        transport: Transport::Tls,
        local: "10.0.0.2:50000".parse().unwrap(),
        remote: "192.0.2.1:5061".parse().unwrap(),
    };
    let findings = Findings {
        lookups: Vec::new(),
        tries: vec![
            tried(1, "one.test", vec![attempt(Err(FlowError::Refused), b"")]),
            tried(2, "two.test", vec![attempt(Ok(()), b"two")]),
            tried(
                3,
                "better.test",
                vec![attempt(Err(FlowError::Refused), b"")],
            ),
        ],
    };
    let standing = Standing {
        flow: Some(FlowId(2)),
        info: Some(info),
        ..Standing::default()
    };
    let shown = connection(&account(), &findings, &standing, None);
    assert_eq!(host_of(&shown), Some("two.test"));
    assert_eq!(shown.chain, [Certificate::read(b"two")]);
    assert_eq!(shown.attempts[0].problem, None);
    let open = shown.open.expect("the flow is open");
    assert_eq!(
        (open.local, open.remote, open.encrypted),
        (info.local, info.remote, true)
    );
}

#[test]
fn of_flows_that_failed_the_one_is_shown_that_the_sentence_is_about() {
    let wrong = FlowError::CertificateUnknownIssuer;
    let findings = Findings {
        lookups: Vec::new(),
        tries: vec![
            tried(1, "one.test", vec![attempt(Err(wrong.clone()), b"one")]),
            tried(2, "two.test", vec![attempt(Err(FlowError::Refused), b"")]),
            tried(3, "three.test", Vec::new()),
        ],
    };
    let shown = |trouble: Option<RegistrationError>| {
        connection(
            &account(),
            &findings,
            &Standing::default(),
            trouble.as_ref(),
        )
    };
    let of_certificate = shown(Some(wrong.into()));
    assert_eq!(host_of(&of_certificate), Some("one.test"));
    assert_eq!(of_certificate.chain, [Certificate::read(b"one")]);
    let problem = of_certificate.attempts[0].problem.as_ref();
    assert!(problem.is_some_and(|problem| problem.text.contains("example.test")));
    for other in [None, Some(RegistrationError::TimedOut)] {
        assert_eq!(host_of(&shown(other)), Some("two.test"));
    }
    let nothing = connection(&account(), &Findings::default(), &Standing::default(), None);
    let expected = Connection {
        server: "example.test".into(),
        username: "dana".into(),
        ..Connection::default()
    };
    assert_eq!(nothing, expected);
}

#[test]
fn lookups_say_what_a_name_led_to() {
    let srv = Srv {
        priority: 1,
        weight: 1,
        port: 5061,
        target: "sip.example.test.".into(),
    };
    let (name, address) = ("example.test", "192.0.2.1".parse().unwrap());
    for (question, answer, found) in [
        (
            Question::Srv(name.into()),
            Answer::Srv(vec![srv]),
            Found::Servers(vec!["sip.example.test:5061".into()]),
        ),
        (
            Question::Addresses(name.into()),
            Answer::Addresses(vec![address]),
            Found::Addresses(vec![address]),
        ),
        (
            Question::Addresses(name.into()),
            Answer::Addresses(Vec::new()),
            Found::Nothing,
        ),
        (
            Question::Naptr(name.into()),
            Answer::Nothing,
            Found::Nothing,
        ),
        (
            Question::Naptr(name.into()),
            Answer::Failed,
            Found::NoAnswer,
        ),
    ] {
        let view = lookup(&question, &answer);
        assert_eq!(
            (view.name.as_str(), view.found),
            (name, found),
            "{question:?}"
        );
    }
}
