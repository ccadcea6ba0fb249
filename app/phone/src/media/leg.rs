//! One call's media session on its way between sockets and sound.

use std::task::{Context, Poll};
use std::time::Instant;

use hark_media::{
    Component, MediaEvent, MediaOutput, MediaSession, Rejection, SoundSecond, SoundWatch,
    TroubleChange,
};

use super::describing::Wish;
use super::ports::Ports;
use super::relay_stream::RelayStreams;
use super::signal::MAX_FRAME;
use super::{MediaError, Place};
use crate::recording::{Reel, Tape};
use crate::snapshot::CallId;

/// Whether the peer may hear the microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Described, nothing flows yet.
    Prepared,
    /// The peer may be heard (early media), and hears silence.
    Early,
    Answered,
}

/// Whether the last of the digits that were queued is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DigitsOut {
    Yes,
    No,
}

/// What ICE has said of the ways of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathNews {
    /// There is none, or the one in use works no more.
    NoPath,
    RelayRefused,
}

/// Whether it is still to be told that the handshake has brought keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    Known,
    New,
}

/// One call's session and its sockets.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) session: MediaSession,
    pub(super) stage: Stage,
    watch: SoundWatch,
    troubles: Vec<TroubleChange>,
    /// A description that waits for servers.
    pub(super) wish: Option<Wish>,
    /// Still to be told.
    path_news: Vec<PathNews>,
    keys: Keys,
    /// While the call is recorded.
    pub(super) tape: Option<Tape>,
    ports: Ports,
    relays: RelayStreams,
}

impl Leg {
    /// Opens sockets; nothing is described yet.
    pub(super) async fn open(place: Place) -> Result<Self, MediaError> {
        let relays = RelayStreams::open(&place);
        let (ports, config) = Ports::open(place).await?;
        Ok(Self {
            session: MediaSession::prepare(config),
            stage: Stage::Prepared,
            watch: SoundWatch::default(),
            troubles: Vec::new(),
            wish: None,
            path_news: Vec::new(),
            keys: Keys::Known,
            tape: None,
            ports,
            relays,
        })
    }

    /// Goes on with other sockets; the next offer tells of them.
    pub(super) async fn move_to(&mut self, place: Place) -> Result<(), MediaError> {
        let relays = RelayStreams::open(&place);
        let (ports, config) = Ports::open(place).await?;
        self.session.move_to(config.local_rtp, config.local_rtcp);
        self.ports = ports;
        self.relays = relays;
        Ok(())
    }

    /// Takes over connections to a relay that have come up.
    pub(super) fn follow_relays(&mut self) {
        self.relays.follow(&mut self.session);
    }

    pub(super) fn accept_answer(&mut self, answer: &[u8]) -> Result<(), Rejection> {
        self.session.accept_answer(answer)?;
        if self.stage == Stage::Prepared {
            self.stage = Stage::Early;
        }
        Ok(())
    }

