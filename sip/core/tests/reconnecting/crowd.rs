//! Many user agents and a server that is there or not.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::{
    Account, Core as _, FlowError, FlowId, FlowInfo, IdSource, Input, Output, Registrar, Transport,
    UserAgent,
};

/// When clients came back, in seconds since the server listens again.
#[derive(Debug, Default)]
pub struct Arrivals {
    pub per_second: Vec<usize>,
}

impl Arrivals {
    fn count(&mut self, since: Duration) {
        let second = since.as_secs() as usize;
        if self.per_second.len() <= second {
            self.per_second.resize(second + 1, 0);
        }
        self.per_second[second] += 1;
    }

    pub fn total(&self) -> usize {
        self.per_second.iter().sum()
    }

    pub fn peak(&self) -> usize {
        self.per_second.iter().copied().max().unwrap_or_default()
    }

    /// Over the seconds from the server's return to the last client's.
    pub fn mean(&self) -> f64 {
        self.total() as f64 / self.per_second.len() as f64
    }

    /// In which second this share of the clients is back.
    pub fn back(&self, share: f64) -> usize {
        let wanted = share * self.total() as f64;
        let mut sum = 0;
        let reached = self.per_second.iter().position(|count| {
            sum += count;
            sum as f64 >= wanted
        });
        reached.map_or(self.per_second.len(), |second| second + 1)
    }
}

/// Clients of one server, all of them registered.
pub struct Crowd {
    now: Instant,
    clients: Vec<Client>,
    /// What happens next, in order; the count keeps what happens at once in order, too.
    events: BinaryHeap<Reverse<(Instant, u64, usize, Step)>>,
    count: u64,
    returns: Instant,
    arrivals: Arrivals,
}

struct Client {
    agent: UserAgent,
    flow: FlowId,
    deadline: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// The connection attempt has an outcome.
    Connects(FlowId),
    Answers(FlowId, Vec<u8>),
    Timer,
}

impl Crowd {
    pub fn new(clients: usize) -> Self {
        let start = Clock::new().now();
        let mut crowd = Self {
            now: start,
            clients: (0..clients).map(Client::new).collect(),
            events: BinaryHeap::new(),
            count: 0,
            returns: start,
            arrivals: Arrivals::default(),
        };
        for at in 0..clients {
            crowd.clients[at].agent.register(start);
            crowd.drain(at);
        }
        crowd
    }

    /// Lets all be registered for a while, cuts all of their flows in the same moment, and lets the
    /// server listen again after so many seconds.
    pub fn come_back_from(&mut self, outage_s: u64) -> Arrivals {
        self.run_until(self.now + STANDING);
        self.returns = self.now + Duration::from_secs(outage_s);
        self.arrivals = Arrivals::default();
        self.cut_all();
        self.run_until(self.returns + LONGEST);
        std::mem::take(&mut self.arrivals)
    }

    fn run_until(&mut self, end: Instant) {
        while let Some(Reverse((time, _, _, _))) = self.events.peek()
            && *time <= end
            && let Some(Reverse((time, _, at, step))) = self.events.pop()
        {
            self.now = time;
            self.take(at, step);
        }
        self.now = end;
    }

    fn take(&mut self, at: usize, step: Step) {
        let client = &mut self.clients[at];
        let input = match step {
            // Replaced by a later one.
            Step::Timer if client.deadline != Some(self.now) => return,
            Step::Timer => Input::Timeout,
            Step::Connects(flow) if self.now < self.returns => Input::FlowFailed {
                flow,
                error: FlowError::Refused,
            },
            Step::Connects(flow) => {
                self.arrivals
                    .count(self.now.saturating_duration_since(self.returns));
                Input::FlowOpened { flow, info: INFO }
            }
            Step::Answers(flow, bytes) => Input::Received { flow, bytes },
        };
        client.agent.handle_input(self.now, input);
        self.drain(at);
    }

    fn cut_all(&mut self) {
        for at in 0..self.clients.len() {
            let (flow, error) = (self.clients[at].flow, FlowError::Closed);
            let closed = Input::FlowClosed { flow, error };
            self.clients[at].agent.handle_input(self.now, closed);
            self.drain(at);
        }
    }

    fn drain(&mut self, at: usize) {
        loop {
            match self.clients[at].agent.poll_output() {
                Output::OpenFlow { flow, .. } => {
                    self.clients[at].flow = flow;
                    self.push(self.now + LATENCY, at, Step::Connects(flow));
                }
                // No answer to a ping is awaited where nothing was said of it.
                Output::Transmit { bytes, .. } if bytes == b"\r\n\r\n" => {}
                Output::Transmit { flow, bytes } => {
                    let answer = accepted(&String::from_utf8_lossy(&bytes));
                    self.push(self.now + LATENCY, at, Step::Answers(flow, answer));
                }
                Output::Lookup(_) => panic!("an address needs no lookup"),
                Output::CloseFlow { .. } | Output::Event(_) => {}
                Output::Timeout(deadline) => {
                    if let Some(deadline) =
                        deadline.filter(|_| self.clients[at].deadline != deadline)
                    {
                        self.push(deadline, at, Step::Timer);
                    }
                    return self.clients[at].deadline = deadline;
                }
            }
        }
    }

    fn push(&mut self, time: Instant, at: usize, step: Step) {
        self.count += 1;
        self.events.push(Reverse((time, self.count, at, step)));
    }
}

impl Client {
    fn new(number: usize) -> Self {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let account = Account {
            address: format!("sip:u{number}@example.test")
                .parse()
                .expect("the URI is well-formed"),
            display_name: None,
            credentials: Credentials {
                username: format!("u{number}"),
                password: Password::new("secret"),
            },
            registrar: Registrar {
                transport: Transport::Tls,
                host: INFO.remote.ip().to_string(),
                port: Some(INFO.remote.port()),
                certificate_names: Vec::new(),
            },
            epid: Epid::new("0123456789").expect("the epid is well-formed"),
            product: "Hark/test".to_owned(),
        };
        Self {
            agent: UserAgent::new(account, IdSource::from_seed(seed)),
            flow: FlowId(0),
            deadline: None,
        }
    }
}

/// The server takes everybody in for an hour.
fn accepted(request: &str) -> Vec<u8> {
    let echoed = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let mut answer = String::from("SIP/2.0 200 OK\r\nExpires: 3600\r\n");
    for line in request.split_inclusive("\r\n") {
        if echoed.iter().any(|name| line.starts_with(name)) {
            answer.push_str(line);
        }
    }
    answer.push_str("Content-Length: 0\r\n\r\n");
    answer.into_bytes()
}

const INFO: FlowInfo = FlowInfo {
    transport: Transport::Tls,
    local: SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 10)),
        50230,
    ),
    remote: SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
        5061,
    ),
};

const LATENCY: Duration = Duration::from_millis(10);

/// How long all are registered before the server goes down.
const STANDING: Duration = Duration::from_secs(60);

/// By then the last client is back: the longest outage, doubled.
const LONGEST: Duration = Duration::from_secs(310);
