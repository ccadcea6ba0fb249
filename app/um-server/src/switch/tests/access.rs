//! Who may do what, and what hostile input gets.

use proptest::prelude::*;

use super::check;
use super::world::World;

#[test]
fn whoever_claims_to_be_a_user_must_prove_it() {
    check(
        "0.000 stranger -> connect tls
         0.000 stranger -> INVITE sip:bob@example.test / From: <sip:dana@example.test>
         0.000 stranger <- 407 INVITE
         1.000 stranger -> raw REGISTER sip:example.test SIP/2.0~Via: SIP/2.0/TLS a;branch=z9hG4bK1~From: <sip:dana@example.test>;tag=1~To: <sip:dana@example.test>~Call-ID: 1~CSeq: 1 REGISTER~Contact: <sip:a@b>~Content-Length: 0~~
         1.000 stranger <- 401 REGISTER
         2.000 stranger -> raw REGISTER sip:example.test SIP/2.0~Via: SIP/2.0/TLS a;branch=z9hG4bK2~From: <sip:nobody@example.test>;tag=1~To: <sip:nobody@example.test>~Call-ID: 1~CSeq: 2 REGISTER~Contact: <sip:a@b>~Content-Length: 0~~
         2.000 stranger <- 401 REGISTER",
    );
}

#[test]
fn a_user_cannot_register_or_call_as_another() {
    check(
        "0.000 bob -> connect tls
         0.000 bob -> request REGISTER sip:example.test / To: <sip:dana@example.test>
         0.000 bob <- 403 REGISTER
         1.000 bob -> INVITE sip:otto@example.test / From: <sip:dana@example.test>
         1.000 bob <- 403 INVITE",
    );
}

#[test]
fn a_stranger_may_call_but_not_speak_for_the_server() {
    check(
        "0.000 dana     -> connect tls
         0.000 dana     -> sign in
         0.000 um       <- dana signed in over Tls
         0.000 stranger -> connect tcp
         1.000 stranger -> INVITE sip:dana@example.test / P-Asserted-Identity: <sip:bob@example.test>
         1.000 dana     <- INVITE sip:dana@192.0.2.1:5555 / From: sip:stranger@elsewhere.test
         2.000 stranger -> INVITE sip:someone@elsewhere.test
         2.000 stranger <- 404 INVITE
         3.000 stranger -> request NOTIFY sip:dana@example.test / Event: message-summary
         3.000 stranger <- 405 NOTIFY
         4.000 stranger -> request PUBLISH sip:dana@example.test / Event: presence
         4.000 stranger <- 405 PUBLISH",
    );
}

#[test]
fn a_route_that_was_made_up_leads_nowhere() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> request BYE sip:dana@192.0.2.1:5555 / Route: <sip:0123456789abcdef@192.0.2.100:5061;lr> / To: <sip:dana@example.test>;tag=1
         1.000 bob  <- 481 BYE
         2.000 bob  -> request INFO sip:dana@192.0.2.1:5555 / To: <sip:dana@example.test>;tag=1
         2.000 bob  <- 481 INFO",
    );
}

#[test]
fn a_route_to_the_server_itself_is_taken_off() {
    check(
        "0.000 bob -> connect tls
         0.000 bob -> INVITE sip:otto@example.test / Route: <sip:example.test;lr>, <sip:192.0.2.100:5061;transport=tls;lr>
         0.000 bob <- 480 INVITE",
    );
}

#[test]
fn a_request_without_hops_left_goes_no_further() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test / Max-Forwards: 0
         1.000 bob  <- 483 INVITE",
    );
}

#[test]
fn the_server_tells_its_abilities_and_answers_pings() {
    check(
        "0.000 stranger -> connect tcp
         0.000 stranger -> request OPTIONS sip:example.test
         0.000 stranger <- 200 OPTIONS
         1.000 stranger -> raw ~~
         1.000 stranger <- pong",
    );
}

#[test]
fn bad_input_costs_that_message_alone() {
    check(
        "0.000 stranger -> connect tcp
         0.000 stranger -> raw hello there~~
         1.000 stranger -> raw INVITE sip:dana@example.test SIP/2.0~Via: SIP/2.0/TCP a;branch=z9hG4bK1~From: <sip:a@b>;tag=1~To: <sip:a@b>~Call-ID: 1~CSeq: 1 INVITE~Max-Forwards: many~Content-Length: 0~~
         1.000 stranger <- 400 INVITE
         2.000 stranger -> raw FOO sip:example.test SIP/2.0~Via: SIP/2.0/TCP a;branch=z9hG4bK2~From: <sip:a@b>;tag=1~To: <sip:a@b>~Call-ID: 1~CSeq: 1 FOO~Content-Length: 0~~
         2.000 stranger <- 404 FOO
         3.000 stranger -> raw SIP/2.0 200 OK~Via: SIP/2.0/TCP a;branch=z9hG4bK3~From: <sip:a@b>;tag=1~To: <sip:a@b>~Call-ID: 1~CSeq: 1 INVITE~Content-Length: 0~~
         4.000 stranger -> raw ACK sip:dana@example.test SIP/2.0~Via: SIP/2.0/TCP a;branch=z9hG4bK4~From: <sip:a@b>;tag=1~To: <sip:a@b>;tag=2~Call-ID: 1~CSeq: 1 ACK~Content-Length: 0~~
         5.000 stranger -> request OPTIONS sip:example.test
         5.000 stranger <- 200 OPTIONS",
    );
}

/// Requests that lead to every part of the server.
const REQUESTS: &[&str] = &[
    "INVITE sip:dana@example.test;opaque=app:voicemail SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:dana@example.test>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@b>\r\nMs-Exchange-Command: skip-pin\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
    "REGISTER sip:example.test SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK2\r\nFrom: <sip:dana@example.test>;tag=1;epid=0123\r\nTo: <sip:dana@example.test>\r\nCall-ID: 2\r\nCSeq: 1 REGISTER\r\nContact: <sip:a@b>;expires=60\r\nAuthorization: Digest username=\"dana\", realm=\"example.test\", nonce=\"1\", uri=\"sip:example.test\", response=\"0\"\r\nSupported: gruu-10\r\nContent-Length: 0\r\n\r\n",
    "SUBSCRIBE sip:dana@example.test SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK3\r\nFrom: <sip:dana@example.test>;tag=1\r\nTo: <sip:dana@example.test>;tag=2\r\nCall-ID: 3\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:a@b>\r\nEvent: message-summary\r\nExpires: 100\r\nContent-Length: 0\r\n\r\n",
    "BYE sip:dana@example.test SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK4\r\nRoute: <sip:0123@192.0.2.100:5060;lr>, <sip:b>\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:dana@example.test>;tag=2\r\nCall-ID: 1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n",
    "CANCEL sip:dana@example.test;opaque=app:voicemail SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:dana@example.test>\r\nCall-ID: 1\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
];

proptest! {
    /// Requests with bytes changed, cut and mixed cost at most the flow that they come on.
    #[test]
    fn damaged_requests_harm_nobody_else(
        requests in prop::collection::vec(0..REQUESTS.len(), 1..8),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let mut bytes: Vec<u8> =
            requests.iter().flat_map(|index| REQUESTS[*index].bytes()).collect();
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let mut world = World::new();
        world.perform("0.000 stranger -> connect tcp");
        world.send_bytes("stranger", &bytes);
        world.advance_to(40.0);
        world.perform("40.000 bob -> connect tls");
        world.perform("40.000 bob -> sign in");
        prop_assert_eq!(world.log.last().map(String::as_str), Some("40.000 um <- bob signed in over Tls"));
    }
}
