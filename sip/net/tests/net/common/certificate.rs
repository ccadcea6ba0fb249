//! Throw-away authorities and the certificates that they sign.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

pub enum Validity {
    Now,
    Past,
    Future,
}

pub struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

pub struct Signed {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("an authority");
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    pub fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub fn sign(&self, names: &[&str], validity: Validity) -> Signed {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        let (from, to) = match validity {
            Validity::Now => (2000, 2900),
            Validity::Past => (2000, 2001),
            Validity::Future => (2900, 2901),
        };
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Signed {
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS#8"),
        }
    }
}

/// Whether a server wants a certificate from its clients.
pub enum Clients<'a> {
    Any,
    Asked(&'a Authority),
    Checked(&'a Authority),
}

/// A certificate that its own key has signed, and its PEM form.
pub fn self_signed(name: &str) -> (Signed, String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([name.to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    let signed = Signed {
        certificate: certificate.der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS#8"),
    };
    (signed, certificate.pem())
}

impl Signed {
    pub fn der(&self) -> &[u8] {
        &self.certificate
    }

    /// A server that speaks every version of TLS that we do.
    pub fn server_config(self, clients: Clients<'_>) -> ServerConfig {
        self.server_config_of(rustls::DEFAULT_VERSIONS, clients)
    }

    pub fn server_config_of(
        self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Clients<'_>,
    ) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(versions)
            .expect("ring speaks TLS 1.2 and 1.3");
        let verifier = |authority: &Authority| {
            let mut roots = RootCertStore::empty();
            roots
                .add(authority.certificate.der().clone())
                .expect("an authority");
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        };
        let builder = match clients {
            Clients::Any => builder.with_no_client_auth(),
            Clients::Asked(authority) => builder.with_client_cert_verifier(
                verifier(authority)
                    .allow_unauthenticated()
                    .build()
                    .expect("a verifier"),
            ),
            Clients::Checked(authority) => {
                builder.with_client_cert_verifier(verifier(authority).build().expect("a verifier"))
            }
        };
        builder
            .with_single_cert(vec![self.certificate], self.key)
            .expect("they belong together")
    }
}
