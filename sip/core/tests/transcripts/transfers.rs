//! Transfers, from both sides (RFC 3515, RFC 5589).

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

/// The same, and the other side has sent us to carol.
const SENT_ON: &str = "
    1.000  <-   REFER
                Refer-To: <sip:carol@example.test>
                Referred-By: <sip:bob@example.test>
    1.000  ->   202 (REFER) +Contact
    1.000  ->   NOTIFY sipfrag=100 +Contact
                Event: refer
                Subscription-State: active;expires=180
    1.000  ev   transfer-requested 1 sip:carol@example.test replaces=- referred-by=sip:bob@example.test
    1.010  <-   200 OK (NOTIFY)
";

#[test]
fn the_other_side_is_sent_to_somebody_else_and_tells_how_it_goes() {
    check(&format!(
        "{PLACED}
        1.000  app  transfer 1 sip:carol@example.test
        1.000  ->   REFER sip:bob@192.0.2.20:5061;transport=tls cseq=2 +Contact
                    Refer-To: <sip:carol@example.test>
                    Referred-By: <sip:alice@example.test>
        1.010  <-   202 Accepted
        1.020  <-   NOTIFY in sipfrag=100
                    Event: refer
                    Subscription-State: active;expires=60
        1.020  ->   200 (NOTIFY)
        1.020  ev   transfer-progress 1 trying 100
        3.000  <-   NOTIFY in sipfrag=180
                    Event: refer;id=2
        3.000  ->   200 (NOTIFY)
        3.000  ev   transfer-progress 1 trying 180
        5.000  <-   NOTIFY in sipfrag=200
                    Event: refer
                    Subscription-State: terminated;reason=noresource
        5.000  ->   200 (NOTIFY)
        5.000  ev   transfer-progress 1 succeeded
        5.000  app  hang-up 1
        5.000  ->   BYE
        5.000  ev   ended 1 local
        "
    ));
}

#[test]
fn a_transfer_that_fails_leaves_the_call_as_it_was() {
    check(&format!(
        "{PLACED}
        1.000  app  transfer 1 sip:carol@example.test
        1.000  ->   REFER
        1.001  app  transfer 1 sip:dave@example.test
        1.001  ev   error the other side is busy
        1.005  <-   NOTIFY in sipfrag=486  -- before the 202
                    Event: refer
                    Subscription-State: terminated
        1.005  ->   200 (NOTIFY)
        1.005  ev   transfer-progress 1 failed 486
        1.010  <-   202 Accepted (REFER)
        2.000  app  transfer 1 sip:dave@example.test
        2.000  ->   REFER
        2.010  <-   603 Decline
        2.010  ev   transfer-progress 1 failed 603
        99.000 app  hang-up 1
        99.000 ->   BYE
        99.000 ev   ended 1 local
        "
    ));
}

#[test]
fn a_transfer_is_authenticated() {
    check(&format!(
        "{PLACED}
        1.000  app  transfer 1 sip:carol@example.test
        1.000  ->   REFER cseq=2
        1.010  <-   407 Proxy Authentication Required
        1.010  ->   REFER cseq=3 +Proxy-Authorization +Refer-To
        1.020  <-   202 Accepted
        "
    ));
}

#[test]
fn nobody_waits_for_ever_for_word_of_a_transfer() {
    check(&format!(
        "no-pings
        {PLACED}
        1.000   app  transfer 1 sip:carol@example.test
        1.000   ->   REFER
        1.010   <-   202 Accepted
        33.010  ev   transfer-progress 1 untold     -- no notification at all
        40.000  app  transfer 1 sip:carol@example.test
        40.000  ->   REFER
        40.010  <-   202 Accepted
        40.020  <-   NOTIFY in sipfrag=180
                     Event: refer
                     Subscription-State: active;expires=3600
        40.020  ->   200 (NOTIFY)
        40.020  ev   transfer-progress 1 trying 180
        240.020 ev   transfer-progress 1 untold
        241.000 app  transfer 1 sip:carol@example.test
        241.000 ->   REFER
        241.010 <-   202 Accepted
        241.020 <-   NOTIFY in
                     Event: refer
                     Subscription-State: terminated;reason=timeout
        241.020 ->   200 (NOTIFY)
        241.020 ev   transfer-progress 1 untold
        250.000 app  transfer 1 sip:carol@example.test
        250.000 ->   REFER
        250.010 <-   202 Accepted
                     Refer-Sub: false
        250.010 ev   transfer-progress 1 untold
        "
    ));
}

