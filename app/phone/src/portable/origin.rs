//! Where a document comes from, as a person names it.

use std::path::PathBuf;

use hark_words::say;

/// A file, or a page that is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    /// Begins with `https://`.
    Url(String),
}

/// What was typed is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error("{}", say!(origin_empty))]
    Empty,
    /// Who sits on the way could change what it says.
    #[error("{}", say!(origin_not_secure))]
    NotSecure,
}

impl std::str::FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let text = text.trim();
        match text.split_once("://") {
            _ if text.is_empty() => Err(OriginError::Empty),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => {
                Ok(Self::Url(format!("https://{rest}")))
            }
            Some(_) => Err(OriginError::NotSecure),
            None => Ok(Self::File(text.into())),
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_secure_and_the_rest_is_files() {
        let url = |url: &str| Ok(Origin::Url(url.into()));
        for (text, expected) in [
            ("https://a.test/hark.toml", url("https://a.test/hark.toml")),
            (" HTTPS://a.test/x\n", url("https://a.test/x")),
            ("http://a.test/x", Err(OriginError::NotSecure)),
            ("ftp://a.test/x", Err(OriginError::NotSecure)),
            ("/etc/x.toml", Ok(Origin::File("/etc/x.toml".into()))),
            ("x.toml", Ok(Origin::File("x.toml".into()))),
            (" ", Err(OriginError::Empty)),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
    }
}
