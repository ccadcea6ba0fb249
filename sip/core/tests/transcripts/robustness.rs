//! Whatever comes at whatever time: the user agent neither panics nor loops nor grows.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_sip::auth::{Credentials, Password};
use hark_sip::framing::{Frame, Framer};
use hark_sip::identity::Epid;
use hark_sip::message::{Message, Method, Request, Response, StatusCode, Uri};
use hark_sip::{
    Account, CallId, CallTarget, Core as _, EventPackage, FlowError, FlowId, FlowInfo, IdSource,
    Input, Output, Registrar, Transport, UserAgent,
};
use proptest::prelude::*;

/// One thing that happens to the user agent.
#[derive(Debug, Clone)]
enum Step {
    /// The next timer expires.
    NextDeadline,
    Wait(u16),
    FlowOpened,
    FlowClosed,
    FlowFailed,
    /// The server answers the request that many back, with this status.
    Respond {
        back: usize,
        status: u16,
        tag: u8,
        sdp: bool,
    },
    /// The server sends a request of this kind, in a dialog or outside.
    Request {
        method: usize,
        dialog: usize,
        sdp: bool,
        cseq: u32,
    },
    /// The server sends what it sent before, with one byte changed or cut off.
    Damaged {
        back: usize,
        at: usize,
        byte: u8,
    },
    Bytes(Vec<u8>),
    Command {
        command: u8,
        call: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::NextDeadline),
        1 => (0..40_000_u16).prop_map(Step::Wait),
        1 => Just(Step::FlowOpened),
        1 => prop_oneof![Just(Step::FlowClosed), Just(Step::FlowFailed)],
        16 => (0..4_usize, status(), 0..3_u8, any::<bool>())
            .prop_map(|(back, status, tag, sdp)| Step::Respond { back, status, tag, sdp }),
        14 => (0..METHODS.len(), 0..5_usize, any::<bool>(), 0..400_u32)
            .prop_map(|(method, dialog, sdp, cseq)| Step::Request { method, dialog, sdp, cseq }),
        2 => (0..6_usize, any::<usize>(), any::<u8>())
            .prop_map(|(back, at, byte)| Step::Damaged { back, at, byte }),
        1 => proptest::collection::vec(any::<u8>(), 0..64).prop_map(Step::Bytes),
        16 => (1..60_u8, 1..6_u64).prop_map(|(command, call)| Step::Command { command, call }),
    ]
}

fn status() -> impl Strategy<Value = u16> {
    let usual = [
        100, 180, 183, 200, 302, 401, 407, 423, 439, 481, 486, 487, 489, 491, 503, 603,
    ];
    prop_oneof![4 => proptest::sample::select(usual.to_vec()), 1 => 100..700_u16]
}

const METHODS: [&str; 14] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "UPDATE",
    "INFO",
    "PRACK",
    "OPTIONS",
    "NOTIFY",
    "REFER",
    "MESSAGE",
    "BENOTIFY",
    "SERVICE",
    "SUBSCRIBE",
];

struct World {
    clock: Clock,
    agent: UserAgent,
    flow: FlowId,
    deadline: Option<Instant>,
    /// Requests of the user agent, the newest last.
    requests: Vec<Request>,
    said: Vec<Vec<u8>>,
    /// Call-ID, From and To of the dialogs as this end sees them, the newest last.
    dialogs: Vec<[String; 3]>,
    count: u32,
    last_invite: u32,
}

impl World {
    fn new() -> Self {
        let account = Account {
            address: "sip:alice@example.test"
                .parse()
                .expect("the URI is well-formed"),
            display_name: Some("Alice".to_owned()),
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
            epid: Epid::new("6b5d10e663").expect("the epid is well-formed"),
            product: "Hark/test".to_owned(),
        };
        Self {
            clock: Clock::new(),
            agent: UserAgent::new(account, IdSource::from_seed([3; 32])),
            flow: FlowId(0),
            deadline: None,
            requests: Vec::new(),
            said: Vec::new(),
            dialogs: Vec::new(),
            count: 0,
            last_invite: 0,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::NextDeadline => {
                if let Some(deadline) = self.deadline {
                    self.clock.advance_to(deadline);
                }
                self.input(Input::Timeout);
            }
            Step::Wait(millis) => {
                let later = self.clock.now() + Duration::from_millis(millis.into());
                self.clock.advance_to(later);
                self.input(Input::Timeout);
            }
            Step::FlowOpened => {
                let address = SocketAddr::from(([192, 0, 2, 10], 50230));
                let info = FlowInfo {
                    transport: Transport::Tls,
                    local: address,
                    remote: address,
                };
                self.input(Input::FlowOpened {
                    flow: self.flow,
                    info,
                });
            }
            Step::FlowClosed => {
                self.input(Input::FlowClosed {
                    flow: self.flow,
                    error: FlowError::Closed,
                });
            }
            Step::FlowFailed => {
                self.input(Input::FlowFailed {
                    flow: self.flow,
                    error: FlowError::Refused,
                });
            }
            Step::Respond {
                back,
                status,
                tag,
                sdp,
            } => self.respond(back, status, tag, sdp),
            Step::Request {
                method,
                dialog,
                sdp,
                cseq,
            } => self.request(method, dialog, sdp, cseq),
            Step::Damaged { back, at, byte } => self.damaged(back, at, byte),
            Step::Bytes(bytes) => self.input(Input::Received {
                flow: self.flow,
                bytes,
            }),
            Step::Command { command, call } => self.command(command, CallId(call)),
        }
        self.drain();
    }

