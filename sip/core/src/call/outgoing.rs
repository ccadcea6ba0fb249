//! A call that we placed, until its final response (RFC 3261 §13.2).

use crate::auth::AuthError;
use crate::call::cancel::{self, Action, Input, State};
use crate::call::commands::NewCall;
use crate::call::end::Cause;
use crate::call::forks::Forks;
use crate::call::over::Over;
use crate::call::redirect::{NextTarget, Redirects};
use crate::call::reliable::{self, Reliability};
use crate::call::scope::{Acks, Scope};
use crate::call::screen::{ALLOW, SUPPORTED};
use crate::call::session_timer::SessionTimer;
use crate::call::{CallEvent, EndReason, Purpose, Stage, target};
use crate::dialog::{self, DialogId};
use crate::message::{Method, Request, Response, StatusCode};
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, TransactionError};

#[derive(Debug)]
pub(super) struct Outgoing {
    new: NewCall,
    call_id: String,
    /// Our From with its tag.
    from: String,
    cseq: u32,
    /// The INVITE that is under way; each new try has a transaction of its own.
    invite: ClientTransactionId,
    state: State,
    pub(super) forks: Forks,
    redirects: Redirects,
    timer: SessionTimer,
}

impl Outgoing {
    /// Sends the first INVITE; `None` without an open flow.
    pub(super) fn place(scope: &mut Scope<'_>, mut new: NewCall) -> Option<Self> {
        new.target.uri = target::without_headers(new.target.uri);
        new.to.uri = target::without_headers(new.to.uri);
        let ids = &mut scope.signalling.layer.ids;
        let call_id = ids.call_id();
        let from = dialog::tagged(&new.from, &ids.tag()).to_string();
        let cseq = 1;
        let timer = SessionTimer::new();
        let request = build_invite(scope, &new, &timer, &call_id, &from, cseq);
        let invite = scope.send(request, Purpose::Invite)?;
        Some(Self {
            new,
            call_id,
            from,
            cseq,
            invite,
            state: State::Calling,
            forks: Forks::default(),
            redirects: Redirects::default(),
            timer,
        })
    }

    pub(super) fn owns(&self, dialog: &DialogId) -> bool {
        self.forks.owns(dialog)
    }

    /// The owner has been told that the call is over; only the wire does not know it yet.
    pub(super) fn is_given_up(&self) -> bool {
        matches!(self.state, State::Abandoned | State::Cancelling)
    }

    pub(super) fn give_up(mut self: Box<Self>, scope: &mut Scope<'_>, reason: EndReason) -> Stage {
        scope.emit_ended(reason);
        if self.advance(Input::GiveUp) == Action::SendCancel {
            self.send_cancel(scope);
        }
        Stage::Outgoing(self)
    }

    pub(super) fn on_response(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        purpose: Purpose,
        response: &Response,
    ) -> Stage {
        if purpose == Purpose::Modify {
            self.on_change_response(scope, transaction, response);
        }
        if purpose != Purpose::Invite || transaction != self.invite {
            return Stage::Outgoing(self);
        }
        match self.advance(input_of(response.status)) {
            Action::Nothing => Stage::Outgoing(self),
            Action::Report => {
                self.report(scope, response);
                Stage::Outgoing(self)
            }
            Action::SendCancel => {
                self.send_cancel(scope);
                Stage::Outgoing(self)
            }
            Action::Connect => self.connect(scope, response),
            Action::ConnectAndHangUp => self.connect_and_hang_up(scope, response),
            Action::Authenticate => self.authenticate(scope, response),
            Action::Follow => self.redirect(scope, response),
            Action::AskLonger if self.timer.refused(response) => self.send_anew(scope),
            Action::AskLonger => self.refused(scope, response),
            Action::Fail => self.refused(scope, response),
            Action::Finish => self.finish(scope),
        }
    }

    pub(super) fn on_failed(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        purpose: Purpose,
        error: TransactionError,
    ) -> Stage {
        if purpose == Purpose::Modify
            && let Some(session) = self.forks.changing()
        {
            session.on_early_change_failed(scope);
        }
        if purpose != Purpose::Invite {
            return Stage::Outgoing(self);
        }
        match (self.advance(Input::Failed), error) {
            (Action::Fail, TransactionError::TimedOut) => {
                self.follow_or_fail(scope, EndReason::TimedOut)
            }
            (Action::Fail, TransactionError::FlowLost) => self.fail(scope, EndReason::FlowLost),
            (_, TransactionError::TimedOut | TransactionError::FlowLost) => self.finish(scope),
        }
    }

