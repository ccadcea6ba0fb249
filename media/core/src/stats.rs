//! How the sound of a call is doing.

use std::time::{Duration, Instant};

use crate::e_model::Rating;
use crate::rtcp::PeerMetrics;
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
    /// Packets of the last seconds that came too late, in percent.
    pub late_percent: f32,
    /// Interarrival jitter (RFC 3550 §6.4.1).
    pub jitter: Duration,
    /// How long a packet waits here before it is heard.
    pub playout_delay: Duration,
    /// From the other side's mouth to our ear, as far as it is known: half a round trip, the length
    /// of a packet and its wait here. What devices take is not in it.
    pub delay: Duration,
    /// To the other side and back, by RTCP; `None` until it has reported.
    pub round_trip: Option<Duration>,
    /// What the other side misses of our packets, in percent; `None` until it has reported.
    pub peer_loss_percent: Option<f32>,
    /// How the call sounds there, where the other side tells it (RFC 3611).
    pub peer_metrics: Option<PeerMetrics>,
    /// How the last seconds sounded; `None` until something has come.
    pub rating: Option<Rating>,
    /// Of the sound played so far: how much had to be made up.
    pub concealed: Duration,
    /// 0.0 to 1.0, see [`crate::LevelMeter`].
    pub speaker_level: f32,
    pub microphone_level: f32,
}

/// One second of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoundSecond {
    /// Packets that could not be played, lost or late, in percent of those that were due.
    pub loss_percent: f32,
    /// At the end of the second, as [`MediaStats`] has them.
    pub jitter: Duration,
    pub delay: Duration,
    /// `None` for a second in which nothing was due: a hold, a pause, a stream that stopped.
    pub rating: Option<Rating>,
}

/// What has come in so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    pub(crate) totals: Totals,
    pub(crate) late: u64,
}

/// Misses among the packets of one second, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Misses {
    pub(crate) lost_percent: f32,
    pub(crate) late_percent: f32,
}

/// Follows the call a second at a time.
#[derive(Debug, Default)]
pub(crate) struct Seconds {
    since: Option<(Instant, Progress)>,
    /// Smoothed over about three seconds.
    pub(crate) loss_percent: f32,
    pub(crate) late_percent: f32,
}

impl Seconds {
    /// Whether a second is over, and what was missed in it if anything was due.
    pub(crate) fn note(&mut self, now: Instant, progress: Progress) -> Option<Option<Misses>> {
        let (at, before) = *self.since.get_or_insert((now, progress));
        if now.saturating_duration_since(at) < SECOND {
            return None;
        }
        self.since = Some((now, progress));
        let misses = progress.since(before);
        if let Some(misses) = misses {
            self.loss_percent += (misses.lost_percent - self.loss_percent) / SMOOTHING;
            self.late_percent += (misses.late_percent - self.late_percent) / SMOOTHING;
        }
        Some(misses)
    }
}

impl Progress {
    fn since(self, before: Self) -> Option<Misses> {
        let second = self.totals.since(before.totals);
        if second.expected == 0 {
            return None;
        }
        let percent = |part: u64| 100.0 * part.min(second.expected) as f32 / second.expected as f32;
        Some(Misses {
            lost_percent: percent(second.lost()),
            late_percent: percent(self.late - before.late),
        })
    }
}

impl Misses {
    /// What could not be played.
    pub(crate) fn percent(self) -> f32 {
        (self.lost_percent + self.late_percent).min(100.0)
    }
}

const SECOND: Duration = Duration::from_secs(1);

const SMOOTHING: f32 = 3.0;
