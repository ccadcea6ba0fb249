//! Asks a server what [`Sync`] wants to know. It blocks, and is the only part that sees the password.

use std::path::Path;
use std::time::{Duration, Instant};

use ureq::{Agent, http};

use super::book::{Known, News};
use super::error::AddressBookError;
use super::request::{Answer, Request};
use super::server::Server;
use super::sign_in::{SignIn, Verdict};
use super::sync::{Step, Sync};
use crate::command::Password;
use crate::https::{self, Authorities, Fault};
use crate::settings::AddressBookSettings;
use crate::store;

/// Finds out what is new at the server. Blocks for [`LIMIT`] at the longest.
///
/// # Errors
/// With what is in the way; what was found out until then is lost.
pub(crate) fn fetch(
    settings: &AddressBookSettings,
    password: &Password,
    known: Known,
    only_authority: Option<String>,
) -> Result<News, AddressBookError> {
    let server = Server::read(&settings.url)?;
    let authorities = Authorities {
        only: only_authority,
        besides: settings.ca_file.as_deref().map(read).transpose()?,
    };
    let mut client = Client {
        agent: agent(&server, &authorities),
        sign_in: SignIn::new(settings.username.trim(), password),
    };
    let until = Instant::now() + LIMIT;
    let (mut sync, mut request) = Sync::begin(server, known);
    loop {
        if Instant::now() > until {
            return Err(AddressBookError::TooSlow);
        }
        let answer = client.ask_as_user(&request)?;
        request = match sync.answer(&answer) {
            Step::Ask(next) => next,
            Step::Done(news) => return Ok(news),
            Step::Failed(error) => return Err(error),
        };
    }
}

struct Client {
    agent: Agent,
    sign_in: SignIn,
}

impl Client {
    /// Asks until the server knows who asks, or does not want to.
    fn ask_as_user(&mut self, request: &Request) -> Result<Answer, AddressBookError> {
        let mut answer = self.ask(request)?;
        for _ in 0..MOST_PROOFS {
            match self.sign_in.judge(&answer, random_token()?) {
                Verdict::Take => break,
                Verdict::Again => answer = self.ask(request)?,
            }
        }
        Ok(answer)
    }

    fn ask(&mut self, request: &Request) -> Result<Answer, AddressBookError> {
        tracing::debug!(
            method = request.method.name(),
            "asking the address book's server"
        );
        let mut asked = http::Request::builder()
            .method(request.method.name())
            .uri(request.url.as_str());
        if let Some(proof) = self.sign_in.authorization(request)? {
            asked = asked.header("Authorization", proof);
        }
        let asked = asked
            .header("Content-Type", "application/xml; charset=utf-8")
            .header("Depth", request.depth.name())
            .body(request.body.as_str())
            .map_err(|_| AddressBookError::Address)?;
        let mut response = self.agent.run(asked).map_err(Fault::from)?;
        let headers = response.headers();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into();
        let mut answer = Answer {
            status: response.status().as_u16(),
            location: headers.get("Location").map(text),
            challenges: headers
                .get_all("WWW-Authenticate")
                .iter()
                .map(text)
                .collect(),
            body: Vec::new(),
        };
        let body = response.body_mut().with_config().limit(MAX_ANSWER);
        answer.body = body.read_to_vec().map_err(Fault::from)?;
        Ok(answer)
    }
}

/// Redirects are followed by [`Sync`], which knows where to.
fn agent(server: &Server, authorities: &Authorities) -> Agent {
    let config = https::config(authorities)
        .https_only(server.is_https())
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(REQUEST_LIMIT));
    match server.is_https() {
        true => config,
        // The server is on this computer: no proxy shall hear the password.
        false => config.proxy(None),
    }
    .build()
    .new_agent()
}

/// For the `cnonce` of Digest.
fn random_token() -> Result<String, AddressBookError> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets)
        .map_err(|error| AddressBookError::Unreachable(error.to_string()))?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

fn read(ca_file: &Path) -> Result<String, AddressBookError> {
    let wrong = |reason: String| AddressBookError::CaFile(reason);
    let text = store::read_text(ca_file, MAX_CA_FILE).map_err(|error| wrong(error.to_string()))?;
    match https::has_certificate(&text) {
        true => Ok(text),
        false => Err(wrong(format!("{}: no certificate", ca_file.display()))),
    }
}

/// Of one request: without any, another one, and again with a nonce that has not expired.
const MOST_PROOFS: usize = 4;
/// Of a whole run: the first one of a large book over a slow line takes minutes.
const LIMIT: Duration = Duration::from_secs(600);
/// Of one request.
const REQUEST_LIMIT: Duration = Duration::from_secs(60);
/// Bytes: room for a batch of cards with pictures.
const MAX_ANSWER: u64 = 32 << 20;
/// Bytes.
const MAX_CA_FILE: usize = 1 << 20;
