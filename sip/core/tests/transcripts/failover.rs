//! Several servers: finding them, going on to the next one, and back to the better one.

use hark_harness::check;

/// Two servers of one service, the first one with two addresses.
const TWO_SERVERS: &str = "
        server=example.test
        srv:_sips._tcp.example.test=10/0/5061/one.test,20/0/5071/two.test
        host:one.test=192.0.2.1,192.0.2.2 host:two.test=192.0.2.3
";

fn check_with_two_servers(script: &str) {
    check(&format!("{TWO_SERVERS}{script}"));
}

#[test]
fn a_refusing_server_is_followed_by_the_next_one_at_once() {
    check_with_two_servers(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls one.test:5061 at=192.0.2.1,192.0.2.2
        0.100  net  failed refused
        0.100  out  open tls two.test:5071 at=192.0.2.3
        0.200  net  opened
        0.200  ev   registration signing-in
        0.200  ->   REGISTER
        0.210  <-   200 OK
        0.210  ev   registration registered
        ",
    );
}

#[test]
fn the_addresses_of_one_name_are_servers_of_their_own_and_the_first_is_the_best() {
    check(
        "
        host:sip.example.test=192.0.2.1,192.0.2.2
        0.000           app  register
        0.000           ev   registration connecting
        0.000           out  open tls sip.example.test:5061 at=192.0.2.1,192.0.2.2
        0.100           net  opened
        0.100           ev   registration signing-in
        0.100           ->   REGISTER
        0.110           <-   503 Service Unavailable
        0.110           out  close
        0.110           ev   registration connecting
        0.110           out  open tls sip.example.test:5061 at=192.0.2.2
        0.200           net  opened
        0.200           ev   registration signing-in
        0.200           ->   REGISTER
        0.210           <-   200 OK
        0.210           ev   registration registered
        30.000..60.300  out  open tls sip.example.test:5061 at=192.0.2.1
        61.000          net  opened flow=3
        61.000          ->   REGISTER flow=3
        61.010          <-   200 OK
        61.010          ev   registration registered
        61.010          out  close
        90.000          end
        ",
    );
}

#[test]
fn a_server_that_answers_503_is_left_for_its_other_address_and_then_for_the_next_one() {
    check_with_two_servers(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls one.test:5061
        0.100  net  opened
        0.100  ev   registration signing-in
        0.100  ->   REGISTER
        0.110  <-   503 Service Unavailable
                    Retry-After: 60
        0.110  out  close
        0.110  ev   registration connecting
        0.110  out  open tls one.test:5061 at=192.0.2.2
        0.200  net  opened
        0.200  ev   registration signing-in
        0.200  ->   REGISTER
        0.210  <-   503 Service Unavailable
                    Retry-After: 90
        0.210  out  close
        0.210  ev   registration connecting
        0.210  out  open tls two.test:5071 at=192.0.2.3
        0.300  net  opened
        0.300  ev   registration signing-in
        0.300  ->   REGISTER
        0.310  <-   200 OK
        0.310  ev   registration registered
        ",
    );
}

#[test]
fn servers_that_asked_for_patience_are_not_asked_again_before_their_time() {
    check_with_two_servers(
        "
        0.000       app  register
        0.000       ev   registration connecting
        0.000       out  open tls one.test:5061
        0.100       net  opened at=192.0.2.2
        0.100       ev   registration signing-in
        0.100       ->   REGISTER
        0.110       <-   503 Service Unavailable
                         Retry-After: 60
        0.110       out  close
        0.110       ev   registration connecting
        0.110       out  open tls two.test:5071 at=192.0.2.3
        0.200       net  failed refused
        0.200       ev   registration lost next=60.200 503
        60.200      ev   registration connecting
        60.200      out  open tls one.test:5061 at=192.0.2.1,192.0.2.2
        ",
    );
}

#[test]
fn a_server_that_takes_us_in_but_never_answers_is_given_three_seconds() {
    check_with_two_servers(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls one.test:5061
        0.100  net  opened at=192.0.2.2
        0.100  ev   registration signing-in
        0.100  ->   REGISTER
        3.100  out  close
        3.100  ev   registration connecting
        3.100  out  open tls two.test:5071
        ",
    );
}

#[test]
fn a_server_that_says_no_speaks_for_all_of_them() {
    check_with_two_servers(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls one.test:5061
        0.100  net  opened
        0.100  ev   registration signing-in
        0.100  ->   REGISTER
        0.110  <-   403 Forbidden
        0.110  ev   registration failed 403
        ",
    );
}

