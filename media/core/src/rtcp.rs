//! RTCP (RFC 3550 §6): our reports, what the others' reports tell, and when ours are due.
//!
//! Of what comes in, sender and receiver reports, goodbyes and extended reports are read, each within
//! its own length; everything else is stepped over unread. A packet need not be a compound one (RFC
//! 5506). Whether it comes from our peer at all is decided before it gets here.

mod extended;
mod ntp;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;
use rtcp::goodbye::Goodbye;
use rtcp::packet::Packet;
use rtcp::receiver_report::ReceiverReport;
use rtcp::reception_report::ReceptionReport;
use rtcp::sender_report::SenderReport;
use rtcp::source_description::{
    SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem,
};
use webrtc_util::marshal::Unmarshal as _;

use crate::send::Sender;
use crate::source::{SourceGuard, Totals};

use extended::Extended;
use ntp::{Echo, ReportClock};

pub(crate) use extended::{Metrics, Wanted};

pub use extended::PeerMetrics;

/// The control side of one session.
#[derive(Debug)]
pub(crate) struct Reports {
    cname: String,
    clock: ReportClock,
    due: Option<Instant>,
    /// The last sender report of the other side.
    last_report: Option<Echo>,
    /// What had been received of which source when we reported last.
    reported: (Option<u32>, Totals),
    /// Packets sent at our last report and at the one before.
    reported_packets: [u32; 2],
    extended: Extended,
    /// Packets of ours so far.
    sent: u64,
    /// Packets of the other side that were read.
    pub(crate) taken: u64,
    pub(crate) round_trip: Option<Duration>,
    pub(crate) peer_loss_percent: Option<f32>,
}

/// What a report of ours tells of.
pub(crate) struct Subject<'a> {
    pub(crate) sender: &'a Sender,
    pub(crate) guard: &'a SourceGuard,
    pub(crate) wanted: Wanted,
    pub(crate) metrics: Metrics,
}

/// Whether a compound packet is our last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    Staying,
    Leaving,
}

/// Which report opens our compound packet (RFC 3550 §6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Sender,
    Receiver,
}

impl Reports {
    /// A CNAME longer than its item can hold is cut (RFC 3550 §6.5).
    pub(crate) fn new(cname: &str) -> Self {
        Self {
            cname: cname.chars().take(MAX_CNAME_CHARS).collect(),
            clock: ReportClock::default(),
            due: None,
            last_report: None,
            reported: Default::default(),
            reported_packets: [0; 2],
            extended: Extended::default(),
            sent: 0,
            taken: 0,
            round_trip: None,
            peer_loss_percent: None,
        }
    }

    /// Whether a report is due, counting from the first call. The first one comes after half an
    /// interval (RFC 3550 §6.2).
    ///
    /// Two members whose reports are a few per cent of their sound never exceed the minimum interval,
    /// so neither the bandwidth nor timer reconsideration (§6.3) ever changes it.
    pub(crate) fn is_due(&mut self, now: Instant, random: &mut ChaCha20Rng) -> bool {
        match self.due {
            None => {
                self.due = Some(now + randomised(INTERVAL / 2, random));
                false
            }
            Some(due) if due <= now => {
                self.due = Some(now + randomised(INTERVAL, random));
                true
            }
            Some(_) => false,
        }
    }

    /// Whether the other side has got a report of ours.
    pub(crate) fn have_gone(&self) -> bool {
        self.sent > 0
    }

    /// What the other side says of how the call sounds there.
    pub(crate) fn peer_metrics(&self) -> Option<PeerMetrics> {
        self.extended.peer
    }

    /// Our report with our name, as one compound packet (RFC 3550 §6.1).
    pub(crate) fn compound(
        &mut self,
        now: Instant,
        subject: &Subject<'_>,
        farewell: Farewell,
    ) -> Option<Bytes> {
        self.sent += 1;
        let sender = subject.sender;
        let opening = self.opening(sender.packets);
        let mut packets = vec![
            self.first(now, subject, opening),
            Box::new(self.description(sender.ssrc)),
        ];
        if let Some(report) = self.extended_report(now, subject, opening) {
            packets.push(Box::new(report));
        }
        if farewell == Farewell::Leaving {
            packets.push(Box::new(Goodbye {
                sources: vec![sender.ssrc],
                ..Default::default()
            }));
        }
        rtcp::packet::marshal(&packets).ok()
    }

    /// Reads a packet that is in clear and comes from our peer.
    pub(crate) fn take(
        &mut self,
        now: Instant,
        packet: &[u8],
        our_ssrc: u32,
        guard: &mut SourceGuard,
    ) {
        self.taken += 1;
        let mut rest = packet;
        while let Some((mut one, after)) = split_first(rest) {
            rest = after;
            match one.get(1) {
                Some(&SENDER_REPORT) => {
                    if let Ok(report) = SenderReport::unmarshal(&mut one) {
                        self.note_sender_report(now, &report, guard);
                        self.note_reception(now, our_ssrc, &report.reports);
                    }
                }
                Some(&RECEIVER_REPORT) => {
                    if let Ok(report) = ReceiverReport::unmarshal(&mut one) {
                        self.note_reception(now, our_ssrc, &report.reports);
                    }
                }
                Some(&GOODBYE) => note_goodbye(&mut one, guard),
                Some(&EXTENDED_REPORT) => {
                    if let Some(answer) = self.extended.take(now, one, our_ssrc) {
                        self.note_round_trip(now, answer.echo, answer.kept);
                    }
                }
                Some(_) | None => {}
            }
        }
    }

    /// A sender report for whoever sent something since its last report but one (RFC 3550 §6.4).
    fn opening(&mut self, packets: u32) -> Opening {
        let [last, before] = self.reported_packets;
        self.reported_packets = [packets, last];
        match before == packets {
            true => Opening::Receiver,
            false => Opening::Sender,
        }
    }

