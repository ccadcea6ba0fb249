//! `a=crypto`: SRTP keys in SDP (RFC 4568).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::srtp::{MasterKey, SrtpSuite};

/// One `a=crypto` line that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CryptoLine {
    pub(super) tag: u32,
    pub(super) suite: SrtpSuite,
    pub(super) key: StreamKey,
}

/// The key of one direction and the identifier that its packets carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamKey {
    pub(crate) master: MasterKey,
    pub(crate) mki: Option<Mki>,
}

/// A master key identifier as it stands in packets (RFC 3711 §3.1), 1 to 128 octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mki(pub(crate) Vec<u8>);

impl CryptoLine {
    /// Reads the value of an `a=crypto`. `None` for lines that we cannot use: other suites, several
    /// keys, or session parameters that change what the packets look like (RFC 4568 §6.3).
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let tag = fields.next().filter(|tag| tag.len() <= MAX_TAG_DIGITS)?;
        let tag = tag.parse().ok()?;
        let suite = SrtpSuite::from_name(fields.next()?)?;
        let key = StreamKey::parse(suite, fields.next()?)?;
        fields
            .all(leaves_packets_alone)
            .then_some(Self { tag, suite, key })
    }

    /// The value of the `a=crypto`. Exactly one space stands between its fields, because
    /// Microsoft's parser takes no more.
    pub(super) fn to_value(&self) -> String {
        let key = BASE64.encode(self.key.master.octets());
        let mut value = format!("{} {} inline:{key}|2^31", self.tag, self.suite.name());
        if let Some(mki) = &self.key.mki {
            value.push_str(&format!("|{}:{}", mki.value(), mki.0.len()));
        }
        value
    }
}

impl StreamKey {
    /// What stands in packets to name the key; nothing, if it has no identifier.
    pub(crate) fn mki_octets(&self) -> &[u8] {
        self.mki.as_ref().map_or(&[], |mki| &mki.0)
    }

    fn parse(suite: SrtpSuite, parameter: &str) -> Option<Self> {
        let inline = parameter.strip_prefix("inline:")?;
        if inline.contains(';') {
            return None;
        }
        let mut fields = inline.split('|');
        let octets = BASE64.decode(fields.next()?).ok()?;
        let master = MasterKey::new(suite, octets)?;
        let mut mki = None;
        for field in fields {
            // A lifetime has no colon. At fifty packets a second even 2^31 lasts for years.
            if let Some((value, length)) = field.split_once(':') {
                mki = Some(Mki::new(value.parse().ok()?, length.parse().ok()?)?);
            }
        }
        Some(Self { master, mki })
    }
}

impl Mki {
    fn new(value: u128, length: usize) -> Option<Self> {
        if !(1..=MAX_MKI_OCTETS).contains(&length) {
            return None;
        }
        let octets = value.to_be_bytes();
        let kept = length.min(octets.len());
        let (dropped, low) = octets.split_at(octets.len() - kept);
        if dropped.iter().any(|&octet| octet != 0) {
            return None;
        }
        let mut mki = vec![0; length - kept];
        mki.extend_from_slice(low);
        Some(Self(mki))
    }

    fn value(&self) -> u128 {
        self.0
            .iter()
            .fold(0, |value, &octet| value << 8 | u128::from(octet))
    }
}

/// Session parameters that may be passed over: a window size is the receiver's own affair, a
/// leading `-` says so, and a key derivation rate of zero is the default.
fn leaves_packets_alone(parameter: &str) -> bool {
    parameter.starts_with("WSH=") || parameter.starts_with('-') || parameter == "KDR=0"
}

/// Keys of counter mode need no padding, so some leave it away from the others too.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// RFC 4568 §9.1: a tag has 1 to 9 digits.
const MAX_TAG_DIGITS: usize = 9;

/// RFC 4568 §6.1: an MKI has at most 128 octets.
const MAX_MKI_OCTETS: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys with their salts: of counter mode, and of GCM with 128 and 256 bits.
    const KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e";
    const GCM128: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHA==";
    const GCM256: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKyw=";

    fn parse(value: &str) -> Option<CryptoLine> {
        CryptoLine::parse(&with_keys(value))
    }

    fn with_keys(value: &str) -> String {
        value
            .replace("KEY", KEY)
            .replace("G128", GCM128)
            .replace("G256", GCM256)
    }

    #[test]
    fn usable_lines_are_read_and_printed_alike() {
        for line in [
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31",
            "2 AES_CM_128_HMAC_SHA1_32 inline:KEY|2^31|1:1",
            "3 AEAD_AES_128_GCM inline:G128|2^31",
            "4 AEAD_AES_256_GCM inline:G256|2^31|7:2",
            "999999999 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31|258:4",
        ] {
            let line = with_keys(line);
            assert_eq!(CryptoLine::parse(&line).unwrap().to_value(), line);
        }
        let line = parse("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:1").unwrap();
        assert_eq!(line.key.mki, Some(Mki(vec![1])));
        assert_eq!(line.key.master.octets()[..3], [1, 2, 3]);
        assert!(parse("1 AES_CM_128_HMAC_SHA1_80 inline:KEY WSH=128 -x=1 KDR=0").is_some());
        let unpadded = with_keys("1 AEAD_AES_128_GCM inline:G128").replace('=', "");
        assert_eq!(
            CryptoLine::parse(&unpadded),
            parse("1 AEAD_AES_128_GCM inline:G128")
        );
    }

    #[test]
    fn lines_that_cannot_be_honoured_are_passed_over() {
        for line in [
            "",
            "1",
            "1 AES_CM_128_HMAC_SHA1_80",
            "x AES_CM_128_HMAC_SHA1_80 inline:KEY",
            "1234567890 AES_CM_128_HMAC_SHA1_80 inline:KEY",
            "1 F8_128_HMAC_SHA1_80 inline:KEY",
            "1 AEAD_AES_128_GCM inline:KEY",
            "1 AEAD_AES_256_GCM inline:G128",
            "1 AES_CM_128_HMAC_SHA1_32 inline:G256",
            "1 AES_CM_128_HMAC_SHA1_80 outline:KEY",
            "1 AES_CM_128_HMAC_SHA1_80 inline:QUJD",
            "1 AES_CM_128_HMAC_SHA1_80 inline:****",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:0",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:129",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|256:1",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:1;inline:KEY|2:1",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTP",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY KDR=4",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn keys_do_not_show_in_debug_output() {
        let shown = format!("{:?}", parse("1 AES_CM_128_HMAC_SHA1_80 inline:KEY"));
        assert!(
            shown.contains("redacted") && !shown.contains("AQID") && !shown.contains("1, 2, 3")
        );
    }
}
