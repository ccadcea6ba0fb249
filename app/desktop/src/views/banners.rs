//! What stands over every tab: the way back to a call, and what is wrong.

use egui::{
    Align2, CornerRadius, CursorIcon, Sense, Ui, WidgetInfo, accesskit::Live, accesskit::Role,
    pos2, vec2,
};
use hark_assets::icons;
use hark_phone::snapshot::Problem;
use hark_phone::{CallView, RegistrationView, Snapshot};

use crate::action::Action;
use crate::state::{State, current_call, way_out};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::{Moment, recording};
use crate::widgets::{
    Tone, announce, banner, detail, disclosure, focus_ring, link, paint_icon, paint_text,
};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = Vec::new();
    if let Some(call) = current_call(snapshot).filter(|_| state.call.hidden)
        && call_bar(ui, call, moment)
    {
        actions.push(Action::ShowCall);
    }
    actions.extend(registration(ui, snapshot, moment));
    actions.extend(news(ui, snapshot, state.notice.as_deref()));
    actions.extend(problems(ui, &snapshot.problems));
    if let Some(saved) = &state.recording {
        actions.extend(recording::saved(ui, saved));
    }
    actions
}

/// What went wrong last. What stays is told once, as a problem, and not a second time as the news
/// that it was.
pub fn news(ui: &mut Ui, snapshot: &Snapshot, notice: Option<&str>) -> Vec<Action> {
    let fresh = |notice: &&str| {
        snapshot
            .problems
            .iter()
            .all(|problem| problem.text != **notice)
    };
    match notice.filter(fresh) {
        Some(notice) => notice_banner(ui, notice, is_failure(snapshot, notice)),
        None => vec![],
    }
}

/// What stands in the way.
pub fn problems(ui: &mut Ui, problems: &[Problem]) -> Vec<Action> {
    let mut actions = Vec::new();
    for problem in problems {
        let shown = ui.push_id(&problem.text, |ui| problem_banner(ui, problem));
        actions.extend(shown.inner);
    }
    actions
}

/// A bar that leads back to the call; true when it was pressed.
fn call_bar(ui: &mut Ui, call: &CallView, moment: &Moment) -> bool {
    let t = theme::tokens(ui);
    let size = vec2(ui.available_width(), size::BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::show_call()));
    let fill = if response.hovered() {
        t.hovered(t.ok)
    } else {
        t.ok
    };
    let radius = rect.height() / 2.0;
    ui.painter()
        .rect_filled(rect, CornerRadius::same(radius as u8), fill);
    let middle = rect.center().y;
    let glyph = pos2(rect.left() + 24.0, middle);
    paint_icon(ui.painter(), glyph, icons::PHONE_CALL, 17.0, t.on_ok);
    let name = pos2(rect.left() + 44.0, middle);
    let (left, ink) = (Align2::LEFT_CENTER, t.on_ok);
    paint_text(ui.painter(), name, left, &call.title, Text::Strong, ink);
    let state = match call.connected_at {
        Some(since) => text::timer(moment.now.saturating_duration_since(since)),
        None => text::call_state(call).to_owned(),
    };
    let end = pos2(rect.right() - 20.0, middle);
    let right = Align2::RIGHT_CENTER;
    paint_text(ui.painter(), end, right, &state, Text::Timer, ink);
    focus_ring(ui, rect, radius, &response);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

fn registration(ui: &mut Ui, snapshot: &Snapshot, moment: &Moment) -> Vec<Action> {
    match &snapshot.registration {
        RegistrationView::Lost { problem, next_try } => {
            let left = next_try.saturating_duration_since(moment.now);
            lost(ui, problem, &text::next_try(left))
        }
        RegistrationView::Failed(problem) => failed(ui, snapshot, problem),
        RegistrationView::SignedOut
        | RegistrationView::Connecting(_)
        | RegistrationView::Registered => vec![],
    }
}

fn lost(ui: &mut Ui, problem: &Problem, countdown: &str) -> Vec<Action> {
    let mut actions = Vec::new();
    let (title, glyph) = (text::offline_title(), icons::WIFI_OFF);
    let shown = banner(ui, Tone::Warn, glyph, title, Some(countdown), |ui| {
        actions = ways_out(ui, &technical(problem), |ui| {
            let pressed = link(ui, text::try_now()).clicked();
            let mut actions = Vec::from_iter(pressed.then_some(Action::RetryNow));
            actions.extend(why(ui));
            actions
        });
    });
    announce(ui, shown.id, Live::Polite);
    actions
}

fn failed(ui: &mut Ui, snapshot: &Snapshot, problem: &Problem) -> Vec<Action> {
    let mut actions = Vec::new();
    let (title, line) = (text::failed_title(), problem.text.as_str());
    let glyph = icons::CIRCLE_ALERT;
    let shown = banner(ui, Tone::Danger, glyph, title, Some(line), |ui| {
        actions = ways_out(ui, &problem.detail, |ui| {
            let retry = link(ui, text::try_now()).clicked();
            let mut actions = Vec::from_iter(retry.then_some(Action::RetryNow));
            let field = snapshot.diagnosis.cause.and_then(way_out);
            if let Some(field) = field {
                let mend = link(ui, text::mend(field)).clicked();
                actions.extend(mend.then_some(Action::Mend(field)));
            } else if let Some(account) = &snapshot.account
                && link(ui, text::change_account()).clicked()
            {
                actions.push(Action::OpenSetup(Box::new(account.clone())));
            }
            actions.extend(why(ui));
            actions
        });
    });
    announce(ui, shown.id, Live::Polite);
    actions
}

/// The way to the page that says why.
pub fn why(ui: &mut Ui) -> Option<Action> {
    link(ui, text::why())
        .clicked()
        .then_some(Action::ShowDiagnosis)
}

/// What can be done, and the technical line for those who ask.
fn ways_out(
    ui: &mut Ui,
    technical: &str,
    ways: impl FnOnce(&mut Ui) -> Vec<Action>,
) -> Vec<Action> {
    ui.add_space(2.0);
    let (actions, open) = ui
        .horizontal_wrapped(|ui| (ways(ui), disclosure(ui, text::details(), technical)))
        .inner;
    if open {
        detail(ui, technical);
    }
    actions
}

/// The sentence of a lost connection and its technical line.
fn technical(problem: &Problem) -> String {
    format!("{}\n{}", problem.text, problem.detail)
}

/// Whether this notice is about something that went wrong, and no mere word to know.
fn is_failure(snapshot: &Snapshot, notice: &str) -> Grave {
    let mut failures = snapshot.diagnosis.failures.iter();
    match failures.any(|failure| failure.text == notice) {
        true => Grave::Failure,
        false => Grave::Word,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grave {
    Failure,
    Word,
}

fn notice_banner(ui: &mut Ui, notice: &str, grave: Grave) -> Vec<Action> {
    let mut actions = Vec::new();
    let shown = banner(ui, Tone::Info, icons::INFO, notice, None, |ui| {
        ui.horizontal(|ui| {
            let read = link(ui, text::dismiss()).clicked();
            actions.extend(read.then_some(Action::DismissNotice));
            if grave == Grave::Failure {
                actions.extend(why(ui));
            }
        });
    });
    announce(ui, shown.id, Live::Polite);
    actions
}

fn problem_banner(ui: &mut Ui, problem: &Problem) -> Vec<Action> {
    let mut actions = Vec::new();
    let glyph = icons::TRIANGLE_ALERT;
    banner(ui, Tone::Warn, glyph, &problem.text, None, |ui| {
        actions = ways_out(ui, &problem.detail, |ui| Vec::from_iter(why(ui)));
    });
    actions
}
