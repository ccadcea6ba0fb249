//! In what pattern packets are missed: bursts and gaps as RFC 3611 §4.7.2 defines them.
//!
//! A packet is missed when it never comes, or comes too late to be played. A burst is the longest
//! stretch that begins and ends with a missed packet and in which fewer than [`GMIN`] packets in a row
//! were played; everything else, single misses with it, is a gap.
//!
//! A packet that is overtaken may still come, so the fate of the last packets stays open for a while.
//! Every packet costs the same time, however far the sequence jumps.

use std::collections::VecDeque;

/// Follows the sequence numbers of one call.
#[derive(Debug)]
pub(crate) struct LossPattern {
    /// The last packets, whose fate may still change, the oldest first.
    open: VecDeque<Fate>,
    /// The sequence number behind them; `None` before the first packet of a source.
    next: Option<u16>,
    counts: Counts,
    /// Missed packets in a row, counted as one.
    runs: u64,
    last_missed: Option<u64>,
    /// Misses with fewer than [`GMIN`] played packets between them; a burst if they are several.
    group: Group,
    bursts: Bursts,
}

/// What became of a packet that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    InTime,
    /// Its moment had been played already.
    Late,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Missing,
    Came(Arrived),
}

/// Packets whose fate is settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) due: u64,
    /// Never came.
    pub(crate) lost: u64,
    /// Came too late.
    pub(crate) late: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// The place of its first miss among the settled packets.
    first: u64,
    missed: u64,
}

/// The bursts that are over, and the one that may still grow.
#[derive(Debug, Clone, Copy, Default)]
struct Bursts {
    count: u64,
    packets: u64,
    missed: u64,
    /// Whether the first began with the first packet, and whether the last ends with the last one.
    at_start: bool,
    at_end: bool,
}

/// The pattern so far, in packets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Pattern {
    /// Share of missed packets within bursts and within gaps, 0.0 to 1.0.
    pub(crate) burst_density: f32,
    pub(crate) gap_density: f32,
    /// Mean length; 0.0 where there is none.
    pub(crate) burst_packets: f32,
    pub(crate) gap_packets: f32,
    /// BurstR of ITU-T G.107: the mean run of misses, as a multiple of what chance would give.
    pub(crate) burst_ratio: f32,
}

impl Default for LossPattern {
    fn default() -> Self {
        Self {
            open: VecDeque::with_capacity(2 * OPEN + 1),
            next: None,
            counts: Counts::default(),
            runs: 0,
            last_missed: None,
            group: Group::default(),
            bursts: Bursts::default(),
        }
    }
}

impl LossPattern {
    /// The sequence begins anew with the next packet.
    pub(crate) fn restart(&mut self) {
        self.settle(0);
        self.next = None;
    }

