//! How one endpoint of a user is told from another: epid, instance UUID and GRUU
//! ([MS-SIPRE] §2.2.3, [MS-SIPREGE] §3.1.2.5, RFC 5626 §4.1, RFC 5627).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest as _, Sha1};

/// The endpoint identifier: a token of at most 16 characters that stays the same for an
/// installation. It goes into the From of every request as the parameter `epid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epid(String);

impl Epid {
    /// Takes a stored identifier; `None` if it is not one to sixteen letters or digits.
    pub fn new(text: &str) -> Option<Self> {
        let well_formed =
            (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// Makes one of ten hexadecimal digits, as Microsoft's clients do, from random bytes.
    pub fn from_random(bytes: [u8; 5]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instance that belongs to this identifier.
    pub fn instance(&self) -> InstanceId {
        let hash = Sha1::new()
            .chain_update(NAMESPACE)
            .chain_update(self.0.as_bytes())
            .finalize();
        let mut guid = [0; 16];
        for (own, hashed) in guid.iter_mut().zip(hash) {
            *own = hashed;
        }
        // The version nibble lies in the high byte of a little-endian 16-bit field.
        guid[7] = guid[7] & 0x0f | 0x50;
        guid[8] = guid[8] & 0x3f | 0x80;
        InstanceId(guid)
    }
}

impl fmt::Display for Epid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The UUID of an endpoint, kept in the byte order of a Windows GUID: the first three fields
/// little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceId([u8; 16]);

impl InstanceId {
    /// The value of the Contact parameter `+sip.instance`, without its quotes.
    pub fn urn(&self) -> String {
        format!("<urn:uuid:{self}>")
    }

    /// The `opaque` value of the GRUU that a server of Microsoft's gives to this endpoint.
    pub fn gruu_opaque(&self) -> String {
        let mut bytes = self.0.to_vec();
        bytes.extend_from_slice(&[0, 0]);
        format!("user:epid:{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g, h, i, rest @ ..] = self.0;
        let printed = [d, c, b, a, g, e, i, h].into_iter().chain(rest);
        for (at, byte) in printed.enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe in the byte order of a GUID ([MS-SIPRE]).
const NAMESPACE: [u8; 16] = [
    0x03, 0xfb, 0xac, 0xfc, 0x73, 0x8a, 0xef, 0x46, 0x91, 0xb1, 0xe5, 0xeb, 0xee, 0xab, 0xa4, 0xfe,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The second row is from a server's log, the third is the GRUU of [MS-OCEXUM] §4.1, the
    /// others are from [MS-SIPRE] and [MS-SIPREGE].
    #[test]
    fn instance_and_gruu_follow_from_the_epid() {
        for (epid, instance, gruu) in [
            ("01010101", "4b1682a8-f968-5701-83fc-7c6741dc6697", None),
            (
                "c8ca638a15",
                "34d859db-6585-5f91-a3b4-de853c15347d",
                Some("21nYNIVlkV-jtN6FPBU0fQAA"),
            ),
            (
                "6b5d10e663",
                "bc25178a-3a02-59f8-8a48-62caaffdabb4",
                Some("ihclvAI6-FmKSGLKr_2rtAAA"),
            ),
            (
                "a0ae9e6cb0",
                "c1589240-e660-594f-a8b3-4b55f358cbc1",
                Some("QJJYwWDmT1mos0tV81jLwQAA"),
            ),
        ] {
            let id = Epid::new(epid).expect("the epid is well-formed").instance();
            assert_eq!(id.urn(), format!("<urn:uuid:{instance}>"));
            if let Some(gruu) = gruu {
                assert_eq!(id.gruu_opaque(), format!("user:epid:{gruu}"));
            }
        }
    }

    #[test]
    fn only_short_tokens_are_epids() {
        assert_eq!(
            Epid::from_random([0xab, 0, 1, 2, 0xff]).as_str(),
            "ab000102ff"
        );
        for text in ["", "12345678901234567", "a b", "a;b", "ä"] {
            assert_eq!(Epid::new(text), None, "{text:?}");
        }
    }
}
