//! The example messages of [MS-OCEXUM] section 4, as bytes from the wire.

use hark_sip::framing::{Frame, Framer};
use hark_sip::identity::Epid;
use hark_sip::message::{Host, Message, Method, NameAddr, Request, Scheme};

const CALL_VOICEMAIL: &[u8] = include_bytes!("fixtures/call_voicemail.sip");
const PLAY_ON_PHONE: &[u8] = include_bytes!("fixtures/play_on_phone.sip");

fn read(bytes: &[u8]) -> Request {
    let mut framer = Framer::default();
    framer.push(bytes);
    let Some(Frame::Message(Message::Request(request))) = framer.next() else {
        panic!("the example is a request");
    };
    assert_eq!(framer.next(), None, "nothing is left over");
    request
}

fn only_contact(request: &Request) -> NameAddr {
    let contacts = request.headers.contacts().expect("Contact is readable");
    let [contact] = contacts.list() else {
        panic!("there is one Contact")
    };
    contact.clone()
}

#[test]
fn ox5_call_voicemail_is_read_as_printed() {
    let request = read(CALL_VOICEMAIL);
    assert_eq!(request.method, Method::Invite);
    assert_eq!(
        request.uri.to_string(),
        "sip:alice@contoso.com;opaque=app:voicemail"
    );
    assert_eq!(request.uri.params().get("opaque"), Some("app:voicemail"));
    let to = request.headers.to().expect("To is readable");
    assert_eq!((&to.uri, to.tag()), (&request.uri, None));
    let from = request.headers.from().expect("From is readable");
    assert_eq!(
        (from.tag(), from.param("epid")),
        (Some("01742a55e6"), Some("6b5d10e663"))
    );
    assert!(from.uri.aor_eq(&to.uri) && !from.uri.params().has("opaque"));
    assert_eq!(
        request.headers.top_via().expect("Via is readable").branch(),
        None
    );
    assert_eq!(request.headers.get("ms-exchange-command"), Some("skip-pin"));
    assert!(
        request
            .session_description()
            .is_some_and(|sdp| sdp.starts_with(b"v=0\r\n"))
    );
}

#[test]
fn ox5_the_contact_is_the_gruu_of_the_epid() {
    let request = read(CALL_VOICEMAIL);
    let contact = only_contact(&request).uri;
    let from = request.headers.from().expect("From is readable");
    let epid = from
        .param("epid")
        .and_then(Epid::new)
        .expect("From carries an epid");
    assert_eq!(
        contact.params().get("opaque"),
        Some(epid.instance().gruu_opaque().as_str())
    );
    assert!(contact.params().has("gruu"));
}

#[test]
fn ox9_from_and_to_of_play_on_phone_match() {
    let request = read(PLAY_ON_PHONE);
    let from = request.headers.from().expect("From is readable");
    let to = request.headers.to().expect("To is readable");
    assert!(from.uri.equivalent(&to.uri));
    assert_ne!(from.params, to.params);
    assert_eq!((from.tag(), to.tag()), (Some("7534fa434"), None));
}

#[test]
fn ox8_play_on_phone_is_read_with_its_odd_blank_and_without_via() {
    let request = read(PLAY_ON_PHONE);
    assert_eq!(request.uri.host(), Host::parse("172.19.58.98").as_ref());
    assert_eq!(request.uri.params().get("ms-received-cid"), Some("D0A300"));
    assert_eq!(request.headers.vias().map(|vias| vias.len()), Ok(0));
    assert_eq!(request.headers.max_forwards(), Ok(Some(68)));
    let contact = only_contact(&request);
    assert_eq!(*contact.uri.scheme(), Scheme::Sip);
    assert_eq!(
        contact.uri.host(),
        Host::parse("exchange.contoso.com").as_ref()
    );
    assert_eq!(contact.uri.port(), Some(5066));
    assert!(contact.params.has("automata"));
    assert_eq!(
        request.headers.get("Ms-Sensitivity"),
        Some("private-no-diversion")
    );
    assert!(request.headers.lists("Allow", "update") && request.headers.lists("Allow", "BYE"));
    assert_eq!(request.session_description().map(<[u8]>::len), Some(317));
}

#[test]
fn both_examples_survive_every_cut() {
    for example in [CALL_VOICEMAIL, PLAY_ON_PHONE] {
        let whole = read(example);
        for at in 0..example.len() {
            let (left, right) = example.split_at(at);
            let mut framer = Framer::default();
            framer.push(left);
            assert_eq!(framer.next(), None, "cut at {at}");
            framer.push(right);
            assert_eq!(
                framer.next(),
                Some(Frame::Message(whole.clone().into())),
                "cut at {at}"
            );
        }
    }
}
