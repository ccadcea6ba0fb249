//! "Audio" in the settings: for each role the devices in the order in which they are wanted, what
//! is done to the microphone's sound, and ways to try both.

use egui::{Align, Rect, Sense, Ui, accesskit::Role, pos2, vec2};
use hark_assets::icons;
use hark_phone::{AudioSettings, EchoTestStage, EchoTestView, Snapshot, TestTone};

use crate::action::Action;
use crate::state::SettingsState;
use crate::text;
use crate::theme::{self, Text};
use crate::views::order::{self, Rank, Step};
use crate::views::setting::{About, setting};
use crate::widgets::{
    Look, choice, divider, icon, level_meter, link, paint_icon, round, switch, text as label,
    text_in, text_wrapped,
};

pub fn view(
    ui: &mut Ui,
    snapshot: &Snapshot,
    about: About<'_>,
    state: &SettingsState,
) -> Vec<Action> {
    let mut chosen = snapshot.audio.clone();
    ui.spacing_mut().item_spacing.y = 12.0;
    let mut actions = Vec::new();
    let (outputs, inputs) = (&snapshot.devices.outputs, &snapshot.devices.inputs);

    setting(ui, about, "audio.speaker", |ui| {
        let wanted = &mut chosen.speaker;
        devices(ui, text::speaker(), text::add_speaker(), outputs, wanted);
    });
    let tone = link(ui, text::test_tone()).clicked();
    actions.extend(tone.then_some(Action::PlayTestTone(TestTone::Speaker)));
    divider(ui);
    setting(ui, about, "audio.microphone", |ui| {
        let wanted = &mut chosen.microphone;
        devices(
            ui,
            text::microphone(),
            text::add_microphone(),
            inputs,
            wanted,
        );
    });
    let check = microphone_check(ui, snapshot, state);
    actions.extend(check.then_some(Action::ToggleMicrophoneCheck));
    actions.extend(echo_test(ui, snapshot.echo_test));
    divider(ui);
    setting(ui, about, "audio.ringer", |ui| {
        let wanted = &mut chosen.ringer;
        devices(ui, text::ringer(), text::add_ringer(), outputs, wanted);
    });
    let tone = link(ui, text::ring_test()).clicked();
    actions.extend(tone.then_some(Action::PlayTestTone(TestTone::Ringer)));
    divider(ui);
    processing(ui, about, &mut chosen);
    actions.extend((chosen != snapshot.audio).then_some(Action::SetAudio(chosen)));
    actions
}

/// What is done to a list of devices.
enum Change {
    Step(usize, Step),
    Remove(usize),
}

/// The devices of one role, the most wanted first, and behind them always the system's default.
fn devices(ui: &mut Ui, caption: &str, add: &str, present: &[String], wanted: &mut Vec<String>) {
    let t = theme::tokens(ui);
    let used = wanted.iter().position(|name| present.contains(name));
    let list = ui.push_id(caption, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let heading = label(ui, caption, Text::Caption, t.muted);
        ui.ctx()
            .accesskit_node_builder(heading.id, |node| node.set_role(Role::Heading));
        let mut change = None;
        for (index, name) in wanted.iter().enumerate() {
            let row = Row {
                name,
                is_used: used == Some(index),
                is_present: present.contains(name),
                rank: Rank {
                    index,
                    count: wanted.len(),
                },
            };
            change = row.show(ui).or(change);
        }
        system_default(ui, used.is_none());
        change
    });
    match list.inner {
        Some(Change::Step(index, step)) => step.take(wanted, index),
        Some(Change::Remove(index)) => drop(wanted.remove(index)),
        None => wanted.extend(added(ui, add, present, wanted)),
    }
}

/// One device of a list.
struct Row<'a> {
    name: &'a str,
    /// It is the first that is there.
    is_used: bool,
    is_present: bool,
    rank: Rank,
}

impl Row<'_> {
    fn show(&self, ui: &mut Ui) -> Option<Change> {
        let t = theme::tokens(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        let buttons = BUTTONS * order::BUTTON;
        let words = Rect::from_min_max(
            pos2(rect.left() + MARK, rect.top()),
            pos2(rect.right() - buttons - 8.0, rect.bottom()),
        );
        mark(ui, rect, self.is_used);
        if self.is_present {
            text_in(ui, words, Align::Min, self.name, Text::Body, t.text);
        } else {
            let (upper, lower) = words.split_top_bottom_at_fraction(0.55);
            text_in(ui, upper, Align::Min, self.name, Text::Body, t.muted);
            text_in(
                ui,
                lower,
                Align::Min,
                text::device_not_connected(),
                Text::Small,
                t.muted,
            );
        }
        order::at_end(ui, rect, self.name, BUTTONS, |ui| self.buttons(ui))
    }

    fn buttons(&self, ui: &mut Ui) -> Option<Change> {
        let index = self.rank.index;
        let step = order::arrows(ui, self.name, self.rank);
        let remove = text::remove_device(self.name);
        let remove = round(ui, icons::X, &remove, order::BUTTON, Look::Bare).clicked();
        step.map(|step| Change::Step(index, step))
            .or(remove.then_some(Change::Remove(index)))
    }
}

