//! What both ends know of one band: the scale of its quantiser and its predictor (G.722 §3.4 to §3.6,
//! with the computations of §6.2).

use super::{Sign, saturated};

/// The adaptive state of one band, the same at both ends after each code.
#[derive(Debug, Clone)]
pub(super) struct Band {
    growth: Growth,
    /// NB: the logarithm of the scale factor, 2048 for each factor of two.
    log_scale: i32,
    /// DET: the scale factor.
    scale: i32,
    predictor: Predictor,
}

/// How the scale factor moves.
#[derive(Debug, Clone, Copy)]
struct Growth {
    /// W: what each code adds to the logarithm.
    steps: &'static [i32],
    max_log: i32,
    /// What the logarithm counts from, in factors of two.
    offset: i32,
}

/// Output values of an inverse quantiser by code, in units of 2^-15 of the scale factor.
pub(super) type Levels = &'static [i32];

impl Band {
    pub(super) fn low() -> Self {
        Self::new(LOW_GROWTH)
    }

    pub(super) fn high() -> Self {
        Self::new(HIGH_GROWTH)
    }

    /// The logarithm begins at 0, which makes a scale factor of 32 for the lower band and of 8 for
    /// the higher one.
    fn new(growth: Growth) -> Self {
        Self {
            growth,
            log_scale: 0,
            scale: growth.scale(0),
            predictor: Predictor::default(),
        }
    }

    pub(super) fn scale(&self) -> i32 {
        self.scale
    }

    /// How far a sample is from what the predictor expects; negative values one less, as in one's
    /// complement.
    pub(super) fn difference(&self, sample: i32) -> (i32, Sign) {
        match saturated(sample - self.predictor.expected) {
            difference @ 0.. => (difference, Sign::Positive),
            difference => (-(difference + 1), Sign::Negative),
        }
    }

    /// The sample that a code stands for: RECONS and LIMIT.
    pub(super) fn around_expected(&self, levels: Levels, code: u8) -> i32 {
        (self.predictor.expected + self.quantised(levels, code)).clamp(-16_384, 16_383)
    }

    /// Takes a code into account, which both ends know.
    pub(super) fn adapt(&mut self, levels: Levels, code: u8) {
        self.predictor.adapt(self.quantised(levels, code));
        self.log_scale = self.growth.next_log(self.log_scale, code);
        self.scale = self.growth.scale(self.log_scale);
    }

    /// INVQAL, INVQBL, INVQAH: the difference that a code stands for.
    fn quantised(&self, levels: Levels, code: u8) -> i32 {
        (self.scale * levels[usize::from(code)]) >> 15
    }
}

impl Growth {
    /// LOGSCL, LOGSCH: leaks a little, and grows by the code.
    fn next_log(self, log: i32, code: u8) -> i32 {
        let leaked = (log * 127) >> 7;
        (leaked + self.steps[usize::from(code)]).clamp(0, self.max_log)
    }

    /// SCALEL, SCALEH: back from the logarithm.
    fn scale(self, log: i32) -> i32 {
        let mantissa = INVERSE_LOGARITHMS[(log >> 6 & 31) as usize];
        match self.offset - (log >> 11) {
            right @ 0.. => mantissa >> right << 2,
            left => mantissa << -left << 2,
        }
    }
}

/// Two poles and six zeros that follow the signal.
#[derive(Debug, Clone, Default)]
struct Predictor {
    /// S: the sum of both parts, which is what the next sample is expected to be.
    expected: i32,
    /// SZ: the part of the zeros.
    by_zeros: i32,
    /// A1, A2.
    poles: [i32; 2],
    /// B1 to B6.
    zeros: [i32; ZEROS],
    /// RLT: the last two samples, made anew, latest first.
    samples: [i32; 2],
    /// D: the last six differences, latest first.
    differences: [i32; ZEROS],
    /// P below zero: the signs of the last two partly made samples, latest first.
    partial_signs: [bool; 2],
}

impl Predictor {
    fn adapt(&mut self, difference: i32) {
        let sample = saturated(self.expected + difference);
        self.adapt_poles(saturated(self.by_zeros + difference) < 0);
        self.adapt_zeros(difference);
        self.samples = [sample, self.samples[0]];
        self.differences.copy_within(..ZEROS - 1, 1);
        self.differences[0] = difference;
        self.predict();
    }

    /// UPPOL2 and UPPOL1.
    fn adapt_poles(&mut self, sign: bool) {
        let [a1, a2] = self.poles;
        let [before, second_before] = self.partial_signs;
        let towards = |same: bool, step: i32| if same { step } else { -step };
        let by_first = towards(sign != before, saturated(a1 * 4)).min(32_767) >> 7;
        let by_second = towards(sign == second_before, 128);
        let a2 = (by_first + by_second + ((a2 * 32_512) >> 15)).clamp(-12_288, 12_288);
        let limit = 15_360 - a2;
        let a1 = towards(sign == before, 192) + ((a1 * 32_640) >> 15);
        self.poles = [a1.clamp(-limit, limit), a2];
        self.partial_signs = [sign, before];
    }

    /// UPZERO: each zero moves by the agreement of signs; a difference of nought only leaks.
    fn adapt_zeros(&mut self, difference: i32) {
        for (zero, past) in self.zeros.iter_mut().zip(self.differences) {
            let step = match difference {
                0 => 0,
                _ if (past < 0) == (difference < 0) => 128,
                _ => -128,
            };
            *zero = saturated(step + ((*zero * 32_640) >> 15));
        }
    }

    /// FILTEP, FILTEZ and PREDIC.
    fn predict(&mut self) {
        let poles = self.poles.iter().zip(self.samples);
        let zeros = self.zeros.iter().zip(self.differences);
        let product = |(factor, value): (&i32, i32)| (factor * saturated(value * 2)) >> 15;
        let by_poles = saturated(poles.map(product).sum());
        self.by_zeros = saturated(zeros.map(product).sum());
        self.expected = saturated(by_poles + self.by_zeros);
    }
}

const ZEROS: usize = 6;

const LOW_GROWTH: Growth = Growth {
    // WL by RL42, table 12/G.722.
    steps: &[
        -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60,
    ],
    max_log: 18_432,
    offset: 8,
};

const HIGH_GROWTH: Growth = Growth {
    // WH by IH2, table 12/G.722.
    steps: &[798, -214, 798, -214],
    max_log: 22_528,
    offset: 10,
};

/// ILB: the powers of two between 1 and 2 in 32 steps, in units of 2^-11 (table 12/G.722).
const INVERSE_LOGARITHMS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// Q6: where the intervals of the lower band's quantiser end, in units of 2^-12 (table 14/G.722).
pub(super) const DECISION_LEVELS: &[i32] = &[
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
    1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];

/// Q2: the same for the higher band.
pub(super) const HIGH_DECISION_LEVEL: i32 = 564;

/// QM4: the lower band by the upper four bits of its code.
pub(super) const LOW_LEVELS: Levels = &[
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584,
    1200, 0,
];

/// QM6: the lower band by all six bits. An encoder makes none of the first four codes.
pub(super) const LOW_LEVELS_FINE: Levels = &[
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776,
    -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
    11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776,
    2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];

/// QM2: the higher band.
pub(super) const HIGH_LEVELS: Levels = &[-7408, -1616, 7408, 1616];
