//! What [MS-OCEXUM] asks of the client, as far as SIP carries it. Each test names its row.

use hark_harness::{Scene, check};

/// The account of the document's examples, signed in to a server that gives GRUUs.
const SIGNED_IN: &str = "
    registered gruu account=alice@contoso.com
";

fn voicemail(beginning: &str, script: &str) {
    check(&format!("{beginning}{script}"));
}

#[test]
fn ox1_only_tcp_and_tls_are_asked_for() {
    check("registered");
    check("registered tcp");
}

#[test]
fn ox3_ox5_the_call_to_voicemail_is_the_documents_example() {
    voicemail(
        SIGNED_IN,
        "
        0.000  app  invite sip:alice@contoso.com;opaque=app:voicemail sdp=offer
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE sip:alice@contoso.com;opaque=app:voicemail cseq=1 sdp=offer
                    Via: SIP/2.0/TLS 192.0.2.10:50230;branch=z9hG4bK*
                    Max-Forwards: 70
                    From: <sip:alice@contoso.com>;tag=*;epid=6b5d10e663
                    To: <sip:alice@contoso.com;opaque=app:voicemail>
                    Call-ID: *
                    Contact: <sip:alice@contoso.com;opaque=user:epid:ihclvAI6-FmKSGLKr_2rtAAA;gruu>
                    Ms-Exchange-Command: skip-pin
        0.010  <-   200 OK sdp=answer
        0.010  ->   ACK -Ms-Exchange-Command
        0.010  ev   answered 1
        1.000  app  hang-up 1
        1.000  ->   BYE -Ms-Exchange-Command
        1.000  ev   ended 1 local
        ",
    );
}

#[test]
fn ox4_skip_pin_is_not_sent_over_tcp() {
    voicemail(
        "
        registered tcp
        ",
        "
        0.000  app  trust
        0.000  ev   trust Tcp registered=true authenticated=true
        0.000  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE -Ms-Exchange-Command
        ",
    );
}

#[test]
fn ox4_skip_pin_is_not_sent_on_a_flow_that_was_not_authenticated() {
    voicemail(
        "
        registered unchallenged
        ",
        "
        0.000  app  trust
        0.000  ev   trust Tls registered=true authenticated=false
        0.000  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE -Ms-Exchange-Command
        0.010  <-   407 Proxy Authentication Required
        0.010  ->   ACK -Ms-Exchange-Command
        0.010  ->   INVITE +Proxy-Authorization -Ms-Exchange-Command
        ",
    );
}

#[test]
fn ox4_skip_pin_is_not_sent_before_the_challenge_is_won() {
    voicemail(
        "",
        "
        0.000  app  register
        0.000  ev   registration connecting
        0.000  out  open
        0.010  net  opened
        0.010  ev   registration signing-in
        0.010  ->   REGISTER
        0.020  <-   401 Unauthorized
        0.020  ->   REGISTER +Authorization
        0.025  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.025  ->   INVITE -Ms-Exchange-Command
        0.030  <-   200 OK (REGISTER)
        0.030  ev   registration registered
        0.040  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.040  ->   INVITE
                    Ms-Exchange-Command: skip-pin
        ",
    );
}

#[test]
fn ox4_a_new_flow_has_to_be_authenticated_anew() {
    voicemail(
        "
        registered
        ",
        "
        60.000  net  closed moved
        60.000  ev   registration lost
        60.000  ev   registration connecting
        60.000  out  open
        60.000  app  trust
        60.000  ev   trust Tls registered=false authenticated=false
        60.010  net  opened
        60.010  ev   registration signing-in
        60.010  ->   REGISTER -Authorization
        60.020  <-   200 OK                      -- no challenge this time
        60.020  ev   registration registered
        61.000  app  invite sip:alice@example.test;opaque=app:voicemail
                     ! Ms-Exchange-Command: skip-pin
        61.000  ->   INVITE -Ms-Exchange-Command
        ",
    );
}