    fn first(
        &mut self,
        now: Instant,
        subject: &Subject<'_>,
        opening: Opening,
    ) -> Box<dyn Packet + Send + Sync> {
        let reports: Vec<_> = self.reception(now, subject.guard).into_iter().collect();
        let sender = subject.sender;
        match opening {
            Opening::Receiver => Box::new(ReceiverReport {
                ssrc: sender.ssrc,
                reports,
                ..Default::default()
            }),
            Opening::Sender => Box::new(SenderReport {
                ssrc: sender.ssrc,
                ntp_time: self.clock.at(now),
                rtp_time: sender.timestamp_at(now),
                packet_count: sender.packets,
                octet_count: sender.octets,
                reports,
                ..Default::default()
            }),
        }
    }

    /// What of RFC 3611 the other side asks for. Who sends learns the round trip by its sender
    /// reports and needs no reference time.
    fn extended_report(
        &mut self,
        now: Instant,
        subject: &Subject<'_>,
        opening: Opening,
    ) -> Option<rtcp::extended_report::ExtendedReport> {
        let peer = subject.guard.current().map(|source| source.ssrc);
        let asks = subject.wanted.receiver_round_trip && opening == Opening::Receiver;
        let reference = asks.then_some(&mut self.clock);
        let metrics = Some(&subject.metrics).filter(|_| subject.wanted.metrics);
        self.extended
            .compose(now, (subject.sender.ssrc, peer), metrics, reference)
    }

    fn note_sender_report(&mut self, now: Instant, report: &SenderReport, guard: &SourceGuard) {
        if guard
            .current()
            .is_some_and(|source| source.ssrc == report.ssrc)
        {
            self.last_report = Some(Echo::of(report.ntp_time, now));
        }
    }

    /// What the other side says of our stream (RFC 3550 §6.4.1).
    fn note_reception(&mut self, now: Instant, our_ssrc: u32, reports: &[ReceptionReport]) {
        if let Some(report) = reports.iter().find(|report| report.ssrc == our_ssrc) {
            self.peer_loss_percent = Some(f32::from(report.fraction_lost) * 100.0 / 256.0);
            self.note_round_trip(now, report.last_sender_report, report.delay);
        }
    }

    fn note_round_trip(&mut self, now: Instant, echo: u32, kept: u32) {
        self.round_trip = self.clock.round_trip(now, echo, kept).or(self.round_trip);
    }

    /// What we say of the other side's stream.
    fn reception(&mut self, now: Instant, guard: &SourceGuard) -> Option<ReceptionReport> {
        let source = guard.current()?;
        let totals = source.totals();
        let (reported, before) = std::mem::replace(&mut self.reported, (Some(source.ssrc), totals));
        let interval = match reported == Some(source.ssrc) {
            true => totals.since(before),
            false => totals,
        };
        let lost = interval.lost().min(interval.expected);
        let fraction = lost
            .checked_mul(256)?
            .checked_div(interval.expected)
            .unwrap_or(0);
        let (last_sender_report, delay) = self.last_report.map_or((0, 0), |echo| echo.told(now));
        Some(ReceptionReport {
            ssrc: source.ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            total_lost: u32::try_from(totals.lost())
                .unwrap_or(MAX_LOST)
                .min(MAX_LOST),
            last_sequence_number: source.extended_highest(),
            jitter: source.jitter_ticks(),
            last_sender_report,
            delay,
        })
    }

    fn description(&self, source: u32) -> SourceDescription {
        let text = Bytes::copy_from_slice(self.cname.as_bytes());
        let name = SourceDescriptionItem {
            sdes_type: SdesType::SdesCname,
            text,
        };
        SourceDescription {
            chunks: vec![SourceDescriptionChunk {
                source,
                items: vec![name],
            }],
        }
    }
}

/// The source that we hear leaves; the next one is welcome.
fn note_goodbye(packet: &mut &[u8], guard: &mut SourceGuard) {
    let gone = Goodbye::unmarshal(packet).map_or(Vec::new(), |bye| bye.sources);
    if guard
        .current()
        .is_some_and(|source| gone.contains(&source.ssrc))
    {
        guard.expect_another();
    }
}

/// The first packet of a compound one, and what follows it; in the same form, the first block of an
/// extended report.
fn split_first(compound: &[u8]) -> Option<(&[u8], &[u8])> {
    let [_, _, w0, w1, ..] = compound else {
        return None;
    };
    let words = usize::from(u16::from_be_bytes([*w0, *w1]));
    compound.split_at_checked(4 * (words + 1))
}

/// Between half and one and a half times as long, so that two sides do not fall into step, and all of
/// it shorter by e - 3/2, which makes up for what reconsideration would do to the mean (RFC 3550
/// §6.3.1).
fn randomised(interval: Duration, random: &mut ChaCha20Rng) -> Duration {
    let factor = 0.5 + f64::from(random.next_u32()) / f64::from(u32::MAX);
    interval.mul_f64(factor / COMPENSATION)
}

/// RFC 3550 §6.2: a minimum of five seconds between reports.
const INTERVAL: Duration = Duration::from_secs(5);

/// e - 3/2 (RFC 3550 §6.3.1).
const COMPENSATION: f64 = std::f64::consts::E - 1.5;

/// What a CNAME item can hold is 255 octets; a character has at most four.
const MAX_CNAME_CHARS: usize = 63;

/// The cumulative loss has 24 bits with a sign (RFC 3550 §6.4.1).
const MAX_LOST: u32 = 0x7f_ffff;

/// Packet types (RFC 3550 §12.1, RFC 3611 §2).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
const EXTENDED_REPORT: u8 = 207;
