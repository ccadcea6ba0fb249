//! The checks as tables, and a report that names nobody.

use std::sync::Arc;
use std::time::Duration;

use hark_phone::snapshot::{
    AttemptView, Certificate, Devices, Diagnosis, Ends, Failure, Fingerprint, HistoryEntry,
    KeepAliveAgreement, LookupView, MediaView, Outcome, Problem, TroubleView,
};
use hark_phone::{AccountSettings, CallDirection, CallId, CallKind, CallView, SoundTrouble};
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::*;

fn moment() -> Moment {
    let wall = date(2026, 3, 5).at(10, 45, 0, 0).to_zoned(TimeZone::UTC);
    Moment {
        now: Instant::now(),
        wall: wall.unwrap(),
    }
}

fn wall(moment: &Moment) -> SystemTime {
    moment.wall.timestamp().into()
}

fn certificate(moment: &Moment, days_left: u64) -> Certificate {
    Certificate {
        subject: "CN=pbx.example.test".into(),
        issuer: "CN=Authority".into(),
        names: vec!["pbx.example.test".into()],
        not_before: None,
        not_after: Some(wall(moment) + DAY * u32::try_from(days_left).unwrap()),
        fingerprint: Fingerprint([7; 32]),
    }
}

/// Behind a translator, and all is well.
fn connection(moment: &Moment) -> Connection {
    let address: IpAddr = [192, 0, 2, 10].into();
    Connection {
        server: "example.test".into(),
        username: "dana".into(),
        lookups: vec![LookupView {
            name: "pbx.example.test".into(),
            found: Found::Addresses(vec![address]),
        }],
        place: Some(Place {
            host: "pbx.example.test".into(),
            port: 5061,
            addresses: vec![address],
        }),
        attempts: vec![AttemptView {
            address: (address, 5061).into(),
            problem: None,
        }],
        chain: vec![certificate(moment, 200)],
        tls: None,
        open: Some(Ends {
            local: ([10, 0, 0, 5], 50_000).into(),
            remote: (address, 5061).into(),
            encrypted: true,
        }),
        seen_from: Some(([198, 51, 100, 7], 40_000).into()),
        authenticated: true,
        registered_until: Some(moment.now + Duration::from_secs(900)),
        keep_alive: Some(KeepAliveView {
            agreement: KeepAliveAgreement::Outbound,
            interval: Duration::from_secs(50),
            last_answer: Some(moment.now - Duration::from_secs(120)),
        }),
    }
}

fn snapshot(connection: Connection) -> Snapshot {
    Snapshot {
        account: Some(AccountSettings {
            address: "dana@example.test".into(),
            ..AccountSettings::default()
        }),
        registration: RegistrationView::Registered,
        devices: Devices {
            outputs: vec!["Speakers".into(), "Headset".into()],
            inputs: vec!["Headset".into()],
        },
        diagnosis: Diagnosis {
            connection: Some(Arc::new(connection)),
            ..Diagnosis::default()
        },
        ..Snapshot::default()
    }
}

/// A phone whose last try has failed for this reason.
fn failed(cause: Cause, chain: Vec<Certificate>) -> Snapshot {
    let problem = Problem {
        text: "It failed.".into(),
        detail: "reason".into(),
    };
    let connection = Connection {
        server: "example.test".into(),
        place: Some(Place {
            host: "pbx.example.test".into(),
            port: 5061,
            addresses: vec![[192, 0, 2, 10].into()],
        }),
        attempts: vec![AttemptView {
            address: ([192, 0, 2, 10], 5061).into(),
            problem: Some(problem.clone()),
        }],
        chain,
        ..Connection::default()
    };
    let mut snapshot = snapshot(connection);
    snapshot.registration = RegistrationView::Failed(problem);
    snapshot.diagnosis.cause = Some(cause);
    snapshot
}

#[track_caller]
fn of(snapshot: &Snapshot, moment: &Moment, topic: Topic) -> Check {
    let mut checks = checks(snapshot, moment).into_iter();
    checks
        .find(|check| check.topic == topic)
        .expect("every topic is checked")
}

