//! Words about people and past calls.

use hark_phone::AddressLabel;
use hark_words::{say, words};

use crate::state::{ContactError, PeopleNews};

words! {
    pub people;
    pub past_calls;
    pub contacts;
    pub search_calls;
    pub search_contacts;
    pub nothing_found;
    pub no_voicemail_calls;
    pub no_contacts;
    pub more_about(title);
    pub remove_call;
    pub add_to_contacts;
    pub add_contact;
    pub undo;
    pub favourites;
    pub favourite;
    pub not_favourite(name);
    pub make_favourite(name);
    pub show_contact(name);
    pub call_person(name);
    pub call_address(address);
    pub edit_contact;
    pub remove_contact;
    pub back_to_contacts;
    pub new_contact;
    pub changed_contact;
    pub contact_name;
    pub contact_address;
    pub contact_address_about;
    pub address_kind;
    pub keep_contact;
    pub give_up_contact;
    pub import_export;
    pub import_title;
    pub import_about;
    pub import_field;
    pub import_hint;
    pub import_now;
    pub export_title;
    pub export_about;
    pub export_3;
    pub export_4;
    pub from_address_book;
}

/// The name of a file of all contacts.
pub fn contacts_name() -> String {
    format!("{}.vcf", say!(contacts_file_name))
}

pub fn address_label(label: AddressLabel) -> &'static str {
    match label {
        AddressLabel::Work => say!(label_work),
        AddressLabel::Mobile => say!(label_mobile),
        AddressLabel::Home => say!(label_home),
        AddressLabel::Other => say!(label_other),
    }
}

pub fn contact_error(error: ContactError) -> &'static str {
    match error {
        ContactError::NameMissing => say!(contact_name_missing),
        ContactError::AddressMissing => say!(contact_address_missing),
        ContactError::AddressUnusable(_) => say!(contact_address_unusable),
    }
}

/// What was done.
pub fn people_news(news: &PeopleNews) -> String {
    match news {
        PeopleNews::CallRemoved { title } => say!(call_removed, title = title.as_str()),
        PeopleNews::ContactRemoved { name } => say!(contact_removed, name = name.as_str()),
        PeopleNews::Imported {
            added,
            changed,
            skipped: 0,
        } => say!(contacts_imported, added = *added, changed = *changed),
        PeopleNews::Imported {
            added,
            changed,
            skipped,
        } => say!(
            contacts_imported_in_part,
            added = *added,
            changed = *changed,
            skipped = *skipped
        ),
        PeopleNews::Exported { file, contacts } => say!(
            contacts_exported,
            contacts = *contacts,
            file = file.display().to_string()
        ),
    }
}
