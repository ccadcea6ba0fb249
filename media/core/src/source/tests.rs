//! Who is let in: tables of packets and verdicts.

use std::net::SocketAddr;

use super::*;

/// Where the SDP says the peer is, and somewhere else.
const PEER: &str = "198.51.100.1:41000";
const ELSEWHERE: &str = "203.0.113.66:6666";

struct Door {
    guard: SourceGuard,
    start: Instant,
}

impl Door {
    fn new() -> Self {
        Self {
            guard: SourceGuard::default(),
            start: crate::epoch(),
        }
    }

    /// A packet in clear at a moment in milliseconds.
    fn knock(&mut self, at_ms: u64, from: &str, ssrc: u32, sequence: u16) -> Admission {
        self.guard.admit(self.arrival(at_ms, from, ssrc, sequence))
    }

    fn arrival(&self, at_ms: u64, from: &str, ssrc: u32, sequence: u16) -> Arrival {
        Arrival {
            now: self.start + Duration::from_millis(at_ms),
            from: from.parse().unwrap(),
            ssrc,
            sequence,
            authentic: false,
            expected: from == PEER,
        }
    }

    fn totals(&self) -> (u64, u64) {
        let totals = self.guard.totals();
        (totals.received, totals.lost())
    }
}

#[test]
fn the_expected_address_is_let_in_at_once_and_others_after_two_packets_in_sequence() {
    let mut door = Door::new();
    assert_eq!(door.knock(0, PEER, 1, 500), Admission::New);
    assert_eq!(door.knock(20, PEER, 1, 501), Admission::Known);
    let mut door = Door::new();
    assert_eq!(door.knock(0, ELSEWHERE, 1, 500), Admission::Probation);
    assert_eq!(door.knock(20, ELSEWHERE, 1, 502), Admission::Probation);
    assert_eq!(door.knock(40, ELSEWHERE, 1, 503), Admission::New);
    assert_eq!(door.totals(), (2, 0));
}

#[test]
fn numbers_wrap_mix_and_repeat_without_losing_count() {
    let mut door = Door::new();
    for (n, sequence) in [65_533, 65_535, 65_534, 1, 0, 0, 4].into_iter().enumerate() {
        let verdict = door.knock(20 * n as u64, PEER, 1, sequence);
        let expected = if n == 0 {
            Admission::New
        } else {
            Admission::Known
        };
        assert_eq!(verdict, expected, "{sequence}");
    }
    // 65533 to 65540 are eight; seven came, one of them twice.
    assert_eq!(door.totals(), (7, 1));
    assert_eq!(door.guard.current().unwrap().extended_highest(), 0x1_0004);
}

#[test]
fn a_jump_of_the_numbers_is_believed_when_the_next_one_confirms_it() {
    let mut door = Door::new();
    door.knock(0, PEER, 1, 100);
    assert_eq!(door.knock(20, PEER, 1, 30_000), Admission::Probation);
    assert_eq!(door.knock(40, PEER, 1, 101), Admission::Known);
    assert_eq!(door.knock(60, PEER, 1, 40_000), Admission::Probation);
    assert_eq!(door.knock(80, PEER, 1, 40_001), Admission::New);
    assert_eq!(door.knock(100, PEER, 1, 40_002), Admission::Known);
    assert_eq!(door.totals(), (5, 0));
}

#[test]
fn a_stranger_cannot_push_a_live_source_out() {
    let mut door = Door::new();
    for n in 0..50 {
        door.knock(20 * n, PEER, 1, n as u16);
        let verdict = door.knock(20 * n + 10, ELSEWHERE, 666, n as u16);
        assert_eq!(verdict, Admission::Probation);
    }
    assert_eq!(door.guard.current().unwrap().ssrc, 1);
    assert_eq!(door.totals(), (50, 0));
}

#[test]
fn another_source_of_the_same_address_takes_over_after_two_packets() {
    let mut door = Door::new();
    door.knock(0, PEER, 1, 0);
    assert_eq!(door.knock(20, PEER, 2, 7), Admission::Probation);
    assert_eq!(door.knock(40, PEER, 2, 8), Admission::New);
    assert_eq!(door.totals(), (3, 0));
}

#[test]
fn another_address_takes_over_after_silence_or_a_goodbye() {
    let mut door = Door::new();
    door.knock(0, PEER, 1, 0);
    door.knock(1_100, ELSEWHERE, 2, 7);
    assert_eq!(door.knock(1_120, ELSEWHERE, 2, 8), Admission::New);
    let mut door = Door::new();
    door.knock(0, PEER, 1, 0);
    door.guard.expect_another();
    door.knock(20, ELSEWHERE, 2, 7);
    assert_eq!(door.knock(40, ELSEWHERE, 2, 8), Admission::New);
}

#[test]
fn a_packet_that_proves_itself_is_let_in_and_believed_about_its_address() {
    let mut door = Door::new();
    door.knock(0, PEER, 1, 0);
    let proved = Arrival {
        authentic: true,
        ..door.arrival(20, ELSEWHERE, 1, 1)
    };
    assert_eq!(door.guard.admit(proved), Admission::Known);
    assert_eq!(
        door.guard.current().unwrap().from,
        ELSEWHERE.parse::<SocketAddr>().unwrap()
    );
    let proved = Arrival {
        authentic: true,
        ..door.arrival(40, PEER, 2, 900)
    };
    assert_eq!(door.guard.admit(proved), Admission::New);
}

#[test]
fn a_guessed_ssrc_does_not_draw_the_sound_away() {
    let mut door = Door::new();
    door.knock(0, PEER, 1, 0);
    assert_eq!(door.knock(10, ELSEWHERE, 1, 1), Admission::Known);
    assert_eq!(
        door.guard.current().unwrap().from,
        PEER.parse::<SocketAddr>().unwrap()
    );
}

#[test]
fn a_flood_of_strangers_does_not_keep_the_peer_out() {
    let mut door = Door::new();
    door.knock(0, PEER, 1, 0);
    door.knock(20, PEER, 2, 7);
    for n in 0..1_000 {
        assert_eq!(door.knock(21, ELSEWHERE, 1_000 + n, 0), Admission::Refused);
    }
    assert_eq!(door.knock(40, PEER, 2, 8), Admission::New);
}

#[test]
fn jitter_settles_where_rfc_3550_puts_it() {
    // Packets that are 0 and 10 ms late in turn: differences of 10 ms, so that J goes to 80 ticks.
    let mut jitter = Jitter::default();
    for n in 0..400_u32 {
        let arrival = Duration::from_millis(u64::from(20 * n + 10 * (n % 2)));
        jitter.note(160 * n, arrival, 8_000);
    }
    assert!((jitter.ticks - 80.0).abs() < 0.5, "{}", jitter.ticks);
}
