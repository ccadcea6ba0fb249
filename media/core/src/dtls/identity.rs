//! Who we are in a handshake: a certificate that we have signed ourselves.

use std::fmt;

use rtc_dtls::crypto::{Certificate, CryptoPrivateKey};
use rtc_dtls::crypto_provider::{SignatureScheme, default_provider};
use zeroize::Zeroize as _;

use crate::sdp::Fingerprint;

/// A certificate and its key on the curve P-256. Prints redacted.
pub struct DtlsIdentity {
    pub(super) certificate: Certificate,
    fingerprint: Fingerprint,
}

/// The key is no private key on P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key of the certificate cannot be used")]
pub struct NotAnIdentity;

impl DtlsIdentity {
    /// `certificate` as DER (X.509), `private_key` as DER (PKCS #8).
    ///
    /// # Errors
    /// The key is of another kind.
    pub fn new(certificate: Vec<u8>, mut private_key: Vec<u8>) -> Result<Self, NotAnIdentity> {
        let fingerprint = Fingerprint::of(&certificate);
        let provider = default_provider().map_err(|_| NotAnIdentity)?;
        let key = provider
            .crypto()
            .import_signing_key(SignatureScheme::EcdsaP256Sha256, &private_key);
        private_key.zeroize();
        let key = CryptoPrivateKey::from_signing_key(key.map_err(|_| NotAnIdentity)?);
        Ok(Self {
            certificate: Certificate {
                certificate: vec![certificate.into()],
                private_key: key,
            },
            fingerprint,
        })
    }

    /// What our descriptions say of it.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }
}

/// A certificate of a test.
#[cfg(test)]
pub(crate) fn of_a_test() -> std::sync::Arc<DtlsIdentity> {
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap();
    let identity = DtlsIdentity::new(certificate.der().to_vec(), key.serialize_der());
    std::sync::Arc::new(identity.unwrap())
}

impl fmt::Debug for DtlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DtlsIdentity(redacted)")
    }
}
