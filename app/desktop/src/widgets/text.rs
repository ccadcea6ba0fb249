//! Labels in the theme's text styles, and icons.

use egui::{
    self, Align, Align2, Color32, Label, Layout, Painter, Pos2, Rect, Response, RichText, Ui,
    UiBuilder, Vec2,
};

use crate::theme::{self, Text};

/// One line, cut with an ellipsis where it does not fit.
pub fn text(ui: &mut Ui, words: impl Into<String>, style: Text, colour: Color32) -> Response {
    ui.add(label(words, style, colour).truncate())
}

/// As many lines as it takes.
pub fn text_wrapped(
    ui: &mut Ui,
    words: impl Into<String>,
    style: Text,
    colour: Color32,
) -> Response {
    ui.add(label(words, style, colour).wrap())
}

/// One line or more in the middle of the width that is left.
pub fn text_centered(
    ui: &mut Ui,
    words: impl Into<String>,
    style: Text,
    colour: Color32,
) -> Response {
    let label = label(words, style, colour).wrap().halign(Align::Center);
    ui.vertical_centered(|ui| ui.add(label)).inner
}

/// One line or more that end where the width that is left ends.
pub fn text_at_end(
    ui: &mut Ui,
    words: impl Into<String>,
    style: Text,
    colour: Color32,
) -> Response {
    ui.add(label(words, style, colour).wrap().halign(Align::Max))
}

/// One line inside `rect`, whatever the layout around it is; takes no space of its own.
pub fn text_in(
    ui: &mut Ui,
    rect: Rect,
    align: Align,
    words: impl Into<String>,
    style: Text,
    colour: Color32,
) -> Response {
    let layout = match align {
        Align::Min => Layout::left_to_right(Align::Center),
        Align::Center => Layout::centered_and_justified(egui::Direction::LeftToRight),
        Align::Max => Layout::right_to_left(Align::Center),
    };
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    child.add(label(words, style, colour).truncate())
}

fn label(words: impl Into<String>, style: Text, colour: Color32) -> Label {
    Label::new(RichText::new(words).font(style.font()).color(colour)).selectable(false)
}

/// A picture without a name: it stands beside words that say the same.
pub fn icon(ui: &mut Ui, glyph: char, points: f32, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(points), egui::Sense::hover());
    paint_icon(ui.painter(), rect.center(), glyph, points, colour);
}

/// Icons are painted and not written: their characters mean nothing to a screen reader.
pub fn paint_icon(painter: &Painter, center: Pos2, glyph: char, points: f32, colour: Color32) {
    let font = theme::icon_font(points);
    painter.text(center, Align2::CENTER_CENTER, glyph, font, colour);
}

/// Words that belong to a control whose accessible name says them already.
pub fn paint_text(
    painter: &Painter,
    position: Pos2,
    align: Align2,
    words: &str,
    style: Text,
    colour: Color32,
) -> Rect {
    painter.text(position, align, words, style.font(), colour)
}
