//! Times in words.

use jiff::civil::date;

use super::*;

fn now() -> Zoned {
    let wall = date(2026, 3, 5).at(10, 45, 0, 0);
    wall.to_zoned(TimeZone::UTC).expect("UTC has every time")
}

fn ago(hours: u64) -> SystemTime {
    SystemTime::from(now().timestamp()) - Duration::from_secs(hours * 3600)
}

#[test]
fn timers_show_hours_only_when_there_are_some() {
    for (seconds, expected) in [
        (0, "00:00"),
        (83, "01:23"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (36_061, "10:01:01"),
    ] {
        assert_eq!(timer(Duration::from_secs(seconds)), expected);
    }
}

#[test]
fn talking_times_are_as_exact_as_anyone_wants_to_know() {
    for (seconds, expected) in [
        (5, "5 s"),
        (60, "1 min"),
        (80, "1 min 20 s"),
        (725, "12 min"),
    ] {
        assert_eq!(talked(Duration::from_secs(seconds)), expected);
    }
}

#[test]
fn days_are_named_as_long_as_the_name_is_clear() {
    for (hours, expected) in [
        (1, "Today"),
        (11, "Yesterday"),
        (24 * 3, "Monday"),
        (24 * 7, "26 February"),
        (24 * 70, "25 December 2025"),
    ] {
        assert_eq!(day(ago(hours), &now()), expected, "{hours} hours ago");
    }
}

#[test]
fn a_call_of_tomorrow_by_a_wrong_clock_still_has_a_date() {
    let tomorrow = SystemTime::from(now().timestamp()) + Duration::from_secs(24 * 3600);
    assert_eq!(day(tomorrow, &now()), "6 March");
}

#[test]
fn recent_calls_have_the_time_today_and_the_day_before() {
    assert_eq!(recent_time(ago(1), &now()), "09:45");
    assert_eq!(recent_time(ago(12), &now()), "Yesterday");
}

#[test]
fn the_countdown_rounds_up_and_turns_to_minutes() {
    let line = |millis| next_try(Duration::from_millis(millis));
    assert!(line(0).starts_with("Trying again. "));
    assert!(line(11_200).starts_with("Trying again in 12 s. "));
    assert!(line(180_000).starts_with("Trying again in 3 min. "));
}
