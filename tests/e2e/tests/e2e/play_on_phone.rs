//! Play on Phone and ordinary calls in every presence state.

use hark_phone::{CallKind, CallState, Command, Presence};
use hark_um::{CallFailure, CallProgress, Caller, MessageChoice, ServerEvent};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};
use hark_e2e::sound::{SAME, Sound};
use hark_e2e::um::{PASSWORD, Um};

const STATES: [Presence; 5] = [
    Presence::Available,
    Presence::Busy,
    Presence::DoNotDisturb,
    Presence::Away,
    Presence::AppearOffline,
];

/// MS-OCEXUM 4.2 as it stands there, the odd blank after `<sip:` and the folded request line's
/// parameters included; the request URI is the phone's registered contact, as the text says.
fn example(contact: &str, n: usize) -> String {
    format!(
        "INVITE {contact};ms-opaque=ce5f21cc9d;ms-received-cid=D0A300 SIP/2.0\r\n\
         Via: SIP/2.0/TLS 172.19.58.90:5061;branch=z9hG4bKpop{n}\r\n\
         Max-Forwards: 68\r\n\
         From: <sip:alice@contoso.com>;epid=1944B98832;tag=7534fa43{n}\r\n\
         To: <sip:alice@contoso.com>;epid=d793aff63a\r\n\
         CSeq: 5 INVITE\r\n\
         Call-ID: 7a7378c9-7b3c-4cec-b6da-ec27d752e90{n}\r\n\
         Contact: <sip: exchange.contoso.com:5066;transport=Tls;ms-opaque=a752506cbee22182>;automata\r\n\
         User-Agent: RTCC/3.0.0.0\r\n\
         Allow: UPDATE\r\n\
         Ms-Sensitivity: private-no-diversion\r\n\
         Allow: Ack, Cancel, Bye, Invite, Message, Info, Service, Options, BeNotify\r\n"
    )
}

fn ordinary(contact: &str, n: usize) -> String {
    format!(
        "INVITE {contact} SIP/2.0\r\n\
         Via: SIP/2.0/TLS 172.19.58.90:5061;branch=z9hG4bKord{n}\r\n\
         Max-Forwards: 68\r\n\
         From: \"Bob\" <sip:bob@contoso.com>;tag=b{n}\r\n\
         To: <sip:alice@contoso.com>\r\n\
         CSeq: 1 INVITE\r\n\
         Call-ID: ordinary-{n}\r\n\
         Contact: <sip:bob@172.19.58.91:5061;transport=tls>\r\n"
    )
}

/// A phone at a hand-written server, and the URI of its registered contact.
fn signed_in(server: &RawServer) -> (Phone, RawFlow, String) {
    let (phone, flow, register) = Phone::signed_in(server, server.account());
    let contact = register.header("Contact").expect("a Contact");
    let uri = contact
        .split(['<', '>'])
        .nth(1)
        .expect("brackets")
        .to_owned();
    (phone, flow, uri)
}

fn set_presence(phone: &Phone, presence: Presence) {
    phone.send(Command::SetPresence(presence));
    phone.shows("the presence", |shown| {
        (shown.presence == presence).then_some(())
    });
}

#[test]
fn ox9_the_documents_example_rings_in_every_presence_state() {
    let server = RawServer::tls();
    let (phone, mut flow, contact) = signed_in(&server);
    for (n, presence) in STATES.into_iter().enumerate() {
        set_presence(&phone, presence);
        flow.send_with_body(&example(&contact, n), &sdp("0 8"));
        let (call, kind, from) = phone.until_incoming();
        assert_eq!(kind, CallKind::PlayOnPhone, "{presence:?}");
        assert_eq!(from, "sip:alice@contoso.com");
        phone.shows("the call", |shown| {
            let title = &shown.calls.first()?.title;
            (title == "Voicemail \u{2013} Play on Phone").then_some(())
        });
        until_status(&mut flow, "180 Ringing");
        phone.send(Command::Decline { call });
        let refusal = until_final(&mut flow);
        assert_eq!(refusal.status(), "603 Decline", "{presence:?}");
        assert_eq!(refusal.header("Contact"), None, "OX-11: no deflection");
        flow.send(&ack(&contact, n));
    }
}

#[test]
fn ox9_ox15_a_similar_call_from_another_address_does_not_ring_an_absent_user() {
    let server = RawServer::tls();
    let (phone, mut flow, contact) = signed_in(&server);
    set_presence(&phone, Presence::AppearOffline);
    let similar = example(&contact, 0).replace("From: <sip:alice@", "From: <sip:Alice@");
    flow.send_with_body(&similar, &sdp("0"));
    assert_eq!(
        first_answer(&mut flow).status(),
        "480 Temporarily Unavailable"
    );
}

