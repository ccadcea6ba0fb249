//! What is played, when, of packets that come in whatever order: tables of arrivals and of 10 ms
//! frames, in virtual time.
//!
//! Packet `n` holds 20 ms of noise of a level of its own, so that every frame says which packet it
//! is of.

mod allocations;
mod codecs;
mod pauses;

use audio_codec_algorithms::{decode_ulaw, encode_ulaw};
use proptest::prelude::*;

use super::*;

/// A stream under test.
struct Listener {
    playout: Playout,
    start: Instant,
    played_ms: u64,
    frames: Vec<Vec<i16>>,
}

impl Listener {
    fn new() -> Self {
        Self::at_rate(8_000)
    }

    fn at_rate(rate_hz: u32) -> Self {
        Self {
            playout: Playout::new(rate_hz),
            start: crate::epoch(),
            played_ms: 0,
            frames: Vec::new(),
        }
    }

    /// A stream of silence that has gone on for two seconds.
    fn in_the_middle() -> Self {
        let mut listener = Self::new();
        for n in 0..MIDDLE_MS / 20 {
            let before = MIDDLE_MS / 20 - 1 - n;
            let timestamp = timestamp(0).wrapping_sub(160 * before as u32);
            listener.push(20 * n, timestamp, &[0xff; 160]);
        }
        listener
    }

    fn at(&self, milliseconds: u64) -> Instant {
        self.start + Duration::from_millis(milliseconds)
    }

    /// Plays until `until_ms`, frame by frame.
    fn play_until(&mut self, until_ms: u64) {
        while self.played_ms < until_ms {
            let mut frame = vec![0; self.playout.rate.samples(10 * MS)];
            self.playout.play(self.at(self.played_ms), &mut frame);
            self.frames.push(frame);
            self.played_ms += 10;
        }
    }

    /// Hands over a packet at its arrival, after what has to be played before that.
    fn push(&mut self, arrival_ms: u64, timestamp: u32, octets: &[u8]) {
        let sequence = timestamp.wrapping_sub(FIRST_TIMESTAMP) as i32 / 160;
        self.push_as(arrival_ms, sequence as u16, timestamp, octets);
    }

    /// The same for packets whose numbers do not follow from their timestamps.
    fn push_as(&mut self, arrival_ms: u64, sequence: u16, timestamp: u32, payload: &[u8]) {
        self.push_voice(arrival_ms, (sequence, timestamp), Codec::Pcmu, payload);
    }

    /// Hands over a packet with this sequence number and timestamp.
    fn push_voice(
        &mut self,
        arrival_ms: u64,
        (sequence, timestamp): (u16, u32),
        codec: Codec,
        payload: &[u8],
    ) {
        self.play_until(arrival_ms);
        let voice = Voice {
            sequence,
            timestamp,
            codec,
            payload,
        };
        self.playout.push(self.at(arrival_ms), voice);
    }

    /// The frames as the numbers of their packets; `~` for what was made up and `.` for silence.
    fn story(&self) -> String {
        let words: Vec<String> = self.frames.iter().map(|frame| name(frame)).collect();
        words.join(" ")
    }
}

/// The packet that at least half of a frame is of.
fn name(frame: &[i16]) -> String {
    let most = |level: i16| frame.iter().filter(|s| s.abs() == level).count() * 2 >= frame.len();
    if frame.iter().all(|sample| sample.abs() < 8) {
        return ".".to_owned();
    }
    let number = (1..=LEVELS).find(|n| most(level(*n)));
    number.map_or("~".to_owned(), |n| n.to_string())
}

/// The level of packet `n`, as it comes out of the codec; two of them are never the same there.
fn level(n: u64) -> i16 {
    let level = 150.0 * 1.12_f32.powi(n as i32);
    decode_ulaw(encode_ulaw(level as i16))
}

fn packet(n: u64) -> Vec<u8> {
    noise(n, 160)
}

/// Samples of level `n`, half of them negative, in no order that could be guessed.
fn noise(n: u64, count: u64) -> Vec<u8> {
    let sign = |at: u64| if dice(1_000 * n + at) < 0.5 { -1 } else { 1 };
    (0..count)
        .map(|at| encode_ulaw(sign(at) * level(n)))
        .collect()
}

fn timestamp(n: u64) -> u32 {
    FIRST_TIMESTAMP.wrapping_add(160 * n as u32)
}

/// Plays packets that arrive as `(arrival in ms, packet)` until `until_ms`.
fn story(arrivals: &[(u64, u64)], until_ms: u64) -> String {
    let mut listener = Listener::new();
    for &(arrival_ms, n) in arrivals {
        listener.push(arrival_ms, timestamp(n), &packet(n));
    }
    listener.play_until(until_ms);
    listener.story()
}

