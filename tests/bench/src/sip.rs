//! As much SIP as the far end of one call needs (RFC 3261), written against the RFCs and with no code
//! of Hark, so that what is measured is the phone's and not our own library's.

use std::fmt::Write as _;

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    first_line: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Message {
    /// Takes the first whole message out of a stream; pings between messages are skipped.
    pub fn cut(pending: &mut Vec<u8>) -> Option<Self> {
        let pings = pending
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        pending.drain(..pings);
        let head = pending.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let mut message = Self::parse_head(&String::from_utf8_lossy(&pending[..head]));
        let length = message
            .value("Content-Length")
            .and_then(|text| text.parse().ok());
        let end = head + length.unwrap_or(0);
        let body = pending.get(head..end)?;
        message.body = String::from_utf8_lossy(body).into_owned();
        pending.drain(..end);
        Some(message)
    }

    fn parse_head(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let first_line = lines.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((long_name(name.trim()).to_owned(), value.trim().to_owned()))
        };
        Self {
            first_line,
            headers: lines.filter_map(header).collect(),
            body: String::new(),
        }
    }

    /// The method of a request; of a response `SIP/2.0`.
    pub fn method(&self) -> &str {
        self.first_line.split(' ').next().unwrap_or_default()
    }

    /// The first value of a header, by its long name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A response to this request. `contact` is where we are reached, for all but a registration,
    /// which is granted as asked for an hour.
    pub fn response(&self, status: &str, contact: &str, sdp: Option<&str>) -> String {
        let mut head = format!("SIP/2.0 {status}\r\n");
        // RFC 3261 §8.2.6.2: what a response takes over.
        for name in ["Via", "From", "To", "Call-ID", "CSeq", "Record-Route"] {
            for value in self.values(name) {
                let is_new = name == "To" && !value.contains(";tag=");
                let tag = if is_new { ";tag=studio" } else { "" };
                header(&mut head, name, &format!("{value}{tag}"));
            }
        }
        if self.method() == "REGISTER" {
            for value in self.values("Contact").filter(|value| *value != "*") {
                let is_timed = value.contains(";expires=");
                let expires = if is_timed { "" } else { ";expires=3600" };
                header(&mut head, "Contact", &format!("{value}{expires}"));
            }
        } else {
            header(&mut head, "Contact", contact);
        }
        if sdp.is_some() {
            header(&mut head, "Content-Type", "application/sdp");
        }
        let body = sdp.unwrap_or_default();
        header(&mut head, "Content-Length", &body.len().to_string());
        format!("{head}\r\n{body}")
    }
}

fn header(head: &mut String, name: &str, value: &str) {
    write!(head, "{name}: {value}\r\n").expect("a String takes all that is written");
}

/// RFC 3261 §20: the compact forms that phones use.
fn long_name(name: &str) -> &str {
    match name {
        "v" => "Via",
        "f" => "From",
        "t" => "To",
        "i" => "Call-ID",
        "m" => "Contact",
        "l" => "Content-Length",
        "c" => "Content-Type",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTER: &str = "REGISTER sip:example.test SIP/2.0\r\nv: SIP/2.0/TCP h;branch=z9hG4bK1\r\n\
        From: <sip:a@example.test>;tag=1\r\nTo: <sip:a@example.test>\r\nCall-ID: c\r\n\
        CSeq: 1 REGISTER\r\nContact: <sip:a@127.0.0.1>\r\nl: 2\r\n\r\n";

    #[test]
    fn messages_are_cut_where_they_end() {
        let mut pending = format!("\r\n\r\n{REGISTER}x").into_bytes();
        assert_eq!(Message::cut(&mut pending), None);
        pending.extend_from_slice(b"yOPTIONS");
        let message = Message::cut(&mut pending).unwrap();
        assert_eq!(
            (message.method(), message.body.as_str()),
            ("REGISTER", "xy")
        );
        assert_eq!(pending, b"OPTIONS");
    }

    #[test]
    fn a_registration_is_granted_for_an_hour() {
        let message = Message::cut(&mut format!("{REGISTER}xy").into_bytes()).unwrap();
        let response = message.response("200 OK", "<sip:studio@h>", None);
        assert!(response.starts_with("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"));
        assert!(response.contains("To: <sip:a@example.test>;tag=studio\r\n"));
        assert!(response.contains("Contact: <sip:a@127.0.0.1>;expires=3600\r\n"));
        assert!(response.ends_with("Content-Length: 0\r\n\r\n"));
    }
}
