//! Messages that go out: new requests, responses, and the ACK and CANCEL that belong to an INVITE.

use std::time::Instant;

use crate::ids::IdSource;
use crate::input::{FlowId, FlowInfo, Transport};
use crate::message::{Host, Message, Method, Request, Response, StatusCode, Via};
use crate::transaction::key::ClientKey;
use crate::transaction::{
    ClientTransaction, ClientTransactionId, Owner, ServerTransactionId, TransactionLayer, client,
    server,
};

impl TransactionLayer {
    /// Sends a request in a client transaction of its own and gives it Via and Max-Forwards.
    ///
    /// Returns `None` when the flow is not open.
    pub fn request(
        &mut self,
        now: Instant,
        flow: FlowId,
        mut request: Request,
    ) -> Option<ClientTransactionId> {
        let info = self.flow_info(flow)?;
        let via = new_via(&mut self.ids, info);
        if request.headers.get("Max-Forwards").is_none() {
            request.headers.insert_first("Max-Forwards", MAX_FORWARDS);
        }
        request.headers.insert_first("Via", &via);
        let branch = via.branch().unwrap_or_default().to_owned();
        Some(self.open_client(now, flow, branch, request))
    }

    /// Sends a request that gets no response: the ACK of a 2xx (RFC 3261 §13.2.2.4). Returns it as
    /// it was sent, for [`Self::send_again`].
    pub fn send_ack(&mut self, now: Instant, flow: FlowId, mut ack: Request) -> Vec<u8> {
        if let Some(info) = self.flow_info(flow) {
            if ack.headers.get("Max-Forwards").is_none() {
                ack.headers.insert_first("Max-Forwards", MAX_FORWARDS);
            }
            ack.headers
                .insert_first("Via", new_via(&mut self.ids, info));
        }
        let bytes = ack.to_bytes();
        self.transmit(now, flow, bytes.clone());
        bytes
    }

    /// Sends what was sent before once more.
    pub fn send_again(&mut self, now: Instant, flow: FlowId, bytes: Vec<u8>) {
        self.transmit(now, flow, bytes);
    }

    /// Sends a CANCEL for an INVITE that has had a provisional response (RFC 3261 §9.1).
    ///
    /// Returns `None` when there is nothing to cancel: the INVITE is unknown, or has had no
    /// provisional or already its final response.
    pub fn cancel(
        &mut self,
        now: Instant,
        invite: ClientTransactionId,
    ) -> Option<ClientTransactionId> {
        self.cancel_because(now, invite, None)
    }

    /// As [`Self::cancel`], with a `Reason` (RFC 3326): a device that hears of another one having
    /// answered does not show a missed call.
    pub fn cancel_because(
        &mut self,
        now: Instant,
        invite: ClientTransactionId,
        reason: Option<&str>,
    ) -> Option<ClientTransactionId> {
        let client = self.clients.get(&invite)?;
        if client.machine != client::Machine::Invite(client::invite::State::Proceeding) {
            return None;
        }
        let mut cancel = Request::new(Method::Cancel, client.request.uri.clone());
        copy_headers(
            &client.request,
            &mut cancel,
            &["Max-Forwards", "From", "To", "Call-ID"],
        );
        cancel
            .headers
            .insert_first("Via", client.request.headers.get("Via")?);
        let number = client.request.headers.cseq().ok()?.number;
        cancel.headers.push("CSeq", format!("{number} CANCEL"));
        copy_headers(&client.request, &mut cancel, &["Route"]);
        if let Some(reason) = reason {
            cancel.headers.push("Reason", reason);
        }
        let (flow, branch) = (client.flow, client.key.branch.clone());
        Some(self.open_client(now, flow, branch, cancel))
    }

