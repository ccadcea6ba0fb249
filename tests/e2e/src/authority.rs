//! A certificate authority that is thrown away after the test, and what it certifies.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The authority that clients are told to trust.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A server's certificate with its key.
pub struct Certified {
    pub certificate: rcgen::Certificate,
    pub key: KeyPair,
}

/// When a certificate is good for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Now,
    InThePast,
}

impl Authority {
    #[expect(
        clippy::new_without_default,
        reason = "it makes a key, which takes time"
    )]
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Writes what a client has to trust.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, &self.pem).expect("a folder to write in");
    }

    pub fn certify(&self, name: &str, validity: Validity) -> Certified {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        if validity == Validity::InThePast {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Certified { certificate, key }
    }
}

impl Certified {
    /// What a server needs to be believed.
    pub fn server_config(&self) -> ServerConfig {
        let chain = vec![CertificateDer::from(self.certificate.der().to_vec())];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions that ring knows")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a key that fits")
    }

    /// Writes `cert.pem` and `key.pem`, as servers in C want them.
    pub fn write(&self, folder: &Path) {
        let file = |name: &str, text: String| {
            std::fs::write(folder.join(name), text).expect("a folder to write in");
        };
        file("cert.pem", self.certificate.pem());
        file("key.pem", self.key.serialize_pem());
    }
}
