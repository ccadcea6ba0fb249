//! Phones that speak text, written by hand: what goes out is spelled here, not made by the code
//! under test.
//!
//! | a phone does          | meaning                                                          |
//! |-----------------------|------------------------------------------------------------------|
//! | `connect tls`         | opens a flow (or `tcp`)                                          |
//! | `sign in`             | registers, answering the challenge                               |
//! | `lost`                | its flow breaks                                                  |
//! | `INVITE uri / H: v`   | calls, with more headers; challenges are answered silently       |
//! | `180`, `200`, `486`   | responds to the INVITE that came last                            |
//! | `ACK`, `BYE`, `CANCEL`| within its current call; an ACK of a failure goes by itself      |
//! | `raw ...`             | sends the text, `~` for a line end                               |
//!
//! BYE, CANCEL and NOTIFY that arrive are answered by themselves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_sip::auth::{Authenticator, Credentials, Password};
use hark_sip::framing::{Frame, Framer};
use hark_sip::message::{Host, Message, NameAddr, Request, Response, Uri};
use hark_sip::{
    CallId, Core as _, EndReason, FlowError, FlowId, FlowInfo, Input, Output, Transport,
};

use crate::config::{DigestOffer, Forwarding, User};
use crate::protocol::{ProtocolEvent, Settings};
use crate::store::Counts;
use crate::switch::{Switch, SwitchEvent};
use crate::um::agent::{AgentEvent, PinDemand, Purpose};

pub struct World {
    switch: Switch,
    start: Instant,
    now: Instant,
    phones: BTreeMap<String, Phone>,
    next_flow: u64,
    um_call: Option<CallId>,
    /// Whether NOTIFY requests are part of the story.
    pub shows_notify: bool,
    pub log: Vec<String>,
}

/// One device of a user; `dana2` is another one of dana's.
struct Phone {
    user: String,
    flow: FlowId,
    transport: Transport,
    framer: Framer,
    authenticator: Option<Authenticator>,
    cseq: u32,
    /// The INVITE that came last, to be answered.
    invited: Option<Request>,
    call: Option<Call>,
    /// A request that may be challenged.
    sent: Option<String>,
}

/// A dialog as a phone keeps it.
#[derive(Clone, Default)]
struct Call {
    invite: String,
    call_id: String,
    local: String,
    remote: String,
    target: String,
    route: Vec<String>,
}

/// A description of sound that nobody looks at in these stories.
const SDP: &str = "v=0\r\n";
const DOMAIN: &str = "example.test";

impl World {
    /// Dana and Bob have voicemail for unanswered calls, Ivy for all calls, Otto for none.
    pub fn new() -> Self {
        let forwarding = [
            ("dana", Forwarding::Unanswered),
            ("bob", Forwarding::Unanswered),
            ("ivy", Forwarding::Immediate),
            ("otto", Forwarding::Off),
        ];
        let users = forwarding.map(|(name, forwarding)| User {
            forwarding,
            ..User::new(name, "secret", "1234")
        });
        let settings = Settings {
            domain: Host::parse(DOMAIN).unwrap(),
            users: users.into(),
            voicemail_number: "*97".to_owned(),
            digest: DigestOffer::default(),
        };
        let start = Instant::now();
        Self {
            switch: Switch::new(start, settings, info(Transport::Tls), [7; 32]),
            start,
            now: start,
            phones: BTreeMap::new(),
            next_flow: FlowId::FIRST_ACCEPTED.0,
            um_call: None,
            shows_notify: false,
            log: Vec::new(),
        }
    }

    /// Performs a line such as `0.000 bob -> INVITE sip:dana@example.test`.
    pub fn perform(&mut self, line: &str) {
        self.advance_to(time_of(line));
        let (who, action) = line.split_once(" -> ").unwrap();
        let who = who.split_whitespace().last().unwrap().to_owned();
        let action = action.trim();
        self.note(&who, "->", action);
        if who == "um" {
            self.perform_as_um(action);
        } else {
            self.perform_as_phone(&who, action);
        }
        self.drain();
    }

