//! The protocol server: registrar, proxy and notifier of message waiting (RFC 3261 §10, §16;
//! RFC 3842). Sans-IO; its flows are the clients' connections and [`UM_FLOW`], the in-memory
//! connection to the UM server in the same process.
//!
//! What it vouches for: a request that leaves towards another flow carries `P-Asserted-Identity`
//! when, and only when, its sender has proved to be a user of ours, and `Ms-Exchange-Command` when,
//! and only when, that proof came over TLS. So the UM server may believe both (OX-6).

mod access;
mod branches;
mod fork;
mod message_waiting;
mod paths;
mod proxy;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use hark_sip::message::{Host, Method, Request, Response, StatusCode, Uri};
use hark_sip::transaction::{
    ClientTransactionId, ServerTransactionId, TransactionEvent, TransactionLayer,
};
use hark_sip::{FlowId, FlowInfo, IdSource, Input, Transport};

use crate::config::{DigestOffer, User};
use crate::registrar::Registrar;
use crate::store::Counts;
use access::Access;
use message_waiting::Subscriptions;
use paths::Paths;
use proxy::Forwarded;

/// The connection to the UM server. Flows of the listeners have larger numbers.
pub(crate) const UM_FLOW: FlowId = FlowId(1);

/// What the protocol server is told when it begins.
pub(crate) struct Settings {
    pub domain: Host,
    pub users: Vec<User>,
    pub voicemail_number: String,
    pub digest: DigestOffer,
}

/// Registrar, proxy and notifier in one.
pub(crate) struct ProtocolServer {
    settings: Settings,
    transactions: TransactionLayer,
    access: Access,
    registrar: Registrar,
    subscriptions: Subscriptions,
    paths: Paths,
    /// The requests that went on to other flows, by the transaction that waits for the outcome.
    forwarded: BTreeMap<ServerTransactionId, Forwarded>,
    sent: BTreeMap<ClientTransactionId, Sent>,
    counts: BTreeMap<String, Counts>,
    events: VecDeque<ProtocolEvent>,
}

/// What a request that we sent was for.
enum Sent {
    /// A branch of a forwarded request.
    Branch(ServerTransactionId),
    /// A NOTIFY of the subscription with this number.
    Notification(u64),
}

/// What the protocol server tells its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProtocolEvent {
    SignedIn { user: String, transport: Transport },
    SignedOut { user: String },
}

/// A request on its way through the server.
struct Arrival {
    flow: FlowId,
    info: FlowInfo,
    transaction: ServerTransactionId,
    request: Request,
}

impl ProtocolServer {
    /// `um` describes [`UM_FLOW`], which is open from here on.
    pub fn new(now: Instant, settings: Settings, um: FlowInfo, mut ids: IdSource) -> Self {
        let access = Access::new(now, &settings.domain, settings.digest, &mut ids);
        let mut transactions = TransactionLayer::new(ids);
        transactions.flow_opened(now, UM_FLOW, um);
        Self {
            settings,
            transactions,
            access,
            registrar: Registrar::default(),
            subscriptions: Subscriptions::default(),
            paths: Paths::default(),
            forwarded: BTreeMap::new(),
            sent: BTreeMap::new(),
            counts: BTreeMap::new(),
            events: VecDeque::new(),
        }
    }

