//! What a person on the phone should be told about the sound of a call: nothing comes, nothing comes
//! any more, there are no keys for it, the microphone is silent, the microphone is too loud.
//!
//! Fed with every beat of an answered call. Each trouble is told once when it begins and once when it
//! is over; it is over a little later than it could be, so that it does not flicker.

use std::time::{Duration, Instant};

use crate::direction::Direction;

/// What is wrong with the sound of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SoundTrouble {
    /// The other side was heard, and then nothing came for five seconds.
    StreamStopped,
    /// We have sent for five seconds, and nothing has come back.
    OneWay,
    /// The microphone has given nothing but silence for five seconds.
    SilentMicrophone,
    /// The microphone is louder than can be sent.
    Clipping,
    /// Keys are agreed on that have not come for five seconds.
    NoKeys,
    /// The other side has shown a certificate that it did not describe. Nothing is sent or played.
    WrongCertificate,
}

/// A trouble begins or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleChange {
    Began(SoundTrouble),
    Ended(SoundTrouble),
}

/// The traffic of a session at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// RTP packets so far.
    pub received: u64,
    pub sent: u64,
    /// RTCP packets of the other side so far.
    pub reports: u64,
    /// What we do.
    pub direction: Direction,
    pub flow: Flow,
    pub keys: KeyState,
}

/// Whether there are the keys that were agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyState {
    /// They are there, or none are needed.
    #[default]
    Settled,
    /// A handshake is to bring them.
    Awaited,
    /// There will be none: the other side is not who it said to be.
    Refused,
}

/// Whether the other side sends all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    #[default]
    Steady,
    /// It leaves out silence (RFC 3551 §4.1), or is sending comfort noise for it (RFC 3389).
    WithPauses,
}

/// Watches one call, from its answer on.
#[derive(Debug, Default)]
pub struct SoundWatch {
    keys: Keys,
    incoming: Incoming,
    silence: Silence,
    clipping: Clipping,
}

impl SoundWatch {
    /// Takes one beat. `microphone` is the frame that goes to the other side; `None` while none is
    /// meant to: muted, not in use, or no microphone chosen.
    pub fn watch(
        &mut self,
        now: Instant,
        traffic: Traffic,
        microphone: Option<&[i16]>,
        mut tell: impl FnMut(TroubleChange),
    ) {
        let heard = microphone.filter(|_| traffic.direction.sends());
        self.keys.watch(now, traffic.keys, &mut tell);
        self.incoming.watch(now, traffic).map(&mut tell);
        self.silence.watch(now, heard).map(&mut tell);
        self.clipping.watch(now, heard).map(&mut tell);
    }
}

/// Whether the sound can be encrypted as it has to be.
#[derive(Debug, Default)]
struct Keys {
    waiting: Option<Instant>,
    trouble: Option<SoundTrouble>,
}

impl Keys {
    fn watch(&mut self, now: Instant, keys: KeyState, mut tell: impl FnMut(TroubleChange)) {
        let since = *match keys {
            KeyState::Awaited => self.waiting.get_or_insert(now),
            KeyState::Settled | KeyState::Refused => self.waiting.insert(now),
        };
        let trouble = match keys {
            KeyState::Settled => None,
            KeyState::Awaited => {
                let long = now.saturating_duration_since(since) >= PATIENCE;
                long.then_some(SoundTrouble::NoKeys)
            }
            KeyState::Refused => Some(SoundTrouble::WrongCertificate),
        };
        if self.trouble == trouble {
            return;
        }
        let before = std::mem::replace(&mut self.trouble, trouble);
        before.map(TroubleChange::Ended).map(&mut tell);
        trouble.map(TroubleChange::Began).map(&mut tell);
    }
}

/// Whether anything comes in.
#[derive(Debug, Default)]
struct Incoming {
    received: u64,
    reports: u64,
    /// Since when something is waited for: the last packet, or the beginning.
    waiting: Option<Instant>,
    last_report: Option<Instant>,
    trouble: Option<SoundTrouble>,
    /// Since when packets come again.
    again: Option<Instant>,
}

impl Incoming {
    fn watch(&mut self, now: Instant, traffic: Traffic) -> Option<TroubleChange> {
        let came = traffic.received != self.received;
        if std::mem::replace(&mut self.reports, traffic.reports) != traffic.reports {
            self.last_report = Some(now);
        }
        self.received = traffic.received;
        // A call that is held by either side is silent with good reason.
        if traffic.direction != Direction::SendReceive {
            self.waiting = None;
            return self.trouble.take().map(TroubleChange::Ended);
        }
        let since = *self.waiting.get_or_insert(now);
        if came {
            self.waiting = Some(now);
            return self.comes_again(now);
        }
        if now.saturating_duration_since(since) < PATIENCE || self.is_pause(now, traffic.flow) {
            return None;
        }
        self.again = None;
        self.nothing_comes(traffic)
    }

