//! Forwarding: carries out what [`crate::routing`] and [`Fork`] decide (RFC 3261 §16.6, §16.7).

use std::collections::BTreeMap;
use std::time::Instant;

use hark_sip::FlowId;
use hark_sip::message::{Method, Request, Response, StatusCode, Uri};
use hark_sip::transaction::{ClientTransactionId, ServerTransactionId};

use super::access::Sender;
use super::branches::{Goal, spend_hop};
use super::fork::{Action, Fork, Input, Stage, TIMER_C};
use super::{Arrival, ProtocolServer, Sent};
use crate::registrar::{Binding, Device};
use crate::routing::{self, CallFacts, Diversion, Reach, Target, Verdict};

/// A request that went on and waits for its final response.
pub(super) struct Forwarded {
    /// Where it came from.
    pub flow: FlowId,
    /// The caller's device, for the way back.
    pub sender: Option<(String, Device)>,
    /// As it came, without what only we may say.
    pub request: Request,
    pub fork: Fork,
    /// The path that each branch of an INVITE opened.
    pub tokens: BTreeMap<ClientTransactionId, String>,
    /// Inside a dialog: the path that the request took, which a BYE closes.
    pub in_dialog: Option<String>,
    pub deadline: Option<Instant>,
}

impl ProtocolServer {
    /// Routes an INVITE that begins a call.
    pub(super) fn invite(&mut self, now: Instant, mut arrival: Arrival) {
        let sender = match self.admit(now, &mut arrival) {
            Ok(sender) => sender,
            Err(refusal) => {
                return self
                    .transactions
                    .respond(now, arrival.transaction, *refusal);
            }
        };
        if self.paths.is_full() {
            return self.respond(now, &arrival, StatusCode::SERVICE_UNAVAILABLE);
        }
        let diversion = Diversion::of(&arrival.request.headers);
        let uri = arrival.request.uri.clone();
        let verdict = self.verdict(&sender, &uri, diversion);
        match verdict {
            Verdict::Refuse(status) => self.respond(now, &arrival, status),
            Verdict::Ring { user, unanswered } => {
                let goals = self.devices(&user, &uri);
                let patience = self.patience(&user);
                let stage = Stage::Ringing {
                    user,
                    unanswered,
                    diversion,
                };
                let id = self.hold(arrival, &sender, Fork::new(stage));
                self.wait(id, now + patience);
                self.fan_out(now, id, goals);
            }
            Verdict::OpenMailbox { user } => {
                let id = self.hold(arrival, &sender, Fork::new(Stage::Last));
                self.send_to_voicemail(now, id, &user, None);
            }
            Verdict::Deposit { user, cause } => {
                let id = self.hold(arrival, &sender, Fork::new(Stage::Last));
                self.send_to_voicemail(now, id, &user, Some(cause));
            }
        }
    }

    /// Forwards any other request that begins something to all devices of its target.
    pub(super) fn forward_to_devices(&mut self, now: Instant, mut arrival: Arrival) {
        let sender = match self.admit(now, &mut arrival) {
            Ok(sender) => sender,
            Err(refusal) => {
                return self
                    .transactions
                    .respond(now, arrival.transaction, *refusal);
            }
        };
        let user = match self.target(&arrival.request.uri) {
            Target::User(callee) => callee.name.to_owned(),
            Target::VoicemailOf(_) | Target::OwnVoicemail => {
                return self.respond(now, &arrival, StatusCode::NOT_ACCEPTABLE);
            }
            Target::Unknown => return self.respond(now, &arrival, StatusCode::NOT_FOUND),
        };
        let goals = self.devices(&user, &arrival.request.uri);
        let id = self.hold(arrival, &sender, Fork::new(Stage::Last));
        self.fan_out(now, id, goals);
    }

    /// Forwards a request along the path of its dialog.
    pub(super) fn forward_in_dialog(&mut self, now: Instant, mut arrival: Arrival, token: &str) {
        keep_to_ourselves(&mut arrival.request);
        let Some(flow) = self.follow(token, arrival.flow) else {
            // The other end is gone. That ends the dialog, so a BYE has done its work.
            if arrival.request.method == Method::Bye {
                self.paths.close(token);
            }
            return self.respond(now, &arrival, StatusCode::CALL_DOES_NOT_EXIST);
        };
        let goal = Goal {
            uri: arrival.request.uri.clone(),
            flow,
            device: None,
        };
        let id = self.hold(arrival, &Sender::Stranger, Fork::new(Stage::Last));
        if let Some(forwarded) = self.forwarded.get_mut(&id) {
            forwarded.in_dialog = Some(token.to_owned());
        }
        self.wait(id, now + TIMER_C);
        self.fan_out(now, id, vec![goal]);
    }

    /// The ACK of a 2xx goes along the path of its dialog; nobody answers it.
    pub(super) fn forward_ack(&mut self, now: Instant, flow: FlowId, mut ack: Request) {
        let Some(info) = self.transactions.flow_info(flow) else {
            return;
        };
        let is_ours = |uri: &Uri| self.is_ours(uri, info);
        let Some(token) = self.paths.take_route(&mut ack, is_ours) else {
            return;
        };
        keep_to_ourselves(&mut ack);
        if spend_hop(&mut ack)
            && let Some(flow) = self.follow(&token, flow)
        {
            self.transactions.send_ack(now, flow, ack);
        }
    }

