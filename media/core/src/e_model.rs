//! How a call sounds, from its figures: the E-model (ITU-T G.107), and its wide-band forms.
//!
//! The rating R begins with what the codec can reach at best and loses what delay, loss and the codec
//! itself take away. Wide-band codecs are rated on the longer scale of G.107.1 (129) or G.107.2 (148)
//! and mapped back, so that every R here is 0 to 100 and one table of opinions serves all.
//!
//! What is not known of a call (loudness, noise in the room, echo of the other side) has G.107's
//! default values.

use std::time::Duration;

use crate::codec::Codec;

/// What the E-model is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    pub codec: Codec,
    /// Packets that could not be played, lost or too late, in percent.
    pub loss_percent: f32,
    /// How many losses stand together, as a multiple of what chance would do (BurstR, G.107 §3.5);
    /// 1.0 for random loss.
    pub burst_ratio: f32,
    /// From mouth to ear, one way.
    pub delay: Duration,
}

/// What people would say of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// The transmission rating R, 0.0 to 100.0; 93.2 is a perfect narrow-band line.
    pub r_factor: f32,
    /// Mean opinion score of a conversation (MOS-CQE), 1.0 to 4.5.
    pub mos: f32,
    /// The same of listening alone, where delay does not matter (MOS-LQE).
    pub mos_listening: f32,
}

impl Rating {
    /// Rates a call.
    pub fn of(conditions: &Conditions) -> Self {
        let equipment = Equipment::of(conditions.codec);
        let impairment = equipment.impairment(conditions.loss_percent, conditions.burst_ratio);
        let listening = equipment.best - impairment;
        let conversation = listening - delay_impairment(conditions.delay);
        let on_one_scale = |rating: f32| (rating * 100.0 / equipment.full).clamp(0.0, 100.0);
        Self {
            r_factor: on_one_scale(conversation),
            mos: mean_opinion(on_one_scale(conversation)),
            mos_listening: mean_opinion(on_one_scale(listening)),
        }
    }
}

/// The mean opinion score for a rating (G.107 annex B).
fn mean_opinion(rating: f32) -> f32 {
    let score = 1.0 + 0.035 * rating + 7e-6 * rating * (rating - 60.0) * (100.0 - rating);
    score.clamp(1.0, 4.5)
}

/// What a codec costs, on the scale on which it was measured.
#[derive(Debug, Clone, Copy)]
struct Equipment {
    /// The rating where nothing is wrong, before the codec.
    best: f32,
    /// The end of the scale.
    full: f32,
    /// Ie, the impairment by the codec alone.
    codec: f32,
    /// Bpl, how much loss the codec and its concealment bear.
    robustness: f32,
}

impl Equipment {
    fn of(codec: Codec) -> Self {
        match codec {
            Codec::Opus => OPUS,
            Codec::G722 => G722,
            Codec::Pcmu | Codec::Pcma => G711,
        }
    }

    /// Ie-eff (G.107 §7.5; the same in G.107.1 §7.5).
    fn impairment(self, loss_percent: f32, burst_ratio: f32) -> f32 {
        let loss = loss_percent.clamp(0.0, 100.0);
        let bursts = burst_ratio.max(1.0);
        self.codec + (MAX_EQUIPMENT - self.codec) * loss / (loss / bursts + self.robustness)
    }
}

/// Id = Idte + Idle + Idd less what a line without delay has of it already (G.107 §7.4), for an echo
/// path as long as the delay.
fn delay_impairment(delay: Duration) -> f32 {
    let delay_ms = delay.as_secs_f32() * 1_000.0;
    let of = |ms| talker_echo(ms) + listener_echo(ms) + absolute_delay(ms);
    of(delay_ms) - of(0.0)
}

/// Idte (G.107 §7.4.1).
fn talker_echo(delay_ms: f32) -> f32 {
    let course = 40.0 * ((1.0 + delay_ms / 10.0) / (1.0 + delay_ms / 150.0)).log10();
    let masking = 6.0 * (-0.3 * delay_ms * delay_ms).exp();
    let echo = 80.0 + 2.5 * (ECHO_LOUDNESS_DB - course + masking - 14.0);
    let half = (BASIC_RATIO - echo) / 2.0;
    (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-delay_ms).exp())
}

/// Idle (G.107 §7.4.2).
fn listener_echo(delay_ms: f32) -> f32 {
    let echo = 10.5 * (ECHO_PATH_LOSS_DB + 7.0) * (2.0 * delay_ms + 1.0).powf(-0.25);
    let half = (BASIC_RATIO - echo) / 2.0;
    half + (half * half + 169.0).sqrt()
}

/// Idd (G.107 §7.4.3).
fn absolute_delay(delay_ms: f32) -> f32 {
    if delay_ms <= 100.0 {
        return 0.0;
    }
    let x = (delay_ms / 100.0).log2();
    let root = |x: f32| (1.0 + x.powi(6)).powf(1.0 / 6.0);
    25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0)
}

/// G.711 with concealment under packet loss (G.113 table I.4), on the scale of G.107 with its default
/// values.
const G711: Equipment = Equipment {
    best: 93.2,
    full: 100.0,
    codec: 0.0,
    robustness: 25.1,
};

