//! Settings that are saved to a file and loaded from one, or from a link.

use std::path::PathBuf;

use hark_phone::SettingsReading;
use hark_phone::portable::Manner;

/// What the user does with settings that travel.
#[derive(Debug, Default)]
pub struct ProfileState {
    /// The file that the settings were saved to last.
    pub saved: Option<PathBuf>,
    /// The file or the link, as typed.
    pub from: SourceField,
    /// "My administrator gave me a link" is open in the set-up.
    pub link: bool,
    /// Settings that were read and not taken: the page that asks lies over the tabs.
    pub reading: Option<Box<SettingsReading>>,
}

/// A field for a file or a link.
#[derive(Debug, Default)]
pub struct SourceField {
    pub typed: String,
    pub error: Option<String>,
    /// It was entered, and what it leads to has not come.
    pub waiting: bool,
}

/// Where settings are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadFrom {
    /// In the settings: what was saved there comes back as it was.
    Settings,
    /// In the set-up: an administrator's document says what it says, and no more.
    Setup,
}

impl LoadFrom {
    pub fn manner(self) -> Manner {
        match self {
            Self::Settings => Manner::Whole,
            Self::Setup => Manner::Keys,
        }
    }
}
