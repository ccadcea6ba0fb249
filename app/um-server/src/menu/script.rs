//! What the menu says: which sounds tell a state, and in which order.

use super::{Fate, Menu};
use crate::dialogue::{GreetingChoice, Sound};
use crate::prompts::{Phrase, Prompt};
use crate::store::MessageState;

impl Menu {
    /// How many messages there are. Deleted ones are not counted.
    pub(super) fn counts(&self) -> Sound {
        let kept = self.items.iter().filter(|item| item.fate == Fate::Kept);
        let (new, saved): (Vec<_>, Vec<_>) =
            kept.partition(|item| item.message.state == MessageState::New);
        Phrase::Counts {
            new: new.len(),
            saved: saved.len(),
        }
        .into()
    }

    /// Something to say first, then the choices of the main menu.
    pub(super) fn main<const N: usize>(&self, first: [Prompt; N]) -> Vec<Sound> {
        let first = first.map(Sound::from).into_iter();
        first.chain(self.main_options()).collect()
    }

    pub(super) fn main_options(&self) -> Vec<Sound> {
        let mut options = Vec::new();
        if !self.items.is_empty() {
            options.push(Prompt::MainListen.into());
        }
        options.extend([Prompt::MainGreeting, Prompt::MainEnd].map(Sound::from));
        options
    }

    /// A message with its announcement.
    pub(super) fn message(&self, index: usize) -> Vec<Sound> {
        let item = &self.items[index];
        let kind = match (item.fate, item.message.state) {
            (Fate::Deleted, _) => Prompt::MessageDeleted,
            (Fate::Kept, MessageState::New) => Prompt::MessageNew,
            (Fate::Kept, MessageState::Saved) => Prompt::MessageSaved,
        };
        let caller = item.message.envelope.caller.clone();
        vec![
            kind.into(),
            Phrase::From(caller).into(),
            Sound::Message(item.message.id),
        ]
    }

    /// The envelope: date, caller and length.
    pub(super) fn details(&self, index: usize) -> Vec<Sound> {
        let envelope = &self.items[index].message.envelope;
        let zone = self.clock.time_zone().clone();
        let at = envelope.received.to_zoned(zone).datetime();
        let details = [
            Phrase::Received {
                at,
                today: self.clock.date(),
            },
            Phrase::From(envelope.caller.clone()),
            Phrase::Length(envelope.duration),
        ];
        details.map(Sound::from).into()
    }

    pub(super) fn message_options(&self, index: usize) -> Vec<Sound> {
        let delete = match self.items[index].fate {
            Fate::Kept => Prompt::OptionDelete,
            Fate::Deleted => Prompt::OptionUndelete,
        };
        let options = [
            Prompt::OptionRepeat,
            Prompt::OptionSave,
            delete,
            Prompt::OptionCallBack,
            Prompt::OptionDetails,
            Prompt::OptionNext,
            Prompt::OptionMain,
        ];
        options.map(Sound::from).into()
    }

    pub(super) fn current_greeting(&self) -> Vec<Sound> {
        match self.greeting {
            GreetingChoice::Own => vec![Prompt::GreetingCurrent.into(), Sound::Greeting],
            GreetingChoice::Standard => vec![Prompt::GreetingNone.into()],
        }
    }

    pub(super) fn greeting_options(&self, first: impl Into<Vec<Sound>>) -> Vec<Sound> {
        let mut sounds = first.into();
        sounds.push(Prompt::GreetingRecord.into());
        if self.greeting == GreetingChoice::Own {
            sounds.push(Prompt::GreetingStandard.into());
        }
        sounds.push(Prompt::OptionMain.into());
        sounds
    }

    /// The choices about a greeting that was just recorded.
    pub(super) fn review(&self) -> Vec<Sound> {
        let choices = [
            Prompt::GreetingKeep,
            Prompt::GreetingListen,
            Prompt::GreetingAgain,
            Prompt::OptionMain,
        ];
        choices.map(Sound::from).into()
    }
}
