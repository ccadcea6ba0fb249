//! The quadrature mirror filters that part the two bands and join them (G.722 §3.1 and §4.4).

/// One direction's filter: the last twelve samples of each phase, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Qmf {
    even: [i32; TAPS],
    odd: [i32; TAPS],
}

impl Qmf {
    /// Two samples to one of each band.
    pub(super) fn split(&mut self, pair: [i16; 2]) -> (i32, i32) {
        let (even, odd) = self.filter(pair.map(i32::from));
        ((odd + even) >> 14, (odd - even) >> 14)
    }

    /// One sample of each band to two samples.
    pub(super) fn join(&mut self, low: i32, high: i32) -> [i16; 2] {
        let (even, odd) = self.filter([low + high, low - high]);
        [odd, even].map(|sum| super::saturated(sum >> 11) as i16)
    }

    fn filter(&mut self, [even, odd]: [i32; 2]) -> (i32, i32) {
        self.even.copy_within(1.., 0);
        self.odd.copy_within(1.., 0);
        self.even[TAPS - 1] = even;
        self.odd[TAPS - 1] = odd;
        let forward = self.even.iter().zip(COEFFICIENTS);
        let backward = self.odd.iter().zip(COEFFICIENTS.into_iter().rev());
        let product = |(sample, coefficient): (&i32, i32)| sample * coefficient;
        (forward.map(product).sum(), backward.map(product).sum())
    }
}

const TAPS: usize = 12;

/// Every other coefficient of the 24, which are symmetric, in units of 2^-13 (table 11/G.722).
const COEFFICIENTS: [i32; TAPS] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
