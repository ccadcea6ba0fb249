//! The last minute as a row of bars. The words that say the same stand beside it.

use egui::{Color32, CornerRadius, Rect, Sense, Ui, pos2, vec2};

use crate::theme;

/// One bar a second, the newest at the right, as wide as there is room: how high it is, 0.0 to 1.0, and
/// its colour. A second without a value is a gap.
pub fn minute_plot(ui: &mut Ui, bars: &[Option<(f32, Color32)>]) {
    let t = theme::tokens(ui);
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let step = rect.width() / SECONDS as f32;
    for slot in 0..SECONDS {
        let left = rect.left() + slot as f32 * step;
        let column = Rect::from_x_y_ranges(left..=left + step - GAP, rect.y_range());
        let ground = column.with_min_y(rect.bottom() - LEAST);
        let round = CornerRadius::same(1);
        ui.painter().rect_filled(ground, round, t.track);
        let behind_newest = SECONDS - 1 - slot;
        let bar = bars.iter().rev().nth(behind_newest).copied().flatten();
        if let Some((share, colour)) = bar {
            let height = (share.clamp(0.0, 1.0) * HEIGHT).max(LEAST);
            let top = pos2(column.left(), rect.bottom() - height);
            let bar = Rect::from_min_max(top, column.max);
            ui.painter().rect_filled(bar, round, colour);
        }
    }
}

const SECONDS: usize = 60;
const HEIGHT: f32 = 34.0;
const GAP: f32 = 1.0;
/// What is seen of the worst second, and of one without a value.
const LEAST: f32 = 2.0;
