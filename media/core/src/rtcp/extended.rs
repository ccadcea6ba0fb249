//! Extended reports (RFC 3611): how a call sounds to us and to the other side, and the round trip of
//! who only listens.
//!
//! Blocks of other kinds, and blocks that are too short for what they claim, are stepped over.

use std::time::{Duration, Instant};

use rtcp::extended_report::{
    DLRRReport, DLRRReportBlock, ExtendedReport, ReceiverReferenceTimeReportBlock,
    VoIPMetricsReportBlock,
};
use rtcp::packet::Packet;
use webrtc_util::marshal::Unmarshal as _;

use super::ntp::{Echo, ReportClock};
use crate::e_model::Rating;
use crate::loss_pattern::{Counts, GMIN, Pattern};

/// Which extended reports the other side's description asks for (`a=rtcp-xr`, RFC 3611 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    /// `voip-metrics`.
    pub(crate) metrics: bool,
    /// `rcvr-rtt`: whoever only listens learns the round trip as well.
    pub(crate) receiver_round_trip: bool,
}

impl Wanted {
    /// Everything that we can read and answer.
    pub(crate) const ALL: Self = Self {
        metrics: true,
        receiver_round_trip: true,
    };
}

/// What we know of how the call sounds here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metrics {
    pub(crate) counts: Counts,
    pub(crate) pattern: Pattern,
    /// How long the sound of one packet is.
    pub(crate) packet: Duration,
    pub(crate) round_trip: Option<Duration>,
    pub(crate) playout_delay: Duration,
    /// The longest that the jitter buffer lets a packet wait.
    pub(crate) max_playout_delay: Duration,
    pub(crate) rating: Option<Rating>,
}

/// How the call sounds at the other side, by its own word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeerMetrics {
    /// Our packets that never reached it, and that reached it too late, since the call began.
    pub loss_percent: f32,
    pub discard_percent: f32,
    /// What coding, decoding and its jitter buffer take; zero where it does not say.
    pub end_system_delay: Duration,
    /// 0 to 100.
    pub r_factor: Option<u8>,
    /// Mean opinion scores, 1.0 to 5.0.
    pub mos_listening: Option<f32>,
    pub mos: Option<f32>,
}

/// The extended side of the reports.
#[derive(Debug, Default)]
pub(super) struct Extended {
    /// The last reference time of the other side, and its SSRC.
    reference: Option<(u32, Echo)>,
    pub(super) peer: Option<PeerMetrics>,
}

/// What a block told about the round trip.
pub(super) struct Answered {
    pub(super) echo: u32,
    pub(super) kept: u32,
}

impl Extended {
    /// Reads one XR packet of the other side, from its header on.
    pub(super) fn take(&mut self, now: Instant, packet: &[u8], our_ssrc: u32) -> Option<Answered> {
        let (header, mut rest) = packet.split_first_chunk::<8>()?;
        let [_, _, _, _, sender @ ..] = *header;
        let mut answered = None;
        while let Some((mut block, after)) = super::split_first(rest) {
            rest = after;
            match block.first().copied() {
                Some(REFERENCE_TIME) => {
                    if let Ok(time) = ReceiverReferenceTimeReportBlock::unmarshal(&mut block) {
                        let echo = Echo::of(time.ntp_timestamp, now);
                        self.reference = Some((u32::from_be_bytes(sender), echo));
                    }
                }
                Some(DELAY_SINCE) => answered = answered.or(ours(&mut block, our_ssrc)),
                Some(VOIP_METRICS) => {
                    let metrics = VoIPMetricsReportBlock::unmarshal(&mut block);
                    let ours = metrics.ok().filter(|metrics| metrics.ssrc == our_ssrc);
                    self.peer = ours.map(|metrics| read(&metrics)).or(self.peer);
                }
                Some(_) | None => {}
            }
        }
        answered
    }

