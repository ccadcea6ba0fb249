//! Hark at Kamailio: Digest over TLS, calls over Record-Route, message waiting, a restart.

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Raw, RawFlow};
use hark_phone::{CallId, CallState, Command, Event, RegistrationView};

use crate::kamailio::{DOMAIN, Kamailio, PASSWORD};

fn registered(kamailio: &Kamailio, user: &str) -> Phone {
    Phone::registered(kamailio.account(user), PASSWORD)
}

/// One calls the other, who answers; both calls by their own numbers.
fn connected(caller: &Phone, called: &Phone, to: &str) -> (CallId, CallId) {
    caller.send(Command::Dial { to: to.into() });
    let (at_called, ..) = called.until_incoming();
    called.send(Command::Answer { call: at_called });
    called.until_call(CallState::Connected);
    (caller.until_call(CallState::Connected).0, at_called)
}

/// Dana calls her mailbox. Returns how the call came to Kamailio, and how it went on to the voicemail
/// server, which is busy.
fn call_voicemail(kamailio: &Kamailio, dana: &Phone) -> (String, Raw) {
    dana.send(Command::CallVoicemail);
    let came = kamailio.until_line("invite: ");
    let mut voicemail = kamailio.voicemail.accept();
    let invite = voicemail.expect("INVITE");
    voicemail.respond(&invite, "486 Busy Here", "", "");
    voicemail.expect("ACK");
    let (_, reason) = dana.until_call(CallState::Ended);
    assert!(reason.is_some_and(|text| text.contains("busy")));
    (came, invite)
}

#[test]
fn ox3_skip_pin_goes_over_tls_and_the_proxy_passes_it_on() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let dana = registered(&kamailio, "dana");
    let (came, invite) = call_voicemail(&kamailio, &dana);
    let wanted = "sip:dana@example.test;opaque=app:voicemail over tls skip-pin=skip-pin";
    assert!(came.contains(wanted), "{came}");
    assert_eq!(invite.header("Ms-Exchange-Command"), Some("skip-pin"));
    let identity = invite.header("P-Asserted-Identity");
    assert_eq!(identity, Some("<sip:dana@example.test>"));
}

#[test]
fn ox4_skip_pin_does_not_go_over_tcp_to_a_foreign_proxy() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let dana = Phone::registered(kamailio.tcp_account("dana"), PASSWORD);
    let (came, invite) = call_voicemail(&kamailio, &dana);
    assert!(came.contains("over tcp skip-pin=<null>"), "{came}");
    assert_eq!(invite.header("Ms-Exchange-Command"), None);
}

/// What the page says is what is tried.
#[test]
fn the_lines_of_the_documentation_are_those_of_the_test() {
    let page = include_str!("../../../../docs/servers/kamailio.md");
    let config = include_str!("../../peers/kamailio/kamailio.cfg");
    let (_, lines) = config.split_once("md from here.\n").expect("the lines");
    let (lines, _) = lines.split_once("# Lines of docs").expect("their end");
    let server = "vm.example.com;transport=tls";
    let here = "127.0.0.1:{voicemail_port};transport=tcp";
    for line in lines.lines().map(|line| line.replace(here, server)) {
        assert!(
            page.lines().any(|own| own == line),
            "not on the page: {line}"
        );
    }
}

#[test]
fn the_dialogs_of_two_phones_follow_the_recorded_route() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let dana = registered(&kamailio, "dana");
    let erik = registered(&kamailio, "erik");
    let (at_dana, at_erik) = connected(&dana, &erik, "erik");
    kamailio.until_line("in dialog: ACK");
    for (holder, call, other) in [(&dana, at_dana, &erik), (&erik, at_erik, &dana)] {
        for held in [true, false] {
            holder.send(Command::SetHeld { call, held });
            kamailio.until_line("in dialog: INVITE");
            kamailio.until_line("in dialog: ACK");
            other.shows("the hold", |shown| {
                (shown.calls.first()?.held_by_peer == held).then_some(())
            });
        }
    }
    erik.send(Command::HangUp { call: at_erik });
    kamailio.until_line("in dialog: BYE");
    dana.until_call(CallState::Ended);
    erik.until_call(CallState::Ended);
}

#[test]
fn a_wrong_password_is_named() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let phone = Phone::start(kamailio.account("dana"), "wrong", None);
    let text = phone.until("a refusal", |event| match event {
        Event::Registration(RegistrationView::Failed(problem)) => Some(problem.text.clone()),
        _ => None,
    });
    assert!(text.contains("password"), "{text}");
}

#[test]
fn what_a_voicemail_system_publishes_is_shown() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let dana = registered(&kamailio, "dana");
    let mut voicemail = RawFlow::connect(([127, 0, 0, 1], kamailio.tcp_port).into());
    let mut entity_tag = None;
    for (n, new) in [2, 0].into_iter().enumerate() {
        entity_tag = Some(publish(&mut voicemail, n, new, entity_tag.as_deref()));
        dana.until_waiting(new);
    }
    let shown = dana.snapshot().message_waiting.expect("counts");
    assert_eq!((shown.new, shown.old, shown.urgent_new), (0, 5, 0));
}

/// Publishes the counts of Dana's mailbox (RFC 3903) and returns the tag of the publication.
fn publish(flow: &mut RawFlow, n: usize, new: u32, entity_tag: Option<&str>) -> String {
    let waiting = if new > 0 { "yes" } else { "no" };
    let body = format!(
        "Messages-Waiting: {waiting}\r\nMessage-Account: sip:dana@{DOMAIN}\r\n\
         Voice-Message: {new}/5 (0/0)\r\n"
    );
    let modifies = entity_tag.map_or(String::new(), |tag| format!("SIP-If-Match: {tag}\r\n"));
    flow.send(&format!(
        "PUBLISH sip:dana@{DOMAIN} SIP/2.0\r\n\
         Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKpub{n};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:voicemail@{DOMAIN}>;tag=v{n}\r\n\
         To: <sip:dana@{DOMAIN}>\r\n\
         CSeq: 1 PUBLISH\r\n\
         Call-ID: publish-{n}\r\n\
         Event: message-summary\r\n\
         Expires: 3600\r\n\
         {modifies}Content-Type: application/simple-message-summary\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let response = flow.expect_response();
    assert_eq!(response.status(), "200 OK", "{response:#?}");
    response.header("SIP-ETag").expect("a tag").to_owned()
}

#[test]
fn a_registrar_that_restarts_is_found_again() {
    let Some(mut kamailio) = Kamailio::start() else {
        return;
    };
    let dana = registered(&kamailio, "dana");
    let erik = registered(&kamailio, "erik");
    kamailio.stop();
    for phone in [&dana, &erik] {
        phone.until("the loss", |event| match event {
            Event::Registration(RegistrationView::Registered) => None,
            Event::Registration(_) => Some(()),
            _ => None,
        });
    }
    kamailio.start_again();
    dana.until_registered();
    erik.until_registered();
    connected(&dana, &erik, "erik");
}
