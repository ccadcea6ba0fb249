//! SRTP keys by DTLS (RFC 5763, RFC 5764): who shakes hands with whom, and when.
//!
//! Both sides show certificates that nobody vouches for. Each has said the fingerprint of its own in
//! the session description, and with another one there are no keys. The handshake itself is
//! [`association`]'s.
//!
//! Without ICE anybody may write to our port, so whoever begins a handshake there gets an association
//! of their own, a few at a time. The first that proves the certificate is the other side; the rest
//! are forgotten. Where we begin, the answer may come from another address than the described one: from
//! a machine with several, or from behind a translator. It is believed as long as the described one is
//! silent.

mod association;
mod gate;
mod identity;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::sdp::{DtlsAgreement, DtlsRole};
use crate::trouble::KeyState;
pub(crate) use association::DtlsKeys;
use association::{Association, Failure, Step};
#[cfg(test)]
pub(crate) use identity::of_a_test;
pub use identity::{DtlsIdentity, NotAnIdentity};

/// The keys of a session, as far as DTLS has brought them.
#[derive(Debug)]
pub(crate) struct Keying {
    identity: Arc<DtlsIdentity>,
    agreed: Option<DtlsAgreement>,
    state: State,
    attempts: VecDeque<Attempt>,
    /// Who begins waits until then after a handshake that came to nothing.
    next_attempt: Option<Instant>,
    outgoing: VecDeque<(Peer, Bytes)>,
    /// What came while no way was chosen.
    early: VecDeque<(SocketAddr, Vec<u8>)>,
}

/// One that may be the other side.
#[derive(Debug)]
struct Attempt {
    /// Where our datagrams go.
    peer: Peer,
    /// Where the first answer came from.
    heard: Option<Peer>,
    association: Association,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Keys are not by DTLS.
    Unused,
    Shaking,
    /// One association is left, whose last flight may have to be sent again.
    Keyed,
    /// The other side has shown a certificate that it did not describe.
    Refused,
}

/// The other end of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Whoever ICE has shown to be the other side, wherever that is.
    Chosen,
    At(SocketAddr),
}

/// Whether a wrong certificate is the other side's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The description, or ICE, says that it is there.
    Described,
    Unknown,
}

/// Whether an exchange of descriptions asks for other keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Kept,
    Anew,
}

impl Keying {
    pub(crate) fn new(identity: Arc<DtlsIdentity>) -> Self {
        Self {
            identity,
            agreed: None,
            state: State::Unused,
            attempts: VecDeque::new(),
            next_attempt: None,
            outgoing: VecDeque::new(),
            early: VecDeque::new(),
        }
    }

    /// An exchange was concluded. Who says the same as before goes on (RFC 8842 §3.1).
    pub(crate) fn agree(&mut self, agreed: Option<&DtlsAgreement>) -> Change {
        if self.agreed.as_ref() == agreed {
            return Change::Kept;
        }
        let identity = Arc::clone(&self.identity);
        *self = Self::new(identity);
        self.agreed = agreed.cloned();
        if agreed.is_some() {
            self.state = State::Shaking;
        }
        Change::Anew
    }

    pub(crate) fn is_in_use(&self) -> bool {
        self.agreed.is_some()
    }

    pub(crate) fn key_state(&self) -> KeyState {
        match self.state {
            State::Unused | State::Keyed => KeyState::Settled,
            State::Shaking => KeyState::Awaited,
            State::Refused => KeyState::Refused,
        }
    }

    /// Keeps the latest datagrams until it is known whether they are the other side's.
    pub(crate) fn keep_early(&mut self, from: SocketAddr, datagram: &[u8]) {
        if self.early.len() == MAX_EARLY {
            self.early.pop_front();
        }
        self.early.push_back((from, datagram.to_vec()));
    }

    pub(crate) fn next_early(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.early.pop_front()
    }

    /// Takes a datagram of DTLS. `Some` with the first keys that come of it.
    pub(crate) fn handle(
        &mut self,
        now: Instant,
        from: Peer,
        standing: Standing,
        datagram: &[u8],
    ) -> Option<DtlsKeys> {
        let at = self.attempt(now, from, datagram)?;
        let attempt = self.attempts.get_mut(at)?;
        attempt.heard.get_or_insert(from);
        let step = attempt.association.handle(now, datagram);
        self.follow(now, at, standing, step)
    }

