//! Signing in, staying signed in, signing out.

use hark_harness::check;

#[test]
fn register_carries_what_every_kind_of_registrar_asks_for() {
    check(
        r#"
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls sip.example.test:5061
        0.040  net  opened
        0.040  ev   registration signing-in
        0.040  ->   REGISTER sip:example.test cseq=1 -Authorization
                    Via: SIP/2.0/TLS 192.0.2.10:50230;branch=z9hG4bK*
                    Max-Forwards: 70
                    From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                    To: <sip:alice@example.test>
                    Contact: <sip:alice@192.0.2.10:50230;transport=tls;ms-opaque=*>;methods="INVITE,*";proxy=replace;+sip.instance="<urn:uuid:bc25178a-3a02-59f8-8a48-62caaffdabb4>";reg-id=1
                    Expires: 3600
                    Event: registration
                    ms-keep-alive: UAC;hop-hop=yes
                    Supported: gruu-10, adhoclist, msrtc-event-categories
                    Supported: ms-forking
                    User-Agent: Hark/test
        0.060  <-   200 OK
        0.060  ev   registration registered 3600
        "#,
    );
}

#[test]
fn a_challenge_is_answered_in_the_same_call_id_with_the_next_cseq() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open tls sip.example.test:5061
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER cseq=1
        0.020  <-   401 Unauthorized
        0.020  ->   REGISTER cseq=2
                    Authorization: Digest username=\"alice\", realm=\"example.test\", nonce=\"n1\", uri=\"sip:example.test\", response=*
        0.030  <-   200 OK
        0.030  ev   registration registered 3600
        ",
    );
}

#[test]
fn a_proxy_and_a_registrar_may_both_ask_for_a_password() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER cseq=1
        0.020  <-   407 Proxy Authentication Required
        0.020  ->   REGISTER cseq=2 +Proxy-Authorization -Authorization
        0.030  <-   401 Unauthorized
        0.030  ->   REGISTER cseq=3 +Proxy-Authorization +Authorization
        0.040  <-   200 OK
        0.040  ev   registration registered
        ",
    );
}

#[test]
fn the_refresh_comes_well_before_the_granted_expiry() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER cseq=1
        0.010  <-   200 OK
                    Contact: {contact};expires=90
        0.010  ev   registration registered 90
        45.010 ->   REGISTER cseq=2
        45.020 <-   200 OK
                    Contact: {contact};expires=90
        45.020 ev   registration registered 90
        90.020 ->   REGISTER cseq=3
        ",
    );
}

#[test]
fn a_long_registration_is_refreshed_a_minute_before_its_end() {
    check(
        "
        0.000     app  register
        0.000     ev   registration connecting
        0.000     out  open
        0.010     net  opened
        0.010     ev   registration signing-in
        0.010     ->   REGISTER cseq=1
        0.010     <-   200 OK
                       ms-keep-alive: UAS; timeout=99999
        0.010     ev   registration registered 3600
        3540.010  ->   REGISTER cseq=2
        ",
    );
}

#[test]
fn our_binding_is_picked_from_those_of_all_endpoints() {
    check(
        r#"
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   200 OK
                    Contact: <sip:alice@192.0.2.99:5061>;expires=20;+sip.instance="<urn:uuid:00000000-0000-5000-8000-000000000000>"
                    Contact: <sip:other@192.0.2.10:50230;transport=tls>;expires=7200;+sip.instance="<urn:UUID:BC25178A-3A02-59F8-8A48-62CAAFFDABB4>"
                    Expires: 30
        0.020  ev   registration registered 7200
        "#,
    );
}

#[test]
fn a_public_gruu_becomes_our_contact() {
    check(
        r#"
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   200 OK
                    Contact: {contact};expires=60;pub-gruu="sip:alice@example.test;gr=urn:uuid:bc25178a"
        0.020  ev   registration registered
        1.000  app  invite sip:bob@example.test
        1.000  ->   INVITE
                    Contact: <sip:alice@example.test;gr=urn:uuid:bc25178a>
        30.020 ->   REGISTER
                    Contact: <sip:alice@192.0.2.10:50230;*
        "#,
    );
}

#[test]
fn a_gruu_of_somebody_else_does_not() {
    check(
        r#"
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   200 OK
                    Contact: {contact};expires=60;gruu="sip:mallory@example.test;gruu"
        0.020  ev   registration registered
        1.000  app  invite sip:bob@example.test
        1.000  ->   INVITE
                    Contact: <sip:alice@192.0.2.10:50230;*
        "#,
    );
}

#[test]
fn without_a_binding_of_ours_the_expires_header_counts() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   200 OK -Contact
                    Expires: 600
        0.020  ev   registration registered 600
        ",
    );
}

#[test]
fn r423_is_followed_by_the_time_that_the_registrar_wants() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER cseq=1
        0.020  <-   423 Interval Too Brief
                    Min-Expires: 7200
        0.020  ->   REGISTER cseq=2
                    Expires: 7200
        0.030  <-   200 OK
        0.030  ev   registration registered 7200
        ",
    );
}

#[test]
fn r423_that_makes_no_sense_is_a_refusal() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   423 Interval Too Brief
                    Min-Expires: 60
        0.020  ev   registration failed next=1800.020 423
        ",
    );
}

#[test]
fn r439_is_followed_by_a_register_without_outbound() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
                    Supported: gruu, path, outbound
        0.020  <-   439 First Hop Lacks Outbound Support
        0.020  ->   REGISTER
                    Supported: gruu, path
                    Contact: *instance=\"<urn:uuid:bc25178a-3a02-59f8-8a48-62caaffdabb4>\"
        0.030  <-   200 OK
        0.030  ev   registration registered
        ",
    );
}

