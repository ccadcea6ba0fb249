//! What the desktop's notifications have told, and what is news beside it.

use std::collections::BTreeMap;

use hark_phone::snapshot::{HistoryEntry, Outcome};
use hark_phone::{AccountId, AccountView, RegistrationView, Snapshot};

use crate::action::{About, Button, Effect, Notification};
use crate::text;

/// How things stood when they were told last.
#[derive(Debug, Default)]
pub struct Told {
    /// `None` before the first snapshot: calls that were missed before this program began are no
    /// news.
    missed: Option<u32>,
    /// In the mailbox of each account.
    new_messages: BTreeMap<AccountId, u32>,
    connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Connection {
    /// Not signed in yet, or signed out by hand.
    #[default]
    Unknown,
    Stands,
    Lost,
}

impl Told {
    /// What has to be shown or taken back now.
    pub fn news(&mut self, snapshot: &Snapshot) -> Vec<Effect> {
        let mut effects = self.missed(snapshot);
        effects.extend(self.messages(snapshot));
        effects.extend(self.connection(&snapshot.registration));
        effects
    }

    fn missed(&mut self, snapshot: &Snapshot) -> Vec<Effect> {
        let missed = snapshot.missed_unseen;
        let before = self.missed.replace(missed).unwrap_or(missed);
        if missed == 0 && before > 0 {
            return vec![Effect::Withdraw(About::Missed)];
        }
        let last = snapshot.history.iter().find(|entry| is_missed(entry));
        let news = last.filter(|_| missed > before);
        news.map(|entry| notify(missed_call(entry, missed)))
            .into_iter()
            .collect()
    }

    /// Each mailbox is told of by itself, so that its button calls it.
    fn messages(&mut self, snapshot: &Snapshot) -> Vec<Effect> {
        let accounts = snapshot.accounts();
        let gone = |id: &AccountId| !accounts.iter().any(|account| account.id == *id);
        let gone = self.new_messages.extract_if(.., |id, _| gone(id));
        let mut effects: Vec<_> = gone
            .map(|(id, _)| Effect::Withdraw(About::NewMessages(id)))
            .collect();
        for account in &accounts {
            let whose = snapshot.has_several_accounts().then_some(&account.id);
            effects.extend(self.mailbox(account, whose));
        }
        effects
    }

    fn mailbox(&mut self, account: &AccountView, whose: Option<&AccountId>) -> Option<Effect> {
        // While the server is away its last word stands.
        let waiting = account.message_waiting?;
        let id = account.id.clone();
        let before = self.new_messages.insert(id.clone(), waiting.new);
        let before = before.unwrap_or(0);
        if waiting.new > before {
            let (title, body) = text::new_messages_told(waiting, whose);
            return Some(notify(Notification {
                about: About::NewMessages(id.clone()),
                title,
                body,
                buttons: vec![Button::Listen(id)],
            }));
        }
        (waiting.new == 0 && before > 0).then_some(Effect::Withdraw(About::NewMessages(id)))
    }

    fn connection(&mut self, registration: &RegistrationView) -> Option<Effect> {
        let now = match registration {
            RegistrationView::SignedOut => Connection::Unknown,
            RegistrationView::Connecting(_) => return None,
            RegistrationView::Registered => Connection::Stands,
            RegistrationView::Failed(_) | RegistrationView::Lost { .. } => Connection::Lost,
        };
        let before = std::mem::replace(&mut self.connection, now);
        match (before, registration) {
            (
                Connection::Stands,
                RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. },
            ) => Some(notify(Notification {
                about: About::Connection,
                title: text::offline_title().to_owned(),
                body: problem.text.clone(),
                buttons: Vec::new(),
            })),
            (Connection::Lost, RegistrationView::Registered | RegistrationView::SignedOut) => {
                Some(Effect::Withdraw(About::Connection))
            }
            _ => None,
        }
    }
}

/// The window is gone, and no tray shows that the program is not.
pub fn background(snapshot: &Snapshot) -> Notification {
    let address = snapshot
        .account
        .as_ref()
        .map(|account| account.address.as_str());
    Notification {
        about: About::Background,
        title: text::stays_title().to_owned(),
        body: text::stays(address.unwrap_or_default()),
        buttons: Vec::new(),
    }
}

fn is_missed(entry: &HistoryEntry) -> bool {
    entry.outcome == Outcome::Missed
}

fn missed_call(entry: &HistoryEntry, missed: u32) -> Notification {
    let (title, body) = text::missed_told(&entry.title, missed);
    Notification {
        about: About::Missed,
        title,
        body,
        buttons: vec![Button::CallBack {
            to: entry.address.clone(),
            account: entry.account.clone(),
        }],
    }
}

fn notify(notification: Notification) -> Effect {
    Effect::Notify(notification)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant, SystemTime};

    use hark_phone::snapshot::{MessageWaiting, Problem};
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
            [
                r#"NewMessages(AccountId("dana@example.test")): Voicemail / 3 new messages. ["listen"]"#
            ]
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

    #[test]
    fn a_connection_that_stood_and_is_gone_is_told_until_it_is_back() {
        let snapshot = |registration| Snapshot {
            registration,
            ..Snapshot::default()
        };
        let lost = || {
            let problem = Problem {
                text: "The server does not answer.".into(),
                detail: String::new(),
            };
            let next_try = Instant::now();
            snapshot(RegistrationView::Lost { problem, next_try })
        };
        let mut state = Told::default();
        assert!(told(&mut state, &lost()).is_empty(), "it never stood");
        assert_eq!(
            told(&mut state, &snapshot(RegistrationView::Registered)),
            ["Withdraw(Connection)"]
        );
        assert_eq!(
            told(&mut state, &lost()),
            ["Connection: Can't reach the phone system / The server does not answer. []"]
        );
        assert!(told(&mut state, &lost()).is_empty());
        assert_eq!(
            told(&mut state, &snapshot(RegistrationView::Registered)),
            ["Withdraw(Connection)"]
        );
    }
}
