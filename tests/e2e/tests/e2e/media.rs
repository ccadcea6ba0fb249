//! Calls whose sound cannot be agreed on: refused before anything rings, with a sentence here.

use hark_phone::{CallState, Command, Event, MediaEncryption};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};

fn signed_in(server: &RawServer, encryption: MediaEncryption) -> (Phone, RawFlow) {
    let mut account = server.account();
    account.media_encryption = Some(encryption);
    let (phone, flow, _) = Phone::signed_in(server, account);
    (phone, flow)
}

fn invite() -> &'static str {
    "INVITE sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
     Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKm1\r\n\
     Max-Forwards: 70\r\n\
     From: <sip:bob@contoso.com>;tag=b1\r\n\
     To: <sip:alice@contoso.com>\r\n\
     CSeq: 1 INVITE\r\n\
     Call-ID: media-1\r\n\
     Contact: <sip:bob@127.0.0.1;transport=tls>\r\n"
}

/// An offer that the phone must refuse with 488 before it rings.
#[track_caller]
fn check_refused(encryption: MediaEncryption, offer: &str, words: &str) {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server, encryption);
    flow.send_with_body(invite(), offer);
    let answer = loop {
        let response = flow.expect_response();
        if !response.status().starts_with("100") {
            break response;
        }
    };
    assert_eq!(answer.status(), "488 Not Acceptable Here");
    let text = phone.until("a sentence", |event| match event {
        Event::Error { text } => Some(text.clone()),
        Event::Incoming { .. } => panic!("it rang"),
        _ => None,
    });
    assert!(text.contains(words), "{text}");
}

#[test]
fn no_common_codec_is_refused_with_a_sentence() {
    check_refused(MediaEncryption::Off, &sdp("18"), "no codec in common");
}

#[test]
fn encryption_that_is_required_and_not_offered_is_refused_with_a_sentence() {
    check_refused(MediaEncryption::Required, &sdp("0"), "encrypted calls only");
}

#[test]
fn an_offer_that_is_no_description_is_refused() {
    check_refused(MediaEncryption::Off, "hello", "cannot be understood");
}

#[test]
fn an_answer_without_a_common_codec_ends_the_call_with_a_sentence() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server, MediaEncryption::Off);
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    let contact = "Contact: <sip:bob@127.0.0.1;transport=tls>\r\n";
    flow.respond(&invite, "200 OK", contact, &sdp("18"));
    flow.expect("ACK");
    flow.expect("BYE");
    let (_, reason) = phone.until_call(CallState::Ended);
    assert!(reason.is_some_and(|text| text.contains("no codec in common")));
}
