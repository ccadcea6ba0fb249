//! SIPp calls Hark, on the connection over which Hark has registered.

use hark_e2e::phone::Phone;
use hark_phone::snapshot::Outcome;
use hark_phone::{CallId, CallKind, CallState, Command, Presence};

use crate::sipp::Sipp;
use crate::sipp_as_server::journey;

fn set_presence(phone: &Phone, presence: Presence) {
    phone.send(Command::SetPresence(presence));
    phone.shows("the presence", |shown| {
        (shown.presence == presence).then_some(())
    });
}

fn until_ringing(phone: &Phone) -> CallId {
    phone.until_incoming().0
}

#[test]
fn ox9_play_on_phone_rings_in_every_presence_state() {
    let sipp = journey!("play_on_phone");
    let phone = sipp.phone();
    let states = [
        Presence::Available,
        Presence::Busy,
        Presence::DoNotDisturb,
        Presence::Away,
        Presence::AppearOffline,
    ];
    for (n, presence) in states.into_iter().enumerate() {
        let (call, kind, _) = phone.until_incoming();
        assert_eq!(kind, CallKind::PlayOnPhone, "{presence:?}");
        assert_eq!(phone.snapshot().presence, presence);
        // The next call comes when this one is declined.
        if let Some(next) = states.get(n + 1) {
            set_presence(&phone, *next);
        }
        phone.send(Command::Decline { call });
    }
    sipp.until_done();
}

#[test]
fn ox10_who_appears_offline_is_not_there_and_does_not_ring() {
    let sipp = journey!("appears_offline");
    let phone = sipp.phone();
    let call = until_ringing(&phone);
    set_presence(&phone, Presence::AppearOffline);
    phone.send(Command::Decline { call });
    sipp.until_done();
    let outcomes = phone.shows("both calls", |shown| {
        let outcomes: Vec<_> = shown.history.iter().map(|entry| entry.outcome).collect();
        (outcomes.len() == 2).then_some(outcomes)
    });
    assert_eq!(outcomes, [Outcome::Refused, Outcome::Declined]);
}

#[test]
fn what_the_server_tells_unasked_is_shown() {
    let sipp = journey!("message_waiting");
    let phone = sipp.phone();
    phone.until_waiting(3);
    phone.until_waiting(4);
    sipp.until_done();
    let shown = phone.snapshot();
    let voicemail = shown.voicemail.as_ref().expect("a mailbox");
    assert_eq!(voicemail.address, "sip:*97@example.test");
}

#[test]
fn a_caller_who_gives_up_is_missed() {
    let sipp = journey!("caller_cancels");
    let phone = sipp.phone();
    until_ringing(&phone);
    phone.until_call(CallState::Ended);
    sipp.until_done();
    let outcome = phone.shows("the call", |shown| Some(shown.history.first()?.outcome));
    assert_eq!(outcome, Outcome::Missed);
}

#[test]
fn an_answer_before_the_cancel_counts() {
    let sipp = journey!("caller_cancels_too_late");
    let phone = sipp.phone();
    let call = until_ringing(&phone);
    phone.send(Command::Answer { call });
    phone.until_call(CallState::Connected);
    phone.until_call(CallState::Ended);
    sipp.until_done();
    let outcome = phone.shows("the call", |shown| Some(shown.history.first()?.outcome));
    assert_eq!(outcome, Outcome::Answered);
}

#[test]
fn hold_is_understood_in_every_form() {
    let sipp = journey!("held");
    let phone = sipp.phone();
    let call = until_ringing(&phone);
    phone.send(Command::Answer { call });
    phone.until_call(CallState::Connected);
    for held in [true, false, true, false, true, false] {
        phone.until("the hold", |event| match event {
            hark_phone::Event::Hold { held_by_peer, .. } if *held_by_peer == held => Some(()),
            _ => None,
        });
    }
    phone.until_call(CallState::Ended);
    sipp.until_done();
}

#[test]
fn whoever_is_sent_on_calls_the_other_person_and_tells_how_it_went() {
    let sipp = journey!("transferred");
    let phone = sipp.phone();
    let with_bob = until_ringing(&phone);
    phone.send(Command::Answer { call: with_bob });
    phone.until_call(CallState::Connected);
    let (with_carol, _) = phone.until_call(CallState::Connected);
    assert_ne!(with_carol, with_bob);
    // Bob takes his leave when he has heard that it went well.
    assert_eq!(phone.until_call(CallState::Ended).0, with_bob);
    sipp.until_done();
    phone.send(Command::HangUp { call: with_carol });
    phone.until_call(CallState::Ended);
}
