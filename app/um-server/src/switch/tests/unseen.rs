//! OX-10 from the caller's side: real user agents at the switch, on a network with latency and in
//! virtual time. Whoever calls a user who appears offline, and a user who is signed out, must not be
//! able to tell which is which.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_sip::account::Registrar;
use hark_sip::auth::{Credentials, Password};
use hark_sip::framing::{Frame, Framer};
use hark_sip::identity::Epid;
use hark_sip::message::{Host, Message, Method, Response, StatusCode};
use hark_sip::user_agent::Visibility;
use hark_sip::{
    Account, CallEvent, CallTarget, Core, Event, FlowId, FlowInfo, IdSource, Input, Output,
    Transport, UserAgent,
};

use crate::config::{DigestOffer, Forwarding, User};
use crate::protocol::Settings;
use crate::switch::{Switch, SwitchEvent};
use crate::um::agent::AgentEvent;

/// Who listens to what the callee's phone does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Callee {
    SignedOut,
    AppearsOffline,
}

const CALLER: usize = 0;
const CALLEE: usize = 1;

/// One way from the phones to the server.
const LATENCY: [Duration; 2] = [Duration::from_millis(7), Duration::from_millis(31)];

/// The switch, the caller and the callee, and what is on the wires between them.
struct Town {
    switch: Switch,
    phones: [UserAgent; 2],
    now: Instant,
    /// What arrives where: at the switch (`None`), or at a phone.
    wire: BTreeMap<(Instant, u64), (Option<usize>, Input)>,
    sent: u64,
    /// The flow of each phone, and the switch's number of it.
    flows: [FlowId; 2],
    /// What the caller's network has brought since the last call began.
    heard: Vec<(Instant, Response)>,
    framer: Framer,
    /// Calls that have ended at the caller's.
    ended: usize,
}

impl Town {
    fn new(forwarding: Forwarding, callee: Callee) -> Self {
        let start = Instant::now();
        let user = |name: &str| User {
            forwarding,
            ..User::new(name, "secret", "1234")
        };
        let settings = Settings {
            domain: Host::parse("example.test").unwrap(),
            users: vec![user("bob"), user("dana")],
            voicemail_number: "*97".to_owned(),
            digest: DigestOffer::default(),
        };
        let mut town = Self {
            switch: Switch::new(start, settings, info(9), [7; 32]),
            phones: [phone("bob", 1), phone("dana", 2)],
            now: start,
            wire: BTreeMap::new(),
            sent: 0,
            flows: [FlowId(0); 2],
            heard: Vec::new(),
            framer: Framer::default(),
            ended: 0,
        };
        town.phones[CALLER].register(start);
        if callee == Callee::AppearsOffline {
            town.phones[CALLEE].set_visibility(Visibility::Hidden);
            town.phones[CALLEE].register(start);
        }
        town.run(Duration::from_secs(1));
        let devices = usize::from(callee == Callee::AppearsOffline);
        assert_eq!(town.switch.device_count("dana"), devices);
        town
    }

    /// Lets everything happen that happens within a time.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let deadline = self.drain();
            let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
            let next = deadline.into_iter().chain(arrival).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            if arrival.is_some_and(|at| at <= self.now) {
                let (_, (to, input)) = self.wire.pop_first().unwrap();
                self.deliver(to, input);
            } else {
                self.switch.handle_input(self.now, Input::Timeout);
                for phone in &mut self.phones {
                    phone.handle_input(self.now, Input::Timeout);
                }
            }
        }
        self.now = end;
    }

    fn deliver(&mut self, to: Option<usize>, input: Input) {
        match to {
            None => self.switch.handle_input(self.now, input),
            Some(who) => {
                if let (CALLER, Input::Received { bytes, .. }) = (who, &input) {
                    self.hear(bytes);
                }
                self.phones[who].handle_input(self.now, input);
            }
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.framer.push(bytes);
        while let Some(frame) = self.framer.next() {
            if let Frame::Message(Message::Response(response)) = frame
                && response.headers.cseq().unwrap().method == Method::Invite
                && response.status != StatusCode::UNAUTHORIZED
                && response.status != StatusCode::PROXY_AUTHENTICATION_REQUIRED
            {
                self.heard.push((self.now, response));
            }
        }
    }

    /// Puts everything on the wires that anybody sends; returns when the next timer expires.
    fn drain(&mut self) -> Option<Instant> {
        let mut deadlines = vec![self.drain_switch()];
        for who in [CALLER, CALLEE] {
            deadlines.push(self.drain_phone(who));
        }
        deadlines.into_iter().flatten().min()
    }

    fn drain_switch(&mut self) -> Option<Instant> {
        loop {
            match self.switch.poll_output() {
                Output::Transmit { flow, bytes } => {
                    let who = (flow.0 - FlowId::FIRST_ACCEPTED.0) as usize;
                    let flow = self.flows[who];
                    self.send(LATENCY[who], Some(who), Input::Received { flow, bytes });
                }
                // Voicemail answers at once.
                Output::Event(SwitchEvent::Call(AgentEvent::Incoming { call, .. })) => self
                    .switch
                    .um(self.now, |um, now| {
                        um.answer(now, call, b"v=0\r\n".to_vec())
                    })
                    .unwrap(),
                Output::Event(_) => {}
                Output::Timeout(deadline) => return deadline,
                other => panic!("a server does not do this: {other:?}"),
            }
        }
    }

    fn drain_phone(&mut self, who: usize) -> Option<Instant> {
        let at_switch = FlowId(FlowId::FIRST_ACCEPTED.0 + who as u64);
        loop {
            match self.phones[who].poll_output() {
                Output::OpenFlow { flow, .. } => {
                    self.flows[who] = flow;
                    let info = info(who as u8);
                    let opened = |flow| Input::FlowOpened { flow, info };
                    self.send(LATENCY[who], None, opened(at_switch));
                    self.send(2 * LATENCY[who], Some(who), opened(flow));
                }
                Output::Transmit { bytes, .. } => {
                    let flow = at_switch;
                    self.send(LATENCY[who], None, Input::Received { flow, bytes });
                }
                Output::Event(Event::Call(CallEvent::Ended { .. })) => {
                    self.ended += usize::from(who == CALLER)
                }
                Output::Event(Event::Call(CallEvent::Answered { call, .. })) => {
                    let now = self.now;
                    self.phones[who].hang_up(now, call).unwrap();
                }
                // What the phone's policy says of every call but Play on Phone.
                Output::Event(Event::IncomingCall { call, .. }) => {
                    let (now, status) = (self.now, StatusCode::TEMPORARILY_UNAVAILABLE);
                    self.phones[who].reject(now, call, status).unwrap();
                }
                Output::Event(_) => {}
                Output::Timeout(deadline) => return deadline,
                other => panic!("nothing asks for this: {other:?}"),
            }
        }
    }

    fn send(&mut self, latency: Duration, to: Option<usize>, input: Input) {
        self.sent += 1;
        self.wire
            .insert((self.now + latency, self.sent), (to, input));
    }

    /// Bob calls Dana. Returns all that he gets for it, and after what time.
    fn call(&mut self) -> (VecDeque<Answer>, Duration) {
        self.heard.clear();
        let (began, ended) = (self.now, self.ended);
        let target = CallTarget::new("sip:dana@example.test".parse().unwrap());
        self.phones[CALLER].invite(began, target, b"v=0\r\n".to_vec());
        self.run(Duration::from_millis(500));
        assert_eq!(self.ended, ended + 1, "{:?}", self.heard);
        let last = self.heard.last().unwrap().0 - began;
        (
            self.heard.iter().map(|(_, it)| Answer::of(it)).collect(),
            last,
        )
    }
}

