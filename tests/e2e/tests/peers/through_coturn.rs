//! Calls of Hark that find their way with a STUN and TURN server of others.

use std::path::PathBuf;
use std::time::Duration;

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Raw, RawFlow, RawServer};
use hark_e2e::sound::Sound;
use hark_e2e::um::{PASSWORD, Um};
use hark_phone::{AccountSettings, CallState, Command, Event, Password, SoundEnd};
use tempfile::TempDir;

use crate::coturn::{self, Coturn};

/// What each side must have heard before a call ends: long enough to tell a tone from a click.
const HEARD: Duration = Duration::from_millis(1_200);
/// So much is on its way in that time, one packet every 20 ms.
const PACKETS: u64 = 50;
/// How often a call is tried.
const ATTEMPTS: u32 = 8;
/// What the one who calls and the one who is called speak.
const TONES_HZ: [f64; 2] = [600.0, 1_000.0];

/// A folder with the tones of both sides.
struct Voices(TempDir);

impl Voices {
    fn new() -> Self {
        let voices = Self(tempfile::tempdir().expect("a temporary folder"));
        for (side, hz) in TONES_HZ.into_iter().enumerate() {
            Sound::tone(hz, Duration::from_secs(60)).write(&voices.of(side));
        }
        voices
    }

    fn of(&self, side: usize) -> PathBuf {
        self.0.path().join(format!("{side}.wav"))
    }

    /// A phone that speaks the tone of its side.
    fn phone(&self, side: usize, account: AccountSettings, turn_password: &str) -> Phone {
        Phone::start_with(account, PASSWORD, |config| {
            config.sound.microphone = SoundEnd::File(self.of(side));
            config.turn_password = Some(Password::new(turn_password));
        })
    }
}

/// Waits until both have heard each other.
fn until_both_heard(phones: &[Phone; 2]) {
    for (side, phone) in phones.iter().enumerate() {
        phone.shows("the other side heard", |_| {
            let heard = Sound::read(&phone.heard());
            (heard.length_of_tone(TONES_HZ[1 - side]) > HEARD).then_some(())
        });
    }
}

/// A phone that is signed in at a hand-written server, under a name of its own.
fn signed_in(
    server: &RawServer,
    coturn: &Coturn,
    voices: &Voices,
    (side, user): (usize, &str),
) -> (Phone, RawFlow) {
    let account = AccountSettings {
        address: format!("{user}@contoso.com"),
        ..coturn.relaying(server.account())
    };
    let phone = voices.phone(side, account, coturn::PASSWORD);
    let mut flow = server.accept();
    let register = flow.expect("REGISTER");
    let contact = register.header("Contact").expect("a Contact");
    let contact = format!("Contact: {contact};expires=3600\r\n");
    flow.respond(&register, "200 OK", &contact, "");
    phone.until_registered();
    (phone, flow)
}

/// The description as it would be of a side that nobody reaches but through its relay; `None` where
/// it has none.
fn by_relay_only(sdp: &str) -> Option<String> {
    let candidates = || sdp.lines().filter(|line| line.contains(" typ relay"));
    let of = |component: &str| {
        let mut fields = candidates().map(|line| line.split(' ').collect::<Vec<_>>());
        let fields = fields.find(|fields| fields[1] == component)?;
        Some((fields[4].to_owned(), fields[5].to_owned()))
    };
    let (host, rtp) = of("1")?;
    let changed = sdp.lines().filter_map(|line| {
        if line.starts_with("a=candidate:") {
            return line.contains(" typ relay").then(|| line.to_owned());
        }
        if line.starts_with("c=") {
            return Some(format!("c=IN IP4 {host}"));
        }
        if let Some(media) = line.strip_prefix("m=audio ") {
            let (_, rest) = media.split_once(' ').expect("a port");
            return Some(format!("m=audio {rtp} {rest}"));
        }
        if line.starts_with("a=rtcp:") {
            return of("2").map(|(_, port)| format!("a=rtcp:{port}"));
        }
        Some(line.to_owned())
    });
    Some(changed.map(|line| line + "\r\n").collect())
}

/// A request of the server's to Bob, in the name of Alice.
fn request(method: &str, attempt: u32, to_tag: &str) -> String {
    let cseq = if method == "BYE" { 2 } else { 1 };
    format!(
        "{method} sip:bob@127.0.0.1;transport=tcp SIP/2.0\r\n\
         Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK{method}{attempt}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:alice@contoso.com>;tag=a{attempt}\r\n\
         To: <sip:bob@contoso.com>{to_tag}\r\nCSeq: {cseq} {method}\r\n\
         Call-ID: relayed-{attempt}\r\n\
         Contact: <sip:alice@127.0.0.1;transport=tcp>\r\n"
    )
}

