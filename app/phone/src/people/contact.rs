//! One entry of the address book.

use super::fold::{Needle, fold};
use crate::caller::clean;

/// Somebody, or something, that can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: i64,
    pub origin: ContactOrigin,
    pub card: ContactCard,
    /// What the contact is found by.
    searchable: String,
}

/// What the user writes down of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactCard {
    pub name: String,
    /// The first one is called unless the user chooses another.
    pub addresses: Vec<ContactAddress>,
    pub favourite: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactAddress {
    pub label: AddressLabel,
    /// As it is typed: a number, `user@host`, a `sip:` or `tel:` URI.
    pub address: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressLabel {
    Work,
    Mobile,
    Home,
    #[default]
    Other,
}

/// Where a contact is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactOrigin {
    /// In Hark, which may change it.
    #[default]
    Here,
    /// In an address book elsewhere, of which this is a copy.
    AddressBook,
}

impl Contact {
    pub fn new(id: i64, origin: ContactOrigin, card: ContactCard) -> Self {
        let mut searchable = fold(&card.name);
        for ContactAddress { address, .. } in &card.addresses {
            let digits = address.chars().filter(char::is_ascii_digit);
            searchable.push('\n');
            searchable.push_str(&fold(address));
            searchable.push('\n');
            searchable.extend(digits);
        }
        Self {
            id,
            origin,
            card,
            searchable,
        }
    }

    /// What is called when nothing else is chosen.
    pub fn first_address(&self) -> Option<&str> {
        self.card.addresses.first().map(|it| it.address.as_str())
    }

    /// The name as it is sorted and compared.
    pub(crate) fn folded_name(&self) -> &str {
        self.searchable.lines().next().unwrap_or_default()
    }

    pub(super) fn is_named(&self, needle: &Needle) -> bool {
        let name = self.folded_name();
        needle
            .parts()
            .iter()
            .all(|part| name.contains(part.as_str()))
    }

    fn has(&self, needle: &Needle) -> bool {
        let mut parts = needle.parts().iter();
        parts.all(|part| self.searchable.contains(part.as_str()))
    }
}

impl ContactCard {
    /// Without what deceives the eye, empty fields and repetitions, and no longer than it can be.
    pub fn tidied(mut self) -> Self {
        self.name = cut(&clean(&self.name), MAX_NAME);
        let mut addresses: Vec<ContactAddress> = Vec::new();
        for mut entry in self.addresses {
            entry.address = entry.address.trim().to_owned();
            let known = |kept: &ContactAddress| kept.address == entry.address;
            let fits = !entry.address.is_empty()
                && entry.address.len() <= MAX_ADDRESS
                && !entry.address.chars().any(char::is_control);
            if fits && addresses.len() < MAX_ADDRESSES && !addresses.iter().any(known) {
                addresses.push(entry);
            }
        }
        self.addresses = addresses;
        self
    }
}

impl AddressLabel {
    pub const ALL: [Self; 4] = [Self::Work, Self::Mobile, Self::Home, Self::Other];

    /// The spelling in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Mobile => "mobile",
            Self::Home => "home",
            Self::Other => "other",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|label| label.name() == name);
        found.unwrap_or_default()
    }
}

/// The contacts in which all words that were typed occur, or the number, in their order.
pub fn matching<'a>(contacts: &'a [Contact], typed: &str) -> impl Iterator<Item = &'a Contact> {
    let needle = Needle::of(typed);
    contacts.iter().filter(move |contact| contact.has(&needle))
}

/// Contacts that what is being typed may mean, each with the address that it leads to: the one that has
/// these digits in it, or the first.
pub fn suggestions<'a>(
    contacts: &'a [Contact],
    typed: &str,
) -> impl Iterator<Item = (&'a Contact, &'a str)> {
    let needle = Needle::of(typed);
    matching(contacts, typed).filter_map(move |contact| {
        let digits =
            |address: &str| -> String { address.chars().filter(char::is_ascii_digit).collect() };
        let mut addresses = contact.card.addresses.iter().map(|it| it.address.as_str());
        let meant = addresses.find(|address| match needle.parts() {
            [number] => digits(address).contains(number.as_str()),
            _ => false,
        });
        Some((contact, meant.or(contact.first_address())?))
    })
}