#[test]
fn ox4_a_password_that_is_refused_later_takes_the_trust_away() {
    check(
        "
        0.000   app  register
        0.000   ev   registration connecting
        0.000   out  open
        0.000   net  opened
        0.000   ev   registration signing-in
        0.000   ->   REGISTER
        0.010   <-   401 Unauthorized
        0.010   ->   REGISTER +Authorization
        0.020   <-   200 OK
                     Contact: {contact};expires=60
        0.020   ev   registration registered
        0.030   app  trust
        0.030   ev   trust Tls registered=true authenticated=true
        30.020  ->   REGISTER +Authorization
        30.030  <-   401 Unauthorized
        30.030  ->   REGISTER +Authorization
        30.040  <-   401 Unauthorized
        30.040  ev   registration failed next=never password
        30.050  app  trust
        30.050  ev   trust Tls registered=false authenticated=false
        31.000  app  invite sip:alice@example.test;opaque=app:voicemail
                     ! Ms-Exchange-Command: skip-pin
        31.000  ->   INVITE -Ms-Exchange-Command
        ",
    );
}

#[test]
fn ox4_skip_pin_does_not_follow_a_redirection_to_another_domain() {
    voicemail(
        "
        registered
        ",
        "
        0.000  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE +Ms-Exchange-Command
        0.010  <-   302 Moved Temporarily
                    Contact: <sip:alice@um.elsewhere.test>, <sip:alice@sub.example.test>;q=0.5, <sip:alice@example.test;maddr=192.0.2.66>;q=0.4, <sip:um@EXAMPLE.test>;q=0.1
        0.010  ->   ACK -Ms-Exchange-Command
        0.010  ->   INVITE sip:alice@um.elsewhere.test -Ms-Exchange-Command
        0.020  <-   404 Not Found
        0.020  ->   ACK -Ms-Exchange-Command
        0.020  ->   INVITE sip:alice@sub.example.test -Ms-Exchange-Command
        0.030  <-   404 Not Found
        0.030  ->   ACK
        0.030  ->   INVITE sip:alice@example.test;maddr=192.0.2.66 -Ms-Exchange-Command
        0.040  <-   404 Not Found
        0.040  ->   ACK
        0.040  ->   INVITE sip:um@EXAMPLE.test
                    Ms-Exchange-Command: skip-pin
        ",
    );
}

#[test]
fn ox4_skip_pin_is_not_sent_to_another_domain_in_the_first_place() {
    voicemail(
        "
        registered
        ",
        "
        0.000  app  invite sip:alice@elsewhere.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE -Ms-Exchange-Command
        1.000  app  invite tel:+15550100
                    ! Ms-Exchange-Command: skip-pin
        1.000  ->   INVITE tel:+15550100 -Ms-Exchange-Command
        2.000  app  invite sip:alice@example.test;transport=tcp
                    ! Ms-Exchange-Command: skip-pin
        2.000  ->   INVITE sip:alice@example.test;transport=tcp -Ms-Exchange-Command
        ",
    );
}

#[test]
fn ox4_skip_pin_is_on_the_first_invite_and_its_repetitions_and_on_nothing_else() {
    voicemail(
        "
        registered
        ",
        "
        0.000  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE +Ms-Exchange-Command
        0.010  <-   407 Proxy Authentication Required
        0.010  ->   ACK -Ms-Exchange-Command
        0.010  ->   INVITE +Ms-Exchange-Command +Proxy-Authorization
        0.020  <-   183 Session Progress sdp=early
                    Require: 100rel
                    RSeq: 1
        0.020  ->   PRACK -Ms-Exchange-Command
        0.020  ev   progress 1 183
        0.030  <-   200 OK (INVITE) sdp=answer
        0.030  ->   ACK -Ms-Exchange-Command
        0.030  ev   answered 1
        1.000  app  modify 1 hold
        1.000  ->   INVITE -Ms-Exchange-Command
        1.010  <-   200 OK sdp=held
        1.010  ->   ACK -Ms-Exchange-Command
        1.010  ev   modified 1
        2.000  app  hang-up 1
        2.000  ->   BYE -Ms-Exchange-Command
        2.000  ev   ended 1 local
        3.000  app  invite sip:alice@example.test;opaque=app:voicemail
                    ! Ms-Exchange-Command: skip-pin
        3.000  ->   INVITE +Ms-Exchange-Command
        3.010  <-   180 Ringing
        3.010  ev   progress 2 180
        3.020  app  cancel 2
        3.020  ->   CANCEL -Ms-Exchange-Command
        3.020  ev   ended 2 local
        ",
    );
}

