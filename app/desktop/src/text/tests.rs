//! Words that depend on what there is to say.

use hark_phone::snapshot::{DigitsBy, MediaView, SkipPin};
use hark_phone::{CallDirection, CallId, CallKind, CallView};

use super::*;

#[test]
fn new_messages_are_counted_in_words() {
    let waiting = |new, old, urgent_new| {
        new_messages(Some(MessageWaiting {
            new,
            old,
            urgent_new,
        }))
    };
    assert_eq!(new_messages(None), "Listen to your messages");
    assert_eq!(waiting(0, 0, 0), "No messages");
    assert_eq!(waiting(0, 2, 0), "No new messages · 2 saved");
    assert_eq!(waiting(1, 0, 0), "1 new message");
    assert_eq!(waiting(3, 1, 1), "3 new messages");
}

#[test]
fn every_presence_state_says_what_rings() {
    use Presence::{AppearOffline, Available, Away, Busy, DoNotDisturb};
    for state in [Available, Busy, Away] {
        assert!(
            what_rings(state).starts_with("Every call rings"),
            "{state:?}"
        );
    }
    for state in [DoNotDisturb, AppearOffline] {
        let line = what_rings(state);
        assert!(
            line.starts_with("Only your own voicemail rings you."),
            "{line}"
        );
    }
}

#[test]
fn a_pin_that_is_asked_for_comes_with_the_reason() {
    assert_eq!(skip_pin(SkipPin::Yes), "No PIN needed");
    for (skip, reason) in [
        (SkipPin::NotEncrypted, "not encrypted"),
        (SkipPin::NotAuthenticated, "did not ask for a password"),
        (SkipPin::OtherDomain, "another domain"),
    ] {
        assert!(skip_pin(skip).contains(reason), "{skip:?}");
    }
}

#[test]
fn every_suite_has_words_of_its_own() {
    for (srtp, words) in [
        (Some("AEAD_AES_256_GCM"), "AES-256 (GCM)"),
        (Some("AEAD_AES_128_GCM"), "AES-128 (GCM)"),
        (Some("AES_CM_128_HMAC_SHA1_80"), "AES-128 (SHA-1, 80 bits)"),
        (Some("AES_CM_128_HMAC_SHA1_32"), "AES-128 (SHA-1, 32 bits)"),
    ] {
        assert_eq!(encryption_in_use(Some("SDES"), srtp), words);
    }
    assert_eq!(encryption_in_use(None, None), "none");
    assert_eq!(encryption_in_use(Some("DTLS"), None), "waiting for keys");
}

#[test]
fn the_way_of_the_keys_is_said_of_encrypted_calls_alone() {
    let call = CallView::new(CallId(1), CallDirection::Outgoing, CallKind::Person);
    for (srtp, keys, lock, words) in [
        (None, None, "not encrypted", None),
        (
            None,
            Some("DTLS"),
            "waiting for keys",
            Some("end to end (DTLS)"),
        ),
        (
            Some("AEAD_AES_256_GCM"),
            Some("DTLS"),
            "encrypted",
            Some("end to end (DTLS)"),
        ),
        (
            Some("AEAD_AES_256_GCM"),
            Some("SDES"),
            "encrypted",
            Some("by the server (SDES)"),
        ),
    ] {
        let media = MediaView::new("PCMU", srtp, keys);
        assert!(quality_line(&media).ends_with(&format!("{DOT}{lock}")));
        let figures = quality_figures(&call, &media);
        let shown = figures.iter().find(|(name, _)| *name == "Keys");
        assert_eq!(shown.map(|(_, words)| words.as_str()), words);
    }
}

#[test]
fn the_way_of_digits_is_one_of_the_figures() {
    let media = MediaView::new("PCMU", None, None);
    let (outgoing, voicemail) = (CallDirection::Outgoing, CallKind::Voicemail);
    let mut call = CallView::new(CallId(1), outgoing, voicemail);
    let has = |call: &CallView, figure: (&str, &str)| {
        let figures = quality_figures(call, &media);
        figures
            .iter()
            .any(|(name, value)| (*name, value.as_str()) == figure)
    };
    assert!(has(&call, ("Encryption", "none")));
    call.digits_by = Some(DigitsBy::Media);
    assert!(has(&call, ("Digits go", "with the sound")));
    call.digits_by = Some(DigitsBy::Info);
    assert!(has(&call, ("Digits go", "as messages (INFO)")));
}
