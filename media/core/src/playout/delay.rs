//! How long packets should wait, learnt from how late the last ones were.
//!
//! A packet's transit is its arrival on our clock less its media time. The two clocks have nothing
//! in common, so only differences of transits mean something. Transits are forgotten after some
//! seconds, so that clocks that drift apart and routes that change are followed.

use std::collections::VecDeque;

use super::time::MS;

/// Collects the transits of packets, in ticks.
#[derive(Debug)]
pub(super) struct PlayoutDelay {
    /// The arrivals of the last seconds, as clock and transit, in the order of arrival.
    arrivals: VecDeque<(i64, i64)>,
    /// Their transits, the fastest first.
    sorted: Vec<i64>,
    spikes: Spikes,
    /// How much sound the last packet held.
    packet: i64,
    /// Share of packets that never came, 0.0 to 1.0, smoothed.
    loss: f32,
    noted: u16,
    /// Packets behind a gap that should be there when the gap is reached.
    lookahead: i64,
}

/// Moments at which the network stood still and then delivered all at once. One of them is an
/// accident that passes and must not make the delay longer; two are a habit.
#[derive(Debug, Default)]
struct Spikes {
    /// The transit of the last packet of the spike that goes on.
    open: Option<i64>,
    /// The last ones, as clock and as height above the fastest packet.
    last: VecDeque<(i64, i64)>,
}

impl PlayoutDelay {
    pub(super) fn new() -> Self {
        Self {
            arrivals: VecDeque::with_capacity(WINDOW),
            sorted: Vec::with_capacity(WINDOW),
            spikes: Spikes {
                open: None,
                last: VecDeque::with_capacity(MAX_SPIKES),
            },
            packet: USUAL_PACKET,
            loss: 0.0,
            noted: NO_LOSS_NOTED,
            lookahead: 0,
        }
    }

    /// Forgets the transits, for a timeline that begins anew.
    pub(super) fn restart(&mut self) {
        self.arrivals.clear();
        self.sorted.clear();
        self.spikes.open = None;
    }

    /// Notes a packet with so much sound.
    pub(super) fn note_arrival(&mut self, clock: i64, transit: i64, length: i64) {
        self.packet = length;
        self.note_loss_share(0.0);
        if self.is_spike(clock, transit) {
            return;
        }
        let too_old = |(at, _): &(i64, i64)| clock - at > MAX_AGE;
        while self.arrivals.len() == WINDOW || self.arrivals.front().is_some_and(too_old) {
            let Some((_, oldest)) = self.arrivals.pop_front() else {
                break;
            };
            let place = self.sorted.partition_point(|&known| known < oldest);
            self.sorted.remove(place);
        }
        self.arrivals.push_back((clock, transit));
        let place = self.sorted.partition_point(|&known| known < transit);
        self.sorted.insert(place, transit);
    }

    /// The transit of the fastest packet.
    pub(super) fn fastest(&self) -> Option<i64> {
        self.sorted.first().copied()
    }

    pub(super) fn note_loss(&mut self) {
        self.note_loss_share(1.0);
    }

    /// The clock-to-head distance that a timeline of such packets begins with: nothing is known of the
    /// network yet, and a packet that waits for the next one can bridge to it.
    pub(super) fn first(length: i64) -> i64 {
        length + LEAST
    }

    /// The clock-to-head distance that lets nearly all packets come in time, those behind a gap
    /// too; `None` before the first packet.
    pub(super) fn target(&self, clock: i64) -> Option<i64> {
        let fastest = self.fastest()?;
        let needed = self.slowest(clock)? + MARGIN + self.lookahead * self.packet;
        let least = match self.is_settled() {
            true => LEAST,
            false => Self::first(self.packet),
        };
        Some(needed.clamp(fastest + least, fastest + MAX_DELAY))
    }

    /// The clock-to-head distance below which packets come too late.
    pub(super) fn bare_need(&self, clock: i64) -> Option<i64> {
        Some(self.slowest(clock)?.min(self.fastest()? + MAX_DELAY))
    }

    /// Whether enough has been seen to dare a shorter delay.
    pub(super) fn is_settled(&self) -> bool {
        self.sorted.len() >= SETTLED
    }

    /// The transit that nearly all packets keep to.
    fn slowest(&self, clock: i64) -> Option<i64> {
        let count = self.sorted.len();
        let fastest = self.fastest()?;
        let slowest = *self.sorted.get(count - 1 - count / OUTLIER_SHARE)?;
        let unseen = match count {
            0 | 1 => 0,
            // What few packets have shown is less than there is: of numbers spread evenly, the
            // range that n of them cover is short by two parts in n - 1.
            _ => ((slowest - fastest) * 2 / (count as i64 - 1)).min(MAX_UNSEEN),
        };
        let habit = self.spikes.habit(clock).unwrap_or(0);
        Some((slowest + unseen).max(fastest + habit))
    }

    /// Notes a packet that came much later than all others, and those that came with it.
    fn is_spike(&mut self, clock: i64, transit: i64) -> bool {
        let Some((fastest, slowest)) = self.fastest().zip(self.sorted.last().copied()) else {
            return false;
        };
        let far = transit > slowest + SPIKE && self.sorted.len() >= KNOWN;
        // What waited behind the obstacle is the less late the later it was sent. Where that does
        // not get less the network has another pace for good, and it is learnt as usual.
        let with_it = |before: i64| transit < before && transit > slowest;
        match self.spikes.open {
            Some(before) if with_it(before) => {
                self.spikes.open = Some(transit);
                true
            }
            None if far => {
                self.spikes.open = Some(transit);
                self.spikes.note(clock, transit - fastest);
                true
            }
            Some(_) | None => {
                self.spikes.open = None;
                false
            }
        }
    }

