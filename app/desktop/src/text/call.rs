//! Words of a call: ringing, its state, its controls, its sound.

use std::time::Duration;

use hark_phone::snapshot::{DigitsBy, MediaView, Quality, SoundSecond};
use hark_phone::{CallKind, CallState, CallView, Presence};
use hark_words::{decimal, say, words};

use super::{DOT, voicemail};

words! {
    pub answer;
    pub decline;
    pub send_on;
    pub send_on_to;
    pub send_on_field;
    pub destination_hint;
    pub hang_up;
    pub cancel;
    pub mute;
    pub unmute;
    pub hold;
    pub resume;
    pub keypad;
    pub devices;
    pub hide_call;
    pub show_call;
    pub sent_digits;
    pub speaker_level;
    pub microphone_level;
    pub sound_details;
    pub heard;
    pub transfer;
    pub transfer_to;
    pub transfer_now;
    pub transferring;
    pub connect_line;
    pub follow;
    pub follow_line;
    pub stay_in_call;
    pub digits_wait;
    pub send_digits;
    pub reconnecting;
    pub reconnecting_line;
}

words! {
    pub swap_to(title);
    pub connect_with(title);
    pub wants_to_connect(title, to);
    pub answering_holds(title);
}

/// Who sent the call on to us.
pub fn diverted(call: &CallView) -> Option<String> {
    let from = call.diverted_from.as_deref()?;
    Some(say!(forwarded_by, from))
}

/// Who calls by the server's word, where the caller says something else.
pub fn asserted(call: &CallView) -> Option<String> {
    let caller = call.asserted.as_deref()?;
    Some(say!(asserted_by_server, caller))
}

/// The small line over the name of a call that rings (OX-16).
pub fn what_calls(kind: CallKind) -> &'static str {
    match kind {
        CallKind::PlayOnPhone => say!(play_on_phone),
        CallKind::Person => say!(incoming_call),
        CallKind::Automatic => say!(automatic_call),
        CallKind::Voicemail => voicemail(),
    }
}

/// Why this call rings although others would not.
pub fn rings_because(kind: CallKind, presence: Presence) -> Option<&'static str> {
    let quiet = matches!(presence, Presence::DoNotDisturb | Presence::AppearOffline);
    match kind {
        CallKind::PlayOnPhone if quiet => Some(say!(play_on_phone_always)),
        CallKind::PlayOnPhone => Some(say!(play_on_phone_here)),
        CallKind::Person | CallKind::Automatic | CallKind::Voicemail => None,
    }
}

/// Title and body of the desktop notification.
pub fn ringing(kind: CallKind, from: &str) -> (String, String) {
    match kind {
        CallKind::PlayOnPhone => (
            say!(play_on_phone_title).to_owned(),
            say!(play_on_phone_told).to_owned(),
        ),
        CallKind::Automatic => (from.to_owned(), say!(automatic_call).to_owned()),
        CallKind::Person | CallKind::Voicemail => (from.to_owned(), say!(incoming_call).to_owned()),
    }
}

/// What a screen reader says when a call rings.
pub fn ringing_aloud(kind: CallKind, title: &str) -> String {
    match kind {
        CallKind::PlayOnPhone => say!(play_on_phone_aloud).to_owned(),
        CallKind::Automatic => say!(automatic_call_aloud, title),
        CallKind::Person | CallKind::Voicemail => say!(incoming_call_aloud, title),
    }
}

/// The line under the name while there is no timer.
pub fn call_state(call: &CallView) -> &'static str {
    match call.state {
        CallState::Calling => say!(state_calling),
        CallState::Ringing => say!(state_ringing),
        CallState::Early => say!(state_connecting),
        CallState::Connected if call.held => say!(state_held),
        CallState::Connected if call.held_by_peer => say!(state_held_by_peer),
        CallState::Connected => say!(state_connected),
        CallState::Ended => say!(state_ended),
    }
}

/// Whether skip-pin went out with a voicemail call.
pub fn skipped_pin(skipped: bool) -> &'static str {
    if skipped {
        say!(pin_skipped)
    } else {
        say!(pin_will_be_asked)
    }
}

pub fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Good => say!(quality_good),
        Quality::Fair => say!(quality_fair),
        Quality::Poor => say!(quality_poor),
        Quality::Bad => say!(quality_bad),
    }
}

