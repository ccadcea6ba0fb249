//! How a call sounds, in one word and over its last minute.

use std::sync::Arc;

use hark_media::SoundSecond;

use crate::snapshot::Quality;

impl Quality {
    /// The class of a rating R (ITU-T G.109): satisfied users from 80 on, hardly any below 60.
    pub fn of(r_factor: f32) -> Self {
        match r_factor {
            80.0.. => Self::Good,
            70.0.. => Self::Fair,
            60.0.. => Self::Poor,
            _ => Self::Bad,
        }
    }
}

/// The last minute of a call after one more second, the oldest second first.
pub(crate) fn minute(so_far: &[SoundSecond], next: SoundSecond) -> Arc<[SoundSecond]> {
    let surplus = (so_far.len() + 1).saturating_sub(MINUTE);
    let kept = so_far.iter().skip(surplus).copied();
    kept.chain([next]).collect()
}

const MINUTE: usize = 60;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn quality_is_the_class_of_the_rating() {
        for (r_factor, quality) in [
            (93.2, Quality::Good),
            (80.0, Quality::Good),
            (79.9, Quality::Fair),
            (69.9, Quality::Poor),
            (59.9, Quality::Bad),
            (f32::NAN, Quality::Bad),
        ] {
            assert_eq!(Quality::of(r_factor), quality, "{r_factor}");
        }
    }

    #[test]
    fn a_minute_has_no_more_than_sixty_seconds() {
        let second = |n: u64| SoundSecond {
            loss_percent: 0.0,
            jitter: Duration::from_millis(n),
            delay: Duration::ZERO,
            rating: None,
        };
        let mut seconds = Arc::default();
        for n in 0..90 {
            seconds = minute(&seconds, second(n));
        }
        let shown: Vec<u128> = seconds.iter().map(|s| s.jitter.as_millis()).collect();
        assert_eq!(shown, (30..90).collect::<Vec<u128>>());
    }
}
