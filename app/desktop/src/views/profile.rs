//! Settings that travel: "Save and load" in the settings, the link of the set-up, and the page that says
//! what would change before it does.

use egui::{CentralPanel, Id, ScrollArea, Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::SettingsReading;
use hark_phone::portable::KeyAt;

use crate::action::Action;
use crate::state::{LoadFrom, ProfileState, SourceField};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::account_form::entered;
use crate::views::{Moment, ground};
use crate::widgets::{
    Content, Field, Look, announce, card, column, detail, divider, icon, pill, pill_icon,
    text as label, text_centered, text_wrapped, toggle,
};

/// "Save and load" in the settings.
pub fn settings(ui: &mut Ui, state: &mut ProfileState, moment: &Moment) -> Vec<Action> {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 10.0;
    text_wrapped(ui, text::save_and_load_about(), Text::Small, t.muted);
    let save = pill_icon(
        ui,
        icons::DOWNLOAD,
        text::save_settings(),
        None,
        Look::Quiet,
    )
    .clicked();
    if let Some(file) = &state.saved {
        ui.horizontal_top(|ui| {
            icon(ui, icons::CIRCLE_CHECK, 16.0, t.ok);
            ui.vertical(|ui| {
                let line = text_wrapped(ui, text::settings_saved(), Text::Small, t.text);
                announce(ui, line.id, Live::Polite);
                detail(ui, &file.display().to_string());
            });
        });
    }
    divider(ui);
    let (caption, hint) = (text::settings_source(), text::settings_source_hint());
    let load = source(ui, caption, hint, text::load_settings(), &mut state.from);
    let name = || text::settings_name(&moment.wall);
    let pressed = [
        save.then(|| Action::SaveSettings(name())),
        load.then_some(Action::LoadSettings(LoadFrom::Settings)),
    ];
    pressed.into_iter().flatten().collect()
}

/// "My administrator gave me a link" in the set-up.
pub fn link(ui: &mut Ui, state: &mut ProfileState) -> Vec<Action> {
    let words = text::administrators_link();
    if toggle(ui, Id::unique("link"), words, state.link) {
        state.link = !state.link;
    }
    if !state.link {
        return vec![];
    }
    let load = card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        let (caption, hint) = (text::link_field(), text::link_hint());
        source(ui, caption, hint, text::see_changes(), &mut state.from)
    });
    Vec::from_iter(load.then_some(Action::LoadSettings(LoadFrom::Setup)))
}

/// A file or a link and the button that looks into it; true when that shall be done.
fn source(ui: &mut Ui, caption: &str, hint: &str, button: &str, source: &mut SourceField) -> bool {
    let field = Field {
        caption,
        hint,
        about: "",
        content: Content::Plain,
        error: source.error.as_deref(),
    };
    let response = ui.vertical(|ui| field.show(ui, &mut source.typed)).inner;
    if response.changed() {
        source.error = None;
    }
    let words = match source.waiting {
        true => text::fetching(),
        false => button,
    };
    let usable = !source.waiting && !source.typed.trim().is_empty();
    let pressed = ui
        .add_enabled_ui(usable, |ui| pill(ui, words, None, Look::Quiet).clicked())
        .inner;
    pressed || (usable && entered(ui, &response))
}

/// What would change, for the user to want it or not.
pub fn page(ui: &mut Ui, reading: &SettingsReading) -> Vec<Action> {
    let frame = ground(ui);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| column(ui, |ui| contents(ui, reading)))
                .inner
        })
        .inner
}

fn contents(ui: &mut Ui, reading: &SettingsReading) -> Vec<Action> {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = size::GAP;
    ui.add_space(16.0);
    let title = text_centered(ui, text::changes_title(), Text::Title, t.text);
    announce(ui, title.id, Live::Polite);
    if let Some(from) = &reading.from {
        text_centered(ui, from.to_string(), Text::Small, t.muted);
    }
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        for change in &reading.changes {
            ui.horizontal_top(|ui| {
                icon(ui, icons::ARROW_RIGHT, 16.0, t.accent);
                text_wrapped(ui, text::change(change), Text::Body, t.text);
            });
        }
        if reading.changes.is_empty() {
            label(ui, text::changes_none(), Text::Body, t.text);
        }
        unknown(ui, reading.document.unknown());
    });
    let width = Some(ui.available_width());
    let mut actions = Vec::new();
    if !reading.changes.is_empty() {
        let make = pill(ui, text::changes_make(), width, Look::Accent).clicked();
        actions.extend(make.then_some(Action::TakeSettings));
    }
    let leave = pill(ui, text::changes_leave(), width, Look::Raised).clicked();
    actions.extend(leave.then_some(Action::LeaveSettings));
    actions
}

fn unknown(ui: &mut Ui, keys: &[KeyAt]) {
    if keys.is_empty() {
        return;
    }
    let t = theme::tokens(ui);
    divider(ui);
    text_wrapped(ui, text::changes_unknown(), Text::Small, t.muted);
    for key in keys {
        detail(ui, &key.to_string());
    }
}
