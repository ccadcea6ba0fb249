//! What a client answers: the content of Authorization and Proxy-Authorization.

use std::fmt;

use super::Password;
use super::algorithm::Algorithm;
use super::challenge::Qop;
use super::digest::DigestInput;
use super::param_list::{self, Scheme};
use crate::message::lexer;

/// An answered Digest challenge. It shows who answers to what; the response itself is redacted,
/// because it is material for guessing the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    pub username: String,
    pub realm: String,
    pub nonce: String,
    pub uri: String,
    pub(super) response: String,
    pub algorithm: Option<Algorithm>,
    pub opaque: Option<String>,
    /// `None` for RFC 2069 servers, which know neither `cnonce` nor `nc`.
    pub protection: Option<Protection>,
}

/// The parameters that come with a quality of protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    pub qop: Qop,
    pub cnonce: String,
    /// How often this nonce has been used, this time included.
    pub nonce_count: u32,
}

impl Authorization {
    /// Reads the first answer of a header field.
    pub fn parse(field: &str) -> Option<Self> {
        param_list::schemes(field).iter().find_map(Self::read)
    }

    pub(super) fn read(scheme: &Scheme) -> Option<Self> {
        if !scheme.is_digest() {
            return None;
        }
        let algorithm = match scheme.get("algorithm") {
            Some(name) => Some(Algorithm::parse(name)?),
            None => None,
        };
        let protection = match scheme.get("qop") {
            Some(qop) => Some(Protection {
                qop: Qop::parse(qop)?,
                cnonce: scheme.get("cnonce")?.to_owned(),
                nonce_count: parse_count(scheme.get("nc")?)?,
            }),
            None => None,
        };
        Some(Self {
            username: scheme.get("username")?.to_owned(),
            realm: scheme.get("realm")?.to_owned(),
            nonce: scheme.get("nonce")?.to_owned(),
            uri: scheme.get("uri")?.to_owned(),
            response: scheme.get("response")?.to_owned(),
            algorithm,
            opaque: scheme.get("opaque").map(ToOwned::to_owned),
            protection,
        })
    }

    /// Computes what `response` has to be for a request with this method and body, and this password.
    pub(super) fn expected_response(
        &self,
        method: &str,
        body: &[u8],
        password: &Password,
    ) -> String {
        let protection = self.protection.as_ref();
        let nonce_count = protection.map_or(0, |protection| protection.nonce_count);
        let input = DigestInput {
            algorithm: self.algorithm.unwrap_or(Algorithm::MD5),
            username: &self.username,
            realm: &self.realm,
            nonce: &self.nonce,
            cnonce: protection.map_or("", |protection| &protection.cnonce),
            nonce_count: &format!("{nonce_count:08x}"),
            qop: protection.map(|protection| protection.qop),
            method,
            uri: &self.uri,
            body,
        };
        input.response(password)
    }
}

/// RFC 7616 §3.4 says which values stand in quotes and which do not; servers insist on either.
impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = lexer::quote;
        write!(f, "Digest username={}, ", quoted(&self.username))?;
        write!(
            f,
            "realm={}, nonce={}, ",
            quoted(&self.realm),
            quoted(&self.nonce)
        )?;
        write!(
            f,
            "uri={}, response={}",
            quoted(&self.uri),
            quoted(&self.response)
        )?;
        if let Some(algorithm) = self.algorithm {
            write!(f, ", algorithm={algorithm}")?;
        }
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quoted(opaque))?;
        }
        if let Some(Protection {
            qop,
            cnonce,
            nonce_count,
        }) = &self.protection
        {
            write!(
                f,
                ", qop={qop}, cnonce={}, nc={nonce_count:08x}",
                quoted(cnonce)
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

/// Eight hexadecimal digits (RFC 7616 §3.4).
fn parse_count(text: &str) -> Option<u32> {
    let well_formed = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    well_formed
        .then(|| u32::from_str_radix(text, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests;
