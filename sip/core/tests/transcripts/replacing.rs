//! Calls that take the place of calls (RFC 3891).

use hark_harness::check;

/// A call of bob's that we answered.
const TAKEN: &str = "
    registered
    0.000  <-   INVITE sdp=offer tag=bobs
                Call-ID: first
    0.000  ->   100 (INVITE)
    0.000  ev   incoming 1 replaces=-
    0.000  app  answer 1 answer
    0.000  ->   200 (INVITE)
    0.010  <-   ACK
";

#[test]
fn a_call_takes_the_place_of_one_that_is_answered() {
    check(&format!(
        "{TAKEN}
        1.000  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=bobs;to-tag={{local-tag}}
                    Require: replaces
                    Referred-By: <sip:bob@example.test>
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 replaces=1 referred-by=sip:bob@example.test
        1.010  app  answer 2 answer
        1.010  ->   200 (INVITE)
        1.010  ->   BYE
                    Call-ID: first
        1.010  ev   ended 1 replaced by=2
        1.020  <-   ACK
        1.030  <-   200 OK (BYE)
        2.000  app  hang-up 2
        2.000  ->   BYE
        2.000  ev   ended 2 local
        "
    ));
}

#[test]
fn a_call_that_is_declined_takes_no_place() {
    check(&format!(
        "{TAKEN}
        1.000  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=bobs;to-tag={{local-tag}}
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 replaces=1
        1.010  app  reject 2 603
        1.010  ->   603 (INVITE)
        1.010  ev   ended 2 local
        1.020  <-   ACK
        9.000  app  hang-up 1
        9.000  ->   BYE
        9.000  ev   ended 1 local
        "
    ));
}

#[test]
fn only_a_call_that_stands_can_be_replaced() {
    check(&format!(
        "{TAKEN}
        1.000  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=others;to-tag={{local-tag}}
        1.000  ->   100 (INVITE)
        1.000  ->   481 (INVITE)
        1.010  <-   ACK
        1.100  <-   INVITE in=1 sdp=offer             -- in a dialog it makes no sense
                    Replaces: first;from-tag=bobs;to-tag={{local-tag}}
        1.100  ->   100 (INVITE)
        1.100  ->   400 (INVITE)
        1.110  <-   ACK
        1.200  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=bobs;to-tag={{local-tag}};early-only
        1.200  ->   100 (INVITE)
        1.200  ->   486 (INVITE)
        1.210  <-   ACK
        1.300  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=bobs
        1.300  ->   100 (INVITE)
        1.300  ->   400 (INVITE)
        1.310  <-   ACK
        2.000  <-   BYE in=1
        2.000  ->   200 (BYE)
        2.000  ev   ended 1 hung-up
        2.100  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=bobs;to-tag={{local-tag}}
        2.100  ->   100 (INVITE)
        2.100  ->   603 (INVITE)
        "
    ));
}

#[test]
fn a_call_that_rings_here_is_not_taken_from_us() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer tag=bobs
                    Call-ID: first
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  ring 1
        0.000  ->   180 (INVITE)
        1.000  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=bobs;to-tag={local-tag}
        1.000  ->   100 (INVITE)
        1.000  ->   481 (INVITE)
        ",
    );
}

#[test]
fn a_call_that_we_place_is_picked_up_by_another_device() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE
        0.010  <-   180 Ringing tag=bobs
        0.010  ev   progress 1 180
        1.000  <-   INVITE sdp=offer tag=carols
                    Replaces: {call-id};from-tag=bobs;to-tag={local-tag};early-only
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 replaces=1
        1.010  app  answer 2 answer
        1.010  ->   200 (INVITE)
        1.010  ->   CANCEL
        1.010  ev   ended 1 replaced by=2
        1.020  <-   200 OK (CANCEL)
        1.020  <-   487 Request Terminated (INVITE)
        1.020  ->   ACK
        1.030  <-   ACK in=2
        ",
    );
}

#[test]
fn ox10_whoever_appears_offline_does_not_tell_which_calls_there_are() {
    check(&format!(
        "{TAKEN}
        1.000  app  hidden
        1.000  <-   INVITE sdp=offer tag=carols
                    Replaces: first;from-tag=others;to-tag=guessed
        1.000  ->   100 (INVITE)
        1.000  ->   480 (INVITE)
        "
    ));
}

#[test]
fn a_call_on_another_flow_takes_nothing() {
    check(&format!(
        "{TAKEN}
        1.000  net  opened flow=accepted
        1.000  <-   INVITE sdp=offer tag=carols flow=accepted
                    Replaces: first;from-tag=bobs;to-tag={{local-tag}}
        1.000  ->   100 (INVITE) flow=accepted
        1.000  ->   481 (INVITE) flow=accepted
        "
    ));
}
