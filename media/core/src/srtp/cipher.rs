//! What of a packet is encrypted and authenticated, and where the tag and the master key
//! identifier stand.
//!
//! ```text
//! counter mode (RFC 3711 §3.1, §3.4)    header | body*                | [E, index] | MKI | tag
//! GCM (RFC 7714 §8, §9)                 header | body* | tag          | [E, index] | MKI
//! ```
//!
//! The body is encrypted; E and index stand in RTCP only. All works in the packet's own octets: a
//! packet that does not prove authentic is left as it was.

#[cfg(test)]
mod tests;

use aes::Aes128Enc;
use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes128Gcm, Aes256Gcm, KeyInit as _};
use bytes::BytesMut;
use ctr::CtrCore;
use ctr::cipher::{InnerIvInit as _, StreamCipherCore as _};
use ctr::flavors::Ctr128BE;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::keys::{Labels, MasterKey, SessionKeys};
use super::suite::SrtpSuite;

/// The transform of RTP or of RTCP under one key, with its key schedule.
pub(super) enum Cipher {
    CounterMode(Box<CounterMode>),
    Gcm(Box<Gcm>),
}

/// One packet of one stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) ssrc: u32,
    /// Rollover counter and sequence number, or the index of SRTCP.
    pub(super) index: u64,
}

impl Cipher {
    pub(super) fn rtp(key: &MasterKey) -> Self {
        let tag_length = match key.suite() {
            SrtpSuite::AesCm128HmacSha1_32 => SHORT_TAG,
            SrtpSuite::AesCm128HmacSha1_80
            | SrtpSuite::AeadAes128Gcm
            | SrtpSuite::AeadAes256Gcm => LONG_TAG,
        };
        Self::new(key, Labels::RTP, tag_length)
    }

    /// Reports have the long tag in every suite (RFC 3711 §5.2).
    pub(super) fn rtcp(key: &MasterKey) -> Self {
        Self::new(key, Labels::RTCP, LONG_TAG)
    }

    fn new(key: &MasterKey, labels: Labels, tag_length: usize) -> Self {
        let keys = key.derive(labels);
        match key.suite() {
            SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm => {
                Self::Gcm(Box::new(Gcm::new(key.suite(), &keys)))
            }
            SrtpSuite::AesCm128HmacSha1_80 | SrtpSuite::AesCm128HmacSha1_32 => {
                Self::CounterMode(Box::new(CounterMode::new(&keys, tag_length)))
            }
        }
    }

    /// Encrypts an RTP packet behind its header of `header_length` octets and puts identifier and
    /// tag to its end.
    pub(super) fn seal_rtp(
        &self,
        number: Number,
        header_length: usize,
        mki: &[u8],
        packet: &mut BytesMut,
    ) {
        let (header, body) = packet.split_at_mut(header_length);
        match self {
            Self::CounterMode(cipher) => {
                cipher.apply(number, body);
                let tag = cipher.tag(&[packet, &rollover(number)]);
                packet.extend_from_slice(mki);
                packet.extend_from_slice(&tag[..cipher.tag_length]);
            }
            Self::Gcm(cipher) => {
                let tag = cipher.seal(number, header, body);
                packet.extend_from_slice(&tag);
                packet.extend_from_slice(mki);
            }
        }
    }

    /// Decrypts what [`Self::seal_rtp`] made and says where the packet in clear ends.
    pub(super) fn open_rtp(
        &self,
        number: Number,
        header_length: usize,
        mki: &[u8],
        packet: &mut [u8],
    ) -> Option<usize> {
        let (sealed, tag) = self.split_tag(mki, packet)?;
        let (header, body) = sealed.split_at_mut_checked(header_length)?;
        match self {
            Self::CounterMode(cipher) => {
                cipher.verify(&[header, body, &rollover(number)], tag)?;
                cipher.apply(number, body);
            }
            Self::Gcm(cipher) => cipher.open(number, header, body, tag)?,
        }
        Some(sealed.len())
    }

