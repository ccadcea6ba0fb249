//! The calls that were: all, the missed ones or those with the mailbox, looked through by words or a
//! number, grouped by day, each with a way to call back.

use egui::{
    Align, Color32, Layout, Popup, PopupCloseBehavior, Rect, RectAlign, Sense, Ui, pos2, vec2,
};
use hark_assets::icons;
use hark_phone::snapshot::{
    HistoryDay, HistoryEntry, HistoryFilter, HistoryList, HistoryQuestion, Outcome,
};
use hark_phone::{AccountId, CallDirection, CallKind, Snapshot, people as address_book};

use crate::action::{Action, PeopleAction};
use crate::state::HistoryState;
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::Moment;
use crate::views::long_list::{self, Block};
use crate::views::people::people;
use crate::widgets::{
    Look, Tone, banner, card, link, paint_icon, pill, round, search, segmented, text_centered,
    text_in, within,
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
    search(ui, text::search_calls(), &mut state.search);
    let wanted = HistoryQuestion {
        filter: state.filter,
        search: state.search.trim().to_owned(),
        first: 0,
    };
    let Some(list) = &snapshot.history_list else {
        actions.push(people(PeopleAction::List(wanted)));
        return actions;
    };
    // What was found before stays until there is something better, so that nothing flickers.
    let is_answer = list.question.filter == wanted.filter && list.question.search == wanted.search;
    if !is_answer {
        actions.push(people(PeopleAction::List(wanted)));
    }
    if list.days.is_empty() {
        let (glyph, words) = nothing_in(&list.question);
        card(ui, |ui| nothing(ui, glyph, words));
        return actions;
    }
    let shown = days(ui, snapshot, list, moment, &mut actions);
    if is_answer && let Some(first) = page_for(list, &shown) {
        actions.push(people(PeopleAction::List(HistoryQuestion {
            first,
            ..list.question.clone()
        })));
    }
    actions
}

/// All days; returns which calls were in sight.
fn days(
    ui: &mut Ui,
    snapshot: &Snapshot,
    list: &HistoryList,
    moment: &Moment,
    actions: &mut Vec<Action>,
) -> std::ops::Range<usize> {
    let block = |day: &HistoryDay| Block {
        heading: text::date_in_words(day.date, &moment.wall),
        rows: day.calls,
    };
    long_list::show(ui, list.days.iter().map(block), |ui, index| {
        let Some(entry) = list.row(index) else {
            return missing(ui);
        };
        let line = text::history_line(entry, whose(snapshot, entry), &moment.wall);
        let more = more(ui, snapshot, entry);
        actions.extend(more.into_iter().map(people));
        actions.extend(row(ui, entry, &line, MORE));
    })
}

/// The page that has to be read for what is in sight, well before its end is.
fn page_for(list: &HistoryList, shown: &std::ops::Range<usize>) -> Option<usize> {
    let (first, end) = (list.question.first, list.question.first + list.rows.len());
    let too_high = first > 0 && shown.start < first + READ_AHEAD;
    let too_low = end < list.calls() && shown.end + READ_AHEAD > end;
    let room = HistoryQuestion::ROWS.saturating_sub(shown.len()) / 2;
    (too_high || too_low).then(|| shown.start.saturating_sub(room))
}

fn nothing_in(question: &HistoryQuestion) -> (char, &'static str) {
    if !question.search.is_empty() {
        return (icons::SEARCH, text::nothing_found());
    }
    match question.filter {
        HistoryFilter::All => (icons::HISTORY, text::no_history()),
        HistoryFilter::Missed => (icons::PHONE_MISSED, text::no_missed()),
        HistoryFilter::Voicemail => (icons::VOICEMAIL, text::no_voicemail_calls()),
    }
}

