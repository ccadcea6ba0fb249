//! Voicemail: who reaches which mailbox and how, Play on Phone, forwarding.

use super::check;

#[test]
fn ox6_skip_pin_over_tls_from_the_authenticated_owner_skips_the_pin() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> INVITE sip:dana@example.test;opaque=app:voicemail / Ms-Exchange-Command: skip-pin
         0.000 um   <- mailbox of dana, PIN skipped
         1.000 um   -> answer
         1.000 dana <- 200 INVITE
         1.000 dana -> ACK
         5.000 dana -> BYE
         5.000 dana <- 200 BYE
         5.000 um   <- hung up",
    );
}

#[test]
fn ox2_name_and_value_are_read_without_case_and_unknown_values_are_ignored() {
    for header in [
        "ms-exchange-command : SKIP-PIN",
        "MS-EXCHANGE-COMMAND:skip-pin",
    ] {
        check(&format!(
            "0.000 dana -> connect tls
             0.000 dana -> INVITE sip:dana@example.test;opaque=app:voicemail / {header}
             0.000 um   <- mailbox of dana, PIN skipped"
        ));
    }
    for header in [
        "Ms-Exchange-Command: open-sesame",
        "Ms-Exchange-Commands: skip-pin",
    ] {
        check(&format!(
            "0.000 dana -> connect tls
             0.000 dana -> INVITE sip:dana@example.test;opaque=app:voicemail / {header}
             0.000 um   <- mailbox of dana, PIN asked"
        ));
    }
}

#[test]
fn ox7_without_the_header_the_pin_is_asked_for() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> INVITE sip:dana@example.test;opaque=app:voicemail
         0.000 um   <- mailbox of dana, PIN asked",
    );
}

#[test]
fn ox7_over_tcp_the_pin_is_asked_for_whatever_the_header_says() {
    check(
        "0.000 dana -> connect tcp
         0.000 dana -> INVITE sip:dana@example.test;opaque=app:voicemail / Ms-Exchange-Command: skip-pin
         0.000 um   <- mailbox of dana, PIN asked",
    );
}

#[test]
fn ox7_nobody_else_gets_into_a_mailbox() {
    // A user who asks for another's mailbox leaves a message; a stranger too, whatever identity
    // the stranger claims; and who claims to be Dana must prove it.
    check(
        "0.000 bob      -> connect tls
         0.000 bob      -> INVITE sip:dana@example.test;opaque=app:voicemail / Ms-Exchange-Command: skip-pin
         0.000 um       <- message for dana from sip:bob@example.test
         1.000 stranger -> connect tls
         1.000 stranger -> INVITE sip:dana@example.test;opaque=app:voicemail / P-Asserted-Identity: <sip:dana@example.test> / Ms-Exchange-Command: skip-pin
         1.000 um       <- message for dana from sip:stranger@elsewhere.test
         2.000 stranger -> INVITE sip:dana@example.test;opaque=app:voicemail / From: <sip:dana@example.test>
         2.000 stranger <- 407 INVITE
         3.000 bob      -> INVITE sip:dana@example.test;opaque=app:voicemail / From: <sip:dana@example.test>
         3.000 bob      <- 403 INVITE",
    );
}

#[test]
fn a_keypad_number_reaches_the_callers_own_mailbox() {
    check(
        "0.000 bob -> connect tls
         0.000 bob -> INVITE sip:*97@example.test / Ms-Exchange-Command: skip-pin
         0.000 um  <- mailbox of bob, PIN skipped",
    );
}

#[test]
fn ox8_ox12_an_unanswered_play_on_phone_call_ends_with_an_error_and_no_message() {
    check(
        "0.000  dana -> connect tls
         0.000  dana -> sign in
         0.000  um   <- dana signed in over Tls
         1.000  um   -> play dana
         1.000  dana <- INVITE sip:dana@192.0.2.1:5555 / Ms-Sensitivity: private-no-diversion / From: sip:dana@example.test = To / automata
         1.000  dana -> 180
         1.000  um   <- ringing
         21.000 dana <- CANCEL sip:dana@192.0.2.1:5555
         21.000 dana <- ACK sip:dana@192.0.2.1:5555
         21.000 um   <- refused 480
         60.000 um   -> counts dana 0 0",
    );
}

#[test]
fn ox12_a_declined_play_on_phone_call_ends_with_an_error_and_no_message() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         1.000 um   -> play dana
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / Ms-Sensitivity: private-no-diversion / From: sip:dana@example.test = To / automata
         2.000 dana -> 603
         2.000 dana <- ACK sip:dana@192.0.2.1:5555
         2.000 um   <- refused 603",
    );
}

#[test]
fn ox12_play_on_phone_rings_although_all_calls_are_forwarded() {
    check(
        "0.000 ivy -> connect tls
         0.000 ivy -> sign in
         0.000 um  <- ivy signed in over Tls
         1.000 um  -> play ivy
         1.000 ivy <- INVITE sip:ivy@192.0.2.1:5555 / Ms-Sensitivity: private-no-diversion / From: sip:ivy@example.test = To / automata
         2.000 ivy -> 200
         2.000 ivy <- ACK sip:ivy@192.0.2.1:5555
         2.000 um  <- answered
         9.000 um  -> hang up
         9.000 ivy <- BYE sip:ivy@192.0.2.1:5555
         9.000 um  <- ended",
    );
}

