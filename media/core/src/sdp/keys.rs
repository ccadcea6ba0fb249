//! Which keys are offered, and which of the offered ones are taken (RFC 4568 §5.1).

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;

use super::agreement::SdesKeys;
use super::crypto::{CryptoLine, StreamKey};
use crate::srtp::{MasterKey, SrtpSuite};

/// Our keys, one for each suite.
#[derive(Debug)]
pub(super) struct OwnKeys([MasterKey; SrtpSuite::ALL.len()]);

impl OwnKeys {
    pub(super) fn fresh(random: &mut ChaCha20Rng) -> Self {
        Self(
            SrtpSuite::ALL
                .map(|suite| MasterKey::generate(suite, |octets| random.fill_bytes(octets))),
        )
    }

    pub(super) fn of(&self, suite: SrtpSuite) -> MasterKey {
        let found = self.0.iter().find(|key| key.suite() == suite);
        found.cloned().expect("there is a key for every suite")
    }

    /// All of them as lines of an offer.
    pub(super) fn offered_lines(&self) -> Vec<CryptoLine> {
        let tagged = OFFERED.into_iter().zip(1..);
        let line = |(suite, tag)| {
            let key = StreamKey {
                master: self.of(suite),
                mki: None,
            };
            CryptoLine { tag, suite, key }
        };
        tagged.map(line).collect()
    }
}

/// The line that the answer took, found by its tag (RFC 4568 §5.1.3).
pub(super) fn answered(offered: &[CryptoLine], answer: &[CryptoLine]) -> Option<SdesKeys> {
    answer.iter().find_map(|theirs| {
        let ours = offered
            .iter()
            .find(|o| o.tag == theirs.tag && o.suite == theirs.suite)?;
        Some(SdesKeys {
            suite: ours.suite,
            ours: ours.key.clone(),
            theirs: theirs.key.clone(),
        })
    })
}

/// The line to answer: the strongest suite, and of its lines the first without MKI, as Lync wants
/// it, or else the first.
pub(super) fn best_line(lines: &[CryptoLine]) -> Option<&CryptoLine> {
    lines
        .iter()
        .min_by_key(|line| (line.suite, line.key.mki.is_some()))
}

pub(super) fn answering_line((theirs, keys): (&CryptoLine, &SdesKeys)) -> CryptoLine {
    CryptoLine {
        tag: theirs.tag,
        suite: theirs.suite,
        key: keys.ours.clone(),
    }
}

/// The order of our offer. Lync and the telephone systems of its time know counter mode only, and
/// some read no further than the first line, so what everybody knows stands there. It costs no
/// strength with a peer that chooses as we do: by strength, not by order.
const OFFERED: [SrtpSuite; SrtpSuite::ALL.len()] = [
    SrtpSuite::AesCm128HmacSha1_80,
    SrtpSuite::AeadAes256Gcm,
    SrtpSuite::AeadAes128Gcm,
    SrtpSuite::AesCm128HmacSha1_32,
];