/// The same for a call that goes on: packets -99 to 0 have come and been played in time, with
/// silence in them, when packet 1 arrives. The story begins there, 30 ms before packet 1 is heard.
fn later_story(arrivals: &[(u64, u64)], until_ms: u64) -> String {
    let mut listener = Listener::in_the_middle();
    for &(arrival_ms, n) in arrivals {
        listener.push(MIDDLE_MS + arrival_ms, timestamp(n), &packet(n));
    }
    listener.play_until(MIDDLE_MS + until_ms);
    listener.frames.drain(..MIDDLE_MS as usize / 10);
    listener.story()
}

const LEVELS: u64 = 40;

/// Two seconds: the packets before the first one of a story in the middle of a call.
const MIDDLE_MS: u64 = 2_000;

/// Eight packets before the wrap of the RTP timestamp.
const FIRST_TIMESTAMP: u32 = u32::MAX - 8 * 160;

#[test]
fn packets_are_played_30_ms_after_the_first_and_in_step() {
    assert_eq!(
        story(&[(0, 1), (20, 2), (40, 3), (60, 4)], 110),
        ". . . 1 1 2 2 3 3 4 4"
    );
}

#[test]
fn packets_out_of_order_and_copies_are_put_right() {
    assert_eq!(
        later_story(
            &[
                (0, 1),
                (20, 3),
                (21, 1),
                (50, 2),
                (50, 2),
                (61, 4),
                (62, 4),
                (99, 2)
            ],
            110
        ),
        ". . . 1 1 2 2 3 3 4 4"
    );
}

#[test]
fn a_packet_that_overtook_the_first_one_is_heard_before_it() {
    assert_eq!(story(&[(0, 2), (5, 1), (25, 3)], 90), ". 1 1 2 2 3 3 ~ ~");
}

#[test]
fn a_lost_packet_is_bridged_and_those_behind_it_keep_their_time() {
    assert_eq!(
        later_story(&[(0, 1), (20, 2), (60, 4), (80, 5)], 130),
        ". . . 1 1 2 2 ~ ~ 4 4 5 5"
    );
}

#[test]
fn two_lost_packets_are_bridged_too() {
    assert_eq!(
        later_story(&[(0, 1), (20, 2), (80, 5), (100, 6)], 150),
        ". . . 1 1 2 2 ~ ~ ~ ~ 5 5 6 6"
    );
}

#[test]
fn a_packet_that_is_half_late_is_heard_with_its_second_half() {
    assert_eq!(
        later_story(&[(0, 1), (20, 2), (80, 3), (80, 4)], 110),
        ". . . 1 1 2 2 ~ 3 4 4"
    );
}

#[test]
fn a_packet_that_is_late_is_counted_and_passed_over() {
    let mut listener = Listener::in_the_middle();
    for (arrival_ms, n) in [(0, 1), (20, 2), (60, 4), (80, 5), (105, 3), (106, 6)] {
        listener.push(MIDDLE_MS + arrival_ms, timestamp(n), &packet(n));
    }
    listener.play_until(MIDDLE_MS + 150);
    assert!(listener.story().ends_with(". . . 1 1 2 2 ~ ~ 4 4 5 5 6 6"));
    assert_eq!(listener.playout.late, 1);
    assert_eq!(listener.playout.concealed(), Duration::from_millis(20));
}

#[test]
fn without_packets_the_sound_fades_within_60_ms_and_silence_follows() {
    let mut listener = Listener::new();
    for n in 1..=10 {
        listener.push(20 * (n - 1), timestamp(n), &packet(n));
    }
    listener.play_until(500);
    let powers: Vec<f32> = listener.frames[23..]
        .iter()
        .map(|frame| frame.iter().map(|s| f32::from(*s).powi(2)).sum())
        .collect();
    assert!(powers[0] > 0.0);
    assert!(
        powers.windows(2).all(|pair| pair[1] <= pair[0]),
        "{powers:?}"
    );
    assert!(powers[7..].iter().all(|power| *power == 0.0), "{powers:?}");
}

#[test]
fn a_network_that_stood_still_costs_delay_and_not_words() {
    // Packets 6 to 20 are held up and come all at once at 400 ms.
    let mut arrivals: Vec<(u64, u64)> = (1..=5).map(|n| (20 * (n - 1), n)).collect();
    arrivals.extend((6..=20).map(|n| (400, n)));
    arrivals.extend((21..=24).map(|n| (20 * (n - 1), n)));
    let story = story(&arrivals, 800);
    for n in 6..=24 {
        assert!(story.contains(&format!("{n} {n}")), "{n} of {story}");
    }
}

