//! The server side of Digest: challenges, and the check of what comes back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::algorithm::{Algorithm, hex};
use super::authorization::Authorization;
use super::challenge::{Challenge, Qop};
use super::{Challenger, Password, authorizations};
use crate::message::{Request, Response, Uri};

/// Makes challenges for one realm and checks the answers.
///
/// A nonce is the time of its making and a serial number, sealed with a secret, so that nothing is
/// kept for a challenge that nobody answers. Kept is how often each answered nonce was used, until
/// it is too old.
#[derive(Debug)]
pub struct Verifier {
    challenger: Challenger,
    realm: String,
    /// What is offered, the preferred one first.
    algorithms: Vec<Algorithm>,
    secret: [u8; 32],
    started: Instant,
    /// Of the last challenge.
    serial: u64,
    /// The highest nonce count seen of each nonce.
    counts: BTreeMap<Stamp, u32>,
}

/// What a nonce is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stamp {
    /// Since the verifier was made.
    millis: u64,
    serial: u64,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// The request is from this user.
    Accepted { username: String },
    /// There is no answer for this realm; challenge.
    Missing,
    /// The answer is right, but its nonce is too old or was used already; challenge again.
    Stale,
    /// The answer is wrong.
    Rejected,
}

/// What a challenge says about the answer before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    First,
    Stale,
}

impl Verifier {
    /// `secret` seals the nonces; it must be random and not be known to anybody else.
    pub fn new(now: Instant, challenger: Challenger, realm: &str, secret: [u8; 32]) -> Self {
        let realm = realm.to_owned();
        Self {
            challenger,
            realm,
            algorithms: vec![Algorithm::SHA_256, Algorithm::MD5],
            secret,
            started: now,
            serial: 0,
            counts: BTreeMap::new(),
        }
    }

    /// Offers these algorithms instead, for clients that give up at one that they do not know.
    pub fn offering(mut self, algorithms: Vec<Algorithm>) -> Self {
        self.algorithms = algorithms;
        self
    }

    /// Adds the challenges to a 401 or 407: SHA-256 first, then MD5 for clients that know no other
    /// (RFC 8760 §2.3), unless [`Self::offering`] said otherwise.
    pub fn challenge(&mut self, now: Instant, freshness: Freshness, response: &mut Response) {
        self.serial += 1;
        let nonce = self.nonce(Stamp {
            millis: self.millis(now),
            serial: self.serial,
        });
        for algorithm in &self.algorithms {
            let challenge = Challenge {
                realm: self.realm.clone(),
                nonce: nonce.clone(),
                opaque: None,
                algorithm: Some(*algorithm),
                qop: Some(Qop::Auth),
                stale: freshness == Freshness::Stale,
            };
            response
                .headers
                .push(self.challenger.challenge_header(), challenge);
        }
    }

    /// Checks the answer that a request carries. `password` looks up a user's password.
    pub fn verify(
        &mut self,
        now: Instant,
        request: &Request,
        password: impl Fn(&str) -> Option<Password>,
    ) -> Verification {
        let answers = authorizations(&request.headers, self.challenger);
        let Some(answer) = answers
            .into_iter()
            .find(|answer| answer.realm == self.realm)
        else {
            return Verification::Missing;
        };
        let Some(password) = password(&answer.username) else {
            return Verification::Rejected;
        };
        let offered = self
            .algorithms
            .contains(&answer.algorithm.unwrap_or(Algorithm::MD5));
        if !offered || !covers(&answer, request) || !answer_is_right(&answer, request, &password) {
            return Verification::Rejected;
        }
        match self.use_nonce(now, &answer) {
            true => Verification::Accepted {
                username: answer.username,
            },
            false => Verification::Stale,
        }
    }

    /// Tells whether the nonce is ours, young enough, and not used with this count before.
    fn use_nonce(&mut self, now: Instant, answer: &Authorization) -> bool {
        let now = self.millis(now);
        let oldest = now.saturating_sub(NONCE_LIFETIME.as_millis() as u64);
        self.counts = self.counts.split_off(&Stamp {
            millis: oldest,
            serial: 0,
        });
        let Some(stamp) = Stamp::parse(&answer.nonce) else {
            return false;
        };
        let count = answer
            .protection
            .as_ref()
            .map_or(1, |protection| protection.nonce_count);
        let highest = self.counts.get(&stamp).copied().unwrap_or(0);
        let fresh = (oldest..=now).contains(&stamp.millis) && count > highest;
        if !fresh || self.nonce(stamp) != answer.nonce {
            return false;
        }
        self.counts.insert(stamp, count);
        true
    }

    fn nonce(&self, stamp: Stamp) -> String {
        let Stamp { millis, serial } = stamp;
        let seal = Sha256::new()
            .chain_update(self.secret)
            .chain_update(millis.to_be_bytes())
            .chain_update(serial.to_be_bytes())
            .chain_update(self.realm.as_bytes())
            .chain_update(self.secret)
            .finalize();
        format!("{millis}.{serial}.{}", hex(&seal))
    }

    fn millis(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.started).as_millis() as u64
    }
}

impl Stamp {
    fn parse(nonce: &str) -> Option<Self> {
        let mut parts = nonce.split('.').map(|part| part.parse().ok());
        Some(Self {
            millis: parts.next()??,
            serial: parts.next()??,
        })
    }
}

/// The digest must be made for this request's URI, or it could be one that was made for another
/// request and caught on the way (RFC 7616 §3.4.6).
fn covers(answer: &Authorization, request: &Request) -> bool {
    answer
        .uri
        .parse::<Uri>()
        .is_ok_and(|uri| uri.equivalent(&request.uri))
}

/// Compares without stopping at the first difference, so that time tells nothing.
fn answer_is_right(answer: &Authorization, request: &Request, password: &Password) -> bool {
    let expected = answer.expected_response(request.method.as_str(), &request.body, password);
    let given = answer.response.to_ascii_lowercase();
    let difference = expected
        .bytes()
        .zip(given.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    expected.len() == given.len() && difference == 0
}

/// How long a nonce is good: five minutes, longer than any dialog set-up, shorter than a theft is
/// of use.
const NONCE_LIFETIME: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests;
