//! What the desktop's notifications have told, and what is news beside it.

use std::collections::BTreeMap;

use hark_phone::snapshot::{HistoryEntry, Outcome};
use hark_phone::{AccountId, AccountView, RegistrationView, Snapshot};

use crate::action::{About, Button, Effect, Notification};
use crate::state::registration_problem;
use crate::text;

/// How things stood when they were told last.
#[derive(Debug, Default)]
pub struct Told {
    /// `None` before the first snapshot: calls that were missed before this program began are no
    /// news.
    missed: Option<u32>,
    /// In the mailbox of each account.
    new_messages: BTreeMap<AccountId, u32>,
    /// Of each account.
    connections: BTreeMap<AccountId, Connection>,
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
        let accounts = snapshot.accounts();
        let mut effects = self.missed(snapshot);
        effects.extend(self.forget_others(&accounts));
        for account in &accounts {
            let whose = snapshot.has_several_accounts().then_some(&account.id);
            effects.extend(self.mailbox(account, whose));
            effects.extend(self.connection(account, whose));
        }
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

    /// What was told of accounts that are gone.
    fn forget_others(&mut self, accounts: &[AccountView]) -> Vec<Effect> {
        let gone = |id: &AccountId| !accounts.iter().any(|account| account.id == *id);
        let mailboxes = self.new_messages.extract_if(.., |id, _| gone(id));
        let mailboxes = mailboxes.map(|(id, _)| Effect::Withdraw(About::NewMessages(id)));
        let mut effects: Vec<_> = mailboxes.collect();
        let connections = self.connections.extract_if(.., |id, _| gone(id));
        let lost = connections.filter(|(_, connection)| *connection == Connection::Lost);
        effects.extend(lost.map(|(id, _)| Effect::Withdraw(About::Connection(id))));
        effects
    }

    /// Each mailbox is told of by itself, so that its button calls it.
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

    /// Each connection, too: another account may well be reached.
    fn connection(&mut self, account: &AccountView, whose: Option<&AccountId>) -> Option<Effect> {
        let registration = &account.registration;
        let now = match registration {
            RegistrationView::SignedOut => Connection::Unknown,
            RegistrationView::Connecting(_) => return None,
            RegistrationView::Registered => Connection::Stands,
            RegistrationView::Failed(_) | RegistrationView::Lost { .. } => Connection::Lost,
        };
        let id = account.id.clone();
        let before = self.connections.insert(id.clone(), now);
        let about = About::Connection(id);
        match (before.unwrap_or_default(), now) {
            (Connection::Stands, Connection::Lost) => {
                let problem = registration_problem(registration)?;
                Some(notify(Notification {
                    about,
                    title: text::lost_told(registration, whose),
                    body: problem.text.clone(),
                    buttons: Vec::new(),
                }))
            }
            (Connection::Lost, Connection::Stands | Connection::Unknown) => {
                Some(Effect::Withdraw(about))
            }
            (Connection::Unknown, _)
            | (Connection::Stands, Connection::Stands | Connection::Unknown)
            | (Connection::Lost, Connection::Lost) => None,
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
mod tests;
