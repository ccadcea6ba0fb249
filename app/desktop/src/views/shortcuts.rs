//! Keys that do what buttons do, from any screen and any field, and the list of them behind F1.

use egui::accesskit::Role;
use egui::{Context, Frame, Id, Key, KeyboardShortcut, Modal, Modifiers, ScrollArea, Ui};
use hark_phone::{CallState, CallView, Settings, Snapshot, TextSize};

use crate::action::{Action, Held, Muted};
use crate::state::{State, Tab, current_call, rings_here};
use crate::text;
use crate::theme::{self, Text, size};
use crate::widgets::{Look, divider, pill, text as label, text_wrapped};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Help,
    CallVoicemail,
    Answer,
    HangUp,
    Mute,
    Hold,
    Show(Tab),
    LargerText,
    SmallerText,
    UsualText,
    Quit,
}

/// Function keys are no letters, so that they work while something is being typed.
pub const SHORTCUTS: [(KeyboardShortcut, Purpose); 15] = [
    (plain(Key::F1), Purpose::Help),
    (plain(Key::F2), Purpose::CallVoicemail),
    (plain(Key::F3), Purpose::Answer),
    (plain(Key::F4), Purpose::HangUp),
    (plain(Key::F5), Purpose::Mute),
    (plain(Key::F6), Purpose::Hold),
    (command(Key::Num1), Purpose::Show(Tab::Home)),
    (command(Key::Num2), Purpose::Show(Tab::Keypad)),
    (command(Key::Num3), Purpose::Show(Tab::People)),
    (command(Key::Num4), Purpose::Show(Tab::Settings)),
    (command(Key::Plus), Purpose::LargerText),
    // The same key, on keyboards that have the plus above it.
    (command(Key::Equals), Purpose::LargerText),
    (command(Key::Minus), Purpose::SmallerText),
    (command(Key::Num0), Purpose::UsualText),
    (command(Key::Q), Purpose::Quit),
];

/// What the keys that are pressed ask for.
pub fn pressed(ui: &Ui, snapshot: &Snapshot, state: &State) -> Vec<Action> {
    let hit = |(keys, _): &&(KeyboardShortcut, Purpose)| {
        ui.input_mut(|input| input.consume_shortcut(keys))
    };
    let pressed = SHORTCUTS.iter().filter(hit);
    let asked = pressed.filter_map(|(_, purpose)| action(*purpose, snapshot, state));
    asked.collect()
}

/// `None` where there is nothing to do it to.
pub fn action(purpose: Purpose, snapshot: &Snapshot, state: &State) -> Option<Action> {
    let ringing = || snapshot.calls.iter().find(|call| rings_here(call));
    let connected = |call: &&CallView| call.state == CallState::Connected;
    let talking = || current_call(snapshot).filter(connected);
    let set_up = !state.shows_setup(snapshot);
    match purpose {
        Purpose::Help => Some(Action::ToggleHelp),
        Purpose::Quit => Some(Action::Quit),
        Purpose::LargerText => Some(text_size(snapshot, TextSize::larger)),
        Purpose::SmallerText => Some(text_size(snapshot, TextSize::smaller)),
        Purpose::UsualText => Some(text_size(snapshot, |_| TextSize::default())),
        Purpose::Show(tab) => set_up.then_some(Action::Show(tab)),
        Purpose::CallVoicemail => set_up.then_some(Action::CallVoicemail),
        Purpose::Answer => ringing().map(|call| Action::Answer(call.id)),
        // What rings is over what is on the screen.
        Purpose::HangUp => match ringing() {
            Some(call) => Some(Action::Decline(call.id)),
            None => current_call(snapshot).map(|call| Action::HangUp(call.id)),
        },
        Purpose::Mute => talking().map(|call| match call.muted {
            true => Action::SetMuted(call.id, Muted::No),
            false => Action::SetMuted(call.id, Muted::Yes),
        }),
        Purpose::Hold => talking().map(|call| match call.held {
            true => Action::SetHeld(call.id, Held::No),
            false => Action::SetHeld(call.id, Held::Yes),
        }),
    }
}

fn text_size(snapshot: &Snapshot, change: fn(TextSize) -> TextSize) -> Action {
    Action::SetPreferences(Settings {
        text_size: change(snapshot.settings.text_size),
        ..snapshot.settings.clone()
    })
}

