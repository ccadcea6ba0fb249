//! Calls: ringing, answering, the controls, digits, and the way back to a call.

use egui::Key;
use egui::accesskit::{Live, Role};
use egui_kittest::kittest::NodeT as _;
use hark_desktop::action::Action;
use hark_phone::snapshot::Problem;
use hark_phone::{CallKind, CallState, CallView, Event, Presence, Snapshot};

use crate::fixtures::{
    CALL, in_call, offline, one_way_call, play_on_phone, presence, priya_rings, priya_talks,
    signed_in, uneven_call, voicemail_call,
};
use crate::stage::Stage;

fn incoming(call: &CallView) -> Event {
    Event::Incoming {
        call: call.id,
        kind: call.kind,
        from: "sip:somebody@example.test".into(),
        notes: Default::default(),
    }
}

#[test]
fn ox16_play_on_phone_is_named_as_such_and_offers_no_way_back_to_voicemail() {
    let snapshot = presence(Presence::AppearOffline, in_call(play_on_phone()));
    let stage = Stage::new(snapshot);
    assert!(stage.reads("Play on Phone"));
    assert!(stage.reads("Voicemail"));
    assert!(stage.reads("Your own voicemail always reaches you"));
    for button in ["Send to voicemail", "Forward", "Deflect"] {
        assert!(!stage.has(Role::Button, button));
    }
}

#[test]
fn ox16_an_automatic_call_is_never_shown_as_a_person() {
    let robot = CallView {
        kind: CallKind::Automatic,
        ..priya_rings()
    };
    let stage = Stage::new(in_call(robot));
    assert!(stage.reads("Automatic call"));
    assert!(!stage.reads("Incoming call"));
}

#[test]
fn a_call_that_rings_is_read_out_at_once() {
    let stage = Stage::new(in_call(play_on_phone()));
    let alert = stage.node(Role::Alert, "Voicemail, Play on Phone, is ringing");
    assert_eq!(alert.accesskit_node().live(), Live::Assertive);
}

#[test]
fn a_call_that_rings_is_notified_and_the_notification_answers_it() {
    let mut stage = Stage::new(signed_in());
    stage.show(in_call(priya_rings()));
    stage.happens(incoming(&priya_rings()));
    assert_eq!(stage.said(), ["notify: Priya Raman / Incoming call"]);
    stage.reports(Action::Answer(priya_rings().id));
    assert_eq!(stage.said(), ["Answer { call: CallId(8) }"]);
}

#[test]
fn the_answer_button_has_the_keyboard() {
    let mut stage = Stage::new(signed_in());
    stage.show(in_call(play_on_phone()));
    assert!(stage.button("Answer").is_focused());
    stage.wait();
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["Answer { call: CallId(7) }"]);
}

#[test]
fn a_key_that_was_meant_for_another_window_answers_and_declines_nothing() {
    for key in [Key::Enter, Key::Space, Key::Escape] {
        let mut stage = Stage::new(signed_in());
        stage.show_while_a_key_is_on_its_way(in_call(play_on_phone()), key);
        assert!(stage.said().is_empty(), "{key:?}");
        assert!(stage.has(Role::Button, "Answer"));
    }
}

#[test]
fn two_calls_that_ring_leave_the_keyboard_to_the_user() {
    let mut stage = Stage::new(signed_in());
    let mut both = in_call(play_on_phone());
    both.calls.push(priya_rings());
    stage.show(both);
    stage.wait();
    let focused = |stage: &Stage| stage.harness.ctx.memory(|memory| memory.focused());
    let given = focused(&stage);
    stage.key(Key::Tab);
    let moved = focused(&stage);
    assert_ne!(moved, given);
    stage.wait();
    assert_eq!(focused(&stage), moved);
}

#[test]
fn escape_on_the_card_declines() {
    let mut stage = Stage::new(signed_in());
    stage.show(in_call(priya_rings()));
    stage.wait();
    stage.key(Key::Escape);
    assert_eq!(stage.said(), ["Decline { call: CallId(8) }"]);
}

#[test]
fn someone_who_is_typing_answers_nothing_by_accident() {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Keypad");
    stage.type_text("425");
    stage.show(in_call(priya_rings()));
    assert!(!stage.button("Answer").is_focused());
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["Dial { to: \"425\" }"]);
}

#[test]
fn ox11_play_on_phone_cannot_be_sent_on() {
    let stage = Stage::new(in_call(play_on_phone()));
    assert!(stage.has(Role::Button, "Answer"));
    assert!(!stage.has(Role::Button, "Forward to…"));
}

#[test]
fn a_ringing_call_is_sent_on_to_what_is_typed() {
    let mut stage = Stage::new(in_call(priya_rings()));
    stage.press("Forward to…");
    assert!(stage.field("Forward this call to").is_focused());
    stage.type_text("2999");
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["Deflect { call: CallId(8), to: \"2999\" }"]);
    stage.press("Back");
    assert!(stage.has(Role::Button, "Forward to…"));
    assert!(stage.said().is_empty());
}

