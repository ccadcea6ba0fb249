//! Sound levels as rows of segments, and the quality of a call as rising bars.

use egui::{
    Color32, CornerRadius, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};
use hark_phone::snapshot::Quality;

use crate::theme::{self, Tokens};

/// A row of segments of which `level` (0.0 to 1.0) are lit, as wide as `width`.
pub fn level_meter(ui: &mut Ui, name: &str, level: f32, width: f32) -> Response {
    let t = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, METER_HEIGHT), Sense::hover());
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Meter, enabled, name);
        info.value = Some(f64::from((level * 100.0).round()));
        info
    });
    let count = (width / PITCH).round().max(1.0) as usize;
    let pitch = (width + SEGMENT_GAP) / count as f32;
    let lit = (level.clamp(0.0, 1.0) * count as f32).round() as usize;
    for index in 0..count {
        let left = rect.left() + index as f32 * pitch;
        let size = vec2(pitch - SEGMENT_GAP, METER_HEIGHT);
        let segment = Rect::from_min_size(pos2(left, rect.top()), size);
        let colour = if index < lit { t.ok } else { t.track };
        ui.painter()
            .rect_filled(segment, CornerRadius::same(2), colour);
    }
    response
}

/// Four rising bars; the words stand beside them.
pub fn quality_bars(ui: &mut Ui, quality: Quality) -> Response {
    let t = theme::tokens(ui);
    let lit = match quality {
        Quality::Bad => 1,
        Quality::Poor => 2,
        Quality::Fair => 3,
        Quality::Good => 4,
    };
    let colour = quality_colour(t, quality);
    let size = vec2(4.0 * BAR + 3.0 * BAR_GAP, BAR_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    for index in 0..4 {
        let left = rect.left() + index as f32 * (BAR + BAR_GAP);
        let height = BAR_HEIGHT * (0.4 + 0.2 * index as f32);
        let bar = Rect::from_min_max(
            pos2(left, rect.bottom() - height),
            pos2(left + BAR, rect.bottom()),
        );
        let fill = if index < lit { colour } else { t.track };
        ui.painter().rect_filled(bar, CornerRadius::same(1), fill);
    }
    response
}

/// Never alone: bars, or words, say the same.
pub fn quality_colour(tokens: &Tokens, quality: Quality) -> Color32 {
    match quality {
        Quality::Bad => tokens.danger,
        Quality::Poor => tokens.warn,
        Quality::Fair | Quality::Good => tokens.ok,
    }
}

const METER_HEIGHT: f32 = 8.0;
/// From one segment to the next, about.
const PITCH: f32 = 8.5;
const SEGMENT_GAP: f32 = 2.5;
const BAR: f32 = 4.0;
const BAR_GAP: f32 = 2.0;
const BAR_HEIGHT: f32 = 12.0;
