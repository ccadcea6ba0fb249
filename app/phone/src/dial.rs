//! Reads what a person types, pastes or clicks: a number, a name, `user@host`, a `sip:`, `sips:` or
//! `tel:` URI, each with digits behind it for whoever answers ([`script`]).
//!
//! The result is a SIP URI for the request line. Nothing typed reaches the wire except
//! through here, so this is where line breaks end and where the header fields of a URI
//! (`?Subject=...`, RFC 3261 §19.1.1) are dropped: a web page must not write headers of our INVITE.

use std::fmt::Write as _;

use hark_sip::message::Uri;
use hark_words::say;

use crate::account::Account;
use crate::settings::AccountSettings;

mod script;

pub(crate) use script::{Script, Step};

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialled {
    /// A `sip:` or `sips:` URI without headers.
    pub(crate) uri: Uri,
    /// As a person would say it: the number, or `user@host`.
    pub(crate) title: String,
    /// What to send after the answer.
    pub(crate) script: Script,
}

/// Why nobody can be called, as a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    #[error("{}", say!(nothing_to_call))]
    Empty,
    #[error("{}", say!(destination_control_character))]
    ControlCharacter,
    #[error("{}", say!(destination_too_long))]
    TooLong,
    #[error("{}", say!(scheme_unknown, scheme = .0.as_str()))]
    UnknownScheme(String),
    #[error("{}", say!(destination_not_right))]
    NotAnAddress,
}

impl AccountSettings {
    /// Whether what was typed can be called, or sent a call on to, with this account.
    ///
    /// # Errors
    /// With a sentence for the user.
    pub fn check_destination(&self, typed: &str) -> Result<(), DialError> {
        // An account that cannot be read calls nobody; that is told where it is changed.
        match Account::read(self) {
            Ok(account) => parse(typed, &account.domain).map(drop),
            Err(_) => Ok(()),
        }
    }
}

/// Reads `text` for an account at `domain`.
///
/// # Errors
/// With a sentence for the user.
pub(crate) fn parse(text: &str, domain: &str) -> Result<Dialled, DialError> {
    if text.len() > MAX_LENGTH {
        return Err(DialError::TooLong);
    }
    let text = tidy(text)?;
    let (number, script) = script::split(without_brackets(&text));
    Ok(Dialled {
        script,
        ..target(number.trim(), domain)?
    })
}

/// Reads a destination that calls are sent to by others, who send no digits for us.
///
/// # Errors
/// As [`parse`], and for digits behind the number.
pub(crate) fn destination(text: &str, domain: &str) -> Result<Dialled, DialError> {
    let dialled = parse(text, domain)?;
    match dialled.script.is_empty() {
        true => Ok(dialled),
        false => Err(DialError::NotAnAddress),
    }
}

fn target(text: &str, domain: &str) -> Result<Dialled, DialError> {
    if text.is_empty() {
        return Err(DialError::Empty);
    }
    match split_scheme(text) {
        Some(("sip", rest)) => address("sip", rest),
        Some(("sips", rest)) => address("sips", rest),
        Some(("tel", rest)) => telephone(rest, domain),
        Some((scheme, _)) => Err(DialError::UnknownScheme(scheme.to_owned())),
        None => bare(text, domain),
    }
}

/// Turns every digit of the world's scripts into ASCII, drops the invisible marks that pasting
/// brings along, and refuses control characters.
fn tidy(text: &str) -> Result<String, DialError> {
    let mut tidied = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            // Zero-width and bidirectional marks, soft hyphen, byte order mark.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {}
            '\t' => tidied.push(' '),
            _ if character.is_control() => return Err(DialError::ControlCharacter),
            '\u{2028}' | '\u{2029}' => return Err(DialError::ControlCharacter),
            _ if character.is_whitespace() => tidied.push(' '),
            // Hyphens and dashes of typography, full-width signs.
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => tidied.push('-'),
            '\u{ff0b}' => tidied.push('+'),
            '\u{ff0a}' => tidied.push('*'),
            '\u{ff03}' => tidied.push('#'),
            _ => tidied.push(ascii_digit(character).unwrap_or(character)),
        }
    }
    Ok(tidied)
}

/// `Bob <sip:bob@example.test>`, as copied from an address book, is what stands in the brackets.
fn without_brackets(text: &str) -> &str {
    let inner = text
        .split_once('<')
        .and_then(|(_, rest)| rest.rsplit_once('>'))
        .map_or(text, |(inner, _)| inner);
    inner.trim()
}

/// `scheme:rest`. A colon that belongs to a port or an IPv6 address is none of a scheme.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let known = ["sip", "sips", "tel"]
        .into_iter()
        .find(|known| scheme.eq_ignore_ascii_case(known));
    if let Some(known) = known {
        // Some web pages write tel://; it means the same.
        return Some((known, rest.trim_start_matches("//").trim()));
    }
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'));
    let is_port = rest.chars().all(|c| c.is_ascii_digit());
    (is_scheme && !is_port).then_some((scheme, rest))
}

/// Without a scheme: a number, `user@host`, or a name at the account's own domain.
fn bare(text: &str, domain: &str) -> Result<Dialled, DialError> {
    if text.contains('@') {
        return address("sip", text);
    }
    if let Some(number) = number(text) {
        return number_at(&number, "", domain);
    }
    if text.contains(' ') || text.contains(':') || text.contains('/') {
        return Err(DialError::NotAnAddress);
    }
    address("sip", &format!("{text}@{domain}"))
}

