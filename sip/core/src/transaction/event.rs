//! What the transaction layer tells its user.

use crate::framing::Defect;
use crate::input::FlowId;
use crate::message::{Request, Response};

/// A request that we sent and its responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientTransactionId(pub(crate) u64);

/// A request that came in and waits for our response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerTransactionId(pub(crate) u64);

/// One thing that happened to a transaction or beside all of them.
#[derive(Debug, Clone)]
pub enum TransactionEvent {
    /// A request came in. It waits for [`super::TransactionLayer::respond`]; an INVITE has been
    /// answered with 100 already.
    Request {
        flow: FlowId,
        transaction: ServerTransactionId,
        request: Request,
    },
    /// A request came in that nobody may answer: the ACK of a 2xx, or a BENOTIFY.
    OneWay { flow: FlowId, request: Request },
    /// A CANCEL came in for an INVITE that has no final response yet. The CANCEL itself has been
    /// answered; the INVITE now wants its 487 (RFC 3261 §9.2).
    Cancel {
        invite: ServerTransactionId,
        request: Request,
    },
    /// A response came in. The request is still to be had from
    /// [`super::TransactionLayer::sent`].
    Response {
        transaction: ClientTransactionId,
        response: Response,
    },
    /// No final response will come.
    Failed {
        transaction: ClientTransactionId,
        error: TransactionError,
    },
    /// A failure response of ours was not acknowledged, or no response can leave any more.
    ServerFailed {
        transaction: ServerTransactionId,
        error: TransactionError,
    },
    /// The other side answered a keep-alive (RFC 5626 §3.5.1).
    Pong { flow: FlowId },
    /// Something came in that was of no use. The flow goes on.
    Dropped { flow: FlowId, reason: DropReason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// Timer B, F or H expired.
    #[error("the other side did not answer in time")]
    TimedOut,
    #[error("the connection went away")]
    FlowLost,
}

/// Why something that came in was of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DropReason {
    /// Bytes that are no SIP message. Answered with 400 where that was possible.
    Malformed,
    /// A message beyond the limits of size.
    TooLarge,
    /// A response to nothing that waits for one.
    StrayResponse,
    /// An ACK or a BENOTIFY that belongs to nothing.
    StrayRequest,
    /// The same request by another way (RFC 3261 §8.2.2.2); answered with 482.
    Merged,
    /// More requests at once than the core keeps; answered with 503.
    Overload,
}

impl DropReason {
    pub(crate) fn of_defect(defect: Defect) -> Self {
        match defect {
            Defect::HeadTooLarge | Defect::BodyTooLarge => Self::TooLarge,
            Defect::NotSip | Defect::Length | Defect::Head(_) | Defect::Header(_) => {
                Self::Malformed
            }
        }
    }
}
