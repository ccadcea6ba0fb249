//! SIP messages: how they are read from the network, kept, and printed (RFC 3261 §7).
//!
//! Reading is liberal where peers are known to be sloppy, and lazy: header fields are kept as text
//! and read as what they mean by the methods of [`Headers`], so that a malformed field which nobody
//! needs harms nobody. Writing is strict: no value can break a line, and Content-Length is always
//! there and always right.

mod cseq;
pub(crate) mod head;
mod headers;
mod host;
pub(crate) mod lexer;
mod media_type;
mod method;
mod multipart;
mod name_addr;
mod params;
mod request;
mod response;
mod status;
mod uri;
mod via;

pub use cseq::CSeq;
pub use head::HeadError;
pub use headers::{Contacts, HeaderError, Headers};
pub use host::Host;
pub use media_type::MediaType;
pub use method::{Method, MethodToken};
pub use name_addr::NameAddr;
pub use params::Params;
pub use request::Request;
pub use response::Response;
pub use status::StatusCode;
pub use uri::{Scheme, Uri, UriError, UriParams};
pub use via::Via;

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Request(Request),
    Response(Response),
}

impl Message {
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    pub fn body(&self) -> &[u8] {
        match self {
            Self::Request(request) => &request.body,
            Self::Response(response) => &response.body,
        }
    }

    /// The session description that the body is or contains.
    pub fn session_description(&self) -> Option<&[u8]> {
        match self {
            Self::Request(request) => request.session_description(),
            Self::Response(response) => response.session_description(),
        }
    }

    /// The bytes on the wire, with Content-Length.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }

    /// Checks the header fields that every message needs, see [`Request::check`] and
    /// [`Response::check`].
    ///
    /// # Errors
    /// The first header field that is missing, repeated or malformed.
    pub fn check(&self) -> Result<(), HeaderError> {
        match self {
            Self::Request(request) => request.check(),
            Self::Response(response) => response.check(),
        }
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}
