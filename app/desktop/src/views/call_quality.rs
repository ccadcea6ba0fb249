//! How a call sounds: in a word, in figures and as a plot of the last minute for those who ask, and
//! what is wrong with it.

use egui::{Align, Sense, Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::CallView;
use hark_phone::snapshot::MediaView;

use crate::action::Action;
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::{banners, minute};
use crate::widgets::{
    Tone, announce, banner, card, column, icon, level_meter, quality_bars, text as label,
    text_wrapped, toggle,
};

/// Whether there is room for details below the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Plenty,
    Little,
}

/// Quality in a word, all figures for a pointer that rests on it, and the two levels.
pub fn view(ui: &mut Ui, call: &CallView, media: &MediaView, room: Room) {
    let t = theme::tokens(ui);
    let words = text::quality_line(media);
    let font = Text::Small.font();
    let galley = ui.painter().layout_no_wrap(words.clone(), font, t.muted);
    ui.add_space(4.0);
    let line = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let room = ui.available_width() - galley.size().x - BARS - 8.0;
        ui.add_space(room.max(0.0) / 2.0);
        quality_bars(ui, media.quality);
        label(ui, words, Text::Small, t.muted);
    });
    let rect = line.response.rect;
    let hover = ui.interact(rect, ui.scope_id().with("quality"), Sense::hover());
    hover.on_hover_ui(|ui| figures(ui, call, media));
    ui.add_space(6.0);
    meters(ui, media);
    if room == Room::Plenty {
        let (open, pressed) = details_header(ui, call);
        if open {
            column(ui, |ui| {
                card(ui, |ui| details(ui, call, media));
                // In a small window they would open out of sight.
                if pressed {
                    ui.scroll_to_rect(ui.min_rect(), Some(Align::Min));
                }
            });
        }
    }
}

/// What is wrong, and what to do about it.
pub fn troubles(ui: &mut Ui, call: &CallView) -> Vec<Action> {
    let mut actions = Vec::new();
    for trouble in &call.troubles {
        ui.add_space(size::GAP / 2.0);
        ui.push_id(&trouble.text, |ui| {
            column(ui, |ui| {
                let glyph = icons::TRIANGLE_ALERT;
                let shown = banner(ui, Tone::Warn, glyph, &trouble.text, None, |ui| {
                    actions.extend(banners::why(ui));
                });
                announce(ui, shown.id, Live::Polite);
            });
        });
    }
    actions
}

/// The header of the details: whether they are open, and whether it was just pressed. Every call
/// begins with them closed.
fn details_header(ui: &mut Ui, call: &CallView) -> (bool, bool) {
    let id = ui.scope_id().with(("sound details", call.id));
    let mut open = ui.data(|data| data.get_temp(id).unwrap_or(false));
    ui.add_space(4.0);
    let pressed = ui
        .vertical_centered(|ui| toggle(ui, id, text::sound_details(), open))
        .inner;
    if pressed {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    (open, pressed)
}

fn details(ui: &mut Ui, call: &CallView, media: &MediaView) {
    if !media.seconds.is_empty() {
        minute::opinion(ui, &media.seconds);
        ui.add_space(6.0);
    }
    figures(ui, call, media);
}

fn figures(ui: &mut Ui, call: &CallView, media: &MediaView) {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    let room = ui.available_width() / 2.0;
    for (name, figure) in text::quality_figures(call, media) {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(room.min(FIGURE_NAME));
                text_wrapped(ui, name, Text::Small, t.muted);
            });
            ui.vertical(|ui| text_wrapped(ui, figure, Text::Small, t.text));
        });
    }
}

fn meters(ui: &mut Ui, media: &MediaView) {
    let t = theme::tokens(ui);
    let room = (ui.available_width() - 2.0 * size::EDGE).min(size::COLUMN - 120.0);
    let bar = (room - 2.0 * METER_ICON - 3.0 * 8.0) / 2.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space((ui.available_width() - room) / 2.0);
        icon(ui, icons::MIC, METER_ICON, t.muted);
        level_meter(ui, text::microphone_level(), media.microphone_level, bar);
        icon(ui, icons::VOLUME_2, METER_ICON, t.muted);
        level_meter(ui, text::speaker_level(), media.speaker_level, bar);
    });
}

/// Width of the quality bars.
const BARS: f32 = 22.0;
const METER_ICON: f32 = 16.0;

/// Room for the name of a figure.
const FIGURE_NAME: f32 = 150.0;
