//! The checks and the last failures for programs: what `hark diagnose --json` and the command
//! `diagnose` of `hark headless` tell. The same in words, for a terminal.

use hark_phone::{AccountId, Snapshot};
use jiff::Timestamp;
use serde::Serialize;

use super::{Check, Topic, Verdict, account_checks, each_of_several, phone_checks};
use crate::text;
use crate::views::Moment;

/// Everything, as JSON has it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Told {
    /// Of the first account, and of what is the same for all of them.
    checks: Vec<ToldCheck>,
    /// Of each account, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<ToldAccount>,
    /// The newest first.
    failures: Vec<ToldFailure>,
    /// The same in words.
    text: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct ToldAccount {
    account: String,
    checks: Vec<ToldCheck>,
}

#[derive(Debug, PartialEq, Serialize)]
struct ToldCheck {
    check: &'static str,
    verdict: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct ToldFailure {
    at: String,
    times: u32,
    text: String,
}

impl Told {
    pub fn of(snapshot: &Snapshot, moment: &Moment) -> Self {
        let accounts = each_of_several(snapshot, moment);
        let of_phone = phone_checks(snapshot, moment);
        let of_first = match accounts.first() {
            Some((_, checks)) => checks.clone(),
            None => account_checks(snapshot, moment),
        };
        let failures = snapshot.diagnosis.failures.iter();
        Self {
            text: in_words(&of_first, &accounts, &of_phone),
            checks: told(of_first.into_iter().chain(of_phone)),
            accounts: accounts
                .into_iter()
                .map(|(account, checks)| ToldAccount {
                    account: account.to_string(),
                    checks: told(checks),
                })
                .collect(),
            failures: failures
                .map(|failure| ToldFailure {
                    at: Timestamp::try_from(failure.at)
                        .unwrap_or_default()
                        .to_string(),
                    times: failure.times,
                    text: failure.text.clone(),
                })
                .collect(),
        }
    }
}

/// One line of JSON.
pub fn json(snapshot: &Snapshot, moment: &Moment) -> String {
    let told = Told::of(snapshot, moment);
    serde_json::to_string(&told).expect("strings and numbers are always JSON")
}

impl ToldCheck {
    fn of(check: Check) -> Self {
        Self {
            check: topic(check.topic),
            verdict: verdict(check.verdict),
            text: check.text,
            lines: check.lines,
        }
    }
}

fn told(checks: impl IntoIterator<Item = Check>) -> Vec<ToldCheck> {
    checks.into_iter().map(ToldCheck::of).collect()
}

/// A check a line; where there are several accounts, those of each below its name.
fn in_words(first: &[Check], several: &[(AccountId, Vec<Check>)], of_phone: &[Check]) -> String {
    let mut lines = Vec::new();
    for (account, checks) in several {
        lines.push(text::account_heading(account.as_str()));
        lines.extend(checks.iter().map(line));
    }
    if several.is_empty() {
        lines.extend(first.iter().map(line));
    } else {
        lines.push(text::all_accounts().to_owned());
    }
    lines.extend(of_phone.iter().map(line));
    lines.join("\n")
}

/// `Certificate: OK. The certificate …`
fn line(check: &Check) -> String {
    let (topic, verdict) = (text::topic(check.topic), text::verdict(check.verdict));
    format!("{topic}: {verdict}. {}", check.text)
}

fn topic(topic: Topic) -> &'static str {
    match topic {
        Topic::Name => "name",
        Topic::Server => "server",
        Topic::Certificate => "certificate",
        Topic::SignedIn => "signed_in",
        Topic::KeepAlive => "keep_alive",
        Topic::Translator => "nat",
        Topic::Sound => "sound",
        Topic::Devices => "devices",
        Topic::Rest => "rest",
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::NotOk => "not_ok",
        Verdict::Unknown => "unknown",
    }
}
