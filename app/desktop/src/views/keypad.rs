//! A field that takes what is typed and pasted, the twelve keys, and the call button.

use egui::{Align2, FontSelection, Frame, Id, Key, Rect, Response, Sense, TextEdit, Ui, vec2};
use hark_assets::icons;
use hark_phone::{RegistrationView, Snapshot, people};

use crate::action::Action;
use crate::state::KeypadState;
use crate::text;
use crate::theme::{self, Text, size};
use crate::widgets::{Look, pad, pill_icon, round, within};

/// How long 0 is held for a plus, in seconds.
pub const LONG_PRESS: f64 = 0.5;

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut KeypadState) -> Vec<Action> {
    let mut actions = Vec::new();
    let key = key_diameter(ui.available_height());
    let keys = 4.0 * key + 3.0 * size::KEY_GAP;
    let spare = ui.available_height() - keys - FIELD - CALL - SUGGESTIONS - SPACE;
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space((spare * 0.4).max(0.0));
    if number_field(ui, state) {
        actions.push(Action::Dial);
    }
    actions.extend(suggestions(ui, snapshot, state));
    pad(ui, key, size::KEY_GAP, |digit, response| {
        press(digit, response, state);
    });
    ui.add_space(SPACE);
    actions.extend(call_line(ui, snapshot, state, key));
    actions
}

/// Contacts whom what was typed may mean, as buttons that call them.
fn suggestions(ui: &mut Ui, snapshot: &Snapshot, state: &KeypadState) -> Vec<Action> {
    let room = vec2(ui.available_width() - 2.0 * size::EDGE, SUGGESTIONS);
    let place = Rect::from_min_size(ui.cursor().min + vec2(size::EDGE, 0.0), room);
    ui.allocate_exact_size(vec2(ui.available_width(), SUGGESTIONS), Sense::hover());
    if state.typed.trim().is_empty() || snapshot.registration != RegistrationView::Registered {
        return vec![];
    }
    let found = people::suggestions(&snapshot.contacts, &state.typed).take(MAX_SUGGESTIONS);
    let mut actions = Vec::new();
    within(ui, place, "suggestions", |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (contact, address) in found {
            if ui.available_width() < LEAST_SUGGESTION {
                break;
            }
            let name = contact.card.name.as_str();
            let pressed = pill_icon(ui, icons::PHONE, name, None, Look::Raised);
            if pressed.clicked() {
                actions.push(Action::CallSuggested(address.to_owned()));
            }
        }
    });
    actions
}

/// As large as the height allows.
fn key_diameter(height: f32) -> f32 {
    let rest = FIELD + CALL + SUGGESTIONS + SPACE + 3.0 * size::KEY_GAP + 12.0;
    ((height - rest) / 4.0).clamp(size::KEY_MIN, size::KEY)
}

/// True when Enter was pressed in it.
fn number_field(ui: &mut Ui, state: &mut KeypadState) -> bool {
    let t = theme::tokens(ui);
    let id = Id::unique("number");
    let style = fitting(ui, &state.typed);
    let edit = TextEdit::singleline(&mut state.typed)
        .id(id)
        .font(FontSelection::FontId(style))
        .text_color(t.text)
        .hint_text(
            egui::RichText::new(text::number_hint())
                .font(Text::Heading.font())
                .color(t.muted),
        )
        .frame(Frame::NONE)
        .align(Align2::CENTER_CENTER)
        .desired_width(f32::INFINITY)
        .min_size(vec2(0.0, FIELD));
    let rect = Rect::from_min_size(
        ui.cursor().min + vec2(size::EDGE, 0.0),
        vec2(ui.available_width() - 2.0 * size::EDGE, FIELD),
    );
    ui.allocate_rect(rect, Sense::hover());
    let response = ui.place(rect, edit).accessible_name(text::number_field());
    if std::mem::take(&mut state.wants_focus) {
        response.request_focus();
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered {
        response.request_focus();
    }
    entered
}

/// The large style, or a smaller one for what is too long for the line.
fn fitting(ui: &Ui, typed: &str) -> egui::FontId {
    let room = ui.available_width() - 2.0 * size::EDGE - 8.0;
    let width = |style: Text| {
        ui.painter()
            .layout_no_wrap(typed.to_owned(), style.font(), egui::Color32::WHITE)
            .size()
            .x
    };
    [Text::Display, Text::Title, Text::Strong]
        .into_iter()
        .find(|&style| width(style) <= room)
        .unwrap_or(Text::Strong)
        .font()
}

/// A press on a key types it; holding 0 types a plus instead.
fn press(digit: char, response: &Response, state: &mut KeypadState) {
    if digit == '0' {
        let held = response.is_pointer_button_down_on();
        let since = held_for(response);
        if held && !state.long_press_done {
            if since >= LONG_PRESS {
                state.typed.push('+');
                state.long_press_done = true;
            } else {
                let left = std::time::Duration::from_secs_f64(LONG_PRESS - since);
                response.ctx.request_repaint_after(left);
            }
        }
        if response.clicked() && !state.long_press_done {
            state.typed.push('0');
        }
        if !held {
            state.long_press_done = false;
        }
    } else if response.clicked() {
        state.typed.push(digit);
    }
}

fn held_for(response: &Response) -> f64 {
    response.ctx.input(|input| {
        let start = input.pointer.press_start_time().unwrap_or(input.time);
        input.time - start
    })
}

fn call_line(ui: &mut Ui, snapshot: &Snapshot, state: &KeypadState, key: f32) -> Vec<Action> {
    let mut actions = Vec::new();
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), CALL), Sense::hover());
    let ready =
        snapshot.registration == RegistrationView::Registered && !state.typed.trim().is_empty();
    let middle = Rect::from_center_size(line.center(), vec2(CALL, CALL));
    within(ui, middle, "call", |ui| {
        ui.add_enabled_ui(ready, |ui| {
            if round(ui, icons::PHONE, text::call(), CALL, Look::Ok).clicked() {
                actions.push(Action::Dial);
            }
        });
    });
    if state.typed.is_empty() {
        return actions;
    }
    let column = line.center() + vec2(key + size::KEY_GAP, 0.0);
    let right = Rect::from_center_size(column, vec2(ERASE, ERASE));
    within(ui, right, "erase", |ui| {
        if round(ui, icons::DELETE, text::erase(), ERASE, Look::Bare).clicked() {
            actions.push(Action::EraseDigit);
        }
    });
    actions
}

const FIELD: f32 = 56.0;
const CALL: f32 = 64.0;
const ERASE: f32 = 44.0;
const SPACE: f32 = 16.0;
/// Room for contacts between the field and the keys.
const SUGGESTIONS: f32 = 38.0;
const MAX_SUGGESTIONS: usize = 3;
/// What is left of a line is too little for one more name.
const LEAST_SUGGESTION: f32 = 90.0;
