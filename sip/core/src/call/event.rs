//! What calls tell their owner.

use std::time::Duration;

use crate::call::transfer::{self, TransferProgress, TransferTarget};
use crate::call::{CallId, EndReason};
use crate::message::StatusCode;

/// One thing that happened to a call, in the order of happening.
#[derive(Debug, Clone, PartialEq)]
pub enum CallEvent {
    /// A call that we placed moves on: 180, 183 and the like. With SDP it is early media.
    /// Forks are the branches that a proxy rang at once; each has an answer of its own.
    Progress {
        call: CallId,
        status: StatusCode,
        fork: Fork,
        sdp: Option<Vec<u8>>,
    },
    /// The other side's answer to our offer: in the 200 of a call that we placed, or in the ACK of
    /// a call that came without an offer.
    Answered { call: CallId, sdp: Vec<u8> },
    /// The other side wants to change the session (re-INVITE or UPDATE): it waits for
    /// `accept_offer` or `refuse_offer`. Without SDP it asks for an offer of ours.
    Offer { call: CallId, sdp: Option<Vec<u8>> },
    /// The other side accepted our change, or answered our offer that it asked for.
    Modified { call: CallId, sdp: Vec<u8> },
    /// The other side refused our change; the session goes on as it was.
    ModifyRefused { call: CallId, status: StatusCode },
    /// A digit by INFO (`application/dtmf-relay` or `application/dtmf`).
    Digit {
        call: CallId,
        digit: char,
        duration: Duration,
    },
    /// The other side wants us to call somebody else in its place. It has been told that we think
    /// about it; `follow_transfer` or `refuse_transfer` decides. Whether it hangs up is its own
    /// matter.
    TransferRequested {
        call: CallId,
        target: Box<TransferTarget>,
    },
    /// How the transfer goes on that we have asked for. The call stands until somebody hangs it
    /// up, after `Succeeded` best ourselves.
    TransferProgress {
        call: CallId,
        progress: TransferProgress,
    },
    /// Nothing follows for this call.
    Ended { call: CallId, reason: EndReason },
}

impl CallEvent {
    /// What this means to whoever sent us into the call.
    pub(super) fn transfer_status(&self) -> Option<StatusCode> {
        match self {
            Self::Progress { status, .. } => Some(*status),
            Self::Answered { .. } => Some(StatusCode::OK),
            Self::Ended { reason, .. } => Some(transfer::status_of(reason)),
            Self::Offer { .. }
            | Self::Modified { .. }
            | Self::ModifyRefused { .. }
            | Self::Digit { .. }
            | Self::TransferRequested { .. }
            | Self::TransferProgress { .. } => None,
        }
    }
}

/// One of the branches that a proxy rings at once, numbered in the order in which they were heard
/// of. Each has a dialog and early media of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fork(pub u32);
