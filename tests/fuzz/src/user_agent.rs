//! The whole user agent: any bytes at any virtual time, on flows that come and go.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::locate::{Answer, Question, Srv};
use hark_sip::message::StatusCode;
use hark_sip::{
    Account, CallId, CallTarget, Core as _, Event, FlowError, FlowId, FlowInfo, IdSource, Input,
    Output, Registrar, Transport, UserAgent,
};

/// Reads the bytes as a story, its pieces apart by zero bytes: a piece that begins with `\x01` and a
/// letter of [`World::command`] is something that is done, any other is received.
///
/// No fuzzer guesses a branch or a tag. So `\x02` and a digit stand for a header of what the user
/// agent sent last, see [`World::fill_in`].
pub fn anything_at_any_time(bytes: &[u8]) {
    let mut world = World::new();
    world.agent.register(world.now);
    world.drain();
    for piece in bytes.split(|byte| *byte == SEPARATOR).take(MAX_STEPS) {
        match piece.split_first() {
            Some((&COMMAND, rest)) => world.command(rest),
            _ => world.receive(piece),
        }
        world.drain();
    }
}

struct World {
    now: Instant,
    agent: UserAgent,
    flow: FlowId,
    deadline: Option<Instant>,
    /// The last request that the user agent sent, as text.
    sent: String,
    calls: Vec<CallId>,
}

impl World {
    fn new() -> Self {
        Self {
            now: Clock::new().now(),
            agent: UserAgent::new(account(), IdSource::from_seed([9; 32])),
            flow: FlowId(0),
            deadline: None,
            sent: String::new(),
            calls: Vec::new(),
        }
    }

    fn command(&mut self, words: &[u8]) {
        let (flow, now) = (self.flow, self.now);
        let (letter, argument) = words.split_first().unwrap_or((&0, &[]));
        let number = argument.first().copied().unwrap_or_default();
        let call = self.calls.get(usize::from(number)).copied();
        match (letter, call) {
            (b'o', _) => self.input(Input::FlowOpened { flow, info: INFO }),
            (b'f', _) => self.input(Input::FlowFailed {
                flow,
                error: FlowError::Refused,
            }),
            (b'c', _) => self.input(Input::FlowClosed {
                flow,
                error: FlowError::Closed,
            }),
            (b't', _) => self.wait_for_deadline(),
            (b'w', _) => self.pass(Duration::from_secs(u64::from(number))),
            (b's', _) => self.input(Input::Disturbed),
            (b'r', _) => self.agent.retry_now(now),
            (b'u', _) => self.agent.unregister(now),
            (b'i', _) => {
                let uri = "sip:bob@example.test".parse().expect("a URI");
                let call = self.agent.invite(now, CallTarget::new(uri), SDP.to_vec());
                self.calls.push(call);
            }
            (b'a', Some(call)) => drop(self.agent.answer(now, call, SDP.to_vec())),
            (b'n', Some(call)) => drop(self.agent.ring(now, call)),
            (b'd', Some(call)) => drop(self.agent.reject(now, call, StatusCode::DECLINE)),
            (b'x', Some(call)) => drop(self.agent.cancel(now, call)),
            (b'h', Some(call)) => drop(self.agent.hang_up(now, call)),
            (b'm', Some(call)) => drop(self.agent.modify(now, call, SDP.to_vec())),
            (b'y', Some(call)) => drop(self.agent.accept_offer(now, call, SDP.to_vec())),
            (b'z', Some(call)) => drop(self.agent.refuse_offer(now, call)),
            _ => {}
        }
    }

    fn receive(&mut self, piece: &[u8]) {
        let flow = self.flow;
        let bytes = self.fill_in(piece);
        self.input(Input::Received { flow, bytes });
    }

    /// `\x02` and a digit is the value of one of [`ECHOED`] in the last request of the user agent.
    fn fill_in(&self, piece: &[u8]) -> Vec<u8> {
        let mut parts = piece.split(|byte| *byte == ECHO);
        let mut filled = parts.next().unwrap_or_default().to_vec();
        for part in parts {
            let (digit, rest) = part.split_first().unwrap_or((&b'0', &[]));
            let header = ECHOED[usize::from(*digit) % ECHOED.len()];
            filled.extend(self.last(header).bytes());
            filled.extend(rest);
        }
        filled
    }

    fn last(&self, header: &str) -> &str {
        let mut lines = self.sent.lines();
        lines
            .find_map(|line| line.strip_prefix(header))
            .unwrap_or_default()
    }

    fn wait_for_deadline(&mut self) {
        if let Some(deadline) = self.deadline {
            self.now = self.now.max(deadline);
            self.input(Input::Timeout);
        }
    }

    /// Time passes with every timer in it, as it does outside.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..MAX_STEPS {
            if self.deadline.is_none_or(|deadline| deadline > end) {
                break;
            }
            self.wait_for_deadline();
            self.drain();
        }
        self.now = end;
    }

    fn input(&mut self, input: Input) {
        self.agent.handle_input(self.now, input);
    }

    fn drain(&mut self) {
        for _ in 0..MAX_OUTPUTS {
            match self.agent.poll_output() {
                Output::Lookup(question) => {
                    let answer = look_up(&question);
                    self.input(Input::LookedUp { question, answer });
                }
                Output::OpenFlow { flow, .. } => self.flow = flow,
                Output::Transmit { bytes, .. } if !bytes.starts_with(b"SIP/2.0 ") => {
                    self.sent = String::from_utf8_lossy(&bytes).into_owned();
                }
                Output::Event(Event::IncomingCall { call, .. }) => self.calls.push(call),
                Output::Timeout(deadline) => return self.deadline = deadline,
                Output::Transmit { .. } | Output::CloseFlow { .. } | Output::Event(_) => {}
            }
        }
        panic!("one input makes more than {MAX_OUTPUTS} outputs");
    }
}

/// One service with two servers, of two addresses each.
fn look_up(question: &Question) -> Answer {
    let server = |priority, target: &str| Srv {
        priority,
        weight: 0,
        port: 5061,
        target: target.to_owned(),
    };
    match question {
        Question::Naptr(_) => Answer::Failed,
        Question::Srv(_) => Answer::Srv(vec![server(1, "a.test"), server(2, "b.test")]),
        Question::Addresses(_) => Answer::Addresses(vec![
            std::net::Ipv4Addr::LOCALHOST.into(),
            std::net::Ipv6Addr::LOCALHOST.into(),
        ]),
    }
}

fn account() -> Account {
    Account {
        address: "sip:alice@example.test".parse().expect("a URI"),
        display_name: None,
        credentials: Credentials {
            username: "alice".into(),
            password: Password::new("secret"),
        },
        registrar: Registrar {
            transport: Transport::Tls,
            host: "example.test".into(),
            port: None,
            certificate_names: Vec::new(),
        },
        epid: Epid::from_random([1, 2, 3, 4, 5]),
        product: "Hark/fuzz".into(),
    }
}

const SEPARATOR: u8 = 0;
const COMMAND: u8 = 1;
const ECHO: u8 = 2;

const ECHOED: [&str; 6] = [
    "Via: ",
    "From: ",
    "To: ",
    "Call-ID: ",
    "CSeq: ",
    "Contact: ",
];

const SDP: &[u8] = b"v=0\r\n";

const INFO: FlowInfo = FlowInfo {
    transport: Transport::Tls,
    local: SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 40_000),
    remote: SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 5061),
};

/// As many as make an execution short.
const MAX_STEPS: usize = 200;

/// More than any one input can rightly cause.
const MAX_OUTPUTS: usize = 2000;
