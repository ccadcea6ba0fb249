//! "Diagnostics" in the settings: what was said to the server, as a file for those who help.

use eframe::egui::{Ui, accesskit::Live};
use hark_assets::icons;

use crate::action::Action;
use crate::state::SavedTrace;
use crate::text;
use crate::theme::{self, Text};
use crate::views::Moment;
use crate::widgets::{Look, announce, detail, icon, pill_icon, text_wrapped};

pub fn view(ui: &mut Ui, saved: Option<&SavedTrace>, moment: &Moment) -> Vec<Action> {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 10.0;
    text_wrapped(ui, text::trace_line(), Text::Small, t.muted);
    let pressed = pill_icon(ui, icons::DOWNLOAD, text::save_trace(), None, Look::Quiet).clicked();
    if let Some(saved) = saved {
        ui.horizontal_top(|ui| {
            icon(ui, icons::CIRCLE_CHECK, 16.0, t.ok);
            ui.vertical(|ui| {
                let words = text::trace_saved(saved.messages);
                let line = text_wrapped(ui, words, Text::Small, t.text);
                announce(ui, line.id, Live::Polite);
                detail(ui, &saved.path.display().to_string());
            });
        });
    }
    Vec::from_iter(pressed.then(|| Action::SaveTrace(text::trace_name(&moment.wall))))
}
