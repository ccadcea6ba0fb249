//! What the owner of a user agent may ask of it. Every command is followed by draining
//! [`crate::Core::poll_output`]; what it leads to is told in events.

use std::time::{Duration, Instant};

use super::{UserAgent, Visibility};
use crate::call::{CallError, CallId, CallTarget, NewCall};
use crate::input::FlowId;
use crate::message::{NameAddr, StatusCode, Uri};
use crate::registration::Input;
use crate::subscription::EventPackage;

impl UserAgent {
    /// Opens the flow and registers, and stays registered until [`Self::unregister`].
    pub fn register(&mut self, now: Instant) {
        self.registration.start_over();
        self.advance(now, Input::Register);
        self.settle(now);
    }

    /// Hangs up, tells the registrar that we leave, and closes the flow. `SignedOut` follows, at
    /// the latest after two seconds.
    pub fn unregister(&mut self, now: Instant) {
        for call in self.calls.live().collect::<Vec<_>>() {
            // A live call can always be hung up.
            let _ = self.calls.hang_up(now, &mut self.signalling, call);
        }
        self.unsubscribe_now(now);
        self.unpublish_now(now);
        self.advance(now, Input::Unregister);
        self.settle(now);
    }

    /// Tries now what would be tried later: the network may be back, or the person may have mended
    /// something at the server.
    pub fn retry_now(&mut self, now: Instant) {
        self.registration.start_over();
        self.finding.search.forgive();
        self.advance(now, Input::RetryNow);
        self.settle(now);
    }

    /// Whether strangers can find out that we are here (OX-10).
    pub fn set_visibility(&mut self, visibility: Visibility) {
        self.visibility = visibility;
    }

    /// Calls a target with this SDP offer. The outcome is an event in every case; without an open
    /// flow it is `CallEvent::Ended`.
    pub fn invite(&mut self, now: Instant, target: CallTarget, offer: Vec<u8>) -> CallId {
        let new = self.new_call(target, offer);
        let call = self.calls.invite(now, &mut self.signalling, new);
        self.settle(now);
        call
    }

    /// A call of this account's, on the flow that it has.
    pub(super) fn new_call(&self, mut target: CallTarget, offer: Vec<u8>) -> NewCall {
        target
            .headers
            .insert(0, ("User-Agent".to_owned(), self.account.product.clone()));
        NewCall {
            flow: self.flow.id.unwrap_or(FlowId(0)),
            from: self.account.from(),
            to: NameAddr::new(target.uri.clone()),
            contact: self.contact(),
            target,
            offer,
        }
    }

    /// Tells the caller that it rings (180).
    ///
    /// # Errors
    /// The call is not an unanswered incoming one.
    pub fn ring(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        let (status, signalling) = (StatusCode::RINGING, &mut self.signalling);
        let outcome = self.calls.ring(now, signalling, call, status, None);
        self.settle(now);
        outcome
    }

    /// Answers a call with SDP: an answer, or an offer if the call came without one.
    ///
    /// # Errors
    /// The call is not an unanswered incoming one.
    pub fn answer(&mut self, now: Instant, call: CallId, sdp: Vec<u8>) -> Result<(), CallError> {
        let outcome = self.calls.answer(now, &mut self.signalling, call, sdp);
        self.settle(now);
        outcome
    }

    /// Refuses a call with 4xx, 5xx or 6xx.
    ///
    /// # Errors
    /// The call is not an unanswered incoming one, or the status is no refusal.
    pub fn reject(
        &mut self,
        now: Instant,
        call: CallId,
        status: StatusCode,
    ) -> Result<(), CallError> {
        if status.is_redirection() {
            return Err(CallError::NotARejection);
        }
        let outcome = self
            .calls
            .reject(now, &mut self.signalling, call, status, &[]);
        self.settle(now);
        outcome
    }

    /// Sends a caller on to somebody else (302), with a `Diversion` that gives one of the reasons of
    /// RFC 5806 §4.
    ///
    /// # Errors
    /// The call is not an unanswered incoming one, or its sender forbids it (OX-11).
    pub fn deflect(
        &mut self,
        now: Instant,
        call: CallId,
        target: &Uri,
        reason: &str,
    ) -> Result<(), CallError> {
        let contact = NameAddr::new(target.clone()).to_string();
        let own = NameAddr::new(self.account.address.clone());
        let diversion = own.with_param("reason", reason).with_param("counter", "1");
        let headers = [
            ("Contact", contact.as_str()),
            ("Diversion", &diversion.to_string()),
        ];
        let outcome = self
            .calls
            .deflect(now, &mut self.signalling, call, &headers);
        self.settle(now);
        outcome
    }

    /// Gives up a call that we placed, before its answer.
    ///
    /// # Errors
    /// The call is not an unanswered outgoing one.
    pub fn cancel(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        let outcome = self.calls.cancel(now, &mut self.signalling, call);
        self.settle(now);
        outcome
    }

    /// Ends a call in whatever way its state asks for.
    ///
    /// # Errors
    /// The call is over already.
    pub fn hang_up(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        let outcome = self.calls.hang_up(now, &mut self.signalling, call);
        self.settle(now);
        outcome
    }

    /// Offers a change of the session: hold, resume. `CallEvent::Modified` or `ModifyRefused` follows.
    ///
    /// # Errors
    /// The call is not answered, or an offer of either side is still open.
    pub fn modify(&mut self, now: Instant, call: CallId, offer: Vec<u8>) -> Result<(), CallError> {
        let outcome = self.calls.modify(now, &mut self.signalling, call, offer);
        self.settle(now);
        outcome
    }

    /// Sends a digit by INFO, for other sides that hear none in the media.
    ///
    /// # Errors
    /// The call is not answered, or there is no flow.
    pub fn send_digit(
        &mut self,
        now: Instant,
        call: CallId,
        digit: char,
        duration: Duration,
    ) -> Result<(), CallError> {
        let outcome = self
            .calls
            .send_digit(now, &mut self.signalling, call, digit, duration);
        self.settle(now);
        outcome
    }

    /// Accepts a `CallOffer` with our answer, or, where it came without SDP, with our offer.
    ///
    /// # Errors
    /// No offer of theirs is open.
    pub fn accept_offer(
        &mut self,
        now: Instant,
        call: CallId,
        sdp: Vec<u8>,
    ) -> Result<(), CallError> {
        let outcome = self
            .calls
            .accept_offer(now, &mut self.signalling, call, sdp);
        self.settle(now);
        outcome
    }

    /// Refuses a `CallOffer`. The session goes on as it was.
    ///
    /// # Errors
    /// No offer of theirs is open.
    pub fn refuse_offer(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        let outcome = self.calls.refuse_offer(now, &mut self.signalling, call);
        self.settle(now);
        outcome
    }

    /// Asks the server to notify us, now or as soon as we are registered, and for as long as we are.
    pub fn subscribe(&mut self, now: Instant, package: EventPackage) {
        match package {
            EventPackage::MessageSummary => {
                if self.mailbox.want() {
                    self.subscribe_now(now);
                }
            }
        }
        self.settle(now);
    }

    /// Takes a subscription back.
    pub fn unsubscribe(&mut self, now: Instant, package: EventPackage) {
        match package {
            EventPackage::MessageSummary => self.unsubscribe_now(now),
        }
        self.settle(now);
    }
}
