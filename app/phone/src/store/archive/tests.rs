//! Calls on a real file: what is written comes back, is found, and is gone when it was removed.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::{Archive, History, NewEntry};
use crate::people::vcard::Card;
use crate::people::{AddressLabel, Contact, ContactAddress, ContactCard, Home};
use crate::settings::AccountSettings;
use crate::snapshot::{
    AccountId, CallDirection, CallKind, Failure, HistoryFilter, HistoryList, HistoryQuestion,
    Outcome,
};
use crate::store::tests::names;

fn call(outcome: Outcome, minute: u64) -> NewEntry {
    NewEntry {
        account: None,
        direction: CallDirection::Incoming,
        kind: CallKind::Person,
        outcome,
        title: format!("caller {minute}"),
        address: "sip:bob@example.test".into(),
        known_by: None,
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

/// Whom somebody calls is nobody else's business; an earlier version left the file open to all.
#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_calls() {
    use std::os::unix::fs::PermissionsExt as _;
    for layout in [None, Some(FIRST_LAYOUT)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.sqlite");
        if let Some(layout) = layout {
            let database = Connection::open(&path).unwrap();
            database.execute_batch(layout).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        }
        let (mut archive, problem) = Archive::open(Some(path));
        assert_eq!(problem, None);
        archive.record(&call(Outcome::Missed, 1)).unwrap();
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
        assert_eq!(files.len(), 3, "with the log and its index");
        for file in files {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file:?}");
        }
    }
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
    let later = list(&mut archive, HistoryFilter::All, "later", 0).rows[0].clone();
    let read = (later.kind, later.outcome);
    assert_eq!(read, (CallKind::Person, Outcome::Failed));
    assert_eq!(archive.recent_calls().unwrap().missed_unseen, 1);
    assert_eq!(later.account, None);
}

