//! The first start: the form, how far signing in has come, errors, and the way in without account.

use egui::Key;
use egui::accesskit::Role;
use hark_desktop::action::Action;
use hark_phone::people::Country;
use hark_phone::snapshot::ConnectingStage;
use hark_phone::{Event, RegistrationView, Snapshot};

use crate::fixtures::{WRONG_PASSWORD, account, refused, signed_in};
use crate::stage::Stage;

fn first_start() -> Stage {
    Stage::new(Snapshot::default())
}

fn with(registration: RegistrationView) -> Snapshot {
    Snapshot {
        account: Some(account()),
        registration,
        ..Snapshot::default()
    }
}

#[test]
fn address_password_and_enter_sign_in() {
    let mut stage = first_start();
    assert!(stage.reads("Welcome to Hark"));
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "correct horse");
    stage.key(Key::Enter);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("SetAccount"), "{said:?}");
    assert!(
        said[0].contains("address: \"dana@example.test\""),
        "{said:?}"
    );
    assert!(!said[0].contains("horse"), "{said:?}");
}

#[test]
fn the_advanced_fields_go_along() {
    let mut stage = first_start();
    stage.press("Advanced");
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.fill("Server", "pbx.example.test:5061");
    stage.fill("Voicemail", "*97");
    stage.activate(Role::RadioButton, "TCP (not encrypted)");
    stage.press("Sign in");
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    let said = said.concat();
    for part in [
        "server: Some(\"pbx.example.test:5061\")",
        "voicemail: Some(\"*97\")",
        "transport: Tcp",
        "username: None",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn the_country_of_numbers_is_typed_by_its_name_and_checked() {
    let mut stage = Stage::new(Snapshot {
        country: Country::of_code("AT"),
        ..Snapshot::default()
    });
    stage.press("Advanced");
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.fill("Country of your numbers", "atlantis");
    assert!(
        stage.reads("Hark does not know this country. Type its two letters, like DE, or its name.")
    );
    stage.press("Sign in");
    assert!(stage.said().is_empty());
    stage.refill("Country of your numbers", "germany");
    assert!(stage.reads("Germany, whose numbers begin with +49"));
    stage.press("Sign in");
    let said = stage.said().concat();
    assert!(said.contains("region: Some(\"DE\")"), "{said}");
}

#[test]
fn what_cannot_be_right_is_said_at_the_field() {
    let mut stage = first_start();
    stage.fill("Address", "dana");
    stage.press("Sign in");
    assert!(stage.reads("An address has two parts with an @ between them: name@company.com."));
    assert!(stage.said().is_empty());
}

#[test]
fn signing_in_shows_its_stages_and_ends_on_home() {
    let mut stage = first_start();
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.press("Sign in");
    stage.show(with(RegistrationView::Connecting(
        ConnectingStage::Connecting,
    )));
    for words in ["Connecting", "Checking certificate", "Signing in", "Ready"] {
        assert!(stage.reads(words), "{words}");
    }
    stage.show(signed_in());
    stage.happens(Event::Registration(RegistrationView::Registered));
    assert!(stage.has(Role::Button, "Call Voicemail"));
}

#[test]
fn without_tls_no_certificate_is_checked() {
    let mut stage = first_start();
    stage.press("Advanced");
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.activate(Role::RadioButton, "TCP (not encrypted)");
    stage.press("Sign in");
    assert!(stage.reads("Connecting"));
    assert!(!stage.reads("Checking certificate"));
}

#[test]
fn a_refusal_is_said_in_plain_words_and_keeps_what_was_typed() {
    let mut stage = first_start();
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "wrong");
    stage.press("Sign in");
    stage.show(with(refused()));
    stage.happens(Event::Registration(refused()));
    assert!(stage.reads(WRONG_PASSWORD));
    assert!(!stage.reads("REGISTER sip:example.test: 403 Forbidden"));
    stage.press("Technical details");
    assert!(stage.reads("REGISTER sip:example.test: 403 Forbidden"));
    let address = stage.field("Address").value();
    assert_eq!(address.as_deref(), Some("dana@example.test"));
    assert!(stage.has(Role::Button, "Sign in"));
}

#[test]
fn an_account_the_engine_does_not_take_can_be_tried_again() {
    let mut stage = first_start();
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.press("Sign in");
    let text = "This address cannot be read. Check it.";
    stage.happens(Event::Error { text: text.into() });
    assert!(stage.reads(text));
    stage.press("Sign in");
    assert_eq!(stage.said().len(), 2);
}

/// The form of an account that is in use.
fn changing() -> Stage {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Settings");
    stage.press("Change");
    stage
}

#[test]
fn an_empty_password_keeps_the_one_that_is_known() {
    let mut stage = changing();
    assert!(!stage.has(Role::Button, "Sign in"));
    stage.press("Save");
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("SetAccount"), "{said:?}");
}

