//! Both ends of each codec together, and each against what is not made by us.

use std::f32::consts::TAU;

use super::*;

/// A voice-like sound: a few partials of 130 Hz under an envelope of syllables.
fn voice(rate_hz: u32, seconds: f32) -> Vec<i16> {
    let rate = rate_hz as f32;
    let sample = |n: u32| {
        let at = n as f32 / rate;
        let partials = (1..=12).map(|k| (TAU * 130.0 * k as f32 * at).sin() / k as f32);
        let syllable = 0.5 - 0.5 * (TAU * 3.0 * at).cos();
        (6_000.0 * syllable * partials.sum::<f32>()) as i16
    };
    (0..(seconds * rate) as u32).map(sample).collect()
}

/// What comes out of a decoder at the end of an encoder, in packets of 20 ms.
fn round_trip(codec: Codec, sound: &[i16]) -> Vec<i16> {
    let mut encoder = Encoder::new(codec, OpusParameters::default());
    let mut decoder = Decoder::new(codec);
    let mut heard = Vec::new();
    let mut packet = Vec::new();
    for frame in sound.chunks_exact(codec.rate_hz() as usize / 50) {
        packet.clear();
        assert_eq!(encoder.encode(frame, &mut packet), Encoded::Payload);
        assert_eq!(codec.samples(&packet), Some(frame.len()));
        decoder.decode(&packet, &mut heard).unwrap();
    }
    heard
}

/// Signal to noise in decibels, at the delay of up to 10 ms that suits best.
fn snr_db(sound: &[i16], heard: &[i16], rate_hz: u32) -> f32 {
    let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|s| s * s).sum::<f32>();
    let at_delay = |delay: usize| {
        let heard = heard.iter().skip(delay).map(|&s| f32::from(s));
        let pairs = sound.iter().map(|&s| f32::from(s)).zip(heard);
        let signal = power(&mut pairs.clone().map(|(s, _)| s));
        let noise = power(&mut pairs.map(|(s, h)| s - h));
        10.0 * (signal / noise.max(1.0)).log10()
    };
    let delays = 0..rate_hz as usize / 100;
    delays.map(at_delay).fold(f32::MIN, f32::max)
}

#[test]
fn every_codec_keeps_a_voice_above_its_floor() {
    let floors_db = [
        (Codec::Opus, 4.0),
        (Codec::G722, 20.0),
        (Codec::Pcmu, 35.0),
        (Codec::Pcma, 35.0),
    ];
    for (codec, floor_db) in floors_db {
        let sound = voice(codec.rate_hz(), 1.0);
        let heard = round_trip(codec, &sound);
        assert_eq!(heard.len(), sound.len());
        let snr_db = snr_db(&sound, &heard, codec.rate_hz());

        assert!(snr_db > floor_db, "{codec:?}: {snr_db} dB");
    }
}
