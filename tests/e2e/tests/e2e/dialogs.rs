//! Calls in their rarer shapes, against the hand-written server: offers that come late, early
//! media, calls that others take, more calls than one person can answer.

use std::net::UdpSocket;

use hark_phone::snapshot::Outcome;
use hark_phone::{CallState, Command, Event};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Raw, RawFlow, RawServer, sdp};

fn signed_in(server: &RawServer) -> (Phone, RawFlow) {
    let (phone, flow, _) = Phone::signed_in(server, server.account());
    (phone, flow)
}

/// A request of Bob's in the call with this number.
fn request(method: &str, cseq: &str, n: usize, to_tag: &str, more: &str) -> String {
    format!(
        "{method} sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
         Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK{n}{}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:bob@contoso.com>;tag=b{n}\r\n\
         To: <sip:alice@contoso.com>{to_tag}\r\n\
         CSeq: {cseq}\r\n\
         Call-ID: call-{n}\r\n\
         Contact: <sip:bob@127.0.0.1;transport=tls>\r\n\
         {more}",
        cseq.replace(' ', "")
    )
}

fn invite(n: usize) -> String {
    request("INVITE", "1 INVITE", n, "", "")
}

fn to_tag(response: &Raw) -> String {
    let to = response.header("To").expect("a To");
    let (_, tag) = to.split_once(";tag=").expect("a tag");
    format!(";tag={}", tag.split(';').next().unwrap_or_default())
}

#[track_caller]
fn expect_status(flow: &mut RawFlow, status: &str) -> Raw {
    loop {
        let response = flow.expect_response();
        if !response.status().starts_with("100") {
            assert_eq!(response.status(), status, "{response:#?}");
            return response;
        }
    }
}

#[test]
fn an_invite_without_an_offer_gets_ours_and_takes_the_answer_in_the_ack() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    flow.send_with_body(&invite(1), "");
    let (call, ..) = phone.until_incoming();
    expect_status(&mut flow, "180 Ringing");
    phone.send(Command::Answer { call });
    let answer = expect_status(&mut flow, "200 OK");
    assert!(answer.body.contains("m=audio "), "{answer:#?}");
    let ack = request("ACK", "1 ACK", 1, &to_tag(&answer), "");
    flow.send_with_body(&ack, &sdp("0"));
    phone.until_call(CallState::Connected);
}

#[test]
fn early_media_is_early_and_the_answer_connects() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    let contact = "Contact: <sip:bob@127.0.0.1;transport=tls>\r\n";
    flow.respond(&invite, "183 Session Progress", contact, &sdp("8"));
    phone.until_call(CallState::Early);
    flow.respond(&invite, "200 OK", contact, &sdp("0"));
    flow.expect("ACK");
    phone.until_call(CallState::Connected);
    let codec = phone.until("media", |event| match event {
        Event::Media { codec, .. } => Some(*codec),
        _ => None,
    });
    assert_eq!(codec, "PCMU", "the last answer counts");
}

#[test]
fn a_call_that_another_device_took_is_not_missed() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    flow.send_with_body(&invite(1), &sdp("0"));
    phone.until_incoming();
    expect_status(&mut flow, "180 Ringing");
    let reason = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";
    // A CANCEL has the branch of its INVITE (RFC 3261 §9.1).
    let cancel = request("CANCEL", "1 CANCEL", 1, "", reason).replace("1CANCEL", "1INVITE");
    flow.send_with_body(&cancel, "");
    let (_, reason) = phone.until_call(CallState::Ended);
    assert_eq!(reason.as_deref(), Some("Another device answered the call."));
    let entry = phone.shows("the history", |shown| shown.history.first().cloned());
    assert_eq!(entry.outcome, Outcome::AnsweredElsewhere);
    assert_eq!(phone.snapshot().missed_unseen, 0);
}

#[test]
fn the_fifth_call_at_once_is_busy() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    for n in 1..=4 {
        flow.send_with_body(&invite(n), &sdp("0"));
        phone.until_incoming();
        expect_status(&mut flow, "180 Ringing");
    }
    flow.send_with_body(&invite(5), &sdp("0"));
    expect_status(&mut flow, "486 Busy Here");
    assert_eq!(phone.snapshot().calls.len(), 4);
}

#[test]
fn hold_is_offered_to_the_other_side_and_a_refusal_takes_it_back() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    let contact = "Contact: <sip:bob@127.0.0.1;transport=tls>\r\n";
    flow.respond(&invite, "200 OK", contact, &sdp("0"));
    flow.expect("ACK");
    let (call, _) = phone.until_call(CallState::Connected);
    phone.send(Command::SetHeld { call, held: true });
    let hold = flow.expect("INVITE");
    assert!(hold.body.contains("a=sendonly"), "{hold:#?}");
    flow.respond(&hold, "488 Not Acceptable Here", "", "");
    flow.expect("ACK");
    assert!(phone.until_error().contains("did not agree to hold"));
    assert!(!phone.snapshot().calls[0].held);
}

#[test]
fn mute_is_silence_on_the_wire() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    let media = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    media
        .set_read_timeout(Some(hark_e2e::LIMIT))
        .expect("a socket");
    let port = media.local_addr().expect("a bound socket").port();
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    let contact = "Contact: <sip:bob@127.0.0.1;transport=tls>\r\n";
    let here = sdp("0").replace("40000", &port.to_string());
    flow.respond(&invite, "200 OK", contact, &here);
    flow.expect("ACK");
    let (call, _) = phone.until_call(CallState::Connected);
    phone.send(Command::SetMuted { call, muted: true });
    phone.shows("muted", |shown| shown.calls.first()?.muted.then_some(()));
    let mut packet = [0; 400];
    for _ in 0..10 {
        let length = media.recv(&mut packet).expect("a stream that goes on");
        let payload = &packet[12..length];
        assert!(
            payload.iter().all(|&octet| octet & 0x7f == 0x7f),
            "{payload:?}"
        );
    }
}