#[test]
fn a_call_is_not_sent_on_to_what_nobody_can_call() {
    let mut stage = Stage::new(in_call(priya_rings()));
    stage.press("Forward to…");
    stage.type_text("call me");
    stage.press("Forward");
    assert!(stage.said().is_empty());
    assert!(stage.reads(
        "This is neither a number nor an address. Type a number, or an address like name@example.com."
    ));
    let typed = stage.field("Forward this call to").value();
    assert_eq!(typed.as_deref(), Some("call me"));
}

#[test]
fn escape_while_typing_lets_the_call_ring_on() {
    let mut stage = Stage::new(in_call(priya_rings()));
    stage.press("Forward to…");
    stage.type_text("29");
    stage.key(Key::Escape);
    assert!(stage.has(Role::Button, "Forward to…"));
    assert!(stage.said().is_empty());
}

#[test]
fn what_goes_wrong_in_a_call_is_said_on_its_screen() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    let text = "The other side does not take digits.";
    stage.happens(Event::Error { text: text.into() });
    assert!(stage.reads(text));
    stage.press("Dismiss");
    assert!(!stage.reads(text));
}

#[test]
fn a_lasting_problem_gives_way_to_the_open_keys_of_a_call() {
    let mut snapshot = in_call(voicemail_call());
    let text = "No microphone was found.";
    snapshot.problems.push(Problem {
        text: text.into(),
        detail: String::new(),
    });
    let mut stage = Stage::new(snapshot);
    assert!(stage.reads(text));
    stage.press("Keypad");
    assert!(!stage.reads(text));
}

#[test]
fn both_buttons_of_the_card_work() {
    let mut stage = Stage::new(in_call(priya_rings()));
    stage.press("Decline");
    stage.press("Answer");
    assert_eq!(
        stage.said(),
        ["Decline { call: CallId(8) }", "Answer { call: CallId(8) }"]
    );
}

#[test]
fn the_call_screen_shows_who_how_long_and_how_well() {
    let stage = Stage::new(in_call(voicemail_call()));
    for words in [
        "Voicemail",
        "01:23",
        "PIN skipped",
        "Good · G.711 µ-law · encrypted",
    ] {
        assert!(stage.reads(words), "{words}");
    }
    assert!(stage.has(Role::Meter, "Microphone level"));
    assert!(stage.has(Role::Meter, "Loudspeaker level"));
}

#[test]
fn the_controls_act_on_the_call() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    stage.press("Mute");
    stage.press("Hold");
    stage.press("Hang up");
    assert_eq!(
        stage.said(),
        [
            "SetMuted { call: CallId(7), muted: true }",
            "SetHeld { call: CallId(7), held: true }",
            "HangUp { call: CallId(7) }",
        ]
    );
    stage.show(in_call(CallView {
        muted: true,
        held: true,
        ..voicemail_call()
    }));
    assert!(stage.reads("On hold"));
    stage.press("Unmute");
    stage.press("Resume");
    assert_eq!(
        stage.said(),
        [
            "SetMuted { call: CallId(7), muted: false }",
            "SetHeld { call: CallId(7), held: false }",
        ]
    );
}

#[test]
fn digits_typed_in_a_call_are_sent_without_opening_the_keys() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    stage.type_text("1#x");
    assert_eq!(stage.said(), ["digits 7: 1", "digits 7: #",]);
    stage.press("Keypad");
    stage.press("5");
    assert_eq!(stage.said(), ["digits 7: 5"]);
    assert!(stage.reads("1#5"));
}

#[test]
fn a_call_that_is_not_answered_yet_can_be_cancelled_and_takes_no_digits() {
    let mut stage = Stage::new(in_call(CallView {
        state: CallState::Calling,
        connected_at: None,
        media: None,
        ..voicemail_call()
    }));
    assert!(stage.reads("Calling…"));
    stage.type_text("1");
    stage.press("Cancel");
    assert_eq!(stage.said(), ["HangUp { call: CallId(7) }"]);
}

#[test]
fn the_other_screens_stay_in_reach_and_a_bar_leads_back() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    assert!(!stage.has(Role::Tab, "Home"));
    stage.press("Back to the other screens");
    assert!(stage.has(Role::Tab, "Home"));
    stage.press("Return to the call");
    assert!(stage.has(Role::Button, "Hang up"));
    assert!(stage.said().is_empty());
}

#[test]
fn the_loudspeaker_is_chosen_in_the_call() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    stage.press("Devices");
    stage.activate(Role::ComboBox, "Calls are heard on");
    stage.activate(Role::Button, "USB headset");
    assert_eq!(
        stage.said(),
        [
            "SetAudio(AudioSettings { speaker: [\"USB headset\"], microphone: [], ringer: [], \
             echo_cancellation: None, noise_suppression: None, gain_control: None })"
        ]
    );
}

#[test]
fn why_a_call_ended_is_said_on_the_screen_it_leaves_behind() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    stage.show(signed_in());
    stage.happens(Event::Call {
        call: CALL,
        state: CallState::Ended,
        reason: Some("The line is busy.".into()),
        skip_pin: None,
        notes: Default::default(),
    });
    assert!(stage.reads("The line is busy."));
    assert_eq!(stage.said(), ["withdraw 7"]);
}

