//! Words outside the window: notifications, the tray, the answer to `hark status`.

use hark_phone::snapshot::MessageWaiting;
use hark_phone::{CallView, RegistrationView, Snapshot};

use super::{call_state, count, presence, registration};

pub const CALL_BACK: &str = "Call back";
pub const LISTEN: &str = "Listen";
pub const OPEN: &str = "Open Hark";
pub const QUIT: &str = "Quit";

pub const STAYS_TITLE: &str = "Hark keeps running";
pub const START_UP: &str = "Start with the desktop";
pub const AUTOSTART: &str = "Start when you log in, without a window, so that calls ring";
pub const NOT_RUNNING: &str = "Hark is not running.";

/// After the window was closed, where no tray shows that the program goes on.
pub fn stays(address: &str) -> String {
    let address = address.strip_prefix("sip:").unwrap_or(address);
    format!(
        "Calls to {address} still ring. Start Hark again to see its window; Ctrl+Q ends it there."
    )
}

/// Title and body of the notification about calls that nobody took.
pub fn missed_told(title: &str, missed: u32) -> (String, String) {
    let all = match missed {
        0 | 1 => String::new(),
        missed => format!(" You have missed {missed} calls."),
    };
    (title.to_owned(), format!("Missed call.{all}"))
}

/// Title and body of the notification about new messages.
pub fn new_messages_told(waiting: MessageWaiting) -> (String, String) {
    let urgent = match waiting.urgent_new {
        0 => String::new(),
        urgent => format!(", {urgent} urgent"),
    };
    let new = count(waiting.new, "new message", "new messages");
    (super::VOICEMAIL.to_owned(), format!("{new}{urgent}."))
}

pub fn autostart_failed(reason: &str) -> String {
    format!(
        "Hark could not be set to start when you log in ({reason}). Check that your configuration folder can be written to."
    )
}

/// One sentence about how the phone stands, for the tray.
pub fn standing(snapshot: &Snapshot) -> String {
    let Some(account) = &snapshot.account else {
        return "Not set up yet".to_owned();
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
    let messages = match snapshot.message_waiting {
        Some(MessageWaiting { new, .. }) if new > 0 => {
            format!(", {}", count(new, "new message", "new messages"))
        }
        Some(_) | None => String::new(),
    };
    format!(
        "{address}, {}{messages}",
        presence(snapshot.presence).to_lowercase()
    )
}

/// The lines of `hark status`.
pub fn status(snapshot: &Snapshot) -> String {
    let Some(account) = &snapshot.account else {
        return "There is no account yet. Start Hark and sign in.".to_owned();
    };
    let mut lines = vec![
        format!(
            "{}: {}",
            account.address,
            registration(&snapshot.registration)
        ),
        format!("Presence: {}", presence(snapshot.presence)),
    ];
    if let RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. } =
        &snapshot.registration
    {
        lines.push(problem.text.clone());
    }
    lines.push(super::new_messages(snapshot.message_waiting));
    if snapshot.missed_unseen > 0 {
        lines.push(count(snapshot.missed_unseen, "missed call", "missed calls"));
    }
    let call = |call: &CallView| format!("{}: {}", call.title, call_state(call));
    lines.extend(snapshot.calls.iter().map(call));
    lines.join("\n")
}
