//! What a server asks: the Digest challenge of WWW-Authenticate and Proxy-Authenticate.

use std::fmt;

use super::algorithm::Algorithm;
use super::param_list::{self, Scheme};
use crate::message::lexer;

/// A Digest challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub realm: String,
    pub nonce: String,
    pub opaque: Option<String>,
    /// `None` means MD5 by default (RFC 7616 §3.3), and then the answer names none either.
    pub algorithm: Option<Algorithm>,
    /// The best quality of protection that both sides know. `None` when the server, as in RFC 2069,
    /// knows none.
    pub qop: Option<Qop>,
    /// The answer was right, but its nonce too old.
    pub stale: bool,
}

/// Quality of protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qop {
    Auth,
    /// The body is protected too.
    AuthInt,
}

impl Challenge {
    /// Reads the first challenge of a header field.
    pub fn parse(field: &str) -> Option<Self> {
        param_list::schemes(field).iter().find_map(Self::read)
    }

    /// `None` if it is no Digest, lacks realm or nonce, or asks for what this stack does not know.
    pub(super) fn read(scheme: &Scheme) -> Option<Self> {
        if !scheme.is_digest() {
            return None;
        }
        let algorithm = match scheme.get("algorithm") {
            Some(name) => Some(Algorithm::parse(name)?),
            None => None,
        };
        let qop = match scheme.get("qop") {
            Some(list) if !list.trim().is_empty() => Some(Qop::best(list)?),
            Some(_) | None => None,
        };
        Some(Self {
            realm: scheme.get("realm")?.to_owned(),
            nonce: scheme.get("nonce")?.to_owned(),
            opaque: scheme.get("opaque").map(ToOwned::to_owned),
            algorithm,
            qop,
            stale: scheme
                .get("stale")
                .is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// The algorithm that the answer has to use.
    pub(super) fn effective_algorithm(&self) -> Algorithm {
        self.algorithm.unwrap_or(Algorithm::MD5)
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            realm,
            nonce,
            opaque,
            algorithm,
            qop,
            stale,
        } = self;
        write!(
            f,
            "Digest realm={}, nonce={}",
            lexer::quote(realm),
            lexer::quote(nonce)
        )?;
        if let Some(opaque) = opaque {
            write!(f, ", opaque={}", lexer::quote(opaque))?;
        }
        if let Some(algorithm) = algorithm {
            write!(f, ", algorithm={algorithm}")?;
        }
        if let Some(qop) = qop {
            write!(f, ", qop=\"{qop}\"")?;
        }
        if *stale {
            f.write_str(", stale=true")
        } else {
            Ok(())
        }
    }
}

impl Qop {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "auth" => Some(Self::Auth),
            "auth-int" => Some(Self::AuthInt),
            _ => None,
        }
    }

    /// Picks from a list. `auth` comes first: proxies that change a body break `auth-int`.
    fn best(list: &str) -> Option<Self> {
        let offered: Vec<_> = list.split(',').filter_map(Self::parse).collect();
        if offered.contains(&Self::Auth) {
            Some(Self::Auth)
        } else {
            offered.first().copied()
        }
    }
}

impl fmt::Display for Qop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_liberally() {
        let challenge = Challenge::parse(
            r#"digest NONCE=abc, Realm="x", qop="auth-int , AUTH,token", algorithm="sha-256", stale="TRUE", opaque="""#,
        )
        .expect("the challenge is readable");
        assert_eq!(challenge.algorithm, Some(Algorithm::SHA_256));
        assert_eq!(challenge.qop, Some(Qop::Auth));
        assert!(challenge.stale);
        assert_eq!(challenge.opaque.as_deref(), Some(""));
        assert_eq!(Challenge::parse(&challenge.to_string()), Some(challenge));
    }

    #[test]
    fn what_cannot_be_answered_is_no_challenge() {
        for field in [
            r#"NTLM realm="x", nonce="n""#,
            r#"Digest realm="x""#,
            r#"Digest nonce="n""#,
            r#"Digest realm="x", nonce="n", algorithm=AKAv1-MD5"#,
            r#"Digest realm="x", nonce="n", qop="token""#,
        ] {
            assert_eq!(Challenge::parse(field), None, "{field}");
        }
    }
}
