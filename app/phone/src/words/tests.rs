//! Every sentence is one for people.

use hark_audio::Role;
use hark_media::SoundTrouble;
use hark_words::{Language, speak_here};

use super::*;

/// Every text is one or more whole sentences without technical words.
#[track_caller]
fn is_for_people(text: &str) {
    assert!(text.ends_with('.'), "{text}");
    assert!(text.len() > 15 && text.len() < 260, "{text}");
    for word in ["SIP", "TLS", "SDP", "SRTP", "REGISTER", "INVITE", "  "] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn every_flow_error_has_its_own_words() {
    let errors = [
        FlowError::NameNotFound,
        FlowError::LookupFailed,
        FlowError::NetworkChanged,
        FlowError::Unreachable,
        FlowError::Refused,
        FlowError::CertificateExpired,
        FlowError::CertificateNotYetValid,
        FlowError::CertificateWrongName,
        FlowError::CertificateUnknownIssuer,
        FlowError::CertificateOther("bad curve".into()),
        FlowError::Tls("no common version".into()),
        FlowError::Closed,
    ];
    let mut seen = Vec::new();
    for error in errors {
        let problem = flow(&error, "sip.example.test");
        is_for_people(&problem.text);
        assert!(problem.text.contains("sip.example.test"));
        assert!(!seen.contains(&problem.text), "{}", problem.text);
        seen.push(problem.text);
    }
}

/// In these cases the phone tries again by itself, whatever the user does.
#[test]
fn where_hark_keeps_trying_it_says_so() {
    let flows = [
        FlowError::NameNotFound,
        FlowError::LookupFailed,
        FlowError::NetworkChanged,
        FlowError::Unreachable,
        FlowError::TimedOut,
        FlowError::Refused,
        FlowError::Tls("no common version".into()),
        FlowError::Closed,
        FlowError::Silent,
        FlowError::Broken("reset".into()),
    ];
    let others = [RegistrationError::TimedOut, RegistrationError::Silent];
    let busy = StatusCode::new(503).map(RegistrationError::Status);
    let reasons = flows.map(RegistrationError::Flow).into_iter();
    for reason in reasons.chain(others).chain(busy) {
        for (language, said) in [
            (Language::English, ["keeps trying", "again"]),
            (Language::German, ["versucht es", "verbindet sich neu"]),
        ] {
            let _spoken = speak_here(language);
            let text = registration(&reason, "example.test").text;
            assert!(said.iter().any(|said| text.contains(said)), "{text}");
        }
    }
}

#[test]
fn every_status_has_words() {
    for code in 300..=699 {
        let status = StatusCode::new(code).unwrap();
        let reason = RegistrationError::Status(status);
        is_for_people(&registration(&reason, "example.test").text);
        is_for_people(&refused_call(status, "Bob"));
    }
    for reason in [
        RegistrationError::WrongPassword,
        RegistrationError::UnsupportedChallenge,
        RegistrationError::TimedOut,
        RegistrationError::Silent,
    ] {
        is_for_people(&registration(&reason, "example.test").text);
    }
}

#[test]
fn every_end_has_words_but_hanging_up() {
    let status = StatusCode::BUSY_HERE;
    for (reason, outcome, silent) in [
        (EndReason::Local, Outcome::Cancelled, true),
        (EndReason::HungUp { cause: None }, Outcome::Answered, true),
        (EndReason::Cancelled { cause: None }, Outcome::Missed, false),
        (
            EndReason::Cancelled { cause: None },
            Outcome::AnsweredElsewhere,
            false,
        ),
        (
            EndReason::Refused {
                status,
                cause: None,
            },
            Outcome::Failed,
            false,
        ),
        (EndReason::TimedOut, Outcome::Failed, false),
        (EndReason::FlowLost, Outcome::Failed, false),
        (EndReason::TooManyRedirects, Outcome::Failed, false),
        (EndReason::NoSessionDescription, Outcome::Failed, false),
        (EndReason::NotAuthorized, Outcome::Failed, false),
        (EndReason::TooManyCalls, Outcome::Failed, false),
    ] {
        let text = ended(&reason, "Bob", outcome);
        assert_eq!(text.is_none(), silent, "{reason:?}");
        text.iter().for_each(|text| is_for_people(text));
    }
}

#[test]
fn everything_in_the_way_to_an_address_book_has_words() {
    use crate::address_book::AddressBookError as E;
    let reason = || "invalid peer certificate: UnknownIssuer".to_owned();
    let mut seen = Vec::new();
    for error in [
        E::NoAddress,
        E::Address,
        E::NotSecure,
        E::NoPassword,
        E::CaFile(reason()),
        E::OtherSignIn,
        E::WrongPassword,
        E::Forbidden,
        E::NoAddressBook,
        E::LeadsElsewhere("https://dav.example.test:8443".into()),
        E::LeadsOn,
        E::Status(503),
        E::NotUnderstood(reason()),
        E::TooLarge,
        E::NotFound,
        E::Certificate(reason()),
        E::TooSlow,
        E::Unreachable(reason()),
    ] {
        let text = error.problem().text;
        is_for_people(&text);
        assert!(!seen.contains(&text), "{text}");
        // What is tried again by itself says so.
        let tells = text.contains("tries again by itself") || text.contains("was not found. Check");
        assert_eq!(error.may_pass(), tells, "{text}");
        seen.push(text);
    }
}

#[test]
fn every_rejection_has_words() {
    for rejection in [
        Rejection::Malformed("line 3".into()),
        Rejection::NoAudio,
        Rejection::NoCommonCodec,
        Rejection::EncryptionRequired,
        Rejection::EncryptionUnavailable,
        Rejection::NotExpected,
    ] {
        is_for_people(&media(&rejection.into()));
    }
    is_for_people(&secret(&SecretError::TimedOut).text);
    is_for_people(&no_password("alice@example.test", "").text);
    for role in [Role::Speaker, Role::Microphone, Role::Ringer] {
        is_for_people(&missing_device(role));
    }
    for trouble in [
        SoundTrouble::StreamStopped,
        SoundTrouble::OneWay,
        SoundTrouble::SilentMicrophone,
        SoundTrouble::Clipping,
        SoundTrouble::NoKeys,
        SoundTrouble::WrongCertificate,
    ] {
        is_for_people(&sound_trouble(trouble, "Priya Raman"));
    }
    for error in [
        DigitsError::NotADigit,
        DigitsError::NotSupported,
        DigitsError::TooMany,
    ] {
        is_for_people(&digits(error));
    }
}