/// The server takes Alice's call to Bob, and neither side's description says more than its relay.
/// False where a relay was too slow to be described: a busy machine makes it so.
fn connect((alice, to_alice): &mut (Phone, RawFlow), bob: &mut (Phone, RawFlow), n: u32) -> bool {
    let (bob, to_bob) = bob;
    let refuse = |to_alice: &mut RawFlow, invite: &Raw| {
        to_alice.respond(invite, "486 Busy Here", "", "");
        to_alice.expect("ACK");
        alice.until_call(CallState::Ended);
        false
    };
    alice.send(Command::Dial { to: "bob".into() });
    let invite = to_alice.expect("INVITE");
    let Some(offer) = by_relay_only(&invite.body) else {
        return refuse(to_alice, &invite);
    };
    to_bob.send_with_body(&request("INVITE", n, ""), &offer);
    let (call, ..) = bob.until_incoming();
    bob.send(Command::Answer { call });
    let ok = loop {
        let response = to_bob.expect_response();
        if response.status() == "200 OK" {
            break response;
        }
    };
    let to = ok.header("To").expect("a To");
    let (_, tag) = to.split_once(";tag=").expect("a tag");
    let tag = format!(";tag={tag}");
    to_bob.send_with_body(&request("ACK", n, &tag), "");
    let Some(answer) = by_relay_only(&ok.body) else {
        to_bob.send_with_body(&request("BYE", n, &tag), "");
        to_bob.expect_response();
        bob.until_call(CallState::Ended);
        return refuse(to_alice, &invite);
    };
    let contact = "Contact: <sip:bob@127.0.0.1;transport=tcp>\r\n";
    to_alice.respond(&invite, "200 OK", contact, &answer);
    to_alice.expect("ACK");
    true
}

/// What a side hears comes from the other side's relay, by way of its own: each relay lets only the
/// address of the other one through.
fn check_relayed_call(coturn: &Coturn) {
    let (server, voices) = (RawServer::tcp(), Voices::new());
    let mut alice = signed_in(&server, coturn, &voices, (0, "alice"));
    let mut bob = signed_in(&server, coturn, &voices, (1, "bob"));
    let is_connected = (0..ATTEMPTS).any(|n| connect(&mut alice, &mut bob, n));
    assert!(is_connected, "no relay was described");
    let phones = [alice.0, bob.0];
    until_both_heard(&phones);
    for phone in &phones {
        let calls = phone.snapshot().calls.clone();
        let connected = calls.iter().find(|call| call.state == CallState::Connected);
        let call = connected.expect("the call").id;
        phone.send(Command::HangUp { call });
    }
    for _ in &phones {
        coturn.until_relayed(PACKETS);
    }
}

#[test]
fn two_sides_that_only_relays_reach_hear_each_other() {
    let Some(coturn) = Coturn::start() else {
        return;
    };
    check_relayed_call(&coturn);
}

#[test]
fn relays_are_reached_over_tcp_where_no_udp_gets_through() {
    let Some(coturn) = Coturn::over_tcp() else {
        return;
    };
    check_relayed_call(&coturn);
}

#[test]
fn a_stun_server_is_asked_where_the_caller_is() {
    let Some(coturn) = Coturn::start() else {
        return;
    };
    let (um, voices) = (
        Um::start(vec![Um::user("dana"), Um::user("erik")]),
        Voices::new(),
    );
    let account = AccountSettings {
        stun_server: Some(coturn.address()),
        ..um.account("dana")
    };
    let dana = voices.phone(0, account, "");
    dana.until_registered();
    let erik = voices.phone(1, um.account("erik"), "");
    erik.until_registered();
    dana.send(Command::Dial { to: "erik".into() });
    coturn.until_line("incoming packet BINDING processed, success");
    let (call, ..) = erik.until_incoming();
    erik.send(Command::Answer { call });
    until_both_heard(&[dana, erik]);
}

#[test]
fn a_wrong_password_is_a_sentence_and_the_call_goes_on_without_the_relay() {
    let Some(coturn) = Coturn::start() else {
        return;
    };
    let (um, voices) = (
        Um::start(vec![Um::user("dana"), Um::user("erik")]),
        Voices::new(),
    );
    let dana = voices.phone(0, coturn.relaying(um.account("dana")), "not it");
    dana.until_registered();
    let erik = voices.phone(1, um.account("erik"), "");
    erik.until_registered();
    dana.send(Command::Dial { to: "erik".into() });
    let (call, ..) = erik.until_incoming();
    erik.send(Command::Answer { call });
    let (mut told, mut connected) = (None, false);
    dana.until("the sentence and the call", |event| {
        match event {
            Event::Error { text } => assert_eq!(told.replace(text.clone()), None, "said once"),
            Event::Call { state, .. } => connected |= *state == CallState::Connected,
            _ => {}
        }
        told.clone().filter(|_| connected)
    });
    let text = told.unwrap_or_default();
    let expected = "refused the user name or the password of the account, so calls go without it.";
    assert!(text.starts_with("The TURN server 127.0.0.1"), "{text}");
    assert!(text.contains(expected), "{text}");
    until_both_heard(&[dana, erik]);
    coturn.until_line("credentials are incorrect");
}
