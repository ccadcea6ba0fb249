//! Sleep, changes of the network, and what the server says of our address.

use hark_harness::{Scene, check};

#[test]
fn after_sleep_a_flow_that_still_stands_is_proved_by_a_register() {
    check(
        "
        registered
        50.000  net  disturbed
        50.000  ->   REGISTER cseq=3
        50.010  <-   200 OK
        50.010  ev   registration registered
        90.000  end
        ",
    );
}

#[test]
fn after_sleep_a_dead_flow_is_replaced_after_three_seconds() {
    check(
        "
        registered
        50.000  net  disturbed
        50.000  ->   REGISTER cseq=3
        53.000  out  close
        53.000  ev   registration lost next=53.000 server answer more
        53.000  ev   registration connecting
        53.000  out  open
        53.010  net  opened
        53.010  ev   registration signing-in
        53.010  ->   REGISTER
        ",
    );
}

#[test]
fn a_flow_from_an_address_that_is_gone_is_replaced_at_once() {
    check(
        "
        registered
        50.000  net  closed moved
        50.000  ev   registration lost next=50.000 network changed
        50.000  ev   registration connecting
        50.000  out  open
        ",
    );
}

#[test]
fn the_networks_return_ends_the_wait() {
    check(
        "
        registered
        50.000            net  closed moved
        50.000            ev   registration lost
        50.000            ev   registration connecting
        50.000            out  open
        50.000            net  failed unreachable
        50.000            ev   registration lost
        52.000..54.000    ev   registration connecting
        52.000..54.000    out  open
        54.000            net  failed unreachable
        54.000            ev   registration lost
        54.500            net  disturbed
        54.500            ev   registration connecting
        54.500            out  open
        54.510            net  opened
        54.510            ev   registration signing-in
        54.510            ->   REGISTER
        54.520            <-   200 OK
        54.520            ev   registration registered
        ",
    );
}

#[test]
fn a_connection_attempt_over_the_old_network_is_begun_anew() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        1.000  net  disturbed
        1.000  out  close
        1.000  out  open
        1.010  net  opened
        1.010  ev   registration signing-in
        1.010  ->   REGISTER
        ",
    );
}

#[test]
fn a_disturbance_does_not_repeat_what_a_person_has_to_mend() {
    check(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.010   net  opened
        0.010   ev   registration signing-in
        0.010   ->   REGISTER
        0.020   <-   401 Unauthorized
        0.020   ->   REGISTER +Authorization
        0.030   <-   401 Unauthorized
        0.030   ev   registration failed next=never password
        1.000   net  disturbed
        30.000  end
        ",
    );
}

/// The server has named the time itself, and nothing that happens here changes it. The owner's clock
/// may have stood still in sleep, so it is told again.
#[test]
fn a_wait_that_the_server_has_asked_for_goes_on_and_is_told_again() {
    check(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.010   net  opened
        0.010   ev   registration signing-in
        0.010   ->   REGISTER
        0.020   <-   503 Service Unavailable
                     Retry-After: 50
        0.020   ev   registration lost next=50.020 503
        30.000  net  disturbed
        30.000  ev   registration lost next=50.020 503
        50.020  ev   registration connecting
        50.020  ev   registration signing-in
        50.020  ->   REGISTER
        ",
    );
}

#[test]
fn disturbances_of_who_is_signed_out_mean_nothing() {
    check(
        "
        0.000  net  disturbed
        5.000  end
        ",
    );
}

/// The page on which a hotel asks for a room number: its certificate is its own, or there is none.
#[test]
fn a_captive_portal_is_told_and_left_behind_as_soon_as_the_network_is_free() {
    for (error, told) in [
        ("untrusted", "failed authority trusted"),
        ("wrong-name", "failed certificate name"),
        ("no-tls", "lost no TLS"),
    ] {
        check(&format!(
            "
            0.000         app  register
            0.000         ev   registration connecting
            0.000         out  open
            0.100         net  failed {error}
            0.100         ev   registration {told}
            0.100..2.100  ev   registration connecting
            0.100..2.100  out  open
            2.200         net  failed {error}
            2.200         ev   registration {told}
            2.300         net  disturbed
            2.300         ev   registration connecting
            2.300         out  open
            2.310         net  opened
            2.310         ev   registration signing-in
            2.310         ->   REGISTER
            "
        ));
    }
}