    /// Begins, if that is ours to do, and sends again what got lost. `to` is the other side, once it
    /// is known where that is.
    pub(crate) fn tick(&mut self, now: Instant, to: Option<Peer>) {
        self.begin(now, to);
        for at in (0..self.attempts.len()).rev() {
            let Some(attempt) = self.attempts.get_mut(at) else {
                return;
            };
            let standing = match attempt.heard == to {
                true => Standing::Described,
                false => Standing::Unknown,
            };
            let step = attempt.association.tick(now);
            self.follow(now, at, standing, step);
        }
    }

    pub(crate) fn next_packet(&mut self) -> Option<(Peer, Bytes)> {
        self.outgoing.pop_front()
    }

    /// Which attempt a datagram belongs to. A stranger's first one makes a new one where we are the side
    /// that waits.
    fn attempt(&mut self, now: Instant, from: Peer, datagram: &[u8]) -> Option<usize> {
        let known = |attempt: &Attempt| attempt.peer == from || attempt.heard == Some(from);
        let known = self.attempts.iter().position(known);
        let agreed = self.agreed.as_ref()?;
        match (known, self.state, agreed.role) {
            (Some(at), State::Keyed, _) | (Some(at), State::Shaking, DtlsRole::Passive) => Some(at),
            (Some(at), State::Shaking, DtlsRole::Active) => self.prefer_described(now, at, from),
            (None, State::Shaking, DtlsRole::Active) => self
                .attempts
                .iter()
                .position(|attempt| attempt.heard.is_none()),
            (None, State::Shaking, DtlsRole::Passive) if gate::begins_handshake(datagram) => {
                let association = Association::begin(now, &self.identity, agreed)?;
                if self.attempts.len() == MAX_ATTEMPTS {
                    self.attempts.pop_front();
                }
                self.attempts.push_back(Attempt::with(from, association));
                Some(self.attempts.len() - 1)
            }
            (None, State::Shaking, DtlsRole::Passive)
            | (None, State::Keyed, _)
            | (_, State::Unused | State::Refused, _) => None,
        }
    }

    /// The described address speaks after all, while another one has been believed: it is asked anew.
    fn prefer_described(&mut self, now: Instant, at: usize, from: Peer) -> Option<usize> {
        let attempt = self.attempts.get(at)?;
        if attempt.peer == from && attempt.heard.is_some_and(|heard| heard != from) {
            self.attempts.clear();
            self.begin(now, Some(from));
            self.attempts.get_mut(0)?.heard = Some(from);
            self.collect(0);
            return None;
        }
        Some(at)
    }

    fn begin(&mut self, now: Instant, to: Option<Peer>) {
        let (State::Shaking, Some(agreed), Some(to)) = (self.state, &self.agreed, to) else {
            return;
        };
        let waits = self.next_attempt.is_some_and(|at| now < at);
        if agreed.role == DtlsRole::Passive || waits {
            return;
        }
        if self.attempts.iter().any(|attempt| attempt.peer == to) {
            return;
        }
        self.attempts.clear();
        if let Some(association) = Association::begin(now, &self.identity, agreed) {
            self.attempts.push_back(Attempt::with(to, association));
        }
    }

    /// Draws the consequences of what an association did.
    fn follow(
        &mut self,
        now: Instant,
        at: usize,
        standing: Standing,
        step: Step,
    ) -> Option<DtlsKeys> {
        self.collect(at);
        match step {
            Step::Going => None,
            Step::Keyed(keys) => {
                let kept = self.attempts.remove(at);
                self.attempts = kept.into_iter().collect();
                self.state = State::Keyed;
                Some(keys)
            }
            // An association that ends after its keys are out takes nothing back.
            Step::Failed(_) if self.state == State::Keyed => None,
            Step::Failed(Failure::WrongCertificate) if standing == Standing::Described => {
                self.attempts.clear();
                self.state = State::Refused;
                None
            }
            Step::Failed(_) => {
                self.attempts.remove(at);
                self.next_attempt = Some(now + PAUSE);
                None
            }
        }
    }

    fn collect(&mut self, at: usize) {
        if let Some(attempt) = self.attempts.get_mut(at) {
            while let Some(packet) = attempt.association.next_packet() {
                self.outgoing.push_back((attempt.peer, packet));
            }
        }
    }
}

impl Attempt {
    fn with(peer: Peer, association: Association) -> Self {
        Self {
            peer,
            heard: None,
            association,
        }
    }
}

/// RFC 7983 §7: the first octet of DTLS is 20 to 63.
pub(crate) fn is_dtls(packet: &[u8]) -> bool {
    matches!(packet, [20..=63, ..])
}

/// How many may try at a time to be the other side.
const MAX_ATTEMPTS: usize = 4;

/// Two flights, cut into datagrams.
const MAX_EARLY: usize = 8;

/// Before the next attempt of who begins.
const PAUSE: Duration = Duration::from_secs(1);
