//! Calls that we place, up to their answer.

use hark_harness::check;

#[test]
fn a_call_rings_is_answered_and_hung_up() {
    check(
        "
        registered
        0.000   app  invite sip:bob@example.test sdp=offer
        0.000   ->   INVITE sip:bob@example.test cseq=1 sdp=offer
                     From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                     To: <sip:bob@example.test>
                     Contact: <sip:alice@192.0.2.10:50230;transport=tls;ms-opaque=*>
                     Max-Forwards: 70
                     Content-Type: application/sdp
        0.010   <-   100 Trying
        0.100   <-   180 Ringing
        0.100   ev   progress 1 180 fork=0 sdp=-
        3.000   <-   200 OK sdp=answer
        3.000   ->   ACK sip:bob@192.0.2.20:5061;transport=tls cseq=1 -sdp
                     To: <sip:bob@example.test>;tag=far
        3.000   ev   answered 1 sdp=answer
        10.000  app  hang-up 1
        10.000  ->   BYE sip:bob@192.0.2.20:5061;transport=tls cseq=2
                     From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                     To: <sip:bob@example.test>;tag=far
        10.000  ev   ended 1 local
        10.010  <-   200 OK
        99.000  end
        ",
    );
}

#[test]
fn the_other_side_hangs_up() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   200 OK sdp=answer
        0.010  ->   ACK
        0.010  ev   answered 1
        5.000  <-   BYE
                    Reason: Q.850;cause=16
        5.000  ->   200 (BYE)
        5.000  ev   ended 1 hung-up
        5.100  <-   BYE                          -- once more, in the dialog that is over
        5.100  ->   200 (BYE)
        ",
    );
}

#[test]
fn a_repeated_200_gets_its_ack_again() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   200 OK sdp=answer
        0.010  ->   ACK
        0.010  ev   answered 1
        0.510  <-   200 OK (INVITE) sdp=answer
        0.510  ->   ACK
        1.000  app  hang-up 1
        1.000  ->   BYE
        1.000  ev   ended 1 local
        1.510  <-   200 OK (INVITE) sdp=answer
        1.510  ->   ACK
        33.000 <-   200 OK (INVITE) sdp=answer   -- Timer M is over (RFC 6026)
        33.000 ev   dropped StrayResponse
        ",
    );
}

#[test]
fn invite_is_authenticated_for_proxy_and_server_in_a_chain() {
    check(
        "
        registered unchallenged
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE cseq=1 -Proxy-Authorization
        0.010  <-   407 Proxy Authentication Required
        0.010  ->   ACK cseq=1
        0.010  ->   INVITE cseq=2 sdp=offer +Proxy-Authorization -Authorization
        0.020  <-   401 Unauthorized
        0.020  ->   ACK cseq=2
        0.020  ->   INVITE cseq=3 sdp=offer +Proxy-Authorization +Authorization
        0.030  <-   200 OK sdp=answer
        0.030  ->   ACK cseq=3 +Proxy-Authorization +Authorization
        0.030  ev   answered 1
        ",
    );
}

#[test]
fn an_invite_whose_password_is_refused_ends() {
    check(
        "
        registered unchallenged
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   407 Proxy Authentication Required
        0.010  ->   ACK
        0.010  ->   INVITE +Proxy-Authorization
        0.020  <-   407 Proxy Authentication Required
        0.020  ->   ACK
        0.020  ev   ended 1 not-authorized
        ",
    );
}

#[test]
fn a_refusal_is_acknowledged_and_told_with_its_cause() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   486 Busy Here
        0.010  ->   ACK sip:bob@example.test cseq=1
                    To: <sip:bob@example.test>;tag=far
                    Via: SIP/2.0/TLS 192.0.2.10:50230;branch=z9hG4bK*
        0.010  ev   ended 1 refused 486
        1.000  app  invite sip:bob@example.test
        1.000  ->   INVITE
        1.010  <-   480 Temporarily Unavailable
                    Reason: SIP;cause=200;text=\"Call completed elsewhere\"
        1.010  ->   ACK
        1.010  ev   ended 2 refused 480 elsewhere
        ",
    );
}

#[test]
fn timer_b_ends_a_call_that_nobody_heard() {
    check(
        "
        registered
        0.000   app  invite sip:bob@example.test
        0.000   ->   INVITE
        32.000  ev   ended 1 timed-out
        ",
    );
}

#[test]
fn a_ringing_call_may_ring_for_ever() {
    check(
        "
        registered
        0.000   app  invite sip:bob@example.test
        0.000   ->   INVITE
        31.900  <-   100 Trying
        90.000  <-   180 Ringing
        90.000  ev   progress 1 180
        94.000  end
        ",
    );
}

#[test]
fn early_media_of_forks_is_kept_apart_and_the_one_that_answers_wins() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   183 Session Progress tag=one sdp=early1
        0.010  ev   progress 1 183 fork=0 sdp=early1
        0.020  <-   180 Ringing tag=two
        0.020  ev   progress 1 180 fork=1 sdp=-
        0.030  <-   183 Session Progress tag=two sdp=early2
        0.030  ev   progress 1 183 fork=1 sdp=early2
        2.000  <-   200 OK tag=two sdp=answer2
        2.000  ->   ACK
                    To: <sip:bob@example.test>;tag=two
        2.000  ev   answered 1 sdp=answer2
        2.100  <-   200 OK (INVITE) tag=one sdp=answer1
        2.100  ->   ACK
                    To: <sip:bob@example.test>;tag=one
        2.100  ->   BYE
                    To: <sip:bob@example.test>;tag=one
        2.200  <-   200 OK (INVITE) tag=one sdp=answer1
        2.200  ->   ACK
                    To: <sip:bob@example.test>;tag=one
        3.000  app  hang-up 1
        3.000  ->   BYE
                    To: <sip:bob@example.test>;tag=two
        3.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_200_without_sdp_takes_that_of_its_183() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   183 Session Progress sdp=early
        0.010  ev   progress 1 183 sdp=early
        2.000  <-   200 OK
        2.000  ->   ACK
        2.000  ev   answered 1 sdp=early
        ",
    );
}