/// What is used where none of the others is there.
fn system_default(ui: &mut Ui, is_used: bool) {
    let t = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    mark(ui, rect, is_used);
    let words = Rect::from_min_max(pos2(rect.left() + MARK, rect.top()), rect.max);
    text_in(
        ui,
        words,
        Align::Min,
        text::system_default(),
        Text::Body,
        t.text,
    );
}

/// A check before the device that is used.
fn mark(ui: &Ui, row: Rect, is_used: bool) {
    if is_used {
        let center = pos2(row.left() + 8.0, row.center().y);
        paint_icon(
            ui.painter(),
            center,
            icons::CHECK,
            16.0,
            theme::tokens(ui).ok,
        );
    }
}

/// A device that was picked among those that are there and not in the list.
fn added(ui: &mut Ui, caption: &str, present: &[String], wanted: &[String]) -> Option<String> {
    let others = present.iter().filter(|name| !wanted.contains(name));
    let mut options = vec![text::choose_device().to_owned()];
    options.extend(others.cloned());
    if options.len() == 1 {
        return None;
    }
    let picked = ui.vertical(|ui| choice(ui, caption, &options, 0)).inner;
    picked.map(|index| options.swap_remove(index))
}

/// The live level, only while the user asks for it: nobody listens unasked.
fn microphone_check(ui: &mut Ui, snapshot: &Snapshot, state: &SettingsState) -> bool {
    let t = theme::tokens(ui);
    if !state.microphone_check {
        return link(ui, text::check_microphone()).clicked();
    }
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let level = snapshot.microphone_level.unwrap_or(0.0);
        meter(ui, icons::MIC, text::microphone_level(), level);
        text_wrapped(ui, text::speak_now(), Text::Small, t.muted);
        link(ui, text::stop_check()).clicked()
    })
    .inner
}

/// Five seconds of the microphone, played back.
fn echo_test(ui: &mut Ui, test: Option<EchoTestView>) -> Option<Action> {
    let t = theme::tokens(ui);
    let Some(test) = test else {
        let start = link(ui, text::echo_test_label()).clicked();
        return start.then_some(Action::StartEchoTest);
    };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let (glyph, name) = match test.stage {
            EchoTestStage::Recording => (icons::MIC, text::echo_test_records()),
            EchoTestStage::Playing => (icons::VOLUME_2, text::echo_test_plays()),
        };
        meter(ui, glyph, name, test.level);
        text_wrapped(ui, text::echo_test(&test), Text::Small, t.muted);
        let stop = link(ui, text::stop_echo_test()).clicked();
        stop.then_some(Action::StopEchoTest)
    })
    .inner
}

fn meter(ui: &mut Ui, glyph: char, name: &str, level: f32) {
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        icon(ui, glyph, 16.0, t.muted);
        let width = ui.available_width();
        level_meter(ui, name, level, width);
    });
}

/// What others hear of the microphone. Everything is on until it is switched off.
fn processing(ui: &mut Ui, about: About<'_>, audio: &mut AudioSettings) {
    ui.spacing_mut().item_spacing.y = 4.0;
    for (key, words, switched) in [
        (
            "audio.echo_cancellation",
            text::echo_cancellation(),
            &mut audio.echo_cancellation,
        ),
        (
            "audio.noise_suppression",
            text::noise_suppression(),
            &mut audio.noise_suppression,
        ),
        (
            "audio.gain_control",
            text::gain_control(),
            &mut audio.gain_control,
        ),
    ] {
        let on = switched.unwrap_or(true);
        if setting(ui, about, key, |ui| switch(ui, words, on).clicked()) {
            *switched = Some(!on);
        }
    }
}

/// High enough for a name and a word below it.
const ROW: f32 = 40.0;
/// Two arrows and a cross.
const BUTTONS: f32 = 3.0;
/// Room for the check before a name.
const MARK: f32 = 24.0;
