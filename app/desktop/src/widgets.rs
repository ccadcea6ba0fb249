//! The small parts that views are made of. Each paints itself with the theme's tokens, carries its
//! accessible name and role, and shows a ring while it has the keyboard.

mod avatar;
mod button;
mod card;
mod disclosure;
mod field;
mod meter;
mod pad;
mod plot;
mod presence_dot;
mod search;
mod switch;
mod text;

pub use avatar::{Face, avatar, initials};
pub use button::{Look, link, pill, pill_icon, round, segmented};
pub use card::{Tone, banner, card, card_frame, divider, list_card};
pub use disclosure::{detail, disclosure, toggle};
pub use field::{Content, Field, choice};
pub use meter::{level_meter, quality_bars, quality_colour};
pub use pad::pad;
pub use plot::minute_plot;
pub use presence_dot::paint_presence;
pub use search::search;
pub use switch::switch;
pub use text::{
    icon, paint_icon, paint_text, text, text_at_end, text_centered, text_in, text_wrapped,
};

use egui::{self, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui};

use crate::theme::{self, size};

/// The ring around a control that has the keyboard.
pub fn focus_ring(ui: &Ui, rect: Rect, radius: f32, response: &Response) {
    if !response.has_focus() {
        return;
    }
    follow_keyboard(ui, rect, response);
    let ring = rect.expand(size::FOCUS_OFFSET);
    let stroke = Stroke::new(size::FOCUS_WIDTH, theme::tokens(ui).accent);
    let radius = radius + size::FOCUS_OFFSET;
    ui.painter().rect_stroke(
        ring,
        CornerRadius::same(radius.min(255.0) as u8),
        stroke,
        StrokeKind::Outside,
    );
}

/// Scrolls to a control that the keyboard has come to.
pub fn follow_keyboard(ui: &Ui, rect: Rect, response: &Response) {
    if response.gained_focus() && !response.is_pointer_button_down_on() {
        ui.scroll_to_rect(rect.expand(FOLLOWED), None);
    }
}

/// Fills the width that is left, but no wider than a column of text should be, in the middle.
pub fn column<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let width = (ui.available_width() - 2.0 * size::EDGE).min(size::COLUMN);
    let left = ((ui.available_width() - width) / 2.0).max(0.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(left);
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.x = 8.0;
            contents(ui)
        })
        .inner
    })
    .inner
}

/// Draws inside `rect` without taking space of the layout around it.
pub fn within<R>(
    ui: &mut Ui,
    rect: Rect,
    salt: impl std::hash::Hash + std::fmt::Debug,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let builder = egui::UiBuilder::new()
        .max_rect(rect)
        .id_salt(salt)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    contents(&mut ui.new_child(builder))
}

/// Makes a screen reader say this text as soon as it appears.
pub fn announce(ui: &Ui, id: egui::Id, politeness: egui::accesskit::Live) {
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_live(politeness));
}

/// Makes a screen reader say what is new about a subject. The same words are not said again where they are only
/// drawn anew, as on a screen that somebody comes back to.
pub fn announce_news(ui: &Ui, subject: &str, response: &Response, words: &str) {
    let said = egui::Id::unique(("said", subject));
    // A frame may be laid out twice, and only the second of both is told.
    let now = (words.to_owned(), ui.ctx().cumulative_frame_nr());
    let is_old = ui.data(|data| {
        let before: Option<(String, u64)> = data.get_temp(said);
        before.is_some_and(|before| before.0 == now.0 && before.1 != now.1)
    });
    if is_old {
        return;
    }
    let told = ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_live(egui::accesskit::Live::Polite);
    });
    if told.is_some() {
        ui.data_mut(|data| data.insert_temp(said, now));
    }
}

/// What a screen reader says of a control after its name: what the words beside it tell those who see them.
pub fn describe(response: &Response, words: &str) {
    response
        .ctx
        .accesskit_node_builder(response.id, |node| node.set_description(words));
}

/// What stays in sight around a control that was scrolled to: its ring, and that there is more.
const FOLLOWED: f32 = 12.0;
