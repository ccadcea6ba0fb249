//! Reports of whole sessions: what goes out, what comes of what comes in.

use bytes::Buf as _;
use rtcp::extended_report::{ExtendedReport, VoIPMetricsReportBlock};
use webrtc_util::marshal::Unmarshal as _;

use super::*;
use crate::trouble::Flow;

/// The RTCP packets of a side, each datagram as its packets: type and octets.
fn sent_reports(pair: &Pair, side: usize) -> Vec<Vec<(u8, Bytes)>> {
    let datagrams = pair
        .wire
        .iter()
        .filter(|w| w.1 == side && w.2 == Component::Rtcp);
    datagrams
        .map(|(_, _, _, datagram)| {
            let mut rest = datagram.clone();
            let mut packets = Vec::new();
            while rest.has_remaining() {
                let words = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
                let packet = rest.split_to(4 * (words + 1));
                packets.push((packet[1], packet));
            }
            packets
        })
        .collect()
}

fn types(datagram: &[(u8, Bytes)]) -> Vec<u8> {
    datagram.iter().map(|(kind, _)| *kind).collect()
}

/// What a side said last of how the call sounds there.
fn last_metrics(pair: &Pair, side: usize) -> VoIPMetricsReportBlock {
    let reports = sent_reports(pair, side);
    let mut last = reports.last().unwrap().iter();
    let (_, packet) = last.find(|(kind, _)| *kind == 207).unwrap();
    let report = ExtendedReport::unmarshal(&mut &packet[..]).unwrap();
    let mut blocks = report.reports.iter();
    let metrics: Option<&VoIPMetricsReportBlock> =
        blocks.find_map(|block| block.as_any().downcast_ref());
    metrics.unwrap().clone()
}

/// Lets both sides talk for a minute while four packets in a row of one are lost every two seconds.
fn run_with_bursts(pair: &mut Pair, loser: usize) {
    for n in 0..6_000 {
        pair.step(|_, at| tone(300.0, at));
        if n % 200 < 8 {
            lose(pair, loser);
        }
    }
}

/// Takes what a side said in the last step off the wire.
fn lose(pair: &mut Pair, loser: usize) {
    let sent = pair.now - Duration::from_millis(10);
    let due = sent + pair.delay;
    pair.flying.by_arrival.retain(|(at, _), (side, _, packet)| {
        *at != due || *side != loser || rtp_header::is_rtcp(packet)
    });
}

#[test]
fn reports_go_out_about_every_five_seconds_and_tell_loss_jitter_and_round_trip() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.delay = Duration::from_millis(30);
    pair.run(60_000);
    let reports = |side| {
        let of_side = pair
            .wire
            .iter()
            .filter(move |w| w.1 == side && w.2 == Component::Rtcp);
        of_side.map(|w| w.0).collect::<Vec<Duration>>()
    };
    for side in 0..2 {
        let at = reports(side);
        assert!((10..=29).contains(&at.len()), "{} reports", at.len());
        assert!(at[0] < Duration::from_millis(3_090));
        for pair in at.windows(2) {
            let gap = pair[1] - pair[0];
            assert!((2_050..=6_170).contains(&gap.as_millis()), "{gap:?}");
        }
        let stats = pair.sides[side].stats();
        let round_trip = stats.round_trip.unwrap().as_millis();
        assert!((58..=82).contains(&round_trip), "{round_trip} ms");
        assert_eq!(
            (stats.packets_lost, stats.peer_loss_percent),
            (0, Some(0.0))
        );
        assert_eq!(stats.packets_discarded, 0);
        assert!(stats.jitter < Duration::from_millis(1));
        assert!(stats.packets_received > 2_900);
    }
    assert_ne!(reports(0), reports(1));
}

#[test]
fn lost_packets_are_counted_and_reported_to_their_sender() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.delay = Duration::from_millis(15);
    for n in 0..3_000 {
        pair.step(|_, at| tone(300.0, at));
        // One packet in four of side 0 falls out of the wire.
        if n % 8 < 2 {
            let lost = |side, component| side == 0 && component == Component::Rtp;
            pair.flying
                .by_arrival
                .retain(|_, (side, component, _)| !lost(*side, *component));
        }
    }
    let stats = pair.sides[1].stats();
    assert!(
        (20.0..30.0).contains(&stats.loss_percent),
        "{} %",
        stats.loss_percent
    );
    assert!(stats.packets_lost > 300);
    let told = pair.sides[0].stats().peer_loss_percent.unwrap();
    assert!((20.0..30.0).contains(&told), "{told} %");
}

