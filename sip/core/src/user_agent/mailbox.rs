//! Carrying out the subscription to our mailbox.

use std::time::Instant;

use super::UserAgent;
use crate::message::Response;
use crate::signalling::is_challenge;
use crate::subscription::Next;
use crate::timers::Timer;
use crate::transaction::ClientTransactionId;

impl UserAgent {
    /// Asks for the subscription if someone wants it and the server knows us; otherwise the next
    /// registration does.
    pub(super) fn subscribe_now(&mut self, now: Instant) {
        let Some(flow) = self
            .flow
            .open()
            .filter(|_| self.registration.is_registered())
        else {
            return;
        };
        if !self.mailbox.is_wanted() {
            return;
        }
        self.stop_subscription_timers();
        let contact = self.contact();
        let request = self
            .mailbox
            .ask(&self.account, &contact, &mut self.signalling.layer.ids);
        self.mailbox.transaction = self.signalling.send(now, flow, request);
    }

    pub(super) fn unsubscribe_now(&mut self, now: Instant) {
        self.stop_subscription_timers();
        let last = self.mailbox.give_up(&self.account);
        if let (Some(flow), Some(request)) = (self.flow.open(), last) {
            self.signalling.send(now, flow, request);
        }
    }

    pub(super) fn on_subscribe_response(
        &mut self,
        now: Instant,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        if response.status.is_provisional() {
            return;
        }
        let Some(request) = self.signalling.layer.sent(transaction).cloned() else {
            return;
        };
        if is_challenge(response.status)
            && self.signalling.challenged(transaction, response).is_ok()
            && let Some(flow) = self.flow.open()
        {
            let cseq = self.mailbox.next_cseq(&request);
            let again = self.signalling.renewed(transaction, cseq);
            let sent = again.and_then(|again| self.signalling.send(now, flow, again));
            self.mailbox.transaction = sent;
            return;
        }
        let next = self.mailbox.on_response(&request, response);
        self.follow_up(now, next);
    }

    pub(super) fn on_subscribe_failed(&mut self, now: Instant) {
        let next = self.mailbox.on_failed();
        self.follow_up(now, next);
    }

    pub(super) fn follow_up(&mut self, now: Instant, next: Next) {
        match next {
            Next::Nothing => {}
            Next::AskAnew => self.subscribe_now(now),
            Next::RefreshIn(delay) => {
                self.timers.set((), Timer::RefreshSubscription, now + delay);
            }
            Next::RetryIn(delay) => {
                self.stop_subscription_timers();
                self.timers.set((), Timer::RetrySubscription, now + delay);
            }
        }
    }

    fn stop_subscription_timers(&mut self) {
        self.timers.stop((), Timer::RefreshSubscription);
        self.timers.stop((), Timer::RetrySubscription);
    }
}
