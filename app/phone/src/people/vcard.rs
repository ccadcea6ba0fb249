//! Contacts as vCards: versions 3.0 (RFC 2426) and 4.0 (RFC 6350) both ways, and the 2.1 that phones
//! write, with its quoted-printable text.
//!
//! Only what can be called is read: a name, telephone numbers and SIP addresses. Pictures, birthdays,
//! mail and fax stay behind. A card that cannot be read costs that card alone.

use vcard::param::VcardParam;
use vcard::prop::VcardProp;
use vcard::tree::cst::VcardCst;
use vcard::tree::line::VcardLine;
use vcard::tree::value::cursor::VcardValueCursor;
use vcard::value::VcardValue;
use vcard::value::n::VcardN;
use vcard::value::text::VcardTextList;
use vcard::vcard::Vcard;
use vcard::version::VcardVersion;

use super::contact::{AddressLabel, ContactAddress, ContactCard};

/// A contact with the name that programs know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub uid: Option<String>,
    pub card: ContactCard,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cards {
    pub cards: Vec<Card>,
    /// How many there are of which nothing can be called, or that cannot be read at all.
    pub skipped: usize,
}

/// Which version to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// What every phone and address book reads.
    #[default]
    V3,
    V4,
}

/// Reads all cards of a file. Takes time in proportion to its length.
pub fn read(file: &[u8]) -> Cards {
    let file = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let mut cards = Cards::default();
    for text in split(file) {
        match VcardCst::parse(text).ok().and_then(card) {
            Some(card) if cards.cards.len() < MAX_CARDS => cards.cards.push(card),
            Some(_) | None => cards.skipped += 1,
        }
    }
    cards
}

/// Writes cards one after the other.
pub fn write<'a>(cards: impl IntoIterator<Item = &'a Card>, version: Version) -> String {
    let cards = cards.into_iter();
    cards.map(|card| encoded(card, version)).collect()
}

/// The cards of a file, each from its BEGIN to its END. A card within a card (the AGENT of 2.1) belongs
/// to the outer one; one that does not end, ends where the next one begins.
fn split(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = file;
    std::iter::from_fn(move || {
        let begin = find_line(rest, b"BEGIN:VCARD")?;
        let card = rest.get(begin..)?;
        let end = end_of(card);
        rest = card.get(end..).unwrap_or_default();
        card.get(..end)
    })
}

fn end_of(card: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    for line in card.split_inclusive(|&byte| byte == b'\n') {
        let word = line.trim_ascii();
        let is_property = line.trim_ascii_start().len() == line.len();
        if word.eq_ignore_ascii_case(b"BEGIN:VCARD") {
            // An AGENT follows its property at once; any other BEGIN is the next card.
            if depth > 0 && !follows_agent(card.get(..at).unwrap_or_default()) {
                return at;
            }
            depth += 1;
        }
        at += line.len();
        if is_property && word.eq_ignore_ascii_case(b"END:VCARD") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at;
            }
        }
    }
    at
}

fn follows_agent(before: &[u8]) -> bool {
    let lines = before.trim_ascii_end().rsplit(|&byte| byte == b'\n');
    let last = lines.into_iter().next().unwrap_or_default();
    let name = last.get(..5).unwrap_or_default();
    name.eq_ignore_ascii_case(b"AGENT")
}

