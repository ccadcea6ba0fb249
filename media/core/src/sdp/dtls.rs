//! Keys by DTLS in SDP (RFC 5763, RFC 8122, RFC 8842): whose certificate is right, and who begins.

use sdp_types::{Attribute, Media, Session};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::agreement::Agreement;
use super::description::values;
use crate::config::{DtlsUse, Encryption, MediaConfig};
use crate::rejection::Rejection;

/// A certificate's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    hash: Hash,
    octets: Vec<u8>,
}

/// The hashes that prove something still (RFC 8122 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// What the other side says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DtlsDescription {
    fingerprints: Vec<Fingerprint>,
    setup: Option<Setup>,
    /// `a=tls-id`: another one asks for another association (RFC 8842 §4).
    tls_id: Option<String>,
}

/// What both sides said. As long as it stays the same, the association does (RFC 8842 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DtlsAgreement {
    /// The other side has one of these certificates.
    pub(crate) fingerprints: Vec<Fingerprint>,
    pub(crate) role: DtlsRole,
    tls_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DtlsRole {
    /// We begin the handshake.
    Active,
    Passive,
}

/// `a=setup` (RFC 4145 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setup {
    ActPass,
    Active,
    Passive,
}

/// What a description of ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutgoingDtls {
    fingerprint: Fingerprint,
    pub(super) setup: Setup,
}

/// Our side of it.
#[derive(Debug)]
pub(super) struct OwnDtls {
    /// `None` for a side that cannot.
    fingerprint: Option<Fingerprint>,
    when: DtlsUse,
}

impl OwnDtls {
    pub(super) fn new(config: &MediaConfig) -> Self {
        let dtls = config
            .dtls
            .as_ref()
            .filter(|_| config.encryption != Encryption::Off);
        Self {
            fingerprint: dtls.map(|dtls| dtls.identity.fingerprint().clone()),
            when: dtls.map_or(DtlsUse::WhenOffered, |dtls| dtls.when),
        }
    }

    pub(super) fn is_possible(&self) -> bool {
        self.fingerprint.is_some()
    }

    /// What an offer says. A session goes on as it has begun; an association that stands keeps its
    /// roles, which are said outright (RFC 8842 §5.2 leaves a new one open).
    pub(super) fn offered(&self, agreement: Option<&Agreement>) -> Option<OutgoingDtls> {
        let setup = match agreement {
            Some(agreement) => agreement.dtls()?.role.setup(),
            None if self.when == DtlsUse::Always => Setup::ActPass,
            None => return None,
        };
        self.saying(setup)
    }

    pub(super) fn answered(&self, agreed: &DtlsAgreement) -> Option<OutgoingDtls> {
        self.saying(agreed.role.setup())
    }

    fn saying(&self, setup: Setup) -> Option<OutgoingDtls> {
        let fingerprint = self.fingerprint.clone()?;
        Some(OutgoingDtls { fingerprint, setup })
    }
}