#[test]
fn a_clock_that_jumps_is_followed_after_two_packets() {
    for jump in [1_000_000, 0x8000_0000, 0xfff0_0000_u32] {
        let mut listener = Listener::new();
        for n in 1..=4 {
            listener.push(20 * (n - 1), timestamp(n), &packet(n));
        }
        for n in 5..=9 {
            let jumped = timestamp(n).wrapping_add(jump);
            listener.push_as(20 * (n - 1), n as u16, jumped, &packet(n));
        }
        listener.play_until(300);
        let story = listener.story();
        assert!(
            story.starts_with(". . . 1 1 2 2 3 3 4 4"),
            "{jump}: {story}"
        );
        assert!(story.contains("6 6 7 7 8 8 9 9"), "{jump}: {story}");
        assert!(!story.contains('5'), "{jump}: {story}");
    }
}

#[test]
fn one_packet_with_a_wild_timestamp_changes_nothing() {
    let mut listener = Listener::new();
    for n in 1..=8 {
        listener.push(20 * (n - 1), timestamp(n), &packet(n));
        if n == 4 {
            listener.push(65, 0x7777_7777, &packet(30));
        }
    }
    listener.play_until(190);
    assert_eq!(listener.story(), ". . . 1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8");
}

#[test]
fn another_source_is_heard_after_what_the_first_one_left() {
    let mut listener = Listener::new();
    for n in 1..=4 {
        listener.push(20 * (n - 1), timestamp(n), &packet(n));
    }
    listener.playout.expect_new_timeline();
    for n in 5..=8 {
        listener.push(20 * (n - 1), 99 + 160 * n as u32, &packet(n));
    }
    listener.play_until(240);
    let story = listener.story();
    assert!(story.starts_with(". . . 1 1 2 2 3 3 4 4"), "{story}");
    assert!(story.contains("5 5 6 6 7 7 8 8"), "{story}");
}

#[test]
fn what_came_while_nobody_listened_is_left_out() {
    let mut listener = Listener::new();
    for n in 1..=40 {
        let voice = Voice {
            sequence: n as u16,
            timestamp: timestamp(n),
            codec: Codec::Pcmu,
            payload: &packet(n),
        };
        listener.playout.push(listener.at(20 * (n - 1)), voice);
    }
    listener.played_ms = 800;
    listener.play_until(880);
    assert_eq!(listener.story(), "38 38 39 39 40 40 ~ ~");
}

#[test]
fn packets_of_10_30_and_60_ms_play_without_a_seam() {
    for packet_ms in [10_u64, 30, 60] {
        let mut listener = Listener::new();
        for n in 0..600 / packet_ms {
            let octets = noise(n % 8 + 1, 8 * packet_ms);
            listener.push_as(n * packet_ms, n as u16, (n * packet_ms * 8) as u32, &octets);
        }
        listener.play_until(600);
        let story = listener.story();
        let first = listener
            .frames
            .iter()
            .position(|frame| frame[0] != 0)
            .unwrap();
        let expected: Vec<String> = (0..listener.frames.len() - first)
            .map(|n| (n as u64 * 10 / packet_ms % 8 + 1).to_string())
            .collect();
        let played: Vec<&str> = story.split(' ').skip(first).collect();
        assert_eq!(played, expected, "{packet_ms} ms");
    }
}

/// A talker with pauses: 1.2 s of a tone, 0.4 s of silence, and so on.
fn talk(n: u64) -> Vec<u8> {
    let sample = |at: u64| {
        let loud = (at / 8) % 1_600 < 1_200;
        let phase = std::f32::consts::TAU * 200.0 * at as f32 / 8_000.0;
        if loud {
            (6_000.0 * phase.sin()) as i16
        } else {
            0
        }
    };
    (n * 160..(n + 1) * 160)
        .map(|at| encode_ulaw(sample(at)))
        .collect()
}

/// Plays a talker of `seconds` whose packet `n` arrives at `arrival(n)` ms, and says how many
/// packets came late after the first two seconds, and the delay at the end.
fn long_run(seconds: u64, arrival: impl Fn(u64) -> f64) -> (u64, Duration) {
    let mut listener = Listener::new();
    let mut packets: Vec<(f64, u64)> = (0..seconds * 50).map(|n| (arrival(n), n)).collect();
    packets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut late_at_first = 0;
    for (at, n) in packets {
        listener.push(at.max(0.0) as u64, timestamp(n), &talk(n));
        if at < 2_000.0 {
            late_at_first = listener.playout.late;
        }
    }
    (
        listener.playout.late - late_at_first,
        listener.playout.delay(),
    )
}