    fn input(&mut self, input: Input) {
        self.agent.handle_input(self.clock.now(), input);
    }

    fn say(&mut self, bytes: Vec<u8>) {
        self.said.push(bytes.clone());
        self.input(Input::Received {
            flow: self.flow,
            bytes,
        });
    }

    fn respond(&mut self, back: usize, status: u16, tag: u8, sdp: bool) {
        let Some(request) = self.requests.iter().rev().nth(back) else {
            return;
        };
        let Some(status) = StatusCode::new(status) else {
            return;
        };
        let mut response = Response::to(request, status).with_to_tag(&format!("t{tag}"));
        let headers = &mut response.headers;
        headers.push("Contact", "<sip:bob@192.0.2.20>, <sip:carol@example.test>");
        headers.push("Expires", 60);
        headers.push("Min-Expires", 7200);
        headers.push("Min-SE", 7200);
        if tag == 1 {
            headers.push("Session-Expires", "90;refresher=uac");
            headers.push("Allow", "UPDATE");
        }
        headers.push(
            "WWW-Authenticate",
            "Digest realm=\"r\", nonce=\"n\", stale=true",
        );
        headers.push(
            "Proxy-Authenticate",
            format!("Digest realm=\"p{tag}\", nonce=\"n\""),
        );
        if tag == 2 {
            headers.push("Require", "100rel");
            headers.push("RSeq", self.said.len());
        }
        if sdp {
            response.set_body("application/sdp", b"v=0".to_vec());
        }
        if request.method == Method::Invite {
            self.dialogs
                .push(names(&response, ["Call-ID", "To", "From"]));
        }
        self.say(response.to_bytes());
    }

    fn request(&mut self, method: usize, dialog: usize, sdp: bool, cseq: u32) {
        self.count += 1;
        let uri = "sip:alice@192.0.2.10"
            .parse()
            .expect("the URI is well-formed");
        let method = METHODS.get(method).copied().unwrap_or("INVITE");
        let method = Method::parse(method).expect("the method is a token");
        let mut request = Request::new(method.clone(), uri);
        let headers = &mut request.headers;
        headers.push(
            "Via",
            format!("SIP/2.0/TLS h;branch=z9hG4bK{}", self.count % 97),
        );
        let known = dialog
            .checked_sub(1)
            .and_then(|back| self.dialogs.iter().rev().nth(back));
        let outside = [
            format!("call-{}", self.count),
            "<sip:bob@example.test>;tag=b".to_owned(),
            "<sip:alice@example.test>".to_owned(),
        ];
        let [call_id, from, to] = known.unwrap_or(&outside);
        headers.push("From", from);
        headers.push("To", to);
        headers.push("Call-ID", call_id);
        // Mostly in order; an ACK is mostly for the last INVITE.
        let number = match (&method, cseq) {
            (_, ..40) => cseq,
            (Method::Ack, _) => self.last_invite,
            (_, _) => self.count,
        };
        if method == Method::Invite {
            self.last_invite = number;
        }
        headers.push("CSeq", format!("{number} {method}"));
        headers.push("Contact", "<sip:bob@192.0.2.20>");
        let package = if cseq.is_multiple_of(2) {
            "refer"
        } else {
            "message-summary"
        };
        headers.push("Event", package);
        headers.push("Refer-To", "<sip:carol@example.test>");
        headers.push("Session-Expires", 60 + cseq);
        headers.push("Supported", "timer, replaces");
        if cseq.is_multiple_of(3) {
            headers.push("Allow", "UPDATE");
        }
        if cseq.is_multiple_of(5) {
            headers.push("Replaces", self.replaces());
        }
        headers.push("RAck", format!("{cseq} 1 INVITE"));
        if sdp {
            request.set_body("application/sdp", b"v=0".to_vec());
        }
        self.say(request.to_bytes());
    }