    /// Encrypts an RTCP compound packet behind its first header and SSRC.
    pub(super) fn seal_rtcp(&self, number: Number, mki: &[u8], packet: &mut BytesMut) {
        let word = index_word(number);
        let (header, body) = packet.split_at_mut(RTCP_HEADER);
        match self {
            Self::CounterMode(cipher) => {
                cipher.apply(number, body);
                packet.extend_from_slice(&word);
                let tag = cipher.tag(&[packet]);
                packet.extend_from_slice(mki);
                packet.extend_from_slice(&tag[..cipher.tag_length]);
            }
            Self::Gcm(cipher) => {
                let tag = cipher.seal(number, &associated(header, word), body);
                packet.extend_from_slice(&tag);
                packet.extend_from_slice(&word);
                packet.extend_from_slice(mki);
            }
        }
    }

    /// The index of an SRTCP packet. `None` for one that is not encrypted, because we never agree
    /// to such packets, or too short to hold an index.
    pub(super) fn rtcp_index(&self, mki: &[u8], packet: &[u8]) -> Option<u64> {
        let behind = match self {
            Self::CounterMode(cipher) => mki.len() + cipher.tag_length,
            Self::Gcm(_) => mki.len(),
        };
        let (_, word) = packet
            .get(..packet.len().checked_sub(behind)?)?
            .split_last_chunk()?;
        let word = u32::from_be_bytes(*word);
        (word & ENCRYPTED != 0).then_some(u64::from(word & !ENCRYPTED))
    }

    /// Decrypts what [`Self::seal_rtcp`] made and says where the packet in clear ends.
    pub(super) fn open_rtcp(&self, number: Number, mki: &[u8], packet: &mut [u8]) -> Option<usize> {
        let word = index_word(number);
        let body = match self {
            Self::CounterMode(cipher) => {
                let (sealed, tag) = self.split_tag(mki, packet)?;
                cipher.verify(&[sealed], tag)?;
                let (sealed, _) = sealed.split_last_chunk_mut::<INDEX_WORD>()?;
                let (_, body) = sealed.split_at_mut_checked(RTCP_HEADER)?;
                cipher.apply(number, body);
                body
            }
            Self::Gcm(cipher) => {
                let (sealed, identifier) = split_end(packet, mki.len())?;
                let (sealed, _) = sealed.split_last_chunk_mut::<INDEX_WORD>()?;
                let (sealed, tag) = split_end(sealed, GCM_TAG)?;
                let (header, body) = sealed.split_at_mut_checked(RTCP_HEADER)?;
                (identifier == mki).then_some(())?;
                cipher.open(number, &associated(header, word), body, tag)?;
                body
            }
        };
        Some(RTCP_HEADER + body.len())
    }

    /// Takes tag and identifier from the end of a packet. An identifier that is not the agreed one
    /// is another key's.
    fn split_tag<'p>(&self, mki: &[u8], packet: &'p mut [u8]) -> Option<(&'p mut [u8], &'p [u8])> {
        let (sealed, identifier, tag) = match self {
            Self::CounterMode(cipher) => {
                let (rest, tag) = split_end(packet, cipher.tag_length)?;
                let (sealed, identifier) = split_end(rest, mki.len())?;
                (sealed, identifier, tag)
            }
            Self::Gcm(_) => {
                let (rest, identifier) = split_end(packet, mki.len())?;
                let (sealed, tag) = split_end(rest, GCM_TAG)?;
                (sealed, identifier, tag)
            }
        };
        (identifier == mki).then_some((sealed, tag))
    }
}

/// AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1).
pub(super) struct CounterMode {
    aes: Aes128Enc,
    mac: Hmac<Sha1>,
    /// The session salt as it stands in a block.
    salt: [u8; 16],
    tag_length: usize,
}

impl CounterMode {
    fn new(keys: &SessionKeys, tag_length: usize) -> Self {
        let mut salt = [0; 16];
        salt[..keys.salt.len()].copy_from_slice(&keys.salt);
        Self {
            aes: Aes128Enc::new_from_slice(&keys.cipher).expect("a key of 16 octets"),
            mac: Hmac::new_from_slice(&keys.authentication).expect("HMAC takes every length"),
            salt,
            tag_length,
        }
    }

    /// Encrypts, and decrypts.
    fn apply(&self, number: Number, body: &mut [u8]) {
        let mut first = self.salt;
        exclusive_or(&mut first[4..8], &number.ssrc.to_be_bytes());
        exclusive_or(&mut first[8..14], &number.index.to_be_bytes()[2..]);
        CtrCore::<_, Ctr128BE>::inner_iv_init(&self.aes, &first.into())
            .apply_keystream_partial(body.into());
    }

