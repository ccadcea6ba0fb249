//! The words between a voice call and the state machine that leads it.
//!
//! A dialogue is pure: what the caller does comes in as an [`Input`], what the server shall do goes
//! out as [`Effect`]s, in order. [`crate::um`] carries them out with sound and store.

use crate::event::PinCheck;
use crate::menu::Menu;
use crate::prompts::{Phrase, Prompt};
use crate::store::MessageId;

/// What leads a call.
pub(crate) enum Dialogue {
    Menu(Menu),
    Deposit(Deposit),
    Announcement(Announcement),
}

/// What happens on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// The call is connected.
    Connected,
    /// A key: `0` to `9`, `*` or `#`.
    Key(char),
    /// All that was to be played has been played.
    Played,
    /// The other side has said nothing for a moment.
    Quiet,
    /// Nothing was keyed for [`crate::um`]'s patience after the last sound.
    Silence,
    /// Recording ended, by [`Effect::StopRecording`] or at its limit.
    Recorded(Take),
    CallBackEnded(CallBackOutcome),
    /// The call is over, whoever ended it. Nothing but store effects is of use any more.
    HungUp,
}

/// Whether a recording holds anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    Empty,
    Sound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallBackOutcome {
    Talked,
    NotReached,
}

/// What the server shall do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Play this instead of what plays. An empty list is silence.
    Play(Vec<Sound>),
    /// The mailbox is open.
    Opened(PinCheck),
    StartRecording,
    StopRecording,
    /// Make the recording the user's greeting.
    KeepGreeting,
    RemoveGreeting,
    /// Put the recording into the mailbox as a message.
    StoreMessage,
    /// The message is no longer new.
    Save(MessageId),
    Remove(MessageId),
    /// Call this address and connect it with the caller.
    CallBack(String),
    EndCallBack,
    HangUp,
}

/// One thing to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sound {
    Say(Phrase),
    Message(MessageId),
    /// The user's own greeting, as stored.
    Greeting,
    /// What was recorded last in this call.
    Recording,
    /// The tone before recording starts.
    Tone,
}

impl Dialogue {
    pub fn step(&mut self, input: Input) -> Vec<Effect> {
        match self {
            Self::Menu(menu) => menu.step(input),
            Self::Deposit(deposit) => deposit.step(input),
            Self::Announcement(announcement) => announcement.step(input),
        }
    }
}

impl From<Prompt> for Sound {
    fn from(prompt: Prompt) -> Self {
        Self::Say(prompt.into())
    }
}

impl From<Phrase> for Sound {
    fn from(phrase: Phrase) -> Self {
        Self::Say(phrase)
    }
}

/// Call answering: a greeting, a tone, and the caller's message.
pub(crate) struct Deposit {
    state: DepositState,
    greeting: GreetingChoice,
}

/// Which greeting callers hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GreetingChoice {
    Standard,
    Own,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DepositState {
    Greeting,
    Recording,
    /// Recording was stopped, and what it holds is awaited.
    Stopping,
    Leaving,
    Over,
}

impl Deposit {
    pub fn new(greeting: GreetingChoice) -> Self {
        Self {
            state: DepositState::Greeting,
            greeting,
        }
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        use DepositState::{Greeting, Leaving, Over, Recording, Stopping};
        let (state, effects) = match (self.state, input) {
            (Greeting, Input::Connected) => (Greeting, vec![Effect::Play(self.greet())]),
            // A caller who knows the greeting skips it.
            (Greeting, Input::Key(_)) => (Greeting, vec![Effect::Play(vec![Sound::Tone])]),
            (Greeting, Input::Played) => (Recording, vec![Effect::StartRecording]),
            (Recording, Input::Key('#')) => (Stopping, vec![Effect::StopRecording]),
            (Recording, Input::HungUp) => (Over, vec![Effect::StopRecording, Effect::StoreMessage]),
            (Recording | Stopping, Input::Recorded(Take::Sound)) => {
                let thanks = [Prompt::DepositThanks, Prompt::Goodbye]
                    .map(Sound::from)
                    .into();
                (Leaving, vec![Effect::StoreMessage, Effect::Play(thanks)])
            }
            (Recording | Stopping, Input::Recorded(Take::Empty)) => {
                let nothing = [Prompt::DepositNothing, Prompt::Goodbye]
                    .map(Sound::from)
                    .into();
                (Leaving, vec![Effect::Play(nothing)])
            }
            (Leaving, Input::Played) => (Over, vec![Effect::HangUp]),
            (Stopping, Input::HungUp) => (Over, vec![Effect::StoreMessage]),
            (Greeting | Leaving | Over, Input::HungUp) => (Over, vec![]),
            (state, _) => (state, vec![]),
        };
        self.state = state;
        effects
    }

    fn greet(&self) -> Vec<Sound> {
        match self.greeting {
            GreetingChoice::Own => vec![Sound::Greeting, Sound::Tone],
            GreetingChoice::Standard => vec![
                Prompt::DepositGreeting.into(),
                Prompt::DepositInstructions.into(),
                Sound::Tone,
            ],
        }
    }
}

