//! The address book of a real server: its contacts come, change and go, and name who calls.

use std::path::Path;

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};
use hark_phone::{
    AddressBookChanges, AddressBookSettings, AddressBookStage, Command, ContactCard, ContactOrigin,
    Event, Favourite, Password, Profile, Snapshot,
};

use crate::radicale::{PASSWORD, Radicale};

fn card(uid: &str, name: &str, number: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nN:{name};;;;\r\n\
         TEL;TYPE=CELL:{number}\r\nEND:VCARD\r\n"
    )
}

fn server() -> Radicale {
    let server = Radicale::start();
    server.write_card(
        "priya.vcf",
        &card("u-priya", "Priya Raman", "+49 30 901820"),
    );
    server.write_card("tom.vcf", &card("u-tom", "Tom Eriksen", "2001"));
    let group = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-all\r\nFN:Everybody\r\nN:Everybody;;;;\r\n\
        X-ADDRESSBOOKSERVER-KIND:group\r\nEND:VCARD\r\n";
    server.write_card("all.vcf", group);
    server
}

/// A phone with an account at a hand-written server, whose settings lie in a folder.
fn phone(sip: &RawServer, folder: &Path) -> (Phone, RawFlow) {
    let (phone, flow, _) = Phone::signed_in_with(sip, sip.account(), |config| {
        config.profile = Profile::Folder(folder.to_owned());
    });
    (phone, flow)
}

fn set(phone: &Phone, settings: AddressBookSettings, password: &str) {
    phone.send(Command::SetAddressBook {
        settings,
        password: Password::new(password),
    });
}

#[track_caller]
fn outcome(phone: &Phone) -> Result<AddressBookChanges, String> {
    phone.until("the address book", |event| match event {
        Event::AddressBook(outcome) => Some(outcome.clone()),
        _ => None,
    })
}

/// What came, changed and went, and how many there are then.
fn changes(
    added: usize,
    changed: usize,
    removed: usize,
    contacts: usize,
) -> Result<AddressBookChanges, String> {
    Ok(AddressBookChanges {
        contacts,
        added,
        changed,
        removed,
    })
}

/// The connection to the registrar is lost, and another one takes its place.
fn comes_back(sip: &RawServer, before: RawFlow) -> RawFlow {
    drop(before);
    let mut flow = sip.accept();
    let register = flow.expect("REGISTER");
    flow.accept_register(&register);
    flow
}

/// `name number`, a star behind the favourites.
fn shown(snapshot: &Snapshot) -> Vec<String> {
    let line = |card: &ContactCard| {
        let star = if card.favourite { "*" } else { "" };
        format!("{}{star} {}", card.name, card.addresses[0].address)
    };
    snapshot.contacts.iter().map(|it| line(&it.card)).collect()
}

fn rings_as(phone: &Phone, flow: &mut RawFlow, n: u32, from: &str) -> String {
    let head = |method: &str| {
        format!(
            "{method} sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
             Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKb{n}\r\nMax-Forwards: 70\r\n\
             From: <{from}>;tag=b{n}\r\nTo: <sip:alice@contoso.com>\r\nCall-ID: book-{n}\r\n\
             CSeq: 1 {method}\r\n"
        )
    };
    let contact = "Contact: <sip:x@127.0.0.1;transport=tls>\r\n";
    flow.send_with_body(&format!("{}{contact}", head("INVITE")), &sdp("0"));
    let (call, ..) = phone.until_incoming();
    let calls = phone.snapshot().calls.clone();
    flow.send(&format!("{}Content-Length: 0\r\n\r\n", head("CANCEL")));
    phone.until_call(hark_phone::CallState::Ended);
    let call = calls.into_iter().find(|it| it.id == call);
    call.expect("a call that rings is shown").title
}