    /// Lets the time pass, timer by timer.
    pub fn advance_to(&mut self, seconds: f64) {
        let goal = self.start + Duration::from_secs_f64(seconds);
        loop {
            let deadline = self.drain();
            let Some(deadline) = deadline.filter(|deadline| *deadline <= goal) else {
                break;
            };
            self.now = self.now.max(deadline);
            self.switch.handle_input(self.now, Input::Timeout);
        }
        self.now = goal;
    }

    fn perform_as_um(&mut self, action: &str) {
        let now = self.now;
        let words: Vec<_> = action.split_whitespace().collect();
        match words[..] {
            ["play", user] => {
                let call = self.switch.um(now, |um, now| {
                    um.play_on_phone(now, user, "Message from Priya, 0:48", SDP.into())
                });
                self.um_call = Some(call);
            }
            ["call", from, to] => {
                let from = NameAddr::new(Uri::sip(from, Host::parse(DOMAIN).unwrap()));
                let to: Uri = to.parse().unwrap();
                let call = self
                    .switch
                    .um(now, |um, now| um.call(now, from, to, SDP.into()));
                self.um_call = Some(call);
            }
            ["answer"] => {
                let call = self.um_call.unwrap();
                self.switch
                    .um(now, |um, now| um.answer(now, call, SDP.into()))
                    .unwrap();
            }
            ["hang", "up"] => {
                let call = self.um_call.unwrap();
                self.switch
                    .um(now, |um, now| um.hang_up(now, call))
                    .unwrap();
            }
            ["counts", user, new, saved] => {
                let counts = Counts {
                    new: new.parse().unwrap(),
                    saved: saved.parse().unwrap(),
                };
                self.switch.set_message_counts(now, user, counts);
            }
            _ => panic!("the UM server cannot `{action}`"),
        }
    }

    fn perform_as_phone(&mut self, who: &str, action: &str) {
        let (word, rest) = action.split_once(' ').unwrap_or((action, ""));
        match word {
            "connect" => self.connect(who, rest),
            "lost" => {
                let phone = self.phones.get_mut(who).unwrap();
                let flow = std::mem::replace(&mut phone.flow, FlowId(0));
                let error = FlowError::Closed;
                self.switch
                    .handle_input(self.now, Input::FlowClosed { flow, error });
            }
            "sign" => self.register(who, 3600),
            "unregister" => self.register(who, 0),
            "INVITE" => self.invite(who, rest),
            "ACK" | "BYE" => self.in_dialog(who, word),
            "CANCEL" => {
                let invite = self.phones[who].call.clone().unwrap().invite;
                let cancel = invite.replacen("INVITE", "CANCEL", 1);
                let cancel = cancel.replace(" INVITE\r\n", " CANCEL\r\n");
                let head = cancel.split("\r\nContent-Type").next().unwrap();
                self.send(who, &format!("{head}\r\nContent-Length: 0\r\n\r\n"));
            }
            "raw" => self.send(who, &rest.replace('~', "\r\n")),
            "request" => self.request(who, rest),
            status => self.respond(who, status),
        }
    }

    fn connect(&mut self, who: &str, transport: &str) {
        let transport = match transport {
            "tls" => Transport::Tls,
            "tcp" => Transport::Tcp,
            other => panic!("no transport `{other}`"),
        };
        let flow = FlowId(self.next_flow);
        self.next_flow += 1;
        let user = who
            .trim_end_matches(|letter: char| letter.is_ascii_digit())
            .to_owned();
        let credentials = Credentials {
            username: user.clone(),
            password: Password::new("secret"),
        };
        let is_user = ["dana", "bob", "ivy", "otto"].contains(&user.as_str());
        let old = self.phones.remove(who);
        let phone = Phone {
            user,
            flow,
            transport,
            framer: Framer::default(),
            authenticator: is_user.then(|| Authenticator::new(credentials)),
            cseq: old.as_ref().map_or(0, |old| old.cseq),
            invited: None,
            call: old.and_then(|old| old.call),
            sent: None,
        };
        self.phones.insert(who.to_owned(), phone);
        self.switch.handle_input(
            self.now,
            Input::FlowOpened {
                flow,
                info: info(transport),
            },
        );
    }

