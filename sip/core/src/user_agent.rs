//! The user agent of one account: its flow, its registration, its calls, its mailbox, its presence.
//!
//! This file routes; the state lives in `Registration`, [`Calls`], `Subscription` and
//! `RegistrarFlow`, and what is done with them in the files of this folder. Give it an input or a
//! command, then drain [`Core::poll_output`]:
//!
//! ```text
//! register() -> OpenFlow -> FlowOpened -> REGISTER ... 200 -> Registration(Registered)
//! invite()   -> INVITE ... 180 -> CallProgress ... 200 -> ACK, CallAnswered
//! INVITE     -> 100, IncomingCall -> ring(), answer() or reject()
//! ```

mod commands;
mod finding;
mod flow;
mod mailbox;
mod presence;
mod registering;
mod requests;
mod standing;
mod transferring;

use std::collections::VecDeque;
use std::time::Instant;

use crate::account::Account;
use crate::call::Calls;
use crate::event::Event;
use crate::ids::IdSource;
use crate::input::{FlowId, Input};
use crate::output::{Core, Output};
use crate::publication::Publication;
use crate::registration::Registration;
use crate::signalling::Signalling;
use crate::subscription::Subscription;
use crate::timers::{Timer, TimerQueue};
use crate::transaction::{TransactionEvent, TransactionLayer};
use finding::Finding;
use flow::RegistrarFlow;

pub use requests::Visibility;
pub use standing::{KeepAlive, Standing};

/// The sans-IO SIP endpoint of one account.
#[derive(Debug)]
pub struct UserAgent {
    account: Account,
    signalling: Signalling,
    finding: Finding,
    flow: RegistrarFlow,
    registration: Registration,
    calls: Calls,
    mailbox: Subscription,
    publication: Publication,
    visibility: Visibility,
    timers: TimerQueue<()>,
    outputs: VecDeque<Output<Event>>,
}

impl UserAgent {
    /// A user agent that is signed out. All of its randomness comes from `ids`.
    pub fn new(account: Account, mut ids: IdSource) -> Self {
        let registration = Registration::new(&mut ids);
        let flow = RegistrarFlow::new(&mut ids);
        let mut signalling = Signalling::new(TransactionLayer::new(ids));
        signalling.epid = Some(account.epid.clone());
        Self {
            account,
            signalling,
            finding: Finding::default(),
            flow,
            registration,
            calls: Calls::new(),
            mailbox: Subscription::new(),
            publication: Publication::new(),
            visibility: Visibility::Visible,
            timers: TimerQueue::new(),
            outputs: VecDeque::new(),
        }
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Works off what an input or a command has set off.
    fn settle(&mut self, now: Instant) {
        while let Some(event) = self.signalling.poll_event() {
            self.route(now, event);
        }
        while let Some(event) = self.calls.poll_event() {
            self.push(Output::Event(Event::Call(event)));
        }
    }

    /// Each event goes to whom it belongs.
    fn route(&mut self, now: Instant, event: TransactionEvent) {
        let of_mailbox = matches!(&event, TransactionEvent::Request { request, .. }
            if requests::is_of_mailbox(request));
        // Word of the mailbox is none of the call in whose dialog a server sends it.
        let event = match of_mailbox {
            true => Some(event),
            false => self.calls.handle_event(now, &mut self.signalling, event),
        };
        let Some(event) = event else { return };
        match event {
            TransactionEvent::Request {
                flow,
                transaction,
                request,
            } => {
                self.on_request(now, flow, transaction, request);
            }
            TransactionEvent::OneWay { flow, request } => self.on_one_way(now, flow, &request),
            TransactionEvent::Response {
                transaction,
                response,
            } => {
                if self.registration.transaction == Some(transaction) {
                    self.on_register_response(now, transaction, &response);
                } else if self.mailbox.transaction == Some(transaction) {
                    self.on_subscribe_response(now, transaction, &response);
                } else if self.publication.transaction == Some(transaction) {
                    self.on_publish_response(now, transaction, &response);
                }
            }
            TransactionEvent::Failed { transaction, error } => {
                if self.registration.transaction == Some(transaction) {
                    self.on_register_failed(now, error);
                } else if self.mailbox.transaction == Some(transaction) {
                    self.on_subscribe_failed(now);
                } else if self.publication.transaction == Some(transaction) {
                    self.on_publish_failed(now);
                }
            }
            TransactionEvent::Pong { flow } => self.on_pong(now, flow),
            TransactionEvent::Dropped { reason, .. } => {
                self.push(Output::Event(Event::Dropped(reason)));
            }
            // A CANCEL for, or the loss of, an INVITE that was refused already.
            TransactionEvent::Cancel { .. } | TransactionEvent::ServerFailed { .. } => {}
        }
    }

    fn on_timeout(&mut self, now: Instant) {
        self.signalling.layer.handle_timeout(now);
        self.settle(now);
        self.calls.handle_timeout(now, &mut self.signalling);
        while let Some(((), timer)) = self.timers.pop_due(now) {
            match timer {
                Timer::RefreshRegistration | Timer::RetryRegistration | Timer::SignOut => {
                    self.on_registration_due(now);
                }
                Timer::KeepAlive => self.on_keep_alive_due(now),
                Timer::AwaitPong => self.on_silence(now),
                Timer::AwaitRegistrar => self.on_registrar_silent(now),
                Timer::TryBetter => self.on_better_due(now),
                Timer::RefreshSubscription | Timer::RetrySubscription => self.subscribe_now(now),
                Timer::RefreshPublication | Timer::RetryPublication => self.publish_now(now),
                // The timers of transactions and calls run elsewhere.
                _ => {}
            }
        }
    }

    /// Adds an output behind everything that was sent before it.
    fn push(&mut self, output: Output<Event>) {
        self.flush();
        self.outputs.push_back(output);
    }

    fn flush(&mut self) {
        while let Some((flow, bytes)) = self.signalling.layer.poll_transmit() {
            self.outputs.push_back(Output::Transmit { flow, bytes });
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.signalling.layer.next_deadline(),
            self.calls.next_deadline(),
            self.timers.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }
}

impl Core for UserAgent {
    type Event = Event;

    fn handle_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::LookedUp { question, answer } => self.on_looked_up(now, question, answer),
            Input::FlowSecuring { flow } => self.on_flow_securing(flow),
            Input::FlowOpened { flow, info } => self.on_flow_opened(now, flow, info),
            Input::FlowFailed { flow, error } => self.on_flow_failed(now, flow, error),
            Input::Received { flow, bytes } => self.signalling.layer.receive(now, flow, &bytes),
            Input::FlowClosed { flow, error } => self.on_flow_closed(now, flow, error),
            Input::Disturbed => self.on_disturbed(now),
            Input::Timeout => self.on_timeout(now),
        }
        self.settle(now);
    }

    fn poll_output(&mut self) -> Output<Event> {
        self.flush();
        let deadline = self.next_deadline();
        self.outputs
            .pop_front()
            .unwrap_or(Output::Timeout(deadline))
    }
}

/// A flow that a listener of this machine accepted, not one that we asked for.
fn is_accepted(flow: FlowId) -> bool {
    flow >= FlowId::FIRST_ACCEPTED
}
