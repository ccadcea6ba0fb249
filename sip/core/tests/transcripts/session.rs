//! Changes of an answered call, from both sides, and other requests in it.

use hark_harness::check;

/// A call that we placed and that is answered.
const PLACED: &str = "
    registered
    0.000  app  invite sip:bob@example.test sdp=offer
    0.000  ->   INVITE
    0.010  <-   200 OK sdp=answer
    0.010  ->   ACK
    0.010  ev   answered 1
";

/// A call that came and that we answered.
const TAKEN: &str = "
    registered
    0.000  <-   INVITE sdp=offer
    0.000  ->   100 (INVITE)
    0.000  ev   incoming 1
    0.000  app  answer 1 answer
    0.000  ->   200 (INVITE)
    0.010  <-   ACK
";

fn check_in(beginning: &str, script: &str) {
    check(&format!("{beginning}{script}"));
}

#[test]
fn our_hold_is_accepted() {
    check_in(
        PLACED,
        "
        1.000  app  modify 1 hold
        1.000  ->   INVITE sip:bob@192.0.2.20:5061;transport=tls cseq=2 sdp=hold +Contact
                    To: <sip:bob@example.test>;tag=far
        1.010  <-   100 Trying
        1.020  <-   200 OK sdp=held
                    Contact: <sip:bob@192.0.2.21>
        1.020  ->   ACK sip:bob@192.0.2.21 cseq=2
        1.020  ev   modified 1 sdp=held
        1.500  <-   200 OK (INVITE) sdp=held
        1.500  ->   ACK cseq=2
        2.000  app  hang-up 1
        2.000  ->   BYE sip:bob@192.0.2.21 cseq=3
        2.000  ev   ended 1 local
        ",
    );
}

#[test]
fn our_change_is_refused_and_the_call_goes_on() {
    check_in(
        PLACED,
        "
        1.000  app  modify 1 hold
        1.000  ->   INVITE
        1.020  <-   488 Not Acceptable Here
        1.020  ->   ACK
        1.020  ev   modify-refused 1 488
        2.000  app  modify 1 other
        2.000  ->   INVITE sdp=other
        2.010  <-   200 OK -sdp
        2.010  ->   ACK
        2.010  ev   modify-refused 1 488
        ",
    );
}

#[test]
fn our_change_is_authenticated() {
    check_in(
        PLACED,
        "
        1.000  app  modify 1 hold
        1.000  ->   INVITE cseq=2 -Proxy-Authorization
        1.020  <-   407 Proxy Authentication Required
        1.020  ->   ACK
        1.020  ->   INVITE cseq=3 sdp=hold +Proxy-Authorization
        1.030  <-   200 OK sdp=held
        1.030  ->   ACK cseq=3
        1.030  ev   modified 1 sdp=held
        ",
    );
}

#[test]
fn our_change_that_meets_theirs_waits_two_to_four_seconds_when_we_placed_the_call() {
    check_in(
        PLACED,
        "
        1.000         app  modify 1 hold
        1.000         ->   INVITE sdp=hold
        1.010         <-   INVITE in sdp=their-hold
        1.010         ->   100 (INVITE)
        1.010         ->   491 (INVITE)
        1.020         <-   ACK
        1.020         <-   491 Request Pending (INVITE)
        1.020         ->   ACK
        3.120..5.021  ->   INVITE cseq=3 sdp=hold
        5.100         <-   200 OK sdp=held
        5.100         ->   ACK
        5.100         ev   modified 1 sdp=held
        ",
    );
}

#[test]
fn our_change_that_meets_theirs_waits_up_to_two_seconds_when_they_placed_the_call() {
    check_in(
        TAKEN,
        "
        1.000         app  modify 1 hold
        1.000         ->   INVITE sdp=hold
        1.020         <-   491 Request Pending
        1.020         ->   ACK
        1.020..3.021  ->   INVITE sdp=hold
        ",
    );
}

#[test]
fn a_change_that_waits_gives_way_to_theirs() {
    check_in(
        TAKEN,
        "
        1.000          app  modify 1 hold
        1.000          ->   INVITE sdp=hold
        1.020          <-   491 Request Pending
        1.020          ->   ACK
        1.025          <-   INVITE in sdp=theirs
        1.025          ->   100 (INVITE)
        1.025          ev   offer 1 sdp=theirs
        9.000          app  accept 1 ours
        9.000          ->   200 (INVITE) sdp=ours
        9.010          <-   ACK
        9.010..13.000  ->   INVITE sdp=hold
        ",
    );
}

