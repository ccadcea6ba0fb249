//! Calls that are sent on or refused by rules, and presence as the server is told it.

use hark_phone::snapshot::Outcome;
use hark_phone::{CallKind, Command, Presence, RingRules};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Raw, RawFlow, RawServer, sdp};

fn phone(rules: RingRules) -> (Phone, RawFlow) {
    let server = RawServer::tls();
    let (phone, flow, _) = Phone::signed_in_with(&server, server.account(), |config| {
        config.ring_rules = Some(rules);
    });
    (phone, flow)
}

fn invite(from: &str, n: usize) -> String {
    format!(
        "INVITE sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
         Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKw{n}\r\n\
         Max-Forwards: 70\r\n\
         From: <{from}>;tag=b{n}\r\n\
         To: <sip:alice@contoso.com>\r\n\
         CSeq: 1 INVITE\r\n\
         Call-ID: who-rings-{n}\r\n\
         Contact: <sip:bob@127.0.0.1;transport=tls>\r\n"
    )
}

/// The first response but 100.
fn answer(flow: &mut RawFlow) -> Raw {
    loop {
        let response = flow.expect_response();
        if !response.status().starts_with("100") {
            return response;
        }
    }
}

#[test]
fn ox11_forwarding_takes_every_call_but_play_on_phone() {
    let (phone, mut flow) = phone(RingRules {
        forward_always: Some("carol".into()),
        ..RingRules::default()
    });
    flow.send_with_body(&invite("sip:bob@contoso.com", 1), &sdp("0"));
    let sent_on = answer(&mut flow);
    assert_eq!(sent_on.status(), "302 Moved Temporarily");
    assert_eq!(sent_on.header("Contact"), Some("<sip:carol@contoso.com>"));
    let diversion = "<sip:alice@contoso.com>;reason=unconditional;counter=1";
    assert_eq!(sent_on.header("Diversion"), Some(diversion));
    let outcome = phone.shows("a history", |shown| Some(shown.history.first()?.outcome));
    assert_eq!(outcome, Outcome::Forwarded);
    flow.send_with_body(&invite("sip:alice@contoso.com", 2), &sdp("0"));
    let (call, kind, _) = phone.until_incoming();
    assert_eq!(kind, CallKind::PlayOnPhone);
    assert_eq!(answer(&mut flow).status(), "180 Ringing");
    let to = "carol".to_owned();
    phone.send(Command::Deflect { call, to });
    assert!(phone.until_error().contains("cannot be forwarded"));
}

#[test]
fn a_call_that_nobody_answers_is_sent_on() {
    let (phone, mut flow) = phone(RingRules {
        forward_no_answer: Some("2002".into()),
        no_answer_seconds: 3,
        ..RingRules::default()
    });
    flow.send_with_body(&invite("sip:bob@contoso.com", 1), &sdp("0"));
    phone.until_incoming();
    assert_eq!(answer(&mut flow).status(), "180 Ringing");
    let sent_on = answer(&mut flow);
    assert_eq!(sent_on.status(), "302 Moved Temporarily");
    assert_eq!(sent_on.header("Contact"), Some("<sip:2002@contoso.com>"));
}

#[test]
fn presence_is_published_and_follows_the_calls_until_it_is_chosen() {
    let server = RawServer::tls();
    let phone = Phone::start(server.account(), "secret", None);
    let mut flow = server.accept();
    flow.register();
    let mut publish = |presence: &str| {
        let publish = flow.expect("PUBLISH");
        assert_eq!(publish.header("Event"), Some("presence"));
        assert!(publish.body.contains(presence), "{publish:#?}");
        flow.respond(&publish, "200 OK", "SIP-ETag: e\r\nExpires: 3600\r\n", "");
    };
    publish("<basic>open</basic>");
    assert!(phone.snapshot().presence_is_automatic);
    phone.send(Command::SetPresence(Presence::Away));
    publish("<rpid:away/>");
    phone.send(Command::SetPresence(Presence::AppearOffline));
    publish("<basic>closed</basic>");
    phone.send(Command::ResetPresence);
    publish("<basic>open</basic>");
    phone.shows("the automatic state", |shown| {
        let automatic = shown.presence_is_automatic;
        (automatic && shown.presence == Presence::Available).then_some(())
    });
}
