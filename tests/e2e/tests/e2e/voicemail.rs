//! Voicemail through the embedded server, by ear: what the loudspeaker's file holds is compared
//! with the prompts that the server should have spoken.

use std::time::Duration;

use hark_phone::snapshot::SkipPin;
use hark_phone::{AccountSettings, CallId, CallState, Command, Pin};
use hark_um::{Forwarding, PinCheck, ServerEvent, User};

use hark_e2e::phone::Phone;
use hark_e2e::sound::{SAME, Sound};
use hark_e2e::um::{PASSWORD, PIN, Um};

/// Calls the mailbox and returns once it is connected.
fn call_voicemail(phone: &Phone) -> CallId {
    phone.send(Command::CallVoicemail);
    phone.until_call(CallState::Connected).0
}

/// Waits until the phone has heard a prompt, looking again whenever the meters move.
#[track_caller]
fn until_heard(phone: &Phone, prompt: &str) {
    let prompt_sound = Sound::prompt(prompt);
    phone.shows(&format!("{prompt} heard"), |shown| {
        let call = shown.calls.first()?;
        let talked = call.connected_at?.elapsed();
        if talked < prompt_sound.length() {
            return None;
        }
        let heard = Sound::read(&phone.heard());
        (heard.likeness(&prompt_sound) > SAME).then_some(())
    });
}

#[test]
fn ox3_ox6_over_tls_the_mailbox_opens_without_a_pin() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::registered(um.account("dana"), PASSWORD);
    assert_eq!(phone.snapshot().skip_pin, SkipPin::Yes);
    let call = call_voicemail(&phone);
    let opened = um.until("the mailbox opened", |event| match event {
        ServerEvent::MailboxOpened { pin, .. } => Some(*pin),
        _ => None,
    });
    assert_eq!(opened, PinCheck::Skipped);
    let srtp = phone.shows("media", |shown| {
        Some(shown.calls.first()?.media.clone()?.srtp)
    });
    assert_eq!(srtp, Some("AEAD_AES_256_GCM"));
    until_heard(&phone, "welcome");
    phone.send(Command::HangUp { call });
    phone.until_call(CallState::Ended);
    assert!(Sound::read(&phone.heard()).likeness(&Sound::prompt("pin.ask")) < SAME);
}

#[test]
fn ox7_over_tcp_the_pin_is_asked_for_and_the_right_one_opens() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::registered(um.tcp_account("dana"), PASSWORD);
    assert_eq!(phone.snapshot().skip_pin, SkipPin::NotEncrypted);
    let call = call_voicemail(&phone);
    until_heard(&phone, "pin.ask");
    let digits = format!("{PIN}#").into();
    phone.send(Command::SendDigits { call, digits });
    let opened = um.until("the mailbox opened", |event| match event {
        ServerEvent::MailboxOpened { pin, .. } => Some(*pin),
        _ => None,
    });
    assert_eq!(opened, PinCheck::Keyed);
}

#[test]
fn a_kept_pin_opens_the_mailbox_where_it_is_not_skipped() {
    let um = Um::start(vec![Um::user("dana")]);
    let encrypted = AccountSettings {
        asks_for_pin: true,
        ..um.account("dana")
    };
    let in_clear = AccountSettings {
        pin_in_clear: true,
        ..um.tcp_account("dana")
    };
    for account in [encrypted, in_clear] {
        let phone = Phone::start_with(account, PASSWORD, |config| config.pin = Pin::new(PIN));
        phone.until_registered();
        call_voicemail(&phone);
        let opened = um.until("the mailbox opened", |event| match event {
            ServerEvent::MailboxOpened { pin, .. } => Some(*pin),
            _ => None,
        });
        assert_eq!(opened, PinCheck::Keyed);
    }
}

#[test]
fn ox7_a_wrong_pin_is_refused_and_the_third_one_ends_the_call() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::registered(um.tcp_account("dana"), PASSWORD);
    let call = call_voicemail(&phone);
    for _ in 0..3 {
        let digits = "1357#".into();
        phone.send(Command::SendDigits { call, digits });
    }
    phone.until_call(CallState::Ended);
    let heard = Sound::read(&phone.heard());
    for (prompt, spoken) in [
        ("pin.wrong", true),
        ("welcome", false),
        ("main.listen", false),
    ] {
        let likeness = heard.likeness(&Sound::prompt(prompt));
        assert_eq!(likeness > SAME, spoken, "{prompt}: {likeness}");
    }
}

#[test]
fn a_message_that_somebody_left_waits_and_can_be_heard() {
    let um = Um::start(vec![
        User {
            forwarding: Forwarding::Immediate,
            ..Um::user("dana")
        },
        Um::user("erik"),
    ]);
    let dana = Phone::registered(um.account("dana"), PASSWORD);
    let message = Sound::prompt("demo.message.2");
    let microphone = um.path("message.wav");
    // The tone after which messages are recorded takes less than this.
    let spoken = message.after(Duration::from_secs(3));
    spoken.write(&microphone);
    leave_message(&um, &microphone, spoken.length());

    dana.until_waiting(1);
    let call = call_voicemail(&dana);
    until_heard(&dana, "welcome");
    dana.send(Command::SendDigits {
        call,
        digits: "1".into(),
    });
    dana.shows("the message heard", |_| {
        let heard = Sound::read(&dana.heard());
        let long_enough = heard.length() > message.length();
        (long_enough && heard.likeness(&message) > SAME).then_some(())
    });
}

/// Erik calls Dana, whose calls go to voicemail at once, skips the greeting and speaks.
fn leave_message(um: &Um, microphone: &std::path::Path, length: Duration) {
    let erik = Phone::start(um.account("erik"), PASSWORD, Some(microphone));
    erik.until_registered();
    erik.send(Command::Dial { to: "dana".into() });
    let (call, _) = erik.until_call(CallState::Connected);
    erik.send(Command::SendDigits {
        call,
        digits: "#".into(),
    });
    erik.shows("the message spoken", |shown| {
        let talked = shown.calls.first()?.connected_at?.elapsed();
        (talked > length + Duration::from_secs(1)).then_some(())
    });
    erik.send(Command::HangUp { call });
    um.until("the message stored", |event| match event {
        ServerEvent::MessageStored { user, .. } if user == "dana" => Some(()),
        _ => None,
    });
}
