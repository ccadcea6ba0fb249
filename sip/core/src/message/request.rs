//! Requests (RFC 3261 §7.1).

use super::headers::{HeaderError, Headers};
use super::method::Method;
use super::multipart;
use super::uri::Uri;

/// A request. Its header fields are read through [`Request::headers`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub uri: Uri,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Request {
    /// Makes a request without any header field.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self {
            method,
            uri,
            headers: Headers::default(),
            body: Vec::new(),
        }
    }

    /// Gives the request a body of this media type.
    pub fn set_body(&mut self, content_type: &str, body: Vec<u8>) {
        self.headers.set("Content-Type", content_type);
        self.body = body;
    }

    /// The session description that the body is or contains.
    pub fn session_description(&self) -> Option<&[u8]> {
        multipart::session_description(&self.headers, &self.body)
    }

    /// The bytes on the wire, with Content-Length.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} SIP/2.0\r\n", self.method, self.uri).into_bytes();
        self.headers.write_to(&mut bytes, self.body.len());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Checks what every request needs before it can be matched or answered (RFC 3261 §8.1.1).
    /// Via and Max-Forwards may be missing: the Play-On-Phone call of [MS-OCEXUM] §4.2 has no Via,
    /// and RFC 2543 knew no Max-Forwards. From may lack its tag for the same reason.
    ///
    /// # Errors
    /// The first header field that is missing, repeated or malformed.
    pub fn check(&self) -> Result<(), HeaderError> {
        self.headers.from()?;
        self.headers.to()?;
        self.headers.call_id()?;
        self.headers.max_forwards()?;
        if self.headers.get("Via").is_some() {
            self.headers.top_via()?;
        }
        if self.needs_contact() {
            self.headers.contacts()?;
        }
        let cseq = self.headers.cseq()?;
        (cseq.method == self.method)
            .then_some(())
            .ok_or(HeaderError::Malformed("CSeq"))
    }

    /// The methods whose Contact somebody reads.
    fn needs_contact(&self) -> bool {
        use Method::{Invite, Notify, Refer, Register, Subscribe, Update};
        matches!(
            self.method,
            Invite | Notify | Refer | Register | Subscribe | Update
        )
    }
}
