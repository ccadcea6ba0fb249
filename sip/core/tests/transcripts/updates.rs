//! UPDATE before the answer (RFC 3311), where the first offer was answered reliably.

use hark_harness::check;

/// A call that we placed, whose 183 has answered our offer reliably.
const AGREED: &str = "
    registered
    0.000  app  invite sip:bob@example.test sdp=offer
    0.000  ->   INVITE
    0.010  <-   183 Session Progress sdp=early
                Require: 100rel
                RSeq: 1
                Allow: INVITE, UPDATE, PRACK
    0.010  ->   PRACK
    0.010  ev   progress 1 183 sdp=early
    0.020  <-   200 OK (PRACK)
";

#[test]
fn our_change_before_the_answer_goes_by_update() {
    check(&format!(
        "{AGREED}
        0.100  app  modify 1 hold
        0.100  ->   UPDATE sip:bob@192.0.2.20:5061;transport=tls cseq=3 sdp=hold +Contact -Session-Expires
        0.101  app  modify 1 other
        0.101  ev   error an offer is under way already
        0.110  <-   200 OK (UPDATE) sdp=held
        0.110  ev   modified 1 sdp=held
        1.000  <-   200 OK (INVITE) sdp=early
        1.000  ->   ACK cseq=1
        1.000  ev   answered 1 sdp=held            -- the later agreement stands
        "
    ));
}

#[test]
fn our_update_that_meets_theirs_waits() {
    check(&format!(
        "{AGREED}
        0.100         app  modify 1 hold
        0.100         ->   UPDATE sdp=hold
        0.105         <-   UPDATE sdp=theirs
        0.105         ->   491 (UPDATE)
        0.110         <-   491 Request Pending (UPDATE)
        2.210..4.111  ->   UPDATE sdp=hold
        4.200         <-   500 Server Internal Error (UPDATE)
                           Retry-After: 3
        7.200         ->   UPDATE sdp=hold
        7.300         <-   500 Server Internal Error (UPDATE)
                           Retry-After: 3600
        7.300         ev   modify-refused 1 500
        "
    ));
}

#[test]
fn an_update_that_is_under_way_when_the_call_is_answered_comes_to_its_end() {
    check(&format!(
        "{AGREED}
        0.100  app  modify 1 hold
        0.100  ->   UPDATE sdp=hold
        0.110  <-   200 OK (INVITE)
        0.110  ->   ACK
        0.110  ev   answered 1 sdp=early
        0.120  <-   200 OK (UPDATE) sdp=held
        0.120  ev   modified 1 sdp=held
        "
    ));
}

#[test]
fn their_change_before_the_answer_waits_for_our_word() {
    check(&format!(
        "{AGREED}
        0.100  <-   UPDATE sdp=theirs
        0.100  ev   offer 1 sdp=theirs
        0.105  <-   UPDATE sdp=more
        0.105  ->   500 (UPDATE) +Retry-After
        0.110  app  accept 1 ours
        0.110  ->   200 (UPDATE) sdp=ours +Contact
        0.120  <-   UPDATE sdp=again
        0.120  ev   offer 1 sdp=again
        0.130  app  refuse 1
        0.130  ->   488 (UPDATE)
        1.000  <-   200 OK (INVITE)
        1.000  ->   ACK
        1.000  ev   answered 1 sdp=theirs
        "
    ));
}

#[test]
fn a_call_that_ends_leaves_no_update_unanswered() {
    check(&format!(
        "{AGREED}
        0.100  <-   UPDATE sdp=theirs
        0.100  ev   offer 1 sdp=theirs
        0.110  <-   486 Busy Here (INVITE)
        0.110  ->   ACK
        0.110  ->   487 (UPDATE)
        0.110  ev   ended 1 refused 486
        "
    ));
}

#[test]
fn the_branches_of_a_call_change_apart_from_each_other() {
    check(&format!(
        "{AGREED}
        0.030  <-   183 Session Progress (INVITE) tag=other sdp=unreliable
        0.030  ev   progress 1 183 fork=1
        0.040  <-   UPDATE tag=other sdp=theirs
        0.040  ->   491 (UPDATE)                   -- our offer is not answered there
        0.050  <-   UPDATE tag=far sdp=theirs
                    CSeq: 500 UPDATE
        0.050  ev   offer 1 sdp=theirs
        0.060  <-   200 OK (INVITE) tag=other sdp=answer
        0.060  ->   487 (UPDATE)
        0.060  ->   ACK
        0.060  ev   answered 1 sdp=answer
        "
    ));
}

#[test]
fn without_a_reliable_answer_nothing_changes_before_the_200() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE
        0.010  <-   183 Session Progress sdp=early
                    Allow: INVITE, UPDATE
        0.010  ev   progress 1 183
        0.100  app  modify 1 hold
        0.100  ev   error the call is not in a state for this
        ",
    );
}

#[test]
fn a_side_that_takes_no_update_is_not_changed_before_the_200() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE
        0.010  <-   183 Session Progress sdp=early
                    Require: 100rel
                    RSeq: 1
                    Allow: INVITE
        0.010  ->   PRACK
        0.010  ev   progress 1 183
        0.100  app  modify 1 hold
        0.100  ev   error the call is not in a state for this
        ",
    );
}

#[test]
fn an_update_that_nobody_answers_does_not_end_a_call_that_rings() {
    check(&format!(
        "no-pings {AGREED}
        0.100   app  modify 1 hold
        0.100   ->   UPDATE sdp=hold
        32.100  ev   modify-refused 1 408
        33.000  app  modify 1 hold
        33.000  ->   UPDATE sdp=hold
        33.010  <-   200 OK (UPDATE) sdp=held
        33.010  ev   modified 1 sdp=held
        "
    ));
}
