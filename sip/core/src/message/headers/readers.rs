//! Header fields read as what they mean. Reading is lazy: a field that nobody needs may be
//! malformed (RFC 3261 §8.2).

use super::Headers;
use crate::message::cseq::CSeq;
use crate::message::lexer;
use crate::message::media_type::MediaType;
use crate::message::name_addr::NameAddr;
use crate::message::via::Via;

/// Why a header field could not be read. The name is enough: values may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is there more than once")]
    Repeated(&'static str),
    #[error("{0} is malformed")]
    Malformed(&'static str),
}

/// What Contact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contacts {
    /// `*`: all bindings (RFC 3261 §10.2.2).
    Wildcard,
    /// Any number of addresses, none included.
    List(Vec<NameAddr>),
}

impl Contacts {
    /// The addresses; a `*` names none.
    pub fn list(&self) -> &[NameAddr] {
        match self {
            Self::Wildcard => &[],
            Self::List(list) => list,
        }
    }
}

impl Headers {
    /// Reads From.
    pub fn from(&self) -> Result<NameAddr, HeaderError> {
        self.required("From", NameAddr::parse)
    }

    /// Reads To.
    pub fn to(&self) -> Result<NameAddr, HeaderError> {
        self.required("To", NameAddr::parse)
    }

    /// Reads Call-ID, which compares byte by byte.
    pub fn call_id(&self) -> Result<&str, HeaderError> {
        let text = self
            .single("Call-ID")?
            .ok_or(HeaderError::Missing("Call-ID"))?;
        let well_formed = !text.is_empty() && !text.contains([' ', '\t']);
        well_formed
            .then_some(text)
            .ok_or(HeaderError::Malformed("Call-ID"))
    }

    /// Reads CSeq.
    pub fn cseq(&self) -> Result<CSeq, HeaderError> {
        self.required("CSeq", CSeq::parse)
    }

    /// Reads every Via, the topmost first.
    pub fn vias(&self) -> Result<Vec<Via>, HeaderError> {
        self.list("Via", Via::parse)
    }

    /// Reads the topmost Via alone.
    pub fn top_via(&self) -> Result<Via, HeaderError> {
        let top = self
            .values("Via")
            .next()
            .ok_or(HeaderError::Missing("Via"))?;
        Via::parse(top).ok_or(HeaderError::Malformed("Via"))
    }

    /// Reads every Contact.
    pub fn contacts(&self) -> Result<Contacts, HeaderError> {
        if self.values("Contact").any(|value| value == "*") {
            let alone = self.values("Contact").count() == 1;
            return alone
                .then_some(Contacts::Wildcard)
                .ok_or(HeaderError::Malformed("Contact"));
        }
        self.list("Contact", NameAddr::parse).map(Contacts::List)
    }

    /// Reads the first Contact alone: where the other side of a dialog is reached.
    pub fn first_contact(&self) -> Option<NameAddr> {
        self.values("Contact").next().and_then(NameAddr::parse)
    }

    /// Reads Route, Record-Route or any other list of addresses.
    pub fn addresses(&self, name: &'static str) -> Result<Vec<NameAddr>, HeaderError> {
        self.list(name, NameAddr::parse)
    }

    /// Reads Max-Forwards. Numbers above 255 count as 255 (RFC 3261 §20.22 knows no larger ones).
    pub fn max_forwards(&self) -> Result<Option<u8>, HeaderError> {
        self.optional("Max-Forwards", |text| {
            delta(text).map(|n| u8::try_from(n).unwrap_or(u8::MAX))
        })
    }

    /// Reads Expires in seconds. A number that does not fit counts as the largest that does
    /// (RFC 3261 §20.19 ends at 2^32-1).
    pub fn expires(&self) -> Result<Option<u32>, HeaderError> {
        self.optional("Expires", delta)
    }

