//! SIPp as the server that Hark signs in at and calls through.

use std::time::Duration;

use hark_e2e::phone::Phone;
use hark_e2e::sound::{SAME, Sound};
use hark_phone::{CallId, CallState, Command, Event, RegistrationView, TransferState};

use crate::sipp::{PASSWORD, Sipp};

/// Starts SIPp with a journey, and a phone at it.
macro_rules! journey {
    ($name:literal) => {
        match Sipp::start(include_str!(concat!("../../peers/sipp/", $name, ".xml"))) {
            Some(sipp) => sipp,
            None => return,
        }
    };
}
pub(crate) use journey;

fn dial(phone: &Phone) {
    phone.send(Command::Dial { to: "bob".into() });
}

fn connected(phone: &Phone) -> CallId {
    phone.until_call(CallState::Connected).0
}

fn hang_up(phone: &Phone, call: CallId) {
    phone.send(Command::HangUp { call });
    phone.until_call(CallState::Ended);
}

#[test]
fn registering_survives_a_challenge_a_longer_interval_and_a_busy_server() {
    let sipp = journey!("register");
    let phone = Phone::start(sipp.account(), PASSWORD, None);
    phone.until("the wait", |event| match event {
        Event::Registration(RegistrationView::Lost { .. }) => Some(()),
        _ => None,
    });
    phone.until_registered();
    phone.quit();
    sipp.until_done();
}

#[test]
fn ox4_ox5_the_mailbox_is_called_without_skip_pin_and_sends_the_voice_back() {
    let sipp = journey!("voicemail");
    let microphone = sipp.path("spoken.wav");
    let spoken = Sound::prompt("demo.message.2");
    // SIPp echoes from its answer on; the first word shall not fall into the call's beginning.
    spoken.after(Duration::from_millis(500)).write(&microphone);
    let phone = Phone::start(sipp.account(), PASSWORD, Some(&microphone));
    phone.until_registered();
    phone.send(Command::CallVoicemail);
    phone.until_call(CallState::Ringing);
    let call = connected(&phone);
    phone.shows("the echo heard", |_| {
        let heard = Sound::read(&phone.heard());
        let long_enough = heard.length() > spoken.length();
        (long_enough && heard.likeness(&spoken) > SAME).then_some(())
    });
    hang_up(&phone, call);
    sipp.until_done();
}

#[test]
fn early_media_is_told_and_the_answer_connects() {
    let sipp = journey!("early_media");
    let phone = sipp.phone();
    dial(&phone);
    phone.until_call(CallState::Early);
    let call = connected(&phone);
    hang_up(&phone, call);
    sipp.until_done();
}

#[test]
fn of_two_phones_that_answer_one_is_kept() {
    let sipp = journey!("forked");
    let phone = sipp.phone();
    dial(&phone);
    connected(&phone);
    phone.until_call(CallState::Ended);
    sipp.until_done();
    let calls = phone.shows("the history", |shown| {
        (!shown.history.is_empty()).then_some(shown.history.len())
    });
    assert_eq!(calls, 1);
}

#[test]
fn a_call_that_rings_is_cancelled() {
    let sipp = journey!("cancel");
    let phone = sipp.phone();
    dial(&phone);
    let (call, _) = phone.until_call(CallState::Ringing);
    hang_up(&phone, call);
    sipp.until_done();
}

#[test]
fn an_answer_that_crosses_the_cancel_is_taken_and_ended() {
    let sipp = journey!("cancel_too_late");
    let phone = sipp.phone();
    dial(&phone);
    let (call, _) = phone.until_call(CallState::Ringing);
    hang_up(&phone, call);
    sipp.until_done();
}

#[test]
fn hold_is_offered_and_taken_back() {
    let sipp = journey!("hold");
    let phone = sipp.phone();
    dial(&phone);
    let call = connected(&phone);
    for wanted in [true, false] {
        phone.send(Command::SetHeld { call, held: wanted });
        phone.until("the hold", |event| match event {
            Event::Hold { held, .. } if *held == wanted => Some(()),
            _ => None,
        });
    }
    hang_up(&phone, call);
    sipp.until_done();
}

#[test]
fn a_longer_session_interval_is_agreed_to() {
    let sipp = journey!("session_timer");
    let phone = sipp.phone();
    dial(&phone);
    let call = connected(&phone);
    hang_up(&phone, call);
    sipp.until_done();
}

#[test]
fn a_redirection_is_followed() {
    let sipp = journey!("redirect");
    let phone = sipp.phone();
    dial(&phone);
    let (_, reason) = phone.until_call(CallState::Ended);
    assert!(reason.is_some_and(|text| text.contains("busy")));
    sipp.until_done();
}

#[test]
fn digits_go_as_info_where_rfc_4733_is_not_spoken() {
    let sipp = journey!("digits");
    let phone = sipp.phone();
    dial(&phone);
    let call = connected(&phone);
    phone.send(Command::SendDigits {
        call,
        digits: "5#".into(),
    });
    // SIPp hangs up when both have come.
    phone.until_call(CallState::Ended);
    sipp.until_done();
}

#[test]
fn a_call_is_sent_on_to_somebody_else() {
    let sipp = journey!("transfer");
    let phone = sipp.phone();
    dial(&phone);
    let call = connected(&phone);
    phone.send(Command::Transfer {
        call,
        to: "carol".into(),
    });
    phone.until("the transfer", |event| match event {
        Event::Transfer {
            state: TransferState::Succeeded,
            ..
        } => Some(()),
        _ => None,
    });
    phone.until_call(CallState::Ended);
    sipp.until_done();
}
