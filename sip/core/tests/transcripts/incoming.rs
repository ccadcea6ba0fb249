//! Calls that come to us.

use hark_harness::check;

#[test]
fn a_call_rings_is_answered_and_hung_up() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE) -Contact
                    To: <sip:alice@example.test>
        0.000  ev   incoming 1 from=sip:bob@example.test to=sip:alice@example.test registrar=yes equal=no sdp=offer
        0.100  app  ring 1
        0.100  ->   180 (INVITE) -sdp
                    To: <sip:alice@example.test>;tag=*
                    Contact: <sip:alice@192.0.2.10:50230;transport=tls;ms-opaque=*>
        3.000  app  answer 1 answer
        3.000  ->   200 (INVITE) sdp=answer +Allow +Supported
                    To: <sip:alice@example.test>;tag=*
                    Contact: <sip:alice@192.0.2.10:50230;transport=tls;ms-opaque=*>
        3.010  <-   ACK
        9.000  app  hang-up 1
        9.000  ->   BYE sip:bob@192.0.2.20:5061;transport=tls
                    From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                    To: <sip:bob@example.test>;tag=far
        9.000  ev   ended 1 local
        9.010  <-   200 OK
        90.000 end
        ",
    );
}

#[test]
fn a_200_is_repeated_until_its_ack() {
    check(
        "
        registered
        0.000   <-   INVITE sdp=offer
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  answer 1 answer
        0.000   ->   200 (INVITE) sdp=answer
        0.500   ->   200 (INVITE) sdp=answer
        1.500   ->   200 (INVITE) sdp=answer
        3.500   ->   200 (INVITE) sdp=answer
        7.500   ->   200 (INVITE) sdp=answer
        11.500  ->   200 (INVITE) sdp=answer
        12.000  <-   ACK
        60.000  end
        ",
    );
}

#[test]
fn a_call_that_is_never_acknowledged_ends_with_bye() {
    check(
        "
        registered
        0.000   <-   INVITE sdp=offer
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  answer 1 answer
        0.000   ->   200 (INVITE)
        0.500   ->   200 (INVITE)
        1.500   ->   200 (INVITE)
        3.500   ->   200 (INVITE)
        7.500   ->   200 (INVITE)
        11.500  ->   200 (INVITE)
        15.500  ->   200 (INVITE)
        19.500  ->   200 (INVITE)
        23.500  ->   200 (INVITE)
        27.500  ->   200 (INVITE)
        31.500  ->   200 (INVITE)
        32.000  ->   BYE
        32.000  ev   ended 1 timed-out
        ",
    );
}

#[test]
fn whoever_answered_hangs_up_only_after_the_ack() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  answer 1 answer
        0.000  ->   200 (INVITE)
        0.100  app  hang-up 1
        0.100  ev   ended 1 local
        0.500  ->   200 (INVITE)
        0.600  <-   ACK
        0.600  ->   BYE
        ",
    );
}

#[test]
fn a_repeated_invite_is_absorbed() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK-same
                    Call-ID: same
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.100  app  ring 1
        0.100  ->   180 (INVITE)
        0.500  <-   INVITE sdp=offer
                    Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK-same
                    Call-ID: same
        0.500  ->   180 (INVITE)
        ",
    );
}

#[test]
fn the_same_request_by_another_way_is_a_loop() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer tag=a
                    Call-ID: same
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.010  <-   INVITE sdp=offer tag=a
                    Call-ID: same
        0.010  ->   482 (INVITE)
        0.010  ev   dropped Merged
        ",
    );
}

#[test]
fn a_call_from_before_rfc_3261_is_matched_without_a_branch() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Via: SIP/2.0/TLS 192.0.2.1:5061
                    Call-ID: old
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.010  <-   INVITE sdp=offer
                    Via: SIP/2.0/TLS 192.0.2.1:5061
                    Call-ID: old
        0.010  ->   100 (INVITE)
        1.000  <-   CANCEL
        1.000  ->   200 (CANCEL)
        1.000  ->   487 (INVITE)
        1.000  ev   ended 1 cancelled
        1.010  <-   ACK
        40.000 end
        ",
    );
}

#[test]
fn a_ringing_call_is_kept_alive_every_minute() {
    check(
        "
        registered
        0.000    <-   INVITE sdp=offer
        0.000    ->   100 (INVITE)
        0.000    ev   incoming 1
        0.000    app  ring 1
        0.000    ->   180 (INVITE)
        60.000   ->   180 (INVITE)
        61.000   app  reject 1 603
        61.000   ->   603 (INVITE)
        61.000   ev   ended 1 local
        61.010   <-   ACK
        90.000   end
        ",
    );
}

