//! Records what the caller says, up to a limit.

use std::time::Duration;

use hark_media::voice_message::{Error, Writer};

use crate::dialogue::Take;

/// A recording under way.
pub(super) struct Recorder {
    writer: Writer,
    /// Whether anything was heard at all: a caller without sound leaves no message.
    take: Take,
}

/// A finished recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recording {
    /// Ogg/Opus.
    pub sound: Vec<u8>,
    pub duration: Duration,
}

/// Whether a recording may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Left,
    Full,
}

/// Whether the other side's sound has come in at all by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Heard,
    Silent,
}

impl Recorder {
    pub fn new(rate_hz: u32) -> Result<Self, Error> {
        Ok(Self {
            writer: Writer::new(rate_hz)?,
            take: Take::Empty,
        })
    }

    /// Takes 10 ms.
    pub fn write(&mut self, heard: &[i16], presence: Presence) -> Result<Room, Error> {
        if presence == Presence::Heard {
            self.take = Take::Sound;
        }
        self.writer.write(heard)?;
        match self.writer.duration() < LONGEST {
            true => Ok(Room::Left),
            false => Ok(Room::Full),
        }
    }

    /// The recording; `None` when there is nothing worth keeping.
    pub fn finish(self) -> Result<Option<Recording>, Error> {
        let duration = self.writer.duration();
        if self.take == Take::Empty || duration < SHORTEST {
            return Ok(None);
        }
        let sound = self.writer.finish()?;
        Ok(Some(Recording { sound, duration }))
    }
}

/// Shorter than a word: somebody who hung up at the tone.
const SHORTEST: Duration = Duration::from_millis(500);

/// Three minutes, the usual limit of voicemail systems.
const LONGEST: Duration = Duration::from_secs(180);
