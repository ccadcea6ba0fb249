//! Who is trusted: the platform's authorities, an account's own, and which names a certificate
//! may carry.
//!
//! A server is right when its certificate is valid for any of the target's names: the host that
//! the user configured or the SIP domain (RFC 5922 §7.1). What DNS said never counts.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use hark_sip::FlowError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use crate::certificate::Certificate;

/// Why an account's own authorities could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("the certificate file cannot be read: {0}")]
    Unreadable(String),
    #[error("the certificate file holds no certificate")]
    Empty,
}

/// The authorities of one account.
#[derive(Debug)]
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
}

impl Trust {
    pub(crate) fn load(ca_file: Option<&Path>) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        let platform = rustls_native_certs::load_native_certs();
        for error in &platform.errors {
            tracing::warn!(%error, "part of the platform's trust store cannot be read");
        }
        roots.add_parsable_certificates(platform.certs);
        if let Some(path) = ca_file {
            add_pem(&mut roots, &read(path)?)?;
        }
        Ok(Self::with_roots(roots))
    }

    pub(crate) fn only(pem: &str) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        add_pem(&mut roots, pem.as_bytes())?;
        Ok(Self::with_roots(roots))
    }

    pub(crate) fn nobody() -> Self {
        Self::with_roots(RootCertStore::empty())
    }

    fn with_roots(roots: RootCertStore) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Self {
            provider,
            roots: Arc::new(roots),
        }
    }

    /// A client configuration that accepts a certificate for any of `names`, and tells `shown` what
    /// there was to accept. A server that asks for a client certificate gets none and may go on
    /// without.
    pub(crate) fn client_config(
        &self,
        names: &[String],
        shown: &Shown,
    ) -> Result<ClientConfig, FlowError> {
        let verifier =
            WebPkiServerVerifier::builder_with_provider(self.roots.clone(), self.provider.clone())
                .build()
                // No authority at all is trusted.
                .map_err(|_| FlowError::CertificateUnknownIssuer)?;
        let names = names
            .iter()
            .filter_map(|name| ServerName::try_from(name.clone()).ok());
        let verifier = AnyName {
            verifier,
            names: names.collect(),
            shown: shown.clone(),
        };
        let config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| FlowError::Tls(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(config)
    }
}

/// The certificates in a file of authorities, for a person to look at: those that [`Connector::new`]
/// would trust.
///
/// # Errors
/// When the file cannot be read or holds no certificate.
///
/// [`Connector::new`]: crate::Connector::new
pub fn authorities(path: &Path) -> Result<Vec<Certificate>, TrustError> {
    let pem = read(path)?;
    add_pem(&mut RootCertStore::empty(), &pem)?;
    let certificates = CertificateDer::pem_slice_iter(&pem).flatten();
    Ok(certificates.map(|der| Certificate::read(&der)).collect())
}

/// What a person names may be a device that never ends, or a pipe that never begins.
fn read(path: &Path) -> Result<Vec<u8>, TrustError> {
    let unreadable = |error: io::Error| TrustError::Unreadable(error.to_string());
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(TrustError::Unreadable("it is no file".into()));
    }
    let mut pem = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let limited = &mut file.take(LARGEST_FILE);
    limited.read_to_end(&mut pem).map_err(unreadable)?;
    Ok(pem)
}

fn add_pem(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), TrustError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).flatten().collect();
    let (added, _unusable) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        Err(TrustError::Empty)
    } else {
        Ok(())
    }
}

/// rustls' own verifier, asked once for each name that would do. It decides on everything else.
#[derive(Debug)]
struct AnyName {
    verifier: Arc<WebPkiServerVerifier>,
    names: Vec<ServerName<'static>>,
    shown: Shown,
}

/// The certificates that a server has shown, whatever became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown(Arc<OnceLock<Vec<CertificateDer<'static>>>>);

impl Shown {
    pub(crate) fn chain(&self) -> Vec<Certificate> {
        let chain = self.0.get().into_iter().flatten();
        chain.map(|der| Certificate::read(der)).collect()
    }

    fn note(&self, end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain
            .take(LONGEST_CHAIN)
            .map(|der| der.clone().into_owned());
        // A connection has one handshake.
        let _ = self.0.set(chain.collect());
    }
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.shown.note(end_entity, intermediates);
        let mut refusal = rustls::Error::InvalidCertificate(CertificateError::NotValidForName);
        for name in &self.names {
            match self.verifier.verify_server_cert(
                end_entity,
                intermediates,
                name,
                ocsp_response,
                now,
            ) {
                Ok(verified) => return Ok(verified),
                Err(error) if is_wrong_name(&error) => refusal = error,
                Err(error) => return Err(error),
            }
        }
        Err(refusal)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

fn is_wrong_name(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

/// What a failed handshake means for the person who waits for it.
pub(crate) fn handshake_error(error: &io::Error) -> FlowError {
    tls_error(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            FlowError::Tls("the server closed the connection during the handshake".into())
        }
        kind => FlowError::Tls(kind.to_string()),
    })
}

/// What TLS itself has to say about a failure; with TLS 1.3 a server refuses a client after the
/// handshake, so this can come at the first read.
pub(crate) fn tls_error(error: &io::Error) -> Option<FlowError> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(problem) => Some(certificate_error(problem)),
        other => Some(FlowError::Tls(other.to_string())),
    }
}

fn certificate_error(problem: &CertificateError) -> FlowError {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            FlowError::CertificateExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            FlowError::CertificateNotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            FlowError::CertificateWrongName
        }
        // An authority that bears a trusted name but not its key is a stranger too.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            FlowError::CertificateUnknownIssuer
        }
        other => FlowError::CertificateOther(other.to_string()),
    }
}

/// All authorities of the world fit into a fifth of it.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Certificates of a chain that are kept; real ones have two or three.
const LONGEST_CHAIN: usize = 10;
