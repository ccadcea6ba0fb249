//! The People tab: calls that are over, and contacts.

use std::path::PathBuf;

use hark_phone::snapshot::{HistoryFilter, HistoryQuestion};
use hark_phone::{AddressLabel, Contact, ContactAddress, ContactCard};

use super::SourceField;

#[derive(Debug, Default)]
pub struct PeopleState {
    pub part: PeoplePart,
    /// What lies over the list of contacts.
    pub page: ContactPage,
    /// What contacts are looked for.
    pub search: String,
    pub form: ContactForm,
    /// A file of contacts that is to be taken over.
    pub file: SourceField,
    /// What was done last, until something else is.
    pub news: Option<PeopleNews>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PeoplePart {
    #[default]
    Calls,
    Contacts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactPage {
    #[default]
    List,
    /// All that is known of one contact.
    Contact(i64),
    Form,
    /// Taking contacts over from a file, and writing them to one.
    Files,
}

/// What was done, for the user to know, and to take back where that is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleNews {
    CallRemoved {
        title: String,
    },
    ContactRemoved {
        name: String,
    },
    Imported {
        added: usize,
        changed: usize,
        skipped: usize,
    },
    Exported {
        file: PathBuf,
        contacts: usize,
    },
}

/// A contact that is being written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactForm {
    /// `None` for a new one.
    pub id: Option<i64>,
    pub name: String,
    /// The last one is empty, for one more.
    pub addresses: Vec<ContactAddress>,
    pub favourite: bool,
    pub error: Option<ContactError>,
    /// Ask for the keyboard in the next frame.
    pub wants_focus: bool,
}

/// What a contact cannot be without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactError {
    NameMissing,
    AddressMissing,
    /// This one cannot be called.
    AddressUnusable(usize),
}

impl ContactForm {
    /// An empty form, or one with a name and an address that are known.
    pub fn of_new(name: String, address: String) -> Self {
        let address = ContactAddress {
            label: AddressLabel::default(),
            address,
        };
        Self {
            name,
            addresses: vec![address],
            wants_focus: true,
            ..Self::default()
        }
        .with_room()
    }

    pub fn of(contact: &Contact) -> Self {
        let ContactCard {
            name,
            addresses,
            favourite,
        } = contact.card.clone();
        Self {
            id: Some(contact.id),
            name,
            addresses,
            favourite,
            error: None,
            wants_focus: true,
        }
        .with_room()
    }

    /// Sees to it that one more address can be typed.
    pub fn with_room(mut self) -> Self {
        self.make_room();
        self
    }

    pub fn make_room(&mut self) {
        let is_full = |last: &ContactAddress| !last.address.trim().is_empty();
        if self.addresses.last().is_none_or(is_full) {
            self.addresses.push(ContactAddress::default());
        }
    }

    /// The contact in the fields, or the first thing that keeps it from being one.
    pub fn card(&self, can_be_called: impl Fn(&str) -> bool) -> Result<ContactCard, ContactError> {
        if self.name.trim().is_empty() {
            return Err(ContactError::NameMissing);
        }
        let filled = |it: &&ContactAddress| !it.address.trim().is_empty();
        let addresses: Vec<_> = self.addresses.iter().filter(filled).cloned().collect();
        if addresses.is_empty() {
            return Err(ContactError::AddressMissing);
        }
        let unusable = |it: &ContactAddress| filled(&it) && !can_be_called(&it.address);
        if let Some(place) = self.addresses.iter().position(unusable) {
            return Err(ContactError::AddressUnusable(place));
        }
        Ok(ContactCard {
            name: self.name.clone(),
            addresses,
            favourite: self.favourite,
        })
    }
}

#[derive(Debug, Default)]
pub struct HistoryState {
    pub filter: HistoryFilter,
    pub search: String,
    pub clear_asked: bool,
    /// What the engine was asked to list last.
    pub asked: Option<HistoryQuestion>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_needs_a_name_and_addresses_that_can_be_called() {
        let form = |name: &str, addresses: &[&str]| ContactForm {
            name: name.into(),
            addresses: addresses
                .iter()
                .map(|&address| ContactAddress {
                    label: AddressLabel::Home,
                    address: address.into(),
                })
                .collect(),
            ..ContactForm::default()
        };
        for (name, addresses, expected) in [
            (" ", &["1"][..], Err(ContactError::NameMissing)),
            ("Bob", &["", " "], Err(ContactError::AddressMissing)),
            (
                "Bob",
                &["1", "", "x y"],
                Err(ContactError::AddressUnusable(2)),
            ),
            ("Bob", &["1", "", "2"], Ok(2)),
        ] {
            let card = form(name, addresses).card(|address| !address.contains(' '));
            let got = card.map(|card| card.addresses.len());
            assert_eq!(got, expected, "{name} {addresses:?}");
        }
    }

    #[test]
    fn there_is_always_room_for_one_more_address() {
        let mut form = ContactForm::of_new("Bob".into(), "2001".into());
        assert_eq!(form.addresses.len(), 2);
        form.make_room();
        assert_eq!(form.addresses.len(), 2);
        form.addresses[1].address = "2002".into();
        form.make_room();
        assert_eq!(form.addresses.len(), 3);
        assert_eq!(
            ContactForm::of_new(String::new(), String::new())
                .addresses
                .len(),
            1
        );
    }
}