    pub(super) fn on_timer(mut self: Box<Self>, scope: &mut Scope<'_>, timer: Timer) -> Stage {
        match timer {
            Timer::AwaitCancelled if self.advance(Input::Unanswered) == Action::Finish => {
                return self.finish(scope);
            }
            Timer::RetryModify => {
                if let Some(session) = self.forks.agreed() {
                    session.retry_modify(scope);
                }
            }
            // No other timer runs in this stage.
            _ => {}
        }
        Stage::Outgoing(self)
    }

    fn advance(&mut self, input: Input) -> Action {
        let (state, action) = cancel::step(self.state, input);
        self.state = state;
        action
    }

    fn send_cancel(&mut self, scope: &mut Scope<'_>) {
        scope.cancel(self.invite);
        scope.start(Timer::AwaitCancelled);
    }

    fn report(&mut self, scope: &mut Scope<'_>, response: &Response) {
        if response.status == StatusCode::TRYING {
            return;
        }
        let Some(invite) = scope.signalling.layer.sent(self.invite) else {
            return;
        };
        let Some(early) = self.forks.hear(invite, response) else {
            return;
        };
        let session = &mut early.session;
        let reliability =
            reliable::acknowledge(scope, &mut session.dialog, &mut early.last_rseq, response);
        if reliability == Reliability::New {
            let sdp = response.session_description();
            if let Some(sdp) = sdp.filter(|_| early.last_rseq.is_some()) {
                session.answered(&self.new.offer, sdp);
            }
            scope.emit(CallEvent::Progress {
                call: scope.call,
                status: response.status,
                fork: early.fork,
                sdp: response.session_description().map(<[u8]>::to_vec),
            });
        }
    }

    fn connect(mut self: Box<Self>, scope: &mut Scope<'_>, response: &Response) -> Stage {
        let invite = scope.signalling.layer.sent(self.invite);
        let confirmed = invite.and_then(|invite| self.forks.confirm(invite, response));
        let Some((mut session, early_sdp)) = confirmed else {
            return self.fail(scope, EndReason::NoSessionDescription);
        };
        self.forks.clear(scope);
        scope.acknowledge(self.invite, &session.dialog, &mut session.acks);
        // What was agreed upon before the answer stands, whatever the 200 repeats of it; and it may
        // leave out what a reliable 183 has said already (RFC 3262 §5, RFC 6337 §2.2).
        if !session.was_changed {
            let sdp = response.session_description().map(<[u8]>::to_vec);
            let Some(sdp) = sdp.or(early_sdp) else {
                scope.emit_ended(EndReason::NoSessionDescription);
                return Over::hang_up(scope, session.dialog, session.acks);
            };
            session.answered(&self.new.offer, &sdp);
        }
        self.timer.granted(response);
        session.timer = self.timer;
        session.confirm(scope);
        let (call, sdp) = (scope.call, session.remote_sdp.clone());
        scope.emit(CallEvent::Answered { call, sdp });
        Stage::Session(Box::new(session))
    }

    fn connect_and_hang_up(
        mut self: Box<Self>,
        scope: &mut Scope<'_>,
        response: &Response,
    ) -> Stage {
        scope.stop(Timer::AwaitCancelled);
        let invite = scope.signalling.layer.sent(self.invite);
        let confirmed = invite.and_then(|invite| self.forks.confirm(invite, response));
        self.forks.clear(scope);
        let Some((mut session, _)) = confirmed else {
            return Over::stage(None, Acks::default());
        };
        scope.acknowledge(self.invite, &session.dialog, &mut session.acks);
        Over::hang_up(scope, session.dialog, session.acks)
    }

    fn authenticate(self: Box<Self>, scope: &mut Scope<'_>, response: &Response) -> Stage {
        match scope.signalling.challenged(self.invite, response) {
            Ok(()) => self.send_anew(scope),
            Err(AuthError::NoChallenge) => self.refused(scope, response),
            Err(AuthError::Rejected | AuthError::Unsupported) => {
                self.fail(scope, EndReason::NotAuthorized)
            }
        }
    }

