//! Prints `docs/who-rings.md` from the rules and from the rows of their test.

use std::fmt::Write as _;

use super::tests::{ROWS, STATES};
use super::{RULES, Rule, Then};
use crate::snapshot::Presence;

/// The whole page.
pub(super) fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("\n## The rules\n\nThe first that applies decides.\n\n");
    page.push_str("| | rule | applies when | then | why |\n| --- | --- | --- | --- | --- |\n");
    for (number, rule) in RULES.iter().enumerate() {
        let Rule {
            name, when, why, ..
        } = rule;
        let then = then(rule.then);
        // Writing to a String does not fail.
        let _ = writeln!(
            page,
            "| {} | {name} | {when} | {then} | {why} |",
            number + 1
        );
    }
    let last = RULES.len() + 1;
    let _ = writeln!(page, "| {last} | ring | none of these applies | rings | |");
    page.push_str("\n## Examples\n\nEach line is a case of the test.\n\n| who calls | while |");
    STATES.iter().for_each(|state| {
        let _ = write!(page, " {} |", state_name(*state));
    });
    page.push_str("\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for row in ROWS {
        let _ = write!(page, "| {} | {} |", row.caller, row.situation);
        row.outcomes.iter().for_each(|outcome| {
            let _ = write!(page, " {outcome} |");
        });
        page.push('\n');
    }
    page
}

fn then(then: Then) -> String {
    match then {
        Then::Ring => "rings".into(),
        Then::TakeOver => "is answered at once".into(),
        Then::Refuse(status) => status.code().to_string(),
        Then::Divert(reason) => format!("302, `Diversion` with `reason={}`", reason.name()),
    }
}

fn state_name(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => "available",
        Presence::Busy => "busy",
        Presence::DoNotDisturb => "do not disturb",
        Presence::Away => "away",
        Presence::AppearOffline => "appear offline",
    }
}

const INTRODUCTION: &str = "\
# Who rings

What Hark does with an incoming call. This page is printed from the rules in
`app/phone/src/policy.rs` and from the cases of their test; a test fails when it differs from them.
`HARK_WRITE_PAGES=1 cargo nextest run -p hark-phone -E 'test(the_page_for_people)'` prints it anew.

A refused call gets its status at once and no 180. A call that is sent on gets 302 with the new
address in `Contact` and a `Diversion` (RFC 5806) that says why; the server calls there. A ringing
call that nobody answers is sent on in the same way, and so is one that the user sends on by hand.
Play on Phone, and every call with `Ms-Sensitivity: private-no-diversion` or `normal-no-diversion`,
is never sent on, by no setting and by no hand; the core refuses to do it as well.

The settings stand in the table `[who_rings]` of the configuration (see [headless.md](headless.md)).
";