    fn register(&mut self, who: &str, expires: u32) {
        let user = self.phones[who].user.clone();
        self.send_request(
            who,
            &format!(
                "REGISTER sip:{DOMAIN} SIP/2.0\r\n\
                 From: <sip:{user}@{DOMAIN}>;tag=r\r\n\
                 To: <sip:{user}@{DOMAIN}>\r\n\
                 Call-ID: register-{who}\r\n\
                 Contact: <sip:{who}@192.0.2.1:5555>;+sip.instance=\"<urn:uuid:{who}>\"\r\n\
                 Expires: {expires}\r\n"
            ),
            "",
        );
    }

    /// `rest` is `uri / Header: value / Header: value`.
    fn invite(&mut self, who: &str, rest: &str) {
        let mut parts = rest.split(" / ");
        let uri = parts.next().unwrap().trim().to_owned();
        let more: String = parts.map(|header| format!("{header}\r\n")).collect();
        let user = self.phones[who].user.clone();
        let from = match user.as_str() {
            "stranger" => "sip:stranger@elsewhere.test".to_owned(),
            user => format!("sip:{user}@{DOMAIN}"),
        };
        let from = match more.strip_prefix("From: ") {
            Some(given) => given.split("\r\n").next().unwrap().to_owned(),
            None => format!("<{from}>"),
        };
        let more = more
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with("From: "));
        let more: String = more.collect();
        let call_id = format!("call-of-{who}-at-{}", (self.now - self.start).as_millis());
        let local = format!("{from};tag={who}");
        let remote = format!("<{uri}>");
        let head = format!(
            "INVITE {uri} SIP/2.0\r\n\
             From: {local}\r\nTo: {remote}\r\nCall-ID: {call_id}\r\n\
             Contact: <sip:{who}@192.0.2.1:5555>\r\n{more}"
        );
        let call = Call {
            call_id,
            local,
            remote,
            target: uri,
            ..Call::default()
        };
        self.phones.get_mut(who).unwrap().call = Some(call);
        self.send_request(who, &head, SDP);
    }

    /// `METHOD uri / Header: value`, outside of a call.
    fn request(&mut self, who: &str, rest: &str) {
        let mut parts = rest.split(" / ");
        let start = parts.next().unwrap();
        let uri = start.split_whitespace().nth(1).unwrap();
        let more: String = parts.map(|header| format!("{header}\r\n")).collect();
        let user = &self.phones[who].user;
        let to = if more.contains("To: ") {
            String::new()
        } else {
            format!("To: <{uri}>\r\n")
        };
        let head = format!(
            "{start} SIP/2.0\r\nFrom: <sip:{user}@{DOMAIN}>;tag={who}\r\n\
             {to}Call-ID: request-of-{who}\r\n\
             Contact: <sip:{who}@192.0.2.1:5555>\r\n{more}"
        );
        self.send_request(who, &head, "");
    }

    fn in_dialog(&mut self, who: &str, method: &str) {
        let phone = &self.phones[who];
        let Call {
            call_id,
            local,
            remote,
            target,
            route,
            ..
        } = phone.call.clone().unwrap();
        let route: String = route
            .iter()
            .map(|route| format!("Route: {route}\r\n"))
            .collect();
        let head = format!(
            "{method} {target} SIP/2.0\r\n{route}\
             From: {local}\r\nTo: {remote}\r\nCall-ID: {call_id}\r\n"
        );
        self.send_request(who, &head, "");
    }

    /// Adds Via, CSeq and the body, and keeps the text for the case of a challenge.
    fn send_request(&mut self, who: &str, head: &str, body: &str) {
        let phone = self.phones.get_mut(who).unwrap();
        let method = head.split(' ').next().unwrap();
        if method != "ACK" {
            phone.cseq += 1;
        }
        let cseq = phone.cseq;
        let transport = match phone.transport {
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
        };
        let (start, headers) = head.split_once("\r\n").unwrap();
        let hops = if headers.contains("Max-Forwards") {
            ""
        } else {
            "Max-Forwards: 70\r\n"
        };
        let body_type = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        let text = format!(
            "{start}\r\nVia: SIP/2.0/{transport} 192.0.2.1:5555;branch=z9hG4bK-{who}-{cseq}-{method}\r\n\
             {hops}{headers}CSeq: {cseq} {method}\r\n{body_type}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if method == "INVITE" {
            phone.call.as_mut().unwrap().invite.clone_from(&text);
        }
        phone.sent = Some(text.clone());
        self.send(who, &text);
    }

    fn respond(&mut self, who: &str, status: &str) {
        let invite = self.phones[who].invited.clone().unwrap_or_else(|| {
            panic!("{who} was not called and cannot answer {status}");
        });
        let code: u16 = status
            .parse()
            .unwrap_or_else(|_| panic!("no action `{status}`"));
        let text = response(&invite, code, who, code == 200);
        if code == 200 {
            let phone = self.phones.get_mut(who).unwrap();
            let get = |name| invite.headers.get(name).unwrap().to_owned();
            phone.call = Some(Call {
                invite: String::new(),
                call_id: get("Call-ID"),
                local: format!("{};tag={who}", get("To")),
                remote: get("From"),
                target: uri_of(invite.headers.get("Contact").unwrap()),
                route: invite
                    .headers
                    .values("Record-Route")
                    .map(str::to_owned)
                    .collect(),
            });
        }
        self.send(who, &text);
    }

    /// Sends what need not be text.
    pub fn send_bytes(&mut self, who: &str, bytes: &[u8]) {
        let flow = self.phones[who].flow;
        let bytes = bytes.to_vec();
        self.switch
            .handle_input(self.now, Input::Received { flow, bytes });
    }

    fn send(&mut self, who: &str, text: &str) {
        let flow = self.phones[who].flow;
        self.switch.handle_input(
            self.now,
            Input::Received {
                flow,
                bytes: text.into(),
            },
        );
    }

    /// Takes what the switch puts out until it waits; returns until when.
    fn drain(&mut self) -> Option<Instant> {
        loop {
            match self.switch.poll_output() {
                Output::Transmit { flow, bytes } => self.deliver(flow, &bytes),
                Output::Event(event) => self.tell(event),
                Output::Timeout(deadline) => return deadline,
                Output::Lookup(_) => panic!("the switch looks nothing up"),
                Output::OpenFlow { .. } => panic!("the switch opens no flows"),
                Output::CloseFlow { .. } => panic!("the switch closes no flows"),
            }
        }
    }

    fn deliver(&mut self, flow: FlowId, bytes: &[u8]) {
        let found = self.phones.iter_mut().find(|(_, phone)| phone.flow == flow);
        let (who, phone) = found.expect("the switch sends to open flows only");
        let who = who.clone();
        phone.framer.push(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = phone.framer.next() {
            frames.push(frame);
        }
        for frame in frames {
            match frame {
                Frame::Message(Message::Request(request)) => self.requested(&who, request),
                Frame::Message(Message::Response(response)) => self.answered(&who, &response),
                Frame::Pong => self.note(&who, "<-", "pong"),
                Frame::Ping => {}
                // A 400 repeats what was wrong with its request (RFC 3261 §8.2.6.2).
                Frame::Malformed(_) => self.note(&who, "<-", "unreadable"),
            }
        }
    }

    fn requested(&mut self, who: &str, request: Request) {
        let method = request.method.to_string();
        if method != "NOTIFY" || self.shows_notify {
            let line = describe(&request);
            self.note(who, "<-", &line);
        }
        match method.as_str() {
            "INVITE" => self.phones.get_mut(who).unwrap().invited = Some(request),
            "ACK" => {}
            "CANCEL" => {
                self.send(who, &response(&request, 200, who, false));
                let invite = self.phones.get_mut(who).unwrap().invited.clone().unwrap();
                self.send(who, &response(&invite, 487, who, false));
            }
            _ => self.send(who, &response(&request, 200, who, false)),
        }
    }

    fn answered(&mut self, who: &str, response: &Response) {
        let cseq = response.headers.cseq().unwrap();
        let code = response.status.code();
        let phone = self.phones.get_mut(who).unwrap();
        if (code == 401 || code == 407)
            && let Some(retry) = phone.retry(response)
        {
            phone.cseq += 1;
            return self.send(who, &retry);
        }
        if code == 100 || (code == 200 && cseq.method.to_string() == "REGISTER") {
            return;
        }
        if code == 200 && cseq.method.to_string() == "INVITE" {
            let call = phone.call.as_mut().unwrap();
            call.remote = response.headers.get("To").unwrap().to_owned();
            call.target = uri_of(response.headers.get("Contact").unwrap());
            let route = response.headers.values("Record-Route").map(str::to_owned);
            call.route = route.collect();
            call.route.reverse();
        }
        let mut line = format!("{code} {}", cseq.method);
        for name in ["Allow-Events", "Min-Expires", "Unsupported"] {
            if let Some(value) = response.headers.get(name).filter(|_| code > 200) {
                line.push_str(&format!(" / {name}: {value}"));
            }
        }
        self.note(who, "<-", &line);
    }

    fn tell(&mut self, event: SwitchEvent) {
        let line = match event {
            SwitchEvent::Protocol(ProtocolEvent::SignedIn { user, transport }) => {
                format!("{user} signed in over {transport:?}")
            }
            SwitchEvent::Protocol(ProtocolEvent::SignedOut { user }) => {
                format!("{user} signed out")
            }
            SwitchEvent::Call(AgentEvent::Incoming { call, purpose, .. }) => {
                self.um_call = Some(call);
                match purpose {
                    Purpose::Access {
                        user,
                        pin: PinDemand::Skip,
                    } => {
                        format!("mailbox of {user}, PIN skipped")
                    }
                    Purpose::Access {
                        user,
                        pin: PinDemand::Ask,
                    } => {
                        format!("mailbox of {user}, PIN asked")
                    }
                    Purpose::Deposit { user, caller } => {
                        format!("message for {user} from {}", caller.uri.unwrap_or_default())
                    }
                }
            }
            SwitchEvent::Call(AgentEvent::Ringing { .. }) => "ringing".to_owned(),
            SwitchEvent::Call(AgentEvent::Answered { .. }) => "answered".to_owned(),
            SwitchEvent::Call(AgentEvent::Offer { .. }) => "offer".to_owned(),
            SwitchEvent::Call(AgentEvent::Digit { digit, .. }) => format!("digit {digit}"),
            SwitchEvent::Call(AgentEvent::Ended { reason, .. }) => match reason {
                EndReason::Refused { status, .. } => format!("refused {status}"),
                EndReason::HungUp { .. } => "hung up".to_owned(),
                EndReason::Cancelled { .. } => "cancelled".to_owned(),
                EndReason::Local => "ended".to_owned(),
                other => format!("{other:?}"),
            },
        };
        self.note("um", "<-", &line);
    }

    fn note(&mut self, who: &str, direction: &str, what: &str) {
        let seconds = (self.now - self.start).as_secs_f64();
        self.log
            .push(format!("{seconds:.3} {who} {direction} {what}"));
    }
}

