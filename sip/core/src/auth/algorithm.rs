//! The hash algorithms of Digest (RFC 7616 §3.3, RFC 8760 §2.1).

use std::fmt;

use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512_256};

/// A hash and whether its secret is bound to a session (`-sess`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithm {
    pub(super) hash: Hash,
    pub(super) session: bool,
}

/// The hash functions from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hash {
    Md5,
    Sha512_256,
    Sha256,
}

impl Algorithm {
    pub const MD5: Self = Self {
        hash: Hash::Md5,
        session: false,
    };
    pub const SHA_256: Self = Self {
        hash: Hash::Sha256,
        session: false,
    };
    pub const SHA_512_256: Self = Self {
        hash: Hash::Sha512_256,
        session: false,
    };

    /// Reads an algorithm's name; `None` for those that this stack does not know.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, found)| *found)
    }

    /// The hash of some bytes in lower-case hexadecimal digits.
    pub(super) fn digest(self, bytes: &[u8]) -> String {
        match self.hash {
            Hash::Md5 => hex(&Md5::digest(bytes)),
            Hash::Sha512_256 => hex(&Sha512_256::digest(bytes)),
            Hash::Sha256 => hex(&Sha256::digest(bytes)),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.hash {
            Hash::Md5 => "MD5",
            Hash::Sha512_256 => "SHA-512-256",
            Hash::Sha256 => "SHA-256",
        })?;
        f.write_str(if self.session { "-sess" } else { "" })
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const NAMES: [(&str, Algorithm); 6] = [
    ("MD5", Algorithm::MD5),
    (
        "MD5-sess",
        Algorithm {
            hash: Hash::Md5,
            session: true,
        },
    ),
    ("SHA-256", Algorithm::SHA_256),
    (
        "SHA-256-sess",
        Algorithm {
            hash: Hash::Sha256,
            session: true,
        },
    ),
    ("SHA-512-256", Algorithm::SHA_512_256),
    (
        "SHA-512-256-sess",
        Algorithm {
            hash: Hash::Sha512_256,
            session: true,
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_without_case_and_written_as_registered() {
        for (name, algorithm) in NAMES {
            assert_eq!(
                Algorithm::parse(&name.to_ascii_lowercase()),
                Some(algorithm)
            );
            assert_eq!(algorithm.to_string(), name);
        }
        assert_eq!(Algorithm::parse("SHA-1"), None);
    }
}