/// A response without what differs from call to call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Answer {
    status: String,
    /// Names and values in their order; tags, branches and what the caller made up are only counted.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn of(response: &Response) -> Self {
        let headers = response.headers.iter().map(|(name, value)| {
            let value = match name {
                "Call-ID" | "CSeq" => "of the caller".to_owned(),
                // The user part names the path of this one call.
                "Record-Route" => match value.split_once('@') {
                    Some((path, rest)) => format!("({})@{rest}", path.len()),
                    None => value.to_owned(),
                },
                _ => without_marks(value),
            };
            (name.to_owned(), value)
        });
        Self {
            status: format!("{} {}", response.status, response.reason),
            headers: headers.collect(),
            body: response.body.clone(),
        }
    }
}

/// Tags and branches by their lengths, which must not tell who made them either.
fn without_marks(value: &str) -> String {
    let marks = ["tag=", "branch="];
    let parts =
        value.split(';').map(
            |part| match marks.iter().find(|mark| part.starts_with(**mark)) {
                Some(mark) => format!("{mark}({})", part.len() - mark.len()),
                None => part.to_owned(),
            },
        );
    parts.collect::<Vec<_>>().join(";")
}

fn phone(name: &str, seed: u8) -> UserAgent {
    let account = Account {
        address: format!("sip:{name}@example.test").parse().unwrap(),
        display_name: None,
        credentials: Credentials {
            username: name.to_owned(),
            password: Password::new("secret"),
        },
        registrar: Registrar {
            transport: Transport::Tls,
            host: "192.0.2.100".to_owned(),
            port: Some(5061),
            certificate_names: Vec::new(),
        },
        epid: Epid::from_random([seed; 5]),
        product: "Hark/test".to_owned(),
    };
    UserAgent::new(account, IdSource::from_seed([seed; 32]))
}

fn info(last: u8) -> FlowInfo {
    FlowInfo {
        transport: Transport::Tls,
        local: SocketAddr::from(([192, 0, 2, 100], 5061)),
        remote: SocketAddr::from(([192, 0, 2, last], 5555)),
    }
}

/// Calls so often; returns every sequence of answers that ever came, and how long each call took.
fn call_often(
    forwarding: Forwarding,
    callee: Callee,
    calls: usize,
) -> (BTreeSet<VecDeque<Answer>>, Vec<Duration>) {
    let mut town = Town::new(forwarding, callee);
    (0..calls).map(|_| town.call()).unzip()
}

#[track_caller]
fn looks_the_same(forwarding: Forwarding, calls: usize, last: &str) {
    let (away, away_times) = call_often(forwarding, Callee::SignedOut, calls);
    let (hidden, hidden_times) = call_often(forwarding, Callee::AppearsOffline, calls);
    assert_eq!(away, hidden);
    for answers in &away {
        assert_eq!(answers.back().unwrap().status, last);
    }
    // No more than the way to the phone that says so, and back.
    for (hidden, away) in hidden_times.into_iter().zip(away_times) {
        assert!(hidden - away <= 2 * LATENCY[CALLEE], "{hidden:?} {away:?}");
    }
}

#[test]
fn ox10_a_thousand_callers_cannot_tell_appearing_offline_from_being_signed_out() {
    looks_the_same(Forwarding::Off, 1_000, "480 Temporarily Unavailable");
}

#[test]
fn ox10_voicemail_takes_over_in_the_same_way_for_both() {
    looks_the_same(Forwarding::Unanswered, 100, "200 OK");
}
