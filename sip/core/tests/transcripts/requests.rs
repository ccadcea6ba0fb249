//! Requests that belong to nothing, and what is no request at all.

use hark_harness::{Scene, check};

#[test]
fn options_tells_what_we_can_do() {
    check(
        "
        registered
        0.000  <-   OPTIONS
        0.000  ->   200 (OPTIONS) -sdp
                    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, BENOTIFY
                    Accept: application/sdp
                    Supported: 100rel*
        ",
    );
}

#[test]
fn methods_that_we_do_not_serve_get_405_and_unknown_ones_501() {
    check(
        "
        registered
        0.000  <-  MESSAGE
        0.000  ->  405 (MESSAGE) +Allow
        0.000  <-  SUBSCRIBE
        0.000  ->  405 (SUBSCRIBE) +Allow
        0.000  <-  PUBLISH
        0.000  ->  405 (PUBLISH) +Allow
        0.000  <-  SERVICE
        0.000  ->  501 (SERVICE) +Allow
        ",
    );
}

#[test]
fn requests_of_dialogs_that_we_do_not_know_get_481() {
    check(
        "
        registered
        0.000  <-  BYE in=register
                   Call-ID: nothing
        0.000  ->  481 (BYE)
        0.000  <-  INFO in=register
                   Call-ID: nothing
                   To: <sip:alice@example.test>
        0.000  ->  481 (INFO)
        0.000  <-  INVITE in=register sdp=offer
                   Call-ID: nothing
        0.000  ->  100 (INVITE)
        0.000  ->  481 (INVITE)
        0.000  <-  OPTIONS in=register
                   Call-ID: nothing
        0.000  ->  481 (OPTIONS)
        ",
    );
}

#[test]
fn an_ack_of_nothing_is_dropped() {
    check(
        "
        registered
        0.000  <-  ACK in=register
        0.000  ev  dropped StrayRequest
        ",
    );
}

#[test]
fn a_response_to_nothing_is_dropped() {
    check(
        "
        registered
        0.000  <-  200 OK (REGISTER)
        0.000  ev  dropped StrayResponse
        ",
    );
}

#[test]
fn a_bad_message_costs_itself_alone() {
    Scene::new(
        "
        registered
        0.000  <-  file no_sip
        0.000  ev  dropped Malformed
        0.000  <-  file bad_cseq
        0.000  ->  400 (OPTIONS) 
        0.000  ev  dropped Malformed
        0.000  <-  file sip_3
        0.000  ->  505 (OPTIONS)
        0.000  ev  dropped Malformed
        1.000  <-  OPTIONS
        1.000  ->  200 (OPTIONS)
        ",
    )
    .file("no_sip", b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n")
    .file(
        "bad_cseq",
        b"OPTIONS sip:alice@example.test SIP/2.0\r\n\
          Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1\r\n\
          From: <sip:bob@example.test>;tag=1\r\n\
          To: <sip:alice@example.test>\r\n\
          Call-ID: bad\r\n\
          CSeq: 1 OPTIONS\r\n\
          Max-Forwards: many\r\n\
          Content-Length: 0\r\n\r\n",
    )
    .file(
        "sip_3",
        b"OPTIONS sip:alice@example.test SIP/3.0\r\n\
          Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK2\r\n\
          From: <sip:bob@example.test>;tag=1\r\n\
          To: <sip:alice@example.test>\r\n\
          Call-ID: new\r\n\
          CSeq: 1 OPTIONS\r\n\
          Content-Length: 0\r\n\r\n",
    )
    .run();
}

#[test]
fn a_flood_of_requests_is_bounded() {
    let mut script = String::from("registered\n");
    for call in 1..=257 {
        script.push_str("0.000  <-  INVITE sdp=offer\n");
        match call {
            257 => script.push_str(
                "0.000  ->  503 (INVITE) +Retry-After
                 0.000  ev  dropped Overload\n",
            ),
            _ => script.push_str(&format!(
                "0.000  ->  100 (INVITE)
                 0.000  ev  incoming {call}\n"
            )),
        }
    }
    script.push_str(
        "0.000  app  invite sip:bob@example.test
         0.000  ev   ended 257 too-many-calls\n",
    );
    check(&script);
}

#[test]
fn calls_that_are_over_make_room_for_new_ones() {
    let mut script = String::from("registered\n");
    for call in 1..=300 {
        let time = call / 10;
        script.push_str(&format!(
            "{time}.000  <-   INVITE sdp=offer
             {time}.000  ->   100 (INVITE)
             {time}.000  ev   incoming {call}
             {time}.000  app  reject {call} 486
             {time}.000  ->   486 (INVITE)
             {time}.000  ev   ended {call} local
             {time}.000  <-   ACK\n"
        ));
    }
    check(&script);
}

/// A 2xx keeps its transaction for half a minute (RFC 6026 §7.1), which must not be in the way.
#[test]
fn answered_calls_make_room_for_new_ones() {
    let mut script = String::from("registered\n");
    for call in 1..=600 {
        let time = call / 100;
        script.push_str(&format!(
            "{time}.000  <-   INVITE sdp=offer
             {time}.000  ->   100 (INVITE)
             {time}.000  ev   incoming {call}
             {time}.000  app  answer {call} answer
             {time}.000  ->   200 (INVITE)
             {time}.000  <-   ACK
             {time}.000  <-   BYE in
             {time}.000  ->   200 (BYE)
             {time}.000  ev   ended {call} hung-up\n"
        ));
    }
    check(&script);
}
