//! The SIP side of the UM server: takes the calls that the protocol server sends to voicemail, and
//! places calls of its own. Sans-IO; its one flow leads to the protocol server, which it believes:
//! see [`crate::protocol`].

use std::collections::VecDeque;
use std::time::Instant;

use hark_sip::call::{CallError, NewCall};
use hark_sip::message::{Host, Method, NameAddr, Request, Response, StatusCode, Uri};
use hark_sip::transaction::ServerTransactionId;
use hark_sip::{
    CallEvent, CallId, CallTarget, Calls, EndReason, FlowInfo, IdSource, Signalling,
    TransactionEvent, TransactionLayer,
};

use crate::protocol::UM_FLOW;
use crate::store::CallerId;

/// Answers and places the calls of the UM server.
pub(crate) struct Agent {
    domain: Host,
    /// Where the UM server can be told to be: its Contact.
    address: FlowInfo,
    signalling: Signalling,
    calls: Calls,
    events: VecDeque<AgentEvent>,
}

/// Why a call has come to voicemail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Subscriber access: the user calls the own mailbox.
    Access { user: String, pin: PinDemand },
    /// Call answering: somebody leaves a message for the user.
    Deposit { user: String, caller: CallerId },
}

/// Whether the caller must key the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinDemand {
    /// OX-6.
    Skip,
    /// OX-7.
    Ask,
}

/// What the agent tells its owner.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AgentEvent {
    /// A call waits for [`Agent::answer`] or [`Agent::reject`].
    Incoming {
        call: CallId,
        purpose: Purpose,
        offer: Option<Vec<u8>>,
    },
    Ringing {
        call: CallId,
    },
    /// The answer to an offer of ours.
    Answered {
        call: CallId,
        sdp: Vec<u8>,
    },
    /// A change of the session that waits for [`Agent::accept_offer`] or [`Agent::refuse_offer`].
    Offer {
        call: CallId,
        sdp: Option<Vec<u8>>,
    },
    Digit {
        call: CallId,
        digit: char,
    },
    Ended {
        call: CallId,
        reason: EndReason,
    },
}