#[test]
fn a_phone_that_works_is_in_order_and_says_how() {
    let moment = moment();
    let snapshot = snapshot(connection(&moment));
    let expected = [
        (
            Topic::Name,
            Verdict::Ok,
            "pbx.example.test was found at 192.0.2.10.",
        ),
        (
            Topic::Server,
            Verdict::Ok,
            "Connected to 192.0.2.10:5061, from 10.0.0.5:50000.",
        ),
        (
            Topic::Certificate,
            Verdict::Ok,
            "The certificate of CN=pbx.example.test is trusted. It is good until 21 September 2026, for 200 more days.",
        ),
        (
            Topic::SignedIn,
            Verdict::Ok,
            "Signed in as dana at example.test.",
        ),
        (
            Topic::KeepAlive,
            Verdict::Ok,
            "Every 50 s a sign of life is sent. The server last answered at 10:43.",
        ),
        (
            Topic::Translator,
            Verdict::Ok,
            "A router stands between: this computer is 10.0.0.5:50000, the server sees 198.51.100.7:40000.",
        ),
        (
            Topic::Sound,
            Verdict::Unknown,
            "There is no call. Open this page during a call to see how it sounds.",
        ),
        (
            Topic::Devices,
            Verdict::Ok,
            "Loudspeaker: System default. Microphone: System default.",
        ),
        (Topic::Rest, Verdict::Ok, "Nothing else stands in the way."),
    ];
    let checks = checks(&snapshot, &moment);
    let shown: Vec<_> = checks
        .iter()
        .map(|check| (check.topic, check.verdict, check.text.as_str()))
        .collect();
    assert_eq!(shown, expected);
    let signed_in = of(&snapshot, &moment, Topic::SignedIn);
    assert!(signed_in.lines[0].contains("until 11:00"), "{signed_in:?}");
}

#[test]
fn each_cause_is_not_in_order_where_it_belongs() {
    let moment = moment();
    let chain = || vec![certificate(&moment, 100)];
    for (cause, chain, topics) in [
        (Cause::NameNotFound, vec![], &[Topic::Name][..]),
        (Cause::NoNameServer, vec![], &[Topic::Name]),
        (Cause::Refused, vec![], &[Topic::Server]),
        (Cause::NotTls, vec![], &[Topic::Server]),
        (Cause::UnknownAuthority, chain(), &[Topic::Certificate]),
        (Cause::WrongName, chain(), &[Topic::Certificate]),
        (Cause::Expired, chain(), &[Topic::Certificate]),
    ] {
        let snapshot = failed(cause, chain);
        for topic in topics {
            assert_eq!(
                of(&snapshot, &moment, *topic).verdict,
                Verdict::NotOk,
                "{cause:?}"
            );
        }
        assert_eq!(
            of(&snapshot, &moment, Topic::SignedIn).verdict,
            Verdict::NotOk
        );
        let server = of(&snapshot, &moment, Topic::Server);
        let was_reached = is_about_certificate(cause);
        assert_eq!(server.verdict == Verdict::Ok, was_reached, "{cause:?}");
        assert_eq!(server.lines, ["192.0.2.10:5061: reason"]);
    }
}

#[test]
fn before_the_first_try_nothing_is_known() {
    let checks = checks(&Snapshot::default(), &moment());
    for check in checks {
        let expected = match check.topic {
            Topic::Devices => Verdict::NotOk,
            Topic::Rest => Verdict::Ok,
            _ => Verdict::Unknown,
        };
        assert_eq!(check.verdict, expected, "{check:?}");
    }
}

#[test]
fn a_certificate_that_ends_soon_is_to_be_renewed() {
    let moment = moment();
    for (days, verdict) in [
        (200, Verdict::Ok),
        (15, Verdict::Ok),
        (14, Verdict::NotOk),
        (1, Verdict::NotOk),
    ] {
        let connection = Connection {
            chain: vec![certificate(&moment, 300), certificate(&moment, days)],
            ..connection(&moment)
        };
        let check = of(&snapshot(connection), &moment, Topic::Certificate);
        assert_eq!(check.verdict, verdict, "{check:?}");
        assert_eq!(check.lines.len(), 2);
    }
}

