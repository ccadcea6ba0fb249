//! The address book in memory: all contacts by name, and by what they are called at.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::contact::{Contact, named};
use super::fold::Needle;
use super::home::Home;
use crate::snapshot::CallKind;

/// Cheap to look things up in; made anew when a contact changes.
#[derive(Debug, Default)]
pub(crate) struct Book {
    home: Home,
    /// By name.
    contacts: Arc<[Contact]>,
    /// Places in the list. Where two share an address, the first one has it.
    by_key: HashMap<String, usize>,
    by_id: HashMap<i64, usize>,
}

impl Book {
    /// Contacts with the keys of their addresses.
    pub(crate) fn new(home: Home, mut contacts: Vec<(Contact, Vec<String>)>) -> Self {
        contacts.sort_by(|(a, _), (b, _)| a.folded_name().cmp(b.folded_name()));
        let mut by_key = HashMap::new();
        for (place, (_, keys)) in contacts.iter_mut().enumerate() {
            for key in keys.drain(..) {
                by_key.entry(key).or_insert(place);
            }
        }
        let contacts: Arc<[Contact]> = contacts.into_iter().map(|(contact, _)| contact).collect();
        let by_id = contacts
            .iter()
            .zip(0..)
            .map(|(contact, place)| (contact.id, place));
        Self {
            home,
            by_id: by_id.collect(),
            contacts,
            by_key,
        }
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn contacts(&self) -> &Arc<[Contact]> {
        &self.contacts
    }

    pub(crate) fn contact(&self, id: i64) -> Option<&Contact> {
        self.contacts.get(*self.by_id.get(&id)?)
    }

    /// The keys of contacts in whose names this is found, for the first ones of them.
    pub(crate) fn keys_of_names(&self, needle: &Needle, contacts: usize) -> Vec<&str> {
        let mut found = HashSet::new();
        let named = self
            .contacts
            .iter()
            .zip(0..)
            .filter(|(contact, _)| contact.is_named(needle));
        found.extend(named.take(contacts).map(|(_, place)| place));
        let of_found = self
            .by_key
            .iter()
            .filter(|(_, place)| found.contains(*place));
        of_found.map(|(key, _)| key.as_str()).collect()
    }

    /// Whom an address belongs to.
    pub(crate) fn find(&self, address: &str) -> Option<&Contact> {
        self.by_key(&self.home.key(address))
    }

    /// The same by [`Home::key`].
    pub(crate) fn by_key(&self, key: &str) -> Option<&Contact> {
        self.contacts.get(*self.by_key.get(key)?)
    }

    /// As [`super::named`].
    pub(crate) fn named(&self, typed: &str) -> Option<&Contact> {
        named(&self.contacts, typed)
    }

    /// What the other side of a call is called. A contact's name is given to people only: the own
    /// mailbox and a machine are shown as what they are (OX-16).
    pub(crate) fn name_of(&self, kind: CallKind, key: &str) -> Option<&str> {
        match kind {
            CallKind::Person => self.by_key(key).map(|contact| contact.card.name.as_str()),
            CallKind::PlayOnPhone | CallKind::Automatic | CallKind::Voicemail => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{AddressLabel, ContactAddress, ContactCard, ContactOrigin};

    fn book(entries: &[(&str, &str)]) -> Book {
        let home = Home::default();
        let contact = |(name, address): &(&str, &str)| {
            let card = ContactCard {
                name: (*name).to_owned(),
                addresses: vec![ContactAddress {
                    label: AddressLabel::Work,
                    address: (*address).to_owned(),
                }],
                favourite: false,
            };
            let keys = vec![Home::default().key(address)];
            (Contact::new(0, ContactOrigin::Here, card), keys)
        };
        Book::new(home, entries.iter().map(contact).collect())
    }

    #[test]
    fn a_name_that_is_typed_in_full_is_somebody_if_only_one_has_it() {
        let book = book(&[
            ("Zo\u{eb}", "2003"),
            ("Alex", "2001"),
            ("Alex", "2002"),
            ("Alexa", "2004"),
        ]);
        let address = |typed| book.named(typed).and_then(Contact::first_address);
        for (typed, found) in [
            ("zoe ", Some("2003")),
            ("ALEXA", Some("2004")),
            ("Alex", None),
            ("Al", None),
            ("", None),
            ("Zoe Zoe", None),
        ] {
            assert_eq!(address(typed), found, "{typed}");
        }
    }

    #[test]
    fn ox16_only_people_get_a_name_from_the_address_book() {
        let book = book(&[("Priya", "+1 425 555 0143")]);
        let key = book.home().key("sip:+14255550143@example.test");
        for (kind, name) in [
            (CallKind::Person, Some("Priya")),
            (CallKind::Automatic, None),
            (CallKind::PlayOnPhone, None),
            (CallKind::Voicemail, None),
        ] {
            assert_eq!(book.name_of(kind, &key), name, "{kind:?}");
        }
    }

    #[test]
    fn where_two_share_a_line_the_first_one_by_name_answers() {
        let book = book(&[("Zed", "2001"), ("Amy", "2001")]);
        let found = book.find("2001").map(|contact| contact.card.name.as_str());
        assert_eq!(found, Some("Amy"));
    }
}
