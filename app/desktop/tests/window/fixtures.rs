//! Snapshots as the engine would publish them, at one fixed moment.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use hark_desktop::views::Moment;
use hark_phone::snapshot::{
    AttemptView, Cause, Certificate, Connection, Devices, Diagnosis, Ends, Failure, Fingerprint,
    Found, HistoryDay, HistoryEntry, HistoryFilter, HistoryList, HistoryQuestion,
    KeepAliveAgreement, KeepAliveView, LookupView, MediaView, MessageWaiting, Outcome, Place,
    Problem, Rating, SkipPin, SoundSecond, TlsAgreement, TroubleView,
};
use hark_phone::{
    AccountSettings, AddressLabel, AudioSettings, CallDirection, CallId, CallKind, CallState,
    CallView, Contact, ContactAddress, ContactCard, ContactOrigin, Presence, RegistrationView,
    RingRules, Snapshot, SoundTrouble,
};
use jiff::civil::date;
use jiff::tz::TimeZone;

pub const CALL: CallId = CallId(7);
pub const OTHER_CALL: CallId = CallId(8);

/// Thursday, 5 March 2026, 10:45.
pub fn moment() -> Moment {
    static NOW: OnceLock<Instant> = OnceLock::new();
    let wall = date(2026, 3, 5).at(10, 45, 0, 0).to_zoned(TimeZone::UTC);
    Moment {
        now: *NOW.get_or_init(Instant::now),
        wall: wall.expect("UTC has every time"),
    }
}

pub fn account() -> AccountSettings {
    AccountSettings {
        address: "dana@example.test".into(),
        display_name: Some("Dana Whitfield".into()),
        ..AccountSettings::default()
    }
}

/// Signed in, three new messages, four calls behind.
pub fn signed_in() -> Snapshot {
    Snapshot {
        account: Some(account()),
        registration: RegistrationView::Registered,
        message_waiting: Some(MessageWaiting {
            new: 3,
            old: 2,
            urgent_new: 0,
        }),
        history: history().into(),
        missed_unseen: 1,
        devices: devices(),
        audio: AudioSettings::default(),
        skip_pin: SkipPin::Yes,
        ..Snapshot::default()
    }
}

/// What an engine says in English, as it says it in the language that is spoken.
pub fn said(text: &str) -> String {
    hark_words::said_anew(text)
}

pub const SILENT: &str =
    "The server pbx.example.test does not answer. Check the network connection; Hark keeps trying.";

pub const WRONG_PASSWORD: &str = "The password or the user name is wrong. Type the password again; if the server \
     knows you by another name, type that as the user name.";

pub fn offline() -> Snapshot {
    Snapshot {
        registration: RegistrationView::Lost {
            problem: Problem {
                text: said(SILENT),
                detail: "connect to 192.0.2.10:5061: timed out".into(),
            },
            next_try: moment().now + Duration::from_secs(12),
        },
        skip_pin: SkipPin::NotRegistered,
        ..signed_in()
    }
}

pub fn refused() -> RegistrationView {
    RegistrationView::Failed(Problem {
        text: said(WRONG_PASSWORD),
        detail: "REGISTER sip:example.test: 403 Forbidden".into(),
    })
}

pub fn in_call(call: CallView) -> Snapshot {
    Snapshot {
        calls: vec![call],
        ..signed_in()
    }
}

/// Our own mailbox, 83 seconds in.
pub fn voicemail_call() -> CallView {
    CallView {
        state: CallState::Connected,
        title: "Voicemail".into(),
        connected_at: Some(moment().now - Duration::from_secs(83)),
        skip_pin: Some(true),
        media: Some(media()),
        ..CallView::new(CALL, CallDirection::Outgoing, CallKind::Voicemail)
    }
}