impl Phone {
    /// The request that was challenged, signed; `None` when it was signed before.
    fn retry(&mut self, challenge: &Response) -> Option<String> {
        let authenticator = self.authenticator.as_mut()?;
        let sent = self.sent.take()?;
        let mut framer = Framer::default();
        framer.push(sent.as_bytes());
        let Some(Frame::Message(Message::Request(mut request))) = framer.next() else {
            panic!("a phone of the test sent no request");
        };
        authenticator
            .challenged(&request, challenge, || "cnonce".to_owned())
            .ok()?;
        let method = request.method.clone();
        let cseq = self.cseq + 1;
        request.headers.set("CSeq", format!("{cseq} {method}"));
        let via = request
            .headers
            .get("Via")
            .unwrap()
            .replace("branch=", "branch=z9hG4bK-2-");
        request.headers.set("Via", via);
        authenticator.authorize(&mut request);
        let text = String::from_utf8(request.to_bytes()).unwrap();
        if let Some(call) = self
            .call
            .as_mut()
            .filter(|_| method.to_string() == "INVITE")
        {
            call.invite.clone_from(&text);
        }
        Some(text)
    }
}

/// A request with the headers that stories are about.
fn describe(request: &Request) -> String {
    let uri = match request.uri.to_string() {
        uri if uri.starts_with("sip:um@") => "sip:um".to_owned(),
        uri => uri,
    };
    let mut line = format!("{} {uri}", request.method);
    let told = [
        "Ms-Exchange-Command",
        "Ms-Sensitivity",
        "P-Asserted-Identity",
        "Proxy-Authorization",
        "Diversion",
        "Reason",
        "Subscription-State",
    ];
    for name in told {
        if let Some(value) = request.headers.get(name) {
            line.push_str(&format!(" / {name}: {value}"));
        }
    }
    let from = request.headers.from().unwrap();
    let to = request.headers.to().unwrap();
    if request.method.to_string() == "INVITE" {
        line.push_str(&format!(" / From: {}", from.uri));
        if from.uri == to.uri {
            line.push_str(" = To");
        }
        let contact = request.headers.get("Contact").unwrap_or_default();
        if contact.contains(";automata") {
            line.push_str(" / automata");
        }
    }
    if request.method.to_string() == "NOTIFY" {
        let body = String::from_utf8(request.body.clone()).unwrap();
        let counts = body
            .lines()
            .find(|line| line.starts_with("Voice-Message"))
            .unwrap();
        line.push_str(&format!(" / {counts}"));
    }
    line
}

