//! Where sound goes to and comes from.

use std::path::PathBuf;

/// Both ends of the sound of one phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AudioConfig {
    pub output: OutputChoice,
    pub input: InputChoice,
}

/// What takes the sound that a person would hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputChoice {
    /// Devices by name, as [`crate::DeviceNames`] lists them; `None` follows the system's default,
    /// and so does a name that is not there.
    Device {
        speaker: Option<String>,
        ringer: Option<String>,
    },
    /// A WAV file, mono and 16 bit at the rate of the first call. It holds what the loudspeaker
    /// would play in calls from the answer on, and no ring tones, and is readable at any moment.
    File(PathBuf),
    /// Nobody listens.
    None,
}

/// What speaks into the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputChoice {
    /// A device by name; `None` follows the system's default, and so does a name that is not there.
    Device(Option<String>),
    /// A WAV file, played into each call from its answer on; silence follows it.
    File(PathBuf),
    /// Silence.
    None,
}

/// Device names that the user has chosen; `None` follows the system's default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceChoice {
    pub speaker: Option<String>,
    pub microphone: Option<String>,
    pub ringer: Option<String>,
}

impl Default for OutputChoice {
    fn default() -> Self {
        Self::Device {
            speaker: None,
            ringer: None,
        }
    }
}

impl Default for InputChoice {
    fn default() -> Self {
        Self::Device(None)
    }
}
