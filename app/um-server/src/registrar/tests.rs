//! REGISTER requests as they come, and what the registrar answers and remembers.

use hark_sip::framing::{Frame, Framer};
use hark_sip::message::Message;

use super::*;

const FLOW: FlowId = FlowId(7);
const CONTACT: &str = "<sip:192.0.2.1:5555;transport=tls;ms-opaque=ab>";
const NOTHING: Change = Change {
    arrived: false,
    signed_in: false,
    signed_out: false,
};

struct Story {
    registrar: Registrar,
    start: Instant,
    cseq: u32,
}

impl Story {
    fn new() -> Self {
        Self {
            registrar: Registrar::default(),
            start: Instant::now(),
            cseq: 0,
        }
    }

    /// Sends a REGISTER with these lines, seconds after the start, and returns the answer with
    /// what changed.
    fn register(&mut self, seconds: u64, flow: FlowId, lines: &str) -> (String, Change) {
        self.cseq += 1;
        let mut text = "REGISTER sip:example.test SIP/2.0\r\n".to_owned();
        if !lines.contains("From:") {
            text.push_str("From: <sip:dana@example.test>;tag=1\r\n");
        }
        if !lines.contains("CSeq:") {
            text.push_str(&format!("CSeq: {} REGISTER\r\n", self.cseq));
        }
        text.push_str("To: <sip:dana@example.test>\r\nCall-ID: c1\r\n");
        for line in lines.lines().map(str::trim) {
            text.push_str(&format!("{line}\r\n"));
        }
        text.push_str("Content-Length: 0\r\n\r\n");
        let mut framer = Framer::default();
        framer.push(text.as_bytes());
        let Some(Frame::Message(Message::Request(request))) = framer.next() else {
            panic!("the test's REGISTER is malformed:\n{text}");
        };
        let domain = Host::parse("example.test").unwrap();
        let now = self.at(seconds);
        let (response, change) = self
            .registrar
            .register(now, flow, "dana", &domain, &request);
        let shown = ["Contact", "Expires", "Min-Expires", "ms-keep-alive"];
        let mut answer = response.status.to_string();
        for (name, value) in response
            .headers
            .iter()
            .filter(|(name, _)| shown.contains(name))
        {
            answer.push_str(&format!("\n{name}: {value}"));
        }
        (answer, change)
    }

    fn at(&self, seconds: u64) -> Instant {
        self.start + Duration::from_secs(seconds)
    }
}

#[test]
fn a_microsoft_style_client_gets_gruu_and_keep_alive() {
    let mut story = Story::new();
    let (answer, change) = story.register(
        0,
        FLOW,
        "From: <sip:dana@example.test>;tag=1;epid=6b5d10e663
         Contact: <sip:192.0.2.1:5555;transport=tls>;proxy=replace;+sip.instance=\"<urn:uuid:BC25178A-3A02-59F8-8A48-62CAAFFDABB4>\"
         Supported: gruu-10, adhoclist
         ms-keep-alive: UAC;hop-hop=yes
         Event: registration",
    );
    assert_eq!(
        answer,
        "200\n\
         Contact: <sip:192.0.2.1:5555;transport=tls>;proxy=replace;\
         +sip.instance=\"<urn:uuid:BC25178A-3A02-59F8-8A48-62CAAFFDABB4>\";expires=3600;\
         gruu=\"sip:dana@example.test;opaque=user:epid:ihclvAI6-FmKSGLKr_2rtAAA;gruu\"\n\
         Expires: 3600\n\
         ms-keep-alive: UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300"
    );
    assert_eq!(
        change,
        Change {
            arrived: true,
            signed_in: true,
            signed_out: false
        }
    );
    let gruu = "sip:dana@example.test;gruu;opaque=user:epid:ihclvAI6-FmKSGLKr_2rtAAA";
    let named = |user, uri: &str| story.registrar.named_by(user, &uri.parse().unwrap());
    assert_eq!(named("dana", gruu).map(|binding| binding.flow), Some(FLOW));
    assert!(named("bob", gruu).is_none());
    assert!(named("dana", "sip:dana@example.test").is_none());
    assert!(named("dana", "sip:dana@example.test;opaque=user:epid:AAAA;gruu").is_none());
}

#[test]
fn an_instance_that_is_not_the_epids_gets_no_gruu() {
    let mut story = Story::new();
    let (answer, _) = story.register(
        0,
        FLOW,
        "From: <sip:dana@example.test>;tag=1;epid=6b5d10e663
         Contact: <sip:192.0.2.1>;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-000000000000>\"
         Supported: gruu-10",
    );
    assert!(
        answer.starts_with("200") && !answer.contains("gruu"),
        "{answer}"
    );
}

