//! Whose turn it is to answer an offer (RFC 3264 §4, RFC 3261 §14).
//!
//! SIP carries session descriptions without reading them; it only has to keep two offers from
//! crossing.

use crate::message::StatusCode;

/// Who owes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nobody.
    Free,
    /// They do: our offer is out.
    Theirs,
    /// We do: their offer waits for `accept_offer` or `refuse_offer`.
    Ours,
}

impl Turn {
    /// What an offer of theirs gets that comes at the wrong time: 491 when it meets ours, 500 when
    /// it follows one of their own that we have not answered (RFC 3261 §14.2, RFC 3311 §5.2).
    pub(super) fn refusal(self) -> Option<StatusCode> {
        match self {
            Self::Free => None,
            Self::Theirs => Some(StatusCode::REQUEST_PENDING),
            Self::Ours => Some(StatusCode::SERVER_INTERNAL_ERROR),
        }
    }
}
