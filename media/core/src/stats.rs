//! How the sound of a call is doing.

use std::time::{Duration, Instant};

use crate::source::Totals;

/// Figures of one session at one moment, for the call window and for diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MediaStats {
    /// RTP packets that passed every check (and the authentication, under SRTP).
    pub packets_received: u64,
    /// Packets of the sequence that never came (RFC 3550 §A.3); never negative here.
    pub packets_lost: u64,
    /// Packets that came after their moment had been played.
    pub packets_late: u64,
    /// Packets that were dropped: malformed, forged, replayed, of a stranger, of no known type.
    pub packets_discarded: u64,
    pub packets_sent: u64,
    /// Losses among the packets of the last seconds, in percent.
    pub loss_percent: f32,
    /// Interarrival jitter (RFC 3550 §6.4.1).
    pub jitter: Duration,
    /// How long a packet waits here before it is heard.
    pub playout_delay: Duration,
    /// To the other side and back, by RTCP; `None` until it has reported.
    pub round_trip: Option<Duration>,
    /// What the other side misses of our packets, in percent; `None` until it has reported.
    pub peer_loss_percent: Option<f32>,
    /// Of the sound played so far: how much had to be made up.
    pub concealed: Duration,
    /// 0.0 to 1.0, see [`crate::LevelMeter`].
    pub speaker_level: f32,
    pub microphone_level: f32,
}

/// Loss over the last seconds.
#[derive(Debug, Default)]
pub(crate) struct RecentLoss {
    since: Option<(Instant, Totals)>,
    pub(crate) percent: f32,
}

impl RecentLoss {
    pub(crate) fn note(&mut self, now: Instant, totals: Totals) {
        let (at, before) = *self.since.get_or_insert((now, totals));
        if now.saturating_duration_since(at) < Duration::from_secs(1) {
            return;
        }
        let second = totals.since(before);
        if second.expected > 0 {
            let percent = 100.0 * second.lost() as f32 / second.expected as f32;
            self.percent += (percent - self.percent) / 3.0;
        }
        self.since = Some((now, totals));
    }
}
