//! Codecs with a memory, at their own rates and at others.

use super::*;
use crate::codec::{Encoder, OpusParameters};
use crate::playout::pitch::likeness;

/// A gliding voice at any rate.
fn voice_at(rate_hz: u32, seconds: f32) -> Vec<i16> {
    let mut phase = 0.0_f32;
    (0..(rate_hz as f32 * seconds) as usize)
        .map(|n| {
            let t = n as f32 / rate_hz as f32;
            let hz = 140.0 + 40.0 * (std::f32::consts::TAU * 0.7 * t).sin();
            phase += std::f32::consts::TAU * hz / rate_hz as f32;
            let sum: f32 = (1..=12).map(|k| (k as f32 * phase).sin() / k as f32).sum();
            (4_000.0 * sum) as i16
        })
        .collect()
}

/// The packets of 20 ms that a voice is sent in.
fn packets(codec: Codec, seconds: f32) -> (Vec<i16>, Vec<Vec<u8>>) {
    let voice = voice_at(codec.rate_hz(), seconds);
    let mut encoder = Encoder::new(codec, OpusParameters::OURS);
    encoder.follow_loss(10.0);
    let packets = voice
        .chunks_exact(codec.rate_hz() as usize / 50)
        .map(|sound| {
            let mut payload = Vec::new();
            encoder.encode(sound, &mut payload);
            payload
        })
        .collect();
    (voice, packets)
}

/// What a listener at `rate_hz` hears of packets that arrive as `(arrival in ms, number)`.
fn heard(
    rate_hz: u32,
    codec: Codec,
    packets: &[Vec<u8>],
    arrivals: &[(u64, usize)],
) -> (Vec<i16>, Playout) {
    let mut listener = Listener::at_rate(rate_hz);
    let step = codec.clock_rate_hz() / 50;
    for &(arrival_ms, n) in arrivals {
        let time = (n as u16, step * n as u32);
        listener.push_voice(arrival_ms, time, codec, &packets[n]);
    }
    listener.play_until(20 * packets.len() as u64);
    (listener.frames.concat(), listener.playout)
}

fn in_order(packets: &[Vec<u8>]) -> Vec<(u64, usize)> {
    (0..packets.len()).map(|n| (20 * n as u64, n)).collect()
}

/// How alike what was played is to the voice, at the delay at which it is most alike.
fn fidelity(heard: &[i16], voice: &[i16], rate_hz: u32) -> f32 {
    let float = |sound: &[i16]| sound.iter().map(|&s| f32::from(s)).collect::<Vec<f32>>();
    let ms = rate_hz as usize / 1_000;
    let second = &float(heard)[500 * ms..1_500 * ms];
    let voice = float(voice);
    let lags = (0..60 * ms).map(|lag| likeness(second, &voice[500 * ms - lag..1_500 * ms - lag]));
    lags.fold(0.0, f32::max)
}

/// Opus keeps the sound and not the wave.
fn faithful(codec: Codec) -> f32 {
    match codec {
        Codec::Opus => 0.7,
        Codec::G722 | Codec::Pcmu | Codec::Pcma => 0.95,
    }
}

#[test]
fn every_codec_is_heard_at_its_own_rate() {
    for codec in Codec::ALL {
        let (voice, packets) = packets(codec, 2.0);
        let (sound, playout) = heard(codec.rate_hz(), codec, &packets, &in_order(&packets));
        let fidelity = fidelity(&sound, &voice, codec.rate_hz());
        assert!(fidelity > faithful(codec), "{codec:?}: {fidelity}");
        assert_eq!(playout.concealed(), Duration::ZERO);
        assert_eq!(playout.delay(), Duration::from_millis(30));
    }
}

#[test]
fn every_codec_is_heard_at_every_rate() {
    for codec in Codec::ALL {
        for rate_hz in [8_000, 16_000, 48_000] {
            let (_, packets) = packets(codec, 2.0);
            let (sound, _) = heard(rate_hz, codec, &packets, &in_order(&packets));
            let fidelity = fidelity(&sound, &voice_at(rate_hz, 2.0), rate_hz);
            let expected = faithful(codec);
            assert!(fidelity > expected, "{codec:?} at {rate_hz}: {fidelity}");
        }
    }
}

