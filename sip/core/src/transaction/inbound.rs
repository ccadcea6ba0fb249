//! Bytes that come in: which transaction they belong to, and what is answered without asking.

use std::time::Instant;

use crate::framing::{Frame, Malformed};
use crate::input::FlowId;
use crate::message::{Message, Method, Request, Response, StatusCode, Via};
use crate::transaction::key::{self, ClientKey, MergeKey, ServerKey};
use crate::transaction::{
    ClientTransactionId, DropReason, ServerTransaction, ServerTransactionId, TransactionEvent,
    TransactionLayer, client, server,
};

impl TransactionLayer {
    /// Takes bytes that arrived on an open flow, cut anywhere.
    pub fn receive(&mut self, now: Instant, flow: FlowId, bytes: &[u8]) {
        self.forget_terminated_clients();
        let Some(state) = self.flows.get_mut(&flow) else {
            return;
        };
        state.framer.push(bytes);
        while let Some(frame) = self
            .flows
            .get_mut(&flow)
            .and_then(|state| state.framer.next())
        {
            self.handle_frame(now, flow, frame);
        }
    }

    fn handle_frame(&mut self, now: Instant, flow: FlowId, frame: Frame) {
        match frame {
            Frame::Message(Message::Request(request)) => self.handle_request(now, flow, request),
            Frame::Message(Message::Response(response)) => {
                self.handle_response(now, flow, response);
            }
            // The double CRLF of a client is answered by a single one (RFC 5626 §4.4.1).
            Frame::Ping => self.transmit(now, flow, b"\r\n".to_vec()),
            Frame::Pong => self.events.push_back(TransactionEvent::Pong { flow }),
            Frame::Malformed(Malformed { reply, defect }) => {
                if let Some(reply) = reply {
                    self.respond_without_transaction(now, flow, reply);
                }
                self.dropped(flow, DropReason::of_defect(defect));
            }
        }
    }

    fn handle_request(&mut self, now: Instant, flow: FlowId, mut request: Request) {
        self.mark_source(flow, &mut request);
        let Some(key) = ServerKey::of_request(flow, &request) else {
            self.refuse(
                now,
                flow,
                &request,
                StatusCode::BAD_REQUEST,
                DropReason::Malformed,
            );
            return;
        };
        if let Some(id) = self.server_keys.get(&key).copied() {
            self.handle_known_request(now, id, request);
        } else if !is_answerable(&request) {
            self.events
                .push_back(TransactionEvent::OneWay { flow, request });
        } else if self.is_merged(&request) {
            self.refuse(
                now,
                flow,
                &request,
                StatusCode::LOOP_DETECTED,
                DropReason::Merged,
            );
        } else if self.is_full(flow) {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            self.refuse(now, flow, &request, status, DropReason::Overload);
        } else {
            self.open_server(now, flow, key, request);
        }
    }

    /// Our responses tell where we have seen the request come from (RFC 3261 §18.2.1).
    fn mark_source(&self, flow: FlowId, request: &mut Request) {
        let field = request.headers.get("Via").unwrap_or_default();
        let (first, others) = match field.split_once(',') {
            Some((first, others)) => (first, Some(others.to_owned())),
            None => (field, None),
        };
        let (Some(mut via), Some(info)) = (Via::parse(first), self.flow_info(flow)) else {
            return;
        };
        let before = via.clone();
        via.mark_source(info.remote);
        if via != before {
            let others = others.map(|others| format!(",{others}"));
            let marked = format!("{via}{}", others.unwrap_or_default());
            request.headers.set_first("Via", marked);
        }
    }

    /// A repeated request, or an ACK for the failure that its INVITE got.
    fn handle_known_request(&mut self, now: Instant, id: ServerTransactionId, request: Request) {
        if request.method != Method::Ack {
            self.step_server(now, id, server::Input::Repeated, None);
            return;
        }
        // RFC 2543 matching alone cannot tell the dialogs of two forks apart (§17.2.3).
        let legacy = self
            .servers
            .get(&id)
            .is_some_and(|server| server.key.is_legacy());
        let tag = request
            .headers
            .to()
            .ok()
            .and_then(|to| to.tag().map(str::to_owned));
        if legacy && tag.as_deref() != self.local_tag(id) {
            return;
        }
        self.step_server(now, id, server::Input::Ack, Some(Message::Request(request)));
    }

