//! Runs a script against a user agent.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_sip::message::{Message, Uri};
use hark_sip::{
    Core as _, FlowError, FlowId, FlowInfo, IdSource, Input, Output, Transport, UserAgent,
};

use crate::far_end::{FarEnd, Seen};
use crate::script::{self, Actor, Line};
use crate::zone::Zone;
use crate::{Clock, account, app, complaint, describe};

/// Runs a script; see [`script`].
///
/// # Panics
/// When anything happens that the script does not say, or does not happen that it says.
pub fn check(script: &str) {
    Scene::new(script).run();
}

/// A script with the messages that it quotes.
#[derive(Debug)]
pub struct Scene<'a> {
    script: &'a str,
    files: BTreeMap<&'a str, &'a [u8]>,
}

impl<'a> Scene<'a> {
    pub fn new(script: &'a str) -> Self {
        Self {
            script,
            files: BTreeMap::new(),
        }
    }

    /// Bytes that the server sends where the script says `<- file NAME`.
    pub fn file(mut self, name: &'a str, bytes: &'a [u8]) -> Self {
        self.files.insert(name, bytes);
        self
    }

    /// Runs the script.
    ///
    /// # Panics
    /// As [`check`].
    pub fn run(self) {
        let (preamble, lines) = script::parse(self.script);
        let mut stage = Stage::new(&preamble, self.files);
        if preamble.iter().any(|word| word == "registered") {
            stage.run(&script::parse(&sign_in(&preamble)).1);
            stage.clock.restart();
        }
        stage.run(&lines);
    }
}

/// The usual sign-in: `registered`, with `tcp` over TCP, with `unchallenged` without a challenge.
fn sign_in(preamble: &[String]) -> String {
    let with = |word: &str| preamble.iter().any(|own| own == word);
    let target = if with("tcp") {
        "tcp sip.example.test:5060"
    } else {
        "tls sip.example.test:5061"
    };
    let challenge = "
        0.020  <-   401 Unauthorized
        0.020  ->   REGISTER +Authorization";
    let gruu = "
        Contact: {contact};expires=3600;gruu=\"sip:alice@contoso.com;opaque=user:epid:ihclvAI6-FmKSGLKr_2rtAAA;gruu\"";
    format!(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open {target}
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER -Authorization
        {}
        0.030  <-   200 OK
        {}
        0.030  ev   registration registered 3600
        ",
        if with("unchallenged") { "" } else { challenge },
        if with("gruu") { gruu } else { "" },
    )
}

/// A user agent, the far end, and what has come out but was not expected yet.
#[derive(Debug)]
struct Stage<'a> {
    clock: Clock,
    agent: UserAgent,
    far: FarEnd,
    files: BTreeMap<&'a str, &'a [u8]>,
    transport: Transport,
    zone: Zone,
    /// The flow that was asked for last.
    flow: FlowId,
    /// Where each flow leads.
    servers: BTreeMap<FlowId, SocketAddr>,
    deadline: Option<Instant>,
    shows_pings: bool,
    out: VecDeque<(Instant, Outcome)>,
}

#[derive(Debug)]
enum Outcome {
    Sends(FlowId, Box<Message>),
    /// `ping`, `pong`, or what is no message at all.
    SendsOther(&'static str),
    Tells(String),
    Asks(String),
}

impl<'a> Stage<'a> {
    fn new(preamble: &[String], files: BTreeMap<&'a str, &'a [u8]>) -> Self {
        let tcp = preamble.iter().any(|word| word == "tcp");
        let transport = if tcp { Transport::Tcp } else { Transport::Tls };
        let account = preamble
            .iter()
            .find_map(|word| word.strip_prefix("account="));
        let address: Uri = format!("sip:{}", account.unwrap_or("alice@example.test"))
            .parse()
            .expect("the script names an address");
        let far = FarEnd::new(address.clone());
        let server = preamble
            .iter()
            .find_map(|word| word.strip_prefix("server="));
        let registrar = account::registrar(server.unwrap_or("sip.example.test:"), transport);
        let agent = UserAgent::new(
            account::user(address, registrar),
            IdSource::from_seed([1; 32]),
        );
        let mut zone = Zone::default();
        if server.is_none() {
            zone.learn("host:sip.example.test=192.0.2.1");
        }
        for word in preamble {
            zone.learn(word);
        }
        let (clock, flow, deadline) = (Clock::new(), FlowId(0), None);
        Self {
            clock,
            agent,
            far,
            files,
            transport,
            zone,
            flow,
            servers: BTreeMap::new(),
            deadline,
            shows_pings: !preamble.iter().any(|word| word == "no-pings"),
            out: VecDeque::new(),
        }
    }