#[test]
fn a_200_without_any_sdp_is_hung_up() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        2.000  <-   200 OK
        2.000  ->   ACK
        2.000  ->   BYE
        2.000  ev   ended 1 no-sdp
        ",
    );
}

#[test]
fn reliable_provisional_responses_get_prack_which_does_not_hold_up_the_200() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   183 Session Progress sdp=early
                    Require: 100rel
                    RSeq: 988789
        0.010  ->   PRACK sip:bob@192.0.2.20:5061;transport=tls cseq=2
                    RAck: 988789 1 INVITE
        0.010  ev   progress 1 183 sdp=early
        0.020  <-   200 OK (INVITE) sdp=early   -- before the PRACK is answered
        0.020  ->   ACK cseq=1
        0.020  ev   answered 1 sdp=early
        0.030  <-   200 OK (PRACK)
        1.000  app  hang-up 1
        1.000  ->   BYE cseq=3
        1.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_repeated_reliable_response_is_not_told_twice_and_a_gap_waits() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   180 Ringing
                    Require: 100rel
                    RSeq: 1
        0.010  ->   PRACK
                    RAck: 1 1 INVITE
        0.010  ev   progress 1 180
        0.510  <-   180 Ringing (INVITE)
                    Require: 100rel
                    RSeq: 1
        0.600  <-   183 Session Progress (INVITE)
                    Require: 100rel
                    RSeq: 3
        0.700  <-   183 Session Progress (INVITE)
                    Require: 100rel
                    RSeq: 2
        0.700  ->   PRACK
                    RAck: 2 1 INVITE
        0.700  ev   progress 1 183
        ",
    );
}

#[test]
fn the_route_of_the_200_is_taken_backwards_by_ack_and_bye() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE -Route
        0.010  <-   200 OK sdp=answer
                    Record-Route: <sip:b.example.test;lr;ms-key=9>, <sip:a.example.test;lr>
        0.010  ->   ACK sip:bob@192.0.2.20:5061;transport=tls
                    Route: <sip:a.example.test;lr>
                    Route: <sip:b.example.test;lr;ms-key=9>
        0.010  ev   answered 1
        1.000  app  hang-up 1
        1.000  ->   BYE sip:bob@192.0.2.20:5061;transport=tls
                    Route: <sip:a.example.test;lr>
        1.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_strict_router_gets_its_own_uri_and_the_target_as_the_last_route() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   200 OK sdp=answer
                    Record-Route: <sip:last.example.test;lr>, <sip:strict.example.test>
        0.010  ->   ACK sip:strict.example.test
                    Route: <sip:last.example.test;lr>
                    Route: <sip:bob@192.0.2.20:5061;transport=tls>
        0.010  ev   answered 1
        ",
    );
}

#[test]
fn a_contact_learned_from_a_180_serves_a_200_without_one() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   180 Ringing
                    Contact: <sip:bob@192.0.2.77>
        0.010  ev   progress 1 180
        0.020  <-   200 OK sdp=answer -Contact
        0.020  ->   ACK sip:bob@192.0.2.77
        0.020  ev   answered 1
        ",
    );
}

#[test]
fn a_response_without_a_branch_is_matched_by_call_id_and_cseq() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   180 Ringing
                    Via: SIP/2.0/tls 192.0.2.10:50230
        0.010  ev   progress 1 180
        0.020  <-   200 OK sdp=answer -Via
        0.020  ->   ACK
        0.020  ev   answered 1
        ",
    );
}

#[test]
fn requests_in_an_early_dialog_are_answered() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   183 Session Progress sdp=early
        0.010  ev   progress 1 183
        0.100  <-   UPDATE sdp=other
        0.100  ->   491 (UPDATE)
        0.200  <-   UPDATE
        0.200  ->   200 (UPDATE)
        0.300  <-   OPTIONS in
        0.300  ->   200 (OPTIONS)
        0.400  <-   INFO
        0.400  ->   200 (INFO)
        0.500  <-   BYE
        0.500  ->   481 (BYE)
        ",
    );
}

#[test]
fn an_early_dialog_takes_the_route_of_its_own_provisional_response() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE -Route
        0.010  <-   183 Session Progress tag=one sdp=early
                    Record-Route: <sip:b.example.test;lr>
                    Record-Route: <sip:a.example.test;lr>
                    Require: 100rel
                    RSeq: 1
        0.010  ->   PRACK sip:bob@192.0.2.20:5061;transport=tls
                    Route: <sip:a.example.test;lr>
                    Route: <sip:b.example.test;lr>
        0.010  ev   progress 1 183
        0.020  <-   183 Session Progress (INVITE) tag=two sdp=early
                    Record-Route: <sip:strict.example.test>
                    Require: 100rel
                    RSeq: 7
        0.020  ->   PRACK sip:strict.example.test
                    Route: <sip:bob@192.0.2.20:5061;transport=tls>
        0.020  ev   progress 1 183
        ",
    );
}