#[test]
fn ox5_header_order_is_that_of_the_example() {
    voicemail(
        SIGNED_IN,
        "
        0.000  app  invite sip:alice@contoso.com;opaque=app:voicemail sdp=offer
                    ! Ms-Exchange-Command: skip-pin
        0.000  ->   INVITE only=Via,Max-Forwards,From,To,Call-ID,CSeq,Contact,Allow,Supported,Session-Expires,User-Agent,Ms-Exchange-Command,Authorization,Content-Type,Content-Length
        ",
    );
}

/// The message of the document's section 4.2, with the request line in one piece and a body of the
/// length that it names.
fn play_on_phone() -> Vec<u8> {
    let head = "INVITE sip:172.19.58.98:2280;transport=tls;ms-opaque=ce5f21cc9d;\
                ms-received-cid=D0A300 SIP/2.0\r\n\
                Max-Forwards: 68\r\n\
                Content-Length: 317\r\n\
                From: <sip:alice@contoso.com>;epid=1944B98832;tag=7534fa434\r\n\
                To: <sip:alice@contoso.com>;epid=d793aff63a\r\n\
                CSeq: 5 INVITE\r\n\
                Call-ID: 7a7378c9-7b3c-4cec-b6da-ec27d752e904\r\n\
                Contact: <sip: exchange.contoso.com:5066;transport=Tls;\
                ms-opaque=a752506cbee22182>;automata\r\n\
                User-Agent: RTCC/3.0.0.0\r\n\
                Content-Type: application/sdp\r\n\
                Allow: UPDATE\r\n\
                Ms-Sensitivity: private-no-diversion\r\n\
                Allow: Ack, Cancel, Bye, Invite, Message, Info, Service, Options, BeNotify\r\n\
                \r\n";
    [head.as_bytes(), &[b'x'; 317]].concat()
}

#[test]
fn ox9_the_documents_play_on_phone_message_is_a_call_with_its_facts() {
    let message = play_on_phone();
    let beginning = SIGNED_IN;
    let script = "
        0.000  <-   file play_on_phone
        0.000  ->   100 (INVITE) -Via
        0.000  ev   incoming 1 from=sip:alice@contoso.com to=sip:alice@contoso.com registrar=yes equal=yes automata=yes sensitivity=Some(PrivateNoDiversion)
        0.010  app  ring 1
        0.010  ->   180 (INVITE) -Via
                    To: <sip:alice@contoso.com>;epid=d793aff63a;tag=*
                    From: <sip:alice@contoso.com>;epid=1944B98832;tag=7534fa434
        1.000  app  answer 1 answer
        1.000  ->   200 (INVITE) sdp=answer -Via
        1.010  <-   ACK
        5.000  app  hang-up 1
        5.000  ->   BYE sip:exchange.contoso.com:5066;transport=Tls;ms-opaque=a752506cbee22182
                    From: <sip:alice@contoso.com>;epid=d793aff63a;tag=*
                    To: <sip:alice@contoso.com>;epid=1944B98832;tag=7534fa434
        5.000  ev   ended 1 local
        ";
    Scene::new(&format!("{beginning}{script}"))
        .file("play_on_phone", &message)
        .run();
}

