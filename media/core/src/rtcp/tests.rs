//! Bytes of others, right and wrong.

use rand_core::SeedableRng as _;

use super::*;

const OURS: u32 = 0x0a0b_0c0d;

/// Gives a packet to reports that belong to [`OURS`].
fn take(reports: &mut Reports, packet: &[u8]) {
    reports.take(crate::epoch(), packet, OURS, &mut SourceGuard::default());
}

/// An extended report of source 7 with these blocks.
fn extended(blocks: &[&[u8]]) -> Vec<u8> {
    let blocks = blocks.concat();
    let words = (1 + blocks.len() / 4) as u8;
    [&[0x80, 207, 0, words][..], &[0, 0, 0, 7], &blocks].concat()
}

/// RFC 3611 §4.7, with figures that are all there.
fn metrics(ssrc: u32) -> Vec<u8> {
    [
        &[7, 0, 0, 8][..],
        &ssrc.to_be_bytes(),
        &[26, 13, 64, 2, 0, 100, 1, 0],
        &[0, 60, 0, 90, 127, 127, 127, 16],
        &[81, 127, 41, 38, 0xb0, 0, 0, 40],
        &[0, 60, 3, 232],
    ]
    .concat()
}

#[test]
fn the_metrics_of_the_other_side_are_read() {
    let mut reports = Reports::new("a");
    take(&mut reports, &extended(&[&metrics(OURS)]));
    let expected = PeerMetrics {
        loss_percent: 2_600.0 / 256.0,
        discard_percent: 1_300.0 / 256.0,
        end_system_delay: Duration::from_millis(90),
        r_factor: Some(81),
        mos_listening: Some(4.1),
        mos: Some(3.8),
    };
    assert_eq!(reports.peer_metrics(), Some(expected));
    // Those of another stream change nothing, and figures that are not there are none.
    take(&mut reports, &extended(&[&metrics(OURS + 1)]));
    assert_eq!(reports.peer_metrics(), Some(expected));
    let mut without = metrics(OURS);
    without[24..28].fill(127);
    take(&mut reports, &extended(&[&without]));
    let told = reports.peer_metrics().unwrap();
    assert_eq!(
        (told.r_factor, told.mos_listening, told.mos),
        (None, None, None)
    );
}

#[test]
fn unknown_and_short_blocks_are_stepped_over() {
    let unknown = [99, 0, 0, 1, 1, 2, 3, 4];
    let short = [7, 0, 0, 1, 1, 2, 3, 4];
    let mut reports = Reports::new("a");
    take(&mut reports, &extended(&[&unknown, &short, &metrics(OURS)]));
    assert!(reports.peer_metrics().is_some());
}

#[test]
fn a_block_that_claims_more_than_there_is_ends_the_packet() {
    let mut packet = extended(&[&metrics(OURS)]);
    packet[11] = 200;
    let mut reports = Reports::new("a");
    take(&mut reports, &packet);
    assert_eq!(reports.peer_metrics(), None);
}

/// RFC 3550 §6.4.1 and RFC 3611 §4.5: our time comes back after the other side kept it.
#[test]
fn an_echo_of_our_time_tells_the_round_trip() {
    let mut clock = ReportClock::default();
    let start = crate::epoch();
    let echo = (clock.at(start) >> 16) as u32;
    let at = |ms| start + Duration::from_millis(ms);
    // Kept for half a second of the 580 ms that it was away.
    let trip = clock.round_trip(at(580), echo, 32_768).unwrap();
    assert!(trip.abs_diff(Duration::from_millis(80)) < Duration::from_millis(1));
    assert_eq!(clock.round_trip(at(580), 0, 0), None);
    assert_eq!(clock.round_trip(at(580), echo, 65_536), None);
    assert_eq!(clock.round_trip(at(70_000), echo, 0), None);
}

#[test]
fn reports_are_between_two_and_six_seconds_apart_and_four_on_average() {
    let mut random = ChaCha20Rng::from_seed([1; 32]);
    let mut reports = Reports::new("a");
    let start = crate::epoch();
    assert!(!reports.is_due(start, &mut random));
    let at = |ms| start + Duration::from_millis(ms);
    let due: Vec<u64> = (0..1_000_000)
        .filter(|ms| reports.is_due(at(*ms), &mut random))
        .collect();
    assert!((1_026..=3_079).contains(&due[0]), "{}", due[0]);
    let gaps: Vec<u64> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (2_052..=6_157).contains(gap)));
    let mean = gaps.iter().sum::<u64>() / gaps.len() as u64;
    assert!((3_850..=4_350).contains(&mean), "{mean}");
}

proptest::proptest! {
    #[test]
    fn no_octets_make_reports_panic(
        kind in 200u8..=207,
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..120),
    ) {
        let words = (body.len() / 4) as u8;
        let packet = [&[0x81, kind, 0, words][..], &body].concat();
        take(&mut Reports::new("a"), &packet);
    }
}
