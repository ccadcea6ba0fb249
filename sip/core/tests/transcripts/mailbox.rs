//! Word of the mailbox: subscribed and unasked (RFC 3842, RFC 6665).

use hark_harness::check;

const SUMMARY: &str = "body=Messages-Waiting:yes~Voice-Message:2/8(0/0)~
                    Event: message-summary
                    Content-Type: application/simple-message-summary";

/// Fills the usual notification in.
fn check_with_summary(script: &str) {
    check(&script.replace("{summary}", SUMMARY));
}

#[test]
fn a_subscription_begins_with_the_registration() {
    check_with_summary(
        "
        0.000  app  subscribe
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   200 OK
        0.020  ev   registration registered
        0.020  ->   SUBSCRIBE sip:alice@example.test cseq=1
                    From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                    To: <sip:alice@example.test>
                    Contact: <sip:alice@192.0.2.10:50230;*>
                    Event: message-summary
                    Accept: application/simple-message-summary
                    Expires: 3600
        0.030  <-   200 OK
        0.040  <-   NOTIFY in {summary}
                    Subscription-State: active;expires=3600
        0.040  ev   notified message-summary application/simple-message-summary body=Messages-Waiting:yes~Voice-Message:2/8(0/0)~
        0.040  ->   200 (NOTIFY)
        ",
    );
}

#[test]
fn a_notify_may_come_before_the_200() {
    check_with_summary(
        "
        registered
        0.000  app  subscribe
        0.000  ->   SUBSCRIBE
        0.010  <-   NOTIFY in tag=early {summary}
                    Subscription-State: active;expires=600
        0.010  ev   notified message-summary
        0.010  ->   200 (NOTIFY)
        0.020  <-   200 OK (SUBSCRIBE)
        ",
    );
}

#[test]
fn a_subscription_is_authenticated_and_refreshed_in_its_dialog() {
    check(
        "
        registered unchallenged
        0.000   app  subscribe
        0.000   ->   SUBSCRIBE cseq=1
        0.010   <-   407 Proxy Authentication Required
        0.010   ->   SUBSCRIBE cseq=2 +Proxy-Authorization
        0.020   <-   200 OK
                     Expires: 90
        45.020  ->   SUBSCRIBE sip:bob@192.0.2.20:5061;transport=tls cseq=3 +Proxy-Authorization
                     To: <sip:alice@example.test>;tag=far
                     Event: message-summary
                     Expires: 3600
        45.030  <-   200 OK
                     Expires: 90
        90.030  ->   SUBSCRIBE cseq=4
        ",
    );
}

#[test]
fn a_subscription_that_the_server_forgot_begins_anew() {
    check(
        "
        registered
        0.000   app  subscribe
        0.000   ->   SUBSCRIBE cseq=1
        0.010   <-   200 OK
                     Expires: 60
        30.010  ->   SUBSCRIBE cseq=2
        30.020  <-   481 Call/Transaction Does Not Exist
        30.020  ->   SUBSCRIBE sip:alice@example.test cseq=1
                     To: <sip:alice@example.test>
        ",
    );
}

/// Signed in for so long that nothing but the subscription happens.
const QUIET: &str = "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.000  net  opened
        0.000  ev   registration signing-in
        0.000  ->   REGISTER
        0.000  <-   200 OK
                    Contact: {contact};expires=100000
                    ms-keep-alive: UAS; timeout=100000
        0.000  ev   registration registered 100000
        0.000  app  subscribe
        0.000  ->   SUBSCRIBE
";

#[test]
fn a_refused_subscription_is_tried_again_after_half_an_hour() {
    for status in [
        "489 Bad Event",
        "405 Method Not Allowed",
        "404 Not Found",
        "480 Temporarily Unavailable",
        "603 Decline",
    ] {
        check(&format!(
            "{QUIET}
            0.010     <-   {status}
            1800.010  ->   SUBSCRIBE cseq=1
            "
        ));
    }
}

#[test]
fn a_subscription_is_tried_again_soon_after_trouble_that_passes() {
    check(&format!(
        "{QUIET}
        0.010    <-   503 Service Unavailable
                      Retry-After: 120
        120.010  ->   SUBSCRIBE
        120.020  <-   500 Server Internal Error
        180.020  ->   SUBSCRIBE
        272.020  ->   SUBSCRIBE                -- no answer for 32 s, then the minute
        "
    ));
}

#[test]
fn r423_is_followed_by_the_time_that_the_notifier_wants() {
    check(&format!(
        "{QUIET}
        0.010  <-   423 Interval Too Brief
                    Min-Expires: 7200
        0.010  ->   SUBSCRIBE cseq=1
                    Expires: 7200
        "
    ));
}

