//! Words about the address book of a server.

use hark_phone::snapshot::AddressBookView;
use hark_words::{say, words};
use jiff::Zoned;

use super::clock_time;

words! {
    pub address_book;
    pub address_book_about;
    pub address_book_on;
    pub address_book_url;
    pub address_book_url_hint;
    pub address_book_username;
    pub address_book_password;
    pub address_book_password_kept;
    pub address_book_ca_file;
    pub address_book_switch_on;
    pub address_book_save;
    pub address_book_give_up;
    pub address_book_update;
    pub address_book_change;
    pub address_book_switch_off;
    pub address_book_off_ask(contacts);
    pub address_book_stay;
    pub address_book_updating;
    /// The way from the contacts to these settings.
    pub address_book_where;
}

/// What there is although the server was asked in vain.
pub fn address_book_from_before(view: &AddressBookView, now: &Zoned) -> String {
    let contacts = view.contacts;
    match view.updated.map(|updated| super::moment_of(updated, now)) {
        Some(time) => say!(address_book_from, contacts, time),
        None => say!(address_book_from_before, contacts),
    }
}

/// How many contacts are from there, and since when.
pub fn address_book_standing(view: &AddressBookView, now: &Zoned) -> Option<String> {
    let time = clock_time(view.updated?, now);
    Some(say!(address_book_standing, contacts = view.contacts, time))
}
