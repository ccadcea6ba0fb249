//! A certificate as a person looks at it: whose it is, who vouches for it, how long, and the
//! fingerprint by which two people can compare it.
//!
//! Nothing is decided here; who is trusted is decided in `trust`. A certificate comes from whoever
//! answers, so everything in it is cut to what can be shown.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

/// What one certificate of a chain says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The distinguished name, `CN=sip.example.test, O=Example`. Empty where there is none, or where
    /// the certificate cannot be read.
    pub subject: String,
    pub issuer: String,
    /// The host names and addresses that it is for (RFC 5280 §4.2.1.6), sixteen at most.
    pub names: Vec<String>,
    /// `None` where the certificate cannot be read.
    pub not_before: Option<SystemTime>,
    pub not_after: Option<SystemTime>,
    pub fingerprint: Fingerprint,
}

/// The SHA-256 of a whole certificate. Prints like `AB:CD:…`, as browsers and `openssl x509` do.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Certificate {
    /// Reads DER. Of what is no certificate there is a fingerprint and nothing else.
    pub fn read(der: &[u8]) -> Self {
        let unread = Self {
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
            fingerprint: Fingerprint(Sha256::digest(der).into()),
        };
        let Ok((_, read)) = X509Certificate::from_der(der) else {
            return unread;
        };
        Self {
            subject: distinguished_name(read.subject()),
            issuer: distinguished_name(read.issuer()),
            names: names(&read),
            not_before: time(read.validity().not_before),
            not_after: time(read.validity().not_after),
            ..unread
        }
    }

    /// Whether it names itself as the one who vouches for it.
    pub fn is_self_issued(&self) -> bool {
        !self.subject.is_empty() && self.subject == self.issuer
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{octet:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

fn distinguished_name(name: &X509Name<'_>) -> String {
    shown(&name.to_string())
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = extension.value.general_names.iter();
    names.filter_map(host).take(MAX_NAMES).collect()
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(shown(name)),
        GeneralName::IPAddress(octets) => {
            let v4 = <[u8; 4]>::try_from(*octets).map(IpAddr::from);
            let v6 = || <[u8; 16]>::try_from(*octets).map(IpAddr::from);
            v4.or_else(|_| v6()).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn time(time: ASN1Time) -> Option<SystemTime> {
    let seconds = time.timestamp();
    let distance = Duration::from_secs(seconds.unsigned_abs());
    match seconds < 0 {
        true => UNIX_EPOCH.checked_sub(distance),
        false => UNIX_EPOCH.checked_add(distance),
    }
}

/// A name can neither fill the screen nor turn the words around it the other way.
fn shown(text: &str) -> String {
    let harmless = |sign: &char| !sign.is_control() && !is_format(*sign);
    let mut shown: String = text.chars().filter(harmless).take(MAX_CHARACTERS).collect();
    if text.chars().count() > MAX_CHARACTERS {
        shown.push('…');
    }
    shown
}

/// Signs that steer text and are not seen themselves: direction, joining, invisible operators.
fn is_format(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

const MAX_NAMES: usize = 16;
const MAX_CHARACTERS: usize = 200;

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;

    fn made(common_name: &str, names: &[&str]) -> Vec<u8> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Example");
        params.not_before = rcgen::date_time_ymd(1960, 1, 1);
        params.not_after = rcgen::date_time_ymd(2030, 1, 2);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn whose_it_is_and_until_when_is_read() {
        let der = made(
            "sip.example.test",
            &["sip.example.test", "192.0.2.1", "2001:db8::1"],
        );
        let read = Certificate::read(&der);
        assert_eq!(read.subject, "CN=sip.example.test, O=Example");
        assert!(read.is_self_issued());
        assert_eq!(read.names, ["sip.example.test", "192.0.2.1", "2001:db8::1"]);
        let seconds = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap(),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap(),
        };
        assert_eq!(read.not_before.map(seconds), Some(-315_619_200));
        assert_eq!(read.not_after.map(seconds), Some(1_893_542_400));
    }

    #[test]
    fn a_fingerprint_is_written_as_others_write_it() {
        // `printf '' | sha256sum`
        let empty = Certificate::read(b"").fingerprint.to_string();
        assert!(empty.starts_with("E3:B0:C4:42:98:FC:1C:14:"), "{empty}");
        assert_eq!(empty.len(), 32 * 3 - 1);
    }

    #[test]
    fn what_is_no_certificate_has_a_fingerprint_only() {
        for der in [
            &b""[..],
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            &[0x30; 5_000],
        ] {
            let read = Certificate::read(der);
            assert_eq!((read.subject.as_str(), read.not_after), ("", None));
            assert!(!read.is_self_issued());
        }
    }

    /// Every octet of a real one changed in several ways, and every length of it.
    #[test]
    fn a_broken_certificate_is_read_as_far_as_it_goes() {
        let der = made("sip.example.test", &["sip.example.test", "192.0.2.1"]);
        for at in 0..der.len() {
            Certificate::read(&der[..at]);
            for bits in [0x01, 0x80, 0xff, 0x1f] {
                let mut broken = der.clone();
                broken[at] ^= bits;
                let read = Certificate::read(&broken);
                assert!(read.subject.chars().count() <= MAX_CHARACTERS + 1);
            }
        }
    }

    #[test]
    fn a_name_cannot_take_the_screen_over() {
        let read = Certificate::read(&made("a\u{202e}tset\r\nb\u{200b}", &[]));
        assert_eq!(read.subject, "CN=atsetb, O=Example");
        let read = Certificate::read(&made(&"x".repeat(10_000), &[]));
        assert_eq!(read.subject.chars().count(), MAX_CHARACTERS + 1);
        let many: Vec<String> = (0..100).map(|n| format!("{n}.example.test")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(Certificate::read(&made("x", &many)).names.len(), MAX_NAMES);
    }
}
