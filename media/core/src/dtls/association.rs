//! One DTLS association, by the crate `rtc-dtls`: datagrams and time go in, datagrams and at last keys
//! come out.
//!
//! What is asked of the other side: DTLS 1.2, ephemeral keys on P-256, X25519 or P-384, a certificate
//! with a key on P-256 or P-384, or of RSA with 2048 bits or more, the extended master secret
//! (RFC 7627), and one of our SRTP profiles (RFC 5764 §4.1.2).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use rtc_dtls::cipher_suite::CipherSuiteId;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto_provider::default_provider;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::error::Error;

use super::gate::{Gate, Stage};
use super::identity::DtlsIdentity;
use crate::sdp::{DtlsAgreement, DtlsRole, Fingerprint, StreamKey};
use crate::srtp::{MasterKey, SrtpSuite};

/// One handshake, and what is left of it.
pub(super) struct Association {
    endpoint: Endpoint,
    gate: Gate,
    stage: Stage,
    role: DtlsRole,
    described: Arc<[Fingerprint]>,
}

/// The keys of both directions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DtlsKeys {
    pub(crate) ours: StreamKey,
    pub(crate) theirs: StreamKey,
}

/// What became of a turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Going,
    Keyed(DtlsKeys),
    Failed(Failure),
}

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The other side has another certificate than it described.
    WrongCertificate,
    /// Nobody answers, or what is answered leads to no keys.
    NoCommonGround,
}

impl Association {
    /// Begins a handshake, or waits for one, as our role says. `None` where the crate takes no
    /// handshake of ours, which it has no reason to.
    pub(super) fn begin(
        now: Instant,
        identity: &DtlsIdentity,
        agreed: &DtlsAgreement,
    ) -> Option<Self> {
        let described: Arc<[Fingerprint]> = agreed.fingerprints.clone().into();
        let config = config(identity, agreed.role, Arc::clone(&described)).ok()?;
        let config = Arc::new(config);
        let local = PEER;
        let endpoint = match agreed.role {
            DtlsRole::Active => {
                let mut endpoint = Endpoint::new(local, Default::default(), None);
                endpoint.connect(now, PEER, config, None).ok()?;
                endpoint
            }
            DtlsRole::Passive => Endpoint::new(local, Default::default(), Some(config)),
        };
        Some(Self {
            endpoint,
            gate: Gate::default(),
            stage: Stage::Shaking,
            role: agreed.role,
            described,
        })
    }

    pub(super) fn handle(&mut self, now: Instant, datagram: &[u8]) -> Step {
        let records = self.gate.pass(self.stage, datagram);
        if records.is_empty() {
            return Step::Going;
        }
        let records = BytesMut::from(&records[..]);
        match self.endpoint.read(now, PEER, None, records) {
            Ok(events) => events.into_iter().fold(Step::Going, |step, event| {
                match event {
                    EndpointEvent::HandshakeComplete => self.finish(),
                    EndpointEvent::PeerClosed => Step::Failed(self.failure()),
                    // Of data there is none, and the crate may come to tell more.
                    _ => step,
                }
            }),
            Err(_) => Step::Failed(self.failure()),
        }
    }

    /// Sends again what was not answered. Cheap; meant to be called every 10 ms.
    pub(super) fn tick(&mut self, now: Instant) -> Step {
        let due = self.endpoint.poll_timeout(&PEER);
        if due.is_none_or(|due| now < due) {
            return Step::Going;
        }
        match self.endpoint.handle_timeout(PEER, now) {
            Ok(()) => Step::Going,
            Err(_) => Step::Failed(self.failure()),
        }
    }

    pub(super) fn next_packet(&mut self) -> Option<Bytes> {
        let transmit = self.endpoint.poll_transmit()?;
        Some(transmit.message.freeze())
    }

    fn failure(&self) -> Failure {
        let state = self.endpoint.get_connection_state(PEER);
        let shown = state.and_then(|state| state.peer_certificates.first());
        match shown {
            Some(shown) if !is_described(&self.described, shown) => Failure::WrongCertificate,
            Some(_) | None => Failure::NoCommonGround,
        }
    }

    fn finish(&mut self) -> Step {
        self.stage = Stage::Done;
        let keys = self.keys();
        keys.map_or_else(|| Step::Failed(self.failure()), Step::Keyed)
    }

