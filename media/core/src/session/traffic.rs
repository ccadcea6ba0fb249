//! Packets of a session on their way in and out: protection, addresses, reports.

use std::net::SocketAddr;
use std::time::Instant;

use super::latch::Proof;
use super::{Component, MediaEvent, MediaSession};
use crate::receive::{Heard, Packet};
use crate::rtcp::Farewell;
use crate::rtp_header;
use crate::source::Arrival;

impl MediaSession {
    /// Keeps the latest packets that overtake an answer, whose keys are needed to read them.
    pub(super) fn keep_early(
        &mut self,
        now: Instant,
        component: Component,
        from: SocketAddr,
        packet: &[u8],
    ) {
        if packet.len() > MAX_PACKET_BYTES {
            return;
        }
        if self.early.len() == MAX_EARLY_PACKETS {
            self.early.pop_front();
        }
        self.early
            .push_back((now, component, from, packet.to_vec()));
    }

    /// `None` for a packet that is dropped.
    pub(super) fn take_rtp(
        &mut self,
        now: Instant,
        from: SocketAddr,
        packet: &mut [u8],
    ) -> Option<()> {
        let (header, header_length) = rtp_header::read(packet)?;
        let agreement = self.agreement.as_ref()?;
        if self.outbox.awaits_key() {
            return None;
        }
        let end = match self.keys.are_in_use() {
            true => self.keys.open_rtp(&header, header_length, packet)?,
            false => packet.len(),
        };
        let payload = rtp_header::payload(packet.get(..end)?, &header, header_length)?;
        if !agreement.direction.receives() {
            return Some(());
        }
        let incoming = agreement.incoming.iter();
        let meaning = incoming
            .clone()
            .find(|(number, _)| *number == header.payload_type);
        let arrival = Arrival {
            now,
            from,
            ssrc: header.ssrc,
            sequence: header.sequence_number,
            authentic: self.keys.are_in_use(),
            expected: self.is_expected(from),
        };
        let meaning = meaning.map(|(_, meaning)| *meaning);
        let (ssrc, sequence) = (header.ssrc, header.sequence_number);
        let packet = Packet {
            arrival,
            header,
            payload,
            meaning,
        };
        let (outbox, mut dropped) = (&mut self.outbox, false);
        self.receiver.take(packet, |one| match one {
            Heard::Nothing => {}
            Heard::FirstVoice => outbox.tell(MediaEvent::Started),
            Heard::Digit(digit) => outbox.tell(MediaEvent::Digit {
                digit: digit.to_char(),
            }),
            Heard::Discarded => dropped = true,
        });
        self.latch_rtp(now, from, ssrc, sequence);
        (!dropped).then_some(())
    }

    /// `None` for a packet that is dropped.
    pub(super) fn take_rtcp(
        &mut self,
        now: Instant,
        from: SocketAddr,
        packet: &mut [u8],
    ) -> Option<()> {
        self.agreement.as_ref()?;
        if self.outbox.awaits_key() {
            return None;
        }
        let end = match self.keys.are_in_use() {
            true => self.keys.open_rtcp(packet)?,
            false => packet.len(),
        };
        if !self.is_from_peer(from) {
            return None;
        }
        let clear = packet.get(..end)?;
        let ssrc = u32::from_be_bytes(clear.get(4..8)?.try_into().ok()?);
        self.latch_rtcp(now, from, ssrc);
        self.reports
            .take(now, clear, self.sender.ssrc, &mut self.receiver.guard);
        if let Some(percent) = self.reports.peer_loss_percent {
            self.sender.follow_loss(percent);
        }
        Some(())
    }

    /// Lets a packet that was let in show where the peer is. An authentic packet that others have
    /// overtaken shows only where it was.
    fn latch_rtp(&mut self, now: Instant, from: SocketAddr, ssrc: u32, sequence: u16) {
        let Some(source) = self.receiver.guard.current() else {
            return;
        };
        let newest = source.extended_highest() as u16 == sequence;
        if source.ssrc == ssrc && source.from == from && newest {
            let proof = self.proof();
            self.latches[Component::Rtp as usize].hear(now, from, proof);
        }
    }

    /// In clear, reports are believed from the host that the sound goes to, and no other. On a
    /// shared path the sound shows where the peer is.
    fn latch_rtcp(&mut self, now: Instant, from: SocketAddr, ssrc: u32) {
        if self.path_of_rtcp() == Component::Rtp {
            return;
        }
        let proof = self.proof();
        let source = self.receiver.guard.current();
        let known = source.is_some_and(|source| source.ssrc == ssrc);
        let sound = self.latches[Component::Rtp as usize].destination();
        let beside_sound = sound.is_some_and(|sound| sound.ip() == from.ip());
        if proof == Proof::Key || (known && beside_sound) {
            self.latches[Component::Rtcp as usize].hear(now, from, proof);
        }
    }

    /// The path of RTCP packets: their own, or that of RTP (RFC 5761).
    fn path_of_rtcp(&self) -> Component {
        let shared = self.agreement.as_ref().is_some_and(|a| a.rtcp_mux);
        if shared {
            Component::Rtp
        } else {
            Component::Rtcp
        }
    }

    fn proof(&self) -> Proof {
        match self.keys.are_in_use() {
            true => Proof::Key,
            false => Proof::Clear,
        }
    }

    /// Whether a report proves by SRTP where it comes from, or comes from the host of the other side.
    fn is_from_peer(&self, from: SocketAddr) -> bool {
        let source = self.receiver.guard.current().map(|source| source.from);
        let described = [Component::Rtp, Component::Rtcp].map(|one| self.destination(one));
        let mut known = described.into_iter().chain([source]).flatten();
        self.keys.are_in_use() || known.any(|known| known.ip() == from.ip())
    }

    pub(super) fn report(&mut self, now: Instant, farewell: Farewell) {
        let compound = self.compound(now, farewell);
        let component = self.path_of_rtcp();
        let to = self.destination(component);
        if let Some(compound) = compound {
            self.outbox.send_rtcp(component, to, &compound);
        }
    }
}

/// Packets kept while the answer is on its way: more than half a second of sound.
pub(super) const MAX_EARLY_PACKETS: usize = 32;

/// An Ethernet frame holds no larger datagram.
const MAX_PACKET_BYTES: usize = 1_500;
