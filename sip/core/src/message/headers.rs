//! The header fields of one message, in their order.
//!
//! [`Headers`] wraps rsip's header list, which is the storage and the printer of heads. rsip's own
//! parser and typed headers never see a value: they cut `;opaque=app:voicemail`, lose parameters
//! and let CR LF pass. Here names are matched without case and with their compact forms, several
//! fields of one name stay several, and nothing that is stored can break a line.

mod known;
mod readers;

use std::fmt;

use super::lexer;

pub use readers::{Contacts, HeaderError};

/// An ordered list of header fields.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers(rsip::Headers);

impl Headers {
    /// The value of the first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    /// The values of all fields of this name, each as it was written: two fields with one value
    /// each, or one field with a list, as the sender liked.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields(name)
    }

    /// The values of all fields of this name with lists taken apart. Not for fields whose grammar
    /// has commas elsewhere: Date, Subject and the challenges and credentials of [`crate::auth`].
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields(name).flat_map(|field| lexer::split(field, ','))
    }

    /// Tells whether a list of tokens, such as Supported, holds this one.
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.values(name)
            .any(|value| value.eq_ignore_ascii_case(token))
    }

    /// All fields as name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|header| (known::name(header), known::value(header)))
    }

    /// Adds a field at the end. CR, LF and NUL turn into blanks, whatever the value came from.
    pub fn push(&mut self, name: &str, value: impl fmt::Display) {
        self.0.push(field(name, &value.to_string()));
    }

    /// Adds a field before all others, as a Via is.
    pub fn insert_first(&mut self, name: &str, value: impl fmt::Display) {
        let mut fields = vec![field(name, &value.to_string())];
        fields.extend(std::mem::take(&mut self.0));
        self.0 = fields.into();
    }

    /// Replaces all fields of this name by one, at the place of the first.
    pub fn set(&mut self, name: &str, value: impl fmt::Display) {
        let new = field(name, &value.to_string());
        let mut new = Some(new);
        let name = known::canonical(name);
        let mut fields = Vec::new();
        for header in std::mem::take(&mut self.0) {
            if !known::name(&header).eq_ignore_ascii_case(name) {
                fields.push(header);
            } else if let Some(new) = new.take() {
                fields.push(new);
            }
        }
        fields.extend(new);
        self.0 = fields.into();
    }

    /// Replaces the first field of this name, if there is one.
    pub(crate) fn set_first(&mut self, name: &str, value: impl fmt::Display) {
        let new = field(name, &value.to_string());
        let name = known::canonical(name);
        let mut fields: Vec<_> = std::mem::take(&mut self.0).into_iter().collect();
        let first = fields
            .iter_mut()
            .find(|header| known::name(header).eq_ignore_ascii_case(name));
        if let Some(first) = first {
            *first = new;
        }
        self.0 = fields.into();
    }

    /// Removes all fields of this name.
    pub fn remove(&mut self, name: &str) {
        let name = known::canonical(name);
        self.0
            .retain(|header| !known::name(header).eq_ignore_ascii_case(name));
    }

    /// Writes the head without its start line: the fields, then the one true Content-Length, then
    /// the empty line.
    pub(super) fn write_to(&self, bytes: &mut Vec<u8>, content_length: usize) {
        let mut fields = self.0.clone();
        fields.retain(|header| !matches!(header, rsip::Header::ContentLength(_)));
        fields.push(field("Content-Length", &content_length.to_string()));
        bytes.extend_from_slice(fields.to_string().as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }

    fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        let name = known::canonical(name).to_owned();
        self.0
            .iter()
            .filter(move |header| known::name(header).eq_ignore_ascii_case(&name))
            .map(known::value)
    }
}

/// Shows names only: values carry credentials and personal data.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Makes a field that is harmless on the wire, for names that a configuration gave too.
fn field(name: &str, value: &str) -> rsip::Header {
    let name: String = name
        .bytes()
        .filter(|b| lexer::is_token_byte(*b))
        .map(char::from)
        .collect();
    known::header(&name, lexer::trim(&lexer::clean(value)).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(headers: &Headers) -> String {
        let mut bytes = Vec::new();
        headers.write_to(&mut bytes, 0);
        String::from_utf8(bytes).expect("heads are text")
    }

    #[test]
    fn names_match_in_any_case_and_form() {
        let mut headers = Headers::default();
        headers.push("v", "SIP/2.0/TLS a");
        headers.push("VIA", "SIP/2.0/TLS b");
        headers.push("ms-exchange-COMMAND", "skip-pin");
        assert_eq!(
            headers.all("Via").collect::<Vec<_>>(),
            ["SIP/2.0/TLS a", "SIP/2.0/TLS b"]
        );
        assert_eq!(headers.get("V"), Some("SIP/2.0/TLS a"));
        assert_eq!(headers.get("Ms-Exchange-Command"), Some("skip-pin"));
        assert_eq!(
            printed(&headers),
            "Via: SIP/2.0/TLS a\r\nVia: SIP/2.0/TLS b\r\nms-exchange-COMMAND: skip-pin\r\n\
             Content-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn every_known_header_keeps_its_name_and_value() {
        for name in known::NAMES {
            let mut headers = Headers::default();
            headers.push(&name.to_ascii_uppercase(), "value");
            assert_eq!(headers.get(name), Some("value"), "{name}");
            let line = printed(&headers).to_ascii_lowercase();
            if *name != "Content-Length" {
                assert!(
                    line.starts_with(&format!("{}: value\r\n", name.to_ascii_lowercase())),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn nothing_stored_breaks_a_line() {
        let mut headers = Headers::default();
        headers.push("Subject", "a\r\nEvil: 1\0");
        headers.set("X-Evil: 1\r\nX", "b\nc");
        assert_eq!(
            printed(&headers),
            "Subject: a  Evil: 1\r\nX-Evil1X: b c\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn set_replaces_all_of_one_name_in_place() {
        let mut headers = Headers::default();
        for (name, value) in [
            ("X-A", "1"),
            ("Ms-Exchange-Command", "x"),
            ("x-a", "2"),
            ("X-B", "3"),
        ] {
            headers.push(name, value);
        }
        headers.set("X-A", "4");
        headers.set("X-C", "5");
        headers.remove("x-b");
        headers.insert_first("Via", "v");
        let fields: Vec<_> = headers.iter().collect();
        assert_eq!(
            fields,
            [
                ("Via", "v"),
                ("X-A", "4"),
                ("Ms-Exchange-Command", "x"),
                ("X-C", "5")
            ]
        );
    }

    #[test]
    fn lists_are_taken_apart() {
        let mut headers = Headers::default();
        headers.push("Supported", "gruu, 100rel");
        headers.push("k", "timer");
        assert_eq!(
            headers.values("Supported").collect::<Vec<_>>(),
            ["gruu", "100rel", "timer"]
        );
        assert!(headers.lists("supported", "100REL"));
        assert!(!headers.lists("supported", "path"));
    }
}
