//! Changes and refreshes of the session that we ask for, by re-INVITE or UPDATE
//! (RFC 3261 §14.1, RFC 3311 §5.1, RFC 4028 §7.4).

use std::time::Duration;

use crate::call::commands::CallError;
use crate::call::reliable;
use crate::call::scope::Scope;
use crate::call::screen::{ALLOW, SUPPORTED};
use crate::call::session::Session;
use crate::call::turn::Turn;
use crate::call::{CallEvent, EndReason, Purpose};
use crate::dialog::Opener;
use crate::message::{Method, Response, StatusCode};
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, TransactionError};

/// A re-INVITE or an UPDATE of ours.
#[derive(Debug)]
pub(super) struct Change {
    wish: Wish,
    method: Method,
    progress: Progress,
    last_rseq: Option<u32>,
    /// How often the other side has asked us to wait.
    delays: u32,
}

#[derive(Debug)]
enum Wish {
    /// The owner of the call wants another session.
    Offer(Vec<u8>),
    /// The session stays; the other side learns that we are still there, and where.
    Refresh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Sent(ClientTransactionId),
    /// It met one of theirs, or the flow was lost; it is sent again.
    Waiting,
}

/// What a response means for a change.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Provisional,
    Accepted,
    Later(Option<Duration>),
    Authenticate,
    AskLonger,
    OtherMethod,
    Gone(EndReason),
    Refused,
}

impl Change {
    fn new(wish: Wish, method: Method) -> Self {
        Self {
            wish,
            method,
            progress: Progress::Waiting,
            last_rseq: None,
            delays: 0,
        }
    }

    /// An offer of ours waits for its answer.
    pub(super) fn is_offered(&self) -> bool {
        let offers = self.method == Method::Invite || matches!(self.wish, Wish::Offer(_));
        offers && self.is_under_way()
    }

    fn is_under_way(&self) -> bool {
        matches!(self.progress, Progress::Sent(_))
    }

    fn judge(&self, response: &Response) -> Verdict {
        let status = response.status;
        if status.is_provisional() {
            return Verdict::Provisional;
        }
        if let Some(reason) = EndReason::of_forgotten(status) {
            return Verdict::Gone(reason);
        }
        let delay = response.headers.seconds("Retry-After").ok().flatten();
        match status {
            _ if status.is_success() => Verdict::Accepted,
            _ if is_challenge(status) => Verdict::Authenticate,
            StatusCode::REQUEST_PENDING if self.delays < MAX_DELAYS => Verdict::Later(None),
            // They have an offer of ours open yet (RFC 3261 §14.2, RFC 3311 §5.2).
            StatusCode::SERVER_INTERNAL_ERROR if self.delays < MAX_DELAYS => match delay {
                Some(seconds @ 0..=LONGEST_DELAY) => {
                    Verdict::Later(Some(Duration::from_secs(seconds.into())))
                }
                Some(_) | None => Verdict::Refused,
            },
            StatusCode::SESSION_INTERVAL_TOO_SMALL => Verdict::AskLonger,
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
                if matches!(self.wish, Wish::Refresh) && self.method == Method::Update =>
            {
                Verdict::OtherMethod
            }
            _ => Verdict::Refused,
        }
    }
}

impl Session {
    /// Offers another session. While a refresh is under way the offer waits for its end.
    pub(super) fn modify(
        &mut self,
        scope: &mut Scope<'_>,
        offer: Vec<u8>,
    ) -> Result<(), CallError> {
        if self.rescue.is_some() && self.next_offer.is_none() {
            self.next_offer = Some(offer);
            return Ok(());
        }
        if let Some(change) = &self.change {
            let refreshes = matches!(change.wish, Wish::Refresh);
            let waits = refreshes && self.next_offer.is_none() && self.offer.is_none();
            return match waits {
                true => {
                    self.next_offer = Some(offer);
                    Ok(())
                }
                false => Err(CallError::OfferPending),
            };
        }
        if self.turn() != Turn::Free {
            return Err(CallError::OfferPending);
        }
        let method = match self.confirmed {
            true => Method::Invite,
            // Before the answer only UPDATE may change anything (RFC 3311 §5.1).
            false if self.dialog.allows_update => Method::Update,
            false => return Err(CallError::WrongState),
        };
        self.change = Some(Change::new(Wish::Offer(offer), method));
        self.send_change(scope);
        Ok(())
    }

