//! Digest authentication, both sides (RFC 3261 §22, RFC 7616, RFC 8760).
//!
//! A user agent owns an [`Authenticator`], which answers 401 and 407 for any number of realms. A
//! server owns a [`Verifier`], which makes challenges and checks what comes back. [`HttpDigest`] is the client
//! side towards a web server. All use the same [`Challenge`] and [`Authorization`], and none ever prints a
//! password.

mod algorithm;
mod authenticator;
mod authorization;
mod challenge;
mod digest;
mod http;
mod param_list;
mod verifier;

use std::fmt;

use zeroize::Zeroizing;

pub use algorithm::Algorithm;
pub use authenticator::{AuthError, Authenticator};
pub use authorization::{Authorization, Protection};
pub use challenge::{Challenge, Qop};
pub use http::HttpDigest;
pub use verifier::{Freshness, Verification, Verifier};

use crate::message::{Headers, StatusCode};

/// What a user proves to know.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub username: String,
    pub password: Password,
}

/// A password. It never prints and is wiped from memory when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    pub fn new(password: impl Into<String>) -> Self {
        Self(Zeroizing::new(password.into()))
    }

    /// The secret itself, for the digest alone.
    fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// Who asks: the user agent server or registrar (401), or a proxy on the way (407).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Challenger {
    Server,
    Proxy,
}

impl Challenger {
    /// Who challenges by this status.
    pub fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => Self::Proxy,
            _ => Self::Server,
        }
    }

    /// The header field of its challenges.
    pub fn challenge_header(self) -> &'static str {
        match self {
            Self::Server => "WWW-Authenticate",
            Self::Proxy => "Proxy-Authenticate",
        }
    }

    /// The header field of the answers.
    pub fn answer_header(self) -> &'static str {
        match self {
            Self::Server => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }
}

/// Reads all challenges of one kind. Fields that are malformed or no Digest are left out.
fn challenges(headers: &Headers, challenger: Challenger) -> Vec<Challenge> {
    let fields = headers.all(challenger.challenge_header());
    fields
        .flat_map(param_list::schemes)
        .filter_map(|scheme| Challenge::read(&scheme))
        .collect()
}

/// Reads all answers of one kind.
fn authorizations(headers: &Headers, challenger: Challenger) -> Vec<Authorization> {
    let fields = headers.all(challenger.answer_header());
    fields
        .flat_map(param_list::schemes)
        .filter_map(|scheme| Authorization::read(&scheme))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_print() {
        let credentials = Credentials {
            username: "alice".into(),
            password: Password::new("Circle of Life"),
        };
        let printed = format!("{credentials:?} {:#?}", credentials.password);
        assert!(!printed.contains("Circle"), "{printed}");
    }
}
