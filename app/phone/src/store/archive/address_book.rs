//! Contacts of a server's address book: copies, each with the version that it is a copy of.
//!
//! What the user does with them here, the star, is his and stays when the server changes the rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::calls::milliseconds;
use super::contacts::{insert, remove, update};
use super::{Archive, not_kept};
use crate::address_book::{BookNews, CardNews, Known, KnownBook, News};
use crate::people::{Book, ContactCard, ContactOrigin, Home};
use crate::snapshot::Problem;

/// What taking the news of a server came to, in contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Taken {
    pub(crate) added: usize,
    pub(crate) changed: usize,
    pub(crate) removed: usize,
}

impl Archive {
    /// What was taken from the server before.
    pub(in crate::store) fn known_books(&self) -> Result<Known, Problem> {
        let read = || -> rusqlite::Result<Known> {
            let mut books = self.database.prepare("SELECT address, token FROM book")?;
            let books = books.query_map([], |row| {
                let (cards, token) = (BTreeMap::new(), row.get(1)?);
                Ok((row.get::<_, String>(0)?, KnownBook { token, cards }))
            })?;
            let mut books = books.collect::<rusqlite::Result<BTreeMap<_, _>>>()?;
            let mut cards = self
                .database
                .prepare("SELECT book, address, etag FROM book_card")?;
            let mut rows = cards.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(book) = books.get_mut(&row.get::<_, String>(0)?) {
                    book.cards.insert(row.get(1)?, row.get(2)?);
                }
            }
            let updated = "SELECT max(updated_ms) FROM book";
            let updated: Option<i64> = self.database.query_row(updated, [], |row| row.get(0))?;
            let since = |ms: i64| UNIX_EPOCH + Duration::from_millis(ms.unsigned_abs());
            Ok(Known {
                books,
                updated: updated.map(since),
            })
        };
        read().map_err(|error| not_kept(&error))
    }

    /// Brings the copies up to date.
    pub(in crate::store) fn take_news(&mut self, news: &News) -> Result<Taken, Problem> {
        let book = Arc::clone(self.book());
        let mut taken = Taken::default();
        self.change_contacts(|database, home| {
            let mut taker = Taker {
                database,
                home,
                book: &book,
                taken: &mut taken,
            };
            news.books.iter().try_for_each(|book| taker.book(book))?;
            taker.leave_all_but(news)
        })?;
        Ok(taken)
    }

    /// All books were compared with the server's.
    pub(in crate::store) fn note_update(&self, now: SystemTime) -> Result<(), Problem> {
        let now = milliseconds(now.duration_since(UNIX_EPOCH).unwrap_or_default());
        let noted = self
            .database
            .execute("UPDATE book SET updated_ms = ?1", [now]);
        noted.map(drop).map_err(|error| not_kept(&error))
    }

    /// Forgets the server and all that came from there.
    pub(in crate::store) fn leave_books(&mut self) -> Result<(), Problem> {
        self.take_news(&News::default()).map(drop)
    }
}

struct Taker<'a> {
    database: &'a Transaction<'a>,
    home: &'a Home,
    /// The contacts as they were.
    book: &'a Book,
    taken: &'a mut Taken,
}

