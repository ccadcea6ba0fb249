//! What the keys of the keyboard do.

use super::{CALL_VOICEMAIL, QUIT};
use crate::views::shortcuts::Purpose;

pub const KEYS: &str = "Keys";
pub const CLOSE: &str = "Close";
pub const SHOW_KEYS: &str = "Show all keys";

/// Keys that depend on where the keyboard is.
pub const OTHER_KEYS: [(&str, &str); 3] = [
    ("0-9 * #", "Dial, or send digits in a call"),
    ("Tab", "Go to the next control"),
    ("Esc", "Close what lies on top"),
];

pub fn key(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Help => "These keys",
        Purpose::CallVoicemail => CALL_VOICEMAIL,
        Purpose::Answer => "Answer",
        Purpose::HangUp => "Hang up or decline",
        Purpose::Mute => "Mute or unmute",
        Purpose::Hold => "Hold or resume",
        Purpose::Show(tab) => super::tab(tab),
        Purpose::Quit => QUIT,
    }
}
