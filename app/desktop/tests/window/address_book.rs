//! The address book of a server in the settings: switched on, asked, changed, switched off.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::NodeT as _;
use hark_desktop::theme::size;
use hark_phone::snapshot::AddressBookStage;
use hark_phone::{AddressBookSettings, Problem, Snapshot};

use crate::fixtures::{moment, said, signed_in, with_contacts};
use crate::stage::Stage;

fn settings(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "Settings");
    stage.said();
    stage
}

pub fn with_address_book(stage: AddressBookStage) -> Snapshot {
    let mut snapshot = signed_in();
    snapshot.settings.address_book = AddressBookSettings {
        on: true,
        url: "https://dav.example.test".into(),
        username: "dana".into(),
        ca_file: Some("/etc/dav.pem".into()),
    };
    snapshot.address_book.stage = stage;
    snapshot.address_book.contacts = 214;
    snapshot.address_book.updated = Some(moment().wall.timestamp().into());
    snapshot
}

/// Its server does not answer.
pub fn unreachable() -> Snapshot {
    with_address_book(AddressBookStage::Failed(Problem {
        text: said(UNREACHABLE),
        detail: "Connection refused (os error 111)".into(),
    }))
}

pub const UNREACHABLE: &str = "The server of the address book cannot be reached. Check the network connection; Hark tries again by itself.";

#[test]
fn an_address_book_is_switched_on_by_the_keyboard() {
    let mut stage = settings(signed_in());
    stage.fill("Address of the server", "http://dav.example.test");
    stage.fill("User name there", "dana");
    stage.fill("Password there", "sesame");
    stage.press("Switch on");
    assert!(stage.reads(
        "Your password would go to this server without encryption. Write its address with https://."
    ));
    assert!(stage.said().is_empty());
    stage.refill("Address of the server", " dav.example.test ");
    stage.key(Key::Enter);
    assert_eq!(
        stage.said(),
        [
            "SetAddressBook { settings: AddressBookSettings { on: true, url: \"dav.example.test\", \
             username: \"dana\", ca_file: None }, password: Password(redacted) }"
        ]
    );
}

#[test]
fn it_says_how_it_stands_and_asks_again() {
    let mut stage = settings(with_address_book(AddressBookStage::UpToDate));
    let time = moment().wall.strftime("%H:%M").to_string();
    assert!(stage.reads(&format!("214 contacts, updated at {time}")));
    stage.press("Update now");
    assert_eq!(stage.said(), ["UpdateAddressBook"]);
    stage.show(with_address_book(AddressBookStage::Updating));
    assert!(stage.reads("Asking the server\u{2026}"));
    let problem = Problem {
        text: "The server of the address book was not found.".into(),
        detail: "NotFound".into(),
    };
    stage.show(with_address_book(AddressBookStage::Failed(problem)));
    assert!(stage.reads("The server of the address book was not found."));
    let words = format!("214 contacts from before are still here. Updated last: {time}.");
    assert!(stage.reads(&words));
}

/// What is said of the switch when it has been turned leaves the buttons whole and the page as wide as it is.
#[test]
fn a_switch_that_was_turned_is_answered_below_its_button() {
    let mut stage = settings(signed_in());
    stage.show(with_address_book(AddressBookStage::UpToDate));
    assert!(stage.reads("Switched on."));
    let height = |name| stage.button(name).rect().height();
    assert_eq!(height("Switch off"), height("Update now"));
    let right = stage.button("Change server").rect().right();
    assert!(right < size::WINDOW[0], "{right}");
}

#[test]
fn it_is_changed_and_what_has_no_field_stays() {
    let mut stage = settings(with_address_book(AddressBookStage::UpToDate));
    assert!(!stage.has(Role::TextInput, "User name there"));
    stage.press("Change server");
    stage.refill("User name there", "tom");
    stage.press("Cancel");
    assert!(!stage.has(Role::TextInput, "User name there"));
    stage.press("Change server");
    stage.refill("User name there", "tom");
    stage.press("Save");
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("username: \"tom\", ca_file: Some(\"/etc/dav.pem\")"),
        "{said:?}"
    );
}

#[test]
fn switching_off_says_before_what_goes() {
    let mut stage = settings(with_address_book(AddressBookStage::UpToDate));
    stage.press("Switch off");
    let words = "Switch it off? 214 contacts are removed from Hark, and their stars are forgotten. The server keeps them.";
    assert!(stage.reads(words));
    stage.press("Keep it on");
    assert!(!stage.reads(words));
    stage.press("Switch off");
    // A question that the user walks away from is answered with no.
    stage.activate(Role::Tab, "Home");
    stage.activate(Role::Tab, "Settings");
    assert!(!stage.reads(words));
    assert!(stage.said().is_empty());
    stage.press("Switch off");
    stage.press("Switch off");
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(
        "SetAddressBook { settings: AddressBookSettings { on: false, url: \"https://dav"
    ));
}

#[test]
fn what_the_administrator_has_set_cannot_be_changed() {
    let locks = "locked = ['settings.address_book']\n[settings.address_book]\non = true\nurl = 'https://dav.example.test'";
    let mut snapshot = with_address_book(AddressBookStage::UpToDate);
    let document = hark_phone::portable::Document::read(locks).unwrap();
    snapshot.locks = document.locks().clone();
    let mut stage = settings(snapshot);
    assert!(stage.reads("Your administrator has set this."));
    assert!(stage.button("Switch off").accesskit_node().is_disabled());
    stage.press("Change server");
    assert!(
        stage
            .field("User name there")
            .accesskit_node()
            .is_disabled()
    );
    assert!(!stage.field("Password there").accesskit_node().is_disabled());
}

/// What the server keeps is shown as such, and has no way to be changed here.
#[test]
fn a_contact_of_a_server_is_called_and_starred_and_not_changed() {
    let mut snapshot = with_contacts();
    let copies = snapshot.contacts.iter().map(|contact| {
        let origin = hark_phone::ContactOrigin::AddressBook;
        hark_phone::Contact::new(contact.id, origin, contact.card.clone())
    });
    snapshot.contacts = copies.collect();
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "People, 1 new");
    stage.activate(Role::RadioButton, "Contacts");
    stage.press("Show Front desk");
    assert!(stage.reads("From your address book; change it there."));
    assert!(!stage.has(Role::Button, "Edit") && !stage.has(Role::Button, "Remove"));
    stage.said();
    stage.press("Make Front desk a favourite");
    assert_eq!(stage.said(), ["SetFavourite { id: 1, favourite: Yes }"]);
    stage.press("All contacts");
    stage.press("Import and export");
    stage.press("Contacts from a server\u{2019}s address book (CardDAV)");
    // It is where the eye is, and not somewhere below.
    let at = stage.field("Address of the server").rect();
    assert!((0.0..size::WINDOW[1]).contains(&at.center().y), "{at:?}");
}
