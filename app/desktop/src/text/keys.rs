//! What the keys of the keyboard do.

use hark_words::{say, words};

use super::{answer, call_voicemail, quit};
use crate::views::shortcuts::Purpose;

words! {
    pub keys;
    pub close;
    pub show_keys;
    /// What these two keys of the keypad are called aloud.
    pub key_star;
    pub key_hash;
}

/// Keys that depend on where the keyboard is.
pub fn other_keys() -> [(&'static str, &'static str); 3] {
    [
        ("0-9 * #", say!(keys_digits)),
        ("Tab", say!(keys_tab)),
        ("Esc", say!(keys_escape)),
    ]
}

pub fn key(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Help => say!(keys_help),
        Purpose::CallVoicemail => call_voicemail(),
        Purpose::Answer => answer(),
        Purpose::HangUp => say!(keys_hang_up),
        Purpose::Mute => say!(keys_mute),
        Purpose::Hold => say!(keys_hold),
        Purpose::Show(tab) => super::tab(tab),
        Purpose::LargerText => say!(keys_larger),
        Purpose::SmallerText => say!(keys_smaller),
        Purpose::UsualText => say!(keys_usual_size),
        Purpose::Quit => quit(),
    }
}
