//! Fetches a document over https, and over nothing else: whoever could change it on the way would name
//! the server that is given the user's password.

use std::time::Duration;

use hark_words::say;

use super::MAX_BYTES;
use crate::https::{self, Authorities, Fault};

/// Why there is no document, in words for the user.
#[derive(Debug, thiserror::Error)]
#[error("{}", words(.0))]
pub struct FetchError(Fault);

/// Fetches a page. Blocks for [`LIMIT`] at the longest. `only_authority`, as PEM, is trusted in place of
/// the platform's authorities.
///
/// # Errors
/// Whatever is in the way; a page is given whole or not at all.
pub(crate) fn fetch(url: &str, only_authority: Option<&str>) -> Result<String, FetchError> {
    fetch_within(LIMIT, url, only_authority).map_err(|error| FetchError(error.into()))
}

fn fetch_within(
    limit: Duration,
    url: &str,
    only_authority: Option<&str>,
) -> Result<String, ureq::Error> {
    let agent = https::config(&Authorities::only(only_authority))
        .https_only(true)
        .max_redirects(MAX_REDIRECTS)
        .timeout_global(Some(limit))
        .build()
        .new_agent();
    let mut page = agent.get(url).call()?;
    let body = page.body_mut().with_config().limit(MAX_BYTES as u64);
    body.read_to_string()
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::NotFound => say!(link_not_found).to_owned(),
        Fault::Status(status) => say!(link_status, status = *status),
        Fault::Certificate(reason) => say!(link_certificate, reason = reason.as_str()),
        Fault::NotSecure => say!(link_not_secure).to_owned(),
        Fault::TooManyRedirects => say!(link_leads_on).to_owned(),
        Fault::TooSlow => say!(link_too_slow).to_owned(),
        Fault::TooLong => say!(link_too_long).to_owned(),
        Fault::NotText => say!(link_no_text).to_owned(),
        Fault::Unreachable(reason) | Fault::Other(reason) => {
            say!(link_failed, reason = reason.as_str())
        }
    }
}

/// From the first word to the last, redirects included.
const LIMIT: Duration = Duration::from_secs(15);

/// A link that was moved leads on once or twice.
const MAX_REDIRECTS: u32 = 5;

#[cfg(test)]
mod tests;
