//! Calls: the INVITE usages of dialogs, placed and received.
//!
//! [`Calls`] works on transactions and knows nothing of accounts, so that the phone and the
//! voicemail server both use it. It takes the [`TransactionEvent`]s that belong to calls and hands
//! the others back; out come [`CallEvent`]s.
//!
//! A call is one of four stages, each in a file of its own, and every input takes the stage by
//! value and returns the next one:
//!
//! - `outgoing.rs`: our INVITE is under way (`cancel.rs` decides its races, `forks.rs` keeps the
//!   branches apart, `early.rs` talks in them, `redirect.rs` follows a 3xx, `reliable.rs`
//!   acknowledges provisional answers);
//! - `incoming.rs`: their INVITE waits for us;
//! - `session.rs`: answered (`change.rs` changes and refreshes it from our side, `offer.rs` from
//!   theirs, `session_timer.rs` says when, `unacked.rs` repeats our 200 until its ACK,
//!   `rescue.rs` finds another way to the other side, `transfer.rs` sends somebody elsewhere);
//! - `over.rs`: ended, but late messages still have to be answered.

mod cancel;
mod change;
mod commands;
mod digit;
mod diversion;
mod early;
mod end;
mod established;
mod event;
mod facts;
mod forks;
mod incoming;
mod offer;
mod outgoing;
mod over;
mod redirect;
mod reliable;
mod replaces;
mod rescue;
mod scope;
pub(crate) mod screen;
mod session;
mod session_timer;
mod stage;
mod target;
mod transfer;
mod transferring;
mod turn;
mod unacked;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use crate::dialog::DialogId;
use crate::input::FlowId;
use crate::message::{Method, Request};
use crate::signalling::Signalling;
use crate::timers::{Timer, TimerQueue};
use crate::transaction::TransactionEvent;
use scope::{Desk, Scope};
use stage::{Purpose, Stage};

pub use commands::{CallError, NewCall};
pub use diversion::{Diversion, DiversionReason};
pub use end::{Cause, EndReason};
pub use event::{CallEvent, Fork};
pub use facts::{CallFacts, Sensitivity};
pub use replaces::Replaces;
pub use screen::{ALLOW, SUPPORTED};
pub use target::{CallTarget, Guard};
pub use transfer::{TransferProgress, TransferTarget};

/// Our own number for a call; the header of that name is `CallIdHeader` in prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// All calls of one core.
#[derive(Debug)]
pub struct Calls {
    calls: BTreeMap<CallId, Call>,
    desk: Desk,
    last_id: u64,
}

#[derive(Debug)]
struct Call {
    flow: FlowId,
    stage: Stage,
}

impl Default for Calls {
    fn default() -> Self {
        Self::new()
    }
}

impl Calls {
    pub fn new() -> Self {
        let desk = Desk {
            clients: BTreeMap::new(),
            servers: BTreeMap::new(),
            timers: TimerQueue::new(),
            events: VecDeque::new(),
            referrers: BTreeMap::new(),
            reports: VecDeque::new(),
        };
        Self {
            calls: BTreeMap::new(),
            desk,
            last_id: 0,
        }
    }

    /// Takes an event that belongs to a call; hands back what does not.
    ///
    /// A new INVITE is handed back, too: whoever wants it as a call says so with
    /// [`Self::receive_invite`].
    pub fn handle_event(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        event: TransactionEvent,
    ) -> Option<TransactionEvent> {
        match event {
            TransactionEvent::Request {
                flow,
                transaction,
                request,
            } => {
                let Some(call) = self.find(&request) else {
                    return Some(TransactionEvent::Request {
                        flow,
                        transaction,
                        request,
                    });
                };
                self.step(now, signalling, call, |stage, scope| {
                    stage.on_request(scope, transaction, &request)
                });
            }
            TransactionEvent::OneWay { flow, request } => {
                let Some(call) = self
                    .find(&request)
                    .filter(|_| request.method == Method::Ack)
                else {
                    return Some(TransactionEvent::OneWay { flow, request });
                };
                self.step(now, signalling, call, |stage, scope| {
                    stage.on_ack(scope, &request)
                });
            }
            TransactionEvent::Cancel { invite, request } => {
                let Some(call) = self.desk.servers.get(&invite).copied() else {
                    return Some(TransactionEvent::Cancel { invite, request });
                };
                self.step(now, signalling, call, |stage, scope| {
                    stage.on_cancel(scope, invite, &request)
                });
            }
            TransactionEvent::Response {
                transaction,
                response,
            } => {
                let Some((call, purpose)) = self.desk.clients.get(&transaction).copied() else {
                    return Some(TransactionEvent::Response {
                        transaction,
                        response,
                    });
                };
                let status = response.status;
                self.step(now, signalling, call, |stage, scope| {
                    stage.on_response(scope, transaction, purpose, &response)
                });
                if purpose == Purpose::Auxiliary && status.is_final() {
                    self.desk.clients.remove(&transaction);
                }
            }
            TransactionEvent::Failed { transaction, error } => {
                let Some((call, purpose)) = self.desk.clients.remove(&transaction) else {
                    return Some(TransactionEvent::Failed { transaction, error });
                };
                self.step(now, signalling, call, |stage, scope| {
                    stage.on_failed(scope, purpose, error)
                });
            }
            TransactionEvent::ServerFailed { transaction, error } => {
                let Some(call) = self.desk.servers.remove(&transaction) else {
                    return Some(TransactionEvent::ServerFailed { transaction, error });
                };
                self.step(now, signalling, call, |stage, scope| {
                    stage.on_server_failed(scope, transaction, error)
                });
            }
            other @ (TransactionEvent::Pong { .. } | TransactionEvent::Dropped { .. }) => {
                return Some(other);
            }
        }
        None
    }

