//! How long a body is (RFC 3261 §20.14).

use crate::message::{Headers, lexer};

/// How many bytes follow a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyLength {
    Known(u64),
    Unknown,
}

impl BodyLength {
    /// Reads Content-Length. Several ones must agree (RFC 4475 §3.3.9). Without any there is no
    /// body, unless Content-Type says that there is one.
    pub fn read(headers: &Headers) -> Self {
        let mut lengths = headers.values("Content-Length").map(Self::parse);
        let Some(first) = lengths.next() else {
            let body_expected = headers.get("Content-Type").is_some();
            return if body_expected {
                Self::Unknown
            } else {
                Self::Known(0)
            };
        };
        if lengths.all(|other| other == first) {
            first
        } else {
            Self::Unknown
        }
    }

    /// Reads one header line on its own; `None` when it is not Content-Length.
    pub fn in_line(line: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(line);
        let (name, value) = text.split_once(':')?;
        let name = lexer::trim(name).to_ascii_lowercase();
        matches!(name.as_str(), "content-length" | "l")
            .then(|| Self::parse(lexer::trim(value.trim_end_matches(['\r', '\n']))))
    }

    /// Reads one value; a negative one or one beyond 64 bits is none.
    pub fn parse(text: &str) -> Self {
        lexer::number(text).map_or(Self::Unknown, Self::Known)
    }
}
