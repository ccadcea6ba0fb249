//! Home: the one press, what keeps it from working, the banners and the demo's panel.

use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::NodeT as _;
use hark_desktop::action::Action;
use hark_phone::snapshot::{MessageWaiting, SkipPin};
use hark_phone::{Event, Presence, Snapshot};

use crate::fixtures::{SILENT, WRONG_PASSWORD, offline, presence, refused, signed_in};
use crate::stage::Stage;

#[test]
fn one_press_calls_voicemail() {
    let mut stage = Stage::new(signed_in());
    stage.press("Call Voicemail");
    assert_eq!(stage.said(), ["CallVoicemail"]);
}

#[test]
fn a_screen_reader_press_calls_voicemail_too() {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Button, "Call Voicemail");
    assert_eq!(stage.said(), ["CallVoicemail"]);
}

#[test]
fn the_keyboard_reaches_call_voicemail_by_tab_and_presses_it_with_enter() {
    let mut stage = Stage::new(signed_in());
    for _ in 0..12 {
        if stage.button("Call Voicemail").is_focused() {
            break;
        }
        stage.key(Key::Tab);
    }
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["CallVoicemail"]);
}

#[test]
fn home_counts_the_messages_and_says_whether_a_pin_is_asked_for() {
    let mut stage = Stage::new(signed_in());
    assert!(stage.reads("3 new messages"));
    assert!(stage.reads("No PIN needed"));
    stage.show(Snapshot {
        skip_pin: SkipPin::NotEncrypted,
        ..signed_in()
    });
    assert!(stage.reads("PIN needed: the connection is not encrypted"));
}

#[test]
fn urgent_messages_are_told_apart() {
    let mut stage = Stage::new(signed_in());
    assert!(!stage.reads("2 urgent"));
    stage.show(Snapshot {
        message_waiting: Some(MessageWaiting {
            new: 3,
            old: 2,
            urgent_new: 2,
        }),
        ..signed_in()
    });
    assert!(stage.reads("3 new messages"));
    assert!(stage.reads("2 urgent"));
}

#[test]
fn without_a_connection_the_press_is_off_and_the_banner_counts_down() {
    let mut stage = Stage::new(offline());
    stage.press("Call Voicemail");
    assert!(stage.said().is_empty());
    assert!(stage.reads("Can't reach the phone system"));
    assert!(stage.reads("Trying again in 12 s. Calls won't arrive."));
    stage.press("Try now");
    assert_eq!(stage.said(), ["RetryNow"]);
}

#[test]
fn the_technical_line_is_there_for_those_who_ask() {
    let mut stage = Stage::new(offline());
    let line = format!("{SILENT}\nconnect to 192.0.2.10:5061: timed out");
    assert!(!stage.reads(&line));
    stage.press("Technical details");
    assert!(stage.reads(&line));
}

#[test]
fn a_refused_account_can_be_changed_from_the_banner() {
    let mut stage = Stage::new(Snapshot {
        registration: refused(),
        ..signed_in()
    });
    assert!(stage.reads(WRONG_PASSWORD));
    stage.press("Change the account");
    assert!(stage.reads("Change the account"));
    stage.press("Back");
    assert!(stage.has(Role::Button, "Call Voicemail"));
}

#[test]
fn an_error_stays_until_it_is_dismissed() {
    let mut stage = Stage::new(signed_in());
    let text = "The line is busy. Try again later.";
    stage.happens(Event::Error { text: text.into() });
    assert!(stage.reads(text));
    stage.press("Dismiss");
    assert!(!stage.reads(text));
}

#[test]
fn a_busy_engine_is_told_and_loses_nothing() {
    let mut stage = Stage::new(signed_in());
    stage.engine_is_busy();
    stage.press("Call Voicemail");
    assert!(stage.reads("The phone is busy or has stopped. Try again in a moment."));
}

#[test]
fn the_last_three_calls_can_be_called_back() {
    let mut stage = Stage::new(signed_in());
    assert!(stage.reads("Missed · 10:40"));
    assert!(stage.reads("Outgoing · 1 min 20 s · 09:58"));
    assert!(stage.reads("Incoming · 12 min · Yesterday"));
    assert!(!stage.has(Role::Button, "Call back Front desk"));
    stage.press("Call back Priya Raman");
    stage.press("Call back Voicemail");
    assert_eq!(
        stage.said(),
        ["Dial { to: \"sip:priya@example.test\" }", "CallVoicemail"]
    );
}

#[test]
fn presence_is_chosen_from_five_states_that_say_what_rings() {
    let mut stage = Stage::new(signed_in());
    stage.press("Presence: Available");
    for (state, line) in [
        ("Available", "Every call rings."),
        ("Busy", "Every call rings. You are marked as busy."),
        ("Do not disturb", "Only your own voicemail rings you."),
        ("Away", "Every call rings. You are marked as away."),
        (
            "Appear offline",
            "Only your own voicemail rings you. Callers find you offline.",
        ),
    ] {
        assert_eq!(stage.description(Role::MenuItemRadio, state), line);
    }
    stage.activate(Role::MenuItemRadio, "Appear offline");
    assert_eq!(stage.said(), ["SetPresence(AppearOffline)"]);
    stage.show(presence(Presence::AppearOffline, signed_in()));
    assert!(stage.has(Role::Button, "Presence: Appear offline"));
    assert!(!stage.has(Role::MenuItemRadio, "Appear offline"));
}

#[test]
fn a_chosen_presence_is_reset_to_what_follows_from_the_calls() {
    let mut stage = Stage::new(presence(Presence::DoNotDisturb, signed_in()));
    stage.press("Presence: Do not disturb");
    assert_eq!(
        stage.description(Role::MenuItemRadio, "Automatic"),
        "Available, busy in a call, away when you are. Every call rings."
    );
    stage.activate(Role::MenuItemRadio, "Automatic");
    assert_eq!(stage.said(), ["ResetPresence"]);
    stage.show(Snapshot {
        presence_is_automatic: true,
        ..signed_in()
    });
    stage.press("Presence: Available");
    let chosen = |name| {
        let row = stage.node(Role::MenuItemRadio, name);
        row.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(chosen("Automatic"));
    assert!(!chosen("Available"));
}

#[test]
fn the_demo_offers_both_calls_and_a_hint_what_to_try() {
    let mut stage = Stage::new(signed_in());
    assert!(!stage.has(Role::Button, "Play on Phone"));
    stage.reports(Action::DemoStarted);
    assert!(stage.reads(
        "Try this: set yourself to Appear offline, then press both. \
         Only your own voicemail rings."
    ));
    stage.press("Play on Phone");
    stage.press("Call from Priya Raman");
    assert_eq!(stage.said(), ["demo: PlayOnPhone", "demo: Call"]);
}

#[test]
fn an_idle_window_asks_for_no_further_frame() {
    let mut stage = Stage::new(signed_in());
    stage.settle();
    let frames = stage.harness.ctx.cumulative_frame_nr();
    assert!(!stage.harness.ctx.has_requested_repaint());
    assert_eq!(stage.harness.ctx.cumulative_frame_nr(), frames);
}

#[test]
fn a_wide_window_has_a_rail_and_the_keypad_beside_home() {
    let stage = Stage::of_size(signed_in(), [1000.0, 740.0]);
    let (rail, key) = (stage.node(Role::Tab, "Settings"), stage.button("5"));
    assert!(rail.rect().right() < stage.button("Call Voicemail").rect().left());
    assert!(stage.button("Call Voicemail").rect().right() < key.rect().left());
}