pub fn play_on_phone() -> CallView {
    CallView {
        direction: CallDirection::Incoming,
        kind: CallKind::PlayOnPhone,
        state: CallState::Ringing,
        title: "Dana Whitfield".into(),
        subtitle: "dana@example.test".into(),
        connected_at: None,
        skip_pin: None,
        media: None,
        ..voicemail_call()
    }
}

pub fn priya_rings() -> CallView {
    CallView {
        id: OTHER_CALL,
        kind: CallKind::Person,
        title: "Priya Raman".into(),
        subtitle: "priya@example.test".into(),
        may_deflect: true,
        ..play_on_phone()
    }
}

/// A person, 83 seconds in.
pub fn priya_talks() -> CallView {
    CallView {
        id: CALL,
        state: CallState::Connected,
        connected_at: voicemail_call().connected_at,
        media: Some(media()),
        may_deflect: false,
        ..priya_rings()
    }
}

pub fn tom_on_hold() -> CallView {
    CallView {
        id: OTHER_CALL,
        kind: CallKind::Person,
        title: "Tom Eriksen".into(),
        held: true,
        skip_pin: None,
        ..voicemail_call()
    }
}

fn media() -> MediaView {
    MediaView {
        loss_percent: 0.4,
        jitter: Duration::from_millis(3),
        playout_delay: Duration::from_millis(24),
        round_trip: Some(Duration::from_millis(18)),
        delay: Duration::from_millis(53),
        rating: Some(rating(91.0, 4.4)),
        peer_loss_percent: Some(0.2),
        speaker_level: 0.68,
        microphone_level: 0.3,
        ..MediaView::new("PCMU", Some("AES_CM_128_HMAC_SHA1_80"), Some("SDES"))
    }
}

fn rating(r_factor: f32, mos: f32) -> Rating {
    Rating {
        r_factor,
        mos,
        mos_listening: mos,
    }
}

/// A call whose last minute was good, then broken, then silent, then good again.
pub fn uneven_call() -> CallView {
    let second = |n: u32| {
        let rating = match n {
            20..=23 => Some(rating(75.0, 3.8)),
            24..=27 => Some(rating(65.0, 3.4)),
            28..=33 => Some(rating(40.0, 2.1)),
            34..=36 => None,
            _ => Some(rating(91.0, 4.4)),
        };
        SoundSecond {
            loss_percent: 0.0,
            jitter: Duration::from_millis(3),
            delay: Duration::from_millis(53),
            rating,
        }
    };
    let media = MediaView {
        seconds: (0..60).map(second).collect(),
        ..media()
    };
    CallView {
        media: Some(media),
        ..priya_talks()
    }
}

/// A call in which nothing comes back.
pub fn one_way_call() -> CallView {
    let text = "Hark sends your voice to Priya Raman, but nothing comes back. Hang up and call again; \
                if that does not help, ask your administrator whether a firewall stops the sound.";
    CallView {
        troubles: vec![TroubleView {
            trouble: SoundTrouble::OneWay,
            text: said(text),
        }],
        ..priya_talks()
    }
}

pub fn devices() -> Devices {
    Devices {
        outputs: vec!["Built-in speakers".into(), "USB headset".into()],
        inputs: vec!["Built-in microphone".into(), "USB headset".into()],
    }
}

pub fn history() -> Vec<HistoryEntry> {
    let minutes = |count: u64| Duration::from_secs(count * 60);
    vec![
        entry(1, "Priya Raman", Outcome::Missed, 5, Duration::ZERO),
        HistoryEntry {
            direction: CallDirection::Outgoing,
            kind: CallKind::Voicemail,
            ..entry(
                2,
                "Voicemail",
                Outcome::Answered,
                47,
                Duration::from_secs(80),
            )
        },
        entry(3, "Tom Eriksen", Outcome::Answered, 60 * 20, minutes(12)),
        entry(
            4,
            "+1 425 555 0143",
            Outcome::AnsweredElsewhere,
            60 * 22,
            Duration::ZERO,
        ),
        HistoryEntry {
            direction: CallDirection::Outgoing,
            ..entry(
                5,
                "Front desk",
                Outcome::Cancelled,
                60 * 24 * 3,
                Duration::ZERO,
            )
        },
    ]
}