#[test]
fn every_report_begins_with_what_was_sent_and_names_its_sender() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(20_000);
    for side in 0..2 {
        for datagram in sent_reports(&pair, side) {
            assert_eq!(types(&datagram), [200, 202, 207]);
            let name = format!("side-{side}");
            let described = &datagram[1].1;
            assert!(described.windows(name.len()).any(|w| w == name.as_bytes()));
        }
    }
    let sent = pair.sides[0].sender.packets;
    let report = &sent_reports(&pair, 0).pop().unwrap()[0].1;
    let counted = u32::from_be_bytes(report[20..24].try_into().unwrap());
    assert!(
        counted <= sent && counted + 350 > sent,
        "{counted} of {sent}"
    );
}

#[test]
fn who_is_held_reports_as_a_receiver_and_learns_the_round_trip_all_the_same() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.delay = Duration::from_millis(40);
    pair.offer_again(Direction::SendOnly);
    pair.run(60_000);
    for datagram in sent_reports(&pair, 1) {
        assert_eq!(types(&datagram), [201, 202, 207]);
    }
    let round_trip = pair.sides[1].stats().round_trip.unwrap().as_millis();
    assert!((78..=102).contains(&round_trip), "{round_trip} ms");
}

/// RFC 3550 §6.4: a sender's report follows for two intervals after the last packet.
#[test]
fn who_stops_sending_reports_as_a_sender_once_more() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(9_000);
    let before = sent_reports(&pair, 1).len();
    pair.offer_again(Direction::SendOnly);
    pair.run(40_000);
    let after = sent_reports(&pair, 1).split_off(before);
    let openings: Vec<u8> = after.iter().map(|datagram| datagram[0].0).collect();
    assert_eq!(openings[..2], [200, 200]);
    assert!(openings[2..].iter().all(|opening| *opening == 201));
}

#[test]
fn a_goodbye_ends_what_a_session_sends() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(100);
    pair.sides[0].close(pair.now);
    pair.collect(0);
    let last = sent_reports(&pair, 0).pop().unwrap();
    assert_eq!(types(&last), [200, 202, 207, 203]);
    assert_eq!(last[3].1[4..8], pair.sides[0].sender.ssrc.to_be_bytes());
    let count = pair.sent(0).len();
    pair.run(10_000);
    assert_eq!(pair.sent(0).len(), count);
}

#[test]
fn who_never_sent_anything_leaves_without_a_word() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.sides[0].close(pair.now);
    assert_eq!(pair.sides[0].poll_output(), None);
}

#[test]
fn how_the_call_sounds_is_told_to_the_other_side_and_shown_there() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.delay = Duration::from_millis(50);
    run_with_bursts(&mut pair, 0);
    let there = pair.sides[0].stats().peer_metrics.unwrap();
    assert!((3.0..5.0).contains(&there.loss_percent), "{there:?}");
    assert_eq!(there.discard_percent, 0.0);
    assert!(there.end_system_delay >= Duration::from_millis(40));
    let told = there.r_factor.unwrap();
    assert!((60..80).contains(&told), "{told}");
    assert!(there.mos.unwrap() <= there.mos_listening.unwrap());
    // What comes back is whole.
    let back = pair.sides[1].stats().peer_metrics.unwrap();
    assert_eq!((back.loss_percent, back.discard_percent), (0.0, 0.0));
    assert!(back.r_factor.unwrap() > 85, "{back:?}");
}

#[test]
fn the_block_of_metrics_tells_bursts_gaps_and_delays() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.delay = Duration::from_millis(50);
    run_with_bursts(&mut pair, 1);
    let metrics = last_metrics(&pair, 0);
    let expected = VoIPMetricsReportBlock {
        ssrc: pair.sides[1].sender.ssrc,
        loss_rate: 10,
        discard_rate: 0,
        burst_density: 255,
        gap_density: 0,
        end_system_delay: metrics.jb_nominal + 20,
        gmin: 16,
        signal_level: 127,
        noise_level: 127,
        rerl: 127,
        ext_rfactor: 127,
        rx_config: 0xb0,
        jb_abs_max: 1_000,
        ..metrics.clone()
    };
    assert_eq!(metrics, expected);
    // The last burst may be half over.
    assert!((77..=80).contains(&metrics.burst_duration));
    assert!((1_850..=1_950).contains(&metrics.gap_duration));
    assert!((95..=125).contains(&metrics.round_trip_delay));
    assert!(metrics.mos_cq <= metrics.mos_lq && metrics.rfactor < 93);
}

