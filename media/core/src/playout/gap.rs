//! What is played where no sound has come: what fits into the gap, or the noise of a pause.

use super::buffer::Content;
use super::conceal::{self, MAX_BRIDGE};
use super::{CHUNK, Heard, Playout, SHORTAGE};
use crate::codec;

impl Playout {
    /// A gap at the head.
    pub(super) fn conceal(&mut self, clock: i64, head: i64) {
        let audible = !self.concealer.is_silent();
        let next = self.buffer.first().map(|next| next.at);
        let gap = next.map_or(i64::MAX, |next| next - head);
        if gap <= MAX_BRIDGE && self.unpacker.recover(&self.buffer, head) {
            self.delay.note_loss();
            return self.span.clear();
        }
        // What comes after silence has its own beginning and needs none made up before it.
        if gap <= MAX_BRIDGE && audible {
            self.bridge(head, gap);
        } else {
            self.concealer.extrapolate(&mut self.span);
            if !self.should_wait(clock, next) {
                self.unpacker.follow(&self.span, self.span.len());
                self.advance(self.rate.ticks(self.span.len()));
            }
        }
        self.heard = Heard::Gap;
        if audible {
            self.concealed.gap += self.rate.ticks(self.span.len());
        }
    }

    /// Fills a gap from both sides.
    fn bridge(&mut self, head: i64, gap: i64) {
        self.span.resize(self.rate.samples(gap), 0.0);
        let forward = self.concealer.look_forward(self.span.len());
        self.unpacker.follow(forward, self.span.len());
        let wanted = conceal::future(self.rate);
        let found = self.unpacker.fill(&mut self.buffer, head + gap, wanted);
        self.future.clear();
        self.future
            .extend_from_slice(&self.unpacker.sound()[..found]);
        self.concealer.bridge(&mut self.span, &self.future);
        self.advance(gap);
    }

    /// Whether the packet at the head is more likely late than lost: then the head stands still,
    /// which makes the delay longer.
    fn should_wait(&self, clock: i64, next: Option<i64>) -> bool {
        let excess = self.excess(clock);
        next.is_none()
            && !self.concealer.is_silent()
            && excess.is_some_and(|excess| excess < SHORTAGE)
    }

    /// Takes up the packets at the head that stand for a pause.
    pub(super) fn take_pauses(&mut self, head: i64) {
        while let Some(first) = self.buffer.first() {
            if first.content != Content::Pause || first.at > head {
                return;
            }
            match codec::ComfortNoise::parse(&first.payload) {
                Some(told) => self.noise.begin_as_told(&told),
                None => self.noise.begin_as_learnt(),
            }
            self.unpacker.begin_pause(&mut self.buffer);
            self.enter_pause();
        }
    }

    /// Whether the sender means the silence at the head, because it said so or because its next
    /// packet follows the last one and only its clock has gone on (RFC 3551 §4.1).
    pub(super) fn is_pause(&mut self) -> bool {
        if self.heard == Heard::Pause {
            return true;
        }
        let meant = self.unpacker.pauses || self.unpacker.is_pause_before(self.buffer.first());
        if meant {
            self.noise.begin_as_learnt();
            self.enter_pause();
        }
        meant
    }

    fn enter_pause(&mut self) {
        if self.heard != Heard::Pause {
            self.concealer.begin_to_continue();
            self.heard = Heard::Pause;
        }
    }

    /// The noise of a pause, in which the delay moves freely.
    pub(super) fn pause(&mut self, clock: i64, head: i64) {
        let next = self.buffer.first().map_or(i64::MAX, |next| next.at);
        let chunk = self.rate.ticks(self.span.len());
        let excess = self.excess(clock).unwrap_or(0);
        let moved = match excess.abs() < CHUNK {
            true => 0,
            false => excess.clamp(-chunk, chunk),
        };
        let step = self.rate.whole(chunk + moved).min(next - head);
        if moved >= 0 {
            self.span.truncate(self.rate.samples(step));
        }
        self.noise.fill(&mut self.span);
        self.concealer.recover(&mut self.span);
        self.concealer.heard(&self.span);
        self.advance(step);
    }
}
