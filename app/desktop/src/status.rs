//! How the phone stands, for scripts and for `hark status`.

use std::time::Instant;

use hark_phone::{AccountView, CallView, Presence, Snapshot};
use serde::Serialize;

use crate::headless::names;
use crate::state::registration_problem;
use crate::text;

/// What `hark status --json` prints, and `hark headless` tells. `docs/desktop.md` is its manual.
#[derive(Debug, PartialEq, Serialize)]
pub struct Status {
    /// These five are about the first account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    registration: &'static str,
    new_messages: u32,
    old_messages: u32,
    urgent_messages: u32,
    presence: Presence,
    missed_calls: u32,
    /// Every account in the order of the user.
    accounts: Vec<Account>,
    calls: Vec<Call>,
    /// The same in words.
    text: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct Account {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    registration: &'static str,
    /// Why it is not signed in, where something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    new_messages: u32,
    old_messages: u32,
    urgent_messages: u32,
}

#[derive(Debug, PartialEq, Serialize)]
struct Call {
    call: u64,
    account: String,
    state: &'static str,
    kind: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
    held: bool,
    muted: bool,
}

impl Status {
    pub fn of(snapshot: &Snapshot) -> Self {
        let waiting = snapshot.message_waiting.unwrap_or_default();
        let account = snapshot.account.as_ref();
        let now = Instant::now();
        Self {
            account: account.map(|account| account.address.clone()),
            registration: names::registration(&snapshot.registration),
            new_messages: waiting.new,
            old_messages: waiting.old,
            urgent_messages: waiting.urgent_new,
            presence: snapshot.presence,
            missed_calls: snapshot.missed_unseen,
            accounts: snapshot.accounts().into_iter().map(Account::of).collect(),
            calls: snapshot
                .calls
                .iter()
                .map(|call| Call::of(call, now))
                .collect(),
            text: text::status(snapshot),
        }
    }
}

impl Account {
    fn of(view: AccountView) -> Self {
        let waiting = view.message_waiting.unwrap_or_default();
        let problem = registration_problem(&view.registration);
        Self {
            address: view.id.to_string(),
            registration: names::registration(&view.registration),
            reason: problem.map(|problem| problem.text.clone()),
            name: view.settings.display_name,
            new_messages: waiting.new,
            old_messages: waiting.old,
            urgent_messages: waiting.urgent_new,
        }
    }
}

impl Call {
    fn of(call: &CallView, now: Instant) -> Self {
        let talked = |since| now.saturating_duration_since(since).as_secs();
        Self {
            call: call.id.0,
            account: call.account.to_string(),
            state: names::state(call.state),
            kind: names::kind(call.kind),
            title: call.title.clone(),
            seconds: call.connected_at.map(talked),
            held: call.held,
            muted: call.muted,
        }
    }
}

/// One line of JSON.
pub fn json(snapshot: &Snapshot) -> String {
    serde_json::to_string(&Status::of(snapshot)).expect("strings and numbers are always JSON")
}

/// The part of a status that is for people.
pub fn words(json: &str) -> Option<String> {
    let status: serde_json::Value = serde_json::from_str(json).ok()?;
    Some(status.get("text")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use hark_phone::snapshot::{MessageWaiting, Problem};
    use hark_phone::{AccountSettings, CallDirection, CallId, CallKind, RegistrationView};

    use super::*;

    #[test]
    fn a_status_is_for_programs_and_for_people() {
        let mut call = CallView::new(CallId(4), CallDirection::Incoming, CallKind::PlayOnPhone);
        call.title = "Voicemail".into();
        let snapshot = Snapshot {
            account: Some(AccountSettings {
                address: "dana@example.test".into(),
                ..AccountSettings::default()
            }),
            registration: RegistrationView::Registered,
            message_waiting: Some(MessageWaiting {
                new: 2,
                old: 1,
                urgent_new: 0,
            }),
            calls: vec![call],
            ..Snapshot::default()
        };
        let json = json(&snapshot);
        let text = "dana@example.test: Signed in\nPresence: Available\n2 new messages\nVoicemail: Ringing…";
        assert_eq!(words(&json).as_deref(), Some(text));
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(value["registration"], "registered");
        assert_eq!(value["new_messages"], 2);
        assert_eq!(value["calls"][0]["kind"], "play_on_phone");
        assert_eq!(value["calls"][0]["state"], "ringing");
        assert!(value["calls"][0].get("seconds").is_none());
    }
    #[test]
    fn every_account_has_its_place_and_its_line() {
        let account = |address: &str, name: Option<&str>| AccountSettings {
            address: address.into(),
            display_name: name.map(str::to_owned),
            ..AccountSettings::default()
        };
        let bob = account("sip:Bob@example.test", Some("Bob"));
        let problem = Problem {
            text: "The server does not answer. Hark keeps trying.".into(),
            detail: String::new(),
        };
        let lost = AccountView {
            id: bob.id(),
            place: 1,
            settings: bob,
            registration: RegistrationView::Failed(problem),
            ..AccountView::default()
        };
        let snapshot = Snapshot {
            account: Some(account("dana@example.test", None)),
            registration: RegistrationView::Registered,
            message_waiting: Some(MessageWaiting {
                new: 1,
                ..MessageWaiting::default()
            }),
            others: vec![lost],
            ..Snapshot::default()
        };
        let json = json(&snapshot);
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        // The first account stands where a script looks for the only one.
        assert_eq!(value["account"], "dana@example.test");
        assert_eq!(value["new_messages"], 1);
        let accounts = serde_json::json!([
            {
                "address": "dana@example.test", "registration": "registered",
                "new_messages": 1, "old_messages": 0, "urgent_messages": 0,
            },
            {
                "address": "bob@example.test", "name": "Bob", "registration": "failed",
                "reason": "The server does not answer. Hark keeps trying.",
                "new_messages": 0, "old_messages": 0, "urgent_messages": 0,
            },
        ]);
        assert_eq!(value["accounts"], accounts);
        assert_eq!(
            words(&json).as_deref(),
            Some(
                "dana@example.test: Signed in · 1 new message\n\
                 bob@example.test: Not signed in · The server does not answer. Hark keeps trying.\n\
                 Presence: Available"
            )
        );
        assert_eq!(Status::of(&Snapshot::default()).accounts, []);
    }
}
