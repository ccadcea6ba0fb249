//! Several accounts in one phone, each at its own server.

use hark_phone::snapshot::MessageWaiting;
use hark_phone::{
    AccountId, AccountSettings, CallId, CallKind, CallState, Command, Event, Password, Profile,
    RegistrationView, TurnPassword,
};
use hark_um::{MessageChoice, PinCheck, ServerEvent, User};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};
use hark_e2e::um::{PASSWORD, Um};

fn add(phone: &Phone, account: AccountSettings, password: &str) -> AccountId {
    let id = account.id();
    phone.send(Command::AddAccount {
        account,
        password: Password::new(password),
        turn_password: TurnPassword::Kept,
    });
    id
}

fn of(account: &AccountId, command: Command) -> Command {
    Command::For(account.clone(), Box::new(command))
}

/// Waits for the standing of an account behind the first one.
fn until_standing(phone: &Phone, account: &AccountId, wanted: impl Fn(&RegistrationView) -> bool) {
    phone.until("the standing of the other account", |event| match event {
        Event::Of(of, event) if of == account => match &**event {
            Event::Registration(view) if wanted(view) => Some(()),
            _ => None,
        },
        _ => None,
    });
}

fn registered(view: &RegistrationView) -> bool {
    *view == RegistrationView::Registered
}

fn lost(view: &RegistrationView) -> bool {
    matches!(view, RegistrationView::Lost { .. })
}

/// Two servers with a mailbox each, and a phone with an account at both.
fn dana_and_erin() -> (Um, Um, Phone, AccountId) {
    let full = |name: &str| User {
        demo_messages: true,
        ..Um::user(name)
    };
    let (first, second) = (
        Um::start(vec![Um::user("dana")]),
        Um::start(vec![full("erin")]),
    );
    let phone = Phone::registered(first.account("dana"), PASSWORD);
    let erin = add(&phone, second.account("erin"), PASSWORD);
    until_standing(&phone, &erin, registered);
    (first, second, phone, erin)
}

fn until_opened(um: &Um) -> PinCheck {
    um.until("the mailbox opened", |event| match event {
        ServerEvent::MailboxOpened { pin, .. } => Some(*pin),
        _ => None,
    })
}

#[test]
fn ox3_each_account_has_its_mailbox_and_its_lamp() {
    let (first, second, phone, erin) = dana_and_erin();
    let waiting = phone.shows("erin's messages", |shown| shown.others[0].message_waiting);
    assert_eq!(
        waiting,
        MessageWaiting {
            new: 3,
            ..MessageWaiting::default()
        }
    );
    for (um, command, whose) in [
        (&first, Command::CallVoicemail, "dana@example.test"),
        (
            &second,
            of(&erin, Command::CallVoicemail),
            "erin@example.test",
        ),
    ] {
        phone.send(command);
        let (call, _) = phone.until_call(CallState::Connected);
        assert_eq!(until_opened(um), PinCheck::Skipped);
        assert_eq!(phone.snapshot().calls[0].account.as_str(), whose);
        phone.send(Command::HangUp { call });
        phone.until_call(CallState::Ended);
    }
}

/// OX-9 asks whether From equals To, for the account that is called.
#[test]
fn ox9_play_on_phone_rings_for_the_account_that_it_is_for() {
    let (_first, second, phone, erin) = dana_and_erin();
    second.handle.play_on_phone("erin", MessageChoice::Newest);
    let (call, whose) = phone.until("incoming", |event| match event {
        Event::Incoming {
            call, kind, notes, ..
        } => {
            assert_eq!(*kind, CallKind::PlayOnPhone);
            Some((*call, notes.account.clone()))
        }
        _ => None,
    });
    assert_eq!(whose, Some(erin));
    phone.send(Command::Answer { call });
    phone.until_call(CallState::Connected);
}

/// Alice and Bob at hand-written servers.
struct Two {
    servers: [RawServer; 2],
    flows: [RawFlow; 2],
    phone: Phone,
    bob: AccountId,
}

fn two() -> Two {
    let servers = [RawServer::tcp(), RawServer::tcp()];
    let (phone, alices, _) = Phone::signed_in(&servers[0], servers[0].account());
    let account = AccountSettings {
        address: "bob@contoso.com".into(),
        ..servers[1].account()
    };
    let bob = add(&phone, account, "secret");
    let mut bobs = servers[1].accept();
    bobs.register();
    until_standing(&phone, &bob, registered);
    Two {
        servers,
        flows: [alices, bobs],
        phone,
        bob,
    }
}