    fn note_loss_share(&mut self, lost: f32) {
        // A mean of all packets at first, and then of the last ones.
        self.noted = (self.noted + 1).min(LOSS_MEMORY);
        self.loss += (lost - self.loss) / self.noted as f32;
        // When packets get lost, the ones behind a gap help to bridge it, if they are there in time.
        self.lookahead = match self.loss {
            loss if loss > MUCH_LOSS => 2,
            loss if loss > MUCH_LOSS / 2.0 => self.lookahead.max(1),
            loss if loss > SOME_LOSS => 1,
            loss if loss > SOME_LOSS / 2.0 => self.lookahead.min(1),
            _ => 0,
        };
    }
}

impl Spikes {
    fn note(&mut self, clock: i64, height: i64) {
        if self.last.len() == MAX_SPIKES {
            self.last.pop_front();
        }
        self.last.push_back((clock, height));
    }

    /// The height that all but the highest of the last spikes keep to.
    fn habit(&self, clock: i64) -> Option<i64> {
        let recent = self.last.iter().filter(|(at, _)| clock - at < HABIT);
        let (highest, second) = recent.fold((0, 0), |(highest, second), &(_, height)| {
            if height > highest {
                (height, highest)
            } else {
                (highest, second.max(height))
            }
        });
        (highest > 0 && second > 0).then_some(second)
    }
}

/// Ten seconds of packets of 20 ms, and what is too old in any case.
const WINDOW: usize = 500;
const MAX_AGE: i64 = 20_000 * MS;

/// One packet in so many may come too late.
const OUTLIER_SHARE: usize = 100;

/// Three seconds of packets of 20 ms.
const SETTLED: usize = 150;

/// A spike is so much later than everything before, once so many packets are known.
const SPIKE: i64 = 60 * MS;
const KNOWN: usize = 25;
const MAX_SPIKES: usize = 8;

/// Spikes that come again within this time are a habit of the network.
const HABIT: i64 = 15_000 * MS;

/// How many packets the smoothed loss remembers, and how many good ones it begins with.
const LOSS_MEMORY: u16 = 128;
const NO_LOSS_NOTED: u16 = 10;

/// Loss that asks for one packet more in the buffer, and for two.
const SOME_LOSS: f32 = 0.01;
const MUCH_LOSS: f32 = 0.03;

/// For the unevenness of our own threads.
const MARGIN: i64 = 5 * MS;

/// Once it is known that there is no jitter and no loss, a packet waits for a frame of play-out and no
/// longer.
const LEAST: i64 = 10 * MS;

/// The most that is added for what has not been seen yet.
const MAX_UNSEEN: i64 = 20 * MS;

pub(super) const MAX_DELAY: i64 = 1_000 * MS;

const USUAL_PACKET: i64 = 20 * MS;

#[cfg(test)]
mod tests {
    use super::*;

    /// The target above the fastest packet in milliseconds, after packets with these delays.
    fn target_ms(delays_ms: impl IntoIterator<Item = i64>) -> i64 {
        let mut delay = PlayoutDelay::new();
        let mut clock = 0;
        for (n, late) in (0..).zip(delays_ms) {
            clock = (20 * n + late) * MS;
            delay.note_arrival(clock, late * MS, 20 * MS);
        }
        (delay.target(clock).unwrap() - delay.fastest().unwrap()) / MS
    }

    /// A stall of `ms` at packet `at`: it and those behind it come together.
    fn stall(n: i64, at: i64, ms: i64) -> i64 {
        (ms - 20 * (n - at)).clamp(0, ms) * i64::from(n >= at)
    }

    #[test]
    fn the_target_follows_the_network() {
        let even = |n: i64, most: i64| (n * 7_919) % (most + 1);
        let cases = [
            ("nothing is late", target_ms((0..500).map(|_| 0)), 10..=10),
            ("the first packet", target_ms([0]), 30..=30),
            (
                "40 ms of jitter",
                target_ms((0..500).map(|n| even(n, 40))),
                45..=46,
            ),
            (
                "the same, soon",
                target_ms((0..8).map(|n| even(n, 40))),
                36..=60,
            ),
            (
                "it calms down",
                target_ms((0..1_200).map(|n| if n < 600 { even(n, 150) } else { 0 })),
                10..=10,
            ),
            (
                "a stall",
                target_ms((0..500).map(|n| stall(n, 300, 400))),
                10..=10,
            ),
            (
                "two stalls",
                target_ms((0..500).map(|n| stall(n, 200, 300) + stall(n, 400, 400))),
                305..=305,
            ),
            (
                "two stalls long ago",
                target_ms((0..1_300).map(|n| stall(n, 200, 300) + stall(n, 400, 400))),
                10..=10,
            ),
            (
                "another route",
                target_ms((0..1_200).map(|n| if n < 500 { 0 } else { 90 })),
                10..=10,
            ),
        ];
        for (what, target, expected) in cases {
            assert!(expected.contains(&target), "{what}: {target} ms");
        }
    }

    #[test]
    fn loss_asks_for_packets_behind_the_gap() {
        for (every, more_ms) in [(1_000, 0), (70, 20), (10, 40)] {
            let mut delay = PlayoutDelay::new();
            for n in 0..2_000 {
                match n % every {
                    0 => delay.note_loss(),
                    _ => delay.note_arrival(20 * n * MS, 0, 20 * MS),
                }
            }
            let target = delay.target(40_000 * MS).unwrap() / MS;
            assert_eq!(target, (5 + more_ms).max(10), "one in {every}");
        }
    }
}
