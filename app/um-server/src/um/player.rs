//! Plays a list of sounds one after the other, 10 ms at a time.

use std::collections::VecDeque;

use hark_media::tones::{Tone, ToneGenerator};
use hark_media::voice_message::Reader;

use crate::dialogue::Sound;
use crate::prompts::Phrase;
use crate::store::MessageId;

/// What plays and what comes after it.
pub(super) struct Player {
    rate_hz: u32,
    playing: Option<Source>,
    queue: VecDeque<Item>,
}

/// Sound that only the mailbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    Message(MessageId),
    Greeting,
}

/// Something to play once its turn comes.
enum Item {
    Prompt(String),
    Stored(Stored),
    /// An Ogg/Opus file.
    File(Vec<u8>),
    Tone(Tone),
}

enum Source {
    File(Box<Reader>),
    Tone(ToneGenerator),
    /// The mailbox has been asked for it.
    Awaited(Stored),
}

/// What a stretch of playing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Playing,
    /// This is needed from the mailbox; see [`Player::provide`]. Told once.
    Needs(Stored),
    /// Nothing is left to play.
    Idle,
}

impl Player {
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            playing: None,
            queue: VecDeque::new(),
        }
    }

    /// Plays these sounds instead of what plays. `recording` is what [`Sound::Recording`] means.
    pub fn play(&mut self, sounds: Vec<Sound>, recording: Option<&[u8]>) {
        self.playing = None;
        self.queue.clear();
        for sound in sounds {
            match sound {
                Sound::Say(phrase) => self.say(&phrase),
                Sound::Message(id) => self.queue.push_back(Item::Stored(Stored::Message(id))),
                Sound::Greeting => self.queue.push_back(Item::Stored(Stored::Greeting)),
                Sound::Recording => {
                    self.queue
                        .extend(recording.map(|file| Item::File(file.to_vec())));
                }
                Sound::Tone => self.queue.push_back(Item::Tone(Tone::Beep)),
            }
        }
    }

    /// Sounds a tone that does not end by itself after what plays.
    pub fn then_ringback(&mut self) {
        self.queue.push_back(Item::Tone(Tone::Ringback));
    }

    /// Hands in what [`Progress::Needs`] asked for; `None` when the mailbox cannot give it.
    pub fn provide(&mut self, stored: Stored, file: Option<&[u8]>) {
        if matches!(&self.playing, Some(Source::Awaited(awaited)) if *awaited == stored) {
            self.playing = file.and_then(|file| self.open(file));
        }
    }

    /// Fills a frame, with silence where there is nothing to play.
    pub fn fill(&mut self, frame: &mut [i16]) -> Progress {
        frame.fill(0);
        let mut done = 0;
        while let Some(rest) = frame.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match &mut self.playing {
                Some(Source::File(reader)) => {
                    let count = reader.read(rest);
                    done += count;
                    if count == 0 {
                        self.playing = None;
                    }
                }
                Some(Source::Tone(tone)) if tone.is_finished() => self.playing = None,
                Some(Source::Tone(tone)) => {
                    tone.fill(rest);
                    return Progress::Playing;
                }
                Some(Source::Awaited(_)) => return Progress::Playing,
                None => match self.queue.pop_front() {
                    Some(Item::Stored(stored)) => {
                        self.playing = Some(Source::Awaited(stored));
                        return Progress::Needs(stored);
                    }
                    Some(Item::Prompt(id)) => self.playing = self.prompt(&id),
                    Some(Item::File(file)) => self.playing = self.open(&file),
                    Some(Item::Tone(tone)) => {
                        self.playing = Some(Source::Tone(ToneGenerator::new(tone, self.rate_hz)));
                    }
                    None if done > 0 => return Progress::Playing,
                    None => return Progress::Idle,
                },
            }
        }
        Progress::Playing
    }

    fn say(&mut self, phrase: &Phrase) {
        self.queue
            .extend(phrase.pieces().into_iter().map(Item::Prompt));
    }

    fn prompt(&self, id: &str) -> Option<Source> {
        let Some(prompt) = hark_assets::prompts::find(id) else {
            tracing::error!(id, "a prompt is missing");
            return None;
        };
        self.open(prompt.ogg)
    }

    /// A file that cannot be played is left out: the caller would wait in vain for it.
    fn open(&self, file: &[u8]) -> Option<Source> {
        match Reader::open(file, self.rate_hz) {
            Ok(reader) => Some(Source::File(Box::new(reader))),
            Err(error) => {
                tracing::warn!(%error, "a sound cannot be played");
                None
            }
        }
    }
}