    /// The newest dialog, as whoever wants to replace it writes it.
    fn replaces(&self) -> String {
        let Some([call_id, from, to]) = self.dialogs.last() else {
            return String::new();
        };
        let tag = |address: &str| address.rsplit("tag=").next().unwrap_or_default().to_owned();
        format!("{call_id};to-tag={};from-tag={}", tag(to), tag(from))
    }

    fn damaged(&mut self, back: usize, at: usize, byte: u8) {
        let Some(mut bytes) = self.said.iter().rev().nth(back).cloned() else {
            return;
        };
        let at = at % bytes.len().max(1);
        match byte {
            0 => bytes.truncate(at),
            _ => bytes[at] = byte,
        }
        self.input(Input::Received {
            flow: self.flow,
            bytes,
        });
    }

    fn command(&mut self, command: u8, call: CallId) {
        let (now, agent, sdp) = (self.clock.now(), &mut self.agent, b"v=0".to_vec());
        let uri = "sip:alice@example.test;opaque=app:voicemail";
        let uri: Uri = uri.parse().expect("the URI is well-formed");
        let target = CallTarget::new(uri.clone());
        // Commands at the wrong time are errors, never panics.
        let _ = match if command < 22 {
            command
        } else {
            5 + command % 17
        } {
            0 => return agent.register(now),
            1 => return agent.unregister(now),
            2 => return agent.retry_now(now),
            3 => return agent.subscribe(now, EventPackage::MessageSummary),
            4 => return agent.unsubscribe(now, EventPackage::MessageSummary),
            5..=7 => {
                agent.invite(now, target, sdp);
                return;
            }
            8 => agent.ring(now, call),
            9 => agent.answer(now, call, sdp),
            10 => agent.reject(now, call, StatusCode::BUSY_HERE),
            11 => agent.cancel(now, call),
            12 => agent.hang_up(now, call),
            13 => agent.modify(now, call, sdp),
            14 => agent.accept_offer(now, call, sdp),
            15 => agent.refuse_offer(now, call),
            16 => agent.transfer(now, call, uri),
            17 => agent.transfer_to_call(now, call, CallId(call.0 + 1)),
            18 => agent.follow_transfer(now, call, sdp).map(drop),
            19 => agent.refuse_transfer(now, call),
            20 => agent.deflect(now, call, &uri, "unconditional"),
            _ => agent.send_digit(now, call, '#', Duration::from_millis(100)),
        };
    }

    fn drain(&mut self) {
        for _ in 0..MAX_OUTPUTS {
            match self.agent.poll_output() {
                Output::OpenFlow { flow, .. } => self.flow = flow,
                Output::Transmit { bytes, .. } => self.hear(&bytes),
                Output::Lookup(_) | Output::CloseFlow { .. } | Output::Event(_) => {}
                Output::Timeout(deadline) => return self.deadline = deadline,
            }
        }
        panic!("one input makes more than {MAX_OUTPUTS} outputs");
    }

    /// Everything that leaves is a whole message.
    fn hear(&mut self, bytes: &[u8]) {
        let mut framer = Framer::default();
        framer.push(bytes);
        match framer.next() {
            Some(Frame::Message(Message::Request(request))) => self.requests.push(request),
            Some(Frame::Message(Message::Response(response))) => {
                if response.headers.to().is_ok_and(|to| to.tag().is_some()) {
                    self.dialogs
                        .push(names(&response, ["Call-ID", "From", "To"]));
                }
            }
            Some(Frame::Ping | Frame::Pong) => {}
            // A refusal echoes the very headers that it refuses.
            Some(Frame::Malformed(_)) if bytes.starts_with(b"SIP/2.0 400 ") => {}
            other => panic!("{other:?} from {}", String::from_utf8_lossy(bytes)),
        }
    }
}

fn names(response: &Response, headers: [&str; 3]) -> [String; 3] {
    headers.map(|name| response.headers.get(name).unwrap_or_default().to_owned())
}

/// More than any one input can rightly cause: each of many calls may answer it with a few messages.
const MAX_OUTPUTS: usize = 2000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_anything_is_survived(steps in proptest::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        world.take(Step::Command { command: 0, call: 1 });
        world.take(Step::FlowOpened);
        world.take(Step::Respond { back: 0, status: 200, tag: 0, sdp: false });
        for step in steps {
            world.take(step);
        }
        // Left alone, everything comes to an end but pings and refreshes.
        world.take(Step::Command { command: 1, call: 1 });
        for _ in 0..2000 {
            world.take(Step::NextDeadline);
        }
        prop_assert_eq!(world.deadline, None);
    }
}
