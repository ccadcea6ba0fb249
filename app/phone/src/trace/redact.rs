//! A message as text, without what is secret in it: credentials, media keys and digits. What is cut
//! follows from the type of the header or of the body, never from what it looks like.

use hark_sip::message::{Headers, Message, Method};

/// A message as it may be kept.
pub(super) fn message(message: &Message) -> String {
    let mut redacted = message.clone();
    let bytes = match &mut redacted {
        Message::Request(request) => {
            redact_headers(&mut request.headers);
            request.to_bytes()
        }
        Message::Response(response) => {
            redact_headers(&mut response.headers);
            response.to_bytes()
        }
    };
    let head = bytes.len().saturating_sub(message.body().len());
    let head = bytes.get(..head).unwrap_or_default();
    format!("{}{}", String::from_utf8_lossy(head), body(message))
}

/// The scheme of credentials stays, the rest goes.
fn redact_headers(headers: &mut Headers) {
    for name in CREDENTIALS {
        let values: Vec<String> = headers.all(name).map(str::to_owned).collect();
        headers.remove(name);
        for value in values {
            let scheme = value.split_whitespace().next().unwrap_or_default();
            headers.push(name, format!("{scheme} {REDACTED}"));
        }
    }
}

fn body(message: &Message) -> String {
    let body = message.body();
    if body.is_empty() {
        return String::new();
    }
    let carries_digits = match message {
        // The bodies of INFO are digits, in several types.
        Message::Request(request) => request.method == Method::Info,
        Message::Response(_) => false,
    };
    let kind = message.headers().get("Content-Type").unwrap_or_default();
    if carries_digits || kind.to_ascii_lowercase().contains("dtmf") {
        return format!("{} octets {REDACTED}\r\n", body.len());
    }
    match std::str::from_utf8(body) {
        Ok(text) => text.split_inclusive('\n').map(line).collect(),
        Err(_) => format!("({} octets that are no text)\r\n", body.len()),
    }
}

/// A line of a session description, in a body of its own or inside of another one, loses its key.
fn line(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let Some(name) = KEYS.iter().find(|name| lower.starts_with(**name)) else {
        return line.to_owned();
    };
    // The tag and the suite of a=crypto say what was agreed on; what follows says how to listen in.
    let shown = match *name {
        "a=crypto:" => line
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_owned(),
    };
    format!("{shown} {REDACTED}\r\n")
}

const CREDENTIALS: [&str; 4] = [
    "Authorization",
    "Proxy-Authorization",
    "Authentication-Info",
    "Proxy-Authentication-Info",
];

/// SDES keys (RFC 4568), also as a capability (RFC 5939), keys of MIKEY (RFC 4567), the key field of
/// RFC 4566, the password of ICE (RFC 8839).
const KEYS: [&str; 5] = ["a=crypto:", "a=acap:", "a=key-mgmt:", "k=", "a=ice-pwd:"];

const REDACTED: &str = "(redacted)";

#[cfg(test)]
mod tests {
    use hark_sip::framing::{Frame, Framer};

    use super::*;

    /// A request with these header lines and this body, as it is kept.
    fn kept(method: &str, headers: &str, body: &str) -> String {
        let text = format!(
            "{method} sip:alice@example.test SIP/2.0\r\n\
             Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:bob@example.test>;tag=1\r\n\
             To: <sip:alice@example.test>\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut framer = Framer::default();
        framer.push(text.as_bytes());
        match framer.next() {
            Some(Frame::Message(read)) => message(&read),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_secret_is_kept() {
        let sdp = "v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hush|2^31\r\nk=clear:hush\r\n\
                   a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hush\r\n\
                   a=key-mgmt:mikey hush\r\na=ice-pwd:hush\r\na=sendrecv\r\n";
        let crypto_last = "v=0\na=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 inline:hush";
        let mixed = format!("--x\r\nContent-Type: application/sdp\r\n\r\n{sdp}--x--\r\n");
        for (method, headers, body) in [
            (
                "REGISTER",
                "Authorization: Digest username=\"a\", response=\"hush\"\r\n",
                "",
            ),
            (
                "INVITE",
                "authorization : Digest\r\n response=\"hush\"\r\n",
                "",
            ),
            ("INVITE", "Proxy-Authorization: NTLM hush\r\n", ""),
            (
                "INVITE",
                "Proxy-Authorization: Digest a=hush\r\nProxy-Authorization: x hush\r\n",
                "",
            ),
            (
                "OPTIONS",
                "Authentication-Info: NTLM rspauth=\"hush\"\r\n",
                "",
            ),
            ("INVITE", "Content-Type: application/sdp\r\n", sdp),
            ("INVITE", "Content-Type: application/sdp\r\n", crypto_last),
            (
                "INVITE",
                "Content-Type: multipart/mixed;boundary=x\r\n",
                &mixed,
            ),
            (
                "INFO",
                "Content-Type: application/dtmf-relay\r\n",
                "Signal=hush\r\n",
            ),
            ("INFO", "", "hush"),
            ("NOTIFY", "Content-Type: application/DTMF\r\n", "hush"),
        ] {
            let kept = kept(method, headers, body);
            assert!(!kept.contains("hush"), "{kept}");
            assert!(kept.contains(REDACTED), "{kept}");
        }
    }

    #[test]
    fn the_rest_is_kept_as_it_is() {
        let sdp = "v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hush\r\na=sendrecv\r\n";
        let kept = kept(
            "INVITE",
            "Ms-Exchange-Command: skip-pin\r\nContent-Type: application/sdp\r\n",
            sdp,
        );
        assert!(
            kept.starts_with("INVITE sip:alice@example.test SIP/2.0\r\n"),
            "{kept}"
        );
        let length = format!("Content-Length: {}\r\n", sdp.len());
        assert!(kept.contains(&length), "{kept}");
        for line in [
            "Ms-Exchange-Command: skip-pin\r\n",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 (redacted)\r\n",
            "a=sendrecv\r\n",
        ] {
            assert!(kept.contains(line), "{kept}");
        }
    }
}
