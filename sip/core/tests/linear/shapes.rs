//! Hostile messages of any length.

use hark_sip::message::{Response, StatusCode};

use crate::phone::Phone;

pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Makes a message of at most this many bytes and little less.
    pub(crate) message: fn(&mut Phone, usize) -> Vec<u8>,
}

pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "many headers",
        message: |_, size| invite_with(size, "", "X: y\r\n", ""),
    },
    Shape {
        name: "one long header",
        message: |_, size| invite_with(size, "Subject: ", "x", "\r\n"),
    },
    Shape {
        name: "deep folding",
        message: |_, size| invite_with(size, "Subject: x", "\r\n x", "\r\n"),
    },
    Shape {
        name: "many Vias",
        message: |_, size| invite_with(size, "", "v:SIP/2.0/TLS a\r\n", ""),
    },
    Shape {
        name: "many Vias in one field",
        message: |_, size| invite_with(size, "v:SIP/2.0/TLS a", ",SIP/2.0/TLS a", "\r\n"),
    },
    Shape {
        name: "many Record-Routes",
        message: |_, size| invite_with(size, "", "Record-Route:<sip:a;lr>\r\n", ""),
    },
    Shape {
        name: "many Contacts",
        message: |_, size| invite_with(size, "m:<sip:a@b>", ",<sip:a@b>", "\r\n"),
    },
    Shape {
        name: "many Contacts to be sent on to",
        message: |phone, size| {
            let status = StatusCode::MOVED_TEMPORARILY;
            response_with(phone, status, size, "m:<sip:a@b>", ",<sip:a@b>", "\r\n")
        },
    },
    Shape {
        name: "many parameters",
        message: |_, size| invite_with(size, "m:<sip:a@b>", ";a=b", "\r\n"),
    },
    Shape {
        name: "many parameters of a URI",
        message: |_, size| invite_with(size, "m:<sip:a@b", ";a=b", ">\r\n"),
    },
    Shape {
        name: "many extensions that are required",
        message: |_, size| invite_with(size, "Require: x", ",x", "\r\n"),
    },
    Shape {
        name: "many diversions",
        message: |_, size| invite_with(size, "Diversion: <sip:a@b>", ",<sip:a@b>", "\r\n"),
    },
    Shape {
        name: "many challenges",
        message: |phone, size| {
            let status = StatusCode::UNAUTHORIZED;
            let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
            response_with(phone, status, size, "", challenge, "")
        },
    },
    Shape {
        name: "a long quoted string",
        message: |_, size| invite_with(size, "m: \"", "\\\"", "\" <sip:a@b>\r\n"),
    },
    Shape {
        name: "nested multipart bodies",
        message: |_, size| {
            invite_with_body(
                size,
                "Content-Type: multipart/mixed;boundary=a\r\n\r\n--a\r\n",
            )
        },
    },
    Shape {
        name: "a multipart body of many parts",
        message: |_, size| invite_with_body(size, "--a\r\n\r\n\r\n"),
    },
    Shape {
        name: "empty lines",
        message: |_, size| "\r\n".repeat(size / 2).into_bytes(),
    },
    Shape {
        name: "lines that are no message",
        message: |_, size| "x\r\n".repeat(size / 3).into_bytes(),
    },
];

const INVITE: &str = "INVITE sip:alice@192.0.2.10 SIP/2.0\r\n\
    Via: SIP/2.0/TLS h;branch=z9hG4bKone\r\n\
    From: <sip:bob@example.test>;tag=one\r\n\
    To: <sip:alice@example.test>\r\n\
    Call-ID: one\r\n\
    CSeq: 1 INVITE\r\n";

fn invite_with(size: usize, before: &str, again: &str, after: &str) -> Vec<u8> {
    let contact = match before.starts_with("m:") {
        true => "",
        false => "Contact: <sip:bob@192.0.2.20>\r\n",
    };
    let head = format!("{INVITE}{contact}{before}");
    let end = format!("{after}Content-Length: 0\r\n\r\n");
    filled(size, &head, again, &end)
}

fn invite_with_body(size: usize, again: &str) -> Vec<u8> {
    let head = format!(
        "{INVITE}Contact: <sip:bob@192.0.2.20>\r\nContent-Type: multipart/mixed;boundary=a\r\n"
    );
    // The number of digits of the length is not known before; the message may be a little shorter.
    let room = size - head.len() - "Content-Length: 1000000\r\n\r\n".len();
    let body = filled(room, "", again, "");
    let mut message = format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    message.extend(body);
    message
}

fn response_with(
    phone: &mut Phone,
    status: StatusCode,
    size: usize,
    before: &str,
    again: &str,
    after: &str,
) -> Vec<u8> {
    let invite = phone.invite();
    let response = Response::to(&invite, status).with_to_tag("far").to_bytes();
    let text = String::from_utf8(response).expect("heads are text");
    let head = text
        .strip_suffix("Content-Length: 0\r\n\r\n")
        .expect("the length is last");
    let end = format!("{after}Content-Length: 0\r\n\r\n");
    filled(size, &format!("{head}{before}"), again, &end)
}

fn filled(size: usize, before: &str, again: &str, after: &str) -> Vec<u8> {
    let times = (size - before.len() - after.len()) / again.len();
    format!("{before}{}{after}", again.repeat(times)).into_bytes()
}
