//! The watch on virtual time: what each beat of 10 ms brings, and what is told when.

use super::SoundTrouble::{
    Clipping, NoKeys, OneWay, SilentMicrophone, StreamStopped, WrongCertificate,
};
use super::TroubleChange::{Began, Ended};
use super::*;

/// A call and all that was told of it, with the tenth of a second at which it was.
struct Call {
    watch: SoundWatch,
    start: Instant,
    tick: u64,
    traffic: Traffic,
    microphone: Option<i16>,
    told: Vec<(u64, TroubleChange)>,
}

/// What comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// A packet every 20 ms.
    Talks,
    /// A packet every so many milliseconds.
    Every(u64),
    IsSilent,
}

impl Call {
    fn new() -> Self {
        Self {
            watch: SoundWatch::default(),
            start: crate::epoch(),
            tick: 0,
            traffic: Traffic::default(),
            microphone: Some(500),
            told: Vec::new(),
        }
    }

    /// Lets so many tenths of a second pass.
    fn run(&mut self, tenths: u64, peer: Peer) -> &mut Self {
        for _ in 0..10 * tenths {
            let every_ms = match peer {
                Peer::Talks => 20,
                Peer::Every(ms) => ms,
                Peer::IsSilent => u64::MAX,
            };
            let at_ms = 10 * self.tick;
            self.traffic.received +=
                u64::from(at_ms.is_multiple_of(every_ms) && every_ms < u64::MAX);
            self.traffic.sent += u64::from(at_ms.is_multiple_of(20));
            let frame = self.microphone.map(|sample| [sample; 80]);
            let now = self.start + Duration::from_millis(at_ms);
            let (traffic, told, tick) = (self.traffic, &mut self.told, self.tick);
            self.watch.watch(
                now,
                traffic,
                frame.as_ref().map(<[_; 80]>::as_slice),
                |change| {
                    told.push((tick / 10, change));
                },
            );
            self.tick += 1;
        }
        self
    }

    #[track_caller]
    fn told(&self, expected: &[(u64, TroubleChange)]) {
        assert_eq!(self.told, expected);
    }
}

#[test]
fn a_call_in_which_both_sides_talk_has_no_trouble() {
    Call::new().run(3_000, Peer::Talks).told(&[]);
}

#[test]
fn a_stream_that_stops_is_told_after_five_seconds_and_over_when_it_flows_again() {
    let mut call = Call::new();
    call.run(100, Peer::Talks).run(49, Peer::IsSilent).told(&[]);
    call.run(100, Peer::IsSilent).run(20, Peer::Talks);
    call.told(&[(149, Began(StreamStopped)), (254, Ended(StreamStopped))]);
}

#[test]
fn a_straggler_does_not_end_the_trouble() {
    let mut call = Call::new();
    call.run(10, Peer::Talks).run(70, Peer::IsSilent);
    call.run(1, Peer::Talks).run(70, Peer::IsSilent);
    call.told(&[(59, Began(StreamStopped))]);
    call.run(10, Peer::Talks);
    assert_eq!(call.told.len(), 2);
}

#[test]
fn nothing_that_comes_back_is_told_five_seconds_after_the_answer() {
    let mut call = Call::new();
    call.run(80, Peer::IsSilent).run(20, Peer::Talks);
    call.told(&[(50, Began(OneWay)), (85, Ended(OneWay))]);
    call.run(60, Peer::IsSilent);
    assert_eq!(call.told.last(), Some(&(149, Began(StreamStopped))));
}

#[test]
fn who_sends_nothing_itself_is_told_of_no_one_way_sound() {
    let mut call = Call::new();
    for _ in 0..1_000 {
        let now = call.start + Duration::from_millis(10 * call.tick);
        call.watch
            .watch(now, Traffic::default(), None, |change| panic!("{change:?}"));
        call.tick += 1;
    }
}

#[test]
fn a_call_on_hold_may_be_silent_and_five_seconds_begin_when_it_goes_on() {
    for direction in [
        Direction::SendOnly,
        Direction::ReceiveOnly,
        Direction::Inactive,
    ] {
        let mut call = Call::new();
        call.run(10, Peer::Talks);
        call.traffic.direction = direction;
        call.run(300, Peer::IsSilent);
        call.traffic.direction = Direction::SendReceive;
        call.run(49, Peer::IsSilent).told(&[]);
        call.run(10, Peer::IsSilent)
            .told(&[(360, Began(StreamStopped))]);
        call.traffic.direction = direction;
        call.run(1, Peer::IsSilent);
        assert_eq!(call.told.last(), Some(&(369, Ended(StreamStopped))));
    }
}

