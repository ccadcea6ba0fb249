//! The server: it registers two users, passes everything on between them, and watches what it
//! passes on.

use std::collections::BTreeMap;

use hark_sip::framing::{Frame, Framer};
use hark_sip::message::{Message, Method, Request, Response, StatusCode};

/// Which of the two user agents.
pub(crate) type Side = usize;

/// The users, by side.
pub(crate) const USERS: [&str; 2] = ["alice", "bob"];

pub(crate) struct Exchange {
    /// What it says of a user that it does not reach.
    away: StatusCode,
    framers: [Framer; 2],
    /// The last CSeq of each sender in each dialog: Call-ID and From tag.
    numbers: BTreeMap<(String, String), u32>,
    /// INVITEs under way, by side, Call-ID and From tag.
    open_invites: BTreeMap<(Side, String, String), u32>,
    /// INVITEs that were passed on and have no final response, by their branch.
    passed: BTreeMap<String, Passed>,
}

struct Passed {
    from: Side,
    to: Side,
    invite: Request,
}

impl Exchange {
    pub(crate) fn new(away: StatusCode) -> Self {
        Self {
            away,
            framers: Default::default(),
            numbers: BTreeMap::new(),
            open_invites: BTreeMap::new(),
            passed: BTreeMap::new(),
        }
    }

    /// A flow is gone, and everything that was on its way over it. Whoever waits for the side
    /// behind it is told, as a proxy does that sees a connection break or its Timer C expire.
    pub(crate) fn cut(&mut self, side: Side) -> Vec<(Side, Vec<u8>)> {
        self.framers[side] = Framer::default();
        self.open_invites.retain(|(own, ..), _| *own != side);
        let concerns = |passed: &Passed| passed.from == side || passed.to == side;
        let gone = std::mem::take(&mut self.passed).into_iter();
        let (gone, kept): (Vec<_>, Vec<_>) = gone.partition(|(_, passed)| concerns(passed));
        self.passed = kept.into_iter().collect();
        let mut out = Vec::new();
        for (_, Passed { from, to, invite }) in gone {
            if from != side {
                let mut response = Response::to(&invite, self.away).with_to_tag("server");
                drop_own_via(&mut response);
                out.push((from, response.to_bytes()));
            }
            if to != side && !is_in_dialog(&invite) {
                out.push((to, cancel(&invite).to_bytes()));
            }
        }
        for (to, bytes) in &out {
            self.watch_delivery(*to, bytes);
        }
        out
    }

    /// Takes what a user agent has sent; returns what leaves, and to whom. `reachable` are the
    /// sides whose flow is open.
    pub(crate) fn take(
        &mut self,
        from: Side,
        bytes: &[u8],
        reachable: [bool; 2],
    ) -> Vec<(Side, Vec<u8>)> {
        if bytes == b"\r\n\r\n" {
            return vec![(from, b"\r\n".to_vec())];
        }
        self.framers[from].push(bytes);
        let mut out = Vec::new();
        while let Some(frame) = self.framers[from].next() {
            match frame {
                Frame::Message(Message::Request(request)) => {
                    self.watch_request(from, &request);
                    out.push(self.pass_request(from, request, reachable));
                }
                Frame::Message(Message::Response(response)) => {
                    out.extend(self.pass_response(response, reachable));
                }
                other => panic!("a user agent sends {other:?}"),
            }
        }
        for (to, bytes) in &out {
            self.watch_delivery(*to, bytes);
        }
        out
    }

    /// CSeq only grows, and there is one INVITE at a time in each dialog and direction.
    fn watch_request(&mut self, from: Side, request: &Request) {
        if matches!(request.method, Method::Ack | Method::Cancel) {
            return;
        }
        let cseq = request.headers.cseq().expect("there is a CSeq").number;
        let names = names(&request.headers);
        let last = self.numbers.insert(names.clone(), cseq);
        assert!(
            last.is_none_or(|last| last < cseq),
            "CSeq {cseq} follows {last:?}: {} {names:?}",
            request.method
        );
        if request.method == Method::Invite {
            let key = (from, names.0, names.1);
            let open = self.open_invites.insert(key, cseq);
            assert_eq!(open, None, "a second INVITE beside an open one");
        }
    }

