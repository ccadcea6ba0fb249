//! The four tabs: along the bottom of a narrow window, down the left of a wide one.

use egui::{
    Align2, CornerRadius, CursorIcon, Frame, Panel, Rect, Response, Sense, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use hark_assets::icons;
use hark_phone::Snapshot;

use crate::action::Action;
use crate::state::Tab;
use crate::text;
use crate::theme::{self, Text, size};
use crate::widgets::{focus_ring, paint_icon, paint_text};

pub fn bottom(ui: &mut Ui, snapshot: &Snapshot, current: Tab) -> Vec<Action> {
    let frame = Frame::new().fill(theme::tokens(ui).surface);
    Panel::bottom("tabs")
        .exact_size(size::TABS)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            let all = ui.max_rect().shrink2(vec2(8.0, 0.0));
            let width = all.width() / Tab::ALL.len() as f32;
            pressed(ui, snapshot, current, |index| {
                let left = all.left() + width * index as f32;
                Rect::from_min_size(pos2(left, all.top()), vec2(width, all.height()))
            })
        })
        .inner
}

pub fn rail(ui: &mut Ui, snapshot: &Snapshot, current: Tab) -> Vec<Action> {
    let frame = Frame::new().fill(theme::tokens(ui).surface);
    Panel::left("rail")
        .exact_size(size::RAIL)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            let all = ui.max_rect();
            pressed(ui, snapshot, current, |index| {
                let top = all.top() + size::GAP + (size::TABS + 8.0) * index as f32;
                Rect::from_min_size(pos2(all.left(), top), vec2(all.width(), size::TABS))
            })
        })
        .inner
}

fn pressed(
    ui: &mut Ui,
    snapshot: &Snapshot,
    current: Tab,
    place: impl Fn(usize) -> Rect,
) -> Vec<Action> {
    let mut actions = Vec::new();
    for (index, tab) in Tab::ALL.into_iter().enumerate() {
        let badge = if tab == Tab::People {
            snapshot.missed_unseen
        } else {
            0
        };
        if button(ui, place(index), tab, tab == current, badge).clicked() {
            actions.push(Action::Show(tab));
        }
    }
    actions
}

fn button(ui: &mut Ui, rect: Rect, tab: Tab, chosen: bool, badge: u32) -> Response {
    let t = theme::tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(tab as usize), Sense::click());
    let name = text::tab_name(tab, badge);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, &name));
    let pill = Rect::from_center_size(pos2(rect.center().x, rect.top() + 23.0), vec2(54.0, 28.0));
    let corner = CornerRadius::same(14);
    if chosen {
        ui.painter().rect_filled(pill, corner, t.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(pill, corner, t.sunken);
    }
    let ink = if chosen { t.accent } else { t.muted };
    paint_icon(ui.painter(), pill.center(), glyph(tab), 19.0, ink);
    let caption = pos2(rect.center().x, rect.top() + 49.0);
    paint_text(
        ui.painter(),
        caption,
        Align2::CENTER_CENTER,
        text::tab(tab),
        Text::Caption,
        ink,
    );
    if badge > 0 {
        count_badge(ui, pill.right_top() + vec2(-10.0, 4.0), badge);
    }
    focus_ring(ui, pill, 14.0, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A number on red; the control it sits on names it aloud.
pub fn count_badge(ui: &Ui, center: egui::Pos2, count: u32) {
    let t = theme::tokens(ui);
    let words = if count > 99 {
        "99+".to_owned()
    } else {
        count.to_string()
    };
    let galley = ui
        .painter()
        .layout_no_wrap(words, Text::Caption.font(), t.on_danger);
    let size = vec2((galley.size().x + 12.0).max(22.0), 22.0);
    let rect = Rect::from_center_size(center, size);
    ui.painter()
        .rect_filled(rect, CornerRadius::same(11), t.danger);
    let at = center - galley.size() / 2.0;
    ui.painter().galley(at, galley, t.on_danger);
}

fn glyph(tab: Tab) -> char {
    match tab {
        Tab::Home => icons::HOUSE,
        Tab::Keypad => icons::GRIP,
        Tab::People => icons::USERS,
        Tab::Settings => icons::SETTINGS,
    }
}
