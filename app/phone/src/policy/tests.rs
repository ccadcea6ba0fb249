//! The table of who rings: every rule in every presence state.

use hark_sip::message::{Headers, Method, Request};

use super::*;

const STATES: [Presence; 5] = [
    Presence::Available,
    Presence::Busy,
    Presence::DoNotDisturb,
    Presence::Away,
    Presence::AppearOffline,
];

fn account() -> Account {
    let settings = toml::from_str("address = 'alice@contoso.com'").unwrap();
    Account::read(&settings).unwrap()
}

/// An INVITE with these header lines, as it would come on the registrar's flow or on another one.
fn invite(lines: &str, on_registrar_flow: bool) -> CallFacts {
    let uri = "sip:192.0.2.10:50230;transport=tls".parse().unwrap();
    let mut request = Request::new(Method::Invite, uri);
    request.headers = Headers::default();
    for line in lines.lines() {
        let (name, value) = line.split_once(':').unwrap();
        request.headers.push(name.trim(), value.trim());
    }
    CallFacts::read(&request, on_registrar_flow).unwrap()
}

const ORDINARY: &str = "From: <sip:bob@contoso.com>;tag=1
    To: <sip:alice@contoso.com>
    Contact: <sip:bob@192.0.2.20>";

const PLAY_ON_PHONE: &str = "From: <sip:alice@contoso.com>;epid=00AA;tag=1
    To: <sip:alice@contoso.com>;epid=6b5d10e663
    Contact: <sip:exchange.contoso.com:5066;transport=Tls>;automata
    Ms-Sensitivity: private-no-diversion";

/// What each presence state does, in the order of [`STATES`]: `r`ing or re`f`use with 480.
#[track_caller]
fn check(facts: &CallFacts, kind: CallKind, states: &str) {
    for (presence, expected) in STATES.into_iter().zip(states.chars()) {
        let (got_kind, got) = match admit(facts, &account(), presence, 0) {
            Verdict::Ring { kind, .. } => (kind, 'r'),
            Verdict::Refuse { kind, status, .. } => {
                assert_eq!(status.code(), 480);
                (kind, 'f')
            }
        };
        assert_eq!((got_kind, got), (kind, expected), "{presence:?}");
    }
}

#[test]
fn ox10_an_ordinary_call_rings_unless_the_user_is_not_to_be_found() {
    check(&invite(ORDINARY, true), CallKind::Person, "rrfrf");
}

#[test]
fn ox9_from_equals_to_rings_in_every_presence_state() {
    check(&invite(PLAY_ON_PHONE, true), CallKind::PlayOnPhone, "rrrrr");
}

#[test]
fn ox9_the_match_alone_decides() {
    let bare = "From: <sip:alice@contoso.com>;tag=1\nTo: <sip:alice@contoso.com>";
    check(&invite(bare, true), CallKind::PlayOnPhone, "rrrrr");
    let names = "From: \"Voice\" <sip:alice@CONTOSO.com>;tag=1\nTo: \"A\" <sip:alice@contoso.com>";
    check(&invite(names, true), CallKind::PlayOnPhone, "rrrrr");
}

#[test]
fn ox9_sensitivity_and_automata_open_no_door() {
    let dressed_up = "From: <sip:bob@contoso.com>;tag=1
        To: <sip:alice@contoso.com>
        Contact: <sip:bob@192.0.2.20>;automata
        Ms-Sensitivity: private-no-diversion
        User-Agent: RTCC/3.0.0.0";
    check(&invite(dressed_up, true), CallKind::Automatic, "rrfrf");
    let other_case = "From: <sip:Alice@contoso.com>;tag=1\nTo: <sip:alice@contoso.com>";
    check(&invite(other_case, true), CallKind::Person, "rrfrf");
    let parameter = "From: <sip:alice@contoso.com;user=phone>;tag=1\nTo: <sip:alice@contoso.com>";
    check(&invite(parameter, true), CallKind::Person, "rrfrf");
}

#[test]
fn ox15_play_on_phone_counts_on_the_registrars_flow_only() {
    check(&invite(PLAY_ON_PHONE, false), CallKind::Automatic, "rrfrf");
}

#[test]
fn ox16_a_machine_is_never_shown_as_a_person() {
    let machine = ORDINARY.replace("192.0.2.20>", "192.0.2.20>;automata");
    check(&invite(&machine, true), CallKind::Automatic, "rrfrf");
}

#[test]
fn ox16_the_origin_is_shown() {
    let shown = |lines: &str| match admit(&invite(lines, true), &account(), Presence::Available, 0)
    {
        Verdict::Ring { caller, .. } => (caller.title, caller.subtitle),
        Verdict::Refuse { .. } => unreachable!("available"),
    };
    let row = |title: &str, subtitle: &str| (title.to_owned(), subtitle.to_owned());
    assert_eq!(shown(PLAY_ON_PHONE), row("Voicemail – Play on Phone", ""));
    assert_eq!(shown(ORDINARY), row("bob", ""));
    let named = ORDINARY.replace("<sip:bob@contoso.com>", "\"Bob\" <sip:+1555@far.test>");
    assert_eq!(shown(&named), row("Bob", "+1555@far.test"));
    let disguised = ORDINARY.replace("From: ", "From: \"Voicemail \u{2013} Play on Phone\" ");
    assert_eq!(shown(&disguised).1, "bob");
}

#[test]
fn ox11_no_verdict_forwards() {
    for lines in [ORDINARY, PLAY_ON_PHONE] {
        for presence in STATES {
            let facts = invite(lines, true);
            match admit(&facts, &account(), presence, 0) {
                Verdict::Ring { .. } => {}
                Verdict::Refuse { status, .. } => assert!(!status.is_redirection()),
            }
        }
    }
}

#[test]
fn too_many_calls_are_busy_and_appear_offline_stays_480() {
    let status = |lines: &str, presence| match admit(
        &invite(lines, true),
        &account(),
        presence,
        MAX_CALLS,
    ) {
        Verdict::Refuse { status, .. } => status.code(),
        Verdict::Ring { .. } => 180,
    };
    assert_eq!(status(ORDINARY, Presence::Available), 486);
    assert_eq!(status(PLAY_ON_PHONE, Presence::Available), 486);
    assert_eq!(status(ORDINARY, Presence::AppearOffline), 480);
    assert_eq!(status(ORDINARY, Presence::DoNotDisturb), 480);
}