#[test]
fn the_controls_fit_the_smallest_window() {
    let mut stage = Stage::of_size(
        in_call(voicemail_call()),
        hark_desktop::theme::size::WINDOW_MIN,
    );
    stage.press("Keypad");
    let hang_up = stage.button("Hang up").rect();
    assert!(hang_up.bottom() <= 600.0, "{hang_up}");
    assert!(stage.button("Hash").rect().bottom() <= stage.button("Mute").rect().top());
}

#[test]
fn the_meters_are_watched_only_while_they_are_seen() {
    let mut stage = Stage::new(signed_in());
    assert!(stage.watched_meters().is_empty());
    stage.show(in_call(voicemail_call()));
    assert_eq!(stage.watched_meters(), [true]);
    stage.press("Back to the other screens");
    assert_eq!(stage.watched_meters(), [false]);
    stage.press("Return to the call");
    assert_eq!(stage.watched_meters(), [true]);
    stage.minimize(true);
    assert_eq!(stage.watched_meters(), [false]);
    stage.minimize(false);
    assert_eq!(stage.watched_meters(), [true]);
    stage.show(signed_in());
    assert_eq!(stage.watched_meters(), [false]);
}

#[test]
fn a_wide_window_shows_the_meters_beside_every_tab() {
    let mut stage = Stage::of_size(in_call(voicemail_call()), [1000.0, 740.0]);
    assert_eq!(stage.watched_meters(), [true]);
    stage.reports(Action::HideCall);
    assert!(stage.watched_meters().is_empty());
    assert!(stage.has(Role::Meter, "Microphone level"));
}

#[test]
fn a_call_that_outlives_its_connection_says_so() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    assert!(!stage.reads("Reconnecting; the call goes on"));
    stage.show(Snapshot {
        calls: vec![voicemail_call()],
        ..offline()
    });
    assert!(stage.reads("Reconnecting; the call goes on"));
    assert!(stage.has(Role::Button, "Hang up"));
}

#[test]
fn who_sent_a_call_on_and_who_calls_by_the_servers_word_are_told() {
    let call = CallView {
        diverted_from: Some("Carol".into()),
        asserted: Some("+1 425 555 0143".into()),
        ..priya_rings()
    };
    let mut stage = Stage::new(in_call(call.clone()));
    for words in [
        "Forwarded by Carol",
        "According to the server: +1 425 555 0143",
    ] {
        assert!(stage.reads(words), "{words}");
    }
    stage.show(in_call(CallView {
        state: CallState::Connected,
        ..call
    }));
    assert!(stage.has(Role::Button, "Hang up"));
    for words in [
        "Forwarded by Carol",
        "According to the server: +1 425 555 0143",
    ] {
        assert!(stage.reads(words), "{words}");
    }
}

#[test]
fn digits_that_wait_go_on_at_a_press() {
    let mut stage = Stage::new(in_call(CallView {
        waits_for_press: true,
        ..voicemail_call()
    }));
    assert!(stage.reads("Hark holds back the rest of what you dialled until you send it"));
    stage.press("Send the rest");
    assert_eq!(stage.said(), ["Continue { call: CallId(7) }"]);
}

#[test]
fn the_way_back_lies_over_nothing() {
    let mut snapshot = offline();
    snapshot.calls = vec![voicemail_call(), priya_rings()];
    let stage = Stage::new(snapshot);
    let back = stage.button("Back to the other screens").rect();
    assert!(back.top() >= stage.button("Forward to…").rect().bottom());
    assert!(back.bottom() <= stage.label("Reconnecting; the call goes on").rect().top());
}

#[test]
fn nothing_is_left_of_a_call_when_it_is_over() {
    let mut stage = Stage::new(in_call(voicemail_call()));
    stage.show(Snapshot {
        calls: vec![],
        ..signed_in()
    });
    assert!(stage.has(Role::Button, "Call Voicemail"));
}

#[test]
fn the_details_of_the_sound_open_and_say_the_last_minute_in_words() {
    let mut stage = Stage::new(in_call(uneven_call()));
    let minute = "The last 60 seconds: 43 good, 4 fair, 4 poor, 6 bad, 3 without sound";
    assert!(!stage.reads(minute));
    stage.press("Sound details");
    for words in [
        minute,
        "4.4 of 5 (MOS)",
        "Delay to your ear",
        "53 ms",
        "0.2 %",
    ] {
        assert!(stage.reads(words), "{words}");
    }
    stage.press("Sound details");
    assert!(!stage.reads(minute));
    stage.press("Keypad");
    assert!(!stage.has(Role::Button, "Sound details"));
}

#[test]
fn trouble_with_the_sound_stands_in_the_call_until_it_is_over() {
    let mut stage = Stage::new(in_call(one_way_call()));
    let text = &one_way_call().troubles[0].text;
    assert!(stage.reads(text));
    assert!(!stage.has(Role::Button, "Dismiss"));
    stage.press("Devices");
    assert!(stage.reads(text));
    stage.show(in_call(priya_talks()));
    assert!(!stage.reads(text));
}
