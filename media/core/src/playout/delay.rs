//! How long packets should wait, learnt from how late the last ones were.

use std::collections::VecDeque;

/// Collects the transit of packets, which is their arrival on our clock less their media time. The
/// two clocks have nothing in common, so only differences of transits mean something.
#[derive(Debug, Default)]
pub(super) struct PlayoutDelay {
    transits: VecDeque<i64>,
    sorted: Vec<i64>,
    /// Share of packets that never came, 0.0 to 1.0, smoothed.
    loss: f32,
}

impl PlayoutDelay {
    /// Forgets the transits, for a timeline that begins anew.
    pub(super) fn restart(&mut self) {
        self.transits.clear();
    }

    pub(super) fn note_arrival(&mut self, transit: i64) {
        if self.transits.len() == WINDOW {
            self.transits.pop_front();
        }
        self.transits.push_back(transit);
        self.loss *= 1.0 - LOSS_STEP;
    }

    /// The packet noted last was a copy of one before.
    pub(super) fn forget_last(&mut self) {
        self.transits.pop_back();
    }

    /// The transit of the fastest packet.
    pub(super) fn fastest(&self) -> Option<i64> {
        self.transits.iter().min().copied()
    }

    pub(super) fn note_loss(&mut self) {
        self.loss += LOSS_STEP * (1.0 - self.loss);
    }

    /// The clock-to-head distance that lets nearly all packets come in time, and the least one
    /// that any packet needed; `None` before the first packet.
    pub(super) fn target(&mut self) -> Option<i64> {
        self.sorted.clear();
        self.sorted.extend(&self.transits);
        self.sorted.sort_unstable();
        let fastest = *self.sorted.first()?;
        let outliers = self.sorted.len() / OUTLIER_SHARE;
        let slowest = *self.sorted.iter().rev().nth(outliers)?;
        let needed = slowest + MARGIN + self.lookahead();
        Some(needed.clamp(fastest + MIN_DELAY, fastest + MAX_DELAY))
    }

    /// Whether enough has been seen to dare a shorter delay.
    pub(super) fn is_settled(&self) -> bool {
        self.transits.len() >= SETTLED
    }

    /// When packets get lost, the ones behind a gap help to bridge it, if they are there in time.
    fn lookahead(&self) -> i64 {
        match self.loss {
            loss if loss > MUCH_LOSS => 2 * PACKET,
            loss if loss > SOME_LOSS => PACKET,
            _ => 0,
        }
    }
}

/// Ten seconds of packets of 20 ms.
const WINDOW: usize = 500;

/// One packet in so many may come too late.
const OUTLIER_SHARE: usize = 100;

/// Three seconds of packets of 20 ms.
const SETTLED: usize = 150;

/// The weight of one packet in the smoothed loss.
const LOSS_STEP: f32 = 1.0 / 128.0;

/// Loss that asks for one packet more in the buffer, and for two.
const SOME_LOSS: f32 = 0.01;
const MUCH_LOSS: f32 = 0.03;

/// 5 ms at 8 kHz, for the unevenness of our own threads.
const MARGIN: i64 = 40;

/// 20 ms at 8 kHz.
const PACKET: i64 = 160;

/// 40 ms at 8 kHz: two packets, so that a gap can be bridged from both sides.
const MIN_DELAY: i64 = 320;

/// One second at 8 kHz.
pub(super) const MAX_DELAY: i64 = 8_000;