#[test]
fn a_transfer_of_a_call_that_is_gone_ends_it() {
    check(&format!(
        "{PLACED}
        1.000  app  transfer 1 sip:carol@example.test
        1.000  ->   REFER
        1.010  <-   481 Call/Transaction Does Not Exist
        1.010  ->   BYE
        1.010  ev   transfer-progress 1 failed 481
        1.010  ev   ended 1 forgotten 481
        "
    ));
}

#[test]
fn a_transfer_that_nobody_answers_has_failed() {
    check(&format!(
        "{PLACED}
        1.000   app  transfer 1 sip:carol@example.test
        1.000   ->   REFER
        33.000  ev   transfer-progress 1 failed 408
        "
    ));
}

#[test]
fn two_calls_are_connected_with_each_other() {
    check(&format!(
        "{PLACED}
        1.000  app  transfer-to 1 1
        1.000  ev   error the call is not in a state for this
        1.000  app  invite sip:carol@example.test sdp=offer
        1.000  ->   INVITE
                    Call-ID: *
        1.005  app  transfer-to 1 2
        1.005  ev   error the call is not in a state for this
        1.010  <-   200 OK sdp=answer tag=carols
        1.010  ->   ACK
        1.010  ev   answered 2
        2.000  app  transfer-to 1 2
        2.000  ->   REFER sip:bob@192.0.2.20:5061;transport=tls
                    Refer-To: <sip:carol@example.test?Replaces=*%3Bto-tag%3Dcarols%3Bfrom-tag%3D*>
        2.010  <-   202 Accepted
        2.020  <-   NOTIFY in=1 sipfrag=200
                    Event: refer
                    Subscription-State: terminated;reason=noresource
        2.020  ->   200 (NOTIFY)
        2.020  ev   transfer-progress 1 succeeded
        2.030  <-   BYE in=2
        2.030  ->   200 (BYE)
        2.030  ev   ended 2 hung-up
        "
    ));
}

#[test]
fn a_device_that_is_reached_from_everywhere_is_named_itself() {
    check(&format!(
        "{PLACED}
        1.000  app  invite sip:carol@example.test sdp=offer
        1.000  ->   INVITE
        1.010  <-   200 OK sdp=answer tag=carols
                    Contact: <sip:carol@example.test;gr=phone2>
        1.010  ->   ACK
        1.010  ev   answered 2
        2.000  app  transfer-to 1 2
        2.000  ->   REFER
                    Refer-To: <sip:carol@example.test;gr=phone2?Replaces=*>
        "
    ));
}

#[test]
fn we_are_sent_to_somebody_else_and_tell_how_it_goes() {
    check(&format!(
        "{PLACED}{SENT_ON}
        1.020  app  follow 1 new-offer
        1.020  ->   INVITE sip:carol@example.test sdp=new-offer
                    Referred-By: <sip:bob@example.test>
        1.030  <-   100 Trying (INVITE)
        1.100  <-   180 Ringing (INVITE)
        1.100  ->   NOTIFY
                    Event: refer
                    Subscription-State: active*
                    Content-Type: message/sipfrag;version=2.0
        1.100  ev   progress 2 180
        1.200  <-   180 Ringing (INVITE)
        1.200  ev   progress 2 180                -- the same again is no news for bob
        3.000  <-   200 OK (INVITE) sdp=answer
        3.000  ->   ACK
        3.000  ->   NOTIFY
                    Subscription-State: terminated;reason=noresource
        3.000  ev   answered 2
        3.100  <-   BYE in=1
        3.100  ->   200 (BYE)
        3.100  ev   ended 1 hung-up
        "
    ));
}

