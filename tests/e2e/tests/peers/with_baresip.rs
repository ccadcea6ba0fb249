//! Hark and baresip talk to each other through Kamailio, and hear each other.

use std::time::Duration;

use hark_e2e::phone::Phone;
use hark_e2e::sound::Sound;
use hark_e2e::um::{PIN, Um};
use hark_phone::{
    AccountSettings, CallId, CallState, Command, Event, MediaKeys, Naming, TraceExport,
    TransferState,
};
use hark_um::{DigestOffer, PinCheck, ServerEvent};

use crate::baresip::{Baresip, TONE_HZ, USER, Way};
use crate::kamailio::{Kamailio, PASSWORD};

/// How long we listen before we hang up.
const LISTENED: Duration = Duration::from_millis(1_200);
/// What the other side must have heard by then: long enough to tell a tone from a click.
const HEARD: Duration = Duration::from_millis(500);
/// The tone that Hark speaks.
const OUR_TONE_HZ: f64 = 1_000.0;

/// A server, a phone that speaks a tone, and baresip.
fn three(way: Way) -> Option<(Kamailio, Phone, Baresip)> {
    three_with("g711", way)
}

/// The same with a codec of baresip.
fn three_with(codec: &str, way: Way) -> Option<(Kamailio, Phone, Baresip)> {
    three_of(
        way,
        |account| account,
        |port| Baresip::speaking(codec, port, way),
    )
}

/// The same, and both look for their way by ICE.
fn three_with_ice(way: Way) -> Option<(Kamailio, Phone, Baresip)> {
    let with_ice = |account| AccountSettings {
        ice: true,
        ..account
    };
    three_of(way, with_ice, |port| Baresip::with_ice(port, way))
}

fn three_of(
    way: Way,
    change: impl FnOnce(AccountSettings) -> AccountSettings,
    baresip: impl FnOnce(u16) -> Option<Baresip>,
) -> Option<(Kamailio, Phone, Baresip)> {
    let kamailio = Kamailio::start()?;
    let (port, account) = match way {
        Way::TlsWithSrtp => (kamailio.tls_port, kamailio.account("dana")),
        Way::TlsWithDtls => (kamailio.tls_port, by_dtls(kamailio.account("dana"))),
        Way::TcpInClear => (kamailio.tcp_port, kamailio.tcp_account("dana")),
    };
    let baresip = baresip(port)?;
    let microphone = kamailio.path("tone.wav");
    Sound::tone(OUR_TONE_HZ, Duration::from_secs(60)).write(&microphone);
    let phone = Phone::start(change(account), PASSWORD, Some(&microphone));
    phone.until_registered();
    Some((kamailio, phone, baresip))
}

fn by_dtls(account: AccountSettings) -> AccountSettings {
    AccountSettings {
        media_keys: MediaKeys::Dtls,
        ..account
    }
}

/// Hark calls, baresip answers.
fn call_baresip(phone: &Phone, baresip: &Baresip) -> CallId {
    phone.send(Command::Dial { to: USER.into() });
    baresip.until("CALL_INCOMING");
    phone.until_call(CallState::Ringing);
    baresip.command("accept", "");
    phone.until_call(CallState::Connected).0
}

/// Waits until the tone of baresip has come out of our loudspeaker.
fn until_tone(phone: &Phone) {
    phone.shows("the tone heard", |_| {
        let heard = Sound::read(&phone.heard());
        (heard.length_of_tone(TONE_HZ) > LISTENED).then_some(())
    });
}

fn until_srtp(phone: &Phone) -> Option<&'static str> {
    phone.shows("media", |shown| {
        Some(shown.calls.first()?.media.clone()?.srtp)
    })
}

#[track_caller]
fn assert_heard_us(baresip: &Baresip) {
    let heard = baresip.heard().length_of_tone(OUR_TONE_HZ);
    assert!(heard > HEARD, "{heard:?} of our tone");
}

#[test]
fn it_answers_over_tls_and_both_hear_each_other_through_srtp() {
    let Some((_kamailio, phone, baresip)) = three(Way::TlsWithSrtp) else {
        return;
    };
    let call = call_baresip(&phone, &baresip);
    assert_eq!(until_srtp(&phone), Some("AES_CM_128_HMAC_SHA1_80"));
    until_tone(&phone);
    phone.send(Command::HangUp { call });
    baresip.until("CALL_CLOSED");
    assert_heard_us(&baresip);
}