    fn run(&mut self, lines: &[Line]) {
        for line in lines {
            match line.actor {
                Actor::App | Actor::Net | Actor::Server | Actor::End => self.act(line),
                Actor::Sends | Actor::Tells | Actor::Asks => self.expect(line),
            }
        }
        self.expect_nothing("the end of the script");
    }

    fn act(&mut self, line: &Line) {
        self.advance(self.clock.at(line.time.1), Until::Time);
        self.expect_nothing(&format!("line {}", line.number));
        let late = self.clock.now() > self.clock.at(line.time.1) + TOLERANCE;
        assert!(!late, "line {}: the script goes back in time", line.number);
        self.clock.advance_to(self.clock.at(line.time.1));
        let now = self.clock.now();
        match line.actor {
            Actor::App => {
                if let Some(said) = app::command(now, &mut self.agent, line) {
                    self.out.push_back((now, Outcome::Tells(said)));
                }
            }
            Actor::Net => self.network(line),
            Actor::Server => self.say(line),
            Actor::Sends | Actor::Tells | Actor::Asks | Actor::End => {}
        }
        self.drain();
    }

    fn network(&mut self, line: &Line) {
        if line.words.first().is_some_and(|word| word == "dns") {
            return line.words[1..].iter().for_each(|word| {
                assert!(self.zone.learn(word), "line {}: {word}", line.number);
            });
        }
        let flow = self.flow_of(line);
        let named = line.words.get(1).filter(|word| !word.contains('='));
        let error = named.map_or(FlowError::Closed, |word| flow_error(word));
        let info = FlowInfo {
            transport: self.transport,
            local: SocketAddr::from(([192, 0, 2, 10], 50230)),
            remote: self.server_of(flow, line),
        };
        let input = match line.words.first().map(String::as_str) {
            Some("securing") => Input::FlowSecuring { flow },
            Some("opened") => Input::FlowOpened { flow, info },
            Some("failed") => Input::FlowFailed { flow, error },
            Some("closed") => Input::FlowClosed { flow, error },
            Some("disturbed") => Input::Disturbed,
            other => panic!("line {}: the network cannot do {other:?}", line.number),
        };
        self.agent.handle_input(self.clock.now(), input);
    }

    /// The other end of a flow: `at=ADDRESS`, or the first address of its target.
    fn server_of(&self, flow: FlowId, line: &Line) -> SocketAddr {
        let target = self.servers.get(&flow).copied();
        let mut server = target.unwrap_or(SocketAddr::from(([192, 0, 2, 1], 5061)));
        if let Some(address) = line.value("at") {
            server.set_ip(address.parse().expect("an address"));
        }
        server
    }

    fn say(&mut self, line: &Line) {
        let bytes = match line.words.first().map(String::as_str) {
            Some("file") => {
                let bytes = self.files[line.words[1].as_str()].to_vec();
                self.far.say_raw(&bytes);
                bytes
            }
            _ => self.far.say(line),
        };
        let flow = self.flow_of(line);
        self.agent
            .handle_input(self.clock.now(), Input::Received { flow, bytes });
    }

    fn flow_of(&self, line: &Line) -> FlowId {
        let named = line.value("flow").map(|number| match number {
            "accepted" => FlowId::FIRST_ACCEPTED,
            number => FlowId(number.parse().expect("flows are numbered")),
        });
        named.unwrap_or(self.flow)
    }

