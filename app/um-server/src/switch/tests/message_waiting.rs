//! Message waiting, asked for and not.

use super::check_in;
use super::world::World;

#[track_caller]
fn check(script: &str) {
    let mut world = World::new();
    world.shows_notify = true;
    check_in(world, script);
}

#[test]
fn every_device_is_told_at_sign_in_and_at_every_change() {
    check(
        "0.000 um    -> counts dana 3 1
         0.000 dana  -> connect tls
         0.000 dana  -> sign in
         0.000 dana  <- NOTIFY sip:dana@192.0.2.1:5555 / Subscription-State: terminated / Voice-Message: 3/1 (0/0)
         0.000 um    <- dana signed in over Tls
         1.000 dana2 -> connect tcp
         1.000 dana2 -> sign in
         1.000 dana2 <- NOTIFY sip:dana2@192.0.2.1:5555 / Subscription-State: terminated / Voice-Message: 3/1 (0/0)
         2.000 um    -> counts dana 2 2
         2.000 dana  <- NOTIFY sip:dana@192.0.2.1:5555 / Subscription-State: terminated / Voice-Message: 2/2 (0/0)
         2.000 dana2 <- NOTIFY sip:dana2@192.0.2.1:5555 / Subscription-State: terminated / Voice-Message: 2/2 (0/0)
         3.000 dana  -> sign in
         4.000 dana  -> unregister
         5.000 um    -> counts dana 1 0
         5.000 dana2 <- NOTIFY sip:dana2@192.0.2.1:5555 / Subscription-State: terminated / Voice-Message: 1/0 (0/0)
         6.000 um    -> counts bob 1 0",
    );
}

#[test]
fn a_subscriber_is_told_within_the_subscription_until_it_ends() {
    check(
        "0.000   bob -> connect tls
         0.000   bob -> request SUBSCRIBE sip:bob@example.test / Event: message-summary / Expires: 100
         0.000   bob <- 200 SUBSCRIBE
         0.000   bob <- NOTIFY sip:bob@192.0.2.1:5555 / Subscription-State: active;expires=100 / Voice-Message: 0/0 (0/0)
         1.000   bob -> sign in
         1.000   um  <- bob signed in over Tls
         10.000  um  -> counts bob 1 0
         10.000  bob <- NOTIFY sip:bob@192.0.2.1:5555 / Subscription-State: active;expires=90 / Voice-Message: 1/0 (0/0)
         100.000 bob <- NOTIFY sip:bob@192.0.2.1:5555 / Subscription-State: terminated;reason=timeout / Voice-Message: 1/0 (0/0)
         110.000 um  -> counts bob 2 0
         110.000 bob <- NOTIFY sip:bob@192.0.2.1:5555 / Subscription-State: terminated / Voice-Message: 2/0 (0/0)",
    );
}

#[test]
fn a_subscription_that_cannot_be_is_refused() {
    check(
        "0.000 bob -> connect tls
         0.000 bob -> request SUBSCRIBE sip:bob@example.test / Event: presence
         0.000 bob <- 489 SUBSCRIBE / Allow-Events: message-summary
         1.000 bob -> request SUBSCRIBE sip:dana@example.test / Event: message-summary
         1.000 bob <- 403 SUBSCRIBE
         2.000 bob -> request SUBSCRIBE sip:bob@example.test / Event: message-summary / Expires: 59
         2.000 bob <- 423 SUBSCRIBE / Min-Expires: 60
         3.000 bob -> request SUBSCRIBE sip:bob@example.test / Event: message-summary / To: <sip:bob@example.test>;tag=none
         3.000 bob <- 481 SUBSCRIBE
         4.000 stranger -> connect tls
         4.000 stranger -> request SUBSCRIBE sip:dana@example.test / Event: message-summary
         4.000 stranger <- 401 SUBSCRIBE",
    );
}

#[test]
fn a_poll_is_answered_by_one_notification() {
    check(
        "0.000 um  -> counts bob 0 4
         0.000 bob -> connect tls
         0.000 bob -> request SUBSCRIBE sip:*97@example.test / Event: message-summary;id=1 / Expires: 0
         0.000 bob <- 200 SUBSCRIBE
         0.000 bob <- NOTIFY sip:bob@192.0.2.1:5555 / Subscription-State: terminated;reason=timeout / Voice-Message: 0/4 (0/0)
         1.000 um  -> counts bob 1 4",
    );
}
