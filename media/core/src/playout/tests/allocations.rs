//! Once a call runs, its receiving side allocates nothing.

use super::*;
use crate::codec::{Encoder, OpusParameters};

/// Two minutes of a bad network: loss, jitter, wrong order, copies, a storm, a pause.
#[test]
fn no_packet_and_no_beat_allocates_once_a_call_runs() {
    for codec in Codec::ALL {
        let mut encoder = Encoder::new(codec, OpusParameters::OURS);
        let rate_hz = codec.rate_hz();
        let mut packets = Vec::new();
        for n in 0..6_000_u64 {
            let tone = |at: u32| {
                let phase = std::f32::consts::TAU * 180.0 * at as f32 / rate_hz as f32;
                (5_000.0 * phase.sin()) as i16 * i16::from(n % 100 < 80)
            };
            let sound: Vec<i16> = (0..rate_hz / 50).map(tone).collect();
            let mut payload = Vec::new();
            encoder.encode(&sound, &mut payload);
            let storm_ms = if n / 1_000 == 3 { 150.0 } else { 40.0 };
            let at_ms = 20.0 * n as f64 + storm_ms * dice(n);
            if dice(10_000 + n) > 0.1 && !payload.is_empty() {
                packets.push((at_ms as u64, n, payload));
            }
        }
        packets.sort_by_key(|(at_ms, n, _)| (*at_ms, *n));
        let mut listener = Listener::at_rate(rate_hz);
        let mut frame = vec![0; rate_hz as usize / 100];
        let step = codec.clock_rate_hz() / 50;
        let mut allocated = 0;
        for (at_ms, n, payload) in &packets {
            let run = allocation_counter::measure(|| {
                while listener.played_ms < *at_ms {
                    let now = listener.at(listener.played_ms);
                    listener.playout.play(now, &mut frame);
                    listener.played_ms += 10;
                }
                let voice = Voice {
                    sequence: *n as u16,
                    timestamp: step * *n as u32,
                    codec,
                    payload,
                };
                listener.playout.push(listener.at(*at_ms), voice);
            });
            if *at_ms > 2_000 {
                allocated += run.count_total;
            }
        }
        assert_eq!(allocated, 0, "{codec:?}");
    }
}
