//! The newest texts in an amount of memory that never grows.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Texts of which the oldest make room for the newest. All but the last few are packed in blocks, because SIP
/// messages say much the same again and again: packed they take about a seventh.
#[derive(Debug)]
pub(super) struct Ring {
    /// Blocks, one after the other, the oldest first.
    packed: VecDeque<u8>,
    blocks: VecDeque<Block>,
    /// What becomes the next block: every text behind its length.
    open: Vec<u8>,
    open_texts: usize,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// So many texts are kept at least, where they find room.
    pub texts: usize,
    pub packed_bytes: usize,
    /// A block is packed when its texts are this long.
    pub block_bytes: usize,
}

#[derive(Debug)]
struct Block {
    packed_bytes: usize,
    texts: usize,
}

impl Ring {
    /// All of the memory is taken, and touched, at once, so that a phone that runs for weeks needs
    /// no more than at its start.
    pub(super) fn new(limits: Limits) -> Self {
        // Of zeros the system would give pages that are taken only when they are written.
        let mut packed = VecDeque::from(vec![1; limits.packed_bytes]);
        packed.clear();
        Self {
            packed,
            blocks: VecDeque::new(),
            open: Vec::with_capacity(limits.block_bytes),
            open_texts: 0,
            limits,
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        let Ok(length) = u32::try_from(text.len()) else {
            return;
        };
        self.open.extend(length.to_le_bytes());
        self.open.extend(text.as_bytes());
        self.open_texts += 1;
        if self.open.len() >= self.limits.block_bytes {
            self.close_block();
        }
    }

    /// The last texts, the oldest of them first, as many as fit into both limits.
    pub(super) fn newest(&self, most_texts: usize, most_bytes: usize) -> Vec<String> {
        let mut newest = Vec::new();
        let mut room = most_bytes;
        let packed = self.packed_blocks().rev().map(unpack);
        let blocks = std::iter::once(self.open.clone()).chain(packed);
        for text in blocks.flat_map(|block| texts(&block).into_iter().rev()) {
            if newest.len() == most_texts || text.len() > room {
                break;
            }
            room -= text.len();
            newest.push(text);
        }
        newest.reverse();
        newest
    }

    fn close_block(&mut self) {
        let packed = pack(&self.open);
        let texts = std::mem::take(&mut self.open_texts);
        self.open.clear();
        // A text that was longer than a block may have left more than its share behind.
        self.open.shrink_to(self.limits.block_bytes);
        if packed.len() > self.limits.packed_bytes {
            return;
        }
        self.make_room(packed.len(), texts);
        self.packed.extend(&packed);
        self.blocks.push_back(Block {
            packed_bytes: packed.len(),
            texts,
        });
    }

    fn make_room(&mut self, bytes: usize, texts: usize) {
        while let Some(oldest) = self.blocks.front() {
            let full = self.packed.len() + bytes > self.limits.packed_bytes;
            let texts = texts + self.blocks.iter().map(|block| block.texts).sum::<usize>();
            if !full && texts - oldest.texts < self.limits.texts {
                return;
            }
            self.packed.drain(..oldest.packed_bytes);
            self.blocks.pop_front();
        }
    }

    fn packed_blocks(&self) -> impl DoubleEndedIterator<Item = Vec<u8>> {
        let starts = self.blocks.iter().scan(0, |next, block| {
            let start = *next;
            *next += block.packed_bytes;
            Some(start..*next)
        });
        let places: Vec<_> = starts.collect();
        places
            .into_iter()
            .map(|place| self.packed.range(place).copied().collect())
    }
}

fn pack(block: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail; what was written before would still be a block.
    let _ = encoder.write_all(block);
    encoder.finish().unwrap_or_default()
}

fn unpack(packed: Vec<u8>) -> Vec<u8> {
    let mut block = Vec::new();
    // What can be read of a block is worth more than nothing.
    let _ = DeflateDecoder::new(&packed[..]).read_to_end(&mut block);
    block
}

fn texts(mut block: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some((length, rest)) = block.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let (text, rest) = rest.split_at(length.min(rest.len()));
        texts.push(String::from_utf8_lossy(text).into_owned());
        block = rest;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each block holds two of the texts "text 0" to "text 9".
    const SMALL: Limits = Limits {
        texts: 5,
        packed_bytes: 1_000,
        block_bytes: 20,
    };

    fn filled(limits: Limits, count: usize) -> Ring {
        let mut ring = Ring::new(limits);
        (0..count).for_each(|number| ring.push(&format!("text {number}")));
        ring
    }

    #[test]
    fn the_newest_texts_come_out_in_their_order() {
        let ring = filled(SMALL, 5);
        let all = ["text 0", "text 1", "text 2", "text 3", "text 4"];
        assert_eq!(ring.newest(9, 100), all);
        assert_eq!(ring.newest(2, 100), all[3..]);
        assert_eq!(ring.newest(9, 18), all[2..]);
        assert_eq!(ring.newest(9, 17), all[3..]);
        assert_eq!(ring.newest(9, 5), [""; 0]);
    }

    #[test]
    fn the_oldest_make_room_and_as_many_as_are_promised_stay() {
        for count in 5..50 {
            let ring = filled(SMALL, count);
            let kept = ring.newest(usize::MAX, usize::MAX);
            assert!((5..=8).contains(&kept.len()), "{count}: {kept:?}");
            assert_eq!(kept.last(), Some(&format!("text {}", count - 1)));
        }
    }

    #[test]
    fn memory_never_grows() {
        let limits = Limits {
            texts: 2_000,
            packed_bytes: 4_000,
            block_bytes: 1_000,
        };
        let mut ring = Ring::new(limits);
        let (mut seed, capacity) = (1_u64, ring.packed.capacity());
        for _ in 0..3_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ring.push(&format!("{seed:x}").repeat(1 + seed as usize % 9));
        }
        ring.push(&"longer than all memory".repeat(1_000));
        assert_eq!(ring.packed.capacity(), capacity);
        assert!(ring.open.capacity() <= 2 * limits.block_bytes);
        let kept = ring.newest(usize::MAX, usize::MAX).concat().len();
        assert!(kept > limits.packed_bytes, "{kept}");
    }

    #[test]
    fn what_cannot_be_packed_is_kept_as_long_as_there_is_room() {
        let mut seed = 1_u64;
        let noise: String = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from_u32((seed >> 40) as u32 % 0xd800).unwrap_or(' ')
        })
        .take(200)
        .collect();
        let mut ring = Ring::new(SMALL);
        ring.push(&noise);
        ring.push("after it");
        assert_eq!(ring.newest(9, 10_000), [noise, "after it".to_owned()]);
    }
}
