//! The values of headers, cut at the signs that separate things in all of them (RFC 3261 §25.1): each
//! piece is a word of the standards, which stays, or gets the stand-in of what it is by its place.

use std::net::IpAddr;

use super::LEFT_OUT;
use super::known;
use super::stand_ins::{Kind, StandIns, is_number};

/// A value with names, addresses and parameters in it. What is none of them by its place is `lone`.
pub(super) fn addresses(value: &str, lone: Kind, stand_ins: &mut StandIns) -> String {
    let mut writer = Writer {
        text: String::with_capacity(value.len()),
        stand_ins,
        lone,
        separator: None,
        last: Last::Nothing,
    };
    let mut rest = value;
    while let Some(sign) = rest.chars().next() {
        let (piece, behind) = match sign {
            '"' => cut(rest, quoted(rest)),
            '[' => cut(rest, rest.find(']').map_or(rest.len(), |end| end + 1)),
            '(' => cut(rest, rest.find(')').map_or(rest.len(), |end| end + 1)),
            '?' => cut(rest, rest.find('>').unwrap_or(rest.len())),
            sign if is_separator(sign) => cut(rest, sign.len_utf8()),
            _ => cut(rest, rest.find(ends_piece).unwrap_or(rest.len())),
        };
        match sign {
            '"' => writer.quoted(piece),
            '[' => writer.bracketed(piece),
            '(' => writer.text.push_str(LEFT_OUT),
            '?' => writer.headers(piece),
            sign if is_separator(sign) => writer.separator(sign),
            _ => writer.word(piece, behind.chars().next()),
        }
        rest = behind;
    }
    writer.text
}

/// Where the quoted text ends that this begins with. A `\` takes the meaning from the sign behind it.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (place, sign) in text.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

fn is_separator(sign: char) -> bool {
    sign.is_ascii_whitespace() || ")<>@,;:\\/]={}".contains(sign)
}

fn ends_piece(sign: char) -> bool {
    is_separator(sign) || "\"([?".contains(sign)
}

struct Writer<'a> {
    text: String,
    stand_ins: &'a mut StandIns,
    lone: Kind,
    /// The last sign that separates, white space apart.
    separator: Option<char>,
    last: Last,
}

/// What the last piece was.
enum Last {
    Nothing,
    /// `sip` and the like.
    Scheme,
    Host,
    /// Perhaps the name of a parameter, in lower case.
    Word(String),
}

impl Writer<'_> {
    fn separator(&mut self, sign: char) {
        // A line is a line.
        let shown = if sign.is_ascii_whitespace() {
            ' '
        } else {
            sign
        };
        self.text.push(shown);
        if !sign.is_ascii_whitespace() {
            self.separator = Some(sign);
        }
    }

    fn quoted(&mut self, piece: &str) {
        let inner = piece.strip_prefix('"').unwrap_or(piece);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        let shown = match self.separator {
            _ if inner.is_empty() => String::new(),
            Some('=') => self.parameter(inner),
            _ => self.stand_ins.of(Kind::Name, inner),
        };
        self.text.push_str(&format!("\"{shown}\""));
        self.last = Last::Nothing;
    }

    /// An address of IPv6.
    fn bracketed(&mut self, piece: &str) {
        let inner = piece.trim_start_matches('[').trim_end_matches(']');
        let shown = self.stand_ins.host(inner);
        self.text.push_str(&format!("[{shown}]"));
        self.last = Last::Host;
    }

    /// Headers in a URI. A call that is to be replaced (RFC 3891 §7.1) is known from others of its messages.
    fn headers(&mut self, piece: &str) {
        let headers = piece.trim_start_matches('?').split('&');
        let mut shown: Vec<String> = headers
            .map(|header| match header.split_once('=') {
                Some((name, value)) if name.eq_ignore_ascii_case("Replaces") => {
                    let value = unescaped(value);
                    // A URI in it would have headers again, and so on.
                    let value = value.split('?').next().unwrap_or_default();
                    format!("{name}={}", dialog(value, self.stand_ins))
                }
                Some(_) | None => LEFT_OUT.to_owned(),
            })
            .collect();
        shown.dedup();
        self.text.push_str(&format!("?{}", shown.join("&")));
        self.last = Last::Nothing;
    }

    fn word(&mut self, word: &str, next: Option<char>) {
        let (shown, last) = self.read(word, next);
        self.text.push_str(&shown);
        self.last = last;
        self.separator = None;
    }

    fn read(&mut self, word: &str, next: Option<char>) -> (String, Last) {
        let lower = word.to_ascii_lowercase();
        match (self.separator, next, &self.last) {
            (_, Some('@'), _) => (self.stand_ins.user(word), Last::Nothing),
            (Some('@'), ..) => (self.stand_ins.host(word), Last::Host),
            (Some('='), ..) => (self.parameter(word), Last::Nothing),
            (Some(':'), _, Last::Host) if is_port(word) => (word.to_owned(), Last::Nothing),
            (_, Some(':'), _) if known::SCHEMES.contains(&lower.as_str()) => {
                (word.to_owned(), Last::Scheme)
            }
            _ if known::is_word(&lower) => (word.to_owned(), Last::Word(lower)),
            // Of a name with a dot, digits behind a colon are not known to be a port.
            (separator, _, last) if is_machine(word) => {
                let in_uri = separator == Some(':') && matches!(last, Last::Scheme);
                let last = match in_uri || self.lone == Kind::Host {
                    true => Last::Host,
                    false => Last::Nothing,
                };
                (self.stand_ins.host(word), last)
            }
            _ if is_number(word) => (self.stand_ins.number(word), Last::Nothing),
            (Some(':'), _, Last::Scheme) => (self.stand_ins.host(word), Last::Host),
            _ if self.lone == Kind::Host => (self.stand_ins.host(word), Last::Host),
            _ => (self.stand_ins.of(self.lone, word), Last::Nothing),
        }
    }

    /// The value of the parameter whose name was the last piece.
    fn parameter(&mut self, value: &str) -> String {
        let name = match &self.last {
            Last::Word(name) => name.as_str(),
            Last::Nothing | Last::Scheme | Last::Host => "",
        };
        match name {
            "tag" | "from-tag" | "to-tag" | "local-tag" | "remote-tag" => {
                self.stand_ins.of(Kind::Tag, value)
            }
            "branch" => self.stand_ins.of(Kind::Branch, value),
            "call-id" => self.stand_ins.of(Kind::Call, value),
            "received" | "maddr" | "realm" | "domain" => self.stand_ins.host(value),
            "username" => self.stand_ins.user(value),
            "nonce" | "opaque" if !known::is_word(&value.to_ascii_lowercase()) => {
                self.stand_ins.of(Kind::Id, value)
            }
            "methods"
                if value
                    .split(',')
                    .all(|it| known::is_word(&it.to_ascii_lowercase())) =>
            {
                value.to_owned()
            }
            name if known::COUNTED.contains(&name) && is_count(value) => value.to_owned(),
            _ if known::is_word(&value.to_ascii_lowercase()) => value.to_owned(),
            _ if is_machine(value) => self.stand_ins.host(value),
            _ => self.stand_ins.of(Kind::Id, value),
        }
    }
}

