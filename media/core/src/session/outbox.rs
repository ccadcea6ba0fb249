//! The way out of a session: packets are written, protected, and kept in order until they are
//! fetched.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::BytesMut;

use super::output::{Component, MediaEvent, MediaOutput};
use crate::rtp_header::Header;
use crate::sdp::StreamKey;
use crate::srtp::Protector;

/// What a session wants done, in its order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    protector: Option<Protector>,
    queue: VecDeque<MediaOutput>,
    /// Packets are cut from here, one behind the other. When the last of them has been sent the room
    /// is used again, so that a call that runs allocates nothing.
    room: BytesMut,
    closed: bool,
}

/// Whether a stream can go on under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    GoesOn,
    /// It has to begin anew, as another source.
    BeginsAnew,
}

impl Outbox {
    /// Protects by this key from here on, or not at all.
    ///
    /// A stream whose numbers have wrapped begins anew: RFC 3711 §3.3.1 keeps the rollover counter
    /// through a change of keys, others count from zero with the new key, and who has just come to
    /// the call never knew it. Below the first wrap all of them agree.
    pub(super) fn change_key(&mut self, key: Option<&StreamKey>) -> Stream {
        let old = self.protector.take();
        self.protector = key.map(|key| match &old {
            Some(old) => old.rekeyed(key),
            None => Protector::new(key),
        });
        match (old, &self.protector) {
            (Some(old), Some(_)) if !old.has_rolled_over() => Stream::GoesOn,
            (Some(_), _) | (None, Some(_)) => Stream::BeginsAnew,
            (None, None) => Stream::GoesOn,
        }
    }

    /// `None` for a packet that goes nowhere.
    pub(super) fn send_rtp(
        &mut self,
        to: Option<SocketAddr>,
        header: &Header,
        payload: &[u8],
    ) -> Option<()> {
        self.make_room();
        header.write(&mut self.room);
        self.room.extend_from_slice(payload);
        let protected = match &mut self.protector {
            Some(protector) => protector.protect_rtp(&mut self.room),
            None => Some(()),
        };
        self.finish(Component::Rtp, protected.and(to))
    }

    /// As [`Self::send_rtp`], for a compound packet of RTCP.
    pub(super) fn send_rtcp(
        &mut self,
        component: Component,
        to: Option<SocketAddr>,
        compound: &[u8],
    ) -> Option<()> {
        self.make_room();
        self.room.extend_from_slice(compound);
        let protected = match &mut self.protector {
            Some(protector) => protector.protect_rtcp(&mut self.room),
            None => Some(()),
        };
        self.finish(component, protected.and(to))
    }

    pub(super) fn tell(&mut self, event: MediaEvent) {
        self.queue.push_back(MediaOutput::Event(event));
    }

    /// Nothing more goes out than what waits already.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn next(&mut self) -> Option<MediaOutput> {
        self.queue.pop_front()
    }

    fn make_room(&mut self) {
        if self.room.capacity() < LARGEST_PACKET {
            self.room.reserve(ROOM);
        }
    }

    /// Queues what has been written into the room.
    fn finish(&mut self, component: Component, to: Option<SocketAddr>) -> Option<()> {
        let packet = self.room.split();
        let to = to.filter(|_| !self.closed)?;
        self.queue.push_back(MediaOutput::Transmit {
            component,
            to,
            packet: packet.freeze(),
        });
        Some(())
    }
}

/// Of our making: an Ethernet frame.
const LARGEST_PACKET: usize = 1_500;

/// Some packets of sound may wait at a time.
const ROOM: usize = 4 * LARGEST_PACKET;
