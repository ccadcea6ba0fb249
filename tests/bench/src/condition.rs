//! The conditions under which every phone is heard, and what Hark wants to reach in each.

use crate::goal::Goal;

/// What the network does to one call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// The name on the command line and of the files.
    pub id: &'static str,
    pub title: &'static str,
    pub codec: Codec,
    /// Share of lost packets.
    pub loss: f64,
    /// Mean length of a run of losses, in packets.
    pub burst: f64,
    /// Every packet takes up to this much longer than the fastest, evenly spread.
    pub jitter_ms: f64,
    /// Share of packets that come behind their successor.
    pub reordered: f64,
    /// Share of packets that come twice.
    pub duplicated: f64,
    /// By how much the sender's clock is faster than ours, in millionths.
    pub drift_ppm: f64,
    pub score: Option<Goal>,
    pub delay_ms: Option<Goal>,
}

/// What the sender sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Pcmu,
    /// 24 kb/s of wide band with forward error correction for a tenth of loss.
    Opus,
}

impl Codec {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Opus => "Opus",
        }
    }
}

const CLEAN: Condition = Condition {
    id: "clean",
    title: "no loss, no jitter",
    codec: Codec::Pcmu,
    loss: 0.0,
    burst: 1.0,
    jitter_ms: 0.0,
    reordered: 0.0,
    duplicated: 0.0,
    drift_ppm: 0.0,
    score: None,
    delay_ms: None,
};

const JITTER: Condition = Condition {
    jitter_ms: 40.0,
    ..CLEAN
};

/// In the order of the table.
pub const CONDITIONS: [Condition; 9] = [
    Condition {
        score: Some(Goal::AtLeast(4.25)),
        delay_ms: Some(Goal::AtMost(45.0)),
        ..CLEAN
    },
    Condition {
        id: "jitter",
        title: "40 ms jitter",
        score: Some(Goal::AtLeast(4.25)),
        delay_ms: Some(Goal::AtMost(100.0)),
        ..JITTER
    },
    Condition {
        id: "loss5",
        title: "5 % loss, 40 ms jitter",
        loss: 0.05,
        score: Some(Goal::AtLeast(3.25)),
        ..JITTER
    },
    Condition {
        id: "loss10",
        title: "10 % loss, 40 ms jitter",
        loss: 0.1,
        score: Some(Goal::AtLeast(2.65)),
        ..JITTER
    },
    Condition {
        id: "loss20",
        title: "20 % loss, 40 ms jitter",
        loss: 0.2,
        score: Some(Goal::AtLeast(2.1)),
        ..JITTER
    },
    Condition {
        id: "bursts",
        title: "10 % loss in bursts of 4, 40 ms jitter",
        loss: 0.1,
        burst: 4.0,
        score: Some(Goal::AtLeast(2.55)),
        ..JITTER
    },
    Condition {
        id: "disorder",
        title: "10 % in wrong order, 5 % twice",
        reordered: 0.1,
        duplicated: 0.05,
        ..CLEAN
    },
    Condition {
        id: "drift",
        title: "sender 500 ppm fast, 40 ms jitter",
        drift_ppm: 500.0,
        ..JITTER
    },
    Condition {
        id: "opus",
        title: "Opus, wide band, 10 % loss, 40 ms jitter",
        codec: Codec::Opus,
        loss: 0.1,
        score: Some(Goal::AtLeast(3.2)),
        ..JITTER
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_conditions_share_a_name() {
        let mut ids = CONDITIONS.map(|condition| condition.id).to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CONDITIONS.len());
    }
}
