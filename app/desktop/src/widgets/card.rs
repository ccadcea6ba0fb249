//! Cards, lists in a card, and banners.

use egui::{self, CornerRadius, Frame, Margin, Sense, Stroke, Ui, vec2};

use super::{icon, text_wrapped};
use crate::theme::{self, Text, Tokens, size};

/// One idea on a raised ground, as wide as there is room.
pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    padded_card(ui, Margin::same(size::CARD_PADDING as i8), contents)
}

/// A card for rows that reach from edge to edge.
pub fn list_card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let margin = Margin::symmetric(size::CARD_PADDING as i8, LIST_PADDING);
    padded_card(ui, margin, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        contents(ui)
    })
}

/// The ground of a card, for what draws its contents by itself.
pub fn card_frame(t: &Tokens) -> Frame {
    Frame::new()
        .fill(t.surface)
        .stroke(Stroke::new(1.0, t.border))
        .corner_radius(CornerRadius::same(size::CARD_RADIUS))
        .shadow(t.card_shadow())
}

fn padded_card<R>(ui: &mut Ui, margin: Margin, contents: impl FnOnce(&mut Ui) -> R) -> R {
    card_frame(theme::tokens(ui))
        .inner_margin(margin)
        .show(ui, |ui| {
            ui.take_available_width();
            contents(ui)
        })
        .inner
}

/// The line between two rows.
pub fn divider(ui: &mut Ui) {
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, 1.0), Sense::hover());
    let stroke = Stroke::new(1.0, theme::tokens(ui).border);
    ui.painter().hline(rect.x_range(), rect.center().y, stroke);
}

/// How grave a banner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Info,
    Warn,
    Danger,
}

/// An icon, a sentence or two, and what can be done about it.
pub fn banner(
    ui: &mut Ui,
    tone: Tone,
    glyph: char,
    title: &str,
    line: Option<&str>,
    actions: impl FnOnce(&mut Ui),
) -> egui::Response {
    let t = theme::tokens(ui);
    let (fill, ink) = match tone {
        Tone::Info => (t.accent_soft, t.accent),
        Tone::Warn => (t.warn_soft, t.warn),
        Tone::Danger => (t.danger_soft, t.danger),
    };
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, fill.lerp_to_gamma(ink, 0.35)))
        .corner_radius(CornerRadius::same(size::CARD_RADIUS - 2))
        .inner_margin(Margin::symmetric(size::CARD_PADDING as i8, 12))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 10.0;
                icon(ui, glyph, 18.0, ink);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing = vec2(6.0, 3.0);
                    text_wrapped(ui, title, Text::Strong, t.text);
                    if let Some(line) = line {
                        text_wrapped(ui, line, Text::Small, t.muted);
                    }
                    actions(ui);
                });
            });
        })
        .response
}

const LIST_PADDING: i8 = 2;