#[test]
fn of_several_failures_the_most_telling_is_told() {
    check_with_two_servers(
        "
        0.000         app  register
        0.000         ev   registration connecting
        0.000         out  open tls one.test:5061
        0.100         net  failed wrong-name
        0.100         out  open tls two.test:5071
        0.200         net  failed silent
        0.200         ev   registration failed certificate name
        0.200..2.200  ev   registration connecting
        0.200..2.200  out  open tls one.test:5061
        ",
    );
}

#[test]
fn a_better_server_is_looked_for_and_moved_to_without_a_gap() {
    check_with_two_servers(
        "
        0.000            app  register
        0.000            ev   registration connecting
        0.000            out  open tls one.test:5061
        0.100            net  failed refused
        0.100            out  open tls two.test:5071
        0.200            net  opened
        0.200            ev   registration signing-in
        0.200            ->   REGISTER
        0.210            <-   200 OK
        0.210            ev   registration registered
        30.000..60.300   out  open tls one.test:5061
        61.000           net  failed refused flow=3
        95.000..121.000  ->   ping flow=2
        121.000..181.001 out  open tls one.test:5061
        182.000          net  opened flow=4
        182.000          ->   REGISTER -Authorization flow=4
        182.010          <-   401 Unauthorized
        182.010          ->   REGISTER +Authorization flow=4
        182.020          <-   200 OK
        182.020          ev   registration registered
        182.020          out  close
        183.000          app  invite sip:bob@example.test
        183.000          ->   INVITE flow=4
        ",
    );
}

/// They share the load, so none of them is better.
#[test]
fn servers_of_one_priority_are_as_good_as_each_other() {
    check(
        "
        no-pings server=example.test
        srv:_sips._tcp.example.test=10/1/5061/one.test,10/1/5061/two.test
        host:one.test=192.0.2.1 host:two.test=192.0.2.2
        0.000     app  register
        0.000     ev   registration connecting
        0.000     out  open tls *.test:5061
        0.100     net  failed refused
        0.100     out  open tls *.test:5061
        0.200     net  opened
        0.200     ev   registration signing-in
        0.200     ->   REGISTER
        0.210     <-   200 OK
        0.210     ev   registration registered
        3000.000  end
        ",
    );
}

#[test]
fn nobody_is_moved_in_the_middle_of_a_call() {
    check_with_two_servers(
        "
        0.000            app  register
        0.000            ev   registration connecting
        0.000            out  open tls one.test:5061
        0.100            net  failed refused
        0.100            out  open tls two.test:5071
        0.200            net  opened
        0.200            ev   registration signing-in
        0.200            ->   REGISTER
        0.210            <-   200 OK
        0.210            ev   registration registered
        1.000            app  invite sip:bob@example.test
        1.000            ->   INVITE
        1.010            <-   200 OK sdp=answer
        1.010            ->   ACK
        1.010            ev   answered 1
        90.000           app  hang-up 1
        90.000           ->   BYE
        90.000           ev   ended 1 local
        90.010           <-   200 OK (BYE)
        90.010..240.000  ->   ping
        90.010..240.000  out  open tls one.test:5061
        ",
    );
}

#[test]
fn a_call_goes_on_over_the_next_server() {
    check_with_two_servers(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open tls one.test:5061
        0.100   net  opened
        0.100   ev   registration signing-in
        0.100   ->   REGISTER
        0.110   <-   200 OK
        0.110   ev   registration registered
        1.000   app  invite sip:bob@example.test sdp=offer
        1.000   ->   INVITE
        1.010   <-   200 OK sdp=answer
        1.010   ->   ACK
        1.010   ev   answered 1
        40.000  net  closed
        40.000  ev   registration lost next=40.000 closed
        40.000  ev   registration connecting
        40.000  out  open tls one.test:5061
        40.100  net  failed refused
        40.100  out  open tls two.test:5071
        40.200  net  opened
        40.200  ev   registration signing-in
        40.200  ->   REGISTER flow=3
        40.210  <-   200 OK
        40.210  ev   registration registered
        40.210  ->   INVITE sdp=offer flow=3
        40.220  <-   200 OK (INVITE) sdp=answer
        40.220  ->   ACK
        50.000  app  hang-up 1
        50.000  ->   BYE flow=3
        50.000  ev   ended 1 local
        ",
    );
}

