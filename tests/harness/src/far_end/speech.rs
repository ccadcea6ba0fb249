//! Completes what a script says into whole messages.

use hark_sip::message::{Method, NameAddr, Request, Response, StatusCode, Uri};

use super::{Asked, FarEnd};
use crate::script::{self, Line};

impl FarEnd {
    pub(super) fn respond(&mut self, line: &Line, status: StatusCode) -> Response {
        let at = self.find_asked(line);
        let asked = &mut self.asked[at];
        asked.answered |= status.is_final();
        let request = asked.request.clone();
        let mut response = Response::to(&request, status);
        if status != StatusCode::TRYING {
            response = response.with_to_tag(line.value("tag").unwrap_or("far"));
        }
        self.complete_response(&request, &mut response);
        let contact = request
            .headers
            .get("Contact")
            .unwrap_or_default()
            .to_owned();
        let via = request.headers.top_via().ok();
        let branch = via.as_ref().and_then(|via| via.branch());
        finish(line, &mut response.headers, |value| {
            value
                .replace("{contact}", &contact)
                .replace("{branch}", branch.unwrap_or_default())
        });
        set_body(line, |content_type, body| {
            response.set_body(content_type, body)
        });
        self.note_own_response(&request, &response);
        response
    }

    /// The request that a response line answers: of the method in brackets, or the last one that
    /// has no final response.
    fn find_asked(&self, line: &Line) -> usize {
        let method = line
            .words
            .iter()
            .find_map(|word| Method::parse(word.strip_prefix('(')?.strip_suffix(')')?));
        let cseq = line
            .value("cseq")
            .and_then(|number| number.parse::<u32>().ok());
        let fits = |asked: &Asked| {
            let cseq_fits = cseq.is_none_or(|number| {
                asked
                    .request
                    .headers
                    .cseq()
                    .is_ok_and(|cseq| cseq.number == number)
            });
            let method_fits = match &method {
                Some(method) => asked.request.method == *method,
                None => !asked.answered,
            };
            method_fits && cseq_fits
        };
        let found = self.asked.iter().rposition(fits);
        found.unwrap_or_else(|| panic!("line {}: there is nothing to answer", line.number))
    }

    /// What a response of this kind usually carries.
    fn complete_response(&mut self, request: &Request, response: &mut Response) {
        let status = response.status;
        let headers = &mut response.headers;
        self.count += 1;
        if status == StatusCode::UNAUTHORIZED || status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
        {
            let (name, realm) = match status {
                StatusCode::UNAUTHORIZED => ("WWW-Authenticate", "example.test"),
                _ => ("Proxy-Authenticate", "proxy.example.test"),
            };
            let challenge = format!(
                "Digest realm=\"{realm}\", nonce=\"n{}\", qop=\"auth\"",
                self.count
            );
            headers.push(name, challenge);
        }
        let answers_dialog = (101..300).contains(&status.code());
        match request.method {
            Method::Register if status.is_success() => {
                let contact = request.headers.get("Contact").unwrap_or_default();
                let expires = request.headers.get("Expires").unwrap_or("3600");
                headers.push("Contact", format!("{contact};expires={expires}"));
            }
            Method::Subscribe if status.is_success() => {
                headers.push("Contact", FAR_CONTACT);
                headers.push("Expires", request.headers.get("Expires").unwrap_or("3600"));
            }
            Method::Invite | Method::Update if answers_dialog => {
                headers.push("Contact", FAR_CONTACT);
            }
            _ => {}
        }
    }

    pub(super) fn request(&mut self, line: &Line, method: Method) -> Request {
        self.count += 1;
        let place = line
            .words
            .iter()
            .find(|word| *word == "in" || word.starts_with("in="));
        let in_dialog = matches!(
            method,
            Method::Ack
                | Method::Bye
                | Method::Cancel
                | Method::Info
                | Method::Prack
                | Method::Refer
                | Method::Update
        );
        let mut request = match place.map(String::as_str) {
            Some("in=register") => self.in_register(&method),
            Some(place) => self.in_dialog(line, &method, place.strip_prefix("in=")),
            None if in_dialog => self.in_dialog(line, &method, None),
            None => self.out_of_dialog(line, &method),
        };
        if let Some(uri) = line.words.get(1).and_then(|word| word.parse::<Uri>().ok()) {
            request.uri = uri;
        }
        let rseq = self
            .dialogs
            .get(self.current)
            .map(|dialog| dialog.last_rseq.clone());
        let rseq = rseq.unwrap_or_default();
        let (call_id, local_tag) = self.names.clone();
        finish(line, &mut request.headers, |value| {
            value
                .replace("{RSeq}", &rseq)
                .replace("{call-id}", &call_id)
                .replace("{local-tag}", &local_tag)
        });
        set_body(line, |content_type, body| {
            request.set_body(content_type, body)
        });
        self.note_own_request(&request);
        request
    }

