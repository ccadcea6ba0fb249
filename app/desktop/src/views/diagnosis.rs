//! "Why does it not work?": everything that has to be right for a call with an icon and a word, how
//! the call sounds, what went wrong last, and a report of it for those who help.

use std::path::Path;

use egui::{Align, CentralPanel, Layout, ScrollArea, Ui, accesskit::Role};
use hark_assets::icons;
use hark_phone::Snapshot;
use hark_phone::snapshot::Failure;

use crate::action::Action;
use crate::diagnosis::{Check, Topic, Verdict, checks, report};
use crate::state::State;
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::diagnostics::saved_file;
use crate::views::{Moment, accounts, asking, back, ground, minute};
use crate::widgets::{
    Look, card, column, detail, disclosure, divider, icon, link, list_card, pill_icon,
    text as label, text_centered, text_wrapped,
};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let frame = ground(ui);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            let mut actions = Vec::from_iter(back(ui).then_some(Action::HideDiagnosis));
            ScrollArea::vertical()
                .id_salt("diagnosis")
                .auto_shrink(false)
                .show(ui, |ui| {
                    column(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = size::GAP;
                        head(ui);
                        actions.extend(asking(ui, snapshot, state));
                        actions.extend(accounts::chooser(ui, snapshot));
                        list(ui, snapshot, moment);
                        let last = failures(ui, &snapshot.diagnosis.failures, moment);
                        actions.extend(last);
                        let saved = state.diagnosis.saved.as_deref();
                        actions.extend(report_card(ui, snapshot, saved, moment));
                        ui.add_space(size::GAP / 2.0);
                    });
                });
            actions
        })
        .inner
}

fn head(ui: &mut Ui) {
    let t = theme::tokens(ui);
    ui.add_space(16.0);
    let title = text_centered(ui, text::diagnosis_title(), Text::Title, t.text);
    ui.ctx()
        .accesskit_node_builder(title.id, |node| node.set_role(Role::Heading));
    text_centered(ui, text::diagnosis_line(), Text::Body, t.muted);
}

fn list(ui: &mut Ui, snapshot: &Snapshot, moment: &Moment) {
    list_card(ui, |ui| {
        for (index, check) in checks(snapshot, moment).iter().enumerate() {
            if index > 0 {
                divider(ui);
            }
            row(ui, check, snapshot);
        }
    });
}

/// An icon and a word, a sentence, and more for those who ask.
fn row(ui: &mut Ui, check: &Check, snapshot: &Snapshot) {
    let t = theme::tokens(ui);
    let (glyph, ink) = match check.verdict {
        Verdict::Ok => (icons::CIRCLE_CHECK, t.ok),
        Verdict::NotOk => (icons::CIRCLE_ALERT, t.danger),
        Verdict::Unknown => (icons::CIRCLE, t.muted),
    };
    let (topic, verdict) = (text::topic(check.topic), text::verdict(check.verdict));
    ui.add_space(ROW_PADDING);
    let shown = ui.push_id(topic, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            icon(ui, glyph, 18.0, ink);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    ui.spacing_mut().interact_size.y = 0.0;
                    text_wrapped(ui, topic, Text::Strong, t.text);
                    text_wrapped(ui, verdict, Text::Caption, ink);
                });
                text_wrapped(ui, &check.text, Text::Body, t.text);
                if check.topic == Topic::Sound {
                    plots(ui, snapshot);
                }
                let lines = check.lines.join("\n");
                if !lines.is_empty() && disclosure(ui, text::details(), &lines) {
                    detail(ui, &lines);
                }
            });
        })
        .response
    });
    ui.ctx().accesskit_node_builder(shown.inner.id, |node| {
        node.set_role(Role::ListItem);
        node.set_label(format!("{topic}: {verdict}"));
    });
    ui.add_space(ROW_PADDING);
}

/// How the call that is up came over the network.
fn plots(ui: &mut Ui, snapshot: &Snapshot) {
    let media = snapshot.calls.iter().find_map(|call| call.media.as_ref());
    if let Some(media) = media.filter(|media| !media.seconds.is_empty()) {
        ui.add_space(4.0);
        minute::measures(ui, &media.seconds);
    }
}

fn failures(ui: &mut Ui, failures: &[Failure], moment: &Moment) -> Option<Action> {
    let t = theme::tokens(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let clear = failures_head(ui, failures);
        if failures.is_empty() {
            text_wrapped(ui, text::no_failures(), Text::Small, t.muted);
        }
        for failure in failures {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                let when = text::moment_of(failure.at, &moment.wall);
                let when = format!("{when}{}", text::times(failure.times));
                label(ui, when, Text::Caption, t.muted);
                text_wrapped(ui, &failure.text, Text::Body, t.text);
            });
        }
        clear
    })
}

fn failures_head(ui: &mut Ui, failures: &[Failure]) -> Option<Action> {
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        let heading = label(ui, text::last_failures(), Text::Strong, t.text);
        ui.ctx()
            .accesskit_node_builder(heading.id, |node| node.set_role(Role::Heading));
        let right = Layout::right_to_left(Align::Center);
        let clear = ui.with_layout(right, |ui| {
            !failures.is_empty() && link(ui, text::clear()).clicked()
        });
        clear.inner.then_some(Action::ClearFailures)
    })
    .inner
}

fn report_card(
    ui: &mut Ui,
    snapshot: &Snapshot,
    saved: Option<&Path>,
    moment: &Moment,
) -> Vec<Action> {
    let t = theme::tokens(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        text_wrapped(ui, text::report_line(), Text::Small, t.muted);
        let save = pill_icon(ui, icons::DOWNLOAD, text::save_report(), None, Look::Quiet);
        if let Some(file) = saved {
            saved_file(ui, text::report_saved(), file);
        }
        let pressed = save.clicked();
        Vec::from_iter(pressed.then(|| Action::SaveReport(report(snapshot, moment))))
    })
}

const ROW_PADDING: f32 = 8.0;
