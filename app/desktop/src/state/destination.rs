//! A field that asks where a call shall go.

use hark_phone::{Snapshot, people};

#[derive(Debug, Default)]
pub struct Destination {
    pub typed: String,
    /// Why nobody can be called there.
    pub error: Option<String>,
    /// Ask for the keyboard in the next frame.
    pub wants_focus: bool,
}

impl Destination {
    /// An empty field that asks for the keyboard.
    pub fn asked() -> Self {
        Self {
            wants_focus: true,
            ..Self::default()
        }
    }

    /// What was typed, if it can be called; else the reason stands at the field.
    pub fn entered(&mut self, snapshot: &Snapshot) -> Option<String> {
        self.error = unusable(snapshot, &self.typed);
        match self.error {
            None => Some(self.typed.trim().to_owned()),
            Some(_) => None,
        }
    }
}

/// Why a call cannot go to what was typed, in the engine's words.
pub fn unusable(snapshot: &Snapshot, typed: &str) -> Option<String> {
    let account = snapshot.account.as_ref()?;
    if people::named(&snapshot.contacts, typed).is_some() {
        return None;
    }
    let error = account.check_destination(typed).err()?;
    Some(error.to_string())
}