#[test]
fn only_one_offer_is_open_at_a_time() {
    check_in(
        PLACED,
        "
        1.000  app  modify 1 hold
        1.000  ->   INVITE
        1.010  app  modify 1 again
        1.010  ev   error an offer is under way already
        1.020  app  accept 1 nothing
        1.020  ev   error the call is not in a state for this
        1.030  <-   UPDATE sdp=theirs
        1.030  ->   491 (UPDATE)
        ",
    );
}

#[test]
fn a_call_that_the_other_side_has_forgotten_ends() {
    check_in(
        PLACED,
        "
        1.000  app  modify 1 hold
        1.000  ->   INVITE
        1.020  <-   481 Call/Transaction Does Not Exist
        1.020  ->   ACK
        1.020  ->   BYE
        1.020  ev   ended 1 forgotten 481
        ",
    );
}

#[test]
fn a_change_that_nobody_answers_ends_the_call() {
    check_in(
        PLACED,
        "
        1.000   app  modify 1 hold
        1.000   ->   INVITE
        33.000  ->   BYE
        33.000  ev   ended 1 timed-out
        ",
    );
}

#[test]
fn hanging_up_during_our_change_acknowledges_its_late_200() {
    check_in(
        PLACED,
        "
        1.000  app  modify 1 hold
        1.000  ->   INVITE cseq=2
        1.010  app  hang-up 1
        1.010  ->   BYE cseq=3
        1.010  ev   ended 1 local
        1.020  <-   200 OK (INVITE) sdp=held
        1.020  ->   ACK cseq=2
        1.500  <-   200 OK (INVITE) sdp=held
        1.500  ->   ACK cseq=2
        ",
    );
}

#[test]
fn their_change_is_accepted() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in sdp=their-hold
                    Contact: <sip:bob@192.0.2.21>
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1 sdp=their-hold
        1.010  app  accept 1 held
        1.010  ->   200 (INVITE) sdp=held +Contact +Allow
        1.510  ->   200 (INVITE) sdp=held
        1.600  <-   ACK
        2.000  app  hang-up 1
        2.000  ->   BYE sip:bob@192.0.2.21
        2.000  ev   ended 1 local
        ",
    );
}

#[test]
fn their_change_is_refused() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in sdp=video
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1 sdp=video
        1.010  app  refuse 1
        1.010  ->   488 (INVITE)
        1.020  <-   ACK
        ",
    );
}

#[test]
fn a_second_change_of_theirs_before_our_answer_is_refused_for_now() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in sdp=one
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1 sdp=one
        1.010  <-   INVITE in sdp=two
        1.010  ->   100 (INVITE)
        1.010  ->   500 (INVITE) +Retry-After
        ",
    );
}

#[test]
fn a_change_of_theirs_without_sdp_gets_our_offer() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1 sdp=-
        1.010  app  accept 1 our-offer
        1.010  ->   200 (INVITE) sdp=our-offer
        1.015  <-   UPDATE sdp=too-early         -- our offer is not answered yet
        1.015  ->   491 (UPDATE)
        1.020  <-   ACK sdp=their-answer
                    CSeq: 101 ACK
        1.020  ev   modified 1 sdp=their-answer
        ",
    );
}

#[test]
fn their_update_is_answered_like_a_re_invite_but_at_once() {
    check_in(
        PLACED,
        "
        1.000  <-   UPDATE sdp=their-hold
        1.000  ev   offer 1 sdp=their-hold
        1.010  app  accept 1 held
        1.010  ->   200 (UPDATE) sdp=held +Contact
        2.000  <-   UPDATE
        2.000  ->   200 (UPDATE) -sdp +Contact
        9.000  end
        ",
    );
}

#[test]
fn their_change_is_cancelled() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in sdp=their-hold
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1
        1.010  <-   CANCEL
        1.010  ->   200 (CANCEL)
        1.010  ->   487 (INVITE)
        1.020  app  accept 1 held
        1.020  ev   error the call is not in a state for this
        2.000  app  hang-up 1
        2.000  ->   BYE
        2.000  ev   ended 1 local
        ",
    );
}

#[test]
fn hanging_up_leaves_no_offer_of_theirs_unanswered() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in sdp=their-hold
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1
        1.010  app  hang-up 1
        1.010  ->   487 (INVITE)
        1.010  ->   BYE
        1.010  ev   ended 1 local
        ",
    );
}

#[test]
fn their_bye_leaves_no_offer_of_theirs_unanswered() {
    check_in(
        PLACED,
        "
        1.000  <-   INVITE in sdp=their-hold
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1
        1.010  <-   BYE
        1.010  ->   200 (BYE)
        1.010  ->   487 (INVITE)
        1.010  ev   ended 1 hung-up
        ",
    );
}

