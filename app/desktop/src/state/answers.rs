//! What changes in the settings have done, to be said where they were made.

use hark_phone::Snapshot;
use hark_phone::portable::{Change, Portable, changes};

use crate::text;

/// The answers to the last change, and what they are measured against.
#[derive(Debug, Default)]
pub struct Answers {
    known: Option<Portable>,
    last: Vec<Answer>,
}

/// One setting that holds from now on.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// With its table, as in `audio.ringer`.
    key: String,
    text: String,
}

impl Answers {
    /// Follows the settings while they are seen: whatever the engine has changed in them is answered, whoever asked
    /// for it.
    pub fn follow(&mut self, snapshot: &Snapshot) {
        let now = snapshot.portable();
        if self.known.as_ref() == Some(&now) {
            return;
        }
        let Some(before) = self.known.replace(now.clone()) else {
            return;
        };
        let is_same = |one: &Portable, other: &Portable| {
            let id = |of: &Portable| of.accounts.first().map(|account| account.id());
            id(one) == id(other)
        };
        // Another account on the same page has changed nothing.
        self.last = match is_same(&before, &now) {
            true => answers(&changes(&before, &now), snapshot),
            false => Vec::new(),
        };
    }

    /// The page is left; what is changed elsewhere is answered elsewhere.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// What there is to say of a setting.
    pub fn of(&self, key: &str) -> Option<&str> {
        let answer = self.last.iter().find(|answer| answer.key == key)?;
        Some(&answer.text)
    }
}

fn answers(changes: &[Change], snapshot: &Snapshot) -> Vec<Answer> {
    let answer = |change: &Change| match change {
        Change::Set {
            place, key, after, ..
        } => {
            let key = format!("{}.{key}", place.table());
            let text = text::change_done(&key, after.as_ref(), snapshot);
            Some(Answer { key, text })
        }
        Change::AccountAdded(_)
        | Change::AccountRemoved(_)
        | Change::PasswordNeeded(_)
        | Change::DefaultAccount(_) => None,
    };
    changes.iter().filter_map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_answered_until_another_one_or_the_end_of_the_page() {
        let mut answers = Answers::default();
        let mut snapshot = Snapshot::default();
        answers.follow(&snapshot);
        assert_eq!(answers.of("audio.ringer"), None);
        snapshot.audio.ringer = vec!["Headset".into()];
        snapshot.devices.outputs = vec!["Headset".into()];
        answers.follow(&snapshot);
        let words = "Calls ring on Headset from now on.";
        assert_eq!(answers.of("audio.ringer"), Some(words));
        answers.follow(&snapshot);
        assert_eq!(answers.of("audio.ringer"), Some(words));
        snapshot.ring_rules.refuse_anonymous = true;
        answers.follow(&snapshot);
        assert_eq!(answers.of("audio.ringer"), None);
        assert_eq!(
            answers.of("who_rings.refuse_anonymous"),
            Some("Switched on.")
        );
        answers.forget();
        answers.follow(&snapshot);
        assert_eq!(answers.of("who_rings.refuse_anonymous"), None);
    }
}
