//! All calls that stand, when there are several: which one is heard, and the way to the others.

use egui::{Align, Rect, Sense, Ui, Vec2, pos2, vec2};
use hark_assets::icons;
use hark_phone::{CallState, CallView, Snapshot};

use crate::action::{Action, Held};
use crate::state::standing;
use crate::text;
use crate::theme::{self, Text, size};
use crate::widgets::{Look, column, divider, list_card, paint_icon, round, text_in, within};

/// Nothing for a call that is alone.
pub fn view(ui: &mut Ui, snapshot: &Snapshot, shown: &CallView) -> Vec<Action> {
    let calls: Vec<&CallView> = standing(snapshot).collect();
    if calls.len() < 2 {
        return vec![];
    }
    let mut actions = Vec::new();
    column(ui, |ui| {
        list_card(ui, |ui| {
            for (index, call) in calls.into_iter().enumerate() {
                if index > 0 {
                    divider(ui);
                }
                actions.extend(row(ui, call, call.id == shown.id));
            }
        });
        ui.add_space(size::GAP / 2.0);
    });
    actions
}

/// The engine holds the others when one goes on.
fn row(ui: &mut Ui, call: &CallView, is_shown: bool) -> Option<Action> {
    let t = theme::tokens(ui);
    let size = vec2(ui.available_width(), ROW);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let heard = is_shown && !call.held;
    let (glyph, ink) = if heard {
        (icons::VOLUME_2, t.accent)
    } else {
        (icons::PAUSE, t.muted)
    };
    let middle = rect.center().y;
    paint_icon(
        ui.painter(),
        pos2(rect.left() + 9.0, middle),
        glyph,
        18.0,
        ink,
    );
    let words = if heard && call.state == CallState::Connected {
        text::heard()
    } else {
        text::call_state(call)
    };
    let (left, right) = (rect.left() + 30.0, rect.right() - SWAP - 8.0);
    let upper = Rect::from_min_max(pos2(left, middle - 20.0), pos2(right, middle));
    let lower = Rect::from_min_max(pos2(left, middle), pos2(right, middle + 18.0));
    text_in(ui, upper, Align::Min, &call.title, Text::Strong, t.text);
    text_in(ui, lower, Align::Min, words, Text::Small, ink);
    let may_swap = !is_shown && call.state == CallState::Connected;
    let pressed = may_swap && swap(ui, rect, call);
    pressed.then_some(Action::SetHeld(call.id, Held::No))
}

fn swap(ui: &mut Ui, row: Rect, call: &CallView) -> bool {
    let center = pos2(row.right() - SWAP / 2.0, row.center().y);
    let place = Rect::from_center_size(center, Vec2::splat(SWAP));
    let name = text::swap_to(&call.title);
    within(ui, place, call.id, |ui| {
        round(ui, icons::ARROW_LEFT_RIGHT, &name, SWAP, Look::Soft).clicked()
    })
}

const ROW: f32 = 54.0;
const SWAP: f32 = 38.0;
