//! Several accounts in the window, which looks through one of them at a time.

use egui::accesskit::Role;
use hark_desktop::action::Button;
use hark_phone::snapshot::{MessageWaiting, Problem, SkipPin};
use hark_phone::{
    AccountId, AccountSettings, AccountView, CallDirection, CallId, CallKind, CallView, Event,
    RegistrationView, Snapshot,
};

use crate::fixtures::signed_in;
use crate::stage::Stage;

fn bob() -> AccountView {
    let settings = AccountSettings {
        address: "bob@example.test".into(),
        ..AccountSettings::default()
    };
    AccountView {
        id: settings.id(),
        place: 1,
        settings,
        registration: RegistrationView::Registered,
        message_waiting: Some(MessageWaiting {
            new: 7,
            ..MessageWaiting::default()
        }),
        skip_pin: SkipPin::Yes,
        ..AccountView::default()
    }
}

pub fn two_accounts() -> Snapshot {
    Snapshot {
        others: vec![bob()],
        ..signed_in()
    }
}

pub fn choose(stage: &mut Stage, account: &str) {
    stage.activate(Role::ComboBox, hark_desktop::text::account_choice());
    stage.activate(Role::Button, account);
}

#[test]
fn with_one_account_nothing_is_said_of_several() {
    let mut stage = Stage::new(signed_in());
    assert!(!stage.has(Role::ComboBox, "Account"));
    stage.activate(Role::Tab, "Settings");
    assert!(stage.has(Role::Button, "Add another account"));
    assert!(!stage.has(Role::Button, "Use this account first"));
}

#[test]
fn the_window_looks_through_the_account_that_is_chosen() {
    let mut stage = Stage::new(two_accounts());
    choose(&mut stage, "bob@example.test");
    assert!(stage.reads("7 new messages"));
    stage.press("Call Voicemail");
    assert_eq!(
        stage.said(),
        [r#"For(AccountId("bob@example.test"), CallVoicemail)"#]
    );
    // What happens to the first one is not news on this screen, and what happens to Bob is.
    stage.activate(Role::Tab, "Settings");
    stage.press("Use this account first");
    let said = stage.said();
    assert!(
        said[0].ends_with(r#"UseAccount(AccountId("bob@example.test")))"#),
        "{said:?}"
    );
    stage.press("Sign out");
    stage.press("Sign out");
    assert_eq!(
        stage.said(),
        [r#"For(AccountId("bob@example.test"), RemoveAccount)"#]
    );
}

#[test]
fn what_keeps_another_account_out_is_told() {
    let mut lost = two_accounts();
    lost.others[0].registration = RegistrationView::Failed(Problem {
        text: "The password is wrong.".into(),
        detail: "403".into(),
    });
    let mut stage = Stage::new(lost);
    assert!(stage.reads("The password is wrong."));
    stage.press("Show bob@example.test");
    stage.press("Try now");
    let said = stage.said();
    assert_eq!(said, [r#"For(AccountId("bob@example.test"), RetryNow)"#]);
}

#[test]
fn a_call_that_comes_in_says_whose_it_is() {
    let mut call = CallView::new(CallId(1), CallDirection::Incoming, CallKind::Person);
    call.title = "Carol".into();
    call.account = bob().id;
    let calls = vec![call.clone()];
    let stage = Stage::new(Snapshot {
        calls: calls.clone(),
        ..two_accounts()
    });
    assert!(stage.reads("At bob@example.test"));
    let stage = Stage::new(Snapshot {
        calls,
        ..signed_in()
    });
    assert!(!stage.reads("At bob@example.test"));
}

#[test]
fn another_account_is_added_by_the_form_which_stays_until_it_is_in() {
    let mut stage = Stage::new(signed_in());
    stage.activate(Role::Tab, "Settings");
    stage.press("Add another account");
    stage.fill("Address", "bob@example.test");
    stage.fill("Password", "sesame");
    stage.press("Sign in");
    let said = stage.said();
    assert!(said[0].starts_with("AddAccount { account: "), "{said:?}");
    // The first account's registration is another matter.
    stage.show(two_accounts());
    stage.happens(Event::Registration(RegistrationView::Registered));
    assert!(stage.has(Role::Button, "Signing in …") || stage.reads("Add another account"));
    let bob = AccountId::named("bob@example.test");
    let registered = Event::Registration(RegistrationView::Registered);
    stage.happens(Event::Of(bob, Box::new(registered)));
    assert!(stage.reads("7 new messages"));
}

/// The calls of the fixtures: the first one Bob's, the second one of an account that is gone.
fn two_accounts_with_calls() -> Snapshot {
    let mut calls = crate::fixtures::history();
    calls[0].account = Some(bob().id);
    calls[1].account = Some(AccountId::named("gone@example.test"));
    calls[2].account = two_accounts().account.map(|account| account.id());
    Snapshot {
        history: calls.into(),
        ..two_accounts()
    }
}

#[test]
fn a_call_of_the_past_says_whose_it_was_and_is_called_back_by_that_account() {
    let mut stage = Stage::new(two_accounts_with_calls());
    assert!(stage.reads("Missed · 10:40 · bob@example.test"));
    stage.press("Call back Priya Raman");
    stage.press("Call back Voicemail");
    stage.press("Call back Tom Eriksen");
    assert_eq!(
        stage.said(),
        [
            r#"For(AccountId("bob@example.test"), Dial { to: "sip:priya@example.test" })"#,
            // Whose account is gone is called by the one that the window looks through.
            "CallVoicemail",
            r#"Dial { to: "sip:tom@example.test" }"#,
        ]
    );
    choose(&mut stage, "bob@example.test");
    stage.press("Call back Tom Eriksen");
    stage.press("Call back Voicemail");
    assert_eq!(
        stage.said(),
        [
            r#"For(AccountId("dana@example.test"), Dial { to: "sip:tom@example.test" })"#,
            r#"For(AccountId("bob@example.test"), CallVoicemail)"#,
        ]
    );
    let mut stage = Stage::new(two_accounts_with_calls());
    stage.activate(Role::Tab, "People, 1 new");
    assert!(stage.reads("Missed · 10:40 · bob@example.test"));
    let alone = Snapshot {
        others: Vec::new(),
        ..two_accounts_with_calls()
    };
    stage.show(alone);
    assert!(stage.reads("Missed · 10:40"));
}

#[test]
fn listen_calls_the_mailbox_that_the_notification_is_about() {
    let mut stage = Stage::new(two_accounts());
    let mut more = two_accounts();
    more.others[0].message_waiting = Some(MessageWaiting {
        new: 8,
        ..MessageWaiting::default()
    });
    stage.show(more);
    assert_eq!(
        stage.said(),
        ["notify: Voicemail for bob@example.test / 8 new messages."]
    );
    stage.reports(Button::Listen(bob().id).action());
    assert_eq!(
        stage.said(),
        [r#"For(AccountId("bob@example.test"), CallVoicemail)"#]
    );
}
