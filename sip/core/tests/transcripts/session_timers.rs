//! Session timers (RFC 4028), by either side, by UPDATE and by re-INVITE.

use hark_harness::check;

/// A call that we placed and that the other side has answered with a session of 90 seconds that we
/// refresh.
const OURS_TO_REFRESH: &str = "
    registered no-pings
    0.000   app  invite sip:bob@example.test sdp=offer
    0.000   ->   INVITE -Min-SE
                 Session-Expires: 1800
                 Supported: 100rel, timer, *
    0.010   <-   200 OK sdp=answer
                 Session-Expires: 90;refresher=uac
                 Require: timer
    0.010   ->   ACK
    0.010   ev   answered 1
";

fn check_in(beginning: &str, rest: &str) {
    check(&format!("{beginning}{rest}"));
}

#[test]
fn a_session_is_refreshed_by_re_invite_at_half_time_with_the_same_sdp() {
    check_in(
        OURS_TO_REFRESH,
        "
        45.010  ->   INVITE cseq=2 sdp=offer +Contact +Supported
                     Session-Expires: 90;refresher=uac
        45.020  <-   200 OK sdp=answer
                     Session-Expires: 90;refresher=uac
        45.020  ->   ACK
        90.020  ->   INVITE cseq=3
        90.030  <-   200 OK sdp=answer
                     Session-Expires: 90;refresher=uas     -- from here it is theirs
        90.030  ->   ACK
        149.000 <-   UPDATE
                     Session-Expires: 90;refresher=uac
                     Supported: timer
        149.000 ->   200 (UPDATE) -sdp
                     Session-Expires: 90;refresher=uac
                     Require: timer
        209.000 ->   BYE
        209.000 ev   ended 1 session-expired
        ",
    );
}

#[test]
fn a_session_is_refreshed_by_update_where_the_other_side_takes_one() {
    check(
        "
        registered no-pings
        0.000   app  invite sip:bob@example.test sdp=offer
        0.000   ->   INVITE
        0.010   <-   200 OK sdp=answer
                     Allow: INVITE, ACK, BYE, UPDATE
                     Session-Expires: 1800
        0.010   ->   ACK
        0.010   ev   answered 1
        900.010 ->   UPDATE cseq=2 -sdp +Contact
                     Session-Expires: 1800;refresher=uac
        900.020 <-   405 Method Not Allowed                -- it said so and cannot do it
        900.020 ->   INVITE sdp=offer
        900.030 <-   200 OK sdp=answer
                     Session-Expires: 1800;refresher=uac
                     Allow: INVITE, ACK, BYE
        900.030 ->   ACK
        1800.030 ->  INVITE sdp=offer
        ",
    );
}

#[test]
fn without_the_header_in_the_200_a_call_lasts_for_ever() {
    check(
        "
        registered no-pings
        0.000     app  invite sip:bob@example.test sdp=offer
        0.000     ->   INVITE +Session-Expires
        0.010     <-   200 OK sdp=answer
        0.010     ->   ACK
        0.010     ev   answered 1
        3000.000  app  hang-up 1
        3000.000  ->   BYE
        3000.000  ev   ended 1 local
        ",
    );
}

#[test]
fn an_interval_that_is_too_short_is_raised_and_asked_for_again() {
    check(
        "
        registered no-pings
        0.000     app  invite sip:bob@example.test sdp=offer
        0.000     ->   INVITE cseq=1
                       Session-Expires: 1800
        0.010     <-   422 Session Interval Too Small
                       Min-SE: 3600
        0.010     ->   ACK
        0.010     ->   INVITE cseq=2 sdp=offer
                       Session-Expires: 3600
                       Min-SE: 3600
        0.020     <-   200 OK sdp=answer
                       Session-Expires: 3600;refresher=uac
        0.020     ->   ACK
        0.020     ev   answered 1
        1800.020  ->   INVITE cseq=3
                       Session-Expires: 3600;refresher=uac
                       Min-SE: 3600
        1800.030  <-   422 Session Interval Too Small
                       Min-SE: 7200
        1800.030  ->   ACK
        1800.030  ->   INVITE cseq=4
                       Session-Expires: 7200;refresher=uac
                       Min-SE: 7200
        ",
    );
}

