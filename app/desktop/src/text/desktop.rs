//! Words outside the window: notifications, the tray, the answer to `hark status`.

use hark_phone::snapshot::MessageWaiting;
use hark_phone::{AccountId, AccountView, CallView, RegistrationView, Snapshot};
use hark_words::{say, words};

use super::{call_state, presence, registration};
use crate::state::registration_problem;

words! {
    pub call_back_label;
    pub listen;
    pub open;
    pub quit;
    pub stays_title;
    pub start_up;
    pub autostart;
    pub not_running;
    pub minimise;
    pub maximise;
    pub restore;
    pub close_window;
}

/// After the window was closed, where no tray shows that the program goes on.
pub fn stays(address: &str) -> String {
    let address = address.strip_prefix("sip:").unwrap_or(address);
    say!(stays_told, address)
}

/// Title and body of the notification about calls that nobody took.
pub fn missed_told(title: &str, missed: u32) -> (String, String) {
    let text = match missed {
        0 | 1 => say!(missed_one).to_owned(),
        missed => say!(missed_many, missed),
    };
    (title.to_owned(), text)
}

/// Title and body of the notification about new messages; with the account where it has to be said.
pub fn new_messages_told(waiting: MessageWaiting, whose: Option<&AccountId>) -> (String, String) {
    let new = waiting.new;
    let text = match waiting.urgent_new {
        0 => say!(new_messages_told, new),
        urgent => say!(urgent_messages_told, new, urgent),
    };
    let title = match whose {
        None => super::voicemail().to_owned(),
        Some(account) => say!(voicemail_of, account = account.as_str()),
    };
    (title, text)
}

/// Title of the notification about an account that is not signed in any longer; with its name where that has
/// to be said.
pub fn lost_told(registration: &RegistrationView, whose: Option<&AccountId>) -> String {
    let refused = matches!(registration, RegistrationView::Failed(_));
    match (refused, whose.map(AccountId::as_str)) {
        (true, None) => super::failed_title().to_owned(),
        (true, Some(account)) => say!(failed_of, account),
        (false, None) => super::offline_title().to_owned(),
        (false, Some(account)) => say!(offline_of, account),
    }
}

words! {
    pub autostart_failed(reason);
}

/// One sentence about how the phone stands, for the tray.
pub fn standing(snapshot: &Snapshot) -> String {
    let Some(account) = &snapshot.account else {
        return say!(not_set_up).to_owned();
    };
    if let Some(call) = snapshot.calls.first() {
        return format!("{}: {}", call.title, call_state(call));
    }
    if snapshot.registration != RegistrationView::Registered {
        return registration(&snapshot.registration).to_owned();
    }
    let address = account
        .address
        .strip_prefix("sip:")
        .unwrap_or(&account.address);
    let state = presence(snapshot.presence).to_lowercase();
    match snapshot.waiting_in_all() {
        Some(MessageWaiting { new, .. }) if new > 0 => {
            format!("{address}, {state}, {}", say!(messages_new, new))
        }
        Some(_) | None => format!("{address}, {state}"),
    }
}

/// The lines of `hark status`.
pub fn status(snapshot: &Snapshot) -> String {
    let Some(account) = &snapshot.account else {
        return say!(status_no_account).to_owned();
    };
    let accounts = snapshot.accounts();
    let mut lines = match snapshot.has_several_accounts() {
        true => accounts.iter().map(account_line).collect(),
        false => vec![super::account_and_state(
            &account.address,
            &snapshot.registration,
        )],
    };
    lines.push(super::presence_button(snapshot.presence));
    if !snapshot.has_several_accounts() {
        let problem = registration_problem(&snapshot.registration);
        lines.extend(problem.map(|problem| problem.text.clone()));
        lines.push(super::new_messages(snapshot.message_waiting));
    }
    if snapshot.missed_unseen > 0 {
        lines.push(say!(missed_calls, missed = snapshot.missed_unseen));
    }
    let call = |call: &CallView| format!("{}: {}", call.title, call_state(call));
    lines.extend(snapshot.calls.iter().map(call));
    lines.join("\n")
}

/// One of several accounts: how it stands, what keeps it out, what waits for it.
fn account_line(account: &AccountView) -> String {
    let stands = super::account_and_state(account.id.as_str(), &account.registration);
    let problem = registration_problem(&account.registration);
    let waiting = account.message_waiting;
    let facts = [
        Some(stands),
        problem.map(|problem| problem.text.clone()),
        waiting.map(|waiting| super::new_messages(Some(waiting))),
    ];
    facts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(super::DOT)
}
