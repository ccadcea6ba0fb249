//! Comfort noise (RFC 3389): what silence sounds like, in a few octets, for codecs that have no way
//! of their own to say so.

/// The noise of a silence: how loud, and in which colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComfortNoise {
    /// Decibels below overload, 0 to 127.
    pub level_below_overload_db: u8,
    reflections: [f32; MAX_ORDER],
    order: usize,
}

impl ComfortNoise {
    /// Reads a payload; `None` for an empty one. Coefficients beyond the twelfth are left out.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (level, coefficients) = payload.split_first()?;
        let mut noise = Self::white(level & 0x7f);
        for (to, &octet) in noise.reflections.iter_mut().zip(coefficients) {
            *to = dequantised(octet);
        }
        noise.order = coefficients.len().min(MAX_ORDER);
        Some(noise)
    }

    /// Describes the noise in `samples`.
    pub fn of(samples: &[i16]) -> Self {
        let correlation = autocorrelation(samples);
        let power = correlation[0] / samples.len().max(1) as f32;
        let mut noise = Self::white(level_below_overload_db(power));
        noise.reflections = reflections(correlation);
        noise.order = MAX_ORDER;
        noise
    }

    /// Noise of all frequencies alike.
    fn white(level_below_overload_db: u8) -> Self {
        Self {
            level_below_overload_db,
            reflections: [0.0; MAX_ORDER],
            order: 0,
        }
    }

    /// The reflection coefficients of the all-pole filter that colours the noise (RFC 3389 §3.2),
    /// each between -1 and 1; none for white noise.
    pub fn reflections(&self) -> &[f32] {
        self.reflections.get(..self.order).unwrap_or_default()
    }

    /// The mean square of the noise, where overload is 32768.
    pub fn power(&self) -> f32 {
        let level_db = -f32::from(self.level_below_overload_db);
        OVERLOAD_POWER * 10f32.powf(level_db / 10.0)
    }

    /// Appends the payload to `packet`.
    pub fn write(&self, packet: &mut Vec<u8>) {
        packet.push(self.level_below_overload_db.min(MAX_LEVEL));
        packet.extend(self.reflections().iter().copied().map(quantised));
    }
}

fn level_below_overload_db(power: f32) -> u8 {
    let level_db = -10.0 * (power.max(1e-3) / OVERLOAD_POWER).log10();
    level_db.round().clamp(0.0, f32::from(MAX_LEVEL)) as u8
}

fn autocorrelation(samples: &[i16]) -> [f32; MAX_ORDER + 1] {
    std::array::from_fn(|lag| {
        let later = samples.iter().skip(lag);
        let pairs = samples.iter().zip(later);
        pairs.map(|(&a, &b)| f32::from(a) * f32::from(b)).sum()
    })
}

/// Levinson and Durbin's recursion. A little white noise is mixed in, so that no tone makes the filter
/// ring.
fn reflections(correlation: [f32; MAX_ORDER + 1]) -> [f32; MAX_ORDER] {
    let mut reflections = [0.0; MAX_ORDER];
    let mut filter = [0.0; MAX_ORDER + 1];
    let mut error = correlation[0] * WHITENING + 1.0;
    for order in 1..=MAX_ORDER {
        let predicted: f32 = (1..order).map(|k| filter[k] * correlation[order - k]).sum();
        let reflection =
            ((predicted - correlation[order]) / error).clamp(-MAX_REFLECTION, MAX_REFLECTION);
        let before = filter;
        for k in 1..order {
            filter[k] = before[k] - reflection * before[order - k];
        }
        filter[order] = -reflection;
        error *= 1.0 - reflection * reflection;
        reflections[order - 1] = reflection;
    }
    reflections
}

/// RFC 3389 §3.2: k = 258 (N - 127) / 32768, and 255 is kept for the future.
fn dequantised(octet: u8) -> f32 {
    match octet {
        u8::MAX => 0.0,
        octet => 258.0 * (f32::from(octet) - 127.0) / 32_768.0,
    }
}

fn quantised(reflection: f32) -> u8 {
    (reflection * 32_768.0 / 258.0 + 127.0)
        .round()
        .clamp(0.0, 254.0) as u8
}

/// The highest order that we read and write; the ear wants no more of a noise.
const MAX_ORDER: usize = 8;

const MAX_LEVEL: u8 = 127;

/// Mean square of what is as loud as can be.
const OVERLOAD_POWER: f32 = 32_768.0 * 32_768.0;

/// White noise 30 dB below the signal.
const WHITENING: f32 = 1.001;

/// Next to 1 the filter would ring for ever.
const MAX_REFLECTION: f32 = 0.98;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_reads_as_it_was_written() {
        let noise = ComfortNoise::parse(&[70, 0, 127, 254, 200]).unwrap();
        assert_eq!(noise.level_below_overload_db, 70);
        assert_eq!(noise.reflections().len(), 4);
        assert!(noise.reflections().iter().all(|k| k.abs() < 1.0));
        let mut payload = Vec::new();
        noise.write(&mut payload);
        assert_eq!(payload, [70, 0, 127, 254, 200]);
    }

    #[test]
    fn payloads_of_any_length_are_read_as_far_as_they_make_sense() {
        assert_eq!(ComfortNoise::parse(&[]), None);
        assert_eq!(
            ComfortNoise::parse(&[0xff])
                .unwrap()
                .level_below_overload_db,
            127
        );
        let long = ComfortNoise::parse(&[255; 40]).unwrap();
        assert_eq!(long.reflections(), [0.0; MAX_ORDER]);
    }

    #[test]
    fn level_and_colour_of_a_noise_are_told() {
        let mut state = 1u32;
        let mut low = 0.0;
        let mut noise = |colour: f32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let white = (state >> 16) as i16 / 64;
            low = colour * low + f32::from(white);
            low as i16
        };
        let white: Vec<i16> = (0..8_000).map(|_| noise(0.0)).collect();
        let dark: Vec<i16> = (0..8_000).map(|_| noise(0.9)).collect();
        let (white, dark) = (ComfortNoise::of(&white), ComfortNoise::of(&dark));
        // Evenly spread to 512 is 296 in the mean square's root.
        assert_eq!(white.level_below_overload_db, 41);
        assert!(white.reflections()[0].abs() < 0.05);
        assert!((dark.reflections()[0] + 0.9).abs() < 0.05);
        assert_eq!(ComfortNoise::of(&[0; 160]).level_below_overload_db, 120);
    }
}