    /// Client's key, server's key, client's salt, server's salt (RFC 5764 §4.2).
    fn keys(&self) -> Option<DtlsKeys> {
        let state = self.endpoint.get_connection_state(PEER)?;
        let shown = state.peer_certificates.first()?;
        if !is_described(&self.described, shown) {
            return None;
        }
        let profile = state.srtp_protection_profile();
        let (suite, _) = PROFILES.into_iter().find(|(_, known)| *known == profile)?;
        let (key, salt) = (suite.key_length(), suite.salt_length());
        let material = state
            .export_keying_material(EXPORTER_LABEL, &[], 2 * (key + salt))
            .ok()?;
        let (keys, salts) = material.as_ref().split_at_checked(2 * key)?;
        let stream = |at: usize| {
            let key = keys.get(at * key..)?.get(..key)?;
            let salt = salts.get(at * salt..)?.get(..salt)?;
            let master = MasterKey::new(suite, [key, salt].concat())?;
            Some(StreamKey { master, mki: None })
        };
        let (client, server) = (stream(0)?, stream(1)?);
        Some(match self.role {
            DtlsRole::Active => DtlsKeys {
                ours: client,
                theirs: server,
            },
            DtlsRole::Passive => DtlsKeys {
                ours: server,
                theirs: client,
            },
        })
    }
}

impl fmt::Debug for Association {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Association")
            .field("role", &self.role)
            .field("gate", &self.gate)
            .finish_non_exhaustive()
    }
}

fn config(
    identity: &DtlsIdentity,
    role: DtlsRole,
    described: Arc<[Fingerprint]>,
) -> Result<HandshakeConfig, Error> {
    let provider = default_provider().map_err(|error| Error::Crypto(error.to_string()))?;
    ConfigBuilder::default()
        .with_crypto_provider(provider)
        .with_certificates(vec![identity.certificate.clone()])
        .with_cipher_suites(CIPHER_SUITES.to_vec())
        .with_srtp_protection_profiles(PROFILES.map(|(_, profile)| profile).to_vec())
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_flight_interval(FLIGHT)
        .with_server_name(NOBODY.to_owned())
        // No authority vouches for the certificates of calls; their fingerprints do.
        .with_insecure_skip_verify(true)
        .with_verify_peer_certificate(Some(Arc::new(move |shown, _| {
            let shown = shown.first().ok_or(Error::ErrClientCertificateRequired)?;
            match is_described(&described, shown) {
                true => Ok(()),
                false => Err(Error::ErrInvalidCertificate),
            }
        })))
        .build(role == DtlsRole::Active, Some(PEER))
}

fn is_described(described: &[Fingerprint], certificate: &[u8]) -> bool {
    described.iter().any(|one| one.matches(certificate))
}

/// An association of the crate has an address, ours do not.
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1);

/// The crate sends a name to the server, as a browser does, whether there is one or not.
const NOBODY: &str = "media.invalid";

/// With forward secrecy and authenticated encryption, for keys of either kind.
const CIPHER_SUITES: [CipherSuiteId; 4] = [
    CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
    CipherSuiteId::Tls_Ecdhe_Rsa_With_Aes_128_Gcm_Sha256,
    CipherSuiteId::Tls_Ecdhe_Ecdsa_With_ChaCha20_Poly1305_Sha256,
    CipherSuiteId::Tls_Ecdhe_Rsa_With_ChaCha20_Poly1305_Sha256,
];

/// RFC 5764 §4.1.2, RFC 7714 §14.2; the strongest first.
const PROFILES: [(SrtpSuite, SrtpProtectionProfile); SrtpSuite::ALL.len()] = [
    (
        SrtpSuite::AeadAes256Gcm,
        SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm,
    ),
    (
        SrtpSuite::AeadAes128Gcm,
        SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
    ),
    (
        SrtpSuite::AesCm128HmacSha1_80,
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
    ),
    (
        SrtpSuite::AesCm128HmacSha1_32,
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_32,
    ),
];

/// RFC 5764 §4.2.
const EXPORTER_LABEL: &str = "EXTRACTOR-dtls_srtp";

/// A flight that is not answered is sent again after this, seven times. RFC 6347 §4.2.4.1 begins with
/// a second; people wait for this one.
const FLIGHT: Duration = Duration::from_millis(500);
