//! Calls of the past, as the window lists them.

use std::time::{Duration, SystemTime};

use super::{CallDirection, CallKind};

#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    pub id: i64,
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
