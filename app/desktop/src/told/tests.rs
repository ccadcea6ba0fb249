//! What is news, and what is taken back.

use std::time::{Duration, Instant, SystemTime};

use hark_phone::snapshot::{ConnectingStage, MessageWaiting, Problem};
use hark_phone::{AccountSettings, CallDirection, CallKind};

use super::*;

fn told(told: &mut Told, snapshot: &Snapshot) -> Vec<String> {
    let line = |effect| match effect {
        Effect::Notify(told) => {
            let buttons: Vec<_> = told.buttons.iter().map(Button::key).collect();
            format!(
                "{:?}: {} / {} {buttons:?}",
                told.about, told.title, told.body
            )
        }
        other => format!("{other:?}"),
    };
    told.news(snapshot).into_iter().map(line).collect()
}

fn missed(count: u32) -> Snapshot {
    let entry = |(title, outcome): (&str, Outcome)| HistoryEntry {
        account: None,
        id: 1,
        direction: CallDirection::Incoming,
        kind: CallKind::Person,
        outcome,
        title: title.to_owned(),
        address: "sip:priya@example.test".to_owned(),
        began: SystemTime::UNIX_EPOCH,
        talked: Duration::ZERO,
    };
    let history = [
        ("Bob", Outcome::AnsweredElsewhere),
        ("Priya Raman", Outcome::Missed),
    ];
    Snapshot {
        missed_unseen: count,
        history: history.map(entry).into(),
        ..Snapshot::default()
    }
}

#[test]
fn a_missed_call_is_told_once_and_forgotten_when_it_has_been_seen() {
    let mut state = Told::default();
    assert!(told(&mut state, &missed(1)).is_empty(), "missed before");
    assert_eq!(
        told(&mut state, &missed(2)),
        [r#"Missed: Priya Raman / Missed call. You have missed 2 calls. ["call-back"]"#]
    );
    assert!(told(&mut state, &missed(2)).is_empty());
    assert_eq!(told(&mut state, &missed(0)), ["Withdraw(Missed)"]);
    assert_eq!(
        told(&mut state, &missed(1)),
        [r#"Missed: Priya Raman / Missed call. ["call-back"]"#]
    );
}

#[test]
fn messages_are_told_when_there_are_more_of_them() {
    let with = |new, urgent_new| Snapshot {
        message_waiting: waiting(new, urgent_new),
        ..signed_in()
    };
    let mut state = Told::default();
    assert!(told(&mut state, &signed_in()).is_empty());
    assert_eq!(
        told(&mut state, &with(3, 1)),
        [
            r#"NewMessages(AccountId("dana@example.test")): Voicemail / 3 new messages, 1 urgent. ["listen"]"#
        ]
    );
    assert!(told(&mut state, &with(2, 0)).is_empty(), "one was heard");
    assert_eq!(
        told(&mut state, &with(3, 0)),
        [r#"NewMessages(AccountId("dana@example.test")): Voicemail / 3 new messages. ["listen"]"#]
    );
    assert_eq!(
        told(&mut state, &with(0, 0)),
        [r#"Withdraw(NewMessages(AccountId("dana@example.test")))"#]
    );
}

#[test]
fn each_mailbox_is_told_of_by_itself_and_its_button_calls_it() {
    let bob = AccountId::named("bob@example.test");
    let with = |danas, bobs| Snapshot {
        message_waiting: waiting(danas, 0),
        others: vec![AccountView {
            id: bob.clone(),
            place: 1,
            message_waiting: waiting(bobs, 0),
            ..AccountView::default()
        }],
        ..signed_in()
    };
    let mut state = Told::default();
    told(&mut state, &with(1, 2));
    let news = state.news(&with(1, 3));
    let [Effect::Notify(news)] = &news[..] else {
        panic!("{news:?}");
    };
    assert_eq!(news.title, "Voicemail for bob@example.test");
    assert_eq!(news.body, "3 new messages.");
    assert_eq!(
        format!("{:?}", news.buttons[0].action()),
        r#"By(AccountId("bob@example.test"), CallVoicemail)"#
    );
    // The other mailbox is empty, and then this one's account is gone.
    assert_eq!(
        told(&mut state, &with(0, 3)),
        [r#"Withdraw(NewMessages(AccountId("dana@example.test")))"#]
    );
    let alone = Snapshot {
        others: Vec::new(),
        ..with(0, 0)
    };
    assert_eq!(
        told(&mut state, &alone),
        [r#"Withdraw(NewMessages(AccountId("bob@example.test")))"#]
    );
}

fn signed_in() -> Snapshot {
    Snapshot {
        account: Some(AccountSettings {
            address: "dana@example.test".into(),
            ..AccountSettings::default()
        }),
        ..Snapshot::default()
    }
}

fn waiting(new: u32, urgent_new: u32) -> Option<MessageWaiting> {
    Some(MessageWaiting {
        new,
        old: 4,
        urgent_new,
    })
}

fn lost(text: &str) -> RegistrationView {
    let problem = Problem {
        text: text.into(),
        detail: String::new(),
    };
    RegistrationView::Lost {
        problem,
        next_try: Instant::now(),
    }
}

#[test]
fn a_connection_that_stood_and_is_gone_is_told_until_it_is_back() {
    let snapshot = |registration| Snapshot {
        registration,
        ..signed_in()
    };
    let gone = || snapshot(lost("The server does not answer."));
    let stands = || snapshot(RegistrationView::Registered);
    let mut state = Told::default();
    assert!(told(&mut state, &gone()).is_empty(), "it never stood");
    told(&mut state, &stands());
    assert_eq!(
        told(&mut state, &gone()),
        [
            r#"Connection(AccountId("dana@example.test")): Can't reach the phone system / The server does not answer. []"#
        ]
    );
    assert!(told(&mut state, &gone()).is_empty());
    let trying = RegistrationView::Connecting(ConnectingStage::Connecting);
    assert!(told(&mut state, &snapshot(trying)).is_empty());
    assert_eq!(
        told(&mut state, &stands()),
        [r#"Withdraw(Connection(AccountId("dana@example.test")))"#]
    );
    // The server can be reached, and says no.
    let refused = RegistrationView::Failed(Problem {
        text: "The password is wrong.".into(),
        detail: String::new(),
    });
    let refused = told(&mut state, &snapshot(refused));
    assert!(refused[0].contains(": Not signed in / The password is wrong."));
    assert_eq!(
        told(&mut state, &Snapshot::default()),
        [r#"Withdraw(Connection(AccountId("dana@example.test")))"#],
        "signed out"
    );
}

#[test]
fn the_connection_of_each_account_is_told_by_its_name_and_taken_back_by_itself() {
    let with = |danas, bobs| Snapshot {
        registration: danas,
        others: vec![AccountView {
            id: AccountId::named("bob@example.test"),
            place: 1,
            registration: bobs,
            ..AccountView::default()
        }],
        ..signed_in()
    };
    let stands = || RegistrationView::Registered;
    let mut state = Told::default();
    told(&mut state, &with(stands(), stands()));
    assert_eq!(
        told(&mut state, &with(stands(), lost("Bob's is silent."))),
        [
            r#"Connection(AccountId("bob@example.test")): Can't reach the phone system of bob@example.test / Bob's is silent. []"#
        ]
    );
    let news = told(&mut state, &with(lost("Dana's, too."), lost("Bob's.")));
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].contains("of dana@example.test / Dana's, too."));
    assert_eq!(
        told(&mut state, &with(lost("Dana's."), stands())),
        [r#"Withdraw(Connection(AccountId("bob@example.test")))"#]
    );
}