fn find_line(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        if line.trim_ascii().eq_ignore_ascii_case(wanted) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// What can be called of a card.
fn card(source: VcardCst<'_>) -> Option<Card> {
    let mut uid = None;
    let (mut full_name, mut name, mut organisation) = (None, None, None);
    let mut favourite = false;
    let mut addresses: Vec<(Preference, ContactAddress)> = Vec::new();
    let mut cards_within = 0_usize;
    for mut line in source.props.into_iter().take(MAX_LINES) {
        let property = line.bare_name().to_ascii_uppercase();
        match property.as_str() {
            "BEGIN" => cards_within += 1,
            "END" => cards_within = cards_within.saturating_sub(1),
            _ => {}
        }
        if cards_within > 0 {
            continue;
        }
        let types = types(&line);
        let text = text(&mut line);
        match property.as_str() {
            "UID" => uid = uid.or(filled(text.trim()).filter(|uid| uid.len() <= MAX_UID)),
            "FN" => full_name = full_name.or(filled(&text)),
            "N" => name = name.or(filled(&given_and_family(&text))),
            "ORG" => organisation = organisation.or(filled(text.split(';').next()?)),
            "CATEGORIES" => favourite |= text.split(',').any(is_starred),
            "TEL" | "IMPP" | "X-SIP" | "X-EVOLUTION-SIP" => {
                addresses.extend(address(&property, &text, &types));
            }
            _ => {}
        }
    }
    // The preferred one first; the others stay in their order.
    addresses.sort_by_key(|(preference, _)| *preference);
    let card = ContactCard {
        name: full_name.or(name).or(organisation)?,
        addresses: addresses.into_iter().map(|(_, address)| address).collect(),
        favourite,
    }
    .tidied();
    let can_be_called = !card.name.is_empty() && !card.addresses.is_empty();
    can_be_called.then_some(Card { uid, card })
}

/// As `PREF` has it: 1 is the most preferred (RFC 6350 §5.3).
type Preference = u8;

fn address(property: &str, text: &str, types: &[String]) -> Option<(Preference, ContactAddress)> {
    let is = |name: &str| types.iter().any(|known| known == name);
    let is_fax = (is("fax") || is("pager")) && !is("voice");
    let is_sip = ["sip:", "sips:", "tel:"].iter().any(|scheme| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    // IMPP holds addresses of chat programs, too.
    if is_fax || (property == "IMPP" && !is_sip) {
        return None;
    }
    let label = if is("cell") || is("iphone") {
        AddressLabel::Mobile
    } else if is("work") {
        AddressLabel::Work
    } else if is("home") {
        AddressLabel::Home
    } else {
        AddressLabel::Other
    };
    let numbered = types.iter().find_map(|known| known.strip_prefix("pref="));
    let preference = match numbered {
        Some(number) => number.parse().unwrap_or(LEAST_PREFERRED),
        None if is("pref") => 1,
        None => LEAST_PREFERRED,
    };
    // `tel:` says no more than the number behind it, as long as nothing else is behind that.
    let number = text.get(4..).filter(|_| text.starts_with("tel:"));
    let address = number
        .filter(|number| !number.contains(';'))
        .unwrap_or(text);
    let address = address.trim().to_owned();
    Some((preference, ContactAddress { label, address }))
}

/// The values of TYPE in small letters, those that 2.1 writes without its name, and `pref=N`.
fn types(line: &VcardLine<'_>) -> Vec<String> {
    let mut types = Vec::new();
    for param in line.params.iter().take(MAX_PARAMETERS) {
        let name = param.name.get().to_ascii_lowercase();
        let values = param.values.iter().map(|value| value.get());
        // `TYPE="work,voice"` is seen as well (RFC 6350 §5.6).
        let values = values.flat_map(|value| value.trim_matches('"').split(','));
        match name.as_str() {
            "type" => types.extend(values.map(str::to_ascii_lowercase)),
            "pref" => types.extend(values.map(|value| format!("pref={value}"))),
            _ if param.values.is_empty() => types.push(name),
            _ => {}
        }
    }
    types
}

/// The value as text: its encoding taken off, and read as Latin-1 where it is not UTF-8, which is what
/// old phones wrote.
fn text(line: &mut VcardLine<'_>) -> String {
    let bytes = VcardValueCursor { line }.quoted_printable();
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
    }
}

/// `Raman;Priya;;;` as people say it.
fn given_and_family(name: &str) -> String {
    let mut parts = name.split(';').map(str::trim);
    let family = parts.next().unwrap_or_default();
    let given = parts.next().unwrap_or_default();
    format!("{given} {family}").trim().to_owned()
}

fn is_starred(category: &str) -> bool {
    let category = category.trim().trim_start_matches('*').trim();
    category.eq_ignore_ascii_case(STARRED)
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn encoded(card: &Card, version: Version) -> String {
    let Card { uid, card } = card;
    let mut properties = vec![VcardProp::text("FN", vec![], card.name.as_str())];
    properties.push(VcardProp {
        value: VcardValue::N(structured(&card.name)),
        ..VcardProp::text("N", vec![], "")
    });
    if let Some(uid) = uid {
        properties.push(VcardProp::text("UID", vec![], uid.as_str()));
    }
    properties.extend(card.addresses.iter().map(|it| property(it, version)));
    if card.favourite {
        properties.push(VcardProp {
            value: VcardValue::TextList(VcardTextList(vec![STARRED.into()])),
            ..VcardProp::text("CATEGORIES", vec![], "")
        });
    }
    let version = match version {
        Version::V3 => VcardVersion::V3_0,
        Version::V4 => VcardVersion::V4_0,
    };
    let card = Vcard {
        version,
        properties,
    };
    card.to_string()
}

/// The last word is taken for the family's name, which 3.0 wants to know (RFC 2426 §3.1.2).
fn structured(name: &str) -> VcardN<'_> {
    let (given, family) = name.rsplit_once(' ').unwrap_or(("", name));
    let part = |text: &'_ str| -> Vec<std::borrow::Cow<'_, str>> {
        match text.is_empty() {
            true => vec![],
            false => vec![text.to_owned().into()],
        }
    };
    VcardN {
        family: part(family),
        given: part(given),
        ..VcardN::default()
    }
}

fn property(entry: &ContactAddress, version: Version) -> VcardProp<'_> {
    let kind = match (entry.label, version) {
        (AddressLabel::Mobile, _) => Some("cell"),
        (AddressLabel::Work, _) => Some("work"),
        (AddressLabel::Home, _) => Some("home"),
        (AddressLabel::Other, Version::V3) => Some("voice"),
        (AddressLabel::Other, Version::V4) => None,
    };
    let types = kind.map(|kind| VcardParam::Type(vec![kind.into()]));
    let params = types.into_iter().collect();
    let address = entry.address.as_str();
    let has_scheme = ["sip:", "sips:"].iter().any(|it| address.starts_with(it));
    if has_scheme {
        VcardProp::text("IMPP", params, address)
    } else if address.contains('@') {
        VcardProp::text("IMPP", params, format!("sip:{address}"))
    } else {
        VcardProp::text("TEL", params, address)
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The category of favourites in the exports of others.
const STARRED: &str = "starred";

/// The end of the range of `PREF` (RFC 6350 §5.3).
const LEAST_PREFERRED: u8 = 100;

/// As many as the address book holds.
const MAX_CARDS: usize = 100_000;
/// Far more than any card has.
const MAX_LINES: usize = 2_000;
const MAX_PARAMETERS: usize = 32;
/// In bytes.
const MAX_UID: usize = 256;

#[cfg(test)]
mod tests;
