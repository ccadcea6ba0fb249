//! The user's contacts: kept, changed and removed one by one, or taken over from a file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{Archive, keys, not_kept};
use crate::people::vcard::Card;
use crate::people::{
    AddressLabel, Book, Contact, ContactAddress, ContactCard, ContactOrigin, Home, fold,
};
use crate::snapshot::Problem;

/// What taking cards over came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Imported {
    pub(crate) added: usize,
    /// Known before, and different now.
    pub(crate) changed: usize,
}

/// A contact that is no longer in the file.
#[derive(Debug)]
pub(super) struct RemovedContact {
    id: i64,
    uid: String,
    origin: ContactOrigin,
    card: ContactCard,
}

impl Archive {
    pub(in crate::store) fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// Takes numbers for those of this home from here on.
    pub(in crate::store) fn settle(&mut self, home: Home) -> Result<(), Problem> {
        keys::write(&mut self.database, &home).map_err(|error| not_kept(&error))?;
        self.read_book(home)
    }

    /// Writes a new contact down, or changes the one with this number.
    pub(in crate::store) fn keep_contact(
        &mut self,
        id: Option<i64>,
        card: ContactCard,
    ) -> Result<(), Problem> {
        let card = card.tidied();
        self.change_contacts(|database, home| match id {
            Some(id) => update(database, home, id, &card),
            None => insert(database, home, None, &new_uid(), ContactOrigin::Here, &card).map(drop),
        })
    }

    pub(in crate::store) fn set_favourite(
        &mut self,
        id: i64,
        favourite: bool,
    ) -> Result<(), Problem> {
        let ids: Vec<i64> = self.book.ids_of(id).collect();
        self.change_contacts(|database, _| {
            let mut ids = ids.into_iter();
            ids.try_for_each(|id| {
                database
                    .execute(SET_FAVOURITE, params![id, favourite])
                    .map(drop)
            })
        })
    }

    /// Takes one contact out. [`Archive::restore_contact`] brings it back.
    pub(in crate::store) fn remove_contact(&mut self, id: i64) -> Result<(), Problem> {
        let Some(contact) = self.book.contact(id).cloned() else {
            return Ok(());
        };
        let mut uid = None;
        self.change_contacts(|database, _| {
            uid = database
                .query_row(REMOVE, [id], |row| row.get(0))
                .optional()?;
            Ok(())
        })?;
        self.removed_contact = uid.map(|uid| RemovedContact {
            id,
            uid,
            origin: contact.origin,
            card: contact.card,
        });
        Ok(())
    }

    /// Puts the contact back that was removed last.
    pub(in crate::store) fn restore_contact(&mut self) -> Result<(), Problem> {
        let Some(removed) = self.removed_contact.take() else {
            return Ok(());
        };
        self.change_contacts(|database, home| {
            let RemovedContact {
                id,
                uid,
                origin,
                card,
            } = &removed;
            insert(database, home, Some(*id), uid, *origin, card).map(drop)
        })
    }

    /// Takes cards over: those that are known by their UID, or by name and an address, are brought
    /// together with what is there.
    pub(in crate::store) fn import(&mut self, cards: Vec<Card>) -> Result<Imported, Problem> {
        let book = Arc::clone(&self.book);
        let mut imported = Imported::default();
        self.change_contacts(|database, home| {
            let mut seen = HashSet::new();
            for Card { uid, card } in cards {
                let uid = uid.unwrap_or_else(new_uid);
                match known(database, &book, home, &uid, &card)? {
                    Some(known) => {
                        let merged = merged(home, &known.card, card);
                        let ours = known.origin == ContactOrigin::Here;
                        if ours && seen.insert(known.id.to_string()) && merged != known.card {
                            update(database, home, known.id, &merged)?;
                            imported.changed += 1;
                        }
                    }
                    None if seen.insert(uid.clone()) && seen.insert(format!("{card:?}")) => {
                        insert(database, home, None, &uid, ContactOrigin::Here, &card)?;
                        imported.added += 1;
                    }
                    // Twice in the same file.
                    None => {}
                }
            }
            Ok(())
        })?;
        Ok(imported)
    }

    /// All contacts as other programs know them.
    pub(in crate::store) fn cards(&self) -> Result<Vec<Card>, Problem> {
        let read = || -> rusqlite::Result<Vec<Card>> {
            let mut uids = self.database.prepare(SELECT_UIDS)?;
            let uids = uids.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut uids = uids.collect::<rusqlite::Result<HashMap<i64, String>>>()?;
            let card = |contact: &Contact| Card {
                uid: uids.remove(&contact.id),
                card: contact.card.clone(),
            };
            Ok(self.book.contacts().iter().map(card).collect())
        };
        read().map_err(|error| not_kept(&error))
    }