/// The list of all keys, over everything else.
pub fn help(ctx: &Context) -> Vec<Action> {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(size::CARD_PADDING);
    let id = Id::unique("keys");
    // The dialog is the part with a name, and no other around it.
    let area = Modal::default_area(id).role(Role::GenericContainer);
    let modal = Modal::new(id).area(area).frame(frame).show(ctx, |ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
            node.set_role(Role::Dialog);
            node.set_label(text::keys());
        });
        list(ui)
    });
    let close = modal.inner || modal.should_close();
    Vec::from_iter(close.then_some(Action::ToggleHelp))
}

/// Whether it shall be closed.
fn list(ui: &mut Ui) -> bool {
    let t = theme::tokens(ui);
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing.y = 4.0;
    label(ui, text::keys(), Text::Heading, t.text);
    ui.add_space(4.0);
    let room = ui.ctx().content_rect().height() - FRAME_AND_CLOSE;
    let list = ScrollArea::vertical().max_height(room);
    list.min_scrolled_height(room).show(ui, |ui| {
        let listed = SHORTCUTS
            .iter()
            .filter(|(keys, _)| keys.logical_key != Key::Equals);
        for (keys, purpose) in listed {
            let keys = ui.ctx().format_shortcut(keys);
            key_line(ui, &keys, text::key(*purpose));
            divider(ui);
        }
        for (keys, words) in text::other_keys() {
            key_line(ui, keys, words);
            divider(ui);
        }
    });
    ui.add_space(8.0);
    let close = pill(ui, text::close(), None, Look::Raised);
    if ui.memory(|memory| memory.focused().is_none()) {
        close.request_focus();
    }
    close.clicked()
}

fn key_line(ui: &mut Ui, keys: &str, words: &str) {
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(LINE);
        ui.scope(|ui| {
            ui.set_width(KEYS_ROOM);
            let shown = label(ui, keys, Text::Strong, t.text);
            // A screen reader says it together with what it does.
            ui.ctx()
                .accesskit_node_builder(shown.id, |node| node.set_hidden());
        });
        let shown = text_wrapped(ui, words, Text::Body, t.text);
        ui.ctx().accesskit_node_builder(shown.id, |node| {
            node.set_value(format!("{keys}: {words}"));
        });
    });
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const WIDTH: f32 = 300.0;
const KEYS_ROOM: f32 = 84.0;
const LINE: f32 = 24.0;
/// What the list leaves free of the window's height: its heading, its button and the frame.
const FRAME_AND_CLOSE: f32 = 150.0;

#[cfg(test)]
mod tests {
    use hark_phone::{AccountSettings, CallDirection, CallId, CallKind};

    use super::*;

    fn call(id: u64, direction: CallDirection, state: CallState) -> CallView {
        CallView {
            state,
            ..CallView::new(CallId(id), direction, CallKind::Person)
        }
    }

    #[test]
    fn every_key_does_what_the_button_in_sight_would() {
        let talks = call(1, CallDirection::Outgoing, CallState::Connected);
        let rings = call(2, CallDirection::Incoming, CallState::Ringing);
        let with = |calls: &[&CallView]| Snapshot {
            account: Some(AccountSettings::default()),
            calls: calls.iter().map(|&call| call.clone()).collect(),
            ..Snapshot::default()
        };
        for (purpose, calls, expected) in [
            (Purpose::Answer, &[][..], "None"),
            (Purpose::Answer, &[&talks], "None"),
            (
                Purpose::Answer,
                &[&talks, &rings],
                "Some(Answer(CallId(2)))",
            ),
            (
                Purpose::HangUp,
                &[&talks, &rings],
                "Some(Decline(CallId(2)))",
            ),
            (Purpose::HangUp, &[&talks], "Some(HangUp(CallId(1)))"),
            (Purpose::HangUp, &[], "None"),
            (Purpose::Mute, &[&talks], "Some(SetMuted(CallId(1), Yes))"),
            (Purpose::Mute, &[&rings], "None"),
            (Purpose::Hold, &[&talks], "Some(SetHeld(CallId(1), Yes))"),
            (Purpose::CallVoicemail, &[], "Some(CallVoicemail)"),
            (Purpose::Show(Tab::People), &[], "Some(Show(People))"),
            (Purpose::Help, &[], "Some(ToggleHelp)"),
        ] {
            let action = action(purpose, &with(calls), &State::default());
            assert_eq!(format!("{action:?}"), expected, "{purpose:?}");
        }
        let nothing = Snapshot::default();
        let before_set_up = action(Purpose::Show(Tab::Keypad), &nothing, &State::default());
        assert!(before_set_up.is_none());
    }
}
