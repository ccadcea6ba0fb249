//! Master keys, and the session keys that are derived from them (RFC 3711 §4.3, RFC 7714 §11).

use std::fmt;

use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes128Enc, Aes256Enc};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::suite::SrtpSuite;

/// A master key with its salt behind it, for one suite. Prints redacted.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct MasterKey {
    #[zeroize(skip)]
    suite: SrtpSuite,
    octets: Vec<u8>,
}

impl MasterKey {
    /// `None` for a key that is too long or too short for the suite.
    pub(crate) fn new(suite: SrtpSuite, octets: Vec<u8>) -> Option<Self> {
        let key = Self { suite, octets };
        (key.octets.len() == suite.key_length() + suite.salt_length()).then_some(key)
    }

    /// A key whose octets are drawn from `fill`.
    pub(crate) fn generate(suite: SrtpSuite, fill: impl FnOnce(&mut [u8])) -> Self {
        let mut octets = vec![0; suite.key_length() + suite.salt_length()];
        fill(&mut octets);
        Self { suite, octets }
    }

    pub(crate) fn suite(&self) -> SrtpSuite {
        self.suite
    }

    /// Key and salt in clear, for SDP.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The session keys under three labels, with a key derivation rate of zero.
    pub(super) fn derive(&self, labels: Labels) -> SessionKeys {
        let (key, salt) = self.octets.split_at(self.suite.key_length());
        let random = PseudoRandom::new(key, salt);
        let mut keys = SessionKeys {
            cipher: vec![0; key.len()],
            authentication: [0; 20],
            salt: vec![0; salt.len()],
        };
        random.fill(labels.cipher, &mut keys.cipher);
        random.fill(labels.authentication, &mut keys.authentication);
        random.fill(labels.salt, &mut keys.salt);
        keys
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(redacted)")
    }
}

/// What is derived for RTP, or for RTCP.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct SessionKeys {
    pub(super) cipher: Vec<u8>,
    pub(super) authentication: [u8; 20],
    pub(super) salt: Vec<u8>,
}

/// What tells one derived key from another (RFC 3711 §4.3.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Labels {
    cipher: u8,
    authentication: u8,
    salt: u8,
}

impl Labels {
    pub(super) const RTP: Self = Self {
        cipher: 0,
        authentication: 1,
        salt: 2,
    };
    pub(super) const RTCP: Self = Self {
        cipher: 3,
        authentication: 4,
        salt: 5,
    };
}

/// The pseudo-random function: AES in counter mode under the master key (RFC 3711 §4.3.3,
/// RFC 6188 §3.2).
struct PseudoRandom {
    cipher: BlockCipher,
    /// The salt, with zeros where it is shorter than 14 octets, and room for the counter.
    salt: [u8; BLOCK],
}

enum BlockCipher {
    Aes128(Aes128Enc),
    Aes256(Aes256Enc),
}

impl PseudoRandom {
    fn new(key: &[u8], master_salt: &[u8]) -> Self {
        let cipher = match key.len() {
            32 => BlockCipher::Aes256(Aes256Enc::new_from_slice(key).expect("32 octets")),
            _ => BlockCipher::Aes128(Aes128Enc::new_from_slice(key).expect("16 octets")),
        };
        let mut salt = [0; BLOCK];
        salt[..master_salt.len()].copy_from_slice(master_salt);
        Self { cipher, salt }
    }

    fn fill(&self, label: u8, key: &mut [u8]) {
        for (octets, counter) in key.chunks_mut(BLOCK).zip(0u8..) {
            let mut block = self.salt;
            block[LABEL_AT] ^= label;
            block[BLOCK - 1] = counter;
            let mut block = block.into();
            match &self.cipher {
                BlockCipher::Aes128(aes) => aes.encrypt_block(&mut block),
                BlockCipher::Aes256(aes) => aes.encrypt_block(&mut block),
            }
            octets.copy_from_slice(&block[..octets.len()]);
            block.as_mut_slice().zeroize();
        }
    }
}

/// Octets of a block of AES.
const BLOCK: usize = 16;

/// The label stands above an index of 48 bits, which is zero, and a counter of 16.
const LABEL_AT: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711 appendix B.3.
    #[test]
    fn session_keys_are_those_of_rfc_3711() {
        let octets = "E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6";
        let suite = SrtpSuite::AesCm128HmacSha1_80;
        let master = MasterKey::new(suite, unhex(octets)).unwrap();
        let keys = master.derive(Labels::RTP);
        assert_eq!(keys.cipher, unhex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(keys.salt, unhex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(
            keys.authentication[..],
            unhex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4")
        );
    }

    /// RFC 6188 §7.2: the same function under a key of 256 bits.
    #[test]
    fn long_session_keys_are_those_of_rfc_6188() {
        let octets = "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6\
                      3b04803de51ee7c96423ab5b78d2";
        let octets = unhex(octets);
        let (key, salt) = octets.split_at(32);
        let random = PseudoRandom::new(key, salt);
        let mut derived = [0; 32];
        random.fill(Labels::RTP.cipher, &mut derived);
        assert_eq!(
            derived[..],
            unhex("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4")
        );
        let mut derived = [0; 14];
        random.fill(Labels::RTP.salt, &mut derived);
        assert_eq!(derived[..], unhex("fa31791685ca444a9e07c6c64e93"));
    }

    #[test]
    fn a_key_of_another_length_is_none() {
        for suite in SrtpSuite::ALL {
            let length = suite.key_length() + suite.salt_length();
            for (given, fits) in [
                (0, false),
                (length - 1, false),
                (length, true),
                (length + 1, false),
            ] {
                assert_eq!(MasterKey::new(suite, vec![7; given]).is_some(), fits);
            }
        }
    }

    fn unhex(digits: &str) -> Vec<u8> {
        super::super::tests::unhex(digits)
    }
}
