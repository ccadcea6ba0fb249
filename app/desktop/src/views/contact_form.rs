//! Writing a contact down, and contacts in files.

use egui::{Key, Ui};
use hark_assets::icons;
use hark_phone::people::vcard::Version;
use hark_phone::{AddressLabel, Snapshot};

use crate::action::{Action, AddressBookAction, PeopleAction};
use crate::state::{ContactError, ContactForm, ContactPage, SourceField};
use crate::text;
use crate::theme::{self, Text};
use crate::views::account_form::entered;
use crate::views::contacts::back;
use crate::views::people::people;
use crate::widgets::{
    Content, Field, Look, card, choice, link, pill, pill_icon, switch, text as label, text_wrapped,
};

pub fn view(ui: &mut Ui, form: &mut ContactForm) -> Vec<Action> {
    let t = theme::tokens(ui);
    let title = match form.id {
        None => text::new_contact(),
        Some(_) => text::changed_contact(),
    };
    label(ui, title, Text::Heading, t.text);
    let mut keep = false;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        keep |= name(ui, form);
        for place in 0..form.addresses.len() {
            keep |= ui.push_id(place, |ui| address(ui, form, place)).inner;
        }
        form.make_room();
        let words = text::favourite();
        if switch(ui, words, form.favourite).clicked() {
            form.favourite = !form.favourite;
        }
    });
    let mut give_up = ui.input(|input| input.key_pressed(Key::Escape));
    ui.horizontal(|ui| {
        keep |= pill_icon(ui, icons::CHECK, text::keep_contact(), None, Look::Accent).clicked();
        give_up |= pill(ui, text::give_up_contact(), None, Look::Raised).clicked();
    });
    if keep {
        vec![people(PeopleAction::Keep)]
    } else if give_up {
        vec![people(PeopleAction::Turn(ContactPage::List))]
    } else {
        vec![]
    }
}

/// True when Enter was pressed in it.
fn name(ui: &mut Ui, form: &mut ContactForm) -> bool {
    let error = form
        .error
        .filter(|error| *error == ContactError::NameMissing);
    let field = Field {
        caption: text::contact_name(),
        hint: "",
        about: "",
        content: Content::Plain,
        error: error.map(text::contact_error),
    };
    let response = ui.vertical(|ui| field.show(ui, &mut form.name)).inner;
    if std::mem::take(&mut form.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        form.error = None;
    }
    entered(ui, &response)
}

/// One address with its kind. The same as [`name`].
fn address(ui: &mut Ui, form: &mut ContactForm, place: usize) -> bool {
    let error = form.error.filter(|error| match error {
        ContactError::NameMissing => false,
        ContactError::AddressMissing => place == 0,
        ContactError::AddressUnusable(wrong) => *wrong == place,
    });
    let Some(entry) = form.addresses.get_mut(place) else {
        return false;
    };
    let field = Field {
        caption: text::contact_address(),
        hint: text::number_hint(),
        about: if place == 0 {
            text::contact_address_about()
        } else {
            ""
        },
        content: Content::Plain,
        error: error.map(text::contact_error),
    };
    let response = ui.vertical(|ui| field.show(ui, &mut entry.address)).inner;
    if !entry.address.trim().is_empty() {
        let labels = AddressLabel::ALL;
        let words = labels.map(|label| text::address_label(label).to_owned());
        let selected = labels.iter().position(|&label| label == entry.label);
        let chosen = ui.vertical(|ui| {
            choice(
                ui,
                text::address_kind(),
                &words,
                selected.unwrap_or_default(),
            )
        });
        if let Some(label) = chosen.inner.and_then(|chosen| labels.get(chosen)) {
            entry.label = *label;
        }
    }
    if response.changed() {
        form.error = None;
    }
    entered(ui, &response)
}

/// Contacts from a file, and all of them into one.
pub fn files(ui: &mut Ui, snapshot: &Snapshot, file: &mut SourceField) -> Vec<Action> {
    let mut actions = back(ui);
    let t = theme::tokens(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        label(ui, text::import_title(), Text::Heading, t.text);
        text_wrapped(ui, text::import_about(), Text::Small, t.muted);
        let field = Field {
            caption: text::import_field(),
            hint: text::import_hint(),
            about: "",
            content: Content::Plain,
            error: None,
        };
        let response = ui.vertical(|ui| field.show(ui, &mut file.typed)).inner;
        let usable = !file.typed.trim().is_empty();
        let button = |ui: &mut Ui| {
            pill_icon(ui, icons::DOWNLOAD, text::import_now(), None, Look::Accent).clicked()
        };
        let pressed = ui.add_enabled_ui(usable, button).inner;
        if pressed || entered(ui, &response) {
            actions.push(people(PeopleAction::Import));
        }
    });
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        label(ui, text::export_title(), Text::Heading, t.text);
        text_wrapped(ui, text::export_about(), Text::Small, t.muted);
        let some = !snapshot.contacts.is_empty();
        ui.add_enabled_ui(some, |ui| {
            for (words, version) in [
                (text::export_3(), Version::V3),
                (text::export_4(), Version::V4),
            ] {
                if pill_icon(ui, icons::UPLOAD, words, None, Look::Quiet).clicked() {
                    actions.push(people(PeopleAction::Export(version)));
                }
            }
        });
    });
    if link(ui, text::address_book_where()).clicked() {
        actions.push(Action::AddressBook(AddressBookAction::Visit));
    }
    actions
}
