//! "Diagnostics" in the settings: the way to the page that checks everything, and what was said to the
//! server, as a file for those who help.

use std::path::Path;

use egui::{Ui, accesskit::Live};
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
    let check = pill_icon(
        ui,
        icons::CIRCLE_CHECK,
        text::show_diagnosis(),
        None,
        Look::Quiet,
    );
    let mut actions = Vec::from_iter(check.clicked().then_some(Action::ShowDiagnosis));
    text_wrapped(ui, text::trace_line(), Text::Small, t.muted);
    let pressed = pill_icon(ui, icons::DOWNLOAD, text::save_trace(), None, Look::Quiet).clicked();
    if let Some(saved) = saved {
        saved_file(ui, &text::trace_saved(saved.messages), &saved.path);
    }
    actions.extend(pressed.then(|| Action::SaveTrace(text::trace_name(&moment.wall))));
    actions
}

/// A file that was just written, and where it is.
pub fn saved_file(ui: &mut Ui, words: &str, file: &Path) {
    let t = theme::tokens(ui);
    ui.horizontal_top(|ui| {
        icon(ui, icons::CIRCLE_CHECK, 16.0, t.ok);
        ui.vertical(|ui| {
            let line = text_wrapped(ui, words, Text::Small, t.text);
            announce(ui, line.id, Live::Polite);
            detail(ui, &file.display().to_string());
        });
    });
}
