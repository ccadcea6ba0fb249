//! The server's side of calls, line by line.

use hark_e2e::raw::{Raw, RawFlow, sdp, with_body};

/// Contact of everybody behind the server.
pub const CONTACT: &str = "Contact: <sip:bob@127.0.0.1;transport=tcp>\r\n";

/// A call of Bob's to the phone.
pub struct TheirCall {
    n: usize,
    /// Of our To, once the phone has answered.
    to_tag: String,
}

impl TheirCall {
    pub fn new(n: usize) -> Self {
        Self {
            n,
            to_tag: String::new(),
        }
    }

    pub fn call_id(&self) -> String {
        format!("theirs-{}", self.n)
    }

    pub fn invite(&self) -> String {
        with_body(&self.head("INVITE", 1), &description())
    }

    /// A request of the dialog, by its place in it.
    pub fn request(&self, method: &str, cseq: u32) -> String {
        with_body(&self.head(method, cseq), "")
    }

    /// Remembers the tag of a response.
    pub fn learn(&mut self, response: &Raw) {
        let to = response.header("To").expect("a To");
        let (_, tag) = to.split_once(";tag=").expect("a tag");
        self.to_tag = format!(";tag={}", tag.split(';').next().unwrap_or_default());
    }

    fn head(&self, method: &str, cseq: u32) -> String {
        let Self { n, to_tag } = self;
        let call_id = self.call_id();
        // An ACK of a 2xx is a transaction of its own, a CANCEL is not (RFC 3261 §9.1, §13.2.2.4).
        let branch = match method {
            "CANCEL" => "INVITE",
            other => other,
        };
        format!(
            "{method} sip:alice@127.0.0.1 SIP/2.0\r\n\
             Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK{n}{branch}{cseq}\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:bob@contoso.com>;tag=b{n}\r\n\
             To: <sip:alice@contoso.com>{to_tag}\r\n\
             CSeq: {cseq} {method}\r\n\
             Call-ID: {call_id}\r\n\
             {CONTACT}"
        )
    }
}

/// A description of sound that goes nowhere.
pub fn description() -> String {
    // RFC 863: the port of the protocol that throws everything away.
    sdp("0").replace("40000", "9")
}

/// Reads the next response to the request of a call that is not provisional.
#[track_caller]
pub fn final_response(flow: &mut RawFlow) -> Raw {
    loop {
        let response = flow.expect_response();
        if !response.status().starts_with('1') {
            return response;
        }
    }
}
