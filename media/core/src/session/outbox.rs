//! The way out of a session: packets are written, protected, and kept in order until they are
//! fetched.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};

use super::output::{Component, MediaEvent, MediaOutput};
use crate::rtp_header::Header;
use crate::sdp::StreamKey;
use crate::srtp::{Protector, SrtpSuite};

/// What a session wants done, in its order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    protection: Protection,
    queue: VecDeque<MediaOutput>,
    /// Packets are cut from here, one behind the other. When the last of them has been sent the room
    /// is used again, so that a call that runs allocates nothing.
    room: BytesMut,
    closed: bool,
}

/// What stands between a packet and the network.
#[derive(Debug, Default)]
enum Protection {
    #[default]
    Clear,
    /// No packet goes out before the handshake has brought a key.
    Awaited,
    Key(Box<Protector>),
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
        let old = std::mem::take(&mut self.protection);
        let (stream, new) = match (old, key) {
            (Protection::Key(old), Some(key)) => {
                let stream = match old.has_rolled_over() {
                    true => Stream::BeginsAnew,
                    false => Stream::GoesOn,
                };
                (stream, Some(old.rekeyed(key)))
            }
            (Protection::Clear | Protection::Awaited, Some(key)) => {
                (Stream::BeginsAnew, Some(Protector::new(key)))
            }
            (Protection::Clear, None) => (Stream::GoesOn, None),
            (Protection::Key(_) | Protection::Awaited, None) => (Stream::BeginsAnew, None),
        };
        self.protection = new.map_or(Protection::Clear, |new| Protection::Key(Box::new(new)));
        stream
    }

    /// Sends nothing from here on until there is a key.
    pub(super) fn await_key(&mut self) {
        self.protection = Protection::Awaited;
    }

    pub(super) fn awaits_key(&self) -> bool {
        matches!(self.protection, Protection::Awaited)
    }

    pub(super) fn suite(&self) -> Option<SrtpSuite> {
        match &self.protection {
            Protection::Key(protector) => Some(protector.suite()),
            Protection::Clear | Protection::Awaited => None,
        }
    }

    /// Queues a datagram that is no media and protects itself.
    pub(super) fn send_as_it_is(
        &mut self,
        component: Component,
        to: Option<SocketAddr>,
        packet: Bytes,
    ) {
        if let Some(to) = to.filter(|_| !self.closed) {
            self.queue.push_back(MediaOutput::Transmit {
                component,
                to,
                packet,
            });
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
        let protected = match &mut self.protection {
            Protection::Key(protector) => protector.protect_rtp(&mut self.room),
            Protection::Clear => Some(()),
            Protection::Awaited => None,
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
        let protected = match &mut self.protection {
            Protection::Key(protector) => protector.protect_rtcp(&mut self.room),
            Protection::Clear => Some(()),
            Protection::Awaited => None,
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
