//! SIP and its parts.

use hark_sip::Presence;
use hark_sip::auth::{Authenticator, Challenge, Credentials, Password};
use hark_sip::framing::{Frame, Framer};
use hark_sip::identity::Epid;
use hark_sip::message::{Method, NameAddr, Request, Response, StatusCode, Uri};
use hark_sip::{IdSource, MessageWaiting, pidf};

/// Where a stream is cut does not matter to what is in it. The first byte says how.
pub fn framing(bytes: &[u8]) {
    let Some((cut, stream)) = bytes.split_first() else {
        return;
    };
    let at_once = frames([stream]);
    let in_pieces = frames(stream.chunks(usize::from(*cut).max(1)));
    assert_eq!(at_once, in_pieces);
}

fn frames<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut framer = Framer::default();
    let mut frames = Vec::new();
    for piece in pieces {
        framer.push(piece);
        frames.extend(
            std::iter::from_fn(|| framer.next()).map(|frame| match frame {
                Frame::Message(message) => {
                    String::from_utf8_lossy(&message.to_bytes()).into_owned()
                }
                Frame::Malformed(malformed) => format!("{malformed:?}"),
                Frame::Ping => "ping".to_owned(),
                Frame::Pong => "pong".to_owned(),
            }),
        );
    }
    frames
}

/// All headers of a message can be read, it can be printed, and read again it is the same.
pub fn message(bytes: &[u8]) {
    hark_torture::outcome(bytes);
}

/// What a URI prints is the same URI.
pub fn uri(bytes: &[u8]) {
    let Ok(uri) = String::from_utf8_lossy(bytes).parse::<Uri>() else {
        return;
    };
    let again = uri.to_string().parse::<Uri>();
    assert_eq!(again.as_ref(), Ok(&uri));
    assert!(uri.equivalent(&uri), "{uri}");
    let _ = (uri.user_text(), uri.address().to_string());
}

/// What a name and address print is the same name and address.
pub fn name_addr(bytes: &[u8]) {
    let Some(read) = NameAddr::parse(&String::from_utf8_lossy(bytes)) else {
        return;
    };
    assert_eq!(NameAddr::parse(&read.to_string()).as_ref(), Some(&read));
}

/// Challenges, one a line, are answered or refused, and an answer is a well-formed message.
pub fn challenge(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let uri: Uri = "sip:example.test".parse().expect("a URI");
    let mut request = Request::new(Method::Register, uri);
    request.headers.push("CSeq", "1 REGISTER");
    let mut response = Response::to(&request, StatusCode::UNAUTHORIZED);
    for line in text.lines() {
        Challenge::parse(line);
        response.headers.push("WWW-Authenticate", line);
    }
    let credentials = Credentials {
        username: "alice".into(),
        password: Password::new("secret"),
    };
    let mut authenticator = Authenticator::new(credentials);
    let mut ids = IdSource::from_seed([5; 32]);
    let answered = authenticator.challenged(&request, &response, || ids.hex(8));
    if answered.is_ok() {
        authenticator.authorize(&mut request);
        let answer = String::from_utf8_lossy(&request.to_bytes()).into_owned();
        assert!(answer.contains("Authorization: Digest "), "{answer}");
        assert!(!answer.contains("secret"), "{answer}");
    }
}

/// Any body is some state of a mailbox.
pub fn message_summary(bytes: &[u8]) {
    MessageWaiting::parse(bytes);
}

/// Presence of whatever address is a well-formed document that names just that address.
pub fn presence(bytes: &[u8]) {
    let Ok(address) = String::from_utf8_lossy(bytes).parse::<Uri>() else {
        return;
    };
    let epid = Epid::new("6b5d10e663").expect("it is an epid");
    for presence in [
        Presence::Available,
        Presence::Busy,
        Presence::OnThePhone,
        Presence::DoNotDisturb,
        Presence::Away,
        Presence::Offline,
    ] {
        let document = pidf::write(&address, &epid, presence);
        let tree = roxmltree::Document::parse(&document)
            .unwrap_or_else(|error| panic!("{error} in {document}"));
        let entity = tree.root_element().attribute("entity");
        assert_eq!(entity, Some(address.to_string().as_str()), "{document}");
    }
}