fn top_line(ui: &mut Ui, snapshot: &Snapshot, state: &HistoryState) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal(|ui| {
        let words = [text::all(), text::missed(), text::voicemail()];
        let selected = match state.filter {
            HistoryFilter::All => 0,
            HistoryFilter::Missed => 1,
            HistoryFilter::Voicemail => 2,
        };
        let filter = match segmented(ui, &words, selected, FILTER_WIDTH) {
            Some(0) => Some(HistoryFilter::All),
            Some(1) => Some(HistoryFilter::Missed),
            Some(_) => Some(HistoryFilter::Voicemail),
            None => None,
        };
        actions.extend(filter.map(|filter| people(PeopleAction::FilterCalls(filter))));
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

/// One call with what there is to say about it, and a button that calls back; `room` is left free
/// behind the title.
pub fn row(ui: &mut Ui, entry: &HistoryEntry, line: &str, room: f32) -> Option<Action> {
    let t = theme::tokens(ui);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, size::ROW_HEIGHT), Sense::hover());
    let (glyph, ink) = sign(entry, t);
    let at = pos2(rect.left() + 9.0, rect.center().y);
    paint_icon(ui.painter(), at, glyph, 18.0, ink);
    let (left, right) = (rect.left() + 30.0, rect.right() - 46.0);
    let middle = rect.center().y;
    let upper = Rect::from_min_max(pos2(left, middle - 21.0), pos2(right - room, middle));
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

/// What else can be done with a call, behind a button beside its title.
fn more(ui: &mut Ui, snapshot: &Snapshot, entry: &HistoryEntry) -> Option<PeopleAction> {
    let row = ui.max_rect();
    let center = pos2(row.right() - 46.0 - MORE / 2.0, row.center().y - 10.5);
    let place = Rect::from_center_size(center, vec2(MORE, MORE));
    let name = text::more_about(&entry.title);
    let button = within(ui, place, ("more", entry.id), |ui| {
        round(ui, icons::ELLIPSIS, &name, MORE, Look::Bare)
    });
    Popup::menu(&button)
        .align(RectAlign::BOTTOM_END)
        .width(MENU_WIDTH)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .accessible_name(&name)
        .show(|ui| menu(ui, snapshot, entry))
        .and_then(|shown| shown.inner)
}

fn menu(ui: &mut Ui, snapshot: &Snapshot, entry: &HistoryEntry) -> Option<PeopleAction> {
    ui.spacing_mut().item_spacing.y = 4.0;
    let is_known = address_book::named(&snapshot.contacts, &entry.title).is_some();
    let mut chosen = None;
    if entry.kind == CallKind::Person && !is_known {
        let pressed = pill(ui, text::add_to_contacts(), None, Look::Bare).clicked();
        chosen = pressed.then(|| write_down(snapshot, entry));
    }
    if pill(ui, text::remove_call(), None, Look::Bare).clicked() {
        chosen = Some(PeopleAction::RemoveCall {
            id: entry.id,
            title: entry.title.clone(),
        });
    }
    chosen
}

/// A caller without a name has only a number, which is no name to keep.
fn write_down(snapshot: &Snapshot, entry: &HistoryEntry) -> PeopleAction {
    let account = snapshot.account.as_ref();
    let address = match account {
        Some(account) => account.spoken(&entry.address),
        None => entry.address.clone(),
    };
    let name = match entry.title == address || entry.title.starts_with('+') {
        true => String::new(),
        false => entry.title.clone(),
    };
    PeopleAction::Write { name, address }
}

/// Whose call it was, where it could have been another account's.
pub fn whose<'a>(snapshot: &Snapshot, entry: &'a HistoryEntry) -> Option<&'a AccountId> {
    let several = snapshot.has_several_accounts();
    entry.account.as_ref().filter(|_| several)
}

/// A call to or from the own mailbox is called back with the PIN skipped.
fn call_back(entry: &HistoryEntry) -> Action {
    let action = match entry.kind {
        CallKind::Voicemail | CallKind::PlayOnPhone => Action::CallVoicemail,
        CallKind::Person | CallKind::Automatic => Action::CallBack(entry.address.clone()),
    };
    action.by(entry.account.as_ref())
}