    /// Our XR packet; `None` where there is nothing to tell.
    pub(super) fn compose(
        &self,
        now: Instant,
        (our_ssrc, peer_ssrc): (u32, Option<u32>),
        metrics: Option<&Metrics>,
        reference: Option<&mut ReportClock>,
    ) -> Option<ExtendedReport> {
        let mut reports: Vec<Box<dyn Packet + Send + Sync>> = Vec::new();
        if let Some(clock) = reference {
            let ntp_timestamp = clock.at(now);
            reports.push(Box::new(ReceiverReferenceTimeReportBlock { ntp_timestamp }));
        }
        if let Some((ssrc, echo)) = self.reference {
            let (last_rr, dlrr) = echo.told(now);
            let reports_of = vec![DLRRReport {
                ssrc,
                last_rr,
                dlrr,
            }];
            reports.push(Box::new(DLRRReportBlock {
                reports: reports_of,
            }));
        }
        if let Some((metrics, ssrc)) = metrics.zip(peer_ssrc) {
            reports.push(Box::new(block(metrics, ssrc)));
        }
        (!reports.is_empty()).then_some(ExtendedReport {
            sender_ssrc: our_ssrc,
            reports,
        })
    }
}

/// The answer to our reference time (RFC 3611 §4.5).
fn ours(block: &mut &[u8], our_ssrc: u32) -> Option<Answered> {
    let told = DLRRReportBlock::unmarshal(block).ok()?;
    let answer = told.reports.iter().find(|told| told.ssrc == our_ssrc)?;
    Some(Answered {
        echo: answer.last_rr,
        kept: answer.dlrr,
    })
}

/// RFC 3611 §4.7.
fn block(metrics: &Metrics, ssrc: u32) -> VoIPMetricsReportBlock {
    let Metrics {
        counts, pattern, ..
    } = metrics;
    let length = |packets: f32| milliseconds(metrics.packet.mul_f64(packets.into()));
    let rating = metrics.rating;
    VoIPMetricsReportBlock {
        ssrc,
        loss_rate: fraction(counts.share(counts.lost)),
        discard_rate: fraction(counts.share(counts.late)),
        burst_density: fraction(pattern.burst_density),
        gap_density: fraction(pattern.gap_density),
        burst_duration: length(pattern.burst_packets),
        gap_duration: length(pattern.gap_packets),
        round_trip_delay: milliseconds(metrics.round_trip.unwrap_or_default()),
        end_system_delay: milliseconds(metrics.packet + metrics.playout_delay),
        signal_level: UNAVAILABLE,
        noise_level: UNAVAILABLE,
        rerl: UNAVAILABLE,
        gmin: GMIN as u8,
        rfactor: rating.map_or(UNAVAILABLE, |rating| rating.r_factor.round() as u8),
        ext_rfactor: UNAVAILABLE,
        mos_lq: rating.map_or(UNAVAILABLE, |rating| tenths(rating.mos_listening)),
        mos_cq: rating.map_or(UNAVAILABLE, |rating| tenths(rating.mos)),
        rx_config: RECEIVER_CONFIGURATION,
        reserved: 0,
        jb_nominal: milliseconds(metrics.playout_delay),
        jb_maximum: milliseconds(metrics.playout_delay),
        jb_abs_max: milliseconds(metrics.max_playout_delay),
    }
}

fn read(block: &VoIPMetricsReportBlock) -> PeerMetrics {
    let percent = |share: u8| f32::from(share) * 100.0 / 256.0;
    let opinion = |tenths: u8| {
        (10..=50)
            .contains(&tenths)
            .then(|| f32::from(tenths) / 10.0)
    };
    PeerMetrics {
        loss_percent: percent(block.loss_rate),
        discard_percent: percent(block.discard_rate),
        end_system_delay: Duration::from_millis(block.end_system_delay.into()),
        r_factor: Some(block.rfactor).filter(|rating| *rating <= 100),
        mos_listening: opinion(block.mos_lq),
        mos: opinion(block.mos_cq),
    }
}

/// A share, in parts of 256.
fn fraction(share: f32) -> u8 {
    (share * 256.0) as u8
}

fn tenths(opinion: f32) -> u8 {
    (opinion * 10.0).round() as u8
}

fn milliseconds(time: Duration) -> u16 {
    u16::try_from(time.as_millis()).unwrap_or(u16::MAX)
}

/// Block types (RFC 3611 §4).
const REFERENCE_TIME: u8 = 4;
const DELAY_SINCE: u8 = 5;
const VOIP_METRICS: u8 = 7;

/// What stands for a figure that is not known (RFC 3611 §4.7.4, §4.7.5).
const UNAVAILABLE: u8 = 127;

/// Enhanced concealment, an adaptive jitter buffer, its rate not told (RFC 3611 §4.7.6).
const RECEIVER_CONFIGURATION: u8 = 0b1011_0000;