    /// Responds to a request. What comes after the final response is ignored, but for the repeated
    /// 2xx of an INVITE (RFC 6026 §7.1).
    pub fn respond(&mut self, now: Instant, id: ServerTransactionId, mut response: Response) {
        let Some(server) = self.servers.get(&id) else {
            return;
        };
        if response.status != StatusCode::TRYING {
            response = response.with_to_tag(&server.local_tag);
        }
        let input = server::Input::Respond(response.status.code());
        self.step_server(now, id, input, Some(Message::Response(response)));
    }

    /// Responds where no transaction is kept, or where its flow has been replaced by this one.
    pub fn respond_without_transaction(&mut self, now: Instant, flow: FlowId, response: Response) {
        let tag = self.ids.tag();
        self.transmit(now, flow, response.with_to_tag(&tag).to_bytes());
    }

    /// Forgets a request whose outcome nobody waits for any more. An INVITE that only ever got
    /// provisional responses would be kept for ever otherwise.
    pub fn abandon(&mut self, transaction: ClientTransactionId) {
        self.timers.stop_all(Owner::Client(transaction));
        if let Some(client) = self.clients.remove(&transaction) {
            self.client_keys.remove(&client.key);
        }
    }

    /// Sends the double CRLF that keeps a flow open (RFC 5626 §3.5.1).
    pub fn ping(&mut self, now: Instant, flow: FlowId) {
        if let Some(state) = self.flows.get_mut(&flow) {
            state.framer.expect_pong();
        }
        self.transmit(now, flow, b"\r\n\r\n".to_vec());
    }

    /// The ACK of a failure has the INVITE's Via and Route, and the response's To
    /// (RFC 3261 §17.1.1.3).
    pub(super) fn acknowledge_failure(
        &mut self,
        now: Instant,
        invite: ClientTransactionId,
        response: &Response,
    ) {
        let Some(client) = self.clients.get(&invite) else {
            return;
        };
        let mut ack = Request::new(Method::Ack, client.request.uri.clone());
        copy_headers(&client.request, &mut ack, &["Via", "Max-Forwards", "From"]);
        ack.headers
            .push("To", response.headers.get("To").unwrap_or_default());
        copy_headers(&client.request, &mut ack, &["Call-ID"]);
        let number = client.request.headers.cseq().map_or(1, |cseq| cseq.number);
        ack.headers.push("CSeq", format!("{number} ACK"));
        copy_headers(&client.request, &mut ack, &["Route"]);
        let flow = client.flow;
        self.transmit(now, flow, ack.to_bytes());
    }

    fn open_client(
        &mut self,
        now: Instant,
        flow: FlowId,
        branch: String,
        request: Request,
    ) -> ClientTransactionId {
        self.forget_terminated_clients();
        let id = ClientTransactionId(self.next_id());
        let (machine, actions) = client::Machine::new(&request.method);
        let key = ClientKey {
            branch,
            method: request.method.clone(),
        };
        self.transmit(now, flow, request.to_bytes());
        self.client_keys.insert(key.clone(), id);
        self.clients.insert(
            id,
            ClientTransaction {
                machine,
                key,
                flow,
                request,
            },
        );
        for action in actions {
            if let client::Action::Start(timer) = action {
                self.start_timer(now, Owner::Client(id), *timer);
            }
        }
        id
    }
}

/// A Via for this flow. The transport is in capitals, as Microsoft's servers write it; `rport` asks
/// for the address that we are seen from (RFC 3581 §3).
fn new_via(ids: &mut IdSource, info: FlowInfo) -> Via {
    let transport = match info.transport {
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
    };
    let (host, port) = (Host::from(info.local.ip()), info.local.port());
    let mut via = Via::new(transport, host, port, &ids.branch());
    via.params.set_flag("rport");
    via
}

/// Copies the first of each header, of Route all.
fn copy_headers(from: &Request, to: &mut Request, names: &[&str]) {
    for name in names {
        let count = if *name == "Route" { usize::MAX } else { 1 };
        for value in from.headers.all(name).take(count) {
            to.headers.push(name, value);
        }
    }
}

/// How many hops a request may take (RFC 3261 §8.1.1.6).
const MAX_FORWARDS: &str = "70";