    /// A branch of a forwarded request got a response, or never will (`None`).
    pub(super) fn branch_said(
        &mut self,
        now: Instant,
        id: ServerTransactionId,
        branch: ClientTransactionId,
        response: Option<Response>,
    ) {
        let is_failure = response
            .as_ref()
            .is_none_or(|response| response.status.code() >= 300);
        let is_final = response
            .as_ref()
            .is_none_or(|response| response.status.is_final());
        let Some(forwarded) = self.forwarded.get_mut(&id) else {
            return;
        };
        if is_failure && let Some(token) = forwarded.tokens.remove(&branch) {
            self.paths.close(&token);
        }
        if is_final
            && forwarded.request.method == Method::Bye
            && let Some(token) = &forwarded.in_dialog
        {
            self.paths.close(token);
        }
        let input = match response {
            Some(mut response) => {
                pop_via(&mut response);
                Input::Response(branch, response)
            }
            None => Input::Failed(branch),
        };
        self.step_fork(now, id, input);
    }

    /// Takes a fork one step on and does what it says.
    pub(super) fn step_fork(&mut self, now: Instant, id: ServerTransactionId, input: Input) {
        let Some(forwarded) = self.forwarded.get_mut(&id) else {
            return;
        };
        let actions = forwarded.fork.step(input);
        self.act(now, id, actions);
    }

    /// The caller of a forwarded request can hear nothing any more.
    pub(super) fn forget(&mut self, id: ServerTransactionId) {
        self.forwarded.remove(&id);
        self.sent
            .retain(|_, sent| !matches!(sent, Sent::Branch(server) if *server == id));
    }

    pub(super) fn act(&mut self, now: Instant, id: ServerTransactionId, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Pass(response) => self.transactions.respond(now, id, response),
                Action::Respond(status) => {
                    if let Some(forwarded) = self.forwarded.get(&id) {
                        let response = Response::to(&forwarded.request, status);
                        self.transactions.respond(now, id, response);
                    }
                }
                Action::Cancel(branch, why) => {
                    // What the CANCEL itself is answered is of no interest (RFC 3261 §9.1).
                    self.transactions.cancel_because(now, branch, why.reason());
                }
                Action::Divert { user, cause } => {
                    self.send_to_voicemail(now, id, &user, Some(cause))
                }
                Action::Wait(time) => self.wait(id, now + time),
                Action::Finish => self.forget(id),
            }
        }
    }

    fn verdict(&self, sender: &Sender, uri: &Uri, diversion: Diversion) -> Verdict {
        let caller = match sender {
            Sender::User(user) => Some(user.as_str()),
            Sender::Stranger => None,
        };
        let target = self.target(uri);
        routing::route(&CallFacts {
            caller,
            target,
            diversion,
        })
    }

    fn target(&self, uri: &Uri) -> Target<'_> {
        let reach = |user: &str| match self.registrar.is_signed_in(user) {
            true => Reach::SignedIn,
            false => Reach::SignedOut,
        };
        routing::target(
            uri,
            &self.settings.users,
            &self.settings.voicemail_number,
            reach,
        )
    }

    /// A goal for each device of a user; where the address names one of them (a GRUU), for that
    /// one alone.
    fn devices(&self, user: &str, uri: &Uri) -> Vec<Goal> {
        let goal = |binding: &Binding| Goal {
            uri: binding.contact.uri.clone(),
            flow: binding.flow,
            device: Some((user.to_owned(), binding.device.clone())),
        };
        match self.registrar.named_by(user, uri) {
            Some(binding) => vec![goal(binding)],
            None => self.registrar.bindings(user).iter().map(goal).collect(),
        }
    }

    fn patience(&self, user: &str) -> std::time::Duration {
        let found = self.settings.users.iter().find(|one| one.name == user);
        found.map_or(TIMER_C, |user| user.no_answer_after())
    }

    /// Keeps a request while its branches are out.
    fn hold(&mut self, arrival: Arrival, sender: &Sender, fork: Fork) -> ServerTransactionId {
        let Arrival {
            flow,
            transaction,
            request,
            ..
        } = arrival;
        let sender = match sender {
            Sender::User(user) => {
                let mut devices = self
                    .registrar
                    .on_flow(flow)
                    .filter(|(owner, _)| owner == user);
                devices
                    .next()
                    .map(|(owner, binding)| (owner.to_owned(), binding.device.clone()))
            }
            Sender::Stranger => None,
        };
        let forwarded = Forwarded {
            flow,
            sender,
            request,
            fork,
            tokens: BTreeMap::new(),
            in_dialog: None,
            deadline: None,
        };
        self.forwarded.insert(transaction, forwarded);
        transaction
    }

    fn wait(&mut self, id: ServerTransactionId, deadline: Instant) {
        if let Some(forwarded) = self.forwarded.get_mut(&id) {
            forwarded.deadline = Some(deadline);
        }
    }

    fn follow(&mut self, token: &str, flow: FlowId) -> Option<FlowId> {
        let transactions = &self.transactions;
        let is_open = |flow| transactions.flow_info(flow).is_some();
        self.paths.follow(token, flow, &self.registrar, is_open)
    }
}

/// Removes what was meant for us, and what only we may say, from a request in a dialog.
fn keep_to_ourselves(request: &mut Request) {
    request.headers.remove("Proxy-Authorization");
    request.headers.remove("P-Asserted-Identity");
}

/// Removes our own Via, the topmost one (RFC 3261 §16.7, 3).
fn pop_via(response: &mut Response) {
    let rest: Vec<_> = response
        .headers
        .values("Via")
        .skip(1)
        .map(str::to_owned)
        .collect();
    response.headers.remove("Via");
    for via in rest.into_iter().rev() {
        response.headers.insert_first("Via", via);
    }
}