/// Calls with the mailbox and of machines have a picture of their own; those of people show how they
/// went.
fn sign(entry: &HistoryEntry, t: &theme::Tokens) -> (char, Color32) {
    let ink = match entry.outcome {
        Outcome::Missed => t.danger,
        Outcome::Answered
        | Outcome::Declined
        | Outcome::Refused
        | Outcome::Forwarded
        | Outcome::AnsweredElsewhere
        | Outcome::Failed
        | Outcome::Cancelled => t.muted,
    };
    let glyph = match entry.kind {
        CallKind::Voicemail => icons::VOICEMAIL,
        CallKind::PlayOnPhone => icons::CIRCLE_PLAY,
        CallKind::Automatic => icons::BOT,
        CallKind::Person => outcome_sign(entry),
    };
    (glyph, ink)
}

fn outcome_sign(entry: &HistoryEntry) -> char {
    match (entry.outcome, entry.direction) {
        (Outcome::Missed, _) => icons::PHONE_MISSED,
        (Outcome::Forwarded, _) => icons::PHONE_FORWARDED,
        (Outcome::Declined | Outcome::Refused | Outcome::Failed | Outcome::Cancelled, _) => {
            icons::PHONE_OFF
        }
        (Outcome::AnsweredElsewhere, _) => icons::CHECK,
        (Outcome::Answered, CallDirection::Incoming) => icons::PHONE_INCOMING,
        (Outcome::Answered, CallDirection::Outgoing) => icons::PHONE_OUTGOING,
    }
}

/// A row that is still being read.
fn missing(ui: &mut Ui) {
    let t = theme::tokens(ui);
    let row = ui.max_rect();
    for (top, width) in [(18.0, 150.0), (36.0, 96.0)] {
        let corner = row.min + vec2(30.0, top);
        let rect = Rect::from_min_size(corner, vec2(width, 9.0));
        ui.painter().rect_filled(rect, 4.0, t.sunken);
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

/// How near the end of a page may come before the next one is read.
const READ_AHEAD: usize = 40;

const FILTER_WIDTH: f32 = 250.0;
const CALL_BACK: f32 = 38.0;
const MORE: f32 = 26.0;
const MENU_WIDTH: f32 = 180.0;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn list(first: usize, rows: usize, calls: usize) -> HistoryList {
        let entry = HistoryEntry {
            account: None,
            id: 1,
            direction: CallDirection::Incoming,
            kind: CallKind::Person,
            outcome: Outcome::Answered,
            title: String::new(),
            address: String::new(),
            began: UNIX_EPOCH,
            talked: Duration::ZERO,
        };
        HistoryList {
            question: HistoryQuestion {
                first,
                ..HistoryQuestion::default()
            },
            days: Arc::from([HistoryDay {
                date: jiff::civil::date(2026, 3, 5),
                calls,
            }]),
            rows: vec![entry; rows].into(),
        }
    }

    #[test]
    fn the_next_page_is_read_before_it_comes_into_sight() {
        for (list, shown, page) in [
            (list(0, 10, 10), 0..10, None),
            (list(0, 200, 9_000), 0..12, None),
            (list(0, 200, 9_000), 140..152, None),
            (list(0, 200, 9_000), 155..167, Some(61)),
            // Thrown far away by the scroll bar.
            (list(0, 200, 9_000), 5_000..5_012, Some(4_906)),
            (list(4_906, 200, 9_000), 5_000..5_012, None),
            (list(4_906, 200, 9_000), 4_930..4_942, Some(4_836)),
            // At the ends there is nothing more to read.
            (list(8_900, 100, 9_000), 8_988..9_000, None),
            (list(0, 200, 9_000), 5..17, None),
        ] {
            let what = format!("{} {shown:?}", list.question.first);
            assert_eq!(page_for(&list, &shown), page, "{what}");
        }
    }
}
