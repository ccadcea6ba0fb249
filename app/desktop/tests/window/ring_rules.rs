//! Settings, "Calls": forwarding and who is turned away.

use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::NodeT as _;
use hark_phone::Snapshot;

use crate::fixtures::{signed_in, with_rules};
use crate::stage::Stage;

const ALWAYS: &str = "Forward every call to";
const BUSY: &str = "While you are in a call, forward to";
const NO_ANSWER: &str = "When you do not answer, forward to";
const BLOCKED: &str = "Blocked callers";

fn settings(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "Settings");
    stage
}

/// The rules that went to the engine last.
#[track_caller]
fn sent(stage: &mut Stage) -> String {
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("SetRingRules"), "{said:?}");
    said[0].clone()
}

#[test]
fn ox9_ox11_what_always_rings_is_said_plainly() {
    let stage = settings(signed_in());
    assert!(stage.reads(
        "Play on Phone from your own voicemail always rings. Nothing here forwards or blocks it."
    ));
}

#[test]
fn each_rule_holds_as_soon_as_its_field_is_left() {
    for (field, rule) in [
        (ALWAYS, "forward_always"),
        (BUSY, "forward_busy"),
        (NO_ANSWER, "forward_no_answer"),
    ] {
        let mut stage = settings(signed_in());
        stage.fill(field, "2999");
        assert!(stage.said().is_empty(), "nothing while it is typed");
        stage.key(Key::Enter);
        let rules = sent(&mut stage);
        assert!(
            rules.contains(&format!("{rule}: Some(\"2999\")")),
            "{rules}"
        );
        assert_eq!(rules.matches("Some").count(), 1, "{rules}");
    }
}

#[test]
fn leaving_the_settings_enters_what_was_typed_last() {
    let mut stage = settings(signed_in());
    stage.fill(ALWAYS, "2999");
    stage.activate(Role::Tab, "Home");
    assert!(sent(&mut stage).contains("forward_always: Some(\"2999\")"));
}

#[test]
fn an_emptied_field_ends_the_forwarding() {
    let mut stage = settings(with_rules());
    assert_eq!(stage.field(NO_ANSWER).value().as_deref(), Some("2999"));
    stage.field(NO_ANSWER).focus();
    stage.settle();
    (0..4).for_each(|_| stage.key(Key::Backspace));
    stage.key(Key::Enter);
    assert!(sent(&mut stage).contains("forward_no_answer: None"));
}

#[test]
fn a_rule_that_cannot_be_used_stays_typed_beside_the_reason() {
    let mut stage = settings(signed_in());
    stage.fill(ALWAYS, "dana");
    stage.key(Key::Enter);
    assert!(stage.said().is_empty());
    let reason = "Calls cannot be forwarded to yourself. Type another number or address.";
    assert!(stage.reads(reason));
    assert_eq!(stage.field(ALWAYS).value().as_deref(), Some("dana"));
    stage.fill(BUSY, "2999");
    stage.key(Key::Enter);
    let rules = sent(&mut stage);
    assert!(rules.contains("forward_always: None"), "{rules}");
    assert!(stage.reads(reason), "the other field is as it was");
}

#[test]
fn escape_takes_back_what_was_typed() {
    let mut stage = settings(with_rules());
    stage.fill(NO_ANSWER, "0");
    stage.key(Key::Escape);
    assert!(stage.said().is_empty());
    assert_eq!(stage.field(NO_ANSWER).value().as_deref(), Some("2999"));
}

#[test]
fn how_long_it_rings_before_is_chosen_where_it_matters() {
    let stage = settings(signed_in());
    assert!(!stage.has(Role::ComboBox, "Ring here first for"));
    let mut stage = settings(with_rules());
    stage
        .node(Role::ComboBox, "Ring here first for")
        .scroll_to_me();
    stage.settle();
    stage.activate(Role::ComboBox, "Ring here first for");
    stage.activate(Role::Button, "30 seconds");
    assert!(sent(&mut stage).contains("no_answer_seconds: 30"));
}

#[test]
fn callers_are_blocked_and_unblocked() {
    let mut stage = settings(with_rules());
    stage.fill(BLOCKED, "2001");
    stage.press("Block");
    let rules = sent(&mut stage);
    assert!(
        rules.contains("blocked: [\"*@spam.test\", \"+1555*\", \"2001\"]"),
        "{rules}"
    );
    assert_eq!(stage.field(BLOCKED).value().unwrap_or_default(), "");
    stage.press("Unblock *@spam.test");
    assert!(sent(&mut stage).contains("blocked: [\"+1555*\"]"));
}

#[test]
fn an_entry_that_means_nobody_stays_typed_beside_the_reason() {
    let mut stage = settings(signed_in());
    stage.fill(BLOCKED, "?");
    stage.key(Key::Enter);
    assert!(stage.said().is_empty());
    assert!(stage.reads(
        "? cannot be blocked. Type a number, name@host, *@host, or +1555* for all that begin with it."
    ));
    assert_eq!(stage.field(BLOCKED).value().as_deref(), Some("?"));
}

#[test]
fn hidden_numbers_are_turned_away_by_a_switch() {
    let name = "Turn away callers who hide their number";
    let mut stage = settings(signed_in());
    let switch = stage.node(Role::Switch, name);
    assert_eq!(switch.accesskit_node().toggled(), Some(Toggled::False));
    stage.activate(Role::Switch, name);
    assert!(sent(&mut stage).contains("refuse_anonymous: true"));
    stage.show(with_rules());
    let switch = stage.node(Role::Switch, name);
    assert_eq!(switch.accesskit_node().toggled(), Some(Toggled::True));
}

#[test]
fn scanners_are_kept_quiet_by_a_limit() {
    let mut stage = settings(signed_in());
    let name = "When many calls ring and hang up within a minute";
    stage.node(Role::ComboBox, name).scroll_to_me();
    stage.settle();
    stage.activate(Role::ComboBox, name);
    stage.activate(Role::Button, "Let every call ring");
    assert!(sent(&mut stage).contains("flood_limit: 0"));
}
