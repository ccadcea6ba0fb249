//! Hark at Kamailio: Digest over TLS, calls over Record-Route, message waiting, a restart.

use hark_e2e::phone::Phone;
use hark_e2e::raw::RawFlow;
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

#[test]
fn ox3_skip_pin_goes_over_tls_to_the_mailbox_behind_a_foreign_proxy() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let mailbox = registered(&kamailio, "mailbox");
    let dana = registered(&kamailio, "dana");
    dana.send(Command::CallVoicemail);
    let invite = kamailio.until_line("invite: ");
    assert!(
        invite.contains("sip:dana@example.test;opaque=app:voicemail over tls skip-pin=skip-pin"),
        "{invite}"
    );
    let (call, _, from) = mailbox.until_incoming();
    assert_eq!(from, "sip:dana@example.test");
    mailbox.send(Command::Answer { call });
    dana.until_call(CallState::Connected);
}

#[test]
fn ox4_skip_pin_does_not_go_over_tcp_to_a_foreign_proxy() {
    let Some(kamailio) = Kamailio::start() else {
        return;
    };
    let dana = Phone::registered(kamailio.tcp_account("dana"), PASSWORD);
    dana.send(Command::CallVoicemail);
    let invite = kamailio.until_line("invite: ");
    assert!(invite.contains("over tcp skip-pin=<null>"), "{invite}");
    let (_, reason) = dana.until_call(CallState::Ended);
    assert!(reason.is_some_and(|text| text.contains("is not known")));
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
