//! Words of a call: ringing, its state, its controls, its sound.

use std::time::Duration;

use hark_phone::snapshot::{DigitsBy, MediaView, Quality, SoundSecond};
use hark_phone::{CallKind, CallState, CallView, Presence};

use super::{DOT, VOICEMAIL};

pub const ANSWER: &str = "Answer";
pub const DECLINE: &str = "Decline";
pub const SEND_ON: &str = "Send on";
pub const SEND_ON_TO: &str = "Send on to…";
pub const SEND_ON_FIELD: &str = "Send this call on to";
pub const DESTINATION_HINT: &str = "Number or address";
pub const HANG_UP: &str = "Hang up";
pub const CANCEL: &str = "Cancel";
pub const MUTE: &str = "Mute";
pub const UNMUTE: &str = "Unmute";
pub const HOLD: &str = "Hold";
pub const RESUME: &str = "Resume";
pub const KEYPAD: &str = "Keypad";
pub const DEVICES: &str = "Devices";
pub const HIDE_CALL: &str = "Back to the other screens";
pub const SHOW_CALL: &str = "Return to the call";
pub const SENT_DIGITS: &str = "Digits sent";
pub const SPEAKER_LEVEL: &str = "Loudspeaker level";
pub const MICROPHONE_LEVEL: &str = "Microphone level";
pub const SOUND_DETAILS: &str = "Sound details";
pub const HEARD: &str = "You hear this call";
pub const TRANSFER: &str = "Transfer";
pub const TRANSFER_TO: &str = "Transfer this call to";
pub const TRANSFER_NOW: &str = "Transfer now";
pub const TRANSFERRING: &str = "Transferring…";
pub const CONNECT_LINE: &str = "Or let your two callers talk to each other, without you:";
pub const FOLLOW: &str = "Call";
pub const FOLLOW_LINE: &str = "That is a call of yours, and may cost you money.";
pub const STAY_IN_CALL: &str = "Stay in this call";
pub const DIGITS_WAIT: &str = "The rest of what you dialled waits for you";
pub const SEND_DIGITS: &str = "Send the rest";
pub const RECONNECTING: &str = "Reconnecting; the call goes on";
pub const RECONNECTING_LINE: &str =
    "The connection to the server is gone for the moment. Hark restores it by itself.";

pub fn swap_to(title: &str) -> String {
    format!("Swap to {title}")
}

pub fn connect_with(title: &str) -> String {
    format!("Connect with {title}")
}

pub fn wants_to_connect(title: &str, to: &str) -> String {
    format!("{title} wants to connect you to {to}")
}

pub fn answering_holds(title: &str) -> String {
    format!("Answering puts {title} on hold.")
}

/// Who sent the call on to us.
pub fn diverted(call: &CallView) -> Option<String> {
    let from = call.diverted_from.as_ref()?;
    Some(format!("Forwarded by {from}"))
}

/// Who calls by the server's word, where the caller says something else.
pub fn asserted(call: &CallView) -> Option<String> {
    let caller = call.asserted.as_ref()?;
    Some(format!("According to the server: {caller}"))
}

/// The small line over the name of a call that rings (OX-16).
pub fn what_calls(kind: CallKind) -> &'static str {
    match kind {
        CallKind::PlayOnPhone => "Play on Phone",
        CallKind::Person => "Incoming call",
        CallKind::Automatic => "Automatic call",
        CallKind::Voicemail => VOICEMAIL,
    }
}

/// Why this call rings although others would not.
pub fn rings_because(kind: CallKind, presence: Presence) -> Option<&'static str> {
    let quiet = matches!(presence, Presence::DoNotDisturb | Presence::AppearOffline);
    match kind {
        CallKind::PlayOnPhone if quiet => Some("Your own voicemail always reaches you"),
        CallKind::PlayOnPhone => Some("Your voicemail plays a message here"),
        CallKind::Person | CallKind::Automatic | CallKind::Voicemail => None,
    }
}

/// Title and body of the desktop notification.
pub fn ringing(kind: CallKind, from: &str) -> (String, String) {
    match kind {
        CallKind::PlayOnPhone => (
            format!("{VOICEMAIL} – Play on Phone"),
            "Your voicemail plays a message on this phone.".to_owned(),
        ),
        CallKind::Automatic => (from.to_owned(), "Automatic call".to_owned()),
        CallKind::Person | CallKind::Voicemail => (from.to_owned(), "Incoming call".to_owned()),
    }
}

/// What a screen reader says when a call rings.
pub fn ringing_aloud(kind: CallKind, title: &str) -> String {
    match kind {
        CallKind::PlayOnPhone => format!("{VOICEMAIL}, Play on Phone, is ringing"),
        CallKind::Automatic => format!("Automatic call from {title}"),
        CallKind::Person | CallKind::Voicemail => format!("Incoming call from {title}"),
    }
}