#[test]
fn contacts_of_a_server_come_change_and_go_and_name_who_calls() {
    let (server, sip) = (server(), RawServer::tls());
    let folder = tempfile::tempdir().unwrap();
    let (phone, mut flow) = phone(&sip, folder.path());
    let caller = "sip:+4930901820@gateway.test;user=phone";
    let unknown = rings_as(&phone, &mut flow, 1, caller);
    assert_eq!(unknown, "+4930901820@gateway.test");

    set(&phone, server.settings(), PASSWORD);
    assert_eq!(outcome(&phone), changes(2, 0, 0, 2));
    let snapshot = phone.snapshot();
    assert_eq!(
        shown(&snapshot),
        ["Priya Raman +49 30 901820", "Tom Eriksen 2001"]
    );
    let origins = snapshot.contacts.iter().map(|contact| contact.origin);
    assert!(origins.eq([ContactOrigin::AddressBook; 2]));
    assert_eq!(snapshot.address_book.stage, AddressBookStage::UpToDate);
    assert!(snapshot.address_book.updated.is_some());
    assert_eq!(rings_as(&phone, &mut flow, 2, caller), "Priya Raman");

    // A star is kept here; a name and a number are not changed here.
    let (priya, tom) = (snapshot.contacts[0].id, snapshot.contacts[1].id);
    phone.send(Command::SetFavourite {
        id: priya,
        favourite: Favourite::Yes,
    });
    let card_of = snapshot.contacts[0].card.clone();
    phone.send(Command::KeepContact {
        id: Some(priya),
        card: ContactCard {
            name: "Eve".into(),
            ..card_of
        },
    });
    assert!(
        phone
            .until_error()
            .starts_with("This contact comes from the address book of a server.")
    );
    phone.send(Command::RemoveContact { id: tom });
    assert!(
        phone
            .until_error()
            .starts_with("This contact comes from the address book of a server.")
    );
    phone.send(Command::UpdateAddressBook);
    assert_eq!(outcome(&phone), changes(0, 0, 0, 2));

    // The server changes one, loses one, gains one.
    server.write_card(
        "priya.vcf",
        &card("u-priya", "Priya R. Raman", "+49 30 901821"),
    );
    server.remove_card("tom.vcf");
    server.write_card("zoe.vcf", &card("u-zoe", "Zo\u{eb}", "2003"));
    phone.send(Command::UpdateAddressBook);
    assert_eq!(outcome(&phone), changes(1, 1, 1, 2));
    let all = ["Priya R. Raman* +49 30 901821", "Zo\u{eb} 2003"];
    assert_eq!(shown(&phone.snapshot()), all);
    phone.quit();
    drop(flow);

    // Nothing secret is in the settings, and the next start asks by itself with what it is given.
    let kept = std::fs::read_to_string(folder.path().join("hark.toml")).unwrap();
    assert!(
        kept.contains("username = \"alice\"") && !kept.contains(PASSWORD),
        "{kept}"
    );
    let (again, ..) = Phone::signed_in_with(&sip, sip.account(), |config| {
        config.profile = Profile::Folder(folder.path().to_owned());
        config.address_book_password = Some(Password::new(PASSWORD));
    });
    again.shows("up to date", |shown| {
        (shown.address_book.stage == AddressBookStage::UpToDate).then_some(())
    });
    assert_eq!(shown(&again.snapshot()), all);

    // Off: what came from there goes, with its stars.
    let off = AddressBookSettings {
        on: false,
        ..server.settings()
    };
    set(&again, off, "");
    again.shows("nobody", |shown| shown.contacts.is_empty().then_some(()));
    assert_eq!(again.snapshot().address_book.stage, AddressBookStage::Off);
    set(&again, server.settings(), PASSWORD);
    again.shows("everybody", |shown| {
        (shown.contacts.len() == 2).then_some(())
    });
    assert!(
        again
            .snapshot()
            .contacts
            .iter()
            .all(|it| !it.card.favourite)
    );
}

