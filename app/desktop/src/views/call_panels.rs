//! What opens in a call: the keys, and the choice of devices.

use egui::Ui;
use hark_phone::{AudioSettings, CallView, Snapshot};

use crate::action::Action;
use crate::state::CallScreen;
use crate::text;
use crate::theme::{self, Text, size};
use crate::widgets::{card, choice, column, pad, text_centered};

/// The keys, and the digits that were sent.
pub fn keypad(ui: &mut Ui, call: &CallView, state: &CallScreen) -> Vec<Action> {
    let t = theme::tokens(ui);
    let mut actions = Vec::new();
    if !state.sent_digits.is_empty() {
        let sent = text_centered(ui, tail(&state.sent_digits), Text::Heading, t.text);
        ui.ctx().accesskit_node_builder(sent.id, |node| {
            node.set_description(text::sent_digits());
        });
    }
    let rest = if state.sent_digits.is_empty() {
        0.0
    } else {
        4.0
    };
    let key = ((ui.available_height() - rest - 3.0 * KEY_GAP) / 4.0).clamp(KEY_MIN, size::CALL_KEY);
    pad(ui, key, KEY_GAP, |digit, response| {
        if response.clicked() {
            actions.push(Action::SendDigit(call.id, digit));
        }
    });
    actions
}

/// The last digits that fit on a line.
fn tail(digits: &str) -> String {
    let skip = digits.chars().count().saturating_sub(DIGITS_SHOWN);
    digits.chars().skip(skip).collect()
}

/// Loudspeaker and microphone, also in the middle of a call.
pub fn devices(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let mut audio = snapshot.audio.clone();
    let changed = column(ui, |ui| {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let speaker = device(
                ui,
                text::speaker(),
                &snapshot.devices.outputs,
                &mut audio.speaker,
            );
            let inputs = &snapshot.devices.inputs;
            let microphone = device(ui, text::microphone(), inputs, &mut audio.microphone);
            speaker || microphone
        })
    });
    audio_action(changed, audio)
}

/// The devices that are there, with the system's default first; true when another one was chosen. It
/// becomes the most wanted of its role; the default is used where no other is wanted.
fn device(ui: &mut Ui, caption: &str, names: &[String], wanted: &mut Vec<String>) -> bool {
    let mut options = vec![text::system_default().to_owned()];
    options.extend(names.iter().cloned());
    let used = wanted.iter().find(|name| names.contains(name));
    let selected = used
        .and_then(|name| options.iter().position(|option| option == name))
        .unwrap_or(0);
    let picked = ui
        .vertical(|ui| choice(ui, caption, &options, selected))
        .inner;
    let Some(index) = picked else {
        return false;
    };
    let chosen = (index > 0).then(|| options.swap_remove(index));
    wanted.retain(|name| chosen.as_ref().is_some_and(|chosen| chosen != name));
    wanted.splice(0..0, chosen);
    true
}

/// The action that keeps a changed choice of devices.
fn audio_action(changed: bool, audio: AudioSettings) -> Vec<Action> {
    if changed {
        vec![Action::SetAudio(audio)]
    } else {
        vec![]
    }
}

const KEY_MIN: f32 = 42.0;
const KEY_GAP: f32 = 10.0;
const DIGITS_SHOWN: usize = 24;
