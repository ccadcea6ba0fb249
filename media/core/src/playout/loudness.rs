//! Which moments are quiet: nobody speaks in them, so that they may be made shorter and longer, and
//! the room can be heard.

/// How loud the stream has been lately, as power.
#[derive(Debug, Default)]
pub(super) struct Loudness {
    /// Of the loudest moments.
    speech: f32,
    /// Of the quietest ones.
    room: Option<f32>,
}

impl Loudness {
    /// Takes 10 ms of sound as they are played.
    pub(super) fn note(&mut self, sound: &[f32]) {
        let power = power(sound);
        self.speech = (self.speech * DECAY).max(power);
        let room = self
            .room
            .map_or(power, |room| (room * RISE + 1.0).min(power));
        self.room = Some(room);
    }

    /// Whether every moment of this sound is quiet.
    pub(super) fn is_quiet(&self, sound: &[f32], block: usize) -> bool {
        let room = (self.room.unwrap_or(0.0) * ROOM_SHARE).min(self.speech * NOISE_SHARE);
        let limit = (self.speech * QUIET_SHARE).max(QUIET_POWER).max(room);
        sound.chunks(block.max(1)).all(|part| power(part) < limit)
    }
}

fn power(sound: &[f32]) -> f32 {
    sound.iter().map(|s| s * s).sum::<f32>() / sound.len().max(1) as f32
}

/// Power of a quiet moment: as a share of the loudest, -45 dB, and in itself, -61 dB of full scale.
const QUIET_SHARE: f32 = 0.000_03;
const QUIET_POWER: f32 = 900.0;

/// A noisy room is quiet where it is no louder than this many times its quietest, and 30 dB below
/// the speech in it.
const ROOM_SHARE: f32 = 2.0;
const NOISE_SHARE: f32 = 0.001;

/// What stays of the loudness after 10 ms: half of it after seven seconds.
const DECAY: f32 = 0.999;

/// How the idea of the room grows in 10 ms: twofold in three and a half seconds.
const RISE: f32 = 1.002;