#[test]
fn how_the_connection_is_kept_and_where_it_is_seen() {
    let moment = moment();
    let last = Some(moment.now);
    let kept = |agreement, last_answer| {
        let connection = Connection {
            keep_alive: Some(KeepAliveView {
                agreement,
                interval: Duration::from_secs(100),
                last_answer,
            }),
            ..connection(&moment)
        };
        of(&snapshot(connection), &moment, Topic::KeepAlive).verdict
    };
    for (agreement, last_answer, verdict) in [
        (KeepAliveAgreement::Outbound, last, Verdict::Ok),
        (KeepAliveAgreement::Outbound, None, Verdict::Unknown),
        (KeepAliveAgreement::Unspoken, last, Verdict::Ok),
        (KeepAliveAgreement::Unspoken, None, Verdict::Unknown),
        (KeepAliveAgreement::Unanswered, None, Verdict::Ok),
    ] {
        assert_eq!(kept(agreement, last_answer), verdict, "{agreement:?}");
    }
    let seen = |seen_from, stun_server: Option<&str>| {
        let mut snapshot = snapshot(Connection {
            seen_from,
            ..connection(&moment)
        });
        let account = snapshot.account.as_mut().unwrap();
        account.stun_server = stun_server.map(str::to_owned);
        let check = of(&snapshot, &moment, Topic::Translator);
        (check.verdict, check.lines.len())
    };
    let (own, other) = (
        ([10, 0, 0, 5], 50_000).into(),
        ([198, 51, 100, 7], 1).into(),
    );
    assert_eq!(seen(Some(own), None), (Verdict::Ok, 0));
    assert_eq!(seen(Some(other), None), (Verdict::Ok, 1), "with advice");
    assert_eq!(
        seen(Some(other), Some("stun.example.test")),
        (Verdict::Ok, 0)
    );
    assert_eq!(seen(None, None), (Verdict::Unknown, 0));
}

fn call(title: &str) -> CallView {
    let mut call = CallView::new(CallId(1), CallDirection::Outgoing, CallKind::Person);
    call.title = title.into();
    call.subtitle = "+1 425 555 0143".into();
    call.media = Some(MediaView::new(
        "PCMU",
        Some("AEAD_AES_256_GCM"),
        Some("SDES"),
    ));
    call
}

#[test]
fn sound_and_devices_are_those_in_use() {
    let moment = moment();
    let mut snapshot = snapshot(connection(&moment));
    snapshot.calls = vec![call("Priya Raman")];
    let sound = of(&snapshot, &moment, Topic::Sound);
    assert_eq!(sound.verdict, Verdict::Ok);
    assert_eq!(sound.text, "Codec: G.711 µ-law, encryption: AES-256 (GCM).");
    snapshot.calls[0].troubles.push(TroubleView {
        trouble: SoundTrouble::OneWay,
        text: "Nothing comes back.".into(),
    });
    assert_eq!(of(&snapshot, &moment, Topic::Sound).verdict, Verdict::NotOk);
    snapshot.audio.speaker = vec!["Gone".into(), "Headset".into()];
    let devices = of(&snapshot, &moment, Topic::Devices);
    assert!(
        devices.text.starts_with("Loudspeaker: Headset."),
        "{devices:?}"
    );
    snapshot.devices.inputs.clear();
    let devices = of(&snapshot, &moment, Topic::Devices);
    assert_eq!(devices.text, "No microphone was found. Connect a headset.");
    // Who speaks from a file and listens to nobody needs no device.
    snapshot.devices = Devices::default();
    snapshot.sound.microphone = SoundEnd::File("hello.wav".into());
    let devices = of(&snapshot, &moment, Topic::Devices);
    assert_eq!(devices.text, "No loudspeaker was found. Connect a headset.");
    snapshot.sound.speaker = SoundEnd::None;
    let devices = of(&snapshot, &moment, Topic::Devices);
    assert_eq!(devices.verdict, Verdict::Ok);
    assert_eq!(
        devices.text,
        "Loudspeaker: none, as was asked for at the start. Microphone: the file hello.wav."
    );
}

