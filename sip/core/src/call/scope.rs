//! What a stage of a call may do while it handles one input.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::call::{CallEvent, CallId, EndReason, Purpose};
use crate::dialog::{Dialog, Opener};
use crate::input::FlowId;
use crate::message::{Method, Request, Response, StatusCode};
use crate::signalling::Signalling;
use crate::timers::{TRANSACTION_TIMEOUT, Timer, TimerQueue};
use crate::transaction::{ClientTransactionId, ServerTransactionId};

/// What all calls share.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) clients: BTreeMap<ClientTransactionId, (CallId, Purpose)>,
    pub(super) servers: BTreeMap<ServerTransactionId, CallId>,
    pub(super) timers: TimerQueue<CallId>,
    pub(super) events: VecDeque<CallEvent>,
    /// Which call sent us into which other one: the new call first.
    pub(super) referrers: BTreeMap<CallId, CallId>,
    /// What calls are to be told of the ones that they sent us into.
    pub(super) reports: VecDeque<(CallId, StatusCode)>,
}

/// One input of one call.
pub(super) struct Scope<'a> {
    pub(super) now: Instant,
    pub(super) call: CallId,
    pub(super) flow: FlowId,
    pub(super) signalling: &'a mut Signalling,
    pub(super) desk: &'a mut Desk,
}

impl Scope<'_> {
    /// Sends a request of this call; `None` without an open flow.
    pub(super) fn send(
        &mut self,
        request: Request,
        purpose: Purpose,
    ) -> Option<ClientTransactionId> {
        let transaction = self.signalling.send(self.now, self.flow, request)?;
        self.desk.clients.insert(transaction, (self.call, purpose));
        Some(transaction)
    }

    /// Sends a request again that was challenged, if its challenge can be answered.
    pub(super) fn send_with_credentials(
        &mut self,
        transaction: ClientTransactionId,
        response: &Response,
        dialog: &mut Dialog,
        purpose: Purpose,
    ) -> Option<ClientTransactionId> {
        match dialog.opener {
            Opener::Us => self.signalling.challenged(transaction, response),
            Opener::Them => self.signalling.challenged_by_opener(transaction, response),
        }
        .ok()?;
        let request = self.signalling.renewed(transaction, dialog.next_cseq())?;
        self.send(request, purpose)
    }

    /// Acknowledges the 2xx of an INVITE of ours, and remembers the ACK for its repetitions.
    pub(super) fn acknowledge(
        &mut self,
        transaction: ClientTransactionId,
        dialog: &Dialog,
        acks: &mut Acks,
    ) {
        let Some(invite) = self.signalling.layer.sent(transaction) else {
            return;
        };
        let ack = dialog.ack(invite);
        let bytes = self.signalling.layer.send_ack(self.now, self.flow, ack);
        acks.remember(self.now, transaction, &dialog.id.remote_tag, bytes);
    }

    /// Sends CANCEL for an INVITE that has had a provisional response; nothing depends on its outcome.
    pub(super) fn cancel(&mut self, invite: ClientTransactionId) {
        if let Some(cancel) = self.signalling.layer.cancel(self.now, invite) {
            let auxiliary = (self.call, Purpose::Auxiliary);
            self.desk.clients.insert(cancel, auxiliary);
        }
    }

    /// Sends BYE. Returns whether there was a flow to send it on.
    pub(super) fn hang_up(&mut self, dialog: &mut Dialog) -> bool {
        let bye = dialog.request(Method::Bye);
        self.send(bye, Purpose::Bye).is_some()
    }

    /// Responds to a request of this call.
    pub(super) fn respond(&mut self, transaction: ServerTransactionId, response: Response) {
        self.signalling
            .layer
            .respond(self.now, transaction, response);
    }

    /// Responds with a status and nothing else.
    pub(super) fn respond_with(
        &mut self,
        transaction: ServerTransactionId,
        request: &Request,
        status: StatusCode,
    ) {
        self.respond(transaction, Response::to(request, status));
    }

    /// Remembers that this request's transaction is of this call.
    pub(super) fn own(&mut self, transaction: ServerTransactionId) {
        self.desk.servers.insert(transaction, self.call);
    }

    pub(super) fn disown(&mut self, transaction: ServerTransactionId) {
        self.desk.servers.remove(&transaction);
    }

    /// Starts a timer with the length that its name stands for.
    pub(super) fn start(&mut self, timer: Timer) {
        self.start_in(timer, timer.duration());
    }

    pub(super) fn start_in(&mut self, timer: Timer, delay: Duration) {
        self.desk.timers.set(self.call, timer, self.now + delay);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.desk.timers.stop(self.call, timer);
    }

    pub(super) fn emit(&mut self, event: CallEvent) {
        let referrer = self.desk.referrers.get(&self.call).copied();
        if let (Some(referrer), Some(status)) = (referrer, event.transfer_status()) {
            self.desk.reports.push_back((referrer, status));
            if status.is_final() {
                self.desk.referrers.remove(&self.call);
            }
        }
        self.desk.events.push_back(event);
    }

    pub(super) fn emit_ended(&mut self, reason: EndReason) {
        self.emit(CallEvent::Ended {
            call: self.call,
            reason,
        });
    }
}

