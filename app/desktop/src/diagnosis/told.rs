//! The checks and the last failures for programs: what `hark diagnose --json` and the command
//! `diagnose` of `hark headless` tell. The same in words, for a terminal.

use hark_phone::Snapshot;
use jiff::Timestamp;
use serde::Serialize;

use super::{Check, Topic, Verdict, checks};
use crate::text;
use crate::views::Moment;

/// Everything, as JSON has it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Told {
    checks: Vec<ToldCheck>,
    /// The newest first.
    failures: Vec<ToldFailure>,
    /// The same in words.
    text: String,
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
        let checks = checks(snapshot, moment);
        let text = checks.iter().map(line).collect::<Vec<_>>().join("\n");
        let failures = snapshot.diagnosis.failures.iter();
        Self {
            text,
            checks: checks.into_iter().map(ToldCheck::of).collect(),
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