#[test]
fn it_speaks_every_codec_of_ours_and_both_hear_each_other() {
    for (module, codec) in [("opus", "opus"), ("g722", "G722"), ("g711", "PCMU")] {
        let Some((_kamailio, phone, baresip)) = three_with(module, Way::TlsWithSrtp) else {
            return;
        };
        let call = call_baresip(&phone, &baresip);
        let spoken = phone.shows("media", |shown| {
            Some(shown.calls.first()?.media.clone()?.codec)
        });
        assert_eq!(spoken, codec);
        until_tone(&phone);
        phone.send(Command::HangUp { call });
        baresip.until("CALL_CLOSED");
        assert_heard_us(&baresip);
    }
}

#[test]
fn it_calls_over_tls_and_hangs_up() {
    let Some((_kamailio, phone, baresip)) = three(Way::TlsWithSrtp) else {
        return;
    };
    baresip.command("dial", "sip:dana@example.test");
    let (call, _, from) = phone.until_incoming();
    assert_eq!(from, format!("sip:{USER}@example.test"));
    baresip.until("CALL_RINGING");
    phone.send(Command::Answer { call });
    baresip.until("CALL_ESTABLISHED");
    assert_eq!(until_srtp(&phone), Some("AES_CM_128_HMAC_SHA1_80"));
    until_tone(&phone);
    baresip.command("hangup", "");
    phone.until_call(CallState::Ended);
    assert_heard_us(&baresip);
}

/// Both descriptions of the call carry ICE, and baresip has found its way by it.
#[track_caller]
fn assert_ice(phone: &Phone, baresip: &Baresip) {
    phone.send(Command::ExportTrace {
        file: None,
        naming: Naming::AsSent,
    });
    let trace = phone.until("the trace", |event| match event {
        Event::Trace(TraceExport::Text { text, .. }) => Some(text.clone()),
        _ => None,
    });
    let descriptions = trace.matches("a=ice-ufrag:").count();
    assert!(descriptions >= 2, "{trace}");
    baresip.until_line("mnat 'ice' connected");
}

#[test]
fn it_answers_a_call_with_ice_and_both_hear_each_other() {
    let Some((_kamailio, phone, baresip)) = three_with_ice(Way::TlsWithSrtp) else {
        return;
    };
    let call = call_baresip(&phone, &baresip);
    until_tone(&phone);
    assert_ice(&phone, &baresip);
    phone.send(Command::HangUp { call });
    baresip.until("CALL_CLOSED");
    assert_heard_us(&baresip);
}

#[test]
fn it_calls_with_ice_and_both_hear_each_other() {
    let Some((_kamailio, phone, baresip)) = three_with_ice(Way::TlsWithSrtp) else {
        return;
    };
    baresip.command("dial", "sip:dana@example.test");
    let (call, ..) = phone.until_incoming();
    baresip.until("CALL_RINGING");
    phone.send(Command::Answer { call });
    baresip.until("CALL_ESTABLISHED");
    until_tone(&phone);
    assert_ice(&phone, &baresip);
    baresip.command("hangup", "");
    phone.until_call(CallState::Ended);
    assert_heard_us(&baresip);
}

/// Waits until a handshake has brought keys, and returns their suite.
fn until_keyed(phone: &Phone) -> &'static str {
    phone.shows("keys by DTLS", |shown| {
        let media = shown.calls.first()?.media.clone()?;
        media.srtp.filter(|_| media.keys == Some("DTLS"))
    })
}

/// What baresip prefers, whichever side it has in the handshake.
const BARESIPS_PROFILE: &str = "AES_CM_128_HMAC_SHA1_80";

#[test]
fn it_answers_with_keys_by_dtls_and_both_hear_each_other() {
    let Some((_kamailio, phone, baresip)) = three(Way::TlsWithDtls) else {
        return;
    };
    let call = call_baresip(&phone, &baresip);
    assert_eq!(until_keyed(&phone), BARESIPS_PROFILE);
    until_tone(&phone);
    phone.send(Command::HangUp { call });
    baresip.until("CALL_CLOSED");
    assert_heard_us(&baresip);
}

#[test]
fn a_call_with_keys_by_dtls_is_held_and_taken_back_under_the_same_keys() {
    let Some((_kamailio, phone, baresip)) = three(Way::TlsWithDtls) else {
        return;
    };
    let call = call_baresip(&phone, &baresip);
    until_keyed(&phone);
    for held in [true, false] {
        phone.send(Command::SetHeld { call, held });
        baresip.until("CALL_REMOTE_SDP");
    }
    until_tone(&phone);
    assert_eq!(until_keyed(&phone), BARESIPS_PROFILE);
    phone.send(Command::HangUp { call });
    baresip.until("CALL_CLOSED");
}

