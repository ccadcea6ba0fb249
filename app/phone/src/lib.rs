//! The headless phone engine: Command in, Snapshot and Event out.
//!
//! It is the product; the window and the headless program are two faces of it. [`start`] runs one
//! engine on a thread of its own and returns a [`Handle`]: send a [`Command`], read the [`Snapshot`],
//! take the [`Event`]s. Nothing in a face waits for the network, for a disk or for a sound device.
//!
//! ```no_run
//! use hark_phone::{Command, PhoneConfig};
//!
//! let phone = hark_phone::start(PhoneConfig::default(), || { /* request a repaint */ });
//! phone.send(Command::CallVoicemail)?;
//! println!("{:?}", phone.snapshot().registration);
//! phone.join();
//! # Ok::<(), hark_phone::Busy>(())
//! ```

mod account;
pub mod address_book;
mod caller;
pub mod command;
pub mod config;
mod device_news;
mod dial;
mod engine;
pub mod event;
mod failures;
mod handle;
mod https;
mod media;
pub mod people;
mod policy;
pub mod portable;
mod quality;
mod recording;
pub mod settings;
pub mod snapshot;
mod store;
mod trace;
mod transfer;
mod voicemail;
mod words;

pub use account::AccountError;
pub use command::{
    Command, Digits, IfTaken, Naming, Password, Pin, TestTone, Then, TurnPassword, UserIs,
};
pub use config::{PhoneConfig, Profile, Sound, SoundEnd};
pub use dial::DialError;
pub use event::{
    AddressBookChanges, CallNotes, Event, FileFault, RecordingState, SettingsReading, TraceExport,
    TransferState,
};
pub use handle::{Busy, Handle, QUIT_LIMIT, start};
pub use people::{AddressLabel, Contact, ContactAddress, ContactCard, ContactOrigin};
pub use policy::RulesError;
pub use recording::{RecordingKey, open_recording, recording_key};
pub use settings::{
    AccountSettings, AddressBookSettings, AudioSettings, LanguageChoice, MediaEncryption,
    MediaKeys, NotAPortRange, PortRange, RecordingNotice, RecordingSettings, RingRules, Settings,
    TextSize, Theme, Transport,
};
pub use snapshot::{
    AccountId, AccountView, AddressBookStage, AddressBookView, CallDirection, CallId, CallKind,
    CallState, CallView, ConnectingStage, DigitsBy, EchoTestStage, EchoTestView, Presence, Problem,
    RecordingView, RegistrationView, Snapshot, SoundTrouble, TransferView, VoicemailOrigin,
    VoicemailView,
};
pub use store::Favourite;
pub use trace::nameless_message;
