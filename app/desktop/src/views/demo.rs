//! What the demo offers: the server's side of a call, and a hint what to try with it.

use egui::Ui;
use hark_assets::icons;
use hark_phone::{RegistrationView, Snapshot};

use crate::action::Action;
use crate::state::DemoState;
use crate::text;
use crate::theme::{self, Text};
use crate::widgets::{Look, card, icon, pill_icon, text as label, text_wrapped};

/// The panel on the Home screen; nothing outside the demo.
pub fn panel(ui: &mut Ui, snapshot: &Snapshot, demo: &DemoState) -> Vec<Action> {
    if *demo != DemoState::Running {
        return vec![];
    }
    let t = theme::tokens(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal(|ui| {
            icon(ui, icons::FLASK_CONICAL, 17.0, t.accent);
            label(ui, text::demo_title(), Text::Strong, t.text);
        });
        text_wrapped(ui, text::demo_line(), Text::Small, t.muted);
        let ready = snapshot.registration == RegistrationView::Registered;
        ui.add_enabled_ui(ready, buttons).inner
    })
}

fn buttons(ui: &mut Ui) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal_wrapped(|ui| {
        let play = icons::VOICEMAIL;
        if pill_icon(ui, play, text::demo_play(), None, Look::Quiet).clicked() {
            actions.push(Action::DemoPlayOnPhone);
        }
        let call = icons::PHONE_INCOMING;
        if pill_icon(ui, call, text::demo_call(), None, Look::Quiet).clicked() {
            actions.push(Action::DemoCall);
        }
    });
    actions
}
