//! The certificate that we show in the handshakes of encrypted sound (RFC 5763).
//!
//! It is made anew with every start and named after nobody, so that no two runs of a phone can be told
//! to be the same one's by it. What vouches for it is its fingerprint in the descriptions.

use std::sync::Arc;

use hark_media::DtlsIdentity;
use rcgen::{CertificateParams, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256};

/// A fresh one. `None` when the system gives no random numbers, without which there are no calls either.
pub(crate) fn fresh() -> Option<Arc<DtlsIdentity>> {
    match make() {
        Ok((certificate, key)) => match DtlsIdentity::new(certificate, key) {
            Ok(identity) => Some(Arc::new(identity)),
            Err(error) => {
                tracing::error!(%error, "no handshakes for sound");
                None
            }
        },
        Err(error) => {
            tracing::error!(%error, "no certificate for sound");
            None
        }
    }
}

/// Certificate and key.
fn make() -> Result<(Vec<u8>, Vec<u8>), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let certificate = params.self_signed(&key)?;
    Ok((certificate.der().to_vec(), key.serialize_der()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_is_another_one_and_prints_redacted() {
        let (one, other) = (
            make().expect("random numbers"),
            make().expect("random numbers"),
        );
        assert_ne!(one.0, other.0);
        assert_ne!(one.1, other.1);
        let identity = fresh().expect("random numbers");
        assert_eq!(format!("{identity:?}"), "DtlsIdentity(redacted)");
    }
}