/// One line beside the bars.
pub fn quality_line(media: &MediaView) -> String {
    let lock = match (media.keys, media.srtp) {
        (None, _) => say!(lock_open),
        (Some(_), None) => say!(waiting_for_keys),
        (Some(_), Some(_)) => say!(lock_closed),
    };
    format!(
        "{}{DOT}{}{DOT}{lock}",
        quality(media.quality),
        codec_in_use(media.codec)
    )
}

/// All figures, for the pointer that rests on the bars and for screen readers.
pub fn quality_figures(call: &CallView, media: &MediaView) -> Vec<(&'static str, String)> {
    let millis = |time: Duration| format!("{} ms", time.as_millis());
    let percent = |share: f32| format!("{} %", decimal(share, 1));
    let opinion = |mos: f32| say!(mos, mos = decimal(mos, 1));
    let mut figures = Vec::new();
    if let Some(rating) = media.rating {
        figures.push((say!(figure_sound), opinion(rating.mos)));
    }
    figures.extend([
        (say!(figure_codec), codec_in_use(media.codec)),
        (say!(figure_loss), percent(media.loss_percent)),
        (say!(figure_late), percent(media.late_percent)),
        (say!(figure_jitter), millis(media.jitter)),
        (say!(figure_playout_delay), millis(media.playout_delay)),
        (say!(figure_delay), millis(media.delay)),
    ]);
    if let Some(round_trip) = media.round_trip {
        figures.push((say!(figure_round_trip), millis(round_trip)));
    }
    if let Some(mos) = media.peer.and_then(|peer| peer.mos) {
        figures.push((say!(figure_peer_sound), opinion(mos)));
    }
    if let Some(loss) = media.peer_loss_percent {
        figures.push((say!(figure_peer_loss), percent(loss)));
    }
    figures.push((
        say!(figure_encryption),
        encryption_in_use(media.keys, media.srtp).to_owned(),
    ));
    if let Some(keys) = media.keys {
        figures.push((say!(figure_keys), keys_in_use(keys).to_owned()));
    }
    if let Some(digits_by) = call.digits_by {
        figures.push((say!(figure_digits), digits_go(digits_by).to_owned()));
    }
    figures
}

/// What the plot of the last minute shows.
pub fn last_minute(seconds: &[SoundSecond]) -> String {
    let of = |wanted: Quality| {
        let rated = seconds.iter().filter_map(|second| second.rating);
        let count = rated
            .filter(|rating| Quality::of(rating.r_factor) == wanted)
            .count();
        (count, quality(wanted).to_lowercase())
    };
    let silent = seconds
        .iter()
        .filter(|second| second.rating.is_none())
        .count();
    let classes = [Quality::Good, Quality::Fair, Quality::Poor, Quality::Bad].map(of);
    let parts: Vec<String> = classes
        .into_iter()
        .chain([(silent, say!(without_sound).to_owned())])
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    say!(
        last_minute,
        seconds = seconds.len(),
        parts = parts.join(", ")
    )
}

fn digits_go(by: DigitsBy) -> &'static str {
    match by {
        DigitsBy::Media => say!(digits_in_media),
        DigitsBy::Info => say!(digits_by_info),
    }
}

/// What protects the sound: the cipher, and for the older suites the length of the tag that shows
/// forgeries.
pub fn encryption_in_use(keys: Option<&'static str>, srtp: Option<&'static str>) -> &'static str {
    match srtp {
        Some("AEAD_AES_256_GCM") => "AES-256 (GCM)",
        Some("AEAD_AES_128_GCM") => "AES-128 (GCM)",
        Some("AES_CM_128_HMAC_SHA1_80") => say!(cipher_aes_128_80),
        Some("AES_CM_128_HMAC_SHA1_32") => say!(cipher_aes_128_32),
        Some(suite) => suite,
        None if keys.is_some() => say!(waiting_for_keys),
        None => say!(encryption_none),
    }
}

/// Who knows the keys of the sound.
fn keys_in_use(keys: &'static str) -> &'static str {
    match keys {
        "DTLS" => say!(keys_dtls),
        "SDES" => say!(keys_sdes),
        other => other,
    }
}

/// Names that people may know beside the one in SDP.
pub fn codec_in_use(name: &str) -> String {
    match name {
        "opus" => "Opus".to_owned(),
        "G722" => say!(codec_g722).to_owned(),
        "PCMU" => "G.711 µ-law".to_owned(),
        "PCMA" => "G.711 A-law".to_owned(),
        other => other.to_owned(),
    }
}
