//! How this program fetches from web servers: over https with the certificates of the platform, with
//! limits, and with one list of what can be in the way.

use std::sync::Arc;

use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

/// Whose word on certificates counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Authorities {
    /// In place of all others, as PEM.
    pub(crate) only: Option<String>,
    /// Besides those of the platform, as PEM.
    pub(crate) besides: Option<String>,
}

/// What was in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the server is not found")]
    NotFound,
    /// An answer, but not the one that was asked for.
    #[error("HTTP {0}")]
    Status(u16),
    #[error("{0}")]
    Certificate(String),
    #[error("not https")]
    NotSecure,
    #[error("too many redirects")]
    TooManyRedirects,
    #[error("no answer in time")]
    TooSlow,
    #[error("the answer is too long")]
    TooLong,
    #[error("the answer is no text")]
    NotText,
    /// There is no connection, or it broke off.
    #[error("{0}")]
    Unreachable(String),
    #[error("{0}")]
    Other(String),
}

/// What is the same for everything that is fetched. Limits are the caller's.
pub(crate) fn config(authorities: &Authorities) -> ConfigBuilder<AgentScope> {
    let tls = TlsConfig::builder()
        // The provider of every other connection of the program.
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&authorities.certificates()))
        .build();
    ureq::Agent::config_builder()
        .user_agent(concat!("Hark/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
}

impl Authorities {
    pub(crate) fn only(pem: Option<&str>) -> Self {
        Self {
            only: pem.map(str::to_owned),
            besides: None,
        }
    }

    fn certificates(&self) -> Vec<Certificate<'static>> {
        if let Some(pem) = &self.only {
            return of_pem(pem).collect();
        }
        let platform = rustls_native_certs::load_native_certs();
        for error in &platform.errors {
            tracing::warn!(%error, "part of the platform's trust store cannot be read");
        }
        let certificates = platform.certs.iter();
        certificates
            .map(|certificate| Certificate::from_der(certificate).to_owned())
            .chain(self.besides.iter().flat_map(|pem| of_pem(pem)))
            .collect()
    }
}

/// Whether there is anybody to trust in a text.
pub(crate) fn has_certificate(pem: &str) -> bool {
    of_pem(pem).next().is_some()
}

/// Every certificate of a text; what is none is passed over.
fn of_pem(pem: &str) -> impl Iterator<Item = Certificate<'static>> {
    ureq::tls::parse_pem(pem.as_bytes()).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        Ok(_) | Err(_) => None,
    })
}

impl From<ureq::Error> for Fault {
    fn from(error: ureq::Error) -> Self {
        use ureq::Error as Ureq;
        match error {
            Ureq::StatusCode(status) => Self::Status(status),
            Ureq::HostNotFound => Self::NotFound,
            Ureq::RequireHttpsOnly(_) => Self::NotSecure,
            Ureq::TooManyRedirects => Self::TooManyRedirects,
            Ureq::Timeout(_) => Self::TooSlow,
            Ureq::BodyExceedsLimit(_) => Self::TooLong,
            Ureq::Rustls(error) => Self::of_tls(&error),
            Ureq::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
                Some(tls) => Self::of_tls(tls),
                None if error.kind() == std::io::ErrorKind::InvalidData => Self::NotText,
                None => Self::Unreachable(error.to_string()),
            },
            Ureq::ConnectionFailed => Self::Unreachable("no connection".into()),
            other => Self::Other(other.to_string()),
        }
    }
}

impl Fault {
    fn of_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(problem) => Self::Certificate(problem.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}