#[test]
fn byes_that_cross_are_both_answered() {
    check_in(
        PLACED,
        "
        1.000  app  hang-up 1
        1.000  ->   BYE
        1.000  ev   ended 1 local
        1.001  <-   BYE
        1.001  ->   200 (BYE)
        1.020  <-   481 Call/Transaction Does Not Exist (BYE)
        ",
    );
}

#[test]
fn a_bye_is_authenticated() {
    check_in(
        PLACED,
        "
        1.000  app  hang-up 1
        1.000  ->   BYE cseq=2
        1.000  ev   ended 1 local
        1.010  <-   407 Proxy Authentication Required
        1.010  ->   BYE cseq=3 +Proxy-Authorization
        1.020  <-   200 OK
        ",
    );
}

#[test]
fn whoever_called_us_gets_no_digest_for_a_realm_of_his_own() {
    check_in(
        TAKEN,
        "
        1.000  app  hang-up 1
        1.000  ->   BYE cseq=1
        1.000  ev   ended 1 local
        1.010  <-   407 Proxy Authentication Required
        40.000 app  subscribe
        40.000 ->   SUBSCRIBE
        ",
    );
}

#[test]
fn our_own_server_may_challenge_inside_of_any_dialog() {
    check_in(
        TAKEN,
        "
        1.000  app  hang-up 1
        1.000  ->   BYE cseq=1
        1.000  ev   ended 1 local
        1.010  <-   401 Unauthorized
        1.010  ->   BYE cseq=2 +Authorization
        1.020  <-   200 OK
        ",
    );
}

#[test]
fn cseq_may_jump_forward_but_not_back() {
    check_in(
        PLACED,
        "
        1.000  <-   INFO
                    CSeq: 4711 INFO
        1.000  ->   200 (INFO)
        1.010  <-   INFO
                    CSeq: 4700 INFO
        1.010  ->   500 (INFO)
        1.020  <-   BYE
                    CSeq: 4712 BYE
        1.020  ->   200 (BYE)
        1.020  ev   ended 1 hung-up
        ",
    );
}

#[test]
fn digits_come_by_info() {
    check_in(
        PLACED,
        "
        1.000  <-   INFO body=Signal=5~Duration=160~
                    Content-Type: application/dtmf-relay
        1.000  ->   200 (INFO)
        1.000  ev   digit 1 5 160ms
        2.000  <-   INFO body=<media_control/>
                    Content-Type: application/media_control+xml
        2.000  ->   200 (INFO)
        ",
    );
}

#[test]
fn digits_go_by_info() {
    check_in(
        PLACED,
        "
        1.000  app  digit 1 #
        1.000  ->   INFO cseq=2 body=Signal=#~Duration=160
                    Content-Type: application/dtmf-relay
        1.010  <-   200 OK
        2.000  app  digit 2 #
        2.000  ev   error there is no such call
        ",
    );
}

#[test]
fn other_requests_in_a_call_are_answered_and_change_nothing() {
    check_in(
        PLACED,
        "
        1.000  <-   OPTIONS in
        1.000  ->   200 (OPTIONS) +Allow +Accept +Supported
        1.200  <-   MESSAGE in
        1.200  ->   405 (MESSAGE) +Allow
        1.300  <-   NOTIFY in
                    Event: refer
        1.300  ->   481 (NOTIFY)
        1.310  <-   NOTIFY in
                    Event: dialog
        1.310  ->   489 (NOTIFY)
        1.400  <-   SERVICE in
        1.400  ->   501 (SERVICE) +Allow
        1.500  <-   INFO
                    Require: x-tea
        1.500  ->   420 (INFO)
        2.000  app  hang-up 1
        2.000  ->   BYE
        2.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_re_invite_proves_that_our_200_arrived() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  answer 1 answer
        0.000  ->   200 (INVITE)
        0.100  <-   INVITE in sdp=changed          -- overtook the ACK
        0.100  ->   100 (INVITE)
        0.100  ev   offer 1 sdp=changed
        0.110  app  accept 1 again
        0.110  ->   200 (INVITE) sdp=again
        0.120  <-   ACK
        40.000 end
        ",
    );
}

#[test]
fn a_change_under_way_when_the_flow_is_lost_is_sent_again_on_the_next() {
    check_in(
        PLACED,
        "
        60.000          app  modify 1 hold
        60.000          ->   INVITE sdp=hold
        60.010          net  closed
        60.010          ev   registration lost
        60.010          ev   registration connecting
        60.010          out  open
        60.020          net  opened
        60.020          ev   registration signing-in
        60.020          ->   REGISTER
        60.030          <-   200 OK
        60.030          ev   registration registered
        60.030          ->   INVITE sdp=hold flow=2
        ",
    );
}