    /// Changes all or nothing, and reads the book anew.
    pub(super) fn change_contacts(
        &mut self,
        change: impl FnOnce(&Transaction<'_>, &Home) -> rusqlite::Result<()>,
    ) -> Result<(), Problem> {
        let home = self.book.home().clone();
        let changed = (|| {
            let transaction = self.database.transaction()?;
            change(&transaction, &home)?;
            transaction.commit()
        })();
        changed.map_err(|error: rusqlite::Error| not_kept(&error))?;
        self.read_book(home)
    }

    fn read_book(&mut self, home: Home) -> Result<(), Problem> {
        let contacts = read_contacts(&self.database).map_err(|error| not_kept(&error))?;
        self.book = Arc::new(Book::new(home, contacts));
        self.calls_changed();
        Ok(())
    }
}

fn read_contacts(database: &Connection) -> rusqlite::Result<Vec<(Contact, Vec<String>)>> {
    let mut contacts: Vec<(i64, ContactOrigin, ContactCard, Vec<String>)> = Vec::new();
    let mut statement = database.prepare_cached(SELECT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if contacts.last().is_none_or(|(last, ..)| *last != id) {
            let card = ContactCard {
                name: row.get(2)?,
                addresses: Vec::new(),
                favourite: row.get(3)?,
            };
            let origin = origin_named(&row.get::<_, String>(1)?);
            contacts.push((id, origin, card, Vec::new()));
        }
        let (Some((.., card, keys)), Some(address)) = (contacts.last_mut(), row.get(5)?) else {
            continue;
        };
        let label = AddressLabel::named(&row.get::<_, String>(4)?);
        card.addresses.push(ContactAddress { label, address });
        keys.push(row.get(6)?);
    }
    let contact = |(id, origin, card, keys)| (Contact::new(id, origin, card), keys);
    Ok(contacts.into_iter().map(contact).collect())
}

/// The contact that a card is about, if it is here already.
fn known(
    database: &Connection,
    book: &Book,
    home: &Home,
    uid: &str,
    card: &ContactCard,
) -> rusqlite::Result<Option<Contact>> {
    let mut by_uid = database.prepare_cached("SELECT id FROM contact WHERE uid = ?1")?;
    let id: Option<i64> = by_uid.query_row([uid], |row| row.get(0)).optional()?;
    if let Some(known) = id.and_then(|id| book.contact(id)) {
        return Ok(Some(known.clone()));
    }
    let name = fold(&card.name);
    let mut found = card.addresses.iter();
    let found = found.find_map(|it| book.by_key(&home.key(&it.address)));
    Ok(found.filter(|it| it.folded_name() == name).cloned())
}

/// What is known with what a card adds to it.
fn merged(home: &Home, known: &ContactCard, card: ContactCard) -> ContactCard {
    let keys: Vec<_> = known
        .addresses
        .iter()
        .map(|it| home.key(&it.address))
        .collect();
    let mut merged = ContactCard {
        name: card.name,
        addresses: known.addresses.clone(),
        favourite: known.favourite || card.favourite,
    };
    let new = card.addresses.into_iter();
    let new = new.filter(|it| !keys.contains(&home.key(&it.address)));
    merged.addresses.extend(new);
    merged.tidied()
}

/// Returns the number of the new contact.
pub(super) fn insert(
    database: &Transaction<'_>,
    home: &Home,
    id: Option<i64>,
    uid: &str,
    origin: ContactOrigin,
    card: &ContactCard,
) -> rusqlite::Result<i64> {
    let row = params![id, uid, origin_name(origin), card.name, card.favourite];
    database.prepare_cached(INSERT)?.execute(row)?;
    let id = database.last_insert_rowid();
    insert_addresses(database, home, id, card)?;
    Ok(id)
}

/// Returns how many there were of this number: one, or none.
pub(super) fn remove(database: &Transaction<'_>, id: i64) -> rusqlite::Result<usize> {
    let mut contact = database.prepare_cached("DELETE FROM contact WHERE id = ?1")?;
    contact.execute([id])
}

pub(super) fn update(
    database: &Transaction<'_>,
    home: &Home,
    id: i64,
    card: &ContactCard,
) -> rusqlite::Result<()> {
    let row = params![id, card.name, card.favourite];
    // It may have been removed meanwhile.
    if database.prepare_cached(UPDATE)?.execute(row)? == 0 {
        return Ok(());
    }
    database.prepare_cached(REMOVE_ADDRESSES)?.execute([id])?;
    insert_addresses(database, home, id, card)
}

fn insert_addresses(
    database: &Transaction<'_>,
    home: &Home,
    contact: i64,
    card: &ContactCard,
) -> rusqlite::Result<()> {
    let mut statement = database.prepare_cached(INSERT_ADDRESS)?;
    for (place, ContactAddress { label, address }) in (0_i64..).zip(&card.addresses) {
        let key = home.key(address);
        statement.execute(params![contact, place, label.name(), address, key])?;
    }
    Ok(())
}

fn origin_name(origin: ContactOrigin) -> &'static str {
    match origin {
        ContactOrigin::Here => "here",
        ContactOrigin::AddressBook => "address_book",
    }
}

fn origin_named(name: &str) -> ContactOrigin {
    let all = [ContactOrigin::Here, ContactOrigin::AddressBook];
    let found = all.into_iter().find(|&origin| origin_name(origin) == name);
    found.unwrap_or_default()
}

/// A name that no other contact of the world has.
fn new_uid() -> String {
    let mut bytes = [0; 16];
    // Without randomness the system could not have opened a connection either.
    getrandom::fill(&mut bytes).expect("the system has randomness");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("hark-{hex}")
}

const SELECT: &str = "SELECT id, origin, name, favourite, label, address, key
    FROM contact LEFT JOIN contact_address ON contact = id ORDER BY id, place";

/// A copy of a server's card is known to others by the name that it has there.
const SELECT_UIDS: &str = "SELECT contact.id, coalesce(book_card.uid, contact.uid)
    FROM contact LEFT JOIN book_card ON book_card.contact = contact.id";

const INSERT: &str = "INSERT INTO contact (id, uid, origin, name, favourite)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const UPDATE: &str = "UPDATE contact SET name = ?2, favourite = ?3 WHERE id = ?1";

const SET_FAVOURITE: &str = "UPDATE contact SET favourite = ?2 WHERE id = ?1";

const REMOVE: &str = "DELETE FROM contact WHERE id = ?1 RETURNING uid";

const INSERT_ADDRESS: &str = "INSERT INTO contact_address (contact, place, label, address, key)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const REMOVE_ADDRESSES: &str = "DELETE FROM contact_address WHERE contact = ?1";
