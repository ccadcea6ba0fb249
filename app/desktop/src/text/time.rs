//! Durations, days and times of day in words.

use std::time::{Duration, SystemTime};

use hark_words::say;
use jiff::Zoned;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// `12:34`, hours only when there are some.
pub fn timer(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `48 s`, `1 min 20 s`, `12 min`.
pub fn talked(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => say!(short_seconds, seconds),
        (minutes, 0) => say!(short_minutes, minutes),
        (minutes, _) if minutes >= 10 => say!(short_minutes, minutes),
        (minutes, seconds) => say!(short_minutes_seconds, minutes, seconds),
    }
}

/// The time of day today, else the day.
pub fn recent_time(time: SystemTime, now: &Zoned) -> String {
    let then = local(time, now);
    if then.date() == now.date() {
        clock_time(time, now)
    } else {
        day(time, now)
    }
}

pub fn clock_time(time: SystemTime, now: &Zoned) -> String {
    local(time, now).strftime("%H:%M").to_string()
}

fn day(time: SystemTime, now: &Zoned) -> String {
    date_in_words(local(time, now).date(), now)
}

/// `Today`, `Yesterday`, the weekday within the last week, else the date.
pub fn date_in_words(date: Date, now: &Zoned) -> String {
    let days_ago = (now.date() - date).get_days();
    match days_ago {
        0 => say!(today).to_owned(),
        1 => say!(yesterday).to_owned(),
        2..=6 => weekday(date.weekday()).to_owned(),
        _ if date.year() == now.year() => {
            say!(date_this_year, day = date.day(), month = month(date))
        }
        _ => whole_date(date),
    }
}

/// The date with its year, whenever it is.
pub fn date(time: SystemTime, now: &Zoned) -> String {
    whole_date(local(time, now).date())
}

fn whole_date(date: Date) -> String {
    // As a text: as a number it would be one to count with.
    let year = date.year().to_string();
    say!(date_with_year, day = date.day(), month = month(date), year)
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => say!(monday),
        Weekday::Tuesday => say!(tuesday),
        Weekday::Wednesday => say!(wednesday),
        Weekday::Thursday => say!(thursday),
        Weekday::Friday => say!(friday),
        Weekday::Saturday => say!(saturday),
        Weekday::Sunday => say!(sunday),
    }
}

fn month(date: Date) -> &'static str {
    match date.month() {
        1 => say!(january),
        2 => say!(february),
        3 => say!(march),
        4 => say!(april),
        5 => say!(may),
        6 => say!(june),
        7 => say!(july),
        8 => say!(august),
        9 => say!(september),
        10 => say!(october),
        11 => say!(november),
        _ => say!(december),
    }
}

fn local(time: SystemTime, now: &Zoned) -> Zoned {
    jiff::Timestamp::try_from(time)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::clone(now.time_zone()))
}

/// The line of the offline banner.
pub fn next_try(left: Duration) -> String {
    match left.as_secs_f32().ceil() as u64 {
        0 => say!(next_try_now).to_owned(),
        seconds if seconds < 120 => say!(next_try_seconds, seconds),
        seconds => say!(next_try_minutes, minutes = seconds / 60),
    }
}

/// The line under an error while signing in for the first time.
pub fn next_try_short(left: Duration) -> String {
    let seconds = left.as_secs_f32().ceil() as u64;
    say!(next_try_short, seconds)
}

#[cfg(test)]
mod tests;
