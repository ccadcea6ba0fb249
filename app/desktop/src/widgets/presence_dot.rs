//! The five presence states as shapes, so that colour never stands alone.

use egui::{Painter, Pos2, Stroke, vec2};
use hark_phone::Presence;

use crate::theme::Tokens;

/// Paints the sign of a presence state.
pub fn paint_presence(painter: &Painter, center: Pos2, presence: Presence, t: &Tokens) {
    match presence {
        Presence::Available => {
            painter.circle_filled(center, RADIUS, t.ok);
        }
        Presence::Busy => {
            painter.circle_filled(center, RADIUS, t.danger);
        }
        Presence::DoNotDisturb => {
            painter.circle_filled(center, RADIUS + 1.0, t.danger);
            let half = vec2(RADIUS * 0.6, 0.0);
            let bar = Stroke::new(2.0, t.on_danger);
            painter.line_segment([center - half, center + half], bar);
        }
        Presence::Away => {
            painter.circle_filled(center, RADIUS + 1.0, t.warn_sign);
            let hand = Stroke::new(1.5, t.surface);
            painter.line_segment([center, center - vec2(0.0, RADIUS * 0.75)], hand);
            painter.line_segment([center, center + vec2(RADIUS * 0.6, 0.0)], hand);
        }
        Presence::AppearOffline => {
            painter.circle_stroke(center, RADIUS - 0.5, Stroke::new(2.0, t.muted));
        }
    }
}

const RADIUS: f32 = 5.0;
