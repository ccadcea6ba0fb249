//! Words of the settings.

use hark_phone::{EchoTestStage, EchoTestView, LanguageChoice, TextSize};
use hark_words::{say, words};

words! {
    pub settings;
    pub account;
    pub edit_account;
    pub sign_out;
    pub sign_out_ask;
    pub stay;
    pub server;
    pub address;
    pub state;
    pub voicemail_address;
    pub own_mailbox;
    pub audio;
    pub speaker;
    pub microphone;
    pub ringer;
    pub system_default;
    pub add_speaker;
    pub add_microphone;
    pub add_ringer;
    pub choose_device;
    pub device_not_connected;
    pub test_tone;
    pub ring_test;
    pub echo_test_label;
    pub echo_test_records;
    pub echo_test_plays;
    pub stop_echo_test;
    pub echo_cancellation;
    pub noise_suppression;
    pub gain_control;
    pub check_microphone;
    pub stop_check;
    pub speak_now;
    pub appearance;
    pub colours;
    pub language_label;
    pub text_size;
    pub notifications;
    pub no_notifications;
    pub calls;
    pub always_rings;
    pub forward_always;
    pub forward_busy;
    pub forward_no_answer;
    pub forward_hint;
    pub forward_after;
    pub forward_quiet;
    pub blocked;
    pub blocked_hint;
    pub block;
    pub refuse_anonymous;
    pub flood;
    pub flood_off;
    pub asks_for_pin;
    pub pin;
    pub pin_hint;
    pub pin_wrong;
    pub keep_pin;
    pub pin_known;
    pub forget_pin;
    pub pin_in_clear;
    pub diagnostics;
    pub trace_line;
    pub save_trace;
}

words! {
    pub move_up(device);
    pub move_down(device);
    pub remove_device(device);
    pub unblock(entry);
    /// How many messages of a trace were saved; its path follows.
    pub trace_saved(messages);
}

pub fn echo_test(test: &EchoTestView) -> String {
    let left = test.seconds_left;
    match test.stage {
        EchoTestStage::Recording => say!(echo_test_recording, left),
        EchoTestStage::Playing => say!(echo_test_playing, left),
    }
}

/// Each language in its own words, so that whoever reads no other finds it.
pub fn language(language: LanguageChoice) -> &'static str {
    match language {
        LanguageChoice::System => say!(theme_system),
        LanguageChoice::English => "English",
        LanguageChoice::German => "Deutsch",
    }
}

pub fn percent(size: TextSize) -> String {
    format!("{} %", size.percent())
}

/// A name that sorts by time.
pub fn trace_name(now: &jiff::Zoned) -> String {
    now.strftime("hark-%Y-%m-%d-%H%M%S.txt").to_string()
}

pub fn seconds(seconds: u16) -> String {
    say!(unit_seconds, count = seconds)
}

/// How many lost calls make the phone silent.
pub fn flood_limit(limit: u16) -> String {
    match limit {
        0 => flood_off().to_owned(),
        limit => say!(flood_after, limit),
    }
}
