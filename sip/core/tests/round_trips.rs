//! What is printed reads as what it was made from, for anything that can be made.

use hark_sip::framing::{Frame, Framer};
use hark_sip::message::{
    Headers, Host, Message, Method, NameAddr, Params, Request, Response, StatusCode, Uri,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9.!%*_+`'~-]{1,12}"
}

/// Any text at all, line ends and NUL included: what a user may type.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..16).prop_map(String::from_iter)
}

fn host() -> impl Strategy<Value = Host> {
    prop_oneof![
        "[a-z][a-z0-9-]{0,8}(\\.[a-z]{2,5}){0,2}".prop_map(Host::Name),
        any::<std::net::Ipv4Addr>().prop_map(Host::V4),
        any::<std::net::Ipv6Addr>().prop_map(Host::V6),
    ]
}

fn uri() -> impl Strategy<Value = Uri> {
    let params = vec((token(), option::of(text())), 0..4);
    (text(), host(), option::of(any::<u16>()), params).prop_map(|(user, host, port, params)| {
        let uri = Uri::sip(&user, host).with_port(port);
        params
            .into_iter()
            .fold(uri, |uri, (name, value)| match value {
                Some(value) => uri.with_param(&name, &value),
                None => uri.with_flag(&name),
            })
    })
}

fn name_addr() -> impl Strategy<Value = NameAddr> {
    let params = vec((token(), option::of(text())), 0..4);
    (text(), uri(), params).prop_map(|(name, uri, params)| {
        let mut address = NameAddr::new(uri).with_display_name(&name);
        for (name, value) in params {
            match value {
                Some(value) => address.params.set(&name, &value),
                None => address.params.set_flag(&name),
            }
        }
        address
    })
}

fn headers() -> impl Strategy<Value = Headers> {
    let own = vec((token(), text()), 0..6);
    (name_addr(), name_addr(), any::<u16>(), own).prop_map(|(from, to, cseq, own)| {
        let mut headers = Headers::default();
        headers.push("From", from);
        headers.push("To", to);
        headers.push("Call-ID", "id@host");
        headers.push("CSeq", format!("{cseq} INVITE"));
        for (name, value) in own {
            headers.push(&format!("X-{name}"), value);
        }
        headers
    })
}

fn message() -> impl Strategy<Value = Message> {
    let body = vec(any::<u8>(), 0..64);
    prop_oneof![
        (uri(), headers(), body.clone()).prop_map(|(uri, headers, body)| {
            Message::Request(Request {
                method: Method::Invite,
                uri,
                headers,
                body,
            })
        }),
        (100_u16..700, text(), headers(), body).prop_map(|(code, reason, headers, body)| {
            let status = StatusCode::new(code).expect("the code is in range");
            Message::Response(Response {
                status,
                reason,
                headers,
                body,
            })
        }),
    ]
}

/// Headers once more without Content-Length, which is the printer's own.
fn fields(headers: &Headers) -> Vec<(String, String)> {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    headers
        .iter()
        .filter(|(name, _)| *name != "Content-Length")
        .map(own)
        .collect()
}

proptest! {
    #[test]
    fn uris_read_as_they_were_made(uri in uri()) {
        let printed = uri.to_string();
        prop_assert!(!printed.contains(|c: char| c.is_control() || c.is_whitespace()), "{}", printed);
        let read: Uri = printed.parse().expect("what is printed is a URI");
        prop_assert!(read.equivalent(&uri));
        prop_assert_eq!(read, uri);
    }

    #[test]
    fn addresses_read_as_they_were_made(address in name_addr()) {
        let printed = address.to_string();
        prop_assert!(!printed.contains(['\r', '\n', '\0']), "{}", printed);
        prop_assert_eq!(NameAddr::parse(&printed), Some(address));
    }

    #[test]
    fn messages_read_as_they_were_made(message in message()) {
        let mut framer = Framer::default();
        framer.push(&message.to_bytes());
        let Some(Frame::Message(read)) = framer.next() else {
            return Err(TestCaseError::fail("no message was read"));
        };
        prop_assert_eq!(framer.next(), None);
        prop_assert_eq!(read.body(), message.body());
        prop_assert_eq!(fields(read.headers()), fields(message.headers()));
        if let (Message::Request(read), Message::Request(made)) = (&read, &message) {
            prop_assert_eq!((&read.method, &read.uri), (&made.method, &made.uri));
        }
        let mut again = Framer::default();
        again.push(&read.to_bytes());
        prop_assert_eq!(again.next(), Some(Frame::Message(read)));
    }

    #[test]
    fn no_text_is_read_with_a_panic_and_what_is_read_prints(text in "\\PC{0,40}|[ -~\t]{0,60}") {
        if let Ok(uri) = text.parse::<Uri>() {
            prop_assert_eq!(uri.to_string().parse::<Uri>(), Ok(uri));
        }
        if let Some(address) = NameAddr::parse(&text) {
            prop_assert_eq!(NameAddr::parse(&address.to_string()), Some(address));
        }
        let mut params = Params::default();
        params.set("x", &text);
        let mut headers = Headers::default();
        headers.push("Via", &text);
        headers.push("Contact", &text);
        headers.push("Content-Type", &text);
        let _ = (headers.vias(), headers.contacts(), headers.content_type());
    }

    #[test]
    fn no_bytes_break_the_framer(bytes in vec(any::<u8>(), 0..300), cut in 0_usize..300) {
        let (left, right) = bytes.split_at(cut.min(bytes.len()));
        let mut framer = Framer::default();
        let mut frames = Vec::new();
        for piece in [left, right] {
            framer.push(piece);
            frames.extend(std::iter::from_fn(|| framer.next()));
        }
        let mut whole = Framer::default();
        whole.push(&bytes);
        prop_assert_eq!(frames, std::iter::from_fn(|| whole.next()).collect::<Vec<_>>());
    }
}
