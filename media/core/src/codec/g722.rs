//! G.722 at 64 kbit/s (ITU-T G.722, mode 1): 16 kHz in two bands, each coded by its difference from
//! what an adaptive predictor expects.
//!
//! An octet is two samples: six bits of the lower band, and two of the higher one above them. All
//! arithmetic is that of a 16-bit machine with saturation, as the Recommendation gives it, so that
//! both ends stay in step to the bit.

mod band;
mod qmf;

use band::{Band, DECISION_LEVELS, HIGH_DECISION_LEVEL, HIGH_LEVELS, LOW_LEVELS, LOW_LEVELS_FINE};
use qmf::Qmf;

/// Octets to samples.
#[derive(Debug, Clone)]
pub(super) struct Decoder {
    low: Band,
    high: Band,
    qmf: Qmf,
    /// Takes apart what was played in the place of lost packets, and how many samples of it so far.
    ear: Qmf,
    followed: usize,
    /// The last samples that came out, for the ear to begin with.
    recent: [i16; EAR],
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            low: Band::low(),
            high: Band::high(),
            qmf: Qmf::default(),
            ear: Qmf::default(),
            followed: 0,
            recent: [0; EAR],
        }
    }
}

impl Decoder {
    /// Appends two samples for each octet.
    pub(super) fn decode(&mut self, payload: &[u8], pcm: &mut Vec<i16>) {
        for &octet in payload {
            let samples = self.decode_octet(octet);
            pcm.extend(samples);
        }
        if let Some(recent) = pcm.last_chunk() {
            self.recent = *recent;
        }
        self.followed = 0;
    }

    /// Goes through what was played in the place of packets that never came as if it had come, so
    /// that the predictors are where those of the other side probably are. Taking sound apart and
    /// joining it again takes [`AHEAD`] samples, so that many more than the gap has are of use.
    pub(super) fn follow(&mut self, pcm: &[i16]) {
        if self.followed == 0 {
            for &pair in self.recent.as_chunks().0 {
                self.ear.split(pair);
            }
        }
        for &pair in pcm.as_chunks::<2>().0 {
            let (low, high) = self.ear.split(pair);
            self.followed += pair.len();
            if self.followed > AHEAD {
                let octet = high_code(&self.high, high) << 6 | low_code(&self.low, low);
                self.decode_octet(octet);
            }
        }
    }

    fn decode_octet(&mut self, octet: u8) -> [i16; 2] {
        let (low_code, high_code) = (octet & 0x3f, octet >> 6);
        // All six bits are heard; the predictor goes by the upper four, so that it stays in step
        // where a network takes the lower ones for data (modes 2 and 3).
        let low = self.low.around_expected(LOW_LEVELS_FINE, low_code);
        self.low.adapt(LOW_LEVELS, low_code >> 2);
        let high = self.high.around_expected(HIGH_LEVELS, high_code);
        self.high.adapt(HIGH_LEVELS, high_code);
        self.qmf.join(low, high)
    }
}

/// The samples that the filter of the bands looks at.
const EAR: usize = 24;

/// The delay of the filters of both sides together.
pub(super) const AHEAD: usize = 22;

/// Samples to octets.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    low: Band,
    high: Band,
    qmf: Qmf,
}

impl Default for Encoder {
    fn default() -> Self {
        Self {
            low: Band::low(),
            high: Band::high(),
            qmf: Qmf::default(),
        }
    }
}

impl Encoder {
    /// Appends an octet for every two samples; an odd one at the end is left out.
    pub(super) fn encode(&mut self, pcm: &[i16], payload: &mut Vec<u8>) {
        let (pairs, _) = pcm.as_chunks::<2>();
        payload.extend(pairs.iter().map(|&pair| self.encode_pair(pair)));
    }

    fn encode_pair(&mut self, pair: [i16; 2]) -> u8 {
        let (low, high) = self.qmf.split(pair);
        let low_code = low_code(&self.low, low);
        self.low.adapt(LOW_LEVELS, low_code >> 2);
        let high_code = high_code(&self.high, high);
        self.high.adapt(HIGH_LEVELS, high_code);
        high_code << 6 | low_code
    }
}

/// QUANTL: the six bits of the lower band, in one's complement fashion and without the codes that
/// begin with four zeros (table 5/G.722).
fn low_code(band: &Band, sample: i32) -> u8 {
    let (magnitude, sign) = band.difference(sample);
    let reached = |level: &i32| (level * band.scale()) >> 12 <= magnitude;
    let interval = DECISION_LEVELS.partition_point(reached) as u8;
    match (sign, interval) {
        (Sign::Positive, _) => 61 - interval,
        (Sign::Negative, 0 | 1) => 63 - interval,
        (Sign::Negative, _) => 33 - interval,
    }
}

/// QUANTH: the two bits of the higher band.
fn high_code(band: &Band, sample: i32) -> u8 {
    let (magnitude, sign) = band.difference(sample);
    let is_near = magnitude < (HIGH_DECISION_LEVEL * band.scale()) >> 12;
    match sign {
        Sign::Positive => 2 + u8::from(is_near),
        Sign::Negative => u8::from(is_near),
    }
}

/// Zero counts as positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Positive,
    Negative,
}

/// What fits into 16 bits.
fn saturated(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}
