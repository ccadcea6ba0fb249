//! The one flow to our registrar: opening, keeping, losing it, and how far it is trusted.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{UserAgent, is_accepted};
use crate::auth::Authenticator;
use crate::event::{Event, FlowTrust};
use crate::ids::IdSource;
use crate::input::{FlowError, FlowId, FlowInfo};
use crate::keep_alive::{self, Terms};
use crate::locate::Place;
use crate::message::{NameAddr, Uri};
use crate::output::Output;
use crate::registration::{self, Haste, Input, Trouble};
use crate::timers::Timer;

/// What we know of the flow to our registrar.
#[derive(Debug)]
pub(super) struct RegistrarFlow {
    /// The flow that was asked for last, open or not.
    pub(super) id: Option<FlowId>,
    /// The flow to the server before, until the better one that we move to has taken us in.
    pub(super) retiring: Option<FlowId>,
    pub(super) info: Option<FlowInfo>,
    /// The server challenged us on this flow and took our answer (OX-4).
    pub(super) authenticated: bool,
    /// Our address at this end, as the registrar has it.
    pub(super) contact: Option<Uri>,
    pub(super) gruu: Option<Uri>,
    /// Where the server sees us, as its responses say (RFC 3581).
    pub(super) seen_from: Option<SocketAddr>,
    pub(super) terms: Terms,
    /// The server answers pings, because it said so or because it has done it.
    answers_pings: bool,
    /// From one ping to the next.
    pub(super) ping_interval: Duration,
    /// A ping of ours has had no answer yet.
    ping_is_open: bool,
    pub(super) last_pong: Option<Instant>,
    /// `ms-opaque` of our Contact, the same for all flows of this run.
    opaque: String,
    last_id: u64,
}

impl RegistrarFlow {
    pub(super) fn new(ids: &mut IdSource) -> Self {
        Self {
            id: None,
            retiring: None,
            info: None,
            authenticated: false,
            contact: None,
            gruu: None,
            seen_from: None,
            terms: Terms::Unspoken,
            answers_pings: false,
            ping_interval: keep_alive::BEFORE_GRANT,
            ping_is_open: false,
            last_pong: None,
            opaque: ids.hex(5),
            last_id: 0,
        }
    }

    pub(super) fn forget(&mut self) {
        self.info = None;
        self.id = None;
        self.start_over();
    }

    /// Leaves the flow open and makes room for another one.
    pub(super) fn retire(&mut self) {
        self.retiring = self.id;
        self.start_over();
    }

    /// Nothing that holds for one flow holds for the next.
    fn start_over(&mut self) {
        self.seen_from = None;
        self.authenticated = false;
        self.terms = Terms::Unspoken;
        self.answers_pings = false;
        self.ping_interval = keep_alive::BEFORE_GRANT;
        self.ping_is_open = false;
        self.last_pong = None;
    }

    /// A flow between us and our registrar (OX-15).
    pub(super) fn is_to_registrar(&self, flow: FlowId) -> bool {
        self.id == Some(flow) || self.retiring == Some(flow)
    }

    /// The flow, if it is open.
    pub(super) fn open(&self) -> Option<FlowId> {
        self.id.filter(|_| self.info.is_some())
    }
}

impl UserAgent {
    /// How far the flow can be trusted at this moment (OX-4).
    pub fn flow_trust(&self) -> FlowTrust {
        FlowTrust {
            transport: self.account.registrar.transport,
            registered: self.registration.is_registered(),
            authenticated: self.flow.authenticated,
        }
    }

    /// The open flow, with our own address on the way to the server: where media is received.
    pub fn flow_info(&self) -> Option<FlowInfo> {
        self.flow.info
    }

    pub(super) fn ask_for_flow(&mut self, place: Place) -> FlowId {
        self.flow.last_id += 1;
        let flow = FlowId(self.flow.last_id);
        let target = place.target;
        self.push(Output::OpenFlow { flow, target });
        flow
    }

    /// Closes the flow from our side, open or not.
    pub(super) fn close_flow(&mut self, now: Instant) {
        self.close_retiring(now);
        let Some(flow) = self.flow.id else { return };
        self.push(Output::CloseFlow { flow });
        self.drop_flow(now, flow);
    }

    /// The address of this endpoint in dialogs: the GRUU where one was assigned (OX-5).
    pub(super) fn contact(&self) -> NameAddr {
        let uri = self.flow.gruu.as_ref().or(self.flow.contact.as_ref());
        NameAddr::new(uri.unwrap_or(&self.account.address).clone())
    }

    /// Guarded headers may leave on an encrypted flow that was authenticated, to the account's own
    /// domain (OX-4).
    pub(super) fn set_guard(&mut self) {
        let trusted = self.flow_trust().is_trusted();
        let domain = self.account.address.host().filter(|_| trusted).cloned();
        self.signalling.guard.trusted_domain = domain;
    }

    pub(super) fn on_flow_opened(&mut self, now: Instant, flow: FlowId, info: FlowInfo) {
        if self.flow.id == Some(flow) {
            self.use_flow(now, flow, info);
            self.advance(now, Input::FlowOpened);
        } else if !self.on_trial_opened(now, flow, info) {
            self.on_other_flow_opened(now, flow, info);
        }
    }

