//! The calls that were: all or the missed ones, grouped by day, each with a way to call back.

use eframe::egui::{Align, Layout, Rect, Sense, Ui, pos2, vec2};
use hark_assets::icons;
use hark_phone::snapshot::{HistoryEntry, Outcome};
use hark_phone::{CallDirection, CallKind, Snapshot};

use crate::action::Action;
use crate::state::{HistoryFilter, HistoryState};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::Moment;
use crate::widgets::{
    Look, Tone, banner, card, divider, link, list_card, paint_icon, pill, round, segmented,
    text as label, text_centered, text_in, within,
};

pub fn view(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut HistoryState,
    moment: &Moment,
) -> Vec<Action> {
    let mut actions = top_line(ui, snapshot, state);
    if state.clear_asked {
        actions.extend(clear_question(ui));
    }
    let shown: Vec<&HistoryEntry> = snapshot
        .history
        .iter()
        .filter(|entry| passes(state.filter, entry))
        .collect();
    if shown.is_empty() {
        let (glyph, words) = match state.filter {
            HistoryFilter::All => (icons::HISTORY, text::no_history()),
            HistoryFilter::Missed => (icons::PHONE_MISSED, text::no_missed()),
        };
        card(ui, |ui| nothing(ui, glyph, words));
        return actions;
    }
    for day in shown.chunk_by(|a, b| same_day(a, b, moment)) {
        actions.extend(day_card(ui, day, moment));
    }
    actions
}

fn passes(filter: HistoryFilter, entry: &HistoryEntry) -> bool {
    match filter {
        HistoryFilter::All => true,
        HistoryFilter::Missed => entry.outcome == Outcome::Missed,
    }
}

fn same_day(a: &HistoryEntry, b: &HistoryEntry, moment: &Moment) -> bool {
    text::day(a.began, &moment.wall) == text::day(b.began, &moment.wall)
}

fn top_line(ui: &mut Ui, snapshot: &Snapshot, state: &HistoryState) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal(|ui| {
        let words = [text::all(), text::missed()];
        let selected = match state.filter {
            HistoryFilter::All => 0,
            HistoryFilter::Missed => 1,
        };
        match segmented(ui, &words, selected, FILTER_WIDTH) {
            Some(0) => actions.push(Action::FilterHistory(HistoryFilter::All)),
            Some(_) => actions.push(Action::FilterHistory(HistoryFilter::Missed)),
            None => {}
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let some = !snapshot.history.is_empty() && !state.clear_asked;
            if some && link(ui, text::clear()).clicked() {
                actions.push(Action::ClearHistory);
            }
        });
    });
    actions
}

fn clear_question(ui: &mut Ui) -> Vec<Action> {
    let mut actions = Vec::new();
    let question = text::clear_ask();
    banner(ui, Tone::Danger, icons::TRASH_2, question, None, |ui| {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if pill(ui, text::remove_all(), None, Look::Danger).clicked() {
                actions.push(Action::ClearHistory);
            }
            if pill(ui, text::keep(), None, Look::Raised).clicked() {
                actions.push(Action::KeepHistory);
            }
        });
    });
    actions
}

fn day_card(ui: &mut Ui, day: &[&HistoryEntry], moment: &Moment) -> Vec<Action> {
    let t = theme::tokens(ui);
    let mut actions = Vec::new();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let name = text::day(day[0].began, &moment.wall);
        label(ui, name, Text::Strong, t.muted);
        list_card(ui, |ui| {
            for (index, entry) in day.iter().enumerate() {
                if index > 0 {
                    divider(ui);
                }
                let line = text::history_line(entry, &moment.wall);
                actions.extend(row(ui, entry, &line));
            }
        });
    });
    actions
}

/// One call with what there is to say about it, and a button that calls back.
pub fn row(ui: &mut Ui, entry: &HistoryEntry, line: &str) -> Option<Action> {
    let t = theme::tokens(ui);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, size::ROW_HEIGHT), Sense::hover());
    let (glyph, ink) = sign(entry, t);
    let at = pos2(rect.left() + 9.0, rect.center().y);
    paint_icon(ui.painter(), at, glyph, 18.0, ink);
    let (left, right) = (rect.left() + 30.0, rect.right() - 46.0);
    let middle = rect.center().y;
    let upper = Rect::from_min_max(pos2(left, middle - 21.0), pos2(right, middle));
    let lower = Rect::from_min_max(pos2(left, middle), pos2(right, middle + 19.0));
    text_in(ui, upper, Align::Min, &entry.title, Text::Strong, t.text);
    text_in(ui, lower, Align::Min, line, Text::Small, t.muted);
    let corner = pos2(rect.right() - CALL_BACK, middle - CALL_BACK / 2.0);
    let place = Rect::from_min_size(corner, vec2(CALL_BACK, CALL_BACK));
    let name = text::call_back(&entry.title);
    let pressed = within(ui, place, entry.id, |ui| {
        round(ui, icons::PHONE, &name, CALL_BACK, Look::Soft).clicked()
    });
    pressed.then(|| call_back(entry))
}

/// A call to or from the own mailbox is called back with the PIN skipped.
fn call_back(entry: &HistoryEntry) -> Action {
    match entry.kind {
        CallKind::Voicemail | CallKind::PlayOnPhone => Action::CallVoicemail,
        CallKind::Person | CallKind::Automatic => Action::CallBack(entry.address.clone()),
    }
}

fn sign(entry: &HistoryEntry, t: &theme::Tokens) -> (char, eframe::egui::Color32) {
    match (entry.outcome, entry.direction) {
        (Outcome::Missed, _) => (icons::PHONE_MISSED, t.danger),
        (Outcome::Forwarded, _) => (icons::PHONE_FORWARDED, t.muted),
        (Outcome::Declined | Outcome::Refused | Outcome::Failed | Outcome::Cancelled, _) => {
            (icons::PHONE_OFF, t.muted)
        }
        (Outcome::Answered | Outcome::AnsweredElsewhere, CallDirection::Incoming) => {
            (icons::PHONE_INCOMING, t.muted)
        }
        (Outcome::Answered | Outcome::AnsweredElsewhere, CallDirection::Outgoing) => {
            (icons::PHONE_OUTGOING, t.muted)
        }
    }
}

/// An empty list: an icon and a sentence.
pub fn nothing(ui: &mut Ui, glyph: char, words: &str) {
    let t = theme::tokens(ui);
    ui.vertical_centered(|ui| {
        ui.add_space(14.0);
        crate::widgets::icon(ui, glyph, 26.0, t.muted);
        text_centered(ui, words, Text::Body, t.muted);
        ui.add_space(10.0);
    });
}

const FILTER_WIDTH: f32 = 176.0;
const CALL_BACK: f32 = 38.0;
