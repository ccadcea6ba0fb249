//! The voicemail menu: what a user hears and may press, as a pure state machine.
//!
//! | where    | keys                                                                        |
//! |----------|-----------------------------------------------------------------------------|
//! | PIN      | digits and `#`; `*` starts again                                            |
//! | main     | `1` listen, `2` greeting, `*` end                                           |
//! | message  | `1` repeat, `2` save, `3` delete or bring back, `4` call the sender, `5` details, `6` next, `*` main |
//! | greeting | `1` record, `2` standard greeting, `*` main                                 |
//! | review   | `1` keep, `2` listen, `3` record again, `*` discard                         |
//!
//! Every key interrupts what plays. Deleting can be undone until the call ends, because only the
//! end of the call removes anything.

mod keys;
mod script;

use jiff::Zoned;

use crate::config::Secret;
use crate::dialogue::{CallBackOutcome, Effect, GreetingChoice, Input, Sound, Take};
use crate::event::PinCheck;
use crate::prompts::Prompt;
use crate::store::{Message, MessageState};

/// One user's walk through the own mailbox, for one call.
pub(crate) struct Menu {
    state: State,
    items: Vec<Item>,
    greeting: GreetingChoice,
    /// When the call began, in the user's time zone: what "today" means.
    clock: Zoned,
    /// How often in a row the caller let a question go unanswered.
    silences: u8,
}

/// How a walk begins.
pub(crate) enum Entry {
    /// OX-7: the PIN is asked for.
    Pin(Secret),
    /// OX-6: the PIN is skipped.
    Open,
    /// OX-8: the user was called to hear this message, by its place among the messages given.
    PlayOnPhone(usize),
}

/// A message in the order of this call, with what the call has done to it.
struct Item {
    message: Message,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Deleted,
}

#[derive(Debug, Clone)]
enum State {
    /// Nothing was said yet.
    Entering,
    Pin(Pin),
    Main,
    /// The message plays; once it has played to its end it counts as heard.
    Playing(usize),
    /// The options of the message were told.
    Message(usize),
    CallingBack(usize),
    Greeting,
    /// The instructions for recording play.
    AboutToRecord,
    Recording,
    /// Recording was stopped, and what it holds is awaited.
    Stopping,
    Review,
    Leaving,
    Over,
}

/// The question for the PIN.
#[derive(Debug, Clone)]
struct Pin {
    right: Secret,
    keyed: String,
    tries_left: u8,
}

type Next = (State, Vec<Effect>);

impl Menu {
    /// `messages` in the order of arrival. The newest is played first, new ones before saved ones.
    pub fn new(entry: Entry, messages: &[Message], greeting: GreetingChoice, clock: Zoned) -> Self {
        let chosen = match entry {
            Entry::PlayOnPhone(index) => messages.get(index).map(|message| message.id),
            Entry::Pin(_) | Entry::Open => None,
        };
        let mut items: Vec<_> = messages.iter().rev().cloned().map(Item::new).collect();
        items.sort_by_key(|item| {
            (
                Some(item.message.id) != chosen,
                item.message.state == MessageState::Saved,
            )
        });
        let state = match entry {
            Entry::Pin(right) => State::Pin(Pin::new(right)),
            Entry::PlayOnPhone(_) if chosen.is_some() => State::Playing(0),
            Entry::PlayOnPhone(_) | Entry::Open => State::Entering,
        };
        Self {
            state,
            items,
            greeting,
            clock,
            silences: 0,
        }
    }

    /// Takes one input to the next state.
    pub fn step(&mut self, input: Input) -> Vec<Effect> {
        if !matches!(input, Input::Silence | Input::Played | Input::Quiet) {
            self.silences = 0;
        }
        let state = std::mem::replace(&mut self.state, State::Over);
        let (state, effects) = self.next(state, input);
        self.state = state;
        effects
    }

