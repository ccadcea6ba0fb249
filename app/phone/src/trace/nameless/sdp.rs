//! A session description (RFC 8866) for the eyes of strangers: what sound it is stays, where it goes
//! gets stand-ins, and keys and certificates are left out.

use std::net::IpAddr;

use super::stand_ins::{Kind, StandIns, is_number};
use super::{LEFT_OUT, known, value};

pub(super) fn description(body: &str, stand_ins: &mut StandIns) -> String {
    let lines = body
        .lines()
        .map(|line| format!("{}\n", shown(line, stand_ins)));
    lines.collect()
}

fn shown(line: &str, stand_ins: &mut StandIns) -> String {
    let Some((kind, text)) = line.split_once('=') else {
        return LEFT_OUT.to_owned();
    };
    let text = match kind {
        "v" | "t" | "b" | "m" => value::plain(text),
        "o" => origin(text, stand_ins),
        "c" => words(text, Digits::OfSomebody, stand_ins),
        "s" if text == "-" => text.to_owned(),
        "a" => attribute(text, stand_ins),
        "s" | "i" | "u" | "e" | "p" | "k" | "r" | "z" => LEFT_OUT.to_owned(),
        _ => return LEFT_OUT.to_owned(),
    };
    format!("{kind}={text}")
}

/// `o=<user> <session> <version> IN IP4 <address>`.
fn origin(text: &str, stand_ins: &mut StandIns) -> String {
    let mut pieces = text.splitn(3, ' ');
    let user = match pieces.next() {
        Some("-") | None => "-".to_owned(),
        Some(user) => stand_ins.user(user),
    };
    let session = stand_ins.of(Kind::Id, pieces.next().unwrap_or_default());
    let rest = pieces.next().unwrap_or_default();
    let (version, address) = rest.split_once(' ').unwrap_or((rest, ""));
    let version = words(version, Digits::Technical, stand_ins);
    let address = words(address, Digits::OfSomebody, stand_ins);
    format!("{user} {session} {version} {address}")
}

fn attribute(text: &str, stand_ins: &mut StandIns) -> String {
    let (name, text) = match text.split_once(':') {
        Some((name, text)) => (name, Some(text)),
        None => (text, None),
    };
    let lower = name.to_ascii_lowercase();
    let Some(text) = text else {
        let is_known = known::FLAGS.contains(&lower.as_str());
        return if is_known { name } else { LEFT_OUT }.to_owned();
    };
    let shown = match lower.as_str() {
        "candidate" | "remote-candidates" | "rtcp" => words(text, Digits::Technical, stand_ins),
        "fingerprint" => first_words(text, 1),
        // The tag and the suite say what was offered.
        "crypto" => first_words(text, 2),
        "ice-ufrag" | "tls-id" => stand_ins.of(Kind::Id, text),
        attribute if known::ATTRIBUTES.contains(&attribute) => value::plain(text),
        attribute if known::MASKED.contains(&attribute) => LEFT_OUT.to_owned(),
        _ => return LEFT_OUT.to_owned(),
    };
    format!("{name}:{shown}")
}

/// As many words as say what it is; the rest is the secret, or tells of one phone.
fn first_words(text: &str, count: usize) -> String {
    let words = text.split_whitespace().take(count).map(value::plain);
    let mut shown: Vec<String> = words.collect();
    shown.push(LEFT_OUT.to_owned());
    shown.join(" ")
}

/// What a row of digits is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Digits {
    /// A priority, a port, a version.
    Technical,
    /// What stands in the place of an address may be a telephone number (RFC 2848).
    OfSomebody,
}

/// Numbers, words of the standards, and machines.
fn words(text: &str, digits: Digits, stand_ins: &mut StandIns) -> String {
    let shown = text.split_whitespace().map(|word| {
        let is_count = word.len() <= 20 && word.chars().all(|sign| sign.is_ascii_digit());
        let is_count = is_count && digits == Digits::Technical;
        match word.parse::<IpAddr>() {
            Ok(_) => stand_ins.host(word),
            Err(_) if is_count || known::is_word(&word.to_ascii_lowercase()) => word.to_owned(),
            Err(_) if is_number(word) && digits == Digits::OfSomebody => stand_ins.number(word),
            Err(_) if word.contains('.') => stand_ins.host(word),
            Err(_) => stand_ins.of(Kind::Id, word),
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}
