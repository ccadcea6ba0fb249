//! A user agent and a small server made of the same parts, with a network between them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hark_harness::Pair;
use hark_sip::auth::{Challenger, Credentials, Freshness, Password, Verification, Verifier};
use hark_sip::call::NewCall;
use hark_sip::identity::Epid;
use hark_sip::message::{Method, NameAddr, Request, Response, StatusCode};
use hark_sip::{
    Account, CallEvent, CallTarget, Calls, Core, EndReason, Event, FlowId, IdSource, Input, Output,
    Registrar, RegistrationState, Signalling, TransactionEvent, TransactionLayer, Transport,
    UserAgent,
};

/// A registrar with one user, that answers every call.
struct Exchange {
    signalling: Signalling,
    calls: Calls,
    verifier: Verifier,
    registered: Option<(FlowId, NameAddr)>,
    outputs: VecDeque<Output<CallEvent>>,
}

impl Exchange {
    fn new(now: Instant) -> Self {
        let ids = IdSource::from_seed([8; 32]);
        Self {
            signalling: Signalling::new(TransactionLayer::new(ids)),
            calls: Calls::new(),
            verifier: Verifier::new(now, Challenger::Server, "example.test", [9; 32]),
            registered: None,
            outputs: VecDeque::new(),
        }
    }

    fn call_the_user(&mut self, now: Instant) {
        let (flow, contact) = self.registered.clone().expect("the user is registered");
        let new = NewCall {
            flow,
            from: address("sip:alice@example.test"),
            to: address("sip:alice@example.test"),
            contact: address("sip:um@192.0.2.1:5061;transport=tls"),
            target: CallTarget::new(contact.uri),
            offer: b"offer".to_vec(),
        };
        self.calls.invite(now, &mut self.signalling, new);
        self.settle(now);
    }

    fn settle(&mut self, now: Instant) {
        while let Some(event) = self.signalling.poll_event() {
            let unclaimed = self.calls.handle_event(now, &mut self.signalling, event);
            if let Some(TransactionEvent::Request {
                flow,
                transaction,
                request,
            }) = unclaimed
            {
                if request.method == Method::Invite {
                    let contact = address("sip:um@192.0.2.1:5061;transport=tls");
                    let signalling = &mut self.signalling;
                    let call = self
                        .calls
                        .receive_invite(now, signalling, flow, transaction, &request, &contact)
                        .expect("the INVITE is whole");
                    let answered = self.calls.answer(now, signalling, call, b"answer".to_vec());
                    answered.expect("the call is new");
                } else {
                    let response = self.register(now, flow, &request);
                    self.signalling.layer.respond(now, transaction, response);
                }
            }
        }
        while let Some(event) = self.calls.poll_event() {
            self.outputs.push_back(Output::Event(event));
        }
    }

    fn register(&mut self, now: Instant, flow: FlowId, request: &Request) -> Response {
        let password = |name: &str| (name == "alice").then(|| Password::new("secret"));
        if self.verifier.verify(now, request, password)
            != (Verification::Accepted {
                username: "alice".to_owned(),
            })
        {
            let mut response = Response::to(request, StatusCode::UNAUTHORIZED);
            self.verifier
                .challenge(now, Freshness::First, &mut response);
            return response;
        }
        let contacts = request
            .headers
            .contacts()
            .expect("the Contact is well-formed");
        let contact = contacts
            .list()
            .first()
            .cloned()
            .expect("there is a Contact");
        let mut response = Response::to(request, StatusCode::OK);
        response
            .headers
            .push("Contact", format!("{contact};expires=3600"));
        self.registered = Some((flow, contact));
        response
    }
}

impl Core for Exchange {
    type Event = CallEvent;

    fn handle_input(&mut self, now: Instant, input: Input) {
        let layer = &mut self.signalling.layer;
        match input {
            Input::FlowOpened { flow, info } => layer.flow_opened(now, flow, info),
            Input::LookedUp { .. }
            | Input::FlowSecuring { .. }
            | Input::FlowFailed { .. }
            | Input::Disturbed => {}
            Input::Received { flow, bytes } => layer.receive(now, flow, &bytes),
            Input::FlowClosed { flow, .. } => layer.flow_closed(now, flow),
            Input::Timeout => {
                layer.handle_timeout(now);
                self.calls.handle_timeout(now, &mut self.signalling);
            }
        }
        self.settle(now);
    }

