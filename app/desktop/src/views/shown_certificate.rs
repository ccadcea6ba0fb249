//! The certificate that a server has shown and that was refused: what two people need to compare it.
//! There is no way around it from here.

use egui::{Ui, accesskit::Role};
use hark_phone::snapshot::{Cause, Diagnosis};

use crate::state::is_about_certificate;
use crate::text;
use crate::theme::{self, Text};
use crate::views::Moment;
use crate::widgets::{card, text as label, text_wrapped};

/// Draws nothing where the certificate is not what is wrong.
pub fn view(ui: &mut Ui, diagnosis: &Diagnosis, moment: &Moment) {
    let Some(cause) = diagnosis.cause.filter(|cause| is_about_certificate(*cause)) else {
        return;
    };
    let shown = diagnosis
        .connection
        .as_ref()
        .and_then(|it| it.chain.first());
    let Some(certificate) = shown else {
        return;
    };
    let t = theme::tokens(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let heading = label(ui, text::shown_certificate(), Text::Strong, t.text);
        ui.ctx()
            .accesskit_node_builder(heading.id, |node| node.set_role(Role::Heading));
        for (name, value) in text::certificate_rows(certificate, &moment.wall) {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                label(ui, name, Text::Small, t.muted);
                text_wrapped(ui, value, Text::Body, t.text);
            });
        }
        let advice = match cause == Cause::UnknownAuthority {
            true => text::compare_authority(),
            false => text::compare_certificate(),
        };
        text_wrapped(ui, advice, Text::Small, t.muted);
    });
}
