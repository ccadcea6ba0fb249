//! Calls between users: forking, cancelling, dialogs and their paths.

use super::check;

#[test]
fn all_devices_ring_and_the_first_answer_wins() {
    check(
        "0.000 dana  -> connect tls
         0.000 dana  -> sign in
         0.000 um    <- dana signed in over Tls
         0.000 dana2 -> connect tcp
         0.000 dana2 -> sign in
         0.000 bob   -> connect tls
         1.000 bob   -> INVITE sip:dana@example.test
         1.000 dana  <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana2 <- INVITE sip:dana2@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana  -> 180
         1.000 bob   <- 180 INVITE
         1.500 dana2 -> 180
         1.500 bob   <- 180 INVITE
         3.000 dana2 -> 200
         3.000 bob   <- 200 INVITE
         3.000 dana  <- CANCEL sip:dana@192.0.2.1:5555 / Reason: SIP;cause=200;text=\"Call completed elsewhere\"
         3.000 dana  <- ACK sip:dana@192.0.2.1:5555
         3.100 bob   -> ACK
         3.100 dana2 <- ACK sip:dana2@192.0.2.1:5555
         9.000 dana2 -> BYE
         9.000 bob   <- BYE sip:bob@192.0.2.1:5555
         9.000 dana2 <- 200 BYE",
    );
}

#[test]
fn a_path_ends_with_its_dialog() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana -> 200
         1.000 bob  <- 200 INVITE
         1.000 bob  -> ACK
         1.000 dana <- ACK sip:dana@192.0.2.1:5555
         2.000 bob  -> BYE
         2.000 dana <- BYE sip:dana@192.0.2.1:5555
         2.000 bob  <- 200 BYE
         3.000 dana -> BYE
         3.000 dana <- 481 BYE",
    );
}

#[test]
fn a_caller_who_gives_up_gets_487_and_leaves_no_message() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana -> 180
         1.000 bob  <- 180 INVITE
         4.000 bob  -> CANCEL
         4.000 bob  <- 200 CANCEL
         4.000 dana <- CANCEL sip:dana@192.0.2.1:5555
         4.000 dana <- ACK sip:dana@192.0.2.1:5555
         4.000 bob  <- 487 INVITE",
    );
}

#[test]
fn a_caller_who_gives_up_on_a_silent_device_is_not_kept_waiting() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         4.000 bob  -> CANCEL
         4.000 bob  <- 200 CANCEL
         6.000 bob  <- 487 INVITE",
    );
}

#[test]
fn a_device_that_answers_while_it_is_cancelled_has_answered() {
    // The caller's CANCEL and the 200 cross; the caller must learn of the 200 (RFC 3261 §9.1).
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         4.000 bob  -> CANCEL
         4.000 bob  <- 200 CANCEL
         4.500 dana -> 200
         4.500 bob  <- 200 INVITE
         4.600 bob  -> ACK
         4.600 dana <- ACK sip:dana@192.0.2.1:5555
         4.700 bob  -> BYE
         4.700 dana <- BYE sip:dana@192.0.2.1:5555
         4.700 bob  <- 200 BYE",
    );
}

#[test]
fn a_device_that_is_silent_for_good_does_not_keep_the_call_from_voicemail() {
    check(
        "0.000  dana -> connect tls
         0.000  dana -> sign in
         0.000  um   <- dana signed in over Tls
         0.000  bob  -> connect tls
         1.000  bob  -> INVITE sip:dana@example.test
         1.000  dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         23.000 um   <- message for dana from sip:bob@example.test
         24.000 dana -> 200
         24.000 bob  <- 200 INVITE
         24.000 um   <- cancelled",
    );
}

#[test]
fn a_device_that_is_lost_while_it_rings_sends_the_call_to_voicemail() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana -> 180
         1.000 bob  <- 180 INVITE
         2.000 dana -> lost
         2.000 um   <- dana signed out
         2.000 um   <- message for dana from sip:bob@example.test",
    );
}

#[test]
fn a_call_outlives_the_loss_of_a_flow() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana -> 200
         1.000 bob  <- 200 INVITE
         1.000 bob  -> ACK
         1.000 dana <- ACK sip:dana@192.0.2.1:5555
         2.000 dana -> lost
         2.000 um   <- dana signed out
         3.000 dana -> connect tls
         3.000 dana -> sign in
         3.000 um   <- dana signed in over Tls
         4.000 bob  -> BYE
         4.000 dana <- BYE sip:dana@192.0.2.1:5555
         4.000 bob  <- 200 BYE",
    );
}

#[test]
fn who_hangs_up_on_a_lost_device_is_told_so() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> INVITE sip:dana@example.test
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000 dana -> 200
         1.000 bob  <- 200 INVITE
         1.000 bob  -> ACK
         1.000 dana <- ACK sip:dana@192.0.2.1:5555
         2.000 dana -> lost
         2.000 um   <- dana signed out
         4.000 bob  -> BYE
         4.000 bob  <- 481 BYE",
    );
}

#[test]
fn other_requests_reach_the_devices_of_a_user() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         0.000 bob  -> connect tls
         1.000 bob  -> request MESSAGE sip:dana@example.test
         1.000 dana <- MESSAGE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test>
         1.000 bob  <- 200 MESSAGE
         2.000 bob  -> request MESSAGE sip:otto@example.test
         2.000 bob  <- 480 MESSAGE
         3.000 bob  -> request MESSAGE sip:nobody@example.test
         3.000 bob  <- 404 MESSAGE",
    );
}

#[test]
fn nobody_takes_over_the_calls_of_another_by_a_contact() {
    check(
        "0.000 bob      -> connect tls
         0.000 bob      -> request REGISTER sip:example.test / To: <sip:bob@example.test> / Contact: <sip:dana@example.test>
         0.000 um       <- bob signed in over Tls
         0.000 stranger -> connect tls
         1.000 stranger -> INVITE sip:dana@example.test
         1.000 um       <- message for dana from sip:stranger@elsewhere.test",
    );
}