/// Names, numbers, a PIN that was dialled behind one, and a file with a name in it.
#[test]
fn a_report_names_nobody_and_holds_nothing_secret() {
    let moment = moment();
    let mut snapshot = snapshot(connection(&moment));
    let mut talking = call("Priya Raman");
    talking.troubles.push(TroubleView {
        trouble: SoundTrouble::OneWay,
        text: "Hark sends your voice to Priya Raman, but nothing comes back.".into(),
    });
    snapshot.calls = vec![talking];
    snapshot.history = [HistoryEntry {
        account: None,
        id: 1,
        direction: CallDirection::Incoming,
        kind: CallKind::Person,
        outcome: Outcome::Missed,
        title: "Tom Eriksen".into(),
        address: "sip:tom@example.test".into(),
        began: wall(&moment),
        talked: Duration::ZERO,
    }]
    .into();
    let failure = |text: &str, names: &[&str]| Failure {
        at: wall(&moment) - Duration::from_secs(60),
        text: text.into(),
        times: 2,
        names: names.iter().map(|&name| name.to_owned()).collect(),
    };
    snapshot.diagnosis.failures = [
        failure("Anna Q is busy. Try again later.", &["Anna Q"]),
        failure("Tom Eriksen did not answer.", &[]),
        failure("The call to +4930123456,864213# failed (code 486).", &[]),
        failure("sip:carol@example.test: nobody has this address.", &[]),
        failure("Choose another file than /music/Priya-2026.ogg.", &[]),
        failure("The server 192.0.2.10:5061 does not answer.", &[]),
    ]
    .into();
    let report = report(&snapshot, &moment);
    assert_eq!(report.name, "hark-report-2026-03-05-104500.txt");
    for secret in [
        "Priya",
        "Raman",
        "Tom",
        "Eriksen",
        "Anna",
        "0143",
        "4930123456",
        "864213",
        "carol",
        "music",
    ] {
        assert!(!report.text.contains(secret), "{secret}:\n{}", report.text);
    }
    for kept in [
        "Certificate: OK\n",
        "Signed in as dana at example.test.",
        "10:44 (2 times)  (somebody) is busy. Try again later.",
        "failed (code 486).",
        "The server 192.0.2.10:5061 does not answer.",
        "voice to (somebody), but nothing comes back.",
    ] {
        assert!(report.text.contains(kept), "{kept}:\n{}", report.text);
    }
}

/// Another account beside this one, whose server is not found.
fn with_bob(mut snapshot: Snapshot) -> Snapshot {
    let mut bob = failed(Cause::NameNotFound, vec![]).accounts();
    let bob = bob.first_mut().expect("it has an account");
    bob.settings.address = "bob@corp.test".into();
    bob.id = bob.settings.id();
    bob.place = 1;
    snapshot.others = vec![bob.clone()];
    snapshot
}

#[test]
fn a_report_has_the_checks_of_every_account_and_once_what_is_the_same_for_all() {
    let moment = moment();
    let snapshot = with_bob(snapshot(connection(&moment)));
    let report = report(&snapshot, &moment).text;
    let headings = [
        "\nAccount dana@example.test\n",
        "\nName of the server: OK\n",
        "\nAccount bob@corp.test\n",
        "\nName of the server: not OK\n",
        "\nFor all accounts\n",
        "\nMicrophone and loudspeaker: OK\n",
    ];
    let places = headings.map(|heading| {
        assert_eq!(report.matches(heading).count(), 1, "{heading}\n{report}");
        report.find(heading)
    });
    assert!(places.is_sorted(), "{places:?}\n{report}");
    // However it is looked at, the first is the first.
    let from_bob = snapshot.seen_from(&AccountId::named("bob@corp.test"));
    assert_eq!(super::report(&from_bob, &moment).text, report);
    assert_eq!(Told::of(&from_bob, &moment), Told::of(&snapshot, &moment));
}

#[test]
fn programs_are_told_of_every_account_by_its_name() {
    let moment = moment();
    let one = snapshot(connection(&moment));
    let read = |snapshot: &Snapshot| -> serde_json::Value {
        serde_json::from_str(&json(snapshot, &moment)).expect("it is JSON")
    };
    assert!(read(&one).get("accounts").is_none());
    let told = read(&with_bob(one));
    let verdict = |account: usize| &told["accounts"][account]["checks"][0]["verdict"];
    assert_eq!(told["accounts"][1]["account"], "bob@corp.test");
    assert_eq!((verdict(0), verdict(1)), (&"ok".into(), &"not_ok".into()));
    assert_eq!(told["checks"].as_array().map(Vec::len), Some(9));
    assert_eq!(told["checks"][0]["verdict"], "ok", "of the first");
}

const DAY: Duration = Duration::from_secs(24 * 3600);
