//! What each key does in each place of the menu.

use super::{Fate, Menu, Next, Pin, State, leave, play};
use crate::dialogue::{Effect, GreetingChoice, Sound};
use crate::event::PinCheck;
use crate::prompts::Prompt;

impl Menu {
    pub(super) fn key_of_pin(&self, mut pin: Pin, key: char) -> Next {
        match key {
            '#' => self.judge(pin),
            '*' => {
                pin.keyed.clear();
                (State::Pin(pin), play([Prompt::PinAsk.into()]))
            }
            digit => {
                // One digit too many is as wrong as a thousand.
                if pin.keyed.len() <= pin.right.reveal().len() {
                    pin.keyed.push(digit);
                }
                (State::Pin(pin), play([]))
            }
        }
    }

    pub(super) fn judge(&self, mut pin: Pin) -> Next {
        if pin.keyed == pin.right.reveal() {
            return self.enter(PinCheck::Keyed, vec![]);
        }
        pin.keyed.clear();
        pin.tries_left -= 1;
        if pin.tries_left == 0 {
            return leave([Prompt::PinWrong, Prompt::Goodbye]);
        }
        (
            State::Pin(pin),
            play([Prompt::PinWrong.into(), Prompt::PinAsk.into()]),
        )
    }

    pub(super) fn key_of_main(&self, key: char) -> Next {
        match key {
            '1' if self.items.is_empty() => (State::Main, play(self.main([Prompt::MailboxEmpty]))),
            '1' => self.play_message(0),
            '2' => (
                State::Greeting,
                play(self.greeting_options(self.current_greeting())),
            ),
            '*' => leave([Prompt::Goodbye]),
            _ => (State::Main, play(self.main([Prompt::KeyUnknown]))),
        }
    }

    pub(super) fn key_of_message(&mut self, index: usize, key: char) -> Next {
        match key {
            '1' => self.play_message(index),
            '2' => self.save(index),
            '3' => self.delete_or_restore(index),
            '4' => self.call_back(index),
            '5' => self.tell(index, self.details(index)),
            '6' => self.next_message(index),
            '*' => (State::Main, play(self.main([]))),
            _ => self.tell(index, vec![Prompt::KeyUnknown.into()]),
        }
    }

    fn play_message(&self, index: usize) -> Next {
        (State::Playing(index), play(self.message(index)))
    }

    fn next_message(&self, index: usize) -> Next {
        if index + 1 < self.items.len() {
            return self.play_message(index + 1);
        }
        (State::Main, play(self.main([Prompt::NoMoreMessages])))
    }

    fn save(&mut self, index: usize) -> Next {
        let mut effects = self.mark_saved(index);
        self.items[index].fate = Fate::Kept;
        let (state, told) = self.tell(index, vec![Prompt::DoneSaved.into()]);
        effects.extend(told);
        (state, effects)
    }

    fn delete_or_restore(&mut self, index: usize) -> Next {
        let fate = &mut self.items[index].fate;
        let done = match fate {
            Fate::Kept => {
                *fate = Fate::Deleted;
                Prompt::DoneDeleted
            }
            Fate::Deleted => {
                *fate = Fate::Kept;
                Prompt::DoneUndeleted
            }
        };
        self.tell(index, vec![done.into()])
    }

    fn call_back(&self, index: usize) -> Next {
        match &self.items[index].message.envelope.caller.uri {
            Some(uri) => {
                let effects = vec![
                    Effect::Play(vec![Prompt::CallBackCalling.into()]),
                    Effect::CallBack(uri.clone()),
                ];
                (State::CallingBack(index), effects)
            }
            None => self.tell(index, vec![Prompt::CallBackNoNumber.into()]),
        }
    }

    pub(super) fn key_of_greeting(&mut self, key: char) -> Next {
        match key {
            '1' => (
                State::AboutToRecord,
                play([Prompt::GreetingSpeak.into(), Sound::Tone]),
            ),
            '2' => {
                self.greeting = GreetingChoice::Standard;
                let told = Effect::Play(self.main([Prompt::GreetingRemoved]));
                (State::Main, vec![Effect::RemoveGreeting, told])
            }
            '*' => (State::Main, play(self.main([]))),
            _ => (
                State::Greeting,
                play(self.greeting_options([Prompt::KeyUnknown.into()])),
            ),
        }
    }

    pub(super) fn key_of_review(&mut self, key: char) -> Next {
        match key {
            '1' => {
                self.greeting = GreetingChoice::Own;
                let told = Effect::Play(self.main([Prompt::GreetingKept]));
                (State::Main, vec![Effect::KeepGreeting, told])
            }
            '2' => {
                let mut sounds = vec![Sound::Recording];
                sounds.extend(self.review());
                (State::Review, play(sounds))
            }
            '3' => (
                State::AboutToRecord,
                play([Prompt::GreetingSpeak.into(), Sound::Tone]),
            ),
            '*' => (State::Main, play(self.main([Prompt::GreetingDiscarded]))),
            _ => {
                let mut sounds = vec![Prompt::KeyUnknown.into()];
                sounds.extend(self.review());
                (State::Review, play(sounds))
            }
        }
    }
}
