//! Addresses with a display name and parameters, as From, To, Contact, Route, Record-Route,
//! Diversion and their like carry them (RFC 3261 §20.10).

use std::fmt;

use super::lexer;
use super::params::Params;
use super::uri::Uri;

/// `"Display name" <uri>;params`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    pub display_name: Option<String>,
    pub uri: Uri,
    pub params: Params,
}

impl NameAddr {
    /// An address without display name and parameters.
    pub fn new(uri: Uri) -> Self {
        Self {
            display_name: None,
            uri,
            params: Params::default(),
        }
    }

    /// Reads `name <uri>;params` and the form without brackets, where the parameters belong to the
    /// header and not to the URI (RFC 4475 §3.3.12).
    pub fn parse(text: &str) -> Option<Self> {
        let text = lexer::trim(text);
        match lexer::find_outside(text, '<') {
            Some(at) => parse_bracketed(text.get(..at)?, text.get(at + 1..)?),
            None => parse_bare(text),
        }
    }

    /// The same with a display name; an empty one is none.
    pub fn with_display_name(mut self, name: &str) -> Self {
        let name = lexer::clean(name);
        self.display_name = (!name.trim().is_empty()).then_some(name);
        self
    }

    /// The same with a header parameter.
    pub fn with_param(mut self, name: &str, value: &str) -> Self {
        self.params.set(name, value);
        self
    }

    /// The `tag` of From and To.
    pub fn tag(&self) -> Option<&str> {
        self.param("tag")
    }

    /// The value of a header parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }

    /// The `q` of a Contact in thousandths; 1 where it is missing (RFC 3261 §20.10).
    pub(crate) fn q_thousandths(&self) -> u16 {
        let q = self.param("q").and_then(|q| q.trim().parse::<f32>().ok());
        q.map_or(1000, |q| (q.clamp(0.0, 1.0) * 1000.0) as u16)
    }
}

/// The brackets are always written: without them a URI parameter would turn into a header
/// parameter, and some servers drop a To with `;opaque=` outside of brackets.
impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.display_name {
            write!(f, "{} ", lexer::quote(&lexer::clean(name)))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

fn parse_bracketed(name: &str, rest: &str) -> Option<NameAddr> {
    let (uri, params) = rest.split_once('>')?;
    Some(NameAddr {
        display_name: parse_display_name(lexer::trim(name))?,
        uri: uri.parse().ok()?,
        params: Params::parse(params)?,
    })
}

/// A display name without quotes may only hold tokens and white space. More is accepted, as
/// RFC 4475 §3.1.2.15 permits; a stray quote is not, because then nobody knows where the name ends.
fn parse_display_name(name: &str) -> Option<Option<String>> {
    let name = if name.starts_with('"') {
        let (name, rest) = lexer::take_quoted(name)?;
        rest.is_empty().then_some(name)?
    } else {
        (!name.contains('"')).then(|| name.to_owned())?
    };
    Some((!name.is_empty()).then(|| lexer::clean(&name)))
}

/// A URI with `?` or `,` must stand in brackets (RFC 3261 §20.10); so RFC 4475 §3.1.2.13 is refused.
fn parse_bare(text: &str) -> Option<NameAddr> {
    let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
    let uri = text.get(..end)?;
    if uri.contains(['?', ',']) {
        return None;
    }
    let params = Params::parse(text.get(end..)?)?;
    Some(NameAddr {
        display_name: None,
        uri: uri.parse().ok()?,
        params,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read() {
        for (text, name, uri, params) in [
            (
                "<sip:alice@contoso.com>;tag=1;epid=2",
                None,
                "sip:alice@contoso.com",
                ";tag=1;epid=2",
            ),
            ("sip:a@b;tag=1", None, "sip:a@b", ";tag=1"),
            ("sip:a@b ; tag = 1", None, "sip:a@b", ";tag=1"),
            (
                "caller<sip:caller@example.com>;tag=323",
                Some("caller"),
                "sip:caller@example.com",
                ";tag=323",
            ),
            (
                r#""A. G. \"Bell\" <x>" <sip:a@b;lr>"#,
                Some(r#"A. G. "Bell" <x>"#),
                "sip:a@b;lr",
                "",
            ),
            (r#""" <sip:a@b>"#, None, "sip:a@b", ""),
            (
                "Bell, Alexander <sip:a@b>",
                Some("Bell, Alexander"),
                "sip:a@b",
                "",
            ),
            (
                "  token ~` tok <tel:+1;phone-context=x>  ;q=0.3",
                Some("token ~` tok"),
                "tel:+1;phone-context=x",
                ";q=0.3",
            ),
            (
                "<sip: exchange.contoso.com:5066;transport=Tls>;automata",
                None,
                "sip:exchange.contoso.com:5066;transport=Tls",
                ";automata",
            ),
            (
                "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
                None,
                "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
                "",
            ),
        ] {
            let parsed = NameAddr::parse(text).expect(text);
            assert_eq!(parsed.display_name.as_deref(), name, "{text}");
            assert_eq!(parsed.uri.to_string(), uri, "{text}");
            assert_eq!(parsed.params.to_string(), params, "{text}");
            assert_eq!(NameAddr::parse(&parsed.to_string()), Some(parsed), "{text}");
        }
    }

    #[test]
    fn broken_addresses_are_refused() {
        for text in [
            "",
            "alice",
            "<sip:a@b",
            "sip:a@b>",
            r#""Mr. J. User <sip:j.user@example.com>"#,
            r#""a" b <sip:a@b>"#,
            r#"a "b" <sip:a@b>"#,
            "<sip:a@b> junk",
            "<sip:a@b>;;tag=1",
            "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
            "<>",
            "*",
        ] {
            assert_eq!(NameAddr::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_display_name_cannot_break_out() {
        let uri: Uri = "sip:a@b".parse().expect("the URI is well-formed");
        let address = NameAddr::new(uri).with_display_name("x\" <sip:evil@x>\r\nEvil: 1");
        assert_eq!(
            address.to_string(),
            r#""x\" <sip:evil@x>  Evil: 1" <sip:a@b>"#
        );
    }
}
