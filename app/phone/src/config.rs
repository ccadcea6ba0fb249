//! How an engine is started: where it keeps things, who it is, where its sound goes.

use std::path::PathBuf;

use crate::command::Password;
use crate::settings::AccountSettings;

/// What [`crate::start`] needs to know. `PhoneConfig::default()` is the ordinary desktop phone.
#[derive(Debug, Clone, Default)]
pub struct PhoneConfig {
    pub profile: Profile,
    /// The account for this run, in place of the one that the profile keeps. It is never saved.
    pub account: Option<AccountSettings>,
    /// The password of [`PhoneConfig::account`]; the keyring is asked where it is missing.
    pub password: Option<Password>,
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
pub enum Sound {
    /// The sound devices of the settings.
    #[default]
    Devices,
    /// Files, for scripts and for machines without sound.
    Files {
        /// WAV played as the microphone from the answer on; `None` is silence.
        microphone: Option<PathBuf>,
        /// WAV that receives what the loudspeaker would play; `None` drops it.
        speaker: Option<PathBuf>,
    },
}