    fn open_server(&mut self, now: Instant, flow: FlowId, key: ServerKey, request: Request) {
        let id = ServerTransactionId(self.next_id());
        let machine = match request.method {
            Method::Invite => server::Machine::Invite(server::invite::INITIAL),
            _ => server::Machine::NonInvite(server::non_invite::INITIAL),
        };
        let merge_key = MergeKey::of_request(&request);
        if let Some(merge_key) = &merge_key {
            self.merge_keys.insert(merge_key.clone(), id);
        }
        self.server_keys.insert(key.clone(), id);
        let local_tag = self.local_tag_for(&key, &request);
        let response = Vec::new();
        self.servers.insert(
            id,
            ServerTransaction {
                machine,
                key: key.clone(),
                merge_key,
                flow,
                local_tag,
                response,
            },
        );
        if let Some(state) = self.flows.get_mut(&flow) {
            state.open_servers += 1;
        }
        match request.method {
            Method::Invite => {
                self.respond(now, id, Response::to(&request, StatusCode::TRYING));
                self.events.push_back(TransactionEvent::Request {
                    flow,
                    transaction: id,
                    request,
                });
            }
            Method::Cancel => self.handle_cancel(now, id, &key, request),
            _ => {
                self.events.push_back(TransactionEvent::Request {
                    flow,
                    transaction: id,
                    request,
                });
            }
        }
    }

    /// A request inside a dialog names our tag. A CANCEL is answered under the tag of its INVITE
    /// (RFC 3261 §9.2).
    fn local_tag_for(&mut self, key: &ServerKey, request: &Request) -> String {
        if let Some(tag) = request
            .headers
            .to()
            .ok()
            .and_then(|to| to.tag().map(str::to_owned))
        {
            return tag;
        }
        let invite = self.server_keys.get(&key.invite_of_cancel()).copied();
        match invite.and_then(|id| self.local_tag(id)) {
            Some(tag) if request.method == Method::Cancel => tag.to_owned(),
            Some(_) | None => self.ids.tag(),
        }
    }

    fn handle_cancel(
        &mut self,
        now: Instant,
        id: ServerTransactionId,
        key: &ServerKey,
        cancel: Request,
    ) {
        let invite = self.server_keys.get(&key.invite_of_cancel()).copied();
        let status = match invite {
            Some(_) => StatusCode::OK,
            None => StatusCode::CALL_DOES_NOT_EXIST,
        };
        self.respond(now, id, Response::to(&cancel, status));
        let open = server::Machine::Invite(server::invite::State::Proceeding);
        let undecided = |invite: &ServerTransactionId| {
            self.servers
                .get(invite)
                .is_some_and(|server| server.machine == open)
        };
        if let Some(invite) = invite.filter(undecided) {
            self.events.push_back(TransactionEvent::Cancel {
                invite,
                request: cancel,
            });
        }
    }

    fn handle_response(&mut self, now: Instant, flow: FlowId, response: Response) {
        match self.find_client(&response) {
            Some(id) => {
                let input = client::Input::Response(response.status.code());
                self.step_client(now, id, input, Some(response));
            }
            // A 2xx without a transaction is dropped, too (RFC 6026 §8.9).
            None => self.dropped(flow, DropReason::StrayResponse),
        }
    }

    fn find_client(&self, response: &Response) -> Option<ClientTransactionId> {
        if let Some(key) = ClientKey::of_response(response) {
            return self.client_keys.get(&key).copied();
        }
        let echoed = |(_, client): &(&ClientTransactionId, &super::ClientTransaction)| {
            key::echoes(&client.request, response)
        };
        self.clients.iter().find(echoed).map(|(id, _)| *id)
    }

    fn is_merged(&self, request: &Request) -> bool {
        MergeKey::of_request(request).is_some_and(|key| self.merge_keys.contains_key(&key))
    }

    fn is_full(&self, flow: FlowId) -> bool {
        let limit = MAX_SERVER_TRANSACTIONS_PER_FLOW;
        self.flows
            .get(&flow)
            .is_none_or(|state| state.open_servers >= limit)
    }

    /// Answers without a transaction, where an answer is allowed at all.
    fn refuse(
        &mut self,
        now: Instant,
        flow: FlowId,
        request: &Request,
        status: StatusCode,
        reason: DropReason,
    ) {
        if is_answerable(request) {
            let mut response = Response::to(request, status);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.headers.set("Retry-After", "10");
            }
            self.respond_without_transaction(now, flow, response);
        }
        self.dropped(flow, reason);
    }

    /// Counts something that came in for nothing.
    pub(crate) fn dropped(&mut self, flow: FlowId, reason: DropReason) {
        self.events
            .push_back(TransactionEvent::Dropped { flow, reason });
    }

    /// Forgets the clients whose events have been handled by the time that the next input comes.
    pub(super) fn forget_terminated_clients(&mut self) {
        for id in std::mem::take(&mut self.terminated) {
            self.abandon(id);
        }
    }
}

/// An ACK never gets a response, and neither does Microsoft's BENOTIFY.
fn is_answerable(request: &Request) -> bool {
    request.method != Method::Ack && request.method.as_str() != "BENOTIFY"
}

/// A peer that does not wait for answers gets 503 beyond this.
const MAX_SERVER_TRANSACTIONS_PER_FLOW: usize = 256;