#[test]
fn a_plain_client_is_refreshed_and_signs_out() {
    let mut story = Story::new();
    let contact = format!("Contact: {CONTACT}");
    let (answer, change) = story.register(0, FLOW, &format!("{contact}\nExpires: 600"));
    assert_eq!(
        answer,
        format!("200\nContact: {CONTACT};expires=600\nExpires: 600")
    );
    assert!(change.signed_in);

    let (answer, change) = story.register(100, FLOW, "Supported: path");
    assert_eq!(
        answer,
        format!("200\nContact: {CONTACT};expires=500\nExpires: 500")
    );
    assert_eq!(change, NOTHING);

    let (answer, change) = story.register(200, FLOW, &format!("{contact};expires=9999"));
    assert_eq!(
        answer,
        format!("200\nContact: {CONTACT};expires=7200\nExpires: 7200")
    );
    assert_eq!(change, NOTHING);

    let (answer, change) = story.register(300, FLOW, &format!("{contact}\nExpires: 0"));
    assert_eq!(answer, "200");
    assert_eq!(
        change,
        Change {
            signed_out: true,
            ..NOTHING
        }
    );
    assert!(!story.registrar.is_signed_in("dana"));
}

#[test]
fn all_devices_sign_out_at_once_by_a_star() {
    let mut story = Story::new();
    story.register(0, FLOW, "Contact: <sip:a@192.0.2.1>, <sip:b@192.0.2.1>");
    assert_eq!(story.registrar.bindings("dana").len(), 2);
    assert_eq!(story.register(1, FLOW, "Contact: *\nExpires: 60").0, "400");
    assert_eq!(story.registrar.bindings("dana").len(), 2);
    let (answer, change) = story.register(2, FLOW, "Contact: *\nExpires: 0");
    assert_eq!(answer, "200");
    assert!(change.signed_out);
}

#[test]
fn a_short_registration_is_refused_with_423_and_changes_nothing() {
    let mut story = Story::new();
    let lines = "Contact: <sip:a@192.0.2.1>, <sip:b@192.0.2.1>;expires=59";
    assert_eq!(story.register(0, FLOW, lines).0, "423\nMin-Expires: 60");
    assert!(!story.registrar.is_signed_in("dana"));
    assert_eq!(
        story
            .register(1, FLOW, "Contact: <sip:a@192.0.2.1>;expires=soon")
            .0,
        "400"
    );
}

#[test]
fn an_old_register_does_not_overwrite_a_newer_one() {
    let mut story = Story::new();
    let contact = "CSeq: 10 REGISTER\nContact: <sip:a@192.0.2.1>";
    story.register(0, FLOW, contact);
    assert_eq!(
        story.register(1, FLOW, &format!("{contact}\nExpires: 0")).0,
        "500"
    );
    assert!(story.registrar.is_signed_in("dana"));
}

#[test]
fn a_device_that_comes_back_on_a_new_flow_replaces_itself() {
    let mut story = Story::new();
    let contact =
        |port: u16| format!("Contact: <sip:192.0.2.1:{port}>;+sip.instance=\"<urn:uuid:1>\"");
    story.register(0, FlowId(1), &contact(5000));
    let (_, change) = story.register(1, FlowId(2), &contact(6000));
    assert_eq!(
        change,
        Change {
            arrived: true,
            ..NOTHING
        }
    );
    let flows: Vec<_> = story
        .registrar
        .bindings("dana")
        .iter()
        .map(|one| one.flow)
        .collect();
    assert_eq!(flows, [FlowId(2)]);
    assert_eq!(story.registrar.on_flow(FlowId(1)).count(), 0);
    assert!(story.registrar.flow_closed(FlowId(1)).is_empty());
    assert_eq!(story.registrar.flow_closed(FlowId(2)), ["dana"]);
}

#[test]
fn bindings_expire() {
    let mut story = Story::new();
    let contacts = "Contact: <sip:a@192.0.2.1>;expires=100, <sip:b@192.0.2.1>;expires=200";
    story.register(0, FLOW, contacts);
    let (first, second) = (story.at(100), story.at(200));
    assert_eq!(story.registrar.next_deadline(), Some(first));
    assert!(story.registrar.expire(first).is_empty());
    assert_eq!(story.registrar.bindings("dana").len(), 1);
    assert_eq!(story.registrar.next_deadline(), Some(second));
    assert_eq!(story.registrar.expire(second), ["dana"]);
    assert_eq!(story.registrar.next_deadline(), None);
}

#[test]
fn a_user_cannot_have_devices_without_end() {
    let mut story = Story::new();
    for number in 0..MOST_DEVICES {
        let (answer, _) = story.register(0, FLOW, &format!("Contact: <sip:{number}@192.0.2.1>"));
        assert!(answer.starts_with("200"));
    }
    assert_eq!(
        story.register(0, FLOW, "Contact: <sip:more@192.0.2.1>").0,
        "403"
    );
}