impl DtlsDescription {
    /// What the stream says goes before what the session says. `None` without a fingerprint that
    /// proves something, and for a side that begins nothing and waits for nothing (`holdconn`).
    pub(super) fn read(session: &Session, media: &Media) -> Option<Self> {
        let of = |name: &'static str| {
            let own: Vec<&str> = values(&media.attributes, name).collect();
            match own.is_empty() {
                true => values(&session.attributes, name).collect(),
                false => own,
            }
        };
        let fingerprints = of("fingerprint").into_iter();
        let fingerprints: Vec<_> = fingerprints
            .filter_map(Fingerprint::parse)
            .take(MAX_FINGERPRINTS)
            .collect();
        let setup = match of("setup").first() {
            None => None,
            Some(&"actpass") => Some(Setup::ActPass),
            Some(&"active") => Some(Setup::Active),
            Some(&"passive") => Some(Setup::Passive),
            Some(_) => return None,
        };
        let tls_id = of("tls-id").first().map(|&id| id.to_owned());
        (!fingerprints.is_empty()).then_some(Self {
            fingerprints,
            setup,
            tls_id: tls_id.filter(|id| id.len() <= MAX_TLS_ID),
        })
    }

    /// What our answer makes of it. Whoever may choose begins, because its first packet then finds
    /// the other side ready (RFC 5763 §5); an association that stands is kept with its roles.
    pub(super) fn answering(&self, before: Option<&DtlsAgreement>) -> DtlsAgreement {
        self.agreed(match self.setup {
            Some(Setup::ActPass) => before
                .filter(|before| **before == self.agreed(before.role))
                .map_or(DtlsRole::Active, |before| before.role),
            Some(Setup::Passive) => DtlsRole::Active,
            // RFC 4145 §4.1: who offers and says nothing begins.
            Some(Setup::Active) | None => DtlsRole::Passive,
        })
    }

    /// What it comes to as the answer to an offer of ours.
    pub(super) fn answered(&self, offered: Setup) -> Result<DtlsAgreement, Rejection> {
        let role = match (offered, self.setup) {
            (Setup::ActPass | Setup::Passive, Some(Setup::Active)) => DtlsRole::Passive,
            // RFC 4145 §4.1: who answers and says nothing waits. The same is made of an answer that
            // leaves the choice to us, which it must not.
            (Setup::ActPass | Setup::Active, Some(Setup::Passive | Setup::ActPass) | None) => {
                DtlsRole::Active
            }
            (Setup::Passive, Some(Setup::ActPass)) => DtlsRole::Passive,
            (Setup::Active, Some(Setup::Active))
            | (Setup::Passive, Some(Setup::Passive) | None) => {
                let both = "both sides want the same part in the handshake";
                return Err(Rejection::Malformed(both.to_owned()));
            }
        };
        Ok(self.agreed(role))
    }

    fn agreed(&self, role: DtlsRole) -> DtlsAgreement {
        DtlsAgreement {
            fingerprints: self.fingerprints.clone(),
            role,
            tls_id: self.tls_id.clone(),
        }
    }
}

impl DtlsRole {
    fn setup(self) -> Setup {
        match self {
            Self::Active => Setup::Active,
            Self::Passive => Setup::Passive,
        }
    }
}

impl OutgoingDtls {
    pub(super) fn attributes(&self) -> [Attribute; 2] {
        let setup = match self.setup {
            Setup::ActPass => "actpass",
            Setup::Active => "active",
            Setup::Passive => "passive",
        };
        [
            Attribute::with_value("fingerprint", self.fingerprint.to_value()),
            Attribute::with_value("setup", setup),
        ]
    }
}

impl Fingerprint {
    /// The one that we say of a certificate of ours.
    pub(crate) fn of(certificate: &[u8]) -> Self {
        let hash = Hash::Sha256;
        Self {
            hash,
            octets: hash.digest(certificate),
        }
    }

    pub(crate) fn matches(&self, certificate: &[u8]) -> bool {
        self.hash.digest(certificate) == self.octets
    }

    /// `None` for other hashes, and for what is not as long as its hash.
    fn parse(value: &str) -> Option<Self> {
        let (name, octets) = value.split_once(char::is_whitespace)?;
        let named = |hash: &Hash| name.eq_ignore_ascii_case(hash.name());
        let hash = Hash::ALL.into_iter().find(named)?;
        let octet = |text: &str| match text.as_bytes() {
            [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                u8::from_str_radix(text, 16).ok()
            }
            _ => None,
        };
        let octets: Option<Vec<u8>> = octets
            .trim()
            .split(':')
            .take(MAX_OCTETS + 1)
            .map(octet)
            .collect();
        let octets = octets.filter(|octets| octets.len() == hash.length())?;
        Some(Self { hash, octets })
    }

    fn to_value(&self) -> String {
        let octets = self.octets.iter().map(|octet| format!("{octet:02X}"));
        let octets: Vec<String> = octets.collect();
        format!("{} {}", self.hash.name(), octets.join(":"))
    }
}

impl Hash {
    const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn digest(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha384 => Sha384::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }
}

/// One of each hash, twice: while certificates change.
const MAX_FINGERPRINTS: usize = 6;

/// Of the longest hash.
const MAX_OCTETS: usize = 64;

