//! The checks and the last failures as a text to send to those who help, without what is nobody
//! else's business: who called whom, and what was dialled. Secrets are in none of it from the start.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use hark_phone::Snapshot;
use hark_phone::snapshot::Failure;

use super::{Check, account_checks, each_of_several, phone_checks};
use crate::text;
use crate::views::Moment;

/// A report and the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub name: String,
    pub text: String,
}

/// The report of this moment.
pub fn report(snapshot: &Snapshot, moment: &Moment) -> Report {
    let others = others(snapshot);
    let mut text = format!("{}\n{}\n\n", text::report_title(), stamp(moment));
    let accounts = each_of_several(snapshot, moment);
    for (account, checks) in &accounts {
        let _ = writeln!(text, "{}\n", text::account_heading(account.as_str()));
        add(&mut text, checks, &others);
    }
    if accounts.is_empty() {
        add(&mut text, &account_checks(snapshot, moment), &others);
    } else {
        let _ = writeln!(text, "{}\n", text::all_accounts());
    }
    add(&mut text, &phone_checks(snapshot, moment), &others);
    let _ = writeln!(text, "{}", text::last_failures());
    for failure in snapshot.diagnosis.failures.iter() {
        let when = text::moment_of(failure.at, &moment.wall);
        let told = without_strangers(&failure.text, failure, &others);
        let _ = writeln!(text, "  {when}{}  {told}", text::times(failure.times));
    }
    if snapshot.diagnosis.failures.is_empty() {
        let _ = writeln!(text, "  {}", text::no_failures());
    }
    let name = format!(
        "hark-report-{}.txt",
        moment.wall.strftime("%Y-%m-%d-%H%M%S")
    );
    Report { name, text }
}

fn stamp(moment: &Moment) -> String {
    let time = moment.wall.strftime("%Y-%m-%d %H:%M:%S %:z");
    format!("Hark {}, {time}", env!("CARGO_PKG_VERSION"))
}

fn add(text: &mut String, checks: &[Check], others: &[String]) {
    for check in checks {
        let (topic, verdict) = (text::topic(check.topic), text::verdict(check.verdict));
        let told = without_names(&check.text, others);
        let _ = writeln!(text, "{topic}: {verdict}\n  {told}");
        for line in &check.lines {
            let _ = writeln!(text, "  {}", without_names(line, others));
        }
        text.push('\n');
    }
}

/// Everybody whom this phone knows, the longest names first, so that no part of one stays.
fn others(snapshot: &Snapshot) -> Vec<String> {
    let calls = snapshot.calls.iter().flat_map(|call| {
        let also = [call.diverted_from.clone(), call.asserted.clone()];
        [call.title.clone(), call.subtitle.clone()]
            .into_iter()
            .chain(also.into_iter().flatten())
    });
    let history = snapshot
        .history
        .iter()
        .flat_map(|entry| [entry.title.clone(), entry.address.clone()]);
    sorted(calls.chain(history))
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.filter(|name| name.chars().count() > 1).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
}

fn without_names(text: &str, names: &[String]) -> String {
    let mut text = text.to_owned();
    for name in names {
        text = text.replace(name.as_str(), text::somebody());
    }
    text
}

/// A sentence about a call may name numbers and files besides: what was typed, or said by the other
/// side, in whatever form. Addresses of machines stay.
fn without_strangers(text: &str, failure: &Failure, others: &[String]) -> String {
    let named = sorted(failure.names.iter().cloned());
    let text = without_names(&without_names(text, &named), others);
    let words = text.split(' ').map(|word| match may_stay(word) {
        true => word,
        false => text::left_out(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn may_stay(word: &str) -> bool {
    let bare = word.trim_matches(|sign: char| sign.is_ascii_punctuation() && !"[]:".contains(sign));
    let bare = bare.trim_end_matches(':');
    if bare.parse::<IpAddr>().is_ok() || bare.parse::<SocketAddr>().is_ok() {
        return true;
    }
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_path = word.contains('/') || word.contains('\\');
    digits < FEWEST_DIGITS && !word.contains('@') && !is_path
}

/// Of a number that may be somebody's, or a PIN. A status has three.
const FEWEST_DIGITS: usize = 4;
