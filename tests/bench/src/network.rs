//! A network of one's own making: when each packet of a stream arrives, from a seed.

use std::time::Duration;

use crate::condition::Condition;
use crate::random::Random;

/// What becomes of the packets of one stream.
#[derive(Debug, PartialEq)]
pub struct Flight {
    /// When which packet arrives, after the first was sent; in the order of arrival.
    pub arrivals: Vec<(Duration, usize)>,
    /// Which packets never arrive, in order.
    pub lost: Vec<usize>,
}

impl Flight {
    /// The flight of `packets` packets. The lead-in is spared losses, so that every phone has begun
    /// to play before the first word.
    pub fn new(condition: &Condition, packets: usize, seed: u64) -> Self {
        let mut random = Random::from_seed(seed);
        let mut loses = Losses::new(condition);
        let (mut arrivals, mut lost) = (Vec::new(), Vec::new());
        for packet in 0..packets {
            // Every packet draws the same numbers in every condition, so that a seed delays the same
            // packets with and without losses.
            let [delay, behind, again, dice] = [(); 4].map(|()| random.share());
            let mut arrival =
                sent_at(condition, packet) + milliseconds(delay * condition.jitter_ms);
            if behind < condition.reordered {
                arrival += PACKET_TIME + PACKET_TIME / 2;
            }
            if loses.next(dice) && packet >= SPARED {
                lost.push(packet);
                continue;
            }
            arrivals.push((arrival, packet));
            if again < condition.duplicated {
                arrivals.push((arrival + PACKET_TIME / 4, packet));
            }
        }
        arrivals.sort();
        Self { arrivals, lost }
    }
}

/// When the sender, by its own clock, hands a packet to the network, after the first.
pub fn sent_at(condition: &Condition, packet: usize) -> Duration {
    PACKET_TIME.mul_f64(packet as f64 / (1.0 + condition.drift_ppm / 1e6))
}

/// Gilbert's model: runs of losses of a mean length, as often as the share of losses demands.
struct Losses {
    /// Chance that a loss follows a packet that arrived.
    begins: f64,
    /// Chance that a loss follows another.
    goes_on: f64,
    in_burst: bool,
}

impl Losses {
    fn new(condition: &Condition) -> Self {
        let goes_on = match condition.burst > 1.0 {
            true => 1.0 - 1.0 / condition.burst,
            false => condition.loss,
        };
        Self {
            begins: condition.loss * (1.0 - goes_on) / (1.0 - condition.loss),
            goes_on,
            in_burst: false,
        }
    }

    fn next(&mut self, dice: f64) -> bool {
        let chance = if self.in_burst {
            self.goes_on
        } else {
            self.begins
        };
        self.in_burst = dice < chance;
        self.in_burst
    }
}

fn milliseconds(number: f64) -> Duration {
    Duration::from_secs_f64(number / 1e3)
}

/// What one packet holds.
pub const PACKET_TIME: Duration = Duration::from_millis(20);

/// The first second and a half.
const SPARED: usize = 75;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::CONDITIONS;

    fn condition(id: &str) -> Condition {
        *CONDITIONS
            .iter()
            .find(|condition| condition.id == id)
            .unwrap()
    }

    fn runs(lost: &[usize]) -> usize {
        1 + lost
            .windows(2)
            .filter(|pair| pair[1] != pair[0] + 1)
            .count()
    }

    #[test]
    fn a_seed_makes_one_flight() {
        let loss = condition("loss10");
        assert_eq!(Flight::new(&loss, 500, 1), Flight::new(&loss, 500, 1));
        assert_ne!(Flight::new(&loss, 500, 1), Flight::new(&loss, 500, 2));
    }

    #[test]
    fn losses_are_as_frequent_and_as_long_as_asked() {
        for (id, share, length) in [
            ("loss5", 0.05, 1.05),
            ("loss20", 0.2, 1.25),
            ("bursts", 0.1, 4.0),
        ] {
            let flight = Flight::new(&condition(id), 100_000, 7);
            let lost = flight.lost.len() as f64;
            assert!((lost / 1e5 - share).abs() < 0.1 * share, "{id}: {lost}");
            let mean = lost / runs(&flight.lost) as f64;
            assert!((mean - length).abs() < 0.1 * length, "{id}: runs of {mean}");
        }
    }

    #[test]
    fn jitter_only_delays() {
        let jitter = condition("jitter");
        let flight = Flight::new(&jitter, 1_000, 3);
        assert_eq!(flight.arrivals.len(), 1_000);
        for (arrival, packet) in flight.arrivals {
            let late = arrival - sent_at(&jitter, packet);
            assert!(late <= Duration::from_millis(40));
        }
    }

    #[test]
    fn disorder_swaps_and_doubles_and_loses_nothing() {
        let flight = Flight::new(&condition("disorder"), 1_000, 3);
        assert!(flight.lost.is_empty());
        assert!(flight.arrivals.len() > 1_020);
        let swapped = flight
            .arrivals
            .windows(2)
            .filter(|pair| pair[1].1 < pair[0].1);
        assert!(swapped.count() > 50);
    }

    #[test]
    fn a_fast_clock_sends_early() {
        let drift = condition("drift");
        let exact = Duration::from_secs(60);
        let early = exact - sent_at(&drift, 3_000);
        assert!((early.as_secs_f64() - 0.030).abs() < 0.001, "{early:?}");
    }
}
