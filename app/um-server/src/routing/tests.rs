//! Every rule of where an INVITE goes, as tables.

use Forwarding::{Immediate, Off};
use Reach::{SignedIn, SignedOut};

use super::*;

/// Dana's forwarding and reach, who calls which Request-URI with which `Ms-Sensitivity`, and
/// the verdict.
type Row = (
    Forwarding,
    Reach,
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
);

const TABLE: &[Row] = &[
    // Ordinary calls.
    (
        Forwarding::Unanswered,
        SignedIn,
        Some("bob"),
        "sip:dana@x",
        "",
        "ring, then voicemail",
    ),
    (
        Forwarding::Unanswered,
        SignedIn,
        None,
        "sip:dana@x",
        "",
        "ring, then voicemail",
    ),
    (
        Forwarding::Unanswered,
        SignedIn,
        Some("bob"),
        "sip:2041@x",
        "",
        "ring, then voicemail",
    ),
    (
        Forwarding::Unanswered,
        SignedIn,
        Some("bob"),
        "sip:%64ana@x",
        "",
        "ring, then voicemail",
    ),
    (
        Forwarding::Unanswered,
        SignedOut,
        Some("bob"),
        "sip:dana@x",
        "",
        "deposit unavailable",
    ),
    (
        Immediate,
        SignedIn,
        Some("bob"),
        "sip:dana@x",
        "",
        "deposit unconditional",
    ),
    (
        Immediate,
        SignedOut,
        Some("bob"),
        "sip:dana@x",
        "",
        "deposit unconditional",
    ),
    (Off, SignedIn, Some("bob"), "sip:dana@x", "", "ring"),
    (Off, SignedOut, Some("bob"), "sip:dana@x", "", "480"),
    (Off, SignedIn, Some("bob"), "sip:nobody@x", "", "404"),
    (Off, SignedIn, Some("bob"), "sip:x", "", "404"),
    // OX-12: private-no-diversion.
    (
        Immediate,
        SignedIn,
        Some("dana"),
        "sip:dana@x",
        "private-no-diversion",
        "ring",
    ),
    (
        Immediate,
        SignedIn,
        Some("bob"),
        "sip:dana@x",
        "Private-No-Diversion",
        "ring",
    ),
    (
        Immediate,
        SignedOut,
        Some("dana"),
        "sip:dana@x",
        "private-no-diversion",
        "480",
    ),
    (
        Forwarding::Unanswered,
        SignedIn,
        Some("dana"),
        "sip:dana@x",
        "private-no-diversion",
        "ring",
    ),
    (
        Forwarding::Unanswered,
        SignedOut,
        Some("dana"),
        "sip:dana@x",
        "private-no-diversion",
        "480",
    ),
    // OX-12: a call of that form without the header is forwarded as any other.
    (
        Immediate,
        SignedIn,
        Some("dana"),
        "sip:dana@x",
        "",
        "deposit unconditional",
    ),
    (
        Forwarding::Unanswered,
        SignedIn,
        Some("dana"),
        "sip:dana@x",
        "",
        "ring, then voicemail",
    ),
    // OX-13: other values mean nothing.
    (
        Immediate,
        SignedIn,
        Some("bob"),
        "sip:dana@x",
        "private",
        "deposit unconditional",
    ),
    (
        Immediate,
        SignedIn,
        Some("bob"),
        "sip:dana@x",
        "normal",
        "deposit unconditional",
    ),
    (
        Immediate,
        SignedIn,
        Some("bob"),
        "sip:dana@x",
        "no-diversion-private",
        "deposit unconditional",
    ),
    // Voicemail itself.
    (
        Immediate,
        SignedIn,
        Some("dana"),
        "sip:dana@x;opaque=app:voicemail",
        "",
        "open dana",
    ),
    (
        Off,
        SignedOut,
        Some("dana"),
        "sip:dana@x;gruu;opaque=app:voicemail",
        "",
        "open dana",
    ),
    (
        Off,
        SignedIn,
        Some("dana"),
        "sip:2041@x;OPAQUE=App:Voicemail",
        "",
        "open dana",
    ),
    (
        Off,
        SignedIn,
        Some("dana"),
        "sip:dana@x;opaque=app:voicemail",
        "private-no-diversion",
        "open dana",
    ),
    (
        Off,
        SignedIn,
        Some("bob"),
        "sip:dana@x;opaque=app:voicemail",
        "",
        "deposit dialled",
    ),
    (
        Off,
        SignedIn,
        None,
        "sip:dana@x;opaque=app:voicemail",
        "",
        "deposit dialled",
    ),
    (
        Off,
        SignedIn,
        Some("bob"),
        "sip:nobody@x;opaque=app:voicemail",
        "",
        "404",
    ),
    (
        Off,
        SignedIn,
        Some("dana"),
        "sip:dana@x;opaque=app:conference",
        "",
        "ring",
    ),
    (Off, SignedIn, Some("bob"), "sip:*97@x", "", "open bob"),
    (Off, SignedIn, None, "sip:*97@x", "", "404"),
];

fn verdict(row: &Row) -> String {
    let (forwarding, reach, caller, uri, sensitivity, _) = *row;
    let dana = User {
        forwarding,
        extension: Some("2041".to_owned()),
        ..User::new("dana", "password", "1234")
    };
    let users = [dana];
    let mut headers = Headers::default();
    if !sensitivity.is_empty() {
        headers.push("Ms-Sensitivity", sensitivity);
    }
    let target = target(&uri.parse().unwrap(), &users, "*97", |_| reach);
    let diversion = Diversion::of(&headers);
    match route(&CallFacts {
        caller,
        target,
        diversion,
    }) {
        Verdict::Ring {
            unanswered: Unanswered::Fails,
            ..
        } => "ring".to_owned(),
        Verdict::Ring { .. } => "ring, then voicemail".to_owned(),
        Verdict::OpenMailbox { user } => format!("open {user}"),
        Verdict::Deposit { cause, .. } => format!("deposit {cause:?}").to_lowercase(),
        Verdict::Refuse(status) => status.to_string(),
    }
}

#[test]
fn ox12_ox13_every_call_goes_where_the_table_says() {
    for row in TABLE {
        assert_eq!(verdict(row), row.5, "{row:?}");
    }
}

#[test]
fn ox12_after_ringing_only_a_call_that_may_be_forwarded_reaches_voicemail() {
    let table = [
        (408, Some(Cause::NoAnswer)),
        (480, Some(Cause::Unavailable)),
        (486, Some(Cause::Busy)),
        (600, Some(Cause::Busy)),
        (603, Some(Cause::Declined)),
        (302, None),
        (404, None),
        (487, None),
        (488, None),
        (500, None),
    ];
    for (number, cause) in table {
        let status = StatusCode::new(number).unwrap();
        let after = |unanswered| after_ringing(unanswered, Diversion::Allowed, status);
        let expected = cause.map_or(Aftermath::PassOn, Aftermath::Voicemail);
        assert_eq!(after(Unanswered::ToVoicemail), expected, "{number}");
        assert_eq!(after(Unanswered::Fails), Aftermath::PassOn, "{number}");
        let forbidden = after_ringing(Unanswered::Fails, Diversion::Forbidden, status);
        let refused = Aftermath::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE);
        let expected = if number == 302 {
            refused
        } else {
            Aftermath::PassOn
        };
        assert_eq!(forbidden, expected, "{number}");
    }
}
