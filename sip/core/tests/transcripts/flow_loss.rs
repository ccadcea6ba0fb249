//! Calls that outlive their flow.

use hark_harness::check;

/// A call that we placed and that is answered, one second before its flow is lost.
const PLACED: &str = "
        59.000  app  invite sip:bob@example.test sdp=offer
        59.000  ->   INVITE
        59.010  <-   200 OK sdp=answer
        59.010  ->   ACK
        59.010  ev   answered 1
";

/// From the loss of the first flow to the registration on the second.
const ANOTHER_FLOW: &str = "
        60.000  net  closed moved
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open
        60.010  net  opened
        60.010  ev   registration signing-in
        60.010  ->   REGISTER
        60.020  <-   200 OK
        60.020  ev   registration registered
";

fn check_in(beginning: &str, rest: &str) {
    check(&format!("registered no-pings\n{beginning}{rest}"));
}

#[test]
fn the_other_side_learns_where_we_are_by_re_invite() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}
        60.020  ->   ACK flow=2 cseq=1                 -- in case that the first one was lost
        60.020  ->   INVITE sip:bob@192.0.2.20:5061;transport=tls cseq=2 sdp=offer flow=2
                     Contact: <sip:alice@192.0.2.10:50230;transport=tls;ms-opaque=*>
        60.030  <-   200 OK (INVITE) sdp=answer
        60.030  ->   ACK cseq=2
        70.000  app  hang-up 1
        70.000  ->   BYE flow=2
        70.000  ev   ended 1 local
        "
        ),
    );
}

#[test]
fn the_other_side_learns_where_we_are_by_update_where_it_takes_one() {
    check_in(
        "
        0.000   <-   INVITE sdp=offer
                     Allow: INVITE, ACK, BYE, update, UPDATE
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  answer 1 answer
        0.000   ->   200 (INVITE)
        0.010   <-   ACK
        ",
        &format!(
            "{ANOTHER_FLOW}
        60.020  ->   UPDATE -sdp +Contact flow=2
        60.025  app  modify 1 hold                     -- has to wait a little
        60.030  <-   200 OK (UPDATE)
        60.030  ->   INVITE sdp=hold
        60.040  <-   200 OK (INVITE) sdp=held
        60.040  ->   ACK
        60.040  ev   modified 1 sdp=held
        "
        ),
    );
}

#[test]
fn what_is_different_after_the_refresh_is_told() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}
        60.020  ->   ACK
        60.020  ->   INVITE sdp=offer
        60.030  <-   200 OK (INVITE) sdp=other
        60.030  ->   ACK
        60.030  ev   modified 1 sdp=other
        "
        ),
    );
}

#[test]
fn a_call_that_the_other_side_has_forgotten_ends() {
    for status in ["481 Call/Transaction Does Not Exist", "408 Request Timeout"] {
        let code = status.split(' ').next().expect("there is a number");
        check_in(
            PLACED,
            &format!(
                "{ANOTHER_FLOW}
        60.020  ->   ACK
        60.020  ->   INVITE sdp=offer
        60.030  <-   {status} (INVITE)
        60.030  ->   ACK
        60.030  ->   BYE
        60.030  ev   ended 1 forgotten {code}
        "
            ),
        );
    }
}

#[test]
fn a_refresh_that_nobody_answers_ends_the_call() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}
        60.020  ->   ACK
        60.020  ->   INVITE sdp=offer
        92.020  ->   BYE
        92.020  ev   ended 1 timed-out
        "
        ),
    );
}

#[test]
fn a_refresh_that_is_refused_leaves_the_call_alone() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}
        60.020   ->   ACK
        60.020   ->   INVITE sdp=offer
        60.030   <-   488 Not Acceptable Here (INVITE)
        60.030   ->   ACK
        900.000  app  hang-up 1
        900.000  ->   BYE
        900.000  ev   ended 1 local
        "
        ),
    );
}

