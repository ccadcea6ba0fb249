//! The way in while one key follows another.
//!
//! The other side changes its key when its offer is answered, or with its answer to ours. Packets
//! under the old key are still on their way then, so it opens packets for a moment more.

use std::time::{Duration, Instant};

use super::unprotect::Unprotector;
use crate::rtp_header::Header;
use crate::sdp::StreamKey;

/// The keys of the other side.
#[derive(Debug, Default)]
pub(crate) struct IncomingKeys {
    present: Option<Unprotector>,
    former: Option<Former>,
}

/// The key before the present one.
#[derive(Debug)]
struct Former {
    unprotector: Unprotector,
    /// When it is forgotten at the latest. Set by the first tick, because an answer comes without
    /// a time.
    until: Option<Instant>,
}

impl IncomingKeys {
    /// Takes another key, or none, for what comes from here on.
    pub(crate) fn change(&mut self, key: Option<&StreamKey>) {
        let former = self.present.take();
        self.present = key.map(|key| match &former {
            Some(former) => Unprotector::after(key, former),
            None => Unprotector::new(key),
        });
        // Who goes over to no encryption wants the key gone with it.
        let former = former.filter(|_| self.present.is_some());
        self.former = former.map(|unprotector| Former {
            unprotector,
            until: None,
        });
    }

    /// Whether packets have to prove who sent them.
    pub(crate) fn are_in_use(&self) -> bool {
        self.present.is_some()
    }

    /// Decrypts an RTP packet in place and says where it ends then. `None` for one that is forged,
    /// replayed or too short, which stays as it was.
    pub(crate) fn open_rtp(
        &mut self,
        header: &Header,
        header_length: usize,
        packet: &mut [u8],
    ) -> Option<usize> {
        self.open(|key| key.open_rtp(header, header_length, packet))
    }

    /// Decrypts an RTCP compound packet in place, as for RTP.
    pub(crate) fn open_rtcp(&mut self, packet: &mut [u8]) -> Option<usize> {
        self.open(|key| key.open_rtcp(packet))
    }

    fn open(
        &mut self,
        mut attempt: impl FnMut(&mut Unprotector) -> Option<usize>,
    ) -> Option<usize> {
        let present = self.present.as_mut().and_then(&mut attempt);
        present.or_else(|| attempt(&mut self.former.as_mut()?.unprotector))
    }

    /// Forgets the former key when its time is over. Cheap; meant to be called every 10 ms.
    pub(crate) fn tick(&mut self, now: Instant) {
        let Some(former) = &mut self.former else {
            return;
        };
        let proved = self.present.as_ref().is_some_and(Unprotector::is_proved);
        let until = *former.until.get_or_insert(now + MAX_CHANGE);
        if proved {
            former.until = Some(until.min(now + IN_FLIGHT));
        }
        if now >= until {
            self.former = None;
        }
    }
}

/// How long packets may be on their way under the former key, once the new one has been used.
const IN_FLIGHT: Duration = Duration::from_secs(1);

/// The longest that a description may be on its way to the other side.
const MAX_CHANGE: Duration = Duration::from_secs(10);
