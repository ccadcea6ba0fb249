//! Responses (RFC 3261 §7.2).

use super::headers::{HeaderError, Headers};
use super::lexer;
use super::multipart;
use super::request::Request;
use super::status::StatusCode;

/// A response. Its header fields are read through [`Response::headers`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: StatusCode,
    /// The reason phrase, for people only.
    pub reason: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Response {
    /// Makes the response to a request: Via, From, To, Call-ID and CSeq are copied as they were
    /// written (RFC 3261 §8.2.6.2), and Timestamp into a 100 (§8.2.6.1).
    pub fn to(request: &Request, status: StatusCode) -> Self {
        Self::to_headers(&request.headers, status)
    }

    pub(crate) fn to_headers(request: &Headers, status: StatusCode) -> Self {
        let mut headers = Headers::default();
        for via in request.all("Via") {
            headers.push("Via", via);
        }
        for name in COPIED {
            // One of each: a request that has several is refused, but not by a response like it.
            if let Some(value) = request.get(name) {
                headers.push(name, value);
            }
        }
        if let (StatusCode::TRYING, Some(timestamp)) = (status, request.get("Timestamp")) {
            headers.push("Timestamp", timestamp);
        }
        Self {
            status,
            reason: status.default_reason().to_owned(),
            headers,
            body: Vec::new(),
        }
    }

    /// Adds a tag to To if it has none. All responses but the 100 need one (RFC 3261 §8.2.6.2).
    pub fn with_to_tag(mut self, tag: &str) -> Self {
        if let Ok(to) = self.headers.to()
            && to.tag().is_none()
        {
            self.headers.set("To", to.with_param("tag", tag));
        }
        self
    }

    /// Gives the response a body of this media type.
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
        let reason = lexer::clean(&self.reason);
        let mut bytes = format!("SIP/2.0 {} {reason}\r\n", self.status).into_bytes();
        self.headers.write_to(&mut bytes, self.body.len());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Checks what a response needs before it can be matched to its request.
    ///
    /// # Errors
    /// The first header field that is missing, repeated or malformed.
    pub fn check(&self) -> Result<(), HeaderError> {
        self.headers.from()?;
        self.headers.to()?;
        self.headers.call_id()?;
        self.headers.cseq()?;
        if self.headers.get("Via").is_some() {
            self.headers.top_via()?;
        }
        Ok(())
    }
}

const COPIED: [&str; 4] = ["From", "To", "Call-ID", "CSeq"];