/// The line under the name while there is no timer.
pub fn call_state(call: &CallView) -> &'static str {
    match call.state {
        CallState::Calling => "Calling…",
        CallState::Ringing => "Ringing…",
        CallState::Early => "Connecting…",
        CallState::Connected if call.held => "On hold",
        CallState::Connected if call.held_by_peer => "The other side holds the call",
        CallState::Connected => "Connected",
        CallState::Ended => "Ended",
    }
}

/// Whether skip-pin went out with a voicemail call.
pub fn skipped_pin(skipped: bool) -> &'static str {
    if skipped {
        "PIN skipped"
    } else {
        "The voicemail asks for your PIN"
    }
}

pub fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Good => "Good",
        Quality::Fair => "Fair",
        Quality::Poor => "Poor",
        Quality::Bad => "Bad",
    }
}

/// One line beside the bars.
pub fn quality_line(media: &MediaView) -> String {
    let lock = match (media.keys, media.srtp) {
        (None, _) => "not encrypted",
        (Some(_), None) => "waiting for keys",
        (Some(_), Some(_)) => "encrypted",
    };
    format!(
        "{}{DOT}{}{DOT}{lock}",
        quality(media.quality),
        codec(media.codec)
    )
}

/// All figures, for the pointer that rests on the bars and for screen readers.
pub fn quality_figures(call: &CallView, media: &MediaView) -> Vec<(&'static str, String)> {
    let millis = |time: Duration| format!("{} ms", time.as_millis());
    let percent = |share: f32| format!("{share:.1} %");
    let opinion = |mos: f32| format!("{mos:.1} of 5 (MOS)");
    let mut figures = Vec::new();
    if let Some(rating) = media.rating {
        figures.push(("Sound", opinion(rating.mos)));
    }
    figures.extend([
        ("Codec", codec(media.codec)),
        ("Loss", percent(media.loss_percent)),
        ("Too late", percent(media.late_percent)),
        ("Jitter", millis(media.jitter)),
        ("Delay here", millis(media.playout_delay)),
        ("Delay to your ear", millis(media.delay)),
    ]);
    if let Some(round_trip) = media.round_trip {
        figures.push(("Round trip", millis(round_trip)));
    }
    if let Some(mos) = media.peer.and_then(|peer| peer.mos) {
        figures.push(("Sound over there", opinion(mos)));
    }
    if let Some(loss) = media.peer_loss_percent {
        figures.push(("Loss over there", percent(loss)));
    }
    figures.push((
        "Encryption",
        encryption_in_use(media.keys, media.srtp).to_owned(),
    ));
    if let Some(keys) = media.keys {
        figures.push(("Keys", keys_in_use(keys).to_owned()));
    }
    if let Some(digits_by) = call.digits_by {
        figures.push(("Digits go", digits_go(digits_by).to_owned()));
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
        .chain([(silent, "without sound".to_owned())])
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    format!("The last {} seconds: {}", seconds.len(), parts.join(", "))
}

fn digits_go(by: DigitsBy) -> &'static str {
    match by {
        DigitsBy::Media => "with the sound",
        DigitsBy::Info => "as messages (INFO)",
    }
}

/// What protects the sound: the cipher, and for the older suites the length of the tag that shows
/// forgeries.
pub fn encryption_in_use(keys: Option<&'static str>, srtp: Option<&'static str>) -> &'static str {
    match srtp {
        Some("AEAD_AES_256_GCM") => "AES-256 (GCM)",
        Some("AEAD_AES_128_GCM") => "AES-128 (GCM)",
        Some("AES_CM_128_HMAC_SHA1_80") => "AES-128 (SHA-1, 80 bits)",
        Some("AES_CM_128_HMAC_SHA1_32") => "AES-128 (SHA-1, 32 bits)",
        Some(suite) => suite,
        None if keys.is_some() => "waiting for keys",
        None => "none",
    }
}

/// Who knows the keys of the sound.
fn keys_in_use(keys: &'static str) -> &'static str {
    match keys {
        "DTLS" => "end to end (DTLS)",
        "SDES" => "by the server (SDES)",
        other => other,
    }
}

/// Names that people may know beside the one in SDP.
fn codec(name: &str) -> String {
    match name {
        "opus" => "Opus".to_owned(),
        "G722" => "G.722 (wide band)".to_owned(),
        "PCMU" => "G.711 µ-law".to_owned(),
        "PCMA" => "G.711 A-law".to_owned(),
        other => other.to_owned(),
    }
}
