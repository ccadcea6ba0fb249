//! Calls between two phones of ours, through the embedded server.

use hark_phone::snapshot::Outcome;
use hark_phone::{CallId, CallState, Command};
use hark_um::{Forwarding, User};

use hark_e2e::phone::Phone;
use hark_e2e::sound::{SAME, Sound};
use hark_e2e::um::{PASSWORD, Um};

/// A server whose users have no voicemail, so that what a phone does is what the other one sees.
fn server() -> Um {
    let user = |name| User {
        forwarding: Forwarding::Off,
        ..Um::user(name)
    };
    Um::start(vec![user("dana"), user("erik")])
}

/// Dana calls Erik, who answers; both calls by their own numbers.
fn connected(dana: &Phone, erik: &Phone) -> (CallId, CallId) {
    dana.send(Command::Dial { to: "erik".into() });
    let (at_erik, _, from) = erik.until_incoming();
    assert_eq!(from, "sip:dana@example.test");
    erik.send(Command::Answer { call: at_erik });
    erik.until_call(CallState::Connected);
    let (at_dana, _) = dana.until_call(CallState::Connected);
    (at_dana, at_erik)
}

fn outcome(phone: &Phone) -> Outcome {
    phone.shows("a history", |shown| Some(shown.history.first()?.outcome))
}

#[test]
fn two_people_hear_each_other() {
    let um = server();
    let spoken = Sound::prompt("demo.caller");
    let microphone = um.path("dana.wav");
    spoken.write(&microphone);
    let dana = Phone::start(um.account("dana"), PASSWORD, Some(&microphone));
    dana.until_registered();
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    let (_, at_erik) = connected(&dana, &erik);
    erik.shows("what dana said", |_| {
        let heard = Sound::read(&erik.heard());
        let long_enough = heard.length() > spoken.length();
        (long_enough && heard.likeness(&spoken) > SAME).then_some(())
    });
    assert!(Sound::read(&dana.heard()).is_silent());
    erik.send(Command::HangUp { call: at_erik });
    assert_eq!(erik.until_call(CallState::Ended).1, None);
    assert_eq!(dana.until_call(CallState::Ended).1, None);
    assert_eq!(outcome(&dana), Outcome::Answered);
}

#[test]
fn hold_is_seen_at_the_other_end_and_taken_back() {
    let um = server();
    let dana = Phone::registered(um.account("dana"), PASSWORD);
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    let (at_dana, _) = connected(&dana, &erik);
    for held in [true, false, true] {
        let call = at_dana;
        dana.send(Command::SetHeld { call, held });
        erik.shows("the hold", |shown| {
            (shown.calls.first()?.held_by_peer == held).then_some(())
        });
        assert_eq!(dana.snapshot().calls[0].held, held);
    }
}

#[test]
fn a_second_call_waits_and_answering_it_holds_the_first() {
    let um = Um::start(vec![Um::user("dana"), Um::user("erik"), Um::user("fay")]);
    let [dana, erik, fay] =
        ["dana", "erik", "fay"].map(|name| Phone::registered(um.account(name), PASSWORD));
    let (at_dana, _) = connected(&dana, &erik);
    fay.send(Command::Dial { to: "dana".into() });
    let (second, ..) = dana.until_incoming();
    dana.send(Command::Answer { call: second });
    fay.until_call(CallState::Connected);
    erik.shows("the hold", |shown| {
        shown.calls.first()?.held_by_peer.then_some(())
    });
    let held = |shown: &hark_phone::Snapshot| -> Vec<bool> {
        shown.calls.iter().map(|call| call.held).collect()
    };
    assert_eq!(held(&dana.snapshot()), [true, false]);
    dana.send(Command::SetHeld {
        call: at_dana,
        held: false,
    });
    fay.shows("the hold", |shown| {
        shown.calls.first()?.held_by_peer.then_some(())
    });
    erik.shows("the end of the hold", |shown| {
        (!shown.calls.first()?.held_by_peer).then_some(())
    });
    assert_eq!(held(&dana.snapshot()), [false, true]);
}

#[test]
fn a_call_that_is_given_up_is_missed() {
    let um = server();
    let dana = Phone::registered(um.account("dana"), PASSWORD);
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    dana.send(Command::Dial { to: "erik".into() });
    erik.until_incoming();
    let (call, _) = dana.until_call(CallState::Ringing);
    dana.send(Command::HangUp { call });
    erik.until_call(CallState::Ended);
    assert_eq!(outcome(&erik), Outcome::Missed);
    assert_eq!(outcome(&dana), Outcome::Cancelled);
    erik.shows("a missed call", |shown| {
        (shown.missed_unseen == 1).then_some(())
    });
    erik.send(Command::MarkHistorySeen);
    erik.shows("it was seen", |shown| {
        (shown.missed_unseen == 0).then_some(())
    });
}

#[test]
fn a_declined_call_tells_the_caller_so() {
    let um = server();
    let dana = Phone::registered(um.account("dana"), PASSWORD);
    let erik = Phone::registered(um.account("erik"), PASSWORD);
    dana.send(Command::Dial { to: "erik".into() });
    let (call, ..) = erik.until_incoming();
    erik.send(Command::Decline { call });
    let (_, reason) = dana.until_call(CallState::Ended);
    assert!(reason.is_some_and(|text| text.contains("declined")));
    assert_eq!(outcome(&erik), Outcome::Declined);
}

#[test]
fn nobody_of_that_name_is_a_sentence() {
    let um = server();
    let dana = Phone::registered(um.account("dana"), PASSWORD);
    dana.send(Command::Dial {
        to: "nobody".into(),
    });
    let (_, reason) = dana.until_call(CallState::Ended);
    assert!(reason.is_some_and(|text| text.contains("is not known")));
    assert_eq!(outcome(&dana), Outcome::Failed);
}
