//! Fetches a document over https, and over nothing else: whoever could change it on the way would name
//! the server that is given the user's password.

use std::sync::Arc;
use std::time::Duration;

use hark_words::say;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::MAX_BYTES;

/// Why there is no document, in words for the user.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{}", say!(link_not_found))]
    NotFound,
    #[error("{}", say!(link_status, status = *.0))]
    Status(u16),
    #[error("{}", say!(link_certificate, reason = .0.as_str()))]
    Certificate(String),
    #[error("{}", say!(link_not_secure))]
    NotSecure,
    #[error("{}", say!(link_leads_on))]
    TooManyRedirects,
    #[error("{}", say!(link_too_slow))]
    TooSlow,
    #[error("{}", say!(link_too_long))]
    TooLong,
    #[error("{}", say!(link_no_text))]
    NotText,
    #[error("{}", say!(link_failed, reason = .0.as_str()))]
    Other(String),
}

/// Fetches a page. Blocks for [`LIMIT`] at the longest. `only_authority`, as PEM, is trusted in place of
/// the platform's authorities.
///
/// # Errors
/// Whatever is in the way; a page is given whole or not at all.
pub(crate) fn fetch(url: &str, only_authority: Option<&str>) -> Result<String, FetchError> {
    fetch_within(LIMIT, url, only_authority)
}

fn fetch_within(
    limit: Duration,
    url: &str,
    only_authority: Option<&str>,
) -> Result<String, FetchError> {
    let tls = TlsConfig::builder()
        // The provider of every other connection of the program.
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&authorities(only_authority)))
        .build();
    let agent = ureq::Agent::config_builder()
        .https_only(true)
        .max_redirects(MAX_REDIRECTS)
        .timeout_global(Some(limit))
        .user_agent(concat!("Hark/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
        .build()
        .new_agent();
    let mut page = agent.get(url).call()?;
    let body = page.body_mut().with_config().limit(MAX_BYTES as u64);
    Ok(body.read_to_string()?)
}

fn authorities(only: Option<&str>) -> Vec<Certificate<'static>> {
    if let Some(pem) = only {
        return Vec::from_iter(Certificate::from_pem(pem.as_bytes()));
    }
    let platform = rustls_native_certs::load_native_certs();
    for error in &platform.errors {
        tracing::warn!(%error, "part of the platform's trust store cannot be read");
    }
    let certificates = platform.certs.iter();
    certificates
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect()
}

impl From<ureq::Error> for FetchError {
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
                None => Self::Other(error.to_string()),
            },
            other => Self::Other(other.to_string()),
        }
    }
}

impl FetchError {
    fn of_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(problem) => Self::Certificate(problem.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

/// From the first word to the last, redirects included.
const LIMIT: Duration = Duration::from_secs(15);

/// A link that was moved leads on once or twice.
const MAX_REDIRECTS: u32 = 5;

#[cfg(test)]
mod tests;
