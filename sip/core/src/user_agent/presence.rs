//! Carrying out the publication of our presence.

use std::time::Instant;

use super::UserAgent;
use crate::message::Response;
use crate::pidf::Presence;
use crate::publication::Next;
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::ClientTransactionId;

impl UserAgent {
    /// Lets others see this, now or as soon as we are registered, and for as long as we are. A server
    /// without presence is not told twice per registration.
    pub fn publish(&mut self, now: Instant, presence: Presence) {
        self.publication.want(presence);
        if self.publication.has_news() {
            self.publish_now(now);
        }
        self.settle(now);
    }

    pub(super) fn publish_now(&mut self, now: Instant) {
        let registered = self.registration.is_registered();
        let Some(flow) = self.flow.open().filter(|_| registered) else {
            return;
        };
        let ids = &mut self.signalling.layer.ids;
        if let Some(request) = self.publication.publish(&self.account, ids) {
            self.stop_publication_timers();
            self.publication.transaction = self.signalling.send(now, flow, request);
        }
    }

    pub(super) fn unpublish_now(&mut self, now: Instant) {
        self.stop_publication_timers();
        let ids = &mut self.signalling.layer.ids;
        let last = self.publication.take_back(&self.account, ids);
        if let (Some(flow), Some(request)) = (self.flow.open(), last) {
            self.signalling.send(now, flow, request);
        }
    }

    pub(super) fn on_publish_response(
        &mut self,
        now: Instant,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        if response.status.is_provisional() {
            return;
        }
        if is_challenge(response.status)
            && let Some(request) = self.signalling.layer.sent(transaction)
            && let Ok(cseq) = request.headers.cseq()
            && self.signalling.challenged(transaction, response).is_ok()
            && let Some(flow) = self.flow.open()
        {
            let again = self.signalling.renewed(transaction, cseq.number + 1);
            let sent = again.and_then(|again| self.signalling.send(now, flow, again));
            self.publication.transaction = sent;
            return;
        }
        let next = self.publication.on_response(response);
        self.follow_publication(now, next);
    }

    pub(super) fn on_publish_failed(&mut self, now: Instant) {
        let next = self.publication.on_failed();
        self.follow_publication(now, next);
    }

    fn follow_publication(&mut self, now: Instant, next: Next) {
        match next {
            Next::Nothing => {}
            Next::Publish => self.publish_now(now),
            Next::RefreshIn(delay) => {
                self.timers.set((), Timer::RefreshPublication, now + delay);
            }
            Next::RetryIn(delay) => self.timers.set((), Timer::RetryPublication, now + delay),
        }
    }

    fn stop_publication_timers(&mut self) {
        self.timers.stop((), Timer::RefreshPublication);
        self.timers.stop((), Timer::RetryPublication);
    }
}
