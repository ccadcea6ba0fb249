//! Buttons: round with an icon, pills with words, quiet links, and a choice between few words.

use egui::{
    self, Align, Align2, Color32, CornerRadius, CursorIcon, Rect, Response, Sense, Stroke,
    StrokeKind, TextWrapMode, Ui, Vec2, WidgetInfo, WidgetText, accesskit::Role, text::LayoutJob,
    vec2,
};

use super::{focus_ring, paint_icon, paint_text};
use crate::theme::{self, Text, Tokens, size};

/// What a button asks for, as colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Accent,
    /// Answer, call.
    Ok,
    /// Hang up, decline, remove.
    Danger,
    /// One of several things to do.
    Quiet,
    /// One of several things to do beside the words it belongs to.
    Soft,
    /// A key, or a pill on the ground of the window.
    Raised,
    /// Only an icon or a word until the pointer comes.
    Bare,
}

struct Colours {
    fill: Color32,
    ink: Color32,
    border: Stroke,
}

impl Look {
    fn colours(self, ui: &Ui, response: &Response) -> Colours {
        let t = theme::tokens(ui);
        let (fill, ink, border) = match self {
            Self::Accent => (t.accent, t.on_accent, Stroke::NONE),
            Self::Ok => (t.ok, t.on_ok, Stroke::NONE),
            Self::Danger => (t.danger, t.on_danger, Stroke::NONE),
            Self::Quiet => (t.sunken, t.text, Stroke::NONE),
            Self::Soft => (t.sunken, t.accent, Stroke::NONE),
            Self::Raised => (t.surface, t.text, Stroke::new(1.0, t.border)),
            Self::Bare => (Color32::TRANSPARENT, t.muted, Stroke::NONE),
        };
        if !ui.is_enabled() {
            let bare = self == Self::Bare;
            return Colours {
                fill: if bare { Color32::TRANSPARENT } else { t.sunken },
                ink: t.muted,
                border: Stroke::NONE,
            };
        }
        let fill = pressed_fill(t, fill, response);
        Colours { fill, ink, border }
    }
}

fn pressed_fill(t: &Tokens, fill: Color32, response: &Response) -> Color32 {
    let ground = if fill == Color32::TRANSPARENT && response.hovered() {
        t.sunken
    } else {
        fill
    };
    if response.is_pointer_button_down_on() {
        t.pressed(ground)
    } else if response.hovered() {
        t.hovered(ground)
    } else {
        ground
    }
}