fn response(request: &Request, code: u16, who: &str, with_body: bool) -> String {
    let mut text = format!("SIP/2.0 {code} Whatever\r\n");
    for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] {
        for value in request.headers.all(name) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    let to = request.headers.get("To").unwrap();
    let tag = if to.contains(";tag=") {
        String::new()
    } else {
        format!(";tag={who}")
    };
    text.push_str(&format!(
        "To: {to}{tag}\r\nContact: <sip:{who}@192.0.2.1:5555>\r\n"
    ));
    let body = if with_body { SDP } else { "" };
    if with_body {
        text.push_str("Content-Type: application/sdp\r\n");
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text
}

fn uri_of(contact: &str) -> String {
    NameAddr::parse(contact).unwrap().uri.to_string()
}

fn info(transport: Transport) -> FlowInfo {
    let local: SocketAddr = match transport {
        Transport::Tls => "192.0.2.100:5061".parse().unwrap(),
        Transport::Tcp => "192.0.2.100:5060".parse().unwrap(),
    };
    FlowInfo {
        transport,
        local,
        remote: "192.0.2.1:5555".parse().unwrap(),
    }
}

/// The time at the beginning of a line, in seconds.
pub fn time_of(line: &str) -> f64 {
    line.split_whitespace().next().unwrap().parse().unwrap()
}