#[test]
fn a_target_that_cannot_be_reached_is_told() {
    check(&format!(
        "{PLACED}{SENT_ON}
        1.020  app  follow 1 new-offer
        1.020  ->   INVITE sip:carol@example.test
        1.030  <-   486 Busy Here
        1.030  ->   ACK
        1.030  ->   NOTIFY sip:bob@192.0.2.20:5061;transport=tls sipfrag=486
                    Subscription-State: terminated;reason=noresource
        1.030  ev   ended 2 refused 486
        2.000  <-   REFER in=1
                    Refer-To: <sip:dave@example.test>
        2.000  ->   202 (REFER)
        2.000  ->   NOTIFY
                    Event: refer;id=102              -- the second one has a number
        2.000  ev   transfer-requested 1 sip:dave@example.test
        "
    ));
}

#[test]
fn whoever_sent_us_on_and_hung_up_still_hears_of_it() {
    check(&format!(
        "{PLACED}{SENT_ON}
        1.020  app  follow 1 new-offer
        1.020  ->   INVITE sip:carol@example.test
        1.030  <-   BYE in=1
        1.030  ->   200 (BYE)
        1.030  ev   ended 1 hung-up
        3.000  <-   200 OK (INVITE) sdp=answer
        3.000  ->   ACK
        3.000  ->   NOTIFY sip:bob@192.0.2.20:5061;transport=tls
                    Subscription-State: terminated;reason=noresource
        3.000  ev   answered 2
        "
    ));
}

#[test]
fn a_transfer_is_declined() {
    check(&format!(
        "{PLACED}{SENT_ON}
        2.000  app  refuse-transfer 1
        2.000  ->   NOTIFY sipfrag=603
                    Subscription-State: terminated;reason=noresource
        2.001  app  refuse-transfer 1
        2.001  ev   error the call is not in a state for this
        2.002  app  follow 1 offer
        2.002  ev   error the call is not in a state for this
        "
    ));
}

#[test]
fn we_take_a_place_in_another_call() {
    check(&format!(
        "{PLACED}
        1.000  <-   REFER
                    Refer-To: <sip:carol@example.test?Replaces=c1%3Bto-tag%3Da%3Bfrom-tag%3Db&Subject=no>
                    Refer-Sub: false
                    Require: norefersub
        1.000  ->   202 (REFER)
                    Refer-Sub: false
        1.000  ev   transfer-requested 1 sip:carol@example.test replaces=c1;to-tag=a;from-tag=b
        1.010  app  follow 1 new-offer
        1.010  ->   INVITE sip:carol@example.test -Subject
                    Replaces: c1;to-tag=a;from-tag=b
        1.020  <-   200 OK sdp=answer
        1.020  ->   ACK
        1.020  ev   answered 2                    -- bob did not want to know
        "
    ));
}

#[test]
fn what_cannot_be_followed_is_refused_at_once() {
    check(&format!(
        "{PLACED}
        1.000  <-   REFER
        1.000  ->   400 (REFER)
        1.010  <-   REFER
                    Refer-To: <sip:carol@example.test>
                    Refer-To: <sip:dave@example.test>
        1.010  ->   400 (REFER)
        1.020  <-   REFER
                    Refer-To: <mailto:carol@example.test>
        1.020  ->   416 (REFER)
        1.030  <-   REFER
                    Refer-To: <sip:carol@example.test;method=BYE>
        1.030  ->   603 (REFER)
        1.040  <-   REFER
                    Refer-To: <sip:carol@example.test>
        1.040  ->   202 (REFER)
        1.040  ->   NOTIFY
        1.040  ev   transfer-requested 1
        1.050  <-   REFER
                    Refer-To: <sip:dave@example.test>
        1.050  ->   491 (REFER)                   -- one at a time
        "
    ));
}

#[test]
fn strangers_send_us_nowhere() {
    check(
        "
        registered
        0.000  <-   REFER in=register
                    Call-ID: other
                    To: <sip:alice@example.test>
                    Refer-To: <sip:premium@example.test>
        0.000  ->   403 (REFER)
        0.100  <-   REFER in=register
                    Call-ID: other
                    Refer-To: <sip:premium@example.test>
        0.100  ->   481 (REFER)
        ",
    );
}
