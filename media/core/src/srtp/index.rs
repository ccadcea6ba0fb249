//! Numbers of packets: the rollover that RTP does not carry, and the window against replays
//! (RFC 3711 §3.3.1, §3.3.2).

/// Which packet indices of one stream have been seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ReplayWindow {
    newest: Option<u64>,
    /// Bit n stands for the index n below the newest.
    seen: u128,
}

impl ReplayWindow {
    pub(super) fn newest(&self) -> Option<u64> {
        self.newest
    }

    /// Whether a packet of this index has not been seen, and is not too old to know.
    pub(super) fn admits(&self, index: u64) -> bool {
        let Some(newest) = self.newest else {
            return true;
        };
        match newest.checked_sub(index) {
            None => true,
            Some(age) => age < WINDOW && self.seen >> age & 1 == 0,
        }
    }

    /// Notes a packet that has proved authentic.
    pub(super) fn note(&mut self, index: u64) {
        let newest = self.newest.unwrap_or(index).max(index);
        let step = newest - self.newest.unwrap_or(newest);
        self.seen = u32::try_from(step)
            .ok()
            .and_then(|step| self.seen.checked_shl(step))
            .unwrap_or(0);
        self.newest = Some(newest);
        let age = newest - index;
        if age < WINDOW {
            self.seen |= 1 << age;
        }
    }
}

/// The index that a sequence number most likely stands for: the one nearest to the newest
/// (RFC 3711 appendix A). `None` before the first packet of a stream.
pub(super) fn estimate(newest: u64, sequence: u16) -> Option<u64> {
    let ahead = sequence.wrapping_sub(newest as u16) as i16;
    newest.checked_add_signed(i64::from(ahead))
}

/// An index of SRTP has 48 bits, and a key is used up with them (RFC 3711 §9.2).
pub(super) const MAX_RTP_INDEX: u64 = (1 << 48) - 1;

/// An index of SRTCP has 31 bits.
pub(super) const MAX_RTCP_INDEX: u64 = (1 << 31) - 1;

/// Packets that may come late and still be told from replays; twice what RFC 3711 §3.3.2 asks.
const WINDOW: u64 = u128::BITS as u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_estimated_as_rfc_3711_says() {
        for (newest, sequence, index) in [
            (0, 0, Some(0)),
            (0, 1, Some(1)),
            (5, 0x7fff, Some(0x7fff)),
            (0xffff, 0, Some(0x1_0000)),
            (0x1_0000, 0xffff, Some(0xffff)),
            (0x1_0005, 0xfff0, Some(0xfff0)),
            (0x2_9000, 0x0fff, Some(0x3_0fff)),
            (0x2_7000, 0xf001, Some(0x1_f001)),
            // Before the first packet of a stream there is none.
            (0, 0xffff, None),
            (3, 0xfff0, None),
        ] {
            assert_eq!(
                estimate(newest, sequence),
                index,
                "{sequence} after {newest}"
            );
        }
    }

    #[test]
    fn every_index_is_admitted_once_within_the_window() {
        let mut window = ReplayWindow::default();
        for (index, admitted) in [
            (1_000, true),
            (1_000, false),
            (999, true),
            (999, false),
            (1_127, true),
            (1_000, false),
            (1_001, true),
            (999, false),
            (998, false),
            (5_000, true),
            (5_000, false),
            (4_873, true),
            (4_872, false),
            (1 << 40, true),
            (1 << 40, false),
            ((1 << 40) - 1, true),
        ] {
            assert_eq!(window.admits(index), admitted, "{index}");
            if admitted {
                window.note(index);
            }
        }
    }
}
