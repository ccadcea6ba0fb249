//! Copies of a server's contacts, as they come, change and go.

use std::collections::BTreeSet;

use super::*;
use crate::people::vcard::Card;
use crate::store::archive::tests::{berlin, card, contacts};

const BOOK: &str = "https://a.test/b/";

/// `path etag uid name number`; a card without a name can not be called.
fn changed(line: &str) -> CardNews {
    let words: Vec<&str> = line.split(' ').collect();
    CardNews {
        address: format!("{BOOK}{}", words[0]),
        etag: words[1].into(),
        card: words.get(3).map(|name| Card {
            uid: Some(words[2].into()),
            card: card(name, &words[4..]),
        }),
    }
}

fn news(changes: &[&str], removed: &[&str]) -> News {
    let book = BookNews {
        address: BOOK.into(),
        token: Some("T".into()),
        changed: changes.iter().map(|line| changed(line)).collect(),
        removed: removed.iter().map(|path| format!("{BOOK}{path}")).collect(),
    };
    News { books: vec![book] }
}

fn archive() -> Archive {
    let (mut archive, problem) = Archive::open(None);
    assert_eq!(problem, None);
    archive.settle(berlin()).unwrap();
    archive.keep_contact(None, card("Own", &["2009"])).unwrap();
    archive
}

fn star(archive: &mut Archive, name: &str) {
    let found = archive
        .book()
        .contacts()
        .iter()
        .find(|it| it.card.name == name);
    let id = found.map(|contact| contact.id).unwrap();
    archive.set_favourite(id, true).unwrap();
}

fn taken(added: usize, changed: usize, removed: usize) -> Taken {
    Taken {
        added,
        changed,
        removed,
    }
}

#[test]
fn copies_come_change_and_go_and_the_users_own_contacts_stay() {
    let mut archive = archive();
    let first = news(&["1 e1 u1 Ada 2001", "2 e2 u2 Bert 2002", "3 e3"], &[]);
    assert_eq!(archive.take_news(&first), Ok(taken(2, 0, 0)));
    assert_eq!(contacts(&archive), ["Ada|2001", "Bert|2002", "Own|2009"]);
    let origins: Vec<_> = archive
        .book()
        .contacts()
        .iter()
        .map(|it| it.origin)
        .collect();
    let (copy, own) = (ContactOrigin::AddressBook, ContactOrigin::Here);
    assert_eq!(origins, [copy, copy, own]);
    let known = archive.known_books().unwrap();
    assert_eq!(known.updated, None);
    let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
    archive.note_update(now).unwrap();
    assert_eq!(archive.known_books().unwrap().updated, Some(now));
    let book = &known.books[BOOK];
    assert_eq!(book.token.as_deref(), Some("T"));
    let etags: Vec<&str> = book.cards.values().map(String::as_str).collect();
    assert_eq!(etags, ["e1", "e2", "e3"]);

    // The same again is no change; a name, a number, one that can be called at last, one that can not.
    let second = news(
        &[
            "1 e9 u1 Ada 2001",
            "2 e8 u2 Berta 2003",
            "3 e7 u3 Cleo 030901820",
        ],
        &[],
    );
    assert_eq!(archive.take_news(&second), Ok(taken(1, 1, 0)));
    let all = ["Ada|2001", "Berta|2003", "Cleo|030901820", "Own|2009"];
    assert_eq!(contacts(&archive), all);
    let found = archive.book().find("+49 30 901820");
    assert_eq!(found.map(|it| it.card.name.as_str()), Some("Cleo"));
    let third = news(&["3 e6"], &["1", "7"]);
    assert_eq!(archive.take_news(&third), Ok(taken(0, 0, 2)));
    assert_eq!(contacts(&archive), ["Berta|2003", "Own|2009"]);

    archive.leave_books().unwrap();
    assert_eq!(contacts(&archive), ["Own|2009"]);
    assert_eq!(archive.known_books(), Ok(Known::default()));
}

