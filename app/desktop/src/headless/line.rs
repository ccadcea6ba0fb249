//! One line of standard output: an event as JSON.

use std::path::Path;

use hark_phone::{
    CallKind, CallNotes, CallState, EchoTestStage, Event, RecordingState, RegistrationView,
    SoundTrouble, TraceExport, TransferState,
};
use serde::Serialize;

use super::quality::Quality;

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
        #[serde(flatten)]
        notes: Notes<'a>,
    },
    Call {
        call: u64,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        skip_pin: Option<bool>,
        #[serde(flatten)]
        notes: Notes<'a>,
    },
    Hold {
        call: u64,
        held: bool,
        held_by_peer: bool,
    },
    Recording {
        call: u64,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'a Path>,
        #[serde(skip_serializing_if = "Option::is_none")]
        missed_seconds: Option<f32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    },
    RecordingOpened {
        file: &'a Path,
        whole: bool,
    },
    Transfer {
        call: u64,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    },
    TransferRequested {
        call: u64,
        to: &'a str,
    },
    WaitsForPress {
        call: u64,
    },
    Trace {
        messages: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'a Path>,
    },
    Media {
        call: u64,
        codec: &'static str,
        srtp: Option<&'static str>,
    },
    SoundTrouble {
        call: u64,
        trouble: &'static str,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<&'a str>,
    },
    Quality(Box<Quality>),
    MessageWaiting {
        new: u32,
        old: u32,
        urgent: u32,
    },
    EchoTest {
        stage: &'static str,
    },
    Notice {
        text: &'a str,
    },
    Error {
        text: &'a str,
    },
}

/// What the server says of a call, where it says anything.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Notes<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    diverted_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asserted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_elsewhere: Option<bool>,
}

impl<'a> Line<'a> {
    /// The lines for an event; none for what the contract does not name.
    pub fn of(event: &'a Event) -> Vec<Self> {
        match event {
            Event::Registration(view) => Self::registration(view),
            Event::Incoming {
                call,
                kind,
                from,
                notes,
            } => vec![Self::Incoming {
                call: call.0,
                kind: kind_name(*kind),
                from,
                notes: Notes::of(notes),
            }],
            Event::Call {
                call,
                state,
                reason,
                skip_pin,
                notes,
            } => vec![Self::Call {
                call: call.0,
                state: state_name(*state),
                reason: reason.as_deref(),
                skip_pin: *skip_pin,
                notes: Notes::of(notes),
            }],
            Event::Hold {
                call,
                held,
                held_by_peer,
            } => vec![Self::Hold {
                call: call.0,
                held: *held,
                held_by_peer: *held_by_peer,
            }],
            Event::Recording { call, state } => vec![Self::recording(call.0, state)],
            Event::RecordingOpened { file, whole } => vec![Self::RecordingOpened {
                file,
                whole: *whole,
            }],
            Event::Transfer {
                call,
                state,
                reason,
            } => vec![Self::Transfer {
                call: call.0,
                state: transfer_name(*state),
                reason: reason.as_deref(),
            }],
            Event::TransferRequested { call, to } => {
                vec![Self::TransferRequested { call: call.0, to }]
            }
            Event::WaitsForPress { call } => vec![Self::WaitsForPress { call: call.0 }],
            Event::Trace(TraceExport::Text { messages, text }) => vec![Self::Trace {
                messages: *messages,
                text: Some(text),
                file: None,
            }],
            Event::Trace(TraceExport::File { messages, path }) => vec![Self::Trace {
                messages: *messages,
                text: None,
                file: Some(path),
            }],
            Event::Media { call, codec, srtp } => vec![Self::Media {
                call: call.0,
                codec,
                srtp: *srtp,
            }],
            Event::SoundTrouble {
                call,
                trouble,
                text,
            } => vec![Self::SoundTrouble {
                call: call.0,
                trouble: trouble_name(*trouble),
                state: if text.is_some() { "began" } else { "ended" },
                text: text.as_deref(),
            }],
            Event::Quality { call, media } => {
                vec![Self::Quality(Box::new(Quality::of(call.0, media)))]
            }
            Event::MessageWaiting { new, old, urgent } => vec![Self::MessageWaiting {
                new: *new,
                old: *old,
                urgent: *urgent,
            }],
            Event::EchoTest { stage } => vec![Self::EchoTest {
                stage: echo_test_name(*stage),
            }],
            Event::Notice { text } => vec![Self::Notice { text }],
            Event::Error { text } => vec![Self::error(text)],
            Event::Stopped => Vec::new(),
        }
    }

    pub fn error(text: &'a str) -> Self {
        Self::Error { text }
    }

    fn recording(call: u64, of: &'a RecordingState) -> Self {
        let line = |state, file| Self::Recording {
            call,
            state,
            file,
            missed_seconds: None,
            reason: None,
        };
        match of {
            RecordingState::Began { file } => line("began", Some(file)),
            RecordingState::Saved { file, missed } => Self::Recording {
                call,
                state: "saved",
                file: Some(file),
                missed_seconds: (!missed.is_zero()).then_some(missed.as_secs_f32()),
                reason: None,
            },
            RecordingState::Failed { file, reason } => Self::Recording {
                call,
                state: "failed",
                file: file.as_deref(),
                missed_seconds: None,
                reason: Some(reason),
            },
        }
    }