#[test]
fn nothing_of_rfc_3611_goes_to_who_does_not_ask_for_it() {
    let mut pair = Pair::by_offer(Encryption::Off, Encryption::Off, |offer| {
        offer.replace("a=rtcp-xr:voip-metrics rcvr-rtt=all\r\n", "")
    });
    pair.run(20_000);
    for side in 0..2 {
        for datagram in sent_reports(&pair, side) {
            assert_eq!(types(&datagram), [200, 202]);
        }
    }
}

/// RFC 5506: a packet that is no compound one.
#[test]
fn a_packet_of_reduced_size_is_read() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(100);
    let (ours, theirs) = (pair.sides[0].sender.ssrc, pair.sides[1].sender.ssrc);
    let mut report = [
        &[0x81, 201, 0, 7][..],
        &theirs.to_be_bytes(),
        &ours.to_be_bytes(),
        &[64, 0, 0, 9],
    ]
    .concat();
    report.resize(32, 0);
    let from = address(1, Component::Rtcp);
    pair.sides[0].handle_packet(pair.now, Component::Rtcp, from, &mut report);
    assert_eq!(pair.sides[0].stats().peer_loss_percent, Some(25.0));
}

#[test]
fn reports_of_strangers_are_ignored() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(100);
    let source = pair.sides[1].sender.ssrc.to_be_bytes();
    let mut goodbye = [&[0x81, 203, 0, 1][..], &source].concat();
    let before = pair.sides[0].stats().packets_discarded;
    let stranger = SocketAddr::from(([203, 0, 113, 9], 40_001));
    pair.sides[0].handle_packet(pair.now, Component::Rtcp, stranger, &mut goodbye);
    assert_eq!(pair.sides[0].stats().packets_discarded, before + 1);
    assert_eq!(pair.sides[0].traffic().reports, 0);
    let peer = SocketAddr::from((address(1, Component::Rtp).ip(), 9));
    pair.sides[0].handle_packet(pair.now, Component::Rtcp, peer, &mut goodbye);
    assert_eq!(pair.sides[0].traffic().reports, 1);
}

#[test]
fn every_second_is_told_once_and_rated_where_something_was_due() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.delay = Duration::from_millis(15);
    let mut seconds = Vec::new();
    for n in 0..1_000 {
        pair.step(|_, at| tone(300.0, at));
        if (300..400).contains(&n) && n % 20 < 2 {
            lose(&mut pair, 0);
        }
        if n == 590 {
            pair.offer_again(Direction::ReceiveOnly);
        }
        seconds.extend(pair.sides[1].take_second());
    }
    let lost: Vec<f32> = seconds.iter().map(|s| s.loss_percent.round()).collect();
    assert_eq!(lost, [0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let rated: Vec<bool> = seconds.iter().map(|s| s.rating.is_some()).collect();
    assert_eq!(rated, [[true; 6].as_slice(), &[false; 3]].concat());
    let rating = |n: usize| seconds[n].rating.unwrap().r_factor;
    assert!(rating(1) > 88.0 && rating(3) < 70.0, "{seconds:?}");
}

/// RFC 3551 §4.1: the next sequence number, and a later time.
#[test]
fn silence_that_is_left_out_is_known_by_its_timestamps() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(1_000);
    assert_eq!(pair.sides[1].traffic().flow, Flow::Steady);
    pair.now += Duration::from_secs(1);
    pair.run(100);
    assert_eq!(pair.sides[1].traffic().flow, Flow::WithPauses);
    // A hold is no such pause.
    let mut held = Pair::new(Encryption::Off, Encryption::Off);
    held.run(500);
    held.offer_again(Direction::ReceiveOnly);
    held.run(2_000);
    held.offer_again(Direction::SendReceive);
    held.run(500);
    for side in held.sides {
        assert_eq!(side.traffic().flow, Flow::Steady);
    }
}
