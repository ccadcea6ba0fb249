//! Calls on a real file: what is written comes back, is found, and is gone when it was removed.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::{Archive, History, NewEntry};
use crate::snapshot::{
    CallDirection, CallKind, HistoryFilter, HistoryList, HistoryQuestion, Outcome,
};
use crate::store::tests::names;

fn call(outcome: Outcome, minute: u64) -> NewEntry {
    NewEntry {
        direction: CallDirection::Incoming,
        kind: CallKind::Person,
        outcome,
        title: format!("caller {minute}"),
        address: "sip:bob@example.test".into(),
        began: UNIX_EPOCH + Duration::from_secs(60 * minute),
        talked: Duration::from_millis(1500),
    }
}

fn named(title: &str, address: &str, minute: u64) -> NewEntry {
    NewEntry {
        title: title.into(),
        address: address.into(),
        ..call(Outcome::Answered, minute)
    }
}

fn archive(calls: &[NewEntry]) -> Archive {
    let (mut archive, problem) = Archive::open(None);
    assert_eq!(problem, None);
    for call in calls {
        archive.record(call).unwrap();
    }
    archive
}

fn list(archive: &mut Archive, filter: HistoryFilter, search: &str, first: usize) -> HistoryList {
    let question = HistoryQuestion {
        filter,
        search: search.into(),
        first,
    };
    archive.list_calls(&question, &TimeZone::UTC).unwrap()
}

fn titles(archive: &mut Archive, filter: HistoryFilter, search: &str) -> Vec<String> {
    let rows = list(archive, filter, search, 0).rows;
    rows.iter().map(|entry| entry.title.clone()).collect()
}

#[test]
fn calls_survive_a_restart_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let (mut archive, problem) = Archive::open(Some(path.clone()));
    assert_eq!(problem, None);
    archive.record(&call(Outcome::Missed, 1)).unwrap();
    archive.record(&call(Outcome::Answered, 2)).unwrap();
    drop(archive);

    let (mut archive, _) = Archive::open(Some(path));
    let history = archive.recent_calls().unwrap();
    assert_eq!(history.missed_unseen, 1);
    let titles: Vec<_> = history.recent.iter().map(|entry| &*entry.title).collect();
    assert_eq!(titles, ["caller 2", "caller 1"]);
    assert_eq!(history.recent[0].outcome, Outcome::Answered);
    let began = UNIX_EPOCH + Duration::from_secs(120);
    assert_eq!(history.recent[0].began, began);
    assert_eq!(history.recent[0].talked, Duration::from_millis(1500));

    archive.mark_calls_seen().unwrap();
    assert_eq!(archive.recent_calls().unwrap().missed_unseen, 0);
    archive.clear_calls().unwrap();
    assert_eq!(archive.recent_calls().unwrap(), History::default());
}

#[test]
fn every_kind_and_outcome_comes_back() {
    let mut archive = archive(&[]);
    let kinds = [
        CallKind::PlayOnPhone,
        CallKind::Person,
        CallKind::Automatic,
        CallKind::Voicemail,
    ];
    let outcomes = [
        Outcome::Answered,
        Outcome::Missed,
        Outcome::Declined,
        Outcome::Refused,
        Outcome::Forwarded,
        Outcome::AnsweredElsewhere,
        Outcome::Failed,
        Outcome::Cancelled,
    ];
    for (minute, (&kind, &outcome)) in kinds.iter().cycle().zip(&outcomes).enumerate() {
        let direction = if minute % 2 == 0 {
            CallDirection::Outgoing
        } else {
            CallDirection::Incoming
        };
        let entry = NewEntry {
            kind,
            direction,
            ..call(outcome, minute as u64)
        };
        archive.record(&entry).unwrap();
        let found = archive.recent_calls().unwrap().recent[0].clone();
        assert_eq!(
            (found.kind, found.direction, found.outcome),
            (kind, direction, outcome)
        );
    }
}

#[test]
fn a_damaged_file_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let file = b"this was never a database, but it is somebody's file".repeat(40);
    fs::write(&path, file).unwrap();
    let (mut archive, problem) = Archive::open(Some(path));
    assert!(problem.unwrap().detail.ends_with("history.sqlite.broken-1"));
    archive.record(&call(Outcome::Answered, 1)).unwrap();
    assert!(names(folder.path()).contains(&"history.sqlite.broken-1".to_owned()));
}

/// As the first version made it, with a call of that time.
const FIRST_LAYOUT: &str = "
    CREATE TABLE call (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        direction TEXT    NOT NULL,
        kind      TEXT    NOT NULL,
        outcome   TEXT    NOT NULL,
        title     TEXT    NOT NULL,
        address   TEXT    NOT NULL,
        began_ms  INTEGER NOT NULL,
        talked_ms INTEGER NOT NULL,
        seen      INTEGER NOT NULL DEFAULT 0
    );
    INSERT INTO call (direction, kind, outcome, title, address, began_ms, talked_ms)
    VALUES ('incoming', 'person', 'missed', 'Zo\u{eb}', 'sip:+4930123@example.test', 60000, 0),
           ('incoming', 'hologram', 'evaporated', 'Later', 'sip:x@example.test', 120000, 0);
    PRAGMA user_version = 1;";