    fn redirect(mut self: Box<Self>, scope: &mut Scope<'_>, response: &Response) -> Stage {
        self.redirects.add(&self.new.target.uri, response);
        self.follow_or_fail(scope, refusal(response))
    }

    /// A refusal; another contact of an earlier redirection may still be willing, unless the whole
    /// world said no (RFC 3261 §8.1.3.4).
    fn refused(self: Box<Self>, scope: &mut Scope<'_>, response: &Response) -> Stage {
        if response.status.code() >= 600 {
            return self.fail(scope, refusal(response));
        }
        self.follow_or_fail(scope, refusal(response))
    }

    fn follow_or_fail(mut self: Box<Self>, scope: &mut Scope<'_>, otherwise: EndReason) -> Stage {
        match self.redirects.next() {
            NextTarget::Contact(uri) => {
                self.new.target.uri = target::without_headers(uri);
                self.send_anew(scope)
            }
            NextTarget::None => self.fail(scope, otherwise),
            NextTarget::TooMany => self.fail(scope, EndReason::TooManyRedirects),
        }
    }

    /// Sends the INVITE once more, under the same Call-ID and From (RFC 3261 §8.1.3.5).
    fn send_anew(mut self: Box<Self>, scope: &mut Scope<'_>) -> Stage {
        self.cseq += 1;
        self.forks.clear(scope);
        self.state = State::Calling;
        let (new, timer) = (&self.new, &self.timer);
        let request = build_invite(scope, new, timer, &self.call_id, &self.from, self.cseq);
        match scope.send(request, Purpose::Invite) {
            Some(invite) => {
                self.invite = invite;
                Stage::Outgoing(self)
            }
            None => self.fail(scope, EndReason::FlowLost),
        }
    }

    fn fail(mut self: Box<Self>, scope: &mut Scope<'_>, reason: EndReason) -> Stage {
        self.close(scope);
        scope.emit_ended(reason);
        Over::stage(None, Acks::default())
    }

    fn finish(mut self: Box<Self>, scope: &mut Scope<'_>) -> Stage {
        self.close(scope);
        Over::stage(None, Acks::default())
    }

    fn close(&mut self, scope: &mut Scope<'_>) {
        scope.stop(Timer::AwaitCancelled);
        scope.stop(Timer::RetryModify);
        self.forks.clear(scope);
    }
}

/// The INVITE in the order of headers of the document's example (OX-5).
fn build_invite(
    scope: &Scope<'_>,
    new: &NewCall,
    timer: &SessionTimer,
    call_id: &str,
    from: &str,
    cseq: u32,
) -> Request {
    let target = &new.target;
    let mut invite = Request::new(Method::Invite, target.uri.clone());
    let headers = &mut invite.headers;
    headers.push("From", from);
    headers.push("To", &new.to);
    headers.push("Call-ID", call_id);
    headers.push("CSeq", format!("{cseq} INVITE"));
    headers.push("Contact", &new.contact);
    headers.push("Allow", ALLOW);
    headers.push("Supported", SUPPORTED);
    timer.ask(headers);
    for (name, value) in &target.headers {
        headers.push(name, value);
    }
    // OX-4: asked at every send, because the flow may be another one and a 3xx may have led
    // elsewhere.
    if scope.signalling.guard.admits(&target.uri) {
        for (name, value) in &target.guarded_headers {
            headers.push(name, value);
        }
    }
    invite.set_body("application/sdp", new.offer.clone());
    invite
}

fn input_of(status: StatusCode) -> Input {
    match status.code() {
        ..200 => Input::Provisional,
        200..300 => Input::Success,
        300..303 => Input::Redirected,
        422 => Input::TooBrief,
        _ if is_challenge(status) => Input::Challenged,
        303.. => Input::Refused,
    }
}

fn refusal(response: &Response) -> EndReason {
    EndReason::Refused {
        status: response.status,
        cause: Cause::read(&response.headers),
    }
}

pub(super) fn reason_of(error: TransactionError) -> EndReason {
    match error {
        TransactionError::TimedOut => EndReason::TimedOut,
        TransactionError::FlowLost => EndReason::FlowLost,
    }
}
