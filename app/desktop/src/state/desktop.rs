//! What is known about the desktop around the window.

use std::path::PathBuf;

use hark_words::Language;

/// It stays when another account begins.
#[derive(Debug, Clone, Default)]
pub struct DesktopState {
    /// Light or dark, as the desktop told.
    pub theme: Option<egui::Theme>,
    /// The same by the theme of its windows, where it tells nothing else.
    pub theme_of_windows: Option<egui::Theme>,
    pub motion: Motion,
    /// How much larger the desktop wants text, in per cent, where the window system does not see to it.
    pub text_scale: Option<u16>,
    /// What the user of this computer speaks, as far as Hark does.
    pub language: Language,
    /// Why there are no desktop notifications, where there are none.
    pub no_notifications: Option<String>,
    /// Where files for the user go.
    pub folder: PathBuf,
    pub tray: TrayState,
    /// `None` where this desktop starts no programs by itself.
    pub autostart: Option<Autostart>,
}

/// One thing that the user wants of every program of the desktop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Preference {
    /// `None` where he wants neither.
    Theme(Option<egui::Theme>),
    /// See [`DesktopState::theme_of_windows`].
    ThemeOfWindows(Option<egui::Theme>),
    Motion(Motion),
    /// See [`DesktopState::text_scale`].
    TextScale(Option<u16>),
}

/// Whether things may move on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Motion {
    #[default]
    Full,
    /// What changes does so at once.
    Reduced,
}

impl DesktopState {
    pub fn prefer(&mut self, preference: Preference) {
        match preference {
            Preference::Theme(theme) => self.theme = theme,
            Preference::ThemeOfWindows(theme) => self.theme_of_windows = theme,
            Preference::Motion(motion) => self.motion = motion,
            Preference::TextScale(percent) => self.text_scale = percent,
        }
    }
}

/// Whether a tray shows the program while it has no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrayState {
    #[default]
    Missing,
    Shown,
}

/// Whether the program starts with the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autostart {
    On,
    Off,
}
