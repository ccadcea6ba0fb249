//! Being sent elsewhere by a 3xx (RFC 3261 §8.1.3.4).

use hark_harness::check;

#[test]
fn the_invite_follows_with_the_same_call_id_and_to() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test sdp=offer
                    Subject: tea
        0.000  ->   INVITE cseq=1
        0.010  <-   302 Moved Temporarily
                    Contact: <sip:carol@other.test;user=phone?Subject=ignored>;expires=60
        0.010  ->   ACK sip:bob@example.test
        0.010  ->   INVITE sip:carol@other.test;user=phone cseq=2 sdp=offer
                    To: <sip:bob@example.test>
                    Subject: tea
        0.020  <-   200 OK sdp=answer
        0.020  ->   ACK cseq=2
        0.020  ev   answered 1
        ",
    );
}

#[test]
fn contacts_are_tried_by_preference_then_by_order() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   300 Multiple Choices
                    Contact: <sip:third@example.test>;q=0.1, <sip:first@example.test>, <sip:second@example.test>
        0.010  ->   ACK
        0.010  ->   INVITE sip:first@example.test
        0.020  <-   486 Busy Here
        0.020  ->   ACK
        0.020  ->   INVITE sip:second@example.test
        0.030  <-   404 Not Found
        0.030  ->   ACK
        0.030  ->   INVITE sip:third@example.test
        0.040  <-   480 Temporarily Unavailable
        0.040  ->   ACK
        0.040  ev   ended 1 refused 480
        ",
    );
}

#[test]
fn a_no_from_everywhere_ends_the_search() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   302 Moved Temporarily
                    Contact: <sip:first@example.test>, <sip:second@example.test>
        0.010  ->   ACK
        0.010  ->   INVITE sip:first@example.test
        0.020  <-   603 Decline
        0.020  ->   ACK
        0.020  ev   ended 1 refused 603
        ",
    );
}

#[test]
fn a_contact_that_does_not_answer_gives_way_to_the_next() {
    check(
        "
        registered
        0.000   app  invite sip:bob@example.test
        0.000   ->   INVITE
        0.010   <-   302 Moved Temporarily
                     Contact: <sip:first@example.test>, <sip:second@example.test>
        0.010   ->   ACK
        0.010   ->   INVITE sip:first@example.test
        32.010  ->   INVITE sip:second@example.test
        64.010  ev   ended 1 timed-out
        ",
    );
}

#[test]
fn a_loop_ends_where_it_began() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   302 Moved Temporarily
                    Contact: <sip:carol@example.test>
        0.010  ->   ACK
        0.010  ->   INVITE sip:carol@example.test
        0.020  <-   302 Moved Temporarily
                    Contact: <sip:bob@example.test>
        0.020  ->   ACK
        0.020  ev   ended 1 refused 302
        ",
    );
}

#[test]
fn a_call_is_sent_on_five_times_at_most() {
    check(
        "
        registered
        0.000  app  invite sip:bob@example.test
        0.000  ->   INVITE
        0.010  <-   302 Moved Temporarily
                    Contact: <sip:1@example.test>
        0.010  ->   ACK
        0.010  ->   INVITE sip:1@example.test
        0.020  <-   302 Moved Temporarily
                    Contact: <sip:2@example.test>
        0.020  ->   ACK
        0.020  ->   INVITE sip:2@example.test
        0.030  <-   302 Moved Temporarily
                    Contact: <sip:3@example.test>
        0.030  ->   ACK
        0.030  ->   INVITE sip:3@example.test
        0.040  <-   302 Moved Temporarily
                    Contact: <sip:4@example.test>
        0.040  ->   ACK
        0.040  ->   INVITE sip:4@example.test
        0.050  <-   302 Moved Temporarily
                    Contact: <sip:5@example.test>
        0.050  ->   ACK
        0.050  ->   INVITE sip:5@example.test
        0.060  <-   302 Moved Temporarily
                    Contact: <sip:6@example.test>
        0.060  ->   ACK
        0.060  ev   ended 1 too-many-redirects
        ",
    );
}

#[test]
fn contacts_that_cannot_be_called_are_left_out() {
    check(
        "
        registered
        0.000  app  invite sips:bob@example.test
        0.000  ->   INVITE
        0.010  <-   302 Moved Temporarily
                    Contact: <mailto:bob@example.test>, <sip:bob@example.test>, <sips:carol@example.test>
        0.010  ->   ACK
        0.010  ->   INVITE sips:carol@example.test
        0.020  <-   305 Use Proxy
                    Contact: <sips:proxy@example.test>
        0.020  ->   ACK
        0.020  ev   ended 1 refused 305
        ",
    );
}