    /// A packet of this sequence number came.
    pub(crate) fn note(&mut self, sequence: u16, arrived: Arrived) {
        let next = *self.next.get_or_insert(sequence);
        let ahead = sequence.wrapping_sub(next) as i16;
        if let Ok(skipped) = usize::try_from(ahead) {
            self.skip(skipped);
            self.open.push_back(Fate::Came(arrived));
            self.next = Some(sequence.wrapping_add(1));
            self.settle(OPEN);
        } else if let Some(place) = self.open.len().checked_sub(ahead.unsigned_abs().into())
            && let Some(fate) = self.open.get_mut(place)
            && *fate == Fate::Missing
        {
            *fate = Fate::Came(arrived);
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn pattern(&self) -> Pattern {
        let bursts = self
            .bursts
            .with(self.group, self.last_missed, self.counts.due);
        let missed = self.counts.missed();
        let gap_packets = self.counts.due - bursts.packets;
        let edges = u64::from(bursts.at_start) + u64::from(bursts.at_end);
        let gaps = (bursts.count + 1).saturating_sub(edges);
        let chance = 1.0 - self.counts.share(missed);
        Pattern {
            burst_density: share(bursts.missed, bursts.packets),
            gap_density: share(missed - bursts.missed, gap_packets),
            burst_packets: share(bursts.packets, bursts.count),
            gap_packets: share(gap_packets, gaps),
            burst_ratio: (share(missed, self.runs) * chance).max(1.0),
        }
    }

    /// So many packets did not come where they were due.
    fn skip(&mut self, count: usize) {
        if let Some(beyond) = count.checked_sub(OPEN).filter(|&beyond| beyond > 0) {
            self.settle(0);
            self.counts.lost += beyond as u64;
            self.miss(beyond as u64);
        }
        let missing = std::iter::repeat_n(Fate::Missing, count.min(OPEN));
        self.open.extend(missing);
    }

    /// Settles the oldest packets until no more than `left` are open.
    fn settle(&mut self, left: usize) {
        while self.open.len() > left
            && let Some(fate) = self.open.pop_front()
        {
            match fate {
                Fate::Came(Arrived::InTime) => self.counts.due += 1,
                Fate::Came(Arrived::Late) => {
                    self.counts.late += 1;
                    self.miss(1);
                }
                Fate::Missing => {
                    self.counts.lost += 1;
                    self.miss(1);
                }
            }
        }
    }

    /// The next `count` packets were all missed.
    fn miss(&mut self, count: u64) {
        let first = self.counts.due;
        self.counts.due += count;
        let played_between = self.last_missed.map(|last| first - last - 1);
        self.runs += u64::from(played_between != Some(0));
        if played_between.is_some_and(|played| played < GMIN) {
            self.group.missed += count;
        } else {
            self.bursts = self.bursts.with(self.group, self.last_missed, first);
            self.group = Group {
                first,
                missed: count,
            };
        }
        self.last_missed = Some(self.counts.due - 1);
    }
}

impl Counts {
    /// Lost or late.
    pub(crate) fn missed(self) -> u64 {
        self.lost + self.late
    }

    /// `part` of the packets that were due, 0.0 to 1.0.
    pub(crate) fn share(self, part: u64) -> f32 {
        share(part, self.due)
    }
}

impl Bursts {
    /// These and a group of misses, if that is a burst.
    fn with(mut self, group: Group, last_missed: Option<u64>, due: u64) -> Self {
        let Some(last) = last_missed.filter(|_| group.missed > 1) else {
            self.at_end = false;
            return self;
        };
        self.at_start |= group.first == 0;
        self.at_end = last + 1 == due;
        self.count += 1;
        self.packets += last + 1 - group.first;
        self.missed += group.missed;
        self
    }
}

fn share(part: u64, whole: u64) -> f32 {
    if whole == 0 {
        return 0.0;
    }
    part as f32 / whole as f32
}

/// Played packets in a row that end a burst (RFC 3611 §4.7.2 recommends 16).
pub(crate) const GMIN: u64 = 16;

/// Packets whose fate stays open: more than half a second, longer than reordering takes.
const OPEN: usize = 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Follows a drawing, one sign a packet: `.` played, `x` lost, `l` late.
    fn follow(drawing: &str, first: u16) -> LossPattern {
        let mut pattern = LossPattern::default();
        for (n, sign) in (0u16..).zip(drawing.chars()) {
            let sequence = first.wrapping_add(n);
            match sign {
                '.' => pattern.note(sequence, Arrived::InTime),
                'l' => pattern.note(sequence, Arrived::Late),
                _ => {}
            }
        }
        pattern.settle(0);
        pattern
    }

    fn played(count: usize) -> String {
        ".".repeat(count)
    }

    #[test]
    fn single_misses_belong_to_the_gap() {
        let pattern = follow(
            &[&*played(20), "x", &played(20), "l", &played(20)].concat(),
            7,
        );
        let counts = Counts {
            due: 62,
            lost: 1,
            late: 1,
        };
        assert_eq!(pattern.counts(), counts);
        let expected = Pattern {
            burst_density: 0.0,
            gap_density: 2.0 / 62.0,
            burst_packets: 0.0,
            gap_packets: 62.0,
            burst_ratio: 1.0,
        };
        assert_eq!(pattern.pattern(), expected);
    }

    /// Fifteen played packets do not end a burst, sixteen do.
    #[test]
    fn a_burst_ends_where_sixteen_packets_in_a_row_were_played() {
        let drawing = [
            &*played(30),
            "x",
            &played(15),
            "x",
            &played(16),
            "xx.x",
            &played(30),
        ];
        let pattern = follow(&drawing.concat(), 65_500).pattern();
        assert_eq!(pattern.burst_density, 5.0 / 21.0);
        assert_eq!(pattern.gap_density, 0.0);
        assert_eq!(pattern.burst_packets, 21.0 / 2.0);
        assert_eq!(pattern.gap_packets, 76.0 / 3.0);
    }

    #[test]
    fn no_gap_is_counted_before_a_burst_at_the_start_or_behind_one_at_the_end() {
        let drawing = ["lxl", &played(40), "lxl"];
        let pattern = follow(&drawing.concat(), 0).pattern();
        assert_eq!((pattern.burst_packets, pattern.gap_packets), (3.0, 40.0));
        let followed = ["lxl", &played(40), "lxl", &played(20), "x", &played(20)];
        let pattern = follow(&followed.concat(), 0).pattern();
        assert_eq!((pattern.burst_packets, pattern.gap_packets), (3.0, 40.5));
    }

    #[test]
    fn random_loss_has_a_ratio_of_one_and_bursts_a_higher_one() {
        let spread = [played(9), "x".into()].concat().repeat(20);
        assert_eq!(follow(&spread, 0).pattern().burst_ratio, 1.0);
        let bursts = [played(36), "xxxx".into()].concat().repeat(20) + &played(40);
        let ratio = follow(&bursts, 0).pattern().burst_ratio;
        assert!((ratio - 4.0 * 0.905).abs() < 0.02, "{ratio}");
    }

    #[test]
    fn a_packet_that_was_overtaken_is_not_lost() {
        let mut pattern = LossPattern::default();
        for sequence in [1, 2, 5, 4, 3, 6, 6, 8] {
            pattern.note(sequence, Arrived::InTime);
        }
        pattern.settle(0);
        let counts = Counts {
            due: 8,
            lost: 1,
            late: 0,
        };
        assert_eq!(pattern.counts(), counts);
    }

    #[test]
    fn a_jump_is_one_loss_and_costs_no_more_than_a_packet() {
        let mut pattern = LossPattern::default();
        pattern.note(0, Arrived::InTime);
        pattern.note(3_000, Arrived::InTime);
        let capacity = pattern.open.capacity();
        pattern.settle(0);
        assert_eq!(
            (pattern.counts().due, pattern.counts().lost),
            (3_001, 2_999)
        );
        assert_eq!((pattern.runs, capacity), (1, 2 * OPEN + 1));
        pattern.restart();
        pattern.note(60_000, Arrived::InTime);
        pattern.settle(0);
        assert_eq!(
            (pattern.counts().due, pattern.counts().lost),
            (3_002, 2_999)
        );
    }

    proptest! {
        /// Counts by the definition, from the whole drawing at once.
        #[test]
        fn the_pattern_is_that_of_the_definition(
            drawing in proptest::collection::vec(prop_oneof![9 => Just('.'), 1 => Just('x'), 1 => Just('l')], 1..400),
        ) {
            // What never comes is known only when something comes after it.
            let drawing: String = drawing.into_iter().chain(['.']).collect();
            let drawing = drawing.trim_start_matches('x');
            let got = follow(drawing, 40_000).pattern();
            let missed: Vec<usize> = drawing.char_indices().filter(|(_, sign)| *sign != '.').map(|(n, _)| n).collect();
            let groups = missed.chunk_by(|a, b| b - a - 1 < GMIN as usize);
            let bursts: Vec<&[usize]> = groups.filter(|group| group.len() > 1).collect();
            let packets: usize = bursts.iter().map(|b| b[b.len() - 1] + 1 - b[0]).sum();
            let in_bursts: usize = bursts.iter().map(|b| b.len()).sum();
            let rest = drawing.len() - packets;
            prop_assert_eq!(got.burst_density, share(in_bursts as u64, packets as u64));
            prop_assert_eq!(got.gap_density, share((missed.len() - in_bursts) as u64, rest as u64));
            prop_assert_eq!(got.burst_packets, share(packets as u64, bursts.len() as u64));
        }
    }
}