#[test]
fn a_file_of_the_first_version_opens_and_its_calls_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch(FIRST_LAYOUT)
        .unwrap();
    let (mut archive, problem) = Archive::open(Some(path));
    assert_eq!(problem, None);
    for search in ["zoe", "+49 30 12", "030123"] {
        assert_eq!(
            titles(&mut archive, HistoryFilter::All, search),
            ["Zo\u{eb}"]
        );
    }
    // Words of a later version are read as something plain.
    let later = &list(&mut archive, HistoryFilter::All, "later", 0).rows[0];
    let read = (later.kind, later.outcome);
    assert_eq!(read, (CallKind::Person, Outcome::Failed));
    assert_eq!(archive.recent_calls().unwrap().missed_unseen, 1);
}

#[test]
fn calls_are_found_by_name_and_number() {
    let mut archive = archive(&[
        named("Priya Raman", "sip:priya@example.test", 1),
        named(
            "+1 425 555 0143",
            "sip:+14255550143@example.test;user=phone",
            2,
        ),
        named("Front desk", "sip:2001@example.test", 3),
        named("100 % M\u{fc}ller_\\", "sip:mueller@other.test", 4),
    ]);
    for (search, found) in [
        (
            "",
            &[
                "100 % M\u{fc}ller_\\",
                "Front desk",
                "+1 425 555 0143",
                "Priya Raman",
            ][..],
        ),
        ("PRIYA", &["Priya Raman"]),
        ("raman pri", &["Priya Raman"]),
        ("raman desk", &[]),
        ("(425) 555", &["+1 425 555 0143"]),
        ("2001", &["Front desk"]),
        ("muller", &["100 % M\u{fc}ller_\\"]),
        ("%", &["100 % M\u{fc}ller_\\"]),
        ("_\\", &["100 % M\u{fc}ller_\\"]),
        ("'; DROP TABLE call; --", &[]),
        ("example", &[]),
    ] {
        let titles = titles(&mut archive, HistoryFilter::All, search);
        assert_eq!(titles, found, "{search}");
    }
}

#[test]
fn filters_tell_missed_calls_and_the_mailbox_from_the_rest() {
    let of = |kind, outcome, minute| NewEntry {
        kind,
        ..call(outcome, minute)
    };
    let mut archive = archive(&[
        of(CallKind::Person, Outcome::Missed, 1),
        of(CallKind::Automatic, Outcome::AnsweredElsewhere, 2),
        of(CallKind::Voicemail, Outcome::Answered, 3),
        of(CallKind::PlayOnPhone, Outcome::Cancelled, 4),
    ]);
    for (filter, found) in [
        (
            HistoryFilter::All,
            &["caller 4", "caller 3", "caller 2", "caller 1"][..],
        ),
        (HistoryFilter::Missed, &["caller 1"]),
        (HistoryFilter::Voicemail, &["caller 4", "caller 3"]),
    ] {
        assert_eq!(titles(&mut archive, filter, ""), found, "{filter:?}");
    }
    let both = titles(&mut archive, HistoryFilter::Voicemail, "4");
    assert_eq!(both, ["caller 4"]);
}

#[test]
fn a_list_has_all_its_days_and_one_page_of_rows() {
    // A call every hour of the first 20 days of 1970, in no order.
    let calls: Vec<_> = (0..480)
        .map(|n| call(Outcome::Answered, 60 * (n * 7 % 480)))
        .collect();
    let mut archive = archive(&calls);
    let top = list(&mut archive, HistoryFilter::All, "", 0);
    assert_eq!((top.days.len(), top.calls()), (20, 480));
    assert!(top.days.iter().all(|day| day.calls == 24));
    assert_eq!(top.days[0].date.to_string(), "1970-01-20");
    assert_eq!(top.rows.len(), HistoryQuestion::ROWS);
    let hour = |entry: &crate::snapshot::HistoryEntry| entry.title.clone();
    assert_eq!(top.row(0).map(hour), Some("caller 28740".into()));

    let low = list(&mut archive, HistoryFilter::All, "", 400);
    assert_eq!((low.rows.len(), low.calls()), (80, 480));
    assert_eq!(low.row(479).map(hour), Some("caller 0".into()));
    assert_eq!(low.row(399), None);
    let beyond = list(&mut archive, HistoryFilter::All, "", 9_999);
    assert_eq!((beyond.rows.len(), beyond.calls()), (0, 480));

    archive.record(&call(Outcome::Answered, 0)).unwrap();
    assert_eq!(list(&mut archive, HistoryFilter::All, "", 400).calls(), 481);
}

#[test]
fn a_removed_call_comes_back_as_it_was() {
    let mut archive = archive(&[call(Outcome::Answered, 1), call(Outcome::Missed, 2)]);
    let before = archive.recent_calls().unwrap();
    let missed = before.recent[0].id;
    archive.remove_call(missed).unwrap();
    assert_eq!(archive.recent_calls().unwrap().missed_unseen, 0);
    assert_eq!(titles(&mut archive, HistoryFilter::All, ""), ["caller 1"]);
    // Twice is once.
    archive.remove_call(missed).unwrap();
    archive.restore_call().unwrap();
    assert_eq!(archive.recent_calls().unwrap(), before);
    archive.restore_call().unwrap();
    assert_eq!(archive.recent_calls().unwrap(), before);
}

#[test]
fn what_was_cleared_stays_gone() {
    let mut archive = archive(&[call(Outcome::Answered, 1), call(Outcome::Missed, 2)]);
    let first = archive.recent_calls().unwrap().recent[0].id;
    archive.remove_call(first).unwrap();
    archive.clear_calls().unwrap();
    archive.restore_call().unwrap();
    assert_eq!(archive.recent_calls().unwrap(), History::default());
}
