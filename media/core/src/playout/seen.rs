//! Which packets have come already.

/// The last sequence numbers of one source.
#[derive(Debug, Default)]
pub(super) struct Seen {
    newest: Option<u16>,
    /// Bit `n` stands for the packet `n` before the newest.
    packets: u128,
}

impl Seen {
    /// Notes a packet; `false` if it is a copy of one of the last 128.
    pub(super) fn note(&mut self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.newest.unwrap_or(sequence));
        let age = match ahead {
            0..=0x7fff => {
                self.packets = self.packets.checked_shl(u32::from(ahead)).unwrap_or(0);
                self.newest = Some(sequence);
                0
            }
            _ => u32::from(ahead.wrapping_neg()),
        };
        let bit = 1_u128.checked_shl(age).unwrap_or(0);
        let new = self.packets & bit == 0;
        self.packets |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_known_across_the_wrap_and_out_of_order() {
        let mut seen = Seen::default();
        for (sequence, new) in [
            (65_534, true),
            (1, true),
            (65_535, true),
            (65_534, false),
            (1, false),
            (0, true),
            (0, false),
            (200, true),
            (1, true),
            (200, false),
            (72, true),
            (73, true),
            (73, false),
        ] {
            assert_eq!(seen.note(sequence), new, "{sequence}");
        }
    }
}
