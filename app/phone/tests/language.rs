//! What the engine shows while it lasts is said in the language that is spoken. A program of its own,
//! because the language is one for all of it.

use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::Duration;

use hark_phone::{
    AccountSettings, AddressBookSettings, AddressBookStage, Command, Password, PhoneConfig,
    Profile, RegistrationView, Sound, SoundEnd, Transport,
};
use hark_words::{Language, set_language};

/// Nothing waits for this to pass; it ends a test that would hang.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn what_keeps_the_account_and_the_address_book_out_is_said_anew_in_another_language() {
    set_language(Language::English);
    // A port that nobody listens on.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let (wake, wakes) = channel();
    let phone = hark_phone::start(
        PhoneConfig {
            profile: Profile::Memory,
            account: Some(AccountSettings {
                address: "alice@example.test".into(),
                server: Some(port.unwrap().to_string()),
                transport: Transport::Tcp,
                ..AccountSettings::default()
            }),
            password: Some(Password::new("secret")),
            address_book: Some(AddressBookSettings {
                on: true,
                // Nobody listens there.
                url: "https://127.0.0.1:1/".into(),
                ..AddressBookSettings::default()
            }),
            address_book_password: Some(Password::new("secret")),
            sound: Sound {
                microphone: SoundEnd::None,
                speaker: SoundEnd::None,
            },
            ..PhoneConfig::default()
        },
        move || {
            // The test that waits for it is over.
            let _ = wake.send(());
        },
    );
    let until_said = |part: &str| loop {
        let shown = phone.snapshot();
        if let RegistrationView::Lost { problem, .. } = &shown.registration
            && problem.text.contains(part)
        {
            return;
        }
        let woken = wakes.recv_timeout(LIMIT);
        assert!(woken.is_ok(), "{part:?}: {:?}", shown.registration);
    };
    let until_told = |part: &str| loop {
        let shown = phone.snapshot();
        if let AddressBookStage::Failed(problem) = &shown.address_book.stage
            && problem.text.contains(part)
        {
            return;
        }
        let woken = wakes.recv_timeout(LIMIT);
        assert!(woken.is_ok(), "{part:?}: {:?}", shown.address_book);
    };
    let until_listed = |part: &str| loop {
        let shown = phone.snapshot();
        let failures = &shown.diagnosis.failures;
        if failures.iter().any(|failure| failure.text.contains(part)) {
            return;
        }
        let woken = wakes.recv_timeout(LIMIT);
        assert!(woken.is_ok(), "{part:?}: {failures:?}");
    };
    until_said("Hark keeps trying");
    until_told("Hark tries again by itself");
    until_listed("Hark keeps trying");
    set_language(Language::German);
    phone.send(Command::SayAnew).unwrap();
    until_said("Hark versucht es weiter");
    until_told("Hark versucht es von selbst wieder");
    until_listed("Hark versucht es weiter");
    phone.join();
}