#[test]
fn copies_and_wrong_order_change_nothing_of_what_a_codec_with_memory_plays() {
    for codec in Codec::ALL {
        let (_, packets) = packets(codec, 3.0);
        let rate_hz = codec.rate_hz();
        let (plain, _) = heard(rate_hz, codec, &packets, &in_order(&packets));
        let mut arrivals = Vec::new();
        for (at, n) in in_order(&packets) {
            match n {
                0..100 => arrivals.push((at, n)),
                _ if n % 3 == 1 => arrivals.push((at + 21, n)),
                _ => arrivals.extend([(at, n), (at + 7, n), (at + 60, n)]),
            }
        }
        arrivals.sort_unstable();
        let (shuffled, playout) = heard(rate_hz, codec, &packets, &arrivals);
        let differ = shuffled.iter().zip(&plain).position(|(a, b)| a != b);
        assert_eq!(differ, None, "{codec:?}");
        assert_eq!(playout.late, 0);
    }
}

#[test]
fn opus_brings_back_what_was_lost_out_of_the_next_packet() {
    let (voice, packets) = packets(Codec::Opus, 2.0);
    let all = in_order(&packets);
    let lossy: Vec<_> = all.iter().copied().filter(|(_, n)| n % 8 != 5).collect();
    let (sound, playout) = heard(48_000, Codec::Opus, &packets, &lossy);
    // The encoder spares the redundancy where it takes the sound for no speech.
    let lost = Duration::from_millis(20) * (packets.len() / 8) as u32;
    assert!(playout.concealed() <= lost / 2, "{:?}", playout.concealed());
    let fidelity = fidelity(&sound, &voice, 48_000);
    assert!(fidelity > faithful(Codec::Opus), "{fidelity}");
}

#[test]
fn g722_comes_back_after_a_loss() {
    let (voice, packets) = packets(Codec::G722, 2.0);
    let all = in_order(&packets);
    let lossy: Vec<_> = all.iter().copied().filter(|(_, n)| n % 8 != 5).collect();
    let (sound, _) = heard(16_000, Codec::G722, &packets, &lossy);
    let fidelity = fidelity(&sound, &voice, 16_000);
    assert!(fidelity > 0.94, "{fidelity}");
}

#[test]
fn a_sender_may_change_its_codec_between_two_packets() {
    // PCMU and G.722 share their clock, Opus has another one.
    for (before, after) in [
        (Codec::Pcmu, Codec::G722),
        (Codec::G722, Codec::Pcma),
        (Codec::Opus, Codec::Pcmu),
        (Codec::Pcmu, Codec::Opus),
    ] {
        let mut listener = Listener::at_rate(16_000);
        for n in 0..100_u32 {
            let codec = if n < 50 { before } else { after };
            let (_, packets) = packets(codec, 0.1);
            let time = (n as u16, codec.clock_rate_hz() / 50 * n);
            listener.push_voice(20 * u64::from(n), time, codec, &packets[n as usize % 5]);
        }
        let silent = |frame: &Vec<i16>| frame.iter().all(|s| s.abs() < 50);
        assert!(
            !listener.frames[10..190].iter().any(silent),
            "{before:?} {after:?}"
        );
        let most = Duration::from_millis(20);
        assert!(listener.playout.concealed() <= most, "{before:?} {after:?}");
    }
}

#[test]
fn damaged_packets_are_gaps() {
    for codec in Codec::ALL {
        let mut listener = Listener::at_rate(codec.rate_hz());
        for n in 0..100_u32 {
            let payload: Vec<u8> = (0..n % 7 * 9)
                .map(|at| (dice(u64::from(100 * n + at)) * 256.0) as u8)
                .collect();
            let time = (n as u16, codec.clock_rate_hz() / 50 * n);
            listener.push_voice(20 * u64::from(n), time, codec, &payload);
        }
        listener.play_until(3_000);
        assert_eq!(listener.frames.len(), 300);
    }
}