#[test]
fn another_server_asks_for_the_password() {
    let mut stage = changing();
    stage.fill("Server", "pbx.example.test");
    stage.press("Sign in");
    assert!(stage.said().is_empty());
    assert!(stage.reads("Type the password of this account."));
}

#[test]
fn the_built_in_server_is_offered_and_a_failure_is_told() {
    let mut stage = first_start();
    stage.press("Try it with the built-in voicemail server");
    assert_eq!(stage.said(), ["demo: Start"]);
    assert!(stage.has(Role::Button, "Starting the built-in voicemail server…"));
    stage.reports(Action::DemoFailed("no free port".into()));
    assert!(stage.reads("The built-in voicemail server did not start."));
    assert!(stage.reads("no free port"));
}

#[test]
fn a_field_says_what_is_wrong_while_it_is_typed_and_no_sooner() {
    let mut stage = first_start();
    let incomplete = "An address has two parts with an @ between them: name@company.com.";
    stage.fill("Address", "dana");
    assert!(!stage.reads(incomplete), "it may become right");
    stage.field("Password").focus();
    stage.settle();
    assert!(stage.reads(incomplete));
    stage.fill("Address", "@exa mple.test");
    assert!(stage.reads("This is not an address. Write it like name@company.com, without spaces."));
    stage.press("Advanced");
    for (field, typed, sentence) in [
        (
            "Server",
            "https://pbx.example.test",
            "This is not the name of a server. Type a name or an address, with a port if needed, like sip.company.com:5061.",
        ),
        (
            "Voicemail",
            "mailto:mailbox@example.test",
            "This is neither a number nor an address. Write it like *97 or voicemail@company.com.",
        ),
    ] {
        stage.fill(field, typed);
        assert!(stage.reads(sentence), "{field}");
        stage.refill(field, "");
        stage.harness.key_press(Key::Delete);
        stage.settle();
        assert!(!stage.reads(sentence), "{field}");
    }
}

#[test]
fn a_file_can_be_chosen_or_dropped_and_is_looked_into() {
    let mut stage = first_start();
    stage.press("Advanced");
    stage.press("Choose…");
    assert_eq!(
        stage.said(),
        ["choose: Choose the certificate authority file"]
    );
    stage.reports(Action::NoFileChooser);
    let otherwise = "This desktop cannot show files to choose from. Type the path of the file, or drop the file on this window.";
    assert!(stage.reads(otherwise));
    stage.reports(Action::AuthorityFileChosen("/etc/company.pem".into()));
    assert_eq!(
        stage.said(),
        ["ReadAuthorities { file: \"/etc/company.pem\" }"]
    );
    let typed = stage.field("Certificate authority file").value();
    assert_eq!(typed.as_deref(), Some("/etc/company.pem"));
    stage.happens(Event::Authorities {
        file: "/etc/company.pem".into(),
        content: Err(hark_phone::FileFault::NoCertificate),
    });
    let empty = "This file holds no certificate. Ask your administrator for the authority's certificate as a PEM file.";
    assert!(stage.reads(empty));
    stage.fill("Address", "dana@example.test");
    stage.fill("Password", "x");
    stage.press("Sign in");
    assert!(stage.said().is_empty(), "a file of no use is not sent");
}