#[test]
fn ox12_without_a_device_play_on_phone_ends_with_an_error_at_once() {
    for user in ["dana", "ivy", "otto"] {
        check(&format!(
            "0.000 um -> play {user}
             0.000 um <- refused 480"
        ));
    }
}

#[test]
fn ox12_a_device_cannot_deflect_a_private_call() {
    check(
        "0.000 dana -> connect tls
         0.000 dana -> sign in
         0.000 um   <- dana signed in over Tls
         1.000 um   -> play dana
         1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / Ms-Sensitivity: private-no-diversion / From: sip:dana@example.test = To / automata
         2.000 dana -> 302
         2.000 dana <- ACK sip:dana@192.0.2.1:5555
         2.000 um   <- refused 480",
    );
}

#[test]
fn ox12_without_the_header_immediate_forwarding_applies() {
    check(
        "0.000 ivy -> connect tls
         0.000 ivy -> sign in
         0.000 um  <- ivy signed in over Tls
         0.000 bob -> connect tls
         1.000 bob -> INVITE sip:ivy@example.test
         1.000 um  <- message for ivy from sip:bob@example.test
         2.000 bob -> INVITE sip:ivy@example.test / Ms-Sensitivity: private-no-diversion
         2.000 ivy <- INVITE sip:ivy@192.0.2.1:5555 / Ms-Sensitivity: private-no-diversion / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test",
    );
}

#[test]
fn ox12_without_the_header_an_unanswered_call_reaches_voicemail() {
    check(
        "0.000  dana -> connect tls
         0.000  dana -> sign in
         0.000  um   <- dana signed in over Tls
         0.000  bob  -> connect tls
         1.000  bob  -> INVITE sip:dana@example.test
         1.000  dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
         1.000  dana -> 180
         1.000  bob  <- 180 INVITE
         21.000 dana <- CANCEL sip:dana@192.0.2.1:5555
         21.000 dana <- ACK sip:dana@192.0.2.1:5555
         21.000 um   <- message for dana from sip:bob@example.test
         21.000 um   -> answer
         21.000 bob  <- 200 INVITE
         21.000 bob  -> ACK
         30.000 bob  -> BYE
         30.000 bob  <- 200 BYE
         30.000 um   <- hung up",
    );
}

#[test]
fn ox13_other_values_of_the_header_pass_through_untouched() {
    for value in [
        "private",
        "normal-no-diversion",
        "Who-Knows ; what=\"x\"",
        "private-no-diversion-2",
    ] {
        check(&format!(
            "0.000 dana -> connect tls
             0.000 dana -> sign in
             0.000 um   <- dana signed in over Tls
             0.000 bob  -> connect tls
             1.000 bob  -> INVITE sip:dana@example.test / Ms-Sensitivity: {value}
             1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / Ms-Sensitivity: {value} / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
             2.000 dana -> 486
             2.000 dana <- ACK sip:dana@192.0.2.1:5555
             2.000 um   <- message for dana from sip:bob@example.test"
        ));
    }
}

#[test]
fn busy_declined_and_unreachable_calls_reach_voicemail_and_others_do_not() {
    for status in [480, 486, 600, 603] {
        check(&format!(
            "0.000 dana -> connect tls
             0.000 dana -> sign in
             0.000 um   <- dana signed in over Tls
             0.000 bob  -> connect tls
             1.000 bob  -> INVITE sip:dana@example.test
             1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
             1.000 dana -> {status}
             1.000 dana <- ACK sip:dana@192.0.2.1:5555
             1.000 um   <- message for dana from sip:bob@example.test"
        ));
    }
    for status in [302, 404, 488] {
        check(&format!(
            "0.000 dana -> connect tls
             0.000 dana -> sign in
             0.000 um   <- dana signed in over Tls
             0.000 bob  -> connect tls
             1.000 bob  -> INVITE sip:dana@example.test
             1.000 dana <- INVITE sip:dana@192.0.2.1:5555 / P-Asserted-Identity: <sip:bob@example.test> / From: sip:bob@example.test
             1.000 dana -> {status}
             1.000 dana <- ACK sip:dana@192.0.2.1:5555
             1.000 bob  <- {status} INVITE"
        ));
    }
}

#[test]
fn the_um_server_calls_a_sender_back_as_the_user() {
    check(
        "0.000 bob -> connect tls
         0.000 bob -> sign in
         0.000 um  <- bob signed in over Tls
         1.000 um  -> call dana sip:bob@example.test
         1.000 bob <- INVITE sip:bob@192.0.2.1:5555 / From: sip:dana@example.test
         2.000 bob -> 200
         2.000 bob <- ACK sip:bob@192.0.2.1:5555
         2.000 um  <- answered
         3.000 bob -> BYE
         3.000 bob <- 200 BYE
         3.000 um  <- hung up
         4.000 um  -> call dana sip:+14255550143@example.test
         4.000 um  <- refused 404
         5.000 um  -> call dana sip:bob@elsewhere.test
         5.000 um  <- refused 404",
    );
}
