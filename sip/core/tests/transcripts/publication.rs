//! Presence as others see it, published (RFC 3903).

use hark_harness::check;

#[test]
fn presence_is_published_with_the_registration_and_refreshed_without_a_body() {
    check(
        "
        0.000    app  publish available
        0.000    app  register
        0.000    ev   registration connecting
        0.000    out  open
        0.010    net  opened
        0.010    ev   registration signing-in
        0.010    ->   REGISTER
        0.020    <-   200 OK
                      Contact: {contact};expires=100000
                      ms-keep-alive: UAS; timeout=100000
        0.020    ev   registration registered
        0.020    ->   PUBLISH sip:alice@example.test cseq=1 -SIP-If-Match
                      From: <sip:alice@example.test>;tag=*;epid=6b5d10e663
                      To: <sip:alice@example.test>
                      Event: presence
                      Expires: 3600
                      Content-Type: application/pidf+xml
        0.030    <-   200 OK
                      SIP-ETag: one
                      Expires: 600
        540.030  ->   PUBLISH -Content-Type
                      SIP-If-Match: one
                      Expires: 3600
        540.040  <-   200 OK
                      SIP-ETag: two
                      Expires: 600
        541.000  app  publish busy
        541.000  ->   PUBLISH
                      SIP-If-Match: two
                      Content-Type: application/pidf+xml
        541.010  <-   200 OK
                      SIP-ETag: three
        541.020  app  publish busy
        542.000  end
        ",
    );
}

#[test]
fn a_publication_is_authenticated() {
    check(
        "
        registered unchallenged
        0.000  app  publish away
        0.000  ->   PUBLISH cseq=1
        0.010  <-   407 Proxy Authentication Required
        0.010  ->   PUBLISH cseq=2 +Proxy-Authorization
                    Content-Type: application/pidf+xml
        0.020  <-   200 OK
                    SIP-ETag: one
        ",
    );
}

#[test]
fn news_waits_for_the_answer_that_is_under_way() {
    check(
        "
        registered
        0.000  app  publish available
        0.000  ->   PUBLISH -SIP-If-Match
        0.001  app  publish busy
        0.002  app  publish offline
        0.010  <-   200 OK
                    SIP-ETag: one
        0.010  ->   PUBLISH
                    SIP-If-Match: one
        0.020  <-   200 OK
                    SIP-ETag: two
        1.000  end
        ",
    );
}

#[test]
fn a_server_that_forgot_is_told_anew() {
    check(
        "
        registered
        0.000  app  publish available
        0.000  ->   PUBLISH
        0.010  <-   200 OK
                    SIP-ETag: one
        1.000  app  publish busy
        1.000  ->   PUBLISH
                    SIP-If-Match: one
        1.010  <-   412 Conditional Request Failed
        1.010  ->   PUBLISH -SIP-If-Match
                    Content-Type: application/pidf+xml
        1.020  <-   412 Conditional Request Failed   -- of nothing: no server to talk to
        9.000  end
        ",
    );
}

#[test]
fn r423_is_followed_by_the_time_that_the_server_wants() {
    check(
        "
        registered
        0.000  app  publish available
        0.000  ->   PUBLISH
                    Expires: 3600
        0.010  <-   423 Interval Too Brief
                    Min-Expires: 7200
        0.010  ->   PUBLISH
                    Expires: 7200
        0.020  <-   423 Interval Too Brief
                    Min-Expires: 7200
        9.000  end
        ",
    );
}

#[test]
fn a_server_without_presence_is_not_asked_again_before_the_next_registration() {
    for status in [
        "489 Bad Event",
        "405 Method Not Allowed",
        "501 Not Implemented",
        "403 Forbidden",
        "404 Not Found",
    ] {
        check(&format!(
            "
            registered
            0.000   app  publish available
            0.000   ->   PUBLISH
            0.010   <-   {status}
            1.000   app  publish busy
            60.000  net  closed moved
            60.000  ev   registration lost
            60.000  ev   registration connecting
            60.000  out  open
            60.010  net  opened
            60.010  ev   registration signing-in
            60.010  ->   REGISTER
            60.020  <-   200 OK
            60.020  ev   registration registered
            60.020  ->   PUBLISH -SIP-If-Match
            60.030  <-   {status}
            61.000  end
            "
        ));
    }
}

#[test]
fn a_publication_is_tried_again_soon_after_trouble_that_passes() {
    check(
        "
        0.000    app  publish available
        0.000    app  register
        0.000    ev   registration connecting
        0.000    out  open
        0.000    net  opened
        0.000    ev   registration signing-in
        0.000    ->   REGISTER
        0.000    <-   200 OK
                      Contact: {contact};expires=100000
                      ms-keep-alive: UAS; timeout=100000
        0.000    ev   registration registered
        0.000    ->   PUBLISH
        0.010    <-   503 Service Unavailable
                      Retry-After: 120
        120.010  ->   PUBLISH
        212.010  ->   PUBLISH                        -- no answer for 32 s, then the minute
        212.020  <-   200 OK
                      SIP-ETag: one
        213.000  end
        ",
    );
}

#[test]
fn signing_out_takes_the_state_back() {
    check(
        "
        registered
        0.000  app  publish available
        0.000  ->   PUBLISH
        0.010  <-   200 OK
                    SIP-ETag: one
        1.000  app  unregister
        1.000  ->   PUBLISH -Content-Type
                    SIP-If-Match: one
                    Expires: 0
        1.000  ->   REGISTER
        1.010  <-   200 OK (REGISTER)
        1.010  out  close
        1.010  ev   registration signed-out
        ",
    );
}
