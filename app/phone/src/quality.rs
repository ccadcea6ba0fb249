//! How a call sounds, in one word, from its figures: the E-model in small (ITU-T G.107).

use std::time::Duration;

use hark_media::MediaStats;

use crate::snapshot::Quality;

/// Rates the sound of a call.
pub(crate) fn quality(stats: &MediaStats) -> Quality {
    let rating = BEST_RATING - delay_impairment(stats) - loss_impairment(stats.loss_percent);
    match rating {
        80.0.. => Quality::Good,
        70.0.. => Quality::Fair,
        60.0.. => Quality::Poor,
        _ => Quality::Bad,
    }
}

/// The usual simplification of G.107's Idd for one-way delays below half a second.
fn delay_impairment(stats: &MediaStats) -> f32 {
    let way = stats.round_trip.unwrap_or_default() / 2;
    let delay_ms = milliseconds(way + stats.playout_delay);
    0.024 * delay_ms + 0.11 * (delay_ms - 177.3).max(0.0)
}

/// Ie-eff of G.711 with concealment under random loss: Ie 0, Bpl 25.1 (ITU-T G.113 appendix I).
fn loss_impairment(loss_percent: f32) -> f32 {
    let loss = loss_percent.clamp(0.0, 100.0);
    95.0 * loss / (loss + 25.1)
}

fn milliseconds(duration: Duration) -> f32 {
    duration.as_secs_f32() * 1000.0
}

/// R of a perfect line (G.107 default).
const BEST_RATING: f32 = 93.2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_and_delay_lower_the_quality() {
        let rate = |loss_percent, round_trip_ms, playout_ms| {
            quality(&MediaStats {
                loss_percent,
                round_trip: Some(Duration::from_millis(round_trip_ms)),
                playout_delay: Duration::from_millis(playout_ms),
                ..MediaStats::default()
            })
        };
        assert_eq!(rate(0.0, 20, 40), Quality::Good);
        assert_eq!(rate(2.0, 40, 60), Quality::Good);
        assert_eq!(rate(5.0, 40, 60), Quality::Fair);
        assert_eq!(rate(10.0, 40, 60), Quality::Poor);
        assert_eq!(rate(20.0, 40, 60), Quality::Bad);
        assert_eq!(rate(0.0, 600, 60), Quality::Poor);
        assert_eq!(rate(f32::NAN, 0, 0), Quality::Bad);
    }
}
