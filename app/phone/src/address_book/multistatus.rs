//! Reads a multistatus answer (RFC 4918 §13), as much of it as the client asks for.
//!
//! Memory and time are in proportion to the length: nothing is expanded but the five entities and the
//! character references that XML has by itself, a document type is refused, and depth, elements and
//! namespaces have limits. What the client does not know is passed over.

use std::collections::BTreeSet;

use quick_xml::NsReader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::error::AddressBookError;

/// What the server says of several places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Multistatus {
    pub(super) items: Vec<Item>,
    /// Stands for this state of a book (RFC 6578 §6.2).
    pub(super) token: Option<String>,
}

/// What it says of one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Item {
    /// As it stands there.
    pub(super) href: String,
    /// Of the place as a whole; `None` where it is told of each property.
    pub(super) status: Option<u16>,
    pub(super) known: Properties,
}

/// Properties that the server has told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Properties {
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) principal: Option<String>,
    pub(super) home_sets: Vec<String>,
    /// Whether changes since a token can be asked for.
    pub(super) tells_changes: bool,
    pub(super) etag: Option<String>,
    /// A vCard.
    pub(super) card: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Collection,
    AddressBook,
}

/// Elements that the client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Multistatus,
    Response,
    Href,
    Status,
    PropStat,
    Prop,
    ResourceType,
    Collection,
    AddressBook,
    Principal,
    HomeSet,
    Reports,
    SupportedReport,
    Report,
    SyncCollection,
    SyncToken,
    Etag,
    Card,
    Unknown,
}

/// Reads an answer.
///
/// # Errors
/// It is no multistatus, or one that nobody sends by mistake.
pub(super) fn read(body: &[u8]) -> Result<Multistatus, AddressBookError> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|_| wrong("not UTF-8"))?;
    let mut xml = NsReader::from_str(text);
    xml.resolver_mut()
        .set_max_declarations_per_element(MAX_NAMESPACES);
    let mut reader = Reader::default();
    loop {
        let (namespace, event) = xml
            .read_resolved_event()
            .map_err(|error| wrong(&error.to_string()))?;
        match event {
            Event::Start(start) => {
                let element = element(namespace, start.local_name().as_ref());
                reader.begins(element)?;
            }
            Event::Empty(start) => {
                let element = element(namespace, start.local_name().as_ref());
                reader.begins(element)?;
                reader.ends();
            }
            Event::End(_) => reader.ends(),
            Event::Text(text) => reader.text(&text.decode().map_err(|_| wrong("text"))?),
            Event::CData(text) => reader.text(&text.decode().map_err(|_| wrong("text"))?),
            Event::GeneralRef(reference) => reader.reference(&reference)?,
            Event::DocType(_) => return Err(wrong("a document type")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return reader.whole(),
        }
    }
}

fn wrong(why: &str) -> AddressBookError {
    AddressBookError::NotUnderstood(why.chars().take(MAX_REASON).collect())
}

fn element(namespace: ResolveResult<'_>, name: &[u8]) -> Element {
    let ResolveResult::Bound(Namespace(namespace)) = namespace else {
        return Element::Unknown;
    };
    match (namespace, name) {
        (DAV, b"multistatus") => Element::Multistatus,
        (DAV, b"response") => Element::Response,
        (DAV, b"href") => Element::Href,
        (DAV, b"status") => Element::Status,
        (DAV, b"propstat") => Element::PropStat,
        (DAV, b"prop") => Element::Prop,
        (DAV, b"resourcetype") => Element::ResourceType,
        (DAV, b"collection") => Element::Collection,
        (DAV, b"current-user-principal") => Element::Principal,
        (DAV, b"supported-report-set") => Element::Reports,
        (DAV, b"supported-report") => Element::SupportedReport,
        (DAV, b"report") => Element::Report,
        (DAV, b"sync-collection") => Element::SyncCollection,
        (DAV, b"sync-token") => Element::SyncToken,
        (DAV, b"getetag") => Element::Etag,
        (CARDDAV, b"addressbook") => Element::AddressBook,
        (CARDDAV, b"addressbook-home-set") => Element::HomeSet,
        (CARDDAV, b"address-data") => Element::Card,
        _ => Element::Unknown,
    }
}

/// Where the reader is, and what it has read.
#[derive(Debug, Default)]
struct Reader {
    /// From the root inwards.
    path: Vec<Element>,
    elements: usize,
    /// Of the innermost element, since it began.
    text: String,
    answer: Option<Multistatus>,
    item: Item,
    /// Places besides that of the item, of which the same status holds (RFC 4918 §14.24).
    others: Vec<String>,
    /// Of the PROPSTAT that is being read.
    properties: Properties,
    status: Option<u16>,
}