/// A call from one person to another over a flow; it rings.
fn rings(phone: &Phone, flow: &mut RawFlow, from: &str, to: &str) -> (CallId, CallKind) {
    flow.send(&invite(from, to));
    assert_eq!(flow.expect_response().status(), "100 Trying");
    assert_eq!(flow.expect_response().status(), "180 Ringing");
    let (call, kind, _) = phone.until_incoming();
    (call, kind)
}

fn invite(from: &str, to: &str) -> String {
    let body = sdp("8");
    format!(
        "INVITE sip:{to}@127.0.0.1;transport=tcp SIP/2.0\r\n\
         Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK{from}{to}\r\n\
         Max-Forwards: 68\r\n\
         From: <sip:{from}@contoso.com>;tag={from}\r\n\
         To: <sip:{to}@contoso.com>\r\n\
         CSeq: 1 INVITE\r\n\
         Call-ID: from-{from}-to-{to}\r\n\
         Contact: <sip:{from}@127.0.0.1;transport=tcp>\r\n\
         Content-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Both user agents number their calls from the beginning.
#[test]
fn ox9_calls_of_two_accounts_are_told_apart() {
    let Two {
        flows: [mut alices, mut bobs],
        phone,
        ..
    } = two();
    // From Alice to Bob is a person's call, although Alice is an account of this phone.
    let (to_bob, kind) = rings(&phone, &mut bobs, "alice", "bob");
    assert_eq!(kind, CallKind::Person);
    let (to_alice, kind) = rings(&phone, &mut alices, "alice", "alice");
    assert_eq!(kind, CallKind::PlayOnPhone);
    let whose: Vec<_> = phone
        .snapshot()
        .calls
        .iter()
        .map(|call| (call.id, call.account.to_string()))
        .collect();
    let expected = [
        (to_bob, "bob@contoso.com".to_owned()),
        (to_alice, "alice@contoso.com".to_owned()),
    ];
    assert_eq!(whose, expected);
    phone.send(Command::Decline { call: to_bob });
    assert_eq!(bobs.expect_response().status(), "603 Decline");
    phone.until_call(CallState::Ended);
    assert_eq!(phone.snapshot().calls[0].id, to_alice);
    phone.send(Command::Answer { call: to_alice });
    assert_eq!(alices.expect_response().status(), "200 OK");
}

#[test]
fn one_server_is_lost_and_the_other_account_stays() {
    let Two {
        mut servers,
        flows: [mut alices, bobs],
        phone,
        bob,
    } = two();
    servers[1].stop();
    drop(bobs);
    until_standing(&phone, &bob, lost);
    assert_eq!(phone.snapshot().registration, RegistrationView::Registered);
    let (_, kind) = rings(&phone, &mut alices, "carol", "alice");
    assert_eq!(kind, CallKind::Person);
    phone.send(of(&bob, Command::Dial { to: "carol".into() }));
    let refused = phone.until_error();
    // What stands in the way of his account, in words.
    assert!(refused.contains("Hark keeps trying"), "{refused}");
    servers[1].start_again();
    phone.send(Command::RetryNow);
    let mut bobs = servers[1].accept();
    bobs.register();
    until_standing(&phone, &bob, registered);
}

#[test]
fn a_call_goes_out_by_the_account_that_is_named_and_else_by_the_first() {
    let Two {
        flows: [mut alices, mut bobs],
        phone,
        bob,
        ..
    } = two();
    let dial = || Command::Dial { to: "carol".into() };
    phone.send(of(&bob, dial()));
    let invite = bobs.expect("INVITE");
    assert!(
        invite.header("From").unwrap().contains("bob@contoso.com"),
        "{invite:#?}"
    );
    bobs.respond(&invite, "486 Busy Here", "", "");
    bobs.expect("ACK");
    phone.until_call(CallState::Ended);
    // The history knows whose call it was.
    phone.shows("bob's call", |shown| {
        (shown.history.first()?.account.as_ref() == Some(&bob)).then_some(())
    });
    phone.send(dial());
    let invite = alices.expect("INVITE");
    assert!(
        invite.header("From").unwrap().contains("alice@contoso.com"),
        "{invite:#?}"
    );
    alices.respond(&invite, "486 Busy Here", "", "");
    alices.expect("ACK");
    phone.until_call(CallState::Ended);
    // Bob comes first from here on.
    phone.send(Command::UseAccount(bob));
    phone.shows("bob is first", |shown| {
        (shown.account.as_ref()?.address == "bob@contoso.com").then_some(())
    });
    phone.send(dial());
    bobs.expect("INVITE");
    let nobody = AccountId::named("nobody@contoso.com");
    phone.send(of(&nobody, dial()));
    let error = phone.until_error();
    assert!(
        error.starts_with("There is no account nobody@contoso.com."),
        "{error}"
    );
}

#[test]
fn an_account_that_is_removed_signs_out_and_the_other_stays() {
    let Two {
        flows: [_alices, mut bobs],
        phone,
        bob,
        servers,
    } = two();
    let again = AccountSettings {
        address: "sip:Bob@contoso.com".into(),
        ..servers[1].account()
    };
    add(&phone, again, "secret");
    let error = phone.until_error();
    assert!(
        error.starts_with("The account bob@contoso.com is already there."),
        "{error}"
    );
    phone.send(of(&bob, Command::RemoveAccount));
    let register = bobs.expect("REGISTER");
    assert_eq!(
        register.header("Expires").or(register.header("expires")),
        Some("0"),
        "{register:#?}"
    );
    phone.shows("one account", |shown| shown.others.is_empty().then_some(()));
    assert_eq!(phone.snapshot().registration, RegistrationView::Registered);
}

#[test]
fn accounts_come_back_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let servers = [RawServer::tcp(), RawServer::tcp()];
    let accounts = |servers: &[RawServer; 2]| {
        let bob = AccountSettings {
            address: "bob@contoso.com".into(),
            ..servers[1].account()
        };
        [servers[0].account(), bob]
    };
    let text = |accounts: &[AccountSettings]| {
        let portable = hark_phone::portable::Portable {
            accounts: accounts.to_vec(),
            ..Default::default()
        };
        portable.to_toml().unwrap()
    };
    // One account as an older Hark wrote it.
    let [alice, bob] = accounts(&servers);
    let old = text(std::slice::from_ref(&alice))
        .replace("[[account]]", "[account]")
        .replace("version = 1", "version = 1\nepid = '0123456789'");
    std::fs::write(folder.path().join("hark.toml"), old).unwrap();
    let start = || {
        Phone::start_with(alice.clone(), "secret", |config| {
            config.profile = Profile::Folder(folder.path().to_owned());
            config.account = None;
        })
    };
    let phone = start();
    servers[0].accept().register();
    phone.until_registered();
    add(&phone, bob.clone(), "secret");
    phone.shows("two accounts", |shown| {
        (!shown.others.is_empty()).then_some(())
    });
    phone.send(Command::UseAccount(bob.id()));
    phone.shows("bob is first", |shown| {
        (shown.others.first()?.id == alice.id()).then_some(())
    });
    phone.quit();
    let phone = start();
    let addresses = phone.shows("both accounts", |shown| {
        let accounts = shown.accounts();
        (accounts.len() == 2).then(|| {
            accounts
                .iter()
                .map(|it| it.id.to_string())
                .collect::<Vec<_>>()
        })
    });
    assert_eq!(addresses, ["bob@contoso.com", "alice@contoso.com"]);
}

#[test]
fn calls_of_two_accounts_are_not_connected_with_each_other() {
    let Two {
        flows: [mut alices, mut bobs],
        phone,
        bob,
        ..
    } = two();
    let contact = "Contact: <sip:carol@127.0.0.1;transport=tcp>\r\n";
    let call = |flow: &mut RawFlow, command| {
        phone.send(command);
        let invite = flow.expect("INVITE");
        flow.respond(&invite, "200 OK", contact, &sdp("8"));
        flow.expect("ACK");
        phone.until_call(CallState::Connected).0
    };
    let dial = || Command::Dial { to: "carol".into() };
    let first = call(&mut alices, dial());
    let second = call(&mut bobs, of(&bob, dial()));
    phone.send(Command::TransferToCall {
        call: second,
        to_call: first,
    });
    let error = phone.until_error();
    assert!(
        error.starts_with("Only calls of the same account"),
        "{error}"
    );
}
