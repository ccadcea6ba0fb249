//! How the phone stands, for scripts and for `hark status`.

use std::time::Instant;

use hark_phone::{CallView, Snapshot};
use serde::Serialize;

use crate::headless::names;
use crate::text;

/// What `hark status` prints. `docs/desktop.md` is its manual.
#[derive(Serialize)]
struct Status<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    registration: &'static str,
    presence: hark_phone::Presence,
    new_messages: u32,
    old_messages: u32,
    urgent_messages: u32,
    missed_calls: u32,
    calls: Vec<Call<'a>>,
    /// The same in words.
    text: String,
}

#[derive(Serialize)]
struct Call<'a> {
    call: u64,
    state: &'static str,
    kind: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
    held: bool,
    muted: bool,
}

/// One line of JSON.
pub fn json(snapshot: &Snapshot) -> String {
    let waiting = snapshot.message_waiting.unwrap_or_default();
    let account = snapshot.account.as_ref();
    let now = Instant::now();
    let status = Status {
        account: account.map(|account| account.address.as_str()),
        registration: names::registration(&snapshot.registration),
        presence: snapshot.presence,
        new_messages: waiting.new,
        old_messages: waiting.old,
        urgent_messages: waiting.urgent_new,
        missed_calls: snapshot.missed_unseen,
        calls: snapshot
            .calls
            .iter()
            .map(|call| of_call(call, now))
            .collect(),
        text: text::status(snapshot),
    };
    serde_json::to_string(&status).expect("strings and numbers are always JSON")
}

/// The part of a status that is for people.
pub fn words(json: &str) -> Option<String> {
    let status: serde_json::Value = serde_json::from_str(json).ok()?;
    Some(status.get("text")?.as_str()?.to_owned())
}

fn of_call(call: &CallView, now: Instant) -> Call<'_> {
    let talked = |since| now.saturating_duration_since(since).as_secs();
    Call {
        call: call.id.0,
        state: names::state(call.state),
        kind: names::kind(call.kind),
        title: &call.title,
        seconds: call.connected_at.map(talked),
        held: call.held,
        muted: call.muted,
    }
}

#[cfg(test)]
mod tests {
    use hark_phone::snapshot::MessageWaiting;
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
}