    fn pass_request(
        &mut self,
        from: Side,
        mut request: Request,
        reachable: [bool; 2],
    ) -> (Side, Vec<u8>) {
        if request.method == Method::Register {
            return (from, registered(&request).to_bytes());
        }
        let user = request.uri.user_text().unwrap_or_default();
        let to = USERS.iter().position(|known| *known == user);
        match to.filter(|to| reachable[*to]) {
            Some(to) => {
                let via = request.headers.top_via().expect("a request has a Via");
                let branch = via.branch().expect("a Via has a branch").to_owned();
                let branch = format!("z9hG4bKmodel{from}{branch}");
                let via = format!("SIP/2.0/TLS 192.0.2.1:5061;branch={branch}");
                request.headers.insert_first("Via", via);
                let bytes = request.to_bytes();
                if request.method == Method::Invite {
                    let invite = request;
                    self.passed.insert(branch, Passed { from, to, invite });
                }
                (to, bytes)
            }
            // An ACK gets no answer; an empty line is nothing.
            None if request.method == Method::Ack => (from, Vec::new()),
            None => {
                let response = Response::to(&request, self.away).with_to_tag("server");
                (from, response.to_bytes())
            }
        }
    }

    fn pass_response(
        &mut self,
        mut response: Response,
        reachable: [bool; 2],
    ) -> Option<(Side, Vec<u8>)> {
        let via = response.headers.top_via().ok()?;
        let branch = via.branch()?;
        let side = branch.strip_prefix("z9hG4bKmodel")?.get(..1)?;
        let to: Side = side.parse().ok()?;
        let cseq = response.headers.cseq().expect("there is a CSeq");
        if cseq.method == Method::Invite && response.status.is_final() {
            self.passed.remove(branch);
        }
        drop_own_via(&mut response);
        reachable[to].then(|| (to, response.to_bytes()))
    }

    /// Takes note of final responses that reach whoever sent the INVITE.
    fn watch_delivery(&mut self, to: Side, bytes: &[u8]) {
        let mut framer = Framer::default();
        framer.push(bytes);
        let Some(Frame::Message(Message::Response(response))) = framer.next() else {
            return;
        };
        let cseq = response.headers.cseq().expect("there is a CSeq");
        if cseq.method == Method::Invite && response.status.is_final() {
            let (call_id, tag) = names(&response.headers);
            let key = (to, call_id, tag);
            if self.open_invites.get(&key) == Some(&cseq.number) {
                self.open_invites.remove(&key);
            }
        }
    }
}

fn drop_own_via(response: &mut Response) {
    let vias = response.headers.all("Via").skip(1);
    let others: Vec<String> = vias.map(str::to_owned).collect();
    response.headers.remove("Via");
    for via in others.iter().rev() {
        response.headers.insert_first("Via", via);
    }
}

fn cancel(invite: &Request) -> Request {
    let mut cancel = Request::new(Method::Cancel, invite.uri.clone());
    for name in ["Via", "From", "To", "Call-ID"] {
        for value in invite.headers.all(name) {
            cancel.headers.push(name, value);
        }
    }
    let number = invite.headers.cseq().expect("there is a CSeq").number;
    cancel.headers.push("CSeq", format!("{number} CANCEL"));
    cancel
}

fn is_in_dialog(request: &Request) -> bool {
    request.headers.to().is_ok_and(|to| to.tag().is_some())
}

fn registered(request: &Request) -> Response {
    let mut response = Response::to(request, StatusCode::OK).with_to_tag("server");
    let contact = request.headers.get("Contact").unwrap_or_default();
    let expires = request.headers.get("Expires").unwrap_or("3600");
    response
        .headers
        .push("Contact", format!("{contact};expires={expires}"));
    response
}

fn names(headers: &hark_sip::message::Headers) -> (String, String) {
    let call_id = headers.call_id().expect("there is a Call-ID").to_owned();
    let from = headers.from().expect("there is a From");
    (call_id, from.tag().unwrap_or_default().to_owned())
}