#[test]
fn a_call_hung_up_without_a_flow_says_goodbye_on_the_next() {
    check_in(
        PLACED,
        "
        60.000   net  closed
        60.000   ev   registration lost
        60.000   ev   registration connecting
        60.000   out  open
        61.000   app  hang-up 1
        61.000   ev   ended 1 local
        200.000  net  opened                          -- a sleep of two minutes
        200.000  ev   registration signing-in
        200.000  ->   REGISTER
        200.010  <-   200 OK
        200.010  ev   registration registered
        200.010  ->   BYE
        200.020  <-   200 OK
        ",
    );
}

#[test]
fn a_goodbye_that_got_lost_with_its_flow_is_said_again() {
    check_in(
        PLACED,
        &format!(
            "
        59.990  app  hang-up 1
        59.990  ->   BYE cseq=2
        59.990  ev   ended 1 local
        {ANOTHER_FLOW}
        60.020  ->   BYE cseq=3 flow=2
        "
        ),
    );
}

#[test]
fn a_change_that_got_lost_with_its_flow_is_made_on_the_next() {
    check_in(
        PLACED,
        &format!(
            "
        59.990  app  modify 1 hold
        59.990  ->   INVITE sdp=hold cseq=2
        {ANOTHER_FLOW}
        60.020  ->   ACK cseq=1
        60.020  ->   INVITE sdp=hold cseq=3 flow=2
        60.030  <-   200 OK (INVITE) sdp=held
        60.030  ->   ACK
        60.030  ev   modified 1 sdp=held
        "
        ),
    );
}

#[test]
fn a_change_without_a_flow_is_made_on_the_next() {
    check_in(
        PLACED,
        "
        60.000  net  closed
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open
        61.000  app  modify 1 hold
        62.010  net  opened
        62.010  ev   registration signing-in
        62.010  ->   REGISTER
        62.020  <-   200 OK
        62.020  ev   registration registered
        62.020  ->   ACK
        62.020  ->   INVITE sdp=hold flow=2
        ",
    );
}

#[test]
fn an_answer_that_got_lost_with_its_flow_is_repeated_on_the_next() {
    check_in(
        "
        59.000          <-   INVITE sdp=offer
        59.000          ->   100 (INVITE)
        59.000          ev   incoming 1
        59.990          app  answer 1 answer
        59.990          ->   200 (INVITE)
        ",
        &format!(
            "{ANOTHER_FLOW}
        60.490          ->   200 (INVITE) sdp=answer flow=2
        60.500          <-   ACK
        60.510..62.030  ->   INVITE sdp=answer         -- no second INVITE before the first ACK
        62.100          <-   200 OK (INVITE) sdp=offer
        62.100          ->   ACK
        90.000          end
        "
        ),
    );
}

#[test]
fn a_change_of_theirs_is_forgotten_with_its_flow() {
    check_in(
        PLACED,
        &format!(
            "
        59.990  <-   INVITE in sdp=theirs
        59.990  ->   100 (INVITE)
        59.990  ev   offer 1 sdp=theirs
        {ANOTHER_FLOW}
        60.020  ->   ACK
        60.020  ->   INVITE sdp=offer
        60.030  <-   200 OK (INVITE) sdp=answer
        60.030  ->   ACK
        61.000  app  accept 1 ours
        61.000  ev   error the call is not in a state for this
        62.000  <-   INVITE in sdp=again
        62.000  ->   100 (INVITE)
        62.000  ev   offer 1 sdp=again
        "
        ),
    );
}

#[test]
fn an_unanswered_call_ends_with_its_flow() {
    check_in(
        "
        0.000   app  invite sip:bob@example.test
        0.000   ->   INVITE
        0.010   <-   180 Ringing
        0.010   ev   progress 1 180
        1.000   <-   INVITE sdp=offer
        1.000   ->   100 (INVITE)
        1.000   ev   incoming 2
        ",
        "
        60.000  net  closed
        60.000  ev   ended 1 flow-lost
        60.000  ev   ended 2 flow-lost
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open
        ",
    );
}

