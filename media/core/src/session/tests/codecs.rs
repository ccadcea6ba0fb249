//! Sessions that speak more than G.711.

use super::*;

fn speaking(caller: &[Codec], callee: &[Codec]) -> Pair {
    let mut configs = [0, 1].map(|side| config(side, Encryption::Required));
    configs[0].codecs = caller.to_vec();
    configs[1].codecs = callee.to_vec();
    Pair::between(configs, |offer| offer)
}

/// How much of what a side played in the last second was the tone of the other one.
fn heard(pair: &Pair, side: usize) -> f32 {
    let rate_hz = pair.sides[side].rate_hz() as usize;
    let last = &pair.played[side][pair.played[side].len() - rate_hz..];
    let at_8_khz: Vec<i16> = last.iter().copied().step_by(rate_hz / 8_000).collect();
    share_of(300.0 + 200.0 * (1 - side) as f32, &at_8_khz)
}

#[test]
fn the_one_who_answers_says_which_codec_is_spoken_and_both_hear_each_other() {
    use Codec::{G722, Opus, Pcma, Pcmu};
    let table: [(&[Codec], &[Codec], Codec); 5] = [
        (&Codec::ALL, &Codec::ALL, Opus),
        (&[Pcmu, G722], &Codec::ALL, G722),
        (&Codec::ALL, &[Pcma, Opus], Pcma),
        (&Codec::ALL, &Codec::G711, Pcmu),
        (&[Opus], &[G722, Opus], Opus),
    ];
    for (caller, callee, spoken) in table {
        let mut pair = speaking(caller, callee);
        pair.run(2_000);
        for side in 0..2 {
            let session = &pair.sides[side];
            assert_eq!(session.in_use().unwrap().codec, spoken);
            assert_eq!(session.rate_hz(), spoken.rate_hz());
            let share = heard(&pair, side);
            assert!(share > 0.9, "{spoken:?}, side {side}: {share}");
        }
    }
}

#[test]
fn what_the_other_side_misses_of_opus_makes_the_stream_smaller() {
    let voice = |_: usize, at: f32| {
        let partials = (1..=12_i16).map(|k| tone(130.0 * f32::from(k), at) / (4 * k));
        let syllable = 0.5 - 0.5 * (std::f32::consts::TAU * 3.0 * at).cos();
        (f32::from(partials.sum::<i16>()) * syllable) as i16
    };
    let mut pair = speaking(&[Codec::Opus], &[Codec::Opus]);
    pair.delay = Duration::from_millis(15);
    let octets_of_a_second = |pair: &mut Pair| {
        let before = pair.sent(0).len();
        (0..100).for_each(|_| pair.step(voice));
        pair.sent(0)[before..]
            .iter()
            .map(|sent| sent.4)
            .sum::<usize>()
    };
    (0..100).for_each(|_| pair.step(voice));
    let whole = octets_of_a_second(&mut pair);
    for n in 0..1_500 {
        pair.step(voice);
        if n % 10 < 4 {
            let lost = |side, component| side == 0 && component == Component::Rtp;
            pair.flying
                .by_arrival
                .retain(|_, (side, component, _)| !lost(*side, *component));
        }
    }
    let lossy = octets_of_a_second(&mut pair);
    assert!(lossy + 500 < whole, "{whole}, {lossy}");
}