    fn next(&mut self, state: State, input: Input) -> Next {
        use State::{
            AboutToRecord, CallingBack, Entering, Greeting, Leaving, Main, Message, Over, Pin,
            Playing, Recording, Review, Stopping,
        };
        match (state, input) {
            (Over, _) => (Over, vec![]),
            (Recording, Input::HungUp) => (Over, self.close([Effect::StopRecording])),
            (CallingBack(_), Input::HungUp) => (Over, self.close([Effect::EndCallBack])),
            (_, Input::HungUp) => (Over, self.close([])),

            (Entering, Input::Connected) => {
                self.enter(PinCheck::Skipped, vec![Prompt::Welcome.into()])
            }
            (Pin(pin), Input::Connected) => (
                Pin(pin),
                play([Prompt::Welcome.into(), Prompt::PinAsk.into()]),
            ),
            (Playing(index), Input::Connected) => self.play_on_phone(index),

            (Pin(pin), Input::Key(key)) => self.key_of_pin(pin, key),
            (Main, Input::Key(key)) => self.key_of_main(key),
            (Playing(index) | Message(index), Input::Key(key)) => self.key_of_message(index, key),
            (Greeting, Input::Key(key)) => self.key_of_greeting(key),
            (AboutToRecord, Input::Key(_)) => (AboutToRecord, play([Sound::Tone])),
            (Recording, Input::Key(_)) => (Stopping, vec![Effect::StopRecording]),
            (Review, Input::Key(key)) => self.key_of_review(key),
            (CallingBack(index), Input::Key('*')) => {
                (CallingBack(index), vec![Effect::EndCallBack])
            }

            (Playing(index), Input::Played) => self.heard(index),
            (AboutToRecord, Input::Played) => (Recording, vec![Effect::StartRecording]),
            (Leaving, Input::Played) => (Leaving, vec![Effect::HangUp]),

            (Recording | Stopping, Input::Recorded(Take::Sound)) => (Review, play(self.review())),
            (Recording | Stopping, Input::Recorded(Take::Empty)) => (
                Greeting,
                play(self.greeting_options([Prompt::GreetingNothing.into()])),
            ),
            (CallingBack(index), Input::CallBackEnded(outcome)) => self.called_back(index, outcome),

            (state, Input::Silence) => self.ask_again(state),
            (
                state,
                Input::Connected
                | Input::Quiet
                | Input::Key(_)
                | Input::Played
                | Input::Recorded(_)
                | Input::CallBackEnded(_),
            ) => (state, vec![]),
        }
    }

    fn enter(&self, pin: PinCheck, mut sounds: Vec<Sound>) -> Next {
        sounds.push(self.counts());
        sounds.extend(self.main_options());
        (State::Main, vec![Effect::Opened(pin), Effect::Play(sounds)])
    }

    fn play_on_phone(&self, index: usize) -> Next {
        let mut sounds = vec![Prompt::PlayOnPhoneIntro.into()];
        sounds.extend(self.message(index));
        (State::Playing(index), play(sounds))
    }

    /// The message has played to its end.
    fn heard(&mut self, index: usize) -> Next {
        let mut effects = self.mark_saved(index);
        let (state, told) = self.tell(index, vec![Prompt::MessageEnd.into()]);
        effects.extend(told);
        (state, effects)
    }

    fn mark_saved(&mut self, index: usize) -> Vec<Effect> {
        let message = &mut self.items[index].message;
        match std::mem::replace(&mut message.state, MessageState::Saved) {
            MessageState::New => vec![Effect::Save(message.id)],
            MessageState::Saved => vec![],
        }
    }

    fn called_back(&self, index: usize, outcome: CallBackOutcome) -> Next {
        let told = match outcome {
            CallBackOutcome::Talked => Prompt::CallBackEnded,
            CallBackOutcome::NotReached => Prompt::CallBackFailed,
        };
        self.tell(index, vec![told.into()])
    }

    /// The caller let a question go unanswered: it is put again, and at last the call ends.
    fn ask_again(&mut self, state: State) -> Next {
        let sounds = match &state {
            State::Pin(pin) if !pin.keyed.is_empty() => return self.judge(pin.clone()),
            State::Pin(_) => vec![Prompt::PinAsk.into()],
            State::Main => self.main([]),
            State::Message(index) => self.message_options(*index),
            State::Greeting => self.greeting_options([]),
            State::Review => self.review(),
            State::Entering
            | State::Playing(_)
            | State::CallingBack(_)
            | State::AboutToRecord
            | State::Recording
            | State::Stopping
            | State::Leaving
            | State::Over => return (state, vec![]),
        };
        self.silences += 1;
        if self.silences == SILENCES_ALLOWED {
            return leave([Prompt::Goodbye]);
        }
        (state, play(sounds))
    }

    /// What the end of the call leaves to do: the deleted messages go.
    fn close<const N: usize>(&self, first: [Effect; N]) -> Vec<Effect> {
        let deleted = self.items.iter().filter(|item| item.fate == Fate::Deleted);
        let removals = deleted.map(|item| Effect::Remove(item.message.id));
        first.into_iter().chain(removals).collect()
    }

    /// Says something about a message, then what can be done with it.
    fn tell(&self, index: usize, mut sounds: Vec<Sound>) -> Next {
        sounds.extend(self.message_options(index));
        (State::Message(index), play(sounds))
    }
}

impl Item {
    fn new(message: Message) -> Self {
        Self {
            message,
            fate: Fate::Kept,
        }
    }
}

impl Pin {
    fn new(right: Secret) -> Self {
        Self {
            right,
            keyed: String::new(),
            tries_left: PIN_TRIES,
        }
    }
}

fn leave<const N: usize>(prompts: [Prompt; N]) -> Next {
    (State::Leaving, play(prompts.map(Sound::from)))
}

fn play(sounds: impl Into<Vec<Sound>>) -> Vec<Effect> {
    vec![Effect::Play(sounds.into())]
}

/// OX-7: a third wrong PIN ends the call.
const PIN_TRIES: u8 = 3;

/// A third unanswered question in a row ends the call.
const SILENCES_ALLOWED: u8 = 3;

#[cfg(test)]
mod tests;
