//! Symmetric RTP (RFC 4961): where a stream is sent to, and who may change that.
//!
//! A peer behind an address translator names an address in its description that nobody can reach, so
//! the sound goes to where its packets come from. That is also how sound is stolen: whoever sends a
//! packet from elsewhere asks for the stream. The rules:
//!
//! | packet                               | may move the stream                            |
//! |--------------------------------------|------------------------------------------------|
//! | proves the key (SRTP) and is newest  | always                                         |
//! | in clear, from the described address | back to it, which signalling asked for anyway  |
//! | in clear, the first after an answer  | once, within [`LEARNING`], to where it is from |
//! | in clear, later strangers            | never                                          |

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Where one component of the stream goes.
#[derive(Debug, Default)]
pub(super) struct Latch {
    /// What the peer's description says; `None` while it wants nothing.
    described: Option<SocketAddr>,
    /// Where the peer really is, once it has shown it.
    real: Option<SocketAddr>,
    clear: Clear,
}

/// What packets in clear may still do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Clear {
    /// The first source is believed. The time does not run yet: a description may stand long before
    /// the media begins to flow.
    #[default]
    Open,
    /// The first source is believed until then.
    Until(Instant),
    Settled,
}

/// What a packet shows about its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is authentic, and no older than any before it.
    Key,
    /// It belongs to the source that was let in.
    Clear,
}

impl Latch {
    /// An exchange was concluded; `described` is where the peer says it is.
    pub(super) fn describe(&mut self, described: Option<SocketAddr>) {
        if self.described != described {
            self.real = None;
        }
        self.described = described;
        self.clear = Clear::Open;
    }

    /// Forgets where the peer was: it has new keys, so it may be another one.
    pub(super) fn forget(&mut self) {
        self.real = None;
    }

    /// Media flows from here on.
    pub(super) fn start(&mut self, now: Instant) {
        if self.clear == Clear::Open {
            self.clear = Clear::Until(now + LEARNING);
        }
    }

    /// A packet of the stream came from here.
    pub(super) fn hear(&mut self, now: Instant, from: SocketAddr, proof: Proof) {
        let learning = match self.clear {
            Clear::Open => true,
            Clear::Until(end) => now < end,
            Clear::Settled => false,
        };
        let believed = match proof {
            Proof::Key => true,
            Proof::Clear => learning || self.described == Some(from),
        };
        if believed {
            self.real = Some(from);
            self.clear = Clear::Settled;
        }
    }

    /// Where to send. A peer that wants nothing gets nothing, wherever it is heard.
    pub(super) fn destination(&self) -> Option<SocketAddr> {
        self.described.map(|said| self.real.unwrap_or(said))
    }
}

/// How long the first source in clear may take to show itself.
const LEARNING: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "198.51.100.1:4000";
    const REAL: &str = "203.0.113.5:6000";
    const THIEF: &str = "192.0.2.66:6666";

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    /// A latch whose media began to flow at the epoch, and what came in: after how many
    /// milliseconds, from where, with which proof.
    fn after(packets: &[(u64, &str, Proof)]) -> String {
        let mut latch = Latch::default();
        latch.describe(Some(at(SAID)));
        let start = crate::epoch();
        latch.start(start);
        for &(milliseconds, from, proof) in packets {
            latch.hear(start + Duration::from_millis(milliseconds), at(from), proof);
        }
        latch.destination().unwrap().to_string()
    }

    #[test]
    fn who_may_move_the_stream_is_as_the_table_says() {
        use Proof::{Clear, Key};
        for (packets, expected) in [
            (&[][..], SAID),
            (&[(4_999, REAL, Clear)], REAL),
            (&[(5_000, THIEF, Clear)], SAID),
            (&[(20, REAL, Clear), (40, THIEF, Clear)], REAL),
            (&[(20, REAL, Clear), (60_000, THIEF, Clear)], REAL),
            (&[(20, SAID, Clear), (40, THIEF, Clear)], SAID),
            (&[(20, THIEF, Clear), (40, SAID, Clear)], SAID),
            (&[(20, SAID, Key), (90_000, REAL, Key)], REAL),
            (&[(20, REAL, Key), (40, THIEF, Clear)], REAL),
        ] {
            assert_eq!(after(packets), expected, "{packets:?}");
        }
    }

    #[test]
    fn an_exchange_opens_the_latch_again_and_keeps_where_the_peer_is() {
        let mut latch = Latch::default();
        let start = crate::epoch();
        latch.describe(Some(at(SAID)));
        latch.hear(start, at(REAL), Proof::Clear);
        latch.describe(Some(at(SAID)));
        assert_eq!(latch.destination(), Some(at(REAL)));
        latch.hear(start, at("203.0.113.5:7000"), Proof::Clear);
        assert_eq!(latch.destination(), Some(at("203.0.113.5:7000")));
        latch.describe(Some(at("198.51.100.9:4000")));
        assert_eq!(latch.destination(), Some(at("198.51.100.9:4000")));
        latch.describe(None);
        latch.hear(start, at(REAL), Proof::Key);
        assert_eq!(latch.destination(), None);
    }
}