    /// Takes an open flow for the one to the registrar.
    pub(super) fn use_flow(&mut self, now: Instant, flow: FlowId, info: FlowInfo) {
        self.signalling.layer.flow_opened(now, flow, info);
        self.flow.info = Some(info);
        let contact = registration::registered_contact(&self.account, info, &self.flow.opaque);
        self.flow.contact = Some(contact);
        // No credentials before this flow has asked for them, so that its trust is its own (OX-4).
        let credentials = self.account.credentials.clone();
        self.signalling.authenticator = Some(Authenticator::new(credentials));
        self.registration.on_new_flow();
        self.set_guard();
        self.timers.stop((), Timer::AwaitPong);
        self.timers
            .set((), Timer::KeepAlive, now + keep_alive::BEFORE_GRANT);
    }

    pub(super) fn on_flow_failed(&mut self, now: Instant, flow: FlowId, error: FlowError) {
        if self.flow.id == Some(flow) {
            self.flow.forget();
            self.finding.search.failed(Trouble::of_flow(error));
            self.open_next(now);
        } else {
            self.on_trial_failed(now, flow);
        }
    }

    pub(super) fn on_flow_closed(&mut self, now: Instant, flow: FlowId, error: FlowError) {
        let ours = self.flow.id == Some(flow);
        let haste = self.haste(&error);
        self.drop_flow(now, flow);
        if ours {
            self.lost(now, Trouble::of_flow(error), haste);
        }
    }

    /// A server that closes its flows closes them all; only who talks comes back at once.
    fn haste(&self, error: &FlowError) -> Haste {
        let by_server = matches!(
            error,
            FlowError::Closed | FlowError::Broken(_) | FlowError::Tls(_)
        );
        match by_server && self.calls.live().next().is_none() {
            true => Haste::Patient,
            false => Haste::Urgent,
        }
    }

    pub(super) fn on_keep_alive_due(&mut self, now: Instant) {
        let Some(flow) = self.flow.open() else { return };
        let interval = self.flow.terms.interval(&mut self.signalling.layer.ids);
        let last_sent = self.signalling.layer.last_sent(flow).unwrap_or(now);
        let quiet = matches!(self.flow.terms, Terms::Quiet(_));
        if quiet && last_sent + interval > now {
            self.timers.set((), Timer::KeepAlive, last_sent + interval);
            return;
        }
        self.signalling.layer.ping(now, flow);
        self.flow.ping_interval = interval;
        self.flow.ping_is_open = true;
        self.timers.set((), Timer::KeepAlive, now + interval);
        if self.flow.answers_pings {
            self.timers
                .set((), Timer::AwaitPong, now + Timer::AwaitPong.duration());
        }
    }

    /// Whoever answers one ping answers the next (RFC 5626 §4.4.1), but for Microsoft's servers,
    /// whose empty lines mean nothing.
    pub(super) fn on_pong(&mut self, now: Instant, flow: FlowId) {
        if self.flow.id != Some(flow) {
            return;
        }
        self.timers.stop((), Timer::AwaitPong);
        self.flow.answers_pings = !matches!(self.flow.terms, Terms::Quiet(_));
        // Whoever sends empty lines unasked tells nothing by them.
        let asked = std::mem::take(&mut self.flow.ping_is_open);
        if asked && self.flow.answers_pings {
            self.flow.last_pong = Some(now);
            self.push(Output::Event(Event::Pong));
        }
    }

    /// The server did not answer a ping: the flow is dead, whatever TCP thinks.
    pub(super) fn on_silence(&mut self, now: Instant) {
        self.close_flow(now);
        self.settle(now);
        self.lost(now, Trouble::silent(), Haste::Urgent);
    }

    /// Takes over how the server wants the flow kept.
    pub(super) fn keep_flow(&mut self, now: Instant, terms: Terms) {
        self.flow.terms = terms;
        self.flow.answers_pings |= matches!(terms, Terms::Answered(_));
        let interval = terms.interval(&mut self.signalling.layer.ids);
        self.flow.ping_interval = interval;
        self.timers.set((), Timer::KeepAlive, now + interval);
    }

    fn lost(&mut self, now: Instant, trouble: Trouble, haste: Haste) {
        self.registration.trouble = Some(trouble);
        let input = match self.registration.may_reopen_at_once(now, haste) {
            true => Input::FlowLost,
            false => Input::FlowLostAgain,
        };
        self.advance(now, input);
    }

    fn drop_flow(&mut self, now: Instant, flow: FlowId) {
        self.signalling.layer.flow_closed(now, flow);
        self.flow.retiring.take_if(|retiring| *retiring == flow);
        if self.flow.id != Some(flow) {
            return;
        }
        self.flow.forget();
        self.give_trial_up();
        self.signalling.service_route.clear();
        self.timers.stop((), Timer::KeepAlive);
        self.timers.stop((), Timer::AwaitPong);
        self.set_guard();
        self.settle(now);
    }

    /// The server that we have moved away from is no longer needed.
    pub(super) fn close_retiring(&mut self, now: Instant) {
        if let Some(flow) = self.flow.retiring {
            self.push(Output::CloseFlow { flow });
            self.drop_flow(now, flow);
        }
    }

    /// A listener's flow is heard; one that we asked for and gave up meanwhile is closed.
    fn on_other_flow_opened(&mut self, now: Instant, flow: FlowId, info: FlowInfo) {
        if is_accepted(flow) {
            self.signalling.layer.flow_opened(now, flow, info);
        } else {
            self.push(Output::CloseFlow { flow });
        }
    }
}
