//! The lower part of a call: mute, hold, keypad, devices, and Hang up, always in view.

use egui::{Color32, FontId, Panel, Pos2, Rect, Ui, Vec2, pos2, vec2};
use hark_assets::icons;
use hark_phone::{CallState, CallView};

use crate::action::{Action, Held, Muted, Recorded};
use crate::state::{CallPanel, CallScreen};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::{ground, transfer};
use crate::widgets::{Look, round, within};

pub fn view(ui: &mut Ui, call: &CallView, state: &CallScreen) -> Vec<Action> {
    let frame = ground(ui);
    Panel::bottom("call controls")
        .exact_size(HEIGHT)
        .resizable(false)
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            let area = ui.max_rect();
            let mut actions = row(ui, area, call, state);
            actions.extend(hang_up(ui, area, call));
            actions
        })
        .inner
}

/// One round control with its caption.
struct Control {
    glyph: char,
    name: &'static str,
    /// The name, or a shorter word for it.
    caption: &'static str,
    state: ControlState,
    action: Action,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ControlState {
    Off,
    On,
    /// Cannot be used at this moment.
    Unusable,
}

fn row(ui: &mut Ui, area: Rect, call: &CallView, state: &CallScreen) -> Vec<Action> {
    let mut controls = vec![
        mute(call),
        hold(call),
        record(call),
        panel(state, CallPanel::Keypad),
        panel(state, CallPanel::Devices),
    ];
    if transfer::may_transfer(call) {
        controls.push(panel(state, CallPanel::Transfer));
    }
    let count = controls.len() as f32;
    let step = (area.width() / count).min(STEP);
    let left = area.center().x - step * (count - 1.0) / 2.0;
    let mut actions = Vec::new();
    for (index, control) in controls.into_iter().enumerate() {
        let middle = area.top() + size::CALL_CONTROL / 2.0 + 4.0;
        let center = pos2(left + step * index as f32, middle);
        if press(ui, center, step, &control) {
            actions.push(control.action);
        }
    }
    actions
}

fn mute(call: &CallView) -> Control {
    let (glyph, name, state, to) = if call.muted {
        (icons::MIC_OFF, text::unmute(), ControlState::On, Muted::No)
    } else {
        (icons::MIC, text::mute(), ControlState::Off, Muted::Yes)
    };
    Control {
        glyph,
        name,
        caption: name,
        state,
        action: Action::SetMuted(call.id, to),
    }
}

fn record(call: &CallView) -> Control {
    let (name, caption, state, to) = if call.recording.is_some() {
        let (name, caption) = (text::stop_recording(), text::stop());
        (name, caption, ControlState::On, Recorded::No)
    } else if call.state == CallState::Connected {
        (
            text::record(),
            text::record(),
            ControlState::Off,
            Recorded::Yes,
        )
    } else {
        let name = text::record();
        (name, name, ControlState::Unusable, Recorded::Yes)
    };
    Control {
        glyph: icons::CIRCLE_DOT,
        name,
        caption,
        state,
        action: Action::SetRecorded(call.id, to),
    }
}

fn hold(call: &CallView) -> Control {
    let (glyph, name, state, to) = if call.held {
        (icons::PLAY, text::resume(), ControlState::On, Held::No)
    } else if call.state == CallState::Connected {
        (icons::PAUSE, text::hold(), ControlState::Off, Held::Yes)
    } else {
        (
            icons::PAUSE,
            text::hold(),
            ControlState::Unusable,
            Held::Yes,
        )
    };
    Control {
        glyph,
        name,
        caption: name,
        state,
        action: Action::SetHeld(call.id, to),
    }
}

fn panel(state: &CallScreen, panel: CallPanel) -> Control {
    let (glyph, name) = match panel {
        CallPanel::Keypad => (icons::GRIP, text::keypad()),
        CallPanel::Devices => (icons::HEADPHONES, text::devices()),
        CallPanel::Transfer => (icons::PHONE_FORWARDED, text::transfer()),
    };
    let open = state.panel == Some(panel);
    Control {
        glyph,
        name,
        caption: name,
        state: if open {
            ControlState::On
        } else {
            ControlState::Off
        },
        action: Action::TogglePanel(panel),
    }
}

/// `room` is what the caption may be wide.
fn press(ui: &mut Ui, center: Pos2, room: f32, control: &Control) -> bool {
    let t = theme::tokens(ui);
    let on = control.state == ControlState::On;
    let usable = control.state != ControlState::Unusable;
    let look = if on { Look::Accent } else { Look::Quiet };
    let place = Rect::from_center_size(center, Vec2::splat(size::CALL_CONTROL));
    let pressed = within(ui, place, control.name, |ui| {
        ui.add_enabled_ui(usable, |ui| {
            let response = round(ui, control.glyph, control.name, size::CALL_CONTROL, look);
            ui.ctx()
                .accesskit_node_builder(response.id, |node| node.set_toggled(on.into()));
            response.clicked()
        })
        .inner
    });
    let caption = center + vec2(0.0, size::CALL_CONTROL / 2.0 + 14.0);
    paint_caption(ui, caption, room, control.caption, t.muted);
    pressed
}

/// A caption beside others, smaller where its language needs a longer word.
fn paint_caption(ui: &Ui, center: Pos2, room: f32, words: &str, ink: Color32) {
    let usual = Text::Caption.font();
    let of_size = |font| ui.painter().layout_no_wrap(words.to_owned(), font, ink);
    let width = of_size(usual.clone()).size().x;
    let share = ((room - CAPTION_GAP) / width).clamp(SMALLEST_CAPTION, 1.0);
    let galley = of_size(FontId::new(usual.size * share, usual.family));
    ui.painter()
        .galley(center - galley.size() / 2.0, galley, ink);
}

fn hang_up(ui: &mut Ui, area: Rect, call: &CallView) -> Option<Action> {
    let name = match call.state {
        CallState::Calling | CallState::Ringing | CallState::Early => text::cancel(),
        CallState::Connected | CallState::Ended => text::hang_up(),
    };
    let center = pos2(area.center().x, area.bottom() - size::HANG_UP / 2.0 - BELOW);
    let place = Rect::from_center_size(center, Vec2::splat(size::HANG_UP));
    let pressed = within(ui, place, "hang up", |ui| {
        round(ui, icons::PHONE_OFF, name, size::HANG_UP, Look::Danger).clicked()
    });
    pressed.then_some(Action::HangUp(call.id))
}

const HEIGHT: f32 = 176.0;
/// From one control to the next.
const STEP: f32 = 84.0;
/// Under Hang up.
const BELOW: f32 = 16.0;
/// Between two captions, and how much of its usual size a long one keeps at least.
const CAPTION_GAP: f32 = 4.0;
const SMALLEST_CAPTION: f32 = 0.7;