/// What the store finds among these calls.
pub fn listed(calls: &[HistoryEntry], question: HistoryQuestion) -> HistoryList {
    let wanted = |entry: &&HistoryEntry| {
        let filter = match question.filter {
            HistoryFilter::All => true,
            HistoryFilter::Missed => entry.outcome == Outcome::Missed,
            HistoryFilter::Voicemail => {
                matches!(entry.kind, CallKind::Voicemail | CallKind::PlayOnPhone)
            }
        };
        let named = || entry.title.to_lowercase().contains(&question.search);
        filter && (question.search.is_empty() || named())
    };
    let found: Vec<_> = calls.iter().filter(wanted).collect();
    let date = |entry: &HistoryEntry| {
        let began = jiff::Timestamp::try_from(entry.began).expect("a time of ours");
        began.to_zoned(TimeZone::UTC).date()
    };
    let days = found.chunk_by(|a, b| date(a) == date(b));
    let days = days.map(|day| HistoryDay {
        date: date(day[0]),
        calls: day.len(),
    });
    let rows = found
        .iter()
        .skip(question.first)
        .take(HistoryQuestion::ROWS);
    HistoryList {
        days: days.collect(),
        rows: rows.map(|&entry| entry.clone()).collect(),
        question,
    }
}

/// Three contacts, two of them favourites.
pub fn contacts() -> Arc<[Contact]> {
    let contact = |(id, name, favourite, addresses): (i64, &str, bool, &[(AddressLabel, &str)])| {
        let address = |&(label, address): &(AddressLabel, &str)| ContactAddress {
            label,
            address: address.to_owned(),
        };
        let card = ContactCard {
            name: name.to_owned(),
            addresses: addresses.iter().map(address).collect(),
            favourite,
        };
        Contact::new(id, ContactOrigin::Here, card)
    };
    [
        (1, "Front desk", false, &[(AddressLabel::Work, "2001")][..]),
        (
            2,
            "Priya Raman",
            true,
            &[
                (AddressLabel::Work, "+1 425 555 0143"),
                (AddressLabel::Mobile, "+1 425 555 0199"),
            ],
        ),
        (
            3,
            "Tom Eriksen",
            true,
            &[(AddressLabel::Home, "tom@example.test")],
        ),
    ]
    .map(contact)
    .into()
}

pub fn with_contacts() -> Snapshot {
    Snapshot {
        contacts: contacts(),
        ..signed_in()
    }
}

/// An incoming call from a person, some minutes ago.
fn entry(
    id: i64,
    title: &str,
    outcome: Outcome,
    minutes_ago: u64,
    talked: Duration,
) -> HistoryEntry {
    let now = SystemTime::from(moment().wall.timestamp());
    let user = title.split(' ').next().unwrap_or(title).to_lowercase();
    HistoryEntry {
        account: None,
        id,
        direction: CallDirection::Incoming,
        kind: CallKind::Person,
        outcome,
        title: title.into(),
        address: format!("sip:{user}@example.test"),
        began: now - Duration::from_secs(minutes_ago * 60),
        talked,
    }
}

/// Forwarding and a block list in use.
pub fn with_rules() -> Snapshot {
    Snapshot {
        ring_rules: RingRules {
            forward_no_answer: Some("2999".into()),
            blocked: vec!["*@spam.test".into(), "+1555*".into()],
            refuse_anonymous: true,
            ..RingRules::default()
        },
        ..signed_in()
    }
}

/// A mailbox that asks for its PIN.
pub fn with_pin(pin_known: bool) -> Snapshot {
    Snapshot {
        account: Some(AccountSettings {
            asks_for_pin: true,
            ..account()
        }),
        skip_pin: SkipPin::AsksForPin,
        pin_known,
        ..signed_in()
    }
}