/// Opus sends a packet every 400 ms of silence (RFC 7587 §3.1.3).
#[test]
fn discontinuous_opus_is_no_stop() {
    let mut call = Call::new();
    call.run(20, Peer::Talks)
        .run(1_000, Peer::Every(400))
        .told(&[]);
}

#[test]
fn who_leaves_out_silence_is_there_as_long_as_it_reports() {
    let mut call = Call::new();
    call.traffic.flow = Flow::WithPauses;
    call.run(20, Peer::Talks);
    for _ in 0..10 {
        call.traffic.reports += 1;
        call.run(70, Peer::IsSilent);
    }
    call.told(&[]);
    // The last report came 7 s ago; 15 s after it the other side is gone.
    call.run(100, Peer::IsSilent)
        .told(&[(800, Began(StreamStopped))]);
}

#[test]
fn reports_do_not_excuse_a_steady_stream_that_stops() {
    let mut call = Call::new();
    call.run(20, Peer::Talks);
    call.traffic.reports += 1;
    call.run(60, Peer::IsSilent)
        .told(&[(69, Began(StreamStopped))]);
}

#[test]
fn a_microphone_without_a_sound_is_told_and_over_when_somebody_speaks() {
    for silence in [0, 3, -3] {
        let mut call = Call::new();
        call.run(10, Peer::Talks);
        call.microphone = Some(silence);
        call.run(80, Peer::Talks);
        call.microphone = Some(-200);
        call.run(20, Peer::Talks);
        call.told(&[(60, Began(SilentMicrophone)), (90, Ended(SilentMicrophone))]);
    }
}

#[test]
fn a_quiet_room_is_no_silence() {
    let mut call = Call::new();
    call.microphone = Some(4);
    call.run(200, Peer::Talks).told(&[]);
}

#[test]
fn a_microphone_that_is_not_meant_to_be_heard_is_not_missed() {
    let mut call = Call::new();
    call.microphone = None;
    call.run(200, Peer::Talks).told(&[]);
    call.microphone = Some(0);
    call.run(60, Peer::Talks);
    // Muting takes it back.
    call.microphone = None;
    call.run(10, Peer::Talks);
    call.told(&[
        (250, Began(SilentMicrophone)),
        (260, Ended(SilentMicrophone)),
    ]);
}

#[test]
fn a_microphone_that_is_too_loud_is_told_until_it_was_clean_for_three_seconds() {
    let mut call = Call::new();
    call.microphone = Some(i16::MIN);
    call.run(25, Peer::Talks);
    call.microphone = Some(20_000);
    call.run(60, Peer::Talks);
    call.told(&[(10, Began(Clipping)), (60, Ended(Clipping))]);
}

#[test]
fn a_few_samples_at_the_end_of_the_scale_are_no_clipping() {
    for (clipped, is_told) in [(0, false), (79, false), (80, true), (8_000, true)] {
        let mut clipping = super::Clipping::default();
        let mut samples = vec![1_000; 8_000];
        samples[..clipped].fill(i16::MAX);
        let start = crate::epoch();
        assert_eq!(clipping.watch(start, Some(&samples)), None);
        let told = clipping.watch(start + SECOND, Some(&[]));
        assert_eq!(told == Some(Began(Clipping)), is_told, "{clipped}");
    }
}

/// What was told of keys.
fn told_of_keys(call: &Call) -> Vec<(u64, TroubleChange)> {
    let of_keys = |change| {
        let (Began(trouble) | Ended(trouble)) = change;
        matches!(trouble, NoKeys | WrongCertificate)
    };
    let told = call.told.iter().copied();
    told.filter(|(_, change)| of_keys(*change)).collect()
}

#[test]
fn keys_that_do_not_come_are_told_after_five_seconds_and_taken_back_when_they_do() {
    let mut call = Call::new();
    call.traffic.keys = KeyState::Awaited;
    call.run(49, Peer::IsSilent);
    assert_eq!(told_of_keys(&call), []);
    call.run(20, Peer::IsSilent);
    call.traffic.keys = KeyState::Settled;
    call.run(20, Peer::Talks);
    assert_eq!(
        told_of_keys(&call),
        [(50, Began(NoKeys)), (69, Ended(NoKeys))]
    );
}

#[test]
fn a_wrong_certificate_is_told_at_once_and_for_good() {
    let mut call = Call::new();
    call.traffic.keys = KeyState::Awaited;
    call.run(60, Peer::IsSilent);
    call.traffic.keys = KeyState::Refused;
    call.run(300, Peer::IsSilent);
    let told = [
        (50, Began(NoKeys)),
        (60, Ended(NoKeys)),
        (60, Began(WrongCertificate)),
    ];
    assert_eq!(told_of_keys(&call), told);
}