/// RFC 8842 §4: an identifier has 20 to 255 characters.
const MAX_TLS_ID: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_fingerprints_of_a_hash_that_proves_something_are_taken() {
        let whole = |octets: usize| ["aB"; 64][..octets].join(":");
        for (name, octets) in [("sha-256", 32), ("SHA-384", 48), ("Sha-512", 64)] {
            let read = Fingerprint::parse(&format!("{name}  {} ", whole(octets))).unwrap();
            assert_eq!(read.octets, vec![0xab; octets]);
            let said = format!("{} {}", name.to_lowercase(), whole(octets).to_uppercase());
            assert_eq!(read.to_value(), said);
        }
        for value in [
            String::new(),
            "sha-256".to_owned(),
            format!("sha-1 {}", whole(20)),
            format!("md5 {}", whole(16)),
            format!("sha-256 {}", whole(31)),
            format!("sha-256 {}", whole(33)),
            format!("sha-512 {}", whole(32)),
            format!("sha-256 {}:A", whole(31)),
            format!("sha-256 {}:+A", whole(31)),
            format!("sha-256 {}:éA", whole(31)),
            format!("sha-256 {}:XY", whole(31)),
        ] {
            assert_eq!(Fingerprint::parse(&value), None, "{value}");
        }
    }

    #[test]
    fn a_certificate_matches_by_any_hash() {
        for hash in Hash::ALL {
            let octets = hash.digest(b"a certificate");
            let said = Fingerprint { hash, octets };
            assert!(said.matches(b"a certificate"));
            assert!(!said.matches(b"another certificate"));
        }
    }

    fn description(setup: Option<Setup>, first: u8, tls_id: Option<&str>) -> DtlsDescription {
        DtlsDescription {
            fingerprints: vec![Fingerprint {
                hash: Hash::Sha256,
                octets: vec![first; 32],
            }],
            setup,
            tls_id: tls_id.map(str::to_owned),
        }
    }

    /// RFC 5763 §5, RFC 4145 §4.1.
    #[test]
    fn who_may_choose_begins() {
        for (setup, role) in [
            (Some(Setup::ActPass), DtlsRole::Active),
            (Some(Setup::Passive), DtlsRole::Active),
            (Some(Setup::Active), DtlsRole::Passive),
            (None, DtlsRole::Passive),
        ] {
            let agreed = description(setup, 1, None).answering(None);
            assert_eq!(agreed.role, role, "{setup:?}");
        }
    }

    #[test]
    fn an_answer_takes_the_other_part() {
        use Setup::{ActPass, Active, Passive};
        for (offered, answered, role) in [
            (ActPass, Some(Active), Some(DtlsRole::Passive)),
            (ActPass, Some(Passive), Some(DtlsRole::Active)),
            (ActPass, Some(ActPass), Some(DtlsRole::Active)),
            (ActPass, None, Some(DtlsRole::Active)),
            (Active, Some(Passive), Some(DtlsRole::Active)),
            (Active, Some(ActPass), Some(DtlsRole::Active)),
            (Active, None, Some(DtlsRole::Active)),
            (Active, Some(Active), None),
            (Passive, Some(Active), Some(DtlsRole::Passive)),
            (Passive, Some(ActPass), Some(DtlsRole::Passive)),
            (Passive, Some(Passive), None),
            (Passive, None, None),
        ] {
            let agreed = description(answered, 1, None).answered(offered);
            let case = format!("{offered:?}, {answered:?}");
            assert_eq!(agreed.ok().map(|agreed| agreed.role), role, "{case}");
        }
    }

    /// RFC 8842 §3.1.
    #[test]
    fn an_association_stays_while_fingerprints_roles_and_tls_id_do() {
        use Setup::{ActPass, Active, Passive};
        let first = description(Some(Active), 1, Some("one")).answering(None);
        assert_eq!(first.role, DtlsRole::Passive);
        for (again, kept) in [
            (description(Some(ActPass), 1, Some("one")), true),
            (description(Some(Active), 1, Some("one")), true),
            (description(Some(Passive), 1, Some("one")), false),
            (description(Some(ActPass), 2, Some("one")), false),
            (description(Some(ActPass), 1, Some("two")), false),
            (description(Some(ActPass), 1, None), false),
        ] {
            assert_eq!(again.answering(Some(&first)) == first, kept, "{again:?}");
        }
    }
}
