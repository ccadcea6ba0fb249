//! What leaves for what the microphone hears, packet by packet.

use std::f32::consts::TAU;

use rand_core::SeedableRng as _;

use super::*;
use crate::codec::{Codec, Decoder, OpusParameters};
use crate::sdp::EventFormat;

/// A sender that hears 10 ms at a time.
struct Talker {
    sender: Sender,
    format: SendFormat,
    began: Instant,
    heard: u32,
}

impl Talker {
    fn new(format: SendFormat) -> Self {
        let mut sender = Sender::new(&mut ChaCha20Rng::from_seed([3; 32]));
        sender.use_format(format);
        Self {
            sender,
            format,
            began: crate::epoch(),
            heard: 0,
        }
    }

    /// Hears `sound` for some time; calls `sent` for each packet, and with `None` for each done digit.
    fn hear(
        &mut self,
        milliseconds: u32,
        sound: impl Fn(f32) -> i16,
        mut sent: impl FnMut(Option<(Header, &[u8])>),
    ) {
        let rate_hz = self.format.codec.rate_hz();
        let mut frame = [0; 480];
        for _ in 0..milliseconds / 10 {
            let now = self.began + Duration::from_millis(u64::from(self.heard) * 10);
            let frame = &mut frame[..rate_hz as usize / 100];
            for (n, sample) in frame.iter_mut().enumerate() {
                *sample = sound(self.heard as f32 / 100.0 + n as f32 / rate_hz as f32);
            }
            self.heard += 1;
            self.sender.capture(now, frame, |one| match one {
                Sent::Packet { header, payload } => sent(Some((header, payload))),
                Sent::DigitsDone => sent(None),
            });
        }
    }

    /// The packets as `(ticks since the first timestamp of all, marker, payload type)`.
    fn packets(&mut self, milliseconds: u32, sound: impl Fn(f32) -> i16) -> Vec<(u32, bool, u8)> {
        let first = first_timestamp();
        let mut packets = Vec::new();
        self.hear(milliseconds, sound, |sent| {
            let (header, _) = sent.unwrap();
            let since = header.timestamp.wrapping_sub(first);
            packets.push((since, header.marker, header.payload_type));
        });
        packets
    }
}

/// The timestamp that the seed of [`Talker`] gives.
fn first_timestamp() -> u32 {
    Sender::new(&mut ChaCha20Rng::from_seed([3; 32])).timestamp
}

fn format(codec: Codec) -> SendFormat {
    SendFormat {
        codec,
        payload_type: codec.static_payload_type().unwrap_or(96),
        opus: OpusParameters::default(),
        events: None,
        comfort_noise: None,
        packet: Duration::from_millis(20),
    }
}

fn voice(at: f32) -> i16 {
    (6_000.0 * (TAU * 200.0 * at).sin() * (0.6 + 0.4 * (TAU * 4.0 * at).sin())) as i16
}

#[test]
fn timestamps_count_in_the_clock_of_the_codec_and_packets_are_as_long_as_agreed() {
    let table = [
        // codec, packet, ticks
        (Codec::Opus, 20, 960),
        (Codec::Opus, 60, 2_880),
        (Codec::G722, 20, 160),
        (Codec::G722, 30, 240),
        (Codec::Pcmu, 20, 160),
        (Codec::Pcma, 50, 400),
    ];
    for (codec, packet_ms, ticks) in table {
        let packet = Duration::from_millis(packet_ms);
        let mut talker = Talker::new(SendFormat {
            packet,
            ..format(codec)
        });
        let packets = talker.packets(3 * packet_ms as u32, voice);
        let timestamps: Vec<u32> = packets.iter().map(|&(since, ..)| since).collect();
        assert_eq!(
            timestamps,
            [0, ticks, 2 * ticks],
            "{codec:?} {packet_ms} ms"
        );
    }
}

#[test]
fn silence_beside_g711_is_told_and_left_out_and_voice_after_it_is_marked() {
    let mut talker = Talker::new(SendFormat {
        comfort_noise: Some(13),
        ..format(Codec::Pcmu)
    });
    assert_eq!(talker.packets(1_000, voice).len(), 50);
    let silent = talker.packets(2_000, |_| 0);
    let of = |number| silent.iter().filter(|&&(.., of)| of == number).count();
    assert_eq!((of(0), of(13), silent.len()), (24, 4, 28));
    assert!(silent.iter().all(|(_, marker, _)| !marker));
    let again = talker.packets(100, voice);
    let expected: Vec<_> = (0..5).map(|n| (24_000 + 160 * n, n == 0, 0)).collect();
    assert_eq!(again, expected);
}

#[test]
fn silence_is_sent_to_who_knows_no_comfort_noise() {
    for codec in Codec::ALL {
        let mut talker = Talker::new(format(codec));
        assert_eq!(talker.packets(2_000, |_| 0).len(), 100, "{codec:?}");
    }
}

#[test]
fn opus_pauses_in_silence_for_who_wants_it_and_marks_what_comes_after() {
    let opus = OpusParameters {
        dtx: true,
        ..OpusParameters::default()
    };
    let mut talker = Talker::new(SendFormat {
        opus,
        ..format(Codec::Opus)
    });
    talker.packets(1_000, voice);
    let silent = talker.packets(3_000, |_| 0);
    assert!(silent.len() < 40, "{} packets", silent.len());
    let again = talker.packets(100, voice);
    let first = again.first().unwrap();
    assert_eq!((first.0, first.1), (4 * 48_000, true));
    assert!(again[1..].iter().all(|(_, marker, _)| !marker));
}

#[test]
fn digits_stand_in_the_stream_of_opus_at_their_own_clock() {
    for (clock_rate_hz, last) in [(8_000, 800), (48_000, 4_800)] {
        let mut talker = Talker::new(SendFormat {
            events: Some(EventFormat {
                payload_type: 101,
                clock_rate_hz,
            }),
            ..format(Codec::Opus)
        });
        let digit = crate::telephone_event::Digit::from_char('5').unwrap();
        talker.sender.digits.queue([digit]);
        let mut durations = Vec::new();
        let mut timestamps = Vec::new();
        talker.hear(140, voice, |sent| {
            let Some((header, &[_, _, d0, d1])) = sent else {
                panic!("a digit is sent");
            };
            durations.push(u16::from_be_bytes([d0, d1]));
            timestamps.push(header.timestamp);
        });
        timestamps.dedup();
        assert_eq!(timestamps, [first_timestamp()]);
        assert_eq!(durations.last(), Some(&last));
    }
}

#[test]
fn what_is_sent_can_be_heard() {
    for codec in Codec::ALL {
        let mut talker = Talker::new(format(codec));
        let mut decoder = Decoder::new(codec);
        let mut heard = Vec::new();
        talker.hear(1_000, voice, |sent| {
            let (_, payload) = sent.unwrap();
            decoder.decode(payload, &mut heard).unwrap();
        });
        let power = |samples: &[i16]| -> f32 {
            let sum: f32 = samples.iter().map(|&s| f32::from(s).powi(2)).sum();
            sum / samples.len() as f32
        };
        let spoken: Vec<i16> = (0..48_000).map(|n| voice(n as f32 / 48_000.0)).collect();
        let ratio = power(&heard) / power(&spoken);
        assert!((0.7..1.3).contains(&ratio), "{codec:?}: {ratio}");
    }
}
