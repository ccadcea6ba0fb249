//! Requests and their responses: client and server transactions over reliable transports
//! (RFC 3261 §17 with the correction of RFC 6026).
//!
//! [`TransactionLayer`] sits on the framing of every flow. Bytes go in, [`TransactionEvent`]s come
//! out; requests and responses go in, bytes come out. It answers by itself what needs no user:
//! keep-alives, CANCEL, merged requests (482), malformed requests (400) and overload (503), and it
//! sends 100 for every INVITE. It knows nothing of dialogs: the 2xx of an INVITE and its ACK belong
//! to the transaction user ([`crate::Calls`]).
//!
//! The state machines are pure tables in `client/` and `server/`; `inbound.rs` finds the
//! transaction that a message belongs to, `outbound.rs` makes messages.

pub(crate) mod client;
mod event;
mod inbound;
mod key;
mod outbound;
pub(crate) mod server;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use crate::framing::Framer;
use crate::ids::IdSource;
use crate::input::{FlowId, FlowInfo};
use crate::message::{Message, Request, Response};
use crate::timers::{Timer, TimerQueue};
use crate::transaction::key::{ClientKey, MergeKey, ServerKey};

pub use event::{
    ClientTransactionId, DropReason, ServerTransactionId, TransactionError, TransactionEvent,
};

/// All transactions of all flows of one core.
#[derive(Debug)]
pub struct TransactionLayer {
    /// Branches, tags and Call-IDs of everything that leaves through this layer.
    pub ids: IdSource,
    flows: BTreeMap<FlowId, FlowState>,
    clients: BTreeMap<ClientTransactionId, ClientTransaction>,
    client_keys: BTreeMap<ClientKey, ClientTransactionId>,
    servers: BTreeMap<ServerTransactionId, ServerTransaction>,
    server_keys: BTreeMap<ServerKey, ServerTransactionId>,
    merge_keys: BTreeMap<MergeKey, ServerTransactionId>,
    timers: TimerQueue<Owner>,
    /// Client transactions that are over but may still be asked for their request.
    terminated: Vec<ClientTransactionId>,
    last_id: u64,
    events: VecDeque<TransactionEvent>,
    transmits: VecDeque<(FlowId, Vec<u8>)>,
}

#[derive(Debug)]
struct FlowState {
    info: FlowInfo,
    framer: Framer,
    last_sent: Instant,
    /// Server transactions that owe a final response or wait for its ACK.
    open_servers: usize,
    /// INVITEs that were answered with a 2xx, the oldest first. All that they do is to absorb
    /// copies of their INVITE for half a minute (RFC 6026 §7.1), so the oldest make room.
    answered: VecDeque<ServerTransactionId>,
}

#[derive(Debug)]
struct ClientTransaction {
    machine: client::Machine,
    key: ClientKey,
    flow: FlowId,
    request: Request,
}

#[derive(Debug)]
struct ServerTransaction {
    machine: server::Machine,
    key: ServerKey,
    merge_key: Option<MergeKey>,
    flow: FlowId,
    /// The To tag of our responses (RFC 3261 §8.2.6.2).
    local_tag: String,
    /// The last response, as sent.
    response: Vec<u8>,
}

/// Whose timer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Client(ClientTransactionId),
    Server(ServerTransactionId),
}

impl TransactionLayer {
    pub fn new(ids: IdSource) -> Self {
        Self {
            ids,
            flows: BTreeMap::new(),
            clients: BTreeMap::new(),
            client_keys: BTreeMap::new(),
            servers: BTreeMap::new(),
            server_keys: BTreeMap::new(),
            merge_keys: BTreeMap::new(),
            timers: TimerQueue::new(),
            terminated: Vec::new(),
            last_id: 0,
            events: VecDeque::new(),
            transmits: VecDeque::new(),
        }
    }

    /// Messages can go over this flow from here on.
    pub fn flow_opened(&mut self, now: Instant, flow: FlowId, info: FlowInfo) {
        let state = FlowState {
            info,
            framer: Framer::default(),
            last_sent: now,
            open_servers: 0,
            answered: VecDeque::new(),
        };
        self.flows.insert(flow, state);
    }

