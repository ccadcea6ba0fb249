//! The People tab: calls listed and removed, contacts written down.

use std::path::PathBuf;

use hark_phone::snapshot::HistoryQuestion;
use hark_phone::{Command, IfTaken, Snapshot};

use super::send;
use crate::action::{Effect, PeopleAction};
use crate::state::{
    ContactError, ContactForm, ContactPage, PeopleNews, PeoplePart, State, unusable,
};
use crate::text;

pub(super) fn reduce(state: &mut State, snapshot: &Snapshot, action: PeopleAction) -> Vec<Effect> {
    match action {
        PeopleAction::Show(part) => {
            state.people.part = part;
            state.people.page = ContactPage::List;
            state.history.clear_asked = false;
            vec![]
        }
        PeopleAction::List(question) => list(state, snapshot, question),
        PeopleAction::FilterCalls(filter) => {
            state.history.filter = filter;
            vec![]
        }
        PeopleAction::RemoveCall { id, title } => {
            state.people.news = Some(PeopleNews::CallRemoved { title });
            send(Command::RemoveFromHistory { call: id })
        }
        PeopleAction::Undo => undo(state),
        PeopleAction::DismissNews => {
            state.people.news = None;
            vec![]
        }
        PeopleAction::Turn(page) => turn(state, page),
        PeopleAction::Write { name, address } => write(state, ContactForm::of_new(name, address)),
        PeopleAction::Change(id) => {
            let contact = snapshot.contacts.iter().find(|contact| contact.id == id);
            let form = contact.map(ContactForm::of);
            form.map_or(vec![], |form| write(state, form))
        }
        PeopleAction::Keep => keep(state, snapshot),
        PeopleAction::Star(id, favourite) => send(Command::SetFavourite { id, favourite }),
        PeopleAction::RemoveContact { id, name } => {
            state.people.page = ContactPage::List;
            state.people.news = Some(PeopleNews::ContactRemoved { name });
            send(Command::RemoveContact { id })
        }
        PeopleAction::Import => import_typed(state),
        PeopleAction::ImportDropped(file) => import(state, file),
        PeopleAction::Export(version) => {
            let file = state.desktop.folder.join(text::contacts_name());
            send(Command::ExportContacts {
                file,
                version,
                if_taken: IfTaken::Number,
            })
        }
    }
}

/// Once for each question, however often the frame is drawn before the answer comes.
fn list(state: &mut State, snapshot: &Snapshot, question: HistoryQuestion) -> Vec<Effect> {
    // An engine that has begun anew knows nothing of what the one before was asked.
    let is_known = snapshot.history_list.is_some();
    if is_known && state.history.asked.as_ref() == Some(&question) {
        return vec![];
    }
    state.history.asked = Some(question.clone());
    send(Command::ListHistory(question))
}

fn undo(state: &mut State) -> Vec<Effect> {
    match state.people.news.take() {
        Some(PeopleNews::CallRemoved { .. }) => send(Command::RestoreToHistory),
        Some(PeopleNews::ContactRemoved { .. }) => send(Command::RestoreContact),
        Some(PeopleNews::Imported { .. } | PeopleNews::Exported { .. }) | None => vec![],
    }
}

fn turn(state: &mut State, page: ContactPage) -> Vec<Effect> {
    // A change that is given up leads back to the contact that it was about.
    let changed = state
        .people
        .form
        .id
        .filter(|_| state.people.page == ContactPage::Form);
    state.people.page = match (page, changed) {
        (ContactPage::List, Some(id)) => ContactPage::Contact(id),
        (page, _) => page,
    };
    if page == ContactPage::Form {
        state.people.form = ContactForm::of_new(String::new(), String::new());
    }
    vec![]
}

fn write(state: &mut State, form: ContactForm) -> Vec<Effect> {
    state.people.part = PeoplePart::Contacts;
    state.people.page = ContactPage::Form;
    state.people.form = form;
    vec![]
}

fn keep(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let form = &mut state.people.form;
    match form.card(|address| unusable(snapshot, address).is_none()) {
        Ok(card) => {
            let id = form.id;
            state.people.page = id.map_or(ContactPage::List, ContactPage::Contact);
            state.people.news = None;
            send(Command::KeepContact { id, card })
        }
        Err(error) => {
            form.error = Some(error);
            form.wants_focus = error == ContactError::NameMissing;
            vec![]
        }
    }
}

fn import_typed(state: &mut State) -> Vec<Effect> {
    let typed = state.people.file.typed.trim();
    if typed.is_empty() {
        return vec![];
    }
    // A name alone is looked for where files are saved.
    let file = state.desktop.folder.join(typed);
    import(state, file)
}

fn import(state: &mut State, file: PathBuf) -> Vec<Effect> {
    state.people.part = PeoplePart::Contacts;
    state.people.news = None;
    state.notice = None;
    send(Command::ImportContacts { file })
}

pub(super) fn imported(state: &mut State, news: PeopleNews) -> Vec<Effect> {
    if matches!(news, PeopleNews::Imported { .. }) {
        state.people.page = ContactPage::List;
        state.people.file = Default::default();
    }
    state.people.news = Some(news);
    vec![]
}

#[cfg(test)]
mod tests;
