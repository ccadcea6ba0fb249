//! How a call sounds, as JSON.

use std::time::Duration;

use hark_phone::snapshot::{MediaView, PeerMetrics, Rating, SoundSecond};
use serde::Serialize;

/// The figures of one call. Shares are percent, times milliseconds.
#[derive(Debug, PartialEq, Serialize)]
pub struct Quality {
    call: u64,
    codec: &'static str,
    srtp: Option<&'static str>,
    keys: Option<&'static str>,
    loss_percent: f64,
    late_percent: f64,
    jitter_ms: u64,
    playout_delay_ms: u64,
    delay_ms: u64,
    round_trip_ms: Option<u64>,
    #[serde(flatten)]
    opinion: Opinion,
    peer: Peer,
    packets: Packets,
    concealed_ms: u64,
    seconds: Vec<Second>,
}

#[derive(Debug, Default, PartialEq, Serialize)]
struct Opinion {
    r_factor: Option<f64>,
    mos: Option<f64>,
    mos_listening: Option<f64>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Peer {
    loss_percent: Option<f64>,
    discard_percent: Option<f64>,
    #[serde(flatten)]
    opinion: Opinion,
}

#[derive(Debug, PartialEq, Serialize)]
struct Packets {
    received: u64,
    lost: u64,
    late: u64,
    sent: u64,
}

#[derive(Debug, PartialEq, Serialize)]
struct Second {
    loss_percent: f64,
    jitter_ms: u64,
    delay_ms: u64,
    #[serde(flatten)]
    opinion: Opinion,
}

impl Quality {
    pub fn of(call: u64, media: &MediaView) -> Self {
        let totals = media.totals;
        Self {
            call,
            codec: media.codec,
            srtp: media.srtp,
            keys: media.keys,
            loss_percent: rounded(media.loss_percent),
            late_percent: rounded(media.late_percent),
            jitter_ms: milliseconds(media.jitter),
            playout_delay_ms: milliseconds(media.playout_delay),
            delay_ms: milliseconds(media.delay),
            round_trip_ms: media.round_trip.map(milliseconds),
            opinion: Opinion::of(media.rating),
            peer: Peer::of(media.peer_loss_percent, media.peer),
            packets: Packets {
                received: totals.received,
                lost: totals.lost,
                late: totals.late,
                sent: totals.sent,
            },
            concealed_ms: milliseconds(totals.concealed),
            seconds: media.seconds.iter().map(Second::of).collect(),
        }
    }
}

impl Opinion {
    fn of(rating: Option<Rating>) -> Self {
        rating.map_or(Self::default(), |rating| Self {
            r_factor: Some(rounded(rating.r_factor)),
            mos: Some(rounded(rating.mos)),
            mos_listening: Some(rounded(rating.mos_listening)),
        })
    }
}

impl Peer {
    fn of(loss_percent: Option<f32>, metrics: Option<PeerMetrics>) -> Self {
        let opinion = metrics.map_or(Opinion::default(), |metrics| Opinion {
            r_factor: metrics.r_factor.map(f64::from),
            mos: metrics.mos.map(rounded),
            mos_listening: metrics.mos_listening.map(rounded),
        });
        Self {
            loss_percent: loss_percent.map(rounded),
            discard_percent: metrics.map(|metrics| rounded(metrics.discard_percent)),
            opinion,
        }
    }
}

impl Second {
    fn of(second: &SoundSecond) -> Self {
        Self {
            loss_percent: rounded(second.loss_percent),
            jitter_ms: milliseconds(second.jitter),
            delay_ms: milliseconds(second.delay),
            opinion: Opinion::of(second.rating),
        }
    }
}

/// Two decimals are more than any of these figures is worth.
fn rounded(figure: f32) -> f64 {
    (f64::from(figure) * 100.0).round() / 100.0
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