/// A round button with an icon; `name` is what it is called aloud and when the pointer rests on it.
pub fn round(ui: &mut Ui, glyph: char, name: &str, diameter: f32, look: Look) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(diameter), Sense::click());
    name_button(ui, &response, name);
    let colours = look.colours(ui, &response);
    let radius = diameter / 2.0;
    ui.painter()
        .circle(rect.center(), radius, colours.fill, colours.border);
    let points = (diameter * 0.42).clamp(15.0, 28.0);
    paint_icon(ui.painter(), rect.center(), glyph, points, colours.ink);
    focus_ring(ui, rect, radius, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A button with words, as wide as `width`, or as its words where that is `None`.
pub fn pill(ui: &mut Ui, words: &str, width: Option<f32>, look: Look) -> Response {
    pill_of(ui, None, words, width, look)
}

/// As [`pill`], with an icon before the words.
pub fn pill_icon(
    ui: &mut Ui,
    glyph: char,
    words: &str,
    width: Option<f32>,
    look: Look,
) -> Response {
    pill_of(ui, Some(glyph), words, width, look)
}

fn pill_of(
    ui: &mut Ui,
    glyph: Option<char>,
    words: &str,
    width: Option<f32>,
    look: Look,
) -> Response {
    let icon_width = if glyph.is_some() {
        PILL_ICON + PILL_ICON_GAP
    } else {
        0.0
    };
    let room = width.unwrap_or_else(|| ui.available_width()) - icon_width - PILL_PADDING;
    let mut job = LayoutJob::simple(
        words.to_owned(),
        Text::Strong.font(),
        Color32::PLACEHOLDER,
        room,
    );
    job.halign = Align::Center;
    let galley = ui.painter().layout_job(job);
    let inner = galley.size().x + icon_width;
    let usual = match width {
        Some(_) => size::BUTTON_HEIGHT,
        None => size::SMALL_BUTTON_HEIGHT,
    };
    // Words that need a second line get it.
    let height = usual.max(galley.size().y + PILL_PADDING);
    let width = width.unwrap_or(inner + 2.0 * PILL_PADDING);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    name_button(ui, &response, words);
    let colours = look.colours(ui, &response);
    let radius = usual / 2.0;
    paint_pill(ui, rect, radius, &colours);
    let mut left = rect.center().x - inner / 2.0;
    if let Some(glyph) = glyph {
        let center = egui::pos2(left + PILL_ICON / 2.0, rect.center().y);
        paint_icon(ui.painter(), center, glyph, PILL_ICON, colours.ink);
        left += icon_width;
    }
    let top = rect.center().y - galley.size().y / 2.0;
    let middle = left + galley.size().x / 2.0;
    ui.painter()
        .galley_with_override_text_color(egui::pos2(middle, top), galley, colours.ink);
    focus_ring(ui, rect, radius, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn paint_pill(ui: &Ui, rect: Rect, radius: f32, colours: &Colours) {
    let corner = CornerRadius::same(radius as u8);
    ui.painter().rect(
        rect,
        corner,
        colours.fill,
        colours.border,
        StrokeKind::Inside,
    );
}

/// Words in the accent's colour, for things beside the main line.
pub fn link(ui: &mut Ui, words: &str) -> Response {
    let t = theme::tokens(ui);
    let galley = WidgetText::from(words).into_galley(
        ui,
        Some(TextWrapMode::Extend),
        f32::INFINITY,
        Text::Caption.font(),
    );
    let size = vec2(galley.size().x, galley.size().y + 2.0 * LINK_PADDING);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    name_button(ui, &response, words);
    // The words line up with the text above; the ground of a hovered link reaches out of it.
    let ground = rect.expand2(vec2(LINK_PADDING, 0.0));
    let fill = pressed_fill(t, Color32::TRANSPARENT, &response);
    ui.painter()
        .rect_filled(ground, CornerRadius::same(LINK_PADDING as u8), fill);
    let ink = if ui.is_enabled() { t.accent } else { t.muted };
    let corner = rect.min + vec2(0.0, LINK_PADDING);
    ui.painter()
        .galley_with_override_text_color(corner, galley, ink);
    focus_ring(ui, ground, LINK_PADDING, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// One of a few words; returns the index of a word that was pressed. Words that would touch each other get
/// the room that each needs, and lines of their own where there is not enough of it.
pub fn segmented(ui: &mut Ui, words: &[&str], selected: usize, width: f32) -> Option<usize> {
    let t = theme::tokens(ui);
    let needs: Vec<f32> = words.iter().map(|word| segment_width(ui, word)).collect();
    let widths = share(&needs, width - 2.0 * SEGMENT_INSET);
    let lines = if widths.is_some() { 1 } else { words.len() };
    let step = size::SMALL_BUTTON_HEIGHT - 2.0 * SEGMENT_INSET;
    let height = step * lines as f32 + 2.0 * SEGMENT_INSET;
    let (frame, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let corner = CornerRadius::same((size::SMALL_BUTTON_HEIGHT / 2.0) as u8);
    ui.painter().rect_filled(frame, corner, t.sunken);
    let inner = frame.shrink(SEGMENT_INSET);
    let mut corner = inner.min;
    let mut pressed = None;
    for (index, word) in words.iter().enumerate() {
        let beside = widths.as_ref().and_then(|widths| widths.get(index));
        let place = vec2(beside.copied().unwrap_or(inner.width()), step);
        let chosen = index == selected;
        let rect = Rect::from_min_size(corner, place);
        if segment(ui, rect, word, chosen).clicked() && !chosen {
            pressed = Some(index);
        }
        match beside {
            Some(width) => corner.x += width,
            None => corner.y += step,
        }
    }
    pressed
}

/// What a word needs that has others beside it.
fn segment_width(ui: &Ui, word: &str) -> f32 {
    let font = Text::Caption.font();
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), font, Color32::PLACEHOLDER);
    galley.size().x + 2.0 * SEGMENT_PADDING
}

/// Room for each: all the same where that is enough for each, else what it needs and an equal part of the
/// rest. `None` where they do not fit beside each other.
fn share(needs: &[f32], width: f32) -> Option<Vec<f32>> {
    let even = width / needs.len() as f32;
    if needs.iter().all(|need| *need <= even) {
        return Some(vec![even; needs.len()]);
    }
    let rest = (width - needs.iter().sum::<f32>()) / needs.len() as f32;
    (rest >= 0.0).then(|| needs.iter().map(|need| need + rest).collect())
}

fn segment(ui: &mut Ui, rect: Rect, word: &str, chosen: bool) -> Response {
    let t = theme::tokens(ui);
    let id = ui.scope_id().with(("segment", word));
    let response = ui.interact(rect, id, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, chosen, word));
    let radius = rect.height() / 2.0;
    let corner = CornerRadius::same(radius as u8);
    if chosen {
        let border = Stroke::new(1.0, t.border);
        ui.painter()
            .rect(rect, corner, t.surface, border, StrokeKind::Inside);
    }
    let ink = if chosen || response.hovered() {
        t.text
    } else {
        t.muted
    };
    let center = rect.center();
    paint_text(
        ui.painter(),
        center,
        Align2::CENTER_CENTER,
        word,
        Text::Caption,
        ink,
    );
    focus_ring(ui, rect, radius, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn name_button(ui: &Ui, response: &Response, name: &str) {
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
}

const PILL_ICON: f32 = 17.0;
const PILL_ICON_GAP: f32 = 7.0;
const PILL_PADDING: f32 = 16.0;
const LINK_PADDING: f32 = 5.0;
const SEGMENT_INSET: f32 = 3.0;
/// On either side of a word.
const SEGMENT_PADDING: f32 = 5.0;

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn segments_are_even_or_have_what_they_need_or_stand_below_each_other() {
        assert_eq!(share(&[30.0, 20.0], 80.0), Some(vec![40.0, 40.0]));
        assert_eq!(share(&[60.0, 10.0], 80.0), Some(vec![65.0, 15.0]));
        assert_eq!(share(&[60.0, 21.0], 80.0), None);
    }
}
