//! How an engine is started: where it keeps things, who it is, where its sound goes.

use std::path::PathBuf;

use crate::command::{Password, Pin};
use crate::recording::RecordingKey;
use crate::settings::{
    AccountSettings, AddressBookSettings, AudioSettings, RecordingSettings, RingRules,
};

/// What [`crate::start`] needs to know. `PhoneConfig::default()` is the ordinary desktop phone.
#[derive(Debug, Clone, Default)]
pub struct PhoneConfig {
    pub profile: Profile,
    /// The account for this run, in place of the one that the profile keeps. It is never saved.
    pub account: Option<AccountSettings>,
    /// The password of [`PhoneConfig::account`]; the keyring is asked where it is missing.
    pub password: Option<Password>,
    /// The PIN of the mailbox for this run.
    pub pin: Option<Pin>,
    /// The password of the account's TURN server for this run; the keyring is asked where it is
    /// missing.
    pub turn_password: Option<Password>,
    /// Who rings in this run, in place of what the profile keeps. Never saved.
    pub ring_rules: Option<RingRules>,
    /// Devices and voice processing in this run, in place of what the profile keeps. Never saved.
    pub audio: Option<AudioSettings>,
    /// How calls are recorded in this run, in place of what the profile keeps. Never saved.
    pub recording: Option<RecordingSettings>,
    /// The address book of a server in this run, in place of the one that the profile names. Never
    /// saved.
    pub address_book: Option<AddressBookSettings>,
    /// Its password; the keyring is asked where it is missing.
    pub address_book_password: Option<Password>,
    /// The key for encrypted recordings of this run, in place of the one in the keyring.
    pub recording_key: Option<RecordingKey>,
    /// The one certificate authority to trust in this run, as PEM, in place of the platform's and
    /// the account's. The demo's throw-away server needs it.
    pub only_authority: Option<String>,
    pub sound: Sound,
}

/// Where settings, history and presence are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Profile {
    /// The platform's configuration and data folders.
    #[default]
    Platform,
    /// One folder for everything.
    Folder(PathBuf),
    /// Nowhere: nothing outlives the engine, and the keyring is read but never written.
    Memory,
}

/// What the engine speaks into and listens to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sound {
    pub microphone: SoundEnd,
    pub speaker: SoundEnd,
}

/// One end of the sound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SoundEnd {
    /// The sound device of the settings.
    #[default]
    Device,
    /// A WAV file, for scripts and for machines without sound: played as the microphone from the
    /// answer on, or written with what the loudspeaker would play.
    File(PathBuf),
    /// Silence, or nobody who listens.
    None,
}
