//! Reliable provisional responses (RFC 3262): the PRACK for theirs, the repetition of ours.

use std::time::Duration;

use crate::call::Purpose;
use crate::call::scope::Scope;
use crate::dialog::Dialog;
use crate::message::{Method, Request, Response, StatusCode};
use crate::timers::{T1, Timer};
use crate::transaction::ServerTransactionId;

/// What a provisional response is to RFC 3262.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reliability {
    /// Not reliable, or reliable and acknowledged by this call of [`acknowledge`].
    New,
    /// A repetition, or one that came before its turn: nothing to tell and nothing to acknowledge
    /// (RFC 3262 §4).
    OutOfTurn,
}

/// Sends PRACK for a provisional response that asks for it. The PRACK runs beside the INVITE and
/// never holds up its final response.
pub(super) fn acknowledge(
    scope: &mut Scope<'_>,
    dialog: &mut Dialog,
    last_rseq: &mut Option<u32>,
    response: &Response,
) -> Reliability {
    let rseq = response
        .headers
        .get("RSeq")
        .and_then(|rseq| rseq.trim().parse::<u32>().ok());
    let Some(rseq) = rseq.filter(|_| response.headers.lists("Require", "100rel")) else {
        return Reliability::New;
    };
    if last_rseq.is_some_and(|last| last.checked_add(1) != Some(rseq)) {
        return Reliability::OutOfTurn;
    }
    *last_rseq = Some(rseq);
    let cseq = response.headers.get("CSeq").unwrap_or_default().to_owned();
    let mut prack = dialog.request(Method::Prack);
    prack.headers.push("RAck", format!("{rseq} {cseq}"));
    scope.send(prack, Purpose::Auxiliary);
    Reliability::New
}

/// A provisional response of ours that waits for its PRACK.
#[derive(Debug)]
pub(super) struct Unconfirmed {
    transaction: ServerTransactionId,
    response: Response,
    rseq: u32,
    cseq: String,
    interval: Duration,
}

impl Unconfirmed {
    /// Sends a provisional response reliably (RFC 3262 §3).
    pub(super) fn send(
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        invite: &Request,
        mut response: Response,
        rseq: u32,
    ) -> Self {
        response.headers.push("Require", "100rel");
        response.headers.push("RSeq", rseq);
        scope.respond(transaction, response.clone());
        scope.start(Timer::RepeatProvisional);
        scope.start(Timer::AwaitPrack);
        let cseq = invite.headers.get("CSeq").unwrap_or_default().to_owned();
        Self {
            transaction,
            response,
            rseq,
            cseq,
            interval: T1,
        }
    }

    /// Sends it once more; the gaps double without an upper limit (RFC 3262 §3).
    pub(super) fn repeat(&mut self, scope: &mut Scope<'_>) {
        scope.respond(self.transaction, self.response.clone());
        self.interval *= 2;
        scope.start_in(Timer::RepeatProvisional, self.interval);
    }

    /// The SDP that it carried.
    pub(super) fn session_description(&self) -> Option<&[u8]> {
        self.response.session_description()
    }

    /// Whether this PRACK is for it.
    pub(super) fn is_confirmed_by(&self, prack: &Request) -> bool {
        let rack = prack.headers.get("RAck").unwrap_or_default();
        let said: Vec<&str> = rack.split_ascii_whitespace().collect();
        let awaited = format!("{} {}", self.rseq, self.cseq);
        said == awaited.split_ascii_whitespace().collect::<Vec<_>>()
    }
}

/// Nothing waits for this PRACK (RFC 3262 §3).
pub(super) fn refuse_prack(
    scope: &mut Scope<'_>,
    transaction: ServerTransactionId,
    prack: &Request,
) {
    scope.respond_with(transaction, prack, StatusCode::CALL_DOES_NOT_EXIST);
}