/// G.722 at 64 kbit/s with concealment (G.113 appendix IV, provisional values), on the scale of
/// G.107.1.
const G722: Equipment = Equipment {
    best: 129.0,
    full: 129.0,
    codec: 13.0,
    robustness: 4.9,
};

/// Opus at 25 kbit/s as measured by M. Al-Ahmadi, P. Počta and H. Melvin (2019 to 2021), because
/// G.113 has no values for it, on the scale of G.107.2.
const OPUS: Equipment = Equipment {
    best: 148.0,
    full: 148.0,
    codec: 20.2,
    robustness: 11.3,
};

/// The highest Ie (G.107 §7.5).
const MAX_EQUIPMENT: f32 = 95.0;

/// Ro, the basic signal-to-noise ratio of the default values (G.107 §7.2).
const BASIC_RATIO: f32 = 94.77;

/// TELR, the talker echo loudness rating (G.107 table 3).
const ECHO_LOUDNESS_DB: f32 = 65.0;

/// WEPL, the weighted echo path loss (G.107 table 3).
const ECHO_PATH_LOSS_DB: f32 = 110.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(got: f32, expected: f32, tolerance: f32) {
        assert!((got - expected).abs() <= tolerance, "{got} for {expected}");
    }

    fn rate(codec: Codec, loss_percent: f32, burst_ratio: f32, delay_ms: u64) -> Rating {
        Rating::of(&Conditions {
            codec,
            loss_percent,
            burst_ratio,
            delay: Duration::from_millis(delay_ms),
        })
    }

    /// The values of G.107 annex B at the limits of its table B.1, and the default rating.
    #[test]
    fn opinions_are_those_of_the_standard() {
        for (rating, opinion) in [
            (93.2, 4.41),
            (90.0, 4.34),
            (80.0, 4.02),
            (70.0, 3.60),
            (60.0, 3.10),
            (50.0, 2.58),
            (100.0, 4.50),
            (0.0, 1.00),
            (3.0, 1.00),
        ] {
            near(mean_opinion(rating), opinion, 0.006);
        }
    }

    /// Computed by hand from the formula of G.107 §7.4.3.
    #[test]
    fn delay_alone_hurts_from_a_tenth_of_a_second_on() {
        for (delay_ms, impairment) in [
            (0.0, 0.0),
            (100.0, 0.0),
            (150.0, 0.16),
            (200.0, 3.04),
            (300.0, 14.76),
            (400.0, 24.07),
            (800.0, 40.83),
        ] {
            near(absolute_delay(delay_ms), impairment, 0.01);
        }
    }

    /// The approximation of Cole and Rosenbluth, `0.024 d + 0.11 (d - 177.3) H(d - 177.3)`, was fitted
    /// to the default curve of G.107 where calls are bearable.
    #[test]
    fn delay_with_its_echo_follows_the_known_approximation() {
        for delay_ms in (0u16..=320).step_by(20) {
            let ms = f32::from(delay_ms);
            let known = 0.024 * ms + 0.11 * (ms - 177.3).max(0.0);
            let exact = delay_impairment(Duration::from_millis(delay_ms.into()));
            near(exact, known, 0.8);
        }
    }

    #[test]
    fn a_perfect_line_has_the_default_rating() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let rating = rate(codec, 0.0, 1.0, 0);
            near(rating.r_factor, 93.2, 0.01);
            near(rating.mos, 4.41, 0.005);
            near(rating.mos_listening, 4.41, 0.005);
        }
    }

    /// Ie-eff by the formula of G.107 §7.5 with Ie 0 and Bpl 25.1.
    #[test]
    fn loss_lowers_the_rating_and_bursts_lower_it_further() {
        for (loss, bursts, rating) in [
            (1.0, 1.0, 89.56),
            (5.0, 1.0, 77.42),
            (10.0, 1.0, 66.13),
            (20.0, 1.0, 51.07),
            (10.0, 2.0, 61.64),
            (10.0, 0.1, 66.13),
            (100.0, 1.0, 17.26),
            (300.0, 1.0, 17.26),
        ] {
            near(rate(Codec::Pcmu, loss, bursts, 0).r_factor, rating, 0.02);
        }
    }

    /// By hand: `(129 - 13) / 1.29` and `(148 - 20.2) / 1.48`, and with Ie-eff at a loss of 10 %.
    #[test]
    fn wide_band_is_mapped_to_the_same_scale() {
        for (codec, loss, rating) in [
            (Codec::G722, 0.0, 89.92),
            (Codec::Opus, 0.0, 86.35),
            (Codec::G722, 10.0, 47.26),
            (Codec::Opus, 10.0, 62.62),
        ] {
            near(rate(codec, loss, 1.0, 0).r_factor, rating, 0.02);
        }
    }

    #[test]
    fn delay_spoils_the_conversation_and_not_the_listening() {
        let far = rate(Codec::Pcmu, 1.0, 1.0, 400);
        let near_by = rate(Codec::Pcmu, 1.0, 1.0, 0);
        assert_eq!(far.mos_listening, near_by.mos_listening);
        assert!(far.mos + 1.0 < near_by.mos);
        assert!(far.r_factor < 65.0, "{far:?}");
    }
}