    /// Shows the other side that we are still there, and where. Every change does so, too.
    pub(super) fn refresh(&mut self, scope: &mut Scope<'_>) {
        if self.change.as_ref().is_some_and(Change::is_under_way) {
            return;
        }
        let method = self.refresh_method();
        self.change
            .get_or_insert_with(|| Change::new(Wish::Refresh, method));
        scope.stop(Timer::RetryModify);
        self.retry_modify(scope);
    }

    /// An UPDATE needs no offer, so that nobody has to answer one (RFC 4028 §7.4).
    fn refresh_method(&self) -> Method {
        if self.dialog.allows_update {
            Method::Update
        } else {
            Method::Invite
        }
    }

    pub(super) fn has_sent(&self, transaction: ClientTransactionId) -> bool {
        let sent = Progress::Sent(transaction);
        self.change
            .as_ref()
            .is_some_and(|change| change.progress == sent)
    }

    /// The time after a 491 is over, or the flow is back.
    pub(super) fn retry_modify(&mut self, scope: &mut Scope<'_>) {
        // No second INVITE before the ACK of the first (RFC 3261 §14.1).
        match self.turn() {
            Turn::Free if self.unacked.is_none() => self.send_change(scope),
            Turn::Free | Turn::Ours | Turn::Theirs => self.wait(scope, None),
        }
    }