impl Reader {
    fn begins(&mut self, element: Element) -> Result<(), AddressBookError> {
        self.elements += 1;
        if self.path.len() >= MAX_DEPTH {
            return Err(wrong("too deep"));
        }
        if self.elements > MAX_ELEMENTS {
            return Err(AddressBookError::TooLarge);
        }
        self.path.push(element);
        self.text.clear();
        if self.path == [Element::Multistatus] {
            self.answer = Some(Multistatus::default());
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// `&amp;` and its four brothers, and characters by number.
    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), AddressBookError> {
        let number = reference.resolve_char_ref();
        if let Some(character) = number.map_err(|_| wrong("a character"))? {
            self.text.push(character);
            return Ok(());
        }
        let name = reference.decode().map_err(|_| wrong("an entity"))?;
        let text = resolve_xml_entity(&name).ok_or_else(|| wrong("an entity"))?;
        self.text.push_str(text);
        Ok(())
    }

    fn ends(&mut self) {
        use Element as E;
        let mut path = std::mem::take(&mut self.path);
        match path.as_slice() {
            [E::Multistatus, E::SyncToken] => {
                let token = self.trimmed();
                if let Some(answer) = &mut self.answer {
                    answer.token = token;
                }
            }
            [E::Multistatus, E::Response] => self.item_ends(),
            [E::Multistatus, E::Response, E::Href] => match self.item.href.is_empty() {
                true => self.item.href = self.text.trim().to_owned(),
                false => self.others.push(self.text.trim().to_owned()),
            },
            [E::Multistatus, E::Response, E::Status] => self.item.status = status(&self.text),
            [E::Multistatus, E::Response, E::PropStat] => self.properties_end(),
            [E::Multistatus, E::Response, E::PropStat, E::Status] => {
                self.status = status(&self.text);
            }
            [
                E::Multistatus,
                E::Response,
                E::PropStat,
                E::Prop,
                property @ ..,
            ] => {
                self.property_ends(property);
            }
            _ => {}
        }
        path.pop();
        self.path = path;
        self.text.clear();
    }

    fn property_ends(&mut self, property: &[Element]) {
        use Element as E;
        match property {
            [E::ResourceType, E::Collection] => self.is(Kind::Collection),
            [E::ResourceType, E::AddressBook] => self.is(Kind::AddressBook),
            [E::Principal, E::Href] => self.properties.principal = self.trimmed(),
            [E::HomeSet, E::Href] => {
                let home = self.trimmed();
                self.properties.home_sets.extend(home);
            }
            // Who has a token tells changes, too.
            [E::SyncToken] => self.properties.tells_changes |= self.trimmed().is_some(),
            [E::Reports, E::SupportedReport, E::Report, E::SyncCollection] => {
                self.properties.tells_changes = true;
            }
            [E::Etag] => self.properties.etag = self.trimmed(),
            [E::Card] => self.properties.card = Some(std::mem::take(&mut self.text)),
            _ => {}
        }
    }

    fn is(&mut self, kind: Kind) {
        self.properties.kinds.insert(kind);
    }

    /// Properties count that the server has, whatever it says of others.
    fn properties_end(&mut self) {
        let properties = std::mem::take(&mut self.properties);
        let status = self.status.take();
        if status.is_none_or(|status| (200..=299).contains(&status)) {
            self.item.known.take(properties);
        }
    }

    fn item_ends(&mut self) {
        let item = std::mem::take(&mut self.item);
        let others = std::mem::take(&mut self.others);
        let Some(answer) = &mut self.answer else {
            return;
        };
        let same = |href: String| Item {
            href,
            status: item.status,
            known: Properties::default(),
        };
        let others: Vec<Item> = others.into_iter().map(same).collect();
        answer.items.push(item);
        answer.items.extend(others);
    }

    fn trimmed(&self) -> Option<String> {
        let text = self.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn whole(self) -> Result<Multistatus, AddressBookError> {
        match self.answer {
            Some(answer) if self.path.is_empty() => Ok(answer),
            Some(_) => Err(wrong("it breaks off")),
            None => Err(wrong("no multistatus")),
        }
    }
}

impl Properties {
    fn take(&mut self, more: Self) {
        self.kinds.extend(more.kinds);
        self.principal = more.principal.or(self.principal.take());
        self.home_sets.extend(more.home_sets);
        self.tells_changes |= more.tells_changes;
        self.etag = more.etag.or(self.etag.take());
        self.card = more.card.or(self.card.take());
    }
}

/// `HTTP/1.1 200 OK`.
fn status(line: &str) -> Option<u16> {
    line.split_whitespace().nth(1)?.parse().ok()
}

const DAV: &[u8] = b"DAV:";
const CARDDAV: &[u8] = b"urn:ietf:params:xml:ns:carddav";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The deepest that is read is a report in the list of those that are supported: nine.
const MAX_DEPTH: usize = 32;
/// Room for all cards of the largest book, a dozen elements each.
const MAX_ELEMENTS: usize = 400_000;
/// Of one element.
const MAX_NAMESPACES: usize = 16;
/// Characters of a technical reason.
const MAX_REASON: usize = 200;

#[cfg(test)]
mod tests;