#[test]
fn a_call_keeps_its_account_even_when_it_was_removed_and_brought_back() {
    let bob = AccountId::named("sip:Bob@example.test");
    let mut archive = archive(&[
        call(Outcome::Missed, 1),
        NewEntry {
            account: Some(bob.clone()),
            ..call(Outcome::Missed, 2)
        },
    ]);
    let accounts = |archive: &mut Archive| {
        let rows = list(archive, HistoryFilter::All, "", 0).rows;
        rows.iter()
            .map(|entry| entry.account.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(accounts(&mut archive), [Some(bob.clone()), None]);
    let newest = archive.recent_calls().unwrap().recent[0].clone();
    assert_eq!(newest.account, Some(bob.clone()));
    archive.remove_call(newest.id).unwrap();
    assert_eq!(accounts(&mut archive), [None]);
    archive.restore_call().unwrap();
    assert_eq!(accounts(&mut archive), [Some(bob), None]);
    assert_eq!(archive.recent_calls().unwrap().missed_unseen, 2);
}

#[test]
fn what_went_wrong_is_kept_as_it_is_but_for_what_is_too_long() {
    let failure = |text: &str, names: &[&str]| Failure {
        at: UNIX_EPOCH + Duration::from_millis(1_772_707_500_500),
        text: text.to_owned(),
        times: 3,
        names: names.iter().map(|&name| name.to_owned()).collect(),
    };
    let mut archive = archive(&[]);
    let kept = [
        failure("Zo\u{eb} is busy.", &["Zo\u{eb}", "2001"]),
        failure("No sound.", &[]),
    ];
    let endless = failure(&"x".repeat(100_000), &[]);
    let named = failure("No.", &["x".repeat(100_000).as_str()]);
    let all = [kept[0].clone(), endless, named, kept[1].clone()];
    archive.keep_failures(&all).unwrap();
    assert_eq!(archive.failures().unwrap()[..], kept);
    archive.keep_failures(&kept[1..]).unwrap();
    assert_eq!(archive.failures().unwrap()[..], kept[1..]);
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

pub(super) fn card(name: &str, addresses: &[&str]) -> ContactCard {
    let address = |address: &&str| ContactAddress {
        label: AddressLabel::Work,
        address: (*address).to_owned(),
    };
    ContactCard {
        name: name.to_owned(),
        addresses: addresses.iter().map(address).collect(),
        favourite: false,
    }
}

/// Contacts as `name|address|...`, a star behind the name of a favourite.
pub(super) fn contacts(archive: &Archive) -> Vec<String> {
    let line = |contact: &Contact| {
        let star = if contact.card.favourite { "*" } else { "" };
        let addresses = contact.card.addresses.iter();
        let addresses: String = addresses.map(|it| format!("|{}", it.address)).collect();
        format!("{}{star}{addresses}", contact.card.name)
    };
    archive.book().contacts().iter().map(line).collect()
}

pub(super) fn berlin() -> Home {
    let account = AccountSettings {
        address: "dana@example.test".into(),
        region: Some("DE".into()),
        ..AccountSettings::default()
    };
    Home::of(&[account], None)
}

#[test]
fn contacts_are_kept_changed_removed_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let (mut archive, _) = Archive::open(Some(path.clone()));
    archive.settle(berlin()).unwrap();
    let priya = card(" Priya  Raman", &["+1 425 555 0143", "priya@example.test"]);
    archive.keep_contact(None, priya).unwrap();
    archive.keep_contact(None, card("Alex", &["2001"])).unwrap();
    drop(archive);

    let (mut archive, problem) = Archive::open(Some(path));
    assert_eq!(problem, None);
    archive.settle(berlin()).unwrap();
    let all = [
        "Alex|2001",
        "Priya Raman|+1 425 555 0143|priya@example.test",
    ];
    assert_eq!(contacts(&archive), all);
    let alex = archive.book().contacts()[0].id;
    archive.set_favourite(alex, true).unwrap();
    let changed = ContactCard {
        favourite: true,
        ..card("Zed", &["2002", "2001"])
    };
    archive.keep_contact(Some(alex), changed).unwrap();
    let all = [
        "Priya Raman|+1 425 555 0143|priya@example.test",
        "Zed*|2002|2001",
    ];
    assert_eq!(contacts(&archive), all);
    archive.remove_contact(alex).unwrap();
    assert_eq!(contacts(&archive), all[..1]);
    // Twice is once, and what is gone cannot be changed.
    archive.remove_contact(alex).unwrap();
    archive
        .keep_contact(Some(alex), card("Ghost", &["1"]))
        .unwrap();
    assert_eq!(contacts(&archive), all[..1]);
    archive.restore_contact().unwrap();
    archive.restore_contact().unwrap();
    assert_eq!(contacts(&archive), all);
}

#[test]
fn calls_are_shown_and_found_by_the_name_in_the_address_book() {
    let from = |minute, kind, known_by: Option<&str>| NewEntry {
        kind,
        known_by: known_by.map(str::to_owned),
        ..named("+4930901820", "sip:+4930901820@gateway.test", minute)
    };
    let mut archive = archive(&[
        from(1, CallKind::Person, None),
        from(2, CallKind::Automatic, None),
        from(3, CallKind::Person, Some("sip:2001@example.test")),
        from(4, CallKind::PlayOnPhone, None),
    ]);
    let number = "+4930901820";
    // The calls were written down before anybody knew where the phone is at home.
    archive.settle(berlin()).unwrap();
    archive
        .keep_contact(None, card("Zo\u{eb}", &["030 / 90 18 20"]))
        .unwrap();
    let all = titles(&mut archive, HistoryFilter::All, "");
    assert_eq!(all, [number, number, number, "Zo\u{eb}"]);
    assert_eq!(
        titles(&mut archive, HistoryFilter::All, "zoe"),
        ["Zo\u{eb}"]
    );
    assert!(titles(&mut archive, HistoryFilter::Missed, "zoe").is_empty());
    // Whom the server vouches for decides.
    archive
        .keep_contact(None, card("Front desk", &["2001"]))
        .unwrap();
    let found = titles(&mut archive, HistoryFilter::All, "desk");
    assert_eq!(found, ["Front desk"]);
    // Another country: the number is no longer hers.
    archive.settle(Home::default()).unwrap();
    assert!(titles(&mut archive, HistoryFilter::All, "zoe").is_empty());
}

fn vcards(cards: &[(Option<&str>, ContactCard)]) -> Vec<Card> {
    let card = |(uid, card): &(Option<&str>, ContactCard)| Card {
        uid: uid.map(str::to_owned),
        card: card.clone(),
    };
    cards.iter().map(card).collect()
}

#[test]
fn a_file_that_is_taken_over_again_changes_only_what_is_new() {
    let mut archive = archive(&[]);
    archive.settle(berlin()).unwrap();
    archive.keep_contact(None, card("Alex", &["2001"])).unwrap();
    let file = vcards(&[
        (Some("u1"), card("Priya", &["+1 425 555 0143"])),
        // Known by name and number.
        (
            Some("u2"),
            card("ALEX", &["sip:2001@example.test", "030 901820"]),
        ),
        (None, card("Bob", &["bob@example.test"])),
        // Twice in the file.
        (Some("u1"), card("Priya", &["+1 425 555 0143"])),
        (None, card("Bob", &["bob@example.test"])),
    ]);
    let counts = |imported: super::contacts::Imported| (imported.added, imported.changed);
    assert_eq!(counts(archive.import(file.clone()).unwrap()), (2, 1));
    let all = [
        "ALEX|2001|030 901820",
        "Bob|bob@example.test",
        "Priya|+1 425 555 0143",
    ];
    assert_eq!(contacts(&archive), all);
    assert_eq!(counts(archive.import(file).unwrap()), (0, 0));
    let renamed = ContactCard {
        favourite: true,
        ..card("Priya Raman", &["+1 425 555 0143", "priya@example.test"])
    };
    let file = vcards(&[(Some("u1"), renamed)]);
    assert_eq!(counts(archive.import(file).unwrap()), (0, 1));
    assert_eq!(
        contacts(&archive)[2],
        "Priya Raman*|+1 425 555 0143|priya@example.test"
    );

    // What is exported is the same, by the same names.
    let cards = archive.cards().unwrap();
    let (mut other, _) = Archive::open(None);
    other.settle(berlin()).unwrap();
    assert_eq!(counts(other.import(cards.clone()).unwrap()), (3, 0));
    assert_eq!(contacts(&other), contacts(&archive));
    assert_eq!(counts(other.import(cards).unwrap()), (0, 0));
}

/// What `cargo xtask bench people` reads. Here it is only seen to that what is measured is right.
#[test]
#[expect(clippy::print_stdout, reason = "the benchmark reads it")]
fn a_hundred_thousand_calls_are_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let (mut archive, _) = Archive::open(Some(folder.path().join("history.sqlite")));
    archive.settle(berlin()).unwrap();
    let person = |n: i64| format!("+4930{:07}", n * 7_919 % 9_999_991);
    let calls = (0..100_000_i64).map(|n| NewEntry {
        outcome: if n % 9 == 0 {
            Outcome::Missed
        } else {
            Outcome::Answered
        },
        began: UNIX_EPOCH + Duration::from_secs(600 * n.unsigned_abs()),
        ..named(
            &format!("Caller {n:06}"),
            &format!("sip:{}@example.test", person(n)),
            0,
        )
    });
    archive.record_all(calls).unwrap();
    archive
        .keep_contact(None, card("Priya Raman", &[&person(77)]))
        .unwrap();
    let mut worst = Duration::ZERO;
    for (filter, search, found) in [
        (HistoryFilter::All, "", 100_000),
        (HistoryFilter::Missed, "", 11_112),
        (HistoryFilter::All, "caller", 100_000),
        (HistoryFilter::All, "priya", 1),
        (HistoryFilter::All, "zzz", 0),
    ] {
        let began = std::time::Instant::now();
        let list = list(&mut archive, filter, search, 0);
        let took = began.elapsed();
        assert_eq!(list.calls(), found, "{search}");
        println!(
            "people search {:.2} {filter:?} {search:?}",
            took.as_secs_f64() * 1e3
        );
        worst = worst.max(took);
    }
    list(&mut archive, HistoryFilter::All, "", 0);
    let began = std::time::Instant::now();
    assert_eq!(
        list(&mut archive, HistoryFilter::All, "", 70_000)
            .rows
            .len(),
        200
    );
    println!("people page {:.2}", began.elapsed().as_secs_f64() * 1e3);
    println!("people worst {:.2}", worst.as_secs_f64() * 1e3);
}
