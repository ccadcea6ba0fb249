//! Brings the delay to where the network wants it, by the length of the sounds.

use super::Playout;
use super::stretch::{self, Care, Stretch};
use super::time::MS;

impl Playout {
    /// By how much the delay is longer than it should be.
    pub(super) fn excess(&self, clock: i64) -> Option<i64> {
        Some(self.distance(clock)? - self.delay.target(clock)?)
    }

    /// Makes the sound in `span`, which lies at the head, shorter or longer if the delay is not what
    /// it should be, and says how many samples of received sound stand in it then.
    pub(super) fn adapt(&mut self, clock: i64, head: i64, care: Care) -> usize {
        let given = self.span.len();
        let Some((how, most)) = self.wanted_stretch(clock, care) else {
            return given;
        };
        let wanted = self.rate.samples(stretch::SPAN);
        let found = self.unpacker.fill(&mut self.buffer, head, wanted);
        let sound = self.unpacker.sound().get(given..found).unwrap_or_default();
        self.span.extend_from_slice(sound);
        let whole = self.span.len();
        let care = match self.loudness.is_quiet(&self.span, given) {
            true => care,
            false => Care::Speech,
        };
        if stretch::stretch(
            &mut self.span,
            self.rate,
            (how, care, most),
            &mut self.allowance,
        ) {
            return whole;
        }
        self.span.truncate(given);
        given
    }

    /// Whether the delay is far enough from its target to touch the sound, and by how much. In
    /// speech it has to be farther than in quiet, because every touch costs quality there.
    fn wanted_stretch(&mut self, clock: i64, care: Care) -> Option<(Stretch, i64)> {
        let excess = self.excess(clock)?;
        self.too_long = match self.too_long {
            true => excess > EXCESS_ENDS,
            false => excess > EXCESS_BEGINS && self.delay.is_settled(),
        };
        let short = self.delay.bare_need(clock)? - self.distance(clock)?;
        match care {
            Care::Quiet if excess < super::SHORTAGE => Some((Stretch::Longer, -excess)),
            Care::Quiet if self.too_long => Some((Stretch::Shorter, excess)),
            Care::Speech if short > MIN_SHORT => Some((Stretch::Longer, short)),
            Care::Speech if excess > MAX_EXCESS => Some((Stretch::Shorter, excess)),
            Care::Quiet | Care::Speech => None,
        }
    }
}

/// Delay in excess that is worth a change in quiet moments, and where that is enough.
const EXCESS_BEGINS: i64 = 15 * MS;
const EXCESS_ENDS: i64 = 5 * MS;

/// Delay in excess that is worth a change within speech.
const MAX_EXCESS: i64 = 50 * MS;

/// So much later than we can bear do packets come before speech is slowed down.
const MIN_SHORT: i64 = 5 * MS;
