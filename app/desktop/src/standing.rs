//! How the phone stands, in the few words that a tray has room for.

use hark_phone::{CallState, Presence, RegistrationView, Snapshot};

use crate::text;

/// What the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub mood: Mood,
    /// One sentence.
    pub line: String,
    pub presence: Presence,
    pub presence_is_automatic: bool,
    /// Whether there is an account to call a mailbox with.
    pub has_voicemail: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Nothing to see.
    Calm,
    /// New messages or missed calls.
    News,
    /// Not signed in, so that nobody can ring.
    Away,
    InCall,
}

impl Standing {
    pub fn of(snapshot: &Snapshot) -> Self {
        let new = snapshot.waiting_in_all().map_or(0, |waiting| waiting.new);
        let in_call = |state| matches!(state, CallState::Connected | CallState::Early);
        let mood = if snapshot.calls.iter().any(|call| in_call(call.state)) {
            Mood::InCall
        } else if snapshot.registration != RegistrationView::Registered {
            Mood::Away
        } else if new > 0 || snapshot.missed_unseen > 0 {
            Mood::News
        } else {
            Mood::Calm
        };
        Self {
            mood,
            line: text::standing(snapshot),
            presence: snapshot.presence,
            presence_is_automatic: snapshot.presence_is_automatic,
            has_voicemail: snapshot.voicemail.is_some(),
        }
    }
}
