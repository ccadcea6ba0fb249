//! The address book in memory: all contacts by name, and by what they are called at.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::contact::{Contact, ContactOrigin, named};
use super::fold::Needle;
use super::home::Home;
use crate::snapshot::CallKind;

/// A contact with the keys of its addresses.
type Keyed = (Contact, Vec<String>);

/// By the id of the one that is shown, those that are not.
type Twins = HashMap<i64, Vec<i64>>;

/// Cheap to look things up in; made anew when a contact changes.
#[derive(Debug, Default)]
pub(crate) struct Book {
    home: Home,
    /// By name.
    contacts: Arc<[Contact]>,
    /// Places in the list. Where two share an address, the first one has it.
    by_key: HashMap<String, usize>,
    by_id: HashMap<i64, usize>,
    /// Contacts kept here that are not shown, because the server has all of them.
    twins: Twins,
}

impl Book {
    pub(crate) fn new(home: Home, contacts: Vec<Keyed>) -> Self {
        let (mut contacts, twins) = without_twins(contacts);
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
            twins,
        }
    }

    /// All ids of a contact that is shown: its own, and those of the same one kept here.
    pub(crate) fn ids_of(&self, id: i64) -> impl Iterator<Item = i64> {
        let twins = self.twins.get(&id).into_iter().flatten();
        std::iter::once(id).chain(twins.copied())
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

/// Whoever is in a server's address book by the same name and with all the numbers of a contact that was
/// imported is shown once: as the server has it, with the star of either. The other stays where it is kept, for
/// the day on which the server is switched off.
fn without_twins(mut contacts: Vec<Keyed>) -> (Vec<Keyed>, Twins) {
    let pairs = pairs(&contacts);
    let mut twins = Twins::new();
    for (own, copy) in &pairs {
        let (id, favourite) = (contacts[*own].0.id, contacts[*own].0.card.favourite);
        let shown = &mut contacts[*copy].0;
        shown.card.favourite |= favourite;
        twins.entry(shown.id).or_default().push(id);
    }
    let hidden: HashSet<usize> = pairs.into_iter().map(|(own, _)| own).collect();
    let shown = contacts.into_iter().enumerate();
    let shown = shown.filter(|(place, _)| !hidden.contains(place));
    (shown.map(|(_, contact)| contact).collect(), twins)
}

/// The places of contacts kept here, each with that of the copy which has its name and all that it has.
fn pairs(contacts: &[Keyed]) -> Vec<(usize, usize)> {
    let places = || contacts.iter().enumerate();
    let mut copies = HashMap::new();
    for (place, (contact, keys)) in places() {
        if contact.origin == ContactOrigin::AddressBook {
            for key in keys {
                copies.entry((contact.folded_name(), key)).or_insert(place);
            }
        }
    }
    let copy_of = |contact: &Contact, keys: &[String]| {
        let copy = |key| copies.get(&(contact.folded_name(), key)).copied();
        let first = copy(keys.first()?)?;
        let has_all = keys.iter().all(|key| copy(key) == Some(first));
        (contact.origin == ContactOrigin::Here && has_all).then_some(first)
    };
    places()
        .filter_map(|(own, (contact, keys))| Some((own, copy_of(contact, keys)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{AddressLabel, ContactAddress, ContactCard};

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
    fn whoever_is_imported_and_in_the_address_book_is_shown_once_with_his_star() {
        let home = Home::default();
        let entry = |id, origin, name: &str, addresses: &[&str], favourite| {
            let address = |address: &&str| ContactAddress {
                label: AddressLabel::Work,
                address: (*address).to_owned(),
            };
            let card = ContactCard {
                name: name.to_owned(),
                addresses: addresses.iter().map(address).collect(),
                favourite,
            };
            let keys = addresses.iter().map(|it| home.key(it)).collect();
            (Contact::new(id, origin, card), keys)
        };
        let (here, server) = (ContactOrigin::Here, ContactOrigin::AddressBook);
        let contacts = vec![
            entry(1, here, "Priya Raman", &["2001"], true),
            entry(2, server, "PRIYA Raman", &["2001", "2002"], false),
            // Another number, another name, and two of the server's: all of them stay.
            entry(3, here, "Tom", &["2003", "2004"], true),
            entry(4, server, "Tom", &["2003"], false),
            entry(5, here, "Front desk", &["2005"], false),
            entry(6, server, "Reception", &["2005"], false),
            entry(7, server, "Reception", &["2005"], false),
        ];
        let book = Book::new(home.clone(), contacts);
        let shown = book.contacts().iter();
        let shown: Vec<_> = shown.map(|it| (it.id, it.card.favourite)).collect();
        let expected = [
            (5, false),
            (2, true),
            (6, false),
            (7, false),
            (3, true),
            (4, false),
        ];
        assert_eq!(shown, expected);
        assert!(book.ids_of(2).eq([2, 1]));
        assert!(book.ids_of(3).eq([3]));
        assert_eq!(book.find("2001").map(|it| it.id), Some(2));
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