#[test]
fn what_is_in_the_way_to_a_server_is_told_and_what_was_there_stays() {
    let (server, sip) = (server(), RawServer::tls());
    let folder = tempfile::tempdir().unwrap();
    let (phone, _flow) = phone(&sip, folder.path());
    let book = || AddressBookSettings {
        url: server.book_url(),
        ..server.settings()
    };
    set(&phone, book(), PASSWORD);
    assert_eq!(outcome(&phone), changes(2, 0, 0, 2));
    let with_ca_file = |ca_file| AddressBookSettings { ca_file, ..book() };
    let nowhere = AddressBookSettings {
        url: format!("{}nowhere/", server.book_url()),
        ..book()
    };
    let closed = AddressBookSettings {
        url: "https://127.0.0.1:1/".into(),
        ..book()
    };
    for (settings, password, words) in [
        (
            book(),
            "wrong",
            "The server of the address book does not accept the user name or the password.",
        ),
        (
            with_ca_file(None),
            PASSWORD,
            "The certificate of the address book's server cannot be trusted",
        ),
        (
            with_ca_file(Some("/no/such/file".into())),
            PASSWORD,
            "The certificate authority file for the address book cannot be used",
        ),
        (nowhere, PASSWORD, "No address book was found there."),
        (
            closed,
            PASSWORD,
            "The server of the address book cannot be reached.",
        ),
    ] {
        set(&phone, settings, password);
        let text = outcome(&phone).unwrap_err();
        assert!(text.starts_with(words), "{text}");
        let snapshot = phone.snapshot();
        let AddressBookStage::Failed(problem) = &snapshot.address_book.stage else {
            panic!("{:?}", snapshot.address_book);
        };
        assert_eq!(problem.text, text);
        assert_eq!(snapshot.address_book.contacts, 2, "{text}");
        let failures = &snapshot.diagnosis.failures;
        assert_eq!(failures[0].text, text);
    }
    set(&phone, book(), PASSWORD);
    assert_eq!(outcome(&phone), changes(0, 0, 0, 2));
    // Another authority alone, as in the demo.
    let stranger = RawServer::tcp();
    let (distrusting, ..) = Phone::signed_in_with(&stranger, stranger.account(), |config| {
        config.only_authority = Some(server.authority().to_owned());
        config.address_book = Some(with_ca_file(None));
        config.address_book_password = Some(Password::new(PASSWORD));
    });
    assert_eq!(outcome(&distrusting), changes(2, 0, 0, 2));
}

/// Somebody who looks after a restart, without a way to the server, sees how old the contacts are.
#[test]
fn when_the_contacts_came_is_known_after_a_restart() {
    let (server, sip) = (server(), RawServer::tls());
    let folder = tempfile::tempdir().unwrap();
    let (phone, flow) = phone(&sip, folder.path());
    set(&phone, server.settings(), PASSWORD);
    assert_eq!(outcome(&phone), changes(2, 0, 0, 2));
    let updated = phone.snapshot().address_book.updated;
    let updated = updated.expect("they have come");
    phone.quit();
    drop((flow, server));

    let (again, ..) = Phone::signed_in_with(&sip, sip.account(), |config| {
        config.profile = Profile::Folder(folder.path().to_owned());
        config.address_book_password = Some(Password::new(PASSWORD));
    });
    let kept = again.shows("a server that is gone", |shown| {
        let view = &shown.address_book;
        matches!(view.stage, AddressBookStage::Failed(_)).then_some(view.updated)
    });
    let kept = kept.expect("the archive knows it");
    let apart = updated.duration_since(kept).unwrap_or_default();
    assert!(
        kept <= updated && apart.as_secs() < 10,
        "{kept:?} {updated:?}"
    );
    again.quit();
}

#[test]
fn a_server_on_this_computer_may_do_without_encryption() {
    let (server, sip) = (Radicale::in_clear(), RawServer::tls());
    server.write_card("tom.vcf", &card("u-tom", "Tom Eriksen", "2001"));
    let folder = tempfile::tempdir().unwrap();
    let (phone, _flow) = phone(&sip, folder.path());
    let settings = AddressBookSettings {
        url: format!("http://{}", server.settings().url),
        ca_file: None,
        ..server.settings()
    };
    set(&phone, settings, PASSWORD);
    assert_eq!(outcome(&phone), changes(1, 0, 0, 1));
}

/// Nobody listens at first. When the network is back, which the phone sees by its registration, the server is
/// asked again without a word of the user.
#[test]
fn a_server_that_was_not_reached_is_asked_when_the_network_is_back() {
    let (server, sip) = (server(), RawServer::tls());
    let folder = tempfile::tempdir().unwrap();
    let (phone, flow) = phone(&sip, folder.path());
    let closed = AddressBookSettings {
        url: "https://127.0.0.1:1/".into(),
        ..server.settings()
    };
    set(&phone, closed, PASSWORD);
    assert!(outcome(&phone).is_err());
    let flow = comes_back(&sip, flow);
    assert!(outcome(&phone).is_err());
    // What the user has to mend is not asked for again.
    set(&phone, server.settings(), "wrong");
    assert!(outcome(&phone).unwrap_err().contains("password"));
    let _flow = comes_back(&sip, flow);
    phone.until_registered();
    assert!(matches!(
        phone.snapshot().address_book.stage,
        AddressBookStage::Failed(_)
    ));
    set(&phone, server.settings(), PASSWORD);
    assert_eq!(outcome(&phone), changes(2, 0, 0, 2));
}