/// An address, or a name with dots.
fn is_machine(word: &str) -> bool {
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || "-.".contains(sign);
    let is_name = word.contains('.')
        && word.chars().all(is_sign)
        && word.chars().any(|sign| sign.is_ascii_alphabetic());
    is_name || word.parse::<IpAddr>().is_ok()
}

fn is_port(word: &str) -> bool {
    word.parse::<u16>().is_ok()
}

/// A number with few digits, or one of the kind of `0.7` and `1.1`.
fn is_count(value: &str) -> bool {
    value.len() <= 10
        && value
            .chars()
            .all(|sign| sign.is_ascii_digit() || sign == '.')
}

/// A Call-ID, and the tags of the dialog that is meant.
pub(super) fn dialog(text: &str, stand_ins: &mut StandIns) -> String {
    let (id, parameters) = text.split_once(';').unwrap_or((text, ""));
    let id = stand_ins.of(Kind::Call, id.trim());
    match parameters {
        "" => id,
        _ => format!("{id};{}", addresses(parameters, Kind::Name, stand_ins)),
    }
}

/// Without the escapes of a URI (RFC 3986 §2.1).
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let (byte, length) = match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => (byte, 3),
            None => (*first, 1),
        };
        bytes.push(byte);
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Words of the standards with their parameters, whose values may be a file's name, or anybody's.
pub(super) fn words(value: &str, stand_ins: &mut StandIns) -> String {
    let items = value.split(',').map(|item| match item.split_once(';') {
        Some((word, parameters)) => {
            let parameters = addresses(parameters, Kind::Name, stand_ins);
            format!("{};{parameters}", plain(word))
        }
        None => plain(item),
    });
    items.collect::<Vec<_>>().join(",")
}

/// Numbers and words of the standards, in which nobody is named.
pub(super) fn plain(value: &str) -> String {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || " ,;:=/.+*_-&#|".contains(sign);
    match value.len() <= LONGEST_PLAIN && value.chars().all(fits) {
        true => value.to_owned(),
        false => LEFT_OUT.to_owned(),
    }
}

/// The number that this begins with.
pub(super) fn number(value: &str) -> String {
    let end = value.find(|sign: char| !sign.is_ascii_digit());
    let (number, rest) = cut(value, end.unwrap_or(value.len()));
    match (number.len() <= 10, rest.is_empty()) {
        (true, true) => number.to_owned(),
        (true, false) => format!("{number} {LEFT_OUT}"),
        (false, _) => LEFT_OUT.to_owned(),
    }
}

const LONGEST_PLAIN: usize = 500;