#[test]
fn ox10_an_ordinary_call_is_refused_with_480_and_without_180() {
    let server = RawServer::tls();
    let (phone, mut flow, contact) = signed_in(&server);
    for (n, presence) in STATES.into_iter().enumerate() {
        set_presence(&phone, presence);
        flow.send_with_body(&ordinary(&contact, n), &sdp("0 8"));
        if matches!(presence, Presence::DoNotDisturb | Presence::AppearOffline) {
            let refusal = first_answer(&mut flow);
            assert_eq!(
                refusal.status(),
                "480 Temporarily Unavailable",
                "{presence:?}"
            );
            let names: Vec<_> = refusal
                .headers
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            assert_eq!(
                names,
                ["Via", "From", "To", "Call-ID", "CSeq", "Content-Length"]
            );
        } else {
            let (call, kind, _) = phone.until_incoming();
            assert_eq!(kind, CallKind::Person, "{presence:?}");
            until_status(&mut flow, "180 Ringing");
            phone.send(Command::Decline { call });
            assert_eq!(until_final(&mut flow).status(), "603 Decline");
            phone.until_call(CallState::Ended);
        }
    }
    let refused = phone.shows("the history", |shown| {
        let refused = shown
            .history
            .iter()
            .filter(|entry| entry.outcome == hark_phone::snapshot::Outcome::Refused);
        (shown.history.len() == STATES.len()).then_some(refused.count())
    });
    assert_eq!(refused, 2);
    assert_eq!(phone.snapshot().missed_unseen, 0);
}

#[test]
fn ox9_a_message_is_played_on_the_phone_of_a_user_who_appears_offline() {
    let um = Um::start(vec![hark_um::User {
        demo_messages: true,
        ..Um::user("dana")
    }]);
    let phone = Phone::registered(um.account("dana"), PASSWORD);
    set_presence(&phone, Presence::AppearOffline);
    um.handle.play_on_phone("dana", MessageChoice::Number(1));
    let (call, kind, _) = phone.until_incoming();
    assert_eq!(kind, CallKind::PlayOnPhone);
    phone.send(Command::Answer { call });
    phone.until_call(CallState::Connected);
    let messages = ["demo.message.1", "demo.message.2", "demo.message.3"].map(Sound::prompt);
    phone.shows("a message heard", |_| {
        let heard = Sound::read(&phone.heard());
        let mut whole = messages
            .iter()
            .filter(|message| message.length() < heard.length());
        whole
            .any(|message| heard.likeness(message) > SAME)
            .then_some(())
    });
}

#[test]
fn ox10_the_server_sees_an_absent_user() {
    let um = Um::start(vec![hark_um::User {
        forwarding: hark_um::Forwarding::Off,
        ..Um::user("dana")
    }]);
    let phone = Phone::registered(um.account("dana"), PASSWORD);
    set_presence(&phone, Presence::AppearOffline);
    let caller = Caller {
        display_name: "Front desk".into(),
        number: "100".into(),
    };
    let placed = um.handle.place_call("dana", caller);
    let failure = um.until("a refusal", |event| match event {
        ServerEvent::Placed {
            call,
            progress: CallProgress::Failed(failure),
        } if *call == placed => Some(failure.clone()),
        ServerEvent::Placed {
            progress: CallProgress::Ringing,
            ..
        } => panic!("the phone rang"),
        _ => None,
    });
    assert!(
        matches!(failure, CallFailure::Refused { status: 480, .. }),
        "{failure:?}"
    );
}

/// The first response that is not 100.
fn first_answer(flow: &mut RawFlow) -> hark_e2e::raw::Raw {
    loop {
        let response = flow.expect_response();
        if !response.status().starts_with("100") {
            return response;
        }
    }
}

fn until_status(flow: &mut RawFlow, status: &str) {
    assert_eq!(first_answer(flow).status(), status);
}

fn until_final(flow: &mut RawFlow) -> hark_e2e::raw::Raw {
    first_answer(flow)
}

/// The ACK of a refused example call, which belongs to its transaction (RFC 3261 §17.1.1.3).
fn ack(contact: &str, n: usize) -> String {
    let invite = example(contact, n);
    let kept = invite.lines().filter(|line| {
        ["Via", "Max-Forwards", "From", "To", "Call-ID"]
            .iter()
            .any(|name| line.starts_with(&format!("{name}:")))
    });
    let head: String = kept.map(|line| format!("{line}\r\n")).collect();
    format!(
        "ACK {contact};ms-opaque=ce5f21cc9d;ms-received-cid=D0A300 SIP/2.0\r\n\
         {head}CSeq: 5 ACK\r\nContent-Length: 0\r\n\r\n"
    )
}
