//! xorshift64* (Vigna 2016): the same sequence from the same seed on every machine.

/// A stream of random numbers.
pub struct Random(u64);

impl Random {
    pub fn from_seed(seed: u64) -> Self {
        // Zero is the one state that the generator never leaves; a spread seed keeps small ones apart.
        Self((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) as f64 / u64::MAX as f64
    }
}