    fn out_of_dialog(&mut self, line: &Line, method: &Method) -> Request {
        let count = self.count;
        let target = NameAddr::parse(&self.registered).map(|contact| contact.uri);
        let mut request = Request::new(method.clone(), target.unwrap_or(self.address.clone()));
        let tag = line.value("tag").unwrap_or("far");
        let host = self
            .address
            .host()
            .map(ToString::to_string)
            .unwrap_or_default();
        let headers = &mut request.headers;
        headers.push("Via", new_via(count));
        headers.push("Max-Forwards", 68);
        headers.push("From", format!("<sip:bob@{host}>;tag={tag}"));
        headers.push("To", NameAddr::new(self.address.clone()));
        headers.push("Call-ID", format!("far-{count}"));
        headers.push("CSeq", format!("1 {method}"));
        if matches!(method, Method::Invite | Method::Subscribe) {
            headers.push("Contact", FAR_CONTACT);
        }
        request
    }

    /// Some servers notify in the Call-ID of the REGISTER, under its tags.
    fn in_register(&mut self, method: &Method) -> Request {
        let register = self
            .asked
            .iter()
            .rfind(|asked| asked.request.method == Method::Register);
        let register = register.expect("a REGISTER was sent").request.clone();
        let target = NameAddr::parse(&self.registered)
            .expect("a REGISTER has a Contact")
            .uri;
        let mut request = Request::new(method.clone(), target);
        let from = format!(
            "{};tag=registrar",
            register.headers.get("To").unwrap_or_default()
        );
        let headers = &mut request.headers;
        headers.push("Via", new_via(self.count));
        headers.push("From", from);
        headers.push("To", register.headers.get("From").unwrap_or_default());
        headers.push("Call-ID", register.headers.call_id().unwrap_or_default());
        headers.push("CSeq", format!("1 {method}"));
        request
    }

    fn in_dialog(&mut self, line: &Line, method: &Method, number: Option<&str>) -> Request {
        if let Some(number) = number {
            let number: usize = number.parse().expect("dialogs are numbered from 1");
            self.current = number - 1;
        }
        let dialog = self.dialogs.get_mut(self.current);
        let dialog = dialog.unwrap_or_else(|| panic!("line {}: there is no dialog", line.number));
        if let (Method::Cancel, Some((invite, _))) = (method, &dialog.invite) {
            return cancel_of(invite);
        }
        let local = match line.value("tag") {
            Some(tag) => format!("{};tag={tag}", without_params(&dialog.local)),
            None => dialog.local.clone(),
        };
        let (cseq, via) = match (method, &dialog.invite) {
            (Method::Ack, Some((invite, status))) => {
                let number = invite.headers.cseq().map_or(1, |cseq| cseq.number);
                let own = invite.headers.get("Via").unwrap_or_default().to_owned();
                (
                    number,
                    if *status < 300 {
                        new_via(self.count)
                    } else {
                        own
                    },
                )
            }
            _ => {
                dialog.cseq += 1;
                (dialog.cseq, new_via(self.count))
            }
        };
        let mut request = Request::new(method.clone(), dialog.target.clone());
        let headers = &mut request.headers;
        headers.push("Via", via);
        headers.push("Max-Forwards", 68);
        headers.push("From", local);
        headers.push("To", &dialog.remote);
        headers.push("Call-ID", &dialog.call_id);
        headers.push("CSeq", format!("{cseq} {method}"));
        if matches!(method, Method::Invite | Method::Update) {
            headers.push("Contact", FAR_CONTACT);
        }
        request
    }
}

/// A CANCEL is its INVITE in all that finds it (RFC 3261 §9.1).
fn cancel_of(invite: &Request) -> Request {
    let mut cancel = Request::new(Method::Cancel, invite.uri.clone());
    for name in ["Via", "Max-Forwards", "From", "To", "Call-ID"] {
        if let Some(value) = invite.headers.get(name) {
            cancel.headers.push(name, value);
        }
    }
    let number = invite.headers.cseq().map_or(1, |cseq| cseq.number);
    cancel.headers.push("CSeq", format!("{number} CANCEL"));
    cancel
}

/// Puts the script's headers in place of the usual ones, and takes out what it does not want.
fn finish(line: &Line, headers: &mut hark_sip::message::Headers, fill: impl Fn(&str) -> String) {
    for name in line.signed('-') {
        headers.remove(name);
    }
    for (at, (name, value)) in line.headers.iter().enumerate() {
        let repeated = line
            .headers
            .iter()
            .take(at)
            .any(|(earlier, _)| earlier.eq_ignore_ascii_case(name));
        if repeated {
            headers.push(name, fill(value));
        } else {
            headers.set(name, fill(value));
        }
    }
}

fn set_body(line: &Line, mut set: impl FnMut(&str, Vec<u8>)) {
    if let Some(sdp) = line.value("sdp") {
        set("application/sdp", sdp.as_bytes().to_vec());
    }
    if let Some(status) = line.value("sipfrag") {
        set("message/sipfrag", script::sipfrag(status).into_bytes());
    }
    if let Some(body) = line.value("body") {
        let named = line.headers.iter().find(|(name, _)| name == "Content-Type");
        let content_type = named.map_or("text/plain", |(_, value)| value.as_str());
        set(content_type, body.replace('~', "\r\n").into_bytes());
    }
}

fn without_params(address: &str) -> &str {
    address
        .split_once('>')
        .map_or(address, |(uri, _)| &address[..=uri.len()])
}

fn new_via(count: u32) -> String {
    format!("SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK-far-{count}")
}

/// Where the other party of every call is.
const FAR_CONTACT: &str = "<sip:bob@192.0.2.20:5061;transport=tls>";