/// The ACKs that were sent for 2xx responses, for the case that one is repeated
/// (RFC 3261 §13.2.2.4).
#[derive(Debug, Default)]
pub(super) struct Acks(Vec<SentAck>);

#[derive(Debug)]
struct SentAck {
    at: Instant,
    invite: ClientTransactionId,
    remote_tag: String,
    bytes: Vec<u8>,
}

impl Acks {
    fn remember(
        &mut self,
        at: Instant,
        invite: ClientTransactionId,
        remote_tag: &str,
        bytes: Vec<u8>,
    ) {
        if self.0.len() == MAX_REMEMBERED_ACKS {
            self.0.remove(0);
        }
        self.0.push(SentAck {
            at,
            invite,
            remote_tag: remote_tag.to_owned(),
            bytes,
        });
    }

    /// Sends the last ACK once more on a new flow, in case it was lost with the old one. Whoever
    /// has had it ignores it; whoever has not cannot reach us with another 2xx.
    pub(super) fn repeat_recent(&self, scope: &mut Scope<'_>) {
        if let Some(last) = self.0.last()
            && scope.now < last.at + TRANSACTION_TIMEOUT
        {
            let (flow, bytes) = (scope.flow, last.bytes.clone());
            scope.signalling.layer.send_again(scope.now, flow, bytes);
        }
    }

    /// Acknowledges a 2xx of the first INVITE that is not awaited any more: a repeated one gets its
    /// ACK once more, one of another fork is acknowledged and hung up (RFC 3261 §13.2.2.4).
    pub(super) fn handle_late_success(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        if self.repeat(scope, transaction, response) {
            return;
        }
        let Some(invite) = scope.signalling.layer.sent(transaction) else {
            return;
        };
        if let Some(mut dialog) = Dialog::of_client(invite, response) {
            scope.acknowledge(transaction, &dialog, self);
            scope.hang_up(&mut dialog);
        }
    }

    /// Acknowledges a 2xx of a re-INVITE that is not awaited any more. Whether the call goes on is
    /// not for this response to say.
    pub(super) fn handle_late_change(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        dialog: &Dialog,
        response: &Response,
    ) {
        let sent = scope.signalling.layer.sent(transaction);
        let is_invite = sent.is_some_and(|request| request.method == Method::Invite);
        if is_invite && !self.repeat(scope, transaction, response) {
            scope.acknowledge(transaction, dialog, self);
        }
    }

    /// Sends the ACK of a repeated 2xx again; `false` for a 2xx that is new.
    fn repeat(
        &self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> bool {
        let to = response.headers.to().ok();
        let remote_tag = to.as_ref().and_then(|to| to.tag()).unwrap_or_default();
        let same = |ack: &&SentAck| ack.invite == transaction && ack.remote_tag == remote_tag;
        let Some(ack) = self.0.iter().find(same) else {
            return false;
        };
        let (flow, bytes) = (scope.flow, ack.bytes.clone());
        scope.signalling.layer.send_again(scope.now, flow, bytes);
        true
    }
}

/// One call can be answered by this many forks and re-INVITEs at once before an ACK is forgotten.
const MAX_REMEMBERED_ACKS: usize = 32;
