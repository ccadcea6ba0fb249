//! Signing in, and every way in which it fails: each a clear sentence, and another try possible.

use hark_phone::{Command, Event, Password, RegistrationView, TurnPassword};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Certificate, RawServer};
use hark_e2e::um::{PASSWORD, Um};

/// The sentence with which signing in failed for good, or is tried again.
#[track_caller]
fn until_refused(phone: &Phone) -> String {
    phone.until("a refusal", |event| match event {
        Event::Registration(
            RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. },
        ) => Some(problem.text.clone()),
        _ => None,
    })
}

#[track_caller]
fn check_certificate(certificate: Certificate, words: &str) {
    let server = RawServer::with_certificate(certificate);
    let phone = Phone::start(server.account(), "secret", None);
    server.accept_in_vain();
    let text = until_refused(&phone);
    assert!(text.contains(words), "{text}");
}

#[test]
fn an_expired_certificate_is_named() {
    check_certificate(Certificate::Expired, "has expired");
}

#[test]
fn a_certificate_for_another_name_is_named() {
    check_certificate(Certificate::WrongName, "for another name");
}

#[test]
fn an_unknown_authority_is_named() {
    let server = RawServer::tls();
    let mut account = server.account();
    account.ca_file = None;
    let phone = Phone::start(account, "secret", None);
    server.accept_in_vain();
    let text = until_refused(&phone);
    assert!(text.contains("authority"), "{text}");
}

#[test]
fn a_wrong_password_is_named_and_the_right_one_signs_in() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::start(um.account("dana"), "wrong", None);
    let text = until_refused(&phone);
    assert!(text.contains("password"), "{text}");
    phone.send(Command::SetAccount {
        account: um.account("dana"),
        password: Password::new(PASSWORD),
        turn_password: TurnPassword::Kept,
    });
    phone.until_registered();
}

#[test]
fn nobody_at_the_port_is_named() {
    let server = RawServer::tcp();
    let account = server.account();
    drop(server);
    let phone = Phone::start(account, "secret", None);
    let text = until_refused(&phone);
    assert!(text.contains("does not answer on this port"), "{text}");
}

#[test]
fn an_address_that_cannot_be_read_is_named() {
    let server = RawServer::tcp();
    let mut account = server.account();
    account.address = "alice".into();
    let phone = Phone::start(account, "secret", None);
    let text = until_refused(&phone);
    assert!(text.contains("alice@example.com"), "{text}");
    phone.send(Command::CallVoicemail);
    assert!(phone.until_error().contains("alice@example.com"));
}

#[test]
fn a_missing_certificate_file_is_named() {
    let server = RawServer::tls();
    let mut account = server.account();
    account.ca_file = Some("/no/such/file.pem".into());
    let phone = Phone::start(account, "secret", None);
    let text = until_refused(&phone);
    assert!(text.contains("certificate authority file"), "{text}");
}

#[test]
fn a_lost_connection_is_opened_again_and_registered_again() {
    let server = RawServer::tls();
    let phone = Phone::start(server.account(), "secret", None);
    let mut flow = server.accept();
    flow.register();
    phone.until_registered();
    drop(flow);
    let mut flow = server.accept();
    flow.register();
    phone.until_registered();
}

#[test]
fn everybody_signs_out_at_the_end() {
    let um = Um::start(vec![Um::user("dana")]);
    let phone = Phone::registered(um.account("dana"), PASSWORD);
    phone.quit();
    um.until("the sign-out", |event| match event {
        hark_um::ServerEvent::SignedOut { user } if user == "dana" => Some(()),
        _ => None,
    });
}
