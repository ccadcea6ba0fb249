//! URIs: `sip:`, `sips:` and `tel:` in their parts, any other scheme as it is
//! (RFC 3261 §19.1, RFC 3966).
//!
//! A [`Uri`] keeps what it has read as it was written, parameters in their order and escapes
//! untouched, because a URI that comes from a Contact, a Record-Route or a GRUU goes back to its
//! maker. What it prints can always be read again and never holds a blank, a bracket or a control
//! character.

mod compare;
mod escape;
mod fields;

use std::fmt;
use std::str::FromStr;

use super::host::{self, Host};
use super::lexer;

/// A URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    scheme: Scheme,
    body: Body,
    params: UriParams,
    headers: Option<String>,
}

/// The scheme of a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    Sip,
    Sips,
    Tel,
    /// Any other one, in lower case.
    Other(String),
}

/// What stands between the scheme and the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Sip {
        user: Option<String>,
        password: Option<String>,
        host: Host,
        port: Option<u16>,
    },
    /// The number of a `tel:` URI, or all of a URI with a foreign scheme.
    Opaque(String),
}

/// The parameters of a URI in their order, values as written (they know escapes, but no quotes).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UriParams(Vec<(String, Option<String>)>);

/// The text is no URI. It does not say which text: that may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed URI")]
pub struct UriError;

impl Uri {
    /// Makes `sip:user@host`; characters that may not stand in a user part are escaped.
    pub fn sip(user: &str, host: Host) -> Self {
        let user = (!user.is_empty()).then(|| escape::user(user));
        let body = Body::Sip {
            user,
            password: None,
            host,
            port: None,
        };
        Self {
            scheme: Scheme::Sip,
            body,
            params: UriParams::default(),
            headers: None,
        }
    }

    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The user part as it stands on the wire. For a `tel:` URI, its number.
    pub fn user(&self) -> Option<&str> {
        match &self.body {
            Body::Sip { user, .. } => user.as_deref(),
            Body::Opaque(number) if self.scheme == Scheme::Tel => Some(number),
            Body::Opaque(_) => None,
        }
    }

    /// The user part for people: escapes are resolved.
    pub fn user_text(&self) -> Option<String> {
        self.user().map(escape::decode)
    }

    pub fn password(&self) -> Option<&str> {
        match &self.body {
            Body::Sip { password, .. } => password.as_deref(),
            Body::Opaque(_) => None,
        }
    }

    /// The host of a `sip:` or `sips:` URI.
    pub fn host(&self) -> Option<&Host> {
        match &self.body {
            Body::Sip { host, .. } => Some(host),
            Body::Opaque(_) => None,
        }
    }

    pub fn port(&self) -> Option<u16> {
        match &self.body {
            Body::Sip { port, .. } => *port,
            Body::Opaque(_) => None,
        }
    }

    pub fn params(&self) -> &UriParams {
        &self.params
    }

    /// The part after `?`, as written.
    pub fn headers(&self) -> Option<&str> {
        self.headers.as_deref()
    }

    /// Sets the port of a `sip:` or `sips:` URI; others have none.
    pub fn with_port(mut self, new: Option<u16>) -> Self {
        if let Body::Sip { port, .. } = &mut self.body {
            *port = new;
        }
        self
    }

    /// Adds or replaces a parameter; what may not stand in its value is escaped.
    pub fn with_param(mut self, name: &str, value: &str) -> Self {
        self.params.put(name, Some(escape::param(value)));
        self
    }

    /// Adds a parameter without a value, such as `lr`.
    pub fn with_flag(mut self, name: &str) -> Self {
        self.params.put(name, None);
        self
    }

    /// Removes a parameter.
    pub fn without_param(mut self, name: &str) -> Self {
        self.params
            .0
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    /// The URI without parameters, headers and password: what names a user, and nothing of where
    /// and how this user was reached.
    pub fn address(&self) -> Self {
        let body = match &self.body {
            Body::Sip {
                user, host, port, ..
            } => Body::Sip {
                user: user.clone(),
                password: None,
                host: host.clone(),
                port: *port,
            },
            Body::Opaque(text) => Body::Opaque(text.clone()),
        };
        Self {
            scheme: self.scheme.clone(),
            body,
            params: UriParams::default(),
            headers: None,
        }
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        parse(text).ok_or(UriError)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme)?;
        match &self.body {
            Body::Sip {
                user,
                password,
                host,
                port,
            } => {
                if let Some(user) = user {
                    f.write_str(user)?;
                    if let Some(password) = password {
                        write!(f, ":{password}")?;
                    }
                    f.write_str("@")?;
                }
                write!(f, "{host}")?;
                if let Some(port) = port {
                    write!(f, ":{port}")?;
                }
            }
            Body::Opaque(text) => f.write_str(text)?,
        }
        write!(f, "{}", self.params)?;
        match &self.headers {
            Some(headers) => write!(f, "?{headers}"),
            None => Ok(()),
        }
    }
}

