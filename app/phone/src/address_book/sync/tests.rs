//! Whole runs against servers of a table: what is asked in which order, and what comes of it.

use std::collections::BTreeMap;

use super::*;
use crate::address_book::KnownBook;
use crate::address_book::request::Method;

/// A server as a list of what it answers: `METHOD /path depth` and, behind `?`, a word of the body.
struct Script(Vec<(&'static str, Answer)>);

fn xml(body: &str) -> Answer {
    let body = format!(
        "<D:multistatus xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:carddav'>{body}</D:multistatus>"
    );
    Answer {
        status: MULTISTATUS,
        body: body.into_bytes(),
        ..Answer::default()
    }
}

fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

fn moved(location: &str) -> Answer {
    Answer {
        status: 301,
        location: Some(location.into()),
        ..Answer::default()
    }
}

fn refused(challenge: &str) -> Answer {
    Answer {
        status: 401,
        challenges: vec![challenge.into()],
        ..Answer::default()
    }
}

fn response(href: &str, prop: &str) -> String {
    format!(
        "<D:response><D:href>{href}</D:href><D:propstat><D:prop>{prop}</D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )
}

const BOOK: &str = "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>";
const SYNC: &str = "<D:sync-token>x</D:sync-token>";

fn principal(href: &str) -> String {
    format!("<D:current-user-principal><D:href>{href}</D:href></D:current-user-principal>")
}

fn home(href: &str) -> String {
    format!("<C:addressbook-home-set><D:href>{href}</D:href></C:addressbook-home-set>")
}

fn version(n: u32) -> String {
    format!("<D:getetag>\"{n}\"</D:getetag>")
}

fn card(n: u32, name: &str) -> String {
    format!(
        "{}<C:address-data>BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nFN:{name}\r\nTEL:200{n}\r\nEND:VCARD\r\n</C:address-data>",
        version(n)
    )
}

fn gone(href: &str) -> String {
    format!(
        "<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
    )
}

fn token(token: &str) -> String {
    format!("<D:sync-token>{token}</D:sync-token>")
}

impl Script {
    /// Runs to the end; every answer must be asked for, in this order.
    #[track_caller]
    fn run(self, typed: &str, known: Known) -> Result<Vec<String>, AddressBookError> {
        let server = Server::read(typed).expect("a server");
        let (mut sync, mut request) = Sync::begin(server, known);
        for (expected, answer) in self.0 {
            let (line, word) = expected.split_once(" ?").unwrap_or((expected, ""));
            let Request {
                method,
                url,
                depth,
                body,
            } = &request;
            let asked = format!("{} {} {}", method.name(), url.path(), depth.name());
            assert_eq!(asked, line);
            assert_eq!(url.host_str(), Some("a.test"));
            assert!(body.contains(word), "{word} in {body}");
            request = match sync.answer(&answer) {
                Step::Ask(next) => next,
                Step::Done(news) => return Ok(told(news)),
                Step::Failed(error) => return Err(error),
            };
        }
        panic!("more is asked: {request:?}");
    }
}

/// `book token`, `+ address etag name`, `- address`, without the server.
fn told(news: News) -> Vec<String> {
    let short = |address: &str| address.replace("https://a.test", "");
    let mut lines = Vec::new();
    for book in news.books {
        let token = book.token.unwrap_or("none".into());
        lines.push(format!("{} {token}", short(&book.address)));
        for card in book.changed {
            let name = card.card.map_or("nobody".into(), |card| card.card.name);
            lines.push(format!("+ {} {} {name}", short(&card.address), card.etag));
        }
        let removed = book.removed.iter();
        lines.extend(removed.map(|address| format!("- {}", short(address))));
    }
    lines
}

fn known(token: Option<&str>, cards: &[(&str, u32)]) -> Known {
    let card = |(path, n): &(&str, u32)| (format!("https://a.test{path}"), format!("\"{n}\""));
    let book = KnownBook {
        token: token.map(str::to_owned),
        cards: cards.iter().map(card).collect(),
    };
    Known {
        books: BTreeMap::from([("https://a.test/b/".to_owned(), book)]),
        updated: None,
    }
}

#[test]
fn from_a_host_to_its_cards() {
    let script = Script(vec![
        (
            "PROPFIND /.well-known/carddav 0 ?addressbook-home-set",
            moved("/dav"),
        ),
        (
            "PROPFIND /dav 0",
            xml(&response("/dav/", &principal("/dav/p/alice/"))),
        ),
        (
            "PROPFIND /dav/p/alice/ 0",
            xml(&response("/dav/p/alice/", &home("/dav/h/"))),
        ),
        (
            "PROPFIND /dav/h/ 1",
            xml(&[
                response(
                    "/dav/h/",
                    "<D:resourcetype><D:collection/></D:resourcetype>",
                ),
                response("/dav/h/office", &format!("{BOOK}{SYNC}")),
                response("/dav/h/old/", BOOK),
                response("/dav/h/old/", BOOK),
            ]
            .concat()),
        ),
        (
            "REPORT /dav/h/office/ 0 ?<D:sync-token></D:sync-token>",
            xml(&[
                response("/dav/h/office/", ""),
                response("/dav/h/office/1.vcf", &version(1)),
                response("/dav/h/office/2.vcf", &version(2)),
                response("/elsewhere/3.vcf", &version(3)),
                response("https://b.test/dav/h/office/4.vcf", &version(4)),
                token("T1"),
            ]
            .concat()),
        ),
        (
            "PROPFIND /dav/h/old/ 1 ?getetag",
            xml(&[
                response("/dav/h/old/", BOOK),
                response(
                    "/dav/h/old/sub/",
                    "<D:resourcetype><D:collection/></D:resourcetype>",
                ),
                response("/dav/h/old/a%20b.vcf", &version(5)),
            ]
            .concat()),
        ),
        (
            "REPORT /dav/h/office/ 1 ?<D:href>/dav/h/office/1.vcf</D:href><D:href>/dav/h/office/2.vcf</D:href>",
            xml(&[
                response("/dav/h/office/1.vcf", &card(1, "Ada")),
                response(
                    "/dav/h/office/2.vcf",
                    "<C:address-data>BEGIN:VCARD\nFN:Mail\nEND:VCARD</C:address-data>",
                ),
                // Not asked for.
                response("/dav/h/office/9.vcf", &card(9, "Mallory")),
            ]
            .concat()),
        ),
        (
            "REPORT /dav/h/old/ 1 ?a%20b.vcf",
            xml(&response("/dav/h/old/a%20b.vcf", &card(5, "Bert"))),
        ),
    ]);
    let news = script.run("a.test", Known::default()).unwrap();
    assert_eq!(
        news,
        [
            "/dav/h/office/ T1",
            "+ /dav/h/office/1.vcf \"1\" Ada",
            "+ /dav/h/office/2.vcf  nobody",
            "/dav/h/old/ none",
            "+ /dav/h/old/a%20b.vcf \"5\" Bert",
        ]
    );
}

#[test]
fn what_is_typed_may_be_a_principal_a_home_or_a_book() {
    let book = || response("/b/", BOOK);
    let empty = || ("PROPFIND /b/ 1", xml(&book()));
    for (typed, script) in [
        ("a.test/b/", vec![("PROPFIND /b/ 0", xml(&book())), empty()]),
        (
            "a.test/p/",
            vec![
                ("PROPFIND /p/ 0", xml(&response("/p/", &home("/h/")))),
                ("PROPFIND /h/ 1", xml(&book())),
                empty(),
            ],
        ),
        (
            "a.test/h/",
            vec![
                ("PROPFIND /h/ 0", xml(&response("/h/", ""))),
                ("PROPFIND /h/ 1", xml(&book())),
                empty(),
            ],
        ),
        // No well-known place: the root (RFC 6764 §6).
        (
            "a.test",
            vec![
                ("PROPFIND /.well-known/carddav 0", status(404)),
                ("PROPFIND / 0", xml(&response("/", &principal("/p/")))),
                ("PROPFIND /p/ 0", xml(&response("/p/", &home("/h/")))),
                ("PROPFIND /h/ 1", xml(&book())),
                empty(),
            ],
        ),
    ] {
        let news = Script(script).run(typed, Known::default());
        assert_eq!(news, Ok(vec!["/b/ none".to_owned()]), "{typed}");
    }
}

#[test]
fn what_has_changed_since_the_last_time() {
    let book = || {
        (
            "PROPFIND /b/ 0",
            xml(&response("/b/", &format!("{BOOK}{SYNC}"))),
        )
    };
    let two = [("/b/1.vcf", 1), ("/b/2.vcf", 2)];
    let all = || {
        xml(&[
            response("/b/1.vcf", &version(1)),
            response("/b/3.vcf", &version(3)),
            token("T2"),
        ]
        .concat())
    };
    let third = || {
        (
            "REPORT /b/ 1 ?/b/3.vcf",
            xml(&response("/b/3.vcf", &card(3, "Cleo"))),
        )
    };
    let whole = &["/b/ T2", "+ /b/3.vcf \"3\" Cleo", "- /b/2.vcf"][..];
    for (about, since, script, expected) in [
        ("nothing", Some("T1"), vec![book(), ("REPORT /b/ 0 ?T1", xml(&token("T1")))], &["/b/ T1"][..]),
        (
            "a change and a removal",
            Some("T1"),
            vec![
                book(),
                (
                    "REPORT /b/ 0 ?T1",
                    xml(&[response("/b/1.vcf", &version(7)), gone("/b/2.vcf"), gone("/b/8.vcf"), token("T2")].concat()),
                ),
                ("REPORT /b/ 1 ?/b/1.vcf", xml(&response("/b/1.vcf", &card(7, "Ada")))),
            ],
            &["/b/ T2", "+ /b/1.vcf \"7\" Ada", "- /b/2.vcf"],
        ),
        (
            "a token that the server knows no more",
            Some("old"),
            vec![book(), ("REPORT /b/ 0 ?old", status(403)), ("REPORT /b/ 0 ?<D:sync-token></D:sync-token>", all()), third()],
            whole,
        ),
        (
            "a report that the server does not know after all",
            Some("old"),
            vec![book(), ("REPORT /b/ 0", status(400)), ("REPORT /b/ 0", status(501)), ("PROPFIND /b/ 1", all()), third()],
            &["/b/ none", "+ /b/3.vcf \"3\" Cleo", "- /b/2.vcf"],
        ),
        (
            "a list that is cut off",
            None,
            vec![
                book(),
                (
                    "REPORT /b/ 0 ?<D:sync-token></D:sync-token>",
                    xml(&[
                        response("/b/1.vcf", &version(1)),
                        "<D:response><D:href>/b/</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>".into(),
                        token("T1a"),
                    ]
                    .concat()),
                ),
                ("REPORT /b/ 0 ?T1a", xml(&[response("/b/3.vcf", &version(3)), token("T2")].concat())),
                third(),
            ],
            whole,
        ),
        (
            "a card that is not answered is asked for again the next time",
            Some("T1"),
            vec![
                book(),
                ("REPORT /b/ 0 ?T1", xml(&[response("/b/3.vcf", &version(3)), token("T2")].concat())),
                ("REPORT /b/ 1 ?/b/3.vcf", xml("")),
            ],
            &["/b/ none"],
        ),
        (
            "a card that went meanwhile",
            Some("T1"),
            vec![
                book(),
                ("REPORT /b/ 0 ?T1", xml(&[response("/b/2.vcf", &version(9)), token("T2")].concat())),
                ("REPORT /b/ 1 ?/b/2.vcf", xml(&gone("/b/2.vcf"))),
            ],
            &["/b/ T2", "- /b/2.vcf"],
        ),
    ] {
        let news = Script(script).run("a.test/b/", known(since, &two)).unwrap();
        assert_eq!(news, expected, "{about}");
    }
}

#[test]
fn what_is_in_the_way_is_told() {
    use AddressBookError as E;
    let look = "PROPFIND /b/ 0";
    let book = || (look, xml(&response("/b/", &format!("{BOOK}{SYNC}"))));
    let elsewhere = |host: &str| E::LeadsElsewhere(host.into());
    for (script, error) in [
        (vec![(look, refused("Basic realm=\"x\""))], E::WrongPassword),
        (
            vec![(look, refused("Negotiate, basic realm=\"x\""))],
            E::WrongPassword,
        ),
        (vec![(look, status(401))], E::WrongPassword),
        (
            vec![(look, refused("Digest realm=\"x\", nonce=\"basic\""))],
            E::WrongPassword,
        ),
        (
            vec![(
                look,
                refused("Digest realm=\"x\", nonce=\"basic\", algorithm=NEW"),
            )],
            E::OtherSignIn,
        ),
        (vec![(look, status(403))], E::Forbidden),
        (vec![(look, status(404))], E::NoAddressBook),
        (vec![(look, status(200))], E::NoAddressBook),
        (vec![(look, status(503))], E::Status(503)),
        (vec![(look, status(302))], E::Status(302)),
        (
            vec![(look, xml("")), ("PROPFIND /b/ 1", xml(""))],
            E::NoAddressBook,
        ),
        (
            vec![(look, moved("https://b.test/b/"))],
            elsewhere("https://b.test"),
        ),
        (
            vec![(look, moved("http://a.test/b/"))],
            elsewhere("http://a.test"),
        ),
        (
            vec![(look, xml(&response("/b/", &principal("//b.test/p"))))],
            elsewhere("https://b.test"),
        ),
        (
            vec![(look, xml(&response("/b/", &home("https://b.test:1/h"))))],
            elsewhere("https://b.test:1"),
        ),
        (vec![(look, moved("/b/")); 6], E::LeadsOn),
        (vec![book(), ("REPORT /b/ 0", status(500))], E::Status(500)),
        (
            vec![book(), ("REPORT /b/ 0", refused("Basic"))],
            E::WrongPassword,
        ),
        (
            vec![
                book(),
                ("REPORT /b/ 0", xml(&response("/b/1", &version(1)))),
                ("REPORT /b/ 1", status(403)),
            ],
            E::Forbidden,
        ),
    ] {
        let about = format!("{error:?}");
        assert_eq!(
            Script(script).run("a.test/b/", Known::default()),
            Err(error),
            "{about}"
        );
    }
    // A list that is not whole would take contacts away.
    let plain = || (look, xml(&response("/b/", BOOK)));
    let empty = vec![plain(), ("PROPFIND /b/ 1", xml(""))];
    let error = Script(empty).run("a.test/b/", known(None, &[("/b/1.vcf", 1)]));
    assert!(matches!(error, Err(E::NotUnderstood(_))), "{error:?}");
    let cut_off =
        "<D:response><D:href>/b/</D:href><D:status>HTTP/1.1 507 x</D:status></D:response>";
    let cut_off = vec![plain(), ("PROPFIND /b/ 1", xml(cut_off))];
    let error = Script(cut_off).run("a.test/b/", known(None, &[("/b/1.vcf", 1)]));
    assert_eq!(error, Err(E::TooLarge));
    let broken = Answer {
        status: MULTISTATUS,
        body: b"<x>".to_vec(),
        ..Answer::default()
    };
    let error = Script(vec![(look, broken)]).run("a.test/b/", Known::default());
    assert!(matches!(error, Err(E::NotUnderstood(_))), "{error:?}");
}

/// A server that always has more ends in a sentence.
#[test]
fn a_server_that_never_ends_is_left() {
    let server = Server::read("https://a.test/b/").unwrap();
    let (mut sync, mut request) = Sync::begin(server, Known::default());
    for n in 0.. {
        assert!(n <= MAX_REQUESTS, "{request:?}");
        let answer = match request.method {
            Method::PropFind => xml(&response("/b/", &format!("{BOOK}{SYNC}"))),
            Method::Report => xml(&[
                "<D:response><D:href>/b/</D:href><D:status>HTTP/1.1 507 x</D:status></D:response>"
                    .to_owned(),
                token(&n.to_string()),
            ]
            .concat()),
        };
        request = match sync.answer(&answer) {
            Step::Ask(next) => next,
            Step::Done(news) => panic!("{news:?}"),
            Step::Failed(error) => return assert_eq!(error, AddressBookError::TooLarge),
        };
    }
}

#[test]
fn cards_come_in_batches_and_not_without_end() {
    let run = |cards: usize| {
        let server = Server::read("https://a.test/b/").unwrap();
        let (mut sync, _) = Sync::begin(server, Known::default());
        sync.answer(&xml(&response("/b/", &format!("{BOOK}{SYNC}"))));
        let list: String = (0..cards)
            .map(|n| response(&format!("/b/{n}"), &version(1)))
            .collect();
        let mut batches = Vec::new();
        let mut step = sync.answer(&xml(&list));
        while let Step::Ask(Request { body, .. }) = &step {
            batches.push(body.matches("<D:href>").count());
            step = sync.answer(&xml(""));
        }
        (batches, step)
    };
    let (batches, step) = run(BATCH * 2 + 1);
    assert_eq!(batches, [BATCH, BATCH, 1]);
    assert!(matches!(step, Step::Done(_)), "{step:?}");
    let (batches, step) = run(MAX_CARDS + 1);
    assert_eq!(
        (batches, step),
        (vec![], Step::Failed(AddressBookError::TooLarge))
    );
}

/// News without books mean that all are gone, so that nothing may lead to them by mistake.
#[test]
fn after_the_end_there_is_no_news() {
    let server = Server::read("https://a.test/b/").unwrap();
    let (mut sync, _) = Sync::begin(server, Known::default());
    assert!(matches!(sync.answer(&status(403)), Step::Failed(_)));
    assert!(matches!(sync.answer(&xml("")), Step::Failed(_)));
}