impl Agent {
    pub fn new(now: Instant, domain: Host, address: FlowInfo, ids: IdSource) -> Self {
        let mut layer = TransactionLayer::new(ids);
        layer.flow_opened(now, UM_FLOW, address);
        Self {
            domain,
            address,
            signalling: Signalling::new(layer),
            calls: Calls::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes bytes from the protocol server.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) {
        self.signalling.layer.receive(now, UM_FLOW, bytes);
        self.handle_transactions(now);
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.signalling.layer.handle_timeout(now);
        self.calls.handle_timeout(now, &mut self.signalling);
        self.handle_transactions(now);
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.signalling.layer.next_deadline(),
            self.calls.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    pub fn poll_event(&mut self) -> Option<AgentEvent> {
        self.events.pop_front()
    }

    /// The next bytes for the protocol server.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.signalling
            .layer
            .poll_transmit()
            .map(|(_, bytes)| bytes)
    }

    /// OX-8: calls the user as the user, so that the phone rings whatever its presence says, and
    /// forbids to forward the call. `subject` tells what will be played.
    pub fn play_on_phone(
        &mut self,
        now: Instant,
        user: &str,
        subject: &str,
        offer: Vec<u8>,
    ) -> CallId {
        let address = Uri::sip(user, self.domain.clone());
        let mut contact = self.contact();
        contact.params.set_flag("automata");
        let mut target = CallTarget::new(address.clone());
        for (name, value) in [
            ("Ms-Sensitivity", "private-no-diversion"),
            ("User-Agent", USER_AGENT),
            ("Subject", subject),
        ] {
            target.headers.push((name.to_owned(), value.to_owned()));
        }
        let (from, to) = (NameAddr::new(address.clone()), NameAddr::new(address));
        let flow = UM_FLOW;
        self.invite(
            now,
            NewCall {
                flow,
                from,
                to,
                contact,
                target,
                offer,
            },
        )
    }

    /// Calls `to` as an ordinary caller.
    pub fn call(&mut self, now: Instant, from: NameAddr, to: Uri, offer: Vec<u8>) -> CallId {
        let contact = self.contact();
        let target = CallTarget::new(to.clone());
        let to = NameAddr::new(to);
        self.invite(
            now,
            NewCall {
                flow: UM_FLOW,
                from,
                to,
                contact,
                target,
                offer,
            },
        )
    }

    pub fn answer(&mut self, now: Instant, call: CallId, sdp: Vec<u8>) -> Result<(), CallError> {
        self.calls.answer(now, &mut self.signalling, call, sdp)
    }

    pub fn reject(
        &mut self,
        now: Instant,
        call: CallId,
        status: StatusCode,
    ) -> Result<(), CallError> {
        let result = self
            .calls
            .reject(now, &mut self.signalling, call, status, &[]);
        self.handle_transactions(now);
        result
    }

    pub fn accept_offer(
        &mut self,
        now: Instant,
        call: CallId,
        sdp: Vec<u8>,
    ) -> Result<(), CallError> {
        self.calls
            .accept_offer(now, &mut self.signalling, call, sdp)
    }

    pub fn refuse_offer(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        self.calls.refuse_offer(now, &mut self.signalling, call)
    }

    pub fn hang_up(&mut self, now: Instant, call: CallId) -> Result<(), CallError> {
        let result = self.calls.hang_up(now, &mut self.signalling, call);
        self.handle_transactions(now);
        result
    }

    fn invite(&mut self, now: Instant, new: NewCall) -> CallId {
        let call = self.calls.invite(now, &mut self.signalling, new);
        self.handle_transactions(now);
        call
    }

    fn contact(&self) -> NameAddr {
        let local = self.address.local;
        let uri = Uri::sip("um", Host::from(local.ip())).with_port(Some(local.port()));
        NameAddr::new(uri.with_param("transport", "tls"))
    }

    fn handle_transactions(&mut self, now: Instant) {
        while let Some(event) = self.signalling.poll_event() {
            let event = self.calls.handle_event(now, &mut self.signalling, event);
            if let Some(TransactionEvent::Request {
                transaction,
                request,
                ..
            }) = event
            {
                self.dispatch(now, transaction, &request);
            }
        }
        while let Some(event) = self.calls.poll_event() {
            self.tell(now, event);
        }
    }

    fn dispatch(&mut self, now: Instant, transaction: ServerTransactionId, request: &Request) {
        let is_in_dialog = request.headers.to().is_ok_and(|to| to.tag().is_some());
        let status = match request.method {
            _ if is_in_dialog => StatusCode::CALL_DOES_NOT_EXIST,
            Method::Invite => return self.invited(now, transaction, request),
            _ => StatusCode::METHOD_NOT_ALLOWED,
        };
        self.signalling
            .layer
            .respond(now, transaction, Response::to(request, status));
    }

    fn invited(&mut self, now: Instant, transaction: ServerTransactionId, invite: &Request) {
        let Some(purpose) = purpose(invite) else {
            let refusal = Response::to(invite, StatusCode::NOT_FOUND);
            return self.signalling.layer.respond(now, transaction, refusal);
        };
        let contact = self.contact();
        let calls = &mut self.calls;
        let signalling = &mut self.signalling;
        let call = calls.receive_invite(now, signalling, UM_FLOW, transaction, invite, &contact);
        if let Some(call) = call {
            let offer = invite.session_description().map(<[u8]>::to_vec);
            self.events.push_back(AgentEvent::Incoming {
                call,
                purpose,
                offer,
            });
        }
    }

    fn tell(&mut self, now: Instant, event: CallEvent) {
        let event = match event {
            CallEvent::Progress {
                call,
                status: StatusCode::RINGING,
                ..
            } => AgentEvent::Ringing { call },
            // Early media of the called phone is of no use to a machine, and changes of ours do
            // not happen.
            CallEvent::Progress { .. } | CallEvent::ModifyRefused { .. } => return,
            // Voicemail stays where it is and sends nobody away.
            CallEvent::TransferRequested { call, .. } => {
                let _ = self.calls.refuse_transfer(now, &mut self.signalling, call);
                return;
            }
            CallEvent::TransferProgress { .. } => return,
            CallEvent::Answered { call, sdp } | CallEvent::Modified { call, sdp } => {
                AgentEvent::Answered { call, sdp }
            }
            CallEvent::Offer { call, sdp } => AgentEvent::Offer { call, sdp },
            CallEvent::Digit { call, digit, .. } => AgentEvent::Digit { call, digit },
            CallEvent::Ended { call, reason } => AgentEvent::Ended { call, reason },
        };
        self.events.push_back(event);
    }
}

/// Reads what an INVITE wants here: with `Diversion` it is for the mailbox of somebody who did not
/// take the call, without it from the mailbox' owner (MS-EUMR §3.1.5).
fn purpose(invite: &Request) -> Option<Purpose> {
    let user = invite.uri.user_text()?;
    if invite.headers.get("Diversion").is_some() {
        let from = invite.headers.from().ok()?;
        let caller = CallerId {
            display_name: from.display_name.clone(),
            uri: Some(from.uri.address().to_string()),
        };
        return Some(Purpose::Deposit { user, caller });
    }
    // OX-2: the name and the value are case-insensitive, an unknown value is ignored.
    let commands = || invite.headers.all("Ms-Exchange-Command");
    let wants_skip = commands().any(|value| value.trim().eq_ignore_ascii_case("skip-pin"));
    let pin = match wants_skip && is_owner(invite, &user) {
        true => PinDemand::Skip,
        false => PinDemand::Ask,
    };
    Some(Purpose::Access { user, pin })
}

/// Whether the protocol server says that the mailbox' owner is calling.
fn is_owner(invite: &Request, user: &str) -> bool {
    let identities = invite
        .headers
        .addresses("P-Asserted-Identity")
        .unwrap_or_default();
    identities
        .iter()
        .any(|identity| identity.uri.user_text().as_deref() == Some(user))
}

/// RTCC is Microsoft's, as in the document's example; clients take it as a hint at most.
const USER_AGENT: &str = concat!("RTCC/3.0.0.0 Hark-UM/", env!("CARGO_PKG_VERSION"));
