//! The table of who rings: every rule in every presence state. The page for people is printed from
//! the same rows.

use hark_sip::message::{Headers, Method, Request};

use super::page::page;
use super::*;
use crate::settings::RingRules;

pub(super) const STATES: [Presence; 5] = [
    Presence::Available,
    Presence::Busy,
    Presence::DoNotDisturb,
    Presence::Away,
    Presence::AppearOffline,
];

/// Who calls, when, and what happens in each presence state in the order of [`STATES`].
pub(super) struct Row {
    pub(super) caller: &'static str,
    pub(super) situation: &'static str,
    invite: &'static str,
    came_on: Flow,
    /// The settings, as in the configuration file.
    rules: &'static str,
    live_calls: usize,
    given_up: usize,
    replaces: Option<hark_sip::CallId>,
    pub(super) outcomes: [&'static str; 5],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    OfRegistrar,
    Other,
}

const ORDINARY: &str = "From: <sip:bob@contoso.com>;tag=1
    To: <sip:alice@contoso.com>
    Contact: <sip:bob@192.0.2.20>";

const PLAY_ON_PHONE: &str = "From: <sip:alice@contoso.com>;epid=00AA;tag=1
    To: <sip:alice@contoso.com>;epid=6b5d10e663
    Contact: <sip:exchange.contoso.com:5066;transport=Tls>;automata
    Ms-Sensitivity: private-no-diversion";

const SELF_CALL: &str = "From: \"Voice\" <sip:alice@CONTOSO.com>;tag=1
    To: \"A\" <sip:alice@contoso.com>";

const PRIVATE: &str = "From: <sip:bob@contoso.com>;tag=1
    To: <sip:alice@contoso.com>
    Ms-Sensitivity: private-no-diversion";

const DRESSED_UP: &str = "From: <sip:bob@contoso.com>;tag=1
    To: <sip:alice@contoso.com>
    Contact: <sip:bob@192.0.2.20>;automata
    Ms-Sensitivity: private-no-diversion
    User-Agent: RTCC/3.0.0.0";

const ANONYMOUS: &str = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1
    To: <sip:alice@contoso.com>
    Privacy: id";

const ASSERTED: &str = "From: <sip:anyone@contoso.com>;tag=1
    To: <sip:alice@contoso.com>
    P-Asserted-Identity: <sip:bob@contoso.com>";

const DIVERTED: &str = "From: <sip:bob@contoso.com>;tag=1
    To: <sip:alice@contoso.com>
    Diversion: <sip:a@x>, <sip:b@x>, <sip:c@x>, <sip:d@x>, <sip:e@x>";

const RINGS: [&str; 5] = ["rings"; 5];
const LET_THROUGH: [&str; 5] = ["rings", "rings", "480", "rings", "480"];

const fn row(caller: &'static str, invite: &'static str, outcomes: [&'static str; 5]) -> Row {
    Row {
        caller,
        situation: "",
        invite,
        came_on: Flow::OfRegistrar,
        rules: "",
        live_calls: 0,
        given_up: 0,
        replaces: None,
        outcomes,
    }
}

impl Row {
    const fn elsewhere(mut self) -> Self {
        self.came_on = Flow::Other;
        self
    }

    const fn with(mut self, situation: &'static str, rules: &'static str) -> Self {
        self.situation = situation;
        self.rules = rules;
        self
    }

    const fn beside(mut self, live_calls: usize) -> Self {
        self.live_calls = live_calls;
        self
    }

    const fn replacing(mut self) -> Self {
        self.replaces = Some(hark_sip::CallId(1));
        self
    }

    const fn after(mut self, given_up: usize) -> Self {
        self.given_up = given_up;
        self
    }
}

const ALWAYS: &str = "forward_always = 'carol'";
const SENT_ON: [&str; 5] = ["302 carol", "302 carol", "480", "302 carol", "480"];

pub(super) const ROWS: &[Row] = &[
    row("a person", ORDINARY, LET_THROUGH),
    row("Play on Phone", PLAY_ON_PHONE, RINGS),
    row("Play on Phone, bare", SELF_CALL, RINGS),
    row(
        "Play on Phone, not from the registrar",
        PLAY_ON_PHONE,
        LET_THROUGH,
    )
    .elsewhere(),
    row(
        "somebody dressed up as Play on Phone",
        DRESSED_UP,
        LET_THROUGH,
    ),
    row("a caller without a number", ANONYMOUS, LET_THROUGH),
    // The block list.
    row(
        "a blocked caller",
        ORDINARY,
        ["603", "603", "603", "603", "480"],
    )
    .with("block list", "blocked = ['bob']"),
    row(
        "a blocked caller by the server's word",
        ASSERTED,
        ["603", "603", "603", "603", "480"],
    )
    .with("block list", "blocked = ['bob']"),
    row("the same word from elsewhere", ASSERTED, LET_THROUGH)
        .with("block list", "blocked = ['bob']")
        .elsewhere(),
    row(
        "a blocked caller",
        ORDINARY,
        ["603", "603", "603", "603", "480"],
    )
    .with(
        "block list, forward always",
        "blocked = ['*@contoso.com']\nforward_always = 'carol'",
    ),
    row("Play on Phone", PLAY_ON_PHONE, RINGS).with(
        "own domain on the block list",
        "blocked = ['*@contoso.com']",
    ),
    // Callers without a number.
    row(
        "a caller without a number",
        ANONYMOUS,
        ["433", "433", "433", "433", "480"],
    )
    .with("such callers are refused", "refuse_anonymous = true"),
    row("a person", ORDINARY, LET_THROUGH)
        .with("such callers are refused", "refuse_anonymous = true"),
    // Floods.
    row("a person", ORDINARY, ["480"; 5])
        .with("3 calls given up, limit 3", "flood_limit = 3")
        .after(3),
    row("a person", ORDINARY, LET_THROUGH)
        .with("2 calls given up, limit 3", "flood_limit = 3")
        .after(2),
    row("a person", ORDINARY, LET_THROUGH)
        .with("1,000 calls given up, no limit", "flood_limit = 0")
        .after(1_000),
    row("Play on Phone", PLAY_ON_PHONE, RINGS)
        .with("3 calls given up, limit 3", "flood_limit = 3")
        .after(3),
    // Forwarding.
    row("a person", ORDINARY, SENT_ON).with("forward always", ALWAYS),
    row("a call that forbids it", PRIVATE, LET_THROUGH).with("forward always", ALWAYS),
    row("Play on Phone", PLAY_ON_PHONE, RINGS).with("forward always", ALWAYS),
    row("Play on Phone, bare", SELF_CALL, RINGS).with("forward always", ALWAYS),
    row("a person, not from the registrar", ORDINARY, LET_THROUGH)
        .with("forward always", ALWAYS)
        .elsewhere(),
    row("a call diverted five times", DIVERTED, LET_THROUGH).with("forward always", ALWAYS),
    row("a person", ORDINARY, LET_THROUGH)
        .with("forward when busy, no call", "forward_busy = 'carol'"),
    row("a person", ORDINARY, SENT_ON)
        .with("forward when busy, one call", "forward_busy = 'carol'")
        .beside(1),
    row("Play on Phone", PLAY_ON_PHONE, RINGS)
        .with("forward when busy, one call", "forward_busy = 'carol'")
        .beside(1),
    row(
        "a person",
        ORDINARY,
        [
            "rings 25 s, 302 carol",
            "rings 25 s, 302 carol",
            "480",
            "rings 25 s, 302 carol",
            "480",
        ],
    )
    .with(
        "forward without an answer",
        "forward_no_answer = 'carol'\nno_answer_seconds = 25",
    ),
    row("a call that forbids it", PRIVATE, LET_THROUGH)
        .with("forward without an answer", "forward_no_answer = 'carol'"),
    row("Play on Phone", PLAY_ON_PHONE, RINGS)
        .with("forward without an answer", "forward_no_answer = 'carol'"),
    // Transfers.
    row(
        "somebody who replaces a call",
        ORDINARY,
        ["answered", "answered", "answered", "answered", "480"],
    )
    .with("that call, forward when busy", "forward_busy = 'carol'")
    .beside(1)
    .replacing(),
    // Many calls.
    row("a person", ORDINARY, LET_THROUGH)
        .with("three calls", "")
        .beside(3),
    row("a person", ORDINARY, ["486", "486", "480", "486", "480"])
        .with("four calls", "")
        .beside(4),
    row("Play on Phone", PLAY_ON_PHONE, RINGS)
        .with("four calls", "")
        .beside(4),
    row("Play on Phone", PLAY_ON_PHONE, ["480"; 5])
        .with("eight calls", "")
        .beside(8),
];

fn account() -> Account {
    let settings = toml::from_str("address = 'alice@contoso.com'").unwrap();
    Account::read(&settings).unwrap()
}

/// An INVITE with these header lines, as it would come on the registrar's flow or on another one.
fn invite(lines: &str, came_on: Flow) -> CallFacts {
    let uri = "sip:192.0.2.10:50230;transport=tls".parse().unwrap();
    let mut request = Request::new(Method::Invite, uri);
    request.headers = Headers::default();
    for line in lines.lines() {
        let (name, value) = line.split_once(':').unwrap();
        request.headers.push(name.trim(), value.trim());
    }
    CallFacts::read(&request, came_on == Flow::OfRegistrar).unwrap()
}

fn verdict(row: &Row, presence: Presence) -> Verdict {
    let rules: RingRules = toml::from_str(row.rules).unwrap();
    let wishes = Wishes::read(&rules, &account()).unwrap();
    let situation = Situation {
        presence,
        live_calls: row.live_calls,
        given_up: row.given_up,
        wishes: &wishes,
    };
    let mut facts = invite(row.invite, row.came_on);
    facts.replaces = row.replaces;
    admit(&facts, &account(), situation)
}

fn in_words(treatment: &Treatment) -> String {
    let target = |divert: &Divert| divert.to.user_text().unwrap();
    match treatment {
        Treatment::Ring { unanswered: None } => "rings".into(),
        Treatment::Ring {
            unanswered: Some(divert),
        } => format!("rings {} s, 302 {}", divert.after.as_secs(), target(divert)),
        Treatment::TakeOver => "answered".into(),
        Treatment::Refuse(status) => status.code().to_string(),
        Treatment::Divert(divert) => format!("302 {}", target(divert)),
    }
}

#[test]
fn ox9_ox10_ox11_ox15_every_call_is_treated_as_the_table_says() {
    for row in ROWS {
        let got = STATES.map(|presence| in_words(&verdict(row, presence).treatment));
        assert_eq!(got, row.outcomes, "{} {}", row.caller, row.situation);
    }
}

#[test]
fn every_rule_decides_at_least_one_row() {
    for rule in RULES {
        let decides = |row: &Row| {
            STATES
                .iter()
                .any(|presence| verdict(row, *presence).rule == rule.name)
        };
        assert!(ROWS.iter().any(decides), "{}", rule.name);
    }
}

#[test]
fn the_page_for_people_says_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/who-rings.md");
    if std::env::var_os("HARK_WRITE_PAGES").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept.replace("\r\n", "\n") == page(),
        "docs/who-rings.md is out of date; run this test with HARK_WRITE_PAGES=1"
    );
}

