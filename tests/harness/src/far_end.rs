//! The server of a scene: it remembers what was said and completes what the script says.

mod speech;

use std::collections::BTreeMap;

use hark_sip::FlowId;
use hark_sip::framing::{Frame, Framer};
use hark_sip::message::{Message, Method, NameAddr, Request, Response, StatusCode, Uri};

use crate::script::Line;

/// Everything that the far end of the flows knows.
#[derive(Debug)]
pub(crate) struct FarEnd {
    address: Uri,
    framers: BTreeMap<FlowId, Framer>,
    asked: Vec<Asked>,
    dialogs: Vec<FarDialog>,
    current: usize,
    /// The Contact of the last REGISTER, as a header value.
    registered: String,
    count: u32,
    /// Call-ID and the user agent's tag of the first dialog, for what speaks of it from outside.
    names: (String, String),
}

/// A request of the user agent.
#[derive(Debug)]
struct Asked {
    request: Request,
    answered: bool,
}

/// A dialog as this end sees it.
#[derive(Debug)]
struct FarDialog {
    call_id: String,
    /// What stands in our From, and in theirs.
    local: String,
    remote: String,
    target: Uri,
    cseq: u32,
    /// The last INVITE that we sent in it, and the status that it got.
    invite: Option<(Request, u16)>,
    last_rseq: String,
}

/// What this end sees on a flow.
#[derive(Debug)]
pub(crate) enum Seen {
    Message(Box<Message>),
    Ping,
    Pong,
    Garbage,
}

impl FarEnd {
    pub(crate) fn new(address: Uri) -> Self {
        Self {
            address,
            framers: BTreeMap::new(),
            asked: Vec::new(),
            dialogs: Vec::new(),
            current: 0,
            registered: String::new(),
            count: 0,
            names: Default::default(),
        }
    }

    /// Reads what the user agent sent.
    pub(crate) fn hear(&mut self, flow: FlowId, bytes: &[u8]) -> Vec<Seen> {
        match bytes {
            b"\r\n\r\n" => return vec![Seen::Ping],
            b"\r\n" => return vec![Seen::Pong],
            _ => {}
        }
        let framer = self.framers.entry(flow).or_default();
        framer.push(bytes);
        let frames: Vec<Frame> = std::iter::from_fn(|| framer.next()).collect();
        frames.into_iter().map(|frame| self.see(frame)).collect()
    }

    fn see(&mut self, frame: Frame) -> Seen {
        let Frame::Message(message) = frame else {
            return Seen::Garbage;
        };
        match &message {
            Message::Request(request) => self.note_request(request),
            Message::Response(response) => self.note_response(response),
        }
        Seen::Message(Box::new(message))
    }

    fn note_request(&mut self, request: &Request) {
        let contact = request.headers.get("Contact").unwrap_or_default();
        if request.method == Method::Register {
            self.registered = contact.to_owned();
        }
        if let Some(target) = NameAddr::parse(contact).map(|contact| contact.uri)
            && matches!(request.method, Method::Invite | Method::Subscribe)
        {
            self.note_dialog(request, target);
            let from = request.headers.from().ok();
            let call_id = request.headers.call_id().unwrap_or_default();
            if request.method == Method::Invite {
                self.note_names(call_id, from.as_ref().and_then(|from| from.tag()));
            }
        }
        if request.method != Method::Ack {
            self.asked.push(Asked {
                request: request.clone(),
                answered: false,
            });
        }
    }

    fn note_dialog(&mut self, request: &Request, target: Uri) {
        let call_id = request.headers.call_id().unwrap_or_default().to_owned();
        let known = self
            .dialogs
            .iter()
            .position(|dialog| dialog.call_id == call_id);
        self.current = known.unwrap_or(self.dialogs.len());
        if known.is_none() {
            self.dialogs.push(FarDialog {
                call_id,
                local: String::new(),
                remote: String::new(),
                target: target.clone(),
                cseq: 100,
                invite: None,
                last_rseq: String::new(),
            });
        }
        let dialog = &mut self.dialogs[self.current];
        dialog.local = request.headers.get("To").unwrap_or_default().to_owned();
        dialog.remote = request.headers.get("From").unwrap_or_default().to_owned();
        dialog.target = target;
    }

