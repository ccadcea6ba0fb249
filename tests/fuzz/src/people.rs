//! Contacts of other programs and of servers.

use hark_phone::address_book::{Answer, Known, KnownBook, News, Server, Step, Sync};
use hark_phone::people::vcard::{self, Cards, Version};

/// A file is some cards, each of somebody who can be called. Written down and read again they are the
/// same people, and what is written once is written the same ever after.
pub fn vcards(bytes: &[u8]) {
    let first = vcard::read(bytes);
    for card in &first.cards {
        assert!(!card.card.name.is_empty() && !card.card.addresses.is_empty());
    }
    for version in [Version::V3, Version::V4] {
        let again = rewritten(&first, version);
        let names = |cards: &Cards| -> Vec<String> {
            cards.cards.iter().map(|it| it.card.name.clone()).collect()
        };
        assert_eq!(names(&again), names(&first));
        assert_eq!(rewritten(&again, version), again);
    }
}

fn rewritten(cards: &Cards, version: Version) -> Cards {
    let text = vcard::write(&cards.cards, version);
    let again = vcard::read(text.as_bytes());
    assert_eq!(again.skipped, 0, "{text}");
    again
}

/// Whatever a server answers: nobody but it is asked, there is an end, and it is news of that server or
/// a sentence. Answers are separated by [`SEPARATOR`]; each is a status, for a redirect with its place
/// behind it, and the body from the next line on.
pub fn carddav(bytes: &[u8]) {
    let server = Server::read(SERVER).expect("a server");
    let (mut sync, mut request) = Sync::begin(server, known());
    for answer in bytes.split(|byte| *byte == SEPARATOR).map(answer) {
        assert!(request.url.as_str().starts_with(SERVER), "{request:?}");
        let xml = request.body.as_str();
        roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error} in {xml}"));
        request = match sync.answer(&answer) {
            Step::Ask(next) => next,
            Step::Done(news) => return of_server(&news),
            Step::Failed(error) => return assert!(error.to_string().ends_with('.')),
        };
    }
}

fn of_server(news: &News) {
    for book in &news.books {
        assert!(book.address.starts_with(SERVER) && book.address.ends_with('/'));
        let changed = book.changed.iter().map(|card| &card.address);
        for address in changed.chain(&book.removed) {
            assert!(address.starts_with(&book.address), "{address}");
        }
    }
}

fn answer(bytes: &[u8]) -> Answer {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (head, body) = bytes.split_at(end.unwrap_or(bytes.len()));
    let head = String::from_utf8_lossy(head);
    let (status, place) = head.split_once(' ').unwrap_or((&head, ""));
    Answer {
        status: status.trim().parse().unwrap_or(207),
        location: (!place.is_empty()).then(|| place.to_owned()),
        challenges: vec![place.to_owned()],
        body: body.to_vec(),
    }
}

/// One book was read before.
fn known() -> Known {
    let address = |path: &str| format!("{SERVER}{path}");
    let book = KnownBook {
        token: Some("T1".into()),
        cards: [(address("b/1.vcf"), "\"1\"".into())].into(),
    };
    Known {
        books: [(address("b/"), book)].into(),
        updated: None,
    }
}

const SERVER: &str = "https://a.test/";

/// No XML holds it.
const SEPARATOR: u8 = 0x1e;