#[test]
fn it_calls_with_keys_by_dtls_whatever_our_own_calls_want() {
    let kamailio_and_ours = three(Way::TlsWithDtls);
    let Some((kamailio, _dana, baresip)) = kamailio_and_ours else {
        return;
    };
    let microphone = kamailio.path("tone.wav");
    let erik = Phone::start(kamailio.account("erik"), PASSWORD, Some(&microphone));
    erik.until_registered();
    baresip.command("dial", "sip:erik@example.test");
    let (call, ..) = erik.until_incoming();
    baresip.until("CALL_RINGING");
    erik.send(Command::Answer { call });
    baresip.until("CALL_ESTABLISHED");
    assert_eq!(until_keyed(&erik), BARESIPS_PROFILE);
    until_tone(&erik);
    baresip.command("hangup", "");
    erik.until_call(CallState::Ended);
    assert_heard_us(&baresip);
}

#[test]
fn in_clear_each_side_holds_and_resumes_and_our_digits_arrive() {
    let Some((_kamailio, phone, baresip)) = three(Way::TcpInClear) else {
        return;
    };
    let call = call_baresip(&phone, &baresip);
    assert_eq!(until_srtp(&phone), None);
    let digits = "1590*#";
    phone.send(Command::SendDigits {
        call,
        digits: digits.into(),
    });
    for digit in digits.chars() {
        assert_eq!(baresip.until_digit(), digit.to_string());
    }
    for (command, held) in [("hold", true), ("resume", false)] {
        baresip.command(command, "");
        phone.shows("their hold", |shown| {
            (shown.calls.first()?.held_by_peer == held).then_some(())
        });
    }
    for held in [true, false] {
        phone.send(Command::SetHeld { call, held });
        baresip.until("CALL_REMOTE_SDP");
    }
    phone.send(Command::HangUp { call });
    baresip.until("CALL_CLOSED");
}

#[test]
fn a_call_that_it_gives_up_is_missed_and_one_that_we_decline_is_over() {
    let Some((_kamailio, phone, baresip)) = three(Way::TcpInClear) else {
        return;
    };
    baresip.command("dial", "sip:dana@example.test");
    phone.until_incoming();
    baresip.until("CALL_RINGING");
    baresip.command("hangup", "");
    baresip.until("CALL_CLOSED");
    phone.until_call(CallState::Ended);
    phone.shows("a missed call", |shown| {
        (shown.missed_unseen == 1).then_some(())
    });
    baresip.command("dial", "sip:dana@example.test");
    let (call, ..) = phone.until_incoming();
    phone.send(Command::Decline { call });
    let closed = baresip.until("CALL_CLOSED");
    assert!(closed.contains("603"), "{closed}");
}

/// Erik, to whom the calls are sent on.
fn third(kamailio: &Kamailio) -> Phone {
    Phone::registered(kamailio.tcp_account("erik"), PASSWORD)
}

#[test]
fn it_is_sent_on_to_a_third_phone() {
    let Some((kamailio, phone, baresip)) = three(Way::TcpInClear) else {
        return;
    };
    let erik = third(&kamailio);
    let call = call_baresip(&phone, &baresip);
    phone.send(Command::Transfer {
        call,
        to: "erik".into(),
    });
    let (at_erik, _, from) = erik.until_incoming();
    assert_eq!(from, format!("sip:{USER}@example.test"));
    erik.send(Command::Answer { call: at_erik });
    erik.until_call(CallState::Connected);
    phone.until("the transfer", |event| match event {
        Event::Transfer {
            state: TransferState::Succeeded,
            ..
        } => Some(()),
        _ => None,
    });
}

#[test]
fn it_sends_us_on_to_a_third_phone() {
    let Some((kamailio, phone, baresip)) = three(Way::TcpInClear) else {
        return;
    };
    let erik = third(&kamailio);
    let with_baresip = call_baresip(&phone, &baresip);
    baresip.command("transfer", "sip:erik@example.test");
    let (at_erik, _, from) = erik.until_incoming();
    assert_eq!(from, "sip:dana@example.test");
    erik.send(Command::Answer { call: at_erik });
    let (with_erik, _) = phone.until_call(CallState::Connected);
    assert_ne!(with_erik, with_baresip);
}

/// Its digits (RFC 4733) reach the embedded server, which shares its reader of them with Hark.
#[test]
fn it_keys_the_pin_of_a_mailbox() {
    let um = Um::with_digest(vec![Um::user(USER)], DigestOffer::Md5);
    let Some(baresip) = Baresip::registered(um.tls_port(), Way::TlsWithSrtp) else {
        return;
    };
    let mailbox = format!("sip:{USER}@example.test;opaque=app:voicemail");
    baresip.command("dial", &mailbox);
    // At once, before the mailbox has said a word.
    baresip.until("CALL_ESTABLISHED");
    baresip.key(&format!("{PIN}#"));
    let opened = um.until("the mailbox opened", |event| match event {
        ServerEvent::MailboxOpened { pin, .. } => Some(*pin),
        _ => None,
    });
    assert_eq!(opened, PinCheck::Keyed);
}
