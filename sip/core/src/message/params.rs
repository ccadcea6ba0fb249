//! Header parameters: `;name=value` after a name-addr, a Via or a media type. URI parameters, which
//! know no quoted strings, are in [`super::uri`].

use std::fmt;

use super::lexer;

/// The parameters of one header field value, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<Param>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Param {
    name: String,
    value: Option<Value>,
}

/// A value and how it was written, because some peers insist on quotes and some on none.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Plain(String),
    Quoted(String),
}

impl Params {
    /// Reads `;a=b;c` or nothing at all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = lexer::trim(text);
        if text.is_empty() {
            return Some(Self::default());
        }
        let list = text.strip_prefix(';')?;
        lexer::split(list, ';')
            .map(parse_param)
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    /// Tells whether the parameter is there, with a value or without.
    pub fn has(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|param| param.name.eq_ignore_ascii_case(name))
    }

    /// The value of the first parameter of this name, without quotes. `None` also for a parameter
    /// without a value, see [`Params::has`].
    pub fn get(&self, name: &str) -> Option<&str> {
        let param = self
            .0
            .iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))?;
        param.value.as_ref().map(Value::text)
    }

    /// Adds or replaces a parameter. The value is quoted if it is no token.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = lexer::clean(value);
        let value = if value.bytes().all(is_plain_byte) && !value.is_empty() {
            Value::Plain(value)
        } else {
            Value::Quoted(value)
        };
        self.put(name, Some(value));
    }

    /// Adds or replaces a parameter whose value stands in quotes by its grammar, as
    /// `+sip.instance` does (RFC 5626 §11.1).
    pub fn set_quoted(&mut self, name: &str, value: &str) {
        self.put(name, Some(Value::Quoted(lexer::clean(value))));
    }

    /// Adds a parameter without a value, if it is not there.
    pub fn set_flag(&mut self, name: &str) {
        self.put(name, None);
    }

    /// Removes all parameters of this name.
    pub fn remove(&mut self, name: &str) {
        self.0
            .retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    /// Names and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0
            .iter()
            .map(|param| (param.name.as_str(), param.value.as_ref().map(Value::text)))
    }

    fn put(&mut self, name: &str, value: Option<Value>) {
        debug_assert!(lexer::is_token(name), "parameter names are our own tokens");
        match self
            .0
            .iter_mut()
            .find(|param| param.name.eq_ignore_ascii_case(name))
        {
            Some(param) => param.value = value,
            None => self.0.push(Param {
                name: name.to_owned(),
                value,
            }),
        }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for param in &self.0 {
            write!(f, ";{}", param.name)?;
            match &param.value {
                Some(Value::Plain(value)) => write!(f, "={value}")?,
                Some(Value::Quoted(value)) => write!(f, "={}", lexer::quote(value))?,
                None => {}
            }
        }
        Ok(())
    }
}

impl Value {
    fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Quoted(text) => text,
        }
    }
}

/// An empty parameter (`;;`) is an error: RFC 4475 §3.1.2.1 asks for a 400.
fn parse_param(text: &str) -> Option<Param> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (lexer::trim(name), Some(parse_value(lexer::trim(value))?)),
        None => (text, None),
    };
    lexer::is_token(name).then(|| Param {
        name: name.to_owned(),
        value,
    })
}

fn parse_value(text: &str) -> Option<Value> {
    if text.starts_with('"') {
        let (content, rest) = lexer::take_quoted(text)?;
        return rest.is_empty().then_some(Value::Quoted(content));
    }
    let plain = !text.is_empty() && !text.contains([' ', '\t', '"']);
    plain.then(|| Value::Plain(text.to_owned()))
}

/// A `token`, or what hosts need besides: `received=[2001:db8::1]` (RFC 5118 §4.5).
fn is_plain_byte(byte: u8) -> bool {
    lexer::is_token_byte(byte) || b"[]:".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_quotes_and_case_are_read() {
        let params = Params::parse(r#" ; Tag = 98 ; lr ; x="a;b \" c" ;+sip.instance="<urn:x>""#)
            .expect("the parameters are well-formed");
        assert_eq!(params.get("tag"), Some("98"));
        assert!(params.has("LR"));
        assert_eq!(params.get("lr"), None);
        assert_eq!(params.get("x"), Some(r#"a;b " c"#));
        assert_eq!(
            params.to_string(),
            r#";Tag=98;lr;x="a;b \" c";+sip.instance="<urn:x>""#
        );
    }

    #[test]
    fn broken_parameters_are_refused() {
        for text in [
            "a=b",
            ";;a",
            ";",
            ";a=",
            ";=b",
            r#";a="b"#,
            r#";a="b"c"#,
            ";a b",
            ";a=b c",
        ] {
            assert_eq!(Params::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_value_that_is_no_token_gets_quotes() {
        let mut params = Params::default();
        params.set("a", "token");
        params.set("b", "two words");
        params.set("c", "<urn:x>\r\nEvil: 1");
        params.set("A", "other");
        assert_eq!(
            params.to_string(),
            r#";a=other;b="two words";c="<urn:x>  Evil: 1""#
        );
    }
}
