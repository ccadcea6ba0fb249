//! Bad input costs itself and nothing else.

use hark_phone::Command;

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer};

const OPTIONS: &str = "OPTIONS sip:alice@127.0.0.1 SIP/2.0\r\n\
     Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKo1\r\n\
     Max-Forwards: 70\r\n\
     From: <sip:server@contoso.com>;tag=s1\r\n\
     To: <sip:alice@contoso.com>\r\n\
     CSeq: 1 OPTIONS\r\n\
     Call-ID: options-1\r\n";

fn signed_in(server: &RawServer) -> (Phone, RawFlow) {
    let (phone, flow, _) = Phone::signed_in(server, server.account());
    (phone, flow)
}

/// The flow is up and the phone answers on it.
#[track_caller]
fn assert_alive(flow: &mut RawFlow) {
    flow.send_with_body(OPTIONS, "");
    loop {
        let response = flow.expect_response();
        if response.header("Call-ID") == Some("options-1") {
            assert_eq!(response.status(), "200 OK");
            return;
        }
        assert_eq!(response.status(), "400 Bad Request", "{response:#?}");
    }
}

#[test]
fn a_malformed_message_costs_that_message_alone() {
    let server = RawServer::tls();
    let (_phone, mut flow) = signed_in(&server);
    let no_from = OPTIONS.replace("From: <sip:server@contoso.com>;tag=s1\r\n", "");
    let bad_cseq = OPTIONS.replace("CSeq: 1 OPTIONS", "CSeq: banana");
    for bad in [no_from, bad_cseq, "GARBAGE\r\n".to_owned()] {
        flow.send_with_body(&bad.replace("options-1", "bad-1").replace("o1", "bad"), "");
    }
    flow.send_bytes(b"INVITE \xff\xfe\x00 SIP/2.0\r\nContent-Length: 4\r\n\r\n\x00\x01\x02\x03");
    assert_alive(&mut flow);
}

#[test]
fn an_oversized_body_costs_that_message_alone() {
    let server = RawServer::tls();
    let (_phone, mut flow) = signed_in(&server);
    let body = "x".repeat(1024 * 1024 + 1);
    let message = OPTIONS.replace("OPTIONS", "MESSAGE");
    flow.send_with_body(&message.replace("options-1", "message-1"), &body);
    loop {
        let response = flow.expect_response();
        if !response.status().starts_with("100") {
            assert!(response.status().starts_with('4') || response.status().starts_with('5'));
            break;
        }
    }
    assert_alive(&mut flow);
}

#[test]
fn commands_for_calls_that_do_not_exist_change_nothing() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    let call = hark_phone::CallId(7);
    for command in [
        Command::Answer { call },
        Command::Decline { call },
        Command::HangUp { call },
        Command::SendDigits {
            call,
            digits: "1".into(),
        },
        Command::SetHeld { call, held: true },
        Command::SetMuted { call, muted: true },
    ] {
        let before = phone.snapshot();
        phone.send(command);
        assert_eq!(
            phone.until_error(),
            "There is no call 7. It may have ended."
        );
        // That it went wrong is remembered for a report, and nothing else is different.
        let mut after = (*phone.snapshot()).clone();
        after.diagnosis = before.diagnosis.clone();
        assert_eq!(after, *before);
    }
    assert_alive(&mut flow);
}