    /// Ready when something has arrived.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        match self.relays.poll_readable(context) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => self.ports.poll_readable(context),
        }
    }

    /// Takes what has arrived, by way of `buffer`. A flood has to wait for the next turn with its
    /// rest, so that the beat does not wait for a flood.
    pub(super) fn receive(&mut self, now: Instant, buffer: &mut [u8]) {
        for component in [Component::Rtp, Component::Rtcp] {
            for _ in 0..MAX_AT_ONCE {
                let Some((from, packet)) = self.ports.receive(component, buffer) else {
                    break;
                };
                self.session.handle_packet(now, component, from, packet);
            }
        }
        self.relays.receive(now, &mut self.session, buffer);
    }

    /// One beat: what the peer says goes into `speaker`, what `microphone` heard goes to the peer.
    /// `None` stands for a loudspeaker and a microphone that belong to another call.
    pub(super) fn beat(&mut self, now: Instant, sound: Option<(&mut [i16], &[i16])>) {
        self.follow_relays();
        if self.stage == Stage::Prepared {
            // The servers of ICE want to be reminded while it rings.
            if self.session.uses_ice() {
                self.session.tick(now);
            }
            return;
        }
        let mut unheard = [0; MAX_FRAME];
        let silence = [0; MAX_FRAME];
        let length = self.frame_length();
        let is_heard = sound.is_some();
        let (speaker, microphone) = match sound {
            Some(sound) => sound,
            None => (&mut unheard[..length], &silence[..length]),
        };
        self.session.play(now, speaker);
        if !is_heard {
            speaker.fill(0);
        }
        let spoken = match self.stage {
            Stage::Answered => microphone,
            Stage::Prepared | Stage::Early => &silence[..length],
        };
        match self.tape {
            None => self.session.capture(now, spoken),
            Some(_) => self.capture_on_tape(now, spoken, speaker),
        }
        self.session.tick(now);
    }

    /// Watches what a beat brought. `microphone` is what a microphone that should be heard gave.
    pub(super) fn watch(&mut self, now: Instant, microphone: Option<&[i16]>) {
        if self.stage != Stage::Answered {
            return;
        }
        let troubles = &mut self.troubles;
        let microphone = microphone.filter(|_| !self.session.is_muted());
        let traffic = self.session.traffic();
        self.watch
            .watch(now, traffic, microphone, |change| troubles.push(change));
    }

    /// What has come up since the last time: the second that is over, and troubles.
    pub(super) fn news(&mut self) -> (Option<SoundSecond>, std::vec::Drain<'_, TroubleChange>) {
        (self.session.take_second(), self.troubles.drain(..))
    }

    /// Keeps what is sent and what is heard, with the notice over both. It waits while the other side
    /// would not hear it.
    fn capture_on_tape(&mut self, now: Instant, spoken: &[i16], speaker: &mut [i16]) {
        let Some(tape) = &mut self.tape else {
            return;
        };
        let rate_hz = self.session.rate_hz();
        let mut sent = [0; MAX_FRAME];
        let sent = &mut sent[..speaker.len()];
        if !self.session.is_muted() {
            sent.copy_from_slice(spoken);
        }
        if self.session.direction().sends() {
            tape.give_notice(rate_hz, sent, speaker);
        }
        self.session.capture_past_mute(now, sent);
        if tape.keep(rate_hz, sent, speaker) == Reel::Stopped {
            self.tape = None;
        }
    }

    /// Sends what the session wants sent. Returns whether the last digit is out now.
    pub(super) fn flush(&mut self) -> DigitsOut {
        let mut digits = DigitsOut::No;
        while let Some(output) = self.session.poll_output() {
            match output {
                MediaOutput::Transmit {
                    component,
                    to,
                    packet,
                } => self.ports.send(component, to, &packet),
                MediaOutput::Event(MediaEvent::Started) => tracing::debug!("first sound came in"),
                MediaOutput::Event(MediaEvent::DigitsSent) => digits = DigitsOut::Yes,
                MediaOutput::Event(MediaEvent::NoPath) => self.path_news.push(PathNews::NoPath),
                MediaOutput::Event(MediaEvent::RelayRefused) => {
                    self.path_news.push(PathNews::RelayRefused);
                }
                MediaOutput::Event(MediaEvent::Keyed) => self.keys = Keys::New,
                // A phone shows no digits of others.
                MediaOutput::Event(MediaEvent::Digit { .. }) => {}
            }
        }
        self.relays.send(&mut self.session);
        digits
    }

    /// What has happened to its ways since the last time.
    pub(super) fn take_path_news(&mut self) -> Vec<PathNews> {
        std::mem::take(&mut self.path_news)
    }

    /// The call, once after a handshake has brought keys.
    pub(super) fn got_keys((&call, leg): (&CallId, &mut Self)) -> Option<CallId> {
        match std::mem::replace(&mut leg.keys, Keys::Known) {
            Keys::New => Some(call),
            Keys::Known => None,
        }
    }

    /// Samples in 10 ms.
    pub(super) fn frame_length(&self) -> usize {
        (self.session.rate_hz() as usize / 100).min(MAX_FRAME)
    }

    pub(super) fn close(mut self, now: Instant) {
        self.session.close(now);
        self.flush();
    }
}

/// Datagrams that one socket may bring in at once: more than half a second of sound.
const MAX_AT_ONCE: usize = 32;

#[cfg(test)]
mod tests;
