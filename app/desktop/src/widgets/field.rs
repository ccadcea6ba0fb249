//! Text fields with a caption over them, and choices from a list.

use egui::{
    Color32, ComboBox, CornerRadius, Frame, Id, Margin, Response, Stroke, TextEdit, Ui, vec2,
};

use hark_assets::icons;

use super::{paint_icon, text_wrapped};
use crate::theme::{self, Text, size};

/// One line of text with a caption, a hint, and what is wrong with it.
pub struct Field<'a> {
    pub caption: &'a str,
    pub hint: &'a str,
    /// What the field does, below it; empty where the caption says enough.
    pub about: &'a str,
    pub content: Content,
    pub error: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Content {
    Plain,
    /// Shown as dots.
    #[default]
    Secret,
}

impl Field<'_> {
    pub fn show(&self, ui: &mut Ui, value: &mut String) -> Response {
        self.show_beside(ui, value, 0)
    }

    /// The same, with so many points left free at its end for a button.
    pub fn show_beside(&self, ui: &mut Ui, value: &mut String, button: i8) -> Response {
        let t = theme::tokens(ui);
        ui.spacing_mut().item_spacing.y = 5.0;
        let caption = text_wrapped(ui, self.caption, Text::Caption, t.muted);
        let id = ui.scope_id().with(("field", self.caption));
        let below = self.hint_below(ui, button);
        let hint = if below { "" } else { self.hint };
        let response = ui
            .add(self.edit(ui, id, hint, value, button))
            .labelled_by(caption.id);
        super::follow_keyboard(ui, response.rect, &response);
        if let Some(error) = self.error {
            let line = text_wrapped(ui, error, Text::Small, t.danger);
            super::announce(ui, line.id, egui::accesskit::Live::Polite);
        } else {
            let about = [if below { self.hint } else { "" }, self.about];
            for words in about.into_iter().filter(|words| !words.is_empty()) {
                text_wrapped(ui, words, Text::Small, t.muted);
            }
        }
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(self.about));
        response
    }

    /// Whether the hint is longer than the field: then it stands below, whole.
    fn hint_below(&self, ui: &Ui, button: i8) -> bool {
        let hint = self.hint.to_owned();
        let galley = ui
            .painter()
            .layout_no_wrap(hint, Text::Body.font(), Color32::PLACEHOLDER);
        // The cursor stands beside it.
        galley.size().x > ui.available_width() - f32::from(2 * INSET + button) - CURSOR
    }

    fn edit<'t>(
        &self,
        ui: &Ui,
        id: Id,
        hint: &'t str,
        value: &'t mut String,
        button: i8,
    ) -> TextEdit<'t> {
        let t = theme::tokens(ui);
        let stroke = if self.error.is_some() {
            Stroke::new(1.5, t.danger)
        } else if ui.memory(|memory| memory.has_focus(id)) {
            Stroke::new(1.5, t.accent)
        } else {
            Stroke::new(1.0, t.border)
        };
        let frame = Frame::new()
            .fill(t.surface)
            .stroke(stroke)
            .corner_radius(CornerRadius::same(size::FIELD_RADIUS))
            .inner_margin(Margin {
                right: INSET + button,
                ..Margin::symmetric(INSET, 8)
            });
        TextEdit::singleline(value)
            .id(id)
            .password(self.content == Content::Secret)
            .hint_text(egui::RichText::new(hint).color(t.muted))
            .font(Text::Body.font())
            .text_color(t.text)
            .frame(frame)
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, size::FIELD_HEIGHT))
            .align(egui::Align2::LEFT_CENTER)
    }
}

/// Between the frame of a field and its text.
const INSET: i8 = 12;
const CURSOR: f32 = 8.0;

/// A list to choose from; returns the index that was chosen, if another one was.
pub fn choice(ui: &mut Ui, caption: &str, options: &[String], selected: usize) -> Option<usize> {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 5.0;
    let label = text_wrapped(ui, caption, Text::Caption, t.muted);
    let shown = options
        .get(selected)
        .map(String::as_str)
        .unwrap_or_default();
    let mut chosen = None;
    ui.spacing_mut().interact_size.y = size::FIELD_HEIGHT;
    let list = ComboBox::from_id_salt(("choice", caption))
        .width(ui.available_width())
        .selected_text(shown)
        .icon(|ui, rect, _, _| {
            let ink = theme::tokens(ui).muted;
            paint_icon(ui.painter(), rect.center(), icons::CHEVRON_DOWN, 15.0, ink);
        })
        .wrap()
        .show_ui(ui, |ui| {
            ui.spacing_mut().interact_size.y = size::SMALL_BUTTON_HEIGHT;
            for (index, option) in options.iter().enumerate() {
                let picked = ui.selectable_label(index == selected, option.as_str());
                if picked.clicked() && index != selected {
                    chosen = Some(index);
                }
            }
        });
    list.response.labelled_by(label.id);
    chosen
}
