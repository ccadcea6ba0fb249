//! Giving a call up, in every order of events (RFC 3261 §9, §15).

use hark_harness::check;

#[test]
fn a_ringing_call_is_cancelled() {
    check(
        "
        registered
        0.000   app  invite sip:bob@example.test
        0.000   ->   INVITE cseq=1
        0.010   <-   180 Ringing
        0.010   ev   progress 1 180
        5.000   app  cancel 1
        5.000   ->   CANCEL sip:bob@example.test cseq=1 -sdp -Require -Contact
                     To: <sip:bob@example.test>
        5.000   ev   ended 1 local
        5.010   <-   200 OK (CANCEL)
        5.010   <-   487 Request Terminated (INVITE)
        5.010   ->   ACK
        60.000  end
        ",
    );
}

#[test]
fn cancel_waits_for_a_provisional_response() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  app  cancel 1
        0.010  ev   ended 1 local
        2.000  <-   100 Trying
        2.000  ->   CANCEL
        2.010  <-   200 OK (CANCEL)
        2.010  <-   487 Request Terminated (INVITE)
        2.010  ->   ACK
        ",
    );
}

#[test]
fn cancel_that_crosses_the_200_is_followed_by_bye() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   180 Ringing
        0.010  ev   progress 1 180
        1.000  app  cancel 1
        1.000  ->   CANCEL
        1.000  ev   ended 1 local
        1.005  <-   200 OK (INVITE) sdp=answer
        1.005  ->   ACK
        1.005  ->   BYE
        1.020  <-   481 Call/Transaction Does Not Exist (CANCEL)
        1.020  <-   200 OK (BYE)
        1.505  <-   200 OK (INVITE) sdp=answer
        1.505  ->   ACK
        ",
    );
}

#[test]
fn a_call_given_up_before_anything_was_heard_is_hung_up_when_answered_at_once() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  app  hang-up 1
        0.010  ev   ended 1 local
        0.020  <-   200 OK sdp=answer
        0.020  ->   ACK
        0.020  ->   BYE
        ",
    );
}

#[test]
fn cancel_after_answer_is_an_error_and_hang_up_sends_bye() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   200 OK sdp=answer
        0.010  ->   ACK
        0.010  ev   answered 1
        0.020  app  cancel 1
        0.020  ev   error the call is not in a state for this
        0.030  app  hang-up 1
        0.030  ->   BYE
        0.030  ev   ended 1 local
        0.040  app  hang-up 1
        0.040  ev   error the call is not in a state for this
        0.050  app  hang-up 9
        0.050  ev   error there is no such call
        ",
    );
}

#[test]
fn a_call_given_up_is_not_authenticated_or_redirected_any_more() {
    check(
        "
        registered unchallenged
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  app  cancel 1
        0.010  ev   ended 1 local
        0.020  <-   407 Proxy Authentication Required
        0.020  ->   ACK
        1.000  app  invite sip:bob@example.test
        1.000  ->   INVITE
        1.010  app  cancel 2
        1.010  ev   ended 2 local
        1.020  <-   302 Moved Temporarily
                    Contact: <sip:carol@example.test>
        1.020  ->   ACK
        50.000 end
        ",
    );
}

#[test]
fn a_cancel_that_nobody_honours_is_forgotten_after_half_a_minute() {
    check(
        "
        registered
        0.000   app  invite sip:bob@example.test
        0.000   ->   INVITE
        0.010   <-   180 Ringing
        0.010   ev   progress 1 180
        1.000   app  cancel 1
        1.000   ->   CANCEL
        1.000   ev   ended 1 local
        1.010   <-   200 OK (CANCEL)
        40.000  <-   200 OK (INVITE) sdp=answer   -- somebody was very slow
        40.000  ->   ACK
        40.000  ->   BYE
        ",
    );
}

#[test]
fn cancel_goes_the_way_of_its_invite() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   302 Moved Temporarily
                    Contact: <sip:carol@example.test>
        0.010  ->   ACK
        0.010  ->   INVITE sip:carol@example.test cseq=2
        0.020  <-   180 Ringing
        0.020  ev   progress 1 180
        1.000  app  cancel 1
        1.000  ->   CANCEL sip:carol@example.test cseq=2
                    To: <sip:bob@example.test>
        1.000  ev   ended 1 local
        ",
    );
}

#[test]
fn their_cancel_ends_a_ringing_call_with_487() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.100  app  ring 1
        0.100  ->   180 (INVITE)
        2.000  <-   CANCEL
        2.000  ->   200 (CANCEL)
        2.000  ->   487 (INVITE)
        2.000  ev   ended 1 cancelled
        2.010  <-   ACK
        2.020  app  answer 1 answer
        2.020  ev   error the call is not in a state for this
        ",
    );
}

#[test]
fn answer_before_cancel_stands() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        1.000  app  answer 1 answer
        1.000  ->   200 (INVITE) sdp=answer
        1.000  <-   CANCEL                     -- it crossed the 200
        1.000  ->   200 (CANCEL)
        1.010  <-   ACK
        1.020  <-   BYE                        -- so the caller hangs up
        1.020  ->   200 (BYE)
        1.020  ev   ended 1 hung-up
        ",
    );
}

#[test]
fn a_call_taken_by_another_device_is_told_as_such() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        2.000  <-   CANCEL
                    Reason: SIP;cause=200;text=\"Call completed elsewhere\"
        2.000  ->   200 (CANCEL)
        2.000  ->   487 (INVITE)
        2.000  ev   ended 1 cancelled elsewhere
        ",
    );
}

#[test]
fn a_cancel_of_nothing_gets_481() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        1.000  <-   CANCEL
                    Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK-another
        1.000  ->   481 (CANCEL)
        ",
    );
}

#[test]
fn a_cancel_on_another_flow_cancels_nothing() {
    check(
        "
        registered
        0.000  net  opened flow=accepted
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        1.000  <-   CANCEL flow=accepted
        1.000  ->   481 (CANCEL) flow=accepted
        ",
    );
}

#[test]
fn their_bye_before_our_answer_ends_the_call() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.100  app  ring 1
        0.100  ->   180 (INVITE)
        1.000  <-   BYE
        1.000  ->   200 (BYE)
        1.000  ->   487 (INVITE)
        1.000  ev   ended 1 cancelled
        ",
    );
}
