//! Packets that wait for their moment, in the order of media time.
//!
//! Every packet is copied into a place that was made when the call began, so that nothing is
//! allocated while it runs.

use std::collections::VecDeque;

use crate::codec::Codec;

/// One packet in its place.
#[derive(Debug)]
pub(super) struct Queued {
    /// Media time of its first sample.
    pub(super) at: i64,
    /// How much sound it holds, in ticks.
    pub(super) length: i64,
    /// Tells packets of one source from those of the next.
    pub(super) source: u32,
    pub(super) sequence: u16,
    pub(super) content: Content,
    /// The coded sound.
    pub(super) payload: Vec<u8>,
}

/// What a packet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Voice(Codec),
    /// The sender means to say nothing from here on; the payload is the noise of its room
    /// (RFC 3389 §3), if it tells.
    Pause,
}

impl Queued {
    pub(super) fn end(&self) -> i64 {
        self.at + self.length
    }

    /// The codec, if this is sound.
    pub(super) fn voice(&self) -> Option<Codec> {
        match self.content {
            Content::Voice(codec) => Some(codec),
            Content::Pause => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct JitterBuffer {
    packets: VecDeque<Queued>,
    unused: Vec<Queued>,
    source: u32,
}

impl JitterBuffer {
    pub(super) fn new() -> Self {
        let place = || Queued {
            at: 0,
            length: 0,
            source: 0,
            sequence: 0,
            content: Content::Pause,
            payload: Vec::with_capacity(PAYLOAD),
        };
        Self {
            packets: VecDeque::with_capacity(MAX_PACKETS),
            unused: (0..MAX_PACKETS).map(|_| place()).collect(),
            source: 0,
        }
    }

    /// The packets from here on are of another source.
    pub(super) fn begin_source(&mut self) {
        self.source = self.source.wrapping_add(1);
    }

    /// Takes a packet in; one that claims the time of another is passed over.
    pub(super) fn insert(
        &mut self,
        (at, length): (i64, i64),
        sequence: u16,
        content: Content,
        payload: &[u8],
    ) {
        let place = self.packets.partition_point(|packet| packet.at < at);
        if self.packets.get(place).is_some_and(|there| there.at == at) {
            return;
        }
        // The oldest packet makes room.
        let Some(mut packet) = self.unused.pop().or_else(|| self.packets.pop_front()) else {
            return;
        };
        let place = place.min(self.packets.len());
        packet.source = self.source;
        packet.at = at;
        packet.length = length;
        packet.sequence = sequence;
        packet.content = content;
        packet.payload.clear();
        packet.payload.extend_from_slice(payload);
        self.packets.insert(place, packet);
    }

    pub(super) fn first(&self) -> Option<&Queued> {
        self.packets.front()
    }

    pub(super) fn discard_first(&mut self) {
        self.unused.extend(self.packets.pop_front());
    }

    /// Where the last packet ends.
    pub(super) fn end(&self) -> Option<i64> {
        self.packets.back().map(Queued::end)
    }
}

/// Two seconds of packets of 20 ms.
const MAX_PACKETS: usize = 100;

/// Room for 20 ms of the most that our codecs send; a longer packet makes its place longer once.
const PAYLOAD: usize = 320;
