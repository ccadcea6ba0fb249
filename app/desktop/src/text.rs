//! Every word of the window: sentence case, one idea a sentence, what happened and what to do.

mod account;
mod address_book;
mod call;
mod desktop;
mod diagnosis;
mod keys;
mod mending;
mod people;
mod profile;
mod recording;
mod settings;
mod time;

use hark_phone::snapshot::{HistoryEntry, MessageWaiting, Outcome};
use hark_phone::{AccountId, CallDirection, CallKind, Presence};
use hark_words::{say, words};
use jiff::Zoned;

use crate::state::Tab;

pub use account::*;
pub use address_book::*;
pub use call::*;
pub use desktop::*;
pub use diagnosis::*;
pub use keys::*;
pub use mending::*;
pub use people::*;
pub use profile::*;
pub use recording::*;
pub use settings::*;
use time::{clock_time, talked};
pub use time::{date, date_in_words, next_try, next_try_short, recent_time, timer};

pub const APP: &str = "Hark";
words! {
    pub voicemail;
    pub call_voicemail;
    pub recent;
    pub all_calls;
    pub no_recent;
    pub call;
    pub erase;
    pub number_field;
    pub number_hint;
    pub presence_label;
    pub presence_title;
    pub all;
    pub missed;
    pub no_history;
    pub no_missed;
    pub clear;
    pub clear_ask;
    pub remove_all;
    pub keep;
    pub details;
    pub try_now;
    pub dismiss;
    pub offline_title;
    pub failed_title;
    pub connecting;
    pub change_account;
    pub demo_failed;
    pub demo_title;
    pub demo_line;
    pub demo_play;
    pub demo_call;
    pub demo_leave;
    pub demo_about;
    pub no_display;
    pub automatic;
    pub automatic_line;
}

/// What a non-breaking dot between two facts looks like.
pub const DOT: &str = " · ";

pub fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Home => say!(tab_home),
        Tab::Keypad => keypad(),
        Tab::People => people(),
        Tab::Settings => settings(),
    }
}

/// What a tab is called aloud: its badge included.
pub fn tab_name(which: Tab, badge: u32) -> String {
    match badge {
        0 => tab(which).to_owned(),
        badge => say!(tab_with_new, tab = tab(which), badge),
    }
}

pub fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => say!(available),
        Presence::Busy => say!(busy),
        Presence::DoNotDisturb => say!(do_not_disturb),
        Presence::Away => say!(away),
        Presence::AppearOffline => say!(appear_offline),
    }
}

/// What rings in this state.
pub fn what_rings(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => say!(available_rings),
        Presence::Busy => say!(busy_rings),
        Presence::DoNotDisturb => say!(do_not_disturb_rings),
        Presence::Away => say!(away_rings),
        Presence::AppearOffline => say!(appear_offline_rings),
    }
}

pub fn presence_button(state: Presence) -> String {
    say!(presence_button, state = presence(state))
}

pub fn new_messages(waiting: Option<MessageWaiting>) -> String {
    match waiting {
        None => say!(messages_unknown).to_owned(),
        Some(MessageWaiting { new: 0, old: 0, .. }) => say!(messages_none).to_owned(),
        Some(MessageWaiting { new: 0, old, .. }) => say!(messages_saved, old),
        Some(MessageWaiting { new, .. }) => say!(messages_new, new),
    }
}

words! {
    /// The urgent ones are among the new ones.
    pub urgent_messages(urgent);
    pub call_back(title);
}

pub fn skip_pin(skip: hark_phone::snapshot::SkipPin) -> &'static str {
    use hark_phone::snapshot::SkipPin;
    match skip {
        SkipPin::Yes => say!(pin_not_needed),
        SkipPin::NotRegistered => say!(pin_not_signed_in),
        SkipPin::NotEncrypted => say!(pin_not_encrypted),
        SkipPin::NotAuthenticated => say!(pin_not_authenticated),
        SkipPin::OtherDomain => say!(pin_other_domain),
        SkipPin::AsksForPin => say!(pin_asked_for),
    }
}

/// As [`history_line`], in a list without headings: with the day where it is not today.
pub fn recent_line(entry: &HistoryEntry, whose: Option<&AccountId>, now: &Zoned) -> String {
    line(entry, whose, &recent_time(entry.began, now))
}

/// Under the heading of its day; with the account where it has to be said.
pub fn history_line(entry: &HistoryEntry, whose: Option<&AccountId>, now: &Zoned) -> String {
    line(entry, whose, &clock_time(entry.began, now))
}

fn line(entry: &HistoryEntry, whose: Option<&AccountId>, when: &str) -> String {
    let kind = kind(entry.kind);
    let outcome = Some(outcome(entry).to_owned());
    let talked = (!entry.talked.is_zero()).then(|| talked(entry.talked));
    let facts = [
        kind.map(str::to_owned),
        outcome,
        talked,
        Some(when.to_owned()),
        whose.map(AccountId::to_string),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(DOT)
}

/// What called, or was called, where the title does not say it.
fn kind(kind: CallKind) -> Option<&'static str> {
    match kind {
        CallKind::Automatic => Some(automatic()),
        CallKind::Person | CallKind::Voicemail | CallKind::PlayOnPhone => None,
    }
}

fn outcome(entry: &HistoryEntry) -> &'static str {
    match (entry.outcome, entry.direction) {
        (Outcome::Answered, CallDirection::Incoming) => say!(outcome_incoming),
        (Outcome::Answered, CallDirection::Outgoing) => say!(outcome_outgoing),
        (Outcome::Missed, _) => say!(outcome_missed),
        (Outcome::Declined, CallDirection::Incoming) => say!(outcome_declined),
        (Outcome::Declined, CallDirection::Outgoing) => say!(outcome_not_taken),
        (Outcome::Refused, _) => say!(outcome_refused),
        (Outcome::Forwarded, _) => say!(outcome_forwarded),
        (Outcome::AnsweredElsewhere, _) => say!(outcome_answered_elsewhere),
        (Outcome::Failed, _) => say!(outcome_failed),
        (Outcome::Cancelled, _) => say!(outcome_cancelled),
    }
}

#[cfg(test)]
mod tests;