impl Scheme {
    fn parse(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let well_formed = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !well_formed {
            return None;
        }
        Some(match text.to_ascii_lowercase().as_str() {
            "sip" => Self::Sip,
            "sips" => Self::Sips,
            "tel" => Self::Tel,
            other => Self::Other(other.to_owned()),
        })
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Tel => "tel",
            Self::Other(scheme) => scheme,
        })
    }
}

impl UriParams {
    /// Tells whether the parameter is there, with a value or without.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own.eq_ignore_ascii_case(name))
    }

    /// The value of a parameter as it stands on the wire; `None` also when it has none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .0
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        value.as_deref()
    }

    /// Names and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    fn put(&mut self, name: &str, value: Option<String>) {
        debug_assert!(lexer::is_token(name), "parameter names are our own tokens");
        match self
            .0
            .iter_mut()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
        {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }
}

impl fmt::Display for UriParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            write!(f, ";{name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

fn parse(text: &str) -> Option<Uri> {
    let (scheme, rest) = lexer::trim(text).split_once(':')?;
    let scheme = Scheme::parse(scheme)?;
    // Deviation: blanks after the colon are not in the grammar, but [MS-OCEXUM] §4.2 prints
    // `<sip: exchange.contoso.com:5066...>` and its servers are the ones to talk to.
    let rest = rest.trim_start_matches([' ', '\t']);
    if rest.is_empty() || rest.contains(|c: char| c.is_ascii_control() || " <>\"".contains(c)) {
        return None;
    }
    match scheme {
        Scheme::Sip | Scheme::Sips => parse_sip(scheme, rest),
        Scheme::Tel => parse_tel(rest),
        Scheme::Other(_) => rest.is_ascii().then(|| Uri {
            scheme,
            body: Body::Opaque(rest.to_owned()),
            params: UriParams::default(),
            headers: None,
        }),
    }
}

fn parse_sip(scheme: Scheme, rest: &str) -> Option<Uri> {
    // A user part may hold `;` and `?` (RFC 4475 §3.1.1.9), so the `@` is looked for first.
    let (userinfo, rest) = match rest.split_once('@') {
        Some((userinfo, rest)) => (Some(userinfo), rest),
        None => (None, rest),
    };
    let (user, password) = match userinfo {
        Some(userinfo) => parse_userinfo(userinfo)?,
        None => (None, None),
    };
    if !rest.is_ascii() {
        return None;
    }
    let (rest, headers) = match rest.split_once('?') {
        Some((rest, headers)) => (rest, Some(headers.to_owned())),
        None => (rest, None),
    };
    let (hostport, params) = match rest.split_once(';') {
        Some((hostport, params)) => (hostport, parse_params(params)?),
        None => (rest, UriParams::default()),
    };
    let (host, port) = host::parse_host_port(hostport)?;
    Some(Uri {
        scheme,
        body: Body::Sip {
            user,
            password,
            host,
            port,
        },
        params,
        headers,
    })
}

fn parse_userinfo(userinfo: &str) -> Option<(Option<String>, Option<String>)> {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(escape::keep_ascii(password))),
        None => (userinfo, None),
    };
    (!user.is_empty()).then(|| (Some(escape::keep_ascii(user)), password))
}

fn parse_tel(rest: &str) -> Option<Uri> {
    let (number, params) = match rest.split_once(';') {
        Some((number, params)) => (number, parse_params(params)?),
        None => (rest, UriParams::default()),
    };
    let number_byte = |byte: u8| byte.is_ascii_hexdigit() || b"+-.()*#%".contains(&byte);
    if number.is_empty() || !number.bytes().all(number_byte) || !rest.is_ascii() {
        return None;
    }
    let body = Body::Opaque(number.to_owned());
    Some(Uri {
        scheme: Scheme::Tel,
        body,
        params,
        headers: None,
    })
}

fn parse_params(text: &str) -> Option<UriParams> {
    let param = |text: &str| {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        (!name.is_empty()).then(|| (name.to_owned(), value))
    };
    text.split(';')
        .map(param)
        .collect::<Option<Vec<_>>>()
        .map(UriParams)
}

#[cfg(test)]
mod tests;
