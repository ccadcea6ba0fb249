//! What is wrong with a message, and what to answer.

use crate::message::head::Head;
use crate::message::{HeadError, HeaderError, Headers, Message, Method, Response, StatusCode};

/// A message that nobody can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What to answer, still without a To tag ([`Response::with_to_tag`]). `None` when it was a
    /// response, an ACK, or nothing that an answer could be matched to.
    pub reply: Option<Response>,
    pub defect: Defect,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    #[error("bytes that are no SIP message")]
    NotSip,
    #[error("the head is larger than 64 KiB")]
    HeadTooLarge,
    #[error("the body is larger than 1 MiB")]
    BodyTooLarge,
    #[error("Content-Length is missing, malformed or contradictory")]
    Length,
    #[error(transparent)]
    Head(#[from] HeadError),
    #[error(transparent)]
    Header(#[from] HeaderError),
}

impl Malformed {
    /// Bytes that belong to no message.
    pub(super) fn left_over() -> Self {
        Self {
            reply: None,
            defect: Defect::NotSip,
        }
    }

    /// A message whose head tells already that it is of no use.
    pub(super) fn head(head: &Head, defect: Defect) -> Self {
        let reply = reply(head.method.as_ref(), &head.headers, defect.status());
        Self { reply, defect }
    }

    /// A message that lacks what every message needs.
    pub(super) fn message(message: &Message, error: HeaderError) -> Self {
        let defect = Defect::Header(error);
        let reply = match message {
            Message::Request(request) => {
                reply(Some(&request.method), &request.headers, defect.status())
            }
            Message::Response(_) => None,
        };
        Self { reply, defect }
    }
}

impl Defect {
    fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge => StatusCode::REQUEST_ENTITY_TOO_LARGE,
            Self::Head(HeadError::Version) => StatusCode::VERSION_NOT_SUPPORTED,
            Self::NotSip
            | Self::HeadTooLarge
            | Self::Length
            | Self::Head(HeadError::StartLine | HeadError::RequestUri | HeadError::HeaderLine)
            | Self::Header(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// An answer is of use if the sender can match it, and an ACK is never answered.
fn reply(method: Option<&Method>, headers: &Headers, status: StatusCode) -> Option<Response> {
    let matchable = headers.get("CSeq").is_some() || headers.get("Call-ID").is_some();
    let answered = method.is_some_and(|method| *method != Method::Ack);
    (answered && matchable).then(|| Response::to_headers(headers, status))
}