#[test]
fn a_better_server_that_changes_its_mind_is_left_for_the_one_before() {
    check_with_two_servers(
        "
        0.000           app  register
        0.000           ev   registration connecting
        0.000           out  open tls one.test:5061
        0.100           net  failed refused
        0.100           out  open tls two.test:5071
        0.200           net  opened
        0.200           ev   registration signing-in
        0.200           ->   REGISTER
        0.210           <-   200 OK
        0.210           ev   registration registered
        30.000..60.300  out  open tls one.test:5061
        61.000          net  opened flow=3
        61.000          ->   REGISTER flow=3
        61.010          <-   503 Service Unavailable
        61.010          out  close
        61.010          out  close
        61.010          ev   registration connecting
        61.010          out  open tls one.test:5061 at=192.0.2.2
        61.020          net  failed refused
        61.020          out  open tls two.test:5071
        ",
    );
}

#[test]
fn a_domain_that_does_not_exist_and_dns_that_does_not_answer_are_told_apart() {
    check(
        "
        server=example.test
        0.000         app  register
        0.000         ev   registration connecting
        0.000         ev   registration lost name no address
        0.000..2.000  ev   registration connecting
        0.000..2.000  ev   registration lost name no address
        2.100         net  dns dns=down
        2.200         app  retry
        2.200         ev   registration connecting
        2.200         ev   registration lost could not looked up
        2.300         net  dns dns=up host:example.test=192.0.2.9
        2.400         net  disturbed
        2.400         ev   registration connecting
        2.400         out  open tls example.test:5061 at=192.0.2.9
        ",
    );
}

#[test]
fn a_server_that_moves_is_found_at_its_new_address() {
    check(
        "
        registered
        1.000         net  dns host:sip.example.test=192.0.2.77
        2.000         net  closed
        2.000         ev   registration lost closed
        2.000..4.000  ev   registration connecting
        2.000..4.000  out  open tls sip.example.test:5061 at=192.0.2.77
        ",
    );
}

#[test]
fn while_dns_does_not_answer_the_server_is_where_it_was() {
    check_with_two_servers(
        "
        0.000           app  register
        0.000           ev   registration connecting
        0.000           out  open tls one.test:5061
        0.100           net  opened
        0.100           ev   registration signing-in
        0.100           ->   REGISTER
        0.110           <-   200 OK
        0.110           ev   registration registered
        40.000          net  dns dns=down
        40.000          net  closed
        40.000          ev   registration lost closed
        40.000..42.000  ev   registration connecting
        40.000..42.000  out  open tls one.test:5061 at=192.0.2.1,192.0.2.2
        ",
    );
}

#[test]
fn a_redirection_within_the_domain_is_followed() {
    check(
        "
        host:pool.example.test=192.0.2.5
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls sip.example.test:5061
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   301 Moved Permanently
                    Contact: <sip:elsewhere.test:5061;transport=tls>;q=1.0
                    Contact: <sip:pool.example.test:5062;transport=tls>;q=0.5
        0.020  out  close
        0.020  ev   registration connecting
        0.020  out  open tls pool.example.test:5062 at=192.0.2.5
        0.030  net  opened
        0.030  ev   registration signing-in
        0.030  ->   REGISTER sip:example.test
        0.040  <-   200 OK
        0.040  ev   registration registered
        ",
    );
}

#[test]
fn a_redirection_out_of_the_domain_or_out_of_encryption_is_a_refusal() {
    for contact in [
        "<sip:example.test.evil.test;transport=tls>",
        "<sip:192.0.2.66:5061;transport=tls>",
        "<sip:pool.example.test:5060;transport=tcp>",
        "<sip:pool.example.test:5060;transport=udp>",
        "<tel:+15551234>",
        "*",
    ] {
        check(&format!(
            "
            host:pool.example.test=192.0.2.5
            0.000  app  register
            0.000  ev   registration connecting
            0.000  out  open
            0.010  net  opened
            0.010  ev   registration signing-in
            0.010  ->   REGISTER
            0.020  <-   302 Moved Temporarily
                        Contact: {contact}
            0.020  ev   registration failed 302
            "
        ));
    }
}

#[test]
fn redirections_in_a_circle_come_to_an_end() {
    let mut script = String::from(
        "
        host:pool.example.test=192.0.2.5
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.000  net  opened
        0.000  ev   registration signing-in
        0.000  ->   REGISTER
        ",
    );
    for _ in 0..5 {
        script.push_str(
            "
        0.000  <-   302 Moved Temporarily
                    Contact: <sip:pool.example.test:5061;transport=tls>
        0.000  out  close
        0.000  ev   registration connecting
        0.000  out  open tls pool.example.test:5061
        0.000  net  opened
        0.000  ev   registration signing-in
        0.000  ->   REGISTER
        ",
        );
    }
    script.push_str(
        "
        0.000  <-   302 Moved Temporarily
                    Contact: <sip:pool.example.test:5061;transport=tls>
        0.000  ev   registration failed 302
        ",
    );
    check(&script);
}
