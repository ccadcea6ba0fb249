//! Words of the page that says why it does not work, and of its report.

use std::time::SystemTime;

use hark_phone::snapshot::{MediaView, SoundSecond};
use hark_words::{decimal, say, words};
use jiff::Zoned;

use super::time::{clock_time, recent_time};
use super::{codec_in_use, encryption_in_use};
use crate::diagnosis::{Topic, Verdict};

words! {
    pub why;
    pub diagnosis_title;
    pub diagnosis_line;
    pub show_diagnosis;
    pub save_report;
    pub report_line;
    pub report_title;
    pub last_failures;
    pub no_failures;
    pub somebody;
    pub all_accounts;
    pub account_heading(account);
    pub left_out;
    pub name_not_sought;
    pub found_nothing;
    pub found_no_answer;
    pub server_not_tried;
    pub certificate_not_needed;
    pub certificate_not_shown;
    pub being_signed_in;
    pub nobody_signed_in;
    pub password_was_asked;
    pub password_was_not_asked;
    pub no_connection_to_keep;
    pub translator_unknown;
    pub translator_advice;
    pub no_call_to_hear;
    pub no_devices;
    pub found_no_loudspeaker;
    pub found_no_microphone;
    pub device_none;
    pub loudspeakers;
    pub microphones;
    pub nothing_else;
    pub report_saved;
}

words! {
    pub name_not_found(server);
    pub no_name_server(server);
    pub name_is_address(host);
    pub name_found(host, addresses);
    pub server_reached(remote, local);
    pub server_answers(remote);
    pub certificate_good(subject, date, days);
    pub certificate_ends_soon(subject, date, days);
    pub certificate_line(subject, issuer, until, fingerprint);
    pub signed_in_as(username, server);
    pub registered_until(time);
    pub pings_unanswered(seconds);
    pub pings_answered(seconds, time);
    pub pings_agreed(seconds);
    pub pings_unspoken(seconds);
    pub no_translator(seen);
    pub translator(local, seen);
    pub devices_in_use(speaker, microphone);
    pub device_file(path);
}

pub fn topic(topic: Topic) -> &'static str {
    match topic {
        Topic::Name => say!(topic_name),
        Topic::Server => say!(topic_server),
        Topic::Certificate => say!(topic_certificate),
        Topic::SignedIn => say!(topic_signed_in),
        Topic::KeepAlive => say!(topic_keep_alive),
        Topic::Translator => say!(topic_translator),
        Topic::Sound => say!(topic_sound),
        Topic::Devices => say!(topic_devices),
        Topic::Rest => say!(topic_rest),
    }
}

pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => say!(verdict_ok),
        Verdict::NotOk => say!(verdict_not_ok),
        Verdict::Unknown => say!(verdict_unknown),
    }
}

/// Codec and encryption of a call.
pub fn sound_of_call(media: &MediaView) -> String {
    let codec = codec_in_use(media.codec);
    say!(
        sound_of_call,
        codec,
        encryption = encryption_in_use(media.keys, media.srtp)
    )
}

/// How often something went wrong in a row; nothing for once.
pub fn times(times: u32) -> String {
    match times {
        0 | 1 => String::new(),
        times => say!(failed_times, times),
    }
}

/// The day and the time of day.
pub fn moment_of(time: SystemTime, now: &Zoned) -> String {
    let (day, clock) = (recent_time(time, now), clock_time(time, now));
    match day == clock {
        true => clock,
        false => format!("{day}, {clock}"),
    }
}

/// What is drawn of the last minute of a call besides the opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Loss,
    Jitter,
    Delay,
}

/// A measure with its last figure and its highest one.
pub fn measured(measure: Measure, seconds: &[SoundSecond]) -> String {
    let figures = seconds.iter().map(|second| figure(measure, second));
    let last = figures.clone().next_back().unwrap_or_default();
    let most = figures.fold(0.0, f32::max);
    let written = |value: f32| match measure {
        Measure::Loss => format!("{} %", decimal(value, 1)),
        Measure::Jitter | Measure::Delay => format!("{value:.0} ms"),
    };
    let name = match measure {
        Measure::Loss => say!(figure_loss),
        Measure::Jitter => say!(figure_jitter),
        Measure::Delay => say!(figure_delay),
    };
    say!(measured, name, last = written(last), most = written(most))
}

/// In percent or in milliseconds.
pub fn figure(measure: Measure, second: &SoundSecond) -> f32 {
    match measure {
        Measure::Loss => second.loss_percent,
        Measure::Jitter => second.jitter.as_secs_f32() * 1_000.0,
        Measure::Delay => second.delay.as_secs_f32() * 1_000.0,
    }
}