    /// Takes note of the names of the first call.
    fn note_names(&mut self, call_id: &str, tag: Option<&str>) {
        if let Some(tag) = tag.filter(|_| self.names.0.is_empty()) {
            self.names = (call_id.to_owned(), tag.to_owned());
        }
    }

    fn note_response(&mut self, response: &Response) {
        let call_id = response.headers.call_id().unwrap_or_default();
        let invite = response
            .headers
            .cseq()
            .is_ok_and(|cseq| cseq.method == Method::Invite);
        let known = self
            .dialogs
            .iter_mut()
            .find(|dialog| dialog.call_id == call_id);
        let Some(dialog) = known.filter(|_| invite) else {
            return;
        };
        let to = response.headers.to().ok();
        if response.headers.to().is_ok_and(|to| to.tag().is_some()) {
            dialog.remote = response.headers.get("To").unwrap_or_default().to_owned();
        }
        if let Some(contact) = response.headers.get("Contact").and_then(NameAddr::parse) {
            dialog.target = contact.uri;
        }
        if let Some(rseq) = response.headers.get("RSeq") {
            dialog.last_rseq = rseq.to_owned();
        }
        if let Some((_, status)) = &mut dialog.invite {
            *status = response.status.code();
        }
        self.note_names(call_id, to.as_ref().and_then(|to| to.tag()));
    }

    /// The bytes of a `<-` line.
    pub(crate) fn say(&mut self, line: &Line) -> Vec<u8> {
        let first = line.words.first().expect("a server line says something");
        match (first.as_str(), first.parse()) {
            ("ping", _) => b"\r\n\r\n".to_vec(),
            ("pong", _) => b"\r\n".to_vec(),
            (_, Ok(code)) => {
                let status = StatusCode::new(code).expect("the script names a status code");
                self.respond(line, status).to_bytes()
            }
            (method, Err(_)) => {
                let method = Method::parse(method).expect("the script names a method");
                self.request(line, method).to_bytes()
            }
        }
    }

    /// Takes note of a message that was written by hand.
    pub(crate) fn say_raw(&mut self, bytes: &[u8]) {
        let mut framer = Framer::default();
        framer.push(bytes);
        if let Some(Frame::Message(Message::Request(request))) = framer.next() {
            self.note_own_request(&request);
        }
    }

    fn note_own_response(&mut self, request: &Request, response: &Response) {
        let call_id = request.headers.call_id().unwrap_or_default();
        let known = self
            .dialogs
            .iter()
            .position(|dialog| dialog.call_id == call_id);
        if let Some(at) = known
            && response.headers.to().is_ok_and(|to| to.tag().is_some())
            && matches!(request.method, Method::Invite | Method::Subscribe)
        {
            self.current = at;
            let to = response.headers.get("To").unwrap_or_default();
            self.dialogs[at].local = to.to_owned();
        }
    }

    fn note_own_request(&mut self, request: &Request) {
        if request.method != Method::Invite {
            return;
        }
        let call_id = request.headers.call_id().unwrap_or_default().to_owned();
        let cseq = request.headers.cseq().map_or(1, |cseq| cseq.number);
        let known = self
            .dialogs
            .iter()
            .position(|dialog| dialog.call_id == call_id);
        self.current = known.unwrap_or(self.dialogs.len());
        if let Some(at) = known {
            self.dialogs[at].invite = Some((request.clone(), 0));
            return;
        }
        self.dialogs.push(FarDialog {
            call_id,
            local: request.headers.get("From").unwrap_or_default().to_owned(),
            remote: request.headers.get("To").unwrap_or_default().to_owned(),
            target: request.uri.clone(),
            cseq,
            invite: Some((request.clone(), 0)),
            last_rseq: String::new(),
        });
    }
}
