//! The twelve keys of a telephone.

use egui::{
    self, Align2, CursorIcon, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo,
    accesskit::Role, vec2,
};

use super::{focus_ring, paint_text};
use crate::text;
use crate::theme::{self, Text, size};

/// Draws the keys with this diameter in the middle of the width that is left and hands each key's
/// response to `on_key`.
pub fn pad(ui: &mut Ui, key: f32, gap: f32, mut on_key: impl FnMut(char, &Response)) {
    let grid = vec2(3.0 * key + 2.0 * gap, 4.0 * key + 3.0 * gap);
    let width = ui.available_width().max(grid.x);
    let (rect, _) = ui.allocate_exact_size(vec2(width, grid.y), Sense::hover());
    let corner = rect.center_top() - vec2(grid.x / 2.0, 0.0);
    for (index, (digit, letters)) in KEYS.into_iter().enumerate() {
        let (column, row) = (index % 3, index / 3);
        let at = corner + vec2(column as f32, row as f32) * (key + gap);
        let response = paint_key(
            ui,
            Rect::from_min_size(at, Vec2::splat(key)),
            digit,
            letters,
        );
        on_key(digit, &response);
    }
}

fn paint_key(ui: &mut Ui, rect: Rect, digit: char, letters: &str) -> Response {
    let t = theme::tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(("key", digit)), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, key_name(digit)));
    let fill = if response.is_pointer_button_down_on() {
        t.pressed(t.surface)
    } else if response.hovered() {
        t.hovered(t.surface)
    } else {
        t.surface
    };
    let (center, radius) = (rect.center(), rect.width() / 2.0);
    ui.painter()
        .circle(center, radius, fill, Stroke::new(1.0, t.border));
    paint_face(ui, center, radius, digit, letters);
    focus_ring(ui, rect, radius, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn paint_face(ui: &Ui, center: Pos2, radius: f32, digit: char, letters: &str) {
    let t = theme::tokens(ui);
    let large = radius * 2.0 >= size::KEY_MIN;
    let style = if large { Text::Key } else { Text::SmallKey };
    let lift = if letters.is_empty() {
        0.0
    } else {
        radius * 0.17
    };
    let at = center - vec2(0.0, lift);
    let words = digit.to_string();
    paint_text(
        ui.painter(),
        at,
        Align2::CENTER_CENTER,
        &words,
        style,
        t.text,
    );
    if letters.is_empty() {
        return;
    }
    let below = center + vec2(0.0, radius * 0.5);
    let font = egui::FontId::new(if large { 10.0 } else { 8.0 }, Text::Tiny.font().family);
    ui.painter()
        .text(below, Align2::CENTER_CENTER, letters, font, t.muted);
}

/// What a key is called aloud.
fn key_name(digit: char) -> String {
    match digit {
        '*' => text::key_star().to_owned(),
        '#' => text::key_hash().to_owned(),
        digit => digit.to_string(),
    }
}

const KEYS: [(char, &str); 12] = [
    ('1', ""),
    ('2', "ABC"),
    ('3', "DEF"),
    ('4', "GHI"),
    ('5', "JKL"),
    ('6', "MNO"),
    ('7', "PQRS"),
    ('8', "TUV"),
    ('9', "WXYZ"),
    ('*', ""),
    ('0', "+"),
    ('#', ""),
];
