//! Keys that work without a field: digits go into the call or onto the keypad, Escape goes back.

use egui::{Event, Key, Popup, Ui};
use hark_phone::{CallState, Snapshot};

use crate::action::Action;
use crate::state::{SetupPurpose, State, Tab};

/// What was typed while no text field has the keyboard.
pub fn typed(ui: &Ui, snapshot: &Snapshot, state: &State) -> Vec<Action> {
    if state.help || ui.ctx().text_edit_focused() || Popup::is_any_open(ui.ctx()) {
        return vec![];
    }
    let mut actions = escape(ui, state);
    if state.shows_setup(snapshot) || state.diagnosis.open {
        return actions;
    }
    let connected = state
        .shown_call(snapshot)
        .filter(|call| call.state == CallState::Connected)
        .map(|call| call.id);
    for digit in digits(ui) {
        match connected {
            Some(call) => actions.push(Action::SendDigit(call, digit)),
            None if state.shown_call(snapshot).is_none() => {
                actions.push(Action::TypeDigit(digit));
            }
            None => {}
        }
    }
    actions
}

fn digits(ui: &Ui) -> Vec<char> {
    ui.input(|input| {
        let texts = input.events.iter().filter_map(|event| match event {
            Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts
            .flat_map(str::chars)
            .filter(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | '+'))
            .collect()
    })
}

/// Escape closes what lies over the screen; it never ends or declines a call from here.
fn escape(ui: &Ui, state: &State) -> Vec<Action> {
    let somewhere = ui.memory(|memory| memory.focused().is_some());
    if somewhere || !ui.input(|input| input.key_pressed(Key::Escape)) {
        return vec![];
    }
    if state.diagnosis.open {
        return vec![Action::HideDiagnosis];
    }
    if state.setup.open && state.setup.purpose == SetupPurpose::Change {
        return vec![Action::CloseSetup];
    }
    if state.history.clear_asked && state.tab == Tab::People {
        return vec![Action::KeepHistory];
    }
    if let Some(panel) = state.call.panel {
        return vec![Action::TogglePanel(panel)];
    }
    vec![]
}