pub fn presence(presence: Presence, snapshot: Snapshot) -> Snapshot {
    Snapshot {
        presence,
        ..snapshot
    }
}

/// A server whose certificate comes from an authority that nobody knows here.
pub fn unknown_authority() -> Snapshot {
    let problem = Problem {
        text: said(
            "The certificate of pbx.example.test comes from an authority that this computer does not trust. \
             Ask your administrator for the certificate authority file and choose it in the account settings.",
        ),
        detail: "the certificate comes from an authority that is not trusted".into(),
    };
    Snapshot {
        account: Some(account()),
        registration: RegistrationView::Failed(problem.clone()),
        diagnosis: Diagnosis {
            cause: Some(Cause::UnknownAuthority),
            connection: Some(Arc::new(Connection {
                open: None,
                tls: None,
                seen_from: None,
                registered_until: None,
                keep_alive: None,
                attempts: vec![AttemptView {
                    address: ([192, 0, 2, 10], 5061).into(),
                    problem: Some(problem),
                }],
                ..connection()
            })),
            failures: Arc::default(),
        },
        ..Snapshot::default()
    }
}

/// Signed in behind a translator, with these failures a minute ago.
pub fn diagnosed(failures: &[&str]) -> Snapshot {
    let at = SystemTime::from(moment().wall.timestamp()) - Duration::from_secs(60);
    let failure = |text: &&str| Failure {
        at,
        text: said(text),
        times: 1,
        names: Arc::default(),
    };
    Snapshot {
        diagnosis: Diagnosis {
            connection: Some(Arc::new(connection())),
            cause: None,
            failures: failures.iter().map(failure).collect(),
        },
        ..signed_in()
    }
}

/// The way to a server that serves us, behind a translator.
pub fn connection() -> Connection {
    let address: IpAddr = [192, 0, 2, 10].into();
    Connection {
        server: "example.test".into(),
        username: "dana".into(),
        lookups: vec![
            LookupView {
                name: "_sips._tcp.example.test".into(),
                found: Found::Servers(vec!["pbx.example.test:5061".into()]),
            },
            LookupView {
                name: "pbx.example.test".into(),
                found: Found::Addresses(vec![address]),
            },
        ],
        place: Some(Place {
            host: "pbx.example.test".into(),
            port: 5061,
            addresses: vec![address],
        }),
        attempts: vec![AttemptView {
            address: (address, 5061).into(),
            problem: None,
        }],
        chain: vec![certificate(
            "CN=pbx.example.test",
            "CN=Example Authority, O=Example",
            1,
        )],
        tls: Some(TlsAgreement {
            version: "TLS 1.3",
            suite: "TLS13_AES_256_GCM_SHA384",
        }),
        open: Some(Ends {
            local: ([10, 0, 0, 5], 50_112).into(),
            remote: (address, 5061).into(),
            encrypted: true,
        }),
        seen_from: Some(([198, 51, 100, 7], 40_001).into()),
        authenticated: true,
        registered_until: Some(moment().now + Duration::from_secs(1_800)),
        keep_alive: Some(KeepAliveView {
            agreement: KeepAliveAgreement::Outbound,
            interval: Duration::from_secs(50),
            last_answer: Some(moment().now - Duration::from_secs(20)),
        }),
    }
}

fn certificate(subject: &str, issuer: &str, number: u8) -> Certificate {
    let now = SystemTime::from(moment().wall.timestamp());
    Certificate {
        subject: subject.into(),
        issuer: issuer.into(),
        names: vec!["pbx.example.test".into(), "example.test".into()],
        not_before: Some(now - 100 * DAY),
        not_after: Some(now + 200 * DAY),
        fingerprint: Fingerprint(std::array::from_fn(|index| {
            number.wrapping_mul(index as u8 + 7)
        })),
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);