impl Taker<'_> {
    fn book(&mut self, news: &BookNews) -> rusqlite::Result<()> {
        let row = params![news.address, news.token];
        self.database.prepare_cached(KEEP_BOOK)?.execute(row)?;
        for card in &news.changed {
            let contact = match self.contact_of(card, news)? {
                Some(id) => self.change(id, card)?,
                None => self.add(card)?,
            };
            let uid = card.card.as_ref().and_then(|card| card.uid.as_ref());
            let row = params![card.address, news.address, card.etag, uid, contact];
            self.database.prepare_cached(KEEP_CARD)?.execute(row)?;
        }
        for address in &news.removed {
            self.remove(address)?;
        }
        Ok(())
    }

    /// The contact that is a copy of this card, or of one that has moved to this place: it keeps its
    /// star.
    fn contact_of(&self, card: &CardNews, news: &BookNews) -> rusqlite::Result<Option<i64>> {
        let mut here = self.database.prepare_cached(CONTACT_OF)?;
        let here: Option<Option<i64>> = here
            .query_row([&card.address], |row| row.get(0))
            .optional()?;
        let uid = card.card.as_ref().and_then(|card| card.uid.as_ref());
        let (None, Some(uid)) = (here.flatten(), uid) else {
            return Ok(here.flatten());
        };
        let mut moved = self.database.prepare_cached(CARDS_OF_UID)?;
        let moved = moved.query_map([uid], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let moved = moved.collect::<rusqlite::Result<Vec<(String, i64)>>>()?;
        let Some((before, contact)) = moved.into_iter().find(|(it, _)| news.removed.contains(it))
        else {
            return Ok(None);
        };
        self.database.prepare_cached(LET_GO)?.execute([before])?;
        Ok(Some(contact))
    }

    fn add(&mut self, card: &CardNews) -> rusqlite::Result<Option<i64>> {
        let Some(of_server) = &card.card else {
            return Ok(None);
        };
        self.taken.added += 1;
        let origin = ContactOrigin::AddressBook;
        let address = &card.address;
        insert(
            self.database,
            self.home,
            None,
            address,
            origin,
            &of_server.card,
        )
        .map(Some)
    }

    fn change(&mut self, id: i64, card: &CardNews) -> rusqlite::Result<Option<i64>> {
        let before = self.book.contact(id).map(|contact| &contact.card);
        let Some(of_server) = &card.card else {
            self.taken.removed += remove(self.database, id)?;
            return Ok(None);
        };
        let after = ContactCard {
            favourite: before.is_some_and(|before| before.favourite),
            ..of_server.card.clone()
        };
        if before != Some(&after) {
            self.taken.changed += 1;
        }
        self.database
            .prepare_cached(RENAME)?
            .execute(params![id, card.address])?;
        update(self.database, self.home, id, &after)?;
        Ok(Some(id))
    }

    fn remove(&mut self, address: &str) -> rusqlite::Result<()> {
        let mut contact = self.database.prepare_cached(CONTACT_OF)?;
        let contact: Option<Option<i64>> =
            contact.query_row([address], |row| row.get(0)).optional()?;
        if let Some(id) = contact.flatten() {
            self.taken.removed += remove(self.database, id)?;
        }
        let mut card = self
            .database
            .prepare_cached("DELETE FROM book_card WHERE address = ?1")?;
        card.execute([address]).map(drop)
    }

    fn leave_all_but(&mut self, news: &News) -> rusqlite::Result<()> {
        let mut books = self.database.prepare("SELECT address FROM book")?;
        let books = books.query_map([], |row| row.get(0))?;
        for address in books.collect::<rusqlite::Result<Vec<String>>>()? {
            if news.books.iter().all(|book| book.address != address) {
                self.taken.removed += self.database.execute(REMOVE_CONTACTS, [&address])?;
                let book = "DELETE FROM book WHERE address = ?1";
                self.database.execute(book, [&address])?;
            }
        }
        Ok(())
    }
}

const KEEP_BOOK: &str = "INSERT INTO book (address, token) VALUES (?1, ?2)
    ON CONFLICT (address) DO UPDATE SET token = excluded.token";

const KEEP_CARD: &str = "INSERT INTO book_card (address, book, etag, uid, contact)
    VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (address) DO UPDATE SET book = excluded.book, etag = excluded.etag,
        uid = excluded.uid, contact = excluded.contact";

const CONTACT_OF: &str = "SELECT contact FROM book_card WHERE address = ?1";

const CARDS_OF_UID: &str = "SELECT address, contact FROM book_card
    WHERE uid = ?1 AND contact IS NOT NULL";

const LET_GO: &str = "UPDATE book_card SET contact = NULL WHERE address = ?1";

/// Copies are known by where they come from: the same UID may stand in two books.
const RENAME: &str = "UPDATE contact SET uid = ?2 WHERE id = ?1";

const REMOVE_CONTACTS: &str = "DELETE FROM contact
    WHERE id IN (SELECT contact FROM book_card WHERE book = ?1)";

#[cfg(test)]
mod tests;