    /// Ends every transaction that has nothing left to wait for without this flow, and tells so.
    pub fn flow_closed(&mut self, now: Instant, flow: FlowId) {
        self.flows.remove(&flow);
        let on_flow = |(id, client): (&ClientTransactionId, &ClientTransaction)| {
            (client.flow == flow).then_some(*id)
        };
        let clients: Vec<_> = self.clients.iter().filter_map(on_flow).collect();
        for id in clients {
            self.step_client(now, id, client::Input::FlowLost, None);
        }
        let on_flow = |(id, server): (&ServerTransactionId, &ServerTransaction)| {
            (server.flow == flow).then_some(*id)
        };
        let servers: Vec<_> = self.servers.iter().filter_map(on_flow).collect();
        for id in servers {
            self.step_server(now, id, server::Input::FlowLost, None);
        }
    }

    /// What is known of an open flow.
    pub fn flow_info(&self, flow: FlowId) -> Option<FlowInfo> {
        self.flows.get(&flow).map(|state| state.info)
    }

    /// When something was last sent on an open flow, for keep-alives.
    pub fn last_sent(&self, flow: FlowId) -> Option<Instant> {
        self.flows.get(&flow).map(|state| state.last_sent)
    }

    /// Lets every timer expire whose time has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((owner, timer)) = self.timers.pop_due(now) {
            match owner {
                Owner::Client(id) => {
                    self.step_client(now, id, client::Input::Expired(timer), None);
                }
                Owner::Server(id) => {
                    self.step_server(now, id, server::Input::Expired(timer), None);
                }
            }
        }
    }

    /// When [`Self::handle_timeout`] must be called at the latest.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    /// The next thing to tell. Take all of them after every call that may cause one.
    pub fn poll_event(&mut self) -> Option<TransactionEvent> {
        self.events.pop_front()
    }

    /// The next bytes to send, in order.
    pub fn poll_transmit(&mut self) -> Option<(FlowId, Vec<u8>)> {
        self.transmits.pop_front()
    }

    /// The request of a client transaction, while its events are being handled.
    pub fn sent(&self, transaction: ClientTransactionId) -> Option<&Request> {
        self.clients.get(&transaction).map(|client| &client.request)
    }

    /// The To tag that every response in this transaction carries; a dialog takes it over.
    pub fn local_tag(&self, transaction: ServerTransactionId) -> Option<&str> {
        self.servers
            .get(&transaction)
            .map(|server| server.local_tag.as_str())
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn transmit(&mut self, now: Instant, flow: FlowId, bytes: Vec<u8>) {
        // What has no flow has nobody to reach; its transaction learns that from `flow_closed`.
        if let Some(state) = self.flows.get_mut(&flow) {
            state.last_sent = now;
            self.transmits.push_back((flow, bytes));
        }
    }

    fn start_timer(&mut self, now: Instant, owner: Owner, timer: Timer) {
        self.timers.set(owner, timer, now + timer.duration());
    }
}

/// The machines and their actions.
impl TransactionLayer {
    fn step_client(
        &mut self,
        now: Instant,
        id: ClientTransactionId,
        input: client::Input,
        mut response: Option<Response>,
    ) {
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        let actions = client.machine.step(input);
        for action in actions {
            match action {
                client::Action::PassUp => {
                    self.events
                        .extend(response.take().map(|response| TransactionEvent::Response {
                            transaction: id,
                            response,
                        }))
                }
                client::Action::Acknowledge => {
                    if let Some(response) = &response {
                        self.acknowledge_failure(now, id, response);
                    }
                }
                client::Action::Start(timer) => self.start_timer(now, Owner::Client(id), *timer),
                client::Action::Stop(timer) => self.timers.stop(Owner::Client(id), *timer),
                client::Action::TimedOut => self.client_failed(id, TransactionError::TimedOut),
                client::Action::FlowLost => self.client_failed(id, TransactionError::FlowLost),
            }
        }
        self.forget_terminated_client(id);
    }

