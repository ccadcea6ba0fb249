//! Settings of the account that the server need not know: the next call is made with them, and the
//! call that is up goes on.

use hark_phone::{
    AccountSettings, CallState, Command, Event, MediaEncryption, Password, RegistrationView,
    TurnPassword,
};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};

const CONTACT: &str = "Contact: <sip:bob@127.0.0.1;transport=tcp>\r\n";

/// Changes the account and waits until the change is in use.
fn change(phone: &Phone, account: AccountSettings) {
    phone.send(Command::SetAccount {
        account,
        password: Password::new(""),
        turn_password: TurnPassword::Kept,
    });
    phone.until("the change in use", |event| match event {
        Event::Registration(RegistrationView::Registered) => Some(()),
        _ => None,
    });
}

/// Calls Bob, who answers, and returns our offer.
fn call(phone: &Phone, flow: &mut RawFlow) -> String {
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    flow.respond(&invite, "200 OK", CONTACT, &sdp("8"));
    flow.expect("ACK");
    phone.until_call(CallState::Connected);
    invite.body
}

fn port(offer: &str) -> u16 {
    let (_, media) = offer.split_once("m=audio ").expect("sound");
    let (port, _) = media.split_once(' ').expect("a port");
    port.parse().expect("a number")
}

#[test]
fn a_change_holds_from_the_next_call_on_and_leaves_the_one_that_is_up() {
    let server = RawServer::tcp();
    let account = AccountSettings {
        media_encryption: Some(MediaEncryption::Off),
        ..server.account()
    };
    let (phone, mut flow, _) = Phone::signed_in(&server, account.clone());
    let before = call(&phone, &mut flow);
    assert!(before.contains("opus/48000"), "{before}");
    assert!(!before.contains("a=ice-ufrag"), "{before}");

    change(
        &phone,
        AccountSettings {
            codecs: Some(vec!["pcma".into(), "pcmu".into()]),
            media_ports: "40000-49999".parse().ok(),
            ice: true,
            ..account.clone()
        },
    );
    let standing = phone.snapshot().calls.clone();
    assert_eq!(standing[0].state, CallState::Connected);
    phone.send(Command::HangUp {
        call: standing[0].id,
    });
    // The flow is the one of before, and no REGISTER came on it.
    let bye = flow.expect("BYE");
    flow.respond(&bye, "200 OK", "", "");
    let after = call(&phone, &mut flow);
    assert!(after.contains(" RTP/AVP 8 0 "), "{after}");
    assert!(!after.contains("opus"), "{after}");
    assert!(after.contains("a=ice-ufrag"), "{after}");
    assert!((40_000..50_000).contains(&port(&after)), "{after}");
}

#[test]
fn what_the_server_knows_is_told_to_it() {
    let server = RawServer::tcp();
    let account = server.account();
    let (phone, mut flow, _) = Phone::signed_in(&server, account.clone());
    phone.send(Command::SetAccount {
        account: AccountSettings {
            display_name: Some("Alice".into()),
            ..account
        },
        password: Password::new(""),
        turn_password: TurnPassword::Kept,
    });
    let unregister = flow.expect("REGISTER");
    assert_eq!(unregister.header("Expires"), Some("0"));
    server.accept().register();
}

#[test]
fn settings_that_cannot_be_used_are_told_and_change_nothing() {
    let server = RawServer::tcp();
    let account = server.account();
    let (phone, mut flow, _) = Phone::signed_in(&server, account.clone());
    phone.send(Command::SetAccount {
        account: AccountSettings {
            stun_server: Some("two words".into()),
            ..account.clone()
        },
        password: Password::new(""),
        turn_password: TurnPassword::Kept,
    });
    let text = phone.until_error();
    assert!(text.starts_with("The STUN server is not right."), "{text}");
    assert_eq!(phone.snapshot().account, Some(account));
    call(&phone, &mut flow);
}

/// A switch that is pressed on, off and on again, and once more before the window has followed, which asks
/// for the same.
#[test]
fn a_switch_that_is_pressed_again_and_again_ends_as_the_last_press_asks() {
    let server = RawServer::tcp();
    let account = AccountSettings {
        media_encryption: Some(MediaEncryption::Off),
        ..server.account()
    };
    let (phone, mut flow, _) = Phone::signed_in(&server, account.clone());
    let only_pcma = AccountSettings {
        codecs: Some(vec!["pcma".into()]),
        ..account.clone()
    };
    for account in [&only_pcma, &account, &only_pcma, &only_pcma] {
        phone.send(Command::SetAccount {
            account: account.clone(),
            password: Password::new(""),
            turn_password: TurnPassword::Kept,
        });
    }
    phone.send(Command::TellStatus);
    phone.until("all of it", |event| match event {
        Event::Status => Some(()),
        // Nobody is signed out on the way, and nothing goes wrong.
        Event::Registration(RegistrationView::Registered) => None,
        other => panic!("{other:?}"),
    });
    assert_eq!(phone.snapshot().account, Some(only_pcma));
    // No REGISTER came on the flow before the call.
    let offer = call(&phone, &mut flow);
    assert!(offer.contains(" RTP/AVP 8 "), "{offer}");
    assert!(!offer.contains("opus"), "{offer}");
}
