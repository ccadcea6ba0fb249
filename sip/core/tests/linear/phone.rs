//! A registered user agent that takes bytes and counts what comes out.

use std::net::SocketAddr;
use std::time::Instant;

use hark_harness::Clock;
use hark_sip::auth::{Credentials, Password};
use hark_sip::framing::{Frame, Framer};
use hark_sip::identity::Epid;
use hark_sip::message::{Message, Request, Response, StatusCode};
use hark_sip::{
    Account, CallTarget, Core as _, FlowId, FlowInfo, IdSource, Input, Output, Registrar,
    Transport, UserAgent,
};

pub(crate) struct Phone {
    agent: UserAgent,
    now: Instant,
    flow: FlowId,
    sent: Vec<u8>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let account = Account {
            address: address("alice"),
            display_name: None,
            credentials: Credentials {
                username: "alice".to_owned(),
                password: Password::new("secret"),
            },
            registrar: Registrar {
                transport: Transport::Tls,
                host: "192.0.2.1".to_owned(),
                port: Some(5061),
                certificate_names: Vec::new(),
            },
            epid: Epid::from_random([1; 5]),
            product: "Hark/test".to_owned(),
        };
        let mut phone = Self {
            agent: UserAgent::new(account, IdSource::from_seed([6; 32])),
            now: Clock::new().now(),
            flow: FlowId(0),
            sent: Vec::new(),
        };
        phone.agent.register(phone.now);
        phone.drain();
        let address = SocketAddr::from(([192, 0, 2, 10], 50230));
        let info = FlowInfo {
            transport: Transport::Tls,
            local: address,
            remote: address,
        };
        let flow = phone.flow;
        phone.input(Input::FlowOpened { flow, info });
        let register = phone.last_request();
        let mut response = Response::to(&register, StatusCode::OK).with_to_tag("server");
        response.headers.push("Expires", 3600);
        phone.hear(&response.to_bytes());
        phone
    }

    /// Places a call; returns its INVITE.
    pub(crate) fn invite(&mut self) -> Request {
        let target = CallTarget::new(address("bob"));
        self.agent.invite(self.now, target, b"v=0".to_vec());
        self.drain();
        self.last_request()
    }

    /// Takes bytes as they come from a network.
    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(SEGMENT) {
            let (flow, bytes) = (self.flow, piece.to_vec());
            self.input(Input::Received { flow, bytes });
        }
    }

    /// Whether it still answers.
    pub(crate) fn ask_options(&mut self) -> String {
        self.sent.clear();
        self.hear(
            b"OPTIONS sip:alice@192.0.2.10 SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bKlast\r\n\
              From: <sip:bob@example.test>;tag=last\r\nTo: <sip:alice@example.test>\r\n\
              Call-ID: last\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        );
        String::from_utf8_lossy(&self.sent).into_owned()
    }

    fn input(&mut self, input: Input) {
        self.agent.handle_input(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.agent.poll_output() {
                Output::OpenFlow { flow, .. } => self.flow = flow,
                Output::Transmit { bytes, .. } => self.sent = bytes,
                Output::CloseFlow { .. } => panic!("the flow stays"),
                Output::Lookup(_) => panic!("an address needs no look-up"),
                Output::Event(_) => {}
                Output::Timeout(_) => return,
            }
        }
    }

    fn last_request(&self) -> Request {
        let mut framer = Framer::default();
        framer.push(&self.sent);
        match framer.next() {
            Some(Frame::Message(Message::Request(request))) => request,
            other => panic!("{other:?} is no request"),
        }
    }
}

fn address(user: &str) -> hark_sip::message::Uri {
    let address = format!("sip:{user}@example.test");
    address.parse().expect("the URI is well-formed")
}

/// What one packet brings, in bytes.
const SEGMENT: usize = 1400;