    /// Returns why the call is over, if it is.
    pub(super) fn on_change_response(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Option<EndReason> {
        let sent = Progress::Sent(transaction);
        let Some(mut change) = self.change.take_if(|change| change.progress == sent) else {
            if response.status.is_success() {
                let dialog = &self.dialog;
                self.acks
                    .handle_late_change(scope, transaction, dialog, response);
            }
            return None;
        };
        match change.judge(response) {
            Verdict::Provisional => {
                reliable::acknowledge(scope, &mut self.dialog, &mut change.last_rseq, response);
                self.change = Some(change);
            }
            Verdict::Accepted => self.change_accepted(scope, transaction, change, response),
            Verdict::Later(delay) => {
                change.progress = Progress::Waiting;
                change.delays += 1;
                self.change = Some(change);
                self.wait(scope, delay);
            }
            Verdict::Authenticate => self.authenticate(scope, transaction, change, response),
            Verdict::AskLonger if self.timer.refused(response) => self.send_anew(scope, change),
            Verdict::OtherMethod => {
                self.dialog.allows_update = false;
                change.method = Method::Invite;
                self.send_anew(scope, change);
            }
            Verdict::Gone(reason) => return Some(reason),
            Verdict::Refused
                if matches!(change.wish, Wish::Refresh)
                    && self.has_lost_its_way(response.status) =>
            {
                self.rescue(scope);
            }
            Verdict::AskLonger | Verdict::Refused => {
                self.change_refused(scope, &change, response.status);
            }
        }
        None
    }

    /// Returns why the call is over, if it is.
    pub(super) fn on_change_failed(&mut self, error: TransactionError) -> Option<EndReason> {
        match error {
            TransactionError::TimedOut => Some(EndReason::TimedOut),
            // It is sent again when the flow is back.
            TransactionError::FlowLost => {
                if let Some(change) = &mut self.change {
                    change.progress = Progress::Waiting;
                }
                None
            }
        }
    }

    /// An UPDATE before the answer that nobody answers does not end the call.
    pub(super) fn on_early_change_failed(&mut self, scope: &mut Scope<'_>) {
        if let Some(change) = self.change.take_if(|change| change.is_under_way()) {
            self.change_refused(scope, &change, StatusCode::REQUEST_TIMEOUT);
        }
    }

    fn authenticate(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        mut change: Change,
        response: &Response,
    ) {
        let dialog = &mut self.dialog;
        match scope.send_with_credentials(transaction, response, dialog, Purpose::Modify) {
            Some(again) => {
                change.progress = Progress::Sent(again);
                self.change = Some(change);
            }
            None => self.change_refused(scope, &change, response.status),
        }
    }

    fn change_accepted(
        &mut self,
        scope: &mut Scope<'_>,
        transaction: ClientTransactionId,
        change: Change,
        response: &Response,
    ) {
        self.dialog.refresh_target(&response.headers);
        if change.method == Method::Invite {
            scope.acknowledge(transaction, &self.dialog, &mut self.acks);
        }
        self.moved = false;
        if self.confirmed {
            self.timer.granted(response);
            self.watch(scope);
        }
        let call = scope.call;
        let answer = response.session_description().map(<[u8]>::to_vec);
        match (change.wish, answer) {
            (Wish::Offer(offer), Some(sdp)) => {
                self.was_changed = true;
                self.local_sdp = offer;
                self.remote_sdp.clone_from(&sdp);
                scope.emit(CallEvent::Modified { call, sdp });
            }
            // An offer without an answer changes nothing.
            (Wish::Offer(_), None) => {
                let status = StatusCode::NOT_ACCEPTABLE_HERE;
                scope.emit(CallEvent::ModifyRefused { call, status });
            }
            (Wish::Refresh, Some(sdp)) => self.refreshed(scope, sdp),
            (Wish::Refresh, None) => {}
        }
        self.change_what_waits(scope);
    }

    /// Nothing was asked for, and yet something may be different. A change that waits brings news
    /// of its own.
    pub(super) fn refreshed(&mut self, scope: &mut Scope<'_>, sdp: Vec<u8>) {
        if sdp == self.remote_sdp {
            return;
        }
        self.remote_sdp.clone_from(&sdp);
        if self.next_offer.is_none() {
            let call = scope.call;
            scope.emit(CallEvent::Modified { call, sdp });
        }
    }

    fn change_refused(&mut self, scope: &mut Scope<'_>, change: &Change, status: StatusCode) {
        let call = scope.call;
        match change.wish {
            Wish::Offer(_) => scope.emit(CallEvent::ModifyRefused { call, status }),
            Wish::Refresh => {
                if let Some(delay) = self.timer.next_try() {
                    scope.start_in(Timer::RefreshSession, delay);
                }
            }
        }
        self.change_what_waits(scope);
    }

    /// What the owner wanted during a refresh.
    pub(super) fn change_what_waits(&mut self, scope: &mut Scope<'_>) {
        if let Some(offer) = self.next_offer.take() {
            self.change = Some(Change::new(Wish::Offer(offer), Method::Invite));
            self.retry_modify(scope);
        }
    }

    fn send_anew(&mut self, scope: &mut Scope<'_>, change: Change) {
        self.change = Some(change);
        self.send_change(scope);
    }

    /// Without a flow the change waits for the next one.
    fn send_change(&mut self, scope: &mut Scope<'_>) {
        let Some(change) = &mut self.change else {
            return;
        };
        let mut request = self.dialog.request(change.method.clone());
        request.headers.push("Allow", ALLOW);
        request.headers.push("Supported", SUPPORTED);
        self.timer.ask_again(&mut request.headers);
        match &change.wish {
            Wish::Offer(offer) => request.set_body("application/sdp", offer.clone()),
            Wish::Refresh if change.method == Method::Invite => {
                request.set_body("application/sdp", self.local_sdp.clone());
            }
            Wish::Refresh => {}
        }
        change.progress = match scope.send(request, Purpose::Modify) {
            Some(transaction) => Progress::Sent(transaction),
            None => Progress::Waiting,
        };
    }

    /// Whoever made the Call-ID waits longer, so that the two do not meet again: 2.1 to 4 s
    /// against 0 to 2 s, in steps of 10 ms (RFC 3261 §14.1).
    fn wait(&mut self, scope: &mut Scope<'_>, delay: Option<Duration>) {
        let ids = &mut scope.signalling.layer.ids;
        let steps = match self.dialog.opener {
            Opener::Us => 210 + ids.below(191),
            Opener::Them => ids.below(201),
        };
        let delay = delay.unwrap_or(Duration::from_millis(steps * 10));
        scope.start_in(Timer::RetryModify, delay);
    }
}

/// A side that asks us to wait more often does not want the change.
const MAX_DELAYS: u32 = 8;

/// The longest time, in seconds, that the side may name which has an offer of ours open
/// (RFC 3261 §14.2).
const LONGEST_DELAY: u32 = 10;
