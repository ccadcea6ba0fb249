//! A field that asks where a call shall go.

use egui::{Key, Ui};

use crate::state::Destination;
use crate::text;
use crate::widgets::{Content, Field};

/// How the field was left in this frame, if it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    On,
    Entered,
    Escaped,
}

pub fn field(ui: &mut Ui, caption: &str, to: &mut Destination) -> Typed {
    let field = Field {
        caption,
        hint: text::destination_hint(),
        about: "",
        content: Content::Plain,
        error: to.error.as_deref(),
    };
    let response = ui.vertical(|ui| field.show(ui, &mut to.typed)).inner;
    if response.changed() {
        to.error = None;
    }
    if std::mem::take(&mut to.wants_focus) {
        response.request_focus();
    }
    let left_by = |key| response.lost_focus() && ui.input(|input| input.key_pressed(key));
    if left_by(Key::Enter) {
        Typed::Entered
    } else if left_by(Key::Escape) {
        Typed::Escaped
    } else {
        Typed::On
    }
}