    /// A registration that fails is an error as well: a script that only looks for errors sees it.
    fn registration(view: &'a RegistrationView) -> Vec<Self> {
        let line = |state, reason| Self::Registration { state, reason };
        match view {
            RegistrationView::SignedOut => Vec::new(),
            RegistrationView::Connecting(hark_phone::ConnectingStage::Connecting) => {
                vec![line("connecting", None)]
            }
            RegistrationView::Connecting(
                hark_phone::ConnectingStage::CheckingCertificate
                | hark_phone::ConnectingStage::SigningIn,
            ) => Vec::new(),
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

impl<'a> Notes<'a> {
    fn of(notes: &'a CallNotes) -> Self {
        Self {
            diverted_from: notes.diverted_from.as_deref(),
            asserted: notes.asserted.as_deref(),
            answered_elsewhere: notes.answered_elsewhere.then_some(true),
        }
    }
}

fn echo_test_name(stage: Option<EchoTestStage>) -> &'static str {
    match stage {
        Some(EchoTestStage::Recording) => "recording",
        Some(EchoTestStage::Playing) => "playing",
        None => "over",
    }
}

fn transfer_name(state: TransferState) -> &'static str {
    match state {
        TransferState::Trying => "trying",
        TransferState::Succeeded => "succeeded",
        TransferState::Failed => "failed",
    }
}

fn trouble_name(trouble: SoundTrouble) -> &'static str {
    match trouble {
        SoundTrouble::StreamStopped => "stream_stopped",
        SoundTrouble::OneWay => "one_way",
        SoundTrouble::SilentMicrophone => "silent_microphone",
        SoundTrouble::Clipping => "clipping",
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
    use std::time::{Duration, Instant};

    use hark_phone::snapshot::{MediaTotals, MediaView, PeerMetrics, Rating, SoundSecond};
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
        check(&connecting(ConnectingStage::CheckingCertificate), &[]);
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
                notes: CallNotes::default(),
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
            notes: CallNotes::default(),
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
    fn what_the_server_says_of_a_call_is_told() {
        let call = CallId(2);
        let notes = CallNotes {
            diverted_from: Some("sip:carol@example.test".into()),
            asserted: Some("sip:bob@example.test".into()),
            answered_elsewhere: false,
        };
        check(
            &Event::Incoming {
                call,
                kind: CallKind::Person,
                from: "sip:x@far.test".into(),
                notes: notes.clone(),
            },
            &[
                r#"{"event":"incoming","call":2,"kind":"person","from":"sip:x@far.test","diverted_from":"sip:carol@example.test","asserted":"sip:bob@example.test"}"#,
            ],
        );
        check(
            &Event::Call {
                call,
                state: CallState::Ended,
                reason: None,
                skip_pin: None,
                notes: CallNotes {
                    answered_elsewhere: true,
                    ..notes
                },
            },
            &[
                r#"{"event":"call","call":2,"state":"ended","diverted_from":"sip:carol@example.test","asserted":"sip:bob@example.test","answered_elsewhere":true}"#,
            ],
        );
    }

    #[test]
    fn lines_of_established_calls() {
        let call = CallId(2);
        check(
            &Event::Hold {
                call,
                held: true,
                held_by_peer: false,
            },
            &[r#"{"event":"hold","call":2,"held":true,"held_by_peer":false}"#],
        );
        let transfer = |state, reason: Option<&str>| Event::Transfer {
            call,
            state,
            reason: reason.map(str::to_owned),
        };
        check(
            &transfer(TransferState::Trying, None),
            &[r#"{"event":"transfer","call":2,"state":"trying"}"#],
        );
        check(
            &transfer(TransferState::Succeeded, None),
            &[r#"{"event":"transfer","call":2,"state":"succeeded"}"#],
        );
        check(
            &transfer(TransferState::Failed, Some("Busy.")),
            &[r#"{"event":"transfer","call":2,"state":"failed","reason":"Busy."}"#],
        );
        check(
            &Event::TransferRequested {
                call,
                to: "sip:+1555@example.test".into(),
            },
            &[r#"{"event":"transfer_requested","call":2,"to":"sip:+1555@example.test"}"#],
        );
    }

    #[test]
    fn lines_of_recordings() {
        let call = CallId(2);
        let recording = |state| Event::Recording { call, state };
        check(
            &recording(RecordingState::Began {
                file: "a.ogg".into(),
            }),
            &[r#"{"event":"recording","call":2,"state":"began","file":"a.ogg"}"#],
        );
        let saved = |missed| {
            recording(RecordingState::Saved {
                file: "a.ogg".into(),
                missed,
            })
        };
        check(
            &saved(Duration::ZERO),
            &[r#"{"event":"recording","call":2,"state":"saved","file":"a.ogg"}"#],
        );
        check(
            &saved(Duration::from_millis(1_500)),
            &[
                r#"{"event":"recording","call":2,"state":"saved","file":"a.ogg","missed_seconds":1.5}"#,
            ],
        );
        check(
            &recording(RecordingState::Failed {
                file: None,
                reason: "No.".into(),
            }),
            &[r#"{"event":"recording","call":2,"state":"failed","reason":"No."}"#],
        );
        check(
            &Event::RecordingOpened {
                file: "a.ogg".into(),
                whole: true,
            },
            &[r#"{"event":"recording_opened","file":"a.ogg","whole":true}"#],
        );
    }

    #[test]
    fn a_dial_string_that_waits_is_told() {
        check(
            &Event::WaitsForPress { call: CallId(2) },
            &[r#"{"event":"waits_for_press","call":2}"#],
        );
    }

    #[test]
    fn the_trace_is_told_or_its_file_is() {
        check(
            &Event::Trace(TraceExport::Text {
                messages: 1,
                text: "a\r\n".into(),
            }),
            &[r#"{"event":"trace","messages":1,"text":"a\r\n"}"#],
        );
        check(
            &Event::Trace(TraceExport::File {
                messages: 2,
                path: "trace.txt".into(),
            }),
            &[r#"{"event":"trace","messages":2,"file":"trace.txt"}"#],
        );
    }

    #[test]
    fn troubles_of_the_sound_begin_and_end() {
        let event = |trouble, text: Option<&str>| Event::SoundTrouble {
            call: CallId(2),
            trouble,
            text: text.map(str::to_owned),
        };
        check(
            &event(SoundTrouble::StreamStopped, Some("Nothing.")),
            &[
                r#"{"event":"sound_trouble","call":2,"trouble":"stream_stopped","state":"began","text":"Nothing."}"#,
            ],
        );
        for (trouble, name) in [
            (SoundTrouble::OneWay, "one_way"),
            (SoundTrouble::SilentMicrophone, "silent_microphone"),
            (SoundTrouble::Clipping, "clipping"),
        ] {
            let line = format!(
                r#"{{"event":"sound_trouble","call":2,"trouble":"{name}","state":"ended"}}"#
            );
            check(&event(trouble, None), &[line.as_str()]);
        }
    }

    #[test]
    fn an_echo_test_is_told_from_stage_to_stage() {
        for (stage, name) in [
            (Some(EchoTestStage::Recording), "recording"),
            (Some(EchoTestStage::Playing), "playing"),
            (None, "over"),
        ] {
            let line = format!(r#"{{"event":"echo_test","stage":"{name}"}}"#);
            check(&Event::EchoTest { stage }, &[&line]);
        }
    }

    #[test]
    fn how_a_call_sounds() {
        let rating = Rating {
            r_factor: 89.561,
            mos: 4.33,
            mos_listening: 4.33,
        };
        let second = SoundSecond {
            loss_percent: 2.0,
            jitter: Duration::from_millis(3),
            delay: Duration::from_millis(61),
            rating: None,
        };
        let media = MediaView {
            loss_percent: 1.236,
            delay: Duration::from_millis(62),
            round_trip: Some(Duration::from_millis(18)),
            rating: Some(rating),
            peer_loss_percent: Some(0.5),
            peer: Some(PeerMetrics {
                loss_percent: 1.0,
                discard_percent: 0.25,
                end_system_delay: Duration::ZERO,
                r_factor: Some(88),
                mos_listening: None,
                mos: Some(4.2),
            }),
            totals: MediaTotals {
                received: 10,
                lost: 1,
                late: 2,
                sent: 11,
                concealed: Duration::from_millis(20),
            },
            seconds: [second].into(),
            ..MediaView::new("PCMU", None)
        };
        let call = CallId(2);
        let media = Box::new(media);
        check(
            &Event::Quality { call, media },
            &[concat!(
                r#"{"event":"quality","call":2,"codec":"PCMU","srtp":null,"loss_percent":1.24,"#,
                r#""late_percent":0.0,"jitter_ms":0,"playout_delay_ms":0,"delay_ms":62,"#,
                r#""round_trip_ms":18,"r_factor":89.56,"mos":4.33,"mos_listening":4.33,"#,
                r#""peer":{"loss_percent":0.5,"discard_percent":0.25,"r_factor":88.0,"mos":4.2,"#,
                r#""mos_listening":null},"packets":{"received":10,"lost":1,"late":2,"sent":11},"#,
                r#""concealed_ms":20,"seconds":[{"loss_percent":2.0,"jitter_ms":3,"delay_ms":61,"#,
                r#""r_factor":null,"mos":null,"mos_listening":null}]}"#,
            )],
        );
    }

    #[test]
    fn other_lines() {
        check(
            &Event::Notice {
                text: "Headset is back.".into(),
            },
            &[r#"{"event":"notice","text":"Headset is back."}"#],
        );
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