#[test]
fn ox9_uris_are_compared_by_rfc_3261_and_parameters_of_the_header_do_not_count() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    From: \"Voicemail\" <sip:alice@EXAMPLE.test>;tag=1;epid=x
                    To: <sip:%61lice@example.test>
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 equal=yes
        1.000  <-   INVITE sdp=offer
                    From: <sip:Alice@example.test>;tag=2
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 equal=no
        2.000  <-   INVITE sdp=offer
                    From: <sip:alice@example.test:5060>;tag=3
        2.000  ->   100 (INVITE)
        2.000  ev   incoming 3 equal=no
        ",
    );
}

#[test]
fn ox10_a_refused_call_sees_480_at_once_and_neither_180_nor_a_word_about_us() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
        0.000  ->   100 (INVITE) only=Via,From,To,Call-ID,CSeq,Content-Length
        0.000  ev   incoming 1
        0.000  app  reject 1 480
        0.000  ->   480 (INVITE) only=Via,From,To,Call-ID,CSeq,Content-Length -sdp
        0.000  ev   ended 1 local
        0.010  <-   ACK
        60.000 end
        ",
    );
}

#[test]
fn ox10_nothing_that_a_stranger_asks_tells_of_a_user_who_appears_offline() {
    check(
        "
        registered
        0.000  app  hidden
        0.000  <-   OPTIONS
        0.000  ->   480 (OPTIONS) only=Via,From,To,Call-ID,CSeq,Content-Length
        0.000  <-   MESSAGE body=hello
        0.000  ->   480 (MESSAGE) only=Via,From,To,Call-ID,CSeq,Content-Length
        0.000  <-   SERVICE
        0.000  ->   480 (SERVICE) only=Via,From,To,Call-ID,CSeq,Content-Length
        0.000  <-   INVITE sdp=offer
                    Require: x-tea
        0.000  ->   100 (INVITE)
        0.000  ->   480 (INVITE) only=Via,From,To,Call-ID,CSeq,Content-Length
        ",
    );
}

#[test]
fn ox11_no_call_is_ever_deflected() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Ms-Sensitivity: private-no-diversion
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 sensitivity=Some(PrivateNoDiversion)
        0.000  app  reject 1 302
        0.000  ev   error a call cannot be rejected with this status
        0.010  app  reject 1 480
        0.010  ->   480 (INVITE) -Contact
        0.010  ev   ended 1 local
        ",
    );
}

#[test]
fn ox11_a_second_sensitivity_header_does_not_lift_the_first() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    ms-sensitivity: Private-No-Diversion
                    Ms-Sensitivity: normal
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 sensitivity=Some(PrivateNoDiversion)
        1.000  <-   INVITE sdp=offer
                    Ms-Sensitivity: secret
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 sensitivity=None
        ",
    );
}

#[test]
fn ox15_only_the_flow_to_our_registrar_counts() {
    check(
        "
        registered
        0.000  net  opened flow=accepted
        0.000  <-   INVITE sdp=offer flow=accepted
                    From: <sip:alice@example.test>;tag=1
        0.000  ->   100 (INVITE) flow=accepted
        0.000  ev   incoming 1 registrar=no equal=yes
        1.000  <-   INVITE sdp=offer
                    From: <sip:alice@example.test>;tag=2
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 registrar=yes equal=yes
        ",
    );
}

#[test]
fn ox16_a_machine_is_told_from_a_person() {
    check(
        "
        registered
        0.000  <-   INVITE sdp=offer
                    Contact: <sip:um@192.0.2.30;automata>
                    Subject: News
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1 automata=no subject=News
        1.000  <-   INVITE sdp=offer
                    Contact: <sip:um@192.0.2.30>;automata
        1.000  ->   100 (INVITE)
        1.000  ev   incoming 2 automata=yes
        ",
    );
}