    /// `message` is what goes up or out if the machine says so: an ACK or a response.
    fn step_server(
        &mut self,
        now: Instant,
        id: ServerTransactionId,
        input: server::Input,
        mut message: Option<Message>,
    ) {
        let Some(server) = self.servers.get_mut(&id) else {
            return;
        };
        let flow = server.flow;
        let was_answered = server.machine.is_answered();
        for action in server.machine.step(input) {
            match action {
                server::Action::PassUp => {
                    if let Some(Message::Request(request)) = message.take() {
                        self.events
                            .push_back(TransactionEvent::OneWay { flow, request });
                    }
                }
                server::Action::Send => {
                    if let Some(message) = message.take() {
                        self.keep_response(id, message.to_bytes());
                        self.repeat_response(now, id);
                    }
                }
                server::Action::Repeat => self.repeat_response(now, id),
                server::Action::Start(timer) => self.start_timer(now, Owner::Server(id), *timer),
                server::Action::Stop(timer) => self.timers.stop(Owner::Server(id), *timer),
                server::Action::TimedOut => self.server_failed(id, TransactionError::TimedOut),
                server::Action::FlowLost => self.server_failed(id, TransactionError::FlowLost),
            }
        }
        if !was_answered {
            self.count_answered(id);
        }
        self.forget_terminated_server(id);
    }

    /// A call that was answered does not count among the open ones.
    fn count_answered(&mut self, id: ServerTransactionId) {
        let Some(server) = self.servers.get(&id) else {
            return;
        };
        let Some(state) = self.flows.get_mut(&server.flow) else {
            return;
        };
        if !server.machine.is_answered() {
            return;
        }
        state.open_servers = state.open_servers.saturating_sub(1);
        state.answered.push_back(id);
        if state.answered.len() > MAX_ANSWERED_PER_FLOW
            && let Some(oldest) = state.answered.front().copied()
        {
            self.forget_server(oldest);
        }
    }

    fn keep_response(&mut self, id: ServerTransactionId, bytes: Vec<u8>) {
        if let Some(server) = self.servers.get_mut(&id) {
            server.response = bytes;
        }
    }

    fn repeat_response(&mut self, now: Instant, id: ServerTransactionId) {
        let Some(server) = self.servers.get(&id) else {
            return;
        };
        let (flow, bytes) = (server.flow, server.response.clone());
        if !bytes.is_empty() {
            self.transmit(now, flow, bytes);
        }
    }

    fn client_failed(&mut self, transaction: ClientTransactionId, error: TransactionError) {
        self.events
            .push_back(TransactionEvent::Failed { transaction, error });
    }

    fn server_failed(&mut self, transaction: ServerTransactionId, error: TransactionError) {
        self.events
            .push_back(TransactionEvent::ServerFailed { transaction, error });
    }

    /// Terminated clients stay until the next input, so that [`Self::sent`] can still tell what the
    /// event that ended them was about.
    fn forget_terminated_client(&mut self, id: ClientTransactionId) {
        let terminated = |client: &ClientTransaction| client.machine.is_terminated();
        if self.clients.get(&id).is_some_and(terminated) {
            self.timers.stop_all(Owner::Client(id));
            self.terminated.push(id);
        }
    }

    fn forget_terminated_server(&mut self, id: ServerTransactionId) {
        let terminated = |server: &ServerTransaction| server.machine.is_terminated();
        if self.servers.get(&id).is_some_and(terminated) {
            self.forget_server(id);
        }
    }

    fn forget_server(&mut self, id: ServerTransactionId) {
        self.timers.stop_all(Owner::Server(id));
        let Some(server) = self.servers.remove(&id) else {
            return;
        };
        self.server_keys.remove(&server.key);
        if let Some(merge_key) = &server.merge_key {
            self.merge_keys.remove(merge_key);
        }
        let Some(state) = self.flows.get_mut(&server.flow) else {
            return;
        };
        match state.answered.iter().position(|answered| *answered == id) {
            Some(place) => drop(state.answered.remove(place)),
            None => state.open_servers = state.open_servers.saturating_sub(1),
        }
    }
}

/// Answered INVITEs that are remembered.
const MAX_ANSWERED_PER_FLOW: usize = 256;
