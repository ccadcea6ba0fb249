//! Packets of a session on their way in and out: protection, addresses, reports.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtp::header::Header;
use rtp::packet::Packet as RtpPacket;
use webrtc_util::marshal::Marshal as _;

use super::{Component, MediaEvent, MediaOutput, MediaSession};
use crate::receive::{Heard, Packet};
use crate::rtcp::Farewell;
use crate::rtp_header;
use crate::send::Format;
use crate::source::Arrival;

impl MediaSession {
    /// `None` for a packet that is dropped.
    pub(super) fn take_rtp(&mut self, now: Instant, from: SocketAddr, packet: &[u8]) -> Option<()> {
        let (header, header_length) = rtp_header::read(packet)?;
        let clear = match &mut self.unprotector {
            Some(unprotector) => unprotector.unprotect_rtp(&header, packet)?,
            None => Bytes::copy_from_slice(packet),
        };
        let payload = rtp_header::payload(&clear, &header, header_length)?;
        let agreement = self.agreement.as_ref()?;
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
            authentic: self.unprotector.is_some(),
            expected: agreement.rtp == Some(from),
        };
        let meaning = meaning.map(|(_, meaning)| *meaning);
        let mut told = Vec::new();
        self.receiver.take(
            Packet {
                arrival,
                header,
                payload,
                meaning,
            },
            |one| told.push(one),
        );
        self.latch(
            Component::Rtp,
            self.receiver.guard.current().map(|source| source.from),
        );
        let mut dropped = false;
        for one in told {
            match one {
                Heard::Nothing => {}
                Heard::FirstVoice => self.tell(MediaEvent::Started),
                Heard::Digit(digit) => self.tell(MediaEvent::Digit {
                    digit: digit.to_char(),
                }),
                Heard::Discarded => dropped = true,
            }
        }
        (!dropped).then_some(())
    }

    /// `None` for a packet that is dropped.
    pub(super) fn take_rtcp(
        &mut self,
        now: Instant,
        from: SocketAddr,
        packet: &[u8],
    ) -> Option<()> {
        let clear = match &mut self.unprotector {
            Some(unprotector) => unprotector.unprotect_rtcp(packet)?,
            None => Bytes::copy_from_slice(packet),
        };
        let ssrc = u32::from_be_bytes(clear.get(4..8)?.try_into().ok()?);
        let known = self
            .receiver
            .guard
            .current()
            .is_some_and(|source| source.ssrc == ssrc);
        if self.unprotector.is_some() || known {
            self.latch(Component::Rtcp, Some(from));
        }
        self.reports
            .take(now, &clear, self.sender.ssrc, &mut self.receiver.guard);
        Some(())
    }

    /// Notes where a peer sends from, if that is another host than its SDP says: then there is a
    /// translator on the way. A peer that merely receives on another port than it sends from keeps
    /// what it asked for.
    pub(super) fn latch(&mut self, component: Component, from: Option<SocketAddr>) {
        let said = self
            .agreement
            .as_ref()
            .and_then(|agreement| match component {
                Component::Rtp => agreement.rtp,
                Component::Rtcp => agreement.rtcp,
            });
        let moved = from.filter(|from| said.is_some_and(|said| said.ip() != from.ip()));
        if let Some(from) = moved {
            self.latched[component as usize] = Some(from);
        }
    }

    pub(super) fn destination(&self, component: Component) -> Option<SocketAddr> {
        let agreement = self.agreement.as_ref()?;
        let said = match component {
            Component::Rtp => agreement.rtp,
            Component::Rtcp => agreement.rtcp,
        };
        said.map(|said| self.latched[component as usize].unwrap_or(said))
    }

    pub(super) fn sending_format(&self) -> Option<Format> {
        let agreement = self.agreement.as_ref().filter(|a| a.direction.sends())?;
        let short = agreement.max_packet_ms.is_some_and(|most| most < 20);
        Some(Format {
            codec: agreement.codec,
            payload_type: agreement.payload_type,
            events: agreement.events,
            packet: Duration::from_millis(if short { 10 } else { 20 }),
        })
    }

    pub(super) fn transmit_rtp(&mut self, header: Header, payload: Bytes) {
        let packet = RtpPacket { header, payload };
        let Ok(clear) = packet.marshal() else {
            return;
        };
        let packet = match &mut self.protector {
            Some(protector) => protector.protect_rtp(&packet.header, &clear),
            None => Some(clear),
        };
        self.transmit(Component::Rtp, packet);
    }

    pub(super) fn report(&mut self, now: Instant, farewell: Farewell) {
        let guard = &self.receiver.guard;
        let clear = self
            .reports
            .compound(now, self.rate_hz, &self.sender, guard, farewell);
        let packet = clear.and_then(|clear| match &mut self.protector {
            Some(protector) => protector.protect_rtcp(&clear),
            None => Some(clear),
        });
        self.transmit(Component::Rtcp, packet);
    }

    pub(super) fn transmit(&mut self, component: Component, packet: Option<Bytes>) {
        let Some((packet, to)) = packet.zip(self.destination(component)) else {
            return;
        };
        if self.closed {
            return;
        }
        self.packets_sent += u64::from(component == Component::Rtp);
        self.outputs.push_back(MediaOutput::Transmit {
            component,
            to,
            packet,
        });
    }

    pub(super) fn tell(&mut self, event: MediaEvent) {
        self.outputs.push_back(MediaOutput::Event(event));
    }
}
