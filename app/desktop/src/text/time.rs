//! Durations, days and times of day in words.

use std::time::{Duration, SystemTime};

use jiff::Zoned;
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
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, _) if minutes >= 10 => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
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

/// `Today`, `Yesterday`, the weekday within the last week, else the date.
pub fn day(time: SystemTime, now: &Zoned) -> String {
    let date = local(time, now).date();
    let days_ago = (now.date() - date).get_days();
    match days_ago {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        2..=6 => date.strftime("%A").to_string(),
        _ if date.year() == now.year() => date.strftime("%-d %B").to_string(),
        _ => date.strftime("%-d %B %Y").to_string(),
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
        0 => "Trying again. Calls won't arrive.".to_owned(),
        seconds if seconds < 120 => {
            format!("Trying again in {seconds} s. Calls won't arrive.")
        }
        seconds => format!("Trying again in {} min. Calls won't arrive.", seconds / 60),
    }
}

/// The line under an error while signing in for the first time.
pub fn next_try_short(left: Duration) -> String {
    format!("Trying again in {} s.", left.as_secs_f32().ceil() as u64)
}

#[cfg(test)]
mod tests;
