//! What the sound side tells the engine.

use std::fmt;
use std::path::PathBuf;

/// Something that happened to a device or a file. A call goes on whatever happens here: without a
/// loudspeaker its sound is discarded, without a microphone it sends silence.
#[derive(Debug, Clone, PartialEq)]
pub enum AudioEvent {
    /// The devices that are there, sent when the list is first known and whenever it is found to
    /// have changed.
    Devices(DeviceNames),
    /// Sound flows to or from this device.
    Opened { role: Role, device: String },
    /// No device could be opened. Said once; it is tried again while it is needed, and success
    /// shows as `Opened`.
    Missing { role: Role, reason: String },
    /// A device in use has failed or gone. `Opened` or `Missing` follows, also where the sound
    /// server has moved the sound to another device by itself.
    Lost {
        role: Role,
        device: String,
        reason: String,
    },
    /// How loud the microphone is while it is watched, on the scale of
    /// [`hark_media::LevelMeter`].
    MicrophoneLevel(f32),
    /// The sound file cannot be read or written; the call goes on without it.
    FileFailed { path: PathBuf, reason: String },
}

/// What a device is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Speaker,
    Microphone,
    Ringer,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Speaker => "loudspeaker",
            Self::Microphone => "microphone",
            Self::Ringer => "ringer",
        })
    }
}

/// The devices of this machine by the names that people know them by, each name once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceNames {
    pub outputs: Vec<String>,
    pub inputs: Vec<String>,
}