#[test]
fn a_wrong_password_waits_for_a_person() {
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
        60.010  ->   ping                               -- the flow stays, nothing else happens
        90.000  app  retry
        90.000  ev   registration connecting
        90.000  ev   registration signing-in
        90.000  ->   REGISTER +Authorization
        90.010  <-   401 Unauthorized
        90.010  ev   registration failed next=never password
        ",
    );
}

#[test]
fn a_server_with_an_ever_new_realm_does_not_keep_us_busy() {
    let mut script = String::from(
        "0.000  app  register
         0.000  ev   registration connecting
         0.000  out  open
         0.000  net  opened
         0.000  ev   registration signing-in
         0.000  ->   REGISTER\n",
    );
    for realm in 1..=13 {
        script.push_str(&format!(
            "0.000  <-  401 Unauthorized
                        WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"n\"\n"
        ));
        script.push_str(match realm {
            13 => "0.000  ev  registration failed next=never password\n",
            _ => "0.000  ->  REGISTER +Authorization\n",
        });
    }
    check(&script);
}

#[test]
fn a_challenge_of_another_kind_is_told_as_such() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   401 Unauthorized
                    WWW-Authenticate: NTLM realm=\"SIP Communications Service\", version=4
        0.020  ev   registration failed next=never not supported
        ",
    );
}

#[test]
fn register_retries_after_403_not_before_30_minutes() {
    check(
        "
        0.000     app  register
        0.000     ev   registration connecting
        0.000     out  open
        0.010     net  opened
        0.010     ev   registration signing-in
        0.010     ->   REGISTER
        0.020     <-   403 Forbidden
        0.020     ev   registration failed next=1800.020 403
        1.000     net  closed                        -- which does not matter meanwhile
        1800.020  ev   registration connecting
        1800.020  out  open
        ",
    );
}

#[test]
fn a_server_in_trouble_is_asked_again_when_it_says() {
    check(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.010   net  opened
        0.010   ev   registration signing-in
        0.010   ->   REGISTER
        0.020   <-   503 Service Unavailable
                     Retry-After: 20 (lunch);duration=60
        0.020   ev   registration lost next=20.020 503
        20.020  ev   registration connecting
        20.020  ev   registration signing-in
        20.020  ->   REGISTER
        20.030  <-   200 OK
        20.030  ev   registration registered
        ",
    );
}

#[test]
fn a_server_in_trouble_is_asked_again_at_growing_distances() {
    check(
        "
        0.000           app  register
        0.000           ev   registration connecting
        0.000           out  open
        0.010           net  opened
        0.010           ev   registration signing-in
        0.010           ->   REGISTER
        0.020           <-   500 Server Internal Error
        0.020           ev   registration lost
        1.020..2.020    ev   registration connecting
        1.020..2.020    ev   registration signing-in
        1.020..2.020    ->   REGISTER
        3.000           <-   504 Server Time-out
        3.000           ev   registration lost
        5.000..7.000    ev   registration connecting
        5.000..7.000    ev   registration signing-in
        5.000..7.000    ->   REGISTER
        ",
    );
}

#[test]
fn a_register_without_an_answer_opens_another_flow() {
    check(
        "
        0.000           app  register
        0.000           ev   registration connecting
        0.000           out  open
        0.000           net  opened
        0.000           ev   registration signing-in
        0.000           ->   REGISTER
        32.000          out  close
        32.000          ev   registration lost did not answer
        33.000..34.000  ev   registration connecting
        33.000..34.000  out  open
        ",
    );
}

#[test]
fn leaving_hangs_up_deregisters_and_closes() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   200 OK sdp=answer
        0.010  ->   ACK
        0.010  ev   answered 1
        1.000  app  unregister
        1.000  ->   BYE
        1.000  ->   REGISTER cseq=3
                    Expires: 0
                    Contact: <sip:alice@192.0.2.10:50230;*>*
        1.000  ev   ended 1 local
        1.010  <-   200 OK (BYE)
        1.010  <-   200 OK (REGISTER)
        1.010  out  close
        1.010  ev   registration signed-out
        9.000  end
        ",
    );
}

#[test]
fn a_silent_server_holds_up_leaving_for_two_seconds_only() {
    check(
        "
        registered
        1.000  app  unregister
        1.000  ->   REGISTER
                    Expires: 0
        3.000  out  close
        3.000  ev   registration signed-out
        ",
    );
}

#[test]
fn the_challenge_of_a_deregistration_is_answered() {
    check(
        "
        registered
        1.000  app  unregister
        1.000  ->   REGISTER cseq=3
        1.010  <-   401 Unauthorized
                    WWW-Authenticate: Digest realm=\"example.test\", nonce=\"new\", stale=true
        1.010  ->   REGISTER cseq=4
                    Expires: 0
                    Authorization: *nonce=\"new\"*
        1.020  <-   200 OK
        1.020  out  close
        1.020  ev   registration signed-out
        ",
    );
}

#[test]
fn leaving_while_connecting_closes_at_once() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.500  app  unregister
        0.500  out  close
        0.500  ev   registration signed-out
        0.600  net  opened                      -- it was too late to stop it
        0.600  out  close
        ",
    );
}

#[test]
fn people_are_told_when_the_certificate_is_checked() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  securing
        0.010  ev   registration securing
        0.020  net  failed expired
        0.020  ev   registration failed *
        ",
    );
}

#[test]
fn a_certificate_of_a_flow_that_was_given_up_concerns_nobody() {
    check(
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  app  unregister
        0.010  out  close
        0.010  ev   registration signed-out
        0.020  net  securing
        ",
    );
}
