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
            // Headers in a URI: whatever they hold is not read.
            '?' => cut(rest, rest.find('>').unwrap_or(rest.len())),
            sign if is_separator(sign) => cut(rest, sign.len_utf8()),
            _ => cut(rest, rest.find(ends_piece).unwrap_or(rest.len())),
        };
        match sign {
            '"' => writer.quoted(piece),
            '[' => writer.bracketed(piece),
            '?' => writer.text.push_str(&format!("?{LEFT_OUT}")),
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
    sign.is_ascii_whitespace() || "()<>@,;:\\/]={}".contains(sign)
}

fn ends_piece(sign: char) -> bool {
    is_separator(sign) || "\"[?".contains(sign)
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
            _ if is_machine(word) => (self.stand_ins.host(word), Last::Host),
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
            "tag" | "from-tag" | "to-tag" => self.stand_ins.of(Kind::Tag, value),
            "branch" => self.stand_ins.of(Kind::Branch, value),
            "call-id" => self.stand_ins.of(Kind::Call, value),
            "received" | "maddr" | "realm" | "domain" => self.stand_ins.host(value),
            "username" => self.stand_ins.user(value),
            "nonce" | "opaque" if !known::is_word(&value.to_ascii_lowercase()) => {
                self.stand_ins.of(Kind::Id, value)
            }
            "methods" => plain(value),
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

/// Numbers, words and parameters of the standards, in which nobody is named.
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

/// Makers and versions, without what may be the number of one phone, or its owner's name in brackets.
pub(super) fn product(value: &str) -> String {
    let open = value.find('(').unwrap_or(value.len());
    let (products, comment) = cut(value, open);
    let words = products.split_whitespace().take(MOST_PRODUCTS);
    let mut shown: Vec<&str> = words
        .map(|word| match is_product(word) {
            true => word,
            false => LEFT_OUT,
        })
        .collect();
    shown.extend((!comment.is_empty()).then_some(LEFT_OUT));
    shown.join(" ")
}

/// No address, and no number as long as one of a telephone or of a network card.
fn is_product(word: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || "/.+_-".contains(sign);
    let runs = word.split(|sign: char| !sign.is_ascii_hexdigit());
    let longest = runs.map(str::len).max().unwrap_or_default();
    longest < LONGEST_RUN && word.len() <= LONGEST_PRODUCT && word.chars().all(fits)
}

const LONGEST_PLAIN: usize = 500;
const MOST_PRODUCTS: usize = 8;
const LONGEST_PRODUCT: usize = 40;
/// Of digits, and of those of base 16.
const LONGEST_RUN: usize = 7;
