//! The arrows with which a row of a list is put further up or down.

use egui::{Layout, Rect, Ui, UiBuilder, Vec2, pos2};
use hark_assets::icons;

use crate::text;
use crate::widgets::{Look, round};

/// One place further in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Up,
    Down,
}

impl Step {
    pub fn take<T>(self, list: &mut [T], index: usize) {
        match self {
            Self::Up => list.swap(index, index - 1),
            Self::Down => list.swap(index, index + 1),
        }
    }
}

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
pub struct Rank {
    pub index: usize,
    pub count: usize,
}

/// Draws `count` buttons at the end of a row. They are named after what the row shows and not after
/// its place: the keyboard moves with it.
pub fn at_end<R>(
    ui: &mut Ui,
    row: Rect,
    name: &str,
    count: f32,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let place = Rect::from_min_max(pos2(row.right() - count * BUTTON, row.top()), row.max);
    let builder = UiBuilder::new()
        .max_rect(place)
        .scope_id(ui.scope_id().with(name))
        .layout(Layout::left_to_right(egui::Align::Center));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    contents(&mut ui)
}

/// The two arrows. The ends of the list have nowhere to go.
pub fn arrows(ui: &mut Ui, name: &str, rank: Rank) -> Option<Step> {
    let Rank { index, count } = rank;
    let mut press = |glyph, words: String, is_enabled| {
        ui.add_enabled_ui(is_enabled, |ui| {
            round(ui, glyph, &words, BUTTON, Look::Bare).clicked()
        })
        .inner
    };
    let up = press(icons::CHEVRON_UP, text::move_up(name), index > 0);
    let down = press(
        icons::CHEVRON_DOWN,
        text::move_down(name),
        index + 1 < count,
    );
    up.then_some(Step::Up).or(down.then_some(Step::Down))
}

pub const BUTTON: f32 = 32.0;