/// The one contact of a list in its order that has this name.
pub fn named<'a>(contacts: &'a [Contact], typed: &str) -> Option<&'a Contact> {
    let name = fold(typed.trim());
    let first = contacts.partition_point(|contact| contact.folded_name() < name.as_str());
    let mut named = contacts.get(first..)?.iter();
    let found = named
        .next()
        .filter(|contact| contact.folded_name() == name)?;
    let alone = named.next().is_none_or(|next| next.folded_name() != name);
    alone.then_some(found)
}

/// So many characters at the most, without a blank behind the last one.
fn cut(text: &str, characters: usize) -> String {
    let mut cut: String = text.chars().take(characters).collect();
    cut.truncate(cut.trim_end().len());
    cut
}

const MAX_NAME: usize = 64;
/// In bytes.
const MAX_ADDRESS: usize = 256;
const MAX_ADDRESSES: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, addresses: &[&str]) -> Contact {
        let address = |address: &&str| ContactAddress {
            label: AddressLabel::Work,
            address: (*address).to_owned(),
        };
        let card = ContactCard {
            name: name.to_owned(),
            addresses: addresses.iter().map(address).collect(),
            favourite: false,
        };
        Contact::new(1, ContactOrigin::Here, card)
    }

    #[test]
    fn contacts_are_found_by_words_of_the_name_and_by_number() {
        let contacts = [
            contact("Priya Raman", &["+1 425 555 0143", "priya@example.test"]),
            contact("Zo\u{eb} M\u{fc}ller", &["(030) 90 18-20"]),
        ];
        for (typed, found) in [
            ("", &["Priya Raman", "Zo\u{eb} M\u{fc}ller"][..]),
            ("ram pri", &["Priya Raman"]),
            ("zoe mull", &["Zo\u{eb} M\u{fc}ller"]),
            ("4255550", &["Priya Raman"]),
            ("030 9018", &["Zo\u{eb} M\u{fc}ller"]),
            ("priya@", &["Priya Raman"]),
            ("nobody", &[]),
        ] {
            let names: Vec<_> = matching(&contacts, typed)
                .map(|contact| contact.card.name.as_str())
                .collect();
            assert_eq!(names, found, "{typed}");
        }
    }

    #[test]
    fn a_number_leads_to_the_address_that_has_it_and_a_name_to_the_first() {
        let contacts = [contact("Priya Raman", &["2001", "+1 425 555 0143"])];
        for (typed, address) in [
            ("priya", Some("2001")),
            ("20", Some("2001")),
            ("42555", Some("+1 425 555 0143")),
            ("999", None),
        ] {
            let mut found = suggestions(&contacts, typed).map(|(_, address)| address);
            assert_eq!(found.next(), address, "{typed}");
        }
    }

    #[test]
    fn a_card_is_rid_of_what_deceives_and_of_what_is_too_much() {
        let address = |text: &str| ContactAddress {
            label: AddressLabel::Home,
            address: text.to_owned(),
        };
        let card = ContactCard {
            name: format!(" \u{202e}Bob\u{0}  {}", "x".repeat(100)),
            addresses: vec![
                address(" 2001 "),
                address("2001"),
                address(""),
                address("a\r\nb"),
                address(&"9".repeat(300)),
                address("bob@example.test"),
            ],
            favourite: true,
        };
        let tidied = card.tidied();
        assert!(tidied.name.starts_with("Bob xxx"));
        assert_eq!(tidied.name.chars().count(), MAX_NAME);
        assert_eq!(
            tidied.addresses,
            [address("2001"), address("bob@example.test")]
        );
        let many = (0..99).map(|n| address(&n.to_string())).collect();
        let many = ContactCard {
            addresses: many,
            ..ContactCard::default()
        };
        assert_eq!(many.tidied().addresses.len(), MAX_ADDRESSES);
    }
}
