//! Who is heard: one source at a time, let in by RFC 3550 §A.1, with its statistics (§A.3, §A.8).

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The guard at the door of the receiving side.
#[derive(Debug, Default)]
pub(crate) struct SourceGuard {
    current: Option<Source>,
    candidate: Option<Candidate>,
    /// Totals of the sources that went before.
    before: Totals,
}

/// One packet as the guard sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) now: Instant,
    pub(crate) from: SocketAddr,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    /// The packet has proved by SRTP that it comes from the owner of the key.
    pub(crate) authentic: bool,
    /// It comes from where the SDP says.
    pub(crate) expected: bool,
}

/// What the guard says about a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// The next of the known source.
    Known,
    /// The source has begun, or begun anew: forget what its packets before had to do with it.
    New,
    /// Of a source on probation: keep it, and let it in right before the next that is `New`.
    Probation,
    Refused,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) received: u64,
    pub(crate) expected: u64,
}

impl Totals {
    pub(crate) fn lost(self) -> u64 {
        self.expected.saturating_sub(self.received)
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            received: self.received.saturating_sub(before.received),
            expected: self.expected.saturating_sub(before.expected),
        }
    }
}

impl SourceGuard {
    pub(crate) fn current(&self) -> Option<&Source> {
        self.current.as_ref()
    }

    pub(crate) fn current_mut(&mut self) -> Option<&mut Source> {
        self.current.as_mut()
    }

    pub(crate) fn totals(&self) -> Totals {
        let current = self
            .current
            .as_ref()
            .map(Source::totals)
            .unwrap_or_default();
        Totals {
            received: self.before.received + current.received,
            expected: self.before.expected + current.expected,
        }
    }

    /// The other side said by SDP or by RTCP that its source goes: the next one is welcome.
    pub(crate) fn expect_another(&mut self) {
        if let Some(current) = &mut self.current {
            current.leaving = true;
        }
    }

    pub(crate) fn admit(&mut self, arrival: Arrival) -> Admission {
        match &mut self.current {
            Some(current) if current.ssrc == arrival.ssrc => current.admit(arrival),
            _ => self.consider(arrival),
        }
    }

    /// A packet of another source than the current one.
    fn consider(&mut self, arrival: Arrival) -> Admission {
        let open = self
            .current
            .as_ref()
            .is_none_or(|current| current.makes_way_for(arrival));
        if arrival.authentic || (self.current.is_none() && arrival.expected) {
            self.begin(arrival);
            return Admission::New;
        }
        let known = self.candidate.filter(|known| known.ssrc == arrival.ssrc);
        match known {
            Some(known) if known.next == arrival.sequence && open => {
                self.begin(arrival);
                if let Some(current) = &mut self.current {
                    current.received += 1;
                    current.base = current.base.saturating_sub(1);
                }
                Admission::New
            }
            _ if self.candidate.is_some_and(|held| held.outranks(arrival)) => Admission::Refused,
            _ => {
                self.candidate = Some(Candidate::new(arrival));
                Admission::Probation
            }
        }
    }

    fn begin(&mut self, arrival: Arrival) {
        self.before = self.totals();
        self.current = Some(Source::new(arrival));
        self.candidate = None;
    }
}

/// A source that has sent one packet (RFC 3550 §A.1: two in sequence make it valid).
#[derive(Debug, Clone, Copy)]
struct Candidate {
    ssrc: u32,
    next: u16,
    at: Instant,
    expected: bool,
}

impl Candidate {
    fn new(arrival: Arrival) -> Self {
        Self {
            ssrc: arrival.ssrc,
            next: arrival.sequence.wrapping_add(1),
            at: arrival.now,
            expected: arrival.expected,
        }
    }

    /// A stranger's packets do not push out one that comes from where the SDP says.
    fn outranks(self, arrival: Arrival) -> bool {
        let fresh = arrival.now.saturating_duration_since(self.at) < PROBATION;
        self.expected && !arrival.expected && fresh
    }
}

/// The source that is heard.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    /// Where it sends from, and so where it wants to be answered (RFC 4961).
    pub(crate) from: SocketAddr,
    expected: bool,
    /// Highest sequence number, with the count of wraps above 16 bits.
    highest: u64,
    base: u64,
    received: u64,
    /// Where the sequence would go on after a jump.
    jumped_to: Option<u16>,
    last_arrival: Instant,
    leaving: bool,
    jitter: Jitter,
}

