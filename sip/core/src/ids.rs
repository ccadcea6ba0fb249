//! Where branches, tags, Call-IDs and every other random choice of the core come from.
//!
//! The core has no random source of its own: whoever makes a core hands in a seed, 32 bytes from
//! the operating system in a program and a constant in a test. The stream behind it is ChaCha12,
//! so identifiers are as unguessable as RFC 3261 §19.3 wants them ("cryptographically random").

use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use rand_core::{RngCore as _, SeedableRng as _};

/// A seeded source of identifiers and jitter.
#[derive(Clone)]
pub struct IdSource {
    rng: ChaCha12Rng,
}

impl IdSource {
    /// The same seed gives the same identifiers in the same order.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self {
            rng: ChaCha12Rng::from_seed(seed),
        }
    }

    /// A source with a stream of its own, for a part of the core that draws at its own pace.
    pub fn fork(&mut self) -> Self {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        Self::from_seed(seed)
    }

    /// A Via branch with the magic cookie of RFC 3261 §8.1.1.7.
    pub fn branch(&mut self) -> String {
        format!("{BRANCH_COOKIE}{}", self.hex(12))
    }

    /// A From or To tag (RFC 3261 §19.3 asks for at least 32 random bits).
    pub fn tag(&mut self) -> String {
        self.hex(5)
    }

    /// A Call-ID without a host part, in the form of the document's example (OX-5).
    pub fn call_id(&mut self) -> String {
        self.hex(16)
    }

    /// A client nonce for Digest (RFC 7616 §3.4).
    pub fn cnonce(&mut self) -> String {
        self.hex(16)
    }

    /// `bytes` random bytes as lower-case hexadecimal digits.
    pub fn hex(&mut self, bytes: usize) -> String {
        let mut drawn = vec![0; bytes];
        self.rng.fill_bytes(&mut drawn);
        drawn.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The bias of the remainder is under 2^-40 for every bound in use.
        self.rng.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// A time between `low` and `high`, to the millisecond.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let span = high.saturating_sub(low).as_millis() as u64;
        low + Duration::from_millis(self.below(span + 1))
    }
}

impl std::fmt::Debug for IdSource {
    /// Prints no state: whoever reads it could foretell every nonce and tag.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdSource")
    }
}

/// What every branch of an RFC 3261 element begins with (§8.1.1.7).
pub const BRANCH_COOKIE: &str = "z9hG4bK";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_identifiers() {
        let mut one = IdSource::from_seed([7; 32]);
        let mut two = IdSource::from_seed([7; 32]);
        assert_eq!(one.branch(), two.branch());
        assert_eq!(one.call_id(), two.call_id());
        assert_ne!(one.tag(), one.tag());
    }

    #[test]
    fn a_branch_carries_the_cookie_and_a_call_id_is_a_token() {
        let mut ids = IdSource::from_seed([1; 32]);
        assert!(ids.branch().starts_with("z9hG4bK"));
        assert!(ids.call_id().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_drawn_time_stays_within_its_limits() {
        let mut ids = IdSource::from_seed([2; 32]);
        let (low, high) = (Duration::from_millis(10), Duration::from_millis(13));
        let drawn: Vec<_> = (0..200).map(|_| ids.between(low, high)).collect();
        assert!(drawn.iter().all(|time| (low..=high).contains(time)));
        assert!(drawn.contains(&low) && drawn.contains(&high));
        assert_eq!(ids.between(high, low), high);
    }

    #[test]
    fn debug_output_tells_nothing_of_the_state() {
        assert_eq!(format!("{:?}", IdSource::from_seed([3; 32])), "IdSource");
    }
}
