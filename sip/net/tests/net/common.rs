//! A core that does what the test says and tells what it sees, and servers to meet it.

pub mod certificate;
pub mod dns;
pub mod registrar;

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;

pub use certificate::{Authority, Clients, Signed, Validity};
use hark_sip::locate::{Answer, Question};
use hark_sip::{Core, FlowError, FlowId, FlowTarget, Input, Output, Transport};
use hark_sip_net::{Connector, Driver, Listener};
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One input, in a form that compares.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    Opened(Transport),
    Failed(FlowError),
    Received(Vec<u8>),
    Closed(FlowError),
    LookedUp(Answer),
    Disturbed,
    Timeout,
}

impl Seen {
    /// What a core without a protocol has to tell about an input.
    fn of(input: &Input) -> Option<Self> {
        Some(match input {
            Input::FlowSecuring { .. } => return None,
            Input::FlowOpened { info, .. } => Self::Opened(info.transport),
            Input::FlowFailed { error, .. } => Self::Failed(error.clone()),
            Input::Received { bytes, .. } => Self::Received(bytes.clone()),
            Input::FlowClosed { error, .. } => Self::Closed(error.clone()),
            Input::LookedUp { answer, .. } => Self::LookedUp(answer.clone()),
            Input::Disturbed => Self::Disturbed,
            Input::Timeout => Self::Timeout,
        })
    }
}

/// A core without a protocol.
#[derive(Default)]
pub struct Probe {
    outputs: VecDeque<Output<Seen>>,
    deadline: Option<Instant>,
    opened: u64,
    /// How often TLS began.
    secured: usize,
    last: Option<FlowId>,
}

impl Probe {
    pub fn open(&mut self, target: FlowTarget) -> FlowId {
        self.opened += 1;
        let flow = FlowId(self.opened);
        self.outputs.push_back(Output::OpenFlow { flow, target });
        flow
    }

    pub fn look_up(&mut self, question: Question) {
        self.outputs.push_back(Output::Lookup(question));
    }

    pub fn transmit(&mut self, flow: FlowId, bytes: &[u8]) {
        self.outputs.push_back(Output::Transmit {
            flow,
            bytes: bytes.to_vec(),
        });
    }

    pub fn close(&mut self, flow: FlowId) {
        self.outputs.push_back(Output::CloseFlow { flow });
    }

    pub fn wake_at(&mut self, deadline: Instant) {
        self.deadline = Some(deadline);
    }

    pub fn secured(&self) -> usize {
        self.secured
    }

    pub fn last_flow(&self) -> FlowId {
        self.last.expect("a flow has opened")
    }
}

impl Core for Probe {
    type Event = Seen;

    fn handle_input(&mut self, _now: Instant, input: Input) {
        if let Input::FlowOpened { flow, .. } = input {
            self.last = Some(flow);
        }
        if matches!(input, Input::Timeout) {
            self.deadline = None;
        }
        match Seen::of(&input) {
            Some(seen) => self.outputs.push_back(Output::Event(seen)),
            None => self.secured += 1,
        }
    }

    fn poll_output(&mut self) -> Output<Seen> {
        self.outputs
            .pop_front()
            .unwrap_or(Output::Timeout(self.deadline))
    }
}

pub fn target(transport: Transport, port: u16, names: &[&str]) -> FlowTarget {
    FlowTarget {
        transport,
        host: "127.0.0.1".into(),
        port,
        addresses: vec![Ipv4Addr::LOCALHOST.into()],
        certificate_names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

pub fn connector(trusted: &Authority) -> Connector {
    Connector::trusting_only(&trusted.pem()).expect("the authority is a certificate")
}

/// A driver that accepts TLS flows with this certificate.
pub async fn drive_tls(server: Signed) -> (u16, Driver<Probe>) {
    drive(server.server_config(Clients::Any)).await
}

/// The same in the background, for tests that look at the client only.
pub async fn listen_tls(server: ServerConfig) -> (u16, JoinHandle<()>) {
    let (port, mut driver) = drive(server).await;
    let task = tokio::spawn(async move {
        loop {
            driver.next().await;
        }
    });
    (port, task)
}

/// A plain socket that waits for what the driver does.
pub async fn listen_tcp() -> (u16, TcpListener) {
    let socket = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has ports");
    let port = socket.local_addr().expect("it is bound").port();
    (port, socket)
}

async fn drive(server: ServerConfig) -> (u16, Driver<Probe>) {
    let (port, socket) = listen_tcp().await;
    let tls = Some(Arc::new(server));
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.listen(Listener { socket, tls });
    (port, driver)
}
