//! What the phone puts on the wire, read by a server that was written by hand.

use hark_phone::{CallState, Command};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{CHALLENGE, Raw, RawFlow, RawServer, sdp};

/// Signs in at a server and returns the flow with the registered phone.
fn signed_in(server: &RawServer) -> (Phone, RawFlow) {
    let (phone, flow, _) = Phone::signed_in(server, server.account());
    (phone, flow)
}

fn voicemail_invite(server: &RawServer) -> (Phone, RawFlow, Raw) {
    let (phone, mut flow) = signed_in(server);
    phone.send(Command::CallVoicemail);
    let invite = flow.expect("INVITE");
    (phone, flow, invite)
}

/// MS-OCEXUM 4.1, line by line. What differs by nature (address, tag, Call-ID) is compared by form.
#[test]
fn ox3_ox5_the_invite_to_voicemail_equals_the_documents_example() {
    let server = RawServer::tls();
    let (_phone, _flow, invite) = voicemail_invite(&server);
    assert_eq!(
        invite.start,
        "INVITE sip:alice@contoso.com;opaque=app:voicemail SIP/2.0"
    );
    let header = |name| invite.header(name).unwrap_or_default().to_owned();
    assert!(
        header("Via").starts_with("SIP/2.0/TLS 127.0.0.1:"),
        "{invite:#?}"
    );
    assert_eq!(header("Max-Forwards"), "70");
    assert!(
        header("From").starts_with("<sip:alice@contoso.com>;"),
        "{invite:#?}"
    );
    let epid = invite.sender_param("epid").expect("an epid").to_owned();
    assert!(invite.sender_param("tag").is_some_and(|tag| tag.len() >= 8));
    assert!(epid.len() == 10 && epid.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(header("To"), "<sip:alice@contoso.com;opaque=app:voicemail>");
    assert!(header("Call-ID").len() >= 16);
    assert_eq!(header("CSeq"), "1 INVITE");
    let gruu = format!("<sip:alice@contoso.com;opaque=user:epid:{epid};gruu>");
    assert_eq!(header("Contact"), gruu);
    assert_eq!(header("Ms-Exchange-Command"), "skip-pin");
    assert_eq!(header("Content-Type"), "application/sdp");
    assert!(invite.body.contains("m=audio "), "{invite:#?}");
}

#[test]
fn ox4_skip_pin_is_absent_over_tcp() {
    let server = RawServer::tcp();
    let (_phone, _flow, invite) = voicemail_invite(&server);
    assert_eq!(invite.header("Ms-Exchange-Command"), None);
}

#[test]
fn ox4_skip_pin_is_absent_before_authentication() {
    let server = RawServer::tls();
    let phone = Phone::start(server.account(), "secret", None);
    let mut flow = server.accept();
    let register = flow.expect("REGISTER");
    flow.accept_register(&register);
    phone.until_registered();
    phone.send(Command::CallVoicemail);
    let invite = flow.expect("INVITE");
    assert_eq!(invite.header("Ms-Exchange-Command"), None);
    // A challenge that only this INVITE meets is not over when it is sent again.
    let challenge = CHALLENGE.replace("WWW-Authenticate", "Proxy-Authenticate");
    flow.respond(&invite, "407 Proxy Authentication Required", &challenge, "");
    flow.expect("ACK");
    let again = flow.expect("INVITE");
    assert!(again.header("Proxy-Authorization").is_some());
    assert_eq!(again.header("Ms-Exchange-Command"), None);
}

#[test]
fn ox4_skip_pin_is_absent_after_a_redirect_to_another_domain() {
    let server = RawServer::tls();
    let (_phone, mut flow, invite) = voicemail_invite(&server);
    assert_eq!(invite.header("Ms-Exchange-Command"), Some("skip-pin"));
    let elsewhere = "Contact: <sip:alice@fabrikam.com;opaque=app:voicemail>\r\n";
    flow.respond(&invite, "302 Moved Temporarily", elsewhere, "");
    flow.expect("ACK");
    let redirected = flow.expect("INVITE");
    assert!(redirected.start.contains("fabrikam.com"), "{redirected:#?}");
    assert_eq!(redirected.header("Ms-Exchange-Command"), None);
}

#[test]
fn ox4_skip_pin_stays_on_a_redirect_within_the_domain() {
    let server = RawServer::tls();
    let (_phone, mut flow, invite) = voicemail_invite(&server);
    let within = "Contact: <sip:alice-um@contoso.com;opaque=app:voicemail>\r\n";
    flow.respond(&invite, "302 Moved Temporarily", within, "");
    flow.expect("ACK");
    let redirected = flow.expect("INVITE");
    assert_eq!(redirected.header("Ms-Exchange-Command"), Some("skip-pin"));
}

#[test]
fn ox4_skip_pin_is_on_no_other_request() {
    let server = RawServer::tls();
    let (phone, mut flow, invite) = voicemail_invite(&server);
    let contact = "Contact: <sip:um@127.0.0.1;transport=tls>\r\n";
    flow.respond(&invite, "200 OK", contact, &sdp("0"));
    let ack = flow.expect("ACK");
    let (call, _) = phone.until_call(CallState::Connected);
    phone.send(Command::HangUp { call });
    let bye = flow.expect("BYE");
    for request in [ack, bye] {
        assert_eq!(request.header("Ms-Exchange-Command"), None, "{request:#?}");
    }
}

#[test]
fn ox4_another_number_gets_no_skip_pin() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    let to = "sip:bob@contoso.com;opaque=app:voicemail".to_owned();
    phone.send(Command::Dial { to });
    let invite = flow.expect("INVITE");
    assert_eq!(invite.header("Ms-Exchange-Command"), None);
}

#[test]
fn what_is_typed_stays_in_its_place() {
    let server = RawServer::tls();
    let (phone, mut flow) = signed_in(&server);
    let to = "sip:bob@contoso.com?Ms-Exchange-Command=skip-pin".to_owned();
    phone.send(Command::Dial { to });
    let invite = flow.expect("INVITE");
    assert_eq!(invite.start, "INVITE sip:bob@contoso.com SIP/2.0");
    assert_eq!(invite.header("Ms-Exchange-Command"), None);
    let to = "bob@contoso.com\r\nEvil: yes".to_owned();
    phone.send(Command::Dial { to });
    assert!(phone.until_error().contains("control character"));
}

#[test]
fn quitting_hangs_up_and_signs_out() {
    let server = RawServer::tls();
    let (phone, mut flow, invite) = voicemail_invite(&server);
    let contact = "Contact: <sip:um@127.0.0.1;transport=tls>\r\n";
    flow.respond(&invite, "200 OK", contact, &sdp("0"));
    flow.expect("ACK");
    phone.until_call(CallState::Connected);
    phone.send(Command::Quit);
    let bye = flow.expect("BYE");
    flow.respond(&bye, "200 OK", "", "");
    let register = flow.expect("REGISTER");
    let expires = register.header("Expires").or(register.header("Contact"));
    assert!(
        expires.is_some_and(|value| value.ends_with('0')),
        "{register:#?}"
    );
    flow.respond(&register, "200 OK", "", "");
    assert!(flow.ends());
}