    pub fn handle_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::FlowOpened { flow, info } => self.transactions.flow_opened(now, flow, info),
            Input::Received { flow, bytes } => self.transactions.receive(now, flow, &bytes),
            Input::FlowClosed { flow, .. } | Input::FlowFailed { flow, .. } => {
                self.flow_closed(now, flow);
            }
            Input::Timeout => self.handle_timeout(now),
            // Its flows are opened by others, and each tells by itself that it is gone.
            Input::LookedUp { .. } | Input::FlowSecuring { .. } | Input::Disturbed => {}
        }
        self.handle_transactions(now);
    }

    /// Tells a user's devices how many messages wait, and remembers it for those to come.
    pub fn set_message_counts(&mut self, now: Instant, user: &str, counts: Counts) {
        self.counts.insert(user.to_owned(), counts);
        self.notify_all(now, user);
        self.handle_transactions(now);
    }

    pub fn poll_event(&mut self) -> Option<ProtocolEvent> {
        self.events.pop_front()
    }

    pub fn poll_transmit(&mut self) -> Option<(FlowId, Vec<u8>)> {
        self.transactions.poll_transmit()
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.transactions.next_deadline(),
            self.registrar.next_deadline(),
            self.subscriptions.next_deadline(),
            self.forwarded
                .values()
                .filter_map(|forwarded| forwarded.deadline)
                .min(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// How many devices of a user are registered.
    pub fn device_count(&self, user: &str) -> usize {
        self.registrar.bindings(user).len()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.transactions.handle_timeout(now);
        self.signed_out(|registrar| registrar.expire(now));
        self.expire_subscriptions(now);
        let is_due = |forwarded: &Forwarded| forwarded.deadline.is_some_and(|at| at <= now);
        let due = self
            .forwarded
            .iter()
            .filter(|(_, forwarded)| is_due(forwarded));
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.step_fork(now, id, fork::Input::TimeUp);
        }
    }

    fn flow_closed(&mut self, now: Instant, flow: FlowId) {
        self.transactions.flow_closed(now, flow);
        self.subscriptions.flow_closed(flow);
        self.signed_out(|registrar| registrar.flow_closed(flow));
        let transactions = &self.transactions;
        self.paths
            .flow_closed(|flow| transactions.flow_info(flow).is_some());
    }

    fn signed_out(&mut self, change: impl FnOnce(&mut Registrar) -> Vec<String>) {
        let users = change(&mut self.registrar);
        let events = users
            .into_iter()
            .map(|user| ProtocolEvent::SignedOut { user });
        self.events.extend(events);
    }

    fn handle_transactions(&mut self, now: Instant) {
        while let Some(event) = self.transactions.poll_event() {
            match event {
                TransactionEvent::Request {
                    flow,
                    transaction,
                    request,
                } => {
                    if let Some(info) = self.transactions.flow_info(flow) {
                        self.dispatch(
                            now,
                            Arrival {
                                flow,
                                info,
                                transaction,
                                request,
                            },
                        );
                    }
                }
                TransactionEvent::OneWay { flow, request } => self.forward_ack(now, flow, request),
                TransactionEvent::Cancel { invite, .. } => {
                    self.step_fork(now, invite, fork::Input::CallerCancelled);
                }
                TransactionEvent::Response {
                    transaction,
                    response,
                } => {
                    self.handle_response(now, transaction, Some(response));
                }
                TransactionEvent::Failed { transaction, .. } => {
                    self.handle_response(now, transaction, None);
                }
                TransactionEvent::ServerFailed { transaction, .. } => {
                    self.forget(transaction);
                }
                TransactionEvent::Pong { .. } => {}
                TransactionEvent::Dropped { flow, reason } => {
                    tracing::debug!(?flow, ?reason, "a message was dropped");
                }
            }
        }
    }

    /// The response to a request of ours; `None` when none will come.
    fn handle_response(
        &mut self,
        now: Instant,
        transaction: ClientTransactionId,
        response: Option<Response>,
    ) {
        match self.sent.get(&transaction) {
            Some(Sent::Branch(server)) => self.branch_said(now, *server, transaction, response),
            Some(Sent::Notification(number)) => {
                let number = *number;
                let is_final = response
                    .as_ref()
                    .is_none_or(|response| response.status.is_final());
                let is_success = response.is_some_and(|response| response.status.is_success());
                if is_final {
                    self.sent.remove(&transaction);
                }
                if is_final && !is_success {
                    self.subscriptions.end(number);
                }
            }
            None => {}
        }
    }

    /// Sends every request to the part of the server that serves it.
    fn dispatch(&mut self, now: Instant, mut arrival: Arrival) {
        if arrival.request.headers.max_forwards() == Ok(Some(0)) {
            return self.respond(now, &arrival, StatusCode::TOO_MANY_HOPS);
        }
        let info = arrival.info;
        let is_ours = |uri: &Uri| self.is_ours(uri, info);
        let token = self.paths.take_route(&mut arrival.request, is_ours);
        if let Some(token) = token {
            return self.forward_in_dialog(now, arrival, &token);
        }
        let to = arrival.request.headers.to();
        let is_in_dialog = to.is_ok_and(|to| to.tag().is_some());
        let is_for_us = self.is_ours(&arrival.request.uri, arrival.info);
        match &arrival.request.method {
            Method::Register if is_for_us => self.register(now, arrival),
            Method::Subscribe if is_for_us => self.subscribe(now, arrival),
            Method::Options if is_for_us && arrival.request.uri.user().is_none() => {
                self.tell_abilities(now, &arrival);
            }
            // A NOTIFY that anyone could send would tell users what only their server may say.
            Method::Register | Method::Subscribe | Method::Notify | Method::Publish => {
                self.respond(now, &arrival, StatusCode::METHOD_NOT_ALLOWED);
            }
            _ if is_in_dialog => self.respond(now, &arrival, StatusCode::CALL_DOES_NOT_EXIST),
            _ if !is_for_us => self.respond(now, &arrival, StatusCode::NOT_FOUND),
            Method::Invite => self.invite(now, arrival),
            _ => self.forward_to_devices(now, arrival),
        }
    }

    fn tell_abilities(&mut self, now: Instant, arrival: &Arrival) {
        let mut response = Response::to(&arrival.request, StatusCode::OK);
        response.headers.push("Allow", ALLOWED);
        response.headers.push("Accept", "application/sdp");
        response.headers.push("Allow-Events", "message-summary");
        self.transactions
            .respond(now, arrival.transaction, response);
    }

    fn respond(&mut self, now: Instant, arrival: &Arrival, status: StatusCode) {
        let mut response = Response::to(&arrival.request, status);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers.push("Allow", ALLOWED);
        }
        self.transactions
            .respond(now, arrival.transaction, response);
    }

    /// Whether a URI leads to this server: by its domain, or by the address of the connection.
    fn is_ours(&self, uri: &Uri, info: FlowInfo) -> bool {
        let Some(host) = uri.host() else { return false };
        *host == self.settings.domain
            || host.ip() == Some(info.local.ip())
                && uri.port().is_none_or(|port| port == info.local.port())
    }
}

/// The methods that lead somewhere.
const ALLOWED: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, SUBSCRIBE, INFO, UPDATE, PRACK, REFER, MESSAGE";