#[test]
fn ox9_other_spellings_are_other_people() {
    let kind = |lines: &str| kind(&invite(lines, Flow::OfRegistrar));
    assert_eq!(kind(SELF_CALL), CallKind::PlayOnPhone);
    let other_case = "From: <sip:Alice@contoso.com>;tag=1\nTo: <sip:alice@contoso.com>";
    assert_eq!(kind(other_case), CallKind::Person);
    let parameter = "From: <sip:alice@contoso.com;user=phone>;tag=1\nTo: <sip:alice@contoso.com>";
    assert_eq!(kind(parameter), CallKind::Person);
}

#[test]
fn ox16_a_machine_is_never_shown_as_a_person() {
    let machine = ORDINARY.replace("192.0.2.20>", "192.0.2.20>;automata");
    assert_eq!(
        kind(&invite(&machine, Flow::OfRegistrar)),
        CallKind::Automatic
    );
    assert_eq!(
        kind(&invite(PLAY_ON_PHONE, Flow::Other)),
        CallKind::Automatic
    );
}

#[test]
fn ox16_the_origin_is_shown() {
    let shown = |lines: &str| {
        let wishes = Wishes::default();
        let situation = Situation {
            presence: Presence::Available,
            live_calls: 0,
            given_up: 0,
            wishes: &wishes,
        };
        let caller = admit(&invite(lines, Flow::OfRegistrar), &account(), situation).caller;
        (caller.title, caller.subtitle)
    };
    let row = |title: &str, subtitle: &str| (title.to_owned(), subtitle.to_owned());
    assert_eq!(shown(PLAY_ON_PHONE), row("Voicemail – Play on Phone", ""));
    assert_eq!(shown(ORDINARY), row("bob", ""));
    let named = ORDINARY.replace("<sip:bob@contoso.com>", "\"Bob\" <sip:+1555@far.test>");
    assert_eq!(shown(&named), row("Bob", "+1555@far.test"));
    let disguised = ORDINARY.replace("From: ", "From: \"Voicemail \u{2013} Play on Phone\" ");
    assert_eq!(shown(&disguised).1, "bob");
}
