//! A line of words with a switch at its end.

use egui::{
    CornerRadius, CursorIcon, Rect, Response, Sense, TextWrapMode, Ui, Vec2, WidgetInfo,
    WidgetText, accesskit::Role, pos2, vec2,
};
use hark_assets::icons;

use super::{focus_ring, paint_icon};
use crate::theme::{self, Text};

/// The whole line is pressed. On and off differ by the place of the knob and a check mark, not by
/// colour alone.
pub fn switch(ui: &mut Ui, words: &str, on: bool) -> Response {
    let t = theme::tokens(ui);
    let width = ui.available_width();
    let room = width - SIZE.x - GAP;
    let wrap = Some(TextWrapMode::Wrap);
    let galley = WidgetText::from(words).into_galley(ui, wrap, room, Text::Body.font());
    let height = galley.size().y.max(SIZE.y) + 2.0 * PADDING;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, on, words));
    let top = rect.center().y - galley.size().y / 2.0;
    ui.painter()
        .galley_with_override_text_color(pos2(rect.left(), top), galley, t.text);
    let track = Rect::from_min_size(
        pos2(rect.right() - SIZE.x, rect.center().y - SIZE.y / 2.0),
        SIZE,
    );
    paint(ui, track, on, &response);
    focus_ring(ui, track, SIZE.y / 2.0, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn paint(ui: &Ui, track: Rect, on: bool, response: &Response) {
    let t = theme::tokens(ui);
    let (fill, knob, x) = if on {
        (t.accent, t.on_accent, track.right() - KNOB)
    } else {
        (t.border, t.surface, track.left() + KNOB)
    };
    let fill = if response.hovered() {
        t.hovered(fill)
    } else {
        fill
    };
    let corner = CornerRadius::same((track.height() / 2.0) as u8);
    ui.painter().rect_filled(track, corner, fill);
    let center = pos2(x, track.center().y);
    ui.painter().circle_filled(center, KNOB - INSET, knob);
    if on {
        paint_icon(ui.painter(), center, icons::CHECK, 13.0, t.accent);
    }
}

const SIZE: Vec2 = vec2(42.0, 24.0);
/// Half of the height: where the knob stands, seen from its end of the track.
const KNOB: f32 = 12.0;
const INSET: f32 = 3.0;
const GAP: f32 = 14.0;
const PADDING: f32 = 6.0;
