//! Lists of any length in a column that scrolls: only what can be seen is drawn.

use egui::{Align, Rect, Sense, Shape, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::theme::{self, Text, size};
use crate::widgets::{card_frame, text_in};

/// Rows that belong together, on a card of their own.
pub struct Block {
    /// Empty for none.
    pub heading: String,
    pub rows: usize,
}

/// Draws the blocks and calls `row` for each row that can be seen, or nearly; returns their places in
/// the whole list. All rows are [`size::ROW_HEIGHT`] high.
pub fn show(
    ui: &mut Ui,
    blocks: impl Iterator<Item = Block> + Clone,
    mut row: impl FnMut(&mut Ui, usize),
) -> std::ops::Range<usize> {
    let height: f32 = blocks
        .clone()
        .map(|block| height_of(&block) + size::GAP)
        .sum();
    let width = ui.available_width();
    let whole = vec2(width, (height - size::GAP).max(0.0));
    let (rect, _) = ui.allocate_exact_size(whole, Sense::hover());
    // A row more at both ends, for the keyboard to move on to.
    let seen = ui.clip_rect().expand2(vec2(0.0, 2.0 * ROW)).y_range();
    let (mut top, mut first) = (rect.top(), 0);
    let mut drawn = 0..0;
    for block in blocks {
        let bottom = top + height_of(&block);
        if bottom >= seen.min && top <= seen.max {
            let place = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), bottom));
            let rows = in_block(ui, &block, place, first, &mut row);
            drawn = match drawn.is_empty() {
                true => rows,
                false => drawn.start..rows.end,
            };
        }
        first += block.rows;
        top = bottom + size::GAP;
    }
    drawn
}

fn in_block(
    ui: &mut Ui,
    block: &Block,
    place: Rect,
    first: usize,
    row: &mut impl FnMut(&mut Ui, usize),
) -> std::ops::Range<usize> {
    let t = theme::tokens(ui);
    let card = place.with_min_y(place.top() + heading_height(block));
    let seen = ui.clip_rect().expand2(vec2(0.0, 2.0 * ROW));
    if !block.heading.is_empty() {
        let heading = place.with_max_y(place.top() + HEADING);
        text_in(
            ui,
            heading,
            Align::Min,
            &block.heading,
            Text::Strong,
            t.muted,
        );
    }
    // A card of a thousand rows is painted as high as the eye can see.
    let painted = card.intersect(seen.expand(2.0 * ROW));
    ui.painter().add(ground(ui, painted));
    let inner = card.shrink2(vec2(size::CARD_PADDING, PADDING));
    let rows = block.rows;
    let at = |y: f32| (((y - inner.top()) / ROW).max(0.0) as usize).min(rows);
    let visible = at(seen.top())..(at(seen.bottom()) + 1).min(rows);
    for index in visible.clone() {
        let top = inner.top() + ROW * index as f32;
        let place = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), ROW));
        if index > 0 {
            let stroke = Stroke::new(1.0, t.border);
            ui.painter().hline(inner.x_range(), top - 0.5, stroke);
        }
        let builder = UiBuilder::new()
            .id_salt(("row", first + index))
            .max_rect(place.with_max_y(top + size::ROW_HEIGHT));
        row(&mut ui.new_child(builder), first + index);
    }
    first + visible.start..first + visible.end
}

fn ground(ui: &Ui, rect: Rect) -> Shape {
    card_frame(theme::tokens(ui)).paint(rect.shrink(1.0))
}

fn height_of(block: &Block) -> f32 {
    heading_height(block) + ROW * block.rows as f32 - 1.0 + 2.0 * PADDING
}

fn heading_height(block: &Block) -> f32 {
    match block.heading.is_empty() {
        true => 0.0,
        false => HEADING,
    }
}

/// A row and the line over it.
const ROW: f32 = size::ROW_HEIGHT + 1.0;
const HEADING: f32 = 28.0;
/// Above the first row and below the last one.
const PADDING: f32 = 3.0;