    /// Lets every timer expire whose time has come.
    pub fn handle_timeout(&mut self, now: Instant, signalling: &mut Signalling) {
        while let Some((call, timer)) = self.desk.timers.pop_due(now) {
            if timer == Timer::Linger && !self.waits_to_hang_up(call) {
                self.forget(signalling, call);
                continue;
            }
            self.step(now, signalling, call, |stage, scope| {
                stage.on_timer(scope, timer)
            });
        }
    }

    /// When [`Self::handle_timeout`] must be called at the latest.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.desk.timers.next_deadline()
    }

    /// The next thing to tell. Take all of them after every call that may cause one.
    pub fn poll_event(&mut self) -> Option<CallEvent> {
        self.desk.events.pop_front()
    }

    /// Lets the calls of all flows that we have opened go on over this one, under a new Contact: it
    /// leads to the same server as they did. What came in on a flow of somebody else's stays there.
    pub fn move_to_flow(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        to: FlowId,
        contact: &str,
    ) {
        let is_ours = |flow| flow < FlowId::FIRST_ACCEPTED && flow != to;
        let moved = |(id, call): (&CallId, &Call)| is_ours(call.flow).then_some(*id);
        let moved: Vec<CallId> = self.calls.iter().filter_map(moved).collect();
        for id in moved {
            if let Some(call) = self.calls.get_mut(&id) {
                call.flow = to;
            }
            self.step(now, signalling, id, |stage, scope| {
                stage.on_new_flow(scope, contact)
            });
        }
    }

    /// Calls that have not ended, in the order in which they began.
    pub fn live(&self) -> impl Iterator<Item = CallId> {
        self.calls
            .iter()
            .filter(|(_, call)| call.stage.is_live())
            .map(|(id, _)| *id)
    }

    /// Whether a request is inside of the dialog of a call.
    pub fn knows(&self, request: &Request) -> bool {
        self.find(request).is_some()
    }

    /// The call whose dialog a request belongs to.
    fn find(&self, request: &Request) -> Option<CallId> {
        let dialog = DialogId::of_incoming(request)?;
        let owner = self.calls.iter().find(|(_, call)| call.stage.owns(&dialog));
        owner.map(|(id, _)| *id)
    }

    /// Takes a call from one stage to the next.
    fn step(
        &mut self,
        now: Instant,
        signalling: &mut Signalling,
        id: CallId,
        act: impl FnOnce(Stage, &mut Scope<'_>) -> Stage,
    ) {
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        let mut scope = Scope {
            now,
            call: id,
            flow: call.flow,
            signalling,
            desk: &mut self.desk,
        };
        let was_over = matches!(call.stage, Stage::Over(_));
        let stage = act(call.stage, &mut scope);
        if matches!(stage, Stage::Over(_)) && !was_over {
            scope.start(Timer::Linger);
        }
        self.calls.insert(
            id,
            Call {
                flow: call.flow,
                stage,
            },
        );
        self.report_transfers(now, signalling);
    }

    /// Tells whoever sent us into a call how that call stands.
    fn report_transfers(&mut self, now: Instant, signalling: &mut Signalling) {
        while let Some((referrer, status)) = self.desk.reports.pop_front() {
            self.step(now, signalling, referrer, |stage, scope| {
                stage.report_transfer(scope, status)
            });
        }
    }

    /// A call that was hung up while its flow was away is kept for the next flow.
    fn waits_to_hang_up(&mut self, id: CallId) -> bool {
        match self.calls.get_mut(&id).map(|call| &mut call.stage) {
            Some(Stage::Over(over)) => over.stays_longer(),
            Some(Stage::Outgoing(_) | Stage::Incoming(_) | Stage::Session(_)) | None => false,
        }
    }

    fn forget(&mut self, signalling: &mut Signalling, id: CallId) {
        self.calls.remove(&id);
        self.desk.timers.stop_all(id);
        self.desk.servers.retain(|_, call| *call != id);
        self.desk
            .referrers
            .retain(|new, referrer| *new != id && *referrer != id);
        self.desk.clients.retain(|transaction, (call, _)| {
            if *call == id {
                signalling.layer.abandon(*transaction);
            }
            *call != id
        });
    }
}