#[test]
fn whoever_was_imported_is_shown_as_the_server_has_him_until_it_is_switched_off() {
    let mut archive = archive();
    star(&mut archive, "Own");
    let first = news(&["1 e1 u1 OWN 2009 2010"], &[]);
    assert_eq!(archive.take_news(&first), Ok(taken(1, 0, 0)));
    assert_eq!(contacts(&archive), ["OWN*|2009|2010"]);
    let shown = archive.book().contacts()[0].id;
    archive.set_favourite(shown, false).unwrap();
    assert_eq!(contacts(&archive), ["OWN|2009|2010"]);
    archive.set_favourite(shown, true).unwrap();
    // Taken over from a file once more, he is not doubled.
    let again = Card {
        uid: None,
        card: card("Own", &["2009"]),
    };
    archive.import(vec![again]).unwrap();
    assert_eq!(contacts(&archive), ["OWN*|2009|2010"]);
    // With another number he is another one.
    let second = news(&["1 e2 u1 OWN 2010"], &[]);
    assert_eq!(archive.take_news(&second), Ok(taken(0, 1, 0)));
    assert_eq!(contacts(&archive).len(), 2);
    archive.leave_books().unwrap();
    assert_eq!(contacts(&archive), ["Own*|2009"]);
}

#[test]
fn a_star_stays_through_changes_and_moves_until_the_contact_goes() {
    let mut archive = archive();
    let first = news(&["1 e1 u1 Ada 2001"], &[]);
    archive.take_news(&first).unwrap();
    star(&mut archive, "Ada");
    let renamed = news(&["1 e2 u1 Adele 2001"], &[]);
    assert_eq!(archive.take_news(&renamed), Ok(taken(0, 1, 0)));
    assert_eq!(contacts(&archive)[0], "Adele*|2001");
    // The server gives all cards other names, as after a restore from a backup.
    let moved = news(&["9 e3 u1 Adele 2001"], &["1"]);
    assert_eq!(archive.take_news(&moved), Ok(taken(0, 0, 0)));
    assert_eq!(contacts(&archive)[0], "Adele*|2001");
    let again = news(&["1 e4 u4 Bert 2002"], &[]);
    assert_eq!(archive.take_news(&again), Ok(taken(1, 0, 0)));
    let gone = news(&[], &["9"]);
    assert_eq!(archive.take_news(&gone), Ok(taken(0, 0, 1)));
    let back = news(&["9 e5 u1 Adele 2001"], &[]);
    archive.take_news(&back).unwrap();
    assert_eq!(contacts(&archive)[0], "Adele|2001");
}

#[test]
fn the_same_person_in_two_books_and_a_book_that_goes() {
    let mut archive = archive();
    let mut both = news(&["1 e1 u1 Ada 2001"], &[]);
    both.books.push(BookNews {
        address: "https://a.test/c/".into(),
        token: None,
        changed: vec![CardNews {
            address: "https://a.test/c/1".into(),
            ..changed("1 e1 u1 Ada 2001")
        }],
        removed: BTreeSet::new(),
    });
    assert_eq!(archive.take_news(&both), Ok(taken(2, 0, 0)));
    // Others know the copy by the UID that it has at the server.
    let uids: Vec<_> = archive
        .cards()
        .unwrap()
        .into_iter()
        .map(|it| it.uid)
        .collect();
    assert_eq!(uids.iter().flatten().filter(|uid| *uid == "u1").count(), 2);
    let one = news(&[], &[]);
    assert_eq!(archive.take_news(&one), Ok(taken(0, 0, 1)));
    assert_eq!(contacts(&archive), ["Ada|2001", "Own|2009"]);
}

/// As many as are read at all, in one go, all gone in another: no step looks at every other contact.
#[test]
fn twenty_thousand_copies_come_and_go_in_proportionate_time() {
    let mut archive = archive();
    let lines: Vec<String> = (0..20_000)
        .map(|n| format!("{n} e u{n} N{n} +4930{n:07}"))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(
        archive.take_news(&news(&lines, &[])),
        Ok(taken(20_000, 0, 0))
    );
    let began = std::time::Instant::now();
    archive.leave_books().unwrap();
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
    assert_eq!(contacts(&archive), ["Own|2009"]);
}