#[test]
fn an_interval_that_cannot_be_raised_ends_the_call() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE
        0.010  <-   422 Session Interval Too Small
        0.010  ->   ACK
        0.010  ev   ended 1 refused 422
        ",
    );
}

#[test]
fn a_refresh_that_is_refused_is_tried_again_until_the_session_ends() {
    check_in(
        OURS_TO_REFRESH,
        "
        45.010  ->   INVITE
        45.020  <-   488 Not Acceptable Here
        45.020  ->   ACK
        56.020  ->   INVITE                                -- an eighth of the interval later
        56.030  <-   488 Not Acceptable Here
        56.030  ->   ACK
        60.010  ->   BYE
        60.010  ev   ended 1 session-expired
        ",
    );
}

#[test]
fn a_refresh_that_meets_a_change_of_theirs_waits_and_our_change_waits_for_it() {
    check_in(
        OURS_TO_REFRESH,
        "
        45.010          ->   INVITE sdp=offer
        45.015          app  modify 1 hold
        45.020          <-   491 Request Pending
        45.020          ->   ACK
        47.120..49.021  ->   INVITE sdp=offer
        49.100          <-   200 OK sdp=answer
                             Session-Expires: 90;refresher=uac
        49.100          ->   ACK
        49.100          ->   INVITE sdp=hold
        49.200          <-   200 OK sdp=held
                             Session-Expires: 90;refresher=uac
        49.200          ->   ACK
        49.200          ev   modified 1 sdp=held
        94.200          ->   INVITE sdp=hold               -- what is in force by then
        ",
    );
}

#[test]
fn whoever_asks_us_hears_who_refreshes() {
    check(
        "
        registered no-pings
        0.000   <-   INVITE sdp=offer
                     Session-Expires: 90;refresher=uas
                     Supported: timer
                     Allow: INVITE, UPDATE
        0.000   ->   100 (INVITE)
        0.000   ev   incoming 1
        0.000   app  answer 1 answer
        0.000   ->   200 (INVITE)
                     Session-Expires: 90;refresher=uas
                     Require: timer
        0.010   <-   ACK
        45.000  ->   UPDATE
                     Session-Expires: 90;refresher=uac
        45.010  <-   200 OK
                     Session-Expires: 90;refresher=uac
        50.000  <-   INVITE in sdp=hold
                     Session-Expires: 93
                     Supported: timer
        50.000  ->   100 (INVITE)
        50.000  ev   offer 1
        50.010  app  accept 1 held
        50.010  ->   200 (INVITE)
                     Session-Expires: 93;refresher=uac
        50.020  <-   ACK
        112.010 ->   BYE                                   -- a third of the interval before its end
        112.010 ev   ended 1 session-expired
        ",
    );
}

#[test]
fn a_side_that_cannot_refresh_is_refreshed_by_us() {
    check(
        "
        registered no-pings
        0.000    <-   INVITE sdp=offer
                      Session-Expires: 1800                -- a proxy wants it
        0.000    ->   100 (INVITE)
        0.000    ev   incoming 1
        0.000    app  answer 1 answer
        0.000    ->   200 (INVITE) -Require
                      Session-Expires: 1800;refresher=uas
        0.010    <-   ACK
        900.000  ->   INVITE sdp=answer
                      Session-Expires: 1800;refresher=uac
        ",
    );
}

#[test]
fn who_asks_for_too_short_an_interval_is_told_the_shortest() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    x: 60
                    k: timer
        0.000  ->   100 (INVITE)
        0.000  ->   422 (INVITE)
                    Min-SE: 90
        0.010  <-   ACK
        1.000  <-   INVITE sdp=offer
                    Require: timer
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 1
        ",
    );
}

#[test]
fn a_session_expires_while_the_flow_is_away() {
    check_in(
        OURS_TO_REFRESH,
        "
        40.000  net  closed
        40.000  ev   registration lost
        40.000  ev   registration connecting
        40.000  out  open
        60.010  ev   ended 1 session-expired
        70.000  net  opened
        70.000  ev   registration signing-in
        70.000  ->   REGISTER
        70.010  <-   200 OK
        70.010  ev   registration registered
        70.010  ->   BYE
        ",
    );
}
