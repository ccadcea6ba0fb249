//! A line that is there for those who ask: closed until it is pressed.

use egui::{
    CursorIcon, Id, Label, RichText, Sense, TextWrapMode, Ui, WidgetInfo, WidgetText,
    accesskit::Role, pos2, vec2,
};
use hark_assets::icons;

use super::{focus_ring, paint_icon};
use crate::theme::{self, Text};

/// A header that opens and closes `detail`; true while it is open.
pub fn disclosure(ui: &mut Ui, header: &str, detail: &str) -> bool {
    let id = ui.scope_id().with(("disclosure", detail));
    let mut open = ui.data(|data| data.get_temp(id).unwrap_or(false));
    if toggle(ui, id, header, open) {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    open
}

/// The technical line itself, which can be selected and copied.
pub fn detail(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui);
    let words = RichText::new(words).font(Text::Small.font()).color(t.muted);
    ui.add(Label::new(words).wrap().selectable(true));
}

/// The header; true when it was pressed.
pub fn toggle(ui: &mut Ui, id: Id, header: &str, open: bool) -> bool {
    let t = theme::tokens(ui);
    let galley = WidgetText::from(header).into_galley(
        ui,
        Some(TextWrapMode::Extend),
        f32::INFINITY,
        Text::Caption.font(),
    );
    let size = galley.size() + vec2(CHEVRON + 2.0 * PADDING, 2.0 * PADDING);
    let (_, rect) = ui.allocate_space(size);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, header));
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_expanded(open));
    let glyph = if open {
        icons::CHEVRON_DOWN
    } else {
        icons::CHEVRON_RIGHT
    };
    let ink = if response.hovered() { t.text } else { t.muted };
    let at = pos2(rect.left() + CHEVRON / 2.0, rect.center().y);
    paint_icon(ui.painter(), at, glyph, CHEVRON, ink);
    let words = rect.min + vec2(CHEVRON + PADDING, PADDING);
    ui.painter()
        .galley_with_override_text_color(words, galley, ink);
    focus_ring(ui, rect, PADDING, &response);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

const CHEVRON: f32 = 14.0;
const PADDING: f32 = 4.0;