/// The refresh on the new flow does not find the other side, and an INVITE shall.
const LOST_WAY: &str = "
        60.020  ->   ACK
        60.020  ->   INVITE sip:bob@192.0.2.20:5061;transport=tls sdp=offer
        60.030  <-   430 Flow Failed (INVITE)
        60.030  ->   ACK
        60.030  ->   INVITE sip:bob@example.test cseq=1 sdp=offer flow=2
                     From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                     To: <sip:bob@example.test>
                     Require: replaces
                     Replaces: *;to-tag=far;from-tag=*
";

#[test]
fn a_call_that_the_servers_do_not_find_any_more_is_called_anew_in_its_own_place() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}{LOST_WAY}
        60.035  app  modify 1 hold                     -- has to wait a little
        60.040  <-   200 OK (INVITE) sdp=answer tag=new
        60.040  ->   ACK cseq=1
                     To: <sip:bob@example.test>;tag=new
        60.040  ->   INVITE cseq=2 sdp=hold
                     To: <sip:bob@example.test>;tag=new
        60.050  <-   BYE in=1                          -- of the dialog that was replaced
        60.050  ->   200 (BYE)
        60.060  <-   200 OK (INVITE) sdp=held tag=new
        60.060  ->   ACK
        60.060  ev   modified 1 sdp=held
        70.000  app  hang-up 1
        70.000  ->   BYE cseq=3
                     To: <sip:bob@example.test>;tag=new
        70.000  ev   ended 1 local
        "
        ),
    );
}

#[test]
fn a_call_that_cannot_be_called_anew_stands_as_it_was() {
    // Who does not know Replaces, and somebody else, such as voicemail.
    for status in ["420 Bad Extension", "481 Call/Transaction Does Not Exist"] {
        check_in(
            PLACED,
            &format!(
                "{ANOTHER_FLOW}{LOST_WAY}
        60.040  <-   {status} (INVITE)
        60.040  ->   ACK
        70.000  <-   BYE in=1
        70.000  ->   200 (BYE)
        70.000  ev   ended 1 hung-up
        "
            ),
        );
    }
}

#[test]
fn a_call_that_was_hung_up_meanwhile_is_not_called_anew() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}{LOST_WAY}
        60.035  <-   BYE in=1
        60.035  ->   200 (BYE)
        60.040  <-   603 Decline (INVITE)
        60.040  ->   ACK
        60.040  ->   BYE
        60.040  ev   ended 1 hung-up
        "
        ),
    );
}

#[test]
fn hanging_up_gives_the_new_call_up_too() {
    check_in(
        PLACED,
        &format!(
            "{ANOTHER_FLOW}{LOST_WAY}
        60.035  app  hang-up 1
        60.035  ->   BYE
        60.035  ev   ended 1 local
        60.040  <-   180 Ringing (INVITE) cseq=1 tag=new
        60.040  ->   CANCEL
        60.041  <-   200 OK (CANCEL)
        60.050  <-   200 OK (INVITE) cseq=1 sdp=answer tag=new
        60.050  ->   ACK
                     To: <sip:bob@example.test>;tag=new
        60.050  ->   BYE
                     To: <sip:bob@example.test>;tag=new
        "
        ),
    );
}

/// Flows come and go before the server knows us again.
#[test]
fn a_call_outlives_any_number_of_flows() {
    let mut script = format!(
        "registered no-pings
        {PLACED}
        60.000  net  closed
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open\n"
    );
    for flap in 0..20 {
        let at = 61 + flap;
        script.push_str(&format!(
            "{at}.000  net  opened
            {at}.000  ev   registration signing-in
            {at}.000  ->   REGISTER
            {at}.100  net  closed
            {at}.100  ev   registration lost
            {at}.200  app  retry
            {at}.200  ev   registration connecting
            {at}.200  out  open\n"
        ));
    }
    script.push_str(
        "90.000  net  opened
        90.000  ev   registration signing-in
        90.000  ->   REGISTER
        90.010  <-   200 OK
        90.010  ev   registration registered
        90.010  ->   ACK
        90.010  ->   INVITE sdp=offer
        90.020  <-   200 OK (INVITE) sdp=answer
        90.020  ->   ACK\n",
    );
    check(&script);
}
