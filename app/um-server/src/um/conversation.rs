//! One voice call, led by a dialogue: sound and keys in, sound and requests out, 10 ms at a time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dialogue::{CallBackOutcome, Dialogue, Effect, Input, Take};
use crate::event::PinCheck;
use crate::store::MessageId;

pub(crate) use super::player::Stored;
use super::player::{Player, Progress};
pub(crate) use super::recorder::{Presence, Recording};
use super::recorder::{Recorder, Room};

/// A call that is answered.
pub(crate) struct Conversation {
    dialogue: Dialogue,
    rate_hz: u32,
    player: Player,
    activity: Activity,
    /// How long the other side has said nothing.
    quiet: Duration,
    /// The last recording that was finished in this call.
    recording: Option<Recording>,
    requests: VecDeque<Request>,
}

/// What the conversation does besides playing.
enum Activity {
    /// It plays.
    Speaking,
    /// All was played, and this long the caller has been silent.
    Listening(Duration),
    Recording(Box<Recorder>),
    /// It waits for the sender who is being called.
    CallingBack,
    /// The sender has answered and talks with the caller.
    Talking,
    Over,
}

/// What a conversation needs from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// See [`Conversation::provide`].
    Load(Stored),
    Opened(PinCheck),
    StoreMessage(Recording),
    KeepGreeting(Recording),
    RemoveGreeting,
    Save(MessageId),
    Remove(MessageId),
    /// Call this address; see [`Conversation::call_back_answered`] and
    /// [`Conversation::call_back_ended`].
    CallBack(String),
    EndCallBack,
    HangUp,
}

impl Conversation {
    /// Begins with a call that has just been connected.
    pub fn new(dialogue: Dialogue, rate_hz: u32) -> Self {
        let mut conversation = Self {
            dialogue,
            rate_hz,
            player: Player::new(rate_hz),
            activity: Activity::Speaking,
            quiet: Duration::ZERO,
            recording: None,
            requests: VecDeque::new(),
        };
        conversation.step(Input::Connected);
        conversation
    }

    /// The caller pressed a key. Keys to the sender who is called back are not ours, but for `*`.
    pub fn key(&mut self, key: char) {
        self.step(Input::Key(key));
    }

    /// The mailbox gives what [`Request::Load`] asked for, or cannot.
    pub fn provide(&mut self, stored: Stored, file: Option<&[u8]>) {
        self.player.provide(stored, file);
    }

    /// The sender has answered: what the caller hears is their voice from here on.
    pub fn call_back_answered(&mut self) {
        if matches!(self.activity, Activity::CallingBack) {
            self.player.play(vec![], None);
            self.activity = Activity::Talking;
        }
    }

    /// The call to the sender is over, or came to nothing.
    pub fn call_back_ended(&mut self) {
        let outcome = match self.activity {
            Activity::Talking => CallBackOutcome::Talked,
            Activity::CallingBack => CallBackOutcome::NotReached,
            Activity::Speaking
            | Activity::Listening(_)
            | Activity::Recording(_)
            | Activity::Over => return,
        };
        self.activity = Activity::Speaking;
        self.step(Input::CallBackEnded(outcome));
    }

    /// The call is over, whoever ended it.
    pub fn hung_up(&mut self) {
        self.step(Input::HungUp);
        self.activity = Activity::Over;
    }

    /// Takes 10 ms of the caller and gives 10 ms to the caller. While the caller talks with the
    /// sender, `speak` is the sender's voice and stays as it is.
    pub fn tick(&mut self, heard: &[i16], presence: Presence, speak: &mut [i16]) {
        self.listen_for_quiet(heard);
        match &mut self.activity {
            Activity::Talking => {}
            Activity::Recording(recorder) => {
                speak.fill(0);
                let room = recorder.write(heard, presence);
                if !matches!(room, Ok(Room::Left)) {
                    let take = self.stop_recording();
                    self.step(Input::Recorded(take));
                }
            }
            Activity::Speaking | Activity::CallingBack => self.speak(speak),
            Activity::Listening(silence) => {
                speak.fill(0);
                *silence += TICK;
                if *silence >= PATIENCE {
                    self.activity = Activity::Speaking;
                    self.step(Input::Silence);
                }
            }
            Activity::Over => speak.fill(0),
        }
    }

