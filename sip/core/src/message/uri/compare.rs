//! When two URIs mean the same (RFC 3261 §19.1.4).

use std::collections::BTreeMap;

use super::escape::{self, Piece};
use super::{Body, Scheme, Uri, UriParams};

impl Uri {
    /// The comparison of RFC 3261 §19.1.4. It is not transitive (two URIs with different unknown
    /// parameters both equal the one without), which is why it is not `==`; that compares every
    /// part as written.
    pub fn equivalent(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && body_equivalent(&self.scheme, &self.body, &other.body)
            && params_equivalent(&self.params, &other.params)
            && headers_equivalent(self.headers.as_deref(), other.headers.as_deref())
    }

    /// Tells whether both name the same user at the same domain: scheme security, parameters,
    /// headers and password do not count, and the scheme's own port equals no port.
    pub fn aor_eq(&self, other: &Self) -> bool {
        match (&self.body, &other.body) {
            (
                Body::Sip { user, host, .. },
                Body::Sip {
                    user: other_user,
                    host: other_host,
                    ..
                },
            ) => {
                component_eq(user.as_deref(), other_user.as_deref(), Case::Matters)
                    && host == other_host
                    && self.effective_port() == other.effective_port()
            }
            (own, others) => {
                self.scheme == other.scheme && body_equivalent(&self.scheme, own, others)
            }
        }
    }

    /// The port with the default of the scheme left out (RFC 3261 §19.1.2: 5060, 5061 for sips).
    fn effective_port(&self) -> Option<u16> {
        let default = if self.scheme == Scheme::Sips {
            5061
        } else {
            5060
        };
        self.port().filter(|port| *port != default)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Matters,
    Ignored,
}

fn body_equivalent(scheme: &Scheme, left: &Body, right: &Body) -> bool {
    match (left, right) {
        (
            Body::Sip {
                user,
                password,
                host,
                port,
            },
            Body::Sip {
                user: user2,
                password: password2,
                host: host2,
                port: port2,
            },
        ) => {
            component_eq(user.as_deref(), user2.as_deref(), Case::Matters)
                && component_eq(password.as_deref(), password2.as_deref(), Case::Matters)
                && host == host2
                && port == port2
        }
        (Body::Opaque(left), Body::Opaque(right)) if *scheme == Scheme::Tel => {
            digits(left).eq(digits(right))
        }
        (Body::Opaque(left), Body::Opaque(right)) => left == right,
        (Body::Sip { .. } | Body::Opaque(_), _) => false,
    }
}

/// Visual separators do not count in telephone numbers (RFC 3966 §4).
fn digits(number: &str) -> impl Iterator<Item = char> {
    number
        .chars()
        .filter(|c| !"-.()".contains(*c))
        .map(|c| c.to_ascii_lowercase())
}

/// A parameter in both must match. Of the parameters in one only, most are ignored, and
/// [`NEVER_IGNORED`] make a difference.
fn params_equivalent(left: &UriParams, right: &UriParams) -> bool {
    let (left, right) = (first_values(left), first_values(right));
    let one_way = |from: &Values<'_>, to: &Values<'_>| {
        from.iter().all(|(name, value)| match to.get(name) {
            Some(others) => component_eq(*value, *others, Case::Ignored),
            None => !NEVER_IGNORED.contains(&name.as_str()),
        })
    };
    one_way(&left, &right) && one_way(&right, &left)
}

type Values<'a> = BTreeMap<String, Option<&'a str>>;

/// By name in lower case. Of a parameter that stands there twice, which RFC 3261 §19.1.1 forbids,
/// the first counts, as for everybody else who reads it.
fn first_values(params: &UriParams) -> Values<'_> {
    let mut values = BTreeMap::new();
    for (name, value) in params.iter() {
        values.entry(name.to_ascii_lowercase()).or_insert(value);
    }
    values
}

/// Headers match in any order, but none may be missing.
fn headers_equivalent(left: Option<&str>, right: Option<&str>) -> bool {
    let list = |headers: Option<&str>| {
        let mut list: Vec<(String, Vec<Piece>)> = headers
            .unwrap_or_default()
            .split('&')
            .map(|header| header.split_once('=').unwrap_or((header, "")))
            .map(|(name, value)| {
                (
                    name.to_ascii_lowercase(),
                    normal(value, Case::Matters).collect(),
                )
            })
            .collect();
        list.sort_by(|a, b| (&a.0, format!("{:?}", a.1)).cmp(&(&b.0, format!("{:?}", b.1))));
        list
    };
    list(left) == list(right)
}

fn component_eq(left: Option<&str>, right: Option<&str>, case: Case) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => normal(left, case).eq(normal(right, case)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Resolves the escapes that change nothing. Those of reserved characters and of `%` stay: there
/// the escape and the character are different things.
fn normal(text: &str, case: Case) -> impl Iterator<Item = Piece> {
    let fold = move |byte: u8| match case {
        Case::Matters => byte,
        Case::Ignored => byte.to_ascii_lowercase(),
    };
    escape::pieces(text).map(move |piece| match piece {
        Piece::Escaped(byte) if !RESERVED.contains(&byte) => Piece::Plain(fold(byte)),
        Piece::Escaped(byte) => Piece::Escaped(byte),
        Piece::Plain(byte) => Piece::Plain(fold(byte)),
    })
}

/// The `reserved` set of RFC 2396 §2.2, and the escape character.
const RESERVED: &[u8] = b";/?:@&=+$,%";

/// Parameters that make a difference when one URI lacks them. The text of §19.1.4 does not list
/// `transport`, but its examples do: `sip:bob@biloxi.com` is not `sip:bob@biloxi.com;transport=udp`.
const NEVER_IGNORED: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];
