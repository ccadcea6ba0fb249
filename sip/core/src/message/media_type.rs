//! Media types, as Content-Type has them (RFC 3261 §20.15).

use std::fmt;

use super::lexer;
use super::params::Params;

/// `type/subtype;params`, compared without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    kind: String,
    subtype: String,
    pub params: Params,
}

impl MediaType {
    /// Reads a media type, white space around the slash included.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(';').unwrap_or(text.len());
        let (kind, subtype) = text.get(..end)?.split_once('/')?;
        let (kind, subtype) = (lexer::trim(kind), lexer::trim(subtype));
        if !lexer::is_token(kind) || !lexer::is_token(subtype) {
            return None;
        }
        let params = Params::parse(text.get(end..)?)?;
        Some(Self {
            kind: kind.to_owned(),
            subtype: subtype.to_owned(),
            params,
        })
    }

    /// Compares type and subtype, parameters aside.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// Tells whether the body consists of parts.
    pub fn is_multipart(&self) -> bool {
        self.kind.eq_ignore_ascii_case("multipart")
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.kind, self.subtype, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_read_without_case() {
        let parsed =
            MediaType::parse(r#"Multipart / Mixed ; boundary="a b;c" "#).expect("well-formed");
        assert!(parsed.is("multipart", "mixed") && parsed.is_multipart());
        assert_eq!(parsed.params.get("Boundary"), Some("a b;c"));
        for text in [
            "",
            "application",
            "application/",
            "/sdp",
            "a b/c",
            "a/b;",
            "a/b c",
        ] {
            assert_eq!(MediaType::parse(text), None, "{text:?}");
        }
    }
}