    fn poll_output(&mut self) -> Output<CallEvent> {
        if let Some((flow, bytes)) = self.signalling.layer.poll_transmit() {
            return Output::Transmit { flow, bytes };
        }
        let deadlines = [
            self.signalling.layer.next_deadline(),
            self.calls.next_deadline(),
        ];
        let deadline = deadlines.into_iter().flatten().min();
        self.outputs
            .pop_front()
            .unwrap_or(Output::Timeout(deadline))
    }
}

fn address(uri: &str) -> NameAddr {
    NameAddr::new(uri.parse().expect("the URI is well-formed"))
}

fn signed_in(piece: usize) -> Pair<UserAgent, Exchange> {
    let account = Account {
        address: "sip:alice@example.test"
            .parse()
            .expect("the URI is well-formed"),
        display_name: None,
        credentials: Credentials {
            username: "alice".to_owned(),
            password: Password::new("secret"),
        },
        registrar: Registrar {
            transport: Transport::Tls,
            host: "example.test".to_owned(),
            port: Some(5061),
            certificate_names: Vec::new(),
        },
        epid: Epid::new("6b5d10e663").expect("the epid is well-formed"),
        product: "Hark/test".to_owned(),
    };
    let agent = UserAgent::new(account, IdSource::from_seed([4; 32]));
    let exchange = Exchange::new(hark_harness::Clock::new().now());
    let mut pair = Pair::new(agent, exchange, Transport::Tls).cut_into(piece);
    pair.client(UserAgent::register);
    pair.run_for(Duration::from_secs(1));
    pair
}

fn is_registered(pair: &Pair<UserAgent, Exchange>) -> bool {
    let last = pair
        .client_events
        .iter()
        .rev()
        .find_map(|event| match event {
            Event::Registration(state) => Some(state),
            _ => None,
        });
    matches!(last, Some(RegistrationState::Registered { .. }))
}

#[test]
fn signing_in_and_calling_work_with_the_stream_cut_anywhere() {
    for piece in [1, 2, 3, 7, 64, 1000, usize::MAX] {
        let mut pair = signed_in(piece);
        assert!(is_registered(&pair), "pieces of {piece}");
        assert!(pair.client.flow_trust().is_trusted());
        let uri = "sip:um@example.test"
            .parse()
            .expect("the URI is well-formed");
        let call = pair.client(|agent, now| agent.invite(now, CallTarget::new(uri), b"o".to_vec()));
        pair.run_for(Duration::from_secs(5));
        let answered = |event: &Event| matches!(event, Event::Call(CallEvent::Answered { call: own, sdp }) if *own == call && sdp == b"answer");
        assert!(pair.client_events.iter().any(answered), "pieces of {piece}");
        pair.client(|agent, now| agent.hang_up(now, call))
            .expect("the call is up");
        pair.run_for(Duration::from_secs(1));
        let last = pair.server_events.last();
        let hung_up = EndReason::HungUp { cause: None };
        assert!(matches!(last, Some(CallEvent::Ended { reason, .. }) if *reason == hung_up));
    }
}

#[test]
fn ox9_the_servers_call_to_the_user_himself_is_known_as_such() {
    let mut pair = signed_in(100);
    pair.server(Exchange::call_the_user);
    pair.run_for(Duration::from_secs(1));
    let Some(Event::IncomingCall { call, facts, offer }) = pair.client_events.last() else {
        panic!("a call comes in: {:?}", pair.client_events);
    };
    let call = *call;
    assert!(facts.from_equals_to && facts.on_registrar_flow);
    assert_eq!(offer.as_deref(), Some(&b"offer"[..]));
    pair.client(|agent, now| agent.ring(now, call))
        .expect("the call waits");
    pair.client(|agent, now| agent.answer(now, call, b"ours".to_vec()))
        .expect("it still waits");
    pair.run_for(Duration::from_secs(1));
    let answered =
        |event: &CallEvent| matches!(event, CallEvent::Answered { sdp, .. } if sdp == b"ours");
    assert!(
        pair.server_events.iter().any(answered),
        "{:?}",
        pair.server_events
    );
}

#[test]
fn a_cut_flow_comes_back_and_is_authenticated_anew() {
    let mut pair = signed_in(usize::MAX);
    pair.run_for(Duration::from_secs(60));
    pair.cut(FlowId(1));
    assert!(!is_registered(&pair));
    assert!(!pair.client.flow_trust().authenticated);
    pair.run_for(Duration::from_secs(3));
    assert!(is_registered(&pair));
    assert!(pair.client.flow_trust().is_trusted());
}