    /// Reads any header that is a number of seconds: Min-Expires, Retry-After (without its comment
    /// and parameters), Session-Expires (without its parameters).
    pub fn seconds(&self, name: &'static str) -> Result<Option<u32>, HeaderError> {
        self.optional(name, |text| {
            let end = text
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len());
            delta(text.get(..end)?)
        })
    }

    /// Reads Content-Type.
    pub fn content_type(&self) -> Result<Option<MediaType>, HeaderError> {
        self.optional("Content-Type", MediaType::parse)
    }

    fn single(&self, name: &'static str) -> Result<Option<&str>, HeaderError> {
        let mut fields = self.all(name);
        match (fields.next(), fields.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(HeaderError::Repeated(name)),
        }
    }

    fn optional<T>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, HeaderError> {
        let Some(text) = self.single(name)? else {
            return Ok(None);
        };
        read(text).map(Some).ok_or(HeaderError::Malformed(name))
    }

    fn required<T>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, HeaderError> {
        self.optional(name, read)?.ok_or(HeaderError::Missing(name))
    }

    fn list<T>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, HeaderError> {
        self.values(name)
            .map(|text| read(text).ok_or(HeaderError::Malformed(name)))
            .collect()
    }
}

/// Reads delta-seconds, saturating.
fn delta(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| lexer::number(text).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name, value);
        }
        headers
    }

    #[test]
    fn single_headers_must_be_single_and_readable() {
        let none = headers(&[]);
        assert_eq!(none.from(), Err(HeaderError::Missing("From")));
        assert_eq!(none.max_forwards(), Ok(None));
        let twice = headers(&[("f", "<sip:a@b>;tag=1"), ("From", "<sip:a@b>;tag=1")]);
        assert_eq!(twice.from(), Err(HeaderError::Repeated("From")));
        let bad = headers(&[("CSeq", "x"), ("Call-ID", "a b"), ("Expires", "soon")]);
        assert_eq!(bad.cseq(), Err(HeaderError::Malformed("CSeq")));
        assert_eq!(bad.call_id(), Err(HeaderError::Malformed("Call-ID")));
        assert_eq!(bad.expires(), Err(HeaderError::Malformed("Expires")));
    }

    #[test]
    fn large_numbers_saturate() {
        let large = headers(&[
            ("Expires", "10000000000000000000000000"),
            ("Max-Forwards", "300"),
            ("Retry-After", "120 (in a meeting);duration=3600"),
        ]);
        assert_eq!(large.expires(), Ok(Some(u32::MAX)));
        assert_eq!(large.max_forwards(), Ok(Some(255)));
        assert_eq!(large.seconds("Retry-After"), Ok(Some(120)));
    }

    #[test]
    fn contacts_are_a_list_or_a_star() {
        assert_eq!(headers(&[]).contacts(), Ok(Contacts::List(Vec::new())));
        assert_eq!(headers(&[("m", " * ")]).contacts(), Ok(Contacts::Wildcard));
        let mixed = headers(&[("Contact", "*, <sip:a@b>")]);
        assert_eq!(mixed.contacts(), Err(HeaderError::Malformed("Contact")));
        let two = headers(&[("Contact", r#""a,b" <sip:a,b@c>;x="y,z", sip:d@e;q=1"#)]);
        assert_eq!(two.contacts().map(|contacts| contacts.list().len()), Ok(2));
        let empty = headers(&[("Contact", "<sip:a@b>,,<sip:c@d>")]);
        assert_eq!(empty.contacts(), Err(HeaderError::Malformed("Contact")));
    }

    #[test]
    fn vias_of_several_fields_keep_their_order() {
        let vias = headers(&[
            ("Via", "SIP/2.0/TLS a, SIP/2.0/TCP b"),
            ("v", "SIP/2.0/UDP c"),
        ]);
        let hosts: Vec<_> = vias
            .vias()
            .expect("all are readable")
            .iter()
            .map(|v| v.host.to_string())
            .collect();
        assert_eq!(hosts, ["a", "b", "c"]);
        assert_eq!(
            vias.top_via().map(|via| via.transport),
            Ok("TLS".to_owned())
        );
    }
}
