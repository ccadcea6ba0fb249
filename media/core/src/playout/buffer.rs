//! Packets that wait for their moment, in the order of media time.

use std::collections::BTreeMap;

use webrtc_media::Sample;

use crate::codec::Codec;

/// One packet of voice, still coded.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) sample: Sample,
    pub(super) codec: Codec,
}

/// What became of a packet that was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Insertion {
    Queued,
    Duplicate,
}

#[derive(Debug, Default)]
pub(super) struct JitterBuffer {
    packets: BTreeMap<i64, Queued>,
}

impl JitterBuffer {
    pub(super) fn insert(&mut self, at: i64, packet: Queued) -> Insertion {
        if self.packets.contains_key(&at) {
            return Insertion::Duplicate;
        }
        self.packets.insert(at, packet);
        if self.packets.len() > MAX_PACKETS {
            self.packets.pop_first();
        }
        Insertion::Queued
    }

    /// Decodes what lies at `from` and right behind it, and says how much of `out` that filled.
    pub(super) fn copy(&self, from: i64, out: &mut [f32]) -> usize {
        let mut done = 0;
        while done < out.len() {
            let at = from + done as i64;
            let Some((start, packet)) = self.packets.range(..=at).next_back() else {
                break;
            };
            let octets = packet
                .sample
                .data
                .get((at - start) as usize..)
                .unwrap_or_default();
            if octets.is_empty() {
                break;
            }
            let space = out.iter_mut().skip(done);
            for (to, &octet) in space.zip(octets) {
                *to = f32::from(packet.codec.decode(octet));
                done += 1;
            }
        }
        done
    }

    /// Where the first packet at or after `from` begins.
    pub(super) fn next_start(&self, from: i64) -> Option<i64> {
        self.packets.range(from..).next().map(|(start, _)| *start)
    }

    /// Where the last packet ends.
    pub(super) fn end(&self) -> Option<i64> {
        let (start, packet) = self.packets.last_key_value()?;
        Some(start + packet.sample.data.len() as i64)
    }

    /// Forgets the packets that end before `head`.
    pub(super) fn discard_before(&mut self, head: i64) {
        while let Some(first) = self.packets.first_entry() {
            if first.key() + first.get().sample.data.len() as i64 > head {
                break;
            }
            first.remove();
        }
    }
}

/// Two seconds of packets of 20 ms.
const MAX_PACKETS: usize = 100;
