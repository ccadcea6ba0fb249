//! A control for a setting, with the lines that stand below it: who has locked it, what its last change has
//! done.

use egui::{Ui, accesskit::Live};
use hark_phone::portable::Locks;

use crate::state::Answers;
use crate::text;
use crate::theme::{self, Text};
use crate::widgets::{announce, text_wrapped};

/// What is known of the settings besides what they are.
#[derive(Clone, Copy)]
pub struct About<'a> {
    pub locks: &'a Locks,
    pub answers: &'a Answers,
}

/// Draws a control. One that the administrator has set cannot be used, and says so; one that was used says
/// what it has done, aloud too.
pub fn setting<R>(
    ui: &mut Ui,
    about: About<'_>,
    key: &str,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let (locked, answer) = (about.locks.holds(key), about.answers.of(key));
    if !locked && answer.is_none() {
        return contents(ui);
    }
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        let drawn = ui.add_enabled_ui(!locked, contents).inner;
        if locked {
            text_wrapped(ui, text::set_by_administrator(), Text::Small, t.muted);
        } else if let Some(answer) = answer {
            let line = text_wrapped(ui, answer, Text::Small, t.ok);
            announce(ui, line.id, Live::Polite);
        }
        drawn
    })
    .inner
}
