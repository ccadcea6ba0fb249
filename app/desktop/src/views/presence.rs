//! The presence pill and its popup: five states, each with a line that says what rings, and the way
//! back to what follows from the calls.

use egui::{
    Align2, CornerRadius, CursorIcon, Popup, PopupCloseBehavior, Rect, RectAlign, Response, Sense,
    Stroke, StrokeKind, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use hark_assets::icons;
use hark_phone::{Presence, Snapshot};

use crate::action::Action;
use crate::text;
use crate::theme::{self, Text};
use crate::widgets::{divider, focus_ring, paint_icon, paint_presence, paint_text, text as label};

/// What the header leaves free for the pill: the longest state, in points.
pub const PILL_ROOM: f32 = 156.0;

/// The pill at the right end of `header`; opens the popup.
pub fn pill(ui: &mut Ui, header: Rect, snapshot: &Snapshot) -> Vec<Action> {
    let response = paint_pill(ui, header, snapshot.presence);
    Popup::menu(&response)
        .align(RectAlign::BOTTOM_END)
        .gap(6.0)
        .width(POPUP_WIDTH)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(text::presence_title())
        .show(|ui| popup(ui, snapshot))
        .map(|shown| shown.inner)
        .unwrap_or_default()
}

fn paint_pill(ui: &mut Ui, header: Rect, presence: Presence) -> Response {
    let t = theme::tokens(ui);
    let words = text::presence(presence);
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), Text::Caption.font(), t.text);
    let size = vec2(galley.size().x + DOT_ROOM + CHEVRON_ROOM + PADDING, HEIGHT);
    let rect = Rect::from_min_size(
        pos2(header.right() - size.x, header.center().y - HEIGHT / 2.0),
        size,
    );
    let response = ui.interact(rect, ui.scope_id().with("presence"), Sense::click());
    let name = text::presence_button(presence);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let fill = if response.hovered() {
        t.hovered(t.surface)
    } else {
        t.surface
    };
    let corner = CornerRadius::same((HEIGHT / 2.0) as u8);
    let border = Stroke::new(1.0, t.border);
    ui.painter()
        .rect(rect, corner, fill, border, StrokeKind::Inside);
    let middle = rect.center().y;
    paint_presence(ui.painter(), pos2(rect.left() + 16.0, middle), presence, t);
    let at = pos2(rect.left() + DOT_ROOM, middle - galley.size().y / 2.0);
    ui.painter().galley(at, galley, t.text);
    let chevron = pos2(rect.right() - 15.0, middle);
    paint_icon(ui.painter(), chevron, icons::CHEVRON_DOWN, 14.0, t.muted);
    focus_ring(ui, rect, HEIGHT / 2.0, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn popup(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.add_space(10.0);
        label(ui, text::presence_title(), Text::Caption, t.muted);
    });
    ui.add_space(2.0);
    let mut actions = Vec::new();
    let automatic = snapshot.presence_is_automatic;
    for presence in STATES {
        let choice = Choice {
            sign: Sign::State(presence),
            name: text::presence(presence),
            line: text::what_rings(presence),
            chosen: !automatic && presence == snapshot.presence,
        };
        if row(ui, &choice).clicked() {
            actions.push(Action::SetPresence(presence));
            ui.close();
        }
    }
    divider(ui);
    let choice = Choice {
        sign: Sign::Icon(icons::REFRESH_CW),
        name: text::automatic(),
        line: text::automatic_line(),
        chosen: automatic,
    };
    if row(ui, &choice).clicked() {
        actions.push(Action::ResetPresence);
        ui.close();
    }
    actions
}

/// One row of the popup.
struct Choice {
    sign: Sign,
    name: &'static str,
    line: &'static str,
    chosen: bool,
}

enum Sign {
    State(Presence),
    Icon(char),
}

fn row(ui: &mut Ui, choice: &Choice) -> Response {
    let t = theme::tokens(ui);
    let width = ui.available_width() - ROW_LEFT - ROW_RIGHT;
    let words = choice.line.to_owned();
    let font = Text::Small.font();
    let line = ui.painter().layout(words, font, t.muted, width);
    let height = line.size().y + 20.0 + 18.0;
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let chosen = choice.chosen;
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, true, chosen, choice.name));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(choice.line));
    let corner = CornerRadius::same(10);
    if response.hovered() || chosen {
        let fill = if chosen { t.accent_soft } else { t.sunken };
        ui.painter().rect_filled(rect, corner, fill);
    }
    let first = rect.top() + 18.0;
    let at = pos2(rect.left() + 18.0, first);
    match choice.sign {
        Sign::State(presence) => paint_presence(ui.painter(), at, presence, t),
        Sign::Icon(glyph) => paint_icon(ui.painter(), at, glyph, 15.0, t.muted),
    }
    let name = pos2(rect.left() + ROW_LEFT, first);
    let left = Align2::LEFT_CENTER;
    paint_text(ui.painter(), name, left, choice.name, Text::Strong, t.text);
    let below = name + Vec2::new(0.0, 10.0);
    ui.painter().galley(below, line, t.muted);
    if chosen {
        let check = pos2(rect.right() - 18.0, first);
        paint_icon(ui.painter(), check, icons::CHECK, 16.0, t.accent);
    }
    focus_ring(ui, rect.shrink(2.0), 8.0, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

const STATES: [Presence; 5] = [
    Presence::Available,
    Presence::Busy,
    Presence::DoNotDisturb,
    Presence::Away,
    Presence::AppearOffline,
];
const HEIGHT: f32 = 32.0;
const DOT_ROOM: f32 = 27.0;
const CHEVRON_ROOM: f32 = 22.0;
const PADDING: f32 = 4.0;
const POPUP_WIDTH: f32 = 324.0;
const ROW_LEFT: f32 = 36.0;
const ROW_RIGHT: f32 = 12.0;