#[test]
fn a_rejected_call_waits_for_its_ack_and_no_longer_than_timer_h() {
    check(
        "
        registered
        0.000   <-   INVITE sdp=offer
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  reject 1 486
        0.000   ->   486 (INVITE)
        0.000   ev   ended 1 local
        10.000  <-   INVITE in sdp=offer           -- a new one in a dialog that never was
        10.000  ->   100 (INVITE)
        10.000  ->   481 (INVITE)
        90.000  end
        ",
    );
}

#[test]
fn a_call_cannot_be_rejected_with_a_success_or_a_redirection() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  reject 1 200
        0.000  ev   error a call cannot be rejected with this status
        0.000  app  reject 1 302
        0.000  ev   error a call cannot be rejected with this status
        0.000  app  reject 1 480
        0.000  ->   480 (INVITE)
        0.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_caller_is_sent_on() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  deflect 1 sip:carol@example.test unconditional
        0.000  ->   302 (INVITE)
                    Contact: <sip:carol@example.test>
                    Diversion: <sip:alice@example.test>;reason=unconditional;counter=1
        0.000  ev   ended 1 local
        0.010  <-   ACK
        ",
    );
}

#[test]
fn a_late_offer_is_answered_in_the_ack() {
    check(
        "
        registered
        0.000  <-   INVITE
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 sdp=-
        1.000  app  answer 1 our-offer
        1.000  ->   200 (INVITE) sdp=our-offer
        1.010  <-   ACK sdp=their-answer
        1.010  ev   answered 1 sdp=their-answer
        ",
    );
}

#[test]
fn a_late_offer_that_is_never_answered_ends_the_call() {
    check(
        "
        registered
        0.000  <-   INVITE
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 sdp=-
        1.000  app  answer 1 our-offer
        1.000  ->   200 (INVITE) sdp=our-offer
        1.010  <-   ACK
        1.010  ->   BYE
        1.010  ev   ended 1 no-sdp
        ",
    );
}

#[test]
fn a_caller_that_insists_gets_180_reliably() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Require: 100rel
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.100  app  ring 1
        0.100  ->   180 (INVITE) +RSeq
                    Require: 100rel
        0.600  ->   180 (INVITE) +RSeq
        1.600  ->   180 (INVITE) +RSeq
        2.000  <-   PRACK
                    RAck: 1 1 INVITE
        2.000  ->   481 (PRACK)
        2.100  <-   PRACK
                    RAck: {RSeq} 1 INVITE
        2.100  ->   200 (PRACK)
        5.000  app  answer 1 answer
        5.000  ->   200 (INVITE) sdp=answer
        5.010  <-   ACK
        ",
    );
}

#[test]
fn a_caller_that_insists_and_never_confirms_is_refused() {
    check(
        "
        registered
        0.000   <-   INVITE sdp=offer
                     Require: 100rel
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  ring 1
        0.000   ->   180 (INVITE)
        0.500   ->   180 (INVITE)
        1.500   ->   180 (INVITE)
        3.500   ->   180 (INVITE)
        7.500   ->   180 (INVITE)
        15.500  ->   180 (INVITE)
        31.500  ->   180 (INVITE)
        32.000  ->   504 (INVITE)
        32.000  ev   ended 1 timed-out
        ",
    );
}

#[test]
fn the_200_does_not_wait_for_the_prack() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Require: 100rel
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  ring 1
        0.000  ->   180 (INVITE)
        0.100  app  answer 1 answer
        0.100  ->   200 (INVITE)
        0.200  <-   PRACK
                    RAck: {RSeq} 1 INVITE
        0.200  ->   200 (PRACK)
        0.210  <-   ACK
                    CSeq: 1 ACK
        9.000  end
        ",
    );
}

#[test]
fn what_an_invite_asks_for_in_vain_is_refused() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Require: 100rel, timer, replaces, x-tea
        0.000  ->   100 (INVITE)
        0.000  ->   420 (INVITE)
                    Unsupported: x-tea
        1.000  <-   INVITE body=hello
        1.000  ->   100 (INVITE)
        1.000  ->   415 (INVITE)
                    Accept: application/sdp
        2.000  <-   INVITE sdp=offer
                    Content-Encoding: gzip
        2.000  ->   100 (INVITE)
        2.000  ->   415 (INVITE)
                    Accept-Encoding: identity
        3.000  <-   INVITE urn:service:sos sdp=offer
        3.000  ->   100 (INVITE)
        3.000  ->   416 (INVITE)
        4.000  <-   INVITE sdp=offer -Contact
        4.000  ->   100 (INVITE)
        4.000  ->   400 (INVITE)
        ",
    );
}

