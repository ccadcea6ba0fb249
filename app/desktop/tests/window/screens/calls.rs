//! Screens of calls.

use egui::accesskit::Role;
use hark_desktop::action::Action;
use hark_desktop::state::CallPanel;
use hark_desktop::text;
use hark_phone::{CallId, CallView, Presence, Snapshot};

use super::{Screen, screen};
use crate::fixtures::{
    in_call, offline, one_way_call, play_on_phone, presence, priya_rings, priya_talks, signed_in,
    tom_on_hold, uneven_call, voicemail_call,
};
use crate::recording::recorded;

pub fn all() -> Vec<Screen> {
    vec![
        screen(
            ("incoming", "Play on Phone, in spite of Do not disturb"),
            play_on_phone_anyway(),
            |_| {},
        ),
        screen(
            (
                "waiting",
                "A call waits, another one outlives its connection",
            ),
            waiting(),
            |_| {},
        ),
        screen(
            ("send_on", "A call that is sent on"),
            in_call(priya_rings()),
            |stage| {
                stage.press(text::send_on_to());
                stage.type_text("2999");
            },
        ),
        screen(("call", "A call"), in_call(voicemail_call()), |_| {}),
        screen(
            ("call_keys", "Digits in a call"),
            in_call(voicemail_call()),
            |stage| {
                stage.press(text::keypad());
                stage.type_text("1#");
            },
        ),
        screen(
            ("call_recorded", "A recorded call"),
            in_call(recorded()),
            |_| {},
        ),
        screen(
            ("call_devices", "Two calls, and the devices"),
            with(voicemail_call(), tom_on_hold()),
            |stage| {
                stage.reports(Action::TogglePanel(CallPanel::Devices));
            },
        ),
        screen(
            ("call_trouble", "A call in which nothing comes back"),
            in_call(one_way_call()),
            |_| {},
        ),
        screen(
            ("call_sound", "How a call sounds"),
            in_call(uneven_call()),
            |stage| {
                stage.press(text::sound_details());
            },
        ),
        screen(
            ("transfer", "Transfer"),
            with(priya_talks(), tom_on_hold()),
            |stage| {
                stage.activate(Role::Button, text::transfer());
                stage.type_text("2999");
            },
        ),
    ]
}

fn with(first: CallView, second: CallView) -> Snapshot {
    Snapshot {
        calls: vec![first, second],
        ..signed_in()
    }
}

fn play_on_phone_anyway() -> Snapshot {
    Snapshot {
        calls: vec![play_on_phone()],
        ..presence(Presence::DoNotDisturb, offline())
    }
}

fn waiting() -> Snapshot {
    let rings = CallView {
        id: CallId(9),
        diverted_from: Some("Front desk".into()),
        ..priya_rings()
    };
    Snapshot {
        calls: vec![priya_talks(), rings],
        ..offline()
    }
}