#[test]
fn a_terminated_subscription_begins_anew_when_the_server_says_so() {
    check_with_summary(
        "
        registered
        0.000   app  subscribe
        0.000   ->   SUBSCRIBE
        0.010   <-   200 OK
        1.000   <-   NOTIFY in {summary}
                     Subscription-State: terminated;reason=deactivated
        1.000   ev   notified
        1.000   ->   200 (NOTIFY)
        6.000   ->   SUBSCRIBE cseq=1
        6.010   <-   200 OK
        7.000   <-   NOTIFY in {summary}
                     Subscription-State: terminated;reason=probation;retry-after=60
        7.000   ev   notified
        7.000   ->   200 (NOTIFY)
        67.000  ->   SUBSCRIBE cseq=1
        ",
    );
}

#[test]
fn unsubscribing_says_so() {
    check_with_summary(
        "
        registered
        0.000  app  subscribe
        0.000  ->   SUBSCRIBE
        0.010  <-   200 OK
        1.000  app  unsubscribe
        1.000  ->   SUBSCRIBE cseq=2
                    Expires: 0
        1.010  <-   200 OK
        1.020  <-   NOTIFY in {summary}           -- the last word of a dialog that we have left
                    Subscription-State: terminated;reason=timeout
        1.020  ev   notified
        1.020  ->   200 (NOTIFY)
        9.000  end
        ",
    );
}

#[test]
fn a_subscription_is_refreshed_on_a_new_flow() {
    check(
        "
        registered
        0.000   app  subscribe
        0.000   ->   SUBSCRIBE
        0.010   <-   200 OK
        60.000  net  closed moved
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open
        60.010  net  opened
        60.010  ev   registration signing-in
        60.010  ->   REGISTER
        60.020  <-   200 OK
        60.020  ev   registration registered
        60.020  ->   SUBSCRIBE sip:bob@192.0.2.20:5061;transport=tls cseq=2
        ",
    );
}

#[test]
fn a_notification_that_nobody_asked_for_is_welcome_from_the_registrar() {
    check_with_summary(
        "
        registered
        0.000  <-   NOTIFY {summary}
                    Subscription-State: terminated
        0.000  ev   notified message-summary application/simple-message-summary
        0.000  ->   200 (NOTIFY)
        1.000  <-   NOTIFY in=register {summary}
        1.000  ev   notified message-summary
        1.000  ->   200 (NOTIFY)
        ",
    );
}

#[test]
fn a_notification_inside_of_a_call_is_of_the_mailbox_and_not_of_the_call() {
    check_with_summary(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        0.000  app  answer 1 answer
        0.000  ->   200 (INVITE)
        0.010  <-   ACK
        1.000  <-   NOTIFY in {summary}
        1.000  ev   notified message-summary application/simple-message-summary
        1.000  ->   200 (NOTIFY)
        2.000  <-   NOTIFY in
                    Event: dialog
        2.000  ->   489 (NOTIFY)
        3.000  <-   BYE
        3.000  ->   200 (BYE)
        3.000  ev   ended 1 hung-up
        ",
    );
}

#[test]
fn a_notification_from_anyone_else_is_refused() {
    check_with_summary(
        "
        registered
        0.000  net  opened flow=accepted
        0.000  <-   NOTIFY flow=accepted {summary}
        0.000  ->   403 (NOTIFY) flow=accepted
        1.000  <-   NOTIFY in=register flow=accepted {summary}
                    Call-ID: guessed
        1.000  ->   481 (NOTIFY) flow=accepted
        2.000  <-   NOTIFY in=register flow=accepted {summary}
        2.000  ->   403 (NOTIFY) flow=accepted
        ",
    );
}

#[test]
fn other_packages_are_not_ours() {
    check(
        "
        registered
        0.000  <-   NOTIFY
                    Event: dialog
        0.000  ->   489 (NOTIFY)
                    Allow-Events: message-summary
        0.000  <-   NOTIFY
        0.000  ->   489 (NOTIFY)
        ",
    );
}

#[test]
fn benotify_is_never_answered() {
    check_with_summary(
        "
        registered
        0.000  <-   BENOTIFY {summary}
        0.000  ev   notified message-summary
        1.000  <-   BENOTIFY
                    Event: vnd-microsoft-roaming-self
        1.000  ev   dropped StrayRequest
        2.000  <-   BENOTIFY in=register {summary}
                    Call-ID: nothing
        2.000  ev   dropped StrayRequest
        ",
    );
}
