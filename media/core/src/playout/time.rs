//! Media time: counted in ticks of 48 kHz, of which every sampling rate and every RTP clock of ours
//! is a whole part, so that nothing is ever rounded.

/// Ticks in a millisecond.
pub(super) const MS: i64 = 48;

/// Ticks in a second.
const SECOND: i64 = 1_000 * MS;

/// A sampling rate that is a multiple of 8 kHz and a whole part of 48 kHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    hz: u32,
}

impl Rate {
    /// The rate next to `hz` that can be worked at.
    pub(super) fn new(hz: u32) -> Self {
        let hz = match hz {
            0..12_000 => 8_000,
            12_000..20_000 => 16_000,
            20_000..36_000 => 24_000,
            36_000.. => 48_000,
        };
        Self { hz }
    }

    pub(super) fn hz(self) -> u32 {
        self.hz
    }

    /// How many times 8 kHz this is, at which the analysis of speech works.
    pub(super) fn times_8_khz(self) -> usize {
        self.hz as usize / 8_000
    }

    /// The samples that begin within so many ticks.
    pub(super) fn samples(self, ticks: i64) -> usize {
        usize::try_from(ticks / self.ticks_a_sample()).unwrap_or(0)
    }

    pub(super) fn ticks(self, samples: usize) -> i64 {
        samples as i64 * self.ticks_a_sample()
    }

    /// The last moment at or before `at` that is a whole number of samples.
    pub(super) fn whole(self, at: i64) -> i64 {
        at - at.rem_euclid(self.ticks_a_sample())
    }

    fn ticks_a_sample(self) -> i64 {
        SECOND / i64::from(self.hz)
    }
}

/// The ticks in one step of an RTP clock of `clock_rate_hz`.
pub(super) fn ticks_a_step(clock_rate_hz: u32) -> i64 {
    SECOND / i64::from(clock_rate_hz.max(1))
}