/// A caller that says one thing and hangs up: the demo's other user. As people do, it waits until
/// nobody speaks, so that it greets whoever answers, and speaks after the tone of a voicemail.
pub(crate) struct Announcement {
    state: AnnouncementState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnnouncementState {
    /// For quiet, and for this many times [`Input::Silence`] at most.
    Waiting(u8),
    Speaking,
    Over,
}

impl Announcement {
    pub fn new() -> Self {
        Self {
            state: AnnouncementState::Waiting(SILENCES_WAITED),
        }
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        use AnnouncementState::{Over, Speaking, Waiting};
        let (state, effects) = match (self.state, input) {
            (Waiting(_), Input::Quiet) | (Waiting(0), Input::Silence) => (
                Speaking,
                vec![Effect::Play(vec![Prompt::DemoCaller.into()])],
            ),
            (Waiting(left), Input::Silence) => (Waiting(left - 1), vec![]),
            (Speaking, Input::Played) => (Over, vec![Effect::HangUp]),
            (
                state,
                Input::Connected
                | Input::Quiet
                | Input::Silence
                | Input::Key(_)
                | Input::Played
                | Input::Recorded(_)
                | Input::CallBackEnded(_)
                | Input::HungUp,
            ) => (state, vec![]),
        };
        self.state = state;
        effects
    }
}

/// Somebody who never falls quiet is spoken to all the same, after about twenty seconds.
const SILENCES_WAITED: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn run(greeting: GreetingChoice, inputs: &[Input]) -> Vec<Effect> {
        let mut deposit = Deposit::new(greeting);
        inputs
            .iter()
            .flat_map(|input| deposit.step(input.clone()))
            .collect()
    }

    fn say(prompts: &[Prompt]) -> Effect {
        Effect::Play(prompts.iter().map(|prompt| (*prompt).into()).collect())
    }

    #[test]
    fn a_caller_who_presses_pound_is_thanked() {
        let effects = run(
            GreetingChoice::Own,
            &[
                Input::Connected,
                Input::Played,
                Input::Key('5'),
                Input::Key('#'),
                Input::Key('#'),
                Input::Recorded(Take::Sound),
                Input::Played,
                Input::HungUp,
            ],
        );
        assert_eq!(
            effects,
            [
                Effect::Play(vec![Sound::Greeting, Sound::Tone]),
                Effect::StartRecording,
                Effect::StopRecording,
                Effect::StoreMessage,
                say(&[Prompt::DepositThanks, Prompt::Goodbye]),
                Effect::HangUp,
            ]
        );
    }

    #[test]
    fn a_caller_who_just_hangs_up_has_left_a_message() {
        let effects = run(
            GreetingChoice::Standard,
            &[
                Input::Connected,
                Input::Key('1'),
                Input::Played,
                Input::HungUp,
                Input::HungUp,
            ],
        );
        assert_eq!(
            effects[1..],
            [
                Effect::Play(vec![Sound::Tone]),
                Effect::StartRecording,
                Effect::StopRecording,
                Effect::StoreMessage,
            ]
        );
    }

    #[test]
    fn a_caller_who_hangs_up_in_the_greeting_has_left_none() {
        let effects = run(GreetingChoice::Standard, &[Input::Connected, Input::HungUp]);
        assert_eq!(effects.len(), 1);
    }

    #[test]
    fn a_recording_at_its_limit_is_stored_and_an_empty_one_is_not() {
        let until_recording = [Input::Connected, Input::Played];
        for (take, stored) in [(Take::Sound, true), (Take::Empty, false)] {
            let mut inputs = until_recording.to_vec();
            inputs.push(Input::Recorded(take));
            let effects = run(GreetingChoice::Own, &inputs);
            assert_eq!(effects.contains(&Effect::StoreMessage), stored);
        }
    }

    #[test]
    fn an_announcement_waits_for_quiet_and_ends_by_itself() {
        let mut dialogue = Dialogue::Announcement(Announcement::new());
        assert_eq!(dialogue.step(Input::Connected), []);
        assert_eq!(dialogue.step(Input::Played), []);
        assert_eq!(dialogue.step(Input::Quiet), [say(&[Prompt::DemoCaller])]);
        assert_eq!(dialogue.step(Input::Quiet), []);
        assert_eq!(dialogue.step(Input::Key('1')), []);
        assert_eq!(dialogue.step(Input::Played), [Effect::HangUp]);
    }

    #[test]
    fn an_announcement_does_not_wait_for_ever() {
        let mut dialogue = Dialogue::Announcement(Announcement::new());
        dialogue.step(Input::Connected);
        for _ in 0..SILENCES_WAITED {
            assert_eq!(dialogue.step(Input::Silence), []);
        }
        assert_eq!(dialogue.step(Input::Silence), [say(&[Prompt::DemoCaller])]);
    }
}