#[test]
fn a_body_that_may_be_ignored_is_ignored() {
    check(
        "
        registered
        0.000  <-   INVITE body=hello
                    Content-Disposition: render; handling=optional
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 sdp=-
        ",
    );
}

#[test]
fn offers_in_an_early_dialog_have_to_wait() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  ring 1
        0.000  ->   180 (INVITE)
        0.100  <-   UPDATE sdp=other
        0.100  ->   500 (UPDATE) +Retry-After
        0.200  <-   UPDATE
        0.200  ->   200 (UPDATE)
        0.300  <-   INFO
                    CSeq: 2 INFO
        0.300  ->   500 (INFO)                   -- a CSeq that has been before
        0.400  <-   MESSAGE in
        0.400  ->   405 (MESSAGE)
        ",
    );
}

#[test]
fn an_invite_expires_when_it_says() {
    check(
        "
        registered
        0.000   <-   INVITE sdp=offer
                     Expires: 30
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  ring 1
        0.000   ->   180 (INVITE)
        30.000  ->   487 (INVITE)
        30.000  ev   ended 1 cancelled
        ",
    );
}

#[test]
fn the_recorded_route_is_copied_and_taken_forwards() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Record-Route: <sip:a.example.test;lr;ms-route-sig=x>, <sip:b.example.test;lr>
        0.000  ->   100 (INVITE) -Record-Route
        0.000  ev   incoming 1
        0.000  app  ring 1
        0.000  ->   180 (INVITE)
                    Record-Route: <sip:a.example.test;lr;ms-route-sig=x>*
        0.000  app  answer 1 answer
        0.000  ->   200 (INVITE)
                    Record-Route: <sip:a.example.test;lr;ms-route-sig=x>*
        0.010  <-   ACK
        1.000  app  hang-up 1
        1.000  ->   BYE sip:bob@192.0.2.20:5061;transport=tls
                    Route: <sip:a.example.test;lr;ms-route-sig=x>
                    Route: <sip:b.example.test;lr>
        1.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_call_is_sent_on_with_a_diversion() {
    check(
        "
        registered
        0.000  <-   INVITE
        0.000  ->   100
        0.000  ev   incoming 1
        0.000  app  ring 1
        0.000  ->   180
        9.000  app  deflect 1 sip:carol@example.test no-answer
        9.000  ->   302 (INVITE)
                    Contact: <sip:carol@example.test>
                    Diversion: <sip:alice@example.test>;reason=no-answer;counter=1
        9.000  ev   ended 1 local
        9.010  <-   ACK
        9.020  app  deflect 1 sip:carol@example.test no-answer
        9.020  ev   error the call is not in a state for this
        ",
    );
}

#[test]
fn ox11_the_core_sends_no_call_on_that_forbids_it() {
    for headers in [
        "From: <sip:alice@example.test>;tag=far",
        "Ms-Sensitivity: private-no-diversion",
        "Ms-Sensitivity: normal-no-diversion",
    ] {
        check(&format!(
            "
            registered
            0.000  <-   INVITE
                        {headers}
            0.000  ->   100
            0.000  ev   incoming 1
            0.000  app  deflect 1 sip:carol@example.test unconditional
            0.000  ev   error the caller must not be sent on
            1.000  app  reject 1 480
            1.000  ->   480 (INVITE)
            1.000  ev   ended 1 local
            1.010  <-   ACK
            "
        ));
    }
}

#[test]
fn the_servers_word_on_who_calls_counts_on_its_own_flow_alone() {
    check(
        "
        registered
        0.000  net  opened flow=accepted
        0.000  <-   INVITE sdp=offer
                    P-Asserted-Identity: \"Bob\" <sip:bob@example.test>, <tel:+15550100>
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 registrar=yes asserted=sip:bob@example.test
        1.000  <-   INVITE sdp=offer flow=accepted
                    P-Asserted-Identity: <sip:boss@example.test>
        1.000  ->   100 (INVITE) flow=accepted
        1.000  ev   incoming 2 registrar=no asserted=-
        ",
    );
}

#[test]
fn who_sent_a_call_on_last_is_told() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Diversion: <sip:second@example.test>;reason=no-answer
                    Diversion: <sip:first@example.test>;reason=user-busy
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 diverted=sip:second@example.test
        1.000  <-   INVITE sdp=offer
                    History-Info: <sip:carol@example.test?Reason=SIP%3Bcause%3D486>;index=1
                    History-Info: <sip:alice@example.test;cause=486>;index=1.1;mp=1
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 diverted=sip:carol@example.test
        2.000  <-   INVITE sdp=offer
        2.000  ->   100 (INVITE)
        2.000  ev   incoming 3 diverted=-
        ",
    );
}
