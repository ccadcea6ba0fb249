//! The frame by which a window is moved, sized and closed, where the desktop leaves it to the program: on
//! Wayland, GNOME draws none.

use egui::{
    Align2, CornerRadius, CursorIcon, Rangef, Rect, ResizeDirection, Response, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, Vec2, ViewportCommand, WidgetInfo, accesskit::Role, pos2,
};
use hark_assets::icons;

use crate::text;
use crate::theme::{self, Text, size};
use crate::widgets::{focus_ring, paint_icon, paint_text};

/// Who draws the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FrameBy {
    #[default]
    Desktop,
    Hark,
}

impl FrameBy {
    /// What of the window's height the frame takes, in points.
    pub fn height(self) -> f32 {
        match self {
            Self::Desktop => 0.0,
            Self::Hark => size::FRAME_BAR,
        }
    }
}

/// Draws `contents` and the frame around it.
pub fn around<R>(ui: &mut Ui, by: FrameBy, contents: impl FnOnce(&mut Ui) -> R) -> R {
    if by == FrameBy::Desktop {
        return contents(ui);
    }
    let all = ui.max_rect();
    let (bar, inner) = all.split_top_bottom_at_y(all.top() + by.height());
    let mut inside = ui.new_child(UiBuilder::new().max_rect(inner).id_salt("framed"));
    inside.set_clip_rect(inner);
    let result = contents(&mut inside);
    // The window's own buttons come last for the keyboard and a screen reader.
    let is_maximised = ui.input(|input| input.viewport().maximized) == Some(true);
    title_bar(ui, bar, is_maximised);
    if !is_maximised {
        edges(ui, all);
    }
    result
}

fn title_bar(ui: &Ui, bar: Rect, is_maximised: bool) {
    let t = theme::tokens(ui);
    let grip = Sense::CLICK | Sense::DRAG;
    let response = ui.interact(bar, ui.scope_id().with("title bar"), grip);
    let (middle, centre) = (bar.center(), Align2::CENTER_CENTER);
    ui.painter().rect_filled(bar, 0, t.bg);
    paint_text(
        ui.painter(),
        middle,
        centre,
        text::APP,
        Text::Strong,
        t.muted,
    );
    let change = ViewportCommand::Maximized(!is_maximised);
    if response.double_clicked() {
        ui.ctx().send_viewport_cmd(change.clone());
    } else if response.drag_started() {
        ui.ctx().send_viewport_cmd(ViewportCommand::StartDrag);
    }
    let change_sign = match is_maximised {
        true => Sign::Restore,
        false => Sign::Maximise,
    };
    let buttons = [
        (Sign::Close, ViewportCommand::Close),
        (change_sign, change),
        (Sign::Minimise, ViewportCommand::Minimized(true)),
    ];
    let last = bar.right() - BESIDE_BUTTONS - BUTTON / 2.0;
    for (index, (sign, command)) in buttons.into_iter().enumerate() {
        let center = pos2(last - BUTTON * index as f32, middle.y);
        let rect = Rect::from_center_size(center, BUTTON_SIZE);
        if button(ui, rect, sign).clicked() {
            ui.ctx().send_viewport_cmd(command);
        }
    }
}

/// What a button of the frame does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sign {
    Minimise,
    Maximise,
    Restore,
    Close,
}

impl Sign {
    fn name(self) -> &'static str {
        match self {
            Self::Minimise => text::minimise(),
            Self::Maximise => text::maximise(),
            Self::Restore => text::restore(),
            Self::Close => text::close_window(),
        }
    }

    fn paint(self, ui: &Ui, rect: Rect) {
        let t = theme::tokens(ui);
        let stroke = Stroke::new(1.5, t.muted);
        let square = |rect| {
            let corner = CornerRadius::same(2);
            ui.painter()
                .rect_stroke(rect, corner, stroke, StrokeKind::Middle)
        };
        let sign = Rect::from_center_size(rect.center(), Vec2::splat(SIGN));
        match self {
            Self::Minimise => {
                let (x, y) = (sign.x_range(), sign.center().y);
                ui.painter().hline(x, y, stroke);
            }
            Self::Maximise => {
                square(sign);
            }
            Self::Restore => {
                square(sign.shrink(1.5));
            }
            Self::Close => paint_icon(ui.painter(), sign.center(), icons::X, 16.0, t.muted),
        }
    }
}

fn button(ui: &Ui, rect: Rect, sign: Sign) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(sign), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, sign.name()));
    if response.hovered() {
        let fill = theme::tokens(ui).sunken;
        ui.painter()
            .circle_filled(rect.center(), rect.height() / 2.0, fill);
    }
    sign.paint(ui, rect);
    focus_ring(ui, rect, rect.height() / 2.0, &response);
    response
}

/// A line around the window, at which it is made larger and smaller.
fn edges(ui: &Ui, all: Rect) {
    let line = Stroke::new(1.0, theme::tokens(ui).border);
    ui.painter().rect_stroke(all, 0, line, StrokeKind::Inside);
    for (index, (direction, cursor, side)) in GRIPS.into_iter().enumerate() {
        let id = ui.scope_id().with(("edge", index));
        // No stop of the keyboard: the desktop has keys of its own to size windows by.
        let response = ui.interact(grip(all, side), id, Sense::DRAG);
        if response.drag_started() {
            let resize = ViewportCommand::BeginResize(direction);
            ui.ctx().send_viewport_cmd(resize);
        }
        response.on_hover_cursor(cursor);
    }
}

/// Where the window is taken hold of to be sized, at this side of its width and its height: before, along or
/// behind it.
fn grip(all: Rect, [column, row]: [i8; 2]) -> Rect {
    let depth = match column != 0 && row != 0 {
        true => CORNER,
        false => GRIP,
    };
    let part = |range: Rangef, side: i8| match side {
        -1 => Rangef::new(range.min, range.min + depth),
        1 => Rangef::new(range.max - depth, range.max),
        _ => range.shrink(CORNER),
    };
    Rect::from_x_y_ranges(part(all.x_range(), column), part(all.y_range(), row))
}

const GRIPS: [(ResizeDirection, CursorIcon, [i8; 2]); 8] = [
    (ResizeDirection::North, CursorIcon::ResizeNorth, [0, -1]),
    (ResizeDirection::South, CursorIcon::ResizeSouth, [0, 1]),
    (ResizeDirection::West, CursorIcon::ResizeWest, [-1, 0]),
    (ResizeDirection::East, CursorIcon::ResizeEast, [1, 0]),
    (
        ResizeDirection::NorthWest,
        CursorIcon::ResizeNorthWest,
        [-1, -1],
    ),
    (
        ResizeDirection::NorthEast,
        CursorIcon::ResizeNorthEast,
        [1, -1],
    ),
    (
        ResizeDirection::SouthWest,
        CursorIcon::ResizeSouthWest,
        [-1, 1],
    ),
    (
        ResizeDirection::SouthEast,
        CursorIcon::ResizeSouthEast,
        [1, 1],
    ),
];

/// From one button of the frame to the next.
const BUTTON: f32 = 34.0;
const BESIDE_BUTTONS: f32 = 4.0;
const BUTTON_SIZE: Vec2 = Vec2::splat(28.0);
const SIGN: f32 = 10.0;
/// As far inside its edge as a window can be taken hold of.
const GRIP: f32 = 4.0;
const CORNER: f32 = 10.0;
