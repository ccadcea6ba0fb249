//! Keeping the flow open, losing it, getting it back.

use hark_harness::check;

#[test]
fn an_unreachable_server_is_tried_at_growing_distances() {
    check(
        "
        0.000          app  register
        0.000          ev   registration connecting
        0.000          out  open
        0.100          net  failed refused
        0.100          ev   registration lost refused
        0.100..2.100   ev   registration connecting
        0.100..2.100   out  open
        3.000          net  failed name
        3.000          ev   registration lost address
        5.000..7.000   ev   registration connecting
        5.000..7.000   out  open
        8.000          net  failed refused
        8.000          ev   registration lost
        12.000..16.000 ev   registration connecting
        12.000..16.000 out  open
        ",
    );
}

#[test]
fn a_certificate_that_cannot_be_trusted_is_told_and_tried_again() {
    check(
        "
        0.000         app  register
        0.000         ev   registration connecting
        0.000         out  open
        0.100         net  failed untrusted
        0.100         ev   registration failed authority trusted
        0.100..2.100  ev   registration connecting
        0.100..2.100  out  open
        ",
    );
}

#[test]
fn a_person_need_not_wait_for_the_next_try() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.100  net  failed refused
        0.100  ev   registration lost
        0.500  app  retry
        0.500  ev   registration connecting
        0.500  out  open
        ",
    );
}

#[test]
fn a_flow_lost_at_our_end_is_opened_again_at_once_and_then_with_backoff() {
    check(
        "
        registered
        100.000          net  closed moved
        100.000          ev   registration lost next=100.000 network changed
        100.000          ev   registration connecting
        100.000          out  open tls sip.example.test:5061
        100.100          net  failed refused
        100.100          ev   registration lost refused
        102.100..104.100 ev   registration connecting
        102.100..104.100 out  open
        ",
    );
}

/// It has closed the flows of all its clients in this moment, so they come back one by one.
#[test]
fn a_server_that_closes_the_flow_is_given_a_moment() {
    check(
        "
        registered
        100.000           net  closed
        100.000           ev   registration lost closed
        100.000..102.000  ev   registration connecting
        100.000..102.000  out  open
        102.000           net  failed refused
        102.000           ev   registration lost refused
        104.000..106.000  ev   registration connecting
        104.000..106.000  out  open
        ",
    );
}

#[test]
fn a_server_that_throws_us_out_in_a_loop_gets_the_backoff() {
    check(
        "
        registered
        1.000         net  closed
        1.000         ev   registration lost
        1.000..3.000  ev   registration connecting
        1.000..3.000  out  open
        3.010         net  opened
        3.010         ev   registration signing-in
        3.010         ->   REGISTER
        3.020         <-   200 OK
        3.020         ev   registration registered
        3.030         net  closed
        3.030         ev   registration lost
        5.030..7.030  ev   registration connecting
        5.030..7.030  out  open
        8.000         net  opened
        8.000         ev   registration signing-in
        8.000         ->   REGISTER
        8.010         <-   200 OK
        8.010         ev   registration registered
        8.020         net  closed
        8.020         ev   registration lost
        12.020..16.020  ev   registration connecting
        12.020..16.020  out  open
        ",
    );
}

#[test]
fn a_flow_that_closes_before_the_answer_is_not_opened_again_at_once() {
    check(
        "
        0.000         app  register
        0.000         ev   registration connecting
        0.000         out  open
        0.010         net  opened
        0.010         ev   registration signing-in
        0.010         ->   REGISTER
        0.020         net  closed
        0.020         ev   registration lost
        0.020..2.020  ev   registration connecting
        0.020..2.020  out  open
        ",
    );
}

#[test]
fn a_new_flow_is_registered_without_credentials_first() {
    check(
        "
        registered
        60.000  net  closed moved
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open
        60.010  net  opened
        60.010  ev   registration signing-in
        60.010  ->   REGISTER -Authorization
        60.020  <-   401 Unauthorized
        60.020  ->   REGISTER +Authorization
        60.030  <-   200 OK
        60.030  ev   registration registered
        ",
    );
}

#[test]
fn pings_go_out_every_two_minutes_and_need_no_answer() {
    check(
        "
        registered
        95.000..120.001   ->  ping
        190.000..240.001  ->  ping
        285.000..360.001  ->  ping
        ",
    );
}

#[test]
fn a_server_that_answered_once_and_then_falls_silent_is_given_up() {
    check(
        "
        registered
        95.000..120.001   ->   ping
        120.500           <-   pong
        120.500           ev   pong
        190.000..240.001  ->   ping
        200.000..250.001  out  close
        200.000..250.001  ev   registration lost server answer more
        200.000..250.001  ev   registration connecting
        200.000..250.001  out  open
        ",
    );
}

#[test]
fn microsofts_terms_are_a_ping_after_silence_and_no_answer() {
    check(
        "
        0.000    app  register
        0.000    ev   registration connecting
        0.000    out  open
        0.000    net  opened
        0.000    ev   registration signing-in
        0.000    ->   REGISTER
        0.000    <-   200 OK
                      ms-keep-alive: UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300
        0.000    ev   registration registered 3600
        100.000  <-   OPTIONS
        100.000  ->   200 (OPTIONS)
        370.000  ->   ping                -- 270 s after the last thing that was sent
        371.000  <-   pong                -- means nothing
        640.000  ->   ping
        910.000  ->   ping
        ",
    );
}

#[test]
fn a_flow_timer_is_kept_and_its_answers_are_awaited() {
    check(
        "
        0.000            app  register
        0.000            ev   registration connecting
        0.000            out  open
        0.000            net  opened
        0.000            ev   registration signing-in
        0.000            ->   REGISTER
        0.000            <-   200 OK
                              Flow-Timer: 50
                              Require: outbound
        0.000            ev   registration registered
        40.000..50.001   ->   ping
        50.100           <-   pong
        50.100           ev   pong
        80.000..100.001  ->   ping
        90.000..110.001  out  close
        90.000..110.001  ev   registration lost
        90.000..110.001  ev   registration connecting
        90.000..110.001  out  open
        ",
    );
}

#[test]
fn the_servers_ping_is_answered() {
    check(
        "
        registered
        5.000  <-  ping
        5.000  ->  pong
        ",
    );
}

#[test]
fn a_dead_flow_is_found_by_the_refresh() {
    check(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.000   net  opened
        0.000   ev   registration signing-in
        0.000   ->   REGISTER
        0.000   <-   200 OK
                     Contact: {contact};expires=60
        0.000   ev   registration registered 60
        30.000  ->   REGISTER
        62.000  out  close
        62.000  ev   registration lost next=62.000 answer
        62.000  ev   registration connecting
        62.000  out  open
        ",
    );
}

#[test]
fn a_call_without_a_flow_ends_at_once() {
    check(
        "
        0.000  app  invite sip:bob@example.test
        0.000  ev   ended 1 flow-lost
        ",
    );
}
