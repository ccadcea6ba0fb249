//! A 200 of ours that is repeated until its ACK comes (RFC 3261 §13.3.1.4).

use std::time::Duration;

use crate::call::scope::Scope;
use crate::input::FlowId;
use crate::message::{Request, Response};
use crate::timers::{T1, T2, Timer};
use crate::transaction::ServerTransactionId;

#[derive(Debug)]
pub(super) struct Unacked {
    transaction: ServerTransactionId,
    response: Response,
    cseq: u32,
    interval: Duration,
    /// It was sent on this flow.
    flow: FlowId,
    /// It answers a re-INVITE.
    is_change: bool,
    pub(super) awaits: Awaits,
}

/// What the ACK has to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaits {
    /// Itself alone: the 200 was the answer.
    Ack,
    /// The answer to the offer in the 200 of the first INVITE.
    Answer,
    /// The answer to the offer in the 200 of a re-INVITE.
    ModifiedAnswer,
}

impl Unacked {
    /// Sends the 200 for the first time.
    pub(super) fn send(
        scope: &mut Scope<'_>,
        transaction: ServerTransactionId,
        invite: &Request,
        response: Response,
        awaits: Awaits,
    ) -> Self {
        let tag = scope
            .signalling
            .layer
            .local_tag(transaction)
            .unwrap_or_default()
            .to_owned();
        let response = response.with_to_tag(&tag);
        scope.respond(transaction, response.clone());
        scope.start(Timer::RepeatSuccess);
        scope.start(Timer::AwaitAck);
        let cseq = invite.headers.cseq().map_or(0, |cseq| cseq.number);
        Self {
            transaction,
            response,
            cseq,
            interval: T1,
            flow: scope.flow,
            is_change: invite.headers.to().is_ok_and(|to| to.tag().is_some()),
            awaits,
        }
    }

    /// Sends it once more, on the flow that the call has by then.
    pub(super) fn repeat(&mut self, scope: &mut Scope<'_>) {
        let layer = &mut scope.signalling.layer;
        if layer.local_tag(self.transaction).is_some() {
            layer.respond(scope.now, self.transaction, self.response.clone());
        } else {
            layer.respond_without_transaction(scope.now, scope.flow, self.response.clone());
        }
        self.interval = (self.interval * 2).min(T2);
        scope.start_in(Timer::RepeatSuccess, self.interval);
    }

    /// Whether the ACK may have gone with a flow, so that its absence does not mean that the other
    /// side has gone. The first 200 of a call is not meant: its caller may never have had it.
    pub(super) fn lost_its_flow(&self, scope: &Scope<'_>) -> bool {
        let is_away = scope.signalling.layer.flow_info(scope.flow).is_none();
        self.is_change && (self.flow != scope.flow || is_away)
    }

    pub(super) fn is_acknowledged_by(&self, ack: &Request) -> bool {
        ack.headers
            .cseq()
            .is_ok_and(|cseq| cseq.number == self.cseq)
    }

    /// Stops the repetition: the ACK is there, or nobody waits for it any more.
    pub(super) fn settle(self, scope: &mut Scope<'_>) -> Awaits {
        scope.stop(Timer::RepeatSuccess);
        scope.stop(Timer::AwaitAck);
        self.awaits
    }
}
