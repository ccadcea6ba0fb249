//! A field for what is looked for.

use egui::{Align2, CornerRadius, Frame, Margin, RichText, Stroke, TextEdit, Ui, pos2, vec2};
use hark_assets::icons;

use super::{follow_keyboard, paint_icon};
use crate::theme::{self, Text, size};

/// One line over the whole width; `name` is its hint and what it is called aloud.
pub fn search(ui: &mut Ui, name: &str, typed: &mut String) {
    let t = theme::tokens(ui);
    let id = ui.scope_id().with(("search", name));
    let stroke = match ui.memory(|memory| memory.has_focus(id)) {
        true => Stroke::new(1.5, t.accent),
        false => Stroke::new(1.0, t.border),
    };
    let margin = Margin {
        left: ICON_ROOM,
        right: 12,
        top: 8,
        bottom: 8,
    };
    let frame = Frame::new()
        .fill(t.surface)
        .stroke(stroke)
        .corner_radius(CornerRadius::same(size::FIELD_RADIUS))
        .inner_margin(margin);
    let edit = TextEdit::singleline(typed)
        .id(id)
        .hint_text(RichText::new(name).color(t.muted))
        .font(Text::Body.font())
        .text_color(t.text)
        .frame(frame)
        .desired_width(f32::INFINITY)
        .min_size(vec2(0.0, size::SMALL_BUTTON_HEIGHT))
        .align(Align2::LEFT_CENTER);
    let response = ui.add(edit).accessible_name(name);
    follow_keyboard(ui, response.rect, &response);
    let center = pos2(response.rect.left() + 20.0, response.rect.center().y);
    paint_icon(ui.painter(), center, icons::SEARCH, 15.0, t.muted);
}

const ICON_ROOM: i8 = 36;
