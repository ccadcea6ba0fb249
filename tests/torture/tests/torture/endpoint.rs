//! A user agent to which things are sent.

use std::time::Instant;

use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::user_agent::Visibility;
use hark_sip::{
    Account, Core as _, Event, FlowId, FlowInfo, IdSource, Input, Output, Registrar, Transport,
    UserAgent,
};

/// A user agent with an open flow, on which its REGISTER has gone out.
pub struct Endpoint {
    agent: UserAgent,
    flow: FlowId,
    /// Our REGISTER, until it is answered.
    pub register: String,
}

impl Endpoint {
    pub fn new(visibility: Visibility) -> Self {
        let mut agent = UserAgent::new(account(), IdSource::from_seed([1; 32]));
        agent.set_visibility(visibility);
        agent.register(an_instant());
        let mut endpoint = Self {
            agent,
            flow: FlowId(0),
            register: String::new(),
        };
        endpoint.drain();
        let info = FlowInfo {
            transport: Transport::Tls,
            local: ([192, 0, 2, 1], 5000).into(),
            remote: ([192, 0, 2, 2], 5061).into(),
        };
        let flow = endpoint.flow;
        endpoint.input(Input::FlowOpened { flow, info });
        endpoint
    }

    /// Hands over a message and tells what comes of it: the status lines that go out, `call` for one
    /// that may ring, `dropped` for what is counted and not processed.
    pub fn tell(&mut self, message: &[u8]) -> Vec<String> {
        let (flow, bytes) = (self.flow, message.to_vec());
        self.input(Input::Received { flow, bytes })
    }

    fn input(&mut self, input: Input) -> Vec<String> {
        self.agent.handle_input(an_instant(), input);
        self.drain()
    }

    fn drain(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            match self.agent.poll_output() {
                Output::Transmit { bytes, .. } => self.hear(&bytes, &mut told),
                Output::Event(Event::IncomingCall { .. }) => told.push("call".to_owned()),
                Output::Event(Event::Dropped(_)) => told.push("dropped".to_owned()),
                Output::Event(Event::Registration(_)) => {}
                Output::Event(other) => panic!("nothing else happens, but {other:?} did"),
                Output::OpenFlow { flow, .. } => self.flow = flow,
                Output::Lookup(_) => panic!("an address needs no lookup"),
                Output::CloseFlow { .. } => panic!("the flow lives on"),
                Output::Timeout(_) => return told,
            }
        }
    }

    /// Reads what goes out without the code under test. A CRLF that answers a ping and the 100 of a
    /// transaction say nothing.
    fn hear(&mut self, bytes: &[u8], told: &mut Vec<String>) {
        let text = String::from_utf8_lossy(bytes);
        if text.starts_with("REGISTER ") {
            self.register = text.into_owned();
        } else if let Some(rest) = text.strip_prefix("SIP/2.0 ")
            && let Some(status) = rest.split(' ').next()
            && status != "100"
        {
            told.push(status.to_owned());
        }
    }
}

fn account() -> Account {
    Account {
        address: "sip:alice@example.test".parse().expect("an address"),
        display_name: None,
        credentials: Credentials {
            username: "alice".to_owned(),
            password: Password::new("secret"),
        },
        registrar: Registrar {
            transport: Transport::Tls,
            host: "192.0.2.2".to_owned(),
            port: Some(5061),
            certificate_names: vec!["example.test".to_owned()],
        },
        epid: Epid::new("0123456789").expect("an epid"),
        product: "Hark".to_owned(),
    }
}

/// No time passes in these tests.
fn an_instant() -> Instant {
    Instant::now()
}
