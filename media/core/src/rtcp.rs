//! RTCP (RFC 3550 §6): our reports, what the others' reports tell, and when ours are due.
//!
//! Of what comes in, only sender and receiver reports and goodbyes are read, each within its own
//! length; everything else is stepped over unread.

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

/// The control side of one session.
#[derive(Debug)]
pub(crate) struct Reports {
    cname: String,
    /// The moment from which our NTP timestamps count; a stand-in for the time of day, which a
    /// report need not tell (RFC 3550 §4).
    epoch: Option<Instant>,
    due: Option<Instant>,
    /// The last sender report of the other side: the middle of its NTP timestamp, and its arrival.
    last_report: Option<(u32, Instant)>,
    /// What had been received and sent when we reported last.
    reported: Totals,
    reported_packets: u32,
    pub(crate) round_trip: Option<Duration>,
    pub(crate) peer_loss_percent: Option<f32>,
}

/// Whether a compound packet is our last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    Staying,
    Leaving,
}

impl Reports {
    /// A CNAME longer than its item can hold is cut (RFC 3550 §6.5).
    pub(crate) fn new(cname: &str) -> Self {
        Self {
            cname: cname.chars().take(MAX_CNAME_CHARS).collect(),
            epoch: None,
            due: None,
            last_report: None,
            reported: Totals::default(),
            reported_packets: 0,
            round_trip: None,
            peer_loss_percent: None,
        }
    }

    /// Whether a report is due, counting from the first call. The first one comes after half an
    /// interval (RFC 3550 §6.2).
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

    /// Our report with our name, as one compound packet (RFC 3550 §6.1).
    pub(crate) fn compound(
        &mut self,
        now: Instant,
        sender: &Sender,
        guard: &SourceGuard,
        farewell: Farewell,
    ) -> Option<Bytes> {
        let reports: Vec<_> = self.reception(now, guard).into_iter().collect();
        let mut packets: Vec<Box<dyn Packet + Send + Sync>> = Vec::new();
        if sender.packets == self.reported_packets {
            let ssrc = sender.ssrc;
            packets.push(Box::new(ReceiverReport {
                ssrc,
                reports,
                ..Default::default()
            }));
        } else {
            packets.push(Box::new(SenderReport {
                ssrc: sender.ssrc,
                ntp_time: self.ntp(now),
                rtp_time: sender.timestamp_at(now),
                packet_count: sender.packets,
                octet_count: sender.octets,
                reports,
                ..Default::default()
            }));
        }
        self.reported_packets = sender.packets;
        packets.push(Box::new(self.description(sender.ssrc)));
        if farewell == Farewell::Leaving {
            packets.push(Box::new(Goodbye {
                sources: vec![sender.ssrc],
                ..Default::default()
            }));
        }
        rtcp::packet::marshal(&packets).ok()
    }

    /// Reads a compound packet that is in clear and comes from our peer.
    pub(crate) fn take(
        &mut self,
        now: Instant,
        packet: &[u8],
        our_ssrc: u32,
        guard: &mut SourceGuard,
    ) {
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
                Some(&GOODBYE) => {
                    let gone = Goodbye::unmarshal(&mut one).map_or(Vec::new(), |bye| bye.sources);
                    if guard
                        .current()
                        .is_some_and(|source| gone.contains(&source.ssrc))
                    {
                        guard.expect_another();
                    }
                }
                _ => {}
            }
        }
    }

    fn note_sender_report(&mut self, now: Instant, report: &SenderReport, guard: &SourceGuard) {
        if guard
            .current()
            .is_some_and(|source| source.ssrc == report.ssrc)
        {
            self.last_report = Some((middle(report.ntp_time), now));
        }
    }

    /// What the other side says of our stream (RFC 3550 §6.4.1).
    fn note_reception(&mut self, now: Instant, our_ssrc: u32, reports: &[ReceptionReport]) {
        let Some(report) = reports.iter().find(|report| report.ssrc == our_ssrc) else {
            return;
        };
        self.peer_loss_percent = Some(f32::from(report.fraction_lost) * 100.0 / 256.0);
        if report.last_sender_report == 0 {
            return;
        }
        let since = middle(self.ntp(now)).wrapping_sub(report.last_sender_report);
        let round_trip = since.checked_sub(report.delay).map(from_ntp_units);
        if let Some(round_trip) = round_trip.filter(|&trip| trip < MAX_ROUND_TRIP) {
            self.round_trip = Some(round_trip);
        }
    }

    /// What we say of the other side's stream.
    fn reception(&mut self, now: Instant, guard: &SourceGuard) -> Option<ReceptionReport> {
        let source = guard.current()?;
        let totals = guard.totals();
        let interval = totals.since(self.reported);
        self.reported = totals;
        let lost = interval.lost().min(interval.expected);
        let fraction = lost
            .checked_mul(256)?
            .checked_div(interval.expected)
            .unwrap_or(0);
        let (last_sender_report, delay) = self.last_report.map_or((0, 0), |(middle, at)| {
            (middle, to_ntp_units(now.saturating_duration_since(at)))
        });
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

    /// Seconds in the upper half, a fraction in the lower. One second ahead, because a timestamp of
    /// zero says "none".
    fn ntp(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        let since = now.saturating_duration_since(epoch) + Duration::from_secs(1);
        ((since.as_nanos() << 32) / 1_000_000_000) as u64
    }
}

/// The first packet of a compound one, and what follows it.
fn split_first(compound: &[u8]) -> Option<(&[u8], &[u8])> {
    let [_, _, w0, w1, ..] = compound else {
        return None;
    };
    let words = usize::from(u16::from_be_bytes([*w0, *w1]));
    compound.split_at_checked(4 * (words + 1))
}

/// Between half and one and a half times as long, so that two sides do not fall into step.
fn randomised(interval: Duration, random: &mut ChaCha20Rng) -> Duration {
    interval.mul_f64(0.5 + f64::from(random.next_u32()) / f64::from(u32::MAX))
}

/// The middle 32 bits of an NTP timestamp, in units of 1/65536 s.
fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

fn to_ntp_units(time: Duration) -> u32 {
    (time.as_micros() * 65_536 / 1_000_000) as u32
}

fn from_ntp_units(units: u32) -> Duration {
    Duration::from_micros(u64::from(units) * 1_000_000 / 65_536)
}

/// RFC 3550 §6.2: a minimum of five seconds between reports.
const INTERVAL: Duration = Duration::from_secs(5);

/// What a CNAME item can hold is 255 octets; a character has at most four.
const MAX_CNAME_CHARS: usize = 63;

/// The cumulative loss has 24 bits with a sign (RFC 3550 §6.4.1).
const MAX_LOST: u32 = 0x7f_ffff;

/// A longer round trip is a report that makes no sense.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(60);

/// Packet types (RFC 3550 §12.1).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