    fn tag(&self, parts: &[&[u8]]) -> [u8; 20] {
        self.hash(parts).finalize().into_bytes().into()
    }

    fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> Option<()> {
        self.hash(parts).verify_truncated_left(tag).ok()
    }

    fn hash(&self, parts: &[&[u8]]) -> Hmac<Sha1> {
        let mut mac = self.mac.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac
    }
}

/// AES in Galois/counter mode (RFC 7714).
pub(super) struct Gcm {
    key: GcmKey,
    salt: [u8; 12],
}

enum GcmKey {
    Aes128(Aes128Gcm),
    Aes256(Aes256Gcm),
}

impl Gcm {
    fn new(suite: SrtpSuite, keys: &SessionKeys) -> Self {
        let fits = "the key derivation makes keys of the suite's length";
        let key = match suite.key_length() {
            32 => GcmKey::Aes256(Aes256Gcm::new_from_slice(&keys.cipher).expect(fits)),
            _ => GcmKey::Aes128(Aes128Gcm::new_from_slice(&keys.cipher).expect(fits)),
        };
        let salt = keys
            .salt
            .as_slice()
            .try_into()
            .expect("a salt of 12 octets");
        Self { key, salt }
    }

    fn seal(&self, number: Number, associated: &[u8], body: &mut [u8]) -> [u8; GCM_TAG] {
        let nonce = self.nonce(number).into();
        let body = body.into();
        let sealed = match &self.key {
            GcmKey::Aes128(key) => key.encrypt_inout_detached(&nonce, associated, body),
            GcmKey::Aes256(key) => key.encrypt_inout_detached(&nonce, associated, body),
        };
        sealed
            .expect("no datagram is as long as GCM's limit")
            .into()
    }

    fn open(&self, number: Number, associated: &[u8], body: &mut [u8], tag: &[u8]) -> Option<()> {
        let nonce = self.nonce(number).into();
        let (tag, body) = (tag.try_into().ok()?, body.into());
        match &self.key {
            GcmKey::Aes128(key) => key.decrypt_inout_detached(&nonce, associated, body, tag),
            GcmKey::Aes256(key) => key.decrypt_inout_detached(&nonce, associated, body, tag),
        }
        .ok()
    }

    /// RFC 7714 §8.1 and §9.1: both come to the same form.
    fn nonce(&self, number: Number) -> [u8; 12] {
        let mut nonce = self.salt;
        exclusive_or(&mut nonce[2..6], &number.ssrc.to_be_bytes());
        exclusive_or(&mut nonce[6..12], &number.index.to_be_bytes()[2..]);
        nonce
    }
}

/// What GCM authenticates of an RTCP packet beside its body (RFC 7714 §9.2).
fn associated(header: &[u8], word: [u8; INDEX_WORD]) -> [u8; RTCP_HEADER + INDEX_WORD] {
    let mut associated = [0; RTCP_HEADER + INDEX_WORD];
    associated[..RTCP_HEADER].copy_from_slice(header);
    associated[RTCP_HEADER..].copy_from_slice(&word);
    associated
}

/// The rollover counter, which the tag covers although no packet carries it.
fn rollover(number: Number) -> [u8; 4] {
    ((number.index >> 16) as u32).to_be_bytes()
}

/// The E flag and the index.
fn index_word(number: Number) -> [u8; INDEX_WORD] {
    (ENCRYPTED | number.index as u32).to_be_bytes()
}

fn split_end(packet: &mut [u8], length: usize) -> Option<(&mut [u8], &[u8])> {
    let (rest, end) = packet.split_at_mut_checked(packet.len().checked_sub(length)?)?;
    Some((rest, end))
}

fn exclusive_or(octets: &mut [u8], with: &[u8]) {
    octets.iter_mut().zip(with).for_each(|(o, w)| *o ^= w);
}

/// The header of the first RTCP packet and its SSRC.
pub(super) const RTCP_HEADER: usize = 8;

/// The E flag and the index of SRTCP (RFC 3711 §3.4).
const INDEX_WORD: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

/// Octets of a tag.
const LONG_TAG: usize = 10;
const SHORT_TAG: usize = 4;
const GCM_TAG: usize = 16;