    /// Takes out what has come out and must fit the line.
    fn expect(&mut self, line: &Line) {
        let (earliest, latest) = (self.clock.at(line.time.0), self.clock.at(line.time.1));
        self.advance(latest, Until::Outcome);
        let Some((at, outcome)) = self.out.pop_front() else {
            panic!(
                "line {}: expected {:?} {:?}, but nothing happens",
                line.number, line.actor, line.words
            );
        };
        let time = self.clock.since_zero(at);
        let in_time = earliest <= at + TOLERANCE && at <= latest + TOLERANCE;
        let complaint = match (&outcome, line.actor) {
            _ if !in_time => Some("it is not its time".to_owned()),
            (Outcome::Sends(flow, message), Actor::Sends) => (!line.has("flow=accepted")
                && *flow != self.flow_of(line))
            .then(|| format!("it goes out on {flow:?}"))
            .or_else(|| complaint::of_message(line, message)),
            (Outcome::SendsOther(what), Actor::Sends) => complaint::of_words(line, what),
            (Outcome::Tells(what), Actor::Tells) | (Outcome::Asks(what), Actor::Asks) => {
                complaint::of_words(line, what)
            }
            _ => Some("it is of another kind".to_owned()),
        };
        if let Some(complaint) = complaint {
            let (number, words) = (line.number, line.words.join(" "));
            let happened = describe_outcome(&outcome);
            panic!("line {number}: expected: {words}\n  {complaint}\n  at {time:?}: {happened}");
        }
    }

    fn expect_nothing(&self, place: &str) {
        if let Some((at, outcome)) = self.out.front() {
            let time = self.clock.since_zero(*at);
            panic!(
                "before {place}, unexpected at {time:?}: {}",
                describe_outcome(outcome)
            );
        }
    }

    /// Lets timers expire up to this time, or until something comes out.
    fn advance(&mut self, time: Instant, until: Until) {
        for _ in 0..MAX_STEPS {
            if until == Until::Outcome && !self.out.is_empty() {
                return;
            }
            let Some(deadline) = self.deadline.filter(|deadline| *deadline <= time) else {
                return;
            };
            self.clock.advance_to(deadline);
            self.agent.handle_input(self.clock.now(), Input::Timeout);
            self.drain();
        }
        panic!("the user agent's timers do not come to an end");
    }

    fn drain(&mut self) {
        let now = self.clock.now();
        loop {
            match self.agent.poll_output() {
                Output::Lookup(question) => {
                    let answer = self.zone.answer(&question);
                    self.agent
                        .handle_input(now, Input::LookedUp { question, answer });
                }
                Output::OpenFlow { flow, target } => {
                    self.flow = flow;
                    let server = SocketAddr::new(target.addresses[0], target.port);
                    self.servers.insert(flow, server);
                    self.out
                        .push_back((now, Outcome::Asks(describe::flow_target(&target))));
                }
                Output::CloseFlow { .. } => {
                    self.out.push_back((now, Outcome::Asks("close".to_owned())));
                }
                Output::Transmit { flow, bytes } => {
                    for seen in self.far.hear(flow, &bytes) {
                        if self.shows_pings || !matches!(seen, Seen::Ping) {
                            self.out.push_back((now, sent(flow, seen)));
                        }
                    }
                }
                Output::Event(event) => {
                    let words = describe::event(&event, |time| self.clock.since_zero(time));
                    self.out.push_back((now, Outcome::Tells(words)));
                }
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Time,
    Outcome,
}

fn flow_error(word: &str) -> FlowError {
    match word {
        "name" => FlowError::NameNotFound,
        "refused" => FlowError::Refused,
        "unreachable" => FlowError::Unreachable,
        "silent" => FlowError::TimedOut,
        "moved" => FlowError::NetworkChanged,
        "no-tls" => FlowError::Tls("what answers is no TLS".to_owned()),
        "wrong-name" => FlowError::CertificateWrongName,
        "expired" => FlowError::CertificateExpired,
        "untrusted" => FlowError::CertificateUnknownIssuer,
        "closed" => FlowError::Closed,
        other => panic!("there is no flow error {other}"),
    }
}

fn sent(flow: FlowId, seen: Seen) -> Outcome {
    match seen {
        Seen::Message(message) => Outcome::Sends(flow, message),
        Seen::Ping => Outcome::SendsOther("ping"),
        Seen::Pong => Outcome::SendsOther("pong"),
        Seen::Garbage => Outcome::SendsOther("garbage"),
    }
}

fn describe_outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Sends(_, message) => format!("->  {}", describe::message(message)),
        Outcome::SendsOther(what) => format!("->  {what}"),
        Outcome::Tells(words) => format!("ev  {words}"),
        Outcome::Asks(words) => format!("out  {words}"),
    }
}

/// Instants are exact; this only forgives the rounding of a script's decimals.
const TOLERANCE: Duration = Duration::from_micros(500);

/// More timers than any script lets expire between two lines.
const MAX_STEPS: usize = 100_000;
