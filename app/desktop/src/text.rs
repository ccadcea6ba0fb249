//! Every word of the window: sentence case, one idea a sentence, what happened and what to do.

mod account;
mod call;
mod desktop;
mod keys;
mod recording;
mod settings;
mod time;

use hark_phone::snapshot::{HistoryEntry, MessageWaiting, Outcome};
use hark_phone::{CallDirection, Presence};
use jiff::Zoned;

use crate::state::Tab;

pub use account::*;
pub use call::*;
pub use desktop::*;
pub use keys::*;
pub use recording::*;
pub use settings::*;
use time::{clock_time, recent_time, talked};
pub use time::{day, next_try, next_try_short, timer};

pub const APP: &str = "Hark";
pub const VOICEMAIL: &str = "Voicemail";
pub const CALL_VOICEMAIL: &str = "Call Voicemail";

pub const RECENT: &str = "Recent";
pub const ALL_CALLS: &str = "All calls";
pub const NO_RECENT: &str = "Your calls will be listed here.";
pub const CALL: &str = "Call";
pub const ERASE: &str = "Erase the last character";
pub const NUMBER_FIELD: &str = "Number or address";
pub const NUMBER_HINT: &str = "Name or number";

pub const PRESENCE: &str = "Presence";
pub const PRESENCE_TITLE: &str = "Who may ring you";

pub const HISTORY: &str = "History";
pub const ALL: &str = "All";
pub const MISSED: &str = "Missed";
pub const NO_HISTORY: &str = "No calls yet.";
pub const NO_MISSED: &str = "No missed calls.";
pub const CLEAR: &str = "Clear";
pub const CLEAR_ASK: &str = "Remove all calls from this list?";
pub const REMOVE_ALL: &str = "Remove all";
pub const KEEP: &str = "Keep";

pub const DETAILS: &str = "Technical details";
pub const TRY_NOW: &str = "Try now";
pub const DISMISS: &str = "Dismiss";
pub const OFFLINE_TITLE: &str = "Can't reach the phone system";
pub const FAILED_TITLE: &str = "Not signed in";
pub const CONNECTING: &str = "Connecting…";
pub const CHANGE_ACCOUNT: &str = "Change the account";

pub const DEMO_FAILED: &str = "The built-in server did not start.";
pub const DEMO_TITLE: &str = "Built-in voicemail server";
pub const DEMO_LINE: &str =
    "Try this: set yourself to Appear offline, then press both. Only your own voicemail rings.";
pub const DEMO_PLAY: &str = "Play on Phone";
pub const DEMO_CALL: &str = "Call from Priya Raman";
pub const DEMO_LEAVE: &str = "Leave the demo";
pub const DEMO_ABOUT: &str =
    "You use a voicemail server inside this program. Nothing leaves this computer.";

pub const NO_DISPLAY: &str = "Hark cannot open a window: there is no display, or its graphics driver lacks OpenGL.\n\
     Start it in a desktop session (DISPLAY or WAYLAND_DISPLAY must be set) and install an OpenGL driver,\n\
     on Debian and Ubuntu: libgl1 libegl1 libgl1-mesa-dri. Without a window, `hark headless` works.";

/// What a non-breaking dot between two facts looks like.
pub const DOT: &str = " · ";

pub fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Home => "Home",
        Tab::Keypad => KEYPAD,
        Tab::History => HISTORY,
        Tab::Settings => SETTINGS,
    }
}

/// What a tab is called aloud: its badge included.
pub fn tab_name(which: Tab, badge: u32) -> String {
    match badge {
        0 => tab(which).to_owned(),
        badge => format!("{}, {badge} new", tab(which)),
    }
}

pub fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => "Available",
        Presence::Busy => "Busy",
        Presence::DoNotDisturb => "Do not disturb",
        Presence::Away => "Away",
        Presence::AppearOffline => "Appear offline",
    }
}

pub const AUTOMATIC: &str = "Automatic";
pub const AUTOMATIC_LINE: &str = "Available, busy in a call, away when you are. Every call rings.";

/// What rings in this state.
pub fn what_rings(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => "Every call rings.",
        Presence::Busy => "Every call rings. You are marked as busy.",
        Presence::DoNotDisturb => "Only your own voicemail rings you.",
        Presence::Away => "Every call rings. You are marked as away.",
        Presence::AppearOffline => "Only your own voicemail rings you. Callers find you offline.",
    }
}

pub fn presence_button(state: Presence) -> String {
    format!("{PRESENCE}: {}", presence(state))
}

pub fn new_messages(waiting: Option<MessageWaiting>) -> String {
    match waiting {
        None => "Listen to your messages".to_owned(),
        Some(MessageWaiting { new: 0, old: 0, .. }) => "No messages".to_owned(),
        Some(MessageWaiting { new: 0, old, .. }) => {
            format!("No new messages{DOT}{old} saved")
        }
        Some(MessageWaiting { new, .. }) => count(new, "new message", "new messages"),
    }
}

/// The urgent ones are among the new ones.
pub fn urgent_messages(urgent: u32) -> String {
    format!("{urgent} urgent")
}

pub fn skip_pin(skip: hark_phone::snapshot::SkipPin) -> &'static str {
    use hark_phone::snapshot::SkipPin;
    match skip {
        SkipPin::Yes => "No PIN needed",
        SkipPin::NotRegistered => "Sign in first to call your mailbox",
        SkipPin::NotEncrypted => "PIN needed: the connection is not encrypted",
        SkipPin::NotAuthenticated => "PIN needed: the server asked for no password",
        SkipPin::OtherDomain => "PIN needed: the mailbox is in another domain",
        SkipPin::AsksForPin => "PIN needed: the server asks for it",
    }
}

/// As [`history_line`], in a list without headings: with the day where it is not today.
pub fn recent_line(entry: &HistoryEntry, now: &Zoned) -> String {
    line(entry, &recent_time(entry.began, now))
}

/// Under the heading of its day.
pub fn history_line(entry: &HistoryEntry, now: &Zoned) -> String {
    line(entry, &clock_time(entry.began, now))
}

fn line(entry: &HistoryEntry, when: &str) -> String {
    let what = outcome(entry);
    if entry.talked.is_zero() {
        format!("{what}{DOT}{when}")
    } else {
        format!("{what}{DOT}{}{DOT}{when}", talked(entry.talked))
    }
}

fn outcome(entry: &HistoryEntry) -> &'static str {
    match (entry.outcome, entry.direction) {
        (Outcome::Answered, CallDirection::Incoming) => "Incoming",
        (Outcome::Answered, CallDirection::Outgoing) => "Outgoing",
        (Outcome::Missed, _) => "Missed",
        (Outcome::Declined, CallDirection::Incoming) => "Declined",
        (Outcome::Declined, CallDirection::Outgoing) => "Not taken",
        (Outcome::Refused, _) => "Not let through",
        (Outcome::Forwarded, _) => "Forwarded",
        (Outcome::AnsweredElsewhere, _) => "Answered elsewhere",
        (Outcome::Failed, _) => "Failed",
        (Outcome::Cancelled, _) => "Cancelled",
    }
}

pub fn call_back(title: &str) -> String {
    format!("Call back {title}")
}

/// A technical message as a sentence.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn count(number: u32, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

#[cfg(test)]
mod tests;