    fn comes_again(&mut self, now: Instant) -> Option<TroubleChange> {
        self.trouble?;
        let again = *self.again.get_or_insert(now);
        if now.saturating_duration_since(again) < STEADY {
            return None;
        }
        self.again = None;
        self.trouble.take().map(TroubleChange::Ended)
    }

    fn nothing_comes(&mut self, traffic: Traffic) -> Option<TroubleChange> {
        let trouble = match (traffic.received, traffic.sent) {
            (0, 0) => return None,
            (0, _) => SoundTrouble::OneWay,
            (_, _) => SoundTrouble::StreamStopped,
        };
        let is_new = self.trouble.is_none();
        self.trouble.get_or_insert(trouble);
        is_new.then_some(TroubleChange::Began(trouble))
    }

    /// Who leaves out silence is known to be there by its reports.
    fn is_pause(&self, now: Instant, flow: Flow) -> bool {
        let reported = |at: Instant| now.saturating_duration_since(at) < REPORTS;
        flow == Flow::WithPauses && self.last_report.is_some_and(reported)
    }
}

/// Whether the microphone gives anything.
#[derive(Debug, Default)]
struct Silence {
    since: Option<Instant>,
    told: bool,
    /// Frames with sound since it was told.
    sounding: u32,
}

impl Silence {
    fn watch(&mut self, now: Instant, frame: Option<&[i16]>) -> Option<TroubleChange> {
        let Some(frame) = frame else {
            let told = std::mem::take(self).told;
            return told.then_some(TroubleChange::Ended(SoundTrouble::SilentMicrophone));
        };
        let sounds = frame.iter().any(|sample| sample.unsigned_abs() > FLOOR);
        if self.told {
            self.sounding += u32::from(sounds);
            if self.sounding < SOUNDING_FRAMES {
                return None;
            }
            *self = Self::default();
            return Some(TroubleChange::Ended(SoundTrouble::SilentMicrophone));
        }
        if sounds {
            self.since = None;
            return None;
        }
        let since = *self.since.get_or_insert(now);
        self.told = now.saturating_duration_since(since) >= PATIENCE;
        self.told
            .then_some(TroubleChange::Began(SoundTrouble::SilentMicrophone))
    }
}

/// Whether the microphone is driven too far, a second at a time.
#[derive(Debug, Default)]
struct Clipping {
    since: Option<Instant>,
    samples: usize,
    clipped: usize,
    told: bool,
    /// Seconds without clipping since it was told.
    clean: u32,
}

impl Clipping {
    fn watch(&mut self, now: Instant, frame: Option<&[i16]>) -> Option<TroubleChange> {
        let Some(frame) = frame else {
            let told = std::mem::take(self).told;
            return told.then_some(TroubleChange::Ended(SoundTrouble::Clipping));
        };
        let at_the_end = |sample: &&i16| sample.unsigned_abs() >= FULL_SCALE;
        self.samples += frame.len();
        self.clipped += frame.iter().filter(at_the_end).count();
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) < SECOND {
            return None;
        }
        let share = self.clipped as f32 / self.samples.max(1) as f32;
        (self.since, self.samples, self.clipped) = (Some(now), 0, 0);
        self.judge(share)
    }

    fn judge(&mut self, share: f32) -> Option<TroubleChange> {
        if !self.told {
            self.told = share >= CLIPPED_BEGINS;
            return self
                .told
                .then_some(TroubleChange::Began(SoundTrouble::Clipping));
        }
        self.clean = if share < CLIPPED_ENDS {
            self.clean + 1
        } else {
            0
        };
        if self.clean < CLEAN_SECONDS {
            return None;
        }
        *self = Self::default();
        Some(TroubleChange::Ended(SoundTrouble::Clipping))
    }
}

/// How long silence may last before it is told.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long packets must have come again.
const STEADY: Duration = Duration::from_millis(500);

/// Two reports at their longest distance apart (RFC 3550 §6.2): who has not reported for so long is
/// gone.
const REPORTS: Duration = Duration::from_secs(15);

/// The highest sample that is still silence, -81 dB of full scale: the noise of a converter is above
/// it.
const FLOOR: u16 = 3;

/// Frames with sound that show that a microphone works: more than one click.
const SOUNDING_FRAMES: u32 = 10;

const SECOND: Duration = Duration::from_secs(1);

/// Within 0.05 dB of full scale: a converter at its end, also after resampling.
const FULL_SCALE: u16 = 32_580;

/// Share of samples at full scale that is heard as distortion, and the share that is none.
const CLIPPED_BEGINS: f32 = 0.01;
const CLIPPED_ENDS: f32 = 0.001;

/// Seconds without clipping after which it is over.
const CLEAN_SECONDS: u32 = 3;

#[cfg(test)]
mod tests;
