//! One line of standard output: an event as JSON.

use std::path::Path;

use hark_phone::{
    AccountId, AddressBookChanges, CallNotes, ConnectingStage, Event, RecordingState,
    RegistrationView, TraceExport,
};
use serde::Serialize;

use super::account::Account;
use super::names;
use super::past::Past;
use super::quality::Quality;
use super::reading::Reading;
use crate::diagnosis::Told;
use crate::status::Status;

/// What is written for an event.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line<'a> {
    Registration {
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<&'a str>,
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
        keys: Option<&'static str>,
    },
    SoundTrouble {
        call: u64,
        trouble: &'static str,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<&'a str>,
    },
    Quality(Box<Quality>),
    Status(Box<Status>),
    Diagnosis(Box<Told>),
    History(Past<'a>),
    ContactsImported {
        file: &'a Path,
        added: usize,
        changed: usize,
        skipped: usize,
    },
    ContactsExported {
        file: &'a Path,
        contacts: usize,
    },
    ContactsSynced {
        contacts: usize,
        added: usize,
        changed: usize,
        removed: usize,
    },
    MessageWaiting {
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<&'a str>,
        new: u32,
        old: u32,
        urgent: u32,
    },
    Accounts {
        accounts: Vec<Account<'a>>,
    },
    EchoTest {
        stage: &'static str,
    },
    ProfileExported {
        file: &'a Path,
    },
    ProfileRead(Box<Reading>),
    Notice {
        text: &'a str,
    },
    Error {
        text: &'a str,
    },
}

/// What is known of a call, where anything is.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Notes<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    diverted_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asserted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_elsewhere: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// The lines for an event; none for what the contract does not name.
    pub fn of(event: &'a Event) -> Vec<Self> {
        match event {
            Event::Registration(view) => Self::registration(view),
            Event::Of(account, event) => {
                let lines = Self::of(event).into_iter();
                lines.map(|line| line.about(account.as_str())).collect()
            }
            Event::Accounts(accounts) => vec![Self::Accounts {
                accounts: accounts.iter().map(Account::of).collect(),
            }],
            Event::Incoming {
                call,
                kind,
                from,
                notes,
            } => vec![Self::Incoming {
                call: call.0,
                kind: names::kind(*kind),
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
                state: names::state(*state),
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
                state: names::transfer(*state),
                reason: reason.as_deref(),
            }],
            Event::TransferRequested { call, to } => {
                vec![Self::TransferRequested { call: call.0, to }]
            }
            Event::WaitsForPress { call } => vec![Self::WaitsForPress { call: call.0 }],
            // What is in the snapshot is made into lines where that is read.
            Event::Authorities { .. }
            | Event::Status
            | Event::Diagnosis
            | Event::ReportSaved { .. } => vec![],
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
            Event::Media {
                call,
                codec,
                srtp,
                keys,
            } => vec![Self::Media {
                call: call.0,
                codec,
                srtp: *srtp,
                keys: *keys,
            }],
            Event::SoundTrouble {
                call,
                trouble,
                text,
            } => vec![Self::SoundTrouble {
                call: call.0,
                trouble: names::trouble(*trouble),
                state: if text.is_some() { "began" } else { "ended" },
                text: text.as_deref(),
            }],
            Event::Quality { call, media } => {
                vec![Self::Quality(Box::new(Quality::of(call.0, media)))]
            }
            Event::ContactsImported {
                file,
                added,
                changed,
                skipped,
            } => vec![Self::ContactsImported {
                file,
                added: *added,
                changed: *changed,
                skipped: *skipped,
            }],
            Event::ContactsExported { file, contacts } => vec![Self::ContactsExported {
                file,
                contacts: *contacts,
            }],
            Event::AddressBook(Ok(changes)) => vec![Self::synced(*changes)],
            Event::AddressBook(Err(text)) => vec![Self::error(text)],
            Event::History(list) => vec![Self::History(Past::of(list))],
            Event::MessageWaiting { new, old, urgent } => vec![Self::MessageWaiting {
                account: None,
                new: *new,
                old: *old,
                urgent: *urgent,
            }],
            Event::SettingsExported { file } => vec![Self::ProfileExported { file }],
            Event::SettingsRead(reading) => {
                vec![Self::ProfileRead(Box::new(Reading::of(reading)))]
            }
            Event::EchoTest { stage } => vec![Self::EchoTest {
                stage: names::echo_test(*stage),
            }],
            Event::Notice { text } => vec![Self::Notice { text }],
            Event::Error { text } => vec![Self::error(text)],
            Event::Stopped => Vec::new(),
        }
    }

    /// The same said of an account that is not the first one.
    fn about(mut self, whose: &'a str) -> Self {
        if let Self::Registration { account, .. } | Self::MessageWaiting { account, .. } = &mut self
        {
            *account = Some(whose);
        }
        self
    }

    pub fn error(text: &'a str) -> Self {
        Self::Error { text }
    }

    fn synced(changes: AddressBookChanges) -> Self {
        let AddressBookChanges {
            contacts,
            added,
            changed,
            removed,
        } = changes;
        Self::ContactsSynced {
            contacts,
            added,
            changed,
            removed,
        }
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
        let state = names::registration(view);
        let reason = match view {
            RegistrationView::SignedOut
            | RegistrationView::Connecting(
                ConnectingStage::CheckingCertificate | ConnectingStage::SigningIn,
            ) => return Vec::new(),
            RegistrationView::Connecting(ConnectingStage::Connecting)
            | RegistrationView::Registered => None,
            RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. } => {
                Some(problem.text.as_str())
            }
        };
        let line = Self::Registration {
            account: None,
            state,
            reason,
        };
        std::iter::once(line)
            .chain(reason.map(Self::error))
            .collect()
    }
}

impl<'a> Notes<'a> {
    fn of(notes: &'a CallNotes) -> Self {
        Self {
            diverted_from: notes.diverted_from.as_deref(),
            asserted: notes.asserted.as_deref(),
            contact: notes.contact.as_deref(),
            answered_elsewhere: notes.answered_elsewhere.then_some(true),
            account: notes.account.as_ref().map(AccountId::as_str),
        }
    }
}

#[cfg(test)]
mod tests;
