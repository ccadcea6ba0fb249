//! What the owner of calls may ask of an answered one.

use std::time::{Duration, Instant};

use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::{CallError, CallId, Calls, Stage};
use crate::signalling::Signalling;

impl Calls {
    /// Offers a change of the session: hold, resume, another codec. Before the answer it leaves as
    /// an UPDATE, where the other side takes one and the first offer has its answer already
    /// (RFC 3311 §5.1).
    ///
    /// # Errors
    /// Nothing can be changed yet, or an offer of either side is still open.
    pub fn modify(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        offer: Vec<u8>,
    ) -> Result<(), CallError> {
        self.on_exchange(now, signalling, call, |session, scope| {
            session.modify(scope, offer)
        })
    }

    /// Sends a digit by INFO (`application/dtmf-relay`), for other sides that hear none in the
    /// media.
    ///
    /// # Errors
    /// The call is not answered, or there is no flow.
    pub fn send_digit(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        digit: char,
        duration: Duration,
    ) -> Result<(), CallError> {
        self.on_session(now, signalling, call, |mut session, scope| {
            let outcome = session.send_digit(scope, digit, duration);
            (Stage::Session(session), outcome)
        })
    }

    /// Accepts a change that the other side offered, with our answer; or, where it asked for one,
    /// gives our offer.
    ///
    /// # Errors
    /// No offer of theirs is open.
    pub fn accept_offer(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        sdp: Vec<u8>,
    ) -> Result<(), CallError> {
        self.on_exchange(now, signalling, call, |session, scope| {
            session.accept_offer(scope, sdp)
        })
    }

    /// Refuses a change that the other side offered (488). The session goes on as it was.
    ///
    /// # Errors
    /// No offer of theirs is open.
    pub fn refuse_offer(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
    ) -> Result<(), CallError> {
        self.on_exchange(now, signalling, call, |session, scope| {
            session.refuse_offer(scope)
        })
    }

    fn on_exchange(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        act: impl FnOnce(&mut Session, &mut Scope<'_>) -> Result<(), CallError>,
    ) -> Result<(), CallError> {
        let mut outcome = Err(CallError::UnknownCall);
        self.step(now, signalling, call, |mut stage, scope| {
            outcome = match stage.exchange() {
                Some(session) => act(session, scope),
                None => Err(CallError::WrongState),
            };
            stage
        });
        outcome
    }

    pub(super) fn on_session(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        call: CallId,
        act: impl FnOnce(Box<Session>, &mut Scope<'_>) -> (Stage, Result<(), CallError>),
    ) -> Result<(), CallError> {
        let mut outcome = Err(CallError::UnknownCall);
        self.step(now, signalling, call, |stage, scope| match stage {
            Stage::Session(session) => {
                let (next, result) = act(session, scope);
                outcome = result;
                next
            }
            Stage::Outgoing(_) | Stage::Incoming(_) | Stage::Over(_) => {
                outcome = Err(CallError::WrongState);
                stage
            }
        });
        outcome
    }
}
