//! The list of calls as it is looked through: which calls, on which days, and a page of them.
//!
//! A question reads the numbers of its calls once; scrolling through them reads only rows. Looking
//! for words reads every call from one end of the table to the other, which at 100,000 of them takes
//! less time than walking an index of all their parts.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{ToSql, params_from_iter};

use super::{Archive, not_kept};
use crate::people::Needle;
use crate::snapshot::{
    HistoryDay, HistoryEntry, HistoryFilter, HistoryList, HistoryQuestion, Problem,
};

/// The calls of one question.
#[derive(Debug)]
pub(super) struct Found {
    filter: HistoryFilter,
    search: String,
    /// Of the rows, the newest first.
    ids: Vec<i64>,
    days: Arc<[HistoryDay]>,
}

impl Archive {
    /// Answers a question. Days are those of `zone`.
    pub(in crate::store) fn list_calls(
        &mut self,
        question: &HistoryQuestion,
        zone: &TimeZone,
    ) -> Result<HistoryList, Problem> {
        let mut answer = || -> rusqlite::Result<(Found, Arc<[HistoryEntry]>)> {
            let found = match self.found.take() {
                Some(found) if found.answers(question) => found,
                _ => self.find_calls(question, zone)?,
            };
            let rows = self.read_rows(found.page(question.first))?;
            Ok((found, rows))
        };
        let (found, rows) = answer().map_err(|error| not_kept(&error))?;
        let days = Arc::clone(&found.days);
        self.found = Some(found);
        Ok(HistoryList {
            question: question.clone(),
            days,
            rows,
        })
    }

    /// What was found is no longer all of it.
    pub(super) fn calls_changed(&mut self) {
        self.found = None;
    }

    fn find_calls(&self, question: &HistoryQuestion, zone: &TimeZone) -> rusqlite::Result<Found> {
        let needle = Needle::of(&question.search);
        let mut statement = format!(
            "SELECT began_ms, id FROM call NOT INDEXED WHERE {}",
            condition(question.filter)
        );
        for _ in needle.parts() {
            statement.push_str(" AND instr(searchable, ?) > 0");
        }
        let mut statement = self.database.prepare_cached(&statement)?;
        let parts = needle.parts().iter().map(|part| part as &dyn ToSql);
        let mut calls = statement
            .query_map(params_from_iter(parts), |row| row.try_into())?
            .collect::<rusqlite::Result<Vec<(i64, i64)>>>()?;
        if !needle.parts().is_empty() {
            self.find_calls_of_contacts(question, &needle, &mut calls)?;
        }
        calls.sort_unstable_by(|a, b| b.cmp(a));
        calls.dedup();
        Ok(Found {
            filter: question.filter,
            search: question.search.clone(),
            days: days(calls.iter().map(|(began_ms, _)| *began_ms), zone).into(),
            ids: calls.into_iter().map(|(_, id)| id).collect(),
        })
    }

    /// Calls that are shown by the name of a contact, whatever the other side called itself.
    fn find_calls_of_contacts(
        &self,
        question: &HistoryQuestion,
        needle: &Needle,
        calls: &mut Vec<(i64, i64)>,
    ) -> rusqlite::Result<()> {
        let statement = format!(
            "SELECT began_ms, id FROM call WHERE key = ?1 AND kind = 'person' AND {}",
            condition(question.filter)
        );
        let mut statement = self.database.prepare_cached(&statement)?;
        for key in self.book.keys_of_names(needle, MAX_CONTACTS) {
            for call in statement.query_map([key], |row| row.try_into())? {
                calls.push(call?);
            }
        }
        Ok(())
    }

    fn read_rows(&self, ids: &[i64]) -> rusqlite::Result<Arc<[HistoryEntry]>> {
        let mut statement = self.database.prepare_cached(SELECT_ONE)?;
        let read = |id: &i64| statement.query_row([id], |row| Ok(self.entry(row)));
        ids.iter().map(read).collect()
    }
}

impl Found {
    fn answers(&self, question: &HistoryQuestion) -> bool {
        self.filter == question.filter && self.search == question.search
    }

    fn page(&self, first: usize) -> &[i64] {
        let rest = self.ids.get(first..).unwrap_or_default();
        rest.get(..HistoryQuestion::ROWS).unwrap_or(rest)
    }
}

fn condition(filter: HistoryFilter) -> &'static str {
    match filter {
        HistoryFilter::All => "1",
        HistoryFilter::Missed => "outcome = 'missed'",
        HistoryFilter::Voicemail => "kind IN ('voicemail', 'play_on_phone')",
    }
}

/// Counts calls by the day on which they began. A day is looked up once and not for each of its calls.
fn days(began_ms: impl Iterator<Item = i64>, zone: &TimeZone) -> Vec<HistoryDay> {
    let mut days: Vec<HistoryDay> = Vec::new();
    let mut this_day = 0..0;
    for began_ms in began_ms {
        match days.last_mut() {
            Some(day) if this_day.contains(&began_ms) => day.calls += 1,
            _ => {
                let began = Timestamp::from_millisecond(began_ms).unwrap_or(Timestamp::UNIX_EPOCH);
                let began = zone.to_datetime(began);
                this_day = span(began.date(), zone).unwrap_or(began_ms..began_ms + 1);
                match days.last_mut() {
                    Some(day) if day.date == began.date() => day.calls += 1,
                    _ => days.push(HistoryDay {
                        date: began.date(),
                        calls: 1,
                    }),
                }
            }
        }
    }
    days
}

/// From the first millisecond of a day to the first one of the next. `None` at the ends of time.
fn span(date: jiff::civil::Date, zone: &TimeZone) -> Option<std::ops::Range<i64>> {
    let start = |date: jiff::civil::Date| {
        let midnight = date.to_zoned(zone.clone()).ok()?;
        Some(midnight.timestamp().as_millisecond())
    };
    Some(start(date)?..start(date.tomorrow().ok()?)?)
}

/// Contacts whose calls are looked for by name. A search that so many have in common finds others
/// with its next letter.
const MAX_CONTACTS: usize = 500;

const SELECT_ONE: &str =
    "SELECT id, direction, kind, outcome, title, address, began_ms, talked_ms, known_by, key,
        account
    FROM call WHERE id = ?1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_the_days_of_the_user() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        // The clocks went forward on 29 March 2026: that day has 23 hours.
        let began = [
            at("2026-03-29T22:00:00Z"),
            at("2026-03-29T21:59:59Z"),
            at("2026-03-28T23:00:00Z"),
            at("2026-03-28T22:59:59Z"),
            at("1969-12-31T23:30:00Z"),
        ];
        let days: Vec<_> = days(began.into_iter(), &zone)
            .iter()
            .map(|day| format!("{} {}", day.date, day.calls))
            .collect();
        assert_eq!(
            days,
            [
                "2026-03-30 1",
                "2026-03-29 2",
                "2026-03-28 1",
                "1970-01-01 1"
            ]
        );
    }
}
