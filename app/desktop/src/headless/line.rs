//! One line of standard output: an event as JSON.

use hark_phone::{CallKind, CallState, Event, RegistrationView};
use serde::Serialize;

/// What is written for an event.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line<'a> {
    Registration {
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    },
    Incoming {
        call: u64,
        kind: &'static str,
        from: &'a str,
    },
    Call {
        call: u64,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        skip_pin: Option<bool>,
    },
    Media {
        call: u64,
        codec: &'static str,
        srtp: Option<&'static str>,
    },
    MessageWaiting {
        new: u32,
        old: u32,
        urgent: u32,
    },
    Error {
        text: &'a str,
    },
}

impl<'a> Line<'a> {
    /// The lines for an event; none for what the contract does not name.
    pub fn of(event: &'a Event) -> Vec<Self> {
        match event {
            Event::Registration(view) => Self::registration(view),
            Event::Incoming { call, kind, from } => vec![Self::Incoming {
                call: call.0,
                kind: kind_name(*kind),
                from,
            }],
            Event::Call {
                call,
                state,
                reason,
                skip_pin,
            } => vec![Self::Call {
                call: call.0,
                state: state_name(*state),
                reason: reason.as_deref(),
                skip_pin: *skip_pin,
            }],
            Event::Media { call, codec, srtp } => vec![Self::Media {
                call: call.0,
                codec,
                srtp: *srtp,
            }],
            Event::MessageWaiting { new, old, urgent } => vec![Self::MessageWaiting {
                new: *new,
                old: *old,
                urgent: *urgent,
            }],
            Event::Error { text } => vec![Self::error(text)],
            Event::Stopped => Vec::new(),
        }
    }

    pub fn error(text: &'a str) -> Self {
        Self::Error { text }
    }

    /// A registration that fails is an error as well: a script that only looks for errors sees it.
    fn registration(view: &'a RegistrationView) -> Vec<Self> {
        let line = |state, reason| Self::Registration { state, reason };
        match view {
            RegistrationView::SignedOut => Vec::new(),
            RegistrationView::Connecting(hark_phone::ConnectingStage::Connecting) => {
                vec![line("connecting", None)]
            }
            RegistrationView::Connecting(hark_phone::ConnectingStage::SigningIn) => Vec::new(),
            RegistrationView::Registered => vec![line("registered", None)],
            RegistrationView::Failed(problem) => {
                vec![
                    line("failed", Some(&problem.text)),
                    Self::error(&problem.text),
                ]
            }
            RegistrationView::Lost { problem, .. } => {
                vec![
                    line("lost", Some(&problem.text)),
                    Self::error(&problem.text),
                ]
            }
        }
    }
}

fn kind_name(kind: CallKind) -> &'static str {
    match kind {
        CallKind::PlayOnPhone => "play_on_phone",
        // One's own mailbox does not call; if it did, it would be a machine.
        CallKind::Automatic | CallKind::Voicemail => "automatic",
        CallKind::Person => "person",
    }
}

fn state_name(state: CallState) -> &'static str {
    match state {
        CallState::Calling => "calling",
        CallState::Ringing => "ringing",
        CallState::Early => "early",
        CallState::Connected => "connected",
        CallState::Ended => "ended",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use hark_phone::{CallId, ConnectingStage, Problem};

    use super::*;

    #[track_caller]
    fn check(event: &Event, lines: &[&str]) {
        let got: Vec<_> = Line::of(event)
            .iter()
            .map(|line| serde_json::to_string(line).unwrap())
            .collect();
        assert_eq!(got, lines);
    }

    #[test]
    fn registration_lines() {
        let problem = Problem {
            text: "No.".into(),
            detail: "403".into(),
        };
        let connecting = |stage| Event::Registration(RegistrationView::Connecting(stage));
        check(
            &connecting(ConnectingStage::Connecting),
            &[r#"{"event":"registration","state":"connecting"}"#],
        );
        check(&connecting(ConnectingStage::SigningIn), &[]);
        check(
            &Event::Registration(RegistrationView::Registered),
            &[r#"{"event":"registration","state":"registered"}"#],
        );
        check(
            &Event::Registration(RegistrationView::Failed(problem.clone())),
            &[
                r#"{"event":"registration","state":"failed","reason":"No."}"#,
                r#"{"event":"error","text":"No."}"#,
            ],
        );
        let next_try = Instant::now();
        check(
            &Event::Registration(RegistrationView::Lost { problem, next_try }),
            &[
                r#"{"event":"registration","state":"lost","reason":"No."}"#,
                r#"{"event":"error","text":"No."}"#,
            ],
        );
    }

    #[test]
    fn call_lines() {
        let call = CallId(2);
        check(
            &Event::Incoming {
                call,
                kind: CallKind::PlayOnPhone,
                from: "sip:alice@example.test".into(),
            },
            &[
                r#"{"event":"incoming","call":2,"kind":"play_on_phone","from":"sip:alice@example.test"}"#,
            ],
        );
        let event = |state, reason: Option<&str>, skip_pin| Event::Call {
            call,
            state,
            reason: reason.map(str::to_owned),
            skip_pin,
        };
        check(
            &event(CallState::Calling, None, Some(true)),
            &[r#"{"event":"call","call":2,"state":"calling","skip_pin":true}"#],
        );
        check(
            &event(CallState::Ended, Some("Busy \"now\"."), None),
            &[r#"{"event":"call","call":2,"state":"ended","reason":"Busy \"now\"."}"#],
        );
        let media = |srtp| Event::Media {
            call,
            codec: "PCMU",
            srtp,
        };
        check(
            &media(Some("AES_CM_128_HMAC_SHA1_80")),
            &[r#"{"event":"media","call":2,"codec":"PCMU","srtp":"AES_CM_128_HMAC_SHA1_80"}"#],
        );
        check(
            &media(None),
            &[r#"{"event":"media","call":2,"codec":"PCMU","srtp":null}"#],
        );
    }

    #[test]
    fn other_lines() {
        check(
            &Event::MessageWaiting {
                new: 3,
                old: 1,
                urgent: 2,
            },
            &[r#"{"event":"message_waiting","new":3,"old":1,"urgent":2}"#],
        );
        check(
            &Event::Error {
                text: "a\nb".into(),
            },
            &[r#"{"event":"error","text":"a\nb"}"#],
        );
        check(&Event::Stopped, &[]);
    }
}
