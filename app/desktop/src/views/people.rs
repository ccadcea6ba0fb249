//! The People tab: past calls and contacts, with a switch between them.

use egui::{Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::Snapshot;

use crate::action::{Action, PeopleAction};
use crate::state::{ContactPage, PeopleNews, PeoplePart, State};
use crate::text;
use crate::views::{Moment, contact_form, contacts, history};
use crate::widgets::{Look, Tone, announce, banner, pill, segmented};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = dropped(ui);
    if state.people.page == ContactPage::List {
        actions.extend(switch(ui, state.people.part));
    }
    actions.extend(match (state.people.part, state.people.page) {
        (PeoplePart::Calls, _) => history::view(ui, snapshot, &mut state.history, moment),
        (PeoplePart::Contacts, ContactPage::List) => {
            contacts::list(ui, snapshot, &mut state.people)
        }
        (PeoplePart::Contacts, ContactPage::Contact(id)) => contacts::page(ui, snapshot, id),
        (PeoplePart::Contacts, ContactPage::Form) => contact_form::view(ui, &mut state.people.form),
        (PeoplePart::Contacts, ContactPage::Files) => {
            contact_form::files(ui, snapshot, &mut state.people.file)
        }
    });
    actions
}

fn switch(ui: &mut Ui, part: PeoplePart) -> Vec<Action> {
    let words = [text::past_calls(), text::contacts()];
    let selected = match part {
        PeoplePart::Calls => 0,
        PeoplePart::Contacts => 1,
    };
    let width = ui.available_width();
    let part = match segmented(ui, &words, selected, width) {
        Some(0) => PeoplePart::Calls,
        Some(_) => PeoplePart::Contacts,
        None => return vec![],
    };
    vec![people(PeopleAction::Show(part))]
}

/// What was done, and the way back from it. It stands where no scrolling hides it.
pub fn news(ui: &mut Ui, news: &PeopleNews) -> Vec<Action> {
    let mut actions = Vec::new();
    let (glyph, undo) = match news {
        PeopleNews::CallRemoved { .. } | PeopleNews::ContactRemoved { .. } => {
            (icons::TRASH_2, true)
        }
        PeopleNews::Imported { .. } | PeopleNews::Exported { .. } => (icons::CIRCLE_CHECK, false),
    };
    let words = text::people_news(news);
    let shown = banner(ui, Tone::Info, glyph, &words, None, |ui| {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if undo && pill(ui, text::undo(), None, Look::Accent).clicked() {
                actions.push(people(PeopleAction::Undo));
            }
            if pill(ui, text::dismiss(), None, Look::Raised).clicked() {
                actions.push(people(PeopleAction::DismissNews));
            }
        });
    });
    announce(ui, shown.id, Live::Polite);
    actions
}

/// Files of contacts that are dropped on the window.
fn dropped(ui: &Ui) -> Vec<Action> {
    let is_cards = |path: &std::path::PathBuf| {
        let extension = path.extension().unwrap_or_default();
        extension.eq_ignore_ascii_case("vcf") || extension.eq_ignore_ascii_case("vcard")
    };
    ui.input(|input| {
        let files = input.raw.dropped_files.iter();
        let paths = files.map(|file| file.path().to_owned()).filter(is_cards);
        paths
            .map(|path| people(PeopleAction::ImportDropped(path)))
            .collect()
    })
}

pub fn people(action: PeopleAction) -> Action {
    Action::People(action)
}
