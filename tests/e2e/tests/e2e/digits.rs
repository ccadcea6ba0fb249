//! Digits by INFO, dial strings, and the PIN, at a hand-written server.

use std::time::{Duration, Instant};

use hark_phone::snapshot::DigitsBy;
use hark_phone::{CallId, CallState, Command, Event, MediaEncryption, Naming, Pin};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Raw, RawFlow, RawServer, sdp};

const CONTACT: &str = "Contact: <sip:far@127.0.0.1;transport=tls>\r\n";

/// A phone at a server without encryption of sound, with this PIN for the mailbox.
fn phone(pin: Option<&str>, pin_in_clear: bool) -> (Phone, RawFlow) {
    let server = RawServer::tls();
    let mut account = server.account();
    account.media_encryption = Some(MediaEncryption::Off);
    account.voicemail = Some("*98,2001#".into());
    account.asks_for_pin = true;
    account.pin_in_clear = pin_in_clear;
    let (phone, flow, _) = Phone::signed_in_with(&server, account, |config| {
        config.pin = pin.and_then(Pin::new);
    });
    (phone, flow)
}

/// Answers the phone's call without digits in the media.
fn answer(phone: &Phone, flow: &mut RawFlow) -> (CallId, Raw) {
    let invite = flow.expect("INVITE");
    flow.respond(&invite, "200 OK", CONTACT, &sdp("0"));
    flow.expect("ACK");
    let (call, _) = phone.until_call(CallState::Connected);
    (call, invite)
}

/// So many digits by INFO, and when each came.
fn infos(flow: &mut RawFlow, count: usize) -> (String, Vec<Instant>) {
    let (mut digits, mut times) = (String::new(), Vec::new());
    for _ in 0..count {
        let info = flow.expect("INFO");
        times.push(Instant::now());
        assert_eq!(info.header("Content-Type"), Some("application/dtmf-relay"));
        let signal = info.body.strip_prefix("Signal=").expect("a signal");
        digits.push_str(signal.split("\r\n").next().unwrap());
        assert!(info.body.ends_with("\r\nDuration=160\r\n"), "{info:#?}");
        flow.respond(&info, "200 OK", "", "");
    }
    (digits, times)
}

#[test]
fn digits_go_by_info_where_the_media_takes_none() {
    let (phone, mut flow) = phone(None, false);
    phone.send(Command::Dial { to: "bob".into() });
    let (call, _) = answer(&phone, &mut flow);
    let digits_by = phone.snapshot().calls[0].digits_by;
    assert_eq!(digits_by, Some(DigitsBy::Info));
    let digits = "1*d#".into();
    phone.send(Command::SendDigits { call, digits });
    assert_eq!(infos(&mut flow, 4).0, "1*D#");
}

#[test]
fn a_dial_string_pauses_and_waits() {
    let (phone, mut flow) = phone(None, false);
    let to = "2001,,12;34".to_owned();
    phone.send(Command::Dial { to });
    let began = Instant::now();
    let (call, invite) = answer(&phone, &mut flow);
    assert!(invite.start.starts_with("INVITE sip:2001@contoso.com "));
    let (digits, times) = infos(&mut flow, 2);
    assert_eq!(digits, "12");
    assert!(times[0] - began >= Duration::from_secs(2));
    phone.until("the wait", |event| match event {
        Event::WaitsForPress { call: waits } if *waits == call => Some(()),
        _ => None,
    });
    assert!(phone.snapshot().calls[0].waits_for_press);
    phone.send(Command::Continue { call });
    assert_eq!(infos(&mut flow, 2).0, "34");
}

#[test]
fn the_pin_follows_the_mailbox_number_where_the_user_agreed() {
    let (phone, mut flow) = phone(Some("4711"), true);
    assert!(phone.snapshot().pin_known);
    phone.send(Command::CallVoicemail);
    let (_, invite) = answer(&phone, &mut flow);
    assert!(invite.start.starts_with("INVITE sip:*98@contoso.com "));
    assert_eq!(invite.header("Ms-Exchange-Command"), None);
    assert_eq!(infos(&mut flow, 10).0, "2001#4711#");
    phone.send(Command::ExportTrace {
        file: None,
        naming: Naming::AsSent,
    });
    let text = phone.until("the trace", |event| match event {
        Event::Trace(hark_phone::TraceExport::Text { text, .. }) => Some(text.clone()),
        _ => None,
    });
    assert!(text.contains("\r\nINFO sip:"), "{text}");
    assert!(!text.contains("Signal="), "{text}");
}

#[test]
fn the_pin_is_kept_back_where_others_could_listen_in() {
    let (phone, mut flow) = phone(Some("4711"), false);
    phone.send(Command::CallVoicemail);
    answer(&phone, &mut flow);
    let text = phone.until_error();
    assert!(text.starts_with("The PIN was not sent"), "{text}");
    assert_eq!(infos(&mut flow, 5).0, "2001#");
}
