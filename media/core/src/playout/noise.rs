//! The sound of a pause that the sender means: noise with the level and the colour of the room that
//! it speaks from, as it describes them (RFC 3389) or else as its last quiet moment sounded.

use super::predict::{MAX_ORDER, Tract};
use super::time::{MS, Rate};
use crate::codec;

/// Makes comfort noise.
#[derive(Debug)]
pub(super) struct ComfortNoise {
    rate: Rate,
    /// The last quiet moment, and how much of it there is.
    quiet: Vec<f32>,
    tract: Tract,
    /// Of the excitation: the greatest value.
    amplitude: f32,
    memory: [f32; MAX_ORDER],
    windowed: Vec<f32>,
    state: u32,
}

impl ComfortNoise {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            quiet: Vec::with_capacity(rate.samples(QUIET)),
            tract: Tract::flat(0),
            amplitude: 0.0,
            memory: [0.0; MAX_ORDER],
            windowed: Vec::with_capacity(rate.samples(QUIET)),
            state: 1,
        }
    }

    /// Learns from received sound of a moment at which nobody spoke: its last 20 ms.
    pub(super) fn learn(&mut self, history: &[f32]) {
        let from = history.len().saturating_sub(self.rate.samples(QUIET));
        self.quiet.clear();
        self.quiet.extend_from_slice(&history[from..]);
    }

    /// A pause begins of which the sender says nothing.
    pub(super) fn begin_as_learnt(&mut self) {
        if self.quiet.is_empty() {
            self.amplitude = 0.0;
            return;
        }
        let power = self.quiet.iter().map(|s| s * s).sum::<f32>() / self.quiet.len() as f32;
        let tract = Tract::of(&self.quiet, self.rate, &mut self.windowed);
        self.sound_like(power, tract);
    }

    /// A pause begins or goes on, and the sender tells how it sounds there.
    pub(super) fn begin_as_told(&mut self, told: &codec::ComfortNoise) {
        // The coefficients belong to a filter that subtracts, ours adds.
        let reflections = told
            .reflections()
            .iter()
            .map(|reflection| -reflection.clamp(-MAX_REFLECTION, MAX_REFLECTION));
        self.sound_like(told.power(), Tract::of_reflections(reflections));
    }

    pub(super) fn fill(&mut self, out: &mut [f32]) {
        out.fill_with(|| {
            let excitation = self.amplitude * self.next_share();
            self.tract.ring(excitation, &mut self.memory)
        });
    }

    /// Noise of this power. Evenly spread values have a third of the power of the greatest one.
    fn sound_like(&mut self, power: f32, tract: Tract) {
        self.amplitude = (3.0 * power.min(LOUDEST) * tract.residue).sqrt();
        self.tract = tract;
    }

    /// A number between -1.0 and 1.0 (Numerical Recipes' linear congruence; nobody can tell it from
    /// better ones by ear).
    fn next_share(&mut self) -> f32 {
        self.state = self
            .state
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.state >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

/// How much of a quiet moment is remembered: as much as the model of it looks at.
const QUIET: i64 = 20 * MS;

/// Power of noise is not believed beyond -30 dBov: nobody sits in such a room, and a forged packet
/// must not hurt.
const LOUDEST: f32 = 1.0e6;

/// Keeps the filter from ringing for ever.
const MAX_REFLECTION: f32 = 0.9;

#[cfg(test)]
mod tests {
    use super::super::pitch::likeness;
    use super::*;

    const OVERLOAD: f32 = 32_768.0;

    fn told(payload: &[u8]) -> codec::ComfortNoise {
        codec::ComfortNoise::parse(payload).unwrap()
    }

    fn power(sound: &[f32]) -> f32 {
        sound.iter().map(|s| s * s).sum::<f32>() / sound.len() as f32
    }

    /// How alike neighbours are, which tells low noise from high.
    fn slope(sound: &[f32]) -> f32 {
        likeness(&sound[1..], &sound[..sound.len() - 1])
    }

    fn second(noise: &mut ComfortNoise, rate: Rate) -> Vec<f32> {
        let mut sound = vec![0.0; rate.samples(1_000 * MS)];
        noise.fill(&mut sound);
        sound
    }

    #[test]
    fn noise_has_the_level_that_the_packet_says() {
        let rate = Rate::new(8_000);
        for level in [40_u8, 60, 78] {
            let mut noise = ComfortNoise::new(rate);
            for reflections in [&[][..], &[64, 127], &[190, 140, 120]] {
                noise.begin_as_told(&told(&[&[level], reflections].concat()));
                let power = power(&second(&mut noise, rate));
                let dbov = 10.0 * (power / OVERLOAD / OVERLOAD).log10();
                assert!((dbov + f32::from(level)).abs() < 1.5, "{level}: {dbov}");
            }
        }
    }

    #[test]
    fn reflections_colour_the_noise() {
        let rate = Rate::new(8_000);
        let mut noise = ComfortNoise::new(rate);
        for (reflection, dark) in [(63, true), (191, false)] {
            noise.begin_as_told(&told(&[50, reflection]));
            let slope = slope(&second(&mut noise, rate));
            assert_eq!(slope > 0.4, dark, "{reflection}: {slope}");
            assert_eq!(slope < -0.4, !dark, "{reflection}: {slope}");
        }
    }

    #[test]
    fn an_unexplained_pause_sounds_like_the_last_quiet_moment() {
        for rate in [8_000, 16_000, 48_000].map(Rate::new) {
            let mut room = ComfortNoise::new(rate);
            room.begin_as_told(&told(&[60, 63]));
            let heard = second(&mut room, rate);
            let mut noise = ComfortNoise::new(rate);
            noise.learn(&heard);
            noise.begin_as_learnt();
            let made = second(&mut noise, rate);
            let ratio = power(&made) / power(&heard);
            assert!((0.4..2.5).contains(&ratio), "{rate:?}: {ratio}");
            assert!((slope(&made) - slope(&heard)).abs() < 0.3);
        }
    }

    #[test]
    fn nothing_that_a_packet_says_hurts() {
        let rate = Rate::new(8_000);
        let mut noise = ComfortNoise::new(rate);
        for code in [0_u8, 255] {
            noise.begin_as_told(&told(&[&[0][..], &[code; 60]].concat()));
            let loudest = second(&mut noise, rate)
                .iter()
                .fold(0.0, |a: f32, b| a.max(b.abs()));
            assert!(loudest < 32_767.0, "{code}: {loudest}");
        }
    }
}