/// The same without encryption: a page for people in place of an answer.
#[test]
fn a_captive_portal_that_answers_in_http_is_no_registrar() {
    let page = b"HTTP/1.1 302 Found\r\nLocation: http://portal.test/\r\nContent-Length: 0\r\n\r\n";
    Scene::new(
        "
        tcp
        0.000         app  register
        0.000         ev   registration connecting
        0.000         out  open tcp
        0.010         net  opened
        0.010         ev   registration signing-in
        0.010         ->   REGISTER
        0.020         <-   file page
        0.020         ev   dropped Malformed
        0.030         net  closed
        0.030         ev   registration lost closed
        0.030..2.030  ev   registration connecting
        0.030..2.030  out  open tcp
        ",
    )
    .file("page", page)
    .run();
}

#[test]
fn a_renewed_certificate_is_accepted_without_a_hand() {
    check(
        "
        registered
        60.000         net  closed
        60.000         ev   registration lost
        60.000..62.000 ev   registration connecting
        60.000..62.000 out  open
        62.000         net  failed expired
        62.000         ev   registration failed expired
        64.000..66.000 ev   registration connecting
        64.000..66.000 out  open
        66.000         net  opened
        66.000         ev   registration signing-in
        66.000         ->   REGISTER
        66.010         <-   200 OK
        66.010         ev   registration registered
        ",
    );
}

#[test]
fn a_change_of_our_public_address_refreshes_the_registration_soon() {
    let via = |address: &str| {
        format!("Via: SIP/2.0/TLS 192.0.2.10:50230;branch={{branch}};received={address};rport=4711")
    };
    let (first, second) = (via("198.51.100.1"), via("198.51.100.2"));
    check(&format!(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.010   net  opened
        0.010   ev   registration signing-in
        0.010   ->   REGISTER cseq=1
                     Via: SIP/2.0/TLS 192.0.2.10:50230;branch=*;rport
        0.020   <-   401 Unauthorized
                     {first}
        0.020   ->   REGISTER cseq=2
        0.030   <-   200 OK
                     {first}
        0.030   ev   registration registered
        1.000   net  disturbed
        1.000   ->   REGISTER cseq=3
        1.010   <-   200 OK
                     {second}
        1.010   ev   registration registered
        6.010   ->   REGISTER cseq=4
        6.020   <-   200 OK
                     {second}
        6.020   ev   registration registered
        60.000  end
        "
    ));
}

#[test]
fn requests_outside_of_dialogs_take_the_service_route() {
    check(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.010   net  opened
        0.010   ev   registration signing-in
        0.010   ->   REGISTER -Route
        0.020   <-   200 OK
                     Service-Route: <sip:edge.example.test;transport=tls;lr>, <sip:core.example.test;lr>
        0.020   ev   registration registered
        1.000   app  invite sip:bob@example.test
        1.000   ->   INVITE sip:bob@example.test
                     Route: <sip:edge.example.test;transport=tls;lr>
                     Route: <sip:core.example.test;lr>
        1.010   <-   200 OK sdp=answer
        1.010   ->   ACK -Route
        1.010   ev   answered 1
        2.000   net  closed moved
        2.000   ev   registration lost
        2.000   ev   registration connecting
        2.000   out  open
        2.010   net  opened
        2.010   ev   registration signing-in
        2.010   ->   REGISTER -Route
        ",
    );
}

#[test]
fn a_service_route_that_cannot_be_followed_is_left_alone() {
    let many = ["<sip:hop.example.test;lr>"; 9].join(", ");
    for route in ["<sip:strict.example.test>", "nonsense", &many] {
        check(&format!(
            "
            0.000   app  register
            0.000   ev   registration connecting
            0.000   out  open
            0.010   net  opened
            0.010   ev   registration signing-in
            0.010   ->   REGISTER
            0.020   <-   200 OK
                         Service-Route: {route}
            0.020   ev   registration registered
            1.000   app  invite sip:bob@example.test
            1.000   ->   INVITE -Route
            "
        ));
    }
}
