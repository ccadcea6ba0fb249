//! Calls of the past, as the window lists them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::civil::Date;

use super::{AccountId, CallDirection, CallKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    pub id: i64,
    /// Whose call it was; `None` for one of a time when Hark had one account only.
    pub account: Option<AccountId>,
    pub direction: CallDirection,
    pub kind: CallKind,
    pub outcome: Outcome,
    pub title: String,
    /// What to dial to call back.
    pub address: String,
    pub began: SystemTime,
    /// Zero when nobody answered.
    pub talked: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    Missed,
    Declined,
    /// Refused by presence or by a rule, without ringing.
    Refused,
    /// Sent on to another address, by a rule or by hand.
    Forwarded,
    /// Another device of the user took it; not missed.
    AnsweredElsewhere,
    Failed,
    Cancelled,
}

/// Which calls are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryQuestion {
    pub filter: HistoryFilter,
    /// Words or a number, as typed; empty for all.
    pub search: String,
    /// How many of the newest ones are left out of [`HistoryList::rows`].
    pub first: usize,
}

impl HistoryQuestion {
    /// The most rows of one answer: some screens of them.
    pub const ROWS: usize = 200;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HistoryFilter {
    #[default]
    All,
    Missed,
    /// Calls to and from the own mailbox.
    Voicemail,
}

/// The calls that were looked for, with some of them to be seen. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryList {
    pub question: HistoryQuestion,
    /// All days that have any of the calls, the newest first.
    pub days: Arc<[HistoryDay]>,
    /// The calls from [`HistoryQuestion::first`] on, the newest first.
    pub rows: Arc<[HistoryEntry]>,
}

impl HistoryList {
    /// How many calls were found.
    pub fn calls(&self) -> usize {
        self.days.iter().map(|day| day.calls).sum()
    }

    /// The call at this place of the whole list, if it is one of the rows.
    pub fn row(&self, index: usize) -> Option<&HistoryEntry> {
        self.rows.get(index.checked_sub(self.question.first)?)
    }
}

/// A day of the user's, and how many of the calls began on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryDay {
    pub date: Date,
    pub calls: usize,
}
