//! The shared shape of challenges and answers: `Scheme name=value, name="value"`
//! (RFC 3261 §25.1, RFC 7235 §2.1).

use crate::message::lexer;

/// One scheme with its parameters, quotes and escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scheme {
    name: String,
    params: Vec<(String, String)>,
}

impl Scheme {
    pub fn is_digest(&self) -> bool {
        self.name.eq_ignore_ascii_case("Digest")
    }

    /// The first parameter of this name; peers differ in case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

/// Takes a header field apart. SIP has one scheme in each field; HTTP allows a list of them, and
/// some servers do that here too.
pub(super) fn schemes(field: &str) -> Vec<Scheme> {
    let mut schemes: Vec<Scheme> = Vec::new();
    for piece in lexer::split(field, ',') {
        let (before, value) = match piece.split_once('=') {
            Some((before, value)) => (lexer::trim(before), Some(lexer::trim(value))),
            None => (piece, None),
        };
        let (scheme, name) = match before.split_once([' ', '\t']) {
            Some((scheme, name)) => (Some(scheme), lexer::trim(name)),
            None if value.is_none() => (Some(before), ""),
            None => (None, before),
        };
        if let Some(scheme) = scheme.filter(|scheme| !scheme.is_empty()) {
            schemes.push(Scheme {
                name: scheme.to_owned(),
                params: Vec::new(),
            });
        }
        if let (Some(current), Some(value)) = (schemes.last_mut(), value.and_then(unquote)) {
            current.params.push((name.to_owned(), value));
        }
    }
    schemes
}

/// Takes a value with quotes or, where a peer forgot them, without. A value whose quote is not
/// closed is no value.
fn unquote(value: &str) -> Option<String> {
    if !value.starts_with('"') {
        return Some(value.to_owned());
    }
    let (content, rest) = lexer::take_quoted(value)?;
    rest.is_empty().then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Vec<(String, Vec<(String, String)>)> {
        schemes(field)
            .into_iter()
            .map(|scheme| (scheme.name, scheme.params))
            .collect()
    }

    fn params(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn quotes_escapes_and_single_characters_are_read() {
        assert_eq!(
            read(
                r#"Digest realm="a, \"b\" \\ c" , nonce=n,qop = "auth,auth-int", stale=FALSE, x="", y="#
            ),
            [(
                "Digest".to_owned(),
                params(&[
                    ("realm", r#"a, "b" \ c"#),
                    ("nonce", "n"),
                    ("qop", "auth,auth-int"),
                    ("stale", "FALSE"),
                    ("x", ""),
                    ("y", ""),
                ])
            )]
        );
    }

    #[test]
    fn several_schemes_in_one_field_are_told_apart() {
        assert_eq!(
            read(r#"NTLM, Digest realm="a", nonce=x==, Digest realm=b , Negotiate"#),
            [
                ("NTLM".to_owned(), params(&[])),
                (
                    "Digest".to_owned(),
                    params(&[("realm", "a"), ("nonce", "x==")])
                ),
                ("Digest".to_owned(), params(&[("realm", "b")])),
                ("Negotiate".to_owned(), params(&[])),
            ]
        );
    }

    #[test]
    fn broken_fields_lose_only_what_is_broken() {
        assert_eq!(read(""), []);
        assert_eq!(read("realm=x"), []);
        assert_eq!(
            read(r#"Digest realm="a", nonce="open"#),
            [("Digest".to_owned(), params(&[("realm", "a")]))]
        );
    }
}