    pub fn poll_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    fn listen_for_quiet(&mut self, heard: &[i16]) {
        let is_loud = heard
            .iter()
            .any(|sample| sample.unsigned_abs() > QUIET_LEVEL);
        let before = self.quiet;
        self.quiet = if is_loud {
            Duration::ZERO
        } else {
            before + TICK
        };
        if before < QUIET_TIME && self.quiet >= QUIET_TIME {
            self.step(Input::Quiet);
        }
    }

    fn speak(&mut self, frame: &mut [i16]) {
        match self.player.fill(frame) {
            Progress::Playing => {}
            Progress::Needs(stored) => self.requests.push_back(Request::Load(stored)),
            Progress::Idle => {
                if matches!(self.activity, Activity::Speaking) {
                    self.activity = Activity::Listening(Duration::ZERO);
                    self.step(Input::Played);
                }
            }
        }
    }

    fn step(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for effect in self.dialogue.step(input) {
                inputs.extend(self.carry_out(effect));
            }
        }
    }

    /// Carries out an effect. Some of them lead to an input of their own.
    fn carry_out(&mut self, effect: Effect) -> Option<Input> {
        let request = match effect {
            Effect::Play(sounds) => {
                let recording = self
                    .recording
                    .as_ref()
                    .map(|recording| &recording.sound[..]);
                self.player.play(sounds, recording);
                self.activity = Activity::Speaking;
                return None;
            }
            Effect::StartRecording => return self.start_recording(),
            Effect::StopRecording => return Some(Input::Recorded(self.stop_recording())),
            Effect::CallBack(address) => {
                self.player.then_ringback();
                self.activity = Activity::CallingBack;
                Request::CallBack(address)
            }
            Effect::Opened(pin) => Request::Opened(pin),
            Effect::StoreMessage => Request::StoreMessage(self.recording.take()?),
            Effect::KeepGreeting => Request::KeepGreeting(self.recording.take()?),
            Effect::RemoveGreeting => Request::RemoveGreeting,
            Effect::Save(id) => Request::Save(id),
            Effect::Remove(id) => Request::Remove(id),
            Effect::EndCallBack => Request::EndCallBack,
            Effect::HangUp => {
                self.activity = Activity::Over;
                Request::HangUp
            }
        };
        self.requests.push_back(request);
        None
    }

    fn start_recording(&mut self) -> Option<Input> {
        self.recording = None;
        match Recorder::new(self.rate_hz) {
            Ok(recorder) => {
                self.activity = Activity::Recording(Box::new(recorder));
                None
            }
            Err(error) => {
                tracing::error!(%error, "recording does not start");
                Some(Input::Recorded(Take::Empty))
            }
        }
    }

    fn stop_recording(&mut self) -> Take {
        let activity = std::mem::replace(&mut self.activity, Activity::Listening(Duration::ZERO));
        let Activity::Recording(recorder) = activity else {
            return Take::Empty;
        };
        match recorder.finish() {
            Ok(recording) => self.recording = recording,
            Err(error) => tracing::error!(%error, "a recording is lost"),
        }
        match self.recording {
            Some(_) => Take::Sound,
            None => Take::Empty,
        }
    }
}

/// The length of what [`Conversation::tick`] takes and gives.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Louder samples are speech or tones: 30 dB below full scale.
const QUIET_LEVEL: u16 = 1_000;

/// Longer than the pauses between sentences.
const QUIET_TIME: Duration = Duration::from_millis(1_500);

/// How long a question may go unanswered before it is put again.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
