//! Feeds a stream to the framer and tells what became of it, for tests with messages that others
//! have written.
//!
//! This is a crate of its own so that nobody waits for the corpora's crate who works on the core.

use hark_sip::framing::{Frame, Framer, Malformed};
use hark_sip::message::{Headers, Message, Request};

/// What became of a stream, frame by frame: `INVITE` or `200` for a message, `400?` for one that is
/// answered so, `dropped` for one that is not answered.
pub fn outcome(stream: &[u8]) -> Vec<String> {
    let mut framer = Framer::default();
    framer.push(stream);
    std::iter::from_fn(|| framer.next())
        .map(|frame| describe(&frame))
        .collect()
}

/// A request that must come out whole after anything that does not swallow it by its length.
pub const NEXT: &str = "NEXT sip:next SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n\
    Call-ID: next\r\nCSeq: 1 NEXT\r\nContent-Length: 0\r\n\r\n";

fn describe(frame: &Frame) -> String {
    match frame {
        Frame::Message(message) => {
            read_everything(message);
            match message {
                Message::Request(request) => request.method.to_string(),
                Message::Response(response) => response.status.to_string(),
            }
        }
        Frame::Malformed(Malformed {
            reply: Some(reply), ..
        }) => {
            // The answer to what is malformed must itself be well-formed.
            let answer = String::from_utf8_lossy(&reply.to_bytes()).into_owned();
            assert!(
                answer.starts_with("SIP/2.0 ") && answer.ends_with("\r\n\r\n"),
                "{answer}"
            );
            format!("{}?", reply.status)
        }
        Frame::Malformed(Malformed { reply: None, .. }) => "dropped".to_owned(),
        Frame::Ping => "ping".to_owned(),
        Frame::Pong => "pong".to_owned(),
    }
}

/// Reads all that there is to read, for the panics that must not be, and prints and reads the
/// message again: it must be the same.
fn read_everything(message: &Message) {
    let headers = message.headers();
    let _ = (
        headers.from(),
        headers.to(),
        headers.cseq(),
        headers.call_id().map(str::len),
    );
    let _ = (
        headers.vias(),
        headers.contacts(),
        headers.max_forwards(),
        headers.expires(),
    );
    let _ = (
        headers.content_type(),
        headers.addresses("Route"),
        headers.seconds("Retry-After"),
    );
    let _ = message.session_description();
    let mut framer = Framer::default();
    framer.push(&message.to_bytes());
    let again = framer.next();
    assert_eq!(
        again.as_ref().map(fields_of),
        Some(fields(message)),
        "it prints as it was read"
    );
}

fn fields_of(frame: &Frame) -> Vec<(String, String)> {
    match frame {
        Frame::Message(message) => fields(message),
        Frame::Ping | Frame::Pong | Frame::Malformed(_) => Vec::new(),
    }
}

/// Everything but Content-Length, whose place and form may change.
fn fields(message: &Message) -> Vec<(String, String)> {
    let start = match message {
        Message::Request(Request { method, uri, .. }) => (method.to_string(), uri.to_string()),
        Message::Response(response) => (response.status.to_string(), response.reason.clone()),
    };
    let body = (
        "body".to_owned(),
        String::from_utf8_lossy(message.body()).into_owned(),
    );
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let listed = |headers: &Headers| headers.iter().map(own).collect::<Vec<_>>();
    let mut all = vec![start, body];
    all.extend(
        listed(message.headers())
            .into_iter()
            .filter(|(name, _)| name != "Content-Length"),
    );
    all
}
