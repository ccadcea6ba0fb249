//! How a session is doing: its figures, its seconds, what its reports tell of.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::MediaSession;
use crate::dtls::Keying;
use crate::e_model::{Conditions, Rating};
use crate::rtcp::{Farewell, Metrics, Subject};
use crate::stats::{MediaStats, Misses, Progress, SoundSecond};
use crate::trouble::{KeyState, Traffic};

impl MediaSession {
    pub fn stats(&self) -> MediaStats {
        let totals = self.receiver.guard.totals();
        let playout = &self.receiver.playout;
        let recent = Misses {
            lost_percent: self.seconds.loss_percent,
            late_percent: self.seconds.late_percent,
        };
        let heard = totals.received > 0;
        MediaStats {
            packets_received: totals.received,
            packets_lost: totals.lost(),
            packets_late: playout.late,
            packets_discarded: self.packets_discarded,
            packets_sent: self.packets_sent,
            loss_percent: recent.lost_percent,
            late_percent: recent.late_percent,
            jitter: self.jitter(),
            playout_delay: playout.delay(),
            delay: self.delay(),
            round_trip: self.reports.round_trip,
            peer_loss_percent: self.reports.peer_loss_percent,
            peer_metrics: self.reports.peer_metrics(),
            rating: heard.then(|| self.rate(recent)).flatten(),
            concealed: playout.concealed(),
            speaker_level: self.speaker_level.level(),
            microphone_level: self.microphone_level.level(),
        }
    }

    /// The last second of the call, once, as soon as it is over.
    pub fn take_second(&mut self) -> Option<SoundSecond> {
        self.finished_second.take()
    }

    /// What [`crate::SoundWatch`] wants to know.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            received: self.receiver.guard.totals().received,
            sent: self.packets_sent,
            reports: self.reports.taken,
            direction: self.direction(),
            flow: self.receiver.flow,
            keys: self
                .dtls
                .as_ref()
                .map_or(KeyState::Settled, Keying::key_state),
        }
    }

    pub(super) fn count_seconds(&mut self, now: Instant) {
        let progress = Progress {
            totals: self.receiver.guard.totals(),
            late: self.receiver.playout.late,
        };
        if let Some(misses) = self.seconds.note(now, progress) {
            self.finished_second = Some(SoundSecond {
                loss_percent: misses.map_or(0.0, Misses::percent),
                jitter: self.jitter(),
                delay: self.delay(),
                rating: misses.and_then(|misses| self.rate(misses)),
            });
        }
    }

    /// Our next report.
    pub(super) fn compound(&mut self, now: Instant, farewell: Farewell) -> Option<Bytes> {
        let subject = Subject {
            sender: &self.sender,
            guard: &self.receiver.guard,
            wanted: self
                .agreement
                .as_ref()
                .map(|a| a.extended)
                .unwrap_or_default(),
            metrics: self.metrics(),
        };
        self.reports.compound(now, &subject, farewell)
    }

    fn metrics(&self) -> Metrics {
        let counts = self.receiver.losses.counts();
        let all = Misses {
            lost_percent: 100.0 * counts.share(counts.lost),
            late_percent: 100.0 * counts.share(counts.late),
        };
        Metrics {
            counts,
            pattern: self.receiver.losses.pattern(),
            packet: self.receiver.packet,
            round_trip: self.reports.round_trip,
            playout_delay: self.receiver.playout.delay(),
            max_playout_delay: self.receiver.playout.longest_delay(),
            rating: (counts.due > 0).then(|| self.rate(all)).flatten(),
        }
    }

    fn rate(&self, misses: Misses) -> Option<Rating> {
        let codec = self.agreement.as_ref()?.sending.codec;
        Some(Rating::of(&Conditions {
            codec,
            loss_percent: misses.percent(),
            burst_ratio: self.receiver.losses.pattern().burst_ratio,
            delay: self.delay(),
        }))
    }

    fn jitter(&self) -> Duration {
        let source = self.receiver.guard.current();
        source.map_or(Duration::ZERO, |source| source.jitter(self.clock_rate_hz()))
    }

    fn delay(&self) -> Duration {
        let way = self.reports.round_trip.unwrap_or_default() / 2;
        way + self.receiver.packet + self.receiver.playout.delay()
    }
}
