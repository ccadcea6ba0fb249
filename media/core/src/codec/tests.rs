//! Both ends of each codec together.

use std::f32::consts::TAU;

use super::*;

/// A voice-like sound: partials of a pitch under an envelope of syllables.
fn voice(rate_hz: u32, seconds: f32, pitch_hz: f32, level: f32) -> Vec<i16> {
    let rate = rate_hz as f32;
    let sample = |n: u32| {
        let at = n as f32 / rate;
        let partials = (1..=12).map(|k| (TAU * pitch_hz * k as f32 * at).sin() / k as f32);
        let syllable = 0.5 - 0.5 * (TAU * 3.0 * at).cos();
        (level * syllable * partials.sum::<f32>()) as i16
    };
    (0..(seconds * rate) as u32).map(sample).collect()
}

/// The packets of 20 ms that an encoder makes of a sound.
fn packets(encoder: &mut Encoder, sound: &[i16]) -> Vec<Vec<u8>> {
    let frames = sound.chunks_exact(encoder.codec().rate_hz() as usize / 50);
    frames
        .map(|frame| {
            let mut packet = Vec::new();
            assert_eq!(encoder.encode(frame, &mut packet), Encoded::Payload);
            assert_eq!(encoder.codec().samples(&packet), Some(frame.len()));
            packet
        })
        .collect()
}

/// What comes out of a decoder at the end of an encoder.
fn round_trip(codec: Codec, sound: &[i16]) -> Vec<i16> {
    let mut encoder = Encoder::new(codec, OpusParameters::default());
    let mut decoder = Decoder::new(codec);
    let mut heard = Vec::new();
    for packet in packets(&mut encoder, sound) {
        decoder.decode(&packet, &mut heard).unwrap();
    }
    heard
}

/// Signal to noise in decibels, at the delay of up to 10 ms that suits best.
fn snr_db(sound: &[i16], heard: &[i16], rate_hz: u32) -> f32 {
    let square = |s: f32| s * s;
    let at_delay = |delay: usize| {
        let heard = heard.iter().skip(delay).map(|&s| f32::from(s));
        let pairs = sound.iter().map(|&s| f32::from(s)).zip(heard);
        let signal: f32 = pairs.clone().map(|(s, _)| square(s)).sum();
        let noise: f32 = pairs.map(|(s, h)| square(s - h)).sum();
        10.0 * (signal / noise.max(1.0)).log10()
    };
    let delays = 0..rate_hz as usize / 100;
    delays.map(at_delay).fold(f32::MIN, f32::max)
}

/// Opus codes what is heard and not the wave, so that its floor tells only that it is the same voice.
#[test]
fn every_codec_keeps_a_voice_above_its_floor() {
    let floors_db = [
        (Codec::Opus, 0.0),
        (Codec::G722, 20.0),
        (Codec::Pcmu, 30.0),
        (Codec::Pcma, 30.0),
    ];
    for pitch_hz in (80..250).step_by(34) {
        for level in [500.0, 3_000.0, 9_000.0] {
            for (codec, floor_db) in floors_db {
                let sound = voice(codec.rate_hz(), 0.6, pitch_hz as f32, level);
                let heard = round_trip(codec, &sound);
                assert_eq!(heard.len(), sound.len());
                let snr_db = snr_db(&sound, &heard, codec.rate_hz());
                assert!(
                    snr_db > floor_db,
                    "{codec:?} at {pitch_hz} Hz and {level}: {snr_db} dB"
                );
            }
        }
    }
}

