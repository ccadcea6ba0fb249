//! What is known about the desktop around the window.

use std::path::PathBuf;

use hark_words::Language;

/// It stays when another account begins.
#[derive(Debug, Clone, Default)]
pub struct DesktopState {
    /// Light or dark, as the desktop told.
    pub theme: Option<eframe::egui::Theme>,
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
