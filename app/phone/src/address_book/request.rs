//! What is asked of the server (RFC 4918 §9.1, RFC 6352 §8.7, RFC 6578 §3.2), and how it answers.

use std::fmt::Write as _;

use url::Url;

/// One request; whoever sends it adds who the user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub depth: Depth,
    /// XML.
    pub body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    PropFind,
    Report,
}

/// How far below its place a request asks (RFC 4918 §10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The place itself.
    Zero,
    /// What lies in it, too.
    One,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    pub status: u16,
    /// `Location`, where there is one.
    pub location: Option<String>,
    /// Each `WWW-Authenticate`.
    pub challenges: Vec<String>,
    pub body: Vec<u8>,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::PropFind => "PROPFIND",
            Self::Report => "REPORT",
        }
    }
}

impl Depth {
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::One => "1",
        }
    }
}

/// What a place is, and where it leads on.
pub(super) fn look(url: Url, depth: Depth) -> Request {
    Request {
        method: Method::PropFind,
        url,
        depth,
        body: format!(
            "{DECLARATION}<D:propfind {NAMESPACES}><D:prop><D:resourcetype/><D:current-user-principal/>\
             <C:addressbook-home-set/><D:sync-token/><D:supported-report-set/></D:prop></D:propfind>"
        ),
    }
}

/// Every card of a book with its version.
pub(super) fn list(url: Url) -> Request {
    Request {
        method: Method::PropFind,
        url,
        depth: Depth::One,
        body: format!(
            "{DECLARATION}<D:propfind {NAMESPACES}><D:prop><D:resourcetype/><D:getetag/></D:prop></D:propfind>"
        ),
    }
}

/// What has changed in a book since the token; everything without one.
pub(super) fn changes(url: Url, token: Option<&str>) -> Request {
    let token = escaped(token.unwrap_or_default());
    Request {
        method: Method::Report,
        url,
        // RFC 6578 §3.2: how deep it goes is said by `sync-level`.
        depth: Depth::Zero,
        body: format!(
            "{DECLARATION}<D:sync-collection {NAMESPACES}><D:sync-token>{token}</D:sync-token>\
             <D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
        ),
    }
}

/// These cards of a book as they are.
pub(super) fn cards<'a>(url: Url, cards: impl IntoIterator<Item = &'a Url>) -> Request {
    let mut body = format!(
        "{DECLARATION}<C:addressbook-multiget {NAMESPACES}><D:prop><D:getetag/><C:address-data/></D:prop>"
    );
    for card in cards {
        // Writing into a string does not fail.
        let _ = write!(body, "<D:href>{}</D:href>", escaped(card.path()));
    }
    body.push_str("</C:addressbook-multiget>");
    Request {
        method: Method::Report,
        url,
        // RFC 6352 §8.7: it is ignored, and some servers want one.
        depth: Depth::One,
        body,
    }
}

/// As the text of an element.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::escape(text)
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
const NAMESPACES: &str = "xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:carddav\"";
