//! Where sound goes to and comes from.

use std::path::PathBuf;

/// Both ends of the sound of one phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AudioConfig {
    pub output: OutputChoice,
    pub input: InputChoice,
}

/// What takes the sound that a person would hear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OutputChoice {
    /// Devices, chosen by [`DeviceChoice`].
    #[default]
    Device,
    /// A WAV file, mono and 16 bit at the rate of the first call. It holds what the loudspeaker
    /// would play in calls from the answer on, and no ring tones, and is readable at any moment.
    File(PathBuf),
    /// Nobody listens.
    None,
}

/// What speaks into the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum InputChoice {
    /// A device, chosen by [`DeviceChoice`].
    #[default]
    Device,
    /// A WAV file, played into each call from its answer on; silence follows it.
    File(PathBuf),
    /// Silence.
    None,
}

/// The devices that the user prefers for each role, by the names of [`crate::DeviceNames`], the
/// most wanted first. The first that is there is used, and taken back when it comes back; where
/// none is there, the system's default is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceChoice {
    pub speaker: Vec<String>,
    pub microphone: Vec<String>,
    pub ringer: Vec<String>,
}
