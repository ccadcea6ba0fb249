//! Messages of the kinds that crashed, hung or deceived other phones (the list is in SECURITY.md):
//! each costs at most itself, and the flow goes on.

use hark_sip::user_agent::Visibility;

use crate::endpoint::Endpoint;

/// A new request with these lines in the place of the usual ones of the same name, or besides them.
fn request(method: &str, lines: &[&str], body: &str) -> String {
    let usual = [
        "Via: SIP/2.0/TLS 192.0.2.2:5061;branch=z9hG4bKa",
        "Max-Forwards: 70",
        "From: <sip:mallory@example.test>;tag=m",
        "To: <sip:alice@example.test>",
        "Call-ID: attack",
        "Contact: <sip:mallory@192.0.2.9>",
    ];
    let name = |line: &str| line.split(':').next().map(str::to_ascii_lowercase);
    let replaced = |line: &&str| !lines.iter().any(|own| name(own) == name(line));
    let mut text = format!("{method} sip:alice@192.0.2.1 SIP/2.0\r\n");
    for line in usual.iter().filter(|line| replaced(line)).chain(lines) {
        text.push_str(line);
        text.push_str("\r\n");
    }
    if replaced(&"CSeq") {
        text.push_str(&format!("CSeq: 1 {method}\r\n"));
    }
    if replaced(&"Content-Length") {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    format!("{text}\r\n{body}")
}

/// Whether the phone still answers on this flow.
fn is_alive(endpoint: &mut Endpoint) -> bool {
    let next = request("OPTIONS", &["Call-ID: next"], "");
    endpoint.tell(next.as_bytes()).last().map(String::as_str) == Some("200")
}

#[track_caller]
fn check(method: &str, lines: &[&str], body: &str, expected: &[&str]) {
    let mut endpoint = Endpoint::new(Visibility::Visible);
    let told = endpoint.tell(request(method, lines, body).as_bytes());
    assert_eq!(told, expected, "{method} {lines:?}");
    assert!(is_alive(&mut endpoint), "{method} {lines:?}");
}

#[test]
fn names_and_addresses_that_end_too_early_are_refused() {
    for line in [
        "From: </",
        "From: </>;tag=m",
        "From: \"name\\",
        "From: \"name\\\" <sip:m@e>;tag=m",
        "To: <",
        "From: <sip:m@e;tag=m",
        "Contact: <sip:",
        "From: <tel:>;tag=m",
    ] {
        let mut endpoint = Endpoint::new(Visibility::Visible);
        let told = endpoint.tell(request("INVITE", &[line], "").as_bytes());
        assert_eq!(told.first().map(String::as_str), Some("400"), "{line}");
        assert!(is_alive(&mut endpoint), "{line}");
    }
}

#[test]
fn addresses_that_are_no_sip_uris_do_no_harm() {
    for line in [
        "From: <urn:x>;tag=m",
        "From: <a:b>;tag=m",
        "Diversion: </",
        "P-Asserted-Identity: </, \"\\",
        "History-Info: <sip:?;index=",
        "Alert-Info: <",
        "Reply-To: \"",
        "Referred-By: <\\>",
    ] {
        check("INVITE", &[line], "", &["call"]);
    }
}

#[test]
fn numbers_outside_of_their_range_are_refused() {
    for line in [
        "CSeq: -1 INVITE",
        "CSeq: 99999999999999999999 INVITE",
        "CSeq: 4294967296 INVITE",
        "Max-Forwards: -1",
    ] {
        let mut endpoint = Endpoint::new(Visibility::Visible);
        let told = endpoint.tell(request("INVITE", &[line], "").as_bytes());
        assert_eq!(told.first().map(String::as_str), Some("400"), "{line}");
        assert!(is_alive(&mut endpoint), "{line}");
    }
    for line in [
        "Expires: -5",
        "Expires: 99999999999",
        "Min-SE: -1",
        "Max-Forwards: 99999999999",
    ] {
        check("INVITE", &[line], "", &["call"]);
    }
}

#[test]
fn a_length_beyond_all_bounds_costs_one_message() {
    for length in ["-1", "99999999999999999999", "5 5", "0x10", ""] {
        let mut endpoint = Endpoint::new(Visibility::Visible);
        let line = format!("Content-Length: {length}");
        endpoint.tell(request("MESSAGE", &[&line], "").as_bytes());
        assert!(is_alive(&mut endpoint), "{line}");
    }
}

#[test]
fn multiparts_without_parts_have_no_session() {
    for (kind, body) in [
        ("multipart/mixed", ""),
        ("multipart/mixed;boundary=", "--\r\n"),
        ("multipart/mixed;boundary=\"\"", "----"),
        ("multipart/mixed;boundary=a", "--a--"),
        ("multipart/mixed;boundary=a", "--a"),
        (
            "multipart/alternative;boundary=a",
            "--a\r\n\r\n--a\r\n\r\n--a--",
        ),
    ] {
        let line = format!("Content-Type: {kind}");
        let mut endpoint = Endpoint::new(Visibility::Visible);
        let told = endpoint.tell(request("INVITE", &[&line], body).as_bytes());
        assert!(told == ["call"] || told == ["415"], "{line}: {told:?}");
        assert!(is_alive(&mut endpoint), "{line}");
    }
}

/// A spoofed one would light the lamp of any phone.
#[test]
fn a_notification_inside_of_no_dialog_and_from_no_registrar_is_not_believed() {
    let body = "Messages-Waiting: yes\r\nVoice-Message: 9/9\r\n";
    let lines = [
        "To: <sip:alice@example.test>;tag=guessed",
        "Event: message-summary",
        "Subscription-State: active",
        "Content-Type: application/simple-message-summary",
    ];
    check("NOTIFY", &lines, body, &["481"]);
}

#[test]
fn strange_challenges_are_answered_or_not_and_the_flow_goes_on() {
    let many = "Digest realm=\"r\", nonce=\"n\"\r\nWWW-Authenticate: ".repeat(300);
    for challenge in [
        "Digest realm=\"r\", nonce=\"n\", qop=\"a\"",
        "Digest realm=r, nonce=n, algorithm=M",
        "Digest realm=\"\", nonce=\"\"",
        "Digest realm=\", nonce=\"n\"",
        "Digest",
        "Digest ,,,=,=\"\",=",
        "\"",
        &format!("{many}Digest realm=\"s\", nonce=\"n\""),
    ] {
        let mut endpoint = Endpoint::new(Visibility::Visible);
        let more = format!("WWW-Authenticate: {challenge}\r\n");
        let response = answer(&endpoint.register, "401 Unauthorized", &more);
        endpoint.tell(response.as_bytes());
        assert!(is_alive(&mut endpoint), "{challenge}");
    }
}

#[test]
fn strange_grants_register_and_the_flow_goes_on() {
    let routes = "Service-Route: <sip:192.0.2.2;lr>\r\n".repeat(1_000);
    let contacts = "Contact: <sip:alice@192.0.2.1:5000>;expires=60\r\n".repeat(1_000);
    for more in [
        routes.as_str(),
        contacts.as_str(),
        "Service-Route: </\r\n",
        "Path: \"\r\nP-Associated-URI: <\r\n",
        "Expires: -1\r\nMin-Expires: x\r\nFlow-Timer: 0\r\n",
        "Flow-Timer: 99999999999\r\nRetry-After: -7\r\n",
        "ms-keep-alive: UAS; tcp=no; hop-hop=; end-end=; timeout=0\r\n",
    ] {
        let mut endpoint = Endpoint::new(Visibility::Visible);
        let response = answer(&endpoint.register, "200 OK", more);
        endpoint.tell(response.as_bytes());
        assert!(is_alive(&mut endpoint), "{more:.60}");
    }
}

/// A response to the REGISTER, written without the code under test.
fn answer(register: &str, status: &str, more: &str) -> String {
    let copied: String = register
        .lines()
        .filter(|line| {
            ["Via:", "From:", "To:", "Call-ID:", "CSeq:"]
                .iter()
                .any(|name| line.starts_with(name))
        })
        .map(|line| format!("{line}\r\n"))
        .collect();
    format!("SIP/2.0 {status}\r\n{copied}{more}Content-Length: 0\r\n\r\n")
}
