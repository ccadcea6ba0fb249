//! What the engine tells its faces once, as against what the snapshot shows all the time.

use std::path::PathBuf;
use std::time::Duration;

use crate::command::Then;
use crate::portable::{Change, Document, Manner, Origin};
use crate::snapshot::{
    AccountId, AccountView, CallId, CallKind, CallState, Certificate, EchoTestStage, HistoryList,
    MediaView, RegistrationView, SoundTrouble,
};

/// Something that happened. The order of events is the order in which they happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Registration(RegistrationView),
    /// What happened concerns this account, which is not the first one: its registration, its mailbox.
    Of(AccountId, Box<Event>),
    /// Every account in the order of the user.
    Accounts(Vec<AccountView>),
    /// A call that `policy::admit` let through rings now.
    Incoming {
        call: CallId,
        kind: CallKind,
        from: String,
        notes: CallNotes,
    },
    /// A call changed its state.
    Call {
        call: CallId,
        state: CallState,
        /// Why it ended, in words a person can use.
        reason: Option<String>,
        /// Outgoing calls: whether the INVITE carried `Ms-Exchange-Command: skip-pin`.
        skip_pin: Option<bool>,
        notes: CallNotes,
    },
    /// A call was held, or goes on: by the user, or by the other side.
    Hold {
        call: CallId,
        held: bool,
        held_by_peer: bool,
    },
    /// How the recording of a call goes on.
    Recording {
        call: CallId,
        state: RecordingState,
    },
    /// An encrypted recording that [`crate::Command::OpenRecording`] was asked for.
    RecordingOpened {
        /// The file in clear.
        file: PathBuf,
        /// Whether all of it could be read: a file that breaks off is opened up to there.
        whole: bool,
    },
    /// How a transfer goes on that the user asked for.
    Transfer {
        call: CallId,
        state: TransferState,
        /// Why it came to nothing, in words a person can use.
        reason: Option<String>,
    },
    /// The other side of a call wants us to call somebody else, and the user is asked: see
    /// [`crate::Command::FollowTransfer`].
    TransferRequested {
        call: CallId,
        to: String,
    },
    /// A dial string waits at a `;` for [`crate::Command::Continue`].
    WaitsForPress {
        call: CallId,
    },
    /// The past calls that [`crate::Command::TellHistory`] asked for.
    History(HistoryList),
    /// The contacts of a file were taken over.
    ContactsImported {
        file: PathBuf,
        added: usize,
        /// Known before, and different now.
        changed: usize,
        /// Cards of which nothing can be called, or that cannot be read.
        skipped: usize,
    },
    ContactsExported {
        file: PathBuf,
        contacts: usize,
    },
    /// The server of the address book was asked, by itself or by
    /// [`crate::Command::UpdateAddressBook`]: what came of it, or a sentence that says why nothing did.
    AddressBook(Result<AddressBookChanges, String>),
    /// The SIP trace that [`crate::Command::ExportTrace`] asked for.
    Trace(TraceExport),
    /// What is in the file of [`crate::Command::ReadAuthorities`].
    Authorities {
        file: PathBuf,
        content: Result<Vec<Certificate>, FileFault>,
    },
    /// How the phone stands, as [`crate::Command::TellStatus`] asked, is in the snapshot.
    Status,
    /// The diagnosis that [`crate::Command::TellDiagnosis`] asked for is in the snapshot.
    Diagnosis,
    /// The report of [`crate::Command::SaveReport`] is in its file.
    ReportSaved {
        file: PathBuf,
    },
    /// The settings that travel are in this file.
    SettingsExported {
        file: PathBuf,
    },
    /// What a document of settings changes.
    SettingsRead(Box<SettingsReading>),
    /// Sound is agreed on.
    Media {
        call: CallId,
        codec: &'static str,
        /// As in [`MediaView`].
        srtp: Option<&'static str>,
        keys: Option<&'static str>,
    },
    /// Something is wrong with the sound of a call, or is so no longer.
    SoundTrouble {
        call: CallId,
        trouble: SoundTrouble,
        /// What happened and what to do next, in words a person can use; `None` when it is over.
        text: Option<String>,
    },
    /// How a call sounds, as [`crate::Command::TellQuality`] asked.
    Quality {
        call: CallId,
        media: Box<MediaView>,
    },
    /// The counts of the mailbox changed. The urgent ones are among the new ones.
    MessageWaiting {
        new: u32,
        old: u32,
        urgent: u32,
    },
    /// How far the test is that [`crate::Command::StartEchoTest`] began; `None` when it is over.
    EchoTest {
        stage: Option<EchoTestStage>,
    },
    /// A sentence for a person about something that happened and needs nothing done.
    Notice {
        text: String,
    },
    /// A sentence for a person: what happened and what to do next.
    Error {
        text: String,
    },
    /// The engine has stopped; nothing follows.
    Stopped,
}

/// What an update of the address book has changed, in contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddressBookChanges {
    /// How many there are from that server.
    pub contacts: usize,
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

/// What is known of a call besides its state. What the server says is empty for calls of our own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallNotes {
    /// The URI at which the call was sent on to us (`Diversion`, `History-Info`).
    pub diverted_from: Option<String>,
    /// The URI of the caller by the server's own word (`P-Asserted-Identity`).
    pub asserted: Option<String>,
    /// The name that the other side has in the address book.
    pub contact: Option<String>,
    /// Another device of the user took the call, so it is not missed.
    pub answered_elsewhere: bool,
    /// Whose call it is, where there are several accounts.
    pub account: Option<AccountId>,
}

/// Why a file of certificate authorities is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// There is no such file, or it may not be read.
    Unreadable,
    /// It holds no certificate in PEM.
    NoCertificate,
}

/// How far a recording is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingState {
    /// From here on both sides are recorded.
    Began { file: PathBuf },
    /// The file is complete.
    Saved {
        file: PathBuf,
        /// Silence that stands for what came faster than it could be written.
        missed: Duration,
    },
    /// It did not begin, or ended before its time.
    Failed {
        /// What was recorded until then, where there is a file.
        file: Option<PathBuf>,
        /// Why, in words a person can use; an [`Event::Error`] says the same.
        reason: String,
    },
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferState {
    Trying,
    /// The two others talk to each other; the call is over.
    Succeeded,
    /// The call goes on.
    Failed,
}

/// A document of settings that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsReading {
    /// `None` for one that a face has handed over.
    pub from: Option<Origin>,
    pub document: Document,
    pub manner: Manner,
    /// What is different with it.
    pub changes: Vec<Change>,
    /// Whether that is so already.
    pub then: Then,
}

/// The SIP trace as text, or the file that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceExport {
    Text { messages: usize, text: String },
    File { messages: usize, path: PathBuf },
}