#[test]
fn a_lost_packet_of_opus_comes_back_with_the_next_one() {
    let with_redundancy = OpusParameters {
        in_band_fec: true,
        ..OpusParameters::default()
    };
    let sound = voice(48_000, 1.0, 130.0, 6_000.0);
    // At rest, and from the packets whose predecessor is lost.
    let recovered = |peer: OpusParameters| {
        let mut encoder = Encoder::new(Codec::Opus, peer);
        encoder.follow_loss(20.0);
        let packets = packets(&mut encoder, &sound);
        let (mut whole, mut mended) = (Decoder::new(Codec::Opus), Decoder::new(Codec::Opus));
        let (mut heard, mut again) = (Vec::new(), Vec::new());
        let mut lost = 0;
        for (n, packet) in packets.iter().enumerate() {
            whole.decode(packet, &mut heard).unwrap();
            if n % 5 == 3 {
                continue;
            }
            if n % 5 == 4 {
                lost += usize::from(mended.recover(packet, 960, &mut again));
                again.resize(heard.len() - 960, 0);
            }
            mended.decode(packet, &mut again).unwrap();
        }
        again.resize(heard.len(), 0);
        (lost, snr_db(&heard, &again, 48_000))
    };
    let (count, mended_db) = recovered(with_redundancy);
    let (none, gaps_db) = recovered(OpusParameters::default());
    // The first packets have nothing to tell of, or not yet.
    assert!(count >= 9 && none == 0, "{count} and {none}");
    assert!(
        mended_db > gaps_db + 10.0,
        "{mended_db} dB and {gaps_db} dB"
    );
}

#[test]
fn opus_makes_up_whole_frames_and_nothing_else() {
    let mut encoder = Encoder::new(Codec::Opus, OpusParameters::default());
    let mut decoder = Decoder::new(Codec::Opus);
    let mut heard = Vec::new();
    for packet in packets(&mut encoder, &voice(48_000, 0.2, 130.0, 6_000.0)) {
        decoder.decode(&packet, &mut heard).unwrap();
    }
    for (samples, expected) in [
        (960, true),
        (120, true),
        (5_760, true),
        (100, false),
        (0, false),
    ] {
        let before = heard.len();
        assert_eq!(decoder.conceal(samples, &mut heard), expected, "{samples}");
        assert_eq!(heard.len() - before, if expected { samples } else { 0 });
    }
    assert!(!decoder.conceal(5_880, &mut heard));
    for codec in [Codec::G722, Codec::Pcmu, Codec::Pcma] {
        let mut decoder = Decoder::new(codec);
        assert!(!decoder.conceal(160, &mut heard) && !decoder.recover(&[1; 80], 160, &mut heard));
    }
}

#[test]
fn opus_keeps_to_the_rate_that_was_asked_for() {
    let bits_a_second = |max_average_bit_rate, loss_percent| {
        let peer = OpusParameters {
            max_average_bit_rate,
            in_band_fec: true,
            ..OpusParameters::default()
        };
        let mut encoder = Encoder::new(Codec::Opus, peer);
        encoder.follow_loss(loss_percent);
        let octets: usize = packets(&mut encoder, &voice(48_000, 2.0, 130.0, 6_000.0))
            .iter()
            .map(Vec::len)
            .sum();
        octets * 8 / 2
    };
    assert!(bits_a_second(None, 0.0) < 40_000);
    assert!(bits_a_second(Some(16_000), 0.0) < 20_000);
    assert!(bits_a_second(None, 40.0) < 20_000);
    assert!(bits_a_second(None, 0.0) > bits_a_second(None, 40.0) + 5_000);
}

#[test]
fn damaged_payloads_are_refused_and_leave_no_sound() {
    let mut heard = Vec::new();
    for codec in Codec::ALL {
        assert_eq!(
            Decoder::new(codec).decode(&[], &mut heard),
            Err(Undecodable)
        );
        assert_eq!(codec.samples(&[]), None);
    }
    // More frames than 120 ms, and a frame length that is not there (RFC 6716 §3.4, R5 and R7).
    for packet in [&[0xfb, 0x3f][..], &[0x0b], &[0x0a, 0xfc]] {
        let decoded = Decoder::new(Codec::Opus).decode(packet, &mut heard);
        assert_eq!(decoded, Err(Undecodable), "{packet:x?}");
    }
    assert!(heard.is_empty());
}
