//! The address book in the engine's work: who calls, and who is meant by what was typed.

use std::sync::Arc;

use hark_sip::CallFacts;

use super::Engine;
use super::call::Call;
use crate::people::{Book, ContactCard, ContactOrigin, Country, Home};
use crate::store::ArchiveJob;
use crate::words;

/// Whom the user knows.
#[derive(Debug, Default)]
pub(super) struct People {
    book: Arc<Book>,
    /// Where the user is at home, once the archive was told.
    home: Option<Home>,
}

impl Engine {
    pub(super) fn on_book(&mut self, book: Arc<Book>) {
        self.shown.contacts = Arc::clone(book.contacts());
        self.people.book = book;
        self.count_copies();
    }

    pub(super) fn keep_contact(&mut self, id: Option<i64>, card: ContactCard) {
        match id.filter(|id| self.is_copy(*id)) {
            Some(_) => self.complain(words::contact_is_a_copy().into()),
            None => self.keeper.archive(ArchiveJob::KeepContact(id, card)),
        }
    }

    pub(super) fn remove_contact(&mut self, id: i64) {
        match self.is_copy(id) {
            true => self.complain(words::contact_is_a_copy().into()),
            false => self.keeper.archive(ArchiveJob::RemoveContact(id)),
        }
    }

    /// Whether this contact is kept elsewhere, so that it cannot be changed here.
    fn is_copy(&self, id: i64) -> bool {
        let contact = self.people.book.contact(id);
        contact.is_some_and(|contact| contact.origin == ContactOrigin::AddressBook)
    }

    /// Tells the archive where the user is at home, when that is news.
    pub(super) fn settle_home(&mut self) {
        self.follow_regions();
        let locale = locale();
        self.shown.country = locale.as_deref().and_then(Country::of_locale);
        let home = Home::of(&self.kept.accounts, locale.as_deref());
        if self.people.home.as_ref() != Some(&home) {
            self.people.home = Some(home.clone());
            self.keeper.archive(ArchiveJob::Settle(home));
        }
    }

    /// What to dial for what was typed: the first address of the contact of that name, or else just
    /// that.
    pub(super) fn meant<'a>(&'a self, typed: &'a str) -> &'a str {
        let contact = self.people.book.named(typed);
        contact.and_then(|it| it.first_address()).unwrap_or(typed)
    }

    /// Gives the caller the name of the address book. Where the server vouches for an address, that
    /// one decides, and the one that the caller gives himself earns him no name.
    pub(super) fn introduce_caller(&self, call: &mut Call, facts: &CallFacts) {
        let mut vouched = facts
            .asserted_identities
            .iter()
            .map(|it| it.uri.to_string());
        let known = |address: &String| self.people.book.find(address).is_some();
        let asserted = match vouched.find(known) {
            Some(address) => Some(address),
            None => facts
                .asserted_identities
                .first()
                .map(|it| it.uri.to_string()),
        };
        call.known_by = asserted;
        self.introduce(call);
    }

    /// Shows the other side of a call by its name in the address book.
    pub(super) fn introduce(&self, call: &mut Call) {
        let address = call.known_by.as_ref().unwrap_or(&call.address);
        let key = self.people.book.home().key(address);
        let Some(name) = self.people.book.name_of(call.view.kind, &key) else {
            return;
        };
        let called_before = std::mem::replace(&mut call.view.title, name.to_owned());
        if call.view.subtitle.is_empty() && called_before != call.view.title {
            call.view.subtitle = called_before;
        }
        call.notes.contact = Some(name.to_owned());
    }
}

/// The locale of telephone numbers, `de_DE.UTF-8` (locale(7)).
fn locale() -> Option<String> {
    ["LC_ALL", "LC_TELEPHONE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|locale| !locale.is_empty())
}