/// What follows `sip:`: `user@host;parameters?headers`, or a host alone.
fn address(scheme: &str, text: &str) -> Result<Dialled, DialError> {
    // A user part holds no bare `@`; the headers after the host may.
    let (user, after) = match text.split_once('@') {
        Some((user, after)) => (Some(user), after),
        None => (None, text),
    };
    let after = after.split('?').next().unwrap_or_default();
    let (host, parameters) = match after.split_once(';') {
        Some((host, parameters)) => (host.trim(), parameters),
        None => (after.trim(), ""),
    };
    if !is_host(host) {
        return Err(DialError::NotAnAddress);
    }
    let user = match user {
        Some(user) => Some(escape_user(without_password(user.trim()))?),
        None => None,
    };
    let title = match &user {
        Some(user) => format!("{user}@{host}"),
        None => host.to_owned(),
    };
    let mut uri = format!("{scheme}:{title}");
    for parameter in parameters.split(';').filter(|p| is_parameter(p)) {
        uri.push(';');
        uri.push_str(parameter);
    }
    dialled(&uri, title)
}

/// What follows `tel:` (RFC 3966): a number and its parameters, which become part of the user part
/// of a SIP URI (RFC 3261 §19.1.6).
fn telephone(text: &str, domain: &str) -> Result<Dialled, DialError> {
    let (digits, parameters) = text.split_once(';').unwrap_or((text, ""));
    let digits =
        number(&digits.replace("%23", "#").replace("%20", " ")).ok_or(DialError::NotAnAddress)?;
    let mut kept = String::new();
    for parameter in parameters.split(';').filter(|p| is_parameter(p)) {
        kept.push(';');
        kept.push_str(&parameter.to_ascii_lowercase());
    }
    number_at(&digits, &kept, domain)
}

/// A number that was typed, without its visual separators. `None` if it is none.
pub(crate) fn number(text: &str) -> Option<String> {
    // "+44 (0)20 ..." is how people write a number for home and abroad; the (0) is not dialled.
    let text = if text.starts_with('+') {
        text.replacen("(0)", "", 1)
    } else {
        text.to_owned()
    };
    let mut number = String::new();
    for character in text.chars() {
        match character {
            '0'..='9' | '*' | '#' => number.push(character),
            '+' if number.is_empty() => number.push('+'),
            ' ' | '-' | '.' | '(' | ')' | '/' => {}
            _ => return None,
        }
    }
    number
        .contains(|c: char| c.is_ascii_digit() || matches!(c, '*' | '#'))
        .then_some(number)
}

fn number_at(number: &str, parameters: &str, domain: &str) -> Result<Dialled, DialError> {
    // `#` is no character of a user part (RFC 3261 §25.1).
    let user = number.replace('#', "%23");
    // Only a global number is a telephone number for every server; a short one is an extension.
    let phone = if number.starts_with('+') || !parameters.is_empty() {
        ";user=phone"
    } else {
        ""
    };
    let uri = format!("sip:{user}{parameters}@{domain}{phone}");
    dialled(&uri, number.to_owned())
}

fn dialled(uri: &str, title: String) -> Result<Dialled, DialError> {
    let uri = uri.parse().map_err(|_| DialError::NotAnAddress)?;
    let script = Script::default();
    Ok(Dialled { uri, title, script })
}

/// A password in a URI is a leak, not a credential (RFC 3261 §19.1.1 advises against it).
fn without_password(user: &str) -> &str {
    user.split(':').next().unwrap_or_default()
}

/// Escapes what a user part cannot hold; what is escaped already stays.
fn escape_user(user: &str) -> Result<String, DialError> {
    let names_nobody = !user.contains(|c: char| c.is_alphanumeric() || matches!(c, '*' | '#'));
    if names_nobody || user.contains(' ') {
        return Err(DialError::NotAnAddress);
    }
    let mut escaped = String::with_capacity(user.len());
    for byte in user.bytes() {
        // unreserved and user-unreserved of RFC 3261 §25.1, and `%` of an escape.
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/%".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    Ok(escaped)
}

/// A name, an IPv4 address or a bracketed IPv6 address, with or without a port.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return false;
            };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            (
                "v6",
                port.strip_prefix(':').or(port.is_empty().then_some("")),
            )
        }
        None => match text.split_once(':') {
            Some((name, port)) => (name, Some(port).filter(|port| !port.is_empty())),
            None => (text, Some("")),
        },
    };
    let port_fits = port.is_some_and(|port| port.is_empty() || port.parse::<u16>().is_ok());
    let name_fits = !name.is_empty()
        && name.split('.').all(|label| !label.is_empty())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    port_fits && name_fits
}

/// A parameter that may stay. `method` would change the request (RFC 3261 §19.1.1), and characters
/// outside the grammar would leave the URI.
fn is_parameter(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default();
    !name.is_empty()
        && !name.eq_ignore_ascii_case("method")
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.!~*'()[]/:&+$%=".contains(c))
}

/// The ASCII digit of a decimal digit in another script, by the first digit of its block.
fn ascii_digit(character: char) -> Option<char> {
    ZEROS.iter().find_map(|&zero| {
        let value = u32::from(character).checked_sub(u32::from(zero))?;
        char::from_digit(value, 10).filter(|_| !character.is_ascii())
    })
}

/// The zeros of Unicode's decimal digits (general category Nd) that keyboards in use write.
const ZEROS: [char; 20] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
    '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}',
    '\u{17e0}', '\u{1810}', '\u{a620}', '\u{ff10}',
];

/// Far longer than any number or address of a person, in bytes.
const MAX_LENGTH: usize = 512;

#[cfg(test)]
mod tests;