impl Source {
    fn new(arrival: Arrival) -> Self {
        // One wrap ahead, so that a straggler before the first packet has a place below it.
        let first = (1 << 16) + u64::from(arrival.sequence);
        Self {
            ssrc: arrival.ssrc,
            from: arrival.from,
            expected: arrival.expected,
            highest: first,
            base: first,
            received: 1,
            jumped_to: None,
            last_arrival: arrival.now,
            leaving: false,
            jitter: Jitter::default(),
        }
    }

    /// As RTCP reports it: wraps in the upper half (RFC 3550 §6.4.1).
    pub(crate) fn extended_highest(&self) -> u32 {
        (self.highest - (1 << 16)) as u32
    }

    pub(crate) fn jitter(&self, rate_hz: u32) -> Duration {
        Duration::from_secs_f64(self.jitter.ticks / f64::from(rate_hz.max(1)))
    }

    pub(crate) fn jitter_ticks(&self) -> u32 {
        self.jitter.ticks as u32
    }

    /// Notes the clock of a packet of voice.
    pub(crate) fn note_timestamp(&mut self, timestamp: u32, since_start: Duration, rate_hz: u32) {
        self.jitter.note(timestamp, since_start, rate_hz);
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            received: self.received,
            expected: self.highest - self.base + 1,
        }
    }

    /// RFC 3550 §A.1, `update_seq`.
    fn admit(&mut self, arrival: Arrival) -> Admission {
        let ahead = arrival.sequence.wrapping_sub(self.highest as u16);
        let verdict = if ahead < MAX_DROPOUT {
            self.highest += u64::from(ahead);
            Admission::Known
        } else if ahead > u16::MAX - MAX_MISORDER {
            Admission::Known
        } else if self.jumped_to == Some(arrival.sequence) {
            self.jump(arrival.sequence);
            Admission::New
        } else {
            self.jumped_to = Some(arrival.sequence.wrapping_add(1));
            return Admission::Probation;
        };
        self.received += 1;
        self.jumped_to = None;
        // An address moves only with proof, or when the old one has fallen silent: a guessed SSRC
        // must not draw our sound away.
        if arrival.authentic || self.is_silent(arrival.now) || self.leaving {
            self.from = arrival.from;
            self.expected = arrival.expected;
        }
        self.leaving = false;
        self.last_arrival = arrival.now;
        verdict
    }

    /// The other side began to count anew. What was expected until here stays in the totals.
    fn jump(&mut self, sequence: u16) {
        let expected = self.highest - self.base + 2;
        self.highest = (self.highest & !0xffff) + (1 << 16) + u64::from(sequence);
        self.base = self.highest.saturating_sub(expected);
        self.received += 1;
    }

    /// A stranger that was faster than the peer makes way as soon as the peer speaks from where it
    /// said it would.
    fn makes_way_for(&self, arrival: Arrival) -> bool {
        let stranger = arrival.expected && !self.expected;
        self.leaving || stranger || self.from == arrival.from || self.is_silent(arrival.now)
    }

    fn is_silent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last_arrival) > SILENCE
    }
}

/// Interarrival jitter (RFC 3550 §A.8).
#[derive(Debug, Default)]
struct Jitter {
    ticks: f64,
    last: Option<(u32, u32)>,
}

impl Jitter {
    fn note(&mut self, timestamp: u32, since_start: Duration, rate_hz: u32) {
        let arrival = (since_start.as_micros() * u128::from(rate_hz) / 1_000_000) as u32;
        if let Some((last_timestamp, last_arrival)) = self.last.replace((timestamp, arrival)) {
            let spacing = arrival.wrapping_sub(last_arrival) as i32;
            let intended = timestamp.wrapping_sub(last_timestamp) as i32;
            let difference = (f64::from(spacing) - f64::from(intended)).abs();
            // A step of the sender's clock is not the network's doing.
            if difference < f64::from(rate_hz) {
                self.ticks += (difference - self.ticks) / 16.0;
            }
        }
    }
}

/// RFC 3550 §A.1: a gap that may still be loss.
const MAX_DROPOUT: u16 = 3_000;

/// RFC 3550 §A.1: how far back a packet may belong to the present sequence.
const MAX_MISORDER: u16 = 100;

/// After this without a packet another address may take over.
const SILENCE: Duration = Duration::from_secs(1);

/// How long a candidate from the right address is kept from being pushed out.
const PROBATION: Duration = Duration::from_millis(200);