/// A number from 0.0 to 1.0 for each packet, always the same.
fn dice(n: u64) -> f64 {
    let mixed = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[test]
fn the_delay_grows_with_the_jitter_until_packets_come_in_time() {
    for (jitter_ms, most_late, delay_ms) in [
        (0.0, 0, 10..=10),
        (40.0, 0, 35..=70),
        (150.0, 30, 120..=210),
    ] {
        let (late, delay) = long_run(30, |n| 20.0 * n as f64 + jitter_ms * dice(n));
        assert!(late <= most_late, "{jitter_ms} ms: {late} late");
        assert!(
            delay_ms.contains(&delay.as_millis()),
            "{jitter_ms} ms: {delay:?}"
        );
    }
}

#[test]
fn the_delay_shrinks_again_when_the_network_calms_down() {
    let storm = |n: u64| if n < 500 { 200.0 * dice(n) } else { 0.0 };
    let (_, delay) = long_run(40, |n| 20.0 * n as f64 + storm(n));
    assert!(delay < Duration::from_millis(45), "{delay:?}");
}

#[test]
fn the_delay_shrinks_within_seconds_even_if_the_other_side_never_pauses() {
    let mut listener = Listener::new();
    let voice: Vec<u8> = voice(12.0)
        .iter()
        .map(|&sample| encode_ulaw(sample as i16))
        .collect();
    let mut longest = Duration::ZERO;
    for (n, payload) in (0..).zip(voice.chunks_exact(160)) {
        // The network stands still for 300 ms in the fourth second.
        let sent_ms = 20 * n;
        let stalled = (4_000..4_300).contains(&sent_ms);
        let arrival_ms = if stalled { 4_300 } else { sent_ms };
        listener.push(arrival_ms, timestamp(n), payload);
        longest = longest.max(listener.playout.delay());
    }
    assert!(longest > Duration::from_millis(150), "{longest:?}");
    let delay = listener.playout.delay();
    assert!(delay < Duration::from_millis(85), "{delay:?}");
}

#[test]
fn a_clock_that_runs_fast_or_slow_for_an_hour_neither_starves_nor_floods_the_buffer() {
    for drift in [500e-6, -500e-6] {
        let (late, delay) = long_run(3_600, |n| 20.0 * n as f64 * (1.0 + drift));
        assert_eq!(late, 0, "{drift}");
        assert!((5..=65).contains(&delay.as_millis()), "{drift}: {delay:?}");
    }
}

#[test]
fn what_was_counted_stays_when_the_rate_changes() {
    let mut listener = Listener::in_the_middle();
    for (arrival_ms, n) in [(0, 1), (20, 2), (60, 4), (80, 5), (105, 3), (106, 6)] {
        listener.push(MIDDLE_MS + arrival_ms, timestamp(n), &packet(n));
    }
    listener.play_until(MIDDLE_MS + 150);
    listener.playout.change_rate(16_000);
    assert_eq!(listener.playout.late, 1);
    assert_eq!(listener.playout.concealed(), Duration::from_millis(20));
    for n in 7..=12 {
        listener.push(MIDDLE_MS + 20 * (n + 1), timestamp(n), &packet(n));
    }
    assert!(
        listener
            .frames
            .last()
            .is_some_and(|frame| frame.len() == 160)
    );
    assert_eq!(listener.playout.delay(), Duration::from_millis(30));
}

/// A voice that glides, as voices do: a sum of harmonics under a moving pitch.
fn voice(seconds: f32) -> Vec<f32> {
    let mut phase = 0.0_f32;
    (0..(8_000.0 * seconds) as usize)
        .map(|n| {
            let t = n as f32 / 8_000.0;
            let hz = 140.0 + 40.0 * (std::f32::consts::TAU * 0.7 * t).sin();
            phase += std::f32::consts::TAU * hz / 8_000.0;
            let tract = 0.6 + 0.4 * (std::f32::consts::TAU * 1.3 * t).sin();
            let sum: f32 = (1..=12)
                .map(|k| tract.powi(k / 3) * (k as f32 * phase).sin() / k as f32)
                .sum();
            5_000.0 * sum
        })
        .collect()
}

/// The signal-to-noise ratio over gaps of `gap` samples in a gliding voice, filled by `fill`, in
/// decibels.
fn snr_of_gaps(gap: usize, fill: impl Fn(&mut Concealer, &mut [f32], &[f32])) -> f32 {
    let voice = voice(6.0);
    let (mut signal, mut noise) = (0.0, 0.0);
    for at in (2_000..voice.len() - 2_000).step_by(777) {
        let mut concealer = Concealer::new(Rate::new(8_000));
        concealer.heard(&voice[..at]);
        let mut made = vec![0.0; gap];
        fill(&mut concealer, &mut made, &voice[at + gap..at + gap + 320]);
        for (made, real) in made.iter().zip(&voice[at..]) {
            signal += real * real;
            noise += (real - made) * (real - made);
        }
    }
    10.0 * (signal / noise).log10()
}

#[test]
fn bridges_follow_a_gliding_voice() {
    let bridge = |c: &mut Concealer, gap: &mut [f32], future: &[f32]| {
        c.look_forward(gap.len());
        c.bridge(gap, future);
    };
    let one = snr_of_gaps(160, bridge);
    let two = snr_of_gaps(320, bridge);
    assert!(one > 15.0, "20 ms: {one} dB");
    assert!(two > 8.0, "40 ms: {two} dB");
}

#[test]
fn continuations_follow_a_gliding_voice_for_10_ms() {
    let snr = snr_of_gaps(80, |concealer, gap, _| concealer.extrapolate(gap));
    assert!(snr > 10.0, "{snr} dB");
}

#[test]
fn what_is_played_never_grows_louder_than_what_came() {
    let mut listener = Listener::new();
    for n in (0..400).filter(|n| dice(*n) > 0.3) {
        listener.push(20 * n, timestamp(n), &talk(n));
    }
    let loudest = listener
        .frames
        .iter()
        .flatten()
        .map(|s| s.unsigned_abs())
        .max();
    assert!(loudest < Some(9_000), "{loudest:?}");
}

proptest! {
    #[test]
    fn no_packets_at_any_time_stop_the_sound(
        packets in proptest::collection::vec(
            (0u64..60, any::<u32>(), prop_oneof![Just(160usize), 0usize..2_000], any::<bool>()),
            0..200,
        ),
    ) {
        let mut listener = Listener::new();
        let mut now_ms = 0;
        let mut near = 0u32;
        for (wait_ms, timestamp, length, wild) in packets {
            now_ms += wait_ms;
            near = if wild { timestamp } else { near.wrapping_add(timestamp % 4_000) };
            listener.push(now_ms, near, &vec![0x2a; length]);
        }
        listener.play_until(now_ms + 3_000);
        prop_assert_eq!(listener.frames.len() as u64, (now_ms + 3_000).div_ceil(10));
        let last = listener.frames.last().cloned().unwrap_or_default();
        prop_assert!(last.iter().all(|sample| *sample == 0), "it ends in silence");
    }

    /// The same for every codec at every rate, whose steps do not always fit each other.
    #[test]
    fn no_packets_of_any_codec_stop_the_sound(
        rate in prop_oneof![Just(8_000u32), Just(16_000), Just(48_000)],
        packets in proptest::collection::vec(
            (0u64..60, 0usize..4, any::<u16>(), 0u32..9_000, proptest::collection::vec(any::<u8>(), 0..40)),
            0..100,
        ),
    ) {
        let mut listener = Listener::at_rate(rate);
        let (mut now_ms, mut timestamp) = (0, 0u32);
        for (wait_ms, codec, sequence, step, payload) in packets {
            now_ms += wait_ms;
            timestamp = timestamp.wrapping_add(step).wrapping_sub(2_000);
            let codec = Codec::ALL[codec];
            listener.push_voice(now_ms, (sequence, timestamp), codec, &payload);
            if sequence % 7 == 0 {
                let pause = Pause { sequence: sequence / 2, timestamp, noise: &payload };
                listener.playout.push_pause(pause);
            }
        }
        listener.play_until(now_ms + 3_000);
        prop_assert_eq!(listener.frames.len() as u64, (now_ms + 3_000).div_ceil(10));
    }

    /// Whatever the order of arrival within the delay, what is played is the speech itself.
    #[test]
    fn any_order_within_the_delay_plays_the_same(
        delays in proptest::collection::vec(0u64..28, 20),
    ) {
        let mut arrivals: Vec<(u64, u64)> =
            delays.iter().zip(0..).map(|(delay, n)| (20 * n + if n == 0 { 0 } else { *delay }, n + 1)).collect();
        arrivals.sort_unstable();
        let expected: Vec<String> = (1..=20).flat_map(|n: u64| [n.to_string(), n.to_string()]).collect();
        let story = story(&arrivals, 430);
        prop_assert!(story.ends_with(&expected.join(" ")), "{}", story);
    }
}
